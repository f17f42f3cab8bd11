//! What a change of the anagrafica may do: references that must exist, rights of the caller, and the list of writes that follows
//! (spec/2 sections 1.6, 2 and 2.19).
//!
//! One file per family of resources. A decision sees the anagrafica and returns [`Decisione`]; nothing is written here.

pub mod configurazioni;
pub mod corpo;
pub mod creditore;
pub mod documento;
pub mod pagopa;
pub mod tipi;
pub mod utenze;

use crate::anagrafica::Scrittura;

/// Whether a PUT has made something or changed it: 201 or 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Esito {
    Creata,
    Aggiornata,
}

impl Esito {
    /// From whether it was already there.
    #[must_use]
    pub const fn di(presente: bool) -> Self {
        if presente { Self::Aggiornata } else { Self::Creata }
    }
}

/// What was decided: what to write, and what to tell.
#[derive(Debug)]
pub struct Decisione<T> {
    pub scritture: Vec<Scrittura>,
    pub esito: T,
}
