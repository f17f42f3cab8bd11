//! Identifiers that the program makes: UUID v7 for rows, and 63-bit time-ordered numbers where the wire wants an int64.

use std::sync::Mutex;

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::apertura::{Corsia, Store};
use crate::entita::nodo;
use crate::errore::ErroreStore;

/// Numbers of running nodes: ten bits.
pub const NODI_MAX: i32 = 1024;
/// A node that has not renewed its number for this long may lose it.
pub const AFFITTO_NODO: Duration = Duration::minutes(5);

const BIT_NODO: u32 = 10;
const BIT_CONTATORE: u32 = 12;

/// Makes int64 identifiers: 41 bits of milliseconds since 2020, 10 of node, 12 of counter. Always growing on one node.
#[derive(Debug)]
pub struct Numeratore {
    nodo: i64,
    ultimo: Mutex<i64>,
}

/// 2020-01-01T00:00:00Z in milliseconds: 41 bits last until 2089.
const INIZIO_MS: i64 = 1_577_836_800_000;

/// When a number of [`Numeratore`] was made, by the clock of its node.
#[must_use]
pub fn istante_di(numero: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis((numero >> (BIT_NODO + BIT_CONTATORE)).saturating_add(INIZIO_MS)).unwrap_or(DateTime::UNIX_EPOCH)
}

/// The node that made a number of [`Numeratore`].
#[must_use]
pub const fn nodo_di(numero: i64) -> i64 {
    (numero >> BIT_CONTATORE) & ((1 << BIT_NODO) - 1)
}

impl Numeratore {
    #[must_use]
    pub const fn nuovo(nodo: i32) -> Self {
        Self { nodo: nodo as i64, ultimo: Mutex::new(0) }
    }

    /// The leased number of this process.
    #[must_use]
    pub const fn nodo(&self) -> i64 {
        self.nodo
    }

    /// When a millisecond runs out of counters, or the clock steps back, the next number borrows from the future.
    pub fn prossimo(&self, adesso: DateTime<Utc>) -> i64 {
        let tempo = (adesso.timestamp_millis() - INIZIO_MS).max(0) << BIT_CONTATORE;
        let mut ultimo = self.ultimo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *ultimo = tempo.max(*ultimo + 1);
        let (ms, contatore) = (*ultimo >> BIT_CONTATORE, *ultimo & ((1 << BIT_CONTATORE) - 1));
        (ms << (BIT_NODO + BIT_CONTATORE)) | (self.nodo << BIT_CONTATORE) | contatore
    }
}

impl Store {
    /// Takes a free node number for `titolare`, or the one it already holds.
    pub async fn affitta_nodo(&self, titolare: &str, adesso: DateTime<Utc>) -> Result<i32, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        nodo::Entity::delete_many().filter(nodo::Column::Scadenza.lt(adesso)).exec(&tx.sql).await?;
        let presi = nodo::Entity::find().all(&tx.sql).await?;
        let numero = presi.iter().find(|n| n.titolare == titolare).map(|n| n.numero);
        let libero = numero.or_else(|| (0..NODI_MAX).find(|n| presi.iter().all(|p| p.numero != *n)));
        let Some(numero) = libero else { return Err(ErroreStore::Apertura(format!("gia' {NODI_MAX} nodi in funzione"))) };
        let riga = nodo::ActiveModel { numero: Set(numero), titolare: Set(titolare.to_owned()), scadenza: Set(adesso + AFFITTO_NODO) };
        let su_conflitto = OnConflict::column(nodo::Column::Numero).update_column(nodo::Column::Scadenza).to_owned();
        nodo::Entity::insert(riga).on_conflict(su_conflitto).exec_without_returning(&tx.sql).await?;
        tx.commit().await?;
        Ok(numero)
    }

    /// Gives the number back at a clean stop.
    pub async fn rendi_nodo(&self, numero: i32) -> Result<(), ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        nodo::Entity::delete_by_id(numero).exec(&tx.sql).await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_numeri_crescono_anche_se_l_orologio_torna_indietro() {
        let numeratore = Numeratore::nuovo(1023);
        let adesso: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().expect("istante");
        let mut prima = 0;
        for i in 0..10_000 {
            let n = numeratore.prossimo(adesso - Duration::milliseconds(i % 7));
            assert!(n > prima);
            prima = n;
        }
    }
}
