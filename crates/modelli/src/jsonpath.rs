//! The part of JSONPath that templates use: `$.a.b`, `$['a']`, `[0]`, `[-1]`, `[*]`, `.*`, `..name`, `[?(@.a == 'x')]`, `[?(@.a)]`.

use serde_json::Value;

use crate::numero::Numero;

/// Characters of a path, steps of it, and nodes that any step may select.
const PERCORSO_MAX: usize = 1000;
const PASSI_MAX: usize = 50;
const NODI_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq)]
enum Passo {
    Membro(String),
    Elemento(i64),
    Tutti,
    Ovunque,
    Filtro(Filtro),
}

#[derive(Clone, Debug, PartialEq)]
struct Filtro {
    membri: Vec<String>,
    /// Absent: the member has only to exist. `true`: it has to be equal.
    confronto: Option<(bool, Value)>,
}

/// A path that was understood.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Percorso(Vec<Passo>);

impl Percorso {
    pub fn leggi(testo: &str) -> Result<Self, String> {
        let non_valido = |perche: &str| format!("espressione JSONPath non valida, {perche}: `{testo}`");
        if testo.len() > PERCORSO_MAX {
            return Err(format!("espressione JSONPath troppo lunga: al massimo {PERCORSO_MAX} caratteri"));
        }
        let mut resto = testo.trim().strip_prefix('$').ok_or_else(|| non_valido("deve cominciare con `$`"))?;
        let mut passi = Vec::new();
        while !resto.is_empty() {
            resto = prossimo(resto, &mut passi).ok_or_else(|| non_valido("si ammettono `.nome`, `..nome`, `['nome']`, `[0]`, `[*]` e `[?(@.nome == 'x')]`"))?;
            if passi.len() > PASSI_MAX {
                return Err(format!("espressione JSONPath con troppi passi: al massimo {PASSI_MAX}"));
            }
        }
        Ok(Self(passi))
    }

    /// May select at most one node.
    pub fn definito(&self) -> bool {
        self.0.iter().all(|p| matches!(p, Passo::Membro(_) | Passo::Elemento(_)))
    }

    pub fn trova<'a>(&self, radice: &'a Value) -> Result<Vec<&'a Value>, String> {
        let mut nodi = vec![radice];
        for passo in &self.0 {
            let mut trovati = Vec::new();
            for nodo in nodi {
                applica(passo, nodo, &mut trovati);
                if trovati.len() > NODI_MAX {
                    return Err(format!("l'espressione JSONPath trova più di {NODI_MAX} nodi"));
                }
            }
            nodi = trovati;
        }
        Ok(nodi)
    }
}

fn prossimo<'a>(resto: &'a str, passi: &mut Vec<Passo>) -> Option<&'a str> {
    if let Some(dopo) = resto.strip_prefix("..") {
        passi.push(Passo::Ovunque);
        return if dopo.starts_with('[') { Some(dopo) } else { dopo_punto(dopo, passi) };
    }
    if let Some(dopo) = resto.strip_prefix('.') {
        return dopo_punto(dopo, passi);
    }
    let dentro = resto.strip_prefix('[')?;
    if let Some(filtro) = dentro.strip_prefix("?(") {
        let (filtro, dopo) = filtro.split_once(")]")?;
        passi.push(Passo::Filtro(leggi_filtro(filtro.trim())?));
        return Some(dopo);
    }
    if let Some(apice) = dentro.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let (nome, dopo) = dentro[1..].split_once(apice)?;
        passi.push(Passo::Membro(nome.to_owned()));
        return dopo.strip_prefix(']');
    }
    let (indice, dopo) = dentro.split_once(']')?;
    passi.push(if indice.trim() == "*" { Passo::Tutti } else { Passo::Elemento(indice.trim().parse().ok()?) });
    Some(dopo)
}

fn dopo_punto<'a>(dopo: &'a str, passi: &mut Vec<Passo>) -> Option<&'a str> {
    if let Some(dopo) = dopo.strip_prefix('*') {
        passi.push(Passo::Tutti);
        return Some(dopo);
    }
    let fine = dopo.find(['.', '[']).unwrap_or(dopo.len());
    let nome = &dopo[..fine];
    if nome.is_empty() || nome.contains(['(', ')', ' ', '*', '?', '@', ']', '\'']) {
        return None;
    }
    passi.push(Passo::Membro(nome.to_owned()));
    Some(&dopo[fine..])
}

fn leggi_filtro(filtro: &str) -> Option<Filtro> {
    let (sinistra, confronto) = match filtro.find(['=', '!']) {
        Some(qui) => {
            let uguale = filtro[qui..].starts_with("==");
            if !uguale && !filtro[qui..].starts_with("!=") {
                return None;
            }
            (&filtro[..qui], Some((uguale, costante(filtro[qui + 2..].trim())?)))
        }
        None => (filtro, None),
    };
    let mut passi = Vec::new();
    let mut resto = sinistra.trim().strip_prefix('@')?;
    while !resto.is_empty() {
        resto = prossimo(resto, &mut passi)?;
    }
    let membri = passi.into_iter().map(|p| if let Passo::Membro(nome) = p { Some(nome) } else { None }).collect::<Option<Vec<_>>>()?;
    (!membri.is_empty()).then_some(Filtro { membri, confronto })
}

