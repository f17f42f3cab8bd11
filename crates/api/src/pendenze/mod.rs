//! API Pendenze: the positions of an integrator (spec/1 section 9).
//!
//! The versions are views over the same operations: what they differ by is in [`versione`], and nowhere else.

pub mod allegati;
pub mod avvisi;
pub mod by_avviso;
pub mod perche;
pub mod posizioni;
pub mod profilo;
pub mod rpp;
pub mod versione;
