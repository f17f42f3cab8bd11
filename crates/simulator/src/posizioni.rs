//! The archives of positions: GPD, ACA with the operations of GPD, and `paCreatePosition` (spec/4 section 3). One world, two archives.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Simulatore, lucchetto, massivo, registri, ricevute_gpd};

/// Positions that an archive keeps.
const POSIZIONI_MAX: usize = 200_000;
/// Calls remembered, for who looks at them.
const CHIAMATE_MAX: usize = 10_000;
/// The subscription key that is good here.
pub const CHIAVE_SIMULATA: &str = "chiave-del-simulatore";
/// Longer than anybody waits.
const LENTEZZA: Duration = Duration::from_secs(60);

/// How the archives misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuastoArchivio {
    /// A page in place of the answer, with a good status; nothing is done.
    Html,
    /// Done, and half of the answer is sent.
    MezzaRisposta,
    /// Done, and then an error.
    FattoMaErrore,
    /// A problem under a good status; nothing is done.
    FaultIn200,
    /// Nothing is done, and nobody answers.
    Lento,
    Stato401,
    Stato403,
    Stato404,
    Stato409,
    Stato422,
    /// With `Retry-After: 1`.
    Stato429,
    Stato500,
    Stato503,
}

/// A misbehaviour that is on. `volte`: for so many calls; `None`: until it is turned off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterruttoreArchivio {
    pub guasto: GuastoArchivio,
    #[serde(default)]
    pub volte: Option<u32>,
    /// `POST`, `PUT`...; `None`: every call.
    #[serde(default)]
    pub metodo: Option<String>,
}

/// A call that an archive had, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChiamataArchivio {
    pub metodo: String,
    /// Path and query.
    pub indirizzo: String,
    pub stato: u16,
}

#[derive(Default)]
pub(crate) struct Interno {
    pub(crate) file: massivo::File,
    pub(crate) ricevute: ricevute_gpd::Ricevute,
    pub(crate) registri: registri::Registri,
    /// By archive, ente and IUPD.
    posizioni: BTreeMap<Chiave, Map<String, Value>>,
    /// By archive, ente and IUV: the IUPD.
    iuv: HashMap<Chiave, String>,
    chiamate: Vec<ChiamataArchivio>,
    guasto: Option<InterruttoreArchivio>,
}

#[derive(Default)]
pub(crate) struct Archivi(pub(crate) Mutex<Interno>);

pub(crate) type Chiave = (String, String, String);

impl Simulatore {
    /// Where GPD is, up to the version.
    #[must_use]
    pub fn gpd_url(&self) -> String {
        format!("{}/gpd/debt-positions-service/v1", self.0.conf.base_url)
    }

    /// Where ACA is, with the operations of GPD.
    #[must_use]
    pub fn aca_url(&self) -> String {
        format!("{}/aca/debt-positions-service/v1", self.0.conf.base_url)
    }

    /// Where `paCreatePosition` is.
    #[must_use]
    pub fn create_position_url(&self) -> String {
        format!("{}/aca/v1", self.0.conf.base_url)
    }

    /// `None`: they work again.
    pub fn guasta_archivi(&self, guasto: Option<InterruttoreArchivio>) {
        lucchetto(&self.0.archivi.0).guasto = guasto;
    }

    /// The positions of `gpd` or of `aca`, by IUPD.
    #[must_use]
    pub fn posizioni_in(&self, archivio: &str) -> Vec<Value> {
        lucchetto(&self.0.archivi.0).posizioni.iter().filter(|((a, ..), _)| a == archivio).map(|(_, p)| Value::Object(p.clone())).collect()
    }

    /// The calls since the last time that this was asked.
    #[must_use]
    pub fn chiamate_agli_archivi(&self) -> Vec<ChiamataArchivio> {
        std::mem::take(&mut lucchetto(&self.0.archivi.0).chiamate)
    }

    /// Puts another state on the position of a notice, as time and payments do. False: there is none.
    pub fn imposta_stato_in(&self, archivio: &str, avviso: &str, stato: &str) -> bool {
        let mut interno = lucchetto(&self.0.archivi.0);
        let trovata = interno.posizioni.iter_mut().find(|((a, ..), p)| a == archivio && opzioni(p).iter().any(|o| nav(o) == avviso));
        trovata.map(|(_, p)| p.insert("status".to_owned(), stato.into())).is_some()
    }

