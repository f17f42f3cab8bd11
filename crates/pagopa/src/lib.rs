//! What pagoPA's node and our station say to each other (WSDL `paForNode`): bytes to checked types and back.
//!
//! Everything here is pure: no database, no HTTP, no clock. Which answer is given, and in which order the refusals are tried, is decided elsewhere.
//!
//! - [`busta`]: the hardened reader of the SOAP envelope, for everything that comes from outside;
//! - [`messaggi`]: the six requests and the six answers, read and written as the XSD wants (spec/4 sections 2.2 to 2.6);
//! - [`biz_events`]: a receipt of the REST service, as the message that should have brought it; [`fdr`]: flows of the REST service;
//! - [`flusso`]: the flow of rendicontazione, row by row, and the calls that bring it (spec/3 section 2.4.1);
//! - [`fault`]: the closed list of refusals (spec/3 section 1.4);
//! - [`documento`]: the message alone, cut out of its stored envelope;
//! - [`json`]: request and receipt as integrators receive them (spec/1 section 9.10);
//! - [`semantica`]: a receipt against the request that it pays (spec/3 section 1.9);
//! - [`servizio`]: the data of a service of the catalogue (spec/4 section 1.5);
//! - [`vecchio`]: the older model, RPT and RT, whole (spec/3 sections 1.12 and 2.2);
//! - [`wsdl`]: the description of our service.
//!
//! Two generations of the contract are in use (SANP 3.8.0 and the current one): both are read, and what we write is valid in both.

pub mod biz_events;
pub mod busta;
mod cursore;
pub mod documento;
pub mod fault;
pub mod fdr;
pub mod flusso;
pub mod json;
pub mod marca;
pub mod messaggi;
mod regole;
pub mod semantica;
pub mod servizio;
pub mod vecchio;
pub mod wsdl;

pub use fault::{CodiceFault, Fault};
pub use messaggi::{ErroreRichiesta, Operazione, Ricevuta, Richiesta, Risposta, Versione, leggi_richiesta};
