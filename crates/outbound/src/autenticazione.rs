use std::fmt;

use reqwest::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE};

/// Headers that frame the message: a configuration that set one of them would break every call, or hide a second one in it.
const RISERVATE: [HeaderName; 6] = [CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE];

/// How we present ourselves to the other side. `Debug` shows the kind alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Autenticazione {
    #[default]
    Nessuna,
    Basic {
        utente: String,
        password: String,
    },
    /// A header with a fixed value, such as an API key.
    Header {
        nome: String,
        valore: String,
    },
}

impl Autenticazione {
    /// The request with its credentials, or why they cannot be written.
    pub(crate) fn applica(&self, richiesta: reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, &'static str> {
        match self {
            Self::Nessuna => Ok(richiesta),
            Self::Basic { utente, password } => Ok(richiesta.basic_auth(utente, Some(password))),
            Self::Header { nome, valore } => {
                let nome = HeaderName::try_from(nome.as_str()).map_err(|_| "il nome dell'intestazione di autenticazione non e' valido")?;
                if RISERVATE.contains(&nome) {
                    return Err("l'intestazione di autenticazione e' riservata al protocollo");
                }
                let mut valore = HeaderValue::try_from(valore.as_str()).map_err(|_| "il valore dell'intestazione di autenticazione non e' valido")?;
                valore.set_sensitive(true);
                Ok(richiesta.header(nome, valore))
            }
        }
    }
}

impl fmt::Debug for Autenticazione {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nessuna => "Nessuna",
            Self::Basic { .. } => "Basic(***)",
            Self::Header { .. } => "Header(***)",
        })
    }
}
