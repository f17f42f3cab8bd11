//! How we call somebody else's service, as the back office writes and reads it (spec/2 section 2.1).
//!
//! Member names are those of the API: what was put is what is read back. `Debug` never shows a secret.

use serde::{Deserialize, Serialize};

/// How we present ourselves. The kind is told by the members that are there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Autenticazione {
    /// Client credentials of OAuth 2.
    OAuth2(CredenzialiOAuth2),
    ApiKey(ChiaveApi),
    Header(HeaderFisso),
    Basic(UtentePassword),
    Ssl(Box<CertificatiSsl>),
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CredenzialiOAuth2 {
    pub client_id: String,
    pub client_secret: String,
    pub url_token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChiaveApi {
    pub api_id: String,
    pub api_key: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeaderFisso {
    pub header_name: String,
    pub header_value: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UtentePassword {
    pub username: String,
    pub password: String,
}

/// `tipo` is `Client` (with a key store of ours) or `Server` (we only check who answers).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertificatiSsl {
    pub tipo: String,
    pub ts_location: String,
    pub ts_password: String,
    pub ts_type: String,
    pub ssl_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ks_location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ks_password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ks_type: Option<String>,
    #[serde(rename = "ksPKeyPasswd", skip_serializing_if = "Option::is_none")]
    pub ks_pkey_passwd: Option<String>,
}

impl Autenticazione {
    #[must_use]
    pub fn basic(username: &str, password: &str) -> Self {
        Self::Basic(UtentePassword { username: username.to_owned(), password: password.to_owned() })
    }
}

impl std::fmt::Debug for Autenticazione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OAuth2(_) => "OAuth2(***)",
            Self::ApiKey(_) => "ApiKey(***)",
            Self::Header(_) => "Header(***)",
            Self::Basic(_) => "Basic(***)",
            Self::Ssl(_) => "Ssl(***)",
        })
    }
}

/// A text that must not be shown: `Debug` hides it, serialisation does not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Segreto(pub String);

impl std::fmt::Debug for Segreto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// `servizioPagoPa`: the node of the older model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnettoreNodo {
    #[serde(rename = "urlRPT")]
    pub url_rpt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_key: Option<Segreto>,
}

/// One of the REST services of pagoPA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnettoreServizio {
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_key: Option<Segreto>,
    /// Whether its calls are told to the external events service.
    #[serde(rename = "abilitaGDE")]
    pub abilita_gde: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFtp {
    pub host: String,
    pub porta: String,
    pub username: String,
    pub password: Segreto,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnettoreFtp {
    pub ftp_lettura: ServerFtp,
    pub ftp_scrittura: ServerFtp,
}

/// Everything that an intermediario says of its connections to pagoPA. One that was never put is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnettoriIntermediario {
    #[serde(rename = "servizioPagoPa", skip_serializing_if = "Option::is_none")]
    pub nodo: Option<ConnettoreNodo>,
    #[serde(rename = "servizioFtp", skip_serializing_if = "Option::is_none")]
    pub ftp: Option<ConnettoreFtp>,
    /// Receipts pulled from biz-events.
    #[serde(rename = "servizioPagoPaRecuperoRT", skip_serializing_if = "Option::is_none")]
    pub recupero_rt: Option<ConnettoreServizio>,
    #[serde(rename = "servizioPagoPaACA", skip_serializing_if = "Option::is_none")]
    pub aca: Option<ConnettoreServizio>,
    #[serde(rename = "servizioPagoPaGPD", skip_serializing_if = "Option::is_none")]
    pub gpd: Option<ConnettoreServizio>,
    #[serde(rename = "servizioPagoPaFR", skip_serializing_if = "Option::is_none")]
    pub fr: Option<ConnettoreServizio>,
    #[serde(rename = "servizioPagoPaBackofficeEC", skip_serializing_if = "Option::is_none")]
    pub backoffice_ec: Option<ConnettoreServizio>,
}

/// Version of the API that the ente's application exposes to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VersioneEnte {
    #[serde(rename = "REST v1")]
    V1,
    #[serde(rename = "REST v2")]
    V2,
}

impl VersioneEnte {
    pub const TUTTE: [Self; 2] = [Self::V1, Self::V2];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::V1 => "REST v1",
            Self::V2 => "REST v2",
        }
    }
}

/// `servizioIntegrazione` of an applicazione: verification of pendenze and notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnettoreEnte {
    pub url: String,
    #[serde(rename = "versioneApi")]
    pub versione: VersioneEnte,
    #[serde(rename = "auth", skip_serializing_if = "Option::is_none")]
    pub autenticazione: Option<Autenticazione>,
}
