//! The ente creditore: both versions of its API, answers that can be set, notifications kept and checked (spec/1 section 11, spec/3 section 4).
//!
//! The rules of shape are written here by hand, from what the contract says and GovPay does, so that the gateway is measured by another ruler than its own.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::Response;
use axum::routing::{get, post, put};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::comportamento::{GuastoEnte, OperazioneEnte, PannelloEnte, attesa};
use crate::giornale::{Argomento, Conclusione, Direzione};
use crate::{Simulatore, lucchetto};

/// Notifications kept; the oldest leave first.
pub const NOTIFICHE_MAX: usize = 2_000;
/// Answers that can be set; the next one is refused.
pub const RISPOSTE_MAX: usize = 10_000;
/// Largest body that the ente takes: a receipt with both XML and JSON of five transfers is under 100 kB.
pub const RICHIESTA_MAX: usize = 8 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VersioneEnte {
    #[serde(rename = "v1")]
    V1,
    #[serde(rename = "v2")]
    V2,
}

impl VersioneEnte {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    pub(crate) fn leggi(nome: &str) -> Option<Self> {
        match nome {
            "v1" => Some(Self::V1),
            "v2" => Some(Self::V2),
            _ => None,
        }
    }
}

/// What the ente will answer to one question, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RispostaEnte {
    pub stato: u16,
    pub corpo: Bytes,
}

impl From<Value> for RispostaEnte {
    fn from(corpo: Value) -> Self {
        Self { stato: 200, corpo: corpo.to_string().into() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TipoNotifica {
    Attivazione,
    Ricevuta,
    Annullamento,
    Rendicontazione,
}

impl TipoNotifica {
    #[must_use]
    pub const fn testo(self) -> &'static str {
        match self {
            Self::Attivazione => "attivazione",
            Self::Ricevuta => "ricevuta",
            Self::Annullamento => "annullamento",
            Self::Rendicontazione => "rendicontazione",
        }
    }
}

/// A notification that the ente took (it answered with a status below 400).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notifica {
    pub id: u64,
    pub quando: DateTime<Utc>,
    pub versione: VersioneEnte,
    pub tipo: TipoNotifica,
    pub dominio: String,
    pub iuv: String,
    /// receiptId or ccp.
    pub ricevuta: Option<String>,
    pub corpo: Value,
    /// Query parameters, as they came.
    pub query: Option<String>,
    /// What is wrong in its shape; empty when nothing is.
    pub problemi: Vec<String>,
    /// The same notification had already come: the ente said yes again, and did nothing.
    pub ripetuta: bool,
    /// The message of the journal.
    pub messaggio: u64,
}

#[derive(Default)]
struct Registro {
    ultima: u64,
    notifiche: VecDeque<Notifica>,
}

type Domanda = (VersioneEnte, OperazioneEnte, String, String);

pub(crate) struct Ente {
    pub(crate) pannello: PannelloEnte,
    registro: Mutex<Registro>,
    risposte: Mutex<HashMap<Domanda, RispostaEnte>>,
    base_url: RwLock<String>,
    novita: tokio::sync::watch::Sender<u64>,
}

impl Ente {
    pub(crate) fn nuovo(base_url: String) -> Self {
        Self {
            pannello: PannelloEnte::default(),
            registro: Mutex::default(),
            risposte: Mutex::default(),
            base_url: RwLock::new(base_url),
            novita: tokio::sync::watch::Sender::new(0),
        }
    }
}

impl Simulatore {
    /// Where the simulator itself listens, e.g. `http://127.0.0.1:8180`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.0.ente.base_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn imposta_base_url(&self, url: impl Into<String>) {
        *self.0.ente.base_url.write().unwrap_or_else(PoisonError::into_inner) = url.into().trim_end_matches('/').to_owned();
    }

    /// Base URL of the API of the ente, as a connector wants it.
    #[must_use]
    pub fn ente_url(&self, versione: VersioneEnte) -> String {
        format!("{}/ente/{}", self.base_url(), versione.nome())
    }

