//! Access tokens of OAuth 2, client credentials (RFC 6749 section 4.4): asked for once, kept while they are good, by all the calls that need them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use percent_encoding::utf8_percent_encode;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::indirizzo::SEGMENTO;
use crate::memoria::{Impronta, Memoria, impronta};
use crate::{ErroreChiamata, Indirizzo};

/// Tokens kept at the same time. Past them the one unused for longest is forgotten, and asked for again.
pub const TOKEN_MAX: usize = 256;
/// Bytes read of the answer of a token endpoint: a token with many claims is a few thousand.
pub const RISPOSTA_TOKEN_BYTE_MAX: usize = 64 * 1024;
/// How long one request of a token may last: it comes before the call, which then still needs time of its own.
pub const TOKEN_TEMPO_MAX: Duration = Duration::from_secs(3);
/// A token is given up so long before its end, that the call that carries it ends first.
pub const TOKEN_MARGINE: Duration = Duration::from_secs(30);
/// A token that does not say how long it lasts.
const DURATA_NON_DETTA: Duration = Duration::from_secs(60);
/// The longest that a token is believed to last.
const DURATA_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// After a refusal the endpoint is left alone for so long: calls that queue behind the first do not knock one after the other.
const PAUSA_DOPO_UN_RIFIUTO: Duration = Duration::from_secs(1);
/// The errors of RFC 6749 section 5.2: only these are repeated, since any other text may hold anything.
const ERRORI: [&str; 6] = ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];

/// Who asks for a token, and where. The endpoint comes from the configuration alone. `Debug` shows the server of the endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct CredenzialiOAuth2 {
    pub endpoint: Indirizzo,
    pub client_id: String,
    pub client_secret: String,
    pub scope: Option<String>,
}

impl fmt::Debug for CredenzialiOAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredenzialiOAuth2").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl CredenzialiOAuth2 {
    /// The secret is part of it: who corrects a wrong one does not wait for the end of anything.
    fn impronta(&self) -> Impronta {
        let scope = self.scope.as_deref().unwrap_or_default();
        impronta([self.endpoint.url().as_str(), &self.client_id, &self.client_secret, scope].map(str::as_bytes))
    }

    fn modulo(&self, con_credenziali: bool) -> String {
        let mut campi = vec![("grant_type", "client_credentials")];
        if con_credenziali {
            campi.extend([("client_id", self.client_id.as_str()), ("client_secret", &self.client_secret)]);
        }
        campi.extend(self.scope.as_deref().map(|s| ("scope", s)));
        campi.iter().map(|(nome, valore)| format!("{nome}={}", codificato(valore))).collect::<Vec<_>>().join("&")
    }
}

fn codificato(valore: &str) -> String {
    utf8_percent_encode(valore, SEGMENTO).to_string()
}

pub(crate) struct Token {
    /// `Bearer ...`, marked as a secret.
    pub(crate) intestazione: HeaderValue,
    buono_fino: Instant,
}

/// Whoever holds it is the one that asks the endpoint: the others wait for what it gets.
type Posto = Arc<tokio::sync::Mutex<Custodia>>;

/// The tokens, one for each configuration.
#[derive(Clone)]
pub(crate) struct Tokens {
    posti: Arc<Mutex<Memoria<Posto>>>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { posti: Arc::new(Mutex::new(Memoria::nuova(TOKEN_MAX))) }
    }
}

#[derive(Default)]
enum Custodia {
    #[default]
    Vuota,
    Buono(Arc<Token>),
    Rifiutata {
        fino: Instant,
        errore: ErroreChiamata,
    },
}

/// A token, and whether it was asked for by this very call.
pub(crate) struct Ottenuto {
    pub(crate) token: Arc<Token>,
    pub(crate) appena_chiesto: bool,
}

