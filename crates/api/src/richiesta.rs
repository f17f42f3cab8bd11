//! What a handler sees of a request, and what every request leaves in log, metrics and headers.

use std::collections::HashMap;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use domain::Rifiuto;
use domain::lettura::lista::Parametri;
use futures::StreamExt;
use gateway::numero::con_numero;
use tracing::Instrument;
use uuid::Uuid;

use crate::fault::Fault;

/// Bytes of a JSON body: five voci and a handful of attachments in base64.
pub const BYTE_CORPO_MAX: usize = 10 * 1024 * 1024;
/// Query parameters read, the rest is ignored.
const PARAMETRI_MAX: usize = 100;

const ID_TRANSAZIONE: HeaderName = HeaderName::from_static("x-govpay-idtransazione");

/// The number of a request: header `X-Govpay-IdTransazione`, log field, column of the giornale.
#[derive(Clone, Debug)]
pub struct IdTransazione(pub String);

/// Gives the request its number, and tells how it ended. Paths are told as routes, without identifiers; the query, which may hold a fiscal code, never.
pub async fn identifica(mut richiesta: Request, avanti: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    richiesta.extensions_mut().insert(IdTransazione(id.clone()));
    let rotta = richiesta.extensions().get::<MatchedPath>().map_or_else(|| "ignota".to_owned(), |m| m.as_str().to_owned());
    let metodo = richiesta.method().clone();
    let span = tracing::info_span!("richiesta", id = %id, metodo = %metodo, rotta = %rotta);
    let inizio = Instant::now();
    let mut risposta = con_numero(id.clone(), avanti.run(richiesta).instrument(span.clone())).await;
    let durata = inizio.elapsed();
    let stato = risposta.status().as_u16();
    span.in_scope(|| tracing::debug!(http.stato = stato, http.durata_ms = durata.as_millis() as u64, "richiesta servita"));
    metrics::histogram!("fiorino_http_secondi", "metodo" => metodo.to_string(), "rotta" => rotta, "stato" => stato.to_string()).record(durata.as_secs_f64());
    if let Ok(valore) = HeaderValue::from_str(&id) {
        risposta.headers_mut().insert(ID_TRANSAZIONE, valore);
    }
    risposta
}

/// What the parameters of a path hold.
pub type Segmenti = HashMap<&'static str, String>;

/// A request of a REST API, read but not yet understood.
#[derive(Debug)]
pub struct Richiesta {
    pub intestazioni: HeaderMap,
    percorso: Segmenti,
    query: Vec<(String, String)>,
    /// Path from the version root on, as links show it: `/pendenze`.
    pub radice: String,
    /// Number of the request.
    pub id: String,
    pub corpo: Bytes,
}

impl Richiesta {
    pub async fn leggi(percorso: Segmenti, richiesta: Request) -> Result<Self, Fault> {
        let (parti, corpo) = richiesta.into_parts();
        let query = parti.uri.query().map(leggi_query).unwrap_or_default();
        let radice = dalla_versione(parti.uri.path());
        let id = parti.extensions.get::<IdTransazione>().map(|i| i.0.clone()).unwrap_or_default();
        let corpo = leggi_corpo(corpo, BYTE_CORPO_MAX).await?;
        Ok(Self { intestazioni: parti.headers, percorso, query, radice, id, corpo })
    }

    /// A segment of the path: the route has it by construction.
    pub fn segmento(&self, nome: &str) -> &str {
        self.percorso.get(nome).map_or("", String::as_str)
    }

    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    pub fn parametri(&self) -> Parametri<'_> {
        Parametri::nuovi(&self.query)
    }

    /// First value of a header, when it is text.
    pub fn intestazione(&self, nome: &str) -> Option<&str> {
        self.intestazioni.get(nome).and_then(|v| v.to_str().ok())
    }
}

