//! Payment attempts that no receipt closed in their time (spec/3 section 1.11, "Expiry batch").
//!
//! A receipt that comes later is still believed. The portal payment becomes NON_ESEGUITO when none of its attempts can pay it any more: the original says so as
//! soon as one of them expires, also while the citizen is paying with the next.

use std::collections::HashSet;

use chrono::Duration;
use codici::IdDominio;
use domain::pagamento::Stato;
use store::Corsia;
use uuid::Uuid;

use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Attempts read at once.
const PAGINA: u64 = 100;
/// Bounds of the configured time (`it.govpay.modello3.sanp24.timeoutPagamento`).
const MINUTI: std::ops::RangeInclusive<u32> = 1..=30;
/// A probe counts no further.
pub(crate) const CONTEGGIO_MAX: u64 = 1_000;

impl Gateway {
    /// Expires all that is due. One attempt that cannot be expired is told at the end, and does not hold back the others.
    pub(crate) async fn chiudi_rpt_scadute(&self, turno: &Turno) -> Result<String, Errore> {
        let (mut chiusi, mut guasti) = (0_u64, HashSet::new());
        while turno.continua() {
            let pagina = self.store.tentativi_da_scadere(self.limite_rpt(), PAGINA + guasti.len() as u64).await?;
            let pagina: Vec<_> = pagina.into_iter().filter(|(_, id)| !guasti.contains(id)).collect();
            if pagina.is_empty() {
                break;
            }
            for (dominio, id) in pagina {
                match self.chiudi_rpt(&dominio, id).await {
                    Ok(chiuso) => chiusi += u64::from(chiuso),
                    Err(errore) if errore.passeggero() => return Err(errore),
                    Err(errore) => {
                        tracing::warn!(transazione.id = %id, errore = %errore, "tentativo di pagamento non chiuso");
                        guasti.insert(id);
                    }
                }
            }
        }
        match guasti.len() {
            0 => Ok(format!("Chiusura RPT scadute completata#Tentativi chiusi: {chiusi}.")),
            quanti => Err(Errore::Messaggio(format!("{quanti} tentativi non chiusi, {chiusi} chiusi"))),
        }
    }

    /// Attempts asked before this are over.
    pub(crate) fn limite_rpt(&self) -> chrono::DateTime<chrono::Utc> {
        self.adesso() - Duration::minutes(self.minuti_rpt().into())
    }

    fn minuti_rpt(&self) -> u32 {
        self.impostazioni.lavori.minuti_rpt.clamp(*MINUTI.start(), *MINUTI.end())
    }

    /// False: it was closed meanwhile. In a transaction of its own, which locks the attempt before its payment, as a receipt does.
    async fn chiudi_rpt(&self, dominio: &IdDominio, id: Uuid) -> Result<bool, Errore> {
        let descrizione = format!("Tentativo di pagamento scaduto dopo timeout di {} minuti.", self.minuti_rpt());
        let tx = self.store.begin(Corsia::Lavori).await?;
        let Some(scaduto) = tx.scade_tentativo(dominio, id, &descrizione).await? else { return Ok(false) };
        if let Some(pagamento) = scaduto.pagamento
            && let Some(pagamento) = tx.blocca_pagamento(pagamento).await?
        {
            let mut dopo = pagamento.ricalcolato(&tx.transazioni_di_pagamento(pagamento.id).await?);
            if dopo.situazione.stato == Stato::NonEseguito {
                dopo.situazione.descrizione = Some(descrizione);
            }
            tx.aggiorna_pagamento(&dopo).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}