impl Tokens {
    /// The token of `credenziali`, which is not `respinto`: the one that the other side has just refused.
    pub(crate) async fn prendi(
        &self,
        http: &reqwest::Client,
        credenziali: &CredenzialiOAuth2,
        respinto: Option<&Arc<Token>>,
        scadenza: Instant,
    ) -> Result<Ottenuto, ErroreChiamata> {
        let posto = self.posto(credenziali.impronta());
        let attesa = tokio::time::timeout_at(scadenza.into(), posto.lock()).await;
        let mut custodia = attesa.map_err(|_| ErroreChiamata::TempoScaduto { server: credenziali.endpoint.server() })?;
        let adesso = Instant::now();
        match &*custodia {
            Custodia::Buono(token) if adesso < token.buono_fino && !respinto.is_some_and(|r| Arc::ptr_eq(r, token)) => {
                return Ok(Ottenuto { token: Arc::clone(token), appena_chiesto: false });
            }
            Custodia::Rifiutata { fino, errore } if adesso < *fino => return Err(errore.clone()),
            _ => *custodia = Custodia::Vuota,
        }
        let esito = chiedi(http, credenziali, scadenza).await.map(Arc::new);
        *custodia = match &esito {
            Ok(token) => Custodia::Buono(Arc::clone(token)),
            Err(errore @ ErroreChiamata::Token { .. }) => Custodia::Rifiutata { fino: Instant::now() + PAUSA_DOPO_UN_RIFIUTO, errore: errore.clone() },
            Err(_) => Custodia::Vuota,
        };
        esito.map(|token| Ottenuto { token, appena_chiesto: true })
    }

    fn posto(&self, impronta: Impronta) -> Posto {
        // What is inside is whole at every moment: a panic elsewhere does not spoil it.
        let mut posti = self.posti.lock().unwrap_or_else(PoisonError::into_inner);
        posti.trova(&impronta).unwrap_or_else(|| {
            let posto = Posto::default();
            posti.metti(impronta, Arc::clone(&posto));
            posto
        })
    }
}

/// Credentials go in the body, as the original sends them; a server that answers 401 gets them once more as Basic, the one way that every server must
/// know (RFC 6749 section 2.3.1).
async fn chiedi(http: &reqwest::Client, credenziali: &CredenzialiOAuth2, scadenza: Instant) -> Result<Token, ErroreChiamata> {
    let scadenza = scadenza.min(Instant::now() + TOKEN_TEMPO_MAX);
    let modulo = |corpo| {
        let richiesta = http.post(credenziali.endpoint.url().clone()).timeout(scadenza.saturating_duration_since(Instant::now()));
        richiesta.header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/x-www-form-urlencoded").body::<String>(corpo)
    };
    let nel_corpo = risposta(credenziali, modulo(credenziali.modulo(true))).await?;
    let (stato, corpo) = match nel_corpo {
        (401, _) => {
            let basic = modulo(credenziali.modulo(false)).basic_auth(codificato(&credenziali.client_id), Some(codificato(&credenziali.client_secret)));
            risposta(credenziali, basic).await?
        }
        altra => altra,
    };
    let server = || credenziali.endpoint.server();
    if !(200..300).contains(&stato) {
        return Err(ErroreChiamata::Token { server: server(), motivo: rifiuto(stato, &corpo) });
    }
    leggi(&corpo, Instant::now()).map_err(|motivo| ErroreChiamata::Token { server: server(), motivo: motivo.to_owned() })
}

async fn risposta(credenziali: &CredenzialiOAuth2, richiesta: reqwest::RequestBuilder) -> Result<(u16, Vec<u8>), ErroreChiamata> {
    let di_rete = |e| ErroreChiamata::da(&credenziali.endpoint, e);
    let mut risposta = richiesta.send().await.map_err(di_rete)?;
    let mut corpo = Vec::new();
    while let Some(pezzo) = risposta.chunk().await.map_err(di_rete)? {
        if corpo.len() + pezzo.len() > RISPOSTA_TOKEN_BYTE_MAX {
            let motivo = format!("la risposta supera {RISPOSTA_TOKEN_BYTE_MAX} byte");
            return Err(ErroreChiamata::Token { server: credenziali.endpoint.server(), motivo });
        }
        corpo.extend_from_slice(&pezzo);
    }
    Ok((risposta.status().as_u16(), corpo))
}

