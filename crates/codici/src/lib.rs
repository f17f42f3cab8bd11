//! Identificativi e stringhe del mestiere.
//!
//! Everything here is pure: no IO, no clock. A value of these types is already checked, so that whoever
//! receives an [`Iuv`] or a [`NumeroAvviso`] does not check it again.
//!
//! - [`importo`]: euro cents, and the three ways in which they are written;
//! - [`iuv`]: IUV and numero avviso, generated and supplied (spec/1 section 7);
//! - [`causale`]: the remittance information of a voce (spec/3 section 1.10);
//! - [`stampa`]: QR code, bar code and DataMatrix of the avviso (spec/3 section 7.1).

pub mod causale;
pub mod dominio;
pub mod importo;
pub mod iuv;
pub mod stampa;

pub use dominio::IdDominio;
pub use importo::Importo;
pub use iuv::{AuxDigit, Iuv, NumeroAvviso};
