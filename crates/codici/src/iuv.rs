//! IUV and numero avviso (spec/1 section 7, spec/3 section 8, spec/4 section 6.1).
//!
//! A numero avviso is 18 digits and says, by its first one (aux digit), how the IUV is cut out of it:
//!
//! | aux | numero avviso | IUV |
//! |---|---|---|
//! | 0 | `0` + application code (2) + IUV | 13 + 2 check digits |
//! | 1, 2 | aux + IUV | 15 + 2 check digits |
//! | 3 | `3` + IUV | segregation code (2) + 13 + 2 check digits |
//!
//! Check digits are made by us and never demanded of others: supplied numbers with other check digits are in use.

use std::fmt;

/// The reference part that we generate holds at most this many digits for aux digit 0 and 3. The original lets it grow to 15 and writes a wrong number.
const CIFRE_RIFERIMENTO_CORTO: usize = 13;
const CIFRE_RIFERIMENTO_LUNGO: usize = 15;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuxDigit {
    Zero,
    Uno,
    Due,
    Tre,
}

impl AuxDigit {
    #[must_use]
    pub const fn leggi(cifra: u8) -> Option<Self> {
        match cifra {
            0 => Some(Self::Zero),
            1 => Some(Self::Uno),
            2 => Some(Self::Due),
            3 => Some(Self::Tre),
            _ => None,
        }
    }

    #[must_use]
    pub const fn cifra(self) -> u8 {
        match self {
            Self::Zero => 0,
            Self::Uno => 1,
            Self::Due => 2,
            Self::Tre => 3,
        }
    }
}

/// Identificativo univoco versamento: 1 to 35 characters. Ours are 15 or 17 digits; a receipt of somebody else may carry any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iuv(String);

