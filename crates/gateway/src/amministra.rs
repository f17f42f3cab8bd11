//! Changes of the anagrafica: decided on the snapshot that nobody else can change meanwhile, written, and seen at once by this node.

use std::sync::Arc;

use codici::IdDominio;
use domain::Rifiuto;
use domain::amministrazione::Decisione;
use domain::anagrafica::{Anagrafica, BlocchiPerTipo};
use store::ErroreStore;
use store::anagrafica::Revisione;

use crate::{Errore, Gateway};

impl Gateway {
    /// `decidi` sees the anagrafica as no other writer can change it until this write ends, so that what it checks still holds when it is stored.
    /// A refusal leaves nothing behind. The change is effective on this node when this returns, on the others at their next look.
    pub async fn amministra<T>(&self, revisioni: &[Revisione], decidi: impl FnOnce(&Anagrafica) -> Result<Decisione<T>, Rifiuto>) -> Result<T, Errore> {
        let _turno = self.istantanea.turno_scrittura().await;
        let scrittura = self.store.scrivi_anagrafica().await?;
        // The lock is ours: the version before ours is the last one that anybody can have written.
        let mut anagrafica = self.istantanea.alla_versione(&self.store, scrittura.versione() - 1).await?;
        let Decisione { scritture, esito } = decidi(&anagrafica)?;
        for s in &scritture {
            scrittura.salva(s).await.map_err(rifiuto_della_chiave)?;
        }
        for (ordine, revisione) in (0..).zip(revisioni) {
            scrittura.revisione(ordine, revisione, self.adesso()).await?;
        }
        let nuova = Arc::make_mut(&mut anagrafica);
        nuova.versione = scrittura.versione();
        scritture.iter().for_each(|s| nuova.applica(s));
        scrittura.commit().await?;
        self.istantanea.avanza(anagrafica);
        Ok(esito)
    }

    /// Forms and templates of tipi pendenza: of the catalogue without a dominio. Those that have none are missing.
    pub async fn blocchi_tipi(&self, dominio: Option<&IdDominio>, cod: &[&str]) -> Result<BlocchiPerTipo, Errore> {
        Ok(self.store.blocchi_tipi(dominio, cod).await?)
    }
}

/// Only a principal has no bound of its own that every database can hold.
fn rifiuto_della_chiave(errore: ErroreStore) -> Errore {
    match errore {
        ErroreStore::ChiaveTroppoLunga => Rifiuto::Semantica("Il principal indicato e' troppo lungo per questo archivio.".to_owned()).into(),
        altro => altro.into(),
    }
}
