//! The rules of the trade.
//!
//! Nothing here reads a clock, a database or the network: time, identifiers and the anagrafica come in as arguments, so that every
//! rule can be tried by a test with a table of cases.
//!
//! - [`amministrazione`]: how the anagrafica may change, and who may change it (spec/2 section 2);
//! - [`anagrafica`]: who exists and what may be done, as an immutable snapshot;
//! - [`chiamante`]: who is calling, and the words of its refusals (spec/1 sections 4.1 and 14);
//! - [`certificato`]: subjects of certificates, and when two are the same; [`password`]: which may be set;
//! - [`lettura`]: what integrators send, read strictly and checked in the order of the contract (spec/1 sections 3 and 5);
//! - [`pendenza`]: the position, its load and its changes of state (spec/1 sections 8 and 13);
//! - [`pagabilita`]: may this notice be paid now, and if not by which rule (spec/3 section 1.5);
//! - [`attivazione`]: what is told to the node of a payable position (spec/3 sections 1.6 to 1.8);
//! - [`posizione_debitoria`]: what GPD and ACA keep of a position, and how they are brought to say what ours says (spec/4 section 3);
//! - [`transazione`]: one payment attempt, the couple RPT/RT (spec/3 section 1.11);
//! - [`pagamento`]: a payment started from a portal, and its state (spec/1 section 13.4);
//! - [`visibilita`]: who sees what of API Pagamento (spec/1 sections 10.4 to 10.8);
//! - [`ricevuta`]: what a receipt does to a position (spec/3 section 1.9);
//! - [`rendicontazione`]: what PSPs say that they have paid, against what we know (spec/3 section 2.4.3);
//! - [`registro`]: the ledger of money;
//! - [`notifica`]: what the ente is told, and when again (spec/3 section 4);
//! - [`promemoria`]: a message that waits to be sent to a debtor (spec/3 section 5);
//! - [`rifiuto`]: the closed list of refusals with their texts (spec/1 section 4.2);
//! - [`segnalazione`]: what is to be looked at in a position (spec/1 section 9.2);
//! - [`calendario`]: days in Europe/Rome.

pub mod amministrazione;
pub mod anagrafica;
pub mod attivazione;
pub mod calendario;
pub mod certificato;
pub mod chiamante;
pub mod lettura;
pub mod notifica;
pub mod opzioni_pagamento;
pub mod orario;
pub mod pagabilita;
pub mod pagamento;
pub mod password;
pub mod pendenza;
pub mod posizione_debitoria;
pub mod promemoria;
pub mod registro;
pub mod rendicontazione;
pub mod ricevuta;
pub mod rifiuto;
pub mod segnalazione;
pub mod soggetto;
pub mod transazione;
pub mod visibilita;

pub use anagrafica::Anagrafica;
pub use pendenza::{Pendenza, Voce};
pub use rifiuto::Rifiuto;
pub use soggetto::Soggetto;
