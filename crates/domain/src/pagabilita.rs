//! May this notice be paid now? The guards of the station, in the order of spec/3 section 1.5.

use chrono::{DateTime, NaiveDate, Utc};

use crate::Pendenza;
use crate::calendario::{decorsa, ora_locale};
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

/// The state of the position is all that is asked: no lock, no attempt in progress (spec/4 section 2.4).
///
/// `ESEGUITO_SENZA_RPT` and `INCASSATO` count as paid; the original lets them be paid again (spec/3 surprise 26).
pub fn controlla(pendenza: &Pendenza, adesso: DateTime<Utc>) -> Result<(), Impedimento> {
    if pendenza.stato == Stato::NonEseguito
        && let Some(scadenza) = pendenza.data_scadenza.filter(|d| decorsa(*d, adesso))
    {
        return Err(Impedimento::Scaduto { descrizione: testo_scaduto(scadenza) });
    }
    match pendenza.stato {
        Stato::Annullato => Err(Impedimento::Annullato),
        Stato::Eseguito | Stato::EseguitoAltroCanale | Stato::EseguitoSenzaRpt | Stato::Incassato => Err(Impedimento::Duplicato { descrizione: None }),
        Stato::NonEseguito | Stato::ParzialmenteEseguito | Stato::Anomalo => Ok(()),
    }
}
