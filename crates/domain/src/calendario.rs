//! Days in Europe/Rome. Timestamps are UTC everywhere; a date of the trade is a day in Italy.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Rome;

/// The day that it is in Italy.
#[must_use]
pub fn oggi(adesso: DateTime<Utc>) -> NaiveDate {
    adesso.with_timezone(&Rome).date_naive()
}

/// A date is good through its whole day: elapsed means before today (spec/1 section 8.5).
#[must_use]
pub fn decorsa(data: NaiveDate, adesso: DateTime<Utc>) -> bool {
    data < oggi(adesso)
}

/// The wall clock in Italy, as the contract's zoneless timestamps want it.
#[must_use]
pub fn ora_locale(istante: DateTime<Utc>) -> NaiveDateTime {
    istante.with_timezone(&Rome).naive_local()
}

/// With milliseconds and the offset of Italy without its colon, as the back office writes its few instants (spec/2 section 2.20).
#[must_use]
pub fn con_scostamento(istante: DateTime<Utc>) -> String {
    istante.with_timezone(&Rome).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}

/// The instant of an Italian wall clock. Of an hour that happens twice the first is meant; one that does not exist is moved on by an hour.
#[must_use]
pub fn istante(locale: NaiveDateTime) -> DateTime<Utc> {
    Rome.from_local_datetime(&locale)
        .earliest()
        .or_else(|| Rome.from_local_datetime(&(locale + chrono::Duration::hours(1))).earliest())
        .map_or_else(|| locale.and_utc(), |t| t.with_timezone(&Utc))
}

/// First instant of a day in Italy.
#[must_use]
pub fn inizio_giorno(data: NaiveDate) -> DateTime<Utc> {
    istante(data.and_time(NaiveTime::MIN))
}

/// `%(Y)` and `%(y)` of the IUV prefix: the year, and the year modulo 100 without padding (spec/1 section 7.1).
#[must_use]
pub fn anno(adesso: DateTime<Utc>) -> i32 {
    oggi(adesso).year()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn giorno(testo: &str) -> NaiveDate {
        testo.parse().expect("data")
    }

    #[test]
    fn una_data_vale_per_tutto_il_suo_giorno() {
        let scadenza = giorno("2026-03-31");
        // 31 marzo 2026 alle 23:59 a Roma (ora legale) sono le 21:59 UTC.
        assert!(!decorsa(scadenza, "2026-03-31T21:59:59Z".parse().expect("istante")));
        assert!(decorsa(scadenza, "2026-03-31T22:00:00Z".parse().expect("istante")));
    }

    #[test]
    fn l_ora_che_non_esiste_non_fa_panico() {
        let salto = giorno("2026-03-29").and_hms_opt(2, 30, 0).expect("ora");
        assert_eq!(istante(salto).to_rfc3339(), "2026-03-29T01:30:00+00:00");
    }

    proptest! {
        #[test]
        fn ora_locale_e_istante_sono_inverse_fuori_dai_cambi(secondi in 0_i64..4_000_000_000) {
            let t = DateTime::from_timestamp(secondi, 0).expect("istante");
            let ritorno = istante(ora_locale(t));
            prop_assert!((ritorno - t).num_hours().abs() <= 1);
            prop_assert_eq!(ora_locale(ritorno), ora_locale(t));
        }
    }
}
