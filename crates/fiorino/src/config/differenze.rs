//! What changes between two bodies, one line for each member, without the secrets.

use serde_json::Value;

use super::riferimenti::segreto;

/// Characters of a value that a line shows.
const VALORE_MOSTRATO_MAX: usize = 80;

/// Lines as `ragioneSociale: "prima" -> "dopo"`; lists that differ are shown whole.
#[must_use]
pub fn righe(prima: &Value, dopo: &Value) -> Vec<String> {
    let mut righe = Vec::new();
    confronta(Some(prima), Some(dopo), "", false, &mut righe);
    righe
}

fn confronta(prima: Option<&Value>, dopo: Option<&Value>, percorso: &str, nascosto: bool, righe: &mut Vec<String>) {
    if prima == dopo {
        return;
    }
    if let (Some(Value::Object(p)), Some(Value::Object(d))) = (prima, dopo) {
        let solo_prima = p.keys().filter(|nome| !d.contains_key(*nome));
        for nome in d.keys().chain(solo_prima) {
            let dentro = if percorso.is_empty() { nome.clone() } else { format!("{percorso}.{nome}") };
            confronta(p.get(nome), d.get(nome), &dentro, nascosto || segreto(nome), righe);
        }
        return;
    }
    righe.push(format!("{percorso}: {} -> {}", mostra(prima, nascosto), mostra(dopo, nascosto)));
}

fn mostra(valore: Option<&Value>, nascosto: bool) -> String {
    let Some(valore) = valore else { return "assente".to_owned() };
    if nascosto && !valore.is_null() {
        return "***".to_owned();
    }
    let testo = oscurato(valore).to_string();
    if testo.chars().count() > VALORE_MOSTRATO_MAX {
        let inizio: String = testo.chars().take(VALORE_MOSTRATO_MAX).collect();
        return format!("{inizio}... ({} caratteri)", testo.chars().count());
    }
    testo
}

/// A value that is shown whole may have secrets inside.
fn oscurato(valore: &Value) -> Value {
    match valore {
        Value::Object(membri) => membri.iter().map(|(n, v)| (n.clone(), if segreto(n) { Value::from("***") } else { oscurato(v) })).collect(),
        Value::Array(elementi) => elementi.iter().map(oscurato).collect(),
        altro => altro.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ogni_differenza_ha_la_sua_riga_e_i_segreti_no() {
        let prima = json!({ "nome": "a", "uguale": 1, "auth": { "password": "x", "username": "u" }, "via": true, "lista": [1, 2] });
        let dopo = json!({ "nome": "b", "uguale": 1, "auth": { "password": "y", "username": "u" }, "nuovo": { "apiKey": "k" }, "lista": [2] });
        assert_eq!(
            righe(&prima, &dopo),
            [r#"nome: "a" -> "b""#, "auth.password: *** -> ***", r#"nuovo: assente -> {"apiKey":"***"}"#, "lista: [1,2] -> [2]", "via: true -> assente"]
        );
        assert!(righe(&prima, &prima).is_empty());
        assert!(righe(&json!({ "x": "a" }), &json!({ "x": "b".repeat(500) }))[0].ends_with("... (502 caratteri)"));
    }
}
