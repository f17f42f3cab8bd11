//! The calls of the older model (spec/3 section 1.12), which come where those of the current one do not.

use axum::http::StatusCode;
use axum::response::Response;
use gateway::Errore;
use gateway::stazione::Chiamata;
use pagopa::messaggi::soap_fault_server;
use pagopa::vecchio::{Errore as ErroreLettura, Operazione, Richiesta, Risposta, Servizio, dominio_indicato, leggi_richiesta};
use pagopa::{CodiceFault, Fault};

use super::{Arrivata, Esito};
use crate::App;
use crate::fault::registra;

/// `None`: no call of this model, or none of this service.
pub async fn servi(arrivata: &Arrivata<'_>, servizio: Servizio) -> Option<Response> {
    let richiesta = match leggi_richiesta(arrivata.byte) {
        Ok(letta) if letta.operazione().servita_da(servizio) => letta,
        Err(ErroreLettura::Sintassi { operazione, dettaglio }) if operazione.servita_da(servizio) => {
            let dominio = dominio_indicato(arrivata.byte).map(|d| d.to_string());
            return Some(arrivata.sintassi(operazione.nome(), dominio, dettaglio, |fault| Risposta::Rifiuto(operazione, fault).scrivi()));
        }
        Ok(_) | Err(_) => return None,
    };
    let operazione = richiesta.operazione();
    let chiamata = arrivata.chiamata(operazione.nome());
    let (busta, stato) = match rispondi(arrivata.app, &chiamata, &richiesta).await {
        Ok(risposta) => (risposta.scrivi(), StatusCode::OK),
        Err(errore) => guasto(operazione, richiesta.id_dominio(), &errore),
    };
    Some(arrivata.risposta(Esito { chiamata: &chiamata, stazione: richiesta.id_stazione(), busta, stato }))
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
