//! Values of a template, and the doors through which the host lends its own: [`Mappa`] for what can only be read, [`Oggetto`] for what also has methods.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::builtin::Riscontro;
use crate::numero::Numero;

/// A value. Cloning is cheap: what is big is shared. `Debug` tells the kind only, since values are data of citizens.
#[derive(Clone)]
pub enum Valore {
    /// Absent: an error wherever it is used, but for `??`, `!` and `?has_content`.
    Nullo,
    Testo(Arc<str>),
    Numero(Numero),
    Booleano(bool),
    Data(Data),
    Sequenza(Arc<Sequenza>),
    Mappa(Arc<Mappa>),
    Oggetto(Arc<dyn Oggetto>),
    /// What `?matches` gives: a truth, a list of matches, groups.
    Riscontro(Arc<Riscontro>),
}

/// How much of an instant is meant. A `java.util.Date` does not tell ([`Genere::Ignoto`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genere {
    Data,
    Ora,
    DataOra,
    Ignoto,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Data {
    pub istante: DateTime<Utc>,
    pub genere: Genere,
}

/// A list that knows how deep it is.
pub struct Sequenza {
    elementi: Vec<Valore>,
    profondita: u16,
}

/// A map that remembers the order of insertion. Read-only once it is in a [`Valore`]; its getters are its members (spec/1 section 15):
/// `x.getNumeroAvviso()`, `x.numeroAvviso` and `x["numeroAvviso"]` are one thing.
#[derive(Default)]
pub struct Mappa {
    ordine: Vec<Arc<str>>,
    voci: HashMap<Arc<str>, Valore>,
    profondita: u16,
}

/// Why a method of an [`Oggetto`] gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonRiuscito {
    /// The object has no such method: a getter is then looked for among the members.
    #[error("metodo sconosciuto")]
    MetodoIgnoto,
    /// A sentence for whoever wrote the template. It must not contain values.
    #[error("{0}")]
    Detto(String),
}

impl NonRiuscito {
    pub fn detto(frase: impl Into<String>) -> Self {
        Self::Detto(frase.into())
    }
}

/// Something of the host with methods. `membro` answers `x.nome` and `x["nome"]`.
pub trait Oggetto: Send + Sync {
    /// What it is, for error sentences.
    fn genere(&self) -> &'static str;

    fn membro(&self, _nome: &str) -> Option<Valore> {
        None
    }

    /// Calls a method; the empty name is the object called as a function, `x(...)`.
    ///
    /// # Errors
    /// See [`NonRiuscito`].
    fn chiama(&self, _metodo: &str, _argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        Err(NonRiuscito::MetodoIgnoto)
    }

    /// What `${x}` writes and `==` compares, for objects that have a text.
    fn testo(&self) -> Option<String> {
        None
    }

    /// Steps of a call, for methods that walk something big.
    fn costo(&self) -> u64 {
        1
    }
}

impl Valore {
    pub fn testo(testo: impl Into<Arc<str>>) -> Self {
        Self::Testo(testo.into())
    }

    /// `None` becomes [`Valore::Nullo`].
    pub fn forse<T: Into<Self>>(valore: Option<T>) -> Self {
        valore.map_or(Self::Nullo, Into::into)
    }

    pub fn oggetto(oggetto: impl Oggetto + 'static) -> Self {
        Self::Oggetto(Arc::new(oggetto))
    }

    pub fn istante(istante: DateTime<Utc>, genere: Genere) -> Self {
        Self::Data(Data { istante, genere })
    }

    /// A constant of an enumeration, with its `name()` and `getCodifica()`. Written, it is its name.
    pub fn costante(nome: &str, codifica: &str) -> Self {
        Self::oggetto(Costante { nome: nome.into(), codifica: codifica.into() })
    }

