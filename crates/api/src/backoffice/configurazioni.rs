//! The configuration of the system (spec/2 section 2.15). Secrets are shown in clear: who may read it may also change it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::amministrazione::configurazioni::blocchi;
use domain::anagrafica::{BloccoConfigurazione, Configurazione};
use domain::lettura::anagrafica::configurazioni::{modifiche, tutte};
use gateway::testi_altrui::controlla_modelli;
use serde_json::Value;

use super::{corpo, revisione};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::permessi::{LeggeConfigurazione, ScriveConfigurazione};
use crate::richiesta::Richiesta;

/// GET /configurazioni.
pub async fn leggi(app: App, _chi: Chi<LeggeConfigurazione>, _r: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&vista(&app.gateway.anagrafica().configurazione)))
}

/// POST /configurazioni: 200 always, never a body.
pub async fn scrivi(app: App, chi: Chi<ScriveConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuovi = tutte(&corpo)?;
    metti(&app, &chi, "POST", &r, &corpo, nuovi).await?;
    Ok(StatusCode::OK.into_response())
}

/// PATCH /configurazioni: 200 with the whole.
pub async fn modifica(app: App, chi: Chi<ScriveConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuovi = modifiche(&corpo)?;
    Ok(json::ok(&vista(&metti(&app, &chi, "PATCH", &r, &corpo, nuovi).await?)))
}

async fn metti(
    app: &App,
    chi: &Chi<ScriveConfigurazione>,
    metodo: &str,
    r: &Richiesta,
    corpo: &Value,
    nuovi: Vec<BloccoConfigurazione>,
) -> Result<Configurazione, Fault> {
    controlla_modelli(nuovi.iter().flat_map(BloccoConfigurazione::modelli).collect()).await?;
    Ok(app.gateway.amministra(&[revisione(&chi.chiamante, metodo, r, corpo)], |a| Ok(blocchi(a, nuovi))).await?)
}

fn vista(configurazione: &Configurazione) -> Value {
    Value::Object(json::membri(configurazione))
}
