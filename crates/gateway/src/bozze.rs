//! Positions that a visitor made for itself, as its session finds them again: printed and paid ones too, until they expire (spec/1 sections 2.4 and 10.8).

use codici::{IdDominio, Iuv};
use store::Corsia;
use store::bozze::Bozza;

use crate::accesso::sessione::IdSessione;
use crate::{Errore, Gateway};

impl Gateway {
    /// The position with this number that the session made, in the archive by now or not.
    pub async fn bozza_per_iuv(&self, sessione: &IdSessione, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Bozza>, Errore> {
        Ok(self.store.bozza_per_iuv(&sessione.hash(), dominio, iuv, self.adesso()).await?)
    }

    /// Keeps it for the session that made it, over the one of the same key.
    pub async fn salva_bozza(&self, sessione: &IdSessione, bozza: &Bozza) -> Result<(), Errore> {
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.salva_bozza(&sessione.hash(), bozza, self.adesso()).await?;
        Ok(tx.commit().await?)
    }
}
