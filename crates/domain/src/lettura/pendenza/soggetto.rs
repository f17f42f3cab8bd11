//! The debtor, and the payer that names itself alike.

use super::super::json::Oggetto;
use super::super::regole::{self, Testo};
use crate::soggetto::TipoSoggetto;
use crate::{Rifiuto, Soggetto};

pub(super) const SOGGETTO: &[&str] =
    &["tipo", "identificativo", "anagrafica", "indirizzo", "civico", "cap", "localita", "provincia", "nazione", "email", "cellulare"];

/// As whom a soggetto is named: the payer must say who it is, the debtor may be anonymous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruolo {
    Pagatore,
    Versante,
}

pub(super) struct SoggettoGrezzo<'a> {
    tipo: Option<&'a str>,
    identificativo: Option<&'a str>,
    anagrafica: Option<&'a str>,
    indirizzo: Option<&'a str>,
    civico: Option<&'a str>,
    cap: Option<&'a str>,
    localita: Option<&'a str>,
    provincia: Option<&'a str>,
    nazione: Option<&'a str>,
    email: Option<&'a str>,
    cellulare: Option<&'a str>,
}

impl<'a> SoggettoGrezzo<'a> {
    pub(super) fn leggi(o: &Oggetto<'a>) -> Result<Self, Rifiuto> {
        Ok(Self {
            tipo: o.stringa("tipo")?,
            identificativo: o.testo("identificativo")?,
            anagrafica: o.testo("anagrafica")?,
            indirizzo: o.testo("indirizzo")?,
            civico: o.testo("civico")?,
            cap: o.testo("cap")?,
            localita: o.testo("localita")?,
            provincia: o.testo("provincia")?,
            nazione: o.testo("nazione")?,
            email: o.testo("email")?,
            cellulare: o.testo("cellulare")?,
        })
    }

    pub(super) fn valida(self, ruolo: Ruolo) -> Result<Soggetto, Rifiuto> {
        let (identificativo, anagrafica) = match ruolo {
            Ruolo::Pagatore => {
                (Testo::lungo(0, 16).facoltativo("identificativo", self.identificativo)?, Testo::lungo(0, 70).facoltativo("anagrafica", self.anagrafica)?)
            }
            Ruolo::Versante => (
                Some(Testo::lungo(2, 16).obbligatorio("identificativo", self.identificativo)?),
                Some(Testo::lungo(1, 70).obbligatorio("anagrafica", self.anagrafica)?),
            ),
        };
        Ok(Soggetto {
            // An unknown name is silently no name (spec/1 section 3, behaviour "a").
            tipo: self.tipo.and_then(TipoSoggetto::leggi),
            identificativo,
            anagrafica,
            indirizzo: Testo::lungo(1, 70).facoltativo("indirizzo", self.indirizzo)?,
            civico: Testo::lungo(1, 16).facoltativo("civico", self.civico)?,
            cap: Testo::lungo(1, 16).facoltativo("cap", self.cap)?,
            localita: Testo::lungo(1, 35).facoltativo("localita", self.localita)?,
            provincia: Testo::lungo(1, 35).facoltativo("provincia", self.provincia)?,
            nazione: Testo::con_forma(0, usize::MAX, &regole::FORMA_SIGLA).facoltativo("nazione", self.nazione)?,
            email: Testo::con_forma(0, 256, &regole::FORMA_EMAIL).facoltativo("email", self.email)?,
            cellulare: Testo::con_forma(0, 35, &regole::FORMA_CELLULARE).facoltativo("cellulare", self.cellulare)?,
        })
    }
}

/// A soggetto inside another body, such as the versante of a pagamento.
pub fn soggetto(o: &Oggetto<'_>, nome: &str, ruolo: Ruolo) -> Result<Option<Soggetto>, Rifiuto> {
    o.oggetto(nome, SOGGETTO)?.map(|s| SoggettoGrezzo::leggi(&s)?.valida(ruolo)).transpose()
}
