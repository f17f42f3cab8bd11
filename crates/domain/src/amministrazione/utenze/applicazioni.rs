//! Applicazioni (spec/2 section 2.9).

use super::modifiche;
use crate::Rifiuto;
use crate::amministrazione::{Decisione, Esito};
use crate::anagrafica::{Acl, Anagrafica, Applicazione, EspressioneIuv, Scrittura, Utenza};
use crate::chiamante::Chiamante;
use crate::lettura::anagrafica::utenze::applicazioni::ApplicazioneInviata;
use crate::lettura::anagrafica::utenze::{Modifica, UtenzaInviata};
use crate::lettura::regole::{VALORE_MOSTRATO_MAX, accorcia};

/// An applicazione that its caller may write, and whose codifica holds together. What exists is asked by [`applicazione`].
#[derive(Clone, Debug)]
pub struct ApplicazioneAmmessa {
    utenza: UtenzaInviata,
    applicazione: Applicazione,
}

/// What needs no anagrafica: the rights of the caller (403), then `regExpIuv` and `codificaIuv` (422).
pub fn ammetti(chi: &Chiamante, inviata: ApplicazioneInviata) -> Result<ApplicazioneAmmessa, Rifiuto> {
    let ApplicazioneInviata { cod, mut utenza, codifica, connettore, url_ritorno, api } = inviata;
    super::concedi(chi, &utenza.domini, &utenza.tipi)?;
    let reg_exp_iuv = codifica.reg_exp_iuv.as_deref().map(espressione).transpose()?;
    if let Some(c) = codifica.codifica_iuv.as_deref().filter(|c| !c.bytes().all(|b| b.is_ascii_digit())) {
        return Err(Rifiuto::Semantica(format!("Il valore [{c}] del campo codificaIuv non e' valido: sono ammesse solo cifre.")));
    }
    utenza.acl.extend(Acl::piene(&api));
    let applicazione = Applicazione {
        codifica_iuv: codifica.codifica_iuv,
        reg_exp_iuv,
        generazione_iuv_interna: codifica.generazione_iuv_interna,
        autodeterminazione: utenza.tipi.autodeterminazione,
        connettore,
        url_ritorno,
        ..Applicazione::nuova(&cod, &utenza.principal)
    };
    Ok(ApplicazioneAmmessa { utenza, applicazione })
}

fn espressione(testo: &str) -> Result<EspressioneIuv, Rifiuto> {
    EspressioneIuv::nuova(testo).map_err(|_| {
        let mostrata = accorcia(testo, VALORE_MOSTRATO_MAX);
        Rifiuto::Semantica(format!(
            "Il valore [{mostrata}] del campo regExpIuv non e' un'espressione regolare valida. Non sono ammessi riferimenti all'indietro, condizioni sul testo vicino (lookahead, lookbehind) ed espressioni troppo grandi."
        ))
    })
}

/// A PUT. `hash` is that of a new password; without it the old one stays, also when the principal changes.
pub fn applicazione(a: &Anagrafica, ammessa: ApplicazioneAmmessa, hash: Option<String>) -> Result<Decisione<Esito>, Rifiuto> {
    let ApplicazioneAmmessa { utenza, applicazione } = ammessa;
    super::riferimenti(a, &utenza.domini, &utenza.tipi)?;
    if let Some(ruolo) = utenza.ruoli.iter().find(|r| !super::ruoli::esiste(a, r)) {
        return Err(Rifiuto::Semantica(format!("Il ruolo {ruolo} indicato non esiste.")));
    }
    let prima = a.applicazioni.get(&applicazione.cod);
    let principal_prima = prima.map(|p| p.principal.as_str());
    if principal_prima != Some(utenza.principal.as_str()) && a.utenze.contains_key(&utenza.principal) {
        let verbo = if prima.is_some() { "modificare" } else { "aggiungere" };
        let cod = &applicazione.cod;
        return Err(Rifiuto::Semantica(format!("Impossibile {verbo} l'Applicazione [{cod}], il Principal indicato non e' disponibile.")));
    }
    let hash = hash.or_else(|| principal_prima.and_then(|p| a.utenze.get(p)).and_then(|u| u.password_hash.clone()));
    let esito = Esito::di(prima.is_some());
    let lasciato = principal_prima.filter(|p| *p != utenza.principal).map(|p| Scrittura::RimuoviUtenza(p.to_owned()));
    let mut scritture = vec![Scrittura::Utenza(super::utenza(utenza, hash)), Scrittura::Applicazione(applicazione)];
    scritture.extend(lasciato);
    Ok(Decisione { scritture, esito })
}

/// An applicazione and its login, or 404.
pub fn trova<'a>(a: &'a Anagrafica, cod: &str) -> Result<(&'a Applicazione, &'a Utenza), Rifiuto> {
    let trovata = a.applicazioni.get(cod).and_then(|app| Some((app.as_ref(), a.utenze.get(&app.principal)?.as_ref())));
    trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Applicazione {cod} non censita in Anagrafica")))
}

/// A PATCH: all of it or nothing. `password` is the hash of a new one, `Some(None)` takes it away.
pub fn modifica(a: &Anagrafica, chi: &Chiamante, cod: &str, voci: &[Modifica], password: Option<Option<String>>) -> Result<Decisione<()>, Rifiuto> {
    let (applicazione, utenza) = trova(a, cod)?;
    let (mut applicazione, mut utenza) = (applicazione.clone(), utenza.clone());
    modifiche::applica(a, chi, &mut utenza, Some(&mut applicazione.autodeterminazione), voci)?;
    if let Some(hash) = password {
        utenza.password_hash = hash;
    }
    Ok(Decisione { scritture: vec![Scrittura::Utenza(utenza), Scrittura::Applicazione(applicazione)], esito: () })
}
