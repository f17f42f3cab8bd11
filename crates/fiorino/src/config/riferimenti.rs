//! Values that the file does not hold: `${NOME}` is taken from the environment or from a file of secrets, `${NOME:-testo}` has a default.
//!
//! So one file serves test and production: addresses and secrets are what differs, and they are told from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

/// Names, in lower case, of members that export never writes.
const SEGRETI: [&str; 6] = ["password", "passwd", "secret", "apikey", "subscriptionkey", "headervalue"];

static RIFERIMENTO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}").expect("espressione fissa"));

#[must_use]
pub fn segreto(nome: &str) -> bool {
    let nome = nome.to_ascii_lowercase();
    SEGRETI.iter().any(|s| nome.contains(s))
}

/// Takes the secrets out of the tree, and puts the reference of each in its place. A `$` that somebody wrote as data is not a reference
/// unless it has the whole form, which no password policy forbids: such a text is a secret too.
pub fn estrai(valore: &mut Value, segreti: &mut BTreeMap<String, String>) {
    estrai_in(valore, "", false, segreti);
}

fn estrai_in(valore: &mut Value, percorso: &str, e_segreto: bool, segreti: &mut BTreeMap<String, String>) {
    match valore {
        Value::Object(membri) => membri.iter_mut().for_each(|(nome, v)| estrai_in(v, &format!("{percorso}_{nome}"), segreto(nome), segreti)),
        Value::Array(elementi) => elementi.iter_mut().enumerate().for_each(|(i, v)| estrai_in(v, &format!("{percorso}_{i}"), e_segreto, segreti)),
        Value::String(testo) if e_segreto || RIFERIMENTO.is_match(testo) => {
            let nome = nome_variabile(percorso);
            let riferimento = format!("${{{nome}}}");
            segreti.insert(nome, std::mem::replace(testo, riferimento));
        }
        _ => {}
    }
}

/// `INTERMEDIARI_11111111113_SERVIZIOPAGOPA_SUBSCRIPTIONKEY`.
fn nome_variabile(percorso: &str) -> String {
    let nome: String = percorso.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    let nome = nome.trim_start_matches('_');
    if nome.starts_with(|c: char| c.is_ascii_digit()) { format!("V_{nome}") } else { nome.to_owned() }
}

/// Puts values in the place of references. The names that have no value come back, all together.
pub fn risolvi(valore: &mut Value, valori: &impl Fn(&str) -> Option<String>) -> BTreeSet<String> {
    let mut mancanti = BTreeSet::new();
    risolvi_in(valore, valori, &mut mancanti);
    mancanti
}

fn risolvi_in(valore: &mut Value, valori: &impl Fn(&str) -> Option<String>, mancanti: &mut BTreeSet<String>) {
    match valore {
        Value::Object(membri) => membri.values_mut().for_each(|v| risolvi_in(v, valori, mancanti)),
        Value::Array(elementi) => elementi.iter_mut().for_each(|v| risolvi_in(v, valori, mancanti)),
        Value::String(testo) => {
            let risolto = RIFERIMENTO.replace_all(testo, |c: &Captures<'_>| {
                valori(&c[1]).or_else(|| c.get(2).map(|d| d.as_str().to_owned())).unwrap_or_else(|| {
                    mancanti.insert(c[1].to_owned());
                    String::new()
                })
            });
            *testo = risolto.into_owned();
        }
        _ => {}
    }
}

/// Lines `NOME=valore` of a file of secrets. A value is written as JSON text when it has line ends, quotes or blanks around.
pub fn leggi_segreti(testo: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let righe = testo.lines().enumerate().filter(|(_, r)| !r.trim().is_empty() && !r.trim_start().starts_with('#'));
    righe
        .map(|(n, riga)| {
            let (nome, valore) = riga.split_once('=').ok_or_else(|| anyhow::anyhow!("segreti, riga {}: serve NOME=valore", n + 1))?;
            let valore = if valore.starts_with('"') {
                serde_json::from_str(valore).map_err(|_| anyhow::anyhow!("segreti, riga {}: il testo fra virgolette non si legge", n + 1))?
            } else {
                valore.to_owned()
            };
            Ok((nome.trim().to_owned(), valore))
        })
        .collect()
}

#[must_use]
pub fn scrivi_segreti(segreti: &BTreeMap<String, String>) -> String {
    let semplice = |v: &str| v.trim() == v && !v.starts_with('"') && !v.chars().any(char::is_control);
    let riga = |(nome, valore): (&String, &String)| {
        let valore = if semplice(valore) { valore.clone() } else { Value::from(valore.as_str()).to_string() };
        format!("{nome}={valore}\n")
    };
    segreti.iter().map(riga).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn i_segreti_escono_e_rientrano() {
        let prima = json!({ "intermediari": { "11111111113": { "servizioPagoPa": { "urlRPT": "http://x", "subscriptionKey": "chiave",
            "auth": { "username": "u", "password": "p\n\"q\"" } } } }, "strano": "costa ${EURO}" });
        let (mut albero, mut segreti) = (prima.clone(), BTreeMap::new());
        estrai(&mut albero, &mut segreti);
        let testo = albero.to_string();
        assert!(!testo.contains("\"chiave\"") && testo.contains("${INTERMEDIARI_11111111113_SERVIZIOPAGOPA_SUBSCRIPTIONKEY}"), "{testo}");
        assert_eq!(segreti.len(), 3);
        let riletti = leggi_segreti(&scrivi_segreti(&segreti)).expect("segreti");
        assert_eq!(riletti, segreti);
        assert!(risolvi(&mut albero, &|nome| riletti.get(nome).cloned()).is_empty());
        assert_eq!(albero, prima);
    }

    #[test]
    fn chi_manca_e_detto_tutto_insieme_e_un_predefinito_basta() {
        let mut albero = json!(["${A}", { "b": "http://${B_2:-localhost:8080}/x" }, "${C}", "$D ${e}"]);
        let mancanti = risolvi(&mut albero, &|_| None);
        assert_eq!(mancanti, BTreeSet::from(["A".to_owned(), "C".to_owned()]));
        assert_eq!((&albero[1]["b"], &albero[3]), (&json!("http://localhost:8080/x"), &json!("$D ${e}")));
    }

    proptest! {
        #[test]
        fn ogni_segreto_torna_com_era(valore in "\\PC{0,60}") {
            let segreti = BTreeMap::from([("NOME".to_owned(), valore)]);
            prop_assert_eq!(leggi_segreti(&scrivi_segreti(&segreti)).expect("segreti"), segreti);
        }
    }
}
