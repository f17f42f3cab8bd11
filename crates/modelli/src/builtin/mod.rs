//! What can be asked with `?nome`. The table is closed: an unknown name is found when the template is compiled.

pub(crate) mod date;
mod fughe;
mod numeri;
pub(crate) mod regolari;
pub(crate) mod sequenze;
pub(crate) mod testo;
mod tipi;

use crate::ambiente::Ambiente;
use crate::errori::{Esito, detto};
use crate::numero::Numero;
use crate::valori::{Genere, Mappa, Valore};

pub(crate) use fughe::json as fuga_json;
pub(crate) use regolari::Cache;
pub use regolari::Riscontro;

#[derive(Debug)]
pub(crate) struct Voce {
    pub nome: &'static str,
    /// How many arguments, at least and at most.
    pub minimo: usize,
    pub massimo: usize,
    pub modo: Modo,
}

/// How the subject and the arguments are evaluated.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Modo {
    /// Subject and arguments are there, and evaluated before.
    Funzione(fn(&mut Chiamata<'_>, &Valore) -> Esito<Valore>),
    HaContenuto,
    Esiste,
    SeEsiste,
    Predefinito,
    /// `?then(a, b)`: only one of the two is evaluated.
    Allora,
    /// Asked to a loop variable: index and number of elements.
    Ciclo(fn(usize, usize) -> Valore),
}

impl Voce {
    pub fn ciclo(&self) -> bool {
        matches!(self.modo, Modo::Ciclo(_))
    }
}

/// One use of a built-in, at work.
pub(crate) struct Chiamata<'c> {
    pub nome: &'static str,
    pub ambiente: &'c mut Ambiente,
    pub argomenti: &'c [Valore],
    pub cache: &'c Cache,
}

const TABELLE: [&[Voce]; 6] = [testo::VOCI, fughe::VOCI, numeri::VOCI, date::VOCI, sequenze::VOCI, tipi::VOCI];

/// Refused for what they can do.
const RIFIUTATI: [(&str, &str); 7] = [
    ("eval", "un modello non può eseguire testo"),
    ("eval_json", "un modello non può eseguire testo"),
    ("interpret", "un modello non può eseguire testo"),
    ("new", "un modello non può creare oggetti Java"),
    ("map", "le funzioni anonime non sono ammesse: si usi `<#list>`"),
    ("filter", "le funzioni anonime non sono ammesse: si usi `<#list>`"),
    ("no_esc", "si usi `?html` o `?json_string` dove serve"),
];

/// Looks a built-in up, in either spelling (`has_content`, `hasContent`). The error is a sentence.
pub(crate) fn trova(nome: &str) -> Result<&'static Voce, String> {
    let mut serpente = String::new();
    for c in nome.chars() {
        if c.is_ascii_uppercase() {
            serpente.push('_');
        }
        serpente.push(c.to_ascii_lowercase());
    }
    if let Some(voce) = TABELLE.iter().flat_map(|t| t.iter()).find(|v| v.nome == serpente) {
        return Ok(voce);
    }
    Err(match RIFIUTATI.iter().find(|(n, _)| *n == serpente) {
        Some((_, perche)) => format!("il built-in `?{nome}` non è ammesso: {perche}"),
        None => format!("il built-in `?{nome}` non esiste o non è ammesso"),
    })
}

const fn voce(nome: &'static str, minimo: usize, massimo: usize, funzione: fn(&mut Chiamata<'_>, &Valore) -> Esito<Valore>) -> Voce {
    Voce { nome, minimo, massimo, modo: Modo::Funzione(funzione) }
}

impl Chiamata<'_> {
    fn sbagliato<T>(&self, serve: &str, valore: &Valore) -> Esito<T> {
        detto(format!("`?{}` vuole {serve}, non {}", self.nome, valore.genere()))
    }

    /// The subject as a text: numbers, dates and objects that have one are written first. Charges for walking it.
    fn soggetto(&mut self, valore: &Valore) -> Esito<String> {
        if matches!(valore, Valore::Sequenza(_) | Valore::Mappa(_) | Valore::Riscontro(_)) {
            return self.sbagliato("un testo", valore);
        }
        let testo = self.ambiente.testo(valore)?.into_owned();
        self.ambiente.percorre(testo.len())?;
        Ok(testo)
    }

    fn numero(&self, valore: &Valore) -> Esito<Numero> {
        match valore {
            Valore::Numero(n) => Ok(*n),
            altro => self.sbagliato("un numero", altro),
        }
    }

    fn argomento_testo(&self, i: usize) -> Esito<&str> {
        match &self.argomenti[i] {
            Valore::Testo(t) => Ok(t),
            altro => self.sbagliato("un testo come argomento", altro),
        }
    }

    fn argomento_testo_o<'a>(&'a self, i: usize, altrimenti: &'a str) -> Esito<&'a str> {
        if i < self.argomenti.len() { self.argomento_testo(i) } else { Ok(altrimenti) }
    }

    fn argomento_intero(&self, i: usize) -> Esito<i64> {
        match &self.argomenti[i] {
            Valore::Numero(n) => match n.come_i64() {
                Some(intero) => Ok(intero),
                None => detto(format!("`?{}` vuole un numero intero", self.nome)),
            },
            altro => self.sbagliato("un numero intero come argomento", altro),
        }
    }
}

/// The elements of what can be listed.
pub(crate) fn elementi(valore: &Valore) -> Esito<&[Valore]> {
    match valore {
        Valore::Sequenza(s) => Ok(s.elementi()),
        Valore::Riscontro(r) => Ok(&r.tutti),
        altro => detto(format!("serve una lista, non {}", altro.genere())),
    }
}

fn vuoto(_: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    Ok(valore.clone())
}

/// A plain map, for `?keys` and `?values`.
fn mappa<'v>(chiamata: &Chiamata<'_>, valore: &'v Valore) -> Esito<&'v Mappa> {
    match valore {
        Valore::Mappa(m) => Ok(m),
        altro => chiamata.sbagliato("una mappa", altro),
    }
}

const fn data(istante: chrono::DateTime<chrono::Utc>, genere: Genere) -> Valore {
    Valore::Data(crate::valori::Data { istante, genere })
}
