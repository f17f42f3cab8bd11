//! Whose a position is, and who may write it: an applicazione its own, an operatore anybody's (spec/2 section 2.12).

use std::sync::Arc;

use domain::Rifiuto;
use domain::anagrafica::{Anagrafica, Applicazione, Utenza};
use domain::chiamante::{Chi, Chiamante};
use domain::rifiuto::Codice;

use crate::{Errore, Gateway};

/// The applicazione that owns a position, with its login: its rights are those that the load is measured by.
pub(crate) struct Proprietario {
    pub applicazione: Arc<Applicazione>,
    pub utenza: Arc<Utenza>,
    /// The caller is somebody else, whose own rights count beside.
    pub altrui: bool,
}

impl Gateway {
    /// APP_000 for one that is not there, APP_001 for one that is switched off. Whether a calling applicazione is this one was asked before.
    pub(crate) async fn per_conto_di(&self, chiamante: &Chiamante, id_a2a: &str) -> Result<Proprietario, Errore> {
        match &chiamante.chi {
            Chi::Applicazione(a) => Ok(Proprietario { applicazione: Arc::clone(a), utenza: Arc::clone(&chiamante.utenza), altrui: false }),
            Chi::Operatore(_) => match nominato(&self.istantanea.attuale(), id_a2a) {
                Ok(trovato) => Ok(trovato),
                Err(rifiuto) if !self.istantanea.rinfresca(&self.store).await? => Err(rifiuto.into()),
                Err(_) => Ok(nominato(&self.istantanea.attuale(), id_a2a)?),
            },
            Chi::Cittadino(_) | Chi::Anonimo => Err(chiamante.applicazione().err().unwrap_or_else(|| chiamante.non_autorizzato(Default::default())).into()),
        }
    }
}

fn nominato(anagrafica: &Anagrafica, id_a2a: &str) -> Result<Proprietario, Rifiuto> {
    let trovata = anagrafica.applicazioni.get(id_a2a).and_then(|a| Some((a, anagrafica.utenze.get(&a.principal)?)));
    match trovata {
        None => Err(Codice::App000 { id_a2a: id_a2a.to_owned() }.into()),
        Some((_, utenza)) if !utenza.abilitata => Err(Codice::App001 { id_a2a: id_a2a.to_owned() }.into()),
        Some((applicazione, utenza)) => Ok(Proprietario { applicazione: Arc::clone(applicazione), utenza: Arc::clone(utenza), altrui: true }),
    }
}
