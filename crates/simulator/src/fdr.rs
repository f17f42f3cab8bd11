//! Flows of rendicontazione: made of the payments that were made here, given by SOAP and by REST; and biz-events, which has their receipts.
//!
//! Whoever asks for a list finds a flow of what was paid since the last one. Tests publish flows of their own, right or wrong.

use std::collections::HashSet;
use std::sync::Mutex;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use codici::Importo;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::messaggi::{Accredito, SPAZIO_SOAP, importo_json};
use crate::xml::{leggi, scrivi_testo};
use crate::{Pagamento, Simulatore, lucchetto};

/// Flows remembered.
const FLUSSI_MAX: usize = 1_000;
const SPAZIO_NODO: &str = "http://ws.pagamenti.telematici.gov/";
const SPAZIO_FLUSSO: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";

/// A row of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RigaFlusso {
    pub iuv: String,
    pub iur: String,
    pub indice: u8,
    #[serde(with = "importo_json")]
    pub importo: Importo,
    /// 0, 3, 4, 8, 9, or what nobody knows (by SOAP alone).
    pub esito: u8,
    pub data: NaiveDate,
}

/// A flow as the world has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlussoPubblicato {
    pub id: String,
    pub dominio: String,
    pub psp: String,
    pub revisione: u64,
    pub data: DateTime<Utc>,
    pub pubblicato: DateTime<Utc>,
    pub righe: Vec<RigaFlusso>,
    /// What the header promises, when it is not what the rows are.
    #[serde(default)]
    pub numero: Option<u64>,
    #[serde(default)]
    pub totale_cent: Option<i64>,
    /// What the document calls the ente, when it is not the ente.
    #[serde(default)]
    pub ricevente: Option<String>,
    /// In the place of the document, by SOAP.
    #[serde(default)]
    pub documento: Option<String>,
}

impl FlussoPubblicato {
    /// Revision 1 of a flow of now.
    #[must_use]
    pub fn nuovo(id: &str, dominio: &str, righe: Vec<RigaFlusso>) -> Self {
        let adesso = Utc::now();
        Self {
            id: id.to_owned(),
            dominio: dominio.to_owned(),
            psp: "SIMPSP".to_owned(),
            revisione: 1,
            data: adesso,
            pubblicato: adesso,
            righe,
            numero: None,
            totale_cent: None,
            ricevente: None,
            documento: None,
        }
    }

    fn totale(&self) -> Importo {
        self.totale_cent.map_or_else(|| self.righe.iter().map(|r| r.importo).sum(), Importo::da_cent)
    }

    fn numero(&self) -> u64 {
        self.numero.unwrap_or(self.righe.len() as u64)
    }

    /// The document of the SOAP road.
    #[must_use]
    pub fn xml(&self) -> String {
        if let Some(documento) = &self.documento {
            return documento.clone();
        }
        let roma = self.data.with_timezone(&chrono_tz::Europe::Rome);
        let mut x = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><FlussoRiversamento xmlns=\"{SPAZIO_FLUSSO}\"><versioneOggetto>1.0</versioneOggetto><identificativoFlusso>{}</identificativoFlusso><dataOraFlusso>{}</dataOraFlusso><identificativoUnivocoRegolamento>TRN-{}</identificativoUnivocoRegolamento><dataRegolamento>{}</dataRegolamento><istitutoMittente><identificativoUnivocoMittente><tipoIdentificativoUnivoco>B</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>{}</codiceIdentificativoUnivoco></identificativoUnivocoMittente><denominazioneMittente>Banca simulata</denominazioneMittente></istitutoMittente><istitutoRicevente><identificativoUnivocoRicevente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>{}</codiceIdentificativoUnivoco></identificativoUnivocoRicevente></istitutoRicevente><numeroTotalePagamenti>{}</numeroTotalePagamenti><importoTotalePagamenti>{}</importoTotalePagamenti>",
            scrivi_testo(&self.id),
            roma.format("%Y-%m-%dT%H:%M:%S%.3f"),
            scrivi_testo(&self.id),
            roma.format("%Y-%m-%d"),
            scrivi_testo(&self.psp),
            scrivi_testo(self.ricevente.as_ref().unwrap_or(&self.dominio)),
            self.numero(),
            self.totale(),
        );
        for r in &self.righe {
            x.push_str(&format!(
                "<datiSingoliPagamenti><identificativoUnivocoVersamento>{}</identificativoUnivocoVersamento><identificativoUnivocoRiscossione>{}</identificativoUnivocoRiscossione><indiceDatiSingoloPagamento>{}</indiceDatiSingoloPagamento><singoloImportoPagato>{}</singoloImportoPagato><codiceEsitoSingoloPagamento>{}</codiceEsitoSingoloPagamento><dataEsitoSingoloPagamento>{}</dataEsitoSingoloPagamento></datiSingoliPagamenti>",
                scrivi_testo(&r.iuv), scrivi_testo(&r.iur), r.indice, r.importo, r.esito, r.data
            ));
        }
        x.push_str("</FlussoRiversamento>");
        x
    }
}

