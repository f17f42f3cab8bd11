//! The calls of the older model (spec/3 section 1.12), which come where those of the current one do not.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use gateway::Errore;
use gateway::stazione::{Chiamata, Principal};
use pagopa::messaggi::soap_fault_server;
use pagopa::vecchio::{Errore as ErroreLettura, Operazione, Richiesta, Risposta, Servizio, dominio_indicato, leggi_richiesta};
use pagopa::{CodiceFault, Fault};

use super::giornale::Passata;
use super::{ENTE_IGNOTO, xml};
use crate::App;
use crate::fault::registra;
use crate::richiesta::IdTransazione;

/// `None`: no call of this model, or none of this service. `arrivata`: address, headers and body.
pub async fn servi(
    app: &App,
    servizio: Servizio,
    principal: Option<Principal>,
    id: IdTransazione,
    inizio: DateTime<Utc>,
    arrivata: (&str, &HeaderMap, &[u8]),
) -> Option<Response> {
    let (indirizzo, intestazioni, byte) = arrivata;
    let richiesta = match leggi_richiesta(byte) {
        Ok(letta) if letta.operazione().servita_da(servizio) => letta,
        Err(ErroreLettura::Sintassi { operazione, dettaglio }) if operazione.servita_da(servizio) => {
            tracing::info!(operazione = operazione.nome(), dettaglio, "richiesta che non rispetta l'XSD");
            let id = dominio_indicato(byte).map_or_else(|| ENTE_IGNOTO.to_owned(), |dominio| dominio.to_string());
            let fault = Fault { codice: CodiceFault::PaaSintassiExtraxsd, id, descrizione: Some(dettaglio) };
            return Some(xml(StatusCode::OK, Risposta::Rifiuto(operazione, fault).scrivi()));
        }
        Ok(_) | Err(_) => return None,
    };
    let operazione = richiesta.operazione();
    let chiamata = Chiamata { operazione: operazione.nome(), principal, id_transazione: id.0, inizio };
    let cronometro = std::time::Instant::now();
    let (busta, stato) = match rispondi(app, &chiamata, &richiesta).await {
        Ok(risposta) => (risposta.scrivi(), StatusCode::OK),
        Err(errore) => guasto(operazione, richiesta.id_dominio(), &errore),
    };
    metrics::histogram!("fiorino_stazione_secondi", "operazione" => chiamata.operazione, "esito" => if stato.is_success() { "risposta" } else { "errore" })
        .record(cronometro.elapsed().as_secs_f64());
    Passata { indirizzo, intestazioni, richiesta: byte, risposta: &busta, stato }.conserva(&app.gateway, &chiamata);
    Some(xml(stato, busta))
}

async fn rispondi(app: &App, chiamata: &Chiamata, richiesta: &Richiesta) -> Result<Risposta, Errore> {
    match richiesta {
        Richiesta::Verifica(intestazione, psp) => app.gateway.verifica_rpt(chiamata, intestazione, psp).await,
        Richiesta::Attiva(r) => app.gateway.attiva_rpt(chiamata, r).await,
        Richiesta::InviaRt(intestazione, rt) => app.gateway.invia_rt(chiamata, intestazione, rt).await,
        Richiesta::EsitoStorno(dominio) | Richiesta::RichiestaRevoca(dominio) => Ok(app.gateway.non_implementata(chiamata, richiesta.operazione(), dominio)),
    }
}

/// A failure of ours: as for the current model, a receipt is never refused for it.
fn guasto(operazione: Operazione, dominio: &str, errore: &Errore) -> (String, StatusCode) {
    registra(errore);
    if errore.passeggero() || operazione == Operazione::PaaInviaRt {
        return (soap_fault_server("Servizio momentaneamente non disponibile."), StatusCode::SERVICE_UNAVAILABLE);
    }
    let fault = Fault { codice: CodiceFault::PaaSystemError, id: dominio.to_owned(), descrizione: None };
    (Risposta::Rifiuto(operazione, fault).scrivi(), StatusCode::OK)
}
