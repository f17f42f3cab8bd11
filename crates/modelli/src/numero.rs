//! Exact decimals, with the arithmetic of the original engine: sums are exact, products are rounded to 12 decimals, quotients have at least 12.

use std::cmp::Ordering;
use std::fmt;

/// Decimals of a product and, at least, of a quotient; rounded half up.
const DECIMALI: u32 = 12;
const CIFRE_MAX: u32 = 38;

/// `mantissa / 10^scala`, without trailing zeros. At most 38 digits: what does not fit is told, never rounded away in silence.
#[derive(Clone, Copy, Debug)]
pub struct Numero {
    mantissa: i128,
    scala: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrotonda {
    MezzoSu,
    MezzoPari,
    Su,
    Giu,
    Tronca,
}

impl Numero {
    pub const ZERO: Self = Self { mantissa: 0, scala: 0 };

    #[must_use]
    pub const fn intero(valore: i64) -> Self {
        Self { mantissa: valore as i128, scala: 0 }
    }

    /// An amount in euro, from cents.
    #[must_use]
    pub fn da_cent(centesimi: i64) -> Self {
        Self { mantissa: i128::from(centesimi), scala: 2 }.ridotto()
    }

    pub(crate) fn da_i128(valore: i128) -> Option<Self> {
        (valore.unsigned_abs() < 10_u128.pow(CIFRE_MAX)).then_some(Self { mantissa: valore, scala: 0 })
    }

    /// `-12`, `12.50`, `.5`, `1E+3`: what `?number` and JSON accept. `None` if it is something else, or longer than 38 digits.
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        let (corpo, esponente) = match testo.find(['e', 'E']) {
            Some(qui) => (&testo[..qui], testo[qui + 1..].parse::<i32>().ok().filter(|e| e.abs() <= 1000)?),
            None => (testo, 0),
        };
        let (negativo, cifre) = match corpo.strip_prefix('-') {
            Some(resto) => (true, resto),
            None => (false, corpo.strip_prefix('+').unwrap_or(corpo)),
        };
        let (interi, decimali) = cifre.split_once('.').unwrap_or((cifre, ""));
        if interi.is_empty() && decimali.is_empty() || !interi.bytes().chain(decimali.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let significative: String = format!("{interi}{decimali}").trim_start_matches('0').to_owned();
        let senza_coda = significative.trim_end_matches('0');
        let mantissa: i128 = if senza_coda.is_empty() { 0 } else { Some(senza_coda).filter(|c| c.len() <= CIFRE_MAX as usize)?.parse().ok()? };
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        let scala = i64::try_from(decimali.len()).ok()? - i64::try_from(significative.len() - senza_coda.len()).ok()? - i64::from(esponente);
        let mantissa = if negativo { -mantissa } else { mantissa };
        match u32::try_from(scala) {
            Ok(scala) => (scala <= CIFRE_MAX).then_some(Self { mantissa, scala }),
            Err(_) => mantissa.checked_mul(potenza(u32::try_from(-scala).ok()?)?).and_then(Self::da_i128),
        }
    }

    fn ridotto(mut self) -> Self {
        while self.scala > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scala -= 1;
        }
        self
    }

    fn nei_limiti(self) -> Option<Self> {
        let ridotto = self.ridotto();
        (ridotto.scala <= CIFRE_MAX && ridotto.mantissa.unsigned_abs() < 10_u128.pow(CIFRE_MAX)).then_some(ridotto)
    }

    fn alla_scala(self, scala: u32) -> Option<i128> {
        self.mantissa.checked_mul(potenza(scala.checked_sub(self.scala)?)?)
    }

    #[must_use]
    pub fn piu(self, altro: Self) -> Option<Self> {
        let scala = self.scala.max(altro.scala);
        Self { mantissa: self.alla_scala(scala)?.checked_add(altro.alla_scala(scala)?)?, scala }.nei_limiti()
    }

