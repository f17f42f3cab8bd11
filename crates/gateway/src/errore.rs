//! How an operation ends when it does not end well.

use domain::Rifiuto;
use store::ErroreStore;

#[derive(Debug, thiserror::Error)]
pub enum Errore {
    /// A rule said no. Nothing was written.
    #[error(transparent)]
    Rifiuto(#[from] Rifiuto),
    #[error("archivio")]
    Store(#[from] ErroreStore),
    #[error("stampa del documento")]
    Stampa(#[from] stampe::ErroreStampa),
    /// Configuration that lets no answer be made.
    #[error("{0}")]
    Configurazione(String),
    /// A stored message that cannot be read any more.
    #[error("messaggio archiviato non leggibile: {0}")]
    Messaggio(String),
}

impl Errore {
    /// The database may come back by itself: 503 and another try.
    #[must_use]
    pub const fn passeggero(&self) -> bool {
        matches!(self, Self::Store(ErroreStore::NonDisponibile(_)))
    }
}
