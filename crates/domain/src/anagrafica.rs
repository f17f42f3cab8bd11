//! Who exists and what each may do: an immutable snapshot with a version.
//!
//! Everything is behind an `Arc` per entity, so that a reload replaces only what changed. Logos and template sources stay out of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use codici::iuv::Numerazione;
use codici::{AuxDigit, IdDominio};
use regex::Regex;

use crate::pendenza::TipoContabilita;

/// The entrata that a dominio must have to sell digital stamps (spec/1 section 6.5).
pub const ENTRATA_BOLLO: &str = "BOLLOT";

#[derive(Clone, Debug)]
pub struct Intermediario {
    pub cod: String,
    pub denominazione: String,
    /// Who may call the station in its name: user of basic authentication, subject of the certificate, value of the header.
    pub principal: Option<String>,
    pub abilitato: bool,
}

/// Per station: what to answer to a receipt that we already have, or whose notice we do not know (ARCHITECTURE, "Decisions").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RicevutaRipetuta {
    Duplicata,
    Ok,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RicevutaIgnota {
    Ok,
    Rifiuta,
}

#[derive(Clone, Debug)]
pub struct Stazione {
    pub cod: String,
    pub intermediario: String,
    /// 0 to 99, for aux digit 0.
    pub application_code: u8,
    pub abilitata: bool,
    pub ricevuta_ripetuta: RicevutaRipetuta,
    pub ricevuta_ignota: RicevutaIgnota,
}

/// Address and contacts of a dominio or of a unità operativa.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recapiti {
    pub indirizzo: Option<String>,
    pub civico: Option<String>,
    pub cap: Option<String>,
    pub localita: Option<String>,
    pub provincia: Option<String>,
    pub nazione: Option<String>,
    pub email: Option<String>,
    pub pec: Option<String>,
    pub tel: Option<String>,
    pub fax: Option<String>,
    pub web: Option<String>,
    pub area: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Dominio {
    pub cod: IdDominio,
    pub ragione_sociale: String,
    /// Absent for a dominio that is not intermediated: it can only be a secondary creditor.
    pub stazione: Option<String>,
    pub aux_digit: AuxDigit,
    pub segregation_code: Option<u8>,
    pub iuv_prefix: Option<String>,
    pub gln: Option<String>,
    pub cbill: Option<String>,
    pub aut_stampa_poste: Option<String>,
    pub intermediato: bool,
    pub abilitato: bool,
    pub recapiti: Recapiti,
}

#[derive(Clone, Debug)]
pub struct UnitaOperativa {
    pub cod: String,
    pub ragione_sociale: Option<String>,
    pub abilitata: bool,
    pub recapiti: Recapiti,
}

#[derive(Clone, Debug)]
pub struct ContoAccredito {
    pub iban: String,
    pub bic: Option<String>,
    pub postale: bool,
    pub abilitato: bool,
    pub intestatario: Option<String>,
    pub aut_stampa_poste: Option<String>,
}

/// An entrata of a dominio, with the contabilità of its tipo already filled in where it has none of its own.
#[derive(Clone, Debug)]
pub struct Entrata {
    pub cod: String,
    pub descrizione: String,
    pub iban_accredito: Option<String>,
    pub iban_appoggio: Option<String>,
    pub tipo_contabilita: Option<TipoContabilita>,
    pub codice_contabilita: Option<String>,
    pub abilitata: bool,
}

#[derive(Clone, Debug)]
pub struct TipoPendenza {
    pub cod: String,
    pub descrizione: String,
    pub codifica_iuv: Option<String>,
    pub abilitato: bool,
}

/// What a dominio says otherwise of a tipo pendenza.
#[derive(Clone, Debug)]
pub struct TipoPendenzaDominio {
    pub codifica_iuv: Option<String>,
    pub abilitato: Option<bool>,
}

/// Version of the API that the ente's application exposes to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersioneEnte {
    V1,
    V2,
}

/// How we present ourselves to the application of the ente.
#[derive(Clone, PartialEq, Eq)]
pub enum Autenticazione {
    Nessuna,
    Basic { utente: String, password: String },
    Header { nome: String, valore: String },
}

impl std::fmt::Debug for Autenticazione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nessuna => "Nessuna",
            Self::Basic { .. } => "Basic(***)",
            Self::Header { .. } => "Header(***)",
        })
    }
}

#[derive(Clone, Debug)]
pub struct ConnettoreEnte {
    pub url: String,
    pub versione: VersioneEnte,
    pub autenticazione: Autenticazione,
}

#[derive(Clone, Debug)]
pub struct Applicazione {
    pub cod: String,
    pub principal: String,
    /// Feeds `%(a)` of the IUV prefix.
    pub codifica_iuv: Option<String>,
    /// Which IUVs it manages; matched against the whole IUV.
    pub reg_exp_iuv: Option<Regex>,
    /// May use any tipo pendenza (autodeterminazione).
    pub autodeterminazione: bool,
    pub connettore: Option<ConnettoreEnte>,
}