    /// SEND writes its fee on the option of a notice; the archive shows the amount with it. False: there is none.
    pub fn aggiungi_spese(&self, archivio: &str, avviso: &str, cent: i64) -> bool {
        let mut interno = lucchetto(&self.0.archivi.0);
        let trovata = interno.posizioni.iter_mut().find(|((a, ..), p)| a == archivio && opzioni(p).iter().any(|o| nav(o) == avviso));
        let Some(opzione) = trovata.and_then(|(_, p)| p.get_mut("paymentOption")?.get_mut(0)) else { return false };
        let importo = opzione["amount"].as_i64().unwrap_or_default() + cent;
        (opzione["notificationFee"], opzione["amount"]) = (cent.into(), importo.into());
        true
    }

    /// Forgets a position without telling anybody. False: there is none.
    pub fn perdi_posizione(&self, archivio: &str, iupd: &str) -> bool {
        let mut interno = lucchetto(&self.0.archivi.0);
        let chiavi: Vec<Chiave> = interno.posizioni.keys().filter(|(a, _, i)| a == archivio && i == iupd).cloned().collect();
        chiavi.iter().for_each(|c| interno.togli(c));
        !chiavi.is_empty()
    }
}

pub(crate) fn rotte(s: &Simulatore) -> Router<Simulatore> {
    let archivio = Router::new()
        .route("/organizations/{ente}/debtpositions", post(crea))
        .route("/organizations/{ente}/debtpositions/{iupd}", get(leggi).put(aggiorna).delete(elimina))
        .route("/organizations/{ente}/debtpositions/{iupd}/publish", post(pubblica))
        .route("/organizations/{ente}/debtpositions/{iupd}/invalidate", post(invalida))
        .route("/organizations/{ente}/paymentoptions/paids/{nav}", post(segna_pagata));
    Router::new()
        .nest("/{archivio}/debt-positions-service/v1", archivio)
        .nest("/gpd/payments-receipts-service/v1", ricevute_gpd::rotte())
        .nest("/backoffice/external/ec/v1", registri::rotte())
        .nest("/upload/{archivio}/debt-positions-service/v1", massivo::rotte())
        .route("/aca/v1/paCreatePosition", post(create_position))
        .layer(from_fn_with_state(s.clone(), portiere))
        .route("/api/archivi/comportamento", post(guasta).delete(ripara))
        .route("/api/archivi/{archivio}/posizioni", get(elenco))
        .route("/api/archivi/{archivio}/posizioni/{iupd}", delete(perdi))
}

/// Key, misbehaviour, and memory of the call.
async fn portiere(State(s): State<Simulatore>, richiesta: Request, avanti: Next) -> Response {
    let (metodo, indirizzo) = (richiesta.method().clone(), richiesta.uri().to_string());
    let risposta = servi(&s, richiesta, &metodo, avanti).await;
    let mut interno = lucchetto(&s.0.archivi.0);
    if interno.chiamate.len() < CHIAMATE_MAX {
        interno.chiamate.push(ChiamataArchivio { metodo: metodo.to_string(), indirizzo, stato: risposta.status().as_u16() });
    }
    risposta
}