/// How the two services misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuastoFdr {
    /// A page for people, with a status that says yes.
    Html,
    /// Half an answer.
    Troncata,
    /// The answer of a node that says no.
    Fault,
    Errore401,
    Errore429,
    Errore500,
    Sparito,
    /// A payment of each page is not there (REST).
    PaginaCheCambia,
}

#[derive(Default)]
pub(crate) struct Fdr {
    flussi: Mutex<Vec<FlussoPubblicato>>,
    /// Tokens that a flow has already told of.
    rendicontati: Mutex<HashSet<String>>,
    guasto: Mutex<Option<GuastoFdr>>,
    guasto_biz: Mutex<Option<u16>>,
}

impl Simulatore {
    /// Where the node answers about flows.
    #[must_use]
    pub fn nodo_flussi_url(&self) -> String {
        format!("{}/nodo/flussi", self.0.conf.base_url)
    }

    /// The REST service, up to its version.
    #[must_use]
    pub fn fdr_url(&self) -> String {
        format!("{}/fdr-org/service/v1", self.0.conf.base_url)
    }

    /// biz-events, up to its version.
    #[must_use]
    pub fn biz_events_url(&self) -> String {
        format!("{}/bizevents/service/v1", self.0.conf.base_url)
    }

    /// A flow that lists will show, beside those of the payments made here. One of the same ente, id, PSP and revision takes its place.
    pub fn pubblica_flusso(&self, flusso: FlussoPubblicato) {
        let mut flussi = lucchetto(&self.0.fdr.flussi);
        flussi.retain(|f| (&f.dominio, &f.id, &f.psp, f.revisione) != (&flusso.dominio, &flusso.id, &flusso.psp, flusso.revisione));
        if flussi.len() >= FLUSSI_MAX {
            flussi.remove(0);
        }
        flussi.push(flusso);
    }

    /// `None`: they work again.
    pub fn guasta_fdr(&self, guasto: Option<GuastoFdr>) {
        *lucchetto(&self.0.fdr.guasto) = guasto;
    }

    /// A status for every call to biz-events; `None`: it works.
    pub fn guasta_biz_events(&self, stato: Option<u16>) {
        *lucchetto(&self.0.fdr.guasto_biz) = stato;
    }

    /// Makes a flow of what was paid to an ente and no flow tells of yet. Stamps are in no flow.
    fn rendiconta(&self, dominio: &str) {
        let oggi = Utc::now().with_timezone(&chrono_tz::Europe::Rome).date_naive();
        let mut righe = Vec::new();
        {
            let mut gia = lucchetto(&self.0.fdr.rendicontati);
            for p in self.pagati() {
                let suoi = p.dati.bonifici.iter().filter(|b| b.dominio == dominio && matches!(b.accredito, Accredito::Iban(_)));
                for b in suoi {
                    if gia.insert(format!("{}/{}/{dominio}", p.token, b.indice)) {
                        righe.push(RigaFlusso { iuv: p.dati.iuv.clone(), iur: p.token.clone(), indice: b.indice, importo: b.importo, esito: 0, data: oggi });
                    }
                }
            }
        }
        if !righe.is_empty() {
            let progressivo = uuid::Uuid::new_v4().simple().to_string();
            self.pubblica_flusso(FlussoPubblicato::nuovo(&format!("{oggi}SIMPSP-{}", &progressivo[..10]), dominio, righe));
        }
    }

