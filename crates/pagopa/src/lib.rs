//! What pagoPA's node and our station say to each other (WSDL `paForNode`): bytes to checked types and back.
//!
//! Everything here is pure: no database, no HTTP, no clock. Which answer is given, and in which order the refusals are tried, is decided elsewhere.
//!
//! - [`busta`]: the hardened reader of the SOAP envelope, for everything that comes from outside;
//! - [`messaggi`]: the five requests and the five answers, read and written as the XSD wants (spec/4 sections 2.2 to 2.6);
//! - [`fault`]: the closed list of refusals (spec/3 section 1.4);
//!
//! Two generations of the contract are in use (SANP 3.8.0 and the current one): both are read, and what we write is valid in both.

pub mod busta;
mod cursore;
pub mod fault;
pub mod messaggi;
mod regole;

pub use fault::{CodiceFault, Fault};
pub use messaggi::{ErroreRichiesta, Operazione, Ricevuta, Richiesta, Risposta, Versione, leggi_richiesta};
