//! A file beside a position.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::json::Oggetto;
use super::super::regole::{Testo, obbligatorio};
use crate::Rifiuto;
use crate::pendenza::NuovoAllegato;

pub(super) const ALLEGATO: &[&str] = &["nome", "tipo", "descrizione", "contenuto"];

pub(super) struct AllegatoGrezzo<'a> {
    nome: Option<&'a str>,
    tipo: Option<&'a str>,
    descrizione: Option<&'a str>,
    contenuto: Option<Vec<u8>>,
}

/// Standard alphabet, padding required, white space allowed anywhere because clients wrap lines.
fn decodifica_base64(testo: &str) -> Option<Vec<u8>> {
    let compatto: Vec<u8> = testo.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    STANDARD.decode(compatto).ok()
}

impl<'a> AllegatoGrezzo<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        let contenuto = o.stringa("contenuto")?.map(|testo| {
            decodifica_base64(testo).ok_or_else(|| Rifiuto::Sintassi("Il campo contenuto contiene un valore non valido: atteso un testo in base64.".to_owned()))
        });
        Ok(Self { nome: o.testo("nome")?, tipo: o.testo("tipo")?, descrizione: o.testo("descrizione")?, contenuto: contenuto.transpose()? })
    }

    pub(super) fn valida(self) -> Result<NuovoAllegato, Rifiuto> {
        const TESTO: Testo = Testo::lungo(1, 255);
        Ok(NuovoAllegato {
            nome: TESTO.obbligatorio("nome", self.nome)?,
            tipo: TESTO.facoltativo("tipo", self.tipo)?,
            descrizione: TESTO.facoltativo("descrizione", self.descrizione)?,
            contenuto: obbligatorio("contenuto", self.contenuto)?,
        })
    }
}