    fn flussi_di(&self, dominio: &str) -> Vec<FlussoPubblicato> {
        lucchetto(&self.0.fdr.flussi).iter().filter(|f| f.dominio == dominio).cloned().collect()
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    const FDR: &str = "/fdr-org/service/v1/organizations/{org}/fdrs";
    let flusso = format!("{FDR}/{{fdr}}/revisions/{{revisione}}/psps/{{psp}}");
    Router::new()
        .route("/nodo/flussi", post(soap))
        .route(FDR, get(elenco))
        .route(&flusso, get(testata))
        .route(&format!("{flusso}/payments"), get(pagamenti))
        .route("/bizevents/service/v1/organizations/{org}/receipts/{iur}/paymentoptions/{iuv}", get(ricevuta))
        .route("/api/fdr/comportamento", post(guasta).delete(ripara))
        .route("/api/fdr/flussi", post(pubblica))
}

#[derive(Deserialize)]
struct Guasta {
    guasto: GuastoFdr,
}

async fn guasta(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    match serde_json::from_slice::<Guasta>(&corpo) {
        Ok(g) => {
            s.guasta_fdr(Some(g.guasto));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(errore) => errore_rest(StatusCode::BAD_REQUEST, &errore.to_string()),
    }
}

async fn ripara(State(s): State<Simulatore>) -> StatusCode {
    s.guasta_fdr(None);
    StatusCode::NO_CONTENT
}

async fn pubblica(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    match serde_json::from_slice::<FlussoPubblicato>(&corpo) {
        Ok(flusso) => {
            s.pubblica_flusso(flusso);
            StatusCode::CREATED.into_response()
        }
        Err(errore) => errore_rest(StatusCode::BAD_REQUEST, &errore.to_string()),
    }
}

/// The misbehaviour of now, when it is an answer by itself.
fn guasto(s: &Simulatore) -> Option<Response> {
    let guasto = *lucchetto(&s.0.fdr.guasto);
    Some(match guasto? {
        GuastoFdr::Html => (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<html><body>Manutenzione</body></html>").into_response(),
        GuastoFdr::Errore401 => errore_rest(StatusCode::UNAUTHORIZED, "Access denied"),
        GuastoFdr::Errore429 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")], "{}").into_response(),
        GuastoFdr::Errore500 => errore_rest(StatusCode::INTERNAL_SERVER_ERROR, "An unexpected error has occurred"),
        GuastoFdr::Sparito => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        GuastoFdr::Troncata | GuastoFdr::Fault | GuastoFdr::PaginaCheCambia => return None,
    })
}

fn errore_rest(stato: StatusCode, testo: &str) -> Response {
    let corpo = json!({ "httpStatusCode": stato.as_u16(), "httpStatusDescription": stato.canonical_reason(), "appErrorCode": "FDR-0500", "errors": [{ "message": testo }] });
    (stato, [(header::CONTENT_TYPE, "application/json")], corpo.to_string()).into_response()
}

// ---------------------------------------------------------------- SOAP

pub(crate) async fn soap(State(s): State<Simulatore>, intestazioni: HeaderMap, corpo: Bytes) -> Response {
    if let Some(risposta) = guasto(&s) {
        return risposta;
    }
    let Ok(busta) = leggi(&corpo) else { return soap_fault("s:Client", "richiesta non leggibile") };
    let azione = intestazioni.get("soapaction").and_then(|v| v.to_str().ok()).unwrap_or_default().trim_matches('"').to_owned();
    let Some(richiesta) = busta.cerca(&azione) else { return soap_fault("s:Client", "SOAPAction e messaggio non combaciano") };
    let dominio = richiesta.valore("identificativoDominio").unwrap_or_default().to_owned();
    if *lucchetto(&s.0.fdr.guasto) == Some(GuastoFdr::Fault) {
        return risposta_nodo(&azione, &fault("PPT_AUTORIZZAZIONE", "Il richiedente non ha i diritti per l'operazione."), false);
    }
    let troncata = *lucchetto(&s.0.fdr.guasto) == Some(GuastoFdr::Troncata);
    match azione.as_str() {
        "nodoChiediElencoFlussiRendicontazione" => {
            s.rendiconta(&dominio);
            let flussi = s.flussi_di(&dominio);
            let voci: String = flussi
                .iter()
                .map(|f| {
                    let roma = f.data.with_timezone(&chrono_tz::Europe::Rome).format("%Y-%m-%dT%H:%M:%S%.3f");
                    format!(
                        "<idRendicontazione><identificativoFlusso>{}</identificativoFlusso><dataOraFlusso>{roma}</dataOraFlusso></idRendicontazione>",
                        scrivi_testo(&f.id)
                    )
                })
                .collect();
            let elenco = format!("<elencoFlussiRendicontazione><totRestituiti>{}</totRestituiti>{voci}</elencoFlussiRendicontazione>", flussi.len());
            risposta_nodo(&azione, &elenco, troncata)
        }
        "nodoChiediFlussoRendicontazione" => {
            let id = richiesta.valore("identificativoFlusso").unwrap_or_default();
            // Only the newest version of each.
            let flusso = s.flussi_di(&dominio).into_iter().filter(|f| f.id == id).max_by_key(|f| f.data);
            let contenuto = flusso.map_or_else(
                || fault("PPT_ID_FLUSSO_SCONOSCIUTO", "Identificativo flusso sconosciuto."),
                |f| format!("<xmlRendicontazione>{}</xmlRendicontazione>", STANDARD.encode(f.xml())),
            );
            risposta_nodo(&azione, &contenuto, troncata)
        }
        _ => soap_fault("s:Client", "operazione sconosciuta"),
    }
}

fn fault(codice: &str, testo: &str) -> String {
    format!("<fault><faultCode>{codice}</faultCode><faultString>{testo}</faultString><id>NodoDeiPagamentiSPC</id></fault>")
}

fn risposta_nodo(operazione: &str, contenuto: &str, troncata: bool) -> Response {
    let busta = format!(
        "<s:Envelope xmlns:s=\"{SPAZIO_SOAP}\"><s:Body><ppt:{operazione}Risposta xmlns:ppt=\"{SPAZIO_NODO}\">{contenuto}</ppt:{operazione}Risposta></s:Body></s:Envelope>"
    );
    let fino = if troncata { busta.len() / 2 } else { busta.len() };
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], busta.get(..fino).unwrap_or_default().to_owned()).into_response()
}

fn soap_fault(codice: &str, testo: &str) -> Response {
    let busta = format!(
        "<s:Envelope xmlns:s=\"{SPAZIO_SOAP}\"><s:Body><s:Fault><faultcode>{codice}</faultcode><faultstring>{testo}</faultstring></s:Fault></s:Body></s:Envelope>"
    );
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], busta).into_response()
}

