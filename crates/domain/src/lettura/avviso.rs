//! Query parameters of the prints of an avviso and of a documento (spec/1 sections 9.7 and 9.8).

use codici::NumeroAvviso;

use super::regole;
use crate::Rifiuto;

/// Numbers that a print of a documento may be restricted to: a documento with more parts than this is printed whole.
pub const NUMERI_AVVISO_MAX: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinguaSecondaria {
    /// `false`: Italian alone, whatever the position says.
    Nessuna,
    De,
    En,
    Fr,
    Sl,
}

impl LinguaSecondaria {
    pub const TUTTE: [Self; 5] = [Self::Nessuna, Self::De, Self::En, Self::Fr, Self::Sl];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Nessuna => "false",
            Self::De => "de",
            Self::En => "en",
            Self::Fr => "fr",
            Self::Sl => "sl",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|l| l.codice() == testo)
    }
}

/// `linguaSecondaria` of a query or of proprieta.
pub fn lingua_secondaria(valore: Option<&str>) -> Result<Option<LinguaSecondaria>, Rifiuto> {
    let Some(valore) = valore else { return Ok(None) };
    match LinguaSecondaria::leggi(valore) {
        Some(lingua) => Ok(Some(lingua)),
        None => regole::codifica_inesistente("linguaSecondaria", valore, LinguaSecondaria::TUTTE.map(LinguaSecondaria::codice)),
    }
}

/// Repeated `numeriAvviso` of a query, each checked.
pub fn numeri_avviso<'a>(valori: impl IntoIterator<Item = &'a str>) -> Result<Vec<NumeroAvviso>, Rifiuto> {
    let valori: Vec<&str> = valori.into_iter().collect();
    regole::massimo_elementi("numeriAvviso", valori.len(), NUMERI_AVVISO_MAX)?;
    valori.into_iter().map(super::pendenza::numero_avviso).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_lingua_secondaria_e_una_di_cinque() {
        assert_eq!(lingua_secondaria(None), Ok(None));
        assert_eq!(lingua_secondaria(Some("false")), Ok(Some(LinguaSecondaria::Nessuna)));
        assert_eq!(lingua_secondaria(Some("sl")), Ok(Some(LinguaSecondaria::Sl)));
        for valore in ["DE", "it", "true", ""] {
            let atteso = format!("Codifica inesistente per linguaSecondaria. Valore fornito [{valore}] valori possibili {{false,de,en,fr,sl}}");
            assert_eq!(lingua_secondaria(Some(valore)), Err(Rifiuto::Sintassi(atteso)));
        }
    }

    #[test]
    fn ogni_numero_avviso_e_controllato() {
        let buono = "307260000000004275";
        assert_eq!(numeri_avviso([buono, buono]).map(|n| n.len()), Ok(2));
        for (cattivo, atteso) in [
            ("123", "Numero Avviso [123] fornito non valido: Consentite 18 cifre trovate [3]."),
            ("30726000000000427X", "Numero Avviso [30726000000000427X] fornito non valido: non e' in formato numerico."),
            ("907260000000004275", "Numero Avviso [907260000000004275] fornito non valido: prima cifra non e' [0|1|2|3]"),
        ] {
            assert_eq!(numeri_avviso([buono, cattivo]), Err(Rifiuto::Sintassi(atteso.to_owned())));
        }
        let troppi = vec![buono; NUMERI_AVVISO_MAX + 1];
        assert_eq!(numeri_avviso(troppi), Err(Rifiuto::Sintassi("Il campo numeriAvviso deve avere massimo 500 elementi.".to_owned())));
    }
}
