//! The three codes of a printed avviso (spec/1 section 7.5, spec/3 section 7.1, spec/4 section 6.3).

use unicode_normalization::UnicodeNormalization;

use crate::{IdDominio, Importo, NumeroAvviso};

/// Characters of the DataMatrix of the bollettino postale PA, all told.
pub const CARATTERI_DATAMATRIX: usize = 256;

/// `PAGOPA|002|<numero avviso>|<dominio>|<cents>`.
#[must_use]
pub fn qr_code(avviso: &NumeroAvviso, dominio: &IdDominio, importo: Importo) -> String {
    format!("PAGOPA|002|{avviso}|{dominio}|{}", importo.forma_codice())
}

/// GS1-128 content: `415<gln>8020<numero avviso>3902<cents>`.
#[must_use]
pub fn codice_a_barre(gln: &str, avviso: &NumeroAvviso, importo: Importo) -> String {
    format!("415{gln}8020{avviso}3902{}", importo.forma_codice())
}

/// What the bollettino section needs to be read by a post office.
#[derive(Clone, Debug)]
pub struct Bollettino<'a> {
    pub avviso: &'a NumeroAvviso,
    pub dominio: &'a IdDominio,
    pub importo: Importo,
    /// Postal IBAN of the accredito; its last 12 characters are the conto.
    pub iban: &'a str,
    pub debitore_identificativo: &'a str,
    pub debitore_anagrafica: &'a str,
    pub causale: &'a str,
}

impl Bollettino<'_> {
    /// Last 12 characters of the IBAN, zero padded on the left when it is shorter.
    #[must_use]
    pub fn conto(&self) -> String {
        let caratteri: Vec<char> = self.iban.chars().collect();
        let coda: String = caratteri[caratteri.len().saturating_sub(12)..].iter().collect();
        format!("{coda:0>12}")
    }

    #[must_use]
    pub fn codeline(&self) -> String {
        format!("18{}12{}10{:010}3896", self.avviso, self.conto(), self.importo.cent())
    }

    /// 256 characters, all ASCII.
    #[must_use]
    pub fn datamatrix(&self) -> String {
        format!(
            "codfase=NBPA;{}1P1{}{}{}{}{}A",
            self.codeline(),
            self.dominio,
            campo(self.debitore_identificativo, 16),
            campo(self.debitore_anagrafica, 40),
            campo(self.causale, 110),
            " ".repeat(12),
        )
    }
}

/// Decomposed, without what is not printable ASCII, upper case, cut or padded to `n` characters.
fn campo(testo: &str, n: usize) -> String {
    let pulito: String = testo.nfd().filter(|c| c.is_ascii() && !c.is_ascii_control()).take(n).collect();
    format!("{:<n$}", pulito.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn avviso() -> NumeroAvviso {
        NumeroAvviso::leggi("307260000000004275").expect("valido")
    }

    fn dominio() -> IdDominio {
        IdDominio::leggi("00123450678").expect("valido")
    }

    /// spec/1 section 17.
    #[test]
    fn qr_e_codice_a_barre_dell_esempio() {
        let importo = Importo::da_cent(13_250);
        assert_eq!(qr_code(&avviso(), &dominio(), importo), "PAGOPA|002|307260000000004275|00123450678|13250");
        assert_eq!(codice_a_barre("8888888888888", &avviso(), importo), "41588888888888888020307260000000004275390213250");
    }

    /// Offsets from spec/4 section 6.3.
    #[test]
    fn il_datamatrix_ha_i_campi_al_loro_posto() {
        let (avviso, dominio) = (avviso(), dominio());
        let bollettino = Bollettino {
            avviso: &avviso,
            dominio: &dominio,
            importo: Importo::da_cent(1999),
            iban: "IT60X0760101000000012345678",
            debitore_identificativo: "vlngrt75c52f205x",
            debitore_anagrafica: "Niccolò Đorđević",
            causale: "Mensa",
        };
        let testo = bollettino.datamatrix();
        assert_eq!(testo.len(), CARATTERI_DATAMATRIX);
        assert_eq!(&testo[15..33], "307260000000004275");
        assert_eq!(&testo[35..47], "000012345678");
        assert_eq!(&testo[49..59], "0000001999");
        assert_eq!(&testo[66..77], "00123450678");
        assert_eq!(&testo[77..93], "VLNGRT75C52F205X");
        assert!(testo[93..].starts_with("NICCOLO OREVIC "));
        assert!(testo.ends_with('A'));
    }

    proptest! {
        #[test]
        fn il_datamatrix_e_sempre_di_256_caratteri(nome in "\\PC{0,80}", causale in "\\PC{0,160}", cf in "\\PC{0,20}", iban in "\\PC{0,30}", cent in 0_i64..=99_999_999_999) {
            let (avviso, dominio) = (avviso(), dominio());
            let b = Bollettino { avviso: &avviso, dominio: &dominio, importo: Importo::da_cent(cent), iban: "IT60X0760101000000012345678", debitore_identificativo: &cf, debitore_anagrafica: &nome, causale: &causale };
            // Dieci cifre di centesimi: oltre 99.999.999,99 il bollettino non si stampa.
            if cent <= 9_999_999_999 {
                prop_assert_eq!(b.datamatrix().chars().count(), CARATTERI_DATAMATRIX);
            }
            let _ = Bollettino { iban: &iban, ..b }.conto();
        }
    }
}