// ---------------------------------------------------------------- REST

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagina {
    page: Option<usize>,
    size: Option<usize>,
    published_gt: Option<DateTime<Utc>>,
}

/// A page, cut in the middle when the service is ill.
fn pagina(s: &Simulatore, p: &Pagina, tutte: &[Value]) -> Response {
    let quante = p.size.unwrap_or(1000).clamp(1, 1000);
    let numero = p.page.unwrap_or(1).max(1);
    let voci: Vec<&Value> = tutte.iter().skip((numero - 1) * quante).take(quante).collect();
    let metadata = json!({ "pageSize": quante, "pageNumber": numero, "totPage": tutte.len().div_ceil(quante).max(1) });
    let corpo = json!({ "metadata": metadata, "count": voci.len(), "data": voci }).to_string();
    let fino = if *lucchetto(&s.0.fdr.guasto) == Some(GuastoFdr::Troncata) { corpo.len() / 2 } else { corpo.len() };
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], corpo.get(..fino).unwrap_or_default().to_owned()).into_response()
}

fn istante(d: DateTime<Utc>) -> String {
    d.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Euro as a JSON number, from text.
fn euro(i: Importo) -> Value {
    serde_json::from_str(&i.to_string()).unwrap_or_default()
}

async fn elenco(State(s): State<Simulatore>, Path(org): Path<String>, Query(p): Query<Pagina>) -> Response {
    if let Some(risposta) = guasto(&s) {
        return risposta;
    }
    if p.published_gt.is_some_and(|da| da < Utc::now() - chrono::Duration::days(31)) {
        return errore_rest(StatusCode::BAD_REQUEST, "publishedGt too old");
    }
    s.rendiconta(&org);
    let flussi = s.flussi_di(&org);
    // A later revision takes the place of the others.
    let ultima = |f: &&FlussoPubblicato| !flussi.iter().any(|g| g.id == f.id && g.psp == f.psp && g.revisione > f.revisione);
    let voci: Vec<Value> = flussi
        .iter()
        .filter(ultima)
        .filter(|f| p.published_gt.is_none_or(|da| f.pubblicato > da))
        .map(|f| json!({ "fdr": f.id, "pspId": f.psp, "revision": f.revisione, "published": istante(f.pubblicato), "flowDate": istante(f.data) }))
        .collect();
    if voci.is_empty() { errore_rest(StatusCode::NOT_FOUND, "no flows") } else { pagina(&s, &p, &voci) }
}

type Chiave = (String, String, u64, String);

fn trova(s: &Simulatore, (org, fdr, revisione, psp): &Chiave) -> Option<FlussoPubblicato> {
    s.flussi_di(org).into_iter().find(|f| f.id == *fdr && f.revisione == *revisione && f.psp == *psp)
}

async fn testata(State(s): State<Simulatore>, Path(chiave): Path<Chiave>) -> Response {
    if let Some(risposta) = guasto(&s) {
        return risposta;
    }
    let Some(f) = trova(&s, &chiave) else { return errore_rest(StatusCode::NOT_FOUND, "flow not found") };
    let contati: Importo = f.righe.iter().map(|r| r.importo).sum();
    let corpo = json!({
        "status": "PUBLISHED", "revision": f.revisione, "created": istante(f.data), "updated": istante(f.pubblicato), "published": istante(f.pubblicato),
        "fdr": f.id, "fdrDate": istante(f.data), "regulation": format!("TRN-{}", f.id), "regulationDate": f.data.format("%Y-%m-%d").to_string(),
        "bicCodePouringBank": "SIMUITRR",
        "sender": { "type": "LEGAL_PERSON", "id": f.psp, "pspId": f.psp, "pspName": "Banca simulata", "pspBrokerId": f.psp, "channelId": f.psp },
        "receiver": { "id": f.dominio, "organizationId": f.dominio, "organizationName": "Ente simulato" },
        "computedTotPayments": f.righe.len(), "computedSumPayments": euro(contati), "totPayments": f.numero(), "sumPayments": euro(f.totale()),
    });
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], corpo.to_string()).into_response()
}

