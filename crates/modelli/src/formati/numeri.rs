//! Patterns of `java.text.DecimalFormat`: `#,##0.00`, `0.##`, `#.00`, `0%`, with literal prefix and suffix. Rounding is half even, as there.

use super::Lingua;
use crate::numero::{Arrotonda, Numero};

/// Characters of a pattern.
const SCHEMA_MAX: usize = 100;
const VALUTA: char = '\u{a4}';

#[derive(Debug, Default, PartialEq, Eq)]
struct Schema {
    positivo: (String, String),
    negativo: (String, String),
    interi_min: usize,
    decimali_min: usize,
    decimali_max: usize,
    /// Zero: no grouping.
    gruppo: usize,
    /// 2 for per cent, 3 for per mille.
    spostamento: u32,
}

#[derive(Default)]
struct Cifre {
    /// `#` before the first zero, zeros, `#` after them, as `DecimalFormat.applyPattern` counts them.
    sinistra: usize,
    zeri: usize,
    destra: usize,
    virgola: Option<usize>,
    gruppo: Option<usize>,
}

/// Writes with a pattern or with one of the named formats (`number`, `computer`, `currency`, `percent`).
pub(crate) fn scrivi(schema: &str, numero: Numero, lingua: Lingua) -> Result<String, String> {
    let schema = match (schema, lingua) {
        ("number" | "", _) => "#,##0.###",
        ("computer" | "c", _) => return Ok(numero.arrotondato(16, Arrotonda::MezzoPari).to_string()),
        ("percent", _) => "#,##0%",
        ("currency", Lingua::Italiano) => "#,##0.00\u{a0}\u{a4}",
        ("currency", Lingua::Inglese) => "\u{a4}#,##0.00",
        (altro, _) => altro,
    };
    leggi(schema)?.applica(numero, lingua)
}

fn leggi(schema: &str) -> Result<Schema, String> {
    if schema.chars().count() > SCHEMA_MAX {
        return Err(format!("formato di numero troppo lungo: al massimo {SCHEMA_MAX} caratteri"));
    }
    let (positivo, negativo) = match spezza(schema) {
        (p, Some(n)) => (p, Some(n)),
        (p, None) => (p, None),
    };
    let (prefisso, corpo, suffisso) = parti(positivo);
    let cifre = conta(corpo).ok_or_else(|| format!("formato di numero non valido: `{schema}`"))?;
    let mut letto = cifre.schema();
    letto.spostamento = if positivo.contains('%') { 2 } else { u32::from(positivo.contains('\u{2030}')) * 3 };
    letto.positivo = (letterale(prefisso), letterale(suffisso));
    letto.negativo = match negativo {
        Some(negativo) => {
            let (prefisso, _, suffisso) = parti(negativo);
            (letterale(prefisso), letterale(suffisso))
        }
        None => (format!("-{}", letto.positivo.0), letto.positivo.1.clone()),
    };
    Ok(letto)
}

fn spezza(schema: &str) -> (&str, Option<&str>) {
    let mut protetto = false;
    for (qui, c) in schema.char_indices() {
        match c {
            '\'' => protetto = !protetto,
            ';' if !protetto => return (&schema[..qui], Some(&schema[qui + 1..])),
            _ => {}
        }
    }
    (schema, None)
}

/// Prefix, digits, suffix.
fn parti(schema: &str) -> (&str, &str, &str) {
    let mut protetto = false;
    let mut estremi: Option<(usize, usize)> = None;
    for (qui, c) in schema.char_indices() {
        if c == '\'' {
            protetto = !protetto;
        } else if !protetto && matches!(c, '#' | '0' | ',' | '.') && estremi.is_none_or(|(_, fine)| fine == qui) {
            estremi = Some((estremi.map_or(qui, |(inizio, _)| inizio), qui + 1));
        }
    }
    let (inizio, fine) = estremi.unwrap_or((schema.len(), schema.len()));
    (&schema[..inizio], &schema[inizio..fine], &schema[fine..])
}

fn letterale(testo: &str) -> String {
    testo.replace("''", "\u{0}").replace('\'', "").replace('\u{0}', "'")
}

fn conta(corpo: &str) -> Option<Cifre> {
    let mut cifre = Cifre::default();
    let mut contate = 0;
    for c in corpo.chars() {
        match c {
            '#' if cifre.zeri > 0 => cifre.destra += 1,
            '#' => cifre.sinistra += 1,
            '0' if cifre.destra > 0 => return None,
            '0' => cifre.zeri += 1,
            ',' if cifre.virgola.is_some() => return None,
            ',' => {
                cifre.gruppo = Some(0);
                continue;
            }
            '.' if cifre.virgola.is_some() => return None,
            _ => {
                cifre.virgola = Some(contate);
                continue;
            }
        }
        contate += 1;
        if cifre.virgola.is_none()
            && let Some(gruppo) = &mut cifre.gruppo
        {
            *gruppo += 1;
        }
    }
    (contate > 0 && cifre.gruppo != Some(0)).then_some(cifre)
}

