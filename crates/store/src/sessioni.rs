//! Sessions: any node can answer the next call of a browser (design, invariant 9).
//!
//! A row is found by the hash of the identifier, by its primary key; it lives while it is used. What is in `accesso` is known to `gateway`.

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Map, Value};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::sessione as tabella;
use crate::errore::ErroreStore;
use crate::mappa::{da_json, json};

/// A session that nobody uses for this long is over (spec/2 section 7).
pub const INATTIVITA_MAX: Duration = Duration::minutes(30);
/// The last use is written at most this often: a page of twenty calls is one write.
const OGNI: Duration = Duration::minutes(1);
/// Bytes of what an API keeps in a session: five pendenze by their keys are less than one kB.
pub const BYTE_CONTENUTO_MAX: usize = 16 * 1024;
/// Expired rows deleted at a login, so that a login stays short.
const PULIZIA_MAX: u64 = 100;

/// BLAKE3 of the identifier.
pub type IdHash = [u8; 32];

#[derive(Clone, PartialEq, Eq)]
pub struct Sessione {
    pub titolare: String,
    pub accesso: String,
    pub ultimo_uso: DateTime<Utc>,
}

/// How a write into a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoScrittura {
    Scritta,
    /// Over, or never opened.
    Assente,
    /// It would be longer than [`BYTE_CONTENUTO_MAX`]: nothing was written.
    TroppoGrande,
}

impl Store {
    /// Opens a session. Of the same titolare at most `massimo` stay, the one unused for longest goes; so do `sostituita` and some that are over.
    pub async fn apri_sessione(
        &self,
        id: &IdHash,
        titolare: &str,
        accesso: &str,
        massimo: u64,
        sostituita: Option<&IdHash>,
        adesso: DateTime<Utc>,
    ) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Applicazioni).await?;
        if let Some(vecchia) = sostituita {
            tabella::Entity::delete_by_id(vecchia.to_vec()).exec(&tx.sql).await?;
        }
        let finite = tabella::Entity::find().filter(C::UltimoUso.lt(adesso - INATTIVITA_MAX)).limit(PULIZIA_MAX);
        elimina(&tx, finite.select_only().column(C::IdHash).into_tuple().all(&tx.sql).await?).await?;
        let di_troppo =
            tabella::Entity::find().filter(C::Titolare.eq(titolare)).order_by_desc(C::UltimoUso).offset(massimo.saturating_sub(1)).limit(PULIZIA_MAX);
        elimina(&tx, di_troppo.select_only().column(C::IdHash).into_tuple().all(&tx.sql).await?).await?;
        let riga = tabella::ActiveModel {
            id_hash: Set(id.to_vec()),
            titolare: Set(titolare.to_owned()),
            accesso: Set(accesso.to_owned()),
            contenuto: Set("{}".to_owned()),
            creata: Set(adesso),
            ultimo_uso: Set(adesso),
        };
        tabella::Entity::insert(riga).exec_without_returning(&tx.sql).await?;
        tx.commit().await
    }

    /// A session that is not over. Notes the use, at most once a minute.
    pub async fn sessione(&self, id: &IdHash, adesso: DateTime<Utc>) -> Result<Option<Sessione>, ErroreStore> {
        use tabella::Column as C;
        let trovata = tabella::Entity::find_by_id(id.to_vec()).filter(C::UltimoUso.gte(adesso - INATTIVITA_MAX)).one(self.lettura()).await?;
        let Some(riga) = trovata else { return Ok(None) };
        if adesso - riga.ultimo_uso >= OGNI {
            let tx = self.begin(Corsia::Applicazioni).await?;
            let usata = sea_orm::sea_query::Expr::value(adesso);
            tabella::Entity::update_many().col_expr(C::UltimoUso, usata).filter(C::IdHash.eq(id.to_vec())).exec(&tx.sql).await?;
            tx.commit().await?;
        }
        Ok(Some(Sessione { titolare: riga.titolare, accesso: riga.accesso, ultimo_uso: riga.ultimo_uso }))
    }

    pub async fn chiudi_sessione(&self, id: &IdHash) -> Result<(), ErroreStore> {
        let tx = self.begin(Corsia::Applicazioni).await?;
        tabella::Entity::delete_by_id(id.to_vec()).exec(&tx.sql).await?;
        tx.commit().await
    }

    /// What an API keeps in a session under a name.
    pub async fn sessione_leggi(&self, id: &IdHash, nome: &str, adesso: DateTime<Utc>) -> Result<Option<Value>, ErroreStore> {
        use tabella::Column as C;
        let trovata = tabella::Entity::find_by_id(id.to_vec()).filter(C::UltimoUso.gte(adesso - INATTIVITA_MAX)).one(self.lettura()).await?;
        let Some(riga) = trovata else { return Ok(None) };
        let mut contenuto: Map<String, Value> = da_json(&riga.contenuto, "sessione")?;
        Ok(contenuto.remove(nome))
    }

    /// Changes what is kept under a name, with nobody else in between: `cambia` sees what there is and says what shall be, `None` takes it away.
    pub async fn sessione_scrivi(
        &self,
        id: &IdHash,
        nome: &str,
        adesso: DateTime<Utc>,
        cambia: impl FnOnce(Option<Value>) -> Option<Value> + Send,
    ) -> Result<EsitoScrittura, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Applicazioni).await?;
        let trovata = tabella::Entity::find_by_id(id.to_vec()).filter(C::UltimoUso.gte(adesso - INATTIVITA_MAX)).lock_exclusive().one(&tx.sql).await?;
        let Some(riga) = trovata else {
            tx.rollback().await?;
            return Ok(EsitoScrittura::Assente);
        };
        let mut contenuto: Map<String, Value> = da_json(&riga.contenuto, "sessione")?;
        if let Some(nuovo) = cambia(contenuto.remove(nome)) {
            contenuto.insert(nome.to_owned(), nuovo);
        }
        let testo = json(&contenuto);
        if testo.len() > BYTE_CONTENUTO_MAX {
            tx.rollback().await?;
            return Ok(EsitoScrittura::TroppoGrande);
        }
        let valore = sea_orm::sea_query::Expr::value(testo);
        tabella::Entity::update_many().col_expr(C::Contenuto, valore).filter(C::IdHash.eq(id.to_vec())).exec(&tx.sql).await?;
        tx.commit().await?;
        Ok(EsitoScrittura::Scritta)
    }
}

async fn elimina(tx: &Tx, chiavi: Vec<Vec<u8>>) -> Result<(), ErroreStore> {
    if !chiavi.is_empty() {
        tabella::Entity::delete_many().filter(tabella::Column::IdHash.is_in(chiavi)).exec(&tx.sql).await?;
    }
    Ok(())
}
