use domain::Rifiuto;
use domain::rifiuto::Codice;
use ente::{Domanda, ErroreVerifica, StatoNonPagabile};
use store::ErroreStore;

use crate::Errore;

/// Why there is no position to use. As an [`Errore`] it is what REST callers are told (spec/1 section 11.3); the station has faults for it
/// (spec/3 section 1.5); readers of avvisi say that they do not know it.
#[derive(Debug, thiserror::Error)]
pub enum ErroreRicerca {
    /// It is not here and no application answers for its IUV.
    #[error("nessuna applicazione risponde per l'avviso")]
    SenzaApplicazione,
    /// The application that answers for it has no connettore, or is no longer there.
    #[error("l'applicazione non ha un connettore")]
    SenzaConnettore,
    /// The ente says so; `descrizione` may name people.
    #[error("{}", .descrizione.as_deref().unwrap_or(.stato.fault()))]
    NonPagabile { stato: StatoNonPagabile, descrizione: Option<String> },
    /// The answer breaks its contract: `motivo` is the bare reason, `testo` the sentence with the names of who was asked for what.
    #[error("{motivo}")]
    NonValida { motivo: String, testo: String },
    /// No answer, or an HTTP error.
    #[error("{motivo}")]
    Fallita { motivo: String, testo: String },
    /// A good position that a rule of the load refuses.
    #[error("{}", .0.dettaglio())]
    NonCaricabile(Rifiuto),
    /// Not the ente: ours.
    #[error(transparent)]
    Guasto(Errore),
}

impl ErroreRicerca {
    pub(super) fn della_verifica(domanda: &Domanda<'_>, applicazione: &str, errore: &ErroreVerifica) -> Self {
        let testo = domanda.fallita(applicazione, errore);
        match errore {
            ErroreVerifica::NonValida { motivo } => Self::NonValida { motivo: motivo.clone(), testo },
            altro => Self::Fallita { motivo: altro.to_string(), testo },
        }
    }

    pub(crate) fn del_caricamento(errore: Errore) -> Self {
        match errore {
            Errore::Rifiuto(rifiuto) => Self::NonCaricabile(rifiuto),
            altro => Self::Guasto(altro),
        }
    }

    /// A word of the ente against the payment, or a failure of ours: no choice of an installation goes past it.
    pub(super) const fn ferma_sempre(&self) -> bool {
        match self {
            Self::NonPagabile { stato, .. } => !matches!(stato, StatoNonPagabile::Sconosciuta),
            Self::Guasto(_) => true,
            Self::SenzaApplicazione | Self::SenzaConnettore | Self::NonValida { .. } | Self::Fallita { .. } | Self::NonCaricabile(_) => false,
        }
    }

    /// For logs: which case, and nothing of the position.
    #[must_use]
    pub const fn nome(&self) -> &'static str {
        match self {
            Self::SenzaApplicazione => "SENZA_APPLICAZIONE",
            Self::SenzaConnettore => "SENZA_CONNETTORE",
            Self::NonPagabile { stato, .. } => nome_stato(*stato),
            Self::NonValida { .. } => "PENDENZA_NON_VALIDA",
            Self::Fallita { .. } => "ENTE_NON_RISPONDE",
            Self::NonCaricabile(_) => "PENDENZA_NON_CARICABILE",
            Self::Guasto(_) => "GUASTO",
        }
    }
}

/// The constants of the giornale (spec/3 section 3.2).
pub(super) const fn nome_stato(stato: StatoNonPagabile) -> &'static str {
    match stato {
        StatoNonPagabile::Annullata => "PENDENZA_ANNULLATA",
        StatoNonPagabile::Scaduta => "PENDENZA_SCADUTA",
        StatoNonPagabile::Duplicata => "PENDENZA_DUPLICATA",
        StatoNonPagabile::Sconosciuta => "PENDENZA_SCONOSCIUTA",
    }
}

impl From<Errore> for ErroreRicerca {
    fn from(errore: Errore) -> Self {
        Self::Guasto(errore)
    }
}

impl From<ErroreStore> for ErroreRicerca {
    fn from(errore: ErroreStore) -> Self {
        Self::Guasto(errore.into())
    }
}

impl From<ErroreRicerca> for Errore {
    fn from(errore: ErroreRicerca) -> Self {
        let codice = match errore {
            ErroreRicerca::SenzaApplicazione => Codice::Ver008,
            ErroreRicerca::SenzaConnettore => Codice::Ver011,
            ErroreRicerca::NonPagabile { stato, .. } => match stato {
                StatoNonPagabile::Scaduta => Codice::Ver010,
                StatoNonPagabile::Sconosciuta => Codice::Ver011,
                StatoNonPagabile::Duplicata => Codice::Ver012,
                StatoNonPagabile::Annullata => Codice::Ver013,
            },
            ErroreRicerca::NonValida { testo, .. } => return Rifiuto::Interno(testo).into(),
            ErroreRicerca::Fallita { testo, .. } => return Rifiuto::Ente(testo).into(),
            ErroreRicerca::NonCaricabile(rifiuto) => return rifiuto.into(),
            ErroreRicerca::Guasto(errore) => return errore,
        };
        Rifiuto::from(codice).into()
    }
}
