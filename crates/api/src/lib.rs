//! HTTP. A handler reads like a sentence: parse, call, render; the rules are in `domain`, the operations in `gateway`.
//!
//! - [`rotte`]: every route of the REST APIs on one page, from which the router and the OpenAPI document are both made;
//! - [`interfacce`]: the APIs, their addresses and the profiles that publish them;
//! - [`permessi`]: the rights that a route asks for, as types; [`accesso`]: who calls, and whether it has them;
//! - [`pendenze`], [`pagamento`], [`backoffice`], [`user`]: one folder per API, one file per version;
//! - [`stazione`]: the SOAP station;
//! - [`openapi`]: the documents of all this, and a page to read and try them;
//! - [`salute`]: health and metrics;
//! - [`fault`]: how refusals and failures are written;
//! - [`idempotenza`]: a POST that is sent twice and done once.

pub mod accesso;
mod backoffice;
mod domini;
pub mod fault;
mod giornale;
mod idempotenza;
pub mod interfacce;
mod json;
mod liste;
mod logo;
mod modulo;
mod multiparte;
mod openapi;
mod pagamento;
mod pendenze;
pub mod permessi;
mod richiesta;
mod ritorno;
mod rotte;
mod salute;
mod stazione;
mod user;
mod viste;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use gateway::Gateway;
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

pub use accesso::{Accesso, ImpostazioniAccesso};
pub use openapi::{documento as openapi, documento_di as openapi_di, versioni as versioni_openapi};
pub use rotte::{Rotta, elenco as elenco_rotte};
pub use stazione::{AutenticazioneNodo, CertificatoClient, UtenteNodo};

/// Longest time that a request may take, body included: a client that stops sending does not keep its place.
const ATTESA_RICHIESTA: Duration = Duration::from_secs(60);

/// What the doors need to know.
#[derive(Clone)]
pub struct Contesto {
    pub gateway: Gateway,
    /// How the node of pagoPA proves who it is.
    pub nodo: AutenticazioneNodo,
    /// How everybody else does.
    pub accesso: Arc<Accesso>,
    /// Where the world reaches us, without a final slash: written into the WSDL.
    pub indirizzo_pubblico: String,
    pub metriche: PrometheusHandle,
}

pub type App = Arc<Contesto>;

/// Everything that the program serves.
pub fn router(contesto: Contesto) -> Router {
    let app = Arc::new(contesto);
    let altrove = Arc::clone(&app);
    Router::new()
        .merge(rotte::router(Arc::clone(&app)))
        .merge(stazione::router(Arc::clone(&app)))
        .merge(ritorno::router(Arc::clone(&app)))
        .merge(salute::router(app))
        .merge(openapi::pagina::router())
        .fallback(move |richiesta: Request| async move { accesso::percorso_ignoto(&altrove, &richiesta.into_parts().0).await.into_response() })
        .layer(CatchPanicLayer::custom(fault::panico))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ATTESA_RICHIESTA))
        .layer(axum::middleware::from_fn(richiesta::identifica))
}
