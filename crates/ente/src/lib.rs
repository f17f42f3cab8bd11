//! The API that the application of the ente exposes to us (contracts "EC" v1 and v2), of which we are the client.
//!
//! - [`notifica`]: what is told of a payment, whatever the version;
//! - [`notifica_v1`], [`notifica_v2`]: the bodies (spec/1 section 11.5, spec/3 section 4);
//! - [`verifica`]: what is asked of a position and what is answered (spec/1 sections 11.2 to 11.4);
//! - [`credenziali`]: how the connettore says that we present ourselves;
//! - [`ClienteEnte`]: the calls (spec/1 section 11.1).
//!
//! When to call, and when again after a failure, is decided elsewhere: here nothing is stored and no clock is read.

mod cliente;
mod credenziali;
pub mod notifica;
pub mod notifica_v1;
pub mod notifica_v2;
pub mod verifica;

pub use cliente::{ClienteEnte, ErroreEnte, TEMPI};
pub use credenziali::credenziali;
pub use notifica::{DatiNotifica, ErroreNotifica};
pub use verifica::{Domanda, ErroreVerifica, Inoltro, StatoNonPagabile, VERIFICA_TEMPO_MAX, Verificata};
