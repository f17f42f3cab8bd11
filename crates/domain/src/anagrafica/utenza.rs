//! Logins: who may do what, and where (spec/1 section 14, spec/2 section 1).

use codici::IdDominio;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use super::connettore::ConnettoreEnte;
use super::gestore::EspressioneIuv;

/// The services that rights are given on (spec/1 section 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Servizio {
    #[serde(rename = "Anagrafica PagoPA")]
    AnagraficaPagoPa,
    #[serde(rename = "Anagrafica Creditore")]
    AnagraficaCreditore,
    #[serde(rename = "Anagrafica Applicazioni")]
    AnagraficaApplicazioni,
    #[serde(rename = "Anagrafica Ruoli")]
    AnagraficaRuoli,
    Pagamenti,
    Pendenze,
    #[serde(rename = "Rendicontazioni e Incassi")]
    RendicontazioniEIncassi,
    #[serde(rename = "Giornale degli Eventi")]
    GiornaleDegliEventi,
    #[serde(rename = "Configurazione e manutenzione")]
    ConfigurazioneEManutenzione,
    #[serde(rename = "API Pagamenti")]
    ApiPagamenti,
    #[serde(rename = "API Pendenze")]
    ApiPendenze,
    #[serde(rename = "API Ragioneria")]
    ApiRagioneria,
}

impl Servizio {
    pub const TUTTI: [Self; 12] = [
        Self::AnagraficaPagoPa,
        Self::AnagraficaCreditore,
        Self::AnagraficaApplicazioni,
        Self::AnagraficaRuoli,
        Self::Pagamenti,
        Self::Pendenze,
        Self::RendicontazioniEIncassi,
        Self::GiornaleDegliEventi,
        Self::ConfigurazioneEManutenzione,
        Self::ApiPagamenti,
        Self::ApiPendenze,
        Self::ApiRagioneria,
    ];

    /// The nine that `acl` members may name; the other three are booleans of an applicazione (spec/2 section 1.4).
    pub const BACKOFFICE: [Self; 9] = [
        Self::AnagraficaPagoPa,
        Self::AnagraficaCreditore,
        Self::AnagraficaApplicazioni,
        Self::AnagraficaRuoli,
        Self::Pagamenti,
        Self::Pendenze,
        Self::RendicontazioniEIncassi,
        Self::GiornaleDegliEventi,
        Self::ConfigurazioneEManutenzione,
    ];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::AnagraficaPagoPa => "Anagrafica PagoPA",
            Self::AnagraficaCreditore => "Anagrafica Creditore",
            Self::AnagraficaApplicazioni => "Anagrafica Applicazioni",
            Self::AnagraficaRuoli => "Anagrafica Ruoli",
            Self::Pagamenti => "Pagamenti",
            Self::Pendenze => "Pendenze",
            Self::RendicontazioniEIncassi => "Rendicontazioni e Incassi",
            Self::GiornaleDegliEventi => "Giornale degli Eventi",
            Self::ConfigurazioneEManutenzione => "Configurazione e manutenzione",
            Self::ApiPagamenti => "API Pagamenti",
            Self::ApiPendenze => "API Pendenze",
            Self::ApiRagioneria => "API Ragioneria",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.nome() == nome)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Diritto {
    #[serde(rename = "R")]
    Lettura,
    #[serde(rename = "W")]
    Scrittura,
}

impl Diritto {
    pub const TUTTI: [Self; 2] = [Self::Lettura, Self::Scrittura];

    #[must_use]
    pub const fn sigla(self) -> &'static str {
        match self {
            Self::Lettura => "R",
            Self::Scrittura => "W",
        }
    }
}

/// Rights on one service, in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    pub servizio: Servizio,
    pub autorizzazioni: Vec<Diritto>,
}

impl Acl {
    /// R and W on each.
    #[must_use]
    pub fn piene(servizi: &[Servizio]) -> Vec<Self> {
        servizi.iter().map(|s| Self { servizio: *s, autorizzazioni: Diritto::TUTTI.to_vec() }).collect()
    }

