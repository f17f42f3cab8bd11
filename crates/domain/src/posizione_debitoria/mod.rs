//! The position as pagoPA's archives keep it: GPD for the enti of the asynchronous mode, who pays from there, and ACA for those of the synchronous mode, the
//! copy that Stand In pays from (spec/4 sections 1.1, 1.2 and 3).
//!
//! Ours is always the master: an archive is brought to what ours says, one [`Mossa`] at a time.
//!
//! - [`composizione`]: what a pendenza becomes;
//! - [`controlli`]: what the archives refuse, refused here before the call;
//! - [`allineamento`]: what to do next, from what is wanted and what is known;
//! - [`massivo`]: many at a time, by file.

pub mod allineamento;
pub mod composizione;
pub mod controlli;
pub mod massivo;

use chrono::{DateTime, Utc};
use codici::{AuxDigit, Importo, Iuv, NumeroAvviso};

pub use allineamento::{Fine, Mossa, Noto, Scopo, mossa};
pub use composizione::{Opzioni, Volere, volere};
pub use controlli::{Violazione, controlla};

use crate::Soggetto;
use crate::anagrafica::Dominio;
use crate::attivazione::Trasferimento;

/// Who answers the node for a position. It is the segregation code that says it (spec/4 section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Modalita {
    /// Our station; the position is conferred to ACA.
    Sincrona,
    /// GPD.
    Asincrona,
}

impl Modalita {
    pub const TUTTE: [Self; 2] = [Self::Sincrona, Self::Asincrona];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Sincrona => "SINCRONA",
            Self::Asincrona => "ASINCRONA",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|m| m.codice() == testo)
    }

    /// Only numbers of aux digit 3 carry a segregation code.
    #[must_use]
    pub fn di(avviso: &NumeroAvviso, dominio: &Dominio) -> Self {
        let con_segregazione = AuxDigit::leggi(avviso.aux_digit()) == Some(AuxDigit::Tre);
        if con_segregazione && dominio.segregazioni_asincrone.contains(&avviso.codice()) { Self::Asincrona } else { Self::Sincrona }
    }
}

/// State of a position in the archive, as v1 of the service tells it (spec/4 section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatoRemoto {
    Draft,
    Published,
    Valid,
    Invalid,
    Expired,
    PartiallyPaid,
    Paid,
    Reported,
}

impl StatoRemoto {
    pub const TUTTI: [Self; 8] = [Self::Draft, Self::Published, Self::Valid, Self::Invalid, Self::Expired, Self::PartiallyPaid, Self::Paid, Self::Reported];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Published => "PUBLISHED",
            Self::Valid => "VALID",
            Self::Invalid => "INVALID",
            Self::Expired => "EXPIRED",
            Self::PartiallyPaid => "PARTIALLY_PAID",
            Self::Paid => "PAID",
            Self::Reported => "REPORTED",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }

    /// Money has come: nothing can be changed any more.
    #[must_use]
    pub const fn pagata(self) -> bool {
        matches!(self, Self::PartiallyPaid | Self::Paid | Self::Reported)
    }
}

/// What our row remembers of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remoto {
    /// A call was made of which nobody knows the end, or somebody else has been there.
    Ignoto,
    /// Never sent, or deleted.
    Assente,
    Presente(StatoRemoto),
}

impl Remoto {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Ignoto => "IGNOTO",
            Self::Assente => "ASSENTE",
            Self::Presente(stato) => stato.codice(),
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        match testo {
            "IGNOTO" => Some(Self::Ignoto),
            "ASSENTE" => Some(Self::Assente),
            altro => StatoRemoto::leggi(altro).map(Self::Presente),
        }
    }
}

/// How far we are in telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatoInvio {
    DaInviare,
    /// The archive has it as it is here.
    Inviata,
    /// There is nothing to tell: it never arrived and is over, or the archive would not take it any more.
    NonDovuta,
    /// The archive said no, or would: set aside until somebody looks.
    Rifiutata,
}

impl StatoInvio {
    pub const TUTTI: [Self; 4] = [Self::DaInviare, Self::Inviata, Self::NonDovuta, Self::Rifiutata];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::DaInviare => "DA_INVIARE",
            Self::Inviata => "INVIATA",
            Self::NonDovuta => "NON_DOVUTA",
            Self::Rifiutata => "RIFIUTATA",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

/// The name of a position in the archives: ente, applicazione and pendenza one after the other, as the original makes it, so that what it conferred is found
/// again (spec/3 section 2.6).
#[must_use]
pub fn iupd(pendenza: &crate::Pendenza) -> String {
    format!("{}{}{}", pendenza.dominio, pendenza.id_a2a, pendenza.id_pendenza)
}

/// The name for a position whose first one was taken: without a separator two pairs can make the same.
#[must_use]
pub fn iupd_alternativo(pendenza: &crate::Pendenza) -> String {
    format!("{}-{}", pendenza.dominio, pendenza.uuid)
}

/// A posizione debitoria with its one option of payment: a part of a documento is a position of its own, as it has a number of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct PosizioneDebitoria {
    /// Its identifier, unique in the ente.
    pub iupd: String,
    pub debitore: Soggetto,
    pub ente: String,
    pub ufficio: Option<String>,
    /// Past the due date it cannot be paid.
    pub scade: bool,
    /// Whether Stand In may pay it.
    pub stand_in: bool,
    pub iuv: Iuv,
    pub avviso: NumeroAvviso,
    pub importo: Importo,
    pub causale: String,
    /// One part of a plan.
    pub rata: bool,
    pub scadenza: DateTime<Utc>,
    pub versamenti: Vec<Versamento>,
}

/// One transfer of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Versamento {
    pub trasferimento: Trasferimento,
    /// The account is at the post office.
    pub postale: bool,
}
