//! For tests: schemas of the official OpenAPI files, and how a body departs from them.
//!
//! The files are not ours: they are read from the folder named by `FIORINO_CONTRATTI` (default `../shared/contracts` beside the workspace), and a test
//! without them says that it was skipped.

use std::path::{Path, PathBuf};

pub use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError};
use serde_json::{Value, json};

/// The folder of the contracts.
#[must_use]
pub fn cartella() -> PathBuf {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    radice.join(std::env::var_os("FIORINO_CONTRATTI").unwrap_or_else(|| "../shared/contracts".into()))
}

/// The schema of a component of a YAML file, with its neighbours; tells on standard output whether test `nome` runs.
///
/// # Panics
/// When the file is there and is no OpenAPI document.
#[must_use]
pub fn schema(nome: &str, file: &str, componente: &str) -> Option<Validator> {
    let schemi = schemi(nome, file)?;
    let mut radice = json!({ "$ref": format!("#/components/schemas/{componente}"), "components": { "schemas": schemi } });
    interni(&mut radice);
    // OpenAPI 3.0 speaks a dialect of draft 4: what stands beside a $ref does not count.
    Some(jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&radice).expect("schema"))
}

/// The components of a YAML file, as they are written.
///
/// # Panics
/// When the file is there and is no OpenAPI document.
#[must_use]
pub fn schemi(nome: &str, file: &str) -> Option<Value> {
    documento(nome, file).map(|mut contratto| contratto["components"]["schemas"].take())
}

/// A schema that stands anywhere in a document of [`documento`].
///
/// # Panics
/// When it is no schema.
#[must_use]
pub fn schema_di(documento: &Value, schema: &Value) -> Validator {
    let mut radice = json!({ "allOf": [schema], "components": documento["components"] });
    interni(&mut radice);
    jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&radice).expect("schema")
}

/// The first of several YAML files that refer to one another, with the components of all.
///
/// # Panics
/// As [`documento`].
#[must_use]
pub fn documento_di_piu(nome: &str, file: &[&str]) -> Option<Value> {
    let mut tutti = file.iter().map(|f| documento(nome, f));
    let mut primo = tutti.next()??;
    for altro in tutti {
        let altro = altro?;
        for (genere, componenti) in altro["components"].as_object().into_iter().flatten() {
            for (nome, c) in componenti.as_object().into_iter().flatten() {
                primo["components"][genere][nome] = c.clone();
            }
        }
    }
    interni(&mut primo);
    Some(primo)
}

/// A whole YAML file.
///
/// # Panics
/// When the file is there and is no YAML.
#[must_use]
pub fn documento(nome: &str, file: &str) -> Option<Value> {
    let testo = std::fs::read_to_string(cartella().join(file)).ok();
    println!("contratto: {} {nome}", if testo.is_some() { "eseguita" } else { "saltata" });
    // One of the files has tabs in a description, which YAML forbids.
    Some(serde_yaml_ng::from_str(&testo?.replace('\t', "            ")).expect("yaml"))
}

/// References between the files of a set become references within this one; `nullable` becomes a second type.
fn interni(valore: &mut Value) {
    if let Value::Object(membri) = valore {
        if let Some(Value::String(r)) = membri.get_mut("$ref")
            && let Some(cancelletto) = r.find('#')
        {
            r.drain(..cancelletto);
        }
        if membri.remove("nullable") == Some(Value::Bool(true))
            && let Some(tipo) = membri.get_mut("type")
        {
            *tipo = json!([tipo.take(), "null"]);
        }
        membri.values_mut().for_each(interni);
    } else if let Value::Array(elementi) = valore {
        elementi.iter_mut().for_each(interni);
    }
}

fn scostamento(errore: &ValidationError<'_>) -> String {
    let schema = errore.schema_path().to_string();
    match errore.kind() {
        ValidationErrorKind::Required { property } => format!("{} manca {}", errore.instance_path(), property.as_str().unwrap_or_default()),
        _ => format!("{} {}", errore.instance_path(), schema.rsplit('/').next().unwrap_or_default()),
    }
}

/// Where and how, sorted: `/voci/0/importo type`, `/voci/0 manca importo`.
#[must_use]
pub fn scostamenti(schema: &Validator, corpo: &Value) -> Vec<String> {
    let mut elenco: Vec<String> = schema.iter_errors(corpo).map(|e| scostamento(&e)).collect();
    elenco.sort();
    elenco
}
