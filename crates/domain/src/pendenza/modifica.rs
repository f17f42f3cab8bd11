//! Point changes of a position: PATCH (spec/1 section 9.6).

use chrono::{DateTime, Utc};

use super::{Pendenza, Stato};
use crate::Rifiuto;

/// A change that the syntax of PATCH allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifica {
    Annulla,
    Ripristina,
    /// A state that exists but that nobody may ask for; carries its API name.
    StatoVietato(String),
    DescrizioneStato(String),
    Ack(bool),
    /// Overwrites descrizioneStato with the oggetto of the note.
    Nota(String),
}

/// Applies the changes in order to a copy: one that is refused means that none is saved.
pub fn applica(stored: &Pendenza, modifiche: &[Modifica], adesso: DateTime<Utc>) -> Result<Pendenza, Rifiuto> {
    let mut pendenza = stored.clone();
    for modifica in modifiche {
        match modifica {
            Modifica::Annulla => annulla(&mut pendenza, adesso)?,
            Modifica::Ripristina => ripristina(&mut pendenza, adesso)?,
            Modifica::StatoVietato(stato) => {
                return Err(Rifiuto::Richiesta(format!("Non e' consentito aggiornare lo stato di una pendenza ad {stato}")));
            }
            Modifica::DescrizioneStato(testo) | Modifica::Nota(testo) => pendenza.descrizione_stato = Some(testo.clone()),
            Modifica::Ack(ack) => pendenza.ack = *ack,
        }
    }
    pendenza.data_ultimo_aggiornamento = adesso;
    Ok(pendenza)
}

fn annulla(pendenza: &mut Pendenza, adesso: DateTime<Utc>) -> Result<(), Rifiuto> {
    match pendenza.stato {
        Stato::NonEseguito => {
            pendenza.stato = Stato::Annullato;
            // The original forgets to tell ACA here (spec/3 surprise 15): a cancellation must reach it.
            pendenza.data_ultima_modifica_aca = adesso;
        }
        Stato::Annullato => {}
        _ => {
            return Err(Rifiuto::Richiesta(
                "Non e' consentito aggiornare lo stato di una pendenza ad ANNULLATO da uno stato diverso da NON_ESEGUITO o ANNULLATO".to_owned(),
            ));
        }
    }
    pendenza.avvisatura.disarma();
    Ok(())
}

fn ripristina(pendenza: &mut Pendenza, adesso: DateTime<Utc>) -> Result<(), Rifiuto> {
    if pendenza.stato != Stato::Annullato {
        return Err(Rifiuto::Richiesta("Non e' consentito aggiornare lo stato di una pendenza ad NON_ESEGUITO da uno stato diverso da ANNULLATO".to_owned()));
    }
    pendenza.stato = Stato::NonEseguito;
    pendenza.data_ultima_modifica_aca = adesso;
    pendenza.avvisatura.arma();
    Ok(())
}
