//! Positions by file (spec/4 section 3.6): a zip of one JSON is taken, worked on while one waits, told of in a report.

use std::collections::{BTreeMap, HashMap};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use chrono::Utc;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::posizioni::{Chiave, Esito, Interno, problema, rispondi, testo, valida_letta};
use crate::{Simulatore, lucchetto};

/// Bytes of a zip.
const ZIP_BYTE_MAX: usize = 5 * 1024 * 1024;
/// Of the form around it.
const MODULO_BYTE_MAX: usize = ZIP_BYTE_MAX + 64 * 1024;
/// Files that are remembered.
const FILE_MAX: usize = 1_000;
/// Identifiers of a page of the list.
const PAGINA: usize = 100;

/// How the report of a file is spoiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RapportoFile {
    #[default]
    Buono,
    /// Half of the JSON.
    Troncato,
    /// The first position is not named.
    Incompleto,
    /// Positions are named `iupds`, as ACA's are.
    ComeAca,
}

/// How the files behave.
#[derive(Clone, Debug, Default)]
pub struct ComportamentoFile {
    /// Looks at the status before a file is done.
    pub lentezza: u32,
    pub rapporto: RapportoFile,
    /// Positions that are refused, by IUPD, with this status.
    pub rifiutate: HashMap<String, u16>,
    /// The answer to a file does not say its name.
    pub senza_nome: bool,
}

/// A file that was taken.
struct Preso {
    mancano: u32,
    quante: usize,
    esiti: BTreeMap<(u16, String), Vec<String>>,
}

#[derive(Default)]
pub(crate) struct File {
    presi: BTreeMap<String, Preso>,
    comportamento: ComportamentoFile,
    lunghezze: Vec<usize>,
}

impl Simulatore {
    pub fn comportamento_dei_file(&self, comportamento: ComportamentoFile) {
        lucchetto(&self.0.archivi.0).file.comportamento = comportamento;
    }

    /// Bytes of each zip that was taken.
    #[must_use]
    pub fn file_presi(&self) -> Vec<usize> {
        lucchetto(&self.0.archivi.0).file.lunghezze.clone()
    }