    /// Sets the answer to `getAvviso` (dominio, iuv in v1 or numeroAvviso in v2), `verifyPendenza` (idA2A, idPendenza) or `verifyPendenzaMod4`
    /// (dominio, idTipoPendenza). Fails when [`RISPOSTE_MAX`] answers are set already.
    pub fn imposta_risposta(
        &self,
        versione: VersioneEnte,
        operazione: OperazioneEnte,
        primo: &str,
        secondo: &str,
        risposta: impl Into<RispostaEnte>,
    ) -> anyhow::Result<()> {
        let mut risposte = lucchetto(&self.0.ente.risposte);
        let domanda = (versione, operazione, primo.to_owned(), secondo.to_owned());
        if risposte.len() >= RISPOSTE_MAX && !risposte.contains_key(&domanda) {
            anyhow::bail!("gia' impostate {RISPOSTE_MAX} risposte dell'ente");
        }
        risposte.insert(domanda, risposta.into());
        Ok(())
    }

    /// Forgets all answers that were set: every avviso is unknown again.
    pub fn dimentica_risposte(&self) {
        lucchetto(&self.0.ente.risposte).clear();
    }

    /// Turns on a switch of the ente; one of the same operation is replaced.
    pub fn accendi_ente(&self, interruttore: impl Into<crate::InterruttoreEnte>) {
        self.0.ente.pannello.accendi(interruttore.into());
    }

    pub fn spegni_ente(&self) {
        self.0.ente.pannello.spegni();
    }

    #[must_use]
    pub fn accesi_ente(&self) -> Vec<crate::InterruttoreEnte> {
        self.0.ente.pannello.accesi()
    }

    /// Notifications that satisfy the choice, the oldest first.
    #[must_use]
    pub fn notifiche(&self, scelta: impl Fn(&Notifica) -> bool) -> Vec<Notifica> {
        lucchetto(&self.0.ente.registro).notifiche.iter().filter(|n| scelta(n)).cloned().collect()
    }

    pub fn dimentica_notifiche(&self) {
        lucchetto(&self.0.ente.registro).notifiche.clear();
    }

