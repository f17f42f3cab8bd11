//! Operatori (spec/2 section 2.10).

use super::modifiche;
use crate::Rifiuto;
use crate::amministrazione::{Decisione, Esito};
use crate::anagrafica::{Anagrafica, Operatore, Scrittura, Utenza};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica::utenze::Modifica;
use crate::lettura::anagrafica::utenze::operatori::OperatoreInviato;
use crate::lettura::regole::non_valida;

/// What the caller may grant (403). Autodeterminazione is of applicazioni (400).
pub fn ammetti(chi: &Chiamante, inviato: &OperatoreInviato) -> Result<(), Rifiuto> {
    super::concedi(chi, &inviato.utenza.domini, &inviato.utenza.tipi)?;
    if inviato.utenza.tipi.autodeterminazione { non_valida("tipiPendenza") } else { Ok(()) }
}

/// A PUT. `hash` is that of a new password; without it the old one stays. A ruolo that does not exist gives nothing, and is not refused.
pub fn operatore(a: &Anagrafica, inviato: OperatoreInviato, hash: Option<String>) -> Result<Decisione<Esito>, Rifiuto> {
    let OperatoreInviato { nome, utenza } = inviato;
    super::riferimenti(a, &utenza.domini, &utenza.tipi)?;
    let presente = a.operatori.contains_key(&utenza.principal);
    let prima = a.utenze.get(&utenza.principal);
    if !presente && prima.is_some() {
        return Err(Rifiuto::Semantica(format!("Impossibile aggiungere l'operatore [{nome}], il principal scelto non e' disponibile.")));
    }
    let hash = hash.or_else(|| prima.and_then(|u| u.password_hash.clone()));
    let operatore = Operatore { principal: utenza.principal.clone(), nome };
    let scritture = vec![Scrittura::Utenza(super::utenza(utenza, hash)), Scrittura::Operatore(operatore)];
    Ok(Decisione { scritture, esito: Esito::di(presente) })
}

/// An operatore and its login, or 404.
pub fn trova<'a>(a: &'a Anagrafica, principal: &str) -> Result<(&'a Operatore, &'a Utenza), Rifiuto> {
    let trovato = a.operatori.get(principal).and_then(|o| Some((o.as_ref(), a.utenze.get(principal)?.as_ref())));
    trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Operatore {principal} non censito in Anagrafica")))
}

/// A PATCH: all of it or nothing. `password` is the hash of a new one, `Some(None)` takes it away.
pub fn modifica(a: &Anagrafica, chi: &Chiamante, principal: &str, voci: &[Modifica], password: Option<Option<String>>) -> Result<Decisione<()>, Rifiuto> {
    let mut utenza = trova(a, principal)?.1.clone();
    modifiche::applica(a, chi, &mut utenza, None, voci)?;
    if let Some(hash) = password {
        utenza.password_hash = hash;
    }
    Ok(Decisione { scritture: vec![Scrittura::Utenza(utenza)], esito: () })
}
