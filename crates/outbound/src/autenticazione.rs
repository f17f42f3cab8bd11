use std::fmt;

use reqwest::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE};

use crate::{Certificati, CredenzialiOAuth2, ErroreChiamata};

/// Headers that frame the message: a configuration that set one of them would break every call, or hide a second one in it.
const RISERVATE: [HeaderName; 6] = [CONNECTION, CONTENT_LENGTH, HOST, TE, TRANSFER_ENCODING, UPGRADE];

/// The header of a subscription key, unless the configuration says otherwise (spec/3, properties of the HTTP clients).
pub const INTESTAZIONE_SUBSCRIPTION_KEY: &str = "Ocp-Apim-Subscription-Key";

/// How we present ourselves to the other side. `Debug` shows the kind alone.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Autenticazione {
    #[default]
    Nessuna,
    Basic {
        utente: String,
        password: String,
    },
    /// Headers with a fixed value, name and value: API keys.
    Intestazioni(Vec<(String, String)>),
    /// Client credentials: a token is asked for, kept while it is good, and asked for once more when it is refused.
    OAuth2(CredenzialiOAuth2),
    /// A certificate of ours, or authorities of our choice, or both. The calls go over connections of their own.
    Certificati(Certificati),
}

/// The names of the two headers of an API key (spec/3, properties of the HTTP clients).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NomiApiKey {
    pub id: String,
    pub chiave: String,
}

impl Default for NomiApiKey {
    fn default() -> Self {
        Self { id: "X-APP-ID".to_owned(), chiave: "X-API-KEY".to_owned() }
    }
}

impl Autenticazione {
    #[must_use]
    pub fn intestazione(nome: &str, valore: &str) -> Self {
        Self::Intestazioni(vec![(nome.to_owned(), valore.to_owned())])
    }

    #[must_use]
    pub fn api_key(nomi: &NomiApiKey, id: &str, chiave: &str) -> Self {
        Self::Intestazioni(vec![(nomi.id.clone(), id.to_owned()), (nomi.chiave.clone(), chiave.to_owned())])
    }

    /// The request with what can be written in it, or why it cannot. Tokens and certificates are not written here.
    pub(crate) fn applica(&self, richiesta: reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, &'static str> {
        match self {
            Self::Nessuna | Self::OAuth2(_) | Self::Certificati(_) => Ok(richiesta),
            Self::Basic { utente, password } => Ok(richiesta.basic_auth(utente, Some(password))),
            Self::Intestazioni(elenco) => elenco.iter().try_fold(richiesta, |richiesta, (nome, valore)| {
                let (nome, valore) = intestazione(nome, valore)?;
                Ok(richiesta.header(nome, valore))
            }),
        }
    }
}

/// A header that is a credential: it is not shown by who prints a request.
fn intestazione(nome: &str, valore: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let nome = HeaderName::try_from(nome).map_err(|_| "il nome dell'intestazione di autenticazione non e' valido")?;
    if RISERVATE.contains(&nome) {
        return Err("l'intestazione di autenticazione e' riservata al protocollo");
    }
    let mut valore = HeaderValue::try_from(valore).map_err(|_| "il valore dell'intestazione di autenticazione non e' valido")?;
    valore.set_sensitive(true);
    Ok((nome, valore))
}

/// A subscription key, to be put beside the other headers of a call whatever its authentication. `nome` is
/// [`INTESTAZIONE_SUBSCRIPTION_KEY`] unless the configuration says otherwise.
///
/// # Errors
/// When the key or the name of its header cannot be written. The text does not repeat the key.
pub fn subscription_key(nome: &str, chiave: &str) -> Result<(HeaderName, HeaderValue), ErroreChiamata> {
    intestazione(nome, chiave).map_err(|motivo| ErroreChiamata::CredenzialiNonValide { motivo: motivo.to_owned() })
}

impl fmt::Debug for Autenticazione {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nessuna => "Nessuna",
            Self::Basic { .. } => "Basic(***)",
            Self::Intestazioni(_) => "Intestazioni(***)",
            Self::OAuth2(_) => "OAuth2(***)",
            Self::Certificati(_) => "Certificati(***)",
        })
    }
}
