//! Opening the database, and the two ways in: reads from a pool, writes through [`Tx`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
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
    scrittura: RwLock<DatabaseConnection>,
    sqlite: Option<Sqlite>,
    /// Held for the life of the process: one process serves a SQLite file.
    _lucchetto: Option<File>,
}

/// What SQLite alone needs.
struct Sqlite {
    percorso: PathBuf,
    corsie: Corsie,
    /// The writer's connection may hold half a transaction: it is thrown away before the next one begins.
    sospetta: Arc<AtomicBool>,
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
    guardia: Option<Guardia>,
}

/// Keeps the only writer of SQLite honest. A disk that fills up makes SQLite roll back by itself, and the driver lose count of where it is: what
/// looks like a commit may then end a savepoint of a transaction that nobody will commit. So a transaction that does not end well costs its
/// connection, and one that ends well must leave no transaction open.
struct Guardia {
    scrittura: DatabaseConnection,
    sospetta: Arc<AtomicBool>,
    _permesso: OwnedSemaphorePermit,
}

impl Guardia {
    /// After a commit there is nothing to roll back: if there is, the commit was none.
    async fn chiusa_davvero(&self) -> Result<(), ErroreStore> {
        if self.scrittura.execute_unprepared("ROLLBACK").await.is_ok() {
            return Err(ErroreStore::NonDisponibile(sea_orm::DbErr::Custom("la transazione era ancora aperta dopo la conferma".to_owned())));
        }
        self.sospetta.store(false, Ordering::Release);
        Ok(())
    }
}

/// Our queries read a page, or a stream: starting helpers of the server costs them more than it gives.
async fn da_sola(connessione: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SET max_parallel_workers_per_gather = 0").execute(connessione).await.map(drop)
}

impl Tx {
    /// Durable when it returns.
    pub async fn commit(self) -> Result<(), ErroreStore> {
        self.sql.commit().await?;
        match &self.guardia {
            Some(guardia) => guardia.chiusa_davvero().await,
            None => Ok(()),
        }
    }

    /// Undone when it returns; dropping the transaction does the same a little later.
    pub async fn rollback(self) -> Result<(), ErroreStore> {
        self.sql.rollback().await?;
        match &self.guardia {
            Some(guardia) => guardia.chiusa_davvero().await,
            None => Ok(()),
        }
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
        let (lettura, scrittura, sqlite) = match percorso_sqlite(&opzioni.url) {
            Some(percorso) => {
                let scrittura = connetti_sqlite(&percorso, 1).await?;
                let lettura = connetti_sqlite(&percorso, LETTORI_SQLITE).await?;
                (lettura, scrittura, Some(Sqlite { percorso, corsie: Corsie::nuove(), sospetta: Arc::default() }))
            }
            None => {
                let mut o = ConnectOptions::new(&opzioni.url);
                // A ping before each use would be a round trip on every hot path: a dead connection is retried instead (see begin).
                o.max_connections(opzioni.connessioni)
                    .acquire_timeout(ATTESA_CONNESSIONE)
                    .connect_timeout(ATTESA_CONNESSIONE)
                    .sqlx_logging(false)
                    .test_before_acquire(false)
                    .map_sqlx_postgres_pool_opts(|pool| pool.after_connect(|connessione, _| Box::pin(da_sola(connessione))));
                let pool = Database::connect(o).await?;
                (pool.clone(), pool, None)
            }
        };
        Ok(Self { interno: Arc::new(Interno { lettura, scrittura: RwLock::new(scrittura), sqlite, _lucchetto: lucchetto }) })
    }

    pub(crate) fn lettura(&self) -> &DatabaseConnection {
        &self.interno.lettura
    }

    /// Counts the statements of the writes that begin from now on.
    #[cfg(test)]
    pub(crate) fn conta_istruzioni(&self) -> Arc<std::sync::atomic::AtomicUsize> {
        let quante: Arc<std::sync::atomic::AtomicUsize> = Arc::default();
        let sue = Arc::clone(&quante);
        self.osserva_istruzioni(move || {
            sue.fetch_add(1, Ordering::Relaxed);
        });
        quante
    }

