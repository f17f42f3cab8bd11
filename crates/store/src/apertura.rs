//! Opening the database, and the two ways in: reads from a pool, writes through [`Tx`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::errore::ErroreStore;
use crate::migrazioni;

/// How long a query may wait for a connection, or a SQLite write for another process, before the answer is an honest 503.
pub const ATTESA_CONNESSIONE: Duration = Duration::from_secs(5);
/// Readers of SQLite: more do not help on few cores.
const LETTORI_SQLITE: u32 = 4;

/// Which writers go first on SQLite. PostgreSQL has no use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corsia {
    /// Answers to the node, which waits seconds at most.
    Stazione,
    Applicazioni,
    /// At most 200 ms of work in a transaction.
    Lavori,
}

#[derive(Clone, Debug)]
pub struct Opzioni {
    /// `sqlite:PERCORSO` or `postgres://...`.
    pub url: String,
    /// Connections of the pool, PostgreSQL only.
    pub connessioni: u32,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Store {
    interno: Arc<Interno>,
}

struct Interno {
    lettura: DatabaseConnection,
    scrittura: DatabaseConnection,
    corsie: Option<Corsie>,
    /// Held for the life of the process: one process serves a SQLite file.
    _lucchetto: Option<File>,
}

/// A door with a waiting room. The station goes straight to the door; the others come one at a time out of the waiting room,
/// so that the station never finds more than one of them before it.
struct Corsie {
    porta: Arc<Semaphore>,
    anticamera: Arc<Semaphore>,
}

impl Corsie {
    fn nuove() -> Self {
        Self { porta: Arc::new(Semaphore::new(1)), anticamera: Arc::new(Semaphore::new(1)) }
    }

    async fn entra(&self, corsia: Corsia) -> Option<OwnedSemaphorePermit> {
        let _in_anticamera = match corsia {
            Corsia::Stazione => None,
            Corsia::Applicazioni | Corsia::Lavori => Arc::clone(&self.anticamera).acquire_owned().await.ok(),
        };
        Arc::clone(&self.porta).acquire_owned().await.ok()
    }
}

/// A write transaction. Dropped without [`Tx::commit`] it has done nothing.
pub struct Tx {
    pub(crate) sql: DatabaseTransaction,
    _permesso: Option<OwnedSemaphorePermit>,
}

impl Tx {
    pub async fn commit(self) -> Result<(), ErroreStore> {
        Ok(self.sql.commit().await?)
    }

    pub async fn rollback(self) -> Result<(), ErroreStore> {
        Ok(self.sql.rollback().await?)
    }
}

impl Store {
    /// Opens for serving: takes the lock of a SQLite file, migrates, and checks that the schema still serves this program.
    pub async fn apri(opzioni: &Opzioni) -> Result<Self, ErroreStore> {
        let store = Self::apri_senza_migrare(opzioni).await?;
        store.migra().await?;
        Ok(store)
    }

    /// Opens and takes the lock of a SQLite file, leaving the schema as it is.
    pub async fn apri_senza_migrare(opzioni: &Opzioni) -> Result<Self, ErroreStore> {
        let lucchetto = percorso_sqlite(&opzioni.url).map(|p| chiudi_a_chiave(&p)).transpose()?;
        Self::collega(opzioni, lucchetto).await
    }

    /// Opens to look only: no lock, beside a running server.
    pub async fn apri_in_lettura(opzioni: &Opzioni) -> Result<Self, ErroreStore> {
        Self::collega(opzioni, None).await
    }

    async fn collega(opzioni: &Opzioni, lucchetto: Option<File>) -> Result<Self, ErroreStore> {
        let (lettura, scrittura, corsie) = match percorso_sqlite(&opzioni.url) {
            Some(percorso) => {
                let scrittura = connetti_sqlite(&percorso, 1).await?;
                let lettura = connetti_sqlite(&percorso, LETTORI_SQLITE).await?;
                (lettura, scrittura, Some(Corsie::nuove()))
            }
            None => {
                let mut o = ConnectOptions::new(&opzioni.url);
                // A ping before each use would be a round trip on every hot path: a dead connection is retried instead (see begin).
                o.max_connections(opzioni.connessioni)
                    .acquire_timeout(ATTESA_CONNESSIONE)
                    .connect_timeout(ATTESA_CONNESSIONE)
                    .sqlx_logging(false)
                    .test_before_acquire(false);
                let pool = Database::connect(o).await?;
                (pool.clone(), pool, None)
            }
        };
        Ok(Self { interno: Arc::new(Interno { lettura, scrittura, corsie, _lucchetto: lucchetto }) })
    }