/// What is past the measure is read and thrown away, up to as much again: a client that is still sending would not hear why it is refused.
async fn leggi_corpo(corpo: Body, massimo: usize) -> Result<Bytes, Fault> {
    let rifiuto = || Fault::from(Rifiuto::Sintassi(format!("Il corpo della richiesta non e' leggibile o supera {massimo} byte.")));
    let mut flusso = corpo.into_data_stream();
    let mut letto = Vec::new();
    let mut arrivati = 0_usize;
    while let Some(pezzo) = flusso.next().await {
        let pezzo = pezzo.map_err(|_| rifiuto())?;
        arrivati = arrivati.saturating_add(pezzo.len());
        if arrivati <= massimo {
            letto.extend_from_slice(&pezzo);
        } else if arrivati > massimo.saturating_mul(2) {
            break;
        }
    }
    if arrivati > massimo { Err(rifiuto()) } else { Ok(letto.into()) }
}

/// `/govpay/backend/api/pendenze/rs/basic/v2/pendenze` from `/pendenze` on. The default chain has no profile: `/rs/v2/pendenze`.
fn dalla_versione(percorso: &str) -> String {
    let dopo_rs = percorso.split_once("/rs/").map_or("", |(_, r)| r);
    let senza_profilo = dopo_rs.strip_prefix('v').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let resto = dopo_rs.splitn(if senza_profilo { 2 } else { 3 }, '/').nth(if senza_profilo { 1 } else { 2 });
    format!("/{}", resto.unwrap_or_default())
}

/// Decodes `a=b&c=d`; what is not valid UTF-8 is replaced.
fn leggi_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|c| !c.is_empty())
        .take(PARAMETRI_MAX)
        .map(|coppia| {
            let (nome, valore) = coppia.split_once('=').unwrap_or((coppia, ""));
            (decodifica(nome), decodifica(valore))
        })
        .collect()
}

/// In a query a plus is a blank.
fn decodifica(testo: &str) -> String {
    String::from_utf8_lossy(&byte_decodificati(&testo.replace('+', " "))).into_owned()
}

/// Percent sequences alone; what is not one stays as it is. `None` when the result is not UTF-8.
pub fn decodifica_percento(testo: &str) -> Option<String> {
    String::from_utf8(byte_decodificati(testo)).ok()
}

fn byte_decodificati(testo: &str) -> Vec<u8> {
    let mut byte = Vec::with_capacity(testo.len());
    let mut resto = testo.as_bytes();
    while let [primo, coda @ ..] = resto {
        let esadecimale =
            (*primo == b'%').then(|| coda.get(..2).and_then(|c| std::str::from_utf8(c).ok()).and_then(|c| u8::from_str_radix(c, 16).ok())).flatten();
        byte.push(esadecimale.unwrap_or(*primo));
        resto = if esadecimale.is_some() { &coda[2..] } else { coda };
    }
    byte
}

/// Writes a query value so that [`decodifica`] gives it back.
pub fn codifica(testo: &str) -> String {
    testo.bytes().fold(String::with_capacity(testo.len()), |mut s, b| {
        if b.is_ascii_alphanumeric() || b"-_.~,:".contains(&b) {
            s.push(char::from(b));
        } else {
            s.push_str(&format!("%{b:02X}"));
        }
        s
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_query_si_legge_anche_quando_e_storta() {
        assert_eq!(
            leggi_query("a=1&b=%C3%A8+x&c&d=%zz&=%"),
            [("a", "1"), ("b", "è x"), ("c", ""), ("d", "%zz"), ("", "%")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
        assert_eq!(decodifica(&codifica("+è &=%")), "+è &=%");
        for (testo, atteso) in [("%20%26%2A", Some(" &*")), ("a+b%2Bc%", Some("a+b+c%")), ("100%", Some("100%")), ("%FF", None)] {
            assert_eq!(decodifica_percento(testo).as_deref(), atteso);
        }
    }

    #[test]
    fn i_collegamenti_partono_dalla_radice_della_versione() {
        assert_eq!(dalla_versione("/govpay-api-pendenze/rs/basic/v2/pendenze"), "/pendenze");
        assert_eq!(dalla_versione("/rs/basic/v2"), "/");
        assert_eq!(dalla_versione("/govpay-api-pendenze/rs/v1/pendenze/A/B"), "/pendenze/A/B");
        assert_eq!(dalla_versione("/govpay-api-pendenze/rs/v1"), "/");
    }
}