    /// Objects become maps. A number of more than 38 digits becomes a text.
    #[must_use]
    pub fn da_json(json: &Value) -> Self {
        match json {
            Value::Null => Self::Nullo,
            Value::Bool(b) => Self::Booleano(*b),
            Value::Number(n) => {
                let testo = n.to_string();
                Numero::leggi(&testo).map_or_else(|| Self::testo(testo), Self::Numero)
            }
            Value::String(s) => Self::testo(s.as_str()),
            Value::Array(elementi) => Self::sequenza(elementi.iter().map(Self::da_json).collect()),
            Value::Object(membri) => Self::Mappa(Arc::new(membri.iter().map(|(k, v)| (k.as_str(), Self::da_json(v))).collect())),
        }
    }

    #[must_use]
    pub fn sequenza(elementi: Vec<Self>) -> Self {
        let profondita = elementi.iter().map(Self::profondita).max().unwrap_or(0).saturating_add(1);
        Self::Sequenza(Arc::new(Sequenza { elementi, profondita }))
    }

    pub(crate) fn profondita(&self) -> u16 {
        match self {
            Self::Sequenza(s) => s.profondita,
            Self::Mappa(m) => m.profondita.saturating_add(1),
            _ => 0,
        }
    }

    #[must_use]
    pub const fn nullo(&self) -> bool {
        matches!(self, Self::Nullo)
    }

    #[must_use]
    pub fn come_testo(&self) -> Option<&str> {
        match self {
            Self::Testo(t) => Some(t),
            _ => None,
        }
    }

    /// The kind, for error sentences.
    #[must_use]
    pub fn genere(&self) -> &'static str {
        match self {
            Self::Nullo => "un valore assente",
            Self::Testo(_) => "un testo",
            Self::Numero(_) => "un numero",
            Self::Booleano(_) => "un booleano",
            Self::Data(_) => "una data",
            Self::Sequenza(_) => "una lista",
            Self::Mappa(_) => "una mappa",
            Self::Oggetto(o) => o.genere(),
            Self::Riscontro(_) => "il risultato di ?matches",
        }
    }
}

impl fmt::Debug for Valore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.genere())
    }
}

impl From<&str> for Valore {
    fn from(testo: &str) -> Self {
        Self::testo(testo)
    }
}

impl From<String> for Valore {
    fn from(testo: String) -> Self {
        Self::testo(testo)
    }
}

impl From<bool> for Valore {
    fn from(valore: bool) -> Self {
        Self::Booleano(valore)
    }
}

impl From<i64> for Valore {
    fn from(valore: i64) -> Self {
        Self::Numero(Numero::intero(valore))
    }
}

impl From<Numero> for Valore {
    fn from(valore: Numero) -> Self {
        Self::Numero(valore)
    }
}

impl From<Data> for Valore {
    fn from(valore: Data) -> Self {
        Self::Data(valore)
    }
}

impl From<Mappa> for Valore {
    fn from(mappa: Mappa) -> Self {
        Self::Mappa(Arc::new(mappa))
    }
}

impl Sequenza {
    #[must_use]
    pub fn elementi(&self) -> &[Valore] {
        &self.elementi
    }
}

impl Mappa {
    #[must_use]
    pub fn nuova() -> Self {
        Self::default()
    }

    /// Adds or replaces.
    pub fn metti(&mut self, nome: impl Into<Arc<str>>, valore: impl Into<Valore>) -> &mut Self {
        let (nome, valore) = (nome.into(), valore.into());
        self.profondita = self.profondita.max(valore.profondita());
        if self.voci.insert(Arc::clone(&nome), valore).is_none() {
            self.ordine.push(nome);
        }
        self
    }

    #[must_use]
    pub fn leggi(&self, nome: &str) -> Option<&Valore> {
        self.voci.get(nome)
    }

    pub fn nomi(&self) -> impl Iterator<Item = &Arc<str>> {
        self.ordine.iter()
    }

    pub fn voci(&self) -> impl Iterator<Item = (&Arc<str>, &Valore)> {
        self.ordine.iter().filter_map(|nome| self.voci.get(nome).map(|valore| (nome, valore)))
    }

