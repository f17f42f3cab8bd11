//! Between the file and JSON. Numbers keep their text, keys keep their order.

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

/// Bytes of a file: ten thousand domini with their templates.
pub const BYTE_FILE_MAX: u64 = 256 * 1024 * 1024;

pub fn leggi(testo: &str) -> anyhow::Result<Value> {
    in_json(serde_yaml_ng::from_str(testo).context("il file non e' YAML")?, "")
}

fn in_json(yaml: Yaml, dove: &str) -> anyhow::Result<Value> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(b) => Value::Bool(b),
        Yaml::Number(n) => Value::Number(n.to_string().parse().with_context(|| format!("{dove}: {n} non e' un numero JSON"))?),
        Yaml::String(s) => Value::String(s),
        Yaml::Sequence(elementi) => {
            let elementi = elementi.into_iter().enumerate().map(|(i, v)| in_json(v, &format!("{dove}[{i}]")));
            Value::Array(elementi.collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(membri) => {
            let mut oggetto = Map::new();
            for (chiave, valore) in membri {
                // A code written without quotes is read as a number: its digits are the name.
                let nome = match chiave {
                    Yaml::String(s) => s,
                    Yaml::Number(n) => n.to_string(),
                    altra => bail!("{dove}: la chiave {altra:?} non e' un testo"),
                };
                let valore = in_json(valore, &format!("{dove}/{nome}"))?;
                oggetto.insert(nome, valore);
            }
            Value::Object(oggetto)
        }
        Yaml::Tagged(t) => bail!("{dove}: il tag {} non e' ammesso", t.tag),
    })
}

pub fn scrivi(valore: &Value) -> anyhow::Result<String> {
    serde_yaml_ng::to_string(&da_json(valore)).context("scrittura del file")
}

fn da_json(valore: &Value) -> Yaml {
    match valore {
        Value::Null => Yaml::Null,
        Value::Bool(b) => Yaml::Bool(*b),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Yaml::Number(i.into()),
            (None, Some(f)) => Yaml::Number(f.into()),
            (None, None) => Yaml::String(n.to_string()),
        },
        Value::String(s) => Yaml::String(s.clone()),
        Value::Array(elementi) => Yaml::Sequence(elementi.iter().map(da_json).collect()),
        Value::Object(membri) => Yaml::Mapping(membri.iter().map(|(nome, v)| (Yaml::String(nome.clone()), da_json(v))).collect()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn qualunque() -> impl Strategy<Value = Value> {
        let foglia =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), any::<i32>().prop_map(Value::from), "\\PC{0,20}".prop_map(Value::from)];
        foglia.prop_recursive(4, 32, 6, |dentro| {
            prop_oneof![
                prop::collection::vec(dentro.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-zA-Z0-9_]{1,12}", dentro, 0..6).prop_map(|m| Value::Object(m.into_iter().collect()))
            ]
        })
    }

    proptest! {
        #[test]
        fn cio_che_si_scrive_si_rilegge(valore in qualunque()) {
            let testo = scrivi(&valore).expect("scritto");
            prop_assert_eq!(leggi(&testo).expect("riletto"), valore);
        }

        #[test]
        fn nessun_testo_fa_cadere_la_lettura(testo in "\\PC{0,200}") {
            let _ = leggi(&testo);
        }
    }

    #[test]
    fn un_codice_senza_virgolette_resta_un_nome() {
        assert_eq!(leggi("domini:\n  12345678901:\n    abilitato: true\n").expect("letto"), json!({ "domini": { "12345678901": { "abilitato": true } } }));
        assert!(leggi("a: !!binary x").is_err() || leggi("a: !mio x").is_err());
    }

    #[test]
    fn i_numeri_decimali_restano_quelli() {
        let testo = scrivi(&json!({ "soglia": 0.5, "n": 10 })).expect("scritto");
        assert_eq!(leggi(&testo).expect("riletto")["soglia"].to_string(), "0.5");
    }
}
