//! The database.
//!
//! Only this crate writes queries. [`Store`] opens it, [`Tx`] is a write transaction, and the modules below hold the operations on
//! tables that belong together. A query on a hot path names the index that it relies on, and `tests/archivio/piani.rs` finds it in the plan.
//!
//! SQLite has one writer: every [`Tx`] waits in a fair queue, where the station has its own lane (design/DATA, "Keys and locks").

mod entita;
mod errore;
mod mappa;
mod migrazioni;
mod posizione;
mod sql;

pub mod accessi;
pub mod anagrafica;
pub mod apertura;
pub mod bozze;
pub mod contatori;
pub mod documenti;
pub mod elenchi;
pub mod eventi;
pub mod flussi;
pub mod giornale;
pub mod idempotenza;
pub mod identificatori;
pub mod lavori;
pub mod livelli;
pub mod lotti_posizioni;
pub mod notifiche;
pub mod pagamenti;
pub mod partizioni;
pub mod pendenze;
pub mod posizioni_debitorie;
pub mod registro;
pub mod registro_iban;
pub mod ricevute_gpd;
pub mod ripristino;
pub mod rpt_da_inviare;
pub mod scadenze;
pub mod sessioni;
pub mod transazioni;

pub use apertura::{Corsia, Store, Tx};
pub use errore::{ErroreStore, Vincolo};
pub use migrazioni::Migrazione;
