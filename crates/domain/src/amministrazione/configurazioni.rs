//! `configurazioni` (spec/2 section 2.15).

use super::Decisione;
use crate::anagrafica::{Anagrafica, BloccoConfigurazione, Configurazione, Scrittura};

/// Puts the blocks in place. Tells the whole configuration as it will be.
#[must_use]
pub fn blocchi(a: &Anagrafica, nuovi: Vec<BloccoConfigurazione>) -> Decisione<Configurazione> {
    let mut esito = (*a.configurazione).clone();
    nuovi.iter().cloned().for_each(|b| esito.metti(b));
    Decisione { scritture: nuovi.into_iter().map(|b| Scrittura::Configurazione(Box::new(b))).collect(), esito }
}
