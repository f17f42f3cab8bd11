//! JSON Schemas of the integrators: the block `validazione` of a tipo pendenza (spec/2 section 2.7).
//!
//! A schema is somebody else's text: bounded in size, compiled without the network, with patterns that cannot take the processor away.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::lettura::regole::accorcia;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

/// Bytes of a schema once decoded: those of the forms in use have a few thousand.
pub const BYTE_SCHEMA_MAX: usize = 256 * 1024;
/// Bytes that one compiled pattern may take.
const BYTE_ESPRESSIONE_MAX: usize = 512 * 1024;
/// Steps of a pattern that turns back.
const PASSI_ESPRESSIONE_MAX: usize = 100_000;
/// Violations that a refusal tells.
const VIOLAZIONI_MOSTRATE: usize = 20;
/// Characters of what a refusal repeats.
const CARATTERI_MOSTRATI: usize = 200;

/// A schema ready for use.
pub struct Schema(Validator);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreSchema {
    #[error("non e' una codifica base64")]
    Codifica,
    #[error("supera {BYTE_SCHEMA_MAX} byte")]
    TroppoGrande,
    #[error("non e' un documento JSON: riga {riga}, colonna {colonna}")]
    Json { riga: usize, colonna: usize },
    #[error("il riferimento [{0}] porta a un documento esterno, che non viene letto")]
    RiferimentoEsterno(String),
    #[error("errore in [{0}]")]
    Schema(String),
}

impl Schema {
    /// From the text of the API: base64, perhaps between double quotes.
    pub fn compila(testo: &str) -> Result<Self, ErroreSchema> {
        let valore = decodifica(testo)?;
        let mut opzioni = jsonschema::options().offline();
        // What those who write forms mean when they do not say.
        if valore.get("$schema").is_none() {
            opzioni = opzioni.with_draft(Draft::Draft7);
        }
        let espressioni = PatternOptions::fancy_regex().size_limit(BYTE_ESPRESSIONE_MAX).backtrack_limit(PASSI_ESPRESSIONE_MAX);
        opzioni.with_pattern_options(espressioni).build(&valore).map(Self).map_err(|errore| match riferimento_esterno(&valore) {
            Some(r) => ErroreSchema::RiferimentoEsterno(accorcia(r, CARATTERI_MOSTRATI).into_owned()),
            None => ErroreSchema::Schema(accorcia(&format!("#{}", errore.instance_path()), CARATTERI_MOSTRATI).into_owned()),
        })
    }

    /// Where the first departure is, as a JSON pointer, when there is one.
    #[must_use]
    pub fn scostamento(&self, valore: &Value) -> Option<String> {
        self.0.iter_errors(valore).next().map(|e| e.instance_path().to_string())
    }

    /// What is wrong, place by place, at most [`VIOLAZIONI_MOSTRATE`]; empty when nothing is.
    #[must_use]
    pub fn violazioni(&self, valore: &Value) -> Vec<String> {
        let una = |e: jsonschema::ValidationError<'_>| {
            let dove = e.instance_path().to_string().replace('/', ".");
            format!("${dove}: {}", accorcia(&e.to_string(), CARATTERI_MOSTRATI))
        };
        self.0.iter_errors(valore).take(VIOLAZIONI_MOSTRATE).map(una).collect()
    }
}

fn decodifica(testo: &str) -> Result<Value, ErroreSchema> {
    let testo = testo.trim();
    let testo = testo.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(testo);
    // Three bytes out of four characters, and line breaks.
    if testo.len() > 2 * BYTE_SCHEMA_MAX {
        return Err(ErroreSchema::TroppoGrande);
    }
    let senza_righe: String = testo.split_ascii_whitespace().collect();
    let byte = STANDARD.decode(senza_righe).map_err(|_| ErroreSchema::Codifica)?;
    if byte.len() > BYTE_SCHEMA_MAX {
        return Err(ErroreSchema::TroppoGrande);
    }
    serde_json::from_slice(&byte).map_err(|e| ErroreSchema::Json { riga: e.line(), colonna: e.column() })
}

