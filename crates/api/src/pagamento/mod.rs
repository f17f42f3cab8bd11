//! API Pagamento v1, v2, v3: what portals show and who pays reads (spec/1 section 10).
//!
//! One operation has one handler; what differs by version is told by [`Versione`] and by the views.

pub mod accesso;
pub mod allegati;
pub mod avvio;
pub mod avvisi;
pub mod creditori;
pub mod pagamenti;
pub mod pendenze;
pub mod ricevute;
pub mod rpp;
pub mod tipi_pendenza;
mod viste_pagamento;
mod viste_v3;

/// A version of the API, as far as reading goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versione {
    V1,
    V2,
    V3,
}
