//! API Backoffice v1 (spec/2 section 2): one file per family of resources.

pub mod applicazioni;
pub mod avvisi;
pub mod configurazioni;
pub mod conti_accredito;
pub mod domini;
pub mod entrate;
pub mod entrate_dominio;
pub mod enumerazioni;
pub mod eventi;
pub mod fascicoli;
pub mod flussi;
pub mod flussi_da_parte;
pub mod intermediari;
pub mod lavori;
pub mod livelli;
pub mod notifiche;
pub mod operatori;
pub mod operazioni;
pub mod pagamenti;
pub mod pendenze;
pub mod posizioni_debitorie;
pub mod profilo;
pub mod promemoria;
pub mod ricevute;
pub mod ricevute_estranee;
pub mod riscossioni;
pub mod rpp;
pub mod ruoli;
pub mod sonde;
pub mod stazioni;
pub mod tipi_pendenza;
pub mod tipi_pendenza_dominio;
pub mod unita_operative;
pub mod utenze;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::amministrazione::{Decisione, Esito};
use domain::anagrafica::Anagrafica;
use domain::chiamante::Chiamante;
use domain::{Rifiuto, lettura};
use serde_json::Value;
use store::anagrafica::Revisione;

use crate::App;
use crate::fault::Fault;
use crate::richiesta::Richiesta;

/// The body of a write, once it is known to be JSON.
pub fn corpo(r: &Richiesta) -> Result<Value, Rifiuto> {
    lettura::json::leggi(&r.corpo)
}

/// A filter on part of a text, whatever the case.
pub fn contiene(testo: &str, cercato: Option<&str>) -> bool {
    cercato.is_none_or(|c| testo.to_lowercase().contains(&c.to_lowercase()))
}

/// Decides and writes a PUT. 201 when it has made something, 200 when it was there; never a body (spec/2 section 0.4).
pub async fn metti(
    app: &App,
    chiamante: &Chiamante,
    r: &Richiesta,
    corpo: &Value,
    decidi: impl FnOnce(&Anagrafica) -> Result<Decisione<Esito>, Rifiuto>,
) -> Result<Response, Fault> {
    let esito = app.gateway.amministra(&[revisione(chiamante, "PUT", r, corpo)], decidi).await?;
    Ok(match esito {
        Esito::Creata => StatusCode::CREATED,
        Esito::Aggiornata => StatusCode::OK,
    }
    .into_response())
}

/// What is kept of a write for whoever asks later.
pub fn revisione(chiamante: &Chiamante, metodo: &str, r: &Richiesta, corpo: &Value) -> Revisione {
    Revisione { principal: chiamante.utenza.principal.clone(), oggetto: format!("{metodo} {}", r.radice), contenuto: senza_segreti(corpo).to_string() }
}

/// Names, in lower case, of members whose value nobody may read again.
const SEGRETI: [&str; 6] = ["password", "passwd", "secret", "apikey", "subscriptionkey", "headervalue"];
/// Bytes of a text that a revision keeps: logos and long templates are told by their length.
const BYTE_TESTO_MAX: usize = 4_096;

/// A copy without passwords, keys and long texts. `path` and `value` of a PATCH are a member like another.
fn senza_segreti(valore: &Value) -> Value {
    let segreto = |nome: &str| {
        let nome = nome.to_ascii_lowercase();
        SEGRETI.iter().any(|s| nome.contains(s))
    };
    match valore {
        Value::Object(membri) => {
            let di_password = membri.get("path").and_then(Value::as_str).is_some_and(segreto);
            let copia = |(nome, v): (&String, &Value)| {
                let nascosto = (segreto(nome) || (di_password && nome == "value")) && !v.is_null();
                (nome.clone(), if nascosto { Value::from("***") } else { senza_segreti(v) })
            };
            Value::Object(membri.iter().map(copia).collect())
        }
        Value::Array(elementi) => Value::Array(elementi.iter().map(senza_segreti).collect()),
        Value::String(testo) if testo.len() > BYTE_TESTO_MAX => Value::from(format!("({} byte)", testo.len())),
        altro => altro.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn una_revisione_non_tiene_segreti() {
        let corpo = json!({ "password": "Segreta1", "servizio": { "auth": { "clientSecret": "x", "ksPKeyPasswd": "y", "headerValue": "z" } },
            "subscriptionKey": "k", "nome": "resta", "logo": "a".repeat(5_000), "password_vuota": null });
        let tenuto = senza_segreti(&corpo).to_string();
        for segreto in ["Segreta1", "\"x\"", "\"y\"", "\"z\"", "\"k\"", "aaaaa"] {
            assert!(!tenuto.contains(segreto), "{tenuto}");
        }
        assert!(tenuto.contains("resta") && tenuto.contains("(5000 byte)"));
        let patch = json!([{ "op": "REPLACE", "path": "/password", "value": "Segreta1" }, { "op": "ADD", "path": "/domini", "value": "*" }]);
        let tenuto = senza_segreti(&patch).to_string();
        assert!(!tenuto.contains("Segreta1") && tenuto.contains("\"*\""), "{tenuto}");
    }
}