    pub(crate) fn lettura(&self) -> &DatabaseConnection {
        &self.interno.lettura
    }

    pub(crate) fn scrittura(&self) -> &DatabaseConnection {
        &self.interno.scrittura
    }

    #[must_use]
    pub fn su_sqlite(&self) -> bool {
        self.interno.corsie.is_some()
    }

    /// Starts a write. A connection that died while it was idle is noticed here and replaced, once per pooled connection.
    pub async fn begin(&self, corsia: Corsia) -> Result<Tx, ErroreStore> {
        let permesso = match &self.interno.corsie {
            Some(corsie) => corsie.entra(corsia).await,
            None => None,
        };
        let opzioni = || TransactionOptions { sqlite_transaction_mode: self.su_sqlite().then_some(SqliteTransactionMode::Immediate), ..Default::default() };
        let mut esito = self.interno.scrittura.begin_with_options(opzioni()).await.map_err(ErroreStore::from);
        for _ in 0..2 {
            if !matches!(esito, Err(ErroreStore::NonDisponibile(_))) || self.su_sqlite() {
                break;
            }
            esito = self.interno.scrittura.begin_with_options(opzioni()).await.map_err(ErroreStore::from);
        }
        Ok(Tx { sql: esito?, _permesso: permesso })
    }

    /// Applies what is missing, under a lock that two nodes cannot hold together.
    pub async fn migra(&self) -> Result<Vec<String>, ErroreStore> {
        migrazioni::applica(self).await
    }

    /// Names of the migrations that [`Store::migra`] would apply, in order, with their SQL.
    pub async fn migrazioni_mancanti(&self) -> Result<Vec<crate::Migrazione>, ErroreStore> {
        migrazioni::mancanti(self).await
    }

    /// Writes the sign of life: it fails when the database is gone, locked, read only or full.
    pub async fn battito(&self, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        tx.sql.execute_raw(crate::sql::con_valori(&tx.sql, "UPDATE installazione SET battito = $1 WHERE id = 1 AND battito < $1", [adesso.into()])).await?;
        tx.commit().await
    }

    /// Last sign of life of any node.
    pub async fn ultimo_battito(&self) -> Result<Option<DateTime<Utc>>, ErroreStore> {
        use sea_orm::EntityTrait;
        let riga = crate::entita::installazione::Entity::find_by_id(1_i16).one(self.lettura()).await?;
        Ok(riga.map(|r| r.battito))
    }

    /// Closes every connection, letting SQLite fold its log into the file.
    pub async fn chiudi(&self) {
        let _ = self.interno.lettura.clone().close().await;
        let _ = self.interno.scrittura.clone().close().await;
    }
}

/// The file of a `sqlite:` URL.
fn percorso_sqlite(url: &str) -> Option<PathBuf> {
    let percorso = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(percorso.strip_prefix("//").unwrap_or(percorso)))
}

/// An OS lock beside the file, which dies with the process (design/DATA, "Versions side by side").
fn chiudi_a_chiave(percorso: &Path) -> Result<File, ErroreStore> {
    let lucchetto = percorso.with_extension("lock");
    if let Some(cartella) = percorso.parent().filter(|c| !c.as_os_str().is_empty()) {
        std::fs::create_dir_all(cartella).map_err(|e| ErroreStore::Apertura(format!("cartella {}: {e}", cartella.display())))?;
    }
    let file = File::options().create(true).truncate(false).write(true).open(&lucchetto);
    let file = file.map_err(|e| ErroreStore::Apertura(format!("{}: {e}", lucchetto.display())))?;
    file.try_lock().map_err(|_| ErroreStore::Apertura(format!("{} e' gia' servito da un altro processo", percorso.display())))?;
    Ok(file)
}

async fn connetti_sqlite(percorso: &Path, connessioni: u32) -> Result<DatabaseConnection, ErroreStore> {
    let mut o = ConnectOptions::new(format!("sqlite://{}?mode=rwc", percorso.display()));
    o.max_connections(connessioni).min_connections(1).acquire_timeout(ATTESA_CONNESSIONE).sqlx_logging(false).test_before_acquire(false);
    o.map_sqlx_sqlite_opts(|s| s.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).busy_timeout(ATTESA_CONNESSIONE).foreign_keys(true));
    Ok(Database::connect(o).await?)
}

pub(crate) const fn e_sqlite(backend: DbBackend) -> bool {
    matches!(backend, DbBackend::Sqlite)
}
