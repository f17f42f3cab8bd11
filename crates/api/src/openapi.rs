//! The OpenAPI 3.1 document, made from the route table.

use serde_json::{Map, Value, json};

use crate::rotte::{Rotta, elenco};
use domain::anagrafica::Diritto;

/// One document for all APIs: paths are those of the first layout, each with the right that it asks for.
#[must_use]
pub fn documento() -> Value {
    let mut percorsi: Map<String, Value> = Map::new();
    for rotta in elenco() {
        let [radice, _] = rotta.api.radici();
        let percorso = percorsi.entry(format!("{radice}{}", rotta.percorso)).or_insert_with(|| json!({}));
        if let Value::Object(metodi) = percorso {
            metodi.insert(rotta.metodo.as_str().to_lowercase(), operazione(&rotta));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Fiorino", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" } },
        "paths": percorsi,
        "components": {
            "securitySchemes": { "basicAuth": { "type": "http", "scheme": "basic" } },
            "schemas": { "FaultBean": {
                "type": "object",
                "required": ["categoria", "codice", "descrizione"],
                "properties": {
                    "categoria": { "type": "string", "enum": ["AUTORIZZAZIONE", "RICHIESTA", "OPERAZIONE", "PAGOPA", "EC", "INTERNO"] },
                    "codice": { "type": "string" }, "descrizione": { "type": "string" }, "dettaglio": { "type": "string" } } } },
        },
        "security": [{ "basicAuth": [] }],
    })
}

fn operazione(rotta: &Rotta) -> Value {
    let parametri: Vec<Value> = rotta
        .percorso
        .split('/')
        .filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'))
        .map(|nome| json!({ "name": nome, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let diritto = if rotta.diritto == Diritto::Lettura { "R" } else { "W" };
    let nota = if rotta.obbligatorio { "" } else { " Senza il diritto mostra solo cio' che e' del chiamante." };
    let fault = json!({ "description": "Rifiuto", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/FaultBean" } } } });
    json!({
        "operationId": format!("{}_{}_{}", rotta.api.nome, rotta.api.versione, rotta.operazione),
        "tags": [rotta.api.nome],
        "description": format!("Richiede il diritto {diritto} su «{}».{nota}", rotta.servizio.nome()),
        "parameters": parametri,
        "responses": { "200": { "description": "Esito positivo" }, "4XX": fault.clone(), "5XX": fault },
    })
}