    /// The i-th, in order of insertion.
    #[must_use]
    pub fn voce(&self, indice: usize) -> Option<(&Arc<str>, &Valore)> {
        self.ordine.get(indice).and_then(|nome| self.voci.get(nome).map(|valore| (nome, valore)))
    }

    #[must_use]
    pub fn quante(&self) -> usize {
        self.ordine.len()
    }
}

impl<N: Into<Arc<str>>, V: Into<Valore>> FromIterator<(N, V)> for Mappa {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(voci: I) -> Self {
        let mut mappa = Self::nuova();
        for (nome, valore) in voci {
            mappa.metti(nome, valore);
        }
        mappa
    }
}

struct Costante {
    nome: Arc<str>,
    codifica: Arc<str>,
}

impl Oggetto for Costante {
    fn genere(&self) -> &'static str {
        "una costante"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        (nome == "codifica").then(|| Valore::Testo(Arc::clone(&self.codifica)))
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("name" | "toString", []) => Ok(Valore::Testo(Arc::clone(&self.nome))),
            ("equals", [Valore::Oggetto(altro)]) => Ok(Valore::Booleano(altro.testo().as_deref() == Some(&*self.nome))),
            _ => Err(NonRiuscito::MetodoIgnoto),
        }
    }

    fn testo(&self) -> Option<String> {
        Some(self.nome.to_string())
    }
}

/// Entries that a template may leave in a [`MappaViva`].
pub const VOCI_VIVE_MAX: usize = 256;

/// The `context` map: a template writes into it (`context?api.put("tipoOperazione", "DEL")`), the host reads it afterwards.
/// It takes texts, numbers, booleans and dates, so that it can never contain itself.
#[derive(Clone, Default)]
pub struct MappaViva(Arc<Mutex<Mappa>>);

impl MappaViva {
    #[must_use]
    pub fn nuova() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn leggi(&self, nome: &str) -> Option<Valore> {
        self.voci().leggi(nome).filter(|v| !v.nullo()).cloned()
    }

    pub fn metti(&self, nome: &str, valore: impl Into<Valore>) {
        self.voci().metti(nome, valore);
    }

    /// The value to put under a name of the root. Both share the content.
    #[must_use]
    pub fn valore(&self) -> Valore {
        Valore::oggetto(self.clone())
    }

    fn voci(&self) -> MutexGuard<'_, Mappa> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn scrivi(&self, nome: &str, valore: &Valore) -> Result<Valore, NonRiuscito> {
        if !matches!(valore, Valore::Nullo | Valore::Testo(_) | Valore::Numero(_) | Valore::Booleano(_) | Valore::Data(_)) {
            return Err(NonRiuscito::detto(format!("`put` accetta testi, numeri, booleani e date, non {}", valore.genere())));
        }
        let precedente = self.leggi(nome);
        if precedente.is_none() && self.voci().quante() >= VOCI_VIVE_MAX {
            return Err(NonRiuscito::detto(format!("la mappa ha già {VOCI_VIVE_MAX} voci")));
        }
        self.metti(nome, valore.clone());
        Ok(precedente.unwrap_or(Valore::Nullo))
    }
}

impl Oggetto for MappaViva {
    fn genere(&self) -> &'static str {
        "una mappa modificabile"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        self.leggi(nome)
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("put", [Valore::Testo(nome), valore]) => self.scrivi(nome, valore),
            ("get", [Valore::Testo(nome)]) => Ok(self.leggi(nome).unwrap_or(Valore::Nullo)),
            ("containsKey", [Valore::Testo(nome)]) => Ok(self.leggi(nome).is_some().into()),
            ("remove", [Valore::Testo(nome)]) => self.scrivi(nome, &Valore::Nullo),
            ("isEmpty", []) => Ok(self.voci().voci().all(|(_, v)| v.nullo()).into()),
            _ => Err(NonRiuscito::MetodoIgnoto),
        }
    }
}
