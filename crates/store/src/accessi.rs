//! Failed logins, counted for all nodes together (design/RISKS, "Lockout as a weapon").

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::apertura::{Corsia, Store};
use crate::entita::tentativo_accesso as tabella;
use crate::errore::ErroreStore;
use crate::sql;

/// Failures that close the door, within [`FINESTRA`].
pub const FALLITI_MAX: i32 = 10;
/// How long failures are counted together, and how long the door stays closed after the last of them.
pub const FINESTRA: Duration = Duration::minutes(10);
/// Rows kept: who tries more names from more addresses makes the oldest forgotten, and fills no disk.
const RIGHE_MAX: u64 = 100_000;
/// Rows deleted at a time.
const PULIZIA_MAX: u64 = 10_000;

/// BLAKE3 of name and address.
pub type Chiave = [u8; 32];

impl Store {
    /// Until when this name is refused to this address. By primary key.
    pub async fn bloccato_fino(&self, chiave: &Chiave, adesso: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, ErroreStore> {
        let riga = tabella::Entity::find_by_id(chiave.to_vec()).one(self.lettura()).await?;
        Ok(riga.and_then(|r| r.bloccato_fino).filter(|fino| *fino > adesso))
    }

    /// Counts a failure, and closes the door at the tenth. A window that is over starts anew.
    pub async fn accesso_fallito(&self, chiave: &Chiave, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        const ISTRUZIONE: &str = "INSERT INTO tentativo_accesso (chiave, falliti, inizio, bloccato_fino) VALUES ($1, 1, $2, NULL) \
             ON CONFLICT (chiave) DO UPDATE SET \
             falliti = CASE WHEN tentativo_accesso.inizio <= $3 THEN 1 ELSE tentativo_accesso.falliti + 1 END, \
             inizio = CASE WHEN tentativo_accesso.inizio <= $3 THEN $2 ELSE tentativo_accesso.inizio END, \
             bloccato_fino = CASE WHEN tentativo_accesso.inizio > $3 AND tentativo_accesso.falliti + 1 >= $4 THEN $5 ELSE NULL END";
        let tx = self.begin(Corsia::Applicazioni).await?;
        let valori = [chiave.to_vec().into(), adesso.into(), (adesso - FINESTRA).into(), FALLITI_MAX.into(), (adesso + FINESTRA).into()];
        tx.sql.execute_raw(sql::con_valori(&tx.sql, ISTRUZIONE, valori)).await?;
        tx.commit().await
    }

    /// A success: the failures before it were slips of the fingers.
    pub async fn accesso_riuscito(&self, chiave: &Chiave) -> Result<(), ErroreStore> {
        if tabella::Entity::find_by_id(chiave.to_vec()).count(self.lettura()).await? == 0 {
            return Ok(());
        }
        let tx = self.begin(Corsia::Applicazioni).await?;
        tabella::Entity::delete_by_id(chiave.to_vec()).exec(&tx.sql).await?;
        tx.commit().await
    }

    /// Deletes what no longer counts, and the oldest of what is too much. Index `tentativo_accesso_inizio`.
    pub async fn pulisci_accessi(&self, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        tabella::Entity::delete_many().filter(C::Inizio.lt(adesso - FINESTRA * 2)).exec(&tx.sql).await?;
        let restano = tabella::Entity::find().count(&tx.sql).await?;
        if restano > RIGHE_MAX {
            let vecchie: Vec<Vec<u8>> = tabella::Entity::find()
                .order_by_asc(C::Inizio)
                .limit((restano - RIGHE_MAX).min(PULIZIA_MAX))
                .select_only()
                .column(C::Chiave)
                .into_tuple()
                .all(&tx.sql)
                .await?;
            tabella::Entity::delete_many().filter(C::Chiave.is_in(vecchie)).exec(&tx.sql).await?;
        }
        tx.commit().await
    }
}
