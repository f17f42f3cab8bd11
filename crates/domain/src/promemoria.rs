//! A message that waits to be sent to a debtor (spec/2 section 2.14, spec/3 section 5).

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tipo {
    Avviso,
    Scadenza,
    Ricevuta,
}

impl Tipo {
    pub const TUTTI: [Self; 3] = [Self::Avviso, Self::Scadenza, Self::Ricevuta];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Avviso => "AVVISO_PAGAMENTO",
            Self::Scadenza => "SCADENZA_AVVISO_PAGAMENTO",
            Self::Ricevuta => "RICEVUTA_TELEMATICA",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.codice() == codice)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stato {
    Spedito,
    DaSpedire,
    Annullato,
    Fallito,
}

impl Stato {
    pub const TUTTI: [Self; 4] = [Self::Spedito, Self::DaSpedire, Self::Annullato, Self::Fallito];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Spedito => "SPEDITO",
            Self::DaSpedire => "DA_SPEDIRE",
            Self::Annullato => "ANNULLATO",
            Self::Fallito => "FALLITO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == codice)
    }
}
