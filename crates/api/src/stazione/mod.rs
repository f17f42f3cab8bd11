//! The SOAP station that pagoPA's node calls (spec/3 section 1).
//!
//! This module knows envelopes and who knocks; what is answered is decided by `gateway`. Business refusals are HTTP 200 with outcome KO.

mod arrivata;
mod nodo;
mod opzioni;
mod vecchia;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Extension, RawQuery, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use gateway::Errore;
use gateway::stazione::{Chiamata, Principal};
use pagopa::messaggi::{dominio_indicato, soap_fault_client, soap_fault_server};
use pagopa::vecchio::Servizio;
use pagopa::{CodiceFault, ErroreRichiesta, Fault as FaultPagoPa, Operazione, Richiesta, Risposta, leggi_richiesta};

use crate::App;
use crate::fault::{Fault, registra};
use crate::richiesta::IdTransazione;

use arrivata::{Arrivata, Esito};
pub use nodo::{AutenticazioneNodo, CertificatoClient, UtenteNodo};

/// Bytes of a SOAP request: a receipt of five transfers with stamps is about 40 kB.
pub const BYTE_BUSTA_MAX: usize = 1024 * 1024;

/// Where GovPay's station is looked for (design, "address of the SOAP station").
const RADICI: [&str; 2] = ["/govpay-api-pagopa", "/govpay/frontend/api/pagopa"];
/// `id` of a fault about a request that names no ente: the element is mandatory, and this is whom the answer goes to.
const ENTE_IGNOTO: &str = "NodoDeiPagamentiSPC";
const SERVIZI: [(&str, Servizio); 3] = [
    ("PagamentiTelematiciCCPservice", Servizio::Ccp),
    ("internal/PagamentiTelematiciCCPservice", Servizio::Ccp),
    // Of the older model alone.
    ("PagamentiTelematiciRTservice", Servizio::Rt),
];

pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for radice in RADICI {
        router = router.merge(opzioni::rotta(radice, &app));
        for (nome, servizio) in SERVIZI {
            let percorso = format!("{radice}/{nome}");
            let indirizzo = format!("{}{percorso}", app.indirizzo_pubblico);
            let app = Arc::clone(&app);
            let rotta = get(move |query| descrivi(query, servizio, indirizzo.clone())).post(
                move |id: Extension<IdTransazione>, certificato: Option<Extension<CertificatoClient>>, r: Request| {
                    servi(Arc::clone(&app), servizio, id.0, certificato.map(|c| c.0), r)
                },
            );
            router = router.route(&percorso, rotta);
        }
    }
    router
}

/// `?wsdl`, open to all.
async fn descrivi(RawQuery(query): RawQuery, servizio: Servizio, indirizzo: String) -> Response {
    if query.is_some_and(|q| q.split('&').any(|p| p.split('=').next().is_some_and(|n| n.eq_ignore_ascii_case("wsdl")))) {
        return xml(
            StatusCode::OK,
            match servizio {
                Servizio::Ccp => pagopa::wsdl::wsdl(&indirizzo),
                Servizio::Rt => pagopa::vecchio::wsdl_rt(&indirizzo),
            },
        );
    }
    (StatusCode::METHOD_NOT_ALLOWED, "La stazione risponde a richieste SOAP (POST); la descrizione e' a ?wsdl\n").into_response()
}

/// The middleware rejects whom it does not know before a byte of the body is read.
async fn servi(app: App, servizio: Servizio, id: IdTransazione, certificato: Option<CertificatoClient>, richiesta: Request) -> Response {
    let principal = match app.nodo.riconosci(&app, richiesta.headers(), certificato.as_ref()).await {
        Ok(principal) => principal,
        Err(fault) => return fault.into_response(),
    };
    let (inizio, cronometro) = (app.gateway.adesso(), Instant::now());
    let intestazioni = richiesta.headers().clone();
    let indirizzo = format!("{}{}", app.indirizzo_pubblico, richiesta.uri().path());
    let letti = axum::body::to_bytes(richiesta.into_body(), BYTE_BUSTA_MAX).await;
    let byte = letti.as_deref().unwrap_or_default();
    let arrivata = Arrivata { app: &app, principal, id, inizio, cronometro, indirizzo, intestazioni, byte };
    if letti.is_err() {
        return illeggibile(&arrivata, format!("Richiesta illeggibile o oltre {BYTE_BUSTA_MAX} byte."));
    }
    let letta = match servizio {
        Servizio::Ccp => leggi_richiesta(byte),
        Servizio::Rt => Err(ErroreRichiesta::NonSoap { dettaglio: "operazione sconosciuta".to_owned() }),
    };
    match letta {
        Ok(letta) => {
            let chiamata = arrivata.chiamata(letta.operazione().nome());
            let (busta, stato) = rispondi(&app, &chiamata, &letta, byte).await;
            arrivata.risposta(Esito { chiamata: &chiamata, stazione: stazione_di(&letta), busta, stato })
        }
        Err(ErroreRichiesta::SintassiOperazione { operazione, dettaglio }) => {
            let dominio = dominio_indicato(byte).map(|d| d.to_string());
            arrivata.sintassi(operazione.nome(), dominio, dettaglio, |fault| Risposta::Rifiuto(operazione, fault).scrivi())
        }
        Err(ErroreRichiesta::NonSoap { dettaglio }) => match vecchia::servi(&arrivata, servizio).await {
            Some(risposta) => risposta,
            None => illeggibile(&arrivata, dettaglio),
        },
    }
}