/// The first `$ref` that does not stay in the document.
fn riferimento_esterno(valore: &Value) -> Option<&str> {
    match valore {
        Value::Object(membri) => membri.iter().find_map(|(nome, v)| match v {
            Value::String(r) if nome == "$ref" && !r.starts_with('#') => Some(r.as_str()),
            altro => riferimento_esterno(altro),
        }),
        Value::Array(elementi) => elementi.iter().find_map(riferimento_esterno),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn compila(schema: &str) -> Result<Schema, ErroreSchema> {
        Schema::compila(&STANDARD.encode(schema))
    }

    #[test]
    fn uno_schema_buono_distingue_i_corpi() {
        let testo = r##"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["importo"],"definitions":{"euro":{"type":"number","minimum":0}},
            "properties":{"importo":{"$ref":"#/definitions/euro"},"cf":{"type":"string","pattern":"^(?!XX)[A-Z0-9]+$"}}}"##;
        for testo in [STANDARD.encode(testo), format!("\"{}\"", STANDARD.encode(testo)), format!(" {}\n", STANDARD.encode(testo))] {
            let Ok(schema) = Schema::compila(&testo) else { panic!("schema rifiutato: {testo}") };
            assert_eq!(schema.scostamento(&json!({ "importo": 10.5, "cf": "VLN" })), None);
            assert_eq!(schema.scostamento(&json!({ "importo": -1 })), Some("/importo".to_owned()));
            assert_eq!(schema.scostamento(&json!({ "importo": 1, "cf": "XX1" })), Some("/cf".to_owned()));
            assert_eq!(schema.scostamento(&json!({})), Some(String::new()));
            let tutte = schema.violazioni(&json!({ "importo": -1, "cf": "XX1" }));
            assert_eq!(tutte.len(), 2, "{tutte:?}");
            assert!(tutte[0].starts_with("$.") && schema.violazioni(&json!({ "importo": 1 })).is_empty());
        }
    }

    #[test]
    fn uno_schema_senza_versione_e_letto_come_i_piu_diffusi() {
        // A list of schemas in items is an error in the latest draft.
        assert!(compila(r#"{"type":"array","items":[{"type":"string"}]}"#).is_ok());
    }

    #[test]
    fn uno_schema_guasto_dice_perche() {
        let no = |schema: &str| compila(schema).err();
        assert_eq!(Schema::compila("{\"type\":\"object\"}").err(), Some(ErroreSchema::Codifica));
        assert_eq!(Schema::compila("").err(), Some(ErroreSchema::Json { riga: 1, colonna: 0 }));
        assert_eq!(no("{\"type\":"), Some(ErroreSchema::Json { riga: 1, colonna: 8 }));
        assert_eq!(no(r#"{"properties":{"a":{"type":"cosa"}}}"#), Some(ErroreSchema::Schema("#/properties/a/type".to_owned())));
        assert_eq!(no("[]"), Some(ErroreSchema::Schema("#".to_owned())));
        assert_eq!(
            no(r#"{"properties":{"a":{"$ref":"https://altrove.example/s.json"}}}"#),
            Some(ErroreSchema::RiferimentoEsterno("https://altrove.example/s.json".to_owned()))
        );
        assert!(matches!(no(r#"{"$ref":"file:///etc/passwd"}"#), Some(ErroreSchema::RiferimentoEsterno(_))));
        assert!(no(r##"{"$ref":"#/definitions/manca"}"##).is_some());
        let enorme = format!(r#"{{"description":"{}"}}"#, "a".repeat(BYTE_SCHEMA_MAX));
        assert_eq!(no(&enorme), Some(ErroreSchema::TroppoGrande));
        assert_eq!(Schema::compila(&"A".repeat(3 * BYTE_SCHEMA_MAX)).err(), Some(ErroreSchema::TroppoGrande));
    }

    #[test]
    fn una_espressione_avida_non_ferma_il_nodo() {
        assert!(compila(r#"{"pattern":"((a{1000}){1000}){1000}"}"#).is_err());
        let Ok(schema) = compila(r#"{"pattern":"^(?=(a+)+$)(a+)+b$"}"#) else { return };
        let inizio = std::time::Instant::now();
        assert!(schema.scostamento(&json!("a".repeat(200))).is_some());
        assert!(inizio.elapsed() < std::time::Duration::from_secs(5));
    }
}
