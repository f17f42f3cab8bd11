//! Jobs: what the program does by itself, and when (spec/2 section 8, spec/3 section 10).
//!
//! A job is one entry of [`registro`]. Its runs are rows of the archive: one node at a time makes one, holds it by a lease that is renewed while it works, and a
//! node that dies gives it back when the lease ends. A run may therefore be made twice in part: what it does to an item must be harmless a second time.
//! The loops that keep the time are in crate `jobs`; the same run is made for whoever asks for it now.

mod corsa;
mod registro;
mod sguardo;

use std::pin::Pin;

use domain::orario::Orario;
use tokio_util::sync::CancellationToken;

use crate::operazioni::Operazione;
use crate::{Errore, Gateway};

pub use corsa::{Corsa, PRENOTAZIONE};
pub use registro::registro;
pub use sguardo::{SguardoLavoro, Situazione};

pub type Futuro<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The sentence of a good run (`text#detail` when there is a detail), or why it failed.
pub type Funzione = for<'a> fn(&'a Gateway, &'a Turno) -> Futuro<'a, Result<String, Errore>>;

/// Ends when there may be work before its time.
pub type Sveglia = for<'a> fn(&'a Gateway) -> Futuro<'a, ()>;

/// How many nodes make a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dove {
    /// One, of them all.
    UnNodo,
    /// Every node its own: the items have leases of their own.
    OgniNodo,
}

/// What somebody who asks for a run is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Richiesta {
    /// The sentence of the run, at its end.
    Aspetta,
    /// This sentence at once: a node makes the run within seconds.
    Prenota(&'static str),
}

/// An entry of the registry.
pub struct Lavoro {
    /// The one name of the job: row of the archive, probe, label of the metrics, configuration.
    pub nome: &'static str,
    /// The name that it also has in `GET /operazioni`.
    pub operazione: Option<Operazione>,
    pub descrizione: &'static str,
    pub orario: Orario,
    pub dove: Dove,
    pub richiesta: Richiesta,
    pub sveglia: Option<Sveglia>,
    pub esegui: Funzione,
}

/// What a run is told of the world around it. The lease is renewed without its help.
pub struct Turno {
    fermata: CancellationToken,
}

impl Turno {
    /// False when the node is about to stop: end after this item. A run that does not is cut off a little later, between two of its awaits.
    #[must_use]
    pub fn continua(&self) -> bool {
        !self.fermata.is_cancelled()
    }
}

/// What configuration says of jobs.
#[derive(Clone, Debug)]
pub struct ImpostazioniLavori {
    /// None runs by itself on this node.
    pub attivi: bool,
    /// Names of those that do not run by themselves.
    pub spenti: Vec<String>,
    /// Minutes after which an activation that no receipt closed is expired (`it.govpay.modello3.sanp24.timeoutPagamento`), 1 to 30.
    pub minuti_rpt: u32,
}

impl Default for ImpostazioniLavori {
    fn default() -> Self {
        Self { attivi: true, spenti: Vec::new(), minuti_rpt: 30 }
    }
}

impl ImpostazioniLavori {
    /// Whether a job runs by itself on this node.
    #[must_use]
    pub fn acceso(&self, lavoro: &Lavoro) -> bool {
        self.attivi && !self.spenti.iter().any(|s| s == lavoro.nome)
    }
}

/// The job of this name, which is its own or the one of its operation.
#[must_use]
pub fn trova(nome: &str) -> Option<&'static Lavoro> {
    registro().iter().find(|l| l.nome == nome || l.operazione.is_some_and(|o| o.nome() == nome))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ogni_lavoro_ha_un_nome_e_un_operazione_suoi() {
        let mut nomi: Vec<_> = registro().iter().map(|l| l.nome).collect();
        nomi.sort_unstable();
        nomi.dedup();
        assert_eq!(nomi.len(), registro().len());
        for operazione in Operazione::TUTTE {
            assert!(registro().iter().filter(|l| l.operazione == Some(operazione)).count() <= 1, "{operazione:?}");
        }
    }

    #[test]
    fn un_lavoro_si_spegne_per_nome() {
        let acceso = |i: ImpostazioniLavori| trova("pulizie").is_some_and(|l| i.acceso(l));
        assert!(acceso(ImpostazioniLavori::default()));
        assert!(!acceso(ImpostazioniLavori { spenti: vec!["pulizie".to_owned()], ..ImpostazioniLavori::default() }));
        assert!(!acceso(ImpostazioniLavori { attivi: false, ..ImpostazioniLavori::default() }));
    }
}
