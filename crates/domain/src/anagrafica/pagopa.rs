//! How we stand towards pagoPA: intermediari and stazioni.

use std::sync::Arc;

use super::connettore::{ConnettoriIntermediario, Segreto};

#[derive(Clone, Debug, PartialEq)]
pub struct Intermediario {
    pub cod: String,
    pub denominazione: String,
    /// Who may call the station in its name: user of basic authentication, subject of the certificate, value of the header.
    pub principal: Option<String>,
    pub abilitato: bool,
    pub connettori: Arc<ConnettoriIntermediario>,
}

impl Intermediario {
    /// Enabled, without connectors.
    #[must_use]
    pub fn nuovo(cod: &str, denominazione: &str, principal: &str) -> Self {
        let (cod, denominazione, principal) = (cod.to_owned(), denominazione.to_owned(), Some(principal.to_owned()));
        Self { cod, denominazione, principal, abilitato: true, connettori: Arc::default() }
    }
}

/// Per station: what to answer to a receipt that we already have, or whose notice we do not know (ARCHITECTURE, "Decisions").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RicevutaRipetuta {
    #[default]
    Duplicata,
    Ok,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RicevutaIgnota {
    #[default]
    Ok,
    Rifiuta,
}

/// V2 is the "modello unico", without a password (spec/2 section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersioneStazione {
    V1,
    V2,
}

impl VersioneStazione {
    pub const TUTTE: [Self; 2] = [Self::V1, Self::V2];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V2 => "V2",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|v| v.nome() == nome)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stazione {
    pub cod: String,
    pub intermediario: String,
    /// 1 to 99, for aux digit 0: the two digits after the underscore.
    pub application_code: u8,
    pub abilitata: bool,
    pub versione: VersioneStazione,
    /// What the node of the older model wants to hear in every RPT.
    pub password: Option<Segreto>,
    pub ricevuta_ripetuta: RicevutaRipetuta,
    pub ricevuta_ignota: RicevutaIgnota,
}

impl Stazione {
    /// Enabled, V2, with the usual answers to receipts.
    #[must_use]
    pub fn nuova(cod: &str, intermediario: &str, application_code: u8) -> Self {
        Self {
            cod: cod.to_owned(),
            intermediario: intermediario.to_owned(),
            application_code,
            abilitata: true,
            versione: VersioneStazione::V2,
            password: None,
            ricevuta_ripetuta: RicevutaRipetuta::default(),
            ricevuta_ignota: RicevutaIgnota::default(),
        }
    }
}
