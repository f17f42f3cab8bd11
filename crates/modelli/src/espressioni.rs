//! The tree of an expression. `analisi` makes it, `valutazione` walks it.

use std::sync::Arc;

use crate::builtin::{Cache, Voce};
use crate::numero::Numero;

#[derive(Debug)]
pub(crate) struct Espr {
    pub tipo: Tipo,
    /// Byte offsets in the template.
    pub da: u32,
    pub a: u32,
    /// Height of the tree from here down.
    pub profondita: u16,
}

#[derive(Debug)]
pub(crate) enum Tipo {
    Testo(Arc<str>),
    /// A string with `${}` inside.
    Composta(Vec<Espr>),
    Numero(Numero),
    Booleano(bool),
    Variabile(Arc<str>),
    Speciale(Speciale),
    Punto(Box<Espr>, Arc<str>),
    Indice(Box<Espr>, Box<Espr>),
    Chiamata(Box<Espr>, Vec<Espr>),
    Builtin(Box<Espr>, Box<Uso>),
    Esiste(Box<Espr>),
    Predefinito(Box<Espr>, Option<Box<Espr>>),
    Parentesi(Box<Espr>),
    Meno(Box<Espr>),
    Piu(Box<Espr>),
    Non(Box<Espr>),
    Binario(Operatore, Box<Espr>, Box<Espr>),
    Intervallo(Estremi, Box<Espr>, Option<Box<Espr>>),
    Sequenza(Vec<Espr>),
    Mappa(Vec<(Espr, Espr)>),
}

/// `x?nome(argomenti)`.
#[derive(Debug)]
pub(crate) struct Uso {
    pub voce: &'static Voce,
    pub argomenti: Vec<Espr>,
    pub cache: Cache,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speciale {
    Adesso,
    Lingua,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Estremi {
    Compreso,
    Escluso,
    Lunghezza,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operatore {
    Oppure,
    E,
    Uguale,
    Diverso,
    Minore,
    MinoreUguale,
    Maggiore,
    MaggioreUguale,
    Somma,
    Sottrazione,
    Prodotto,
    Divisione,
    Resto,
}

impl Tipo {
    /// Height of the highest of its parts.
    pub fn profondita(&self) -> u16 {
        let massima = |espr: &[Espr]| espr.iter().map(|e| e.profondita).max().unwrap_or(0);
        match self {
            Self::Testo(_) | Self::Numero(_) | Self::Booleano(_) | Self::Variabile(_) | Self::Speciale(_) => 0,
            Self::Punto(e, _) | Self::Esiste(e) | Self::Parentesi(e) | Self::Meno(e) | Self::Piu(e) | Self::Non(e) => e.profondita,
            Self::Predefinito(e, altro) | Self::Intervallo(_, e, altro) => e.profondita.max(altro.as_ref().map_or(0, |a| a.profondita)),
            Self::Indice(e, f) | Self::Binario(_, e, f) => e.profondita.max(f.profondita),
            Self::Chiamata(e, argomenti) => e.profondita.max(massima(argomenti)),
            Self::Builtin(e, uso) => e.profondita.max(massima(&uso.argomenti)),
            Self::Sequenza(elementi) | Self::Composta(elementi) => massima(elementi),
            Self::Mappa(voci) => voci.iter().map(|(k, v)| k.profondita.max(v.profondita)).max().unwrap_or(0),
        }
    }
}
