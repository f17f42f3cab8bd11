//! Regular expressions of Java on an engine without backtracking: the time is linear, look-around and back references are refused.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::errori::{Esito, Guasto};
use crate::limiti::{Consumo, Esaurito, TestoLimitato};
use crate::valori::Valore;

/// Bytes of a compiled expression and of its cache of states.
const COMPILATA_BYTE_MAX: usize = 1 << 18;
const CARATTERI_MAX: usize = 1000;

/// Bytes of a text that is looked into.
const TESTO_MAX: usize = 1 << 18;
/// Steps of a compilation, which costs a thousand times more than a look-up.
const PASSI_COMPILAZIONE: u64 = 1000;

/// How an expression is to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opzioni {
    pub ignora_maiuscole: bool,
    /// A plain text, not an expression.
    pub alla_lettera: bool,
    /// It has to match the whole text.
    pub intera: bool,
}

type Compilata = OnceLock<(String, Opzioni, Regex)>;

/// The first expressions compiled at one place of the template, where they are nearly always the same: one for whole matches, one for the others.
#[derive(Debug, Default)]
pub(crate) struct Cache(Compilata, Compilata);

impl Cache {
    pub fn prendi(&self, espressione: &str, opzioni: Opzioni, consumo: &mut Consumo) -> Esito<Regex> {
        let posto = if opzioni.intera { &self.0 } else { &self.1 };
        if let Some((nota, con, regex)) = posto.get()
            && nota == espressione
            && *con == opzioni
        {
            return Ok(regex.clone());
        }
        let regex = compila(espressione, opzioni, consumo)?;
        let _ = posto.set((espressione.to_owned(), opzioni, regex.clone()));
        Ok(regex)
    }
}

pub(crate) fn compila(espressione: &str, opzioni: Opzioni, consumo: &mut Consumo) -> Esito<Regex> {
    consumo.passi(PASSI_COMPILAZIONE)?;
    if espressione.len() > CARATTERI_MAX {
        return Err(Guasto::detto(format!("espressione regolare troppo lunga: al massimo {CARATTERI_MAX} caratteri")));
    }
    let tradotta = if opzioni.alla_lettera { regex::escape(espressione) } else { traduci(espressione) };
    let tradotta = if opzioni.intera { format!("\\A(?:{tradotta})\\z") } else { tradotta };
    RegexBuilder::new(&tradotta)
        .case_insensitive(opzioni.ignora_maiuscole)
        .size_limit(COMPILATA_BYTE_MAX)
        .dfa_size_limit(COMPILATA_BYTE_MAX)
        .build()
        .map_err(|_| Guasto::detto("espressione regolare non valida o non ammessa (sono escluse `(?=`, `(?!`, `(?<=` e i richiami `\\1`)"))
}

/// Charges for looking into a text of that many bytes, one step each: the engine goes once over it, but slowly.
pub(crate) fn percorre(byte: usize, consumo: &mut Consumo) -> Esito<()> {
    if byte > TESTO_MAX {
        return Err(Guasto::detto(format!("testo troppo lungo per una espressione regolare: al massimo {TESTO_MAX} byte")));
    }
    Ok(consumo.passi(byte as u64)?)
}

/// Java's classes are of ASCII and some have other names.
fn traduci(espressione: &str) -> String {
    const CLASSI: [(&str, &str); 18] = [
        (r"\d", "[0-9]"),
        (r"\D", "[^0-9]"),
        (r"\w", "[0-9A-Za-z_]"),
        (r"\W", "[^0-9A-Za-z_]"),
        (r"\s", r"[ \t\n\x0B\f\r]"),
        (r"\S", r"[^ \t\n\x0B\f\r]"),
        (r"\h", r"[ \t]"),
        (r"\Z", r"\z"),
        (r"\p{Alpha}", "[A-Za-z]"),
        (r"\p{Digit}", "[0-9]"),
        (r"\p{Alnum}", "[0-9A-Za-z]"),
        (r"\p{Upper}", "[A-Z]"),
        (r"\p{Lower}", "[a-z]"),
        (r"\p{Punct}", "[!-/:-@\\[-`{-~]"),
        (r"\p{Space}", r"[ \t\n\x0B\f\r]"),
        (r"\p{Blank}", r"[ \t]"),
        (r"\p{XDigit}", "[0-9A-Fa-f]"),
        (r"\/", "/"),
    ];
    let mut tradotta = String::with_capacity(espressione.len());
    let mut resto = espressione;
    while let Some(barra) = resto.find('\\') {
        tradotta.push_str(&resto[..barra]);
        resto = &resto[barra..];
        let (scritta, lunghezza) = match CLASSI.iter().find(|(java, _)| resto.starts_with(java)) {
            Some((java, nostra)) => (*nostra, java.len()),
            None => {
                let lunghezza = 1 + resto[1..].chars().next().map_or(0, char::len_utf8);
                (&resto[..lunghezza], lunghezza)
            }
        };
        tradotta.push_str(scritta);
        resto = &resto[lunghezza..];
    }
    tradotta + resto
}

/// What `?matches` found.
pub struct Riscontro {
    /// The whole text matches.
    pub(crate) intero: bool,
    /// Groups of the whole match, the first being the match itself; absent ones are empty.
    pub(crate) gruppi: Vec<Valore>,
    /// Every match inside the text.
    pub(crate) tutti: Vec<Valore>,
}

impl Riscontro {
    pub(crate) fn nuovo(intera: &Regex, ovunque: &Regex, testo: &str) -> Self {
        let gruppi = intera.captures(testo).map(|c| c.iter().map(|g| Valore::from(g.map_or("", |g| g.as_str()))).collect::<Vec<_>>());
        Self { intero: gruppi.is_some(), gruppi: gruppi.unwrap_or_default(), tutti: ovunque.find_iter(testo).map(|m| Valore::from(m.as_str())).collect() }
    }
}

impl std::fmt::Debug for Riscontro {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Riscontro({})", self.intero)
    }
}

/// `con_gruppi`: `$1` and `\$` in the replacement mean what they mean to Java.
pub(crate) fn sostituisci(regex: &Regex, testo: &str, metti: &str, con_gruppi: bool, solo_primo: bool, sostituito: &mut TestoLimitato) -> Result<(), Esaurito> {
    let mut fine = 0;
    for trovato in regex.captures_iter(testo).take(if solo_primo { 1 } else { usize::MAX }) {
        let Some(intero) = trovato.get(0) else { continue };
        sostituito.aggiungi(&testo[fine..intero.start()])?;
        if con_gruppi {
            espandi(metti, &trovato, sostituito)?;
        } else {
            sostituito.aggiungi(metti)?;
        }
        fine = intero.end();
    }
    sostituito.aggiungi(&testo[fine..])
}

fn espandi(metti: &str, trovato: &regex::Captures<'_>, sostituito: &mut TestoLimitato) -> Result<(), Esaurito> {
    let mut caratteri = metti.chars().peekable();
    while let Some(c) = caratteri.next() {
        let gruppo = if c == '$' { caratteri.peek().and_then(|c| c.to_digit(10)) } else { None };
        match (c, gruppo) {
            (_, Some(gruppo)) => {
                caratteri.next();
                sostituito.aggiungi(trovato.get(gruppo as usize).map_or("", |g| g.as_str()))?;
            }
            ('\\', _) => {
                if let Some(protetto) = caratteri.next() {
                    sostituito.aggiungi(protetto.encode_utf8(&mut [0; 4]))?;
                }
            }
            (c, _) => sostituito.aggiungi(c.encode_utf8(&mut [0; 4]))?,
        }
    }
    Ok(())
}
