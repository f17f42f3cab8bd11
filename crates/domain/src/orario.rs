//! When a job runs: every so often, or at hours of the Italian day.

use chrono::{DateTime, Days, Duration, NaiveTime, Utc};

use crate::calendario;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orario {
    /// From the start of a run to the start of the next.
    OgniSecondi(u32),
    /// Hours and minutes of Europe/Rome.
    AlleOre(&'static [(u8, u8)]),
}

impl Orario {
    /// The first time after `da`. Of an hour that the clocks skip, an hour later is meant; one that comes twice counts once.
    #[must_use]
    pub fn prossimo(self, da: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::OgniSecondi(secondi) => da + Duration::seconds(secondi.max(1).into()),
            Self::AlleOre(ore) => (0..=2).filter_map(|giorni| Self::nel_giorno(ore, da, giorni)).next().unwrap_or(da + Duration::days(1)),
        }
    }

    fn nel_giorno(ore: &[(u8, u8)], da: DateTime<Utc>, giorni: u64) -> Option<DateTime<Utc>> {
        let giorno = calendario::oggi(da).checked_add_days(Days::new(giorni))?;
        let istanti = ore.iter().filter_map(|(ora, minuto)| NaiveTime::from_hms_opt((*ora).into(), (*minuto).into(), 0));
        istanti.map(|t| calendario::istante(giorno.and_time(t))).filter(|t| *t > da).min()
    }

    /// For people: `ogni 30 minuti`, `alle 04:00, 12:00, 18:00`.
    #[must_use]
    pub fn a_parole(self) -> String {
        match self {
            Self::OgniSecondi(s) if s % 3600 == 0 => quanti(s / 3600, "ora", "ore"),
            Self::OgniSecondi(s) if s % 60 == 0 => quanti(s / 60, "minuto", "minuti"),
            Self::OgniSecondi(s) => quanti(s, "secondo", "secondi"),
            Self::AlleOre(ore) => format!("alle {}", ore.iter().map(|(o, m)| format!("{o:02}:{m:02}")).collect::<Vec<_>>().join(", ")),
        }
    }
}

fn quanti(numero: u32, uno: &str, molti: &str) -> String {
    if numero == 1 { format!("ogni {uno}") } else { format!("ogni {numero} {molti}") }
}

/// Minutes to wait after as many failures in a row: 1, 4, 9, 16, at most an hour.
#[must_use]
pub fn attesa_dopo_fallimenti(fallimenti: u32) -> Duration {
    let minuti = fallimenti.max(1).saturating_mul(fallimenti.max(1)).min(60);
    Duration::minutes(minuti.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn t(testo: &str) -> DateTime<Utc> {
        testo.parse().expect("istante")
    }

    #[test]
    fn le_ore_sono_quelle_di_roma() {
        let orario = Orario::AlleOre(&[(4, 0), (12, 0), (18, 0)]);
        assert_eq!(orario.prossimo(t("2026-11-22T02:59:00Z")), t("2026-11-22T03:00:00Z"));
        assert_eq!(orario.prossimo(t("2026-11-22T03:00:00Z")), t("2026-11-22T11:00:00Z"));
        assert_eq!(orario.prossimo(t("2026-11-22T17:00:00Z")), t("2026-11-23T03:00:00Z"));
        assert_eq!(orario.prossimo(t("2026-07-01T10:30:00Z")), t("2026-07-01T16:00:00Z"));
    }

    #[test]
    fn un_ora_che_non_c_e_viene_un_ora_dopo() {
        // On 29 March 2026 there is no 02:30 in Italy.
        let orario = Orario::AlleOre(&[(2, 30)]);
        assert_eq!(orario.prossimo(t("2026-03-28T23:00:00Z")), t("2026-03-29T01:30:00Z"));
        assert_eq!(orario.prossimo(t("2026-03-29T01:30:00Z")), t("2026-03-30T00:30:00Z"));
    }

    #[test]
    fn si_dice_a_parole() {
        let detti = [Orario::OgniSecondi(60), Orario::OgniSecondi(7200), Orario::OgniSecondi(2), Orario::AlleOre(&[(3, 0)])].map(Orario::a_parole);
        assert_eq!(detti, ["ogni minuto", "ogni 2 ore", "ogni 2 secondi", "alle 03:00"]);
    }

    #[test]
    fn dopo_un_fallimento_si_aspetta_sempre_di_piu_fino_a_un_ora() {
        assert_eq!([0, 1, 2, 7, 8, u32::MAX].map(|n| attesa_dopo_fallimenti(n).num_minutes()), [1, 1, 4, 49, 60, 60]);
    }

    proptest! {
        #[test]
        fn il_prossimo_viene_sempre_dopo_e_non_oltre_due_giorni(secondi in 0_i64..4_000_000_000) {
            let da = DateTime::from_timestamp(secondi, 0).expect("istante");
            for orario in [Orario::OgniSecondi(1800), Orario::AlleOre(&[(2, 30)]), Orario::AlleOre(&[(0, 0), (23, 59)])] {
                let prossimo = orario.prossimo(da);
                prop_assert!(prossimo > da && prossimo - da <= Duration::hours(26));
            }
        }
    }
}