    /// Calls `dopo` after every statement of the writes that begin from now on, on the thread that made it: for tests that stop between two of them.
    pub fn osserva_istruzioni(&self, dopo: impl Fn() + Send + Sync + 'static) {
        let mut scrittura = self.interno.scrittura.write().unwrap_or_else(PoisonError::into_inner);
        scrittura.set_metric_callback(move |_| dopo());
    }

    pub(crate) fn scrittura(&self) -> DatabaseConnection {
        self.interno.scrittura.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[must_use]
    pub fn su_sqlite(&self) -> bool {
        self.interno.sqlite.is_some()
    }

    /// Starts a write. A connection to PostgreSQL that died while it was idle is noticed here and replaced, once per pooled connection.
    pub async fn begin(&self, corsia: Corsia) -> Result<Tx, ErroreStore> {
        if let Some(sqlite) = &self.interno.sqlite {
            return self.begin_sqlite(sqlite, corsia).await;
        }
        let mut esito = self.scrittura().begin().await.map_err(ErroreStore::from);
        for _ in 0..2 {
            if !matches!(esito, Err(ErroreStore::NonDisponibile(_))) {
                break;
            }
            esito = self.scrittura().begin().await.map_err(ErroreStore::from);
        }
        Ok(Tx { sql: esito?, guardia: None })
    }

    async fn begin_sqlite(&self, sqlite: &Sqlite, corsia: Corsia) -> Result<Tx, ErroreStore> {
        let Some(permesso) = sqlite.corsie.entra(corsia).await else {
            return Err(ErroreStore::Apertura("l'archivio e' stato chiuso".to_owned()));
        };
        // Until this transaction is known to have ended well, the next one does not trust the connection.
        if sqlite.sospetta.swap(true, Ordering::AcqRel) {
            let nuova = connetti_sqlite(&sqlite.percorso, 1).await?;
            let vecchia = std::mem::replace(&mut *self.interno.scrittura.write().unwrap_or_else(PoisonError::into_inner), nuova);
            let _ = vecchia.close().await;
        }
        let scrittura = self.scrittura();
        let opzioni = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        let sql = scrittura.begin_with_options(opzioni).await?;
        Ok(Tx { sql, guardia: Some(Guardia { scrittura, sospetta: Arc::clone(&sqlite.sospetta), _permesso: permesso }) })
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
        let _ = self.scrittura().close().await;
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

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait, PaginatorTrait};

    use super::*;
    use crate::eventi::{Componente, Evento, Ruolo};

    fn evento_grosso(id: i64) -> Evento {
        let nuovo = Evento::nuovo(id, DateTime::UNIX_EPOCH, Componente::Fiorino, Ruolo::Server, "prova");
        Evento { dettaglio_esito: Some("x".repeat(64 * 1024)), ..nuovo }
    }

    /// A bound on the pages of the writer's connection makes SQLite answer as on a full disk (SQLITE_FULL).
    #[tokio::test]
    async fn un_disco_pieno_non_conferma_cio_che_non_c_e() {
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        let store = Store::apri(&Opzioni { url, connessioni: 1 }).await.expect("archivio");
        store.scrittura().execute_unprepared("PRAGMA max_page_count = 120").await.expect("limite");

        let (mut riuscite, mut rifiutate) = (0_u64, 0);
        for id in 1..=40 {
            match store.scrivi_eventi(vec![evento_grosso(id)]).await {
                Ok(()) => riuscite += 1,
                Err(ErroreStore::NonDisponibile(_)) => rifiutate += 1,
                Err(altro) => panic!("un disco pieno e' passeggero: {altro}"),
            }
        }

        assert!(rifiutate > 0, "il limite non e' stato raggiunto");
        assert!(riuscite > 0);
        let scritte = crate::entita::evento::Entity::find().count(store.lettura()).await.expect("conteggio");
        assert_eq!(scritte, riuscite);
    }
}
