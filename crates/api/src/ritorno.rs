//! The Web Connector: where the browser comes back after a payment page of the older model (spec/2 section 11). Open to everybody: it tells nothing, and
//! sends the browser to an address that the request or the configuration of the application named.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::lettura::regole::Testo;

use crate::App;
use crate::fault::Fault;
use crate::richiesta::{Richiesta, Segmenti};

/// Where the node was told to send browsers, in both layouts of the original.
pub const INDIRIZZI: [&str; 4] =
    ["/govpay/frontend/web/connector/psp", "/govpay/frontend/web/connector/ecsp/psp", "/govpay-web-connector/psp", "/govpay-web-connector/ecsp/psp"];
const TESTO: Testo = Testo::lungo(1, 512);

pub fn router(app: App) -> Router {
    INDIRIZZI.into_iter().fold(Router::new(), |router, indirizzo| {
        let app = Arc::clone(&app);
        router.route(indirizzo, get(move |richiesta: Request| async move { torna(&app, richiesta).await.unwrap_or_else(IntoResponse::into_response) }))
    })
}

async fn torna(app: &App, richiesta: Request) -> Result<Response, Fault> {
    let r = Richiesta::leggi(Segmenti::new(), richiesta).await?;
    let sessione = TESTO.obbligatorio("idSession", r.parametri().filtro("idSession")?.as_deref())?;
    let esito = TESTO.obbligatorio("esito", r.parametri().filtro("esito")?.as_deref())?;
    let dove = app.gateway.torna(&sessione, &esito).await?;
    let dove = HeaderValue::from_str(&dove).map_err(|_| Fault::Interno)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, dove)]).into_response())
}
