//! Payments started from portals, as the back office sees them (spec/2 section 2.13).

use domain::Rifiuto;
use domain::chiamante::{Ambito, Chiamante};
use domain::lettura::ufficio::ModificaPagamento;
use domain::pagamento::Pagamento;
use domain::pendenza::Pendenza;
use store::Corsia;
use store::elenchi::pagamenti::{Filtro, Visibili};
use store::elenchi::{Pagina, Visibilita};

use crate::giornale::Su;
use crate::leggi_pendenza::Rpp;
use crate::{Errore, Gateway};

/// Payments that the detail of a pendenza shows: whoever tries a hundred times is no longer paying.
const PAGAMENTI_MOSTRATI: u64 = 100;

impl Gateway {
    /// Newest first, whoever started them.
    pub async fn pagamenti_della_pendenza(&self, p: &Pendenza) -> Result<Vec<Pagamento>, Errore> {
        let tutti = Visibili::ConPendenza(Visibilita::Ambito { unita: None, tipi: None });
        let filtro = Filtro { id_a2a: Some(p.id_a2a.clone()), id_pendenza: Some(p.id_pendenza.clone()), ..Filtro::di(tutti) };
        let pagina = Pagina { salta: 0, quante: PAGAMENTI_MOSTRATI, conta: None };
        Ok(self.store.elenco_pagamenti(&filtro, &[], &pagina).await?.righe)
    }

    /// The payment whose id is in a path, for a login that reaches one of its pendenze: 404, and then 403.
    pub async fn pagamento_visibile(&self, chiamante: &Chiamante, id: &str) -> Result<Pagamento, Errore> {
        let non_trovato = || Rifiuto::NonTrovato(format!("Pagamento [{id}] non trovato."));
        let trovato = self.store.pagamento(Pagamento::leggi_id(id).ok_or_else(non_trovato)?).await?.ok_or_else(non_trovato)?;
        let pendenze = self.store.pendenze_di_pagamento(trovato.id).await?;
        let visto = |p: &Pendenza| chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza);
        let senza_limiti = chiamante.utenza.domini.is_none() && chiamante.utenza.tipi_pendenza.is_none();
        let mut rifiuto = chiamante.non_autorizzato(Ambito::default());
        for p in &pendenze {
            match visto(p) {
                Ok(()) => return Ok(trovato),
                Err(r) => rifiuto = r,
            }
        }
        if senza_limiti { Ok(trovato) } else { Err(rifiuto.into()) }
    }

    /// The attempts of a payment with their messages, oldest first, each with the position that it pays.
    pub async fn rpp_del_pagamento(&self, pagamento: &Pagamento) -> Result<Vec<(Rpp, Pendenza)>, Errore> {
        let pendenze = self.store.pendenze_di_pagamento(pagamento.id).await?;
        let mut tentativi = Vec::new();
        for transazione in self.store.transazioni_di_pagamento(pagamento.id).await? {
            if let Some(p) = pendenze.iter().find(|p| p.id == transazione.pendenza) {
                tentativi.push((self.rpp(p, transazione).await?, p.clone()));
            }
        }
        Ok(tentativi)
    }

    /// All of the changes, or none.
    pub async fn modifica_pagamento(&self, chiamante: &Chiamante, pagamento: &Pagamento, modifiche: &[ModificaPagamento]) -> Result<Pagamento, Errore> {
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let Some(mut stored) = tx.blocca_pagamento(pagamento.id).await? else {
            return Err(Rifiuto::NonTrovato(format!("Pagamento [{}] non trovato.", pagamento.id_mostrato())).into());
        };
        for modifica in modifiche {
            match modifica {
                ModificaPagamento::Verificato(verificato) => stored.verificato = *verificato,
                ModificaPagamento::Nota(testo) => stored.situazione.descrizione = Some(testo.clone()),
            }
        }
        tx.aggiorna_pagamento(&stored).await?;
        tx.commit().await?;
        for modifica in modifiche {
            if let ModificaPagamento::Nota(testo) = modifica {
                self.segna_nota(chiamante, &Su::Pagamento(&stored), testo.clone());
            }
        }
        Ok(stored)
    }
}
