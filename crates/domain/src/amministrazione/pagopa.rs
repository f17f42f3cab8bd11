//! Intermediari and stazioni (spec/2 sections 2.1 and 2.2).

use super::{Decisione, Esito};
use crate::Rifiuto;
use crate::anagrafica::{Anagrafica, Intermediario, Scrittura, Stazione};

pub fn intermediario(a: &Anagrafica, nuovo: Intermediario) -> Decisione<Esito> {
    let esito = Esito::di(a.intermediari.contains_key(&nuovo.cod));
    Decisione { scritture: vec![Scrittura::Intermediario(nuovo)], esito }
}

/// A stazione keeps what the API does not say of it: how it answers to receipts.
pub fn stazione(a: &Anagrafica, nuova: Stazione) -> Result<Decisione<Esito>, Rifiuto> {
    if !nuova.cod.starts_with(&nuova.intermediario) {
        let testo = "Il formato dell'idStazione non e' valido, idIntermediario non presente all'interno dell'idStazione.";
        return Err(Rifiuto::Semantica(testo.to_owned()));
    }
    if nuova.application_code == 0 {
        return Err(Rifiuto::Semantica(format!("Il formato dell'idStazione [{}] non e' valido: il codice applicazione va da 01 a 99.", nuova.cod)));
    }
    if !a.intermediari.contains_key(&nuova.intermediario) {
        return Err(Rifiuto::Semantica(format!("L'intermediario {} indicato non esiste.", nuova.intermediario)));
    }
    let prima = a.stazioni.get(&nuova.cod);
    let esito = Esito::di(prima.is_some());
    let nuova = match prima {
        Some(p) => Stazione { ricevuta_ripetuta: p.ricevuta_ripetuta, ricevuta_ignota: p.ricevuta_ignota, ..nuova },
        None => nuova,
    };
    Ok(Decisione { scritture: vec![Scrittura::Stazione(nuova)], esito })
}
