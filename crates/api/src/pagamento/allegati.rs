//! GET /allegati/{idAllegato} (v2, v3): to whoever sees the position that has it (spec/1 section 10.4).

use axum::response::Response;
use domain::visibilita;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::pendenze::allegati::{risposta, trova};
use crate::permessi::LeggePagamenti;
use crate::richiesta::Richiesta;

pub async fn leggi(app: App, chi: Chi<LeggePagamenti>, r: Richiesta) -> Result<Response, Fault> {
    let file = trova(&app, &r).await?;
    let pendenza = app.gateway.pendenza(&file.id_a2a, &file.id_pendenza).await?;
    visibilita::pendenza(&chi.chiamante, &pendenza)?;
    Ok(risposta(file))
}
