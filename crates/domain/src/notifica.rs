//! What the application of the ente is told of its payments, and when again after a failure (spec/3 section 4).

use chrono::{DateTime, Duration, Utc};

use crate::anagrafica::VersioneEnte;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tipo {
    Attivazione,
    Ricevuta,
    /// In migrated archives only: found in the queue, it is annulled.
    Annullamento,
    Fallimento,
}

impl Tipo {
    pub const TUTTI: [Self; 4] = [Self::Attivazione, Self::Ricevuta, Self::Annullamento, Self::Fallimento];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Attivazione => "ATTIVAZIONE",
            Self::Ricevuta => "RICEVUTA",
            Self::Annullamento => "ANNULLAMENTO",
            Self::Fallimento => "FALLIMENTO",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|t| t.codice() == codice)
    }

    /// v1 hears of both, v2 of receipts alone.
    #[must_use]
    pub const fn gradita(self, versione: VersioneEnte) -> bool {
        matches!((self, versione), (Self::Ricevuta, _) | (Self::Attivazione, VersioneEnte::V1))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stato {
    DaSpedire,
    Spedita,
    Annullata,
}

impl Stato {
    pub const TUTTI: [Self; 3] = [Self::DaSpedire, Self::Spedita, Self::Annullata];

    /// As the API Backoffice shows it.
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::DaSpedire => "DA_SPEDIRE",
            Self::Spedita => "SPEDITA",
            Self::Annullata => "ANNULLATA",
        }
    }

    #[must_use]
    pub fn leggi(codice: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == codice)
    }
}

pub const DESCRIZIONE_SENZA_CONNETTORE: &str = "Connettore Notifica non configurato, notifica annullata.";
/// Characters of the last error that are kept.
pub const CARATTERI_DESCRIZIONE_MAX: usize = 255;

/// After the n-th failure: n squared minutes, at most 24 hours, without end.
#[must_use]
pub fn prossimo_tentativo(adesso: DateTime<Utc>, falliti: u32) -> DateTime<Utc> {
    let minuti = i64::from(falliti).saturating_mul(i64::from(falliti)).clamp(1, 24 * 60);
    adesso + Duration::minutes(minuti)
}

/// The text of an error, cut at 252 characters and three dots.
#[must_use]
pub fn descrizione_errore(testo: &str) -> String {
    if testo.chars().count() <= CARATTERI_DESCRIZIONE_MAX {
        return testo.to_owned();
    }
    format!("{}...", testo.chars().take(CARATTERI_DESCRIZIONE_MAX - 3).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_tentativi_si_allontanano_fino_a_un_giorno() {
        let adesso = DateTime::UNIX_EPOCH;
        let minuti = |n| (prossimo_tentativo(adesso, n) - adesso).num_minutes();
        assert_eq!([1, 2, 3, 10, 38, 1000].map(minuti), [1, 4, 9, 100, 1440, 1440]);
        assert_eq!(minuti(u32::MAX), 1440);
    }
}