/// The operation that the SOAPAction names. It decides nothing while the body can be read.
fn dichiarata(intestazioni: &HeaderMap) -> Option<Operazione> {
    let azione = intestazioni.get("soapaction")?.to_str().ok()?.trim().trim_matches('"');
    let nome = azione.rsplit(['/', '#', ':']).next()?;
    Operazione::TUTTE.into_iter().find(|o| o.nome() == nome)
}

/// What is no envelope is a KO of the operation that it says to be (spec/4 section 2.4); of one that says nothing only a SOAP Fault can be made.
fn illeggibile(arrivata: &Arrivata<'_>, dettaglio: String) -> Response {
    match dichiarata(&arrivata.intestazioni) {
        Some(operazione) => arrivata.sintassi(operazione.nome(), None, dettaglio, |fault| Risposta::Rifiuto(operazione, fault).scrivi()),
        None => xml(StatusCode::INTERNAL_SERVER_ERROR, soap_fault_client(&dettaglio)),
    }
}

/// To whom the node speaks.
fn stazione_di(richiesta: &Richiesta) -> &str {
    match richiesta {
        Richiesta::Verifica(r) => &r.stazione.id_stazione,
        Richiesta::Attivazione(r) => &r.stazione.id_stazione,
        Richiesta::Ricevuta(r) => &r.stazione.id_stazione,
        Richiesta::Avviso(r) => &r.stazione.id_stazione,
    }
}

async fn rispondi(app: &App, chiamata: &Chiamata, richiesta: &Richiesta, byte: &[u8]) -> (String, StatusCode) {
    let (esito, dominio) = match richiesta {
        Richiesta::Avviso(r) => (app.gateway.chiedi_avviso(chiamata, r).await.map(|r| r.scrivi()), r.stazione.id_pa.as_str()),
        Richiesta::Verifica(r) => (app.gateway.verifica_avviso(chiamata, r).await.map(|r| r.scrivi()), r.qr_code.id_dominio.as_str()),
        Richiesta::Attivazione(r) => (app.gateway.attiva_pagamento(chiamata, r).await, r.qr_code.id_dominio.as_str()),
        Richiesta::Ricevuta(r) => (app.gateway.acquisisci_ricevuta(chiamata, r, byte).await.map(|r| r.scrivi()), r.ricevuta.id_dominio.as_str()),
    };
    match esito {
        Ok(busta) => (busta, StatusCode::OK),
        Err(errore) => guasto(richiesta.operazione(), dominio, &errore),
    }
}

/// A failure of ours. While the archive is away the node gets an HTTP error, which it tries again; a KO of a receipt would be its last word.
fn guasto(operazione: Operazione, dominio: &str, errore: &Errore) -> (String, StatusCode) {
    registra(errore);
    if errore.passeggero() || matches!(operazione, Operazione::PaSendRt | Operazione::PaSendRtV2) {
        return (soap_fault_server("Servizio momentaneamente non disponibile."), StatusCode::SERVICE_UNAVAILABLE);
    }
    let fault = FaultPagoPa { codice: CodiceFault::PaaSystemError, id: dominio.to_owned(), descrizione: None };
    (Risposta::Rifiuto(operazione, fault).scrivi(), StatusCode::OK)
}

fn xml(stato: StatusCode, testo: String) -> Response {
    (stato, [(header::CONTENT_TYPE, "text/xml; charset=utf-8")], testo).into_response()
}

impl AutenticazioneNodo {
    /// The principal of the caller. Missing or wrong credentials are refused here, as HTTP; whether the principal may speak for an intermediario is asked by the operation.
    async fn riconosci(&self, app: &App, intestazioni: &HeaderMap, certificato: Option<&CertificatoClient>) -> Result<Option<Principal>, Fault> {
        match self {
            Self::Basic(utenti) => {
                let Some((nome, password)) = crate::accesso::credenziali(intestazioni) else {
                    return Err(Fault::NonAutenticato("Full authentication is required to access this resource"));
                };
                let hash = utenti.iter().find(|u| u.nome == nome).map(|u| u.hash.as_str());
                if !app.gateway.credenziale_valida(&nome, &password, hash).await {
                    return Err(Fault::NonAutenticato("Bad credentials"));
                }
                Ok(Some(Principal::Nome(nome)))
            }
            Self::Certificato => match certificato {
                Some(c) => Ok(Some(Principal::Soggetto(c.0.clone()))),
                None => Err(Fault::NonAutenticato("Certificato client non presentato")),
            },
            Self::Header { nome } => {
                let valore = intestazioni.get(nome).and_then(|v| v.to_str().ok()).filter(|v| !v.is_empty());
                valore.map(|v| Some(Principal::Nome(v.to_owned()))).ok_or(Fault::Vietato("Principal non presente nella richiesta"))
            }
        }
    }
}
