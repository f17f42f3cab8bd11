//! How a position may be paid: at once, in parts, or by one plan or another (spec/4 section 1.11; contract `orgs_payment_options.json`).
//!
//! The parts of a documento that are rate are one plan; each other part of it is an option by itself, and so is a position without a documento.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use codici::Importo;

use crate::pendenza::{ParteDocumento, Stato};
use crate::{Pendenza, attivazione, calendario};

/// State of a part, as the contract calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoRata {
    DaPagare,
    Pagata,
    /// Past its date, and no longer payable.
    Scaduta,
    /// Past its date, and still payable.
    ScadutaPagabile,
    Annullata,
}

impl StatoRata {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::DaPagare => "POI_UNPAID",
            Self::Pagata => "POI_PAID",
            Self::Scaduta => "POI_EXPIRED_NOT_PAYABLE",
            Self::ScadutaPagabile => "POI_EXPIRED_UNPAID",
            Self::Annullata => "POI_INVALID",
        }
    }

    /// By the same dates as the guards of the station ([`crate::pagabilita`]).
    #[must_use]
    pub fn di(p: &Pendenza, adesso: DateTime<Utc>) -> Self {
        let decorsa = |d: Option<NaiveDate>| d.is_some_and(|d| calendario::decorsa(d, adesso));
        match p.stato {
            Stato::Annullato => Self::Annullata,
            Stato::NonEseguito if decorsa(p.data_scadenza) => Self::Scaduta,
            Stato::NonEseguito if decorsa(p.data_validita) => Self::ScadutaPagabile,
            Stato::NonEseguito => Self::DaPagare,
            _ => Self::Pagata,
        }
    }
}

/// State of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoOpzione {
    DaPagare,
    Pagata,
    PagataInParte,
    Scaduta,
    ScadutaPagabile,
    Annullata,
}

impl StatoOpzione {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::DaPagare => "PO_UNPAID",
            Self::Pagata => "PO_PAID",
            Self::PagataInParte => "PO_PARTIALLY_PAID",
            Self::Scaduta => "PO_EXPIRED_NOT_PAYABLE",
            Self::ScadutaPagabile => "PO_EXPIRED_UNPAID",
            Self::Annullata => "PO_INVALID",
        }
    }

    fn di(rate: &[Rata]) -> Self {
        let tutte = |stato| rate.iter().all(|r| r.stato == stato);
        let una = |stato| rate.iter().any(|r| r.stato == stato);
        if tutte(StatoRata::Pagata) {
            Self::Pagata
        } else if una(StatoRata::Pagata) {
            Self::PagataInParte
        } else if tutte(StatoRata::Annullata) {
            Self::Annullata
        } else if rate.iter().all(|r| matches!(r.stato, StatoRata::Scaduta | StatoRata::Annullata)) {
            Self::Scaduta
        } else if una(StatoRata::Scaduta) || una(StatoRata::ScadutaPagabile) {
            Self::ScadutaPagabile
        } else {
            Self::DaPagare
        }
    }
}

/// A part of an option, with a notice of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rata {
    pub avviso: String,
    pub iuv: String,
    pub importo: Importo,
    pub descrizione: String,
    pub scadenza: DateTime<Utc>,
    pub valida_dal: DateTime<Utc>,
    pub stato: StatoRata,
}

/// One way of paying all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opzione {
    pub descrizione: String,
    pub importo: Importo,
    pub scadenza: DateTime<Utc>,
    pub valida_dal: DateTime<Utc>,
    pub stato: StatoOpzione,
    pub tutta_postale: bool,
    /// Never empty, in their order.
    pub rate: Vec<Rata>,
}

/// The options of the parts of one documento, or of one position: those at once first, the plan last. `postale`: whether a part can be paid by post alone.
#[must_use]
pub fn opzioni(parti: &[Pendenza], postale: impl Fn(&Pendenza) -> bool, adesso: DateTime<Utc>) -> Vec<Opzione> {
    let (mut rate, sole): (Vec<&Pendenza>, Vec<&Pendenza>) = parti.iter().partition(|p| matches!(p.parte, ParteDocumento::Rata(_)));
    rate.sort_by_key(|p| match p.parte {
        ParteDocumento::Rata(n) => n,
        _ => u32::MAX,
    });
    let mut tutte: Vec<Opzione> = sole.into_iter().filter_map(|p| opzione(p.causale.clone(), &[p], &postale, adesso)).collect();
    let nome = rate.first().map(|p| p.documento.as_ref().map_or_else(|| p.causale.clone(), |d| d.descrizione.clone()));
    tutte.extend(nome.and_then(|nome| opzione(nome, &rate, &postale, adesso)));
    tutte
}

