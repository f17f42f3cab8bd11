//! How long the giornale is kept, and the months it is kept in.

use chrono::Duration;
use store::partizioni::{RIGHE_PER_VOLTA, Tabella};

use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Events are never kept less (spec/4 section 7.1: 24 months).
pub const GIORNI_EVENTI_MIN: u32 = 731;

/// What configuration says.
#[derive(Clone, Copy, Debug)]
pub struct ImpostazioniGiornale {
    /// At least [`GIORNI_EVENTI_MIN`].
    pub giorni_eventi: u32,
    /// Of what passed, which holds personal data.
    pub giorni_messaggi: u32,
}

impl Default for ImpostazioniGiornale {
    fn default() -> Self {
        Self { giorni_eventi: 5 * 366, giorni_messaggi: GIORNI_EVENTI_MIN }
    }
}

impl Gateway {
    /// Makes the months to come, where months are partitions.
    pub(crate) async fn prepara_giornale(&self) -> Result<String, Errore> {
        let fatti = self.store.prepara_mesi(self.adesso()).await?;
        Ok(format!("Mesi del giornale pronti#Preparati adesso: {}.", fatti.len()))
    }

    /// Whole months first, then what stands outside of them, in small steps.
    pub(crate) async fn svecchia_giornale(&self, turno: &Turno) -> Result<String, Errore> {
        let giorni = &self.impostazioni.giornale;
        let politiche = [(Tabella::Eventi, giorni.giorni_eventi.max(GIORNI_EVENTI_MIN)), (Tabella::Messaggi, giorni.giorni_messaggi)];
        let (mut mesi, mut righe) = (0, 0);
        for (tabella, giorni) in politiche {
            mesi += self.store.elimina_mesi(tabella, giorni, self.adesso()).await?.len();
            let limite = self.adesso() - Duration::days(giorni.into());
            while turno.continua() {
                let quante = self.store.elimina_vecchi(tabella, limite).await?;
                righe += quante;
                if quante < RIGHE_PER_VOLTA {
                    break;
                }
            }
        }
        let livelli = self.store.elimina_livelli(self.adesso() - Duration::days(GIORNI_EVENTI_MIN.into())).await?;
        Ok(format!("Svecchiamento del giornale completato#Mesi: {mesi}, righe: {righe}, minuti del livello di servizio: {livelli}."))
    }
}
