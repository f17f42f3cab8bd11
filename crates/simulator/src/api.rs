//! The JSON API of the simulator itself, for scripts and for the browser.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::ente::{Notifica, RispostaEnte, VersioneEnte};
use crate::{Esito, Interruttore, InterruttoreEnte, OperazioneEnte, Rifiuto, SenzaAttivazione, Simulatore, Versione};

/// Body of a command: an answer of the ente with attachments fits.
const COMANDO_MAX: usize = 4 * 1024 * 1024;
/// Items of a list, unless the caller asks for fewer.
const ELENCO_MAX: usize = 500;
/// Longest wait for a notification.
const ATTESA_MAX: Duration = Duration::from_secs(120);

/// What went wrong with a command.
enum Errore {
    /// 422 with the fault, as the PSP sees it, and its explanation.
    Rifiutato(Box<Rifiuto>),
    Comando(StatusCode, String),
}

impl From<Rifiuto> for Errore {
    fn from(rifiuto: Rifiuto) -> Self {
        Self::Rifiutato(Box::new(rifiuto))
    }
}

impl From<anyhow::Error> for Errore {
    fn from(errore: anyhow::Error) -> Self {
        Self::Comando(StatusCode::INTERNAL_SERVER_ERROR, format!("{errore:#}"))
    }
}

impl IntoResponse for Errore {
    fn into_response(self) -> Response {
        match self {
            Self::Rifiutato(rifiuto) => {
                (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({"rifiuto": *rifiuto, "spiegazione": rifiuto.spiegazione()}))).into_response()
            }
            Self::Comando(stato, errore) => (stato, axum::Json(json!({"errore": errore}))).into_response(),
        }
    }
}

type Risultato = Result<axum::Json<Value>, Errore>;

fn leggi<T: DeserializeOwned>(corpo: &[u8]) -> Result<T, Errore> {
    serde_json::from_slice(corpo).map_err(|e| Errore::Comando(StatusCode::BAD_REQUEST, format!("comando non valido: {e}")))
}

fn mostra(valore: impl serde::Serialize) -> Risultato {
    serde_json::to_value(valore).map(axum::Json).map_err(|e| anyhow::Error::from(e).into())
}