    /// The first notification that satisfies the choice, waiting for it if need be.
    pub async fn attendi_notifica(&self, scelta: impl Fn(&Notifica) -> bool, entro: Duration) -> Option<Notifica> {
        let mut novita = self.0.ente.novita.subscribe();
        let arriva = async {
            loop {
                novita.borrow_and_update();
                let trovata = lucchetto(&self.0.ente.registro).notifiche.iter().find(|n| scelta(n)).cloned();
                if trovata.is_some() {
                    return trovata;
                }
                if novita.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(entro, arriva).await.ok().flatten()
    }

    /// The notification with which the ente learnt of this receipt.
    #[must_use]
    pub fn ricevuta_giunta(&self, token: &str) -> Option<Notifica> {
        let registro = lucchetto(&self.0.ente.registro);
        registro.notifiche.iter().find(|n| n.tipo == TipoNotifica::Ricevuta && n.ricevuta.as_deref() == Some(token)).cloned()
    }

    fn registra(&self, mut nuova: Notifica) {
        let mut registro = lucchetto(&self.0.ente.registro);
        registro.ultima += 1;
        nuova.id = registro.ultima;
        let uguale = |n: &&Notifica| (n.tipo, &n.dominio, &n.iuv, &n.ricevuta) == (nuova.tipo, &nuova.dominio, &nuova.iuv, &nuova.ricevuta);
        if nuova.tipo == TipoNotifica::Ricevuta && nuova.ricevuta.is_some() {
            let prima = registro.notifiche.iter().find(uguale).map(|n| n.corpo == nuova.corpo);
            if let Some(stesso_corpo) = prima {
                nuova.ripetuta = true;
                if !stesso_corpo {
                    nuova.problemi.push("ricevuta gia' notificata con un altro contenuto".into());
                }
            }
        }
        if registro.notifiche.len() >= NOTIFICHE_MAX {
            registro.notifiche.pop_front();
        }
        let id = nuova.id;
        registro.notifiche.push_back(nuova);
        drop(registro);
        self.0.ente.novita.send_replace(id);
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new()
        .route("/ente/{versione}/avvisi/{primo}/{secondo}", get(avvisi))
        .route("/ente/{versione}/pendenze/{primo}/{secondo}", get(pendenze).post(mod4))
        .route("/ente/{versione}/pagamenti/{dominio}/{iuv}", post(pagamenti))
        .route("/ente/{versione}/pagamenti/{dominio}/{iuv}/{ccp}/annulla", post(annulla))
        .route("/ente/{versione}/ricevute/{dominio}/{iuv}/{ricevuta}", put(ricevute))
        .route("/ente/{versione}/rendicontazioni", post(rendicontazioni))
        .layer(DefaultBodyLimit::max(RICHIESTA_MAX))
}

/// A call to the ente while it is being answered.
struct Chiamata<'a> {
    simulatore: &'a Simulatore,
    versione: VersioneEnte,
    operazione: OperazioneEnte,
    messaggio: u64,
    inizio: Instant,
}

impl<'a> Chiamata<'a> {
    fn apri(
        simulatore: &'a Simulatore,
        versione: VersioneEnte,
        operazione: OperazioneEnte,
        argomento: Argomento,
        metodo: &Method,
        uri: &Uri,
        corpo: &[u8],
    ) -> Self {
        let nome = format!("{} ({})", operazione.nome(), versione.nome());
        let messaggio = simulatore.0.giornale.apri(Direzione::VersoEnte, &nome, format!("{metodo} {uri}"), argomento, corpo);
        Self { simulatore, versione, operazione, messaggio, inizio: Instant::now() }
    }

    /// Plays the switch that is on, if any. `Some`: the answer in place of the good one.
    async fn guasto(&self) -> Option<Response> {
        match self.simulatore.0.ente.pannello.consuma(self.operazione)? {
            GuastoEnte::Lento { ms } => {
                tokio::time::sleep(attesa(ms)).await;
                None
            }
            GuastoEnte::Errore { stato } => {
                Some(self.rispondi(stato, &br#"{"categoria":"INTERNO","codice":"INTERNO","descrizione":"Servizio non disponibile (errore simulato)"}"#[..]))
            }
            GuastoEnte::Immondizia => Some(self.rispondi(200, &b"<html><body>{ questo non e' JSON"[..])),
            GuastoEnte::Redirezione => {
                let mut risposta = self.rispondi(302, Bytes::new());
                let altrove = format!("{}/altrove", self.simulatore.ente_url(self.versione));
                if let Ok(valore) = altrove.parse() {
                    risposta.headers_mut().insert(header::LOCATION, valore);
                }
                Some(risposta)
            }
            GuastoEnte::ConnessioneChiusa => {
                self.chiudi(None, &[], "connessione chiusa".into());
                // HTTP servers have no other way to say nothing: the task that owns the connection ends here, and the socket with it.
                std::panic::resume_unwind(Box::new("connessione chiusa dal simulatore"));
            }
        }
    }

    fn chiudi(&self, stato: Option<u16>, corpo: &[u8], esito: String) {
        let fine = Conclusione { stato, risposta: corpo, esito, durata: self.inizio.elapsed() };
        self.simulatore.0.giornale.chiudi(self.messaggio, fine);
    }

    fn rispondi(&self, stato: u16, corpo: impl Into<Bytes>) -> Response {
        let corpo = corpo.into();
        self.chiudi(Some(stato), &corpo, format!("HTTP {stato}"));
        let mut risposta = Response::new(Body::from(corpo));
        *risposta.status_mut() = StatusCode::from_u16(stato).unwrap_or(StatusCode::OK);
        risposta.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
        risposta
    }
}

fn non_trovato() -> Response {
    let mut risposta = Response::new(Body::from(r#"{"categoria":"RICHIESTA","codice":"404","descrizione":"Operazione inesistente in questa versione"}"#));
    *risposta.status_mut() = StatusCode::NOT_FOUND;
    risposta
}

async fn domanda(
    simulatore: &Simulatore,
    operazione: OperazioneEnte,
    (versione, primo, secondo): (String, String, String),
    argomento: Argomento,
    (metodo, uri, corpo): (Method, Uri, Bytes),
) -> Response {
    let Some(versione) = VersioneEnte::leggi(&versione) else { return non_trovato() };
    let chiamata = Chiamata::apri(simulatore, versione, operazione, argomento, &metodo, &uri, &corpo);
    if let Some(guasto) = chiamata.guasto().await {
        return guasto;
    }
    let impostata = lucchetto(&simulatore.0.ente.risposte).get(&(versione, operazione, primo, secondo)).cloned();
    match impostata {
        Some(r) => chiamata.rispondi(r.stato, r.corpo),
        // The contract of v1 says 201 where v2 says 200.
        None => chiamata.rispondi(if versione == VersioneEnte::V1 { 201 } else { 200 }, &br#"{"stato":"SCONOSCIUTA"}"#[..]),
    }
}

async fn avvisi(State(s): State<Simulatore>, Path(p): Path<(String, String, String)>, metodo: Method, uri: Uri) -> Response {
    let (avviso, iuv) = if p.2.len() == 18 && p.0 == "v2" { (Some(p.2.clone()), None) } else { (None, Some(p.2.clone())) };
    let argomento = Argomento { dominio: Some(p.1.clone()), avviso, iuv, token: None };
    domanda(&s, OperazioneEnte::GetAvviso, p, argomento, (metodo, uri, Bytes::new())).await
}

async fn pendenze(State(s): State<Simulatore>, Path(p): Path<(String, String, String)>, metodo: Method, uri: Uri) -> Response {
    domanda(&s, OperazioneEnte::VerifyPendenza, p, Argomento::default(), (metodo, uri, Bytes::new())).await
}

async fn mod4(State(s): State<Simulatore>, Path(p): Path<(String, String, String)>, metodo: Method, uri: Uri, corpo: Bytes) -> Response {
    let argomento = Argomento { dominio: Some(p.1.clone()), ..Argomento::default() };
    domanda(&s, OperazioneEnte::VerifyPendenzaMod4, p, argomento, (metodo, uri, corpo)).await
}

/// What a notification says of itself by its address.
struct Indirizzata {
    versione: &'static str,
    operazione: OperazioneEnte,
    dominio: String,
    iuv: String,
    ricevuta: Option<String>,
}

async fn notifica(
    simulatore: &Simulatore,
    versione_chiesta: &str,
    i: Indirizzata,
    (metodo, uri, query, corpo): (Method, Uri, Option<String>, Bytes),
    leggi: impl FnOnce(&Value, &mut Vec<String>) -> (TipoNotifica, Option<String>),
) -> Response {
    let Some(versione) = VersioneEnte::leggi(versione_chiesta).filter(|v| v.nome() == i.versione) else { return non_trovato() };
    let argomento = Argomento { dominio: Some(i.dominio.clone()), iuv: Some(i.iuv.clone()), avviso: None, token: i.ricevuta.clone() };
    let chiamata = Chiamata::apri(simulatore, versione, i.operazione, argomento, &metodo, &uri, &corpo);
    let guasto = chiamata.guasto().await;
    // Rubbish with status 200 is an answer all the same: the ente took the notification.
    let guasto = match guasto {
        Some(risposta) if risposta.status() != StatusCode::OK => return risposta,
        altro => altro,
    };
    let Ok(letto) = serde_json::from_slice::<Value>(&corpo) else {
        return chiamata.rispondi(400, &br#"{"categoria":"RICHIESTA","codice":"SINTASSI","descrizione":"Il corpo non e' JSON"}"#[..]);
    };
    let mut problemi = Vec::new();
    let (tipo, dal_corpo) = leggi(&letto, &mut problemi);
    let ricevuta = i.ricevuta.or(dal_corpo);
    let gia_vista = tipo == TipoNotifica::Ricevuta && ricevuta.as_deref().is_some_and(|r| simulatore.ricevuta_giunta(r).is_some());
    simulatore.registra(Notifica {
        id: 0,
        quando: Utc::now(),
        versione,
        tipo,
        dominio: i.dominio,
        iuv: i.iuv,
        ricevuta,
        corpo: letto,
        query,
        problemi,
        ripetuta: false,
        messaggio: chiamata.messaggio,
    });
    guasto.unwrap_or_else(|| chiamata.rispondi(if gia_vista { 200 } else { 201 }, Bytes::new()))
}

async fn pagamenti(
    State(s): State<Simulatore>,
    Path((v, dominio, iuv)): Path<(String, String, String)>,
    metodo: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    corpo: Bytes,
) -> Response {
    let i = Indirizzata { versione: "v1", operazione: OperazioneEnte::NotifyPagamento, dominio, iuv: iuv.clone(), ricevuta: None };
    notifica(&s, &v, i, (metodo, uri, query, corpo), |c, p| forma_v1(c, &iuv, p)).await
}

async fn annulla(
    State(s): State<Simulatore>,
    Path((v, dominio, iuv, ccp)): Path<(String, String, String, String)>,
    metodo: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    corpo: Bytes,
) -> Response {
    let i = Indirizzata { versione: "v1", operazione: OperazioneEnte::NotifyPagamento, dominio, iuv, ricevuta: Some(ccp) };
    notifica(&s, &v, i, (metodo, uri, query, corpo), |c, p| {
        membri(c, "", &[], &["codice", "motivazione"], p);
        (TipoNotifica::Annullamento, None)
    })
    .await
}

async fn ricevute(
    State(s): State<Simulatore>,
    Path((v, dominio, iuv, ricevuta)): Path<(String, String, String, String)>,
    metodo: Method,
    uri: Uri,
    RawQuery(query): RawQuery,
    corpo: Bytes,
) -> Response {
    let i = Indirizzata {
        versione: "v2",
        operazione: OperazioneEnte::NotificaRicevuta,
        dominio: dominio.clone(),
        iuv: iuv.clone(),
        ricevuta: Some(ricevuta.clone()),
    };
    notifica(&s, &v, i, (metodo, uri, query, corpo), |c, p| {
        forma_v2(c, (&dominio, &iuv, &ricevuta), p);
        (TipoNotifica::Ricevuta, None)
    })
    .await
}

async fn rendicontazioni(State(s): State<Simulatore>, Path(v): Path<String>, metodo: Method, uri: Uri, RawQuery(query): RawQuery, corpo: Bytes) -> Response {
    let letto: Value = serde_json::from_slice(&corpo).unwrap_or_default();
    let testo = |nome: &str| letto[nome].as_str().unwrap_or_default().to_owned();
    let i = Indirizzata { versione: "v2", operazione: OperazioneEnte::NotificaRendicontazione, dominio: testo("idDominio"), iuv: testo("iuv"), ricevuta: None };
    notifica(&s, &v, i, (metodo, uri, query, corpo), |c, p| {
        let obbligatori = ["idDominio", "iuv", "iur", "indice", "importo", "esito", "data", "idFlusso", "dataFlusso", "trn", "dataRegolamento", "idPsp"];
        membri(c, "", &obbligatori, &["dataOraPubblicazione", "dataOraAggiornamento", "bicRiversamento", "revisione"], p);
        (TipoNotifica::Rendicontazione, c["iur"].as_str().map(str::to_owned))
    })
    .await
}

/// Notes what is missing (or null) among the mandatory members, and what nobody knows.
fn membri(valore: &Value, dove: &str, obbligatori: &[&str], facoltativi: &[&str], problemi: &mut Vec<String>) {
    let Some(oggetto) = valore.as_object() else {
        problemi.push(format!("{} non e' un oggetto", if dove.is_empty() { "il corpo" } else { dove }));
        return;
    };
    let qui = |nome: &str| if dove.is_empty() { nome.to_owned() } else { format!("{dove}.{nome}") };
    for nome in obbligatori {
        if oggetto.get(*nome).is_none_or(Value::is_null) {
            problemi.push(format!("manca {}", qui(nome)));
        }
    }
    for nome in oggetto.keys() {
        if !obbligatori.contains(&nome.as_str()) && !facoltativi.contains(&nome.as_str()) {
            problemi.push(format!("membro sconosciuto {}", qui(nome)));
        }
    }
}

fn uguale(valore: &Value, dove: &str, atteso: &str, problemi: &mut Vec<String>) {
    if let Some(trovato) = valore.as_str()
        && trovato != atteso
    {
        problemi.push(format!("{dove} e' {trovato}, nell'indirizzo e' {atteso}"));
    }
}

fn numero(valore: &Value, dove: &str, problemi: &mut Vec<String>) {
    if !valore.is_null() && !valore.is_number() {
        problemi.push(format!("{dove} non e' un numero"));
    }
}

fn uno_di(valore: &Value, dove: &str, ammessi: &[&str], problemi: &mut Vec<String>) {
    if !valore.is_null() && !valore.as_str().is_some_and(|v| ammessi.contains(&v)) {
        problemi.push(format!("{dove} e' {valore}, ammessi {}", ammessi.join(", ")));
    }
}

const TIPI_RISCOSSIONE: &[&str] = &["ENTRATA", "MBT", "ENTRATA_PA_NON_INTERMEDIATA", "ALTRO_INTERMEDIARIO"];

/// `yyyy-MM-dd`.
fn giorno(valore: &Value, dove: &str, problemi: &mut Vec<String>) {
    if !valore.is_null() && !valore.as_str().is_some_and(|d| d.len() == 10 && chrono::NaiveDate::parse_from_str(d, "%Y-%m-%d").is_ok()) {
        problemi.push(format!("{dove} non e' una data aaaa-mm-gg"));
    }
}

/// Body of v1. `rt` tells activation from receipt, and must be there even when it is null (spec/3 section 1.14).
fn forma_v1(corpo: &Value, iuv: &str, problemi: &mut Vec<String>) -> (TipoNotifica, Option<String>) {
    membri(corpo, "", &["idA2A", "idPendenza", "rpt"], &["rt", "riscossioni"], problemi);
    for nome in ["rt", "riscossioni"] {
        if corpo.as_object().is_some_and(|o| !o.contains_key(nome)) {
            problemi.push(format!("manca {nome}: quando non c'e' deve essere null"));
        }
    }
    let rt = &corpo["rt"];
    if rt.is_null() {
        return (TipoNotifica::Attivazione, None);
    }
    let trovato = rt["creditorReferenceId"].as_str().or_else(|| rt["datiPagamento"]["identificativoUnivocoVersamento"].as_str());
    match trovato {
        Some(trovato) if trovato != iuv => problemi.push(format!("rt e' dello iuv {trovato}, nell'indirizzo e' {iuv}")),
        Some(_) => {}
        None => problemi.push("rt senza iuv".into()),
    }
    let ricevuta = rt["receiptId"].as_str().or_else(|| rt["datiPagamento"]["CodiceContestoPagamento"].as_str()).map(str::to_owned);
    if ricevuta.is_none() {
        problemi.push("rt senza receiptId ne' CodiceContestoPagamento".into());
    }
    for (i, r) in corpo["riscossioni"].as_array().map(Vec::as_slice).unwrap_or_default().iter().enumerate() {
        let dove = format!("riscossioni[{i}]");
        let obbligatori = ["idDominio", "iuv", "iur", "indice", "pendenza", "idVocePendenza", "stato", "tipo", "importo", "data"];
        membri(r, &dove, &obbligatori, &["rpp", "commissioni", "allegato"], problemi);
        uguale(&r["iuv"], &format!("{dove}.iuv"), iuv, problemi);
        uno_di(&r["stato"], &format!("{dove}.stato"), &["RISCOSSA", "INCASSATA"], problemi);
        uno_di(&r["tipo"], &format!("{dove}.tipo"), TIPI_RISCOSSIONE, problemi);
        giorno(&r["data"], &format!("{dove}.data"), problemi);
        for nome in ["importo", "indice", "commissioni"] {
            numero(&r[nome], &format!("{dove}.{nome}"), problemi);
        }
        if r["pendenza"].as_str().is_some_and(|p| !p.starts_with("/pendenze/")) {
            problemi.push(format!("{dove}.pendenza non comincia con /pendenze/"));
        }
    }
    (TipoNotifica::Ricevuta, ricevuta)
}

/// Body of v2, as GovPay sends it: `esito` and not `stato`, `modello` and `idPagamento` only for a payment of a portal.
fn forma_v2(corpo: &Value, (dominio, iuv, ricevuta): (&str, &str, &str), problemi: &mut Vec<String>) {
    let obbligatori = ["dominio", "iuv", "idRicevuta", "importo", "esito", "istitutoAttestante", "pendenza", "data", "dataPagamento", "rpt", "rt"];
    membri(corpo, "", &obbligatori, &["stato", "idPagamento", "idSessionePsp", "versante", "modello"], problemi);
    uguale(&corpo["dominio"]["idDominio"], "dominio.idDominio", dominio, problemi);
    uguale(&corpo["iuv"], "iuv", iuv, problemi);
    uguale(&corpo["idRicevuta"], "idRicevuta", ricevuta, problemi);
    numero(&corpo["importo"], "importo", problemi);
    let esiti = ["IN_CORSO", "RIFIUTATO", "ESEGUITO", "NON_ESEGUITO", "ESEGUITO_PARZIALE", "DECORRENZA", "DECORRENZA_PARZIALE"];
    uno_di(&corpo["esito"], "esito", &esiti, problemi);
    uno_di(&corpo["modello"], "modello", &["Pagamento ad iniziativa Ente", "Pagamento ad iniziativa PSP"], problemi);
    membri(&corpo["istitutoAttestante"], "istitutoAttestante", &["idPSP", "denominazione"], &["idCanale", "descrizione"], problemi);
    // Of a stand-in payment there was no request: its data are rebuilt from the receipt, its bytes never were.
    forma_documento(&corpo["rpt"], "rpt", &["ctPaymentPA", "ctRichiestaPagamentoTelematico"], false, problemi);
    forma_documento(&corpo["rt"], "rt", &["ctReceipt", "ctRicevutaTelematica"], true, problemi);
    let pendenza = &corpo["pendenza"];
    let obbligatori = ["idA2A", "idPendenza", "idTipoPendenza", "dominio", "causale", "soggettoPagatore", "importo", "numeroAvviso", "UUID", "voci"];
    let facoltativi = [
        "unitaOperativa",
        "dataValidita",
        "dataScadenza",
        "annoRiferimento",
        "cartellaPagamento",
        "datiAllegati",
        "documento",
        "tassonomia",
        "direzione",
        "divisione",
        "proprieta",
        "allegati",
        "dataCaricamento",
    ];
    membri(pendenza, "pendenza", &obbligatori, &facoltativi, problemi);
    numero(&pendenza["importo"], "pendenza.importo", problemi);
    let voci = pendenza["voci"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=5).contains(&voci.len()) {
        problemi.push(format!("pendenza.voci ne ha {}, ammesse da 1 a 5", voci.len()));
    }
    for (i, voce) in voci.iter().enumerate() {
        let dove = format!("pendenza.voci[{i}]");
        let facoltativi = [
            "descrizioneCausaleRPT",
            "dominio",
            "datiAllegati",
            "contabilita",
            "metadata",
            "codEntrata",
            "ibanAccredito",
            "ibanAppoggio",
            "codiceTassonomicoPagoPA",
            "tipoBollo",
            "hashDocumento",
            "provinciaResidenza",
            "riscossione",
        ];
        membri(voce, &dove, &["idVocePendenza", "descrizione"], &facoltativi, problemi);
        let r = &voce["riscossione"];
        if !r.is_null() {
            let dove = format!("{dove}.riscossione");
            membri(r, &dove, &["iuv", "iur", "indice", "tipo", "importo", "data"], &["idDominio", "stato", "allegato", "commissioni"], problemi);
            uno_di(&r["tipo"], &format!("{dove}.tipo"), TIPI_RISCOSSIONE, problemi);
            giorno(&r["data"], &format!("{dove}.data"), problemi);
            numero(&r["importo"], &format!("{dove}.importo"), problemi);
        }
    }
}

/// `{tipo, xml, json}`, with XML that can be read.
fn forma_documento(valore: &Value, dove: &str, tipi: &[&str], con_xml: bool, problemi: &mut Vec<String>) {
    if valore.is_null() {
        return;
    }
    let obbligatori: &[&str] = if con_xml { &["tipo", "xml", "json"] } else { &["tipo", "json"] };
    membri(valore, dove, obbligatori, &["xml"], problemi);
    uno_di(&valore["tipo"], &format!("{dove}.tipo"), tipi, problemi);
    let letto = valore["xml"].as_str().map(|x| base64::Engine::decode(&base64::engine::general_purpose::STANDARD, x));
    match letto {
        Some(Ok(ottetti)) => {
            if let Err(errore) = crate::xml::leggi(&ottetti) {
                problemi.push(format!("{dove}.xml: {errore}"));
            }
        }
        Some(Err(_)) => problemi.push(format!("{dove}.xml non e' base64")),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn la_forma_v1_distingue_attivazione_e_ricevuta() {
        let mut problemi = Vec::new();
        let attivazione = json!({"idA2A": "A", "idPendenza": "1", "rpt": {}, "rt": null, "riscossioni": null});
        assert_eq!(forma_v1(&attivazione, "0100", &mut problemi), (TipoNotifica::Attivazione, None));
        assert_eq!(problemi, Vec::<String>::new());

        let riscossione = json!({"idDominio": "12345678901", "iuv": "0100", "iur": "t", "indice": 1, "pendenza": "/pendenze/A/1", "rpp": null,
            "idVocePendenza": "1", "stato": "RISCOSSA", "tipo": "ENTRATA", "importo": 10.10, "data": "2026-11-22", "commissioni": 1.5, "allegato": null});
        let ricevuta =
            json!({"idA2A": "A", "idPendenza": "1", "rpt": {}, "rt": {"receiptId": "t", "creditorReferenceId": "0100"}, "riscossioni": [riscossione]});
        assert_eq!(forma_v1(&ricevuta, "0100", &mut problemi), (TipoNotifica::Ricevuta, Some("t".into())));
        assert_eq!(problemi, Vec::<String>::new());
    }

    #[test]
    fn cio_che_manca_e_cio_che_nessuno_conosce_e_annotato() {
        let mut problemi = Vec::new();
        let corpo = json!({"idA2A": "A", "rpt": {}, "rt": {"receiptId": "t", "creditorReferenceId": "9"}, "riscossioni": [{"importo": "10"}], "nome": "x"});
        forma_v1(&corpo, "0100", &mut problemi);
        for atteso in ["manca idPendenza", "membro sconosciuto nome", "rt e' dello iuv 9, nell'indirizzo e' 0100", "riscossioni[0].importo non e' un numero"] {
            assert!(problemi.iter().any(|p| p == atteso), "{atteso}: {problemi:?}");
        }
        problemi.clear();
        forma_v2(&json!({"rt": {"tipo": "ctReceipt", "xml": "PGE+", "json": {}}, "pendenza": {"voci": [{"importo": 1}]}}), ("d", "i", "r"), &mut problemi);
        for atteso in ["manca esito", "rt.xml: XML mal formato: documento troncato", "membro sconosciuto pendenza.voci[0].importo"] {
            assert!(problemi.iter().any(|p| p == atteso), "{atteso}: {problemi:?}");
        }
    }
}
