//! What a person notes on a position or a payment: events of category UTENTE (spec/3 section 3.2). The original keeps the last note alone, in descrizioneStato.

use domain::Pendenza;
use domain::chiamante::Chiamante;
use domain::lettura::modifica::Operazione;
use domain::pagamento::Pagamento;
use serde_json::Value;
use store::eventi::{Categoria, Componente, Contorno, EsitoEvento, Evento, Messaggi, Ruolo};

use super::Parte;
use crate::Gateway;

const NOTA: &str = "nota";

/// What a note is about.
pub(crate) enum Su<'a> {
    Pendenza(&'a Pendenza),
    Pagamento(&'a Pagamento),
}

/// `oggetto: testo` of an element of PATCH that adds a note and was accepted.
pub(crate) fn nota(operazione: &Operazione) -> Option<String> {
    let campo = |nome: &str| operazione.value.get(nome).and_then(Value::as_str).filter(|t| !t.is_empty());
    let oggetto = campo("oggetto").filter(|_| operazione.path == "/nota")?;
    Some(campo("testo").map_or_else(|| oggetto.to_owned(), |testo| format!("{oggetto}: {testo}")))
}

impl Gateway {
    /// Who, on what, and the text.
    pub(crate) fn segna_nota(&self, chiamante: &Chiamante, su: &Su<'_>, testo: String) {
        let pendenza = match su {
            Su::Pendenza(p) => Some(*p),
            Su::Pagamento(_) => None,
        };
        let evento = Evento {
            id: self.id_evento(),
            data: self.adesso(),
            durata_ms: None,
            componente: Componente::Fiorino,
            ruolo: Ruolo::Server,
            tipo: NOTA.to_owned(),
            esito: EsitoEvento::Ok,
            sottotipo_esito: None,
            dettaglio_esito: Some(testo),
            dominio: pendenza.map(|p| p.dominio.to_string()),
            iuv: pendenza.map(|p| p.iuv.to_string()),
            ccp: None,
            id_a2a: pendenza.map(|p| p.id_a2a.clone()),
            id_pendenza: pendenza.map(|p| p.id_pendenza.clone()),
            id_transazione: None,
            dati_pago_pa: None,
        };
        let chi = Parte { quando: evento.data, principal: Some(&chiamante.utenza.principal), ..Parte::default() };
        let contorno = Contorno {
            categoria: Categoria::Utente,
            sottotipo: Some(NOTA.to_owned()),
            pagamento: match su {
                Su::Pagamento(p) => Some(p.id_mostrato()),
                Su::Pendenza(_) => None,
            },
            messaggi: Messaggi { richiesta: Some(chi.json()), risposta: None },
            ..Contorno::default()
        };
        self.giornale.aggiungi_con(evento, contorno);
    }
}
