//! Rights: a list of `{servizio, autorizzazioni}` over the nine services of the back office (spec/2 sections 1.4 and 2.19).

use serde_json::Value;

use super::testo_di_lista;
use crate::Rifiuto;
use crate::anagrafica::{Acl, Diritto, Servizio};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{codifica_inesistente, elemento, massimo_elementi, obbligatorio};

/// Elements of `acl`, and of `autorizzazioni`: there are nine services with two rights each, and clients repeat themselves.
pub const ACL_MAX: usize = 100;

const MEMBRI: [&str; 2] = ["servizio", "autorizzazioni"];

/// `acl`, services in their order; what is said of one service in two places is added up. Absent is none.
pub fn lista(corpo: &Oggetto<'_>) -> Result<Vec<Acl>, Rifiuto> {
    let elementi = corpo.oggetti("acl", &MEMBRI)?.unwrap_or_default();
    massimo_elementi("acl", elementi.len(), ACL_MAX)?;
    let mut acl: Vec<Acl> = Vec::new();
    for (i, e) in elementi.into_iter().enumerate() {
        let letta = una(&elemento("acl", i, e)?)?;
        match acl.iter_mut().find(|a| a.servizio == letta.servizio) {
            Some(presente) => letta.autorizzazioni.into_iter().for_each(|d| aggiungi(&mut presente.autorizzazioni, d)),
            None => acl.push(letta),
        }
    }
    Ok(acl)
}

/// One element as the value of a PATCH.
pub fn sola(valore: &Value) -> Result<Acl, Rifiuto> {
    una(&Oggetto::radice(valore, &MEMBRI)?)
}

/// The service of a value that needs no rights: what is taken away.
pub fn solo_servizio(valore: &Value) -> Result<Servizio, Rifiuto> {
    servizio(&Oggetto::radice(valore, &MEMBRI)?)
}

fn una(o: &Oggetto<'_>) -> Result<Acl, Rifiuto> {
    let servizio = servizio(o)?;
    let elementi = obbligatorio("autorizzazioni", o.elementi("autorizzazioni")?.filter(|e| !e.is_empty()))?;
    massimo_elementi("autorizzazioni", elementi.len(), ACL_MAX)?;
    let mut autorizzazioni = Vec::new();
    for (i, v) in elementi.iter().enumerate() {
        let sigla = testo_di_lista("autorizzazioni", i, v)?;
        match Diritto::TUTTI.into_iter().find(|d| d.sigla() == sigla) {
            Some(diritto) => aggiungi(&mut autorizzazioni, diritto),
            None => return codifica_inesistente("autorizzazioni", sigla, Diritto::TUTTI.map(Diritto::sigla)),
        }
    }
    Ok(Acl { servizio, autorizzazioni })
}

fn servizio(o: &Oggetto<'_>) -> Result<Servizio, Rifiuto> {
    let nome = obbligatorio("servizio", o.stringa("servizio")?)?;
    let trovato = Servizio::BACKOFFICE.into_iter().find(|s| s.nome() == nome);
    trovato.map_or_else(|| codifica_inesistente("servizio", nome, Servizio::BACKOFFICE.map(Servizio::nome)), Ok)
}

fn aggiungi(diritti: &mut Vec<Diritto>, diritto: Diritto) {
    if !diritti.contains(&diritto) {
        diritti.push(diritto);
    }
}
