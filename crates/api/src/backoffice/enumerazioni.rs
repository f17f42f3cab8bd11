//! What the back office offers to choose from, and what is installed (spec/2 sections 1.4 and 2.17).

use axum::response::Response;
use domain::anagrafica::{Servizio, VersioneEnte};
use serde_json::{Value, json};

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::permessi::{Aperto, AutenticatoUfficio};
use crate::richiesta::Richiesta;

/// GET /enumerazioni/serviziACL.
pub async fn servizi(_: App, _: Chi<AutenticatoUfficio>, _: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&Value::from(Servizio::TUTTI.map(Servizio::nome).to_vec())))
}

/// GET /enumerazioni/versioneConnettore.
pub async fn versioni(_: App, _: Chi<AutenticatoUfficio>, _: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&json!([VersioneEnte::V1.nome(), VersioneEnte::V2.nome()])))
}

/// GET /info.
pub async fn info(app: App, _: Chi<Aperto>, _: Richiesta) -> Result<Response, Fault> {
    let versione = env!("CARGO_PKG_VERSION");
    let ambiente = &app.accesso.impostazioni.ambiente;
    Ok(json::ok(&json!({ "appName": "Fiorino", "versione": versione, "build": format!("Fiorino {versione}"), "ambiente": ambiente })))
}
