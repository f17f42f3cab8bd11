use std::error::Error;
use std::io;

use crate::{CORPO_BYTE_MAX, Indirizzo};

/// Characters of a cause that are kept.
const CARATTERI_MOTIVO_MAX: usize = 200;

/// The client cannot be built at all: at start, not during a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("client HTTP non disponibile: {motivo}")]
pub struct ErroreCliente {
    pub motivo: String,
}

/// A call that had no answer. The texts name the server (scheme, host, port) and nothing that was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreChiamata {
    #[error("indirizzo non valido: {motivo}")]
    UrlNonValida { motivo: String },
    #[error("connessione a {server} rifiutata")]
    ConnessioneRifiutata { server: String },
    #[error("tempo scaduto in attesa di {server}")]
    TempoScaduto { server: String },
    #[error("la risposta di {server} supera {CORPO_BYTE_MAX} byte")]
    CorpoTroppoGrande { server: String },
    /// The credentials of the configuration cannot be written in a request.
    #[error("{motivo}")]
    CredenzialiNonValide { motivo: String },
    /// The archives of keys or of trusted certificates cannot be read. The text names neither their place nor their content.
    #[error("certificati configurati non utilizzabili: {motivo}")]
    Certificati { motivo: String },
    /// The token endpoint answered, but not with a token.
    #[error("token di autorizzazione non ottenuto da {server}: {motivo}")]
    Token { server: String, motivo: String },
    /// Unknown host, certificate refused by either side, answer that is not HTTP.
    #[error("chiamata a {server} non riuscita: {motivo}")]
    Altro { server: String, motivo: String },
}

impl ErroreChiamata {
    pub(crate) fn da(indirizzo: &Indirizzo, errore: reqwest::Error) -> Self {
        let server = indirizzo.server();
        if errore.is_timeout() {
            return Self::TempoScaduto { server };
        }
        let errore = errore.without_url();
        if cause(&errore).any(|c| c.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::ConnectionRefused)) {
            return Self::ConnessioneRifiutata { server };
        }
        Self::Altro { server, motivo: motivo(&errore) }
    }
}

fn cause<'a>(errore: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut prossima = Some(errore);
    std::iter::from_fn(move || {
        let questa = prossima?;
        prossima = questa.source();
        Some(questa)
    })
}

/// The texts of the chain, without those that a longer one already says.
pub(crate) fn motivo(errore: &(dyn Error + 'static)) -> String {
    let mut testi: Vec<String> = Vec::new();
    for testo in cause(errore).map(ToString::to_string) {
        if !testi.iter().any(|t| t.contains(&testo)) {
            testi.push(testo);
        }
    }
    testi.join(": ").chars().take(CARATTERI_MOTIVO_MAX).collect()
}
