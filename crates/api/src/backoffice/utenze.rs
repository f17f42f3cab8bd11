//! What logins show of themselves: domini, tipi pendenza, rights and ruoli (spec/2 sections 1.4 and 1.6).

use domain::amministrazione::utenze::ruoli;
use domain::anagrafica::{Acl, AmbitoUo, Anagrafica, Dominio, Segreto, Servizio, UO_ENTE, Utenza};
use domain::lettura::anagrafica::utenze::ambito::AUTODETERMINAZIONE;
use serde_json::Value;

use crate::App;
use crate::fault::Fault;
use crate::json::Oggetto;

/// `*` stands for all of them.
const TUTTI: &str = "*";
const NOME_DI_TUTTI: &str = "Tutti";

/// `domini`: one item for all, or one for each with its unità operative, in the order in which they were given.
pub fn domini(u: &Utenza, a: &Anagrafica) -> Vec<Value> {
    let Some(domini) = &u.domini else {
        return vec![Oggetto::nuovo().con("idDominio", TUTTI).con("ragioneSociale", NOME_DI_TUTTI).valore()];
    };
    // A dominio that is not there any more has nothing to be reached.
    domini.iter().filter_map(|(id, ambito)| Some(dominio(a.dominio(id)?, ambito, a))).collect()
}

fn dominio(d: &Dominio, ambito: &AmbitoUo, a: &Anagrafica) -> Value {
    let una = |id: &str, nome: &str| Oggetto::nuovo().con("idUnita", id).con("ragioneSociale", nome).valore();
    let unita: Vec<Value> = match ambito {
        AmbitoUo::Tutte => vec![una(TUTTI, NOME_DI_TUTTI)],
        AmbitoUo::Solo(elenco) => elenco.iter().map(|uo| una(uo, nome_uo(d, uo, a))).collect(),
    };
    Oggetto::nuovo().con("idDominio", d.cod.as_str()).con("ragioneSociale", d.ragione_sociale.as_str()).con("unitaOperative", unita).valore()
}

/// The implicit unità operativa is the ente itself.
fn nome_uo<'a>(d: &'a Dominio, uo: &'a str, a: &'a Anagrafica) -> &'a str {
    let registrata = a.unita_operativa(&d.cod, uo).and_then(|u| u.ragione_sociale.as_deref());
    registrata.unwrap_or(if uo == UO_ENTE { &d.ragione_sociale } else { uo })
}

/// `tipiPendenza`: one item for all or for autodeterminazione, or one for each in the order in which they were given.
pub fn tipi_pendenza(u: &Utenza, autodeterminazione: bool, a: &Anagrafica) -> Vec<Value> {
    let uno = |id: &str, descrizione: &str| Oggetto::nuovo().con("idTipoPendenza", id).con("descrizione", descrizione).valore();
    match &u.tipi_pendenza {
        None => vec![uno(TUTTI, NOME_DI_TUTTI)],
        Some(_) if autodeterminazione => vec![uno(AUTODETERMINAZIONE, "Autodeterminazione delle Pendenze")],
        Some(tipi) => tipi.iter().filter_map(|t| a.tipi_pendenza.get(t)).map(|t| uno(&t.cod, &t.descrizione)).collect(),
    }
}

/// The rights on the nine services of the back office; those on the integration APIs are booleans elsewhere.
pub fn acl(acl: &[Acl]) -> Vec<Value> {
    let una = |a: &Acl| {
        let autorizzazioni: Vec<Value> = a.autorizzazioni.iter().map(|d| d.sigla().into()).collect();
        Oggetto::nuovo().con("servizio", a.servizio.nome()).con("autorizzazioni", autorizzazioni).valore()
    };
    acl.iter().filter(|a| Servizio::BACKOFFICE.contains(&a.servizio)).map(una).collect()
}

/// `ruoli` of a login with their rights; one that does not exist has none.
pub fn ruoli(u: &Utenza, a: &Anagrafica) -> Vec<Value> {
    u.ruoli.iter().map(|r| Oggetto::nuovo().con("id", r.as_str()).con("acl", acl(ruoli::acl(a, r))).valore()).collect()
}

/// The hash of a new password, when there is one.
pub async fn hash(app: &App, password: Option<Segreto>) -> Result<Option<String>, Fault> {
    match password {
        Some(Segreto(nuova)) => Ok(Some(app.gateway.nuova_password(&nuova).await?)),
        None => Ok(None),
    }
}

/// Of the password of a PATCH, which may also take it away.
pub async fn nuovo_hash(app: &App, password: Option<Option<Segreto>>) -> Result<Option<Option<String>>, Fault> {
    match password {
        Some(nuova) => hash(app, nuova).await.map(Some),
        None => Ok(None),
    }
}