impl Cifre {
    fn schema(mut self) -> Schema {
        if let Some(virgola) = self.virgola
            && self.zeri == 0
            && self.sinistra > 0
        {
            let n = virgola.max(1);
            self.destra = self.sinistra - n.min(self.sinistra);
            self.sinistra = n - 1;
            self.zeri = 1;
        }
        let totale = self.sinistra + self.zeri + self.destra;
        let virgola = self.virgola.unwrap_or(totale);
        Schema {
            interi_min: virgola.saturating_sub(self.sinistra),
            decimali_max: totale.saturating_sub(virgola),
            decimali_min: (self.sinistra + self.zeri).saturating_sub(virgola),
            gruppo: self.gruppo.unwrap_or(0),
            ..Schema::default()
        }
    }
}

impl Schema {
    fn applica(&self, numero: Numero, lingua: Lingua) -> Result<String, String> {
        let spostato = numero.spostato(self.spostamento).ok_or("numero troppo grande per questo formato")?;
        let arrotondato = spostato.arrotondato(u32::try_from(self.decimali_max).unwrap_or(u32::MAX), Arrotonda::MezzoPari);
        let (interi, decimali) = arrotondato.cifre();
        let (prefisso, suffisso) = if arrotondato.negativo() { &self.negativo } else { &self.positivo };
        let (punto, migliaia) = lingua.separatori();

        let mut scritto = valuta(prefisso, lingua);
        let interi = format!("{interi:0>minimo$}", minimo = self.interi_min);
        let con_decimali = !decimali.is_empty() || self.decimali_min > 0;
        scritto.push_str(&raggruppa(if interi.is_empty() && !con_decimali { "0" } else { &interi }, self.gruppo, migliaia));
        if con_decimali {
            scritto.push(punto);
            scritto.push_str(&format!("{decimali:0<minimo$}", minimo = self.decimali_min));
        }
        scritto.push_str(&valuta(suffisso, lingua));
        Ok(scritto)
    }
}

fn valuta(affisso: &str, lingua: Lingua) -> String {
    affisso.replace(VALUTA, if lingua == Lingua::Italiano { "€" } else { "$" })
}

fn raggruppa(interi: &str, gruppo: usize, separatore: char) -> String {
    let mut raggruppato = String::with_capacity(interi.len() * 2);
    for (i, c) in interi.chars().enumerate() {
        if gruppo > 0 && i > 0 && (interi.len() - i).is_multiple_of(gruppo) {
            raggruppato.push(separatore);
        }
        raggruppato.push(c);
    }
    raggruppato
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_numeri_si_scrivono_come_decimalformat() {
        for (schema, numero, italiano, inglese) in [
            ("#,##0.00", "1234.5", "1.234,50", "1,234.50"),
            ("#,##0.00", "-1234567.895", "-1.234.567,90", "-1,234,567.90"),
            ("#.00", "0.5", ",50", ".50"),
            ("#.##", "0.5", "0,5", "0.5"),
            ("#.##", "0", "0", "0"),
            ("#", "0", "0", "0"),
            ("0.00", "-0.001", "0,00", "0.00"),
            ("0.00", "0.125", "0,12", "0.12"),
            ("0.00", "0.135", "0,14", "0.14"),
            ("000", "7", "007", "007"),
            ("0.###", "2", "2", "2"),
            ("0%", "0.22", "22%", "22%"),
            ("€ #,##0.00", "10", "€ 10,00", "€ 10.00"),
            ("0.0;(0.0)", "-3", "(3,0)", "(3.0)"),
            ("'n.' 0", "3", "n. 3", "n. 3"),
            ("number", "1234.56789", "1.234,568", "1,234.568"),
            ("computer", "1234.5", "1234.5", "1234.5"),
            ("currency", "1234.5", "1.234,50\u{a0}€", "$1,234.50"),
        ] {
            let numero = Numero::leggi(numero).expect(numero);
            assert_eq!(scrivi(schema, numero, Lingua::Italiano).as_deref(), Ok(italiano), "{schema} {numero}");
            assert_eq!(scrivi(schema, numero, Lingua::Inglese).as_deref(), Ok(inglese), "{schema} {numero}");
        }
    }

    #[test]
    fn un_formato_sbagliato_si_dice() {
        for schema in ["abc", "0#0.0", "0.0.0", "#,", "0.0,0", &"0".repeat(200)] {
            assert!(scrivi(schema, Numero::ZERO, Lingua::Italiano).is_err(), "{schema}");
        }
    }
}
