//! Header `Idempotency-Key`: the same POST sent again is answered as the first time, and done once.
//!
//! What makes two requests the same: caller, API, method, path and key say which request it is; query, body, their type and a method override say what
//! it asks. Kept of an answer: status, a few headers, body. An answer of ours from 500 up is not kept, and whoever is refused before the operation
//! (401, 403 of the door, 413) has not used its key.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rifiuto;
use domain::chiamante::TipoUtenza;
use domain::rifiuto::Codice;
use gateway::idempotenza::{Turno, Uso};
use gateway::numero;
use store::idempotenza::{BYTE_RISPOSTA_MAX, RispostaTenuta};
use tracing::Instrument;
use uuid::Uuid;

use crate::accesso::Chi;
use crate::fault::{Fault, registra};
use crate::interfacce::Api;
use crate::permessi::Permesso;
use crate::richiesta::Richiesta;
use crate::{ATTESA_RICHIESTA, App};

pub const CHIAVE: HeaderName = HeaderName::from_static("idempotency-key");
/// Told of an answer that is given again.
pub const RIPETUTA: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key: a UUID has 36.
pub const CARATTERI_CHIAVE_MAX: usize = 255;
/// What is kept beside the body. A session cookie never is.
const INTESTAZIONI: [HeaderName; 3] = [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::LOCATION];
/// What says what is to be done, beside query and body.
const DICONO_COSA: [HeaderName; 2] = [header::CONTENT_TYPE, HeaderName::from_static("x-http-method-override")];
/// An answer longer than this is not read again to be kept.
const BYTE_LETTI_MAX: usize = 64 * 1024 * 1024;

/// The key of a request, if it is one that has a key.
pub fn uso<P: Permesso>(api: Api, metodo: &Method, operazione: &str, chi: &Chi<P>, r: &Richiesta) -> Result<Option<Uso>, Fault> {
    if *metodo != Method::POST {
        return Ok(None);
    }
    let mut valori = r.intestazioni.get_all(&CHIAVE).iter();
    let (Some(chiave), altra) = (valori.next(), valori.next()) else { return Ok(None) };
    let buona = |c: &&str| !c.is_empty() && c.len() <= CARATTERI_CHIAVE_MAX && c.bytes().all(|b| (b' '..=b'~').contains(&b));
    let Some(chiave) = chiave.to_str().ok().filter(buona).filter(|_| altra.is_none()) else {
        let testo = format!("L'intestazione Idempotency-Key non e' valida: una sola, da 1 a {CARATTERI_CHIAVE_MAX} caratteri ASCII stampabili.");
        return Err(Rifiuto::Sintassi(testo).into());
    };
    let chi = chiamante(chi);
    let chiave = impronta([chi.as_bytes(), api.nome.as_bytes(), api.versione.as_bytes(), metodo.as_str().as_bytes(), r.radice.as_bytes(), chiave.as_bytes()]);
    let query = r.query().iter().flat_map(|(n, v)| [n.as_bytes(), v.as_bytes()]);
    let dicono = DICONO_COSA.into_iter().map(|n| r.intestazioni.get(n).map_or(&b""[..], HeaderValue::as_bytes));
    let impronta = impronta(query.chain(dicono).chain([&r.corpo[..]]));
    Ok(Some(Uso { chiave, impronta, operazione: format!("{} {} {operazione}", api.nome, api.versione) }))
}

/// Who asks. Somebody without a name is known by the session, else by the address: two strangers do not share their keys.
fn chiamante<P: Permesso>(chi: &Chi<P>) -> String {
    let tipo = chi.chiamante.chi.tipo();
    if tipo != TipoUtenza::Anonimo {
        return format!("{tipo:?} {}", chi.chiamante.utenza.principal);
    }
    match (&chi.sessione, chi.da) {
        (Some(sessione), _) => format!("sessione {}", sessione.svela()),
        (None, da) => format!("indirizzo {da:?}"),
    }
}

/// Parts are told with their length, so that no two lists of parts look the same.
fn impronta<'a>(parti: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = blake3::Hasher::new();
    for parte in parti {
        hash.update(&(parte.len() as u64).to_le_bytes());
        hash.update(parte);
    }
    *hash.finalize().as_bytes()
}

/// Does the request, or gives the answer that it had. The work goes on when the client goes away: whoever asks again will find its answer.
pub async fn una_volta(app: App, uso: Uso, esegui: impl Future<Output = Result<Response, Fault>> + Send + 'static) -> Result<Response, Fault> {
    let prenotazione = match app.gateway.turno(&uso).await {
        Ok(Turno::Tuo(prenotazione)) => prenotazione,
        Ok(Turno::Risposta(risposta)) => return di_nuovo(risposta),
        Err(errore) => return Err(errore.into()),
    };
    let lavoro = async move {
        match tokio::time::timeout(ATTESA_RICHIESTA, esegui).await {
            Ok(esito) => tieni(&app, &uso, prenotazione, esito.unwrap_or_else(IntoResponse::into_response)).await,
            // Nobody knows how far it went: the key stays taken until its lease ends.
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    };
    let lavoro = numero::con_numero(numero::corrente().unwrap_or_default(), lavoro);
    // A panic is told by the hook of the process; the lease ends by itself.
    tokio::spawn(lavoro.in_current_span()).await.map_err(|_| Fault::Interno)
}

/// Keeps what was answered, when it is an answer of the operation and no failure of ours.
async fn tieni(app: &App, uso: &Uso, prenotazione: Uuid, risposta: Response) -> Response {
    if risposta.status().is_server_error() {
        if let Err(errore) = app.gateway.libera_chiave(uso, prenotazione).await {
            registra(&errore);
        }
        return risposta;
    }
    let (parti, corpo) = risposta.into_parts();
    let Ok(byte) = axum::body::to_bytes(corpo, BYTE_LETTI_MAX).await else { return Fault::Interno.into_response() };
    let intestazioni = INTESTAZIONI.iter().filter_map(|n| Some((n.to_string(), parti.headers.get(n)?.to_str().ok()?.to_owned()))).collect();
    let corpo = (byte.len() <= BYTE_RISPOSTA_MAX).then(|| byte.to_vec());
    let tenuta = RispostaTenuta { stato: parti.status.as_u16(), intestazioni, corpo };
    if let Err(errore) = app.gateway.tieni_risposta(uso, prenotazione, tenuta).await {
        registra(&errore);
    }
    Response::from_parts(parti, Body::from(byte))
}

/// The answer of the first time, with the number of this request.
fn di_nuovo(risposta: RispostaTenuta) -> Result<Response, Fault> {
    let Some(corpo) = risposta.corpo else { return Err(Rifiuto::from(Codice::Idk002).into()) };
    let stato = StatusCode::from_u16(risposta.stato).map_err(|_| Fault::Interno)?;
    let mut ripetuta = (stato, Body::from(corpo)).into_response();
    let intestazioni = ripetuta.headers_mut();
    intestazioni.remove(header::CONTENT_TYPE);
    for (nome, valore) in risposta.intestazioni {
        if let (Ok(nome), Ok(valore)) = (HeaderName::try_from(nome), HeaderValue::try_from(valore)) {
            intestazioni.insert(nome, valore);
        }
    }
    intestazioni.insert(RIPETUTA, HeaderValue::from_static("true"));
    Ok(ripetuta)
}
