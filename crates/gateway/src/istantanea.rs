//! The anagrafica of now, shared by every request of the node.

use std::sync::{Arc, PoisonError, RwLock};

use domain::Anagrafica;
use store::{ErroreStore, Store};
use tokio::sync::{Mutex, MutexGuard};

#[derive(Clone)]
pub struct Istantanea {
    attuale: Arc<RwLock<Arc<Anagrafica>>>,
    /// One reload at a time.
    turno: Arc<Mutex<()>>,
    /// One writer of this node at a time: writers that wait for the row of the version would hold a connection each, and the one that has it
    /// needs another to read.
    turno_scrittura: Arc<Mutex<()>>,
}

impl Istantanea {
    pub async fn carica(store: &Store) -> Result<Self, ErroreStore> {
        let prima = store.carica_anagrafica(&Anagrafica::default()).await?;
        Ok(Self { attuale: Arc::new(RwLock::new(Arc::new(prima))), turno: Arc::default(), turno_scrittura: Arc::default() })
    }

    /// No lock is held by the caller: the snapshot stays as it is while it is used.
    #[must_use]
    pub fn attuale(&self) -> Arc<Anagrafica> {
        Arc::clone(&self.attuale.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the database for its version, and reloads what is newer. True when something changed.
    pub async fn rinfresca(&self, store: &Store) -> Result<bool, ErroreStore> {
        let _turno = self.turno.lock().await;
        let attuale = self.attuale();
        if store.versione_anagrafica().await? == attuale.versione {
            return Ok(false);
        }
        let nuova = Arc::new(store.carica_anagrafica(&attuale).await?);
        self.avanza(nuova);
        Ok(true)
    }

    /// To be held for the whole of a write.
    pub(crate) async fn turno_scrittura(&self) -> MutexGuard<'_, ()> {
        self.turno_scrittura.lock().await
    }

    /// The snapshot of exactly this version: asked for by who holds the lock of the writers, so that no later one can exist.
    pub(crate) async fn alla_versione(&self, store: &Store, versione: i64) -> Result<Arc<Anagrafica>, ErroreStore> {
        if self.attuale().versione != versione {
            self.rinfresca(store).await?;
        }
        Ok(self.attuale())
    }

    /// Puts a newer snapshot in place; one that is not newer was overtaken by a reload.
    pub(crate) fn avanza(&self, nuova: Arc<Anagrafica>) {
        let mut attuale = self.attuale.write().unwrap_or_else(PoisonError::into_inner);
        if nuova.versione > attuale.versione {
            *attuale = nuova;
        }
    }
}
