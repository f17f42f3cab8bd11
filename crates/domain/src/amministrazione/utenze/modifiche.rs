//! PATCH applied to a login (spec/2 sections 0.5, 1.6 and 2.9).
//!
//! What is added twice is there once; what is taken away must be there, so that nobody believes to have shut a door that stays open. A single
//! dominio or tipo adds nothing to a login that has them all, and cannot be taken away from it.

use indexmap::{IndexMap, IndexSet};

use crate::Rifiuto;
use crate::anagrafica::{Acl, Anagrafica, Utenza};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica::modifica::value_non_valido;
use crate::lettura::anagrafica::utenze::modifiche::{PATH_ACL, PATH_DOMINI, PATH_TIPI};
use crate::lettura::anagrafica::utenze::{DominioInviato, Modifica, TipoInviato, ambito};

/// `autodeterminazione` is the flag of an applicazione; an operatore has none, and its value is 400 there.
pub fn applica(a: &Anagrafica, chi: &Chiamante, utenza: &mut Utenza, mut autodeterminazione: Option<&mut bool>, voci: &[Modifica]) -> Result<(), Rifiuto> {
    for voce in voci {
        match voce {
            Modifica::MettiAcl(_) | Modifica::TogliAcl(_) => applica_acl(&mut utenza.acl, std::slice::from_ref(voce))?,
            Modifica::MettiDominio(d) => metti_dominio(a, chi, utenza, d)?,
            Modifica::TogliDominio(d) => togli_dominio(utenza, d)?,
            Modifica::MettiTipo(t) => metti_tipo(a, chi, utenza, autodeterminazione.as_deref_mut(), t)?,
            Modifica::TogliTipo(t) => togli_tipo(utenza, autodeterminazione.as_deref_mut(), t)?,
        }
    }
    Ok(())
}

/// The rights alone, of a login or of a ruolo.
pub fn applica_acl(acl: &mut Vec<Acl>, voci: &[Modifica]) -> Result<(), Rifiuto> {
    for voce in voci {
        match voce {
            Modifica::MettiAcl(nuova) => match acl.iter_mut().find(|presente| presente.servizio == nuova.servizio) {
                Some(presente) => presente.clone_from(nuova),
                None => acl.push(nuova.clone()),
            },
            Modifica::TogliAcl(servizio) => {
                let Some(posto) = acl.iter().position(|presente| presente.servizio == *servizio) else { return value_non_valido(PATH_ACL) };
                acl.remove(posto);
            }
            Modifica::MettiDominio(_) | Modifica::TogliDominio(_) => return value_non_valido(PATH_DOMINI),
            Modifica::MettiTipo(_) | Modifica::TogliTipo(_) => return value_non_valido(PATH_TIPI),
        }
    }
    Ok(())
}

fn metti_dominio(a: &Anagrafica, chi: &Chiamante, utenza: &mut Utenza, dominio: &DominioInviato) -> Result<(), Rifiuto> {
    match dominio {
        DominioInviato::Tutti => {
            super::concede_tutti_i_domini(chi)?;
            utenza.domini = None;
        }
        DominioInviato::Uno(id, uo) => {
            if !a.domini.contains_key(id) || super::uo_ignota(a, id, uo).is_some() {
                return value_non_valido(PATH_DOMINI);
            }
            if let Some(domini) = &mut utenza.domini {
                ambito::aggiungi(domini, id.clone(), uo.clone());
            }
        }
    }
    Ok(())
}

fn togli_dominio(utenza: &mut Utenza, dominio: &DominioInviato) -> Result<(), Rifiuto> {
    match (dominio, &mut utenza.domini) {
        (DominioInviato::Tutti, domini) => *domini = Some(IndexMap::new()),
        (DominioInviato::Uno(id, _), Some(domini)) if domini.contains_key(id) => drop(domini.shift_remove(id)),
        (DominioInviato::Uno(..), _) => return value_non_valido(PATH_DOMINI),
    }
    Ok(())
}

fn metti_tipo(a: &Anagrafica, chi: &Chiamante, utenza: &mut Utenza, autodeterminazione: Option<&mut bool>, tipo: &TipoInviato) -> Result<(), Rifiuto> {
    match (tipo, autodeterminazione) {
        (TipoInviato::Tutti, _) => {
            super::concede_tutti_i_tipi(chi)?;
            utenza.tipi_pendenza = None;
        }
        (TipoInviato::Autodeterminazione, Some(flag)) => {
            super::concede_autodeterminazione(chi)?;
            *flag = true;
            utenza.tipi_pendenza.iter_mut().for_each(IndexSet::clear);
        }
        (TipoInviato::Autodeterminazione, None) => return value_non_valido(PATH_TIPI),
        (TipoInviato::Uno(nome), flag) => {
            if !a.tipi_pendenza.contains_key(nome) {
                return value_non_valido(PATH_TIPI);
            }
            if let (Some(tipi), false) = (&mut utenza.tipi_pendenza, flag.is_some_and(|f| *f)) {
                tipi.insert(nome.clone());
            }
        }
    }
    Ok(())
}

fn togli_tipo(utenza: &mut Utenza, autodeterminazione: Option<&mut bool>, tipo: &TipoInviato) -> Result<(), Rifiuto> {
    match (tipo, autodeterminazione, &mut utenza.tipi_pendenza) {
        (TipoInviato::Tutti, _, tipi) => *tipi = Some(IndexSet::new()),
        (TipoInviato::Autodeterminazione, Some(flag), _) if *flag => *flag = false,
        (TipoInviato::Uno(nome), _, Some(tipi)) if tipi.contains(nome) => drop(tipi.shift_remove(nome)),
        _ => return value_non_valido(PATH_TIPI),
    }
    Ok(())
}