fn manca(cosa: &str) -> Errore {
    Errore::Comando(StatusCode::NOT_FOUND, format!("{cosa} inesistente"))
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new()
        .route("/api/stato", get(stato))
        .route("/api/stazione", put(stazione))
        .route("/api/verifica", post(verifica))
        .route("/api/attiva", post(attiva))
        .route("/api/esito", post(esito))
        .route("/api/paga", post(paga))
        .route("/api/ricevuta-senza-attivazione", post(senza_attivazione))
        .route("/api/pagamenti/{token}", get(pagamento))
        .route("/api/pagamenti/{token}/ricevuta", post(ricevuta_di_nuovo))
        .route("/api/pagamenti/{token}/scadenza", post(scadenza))
        .route("/api/ricevute", get(ricevute))
        .route("/api/ricevute/consegna", post(consegna))
        .route("/api/ricevute/libera", post(libera))
        .route("/api/ricevute/{id}/libera", post(libera_una))
        .route("/api/ricevute/{id}/xml", get(xml_ricevuta))
        .route("/api/comportamento", get(comportamento).post(accendi).delete(spegni))
        .route("/api/comportamento/{nome}", axum::routing::delete(spegni_uno))
        .route("/api/ente/comportamento", get(comportamento_ente).post(accendi_ente).delete(spegni_ente))
        .route("/api/ente/risposte", axum::routing::delete(dimentica_risposte))
        .route("/api/ente/risposte/{versione}/{operazione}/{primo}/{secondo}", put(imposta_risposta))
        .route("/api/ente/notifiche", get(notifiche).delete(dimentica_notifiche))
        .route("/api/messaggi", get(messaggi).delete(dimentica_messaggi))
        .route("/api/messaggi/{id}", get(messaggio))
        .layer(DefaultBodyLimit::max(COMANDO_MAX))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Avviso {
    dominio: String,
    avviso: String,
    #[serde(default)]
    versione: Versione,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EsitoDelPsp {
    token: String,
    esito: Esito,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stazione {
    url: String,
}

#[derive(Deserialize)]
struct Elenco {
    filtro: Option<String>,
    massimo: Option<usize>,
}

impl Elenco {
    fn massimo(&self) -> usize {
        self.massimo.unwrap_or(ELENCO_MAX).min(ELENCO_MAX)
    }
}

async fn stato(State(s): State<Simulatore>) -> Risultato {
    let conf = s.configurazione();
    mostra(json!({
        "stazioneUrl": s.stazione_url(),
        "enteV1Url": s.ente_url(VersioneEnte::V1),
        "enteV2Url": s.ente_url(VersioneEnte::V2),
        "idIntermediario": conf.id_intermediario,
        "idStazione": conf.id_stazione,
        "oraMs": u64::try_from(conf.scala_tempo.as_millis()).unwrap_or(u64::MAX),
        "ricevuteAperte": s.ricevute_aperte(),
    }))
}

async fn stazione(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    s.imposta_stazione_url(leggi::<Stazione>(&corpo)?.url);
    stato(State(s)).await
}

async fn verifica(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    let c: Avviso = leggi(&corpo)?;
    mostra(s.verifica(&c.dominio, &c.avviso).await?)
}

async fn attiva(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    let c: Avviso = leggi(&corpo)?;
    mostra(s.attiva(&c.dominio, &c.avviso, c.versione).await?)
}

async fn esito(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    let c: EsitoDelPsp = leggi(&corpo)?;
    mostra(s.esito(&c.token, c.esito).await?)
}

async fn paga(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    let c: Avviso = leggi(&corpo)?;
    mostra(s.paga(&c.dominio, &c.avviso, c.versione).await?)
}

async fn senza_attivazione(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    mostra(s.ricevuta_senza_attivazione(&leggi::<SenzaAttivazione>(&corpo)?).await?)
}

async fn pagamento(State(s): State<Simulatore>, Path(token): Path<String>) -> Risultato {
    let pagato = s.pagamento(&token)?;
    let giunta = s.ricevuta_giunta(&token);
    mostra(json!({"pagamento": pagato.pagamento, "ricevute": pagato.ricevute, "giunta_all_ente": giunta.is_some(), "notifica": giunta}))
}

async fn ricevuta_di_nuovo(State(s): State<Simulatore>, Path(token): Path<String>) -> Risultato {
    mostra(s.spedisci_ricevuta(&token).await?)
}

async fn scadenza(State(s): State<Simulatore>, Path(token): Path<String>) -> Risultato {
    s.fai_scadere(&token)?;
    mostra(s.pagamento(&token)?)
}

async fn ricevute(State(s): State<Simulatore>, Query(e): Query<Elenco>) -> Risultato {
    mostra(s.ricevute(e.massimo()))
}

async fn consegna(State(s): State<Simulatore>) -> Risultato {
    mostra(json!({"tentativi": s.consegna_ricevute_dovute().await}))
}

async fn libera(State(s): State<Simulatore>) -> Risultato {
    mostra(json!({"liberate": s.libera_ricevute(None)?}))
}

async fn libera_una(State(s): State<Simulatore>, Path(id): Path<u64>) -> Risultato {
    mostra(json!({"liberate": s.libera_ricevute(Some(id))?}))
}

async fn xml_ricevuta(State(s): State<Simulatore>, Path(id): Path<u64>) -> Result<Response, Errore> {
    let corpo = s.corpo_ricevuta(id).ok_or_else(|| manca("ricevuta"))?;
    Ok(([("content-type", "text/xml; charset=utf-8")], corpo).into_response())
}

async fn comportamento(State(s): State<Simulatore>) -> Risultato {
    mostra(s.accesi())
}

async fn accendi(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    s.accendi(leggi::<Interruttore>(&corpo)?);
    mostra(s.accesi())
}

async fn spegni(State(s): State<Simulatore>) -> Risultato {
    s.spegni(None);
    mostra(s.accesi())
}

async fn spegni_uno(State(s): State<Simulatore>, Path(nome): Path<String>) -> Risultato {
    if !crate::Guasto::NOMI.contains(&nome.as_str()) {
        return Err(manca("guasto"));
    }
    s.spegni(Some(&nome));
    mostra(s.accesi())
}

async fn comportamento_ente(State(s): State<Simulatore>) -> Risultato {
    mostra(s.accesi_ente())
}

async fn accendi_ente(State(s): State<Simulatore>, corpo: Bytes) -> Risultato {
    s.accendi_ente(leggi::<InterruttoreEnte>(&corpo)?);
    mostra(s.accesi_ente())
}

async fn spegni_ente(State(s): State<Simulatore>) -> Risultato {
    s.spegni_ente();
    mostra(s.accesi_ente())
}

#[derive(Deserialize)]
struct StatoHttp {
    stato: Option<u16>,
}

async fn imposta_risposta(
    State(s): State<Simulatore>,
    Path((versione, operazione, primo, secondo)): Path<(String, String, String, String)>,
    Query(q): Query<StatoHttp>,
    corpo: Bytes,
) -> Risultato {
    let versione = VersioneEnte::leggi(&versione).ok_or_else(|| manca("versione"))?;
    let domande = [OperazioneEnte::GetAvviso, OperazioneEnte::VerifyPendenza, OperazioneEnte::VerifyPendenzaMod4];
    let operazione = domande.into_iter().find(|o| o.nome() == operazione).ok_or_else(|| manca("operazione"))?;
    s.imposta_risposta(versione, operazione, &primo, &secondo, RispostaEnte { stato: q.stato.unwrap_or(200), corpo })?;
    mostra(json!({}))
}

async fn dimentica_risposte(State(s): State<Simulatore>) -> Risultato {
    s.dimentica_risposte();
    mostra(json!({}))
}

#[derive(Deserialize)]
struct QualiNotifiche {
    dominio: Option<String>,
    iuv: Option<String>,
    ricevuta: Option<String>,
    tipo: Option<String>,
    attesa_ms: Option<u64>,
}

async fn notifiche(State(s): State<Simulatore>, Query(q): Query<QualiNotifiche>) -> Risultato {
    let scelta = |n: &Notifica| {
        q.dominio.as_ref().is_none_or(|d| *d == n.dominio)
            && q.iuv.as_ref().is_none_or(|i| *i == n.iuv)
            && q.ricevuta.as_ref().is_none_or(|r| n.ricevuta.as_ref() == Some(r))
            && q.tipo.as_ref().is_none_or(|t| t == n.tipo.testo())
    };
    if let Some(ms) = q.attesa_ms {
        s.attendi_notifica(scelta, Duration::from_millis(ms).min(ATTESA_MAX)).await;
    }
    let mut trovate = s.notifiche(scelta);
    let troppe = trovate.len().saturating_sub(ELENCO_MAX);
    trovate.drain(..troppe);
    mostra(trovate)
}

async fn dimentica_notifiche(State(s): State<Simulatore>) -> Risultato {
    s.dimentica_notifiche();
    mostra(json!({}))
}

async fn messaggi(State(s): State<Simulatore>, Query(e): Query<Elenco>) -> Risultato {
    mostra(s.messaggi(e.filtro.as_deref(), e.massimo()))
}

async fn messaggio(State(s): State<Simulatore>, Path(id): Path<u64>) -> Risultato {
    let m = s.messaggio(id).ok_or_else(|| manca("messaggio"))?;
    let (richiesta, risposta) = (String::from_utf8_lossy(&m.richiesta).into_owned(), String::from_utf8_lossy(&m.risposta).into_owned());
    mostra(json!({"messaggio": m, "richiesta": richiesta, "risposta": risposta}))
}

async fn dimentica_messaggi(State(s): State<Simulatore>) -> Risultato {
    s.dimentica_messaggi();
    mostra(json!({}))
}
