//! Would this notice be payable now, and if not by which rule: the guards of the station one by one, with the values that they compared, and what the node
//! would hear (spec/3 sections 1.3 to 1.7).
//!
//! The rules are not here: each step calls what the station calls. Nothing is stored, also when the ente is asked.

mod guardie;

use chrono::{DateTime, Utc};
use codici::{IdDominio, NumeroAvviso};
use domain::anagrafica::{SeEnteNonRisponde, VersioneEnte};
use domain::pendenza::Pendenza;
use pagopa::messaggi::DatiVerifica;
use pagopa::{Fault, Operazione};

/// What is asked about.
#[derive(Clone, Debug)]
pub enum Quale {
    /// A notice, loaded or not.
    Avviso(IdDominio, NumeroAvviso),
    /// A position that is here.
    Pendenza(Box<Pendenza>),
}

/// One guard and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardia {
    pub regola: &'static str,
    pub verdetto: Verdetto,
    /// What was compared, by name.
    pub confronto: Vec<(&'static str, String)>,
    pub spiegazione: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdetto {
    Passa,
    Ferma,
    /// Only the ente could say, and it was not asked.
    Sospesa,
}

impl Verdetto {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Passa => "PASSA",
            Self::Ferma => "FERMA",
            Self::Sospesa => "SOSPESA",
        }
    }
}

/// What the node would hear of paVerifyPaymentNotice.
#[derive(Clone, Debug)]
pub enum Sentirebbe {
    Si(Box<DatiVerifica>),
    No(Fault),
    /// It depends on the answer of the ente.
    SecondoLEnte,
}

/// One application before the notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risponde {
    pub id_a2a: String,
    pub su_dominio: bool,
    pub reg_exp: Option<String>,
    pub riconosce: Option<bool>,
    pub versione: Option<VersioneEnte>,
    /// It is the one that is asked.
    pub scelta: bool,
}

/// What the ente said, when it was asked.
#[derive(Clone, Debug)]
pub struct Detto {
    pub domanda: &'static str,
    /// `NON_ESEGUITA`, or the case of the giornale.
    pub esito: &'static str,
    pub descrizione: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Perche {
    pub istante: DateTime<Utc>,
    pub dominio: IdDominio,
    pub numero_avviso: NumeroAvviso,
    pub guardie: Vec<Guardia>,
    pub sentirebbe: Sentirebbe,
    /// The activation that would follow, by version: no fault when it would be given.
    pub attivazioni: Vec<(Operazione, Option<Fault>)>,
    pub risponde: Vec<Risponde>,
    pub se_ente_non_risponde: Option<SeEnteNonRisponde>,
    pub ente: Option<Detto>,
    /// As it is in the archive.
    pub pendenza: Option<Pendenza>,
    /// As the answer of the ente would have made it.
    pub si_salverebbe: Option<Pendenza>,
}

impl Perche {
    /// `None` when only the ente could say.
    #[must_use]
    pub fn pagabile(&self) -> Option<bool> {
        match self.sentirebbe {
            Sentirebbe::Si(_) => Some(self.attivazioni.iter().any(|(_, fault)| fault.is_none())),
            Sentirebbe::No(_) => Some(false),
            Sentirebbe::SecondoLEnte => None,
        }
    }

    /// The guard that stops it.
    #[must_use]
    pub fn ferma(&self) -> Option<&Guardia> {
        self.guardie.iter().find(|g| g.verdetto == Verdetto::Ferma)
    }

    /// The application that owns the position, else the one that is asked about the notice.
    #[must_use]
    pub fn id_a2a(&self) -> Option<&str> {
        self.pendenza.as_ref().map(|p| p.id_a2a.as_str()).or_else(|| self.risponde.iter().find(|r| r.scelta).map(|r| r.id_a2a.as_str()))
    }

    fn passa(&mut self, regola: &'static str, confronto: Vec<(&'static str, String)>, spiegazione: impl Into<String>) {
        self.nota(regola, Verdetto::Passa, confronto, spiegazione);
    }

    fn nota(&mut self, regola: &'static str, verdetto: Verdetto, confronto: Vec<(&'static str, String)>, spiegazione: impl Into<String>) {
        self.guardie.push(Guardia { regola, verdetto, confronto, spiegazione: spiegazione.into() });
    }

    fn ferma_con(&mut self, regola: &'static str, confronto: Vec<(&'static str, String)>, fault: Fault) {
        let spiegazione = fault.descrizione.clone().unwrap_or_else(|| fault.codice.testo().to_owned());
        self.nota(regola, Verdetto::Ferma, confronto, spiegazione);
        self.sentirebbe = Sentirebbe::No(fault);
    }
}
