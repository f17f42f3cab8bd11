//! Connectors of a dominio towards accounting products (spec/2 section 10.1).
//!
//! Member names are those of the API. Of a connector that is switched off only that is kept, but for Maggioli.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::connettore::{Autenticazione, VersioneEnte};

/// A connector that was never put is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnettoriDominio {
    #[serde(rename = "servizioMyPivot", skip_serializing_if = "Option::is_none")]
    pub my_pivot: Option<ConnettoreEsportazione>,
    #[serde(rename = "servizioSecim", skip_serializing_if = "Option::is_none")]
    pub secim: Option<ConnettoreEsportazione>,
    #[serde(rename = "servizioGovPay", skip_serializing_if = "Option::is_none")]
    pub govpay: Option<ConnettoreEsportazione>,
    #[serde(rename = "servizioHyperSicAPKappa", skip_serializing_if = "Option::is_none")]
    pub hyper_sic: Option<ConnettoreEsportazione>,
    #[serde(rename = "servizioMaggioliJPPA", skip_serializing_if = "Option::is_none")]
    pub maggioli: Option<ConnettoreMaggioli>,
}

/// Export of payments to MyPivot, Secim, GovPay or HyperSic. Which members are there depends on the product and on the way of delivery;
/// a switched on connector has those that [`ConnettoreEsportazione::consegna`] needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnettoreEsportazione {
    pub abilitato: bool,
    /// MyPivot alone.
    #[serde(rename = "codiceIPA", skip_serializing_if = "Option::is_none")]
    pub codice_ipa: Option<String>,
    /// Secim alone, as the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codice_cliente: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codice_istituto: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tipo_connettore: Option<TipoConnettore>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versione_csv: Option<String>,
    /// GovPay alone, in place of the version of the CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versione_zip: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email_indirizzi: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_allegato: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system_path: Option<String>,
    /// Codes of tipi pendenza, or [`TIPI_TUTTI`] alone. The API shows each with its description.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tipi_pendenza: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versione_api: Option<VersioneEnte>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contenuti: Vec<Contenuto>,
    /// Hours, one at least.
    #[serde(rename = "intervalloCreazioneTracciato", skip_serializing_if = "Option::is_none")]
    pub intervallo_ore: Option<u32>,
}

/// In a list of tipi pendenza: all of them.
pub const TIPI_TUTTI: &str = "*";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TipoConnettore {
    Email,
    FileSystem,
    Rest,
}

impl TipoConnettore {
    /// REST is of GovPay alone.
    pub const TUTTI: [Self; 3] = [Self::Email, Self::FileSystem, Self::Rest];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::FileSystem => "FILESYSTEM",
            Self::Rest => "REST",
        }
    }
}

/// What the REST delivery of GovPay sends, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Contenuto {
    Rpp,
    SintesiPagamenti,
    SintesiFlussiRendicontazione,
    FlussiRendicontazione,
}

impl Contenuto {
    /// In the order in which messages list them.
    pub const TUTTI: [Self; 4] = [Self::Rpp, Self::SintesiPagamenti, Self::SintesiFlussiRendicontazione, Self::FlussiRendicontazione];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Rpp => "RPP",
            Self::SintesiPagamenti => "SINTESI_PAGAMENTI",
            Self::SintesiFlussiRendicontazione => "SINTESI_FLUSSI_RENDICONTAZIONE",
            Self::FlussiRendicontazione => "FLUSSI_RENDICONTAZIONE",
        }
    }
}

/// How an export leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consegna<'a> {
    /// As an attachment, or as a link below the given address.
    Email {
        indirizzi: &'a [String],
        oggetto: Option<&'a str>,
        collegamento: Option<&'a str>,
    },
    FileSystem {
        cartella: &'a str,
    },
    Rest {
        url: &'a str,
        auth: Option<&'a Autenticazione>,
        contenuti: &'a [Contenuto],
    },
}

impl ConnettoreEsportazione {
    /// `None` when the connector is switched off.
    #[must_use]
    pub fn consegna(&self) -> Option<Consegna<'_>> {
        match self.tipo_connettore.filter(|_| self.abilitato)? {
            TipoConnettore::Email => Some(Consegna::Email {
                indirizzi: &self.email_indirizzi,
                oggetto: self.email_subject.as_deref(),
                collegamento: self.download_base_url.as_deref().filter(|_| self.email_allegato != Some(true)),
            }),
            TipoConnettore::FileSystem => self.file_system_path.as_deref().map(|cartella| Consegna::FileSystem { cartella }),
            TipoConnettore::Rest => self.url.as_deref().map(|url| Consegna::Rest { url, auth: self.auth.as_ref(), contenuti: &self.contenuti }),
        }
    }

    #[must_use]
    pub fn su_tipo(&self, tipo: &str) -> bool {
        self.tipi_pendenza.iter().any(|t| t == TIPI_TUTTI || t == tipo)
    }
}

/// Receipts told to Maggioli JPPA one by one. Address and credentials stay when it is switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnettoreMaggioli {
    pub abilitato: bool,
    /// Whether a report of what was told leaves by mail and in a folder: the five members that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invia_tracciato_esito: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_system_path: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub email_indirizzi: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_allegato: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Always Basic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
    /// Receipts up to here were told.
    #[serde(rename = "dataUltimaRT", skip_serializing_if = "Option::is_none")]
    pub data_ultima_rt: Option<DateTime<Utc>>,
}