async fn pagamenti(State(s): State<Simulatore>, Path(chiave): Path<Chiave>, Query(p): Query<Pagina>) -> Response {
    if let Some(risposta) = guasto(&s) {
        return risposta;
    }
    let Some(f) = trova(&s, &chiave) else { return errore_rest(StatusCode::NOT_FOUND, "flow not found") };
    let nome = |esito: u8| match esito {
        3 => "REVOKED",
        4 => "STAND_IN",
        8 => "STAND_IN_NO_RPT",
        9 => "NO_RPT",
        _ => "EXECUTED",
    };
    let mut righe: Vec<Value> = (1..)
        .zip(&f.righe)
        .map(|(n, r): (u64, _)| {
            let data = format!("{}T00:00:00Z", r.data);
            json!({ "index": n, "iuv": r.iuv, "iur": r.iur, "idTransfer": r.indice, "pay": euro(r.importo), "payStatus": nome(r.esito), "payDate": data })
        })
        .collect();
    if *lucchetto(&s.0.fdr.guasto) == Some(GuastoFdr::PaginaCheCambia) {
        righe.pop();
    }
    pagina(&s, &p, &righe)
}

// ---------------------------------------------------------------- biz-events

async fn ricevuta(State(s): State<Simulatore>, Path((_, iur, iuv)): Path<(String, String, String)>) -> Response {
    let guasto = *lucchetto(&s.0.fdr.guasto_biz);
    if let Some(stato) = guasto.and_then(|g| StatusCode::from_u16(g).ok()) {
        return (stato, [(header::CONTENT_TYPE, "application/json")], json!({ "title": "error", "status": stato.as_u16() }).to_string()).into_response();
    }
    let Some(p) = s.pagati().into_iter().find(|p| p.token == iur && p.dati.iuv == iuv) else {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], json!({ "title": "Not found", "status": 404 }).to_string())
            .into_response();
    };
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], modello(&s, &p).to_string()).into_response()
}

fn modello(s: &Simulatore, p: &Pagamento) -> Value {
    let (d, psp) = (&p.dati, &s.0.conf.psp);
    let bonifici: Vec<Value> = d
        .bonifici
        .iter()
        .map(|b| {
            let iban = if let Accredito::Iban(iban) = &b.accredito { iban.as_str() } else { "" };
            json!({
                "idTransfer": b.indice, "transferAmount": euro(b.importo), "fiscalCodePA": b.dominio, "iban": iban, "mbdAttachment": "",
                "remittanceInformation": b.causale, "transferCategory": b.categoria,
            })
        })
        .collect();
    let quando = p.attivato.with_timezone(&chrono_tz::Europe::Rome);
    json!({
        "receiptId": p.token, "noticeNumber": p.avviso, "fiscalCode": p.dominio, "outcome": "OK", "creditorReferenceId": d.iuv, "paymentAmount": euro(d.importo),
        "description": d.descrizione, "companyName": d.ente.clone().unwrap_or_else(|| "Ente".to_owned()),
        "debtor": { "entityUniqueIdentifierType": d.debitore.tipo, "entityUniqueIdentifierValue": d.debitore.identificativo, "fullName": d.debitore.nome },
        "transferList": bonifici, "idPSP": psp.id, "pspFiscalCode": psp.codice_fiscale, "pspCompanyName": psp.denominazione, "idChannel": psp.canale,
        "channelDescription": psp.descrizione_canale, "paymentDateTime": quando.format("%Y-%m-%d").to_string(),
        "paymentDateTimeFormatted": quando.format("%Y-%m-%dT%H:%M:%S").to_string(),
    })
}
