//! Ruoli: nothing more than rights under a name (spec/2 sections 1.1 and 2.11).

use super::modifiche;
use crate::Rifiuto;
use crate::amministrazione::{Decisione, Esito};
use crate::anagrafica::{Acl, Anagrafica, Ruolo, Scrittura};
use crate::lettura::anagrafica::utenze::Modifica;

/// A ruolo whose rights were all taken away is no more.
#[must_use]
pub fn esiste(a: &Anagrafica, cod: &str) -> bool {
    a.ruoli.get(cod).is_some_and(|r| !r.acl.is_empty())
}

/// The rights of a ruolo: none when it does not exist.
#[must_use]
pub fn acl<'a>(a: &'a Anagrafica, cod: &str) -> &'a [Acl] {
    a.ruoli.get(cod).map_or(&[], |r| &r.acl)
}

/// A PUT never tells that it has made something.
#[must_use]
pub fn ruolo(nuovo: Ruolo) -> Decisione<Esito> {
    Decisione { scritture: vec![Scrittura::Ruolo(nuovo)], esito: Esito::Aggiornata }
}

/// A PATCH; one that does not exist starts from nothing.
pub fn modifica(a: &Anagrafica, cod: &str, voci: &[Modifica]) -> Result<Decisione<()>, Rifiuto> {
    let mut ruolo = Ruolo { cod: cod.to_owned(), acl: acl(a, cod).to_vec() };
    modifiche::applica_acl(&mut ruolo.acl, voci)?;
    Ok(Decisione { scritture: vec![Scrittura::Ruolo(ruolo)], esito: () })
}
