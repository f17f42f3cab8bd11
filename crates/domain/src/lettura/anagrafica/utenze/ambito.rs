//! `domini` and `tipiPendenza`: where a login may act (spec/2 section 1.6).

use codici::IdDominio;
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::testo_di_lista;
use crate::Rifiuto;
use crate::anagrafica::AmbitoUo;
use crate::lettura::json::Oggetto;
use crate::lettura::regole::{IDENTIFICATIVO, TIPO, id_dominio, massimo_elementi, obbligatorio};

/// Domini of one login: all the public bodies of the country are twenty-three thousand.
pub const DOMINI_MAX: usize = 30_000;
/// Unità operative of a dominio given to one login.
pub const UNITA_MAX: usize = 10_000;
/// Tipi pendenza of one login.
pub const TIPI_MAX: usize = 10_000;

/// All of them.
pub const TUTTI: &str = "*";
/// The pseudo tipo that lets an applicazione use tipi that do not exist yet.
pub const AUTODETERMINAZIONE: &str = "autodeterminazione";

/// As an utenza keeps them: `None` is all.
pub type Domini = Option<IndexMap<IdDominio, AmbitoUo>>;

/// As an utenza keeps them: `None` is all. With autodeterminazione the single tipi do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tipi {
    pub tipi: Option<IndexSet<String>>,
    pub autodeterminazione: bool,
}

/// An element of `domini`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DominioInviato {
    Tutti,
    Uno(IdDominio, AmbitoUo),
}

/// An element of `tipiPendenza`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TipoInviato {
    Tutti,
    Autodeterminazione,
    Uno(String),
}

/// Absent or empty is none; `*` anywhere is all.
pub fn domini(corpo: &Oggetto<'_>) -> Result<Domini, Rifiuto> {
    let elementi = corpo.elementi("domini")?.unwrap_or_default();
    massimo_elementi("domini", elementi.len(), DOMINI_MAX)?;
    let letti = elementi.iter().map(dominio).collect::<Result<Vec<_>, _>>()?;
    let mut domini = IndexMap::new();
    for letto in letti {
        match letto {
            DominioInviato::Tutti => return Ok(None),
            DominioInviato::Uno(id, ambito) => aggiungi(&mut domini, id, ambito),
        }
    }
    Ok(Some(domini))
}

/// A dominio that is there already keeps its place and gets more of its unità operative.
pub fn aggiungi(domini: &mut IndexMap<IdDominio, AmbitoUo>, id: IdDominio, ambito: AmbitoUo) {
    match (domini.get_mut(&id), ambito) {
        (Some(AmbitoUo::Solo(presenti)), AmbitoUo::Solo(altre)) => presenti.extend(altre),
        (Some(AmbitoUo::Tutte), _) => {}
        (_, ambito) => drop(domini.insert(id, ambito)),
    }
}

/// A text, or an object with its unità operative.
pub fn dominio(valore: &Value) -> Result<DominioInviato, Rifiuto> {
    let (id, ambito) = match valore {
        Value::String(id) => (id.as_str(), AmbitoUo::Tutte),
        Value::Object(_) => {
            let o = Oggetto::radice(valore, &["idDominio", "unitaOperative"])?;
            let id = obbligatorio("idDominio", o.testo("idDominio")?)?;
            (id, unita_operative(o.libero("unitaOperative"))?)
        }
        _ => return Err(Rifiuto::Sintassi("Tipo non valido per il campo domini".to_owned())),
    };
    if id == TUTTI {
        return Ok(DominioInviato::Tutti);
    }
    Ok(DominioInviato::Uno(id_dominio("idDominio", id)?, ambito))
}

fn unita_operative(valore: Option<&Value>) -> Result<AmbitoUo, Rifiuto> {
    let non_valido = || Rifiuto::Sintassi("Tipo non valido per il campo unitaOperative".to_owned());
    let Some(valore) = valore else { return Ok(AmbitoUo::Tutte) };
    let elementi = valore.as_array().ok_or_else(non_valido)?;
    massimo_elementi("unitaOperative", elementi.len(), UNITA_MAX)?;
    let nomi = elementi.iter().map(|v| v.as_str().ok_or_else(non_valido)).collect::<Result<Vec<_>, _>>()?;
    if nomi.is_empty() || nomi.contains(&TUTTI) {
        return Ok(AmbitoUo::Tutte);
    }
    nomi.into_iter().map(|n| IDENTIFICATIVO.controlla("unitaOperative", n)).collect::<Result<_, _>>().map(AmbitoUo::Solo)
}

/// Absent or empty is none; `*` anywhere is all, and then `autodeterminazione` does not count either.
pub fn tipi(corpo: &Oggetto<'_>) -> Result<Tipi, Rifiuto> {
    let elementi = corpo.elementi("tipiPendenza")?.unwrap_or_default();
    massimo_elementi("tipiPendenza", elementi.len(), TIPI_MAX)?;
    let letti = elementi.iter().enumerate().map(|(i, v)| tipo(testo_di_lista("tipiPendenza", i, v)?)).collect::<Result<Vec<_>, Rifiuto>>()?;
    if letti.contains(&TipoInviato::Tutti) {
        return Ok(Tipi { tipi: None, autodeterminazione: false });
    }
    if letti.contains(&TipoInviato::Autodeterminazione) {
        return Ok(Tipi { tipi: Some(IndexSet::new()), autodeterminazione: true });
    }
    let nome = |t: TipoInviato| if let TipoInviato::Uno(nome) = t { Some(nome) } else { None };
    Ok(Tipi { tipi: Some(letti.into_iter().filter_map(nome).collect()), autodeterminazione: false })
}

/// One element of `tipiPendenza`.
pub fn tipo(valore: &str) -> Result<TipoInviato, Rifiuto> {
    match valore {
        TUTTI => Ok(TipoInviato::Tutti),
        AUTODETERMINAZIONE => Ok(TipoInviato::Autodeterminazione),
        altro => TIPO.controlla("tipiPendenza", altro).map(TipoInviato::Uno),
    }
}
