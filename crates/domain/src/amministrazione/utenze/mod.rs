//! Logins: what a caller may grant, and what must exist (spec/2 sections 1.6 and 2.19).

pub mod applicazioni;
mod modifiche;
pub mod operatori;
pub mod ruoli;

use codici::IdDominio;

use crate::Rifiuto;
use crate::anagrafica::{AmbitoUo, Anagrafica, UO_ENTE, Utenza};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica::utenze::{Domini, Tipi, UtenzaInviata};

/// Only who has everything may grant everything: 403 otherwise. Single domini and tipi are not compared with the caller's own.
fn concedi(chi: &Chiamante, domini: &Domini, tipi: &Tipi) -> Result<(), Rifiuto> {
    if domini.is_none() {
        concede_tutti_i_domini(chi)?;
    }
    if tipi.tipi.is_none() {
        concede_tutti_i_tipi(chi)?;
    }
    if tipi.autodeterminazione { concede_autodeterminazione(chi) } else { Ok(()) }
}

fn concede_tutti_i_domini(chi: &Chiamante) -> Result<(), Rifiuto> {
    if chi.utenza.domini.is_none() {
        return Ok(());
    }
    Err(chi.non_autorizzato_perche("l'utenza non e' associata a tutti i domini e non puo' autorizzarne un'altra a tutti i domini"))
}

fn concede_tutti_i_tipi(chi: &Chiamante) -> Result<(), Rifiuto> {
    if chi.utenza.tipi_pendenza.is_none() {
        return Ok(());
    }
    Err(chi.non_autorizzato_perche("l'utenza non e' associata a tutti i tipi pendenza e non puo' autorizzarne un'altra a tutti i tipi pendenza"))
}

fn concede_autodeterminazione(chi: &Chiamante) -> Result<(), Rifiuto> {
    if chi.utenza.tipi_pendenza.is_none() {
        return Ok(());
    }
    Err(chi.non_autorizzato_perche("l'utenza non e' associata a tutti i tipi pendenza e non puo' autorizzarne un'altra all'autodeterminazione"))
}

/// Domini with their unità operative, then tipi: 422 for the first that does not exist.
fn riferimenti(a: &Anagrafica, domini: &Domini, tipi: &Tipi) -> Result<(), Rifiuto> {
    for (dominio, ambito) in domini.iter().flatten() {
        if !a.domini.contains_key(dominio) {
            return Err(Rifiuto::Semantica(format!("Il dominio {dominio} indicato non esiste.")));
        }
        if let Some(uo) = uo_ignota(a, dominio, ambito) {
            return Err(Rifiuto::Semantica(format!("L'unita' operativa {uo} indicata non esiste per il dominio {dominio}.")));
        }
    }
    match tipi.tipi.iter().flatten().find(|t| !a.tipi_pendenza.contains_key(*t)) {
        Some(tipo) => Err(Rifiuto::Semantica(format!("Il tipo pendenza {tipo} indicato non esiste."))),
        None => Ok(()),
    }
}

/// The first unità operativa that the dominio does not have. The implicit one is always there (spec/2 section 2.4).
fn uo_ignota<'a>(a: &Anagrafica, dominio: &IdDominio, ambito: &'a AmbitoUo) -> Option<&'a str> {
    let AmbitoUo::Solo(elenco) = ambito else { return None };
    elenco.iter().find(|uo| *uo != UO_ENTE && a.unita_operativa(dominio, uo).is_none()).map(String::as_str)
}

/// A login as it will be kept, with the password that it had.
fn utenza(inviata: UtenzaInviata, password_hash: Option<String>) -> Utenza {
    Utenza {
        principal: inviata.principal,
        password_hash,
        abilitata: inviata.abilitata,
        domini: inviata.domini,
        tipi_pendenza: inviata.tipi.tipi,
        acl: inviata.acl,
        ruoli: inviata.ruoli,
    }
}

#[cfg(test)]
mod tests;
