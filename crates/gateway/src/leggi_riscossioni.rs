//! Money that arrived, and the queue of messages to debtors: what the back office looks at (spec/2 section 2.14).

use codici::IdDominio;
use domain::pendenza::Pendenza;
use store::elenchi::promemoria::{self, Promemoria};
use store::elenchi::riscossioni::{Campo, Filtro, RigaRiscossione};
use store::elenchi::{Elenco, Ordine, Pagina};

use crate::{Errore, Gateway};

impl Gateway {
    pub async fn elenco_riscossioni(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<RigaRiscossione>, Errore> {
        Ok(self.store.elenco_riscossioni(filtro, ordini, pagina).await?)
    }

    pub async fn riscossione(&self, dominio: &IdDominio, iuv: &str, iur: &str, indice: u8) -> Result<Option<RigaRiscossione>, Errore> {
        Ok(self.store.riscossione(dominio, iuv, iur, indice).await?)
    }

    /// All the money of a position, in order of arrival.
    pub async fn riscossioni_della_pendenza(&self, pendenza: &Pendenza) -> Result<Vec<RigaRiscossione>, Errore> {
        Ok(self.store.riscossioni_della_pendenza(pendenza).await?)
    }

    pub async fn elenco_promemoria(&self, filtro: &promemoria::Filtro, pagina: &Pagina) -> Result<Elenco<Promemoria>, Errore> {
        Ok(self.store.elenco_promemoria(filtro, pagina).await?)
    }
}