async fn servi(s: &Simulatore, richiesta: Request, metodo: &Method, avanti: Next) -> Response {
    let guasto = consuma(&s.0.archivi, metodo);
    if !chiave_buona(richiesta.headers()) || guasto == Some(GuastoArchivio::Stato401) {
        let corpo = json!({ "statusCode": 401, "message": "Access denied due to missing subscription key." });
        return (StatusCode::UNAUTHORIZED, axum::Json(corpo)).into_response();
    }
    match guasto {
        None | Some(GuastoArchivio::Stato401) => avanti.run(richiesta).await,
        Some(GuastoArchivio::Html) => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<html><body>Manutenzione</body></html>").into_response(),
        Some(GuastoArchivio::MezzaRisposta) => {
            avanti.run(richiesta).await;
            let pezzi = stream::iter([Ok(Bytes::from_static(b"{\"iupd\": \"")), Err(std::io::Error::other("interrotta"))]);
            (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], Body::from_stream(pezzi)).into_response()
        }
        Some(GuastoArchivio::FattoMaErrore) => {
            avanti.run(richiesta).await;
            problema(StatusCode::INTERNAL_SERVER_ERROR, "There was an error processing the request")
        }
        Some(GuastoArchivio::FaultIn200) => axum::Json(json!({ "title": "INTERNAL SERVER ERROR", "status": 500, "detail": "x" })).into_response(),
        Some(GuastoArchivio::Lento) => {
            tokio::time::sleep(LENTEZZA).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Some(GuastoArchivio::Stato403) => problema(StatusCode::FORBIDDEN, "The caller does not have proper authorization"),
        Some(GuastoArchivio::Stato404) => problema(StatusCode::NOT_FOUND, "Not found"),
        Some(GuastoArchivio::Stato409) => problema(StatusCode::CONFLICT, "Conflict"),
        Some(GuastoArchivio::Stato422) => problema(StatusCode::UNPROCESSABLE_ENTITY, "Unprocessable"),
        Some(GuastoArchivio::Stato429) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")]).into_response(),
        Some(GuastoArchivio::Stato500) => problema(StatusCode::INTERNAL_SERVER_ERROR, "There was an error processing the request"),
        Some(GuastoArchivio::Stato503) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn consuma(archivi: &Archivi, metodo: &Method) -> Option<GuastoArchivio> {
    let mut interno = lucchetto(&archivi.0);
    let acceso = interno.guasto.as_mut().filter(|g| g.metodo.as_deref().is_none_or(|m| m == metodo.as_str()))?;
    let guasto = acceso.guasto;
    if let Some(volte) = &mut acceso.volte {
        *volte = volte.saturating_sub(1);
        if *volte == 0 {
            interno.guasto = None;
        }
    }
    Some(guasto)
}

fn chiave_buona(intestazioni: &HeaderMap) -> bool {
    intestazioni.get("ocp-apim-subscription-key").is_some_and(|k| k.as_bytes() == CHIAVE_SIMULATA.as_bytes())
}

pub(crate) fn problema(stato: StatusCode, dettaglio: &str) -> Response {
    let corpo = json!({ "title": stato.canonical_reason(), "status": stato.as_u16(), "detail": dettaglio });
    (stato, axum::Json(corpo)).into_response()
}

pub(crate) type Esito<T> = Result<T, (StatusCode, String)>;
type Risposta = Esito<Response>;

pub(crate) fn rispondi(esito: Risposta) -> Response {
    esito.unwrap_or_else(|(stato, dettaglio)| problema(stato, &dettaglio))
}

#[derive(Deserialize)]
struct Pubblicare {
    #[serde(rename = "toPublish", default)]
    subito: bool,
}

async fn crea(State(s): State<Simulatore>, Path((archivio, ente)): Path<(String, String)>, Query(q): Query<Pubblicare>, corpo: Bytes) -> Response {
    rispondi((|| {
        let creata = lucchetto(&s.0.archivi.0).crea(&archivio, &ente, valida(&corpo)?, q.subito)?;
        Ok((StatusCode::CREATED, axum::Json(mostrata(&creata))).into_response())
    })())
}

async fn leggi(State(s): State<Simulatore>, Path(chiave): Path<Chiave>) -> Response {
    let interno = lucchetto(&s.0.archivi.0);
    rispondi(interno.trovata(&chiave).map(|p| axum::Json(mostrata(p)).into_response()))
}

async fn aggiorna(State(s): State<Simulatore>, Path(chiave): Path<Chiave>, Query(q): Query<Pubblicare>, corpo: Bytes) -> Response {
    rispondi((|| {
        let cambiata = lucchetto(&s.0.archivi.0).aggiorna(&chiave, valida(&corpo)?, q.subito)?;
        Ok(axum::Json(mostrata(&cambiata)).into_response())
    })())
}

async fn elimina(State(s): State<Simulatore>, Path(chiave): Path<Chiave>) -> Response {
    rispondi((|| {
        lucchetto(&s.0.archivi.0).elimina(&chiave)?;
        Ok(axum::Json("Payment position deleted").into_response())
    })())
}

async fn pubblica(State(s): State<Simulatore>, Path(chiave): Path<Chiave>) -> Response {
    passa(&s, &chiave, &["DRAFT"], "VALID")
}

async fn invalida(State(s): State<Simulatore>, Path(chiave): Path<Chiave>) -> Response {
    passa(&s, &chiave, &["PUBLISHED", "VALID"], "INVALID")
}

fn passa(s: &Simulatore, chiave: &Chiave, da: &[&str], a: &str) -> Response {
    rispondi((|| {
        let mut interno = lucchetto(&s.0.archivi.0);
        let stato = testo(interno.trovata(chiave)?, "status");
        if !da.contains(&stato.as_str()) {
            return Err((StatusCode::CONFLICT, format!("The position is in {stato}")));
        }
        let Some(posizione) = interno.posizioni.get_mut(chiave) else { return Err((StatusCode::NOT_FOUND, String::new())) };
        posizione.insert("status".to_owned(), a.into());
        Ok(axum::Json(mostrata(posizione)).into_response())
    })())
}

async fn segna_pagata(State(s): State<Simulatore>, Path((archivio, ente, avviso)): Path<Chiave>) -> Response {
    rispondi((|| {
        if archivio != "aca" {
            return Err((StatusCode::NOT_FOUND, "No operation".to_owned()));
        }
        let mut interno = lucchetto(&s.0.archivi.0);
        let trovata = interno.posizioni.iter_mut().find(|((a, e, _), p)| *a == archivio && *e == ente && opzioni(p).iter().any(|o| nav(o) == avviso));
        let Some((_, posizione)) = trovata else { return Err((StatusCode::NOT_FOUND, "No payment option".to_owned())) };
        if pagata(&testo(posizione, "status")) {
            return Err((StatusCode::CONFLICT, "Already paid".to_owned()));
        }
        posizione.insert("status".to_owned(), "PAID".into());
        Ok(axum::Json(opzioni(posizione)[0].clone()).into_response())
    })())
}

/// One position by (ente, IUV): put again it changes, with zero it closes, and zero does not open.
async fn create_position(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    rispondi((|| {
        let v: Value = serde_json::from_slice(&corpo).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?;
        let campo = |nome: &str| v[nome].as_str().map(str::to_owned).ok_or((StatusCode::BAD_REQUEST, format!("{nome} is required")));
        let importo = v["amount"].as_u64().filter(|a| *a <= 99_999_999_999).ok_or((StatusCode::BAD_REQUEST, "amount".to_owned()))?;
        for nome in ["entityType", "entityFiscalCode", "entityFullName", "description", "expirationDate"] {
            campo(nome)?;
        }
        let (ente, iuv) = (campo("paFiscalCode")?, campo("iuv")?);
        let chiave = ("create-position".to_owned(), ente, iuv.clone());
        let mut interno = lucchetto(&s.0.archivi.0);
        if importo == 0 && !interno.posizioni.contains_key(&chiave) {
            return Err((StatusCode::UNPROCESSABLE_ENTITY, "amount cannot be zero at first registration".to_owned()));
        }
        let mut posizione = v.as_object().cloned().unwrap_or_default();
        posizione.insert("status".to_owned(), if importo == 0 { "INVALID" } else { "VALID" }.into());
        posizione.insert("iupd".to_owned(), iuv.into());
        interno.metti(chiave, posizione);
        Ok(StatusCode::OK.into_response())
    })())
}

impl Interno {
    fn trovata(&self, chiave: &Chiave) -> Esito<&Map<String, Value>> {
        self.posizioni.get(chiave).ok_or((StatusCode::NOT_FOUND, "Not found a debt position".to_owned()))
    }

    /// IUV and notice are of one position of the ente.
    fn doppione(&self, chiave: &Chiave, posizione: &Map<String, Value>) -> bool {
        let altrui = |o: &Value| self.iuv.get(&di_iuv(chiave, o)).is_some_and(|iupd| *iupd != chiave.2);
        opzioni(posizione).iter().any(altrui)
    }

    fn metti(&mut self, chiave: Chiave, posizione: Map<String, Value>) {
        self.togli(&chiave);
        for o in opzioni(&posizione) {
            self.iuv.insert(di_iuv(&chiave, o), chiave.2.clone());
        }
        self.posizioni.insert(chiave, posizione);
    }

    fn togli(&mut self, chiave: &Chiave) {
        for o in self.posizioni.remove(chiave).iter().flat_map(opzioni) {
            self.iuv.remove(&di_iuv(chiave, o));
        }
    }

    /// The position of a notice of an ente.
    pub(crate) fn di_avviso(&self, archivio: &str, ente: &str, avviso: &str) -> Option<Chiave> {
        let sua = |(c, p): &(&Chiave, &Map<String, Value>)| c.0 == archivio && c.1 == ente && opzioni(p).iter().any(|o| nav(o) == avviso);
        self.posizioni.iter().find(sua).map(|(c, _)| c.clone())
    }

    /// Puts another state on a position, and gives it.
    pub(crate) fn segna(&mut self, chiave: &Chiave, stato: &str) -> Option<Map<String, Value>> {
        let posizione = self.posizioni.get_mut(chiave)?;
        posizione.insert("status".to_owned(), stato.into());
        Some(posizione.clone())
    }

    pub(crate) fn crea(&mut self, archivio: &str, ente: &str, mut posizione: Map<String, Value>, subito: bool) -> Esito<Map<String, Value>> {
        let chiave = (archivio.to_owned(), ente.to_owned(), testo(&posizione, "iupd"));
        if self.posizioni.contains_key(&chiave) || self.doppione(&chiave, &posizione) {
            return Err((StatusCode::CONFLICT, "Already exists a debt position for the organization".to_owned()));
        }
        if self.posizioni.len() >= POSIZIONI_MAX {
            return Err((StatusCode::SERVICE_UNAVAILABLE, "full".to_owned()));
        }
        nasci(&mut posizione, subito)?;
        self.metti(chiave, posizione.clone());
        Ok(posizione)
    }

    pub(crate) fn aggiorna(&mut self, chiave: &Chiave, mut posizione: Map<String, Value>, subito: bool) -> Esito<Map<String, Value>> {
        let stato = testo(self.trovata(chiave)?, "status");
        if ["INVALID", "PARTIALLY_PAID", "PAID", "REPORTED"].contains(&stato.as_str()) || self.doppione(chiave, &posizione) {
            return Err((StatusCode::CONFLICT, format!("Existing related payment position is in {stato}")));
        }
        nasci(&mut posizione, subito)?;
        self.metti(chiave.clone(), posizione.clone());
        Ok(posizione)
    }

    pub(crate) fn elimina(&mut self, chiave: &Chiave) -> Esito<()> {
        if pagata(&testo(self.trovata(chiave)?, "status")) {
            return Err((StatusCode::CONFLICT, "A payment has happened".to_owned()));
        }
        self.togli(chiave);
        Ok(())
    }
}

fn di_iuv(chiave: &Chiave, opzione: &Value) -> Chiave {
    (chiave.0.clone(), chiave.1.clone(), opzione["iuv"].as_str().unwrap_or_default().to_owned())
}

pub(crate) fn testo(p: &Map<String, Value>, nome: &str) -> String {
    p.get(nome).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn opzioni(p: &Map<String, Value>) -> &[Value] {
    p.get("paymentOption").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Its own, or a three before the IUV.
fn nav(opzione: &Value) -> String {
    opzione["nav"].as_str().map_or_else(|| format!("3{}", opzione["iuv"].as_str().unwrap_or_default()), str::to_owned)
}

fn pagata(stato: &str) -> bool {
    ["PARTIALLY_PAID", "PAID", "REPORTED"].contains(&stato)
}

/// What the contract shows of it: who owes, and how it expires, are not among it.
fn mostrata(p: &Map<String, Value>) -> Value {
    let nascosti = ["fiscalCode", "fullName", "streetName", "civicNumber", "postalCode", "city", "province", "country", "email", "phone", "payStandIn"];
    Value::Object(p.iter().filter(|(nome, _)| !nascosti.contains(&nome.as_str()) && *nome != "switchToExpired").map(|(n, v)| (n.clone(), v.clone())).collect())
}

/// DRAFT, PUBLISHED until it is valid, VALID.
fn nasci(posizione: &mut Map<String, Value>, subito: bool) -> Result<(), (StatusCode, String)> {
    let valida_dal = posizione.get("validityDate").and_then(Value::as_str).map(str::parse::<DateTime<Utc>>);
    let stato = match valida_dal {
        _ if !subito => "DRAFT",
        None => "VALID",
        Some(Ok(dal)) if dal > Utc::now() => "PUBLISHED",
        Some(_) => return Err((StatusCode::BAD_REQUEST, "validityDate must be in the future".to_owned())),
    };
    posizione.insert("status".to_owned(), stato.into());
    Ok(())
}

/// The checks at creation (spec/4 section 3.3).
pub(crate) fn valida(corpo: &[u8]) -> Esito<Map<String, Value>> {
    valida_letta(&serde_json::from_slice(corpo).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))?)
}

pub(crate) fn valida_letta(v: &Value) -> Esito<Map<String, Value>> {
    let errata = |cosa: &str| (StatusCode::BAD_REQUEST, format!("{cosa} is not valid"));
    let p = v.as_object().ok_or_else(|| errata("body"))?;
    for nome in ["iupd", "fiscalCode", "fullName", "companyName"] {
        if testo(p, nome).trim().is_empty() {
            return Err(errata(nome));
        }
    }
    if !["F", "G"].contains(&testo(p, "type").as_str())
        || !p.get("switchToExpired").is_some_and(Value::is_boolean)
        || testo(p, "companyName").chars().count() > 140
    {
        return Err(errata("type, switchToExpired or companyName"));
    }
    if opzioni(p).is_empty() {
        return Err(errata("paymentOption"));
    }
    for opzione in opzioni(p) {
        valida_opzione(opzione).map_err(errata)?;
    }
    Ok(p.clone())
}

fn valida_opzione(o: &Value) -> Result<(), &'static str> {
    let importo = o["amount"].as_u64().filter(|a| *a >= 1).ok_or("amount")?;
    let descrizione = o["description"].as_str().unwrap_or_default();
    if o["iuv"].as_str().unwrap_or_default().is_empty() || descrizione.is_empty() || descrizione.chars().count() > 140 || !o["isPartialPayment"].is_boolean() {
        return Err("iuv, description or isPartialPayment");
    }
    let scadenza: DateTime<Utc> = o["dueDate"].as_str().and_then(|t| t.parse().ok()).ok_or("dueDate")?;
    if scadenza < Utc::now() {
        return Err("dueDate");
    }
    let versamenti = o["transfer"].as_array().filter(|t| (1..=5).contains(&t.len())).ok_or("transfer")?;
    let mut somma = 0_u64;
    let mut numeri = HashSet::new();
    for t in versamenti {
        let numero = t["idTransfer"].as_str().filter(|n| ["1", "2", "3", "4", "5"].contains(n)).ok_or("idTransfer")?;
        let parte = t["amount"].as_u64().filter(|a| *a >= 1).ok_or("transfer.amount")?;
        somma = somma.saturating_add(parte);
        if !numeri.insert(numero) || t["category"].as_str().unwrap_or_default().is_empty() || t["remittanceInformation"].as_str().is_none() {
            return Err("transfer");
        }
        if t["iban"].is_string() == t["stamp"].is_object() || (t["stamp"].is_object() && t["postalIban"].is_string()) {
            return Err("iban or stamp");
        }
        let metadati = t["transferMetadata"].as_array().map(Vec::as_slice).unwrap_or_default();
        let chiavi: HashSet<_> = metadati.iter().map(|m| m["key"].as_str().unwrap_or_default()).collect();
        if metadati.len() > 10 || chiavi.len() < metadati.len() || chiavi.contains("NOTIFICATION_FEE") {
            return Err("transferMetadata");
        }
    }
    if somma == importo { Ok(()) } else { Err("amount is not the sum of transfers") }
}

async fn guasta(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    match serde_json::from_slice::<InterruttoreArchivio>(&corpo) {
        Ok(interruttore) => {
            s.guasta_archivi(Some(interruttore));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(errore) => problema(StatusCode::BAD_REQUEST, &errore.to_string()),
    }
}

async fn ripara(State(s): State<Simulatore>) -> StatusCode {
    s.guasta_archivi(None);
    StatusCode::NO_CONTENT
}

/// A page of them, for who looks from outside.
async fn elenco(State(s): State<Simulatore>, Path(archivio): Path<String>) -> Response {
    const ELENCO_MAX: usize = 500;
    axum::Json(s.posizioni_in(&archivio).into_iter().take(ELENCO_MAX).collect::<Vec<_>>()).into_response()
}

async fn perdi(State(s): State<Simulatore>, Path((archivio, iupd)): Path<(String, String)>) -> StatusCode {
    if s.perdi_posizione(&archivio, &iupd) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
