//! The OpenAPI 3.1 document, made from the route table.

use serde_json::{Map, Value, json};

use crate::permessi::Richiesto;
use crate::rotte::{Rotta, elenco};
use domain::anagrafica::Servizio;
use domain::chiamante::Profilo;

/// One document for all APIs: paths are those of the first layout, each with the right that it asks for.
#[must_use]
pub fn documento() -> Value {
    let mut percorsi: Map<String, Value> = Map::new();
    for rotta in elenco() {
        let Some(radice) = rotta.api.radici(Profilo::Basic).into_iter().next() else { continue };
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
    let fault = json!({ "description": "Rifiuto", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/FaultBean" } } } });
    json!({
        "operationId": format!("{}_{}_{}", rotta.api.nome, rotta.api.versione, rotta.operazione),
        "tags": [rotta.api.nome],
        "description": descrivi(rotta.richiesto),
        "parameters": parametri,
        "responses": { "200": { "description": "Esito positivo" }, "4XX": fault.clone(), "5XX": fault },
    })
}

fn descrivi(richiesto: Richiesto) -> String {
    let su = |servizi: &[Servizio]| servizi.iter().map(|s| format!("«{}»", s.nome())).collect::<Vec<_>>().join(" o ");
    match richiesto {
        Richiesto::Diritto { servizi, diritto } => format!("Richiede il diritto {} su {}.", diritto.sigla(), su(servizi)),
        Richiesto::Facoltativo { servizi, diritto } => {
            format!("Per ogni utenza riconosciuta; mostra di piu' a chi ha il diritto {} su {}.", diritto.sigla(), su(servizi))
        }
        Richiesto::Autenticato => "Per ogni utenza riconosciuta.".to_owned(),
        Richiesto::Aperto => "Aperta a tutti.".to_owned(),
    }
}
