//! What a person is told when a template is wrong, and the private error the interpreter carries until it knows where it was.
//!
//! Sentences name constructs, expressions of the template and formats; never the values, which are data of citizens.

use crate::limiti::Esaurito;

/// The template cannot be used. Line and column are 1-based, in characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("riga {riga}, colonna {colonna}: {messaggio}")]
pub struct ErroreCompilazione {
    pub riga: usize,
    pub colonna: usize,
    pub messaggio: String,
}

/// A template that compiled did not give a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreEsecuzione {
    /// `<#stop "...">`: the template refuses its input, with a text for the caller (422 SEMANTICA, spec/1 section 10.3).
    #[error("{0}")]
    Stop(String),
    #[error("riga {riga}, colonna {colonna}: {messaggio}")]
    Esecuzione { riga: usize, colonna: usize, messaggio: String },
    #[error("{0}")]
    Esaurito(Esaurito),
}

/// Why a step failed.
#[derive(Debug)]
pub(crate) enum Causa {
    Detto(String),
    /// A missing value was used: `(a.b)!` forgives this one only.
    Mancante(String),
    Stop(String),
    Esaurito(Esaurito),
}

/// A cause and, once an expression has claimed it, the byte offset in the template.
#[derive(Debug)]
pub(crate) struct Guasto {
    pub causa: Causa,
    pub dove: Option<u32>,
}

pub(crate) type Esito<T> = Result<T, Guasto>;

impl Guasto {
    pub fn detto(frase: impl Into<String>) -> Self {
        Self { causa: Causa::Detto(frase.into()), dove: None }
    }

    pub fn mancante(frase: impl Into<String>) -> Self {
        Self { causa: Causa::Mancante(frase.into()), dove: None }
    }

    pub fn presso(mut self, offset: u32) -> Self {
        self.dove.get_or_insert(offset);
        self
    }
}

impl From<Esaurito> for Guasto {
    fn from(esaurito: Esaurito) -> Self {
        Self { causa: Causa::Esaurito(esaurito), dove: None }
    }
}

pub(crate) fn detto<T>(frase: impl Into<String>) -> Esito<T> {
    Err(Guasto::detto(frase))
}

/// Line and column, 1-based, of a byte offset.
pub(crate) fn posizione(testo: &str, offset: usize) -> (usize, usize) {
    let prima = &testo[..testo.floor_char_boundary(offset.min(testo.len()))];
    let riga = prima.matches('\n').count() + 1;
    let colonna = prima.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (riga, colonna)
}

pub(crate) fn errore_compilazione(testo: &str, offset: usize, messaggio: impl Into<String>) -> ErroreCompilazione {
    let (riga, colonna) = posizione(testo, offset);
    ErroreCompilazione { riga, colonna, messaggio: messaggio.into() }
}