    /// The report of a JSON that was left in a folder, as if it had come by SFTP. `None`: it is no file of positions.
    #[must_use]
    pub fn elabora_file(&self, ente: &str, json: &[u8]) -> Option<Value> {
        let mut interno = lucchetto(&self.0.archivi.0);
        let preso = elabora(&mut interno, &Method::POST, "gpd", ente, &serde_json::from_slice(json).ok()?).ok()?;
        let rapporto = preso.rapporto("sftp", interno.file.comportamento.rapporto);
        Some(rapporto)
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    let base = "/brokers/{intermediario}/organizations/{ente}/debtpositions";
    Router::new()
        .route(&format!("{base}/file"), post(prendi).put(prendi).delete(prendi))
        .route(&format!("{base}/file/{{id}}/status"), get(stato))
        .route(&format!("{base}/file/{{id}}/report"), get(rapporto))
        .route(&format!("{base}/files"), get(elenco))
        .layer(DefaultBodyLimit::max(MODULO_BYTE_MAX))
}

async fn prendi(State(s): State<Simulatore>, metodo: Method, Path((archivio, intermediario, ente)): Path<(String, String, String)>, corpo: Bytes) -> Response {
    rispondi((|| {
        let zip = nel_modulo(&corpo).ok_or((StatusCode::BAD_REQUEST, "file is required".to_owned()))?;
        if zip.len() > ZIP_BYTE_MAX {
            return Err((StatusCode::BAD_REQUEST, "file is too big".to_owned()));
        }
        let json = nello_zip(zip).and_then(|j| serde_json::from_slice(j).ok()).ok_or((StatusCode::BAD_REQUEST, "one JSON in a zip".to_owned()))?;
        let mut interno = lucchetto(&s.0.archivi.0);
        if interno.file.presi.len() >= FILE_MAX {
            return Err((StatusCode::SERVICE_UNAVAILABLE, "full".to_owned()));
        }
        let preso = elabora(&mut interno, &metodo, &archivio, &ente, &json)?;
        let id = uuid::Uuid::now_v7().to_string();
        interno.file.lunghezze.push(zip.len());
        interno.file.presi.insert(id.clone(), preso);
        let dove = format!("brokers/{intermediario}/organizations/{ente}/debtpositions/file/{id}/status");
        let risposta = StatusCode::ACCEPTED;
        Ok(if interno.file.comportamento.senza_nome { risposta.into_response() } else { (risposta, [(header::LOCATION, dove)]).into_response() })
    })())
}

/// Done at once; shown only after as many looks as its slowness wants.
fn elabora(interno: &mut Interno, metodo: &Method, archivio: &str, ente: &str, json: &Value) -> Esito<Preso> {
    let nome = if metodo == Method::DELETE { "paymentPositionIUPDs" } else { "paymentPositions" };
    let voci = json[nome].as_array().filter(|v| !v.is_empty()).ok_or((StatusCode::BAD_REQUEST, format!("{nome} is required")))?;
    let mut esiti: BTreeMap<(u16, String), Vec<String>> = BTreeMap::new();
    for voce in voci {
        let iupd = voce.as_str().or_else(|| voce["iupd"].as_str()).unwrap_or_default().to_owned();
        let esito = match interno.file.comportamento.rifiutate.get(&iupd) {
            Some(stato) => (*stato, "Refused by the simulator".to_owned()),
            None => match una(interno, metodo, (archivio.to_owned(), ente.to_owned(), iupd.clone()), voce) {
                Ok(stato) => (stato.as_u16(), stato.canonical_reason().unwrap_or_default().to_owned()),
                Err((stato, perche)) => (stato.as_u16(), perche),
            },
        };
        esiti.entry(esito).or_default().push(iupd);
    }
    Ok(Preso { mancano: interno.file.comportamento.lentezza, quante: voci.len(), esiti })
}

fn una(interno: &mut Interno, metodo: &Method, chiave: Chiave, voce: &Value) -> Esito<StatusCode> {
    if metodo == Method::DELETE {
        interno.elimina(&chiave)?;
        return Ok(StatusCode::OK);
    }
    let posizione = valida_letta(voce)?;
    debug_assert_eq!(testo(&posizione, "iupd"), chiave.2);
    if metodo == Method::PUT {
        interno.aggiorna(&chiave, posizione, true)?;
        return Ok(StatusCode::OK);
    }
    interno.crea(&chiave.0, &chiave.1, posizione, true)?;
    Ok(StatusCode::CREATED)
}

type DiFile = (String, String, String, String);

async fn stato(State(s): State<Simulatore>, Path((_, _, _, id)): Path<DiFile>) -> Response {
    let mut interno = lucchetto(&s.0.archivi.0);
    let Some(preso) = interno.file.presi.get_mut(&id) else { return problema(StatusCode::NOT_FOUND, "No file") };
    let fatte = if preso.mancano == 0 { preso.quante } else { 0 };
    preso.mancano = preso.mancano.saturating_sub(1);
    axum::Json(json!({ "uploadID": id, "processedItem": fatte, "submittedItem": preso.quante, "startTime": Utc::now().to_rfc3339() })).into_response()
}

async fn rapporto(State(s): State<Simulatore>, Path((_, _, _, id)): Path<DiFile>) -> Response {
    let interno = lucchetto(&s.0.archivi.0);
    let Some(preso) = interno.file.presi.get(&id) else { return problema(StatusCode::NOT_FOUND, "No file") };
    if preso.mancano > 0 {
        return problema(StatusCode::TOO_EARLY, "Not ready");
    }
    let modo = interno.file.comportamento.rapporto;
    let mut testo = preso.rapporto(&id, modo).to_string();
    if modo == RapportoFile::Troncato {
        testo.truncate(testo.len() / 2);
    }
    ([(header::CONTENT_TYPE, "application/json")], testo).into_response()
}

impl Preso {
    fn rapporto(&self, id: &str, modo: RapportoFile) -> Value {
        let nome = if modo == RapportoFile::ComeAca { "iupds" } else { "requestIDs" };
        let salta = usize::from(modo == RapportoFile::Incompleto);
        let risposte: Vec<Value> = self
            .esiti
            .iter()
            .enumerate()
            .map(|(n, ((stato, messaggio), iupd))| {
                let iupd = if n == 0 { &iupd[salta.min(iupd.len())..] } else { &iupd[..] };
                json!({ "statusCode": stato, "statusMessage": messaggio, nome: iupd })
            })
            .collect();
        let adesso = Utc::now().to_rfc3339();
        json!({ "uploadID": id, "processedItem": self.quante, "submittedItem": self.quante, "responses": risposte, "startTime": adesso, "endTime": adesso })
    }
}

#[derive(Deserialize)]
struct Periodo {
    from: Option<String>,
    to: Option<String>,
}

async fn elenco(State(s): State<Simulatore>, Query(q): Query<Periodo>, intestazioni: axum::http::HeaderMap) -> Response {
    let data = |t: &Option<String>| t.as_deref().map(str::parse::<chrono::NaiveDate>);
    if matches!(data(&q.from), Some(Err(_))) || matches!(data(&q.to), Some(Err(_))) {
        return problema(StatusCode::BAD_REQUEST, "from, to");
    }
    let salta: usize = intestazioni.get("x-continuation-token").and_then(|v| v.to_str().ok()).and_then(|t| t.parse().ok()).unwrap_or(0);
    let interno = lucchetto(&s.0.archivi.0);
    let id: Vec<&String> = interno.file.presi.keys().skip(salta).take(PAGINA).collect();
    let dopo = salta + id.len();
    let corpo = json!({ "fileIds": id, "size": id.len(), "hasMore": dopo < interno.file.presi.len() });
    if dopo < interno.file.presi.len() {
        return ([("x-continuation-token", dopo.to_string())], axum::Json(corpo)).into_response();
    }
    axum::Json(corpo).into_response()
}

/// The content of the one part of a form.
fn nel_modulo(corpo: &[u8]) -> Option<&[u8]> {
    let inizio = corpo.windows(4).position(|f| f == b"\r\n\r\n")? + 4;
    let confine = corpo.windows(2).position(|f| f == b"\r\n")?;
    let mut fine = b"\r\n".to_vec();
    fine.extend(&corpo[..confine]);
    let lungo = corpo.len().checked_sub(inizio + fine.len())?;
    // The boundary ends the form: it is looked for from the end, where it is.
    let coda = (lungo.saturating_sub(8)..=lungo).find(|n| corpo[inizio + n..].starts_with(&fine))?;
    corpo.get(inizio..inizio + coda)
}

/// The one entry of a zip, stored as it is.
fn nello_zip(zip: &[u8]) -> Option<&[u8]> {
    let numero = |da: usize, lungo: usize| zip.get(da..da + lungo).map(|b| b.iter().rev().fold(0_usize, |n, x| (n << 8) | usize::from(*x)));
    let (firma, metodo) = (numero(0, 4)?, numero(8, 2)?);
    let (byte, nome, altro) = (numero(18, 4)?, numero(26, 2)?, numero(28, 2)?);
    let da = 30 + nome + altro;
    (firma == 0x0403_4b50 && metodo == 0).then(|| zip.get(da..da + byte))?
}
