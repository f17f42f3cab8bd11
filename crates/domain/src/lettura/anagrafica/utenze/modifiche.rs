//! PATCH of applicazioni, operatori and ruoli (spec/2 sections 0.5, 2.9, 2.10 and 2.11).

use serde_json::Value;

use super::{DominioInviato, TipoInviato, acl, ambito, password};
use crate::Rifiuto;
use crate::anagrafica::{Acl, AmbitoUo, Segreto, Servizio};
use crate::lettura::anagrafica::modifica::{Dialetto, Op, Operazione};

pub const PATH_ACL: &str = "/acl";
pub const PATH_DOMINI: &str = "/domini";
pub const PATH_TIPI: &str = "/tipiPendenza";
pub const PATH_PASSWORD: &str = "/password";

/// One change of what a login may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifica {
    /// Replaces the rights on its service.
    MettiAcl(Acl),
    TogliAcl(Servizio),
    MettiDominio(DominioInviato),
    /// A dominio as a whole.
    TogliDominio(DominioInviato),
    MettiTipo(TipoInviato),
    TogliTipo(TipoInviato),
}

/// All the changes of a body, in their order. The password stands alone, because it is hashed meanwhile: the last one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modifiche {
    pub voci: Vec<Modifica>,
    /// `Some(None)` takes the password away.
    pub password: Option<Option<Segreto>>,
}

/// The changes of a login.
pub fn di_utenza(operazioni: &[Operazione]) -> Result<Modifiche, Rifiuto> {
    let mut lette = Modifiche::default();
    for o in operazioni {
        match o.path.as_str() {
            PATH_ACL => lette.voci.push(di_acl(o)?),
            PATH_DOMINI => lette.voci.push(dominio(o)?),
            PATH_TIPI => lette.voci.push(tipo(o)?),
            PATH_PASSWORD => lette.password = Some(nuova_password(o)?),
            _ => return o.path_ignoto(),
        }
    }
    Ok(lette)
}

/// The changes of a ruolo, which has nothing but rights.
pub fn di_ruolo(operazioni: &[Operazione]) -> Result<Vec<Modifica>, Rifiuto> {
    operazioni.iter().map(|o| if o.path == PATH_ACL { di_acl(o) } else { o.path_ignoto() }).collect()
}

fn metti_o_togli(o: &Operazione) -> Result<bool, Rifiuto> {
    o.sia_tra(&[Op::Add, Op::Delete])?;
    Ok(o.op == Op::Add)
}

fn di_acl(o: &Operazione) -> Result<Modifica, Rifiuto> {
    let letta = if metti_o_togli(o)? { acl::sola(&o.value).map(Modifica::MettiAcl) } else { acl::solo_servizio(&o.value).map(Modifica::TogliAcl) };
    letta.or_else(|_| o.value_errato())
}

/// To take away only some unità operative is not in the dialect.
fn dominio(o: &Operazione) -> Result<Modifica, Rifiuto> {
    let metti = metti_o_togli(o)?;
    match ambito::dominio(&o.value) {
        Ok(letto) if metti => Ok(Modifica::MettiDominio(letto)),
        Ok(DominioInviato::Uno(_, AmbitoUo::Solo(_))) | Err(_) => o.value_errato(),
        Ok(letto) => Ok(Modifica::TogliDominio(letto)),
    }
}

fn tipo(o: &Operazione) -> Result<Modifica, Rifiuto> {
    let metti = metti_o_togli(o)?;
    match o.value.as_str().map(ambito::tipo) {
        Some(Ok(letto)) if metti => Ok(Modifica::MettiTipo(letto)),
        Some(Ok(letto)) => Ok(Modifica::TogliTipo(letto)),
        _ => o.value_errato(),
    }
}

/// Any operation sets it, `null` resets it.
fn nuova_password(o: &Operazione) -> Result<Option<Segreto>, Rifiuto> {
    match &o.value {
        Value::Null => Ok(None),
        Value::String(testo) => password::password("password", testo).map(Some),
        _ => o.value_errato(),
    }
}
