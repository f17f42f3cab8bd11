//! Persons and programs: reCAPTCHA v2 and v3 before what anybody may call (spec/1 section 2.4).

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::anagrafica::configurazione::{Captcha, Hardening};
use outbound::{Autenticazione, Chiamata, Cliente, Indirizzo, Metodo, Tempi};
use serde_json::Value;

/// Characters of a token; those of the service have about two thousand.
const CARATTERI_TOKEN_MAX: usize = 8_192;

/// Where a request has its token: the query parameter, else the header of the same name.
pub fn token<'a>(hardening: &Hardening, query: &'a [(String, String)], intestazione: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    let nome = &hardening.captcha.as_ref()?.parametro;
    let parametro = query.iter().find(|(n, _)| n == nome).map(|(_, v)| v.as_str());
    parametro.filter(|t| !t.is_empty()).or_else(|| intestazione(nome))
}

/// True when the call may go on: hardening is off, or the service believes the token. On without a captcha lets nobody through.
pub async fn verifica(hardening: &Hardening, token: Option<&str>, da: Option<IpAddr>) -> bool {
    if !hardening.abilitato {
        return true;
    }
    let Some(captcha) = &hardening.captcha else { return false };
    let Some(token) = token.filter(|t| plausibile(t)) else { return false };
    match chiedi(captcha, token, da).await {
        Ok(risposta) => convince(&risposta, captcha.soglia()),
        Err(motivo) => {
            tracing::warn!(motivo, ammesso = !captcha.deny_on_fail, "il servizio captcha non ha risposto");
            !captcha.deny_on_fail
        }
    }
}

fn plausibile(token: &str) -> bool {
    (1..=CARATTERI_TOKEN_MAX).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%=+/".contains(&b))
}

/// A score, which only v3 gives, must reach the threshold.
fn convince(risposta: &Value, soglia: f64) -> bool {
    let riuscita = risposta.get("success").and_then(Value::as_bool) == Some(true);
    let punteggio = risposta.get("score").filter(|v| !v.is_null());
    riuscita && punteggio.is_none_or(|p| p.as_f64().is_some_and(|p| p >= soglia))
}

fn ms(n: u32) -> Duration {
    Duration::from_millis(n.into())
}

async fn chiedi(captcha: &Captcha, token: &str, da: Option<IpAddr>) -> Result<Value, String> {
    let mut indirizzo = Indirizzo::leggi(&captcha.server_url).map_err(|e| e.to_string())?;
    indirizzo = indirizzo.con_parametro("secret", &captcha.secret_key.0).con_parametro("response", token);
    if let Some(da) = da {
        indirizzo = indirizzo.con_parametro("remoteip", &da.to_string());
    }
    let cliente = cliente(Tempi { connessione: ms(captcha.connection_timeout), lettura: ms(captcha.read_timeout) })?;
    let chiamata = Chiamata { metodo: Metodo::GET, indirizzo, intestazioni: Vec::new(), corpo: None, autenticazione: Autenticazione::Nessuna, entro: None };
    let risposta = cliente.esegui(chiamata).await.map_err(|e| e.to_string())?;
    if !(200..300).contains(&risposta.stato) {
        return Err(format!("stato HTTP {}", risposta.stato));
    }
    serde_json::from_slice(&risposta.corpo).map_err(|_| "la risposta non e' JSON".to_owned())
}

/// The client of the last time, unless the time-outs were changed: making one reads the certificates of the system.
fn cliente(tempi: Tempi) -> Result<Cliente, String> {
    static ULTIMO: Mutex<Option<(Tempi, Cliente)>> = Mutex::new(None);
    let mut ultimo = ULTIMO.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, cliente)) = ultimo.as_ref().filter(|(t, _)| *t == tempi) {
        return Ok(cliente.clone());
    }
    let nuovo = Cliente::nuovo(tempi).map_err(|e| e.to_string())?;
    *ultimo = Some((tempi, nuovo.clone()));
    Ok(nuovo)
}