impl Iuv {
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        let caratteri = testo.chars().count();
        (1..=35).contains(&caratteri).then(|| Self(testo.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Iuv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Eighteen digits, the first of which is 0 to 3.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumeroAvviso(String);

/// Texts of GovPay (spec/1 sections 5.3 and 9.7, spec/3 section 1.3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumeroAvvisoErrato {
    #[error("Numero Avviso [{0}] fornito non valido: Consentite 18 cifre trovate [{n}].", n = .0.chars().count())]
    Lunghezza(String),
    #[error("Numero Avviso [{0}] fornito non valido: non e' in formato numerico.")]
    NonNumerico(String),
    #[error("Numero Avviso [{0}] fornito non valido: prima cifra non e' [0|1|2|3]")]
    PrimaCifra(String),
}

impl NumeroAvviso {
    pub fn leggi(testo: &str) -> Result<Self, NumeroAvvisoErrato> {
        if testo.chars().count() != 18 {
            return Err(NumeroAvvisoErrato::Lunghezza(testo.to_owned()));
        }
        if !testo.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumeroAvvisoErrato::NonNumerico(testo.to_owned()));
        }
        if AuxDigit::leggi(testo.as_bytes()[0] - b'0').is_none() {
            return Err(NumeroAvvisoErrato::PrimaCifra(testo.to_owned()));
        }
        Ok(Self(testo.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn aux_digit(&self) -> u8 {
        self.0.as_bytes()[0] - b'0'
    }

    /// Digits 2 and 3: the application code for aux 0, the segregation code for aux 3, part of the IUV otherwise.
    #[must_use]
    pub fn codice(&self) -> u8 {
        let b = self.0.as_bytes();
        (b[1] - b'0') * 10 + (b[2] - b'0')
    }

    #[must_use]
    pub fn iuv(&self) -> Iuv {
        Iuv(self.0[if self.aux_digit() == 0 { 3 } else { 1 }..].to_owned())
    }

    /// Groups of four digits for people: `3010 0000 0000 0000 28`.
    #[must_use]
    pub fn a_gruppi(&self) -> String {
        a_gruppi_di_quattro(&self.0)
    }
}

impl fmt::Display for NumeroAvviso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn a_gruppi_di_quattro(testo: &str) -> String {
    let caratteri: Vec<char> = testo.chars().collect();
    caratteri.chunks(4).map(|g| g.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// How a dominio numbers its avvisi: decided by its configuration, and stable for its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Numerazione {
    /// Application code of the stazione, 0 to 99.
    Aux0 {
        application_code: u8,
    },
    Aux1,
    Aux2,
    /// Segregation code of the dominio, 0 to 99.
    Aux3 {
        segregation_code: u8,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IuvNonGenerabile {
    #[error("il prefisso [{0}] non e' numerico")]
    PrefissoNonNumerico(String),
    #[error("superato il numero massimo di IUV generabili")]
    Esaurito,
}

impl Numerazione {
    const fn cifre_riferimento(self) -> usize {
        match self {
            Self::Aux0 { .. } | Self::Aux3 { .. } => CIFRE_RIFERIMENTO_CORTO,
            Self::Aux1 | Self::Aux2 => CIFRE_RIFERIMENTO_LUNGO,
        }
    }

    /// The digits before the reference in the numero avviso, which also enter the check digits.
    fn testa(self) -> String {
        match self {
            Self::Aux0 { application_code } => format!("0{application_code:02}"),
            Self::Aux1 => "1".to_owned(),
            Self::Aux2 => "2".to_owned(),
            Self::Aux3 { segregation_code } => format!("3{segregation_code:02}"),
        }
    }

    /// How many numbers the prefix leaves in all.
    #[must_use]
    pub fn capienza(self, prefisso: &str) -> u64 {
        let libere = self.cifre_riferimento().saturating_sub(prefisso.len());
        10_u64.saturating_pow(u32::try_from(libere).unwrap_or(0)).saturating_sub(1)
    }

    /// The numero avviso number `progressivo` of this prefix (both from spec/1 section 7.1).
    pub fn genera(self, prefisso: &str, progressivo: u64) -> Result<NumeroAvviso, IuvNonGenerabile> {
        if !prefisso.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IuvNonGenerabile::PrefissoNonNumerico(prefisso.to_owned()));
        }
        let cifre = self.cifre_riferimento();
        let libere = cifre.checked_sub(prefisso.len()).ok_or(IuvNonGenerabile::Esaurito)?;
        let numero = format!("{progressivo:0libere$}");
        if numero.len() > libere || libere == 0 {
            return Err(IuvNonGenerabile::Esaurito);
        }
        let base = format!("{}{prefisso}{numero}", self.testa());
        let controllo = cifre_di_controllo(&base);
        Ok(NumeroAvviso(format!("{base}{controllo:02}")))
    }
}

/// Number modulo 93 (spec/4 section 6.1). `base` is digits only.
#[must_use]
pub fn cifre_di_controllo(base: &str) -> u8 {
    let resto = base.bytes().filter(u8::is_ascii_digit).fold(0_u32, |r, b| (r * 10 + u32::from(b - b'0')) % 93);
    u8::try_from(resto).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// spec/1 section 18 and spec/4 section 6.1.
    #[test]
    fn vettori_di_prova() {
        let casi = [
            (Numerazione::Aux0 { application_code: 1 }, "", 42, "000000000004282", "001000000000004282"),
            (Numerazione::Aux1, "", 42, "00000000000004243", "100000000000004243"),
            (Numerazione::Aux2, "", 42, "00000000000004244", "200000000000004244"),
            (Numerazione::Aux3 { segregation_code: 7 }, "26", 42, "07260000000004275", "307260000000004275"),
            (Numerazione::Aux3 { segregation_code: 47 }, "", 1, "47000000000000124", "347000000000000124"),
            (Numerazione::Aux3 { segregation_code: 2 }, "", 1, "02000000000000184", "302000000000000184"),
        ];
        for (numerazione, prefisso, progressivo, iuv, avviso) in casi {
            let generato = numerazione.genera(prefisso, progressivo).expect("generabile");
            assert_eq!(generato.as_str(), avviso);
            assert_eq!(generato.iuv().as_str(), iuv);
        }
    }

    #[test]
    fn i_rifiuti_hanno_i_testi_del_contratto() {
        let testo = |s: &str| NumeroAvviso::leggi(s).expect_err("rifiutato").to_string();
        assert_eq!(testo("12"), "Numero Avviso [12] fornito non valido: Consentite 18 cifre trovate [2].");
        assert_eq!(testo("12345678901234567A"), "Numero Avviso [12345678901234567A] fornito non valido: non e' in formato numerico.");
        assert_eq!(testo("400000000000000000"), "Numero Avviso [400000000000000000] fornito non valido: prima cifra non e' [0|1|2|3]");
    }

    #[test]
    fn la_numerazione_si_ferma_a_tredici_cifre() {
        let aux3 = Numerazione::Aux3 { segregation_code: 1 };
        assert!(aux3.genera("", 9_999_999_999_999).is_ok());
        assert_eq!(aux3.genera("", 10_000_000_000_000), Err(IuvNonGenerabile::Esaurito));
        assert_eq!(aux3.genera("12345678901234", 1), Err(IuvNonGenerabile::Esaurito));
        assert_eq!(aux3.genera("1234567890123", 1), Err(IuvNonGenerabile::Esaurito));
        assert_eq!(aux3.genera("%(a)", 1), Err(IuvNonGenerabile::PrefissoNonNumerico("%(a)".to_owned())));
    }

    fn numerazioni() -> impl Strategy<Value = Numerazione> {
        prop_oneof![
            (0_u8..100).prop_map(|application_code| Numerazione::Aux0 { application_code }),
            Just(Numerazione::Aux1),
            Just(Numerazione::Aux2),
            (0_u8..100).prop_map(|segregation_code| Numerazione::Aux3 { segregation_code }),
        ]
    }

    proptest! {
        #[test]
        fn ogni_numero_generato_si_rilegge(n in numerazioni(), p in 0_u64..9_999_999, prefisso in "[0-9]{0,5}") {
            let avviso = n.genera(&prefisso, p).expect("generabile");
            prop_assert_eq!(NumeroAvviso::leggi(avviso.as_str()), Ok(avviso.clone()));
            let cifre = avviso.as_str();
            prop_assert_eq!(format!("{:02}", cifre_di_controllo(&cifre[..16])), &cifre[16..]);
        }

        #[test]
        fn numeri_diversi_danno_avvisi_diversi(n in numerazioni(), a in 0_u64..1_000_000, b in 0_u64..1_000_000) {
            prop_assume!(a != b);
            prop_assert_ne!(n.genera("", a), n.genera("", b));
        }

        #[test]
        fn nessun_testo_fa_panico(testo in "\\PC{0,40}") {
            let _ = NumeroAvviso::leggi(&testo);
        }
    }
}
