//! The OpenAPI documents against what the program does: addresses, readers, answers.

mod corpi;
mod esempi;
mod lettori;
mod pagina;
mod risposte;

use jsonschema::{Draft, Validator};
use reqwest::Method;
use serde_json::{Map, Value};

/// An operation of the whole document.
pub struct Operazione {
    pub id: String,
    pub metodo: Method,
    pub percorso: String,
    pub detta: Value,
}

/// Every operation, in the order of the document.
pub fn operazioni(documento: &Value) -> Vec<Operazione> {
    let di = |(percorso, metodi): (&String, &Value)| -> Vec<Operazione> {
        let una = |(metodo, detta): (&String, &Value)| Operazione {
            id: detta["operationId"].as_str().expect("operationId").to_owned(),
            metodo: metodo.to_uppercase().parse().expect("metodo"),
            percorso: percorso.clone(),
            detta: detta.clone(),
        };
        metodi.as_object().expect("metodi").iter().map(una).collect()
    };
    documento["paths"].as_object().expect("paths").iter().flat_map(di).collect()
}

impl Operazione {
    /// Schema of a JSON body, when it takes one.
    pub fn schema_corpo(&self) -> Option<&Value> {
        self.detta["requestBody"]["content"].get("application/json").map(|c| &c["schema"])
    }

    /// Who may call it, on the bench.
    pub fn chiamante(&self) -> &'static str {
        match self.id.split('_').next() {
            Some("backoffice") => "gpadmin",
            Some("pagamento") => "PORTALE",
            _ => "DEMO",
        }
    }

    /// The path with its parameters filled in.
    pub fn indirizzo(&self, valori: impl Fn(&str) -> String) -> String {
        let segmento = |s: &str| s.strip_prefix('{').and_then(|s| s.strip_suffix('}')).map_or_else(|| s.to_owned(), &valori);
        self.percorso.split('/').map(segmento).collect::<Vec<_>>().join("/")
    }
}

/// A schema of the document, with its neighbours at hand.
pub fn validatore(documento: &Value, schema: &Value) -> Validator {
    let mut radice: Map<String, Value> = schema.as_object().expect("schema").clone();
    // The neighbours are many: they come along only where they are named.
    if schema.to_string().contains("\"$ref\"") {
        radice.insert("components".to_owned(), documento["components"].clone());
    }
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&Value::Object(radice)).expect("schema")
}