    #[must_use]
    pub fn meno(self, altro: Self) -> Option<Self> {
        self.piu(altro.negato())
    }

    #[must_use]
    pub fn per(self, altro: Self) -> Option<Self> {
        let esatto = Self { mantissa: self.mantissa.checked_mul(altro.mantissa)?, scala: self.scala + altro.scala };
        esatto.arrotondato(DECIMALI, Arrotonda::MezzoSu).nei_limiti()
    }

    /// `None` also when `altro` is zero.
    #[must_use]
    pub fn diviso(self, altro: Self) -> Option<Self> {
        let scala = self.scala.max(altro.scala).max(DECIMALI);
        let numeratore = self.mantissa.checked_mul(potenza(scala + altro.scala - self.scala)?)?;
        if altro.mantissa == 0 {
            return None;
        }
        Self { mantissa: dividi(numeratore, altro.mantissa, Arrotonda::MezzoSu), scala }.nei_limiti()
    }

    /// Remainder of the whole parts, as the original does. `None` when `altro` is less than one.
    #[must_use]
    pub fn resto(self, altro: Self) -> Option<Self> {
        Self::da_i128(self.tronco().checked_rem(altro.tronco())?)
    }

    #[must_use]
    pub const fn negato(self) -> Self {
        Self { mantissa: -self.mantissa, scala: self.scala }
    }

    #[must_use]
    pub const fn assoluto(self) -> Self {
        Self { mantissa: self.mantissa.abs(), scala: self.scala }
    }

    #[must_use]
    pub const fn negativo(self) -> bool {
        self.mantissa < 0
    }

    #[must_use]
    pub fn tronco(self) -> i128 {
        self.mantissa / potenza(self.scala).unwrap_or(i128::MAX)
    }

    #[must_use]
    pub fn arrotondato(self, decimali: u32, come: Arrotonda) -> Self {
        if self.scala <= decimali {
            return self;
        }
        let mantissa = match potenza(self.scala - decimali) {
            Some(divisore) => dividi(self.mantissa, divisore, come),
            None => 0,
        };
        Self { mantissa, scala: decimali }.ridotto()
    }

    /// Ten to the `cifre` times the number: per cent and per mille.
    pub(crate) fn spostato(self, cifre: u32) -> Option<Self> {
        self.per(Self::da_i128(potenza(cifre)?)?)
    }

    /// Whole numbers that fit.
    #[must_use]
    pub fn come_i64(self) -> Option<i64> {
        (self.scala == 0).then(|| i64::try_from(self.mantissa).ok()).flatten()
    }

    /// Digits before the point (empty for 0.x) and after it, without sign and superfluous zeros.
    pub(crate) fn cifre(self) -> (String, String) {
        let tutte = format!("{:0>larghezza$}", self.mantissa.unsigned_abs(), larghezza = self.scala as usize + 1);
        let (interi, decimali) = tutte.split_at(tutte.len() - self.scala as usize);
        (interi.trim_start_matches('0').to_owned(), decimali.to_owned())
    }
}

fn potenza(esponente: u32) -> Option<i128> {
    10_i128.checked_pow(esponente)
}

fn dividi(numeratore: i128, divisore: i128, come: Arrotonda) -> i128 {
    let (quoto, resto) = (numeratore / divisore, numeratore % divisore);
    if resto == 0 {
        return quoto;
    }
    let segno = if (numeratore < 0) == (divisore < 0) { 1 } else { -1 };
    let meta = (resto.unsigned_abs()).cmp(&(divisore.unsigned_abs() - resto.unsigned_abs()));
    let allontana = match come {
        Arrotonda::Tronca => false,
        Arrotonda::Su => segno > 0,
        Arrotonda::Giu => segno < 0,
        Arrotonda::MezzoSu => meta != Ordering::Less,
        Arrotonda::MezzoPari => meta == Ordering::Greater || meta == Ordering::Equal && quoto % 2 != 0,
    };
    if allontana { quoto + segno } else { quoto }
}

