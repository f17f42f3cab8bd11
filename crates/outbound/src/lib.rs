//! The HTTP client towards other people's systems.
//!
//! A call has bounded time and a bounded answer, follows no redirect, and fails with an error that can be logged and stored: no credential, no
//! path, no query and no body are in its text. What the messages mean is known to the crates above (`ente`, and whoever else calls out).
//!
//! - [`Indirizzo`]: a checked http or https address, to which segments and parameters are added encoded;
//! - [`Autenticazione`]: how we present ourselves;
//! - [`Cliente`]: the pool of connections, and the call.
//!
//! Certificates are those of the operating system. The usual environment variables for a proxy are honoured.

mod autenticazione;
mod cliente;
mod errore;
mod indirizzo;

pub use autenticazione::Autenticazione;
pub use cliente::{CORPO_BYTE_MAX, Chiamata, Cliente, INATTIVE_PER_SERVER_MAX, Risposta, Tempi};
pub use errore::{ErroreChiamata, ErroreCliente};
pub use indirizzo::Indirizzo;
pub use reqwest::Method as Metodo;
pub use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
