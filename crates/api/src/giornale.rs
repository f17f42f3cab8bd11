//! The event of a call of our REST APIs: tipoEvento is the operation id (spec/3 section 3.2). Written through the queue: an answer never waits for it.

use axum::body::{Body, HttpBody as _};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use codici::NumeroAvviso;
use domain::chiamante::Chiamante;
use gateway::Gateway;
use gateway::giornale::{BYTE_CORPO_MAX, Genere, Parte};
use serde_json::Value;
use store::eventi::{Componente, Contorno, EsitoEvento, Evento, Messaggi, Ruolo};

use crate::App;
use crate::interfacce::Api;
use crate::richiesta::{IdTransazione, Segmenti};

/// Characters of a reason.
const DETTAGLIO_MAX: usize = 1_000;

/// What is known of a call before it is answered.
pub struct Nota {
    componente: Componente,
    genere: Genere,
    operazione: &'static str,
    metodo: Method,
    url: String,
    intestazioni: Vec<(String, String)>,
    principal: String,
    utente: String,
    id_transazione: Option<String>,
    inizio: DateTime<Utc>,
    di_che: DiChe,
    corpo: Bytes,
}

/// What of a path tells what the event is about.
#[derive(Default)]
struct DiChe {
    dominio: Option<String>,
    iuv: Option<String>,
    ccp: Option<String>,
    id_a2a: Option<String>,
    id_pendenza: Option<String>,
    pagamento: Option<String>,
}

impl Nota {
    /// `None`: configuration never wants an event of this.
    pub fn di(app: &App, api: Api, metodo: &Method, operazione: &'static str, parti: &Parts, percorso: &Segmenti, chi: &Chiamante) -> Option<Self> {
        let componente = componente(api)?;
        let genere = Genere::di_metodo(metodo.as_str());
        let politica = app.gateway.giornale().politica(componente, genere);
        if !politica.log.vale(true) {
            return None;
        }
        Some(Self {
            componente,
            genere,
            operazione,
            metodo: metodo.clone(),
            url: format!("{}{}", app.indirizzo_pubblico, parti.uri.path_and_query().map_or("", |p| p.as_str())),
            intestazioni: if politica.dump.vale(true) { coppie(&parti.headers) } else { Vec::new() },
            principal: chi.utenza.principal.clone(),
            utente: chi.nome(),
            id_transazione: parti.extensions.get::<IdTransazione>().map(|i| i.0.clone()),
            inizio: app.gateway.adesso(),
            di_che: DiChe::del_percorso(percorso),
            corpo: Bytes::new(),
        })
    }

    pub fn ricevi(&mut self, corpo: &Bytes) {
        self.corpo = corpo.clone();
    }

    /// Adds the event. The answer goes on as it was.
    pub async fn concludi(self, gateway: &Gateway, risposta: Response) -> Response {
        let stato = risposta.status();
        let esito = if stato.is_server_error() {
            EsitoEvento::Fail
        } else if stato.is_client_error() {
            EsitoEvento::Ko
        } else {
            EsitoEvento::Ok
        };
        let errore = esito != EsitoEvento::Ok;
        let politica = gateway.giornale().politica(self.componente, self.genere);
        if !politica.log.vale(errore) {
            return risposta;
        }
        let con_dump = politica.dump.vale(errore);
        let (risposta, corpo) = if con_dump || errore { letta(risposta).await } else { (risposta, Bytes::new()) };
        let fine = gateway.adesso();
        let mut contorno = Contorno { pagamento: self.di_che.pagamento.clone(), ..Contorno::default() };
        if con_dump {
            contorno.messaggi = self.messaggi(&risposta, &corpo, fine);
        }
        let evento = Evento {
            durata_ms: Some((fine - self.inizio).num_milliseconds()),
            esito,
            sottotipo_esito: Some(stato.as_u16().to_string()),
            dettaglio_esito: if errore { dettaglio(&corpo) } else { None },
            dominio: self.di_che.dominio,
            iuv: self.di_che.iuv,
            ccp: self.di_che.ccp,
            id_a2a: self.di_che.id_a2a,
            id_pendenza: self.di_che.id_pendenza,
            id_transazione: self.id_transazione,
            ..Evento::nuovo(gateway.id_evento(), self.inizio, self.componente, Ruolo::Server, self.operazione)
        };
        gateway.giornale().aggiungi_come(evento, contorno, self.genere);
        risposta
    }

    fn messaggi(&self, risposta: &Response, corpo: &Bytes, fine: DateTime<Utc>) -> Messaggi {
        let data = Parte {
            quando: self.inizio,
            principal: Some(&self.principal),
            utente: Some(&self.utente),
            metodo: Some(self.metodo.as_str()),
            url: Some(&self.url),
            intestazioni: self.intestazioni.clone(),
            corpo: &self.corpo,
            ..Parte::default()
        };
        let resa = Parte { quando: fine, stato: Some(risposta.status().as_u16()), intestazioni: coppie(risposta.headers()), corpo, ..Parte::default() };
        Messaggi { richiesta: Some(data.json()), risposta: Some(resa.json()) }
    }
}

impl DiChe {
    fn del_percorso(percorso: &Segmenti) -> Self {
        let segmento = |nome: &str| percorso.get(nome).filter(|v| !v.contains('\0')).cloned();
        let avviso = segmento("numeroAvviso").and_then(|n| NumeroAvviso::leggi(&n).ok()).map(|n| n.iuv().to_string());
        Self {
            dominio: segmento("idDominio"),
            iuv: segmento("iuv").or(avviso),
            ccp: segmento("ccp"),
            id_a2a: segmento("idA2A"),
            id_pendenza: segmento("idPendenza"),
            pagamento: segmento("idPagamento"),
        }
    }
}

fn componente(api: Api) -> Option<Componente> {
    Some(match api.nome {
        "pendenze" => Componente::ApiPendenze,
        "pagamento" => Componente::ApiPagamento,
        "ragioneria" => Componente::ApiRagioneria,
        "backoffice" => Componente::ApiBackoffice,
        _ => return None,
    })
}

/// Headers that are text.
pub fn coppie(intestazioni: &HeaderMap) -> Vec<(String, String)> {
    intestazioni.iter().filter_map(|(nome, valore)| Some((nome.to_string(), valore.to_str().ok()?.to_owned()))).collect()
}

/// The body, when it is in memory already and short enough; the answer is made again of it. What streams goes on untouched.
async fn letta(risposta: Response) -> (Response, Bytes) {
    let intera = risposta.body().size_hint().exact().is_some_and(|byte| byte <= BYTE_CORPO_MAX as u64);
    if !intera {
        return (risposta, Bytes::new());
    }
    let (parti, corpo) = risposta.into_parts();
    match axum::body::to_bytes(corpo, BYTE_CORPO_MAX).await {
        Ok(byte) => (Response::from_parts(parti, Body::from(byte.clone())), byte),
        // A body in memory does not fail: were it to, the caller sees the same as without us.
        Err(_) => (Response::from_parts(parti, Body::empty()), Bytes::new()),
    }
}

/// What the fault bean tells.
fn dettaglio(corpo: &Bytes) -> Option<String> {
    let fault: Value = serde_json::from_slice(corpo).ok()?;
    let testo = fault.get("dettaglio").or_else(|| fault.get("descrizione"))?.as_str()?;
    Some(testo.replace('\0', " ").chars().take(DETTAGLIO_MAX).collect())
}
