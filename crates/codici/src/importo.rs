//! Money: euro cents, never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// An amount in euro cents. May be negative where a ledger needs it; what comes from outside is checked by the rule of its field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Importo(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportoErrato {
    #[error("non e' un numero decimale")]
    NonNumero,
    #[error("ha piu' di 2 cifre decimali")]
    TroppiDecimali,
    #[error("ha troppe cifre")]
    TroppeCifre,
}

impl Importo {
    pub const ZERO: Self = Self(0);
    /// The largest amount that pagoPA's contracts allow (`stAmount`, spec/4 section 2.3).
    pub const MASSIMO: Self = Self(99_999_999_999);

    #[must_use]
    pub const fn da_cent(cent: i64) -> Self {
        Self(cent)
    }

    #[must_use]
    pub const fn cent(self) -> i64 {
        self.0
    }

    /// Reads `10`, `10.1`, `10.10`, `-3.5`: digits, at most one dot, at most two decimals that matter (`10.100` is 10.10).
    /// No exponent, no comma, no sign but the minus.
    pub fn leggi(testo: &str) -> Result<Self, ImportoErrato> {
        let (negativo, cifre) = testo.strip_prefix('-').map_or((false, testo), |r| (true, r));
        let (interi, decimali) = cifre.split_once('.').unwrap_or((cifre, "00"));
        let cifra = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !cifra(interi) || !cifra(decimali) {
            return Err(ImportoErrato::NonNumero);
        }
        let decimali = decimali.trim_end_matches('0');
        if decimali.len() > 2 {
            return Err(ImportoErrato::TroppiDecimali);
        }
        let euro: i64 = interi.parse().map_err(|_| ImportoErrato::TroppeCifre)?;
        let cent: i64 = format!("{decimali:0<2}").parse().map_err(|_| ImportoErrato::NonNumero)?;
        let totale = euro.checked_mul(100).and_then(|c| c.checked_add(cent)).ok_or(ImportoErrato::TroppeCifre)?;
        Ok(Self(if negativo { -totale } else { totale }))
    }

    /// The shortest form that has at least one decimal, as the business messages of GovPay print amounts: `135.99`, `142.5`, `100.0` (spec/1 section 4.2).
    #[must_use]
    pub fn forma_breve(self) -> String {
        let lunga = self.to_string();
        lunga.strip_suffix('0').map_or_else(|| lunga.clone(), str::to_owned)
    }

    /// Cents with at least four digits, as QR and bar code want them: 5.00 is `0500`, 10.5 is `1050` (spec/1 section 7.5).
    #[must_use]
    pub fn forma_codice(self) -> String {
        format!("{:04}", self.0)
    }

    /// Italian writing for people: `1.234,50`.
    #[must_use]
    pub fn forma_italiana(self) -> String {
        let assoluto = self.0.unsigned_abs();
        let euro = (assoluto / 100).to_string();
        let mut gruppi = String::new();
        for (i, c) in euro.chars().enumerate() {
            if i > 0 && (euro.len() - i).is_multiple_of(3) {
                gruppi.push('.');
            }
            gruppi.push(c);
        }
        let segno = if self.0 < 0 { "-" } else { "" };
        format!("{segno}{gruppi},{:02}", assoluto % 100)
    }
}

/// Two decimals and a dot, as in XML: `10.10`.
impl fmt::Display for Importo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segno = if self.0 < 0 { "-" } else { "" };
        let assoluto = self.0.unsigned_abs();
        write!(f, "{segno}{}.{:02}", assoluto / 100, assoluto % 100)
    }
}

impl Add for Importo {
    type Output = Self;
    fn add(self, altro: Self) -> Self {
        Self(self.0 + altro.0)
    }
}

impl Sub for Importo {
    type Output = Self;
    fn sub(self, altro: Self) -> Self {
        Self(self.0 - altro.0)
    }
}

impl Neg for Importo {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Importo {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn le_forme_scritte_sono_quelle_del_contratto() {
        let importo = Importo::leggi("142.5").expect("valido");
        assert_eq!(importo.to_string(), "142.50");
        assert_eq!(importo.forma_breve(), "142.5");
        assert_eq!(Importo::da_cent(10_000).forma_breve(), "100.0");
        assert_eq!(Importo::da_cent(13_599).forma_breve(), "135.99");
        assert_eq!(Importo::da_cent(500).forma_codice(), "0500");
        assert_eq!(Importo::da_cent(123_456_789).forma_italiana(), "1.234.567,89");
    }

    #[test]
    fn cio_che_non_e_un_importo_e_rifiutato() {
        for (testo, errore) in [
            ("10,00", ImportoErrato::NonNumero),
            ("1e2", ImportoErrato::NonNumero),
            ("10.001", ImportoErrato::TroppiDecimali),
            ("", ImportoErrato::NonNumero),
            (".5", ImportoErrato::NonNumero),
            ("5.", ImportoErrato::NonNumero),
            ("+5", ImportoErrato::NonNumero),
            ("--5", ImportoErrato::NonNumero),
            ("99999999999999999999", ImportoErrato::TroppeCifre),
            ("٣", ImportoErrato::NonNumero),
        ] {
            assert_eq!(Importo::leggi(testo), Err(errore), "{testo}");
        }
    }

    proptest! {
        #[test]
        fn cio_che_e_scritto_si_rilegge(cent in -99_999_999_999_i64..=99_999_999_999) {
            let importo = Importo::da_cent(cent);
            prop_assert_eq!(Importo::leggi(&importo.to_string()), Ok(importo));
            prop_assert_eq!(Importo::leggi(&importo.forma_breve()), Ok(importo));
        }

        #[test]
        fn nessun_testo_fa_panico(testo in "\\PC*") {
            let _ = Importo::leggi(&testo);
        }
    }
}
