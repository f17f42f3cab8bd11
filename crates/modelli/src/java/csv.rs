//! `CSVUtils`, its records and `CSVFormat` (spec/3 section 6.3).

use std::fmt::Write as _;

use super::classi::{DominioDiIban, metodo_ignoto};
use super::indice;
use crate::builtin::fuga_json;
use crate::numero::Numero;
use crate::valori::{NonRiuscito, Oggetto, Valore};

/// Columns of a record. The standard layout has 87.
const COLONNE_MAX: usize = 1000;

/// Comma and quotes, or what a template asks for.
#[derive(Clone, Copy)]
pub(super) struct Formato {
    separatore: char,
    apice: Option<char>,
}

impl Formato {
    pub const PREDEFINITO: Self = Self { separatore: ',', apice: Some('"') };

    pub fn con_separatore(separatore: char) -> Self {
        Self { separatore, apice: None }
    }

    fn dividi(self, riga: &str) -> Result<Vec<String>, NonRiuscito> {
        let mut colonne = Vec::new();
        let mut resto = riga.trim_end_matches(['\r', '\n']);
        loop {
            let (colonna, dopo) = self
                .colonna(resto)
                .ok_or_else(|| NonRiuscito::detto(format!("riga CSV non valida, colonna {}: apici non chiusi o testo dopo gli apici", colonne.len() + 1)))?;
            colonne.push(colonna);
            if colonne.len() > COLONNE_MAX {
                return Err(NonRiuscito::detto(format!("riga CSV con troppe colonne: al massimo {COLONNE_MAX}")));
            }
            match dopo {
                Some(dopo) => resto = dopo,
                None => return Ok(colonne),
            }
        }
    }

    /// The first column, and what follows its separator.
    fn colonna(self, riga: &str) -> Option<(String, Option<&str>)> {
        let Some(apice) = self.apice.filter(|a| riga.starts_with(*a)) else {
            return Some(riga.split_once(self.separatore).map_or_else(|| (riga.to_owned(), None), |(colonna, dopo)| (colonna.to_owned(), Some(dopo))));
        };
        let mut colonna = String::new();
        let mut resto = &riga[apice.len_utf8()..];
        loop {
            let (prima, dopo) = resto.split_once(apice)?;
            colonna.push_str(prima);
            if let Some(ancora) = dopo.strip_prefix(apice) {
                colonna.push(apice);
                resto = ancora;
                continue;
            }
            let dopo = dopo.trim_start_matches(|c: char| c == ' ' && self.separatore != ' ');
            return if dopo.is_empty() { Some((colonna, None)) } else { dopo.strip_prefix(self.separatore).map(|resto| (colonna, Some(resto))) };
        }
    }

    /// A line with its CRLF. Quotes only where they are needed; an absent value is an empty column, an empty text at the beginning is `""`.
    fn unisci(self, valori: &[Valore]) -> Result<String, NonRiuscito> {
        let mut riga = String::new();
        for (i, valore) in valori.iter().enumerate() {
            if i > 0 {
                riga.push(self.separatore);
            }
            let testo = match valore {
                Valore::Nullo => continue,
                Valore::Testo(t) => t.to_string(),
                Valore::Numero(n) => n.to_string(),
                Valore::Booleano(b) => b.to_string(),
                Valore::Oggetto(o) => o.testo().ok_or_else(|| NonRiuscito::detto("toCsv vuole testi"))?,
                _ => return Err(NonRiuscito::detto("toCsv vuole testi")),
            };
            match self.apice.filter(|apice| self.va_protetto(&testo, *apice, i == 0)) {
                Some(apice) => {
                    let _ = write!(riga, "{apice}{}{apice}", testo.replace(apice, &format!("{apice}{apice}")));
                }
                None => riga.push_str(&testo),
            }
        }
        riga.push_str("\r\n");
        Ok(riga)
    }

    fn va_protetto(self, testo: &str, apice: char, prima_colonna: bool) -> bool {
        let Some(prima) = testo.chars().next() else { return prima_colonna };
        let ambigua = prima <= '#' || prima_colonna && !matches!(prima, '!'..='~');
        ambigua || testo.ends_with(|c| c <= ' ') || testo.contains([self.separatore, apice, '\r', '\n'])
    }
}