#[derive(Clone, Debug)]
pub struct Operatore {
    pub principal: String,
    pub nome: String,
}

/// The services that rights are given on (spec/1 section 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Servizio {
    AnagraficaPagoPa,
    AnagraficaCreditore,
    AnagraficaApplicazioni,
    AnagraficaRuoli,
    Pagamenti,
    Pendenze,
    RendicontazioniEIncassi,
    GiornaleDegliEventi,
    ConfigurazioneEManutenzione,
    ApiPagamenti,
    ApiPendenze,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Diritto {
    Lettura,
    Scrittura,
}

/// A login with what it may reach. Domini and tipi: `None` is all, an empty set is none.
#[derive(Clone)]
pub struct Utenza {
    pub principal: String,
    pub password_hash: Option<String>,
    pub abilitata: bool,
    pub domini: Option<HashMap<IdDominio, AmbitoUo>>,
    pub tipi_pendenza: Option<HashSet<String>>,
    pub acl: HashSet<(Servizio, Diritto)>,
}

/// Which unità operative of a dominio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmbitoUo {
    Tutte,
    Solo(HashSet<String>),
}

impl Utenza {
    /// W does not imply R: any of the wanted rights opens (spec/1 section 14, check 1).
    #[must_use]
    pub fn puo(&self, servizio: Servizio, diritto: Diritto) -> bool {
        self.acl.contains(&(servizio, diritto))
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

type Tabella<K, V> = HashMap<K, Arc<V>>;

/// The whole anagrafica as of `versione`.
#[derive(Clone, Debug, Default)]
pub struct Anagrafica {
    /// Grows with every write; two snapshots of one version are equal.
    pub versione: i64,
    pub intermediari: Tabella<String, Intermediario>,
    pub stazioni: Tabella<String, Stazione>,
    pub domini: Tabella<IdDominio, Dominio>,
    pub unita_operative: Tabella<(IdDominio, String), UnitaOperativa>,
    pub conti: Tabella<(IdDominio, String), ContoAccredito>,
    pub entrate: Tabella<(IdDominio, String), Entrata>,
    pub tipi_pendenza: Tabella<String, TipoPendenza>,
    pub tipi_pendenza_dominio: Tabella<(IdDominio, String), TipoPendenzaDominio>,
    pub applicazioni: Tabella<String, Applicazione>,
    pub operatori: Tabella<String, Operatore>,
    pub utenze: Tabella<String, Utenza>,
    /// Principal of an applicazione to its code.
    pub applicazione_per_principal: HashMap<String, String>,
}

impl Anagrafica {
    #[must_use]
    pub fn dominio(&self, dominio: &IdDominio) -> Option<&Arc<Dominio>> {
        self.domini.get(dominio)
    }

    #[must_use]
    pub fn conto(&self, dominio: &IdDominio, iban: &str) -> Option<&Arc<ContoAccredito>> {
        self.conti.get(&(dominio.clone(), iban.to_owned()))
    }

    #[must_use]
    pub fn entrata(&self, dominio: &IdDominio, cod: &str) -> Option<&Arc<Entrata>> {
        self.entrate.get(&(dominio.clone(), cod.to_owned()))
    }

    #[must_use]
    pub fn unita_operativa(&self, dominio: &IdDominio, cod: &str) -> Option<&Arc<UnitaOperativa>> {
        self.unita_operative.get(&(dominio.clone(), cod.to_owned()))
    }

    #[must_use]
    pub fn applicazione_di(&self, principal: &str) -> Option<&Arc<Applicazione>> {
        self.applicazione_per_principal.get(principal).and_then(|cod| self.applicazioni.get(cod))
    }

    /// How a dominio numbers its avvisi; `None` when its configuration lacks what its aux digit needs.
    #[must_use]
    pub fn numerazione(&self, dominio: &Dominio) -> Option<Numerazione> {
        match dominio.aux_digit {
            AuxDigit::Zero => {
                let stazione = dominio.stazione.as_ref().and_then(|s| self.stazioni.get(s))?;
                Some(Numerazione::Aux0 { application_code: stazione.application_code })
            }
            AuxDigit::Uno => Some(Numerazione::Aux1),
            AuxDigit::Due => Some(Numerazione::Aux2),
            AuxDigit::Tre => dominio.segregation_code.map(|segregation_code| Numerazione::Aux3 { segregation_code }),
        }
    }

    /// The codifica IUV of a tipo pendenza, the dominio's first.
    #[must_use]
    pub fn codifica_iuv_tipo(&self, dominio: &IdDominio, tipo: &str) -> Option<&str> {
        self.tipi_pendenza_dominio
            .get(&(dominio.clone(), tipo.to_owned()))
            .and_then(|t| t.codifica_iuv.as_deref())
            .or_else(|| self.tipi_pendenza.get(tipo).and_then(|t| t.codifica_iuv.as_deref()))
    }
}
