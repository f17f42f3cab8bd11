//! Operatori (spec/2 section 2.10).

use serde_json::Value;

use super::{UtenzaInviata, acl, ambito, password, ruoli};
use crate::Rifiuto;
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{Testo, obbligatorio};

pub const RAGIONE_SOCIALE: Testo = Testo::lungo(1, 35);
const MEMBRI: [&str; 7] = ["ragioneSociale", "password", "acl", "domini", "tipiPendenza", "ruoli", "abilitato"];

#[derive(Clone, Debug)]
pub struct OperatoreInviato {
    pub nome: String,
    pub utenza: UtenzaInviata,
}

/// Body of `PUT /operatori/{principal}`.
pub fn operatore(principal: &str, corpo: &Value) -> Result<OperatoreInviato, Rifiuto> {
    let o = Oggetto::radice(corpo, &MEMBRI)?;
    let (ragione_sociale, password, abilitato) = (o.testo("ragioneSociale")?, o.testo("password")?, o.booleano("abilitato")?);
    let principal = super::principal(principal)?;
    let nome = RAGIONE_SOCIALE.obbligatorio("ragioneSociale", ragione_sociale)?;
    let password = password::facoltativa(password)?;
    let (acl, domini, tipi, ruoli) = (acl::lista(&o)?, ambito::domini(&o)?, ambito::tipi(&o)?, ruoli(&o)?);
    let abilitata = obbligatorio("abilitato", abilitato)?;
    Ok(OperatoreInviato { nome, utenza: UtenzaInviata { principal, password, domini, tipi, acl, ruoli, abilitata } })
}