/// `class["org.apache.commons.csv.CSVFormat"]` and the formats it makes.
impl Oggetto for Formato {
    fn genere(&self) -> &'static str {
        "un CSVFormat"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        match nome {
            "DEFAULT" => Some(Valore::oggetto(Self::PREDEFINITO)),
            "delimiter" => Some(self.separatore.to_string().into()),
            _ => None,
        }
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let [Valore::Testo(carattere)] = argomenti else { return Err(NonRiuscito::MetodoIgnoto) };
        let mut caratteri = carattere.chars();
        let (Some(carattere), None) = (caratteri.next(), caratteri.next()) else {
            return Err(NonRiuscito::detto(format!("CSVFormat: `{metodo}` vuole un solo carattere")));
        };
        if matches!(carattere, '\r' | '\n') {
            return Err(NonRiuscito::detto(format!("CSVFormat: `{metodo}` non vuole un a capo")));
        }
        Ok(Valore::oggetto(match metodo {
            "newFormat" => Self::con_separatore(carattere),
            "withQuote" | "setQuote" => Self { apice: Some(carattere), ..*self },
            "withDelimiter" | "setDelimiter" => Self { separatore: carattere, ..*self },
            _ => return metodo_ignoto("CSVFormat", metodo),
        }))
    }

    fn testo(&self) -> Option<String> {
        Some(format!("{}{}", self.separatore, self.apice.map(String::from).unwrap_or_default()))
    }
}

pub(super) struct CsvUtils {
    pub formato: Formato,
    pub dominio_di_iban: Option<DominioDiIban>,
}

impl CsvUtils {
    /// A format that a template made: known by its text, separator and quote.
    pub fn con_formato(valore: &Valore) -> Option<Formato> {
        let Valore::Oggetto(o) = valore else { return None };
        if o.genere() != Formato::PREDEFINITO.genere() {
            return None;
        }
        let testo = o.testo()?;
        let mut caratteri = testo.chars();
        Some(Formato { separatore: caratteri.next()?, apice: caratteri.next() })
    }

    fn dominio(&self, iban: &str) -> Result<Valore, NonRiuscito> {
        let cerca = self.dominio_di_iban.as_ref().ok_or_else(|| NonRiuscito::detto("getCodDominioFromIbanAccredito: qui non ci sono IBAN da cercare"))?;
        cerca(iban).map(Valore::from).ok_or_else(|| NonRiuscito::detto("getCodDominioFromIbanAccredito: IBAN di accredito sconosciuto"))
    }
}

impl Oggetto for CsvUtils {
    fn genere(&self) -> &'static str {
        "CSVUtils"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        (nome == "delimiter").then(|| self.formato.separatore.to_string().into())
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("getCSVRecord", [Valore::Testo(riga)]) => Ok(Valore::oggetto(Riga { colonne: self.formato.dividi(riga)? })),
            ("toCsv", [Valore::Sequenza(s)]) => self.formato.unisci(s.elementi()).map(Valore::from),
            ("toCsv", valori) => self.formato.unisci(valori).map(Valore::from),
            (_, [riga, resto @ ..]) => self.su_riga(metodo, riga, resto),
            _ => Err(NonRiuscito::MetodoIgnoto),
        }
    }
}

impl CsvUtils {
    fn su_riga(&self, metodo: &str, riga: &Valore, colonne: &[Valore]) -> Result<Valore, NonRiuscito> {
        let Valore::Oggetto(riga) = riga else { return Err(NonRiuscito::MetodoIgnoto) };
        let valori = colonne.iter().map(|i| colonna(&**riga, i)).collect::<Result<Vec<_>, _>>()?;
        match (metodo, valori.as_slice()) {
            ("isEmpty", [valore]) => Ok(valore.is_empty().into()),
            ("toJsonValue", valori) => {
                let piene: Vec<&str> = valori.iter().map(String::as_str).filter(|v| !v.is_empty()).collect();
                Ok(if piene.is_empty() { "null".into() } else { format!("\"{}\"", fuga_json(&piene.join(" "))) }.into())
            }
            ("isOperazioneAnnullamento", [importo]) => Ok(Numero::leggi(importo).is_some_and(|n| n == Numero::ZERO).into()),
            ("getCodDominioFromIbanAccredito", [iban]) => self.dominio(iban),
            _ => metodo_ignoto("CSVUtils", metodo),
        }
    }
}

/// A trimmed column; a missing one is empty.
fn colonna(riga: &dyn Oggetto, quale: &Valore) -> Result<String, NonRiuscito> {
    match riga.chiama("colonna", std::slice::from_ref(quale))? {
        Valore::Testo(testo) => Ok(testo.trim().to_owned()),
        _ => Ok(String::new()),
    }
}

/// A `CSVRecord`.
struct Riga {
    colonne: Vec<String>,
}

impl Oggetto for Riga {
    fn genere(&self) -> &'static str {
        "un CSVRecord"
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let colonna = |i: &Valore| indice(i).and_then(|i| self.colonne.get(i)).map(|c| Valore::from(c.as_str()));
        match (metodo, argomenti) {
            ("get", [i]) => colonna(i).ok_or_else(|| NonRiuscito::detto(format!("la riga CSV ha {} colonne: quella chiesta non c'è", self.colonne.len()))),
            ("colonna", [i]) => Ok(colonna(i).unwrap_or(Valore::Nullo)),
            ("isSet", [i]) => Ok(colonna(i).is_some().into()),
            ("size", []) => Ok(i64::try_from(self.colonne.len()).unwrap_or(i64::MAX).into()),
            _ => metodo_ignoto("CSVRecord", metodo),
        }
    }
}
