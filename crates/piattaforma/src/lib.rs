//! The client of pagoPA's REST services (spec/4 sections 2.1 and 2.11): who is called, how often, what may be sent again, and what an answer means.
//!
//! - [`Prodotto`]: the services, each with its own address, limits and key;
//! - [`Connessione`]: a product as an intermediario has it: address, authentication, subscription key;
//! - [`Richiesta`]: one call, which says whether it may be sent twice;
//! - [`Cliente`]: the rate (a bucket of tokens shared by every worker of the process), the circuit, the safe repetitions;
//! - [`Esito`]: done, to be tried again and when, refused;
//! - [`posizioni`]: the archives of positions, GPD and ACA;
//! - [`registri`]: what pagoPA keeps about enti.
//!
//! A call may wait for seconds: no connection of a database may be held across it. Errors carry neither keys nor what was sent.

mod chiamata;
mod circuito;
mod cliente;
pub mod posizioni;
mod prodotto;
pub mod registri;
mod risposta;
mod ritardo;
mod secchio;

pub use chiamata::{Attesa, Connessione, Corpo, Esito, Fatto, Metodo, Resoconto, Richiesta};
pub use circuito::{Soglie, StatoCircuito};
pub use cliente::{Cliente, Impostazioni, Regole, StatoServizio};
pub use prodotto::Prodotto;
pub use risposta::MOTIVO_CARATTERI_MAX;
pub use ritardo::RETRY_AFTER_MAX;
pub use secchio::Ritmo;
