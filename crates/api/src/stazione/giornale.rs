//! What passed with a call of the node, for the giornale. Its event is written by the operation, in its transaction when there is one.

use axum::http::{HeaderMap, StatusCode};
use gateway::Gateway;
use gateway::giornale::{Genere, Parte, numero_di_richiesta};
use gateway::stazione::{Chiamata, Principal};
use store::eventi::{Componente, Messaggi};

use crate::giornale::coppie;

pub struct Passata<'a> {
    pub indirizzo: &'a str,
    pub intestazioni: &'a HeaderMap,
    pub richiesta: &'a [u8],
    pub risposta: &'a str,
    pub stato: StatusCode,
}

impl Passata<'_> {
    /// Keeps the two messages under the number of the request, when configuration wants it. Never waits.
    pub fn conserva(&self, gateway: &Gateway, chiamata: &Chiamata) {
        let politica = gateway.giornale().politica(Componente::ApiPagoPa, Genere::di_pago_pa(chiamata.operazione));
        // Of a call of the node a refusal is an error too (spec/3 section 3.3, inbound).
        let errore = !self.stato.is_success() || self.risposta.contains(">KO</");
        if !politica.log.vale(errore) || !politica.dump.vale(errore) {
            return;
        }
        let principal = chiamata.principal.as_ref().map(Principal::testo);
        let richiesta = Parte {
            quando: chiamata.inizio,
            principal: principal.as_deref(),
            metodo: Some("POST"),
            url: Some(self.indirizzo),
            intestazioni: coppie(self.intestazioni),
            corpo: self.richiesta,
            ..Parte::default()
        };
        let risposta = Parte {
            quando: gateway.adesso(),
            stato: Some(self.stato.as_u16()),
            intestazioni: vec![("content-type".to_owned(), "text/xml; charset=utf-8".to_owned())],
            corpo: self.risposta.as_bytes(),
            ..Parte::default()
        };
        let messaggi = Messaggi { richiesta: Some(richiesta.json()), risposta: Some(risposta.json()) };
        gateway.giornale().aggiungi_messaggi(numero_di_richiesta(&chiamata.id_transazione), chiamata.inizio, messaggi);
    }
}