    /// W does not imply R (spec/2 section 1.4).
    #[must_use]
    pub fn concede(acl: &[Self], servizio: Servizio, diritto: Diritto) -> bool {
        acl.iter().any(|a| a.servizio == servizio && a.autorizzazioni.contains(&diritto))
    }
}

/// A named set of rights. There is nothing else in a ruolo (spec/2 section 1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruolo {
    pub cod: String,
    pub acl: Vec<Acl>,
}

/// A login with what it may reach. Domini and tipi: `None` is all, an empty set is none. Sets keep the order in which they were given.
#[derive(Clone)]
pub struct Utenza {
    /// Name of a user, subject of a certificate, value of a header: how the caller presents itself.
    pub principal: String,
    /// Argon2 (PHC string), or the unix crypt of an older installation (`$6$`, `$1$`).
    pub password_hash: Option<String>,
    pub abilitata: bool,
    pub domini: Option<IndexMap<IdDominio, AmbitoUo>>,
    pub tipi_pendenza: Option<IndexSet<String>>,
    pub acl: Vec<Acl>,
    /// Names of ruoli; one that does not exist gives nothing.
    pub ruoli: Vec<String>,
}

/// Which unità operative of a dominio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmbitoUo {
    Tutte,
    Solo(IndexSet<String>),
}

impl Utenza {
    /// Enabled, on all domini and tipi, with R and W on these services.
    #[must_use]
    pub fn piena(principal: &str, password_hash: Option<String>, servizi: &[Servizio]) -> Self {
        Self { principal: principal.to_owned(), password_hash, abilitata: true, domini: None, tipi_pendenza: None, acl: Acl::piene(servizi), ruoli: Vec::new() }
    }

    /// Check 3: a request without unità operativa needs the dominio alone.
    #[must_use]
    pub fn su_uo(&self, dominio: &IdDominio, uo: Option<&str>) -> bool {
        match &self.domini {
            None => true,
            Some(domini) => match (domini.get(dominio), uo) {
                (None, _) => false,
                (Some(AmbitoUo::Tutte), _) | (Some(AmbitoUo::Solo(_)), None) => true,
                (Some(AmbitoUo::Solo(elenco)), Some(uo)) => elenco.contains(uo),
            },
        }
    }

    #[must_use]
    pub fn su_dominio(&self, dominio: &IdDominio) -> bool {
        self.domini.as_ref().is_none_or(|d| d.contains_key(dominio))
    }

    #[must_use]
    pub fn su_tipo(&self, tipo: &str) -> bool {
        self.tipi_pendenza.as_ref().is_none_or(|t| t.contains(tipo))
    }
}

impl std::fmt::Debug for Utenza {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Utenza").field("principal", &self.principal).field("abilitata", &self.abilitata).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub struct Applicazione {
    pub cod: String,
    pub principal: String,
    /// Feeds `%(a)` of the IUV prefix.
    pub codifica_iuv: Option<String>,
    /// Which IUVs it manages; matched against the whole IUV.
    pub reg_exp_iuv: Option<EspressioneIuv>,
    /// The applicazione numbers its notices itself, inside `reg_exp_iuv`.
    pub generazione_iuv_interna: bool,
    /// Where a browser goes after a payment whose request said nothing (Web Connector). A field of ours.
    pub url_ritorno: Option<String>,
    /// May use any tipo pendenza (autodeterminazione).
    pub autodeterminazione: bool,
    pub connettore: Option<ConnettoreEnte>,
}

impl Applicazione {
    /// Without codifica, autodeterminazione or connettore.
    #[must_use]
    pub fn nuova(cod: &str, principal: &str) -> Self {
        Self {
            cod: cod.to_owned(),
            principal: principal.to_owned(),
            codifica_iuv: None,
            reg_exp_iuv: None,
            generazione_iuv_interna: false,
            url_ritorno: None,
            autodeterminazione: false,
            connettore: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operatore {
    pub principal: String,
    /// `ragioneSociale` of the API.
    pub nome: String,
}
