//! May this notice be paid now? The guards of the station, in the order of spec/3 section 1.5.

use chrono::{DateTime, NaiveDate, Utc};

use crate::Pendenza;
use crate::calendario::{decorsa, oggi, ora_locale};
use crate::pendenza::Stato;

/// Why a position cannot be paid. The texts go to the node as `description` of the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Impedimento {
    Scaduto { descrizione: String },
    Annullato,
    Duplicato { descrizione: Option<String> },
}

/// The first payment of a position, named to whoever asks to pay it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimoPagamento {
    pub data: DateTime<Utc>,
    pub iur: String,
}

impl PrimoPagamento {
    #[must_use]
    pub fn descrizione(&self) -> String {
        format!("Il pagamento risulta già effettuato in data {} [Iur:{}]", ora_locale(self.data).format("%d/%m/%Y"), self.iur)
    }
}

/// What is told of a date that has passed.
#[must_use]
pub fn testo_scaduto(data: NaiveDate) -> String {
    format!("Versamento scaduto in data {}", data.format("%d/%m/%Y"))
}

/// The data are to be asked of the ente before they are believed: unpaid, not expired, and past their dataValidita (spec/1 section 8.5).
#[must_use]
pub fn da_rinfrescare(pendenza: &Pendenza, adesso: DateTime<Utc>) -> bool {
    let decorsa = |data: Option<NaiveDate>| data.is_some_and(|d| decorsa(d, adesso));
    pendenza.stato == Stato::NonEseguito && !decorsa(pendenza.data_scadenza) && decorsa(pendenza.data_validita)
}

/// The guards on a position whose data are certain, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regola {
    Scadenza,
    Annullamento,
    Duplicazione,
}

impl Regola {
    pub const TUTTE: [Self; 3] = [Self::Scadenza, Self::Annullamento, Self::Duplicazione];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Scadenza => "SCADENZA",
            Self::Annullamento => "ANNULLAMENTO",
            Self::Duplicazione => "DUPLICAZIONE",
        }
    }

    /// What this guard alone says.
    ///
    /// `ESEGUITO_SENZA_RPT` and `INCASSATO` count as paid; the original lets them be paid again (spec/3 surprise 26).
    #[must_use]
    pub fn impedimento(self, pendenza: &Pendenza, adesso: DateTime<Utc>) -> Option<Impedimento> {
        match self {
            Self::Scadenza if pendenza.stato == Stato::NonEseguito => {
                let scadenza = pendenza.data_scadenza.filter(|d| decorsa(*d, adesso))?;
                Some(Impedimento::Scaduto { descrizione: testo_scaduto(scadenza) })
            }
            Self::Scadenza => None,
            Self::Annullamento => (pendenza.stato == Stato::Annullato).then_some(Impedimento::Annullato),
            Self::Duplicazione => match pendenza.stato {
                Stato::Eseguito | Stato::EseguitoAltroCanale | Stato::EseguitoSenzaRpt | Stato::Incassato => Some(Impedimento::Duplicato { descrizione: None }),
                Stato::NonEseguito | Stato::ParzialmenteEseguito | Stato::Anomalo | Stato::Annullato => None,
            },
        }
    }

    /// The values that it compares, by name.
    #[must_use]
    pub fn confronto(self, pendenza: &Pendenza, adesso: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let stato = ("stato", pendenza.stato.codice().to_owned());
        match self {
            Self::Scadenza => {
                let scadenza = pendenza.data_scadenza.map(|d| d.to_string()).unwrap_or_default();
                vec![("dataScadenza", scadenza), ("oggi", oggi(adesso).to_string()), stato]
            }
            Self::Annullamento | Self::Duplicazione => vec![stato],
        }
    }
}

/// The state of the position is all that is asked: no lock, no attempt in progress (spec/4 section 2.4).
pub fn controlla(pendenza: &Pendenza, adesso: DateTime<Utc>) -> Result<(), Impedimento> {
    Regola::TUTTE.into_iter().find_map(|r| r.impedimento(pendenza, adesso)).map_or(Ok(()), Err)
}
