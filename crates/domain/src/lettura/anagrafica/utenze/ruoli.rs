//! Ruoli (spec/2 section 2.11).

use serde_json::Value;

use super::{acl, id_ruolo};
use crate::Rifiuto;
use crate::anagrafica::Ruolo;
use crate::lettura::json::Oggetto;
use crate::lettura::regole::lista;

/// Body of `PUT /ruoli/{idRuolo}`: here the path comes before the body.
pub fn ruolo(id: &str, corpo: &Value) -> Result<Ruolo, Rifiuto> {
    let cod = id_ruolo(id)?;
    let o = Oggetto::radice(corpo, &["acl"])?;
    Ok(Ruolo { cod, acl: lista("acl", Some(acl::lista(&o)?), acl::ACL_MAX)? })
}
