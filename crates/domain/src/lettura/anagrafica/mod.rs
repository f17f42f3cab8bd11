//! Bodies of the API Backoffice that write the anagrafica: one file per family of resources (spec/2 section 2).
//!
//! Every reader takes the identifiers of the path and the body. The order is that of spec/2 section 2.19: shape of the body, identifiers,
//! fields one after the other. What exists, and what the caller may, is asked later by [`crate::amministrazione`].

pub mod configurazioni;
pub mod connettore;
pub mod creditore;
pub mod entrate;
pub mod esportazione;
pub mod modifica;
pub mod pagopa;
pub mod tipi;
pub mod utenze;
