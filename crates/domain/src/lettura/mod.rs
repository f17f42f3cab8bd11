//! What integrators send, read strictly and checked in the order of the contract (spec/1 sections 3 and 5).
//!
//! A body is read in two passes: first its whole shape (unknown members, types, dates, amounts: [`json`]), then the rules of its
//! fields, one after the other ([`regole`]). The first failure is the answer, so that the order of the lines is part of the contract.
//!
//! - [`pendenza`]: a position that is loaded, and the identifiers in paths;
//! - [`modifica`]: the operations of PATCH;
//! - [`lista`]: query parameters of lists; [`rpp`]: of lists of payment attempts;
//! - [`anagrafica`]: what the API Backoffice writes of the anagrafica (spec/2 section 2.19);
//! - [`pagamento`]: a payment that is started, and the form that makes a pendenza;
//! - [`avviso`]: query parameters of prints.
//!
//! Nothing here asks the anagrafica: a good syntax says nothing about what exists.

pub mod anagrafica;
pub mod avviso;
pub mod json;
pub mod lista;
pub mod modifica;
pub mod pagamento;
pub mod pendenza;
pub mod regole;
pub mod rpp;
pub mod ufficio;
