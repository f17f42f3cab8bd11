//! What a person notes on a position or a payment: events of category UTENTE (spec/3 section 3.2). The original keeps the last note alone, in descrizioneStato.

use domain::Pendenza;
use domain::chiamante::Chiamante;
use domain::lettura::modifica::Operazione;
use domain::pagamento::Pagamento;
use serde_json::Value;
use store::eventi::{Categoria, Componente, Contorno, Evento, Messaggi, Ruolo};

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
        let nuovo = Evento::nuovo(self.id_evento(), self.adesso(), Componente::Fiorino, Ruolo::Server, NOTA);
        let nuovo = Evento { dettaglio_esito: Some(testo), ..nuovo };
        let (evento, pagamento) = match su {
            Su::Pagamento(p) => (nuovo, Some(p.id_mostrato())),
            Su::Pendenza(p) => {
                let della_pendenza = Evento {
                    dominio: Some(p.dominio.to_string()),
                    iuv: Some(p.iuv.to_string()),
                    id_a2a: Some(p.id_a2a.clone()),
                    id_pendenza: Some(p.id_pendenza.clone()),
                    ..nuovo
                };
                (della_pendenza, None)
            }
        };
        let chi = Parte { quando: evento.data, principal: Some(&chiamante.utenza.principal), ..Parte::default() };
        let contorno = Contorno {
            categoria: Categoria::Utente,
            sottotipo: Some(NOTA.to_owned()),
            pagamento,
            messaggi: Messaggi { richiesta: Some(chi.json()), risposta: None },
            ..Contorno::default()
        };
        self.giornale.aggiungi_con(evento, contorno);
    }
}
