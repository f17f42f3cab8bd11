//! Requests that are made once: the key that a client gave, a hash of what it asked, and what it was answered.
//!
//! A row is found by its primary key. It counts until `scade`: a lease while the answer is being made, so that a node that dies leaves the key free,
//! and the time for which an answer is kept.

use std::io::Read;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::idempotenza as tabella;
use crate::errore::{ErroreStore, Vincolo};
use crate::mappa::{self, da_json, json};

/// Bytes of an answer that is kept: an avviso in base64 is about 150 kB. A longer one is noted without its body.
pub const BYTE_RISPOSTA_MAX: usize = 1024 * 1024;
/// Expired rows deleted in one transaction.
pub const PULIZIA_MAX: u64 = 500;
const LIVELLO_ZSTD: i32 = 3;

/// BLAKE3.
pub type Impronta = [u8; 32];

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RispostaTenuta {
    pub stato: u16,
    /// Name and value, in order.
    pub intestazioni: Vec<(String, String)>,
    /// `None`: longer than [`BYTE_RISPOSTA_MAX`].
    pub corpo: Option<Vec<u8>>,
}

/// What there was under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prenotazione {
    /// Nothing: the key is the caller's, under this name.
    Presa(Uuid),
    /// Somebody is at work on the same request.
    InCorso,
    Risposta(RispostaTenuta),
    /// The key was used for another request.
    AltraRichiesta,
}

impl Store {
    /// Takes a key until `scade`, or tells what it holds.
    pub async fn prenota_chiave(
        &self,
        chiave: &Impronta,
        operazione: &str,
        impronta: &Impronta,
        adesso: DateTime<Utc>,
        scade: DateTime<Utc>,
    ) -> Result<Prenotazione, ErroreStore> {
        use tabella::Column as C;
        let prenotazione = Uuid::now_v7();
        let tx = self.begin(Corsia::Applicazioni).await?;
        // What has expired is as if it had never been: two that find it at once meet at the insert.
        tabella::Entity::delete_many().filter(C::Chiave.eq(chiave.to_vec())).filter(C::Scade.lte(adesso)).exec(&tx.sql).await?;
        let riga = tabella::ActiveModel {
            chiave: Set(chiave.to_vec()),
            prenotazione: Set(prenotazione),
            operazione: Set(operazione.to_owned()),
            impronta: Set(impronta.to_vec()),
            scade: Set(scade),
            stato: Set(None),
            intestazioni: Set(None),
            corpo: Set(None),
        };
        let inserita = tabella::Entity::insert(riga).on_conflict(OnConflict::new().do_nothing().to_owned()).exec_without_returning(&tx.sql).await;
        let presa = match inserita {
            Ok(righe) => righe > 0,
            Err(DbErr::RecordNotInserted) => false,
            Err(e) => match ErroreStore::from(e) {
                ErroreStore::Chiave(Vincolo::Altro) => false,
                altro => return Err(altro),
            },
        };
        if presa {
            tx.commit().await?;
            return Ok(Prenotazione::Presa(prenotazione));
        }
        tx.rollback().await?;
        // Given back between the two: whoever looks again takes it.
        Ok(self.chiave_prenotata(chiave, impronta, adesso).await?.unwrap_or(Prenotazione::InCorso))
    }

    /// What a key holds; `None` when it is free.
    pub async fn chiave_prenotata(&self, chiave: &Impronta, impronta: &Impronta, adesso: DateTime<Utc>) -> Result<Option<Prenotazione>, ErroreStore> {
        let trovata = tabella::Entity::find_by_id(chiave.to_vec()).filter(tabella::Column::Scade.gt(adesso)).one(self.lettura()).await?;
        match trovata {
            None => Ok(None),
            Some(r) if r.impronta != impronta => Ok(Some(Prenotazione::AltraRichiesta)),
            Some(r) => da_riga(r).map(Some),
        }
    }

    /// Keeps the answer until `scade`. Nothing when the key is somebody else's by now.
    pub async fn tieni_risposta(&self, chiave: &Impronta, prenotazione: Uuid, risposta: &RispostaTenuta, scade: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let corpo = risposta.corpo.as_ref().map(|c| zstd::bulk::compress(c, LIVELLO_ZSTD)).transpose().map_err(illeggibile)?;
        let tx = self.begin(Corsia::Applicazioni).await?;
        tabella::Entity::update_many()
            .col_expr(C::Stato, Expr::value(i16::try_from(risposta.stato).unwrap_or(i16::MAX)))
            .col_expr(C::Intestazioni, Expr::value(json(&risposta.intestazioni)))
            .col_expr(C::Corpo, Expr::value(corpo))
            .col_expr(C::Scade, Expr::value(scade))
            .filter(C::Chiave.eq(chiave.to_vec()))
            .filter(C::Prenotazione.eq(prenotazione))
            .exec(&tx.sql)
            .await?;
        tx.commit().await
    }

    /// Gives a key back: the request did not happen, or failed in a way that another try may mend.
    pub async fn libera_chiave(&self, chiave: &Impronta, prenotazione: Uuid) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Applicazioni).await?;
        tabella::Entity::delete_many().filter(C::Chiave.eq(chiave.to_vec())).filter(C::Prenotazione.eq(prenotazione)).exec(&tx.sql).await?;
        tx.commit().await
    }

    /// Deletes at most [`PULIZIA_MAX`] rows that no longer count, and tells how many. Index `idempotenza_scade`.
    pub async fn pulisci_chiavi(&self, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let scadute = tabella::Entity::find().filter(C::Scade.lte(adesso)).limit(PULIZIA_MAX).select_only().column(C::Chiave);
        let scadute: Vec<Vec<u8>> = scadute.into_tuple().all(&tx.sql).await?;
        let cancellate = elimina(&tx, scadute, adesso).await?;
        tx.commit().await?;
        Ok(cancellate)
    }
}

/// A row that was taken again meanwhile stays.
async fn elimina(tx: &Tx, chiavi: Vec<Vec<u8>>, adesso: DateTime<Utc>) -> Result<u64, ErroreStore> {
    use tabella::Column as C;
    if chiavi.is_empty() {
        return Ok(0);
    }
    Ok(tabella::Entity::delete_many().filter(C::Chiave.is_in(chiavi)).filter(C::Scade.lte(adesso)).exec(&tx.sql).await?.rows_affected)
}

fn da_riga(r: tabella::Model) -> Result<Prenotazione, ErroreStore> {
    let Some(stato) = r.stato else { return Ok(Prenotazione::InCorso) };
    let intestazioni = r.intestazioni.as_deref().map(|t| da_json(t, "idempotenza")).transpose()?.unwrap_or_default();
    let corpo = r.corpo.as_deref().map(espandi).transpose()?;
    Ok(Prenotazione::Risposta(RispostaTenuta { stato: u16::try_from(stato).map_err(illeggibile)?, intestazioni, corpo }))
}

fn espandi(compressi: &[u8]) -> Result<Vec<u8>, ErroreStore> {
    let mut byte = Vec::new();
    let lettore = zstd::stream::read::Decoder::new(compressi).map_err(illeggibile)?;
    lettore.take(BYTE_RISPOSTA_MAX as u64).read_to_end(&mut byte).map_err(illeggibile)?;
    Ok(byte)
}

fn illeggibile(e: impl ToString) -> ErroreStore {
    mappa::illeggibile("idempotenza", e)
}