fn opzione(descrizione: String, parti: &[&Pendenza], postale: &impl Fn(&Pendenza) -> bool, adesso: DateTime<Utc>) -> Option<Opzione> {
    let rate: Vec<Rata> = parti.iter().map(|p| rata(p, adesso)).collect();
    Some(Opzione {
        descrizione,
        importo: rate.iter().map(|r| r.importo).sum(),
        scadenza: rate.iter().map(|r| r.scadenza).max()?,
        valida_dal: rate.iter().map(|r| r.valida_dal).min()?,
        stato: StatoOpzione::di(&rate),
        tutta_postale: parti.iter().all(|p| postale(p)),
        rate,
    })
}

fn rata(p: &Pendenza, adesso: DateTime<Utc>) -> Rata {
    let sera = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or(NaiveTime::MIN);
    Rata {
        avviso: p.numero_avviso.to_string(),
        iuv: p.iuv.to_string(),
        importo: p.importo,
        descrizione: p.causale.clone(),
        scadenza: calendario::istante(attivazione::data_di_pagamento(p).and_time(sera)),
        valida_dal: p.data_caricamento,
        stato: StatoRata::di(p, adesso),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pendenza::prova;

    fn ora() -> DateTime<Utc> {
        "2026-11-22T10:00:00Z".parse().expect("istante")
    }

    fn parte(parte: ParteDocumento, stato: Stato, scadenza: Option<&str>) -> Pendenza {
        Pendenza { parte, stato, data_scadenza: scadenza.map(|d| d.parse().expect("data")), data_validita: None, ..prova::pendenza(&[1000]) }
    }

    #[test]
    fn ogni_parte_ha_lo_stato_che_la_stazione_le_darebbe() {
        for (stato, scadenza, validita, atteso) in [
            (Stato::NonEseguito, None, None, "POI_UNPAID"),
            (Stato::NonEseguito, Some("2026-11-21"), None, "POI_EXPIRED_NOT_PAYABLE"),
            (Stato::NonEseguito, Some("2026-11-22"), Some("2026-11-21"), "POI_EXPIRED_UNPAID"),
            (Stato::Eseguito, Some("2026-11-21"), None, "POI_PAID"),
            (Stato::Incassato, None, None, "POI_PAID"),
            (Stato::Annullato, None, None, "POI_INVALID"),
        ] {
            let p = Pendenza { data_validita: validita.map(|d: &str| d.parse().expect("data")), ..parte(ParteDocumento::Unica, stato, scadenza) };
            assert_eq!(StatoRata::di(&p, ora()).codice(), atteso, "{stato:?} {scadenza:?} {validita:?}");
        }
    }

    #[test]
    fn le_rate_sono_un_piano_e_le_altre_parti_opzioni_da_se() {
        let parti = [
            parte(ParteDocumento::Rata(2), Stato::NonEseguito, None),
            parte(ParteDocumento::Unica, Stato::NonEseguito, None),
            parte(ParteDocumento::Rata(1), Stato::Eseguito, None),
        ];
        let opzioni = opzioni(&parti, |_| true, ora());
        let conti: Vec<_> = opzioni.iter().map(|o| (o.stato.codice(), o.rate.len(), o.importo == o.rate.iter().map(|r| r.importo).sum())).collect();
        assert_eq!(conti, [("PO_UNPAID", 1, true), ("PO_PARTIALLY_PAID", 2, true)]);
        assert_eq!(opzioni[1].rate.iter().map(|r| r.stato).collect::<Vec<_>>(), [StatoRata::Pagata, StatoRata::DaPagare]);
    }

    #[test]
    fn un_piano_prende_il_suo_stato_dalle_parti() {
        use Stato::{Annullato, Eseguito, NonEseguito};
        let ieri = Some("2026-11-21");
        for (parti, atteso) in [
            (vec![(Eseguito, None), (Eseguito, None)], "PO_PAID"),
            (vec![(Annullato, None), (Annullato, None)], "PO_INVALID"),
            (vec![(NonEseguito, ieri), (Annullato, None)], "PO_EXPIRED_NOT_PAYABLE"),
            (vec![(NonEseguito, ieri), (NonEseguito, None)], "PO_EXPIRED_UNPAID"),
            (vec![(NonEseguito, None), (NonEseguito, None)], "PO_UNPAID"),
        ] {
            let parti: Vec<_> = (1..).zip(parti).map(|(n, (stato, scadenza))| parte(ParteDocumento::Rata(n), stato, scadenza)).collect();
            assert_eq!(opzioni(&parti, |_| false, ora())[0].stato.codice(), atteso);
        }
    }
}
