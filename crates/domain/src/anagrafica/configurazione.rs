//! The configuration that the back office writes: eight blocks, in the shape of the API (spec/2 section 2.15).
//!
//! [`Configurazione::default`] is what holds until somebody writes: a block is a row of the archive once it was put, never before.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::connettore::{Autenticazione, Segreto};
use super::tipo_pendenza::TracciatoCsv;

mod predefiniti;

/// Blocks of `configurazioni`, in the order of the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configurazione {
    pub giornale_eventi: GiornaleEventi,
    #[serde(rename = "servizioGDE")]
    pub servizio_gde: ServizioGde,
    pub tracciato_csv: TracciatoCsv,
    pub hardening: Hardening,
    pub mail_batch: MailBatch,
    pub avvisatura_mail: MessaggiAvvisatura,
    #[serde(rename = "avvisaturaAppIO")]
    pub avvisatura_app_io: MessaggiAvvisatura,
    #[serde(rename = "appIOBatch")]
    pub app_io_batch: AppIoBatch,
}

/// What is told to the giornale of each of our interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiornaleEventi {
    pub interfacce: Interfacce,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interfacce {
    pub api_ente: Interfaccia,
    pub api_pagamento: Interfaccia,
    pub api_ragioneria: Interfaccia,
    pub api_backoffice: Interfaccia,
    #[serde(rename = "apiPagoPA")]
    pub api_pago_pa: Interfaccia,
    pub api_pendenze: Interfaccia,
    #[serde(rename = "apiBackendIO")]
    pub api_backend_io: Interfaccia,
    #[serde(rename = "apiMaggioliJPPA")]
    pub api_maggioli_jppa: Interfaccia,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interfaccia {
    pub letture: Tracciamento,
    pub scritture: Tracciamento,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracciamento {
    /// Whether there is an event.
    pub log: Quando,
    /// Whether the event keeps request and answer.
    pub dump: Quando,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quando {
    #[serde(rename = "sempre")]
    Sempre,
    #[serde(rename = "mai")]
    Mai,
    #[serde(rename = "solo errore")]
    SoloErrore,
}

impl Quando {
    pub const TUTTI: [Self; 3] = [Self::Sempre, Self::Mai, Self::SoloErrore];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Sempre => "sempre",
            Self::Mai => "mai",
            Self::SoloErrore => "solo errore",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|q| q.nome() == nome)
    }

    /// Whether it holds for a call that ended so.
    #[must_use]
    pub const fn vale(self, errore: bool) -> bool {
        match self {
            Self::Sempre => true,
            Self::Mai => false,
            Self::SoloErrore => errore,
        }
    }
}

/// The external service that events are also told to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServizioGde {
    pub abilitato: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
}

/// Protection of what anybody may call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hardening {
    pub abilitato: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captcha: Option<Captcha>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Captcha {
    #[serde(rename = "serverURL")]
    pub server_url: String,
    pub site_key: String,
    pub secret_key: Segreto,
    /// From 0 to 1, as it was written: see [`Captcha::soglia`].
    pub soglia: Number,
    pub parametro: String,
    /// Whether nobody passes while the service is away.
    pub deny_on_fail: bool,
    /// Milliseconds.
    pub connection_timeout: u32,
    /// Milliseconds.
    pub read_timeout: u32,
}

impl Captcha {
    /// Lowest score of a person.
    #[must_use]
    pub fn soglia(&self) -> f64 {
        self.soglia.as_f64().unwrap_or(1.0)
    }
}

/// The server that mails leave through. Nothing of it is certain while it is switched off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailBatch {
    pub abilitato: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailserver: Option<Mailserver>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Mailserver {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Segreto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_timeout: Option<u32>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_timeout: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssl_config: Option<SslConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_tls: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SslConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abilitato: Option<bool>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub tipo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname_verifier: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truststore: Option<Keystore>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keystore: Option<Keystore>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Keystore {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub tipo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Segreto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_algorithm: Option<String>,
}

/// The texts of messages where a tipo pendenza has none of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessaggiAvvisatura {
    pub promemoria_avviso: Messaggio,
    pub promemoria_ricevuta: Messaggio,
    pub promemoria_scadenza: Messaggio,
}

