//! A call of the node as it came, and what is done with its answer whatever the operation: measured, counted in the level of service, kept for the giornale.

use std::time::Instant;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use gateway::giornale::{Genere, Parte, numero_di_richiesta};
use gateway::stazione::{Chiamata, Principal};
use pagopa::{CodiceFault, Fault};
use store::eventi::{Componente, Messaggi};

use super::{ENTE_IGNOTO, xml};
use crate::App;
use crate::giornale::coppie;
use crate::richiesta::IdTransazione;

pub struct Arrivata<'a> {
    pub app: &'a App,
    pub principal: Option<Principal>,
    pub id: IdTransazione,
    pub inizio: DateTime<Utc>,
    pub cronometro: Instant,
    pub indirizzo: String,
    pub intestazioni: HeaderMap,
    pub byte: &'a [u8],
}

/// An answer and who it was for.
pub struct Esito<'a> {
    pub chiamata: &'a Chiamata,
    /// As the message names it.
    pub stazione: &'a str,
    pub busta: String,
    pub stato: StatusCode,
}

impl Arrivata<'_> {
    pub fn chiamata(&self, operazione: &'static str) -> Chiamata {
        Chiamata { operazione, principal: self.principal.clone(), id_transazione: self.id.0.clone(), inizio: self.inizio }
    }

    /// Of a request that gave an event.
    pub fn risposta(&self, esito: Esito<'_>) -> Response {
        let Esito { chiamata, stazione, busta, stato } = esito;
        let come = if stato.is_success() { "risposta" } else { "errore" };
        let durata = self.cronometro.elapsed();
        metrics::histogram!("fiorino_stazione_secondi", "operazione" => chiamata.operazione, "esito" => come).record(durata.as_secs_f64());
        let durata_ms = i64::try_from(durata.as_millis()).unwrap_or(i64::MAX);
        self.app.gateway.conta_risposta(stazione, chiamata.operazione, durata_ms, !stato.is_success());
        self.conserva(chiamata, &busta, stato);
        xml(stato, busta)
    }

    /// A request that breaks the XSD of its operation. A difference from GovPay, noted: a KO of the operation, not a SOAP Fault (design, "Decisions").
    pub fn sintassi(&self, operazione: &'static str, dominio: Option<String>, dettaglio: String, scrivi: impl FnOnce(Fault) -> String) -> Response {
        tracing::info!(operazione, dettaglio, "richiesta che non rispetta l'XSD");
        let id = dominio.clone().unwrap_or_else(|| ENTE_IGNOTO.to_owned());
        let fault = Fault { codice: CodiceFault::PaaSintassiExtraxsd, id, descrizione: Some(dettaglio) };
        let chiamata = self.chiamata(operazione);
        self.app.gateway.rifiutata_per_sintassi(&chiamata, dominio, &fault);
        self.risposta(Esito { chiamata: &chiamata, stazione: "", busta: scrivi(fault), stato: StatusCode::OK })
    }

    /// Keeps the two messages under the number of the request, when configuration wants it: its event is written by the operation, in its transaction when
    /// there is one. Never waits.
    fn conserva(&self, chiamata: &Chiamata, busta: &str, stato: StatusCode) {
        let giornale = self.app.gateway.giornale();
        let politica = giornale.politica(Componente::ApiPagoPa, Genere::di_pago_pa(chiamata.operazione));
        // Of a call of the node a refusal is an error too (spec/3 section 3.3, inbound).
        let errore = !stato.is_success() || busta.contains(">KO</");
        if !politica.log.vale(errore) || !politica.dump.vale(errore) {
            return;
        }
        let principal = self.principal.as_ref().map(Principal::testo);
        let richiesta = Parte {
            quando: self.inizio,
            principal: principal.as_deref(),
            metodo: Some("POST"),
            url: Some(&self.indirizzo),
            intestazioni: coppie(&self.intestazioni),
            corpo: self.byte,
            ..Parte::default()
        };
        let risposta = Parte {
            quando: self.app.gateway.adesso(),
            stato: Some(stato.as_u16()),
            intestazioni: vec![("content-type".to_owned(), "text/xml; charset=utf-8".to_owned())],
            corpo: busta.as_bytes(),
            ..Parte::default()
        };
        let messaggi = Messaggi { richiesta: Some(richiesta.json()), risposta: Some(risposta.json()) };
        giornale.aggiungi_messaggi(numero_di_richiesta(&chiamata.id_transazione), chiamata.inizio, messaggi);
    }
}
