//! Tipi pendenza (spec/2 sections 1.6 and 2.7).

use codici::IdDominio;

use super::{Decisione, Esito};
use crate::Rifiuto;
use crate::anagrafica::{Anagrafica, BlocchiTipo, Dominio, Scrittura, TipoPendenza, TipoPendenzaDominio};
use crate::chiamante::Chiamante;

/// A kind of the catalogue: who has every kind may make one, who has this one may change it.
pub fn catalogo(a: &Anagrafica, chi: &Chiamante, tipo: TipoPendenza, blocchi: BlocchiTipo) -> Result<Decisione<Esito>, Rifiuto> {
    let presente = a.tipi_pendenza.contains_key(&tipo.cod);
    if presente && !chi.utenza.su_tipo(&tipo.cod) {
        return Err(chi.non_autorizzato_perche("L'utenza non possiede i diritti per modificare il Tipo Pendenza"));
    }
    if !presente && chi.utenza.tipi_pendenza.is_some() {
        return Err(chi.non_autorizzato_perche("L'utenza non possiede i diritti per creare nuovi Tipi Pendenza"));
    }
    Ok(Decisione { scritture: vec![Scrittura::TipoPendenza(tipo, Box::new(blocchi))], esito: Esito::di(presente) })
}

/// What a dominio says of a kind. `schemi` is what the JSON Schemas of the blocks are worth: told last.
pub fn dominio(
    a: &Anagrafica,
    dominio: &IdDominio,
    (cod, tipo, blocchi): (String, TipoPendenzaDominio, BlocchiTipo),
    schemi: Result<(), Rifiuto>,
) -> Result<Decisione<Esito>, Rifiuto> {
    dominio_intermediato(a, dominio)?;
    if !a.tipi_pendenza.contains_key(&cod) {
        return Err(Rifiuto::Semantica(format!("Il tipo pendenza {cod} indicato non esiste.")));
    }
    schemi?;
    let esito = Esito::di(a.tipi_pendenza_dominio.contains_key(&(dominio.clone(), cod.clone())));
    Ok(Decisione { scritture: vec![Scrittura::TipoPendenzaDominio(dominio.clone(), cod, tipo, Box::new(blocchi))], esito })
}

/// The dominio that something is written of, which only one that we intermediate can have.
pub fn dominio_intermediato<'a>(a: &'a Anagrafica, dominio: &IdDominio) -> Result<&'a Dominio, Rifiuto> {
    let Some(trovato) = a.dominio(dominio) else {
        return Err(Rifiuto::Semantica(format!("Il dominio {dominio} indicato non esiste.")));
    };
    if trovato.intermediato {
        Ok(trovato)
    } else {
        Err(Rifiuto::Semantica(format!("La risorsa richiesta non e' disponibile per il dominio {dominio} non intermediato.")))
    }
}
