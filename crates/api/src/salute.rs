//! Health and metrics: open, because they say nothing of anybody.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::App;

/// A probe does not become a load: the answer of the archive is good for this long.
const MEMORIA: Duration = Duration::from_secs(1);
/// An archive that takes longer to write one row is not ready.
const ATTESA_ARCHIVIO: Duration = Duration::from_secs(2);

pub fn router(app: App) -> Router {
    let ultima: Arc<Mutex<Option<(Instant, bool)>>> = Arc::default();
    let metriche = Arc::clone(&app);
    Router::new()
        .route("/health/live", get(|| async { "vivo\n" }))
        .route("/health/ready", get(move || pronto(Arc::clone(&app), Arc::clone(&ultima))))
        .route("/metrics", get(move || async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metriche.metriche.render()) }))
}

/// Ready when the archive takes a write: a database that is read only, locked, full or gone says no, and yes again when it is back.
async fn pronto(app: App, ultima: Arc<Mutex<Option<(Instant, bool)>>>) -> Response {
    let ricordata = ultima.lock().unwrap_or_else(PoisonError::into_inner).filter(|(quando, _)| quando.elapsed() < MEMORIA);
    let scrive = match ricordata {
        Some((_, esito)) => esito,
        None => {
            let prova = tokio::time::timeout(ATTESA_ARCHIVIO, app.gateway.store().battito(app.gateway.adesso())).await;
            let esito = matches!(prova, Ok(Ok(())));
            *ultima.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), esito));
            esito
        }
    };
    if scrive { "pronto\n".into_response() } else { (StatusCode::SERVICE_UNAVAILABLE, "archivio non disponibile\n").into_response() }
}
