//! Logins as the back office sends them (spec/2 sections 1.3, 1.6 and 2.19): what applicazioni, operatori and ruoli have in common.
//!
//! - [`applicazioni`], [`operatori`], [`ruoli`]: bodies of PUT;
//! - [`ambito`]: `domini` and `tipiPendenza`; [`acl`]: rights; [`password`]: its policy;
//! - [`modifiche`]: bodies of PATCH.

pub mod acl;
pub mod ambito;
pub mod applicazioni;
pub mod modifiche;
pub mod operatori;
pub mod password;
pub mod ruoli;

use serde_json::Value;

pub use ambito::{Domini, DominioInviato, Tipi, TipoInviato};
pub use modifiche::{Modifica, Modifiche};

use crate::Rifiuto;
use crate::anagrafica::{Acl, Segreto};
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{Forma, Testo, elemento, massimo_elementi, non_valida};

/// Names of ruoli given to one login.
pub const RUOLI_MAX: usize = 500;

static FORMA_RUOLO: Forma = Forma::uguale(r"(^[a-zA-Z0-9\-_]{1,255}$)");
pub const RUOLO: Testo = Testo::con_forma(1, 255, &FORMA_RUOLO);
pub const PRINCIPAL: Testo = Testo::lungo(1, 4000);

/// What every login says of itself.
#[derive(Clone, Debug)]
pub struct UtenzaInviata {
    pub principal: String,
    /// In clear, and good for the policy. `None` keeps the one that is there.
    pub password: Option<Segreto>,
    pub domini: Domini,
    pub tipi: Tipi,
    pub acl: Vec<Acl>,
    pub ruoli: Vec<String>,
    pub abilitata: bool,
}

/// A principal of 1 to 4000 characters, without NUL, which no column can hold.
pub fn principal(valore: &str) -> Result<String, Rifiuto> {
    if valore.contains('\0') {
        return non_valida("principal");
    }
    PRINCIPAL.controlla("principal", valore)
}

/// A ruolo in a path.
pub fn id_ruolo(valore: &str) -> Result<String, Rifiuto> {
    RUOLO.controlla("idRuolo", valore)
}

/// `ruoli`, each once, in their order. Absent is none.
fn ruoli(corpo: &Oggetto<'_>) -> Result<Vec<String>, Rifiuto> {
    let elementi = corpo.elementi("ruoli")?.unwrap_or_default();
    massimo_elementi("ruoli", elementi.len(), RUOLI_MAX)?;
    let mut ruoli: Vec<String> = Vec::new();
    for (i, v) in elementi.iter().enumerate() {
        let ruolo = RUOLO.controlla("ruoli", testo_di_lista("ruoli", i, v)?)?;
        if !ruoli.contains(&ruolo) {
            ruoli.push(ruolo);
        }
    }
    Ok(ruoli)
}

/// An element of a list of texts: scalars are text, as elsewhere (spec/2 section 0.2.1).
fn testo_di_lista<'a>(campo: &str, posizione: usize, valore: &'a Value) -> Result<&'a str, Rifiuto> {
    match valore {
        Value::String(s) => Ok(s),
        Value::Number(n) => Ok(n.as_str()),
        Value::Bool(b) => Ok(if *b { "true" } else { "false" }),
        Value::Null => elemento(campo, posizione, None),
        Value::Array(_) | Value::Object(_) => Err(Rifiuto::Sintassi(format!("Tipo non valido per il campo {campo}"))),
    }
}

#[cfg(test)]
mod tests;