fn rifiuto(stato: u16, corpo: &[u8]) -> String {
    let corpo: Value = serde_json::from_slice(corpo).unwrap_or_default();
    let errore = corpo["error"].as_str().and_then(|e| ERRORI.into_iter().find(|noto| *noto == e));
    errore.map_or_else(|| format!("HTTP {stato}"), |errore| format!("HTTP {stato}, {errore}"))
}

fn leggi(corpo: &[u8], adesso: Instant) -> Result<Token, &'static str> {
    let corpo: Value = serde_json::from_slice(corpo).map_err(|_| "la risposta non e' JSON")?;
    let token = corpo["access_token"].as_str().filter(|t| !t.is_empty()).ok_or("la risposta non ha un access_token")?;
    if corpo["token_type"].as_str().is_some_and(|tipo| !tipo.eq_ignore_ascii_case("bearer")) {
        return Err("il token non e' di tipo Bearer");
    }
    if !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("l'access_token ha caratteri che non si possono scrivere");
    }
    let mut intestazione = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| "l'access_token non si puo' scrivere")?;
    intestazione.set_sensitive(true);
    Ok(Token { intestazione, buono_fino: adesso + durata(&corpo["expires_in"]) })
}

/// How long a token is used. Some servers write the number as text. A short one is used for half of its life.
fn durata(expires_in: &Value) -> Duration {
    let secondi = expires_in.as_u64().or_else(|| expires_in.as_str()?.parse().ok());
    let intera = secondi.map_or(DURATA_NON_DETTA, Duration::from_secs).min(DURATA_MAX);
    intera - TOKEN_MARGINE.min(intera / 2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn secondi(expires_in: Value) -> f64 {
        durata(&expires_in).as_secs_f64()
    }

    #[test]
    fn un_token_si_lascia_prima_che_scada() {
        assert_eq!([secondi(json!(3600)), secondi(json!("3600")), secondi(json!(60)), secondi(json!(5))], [3570.0, 3570.0, 30.0, 2.5]);
        assert_eq!([secondi(json!(0)), secondi(json!("0"))], [0.0, 0.0]);
        assert_eq!([secondi(json!(null)), secondi(json!("presto")), secondi(json!(-1)), secondi(json!(1.5))], [30.0; 4]);
        assert_eq!(secondi(json!(u64::MAX)), 86_370.0);
    }

    #[test]
    fn di_una_risposta_si_legge_solo_un_bearer() {
        let letto = |corpo: Value| leggi(corpo.to_string().as_bytes(), Instant::now()).map(|t| t.intestazione.to_str().expect("ascii").to_owned());
        assert_eq!(letto(json!({ "access_token": "a.b-c", "token_type": "bearer" })), Ok("Bearer a.b-c".to_owned()));
        assert_eq!(letto(json!({ "access_token": "a" })), Ok("Bearer a".to_owned()));
        for corpo in [json!({}), json!([]), json!("x"), json!({ "access_token": "" }), json!({ "access_token": 7 })] {
            assert_eq!(letto(corpo), Err("la risposta non ha un access_token"));
        }
        assert_eq!(letto(json!({ "access_token": "a", "token_type": "mac" })), Err("il token non e' di tipo Bearer"));
        for token in ["a b", "a\nx-altra: 1", "\u{e0}"] {
            assert_eq!(letto(json!({ "access_token": token })), Err("l'access_token ha caratteri che non si possono scrivere"));
        }
        assert_eq!(leggi(b"<html>", Instant::now()).err(), Some("la risposta non e' JSON"));
    }

    #[test]
    fn di_un_rifiuto_si_ripetono_solo_i_codici_noti() {
        assert_eq!(rifiuto(400, br#"{"error":"invalid_scope","error_description":"segreto"}"#), "HTTP 400, invalid_scope");
        assert_eq!(rifiuto(403, br#"{"error":"parola-segreta"}"#), "HTTP 403");
        assert_eq!(rifiuto(502, b"<html>parola-segreta"), "HTTP 502");
    }
}
