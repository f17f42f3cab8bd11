//! PATCH of a position (spec/1 section 9.6).

use chrono::{DateTime, Utc};
use domain::chiamante::{Ambito, Chiamante};
use domain::lettura::modifica::{self as lettura, Operazione};
use domain::pendenza::{Pendenza, modifica};
use domain::{Rifiuto, registro};
use store::{Corsia, Tx};

use crate::giornale::{Su, nota};
use crate::{Errore, Gateway, nuovi_id};

impl Gateway {
    /// One operation that is refused means that none is saved.
    pub async fn modifica_pendenza(&self, chiamante: &Chiamante, id_a2a: &str, id_pendenza: &str, operazioni: &[Operazione]) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let stored = sua(&tx, chiamante, id_a2a, id_pendenza).await?;
        // Syntax and state are judged element by element: the first that fails is the one that is told.
        let mut pendenza = stored.clone();
        for operazione in operazioni {
            let cambiamento = lettura::modifica(operazione)?;
            pendenza = modifica::applica(&pendenza, &[cambiamento], adesso)?;
        }
        self.aggiorna_pendenza(&tx, &stored, &pendenza).await?;
        let causa = if pendenza.stato == domain::pendenza::Stato::Annullato { "annullamento" } else { "ripristino" };
        let movimenti = registro::differenza(Some((stored.stato, &stored.voci)), (pendenza.stato, &pendenza.voci), causa);
        tx.registra(&pendenza, &movimenti, nuovi_id(), adesso).await?;
        tx.commit().await?;
        for testo in operazioni.iter().filter_map(nota) {
            self.segna_nota(chiamante, &Su::Pendenza(&pendenza), testo);
        }
        Ok(pendenza)
    }

    /// The position is paid, not through pagoPA: who has a copy of it is told, and the ledger keeps what is due as it was.
    pub async fn paga_altrove(
        &self,
        chiamante: &Chiamante,
        id_a2a: &str,
        id_pendenza: &str,
        pagata: Option<DateTime<Utc>>,
        motivo: Option<&str>,
    ) -> Result<Pendenza, Errore> {
        let adesso = self.adesso();
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let stored = sua(&tx, chiamante, id_a2a, id_pendenza).await?;
        let pendenza = modifica::paga_altrove(&stored, pagata.unwrap_or(adesso).min(adesso), motivo, adesso)?;
        if pendenza != stored {
            self.aggiorna_pendenza(&tx, &stored, &pendenza).await?;
            tx.commit().await?;
        }
        Ok(pendenza)
    }
}

/// The position, locked, when it is there and the caller may change it.
async fn sua(tx: &Tx, chiamante: &Chiamante, id_a2a: &str, id_pendenza: &str) -> Result<Pendenza, Errore> {
    let Some(stored) = tx.blocca_pendenza(id_a2a, id_pendenza).await? else {
        return Err(Rifiuto::NonTrovato(crate::leggi_pendenza::non_trovata(id_a2a, id_pendenza)).into());
    };
    if !chiamante.utenza.su_dominio(&stored.dominio) || !chiamante.utenza.su_tipo(&stored.tipo_pendenza) {
        let ambito = Ambito { dominio: Some(stored.dominio.as_str()), unita_operativa: None, tipo_pendenza: Some(&stored.tipo_pendenza) };
        return Err(chiamante.non_autorizzato(ambito).into());
    }
    Ok(stored)
}