impl PartialEq for Numero {
    fn eq(&self, altro: &Self) -> bool {
        self.cmp(altro) == Ordering::Equal
    }
}

impl Eq for Numero {}

impl PartialOrd for Numero {
    fn partial_cmp(&self, altro: &Self) -> Option<Ordering> {
        Some(self.cmp(altro))
    }
}

impl Ord for Numero {
    fn cmp(&self, altro: &Self) -> Ordering {
        let frazione = |n: &Self, scala: u32| {
            let resto = n.mantissa % potenza(n.scala).unwrap_or(i128::MAX);
            Self { mantissa: resto, scala: n.scala }.alla_scala(scala).unwrap_or(0)
        };
        let scala = self.scala.max(altro.scala);
        self.tronco().cmp(&altro.tronco()).then_with(|| frazione(self, scala).cmp(&frazione(altro, scala)))
    }
}

/// Plain notation, point as separator, no superfluous zeros.
impl fmt::Display for Numero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (interi, decimali) = self.cifre();
        let segno = if self.negativo() { "-" } else { "" };
        let interi = if interi.is_empty() { "0" } else { &interi };
        if decimali.is_empty() { write!(f, "{segno}{interi}") } else { write!(f, "{segno}{interi}.{decimali}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(testo: &str) -> Numero {
        Numero::leggi(testo).expect(testo)
    }

    #[test]
    fn i_numeri_si_leggono_e_si_riscrivono_esatti() {
        for (testo, atteso) in
            [("0", "0"), ("-0.00", "0"), ("12.50", "12.5"), (".5", "0.5"), ("-7", "-7"), ("1e3", "1000"), ("12.5E-2", "0.125"), ("00012", "12")]
        {
            assert_eq!(n(testo).to_string(), atteso, "{testo}");
        }
        for errato in ["", "-", ".", "1,5", "abc", "1e", "1e9999", "0x1", "1 ", &"9".repeat(39)] {
            assert!(Numero::leggi(errato).is_none(), "{errato}");
        }
    }

    #[test]
    fn l_aritmetica_e_esatta_dove_deve() {
        assert_eq!(n("0.1").piu(n("0.2")), Some(n("0.3")));
        assert_eq!(n("100.10").meno(n("0.2")), Some(n("99.9")));
        assert_eq!(n("19.99").per(n("3")), Some(n("59.97")));
        assert_eq!(n("10").diviso(n("3")).map(|q| q.to_string()), Some("3.333333333333".into()));
        assert_eq!(n("2").diviso(n("3")).map(|q| q.to_string()), Some("0.666666666667".into()));
        assert_eq!(n("7.9").resto(n("3")), Some(n("1")));
        assert_eq!(n("1").diviso(Numero::ZERO), None);
        assert_eq!(n("1").resto(n("0.5")), None);
        assert_eq!(n(&"9".repeat(38)).piu(n("1")), None);
    }

    #[test]
    fn gli_arrotondamenti_seguono_il_loro_nome() {
        use Arrotonda::{Giu, MezzoPari, MezzoSu, Su, Tronca};
        for (numero, come, atteso) in [
            ("2.5", MezzoSu, "3"),
            ("-2.5", MezzoSu, "-3"),
            ("2.5", MezzoPari, "2"),
            ("3.5", MezzoPari, "4"),
            ("2.1", Su, "3"),
            ("-2.1", Su, "-2"),
            ("-2.1", Giu, "-3"),
            ("-2.9", Tronca, "-2"),
            ("2.4", MezzoSu, "2"),
        ] {
            assert_eq!(n(numero).arrotondato(0, come), n(atteso), "{numero} {come:?}");
        }
    }

    #[test]
    fn il_confronto_non_dipende_dagli_zeri_ne_trabocca() {
        assert_eq!(n("1.50"), n("1.5"));
        assert!(n("-1.5") < n("-1.4"));
        assert!(n(&"9".repeat(38)) > n("0.00000000000000000000000000000000000001"));
    }
}