impl MessaggiAvvisatura {
    /// The three, with their names.
    pub fn tutti(&self) -> [(&'static str, &Messaggio); 3] {
        [("promemoriaAvviso", &self.promemoria_avviso), ("promemoriaRicevuta", &self.promemoria_ricevuta), ("promemoriaScadenza", &self.promemoria_scadenza)]
    }
}

/// Members that a kind of message does not have are absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Messaggio {
    pub tipo: String,
    pub oggetto: String,
    pub messaggio: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allega_pdf: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solo_eseguiti: Option<bool>,
    /// Days before the expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preavviso: Option<u32>,
}

/// The service of App IO.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppIoBatch {
    pub abilitato: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_live: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Autenticazione>,
}

macro_rules! blocchi {
    ($($variante:ident($tipo:ty) $campo:ident $riga:literal $membro:literal),+ $(,)?) => {
        /// One block: what a write changes, what a row of the archive holds.
        #[derive(Clone, Debug, PartialEq)]
        pub enum BloccoConfigurazione {
            $($variante($tipo),)+
        }

        impl BloccoConfigurazione {
            /// Members of the API, in the order in which they are checked.
            pub const MEMBRI: [&'static str; 8] = [$($membro),+];

            /// Key of the row.
            #[must_use]
            pub const fn nome(&self) -> &'static str {
                match self { $(Self::$variante(_) => $riga,)+ }
            }

            /// What the row holds.
            #[must_use]
            pub fn valore(&self) -> Value {
                match self { $(Self::$variante(b) => serde_json::to_value(b),)+ }.unwrap_or_default()
            }

            /// From a row; a name of a later program is none of ours.
            pub fn da_riga(nome: &str, valore: &str) -> Result<Option<Self>, serde_json::Error> {
                Ok(match nome {
                    $($riga => Some(Self::$variante(serde_json::from_str(valore)?)),)+
                    _ => None,
                })
            }
        }

        impl Configurazione {
            pub fn metti(&mut self, blocco: BloccoConfigurazione) {
                match blocco { $(BloccoConfigurazione::$variante(b) => self.$campo = b,)+ }
            }
        }
    };
}

blocchi! {
    GiornaleEventi(GiornaleEventi) giornale_eventi "giornale_eventi" "giornaleEventi",
    ServizioGde(ServizioGde) servizio_gde "servizio_gde" "servizioGDE",
    TracciatoCsv(TracciatoCsv) tracciato_csv "tracciato_csv" "tracciatoCsv",
    Hardening(Hardening) hardening "hardening" "hardening",
    MailBatch(MailBatch) mail_batch "mail_batch" "mailBatch",
    AvvisaturaMail(MessaggiAvvisatura) avvisatura_mail "avvisatura_mail" "avvisaturaMail",
    AvvisaturaAppIo(MessaggiAvvisatura) avvisatura_app_io "avvisatura_app_io" "avvisaturaAppIO",
    AppIoBatch(AppIoBatch) app_io_batch "app_io_batch" "appIOBatch",
}

impl BloccoConfigurazione {
    /// Every Freemarker template, with the path of its field.
    #[must_use]
    pub fn modelli(&self) -> Vec<(String, &str)> {
        let messaggi = |nome: &str, m: &'_ MessaggiAvvisatura| -> Vec<String> {
            m.tutti().iter().flat_map(|(quale, _)| [format!("{nome}.{quale}.oggetto"), format!("{nome}.{quale}.messaggio")]).collect()
        };
        match self {
            Self::TracciatoCsv(t) => t.modelli().collect(),
            Self::AvvisaturaMail(m) => messaggi("avvisaturaMail", m).into_iter().zip(testi(m)).collect(),
            Self::AvvisaturaAppIo(m) => messaggi("avvisaturaAppIO", m).into_iter().zip(testi(m)).collect(),
            _ => Vec::new(),
        }
    }
}

fn testi(m: &MessaggiAvvisatura) -> impl Iterator<Item = &str> {
    m.tutti().into_iter().flat_map(|(_, m)| [m.oggetto.as_str(), m.messaggio.as_str()])
}
