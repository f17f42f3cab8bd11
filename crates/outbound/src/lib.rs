//! The HTTP client towards other people's systems.
//!
//! A call has bounded time and a bounded answer, follows no redirect, and fails with an error that can be logged and stored: no credential, no
//! path, no query and no body are in its text. What the messages mean is known to the crates above (`ente`, and whoever else calls out).
//!
//! - [`Indirizzo`]: a checked http or https address, to which segments and parameters are added encoded;
//! - [`Autenticazione`]: how we present ourselves: fixed headers, Basic, tokens of OAuth 2, certificates;
//! - [`Cliente`]: the pool of connections, and the call;
//! - [`osserva`]: what passed, for who keeps it.
//!
//! The authorities that we trust are those of the operating system, unless a call names others. The usual environment variables for a proxy are honoured.

mod archivio;
mod autenticazione;
mod certificati;
mod chiave_ec;
mod cliente;
mod errore;
mod indirizzo;
mod memoria;
mod osserva;
mod token;

pub use archivio::{ARCHIVIO_BYTE_MAX, Archivio};
pub use autenticazione::{Autenticazione, INTESTAZIONE_SUBSCRIPTION_KEY, NomiApiKey, subscription_key};
pub use certificati::{CLIENTI_MAX, Certificati};
pub use cliente::{CORPO_BYTE_MAX, Chiamata, Cliente, INATTIVE_PER_SERVER_MAX, Risposta, Tempi};
pub use errore::{ErroreChiamata, ErroreCliente};
pub use indirizzo::{Indirizzo, codifica, decodifica};
pub use osserva::{Ritorno, Scambio, osserva};
pub use reqwest::Method as Metodo;
pub use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
pub use token::{CredenzialiOAuth2, RISPOSTA_TOKEN_BYTE_MAX, TOKEN_MARGINE, TOKEN_MAX, TOKEN_TEMPO_MAX};
