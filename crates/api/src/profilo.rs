//! GET /profilo of the integration APIs: who calls and what it may reach (spec/1 section 9.12). Shapes differ by API and clients compare them whole.

use domain::Anagrafica;
use domain::anagrafica::{Dominio, TipoPendenza, Utenza};
use domain::chiamante::{Chi, Chiamante, Cittadino};
use serde_json::Value;

use crate::json::Oggetto;

/// The code of an applicazione, the fiscal code of a citizen.
pub fn nome(c: &Chiamante) -> &str {
    match &c.chi {
        Chi::Applicazione(a) => &a.cod,
        Chi::Operatore(o) => &o.nome,
        Chi::Cittadino(_) | Chi::Anonimo => &c.utenza.principal,
    }
}

/// The domini of a login, as they were given; all of them, where it has all, are spelt out. Those of a citizen are not told.
pub fn domini<'a>(c: &'a Chiamante, anagrafica: &'a Anagrafica) -> Vec<&'a Dominio> {
    match &*c.utenza {
        _ if matches!(c.chi, Chi::Cittadino(_)) => Vec::new(),
        Utenza { domini: Some(dati), .. } => dati.keys().filter_map(|d| anagrafica.dominio(d)).map(AsRef::as_ref).collect(),
        Utenza { domini: None, .. } => anagrafica.domini.values().map(AsRef::as_ref).collect(),
    }
}

/// The same of tipi pendenza.
pub fn tipi_pendenza<'a>(c: &'a Chiamante, anagrafica: &'a Anagrafica) -> Vec<&'a TipoPendenza> {
    match &c.utenza.tipi_pendenza {
        Some(dati) => dati.iter().filter_map(|t| anagrafica.tipi_pendenza.get(t)).map(AsRef::as_ref).collect(),
        None => anagrafica.tipi_pendenza.values().map(AsRef::as_ref).collect(),
    }
}

/// `anagrafica` of a citizen: what SPID told, without `tipo`.
pub fn cittadino(c: &Cittadino, chiamante: &Chiamante) -> Value {
    let attributo = |nome: &str| chiamante.identita.get(nome).and_then(|v| v.first());
    Oggetto::nuovo()
        .con("identificativo", c.codice_fiscale.as_str())
        .testo("anagrafica", c.nome.as_ref())
        .testo("indirizzo", attributo("address"))
        .testo("email", c.email.as_ref())
        .testo("cellulare", attributo("mobilePhone"))
        .valore()
}