fn costante(scritta: &str) -> Option<Value> {
    match scritta.strip_prefix('\'') {
        Some(dentro) => dentro.strip_suffix('\'').map(|testo| Value::String(testo.to_owned())),
        None => serde_json::from_str(scritta).ok(),
    }
}

fn applica<'a>(passo: &Passo, nodo: &'a Value, trovati: &mut Vec<&'a Value>) {
    match passo {
        Passo::Membro(nome) => trovati.extend(nodo.get(nome)),
        Passo::Elemento(indice) => trovati.extend(elemento(nodo, *indice)),
        Passo::Tutti => trovati.extend(figli(nodo)),
        Passo::Ovunque => discendenti(nodo, trovati),
        Passo::Filtro(filtro) => match nodo {
            Value::Array(elementi) => trovati.extend(elementi.iter().filter(|e| filtro.vale(e))),
            _ => trovati.extend(Some(nodo).filter(|n| filtro.vale(n))),
        },
    }
}

fn elemento(nodo: &Value, indice: i64) -> Option<&Value> {
    let elementi = nodo.as_array()?;
    let indice = if indice < 0 { indice + i64::try_from(elementi.len()).ok()? } else { indice };
    elementi.get(usize::try_from(indice).ok()?)
}

fn figli(nodo: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match nodo {
        Value::Array(elementi) => Box::new(elementi.iter()),
        Value::Object(membri) => Box::new(membri.values()),
        _ => Box::new(std::iter::empty()),
    }
}

/// The node and all that is under it. JSON that was parsed is at most 128 deep.
fn discendenti<'a>(nodo: &'a Value, trovati: &mut Vec<&'a Value>) {
    if trovati.len() > NODI_MAX {
        return;
    }
    trovati.push(nodo);
    for figlio in figli(nodo) {
        discendenti(figlio, trovati);
    }
}

impl Filtro {
    fn vale(&self, nodo: &Value) -> bool {
        let trovato = self.membri.iter().try_fold(nodo, |n, nome| n.get(nome));
        match (&self.confronto, trovato) {
            (None, trovato) => trovato.is_some(),
            (Some((uguale, atteso)), trovato) => trovato.is_some_and(|t| uguali(t, atteso)) == *uguale,
        }
    }
}

fn uguali(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || Numero::leggi(&a.to_string()).is_some_and(|n| Some(n) == Numero::leggi(&b.to_string())),
        _ => a == b,
    }
}

/// A node as `jsonPath.read` gives it: texts bare, numbers as Java prints them, objects and lists as JSON. `None` for null.
pub(crate) fn come_testo(nodo: &Value) -> Option<String> {
    match nodo {
        Value::Null => None,
        Value::String(testo) => Some(testo.clone()),
        Value::Number(numero) => Some(numero_come_testo(&numero.to_string())),
        altro => Some(altro.to_string()),
    }
}

/// `10.50` is `10.5` and `1.00` is `1.0`, as a Java double prints; never the exponent, which an amount would not survive.
pub(crate) fn numero_come_testo(scritto: &str) -> String {
    match Numero::leggi(scritto) {
        Some(numero) if numero.cifre().1.is_empty() && scritto.contains(['.', 'e', 'E']) => format!("{numero}.0"),
        Some(numero) => numero.to_string(),
        None => scritto.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn i_percorsi_trovano_quello_che_dicono() {
        let radice = json!({"a": {"b": [1, 2.50, {"c": "x"}], "con spazio": true}, "voci": [{"t": "A", "v": 1}, {"t": "B", "v": 2.0}, {"v": 3}]});
        for (percorso, atteso) in [
            ("$", json!([radice.clone()])),
            ("$.a.b[0]", json!([1])),
            ("$.a.b[-1].c", json!(["x"])),
            ("$['a'][\"con spazio\"]", json!([true])),
            ("$.voci[*].t", json!(["A", "B"])),
            ("$..c", json!(["x"])),
            ("$.voci[?(@.t == 'B')].v", json!([2.0])),
            ("$.voci[?(@.t != 'B')].v", json!([1, 3])),
            ("$.voci[?(@.t)].v", json!([1, 2.0])),
            ("$.voci[?(@.v == 2)].t", json!(["B"])),
            ("$..['t']", json!(["A", "B"])),
            ("$.manca.b", json!([])),
            ("$.voci[9]", json!([])),
            ("$.a.b.*.c", json!(["x"])),
        ] {
            let trovati: Vec<Value> = Percorso::leggi(percorso).expect(percorso).trova(&radice).expect(percorso).into_iter().cloned().collect();
            assert_eq!(Value::Array(trovati), atteso, "{percorso}");
        }
    }

    #[test]
    fn un_percorso_non_ammesso_si_dice() {
        for percorso in ["", "a.b", "$.", "$[", "$['a", "$[1:2]", "$.a.length()", "$[?(@.a > 1)]", "$[?(a)]", &format!("${}", ".a".repeat(60))] {
            assert!(Percorso::leggi(percorso).is_err(), "{percorso}");
        }
    }

    #[test]
    fn i_numeri_si_leggono_come_li_scriverebbe_java() {
        for (scritto, atteso) in [("10", "10"), ("10.50", "10.5"), ("10.00", "10.0"), ("12345678.90", "12345678.9"), ("1e2", "100.0")] {
            assert_eq!(numero_come_testo(scritto), atteso);
        }
    }
}
