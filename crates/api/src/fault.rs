//! The fault bean of the REST APIs (spec/1 section 4), and that of the security layer (spec/1 section 2.5).

use std::any::Any;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rifiuto;
use gateway::Errore;

use crate::App;
use crate::accesso::chiamante;

/// What a handler answers when it does not answer.
#[derive(Debug)]
pub enum Fault {
    Rifiuto(Rifiuto),
    /// 401 of the security layer.
    NonAutenticato(&'static str),
    /// 403 of the security layer.
    Vietato(&'static str),
    /// 503: the archive is away, and may come back.
    NonDisponibile,
    /// 500: ours. The cause is in the log, under the same request id.
    Interno,
}

impl From<Rifiuto> for Fault {
    fn from(rifiuto: Rifiuto) -> Self {
        Self::Rifiuto(rifiuto)
    }
}

impl From<Errore> for Fault {
    fn from(errore: Errore) -> Self {
        match errore {
            Errore::Rifiuto(rifiuto) => Self::Rifiuto(rifiuto),
            altro => {
                registra(&altro);
                if altro.passeggero() { Self::NonDisponibile } else { Self::Interno }
            }
        }
    }
}

/// The whole chain of causes, once, where the error ends.
pub(crate) fn registra(errore: &Errore) {
    let mut catena = errore.to_string();
    let mut causa = std::error::Error::source(errore);
    while let Some(c) = causa {
        catena.push_str(": ");
        catena.push_str(&c.to_string());
        causa = c.source();
    }
    if errore.passeggero() {
        tracing::warn!(errore = catena, "archivio non disponibile");
    } else {
        tracing::error!(errore = catena, "operazione fallita");
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Rifiuto(r) => bean(r.stato_http(), r.categoria().nome(), r.codice(), r.descrizione(), &r.dettaglio()),
            Self::NonAutenticato(causa) => bean(401, "AUTORIZZAZIONE", "401", "Autenticazione richiesta.", causa),
            Self::Vietato(causa) => bean(403, "AUTORIZZAZIONE", "403", "Richiesta non autorizzata.", causa),
            Self::NonDisponibile => bean(503, "INTERNO", "503000", "Servizio non disponibile", "Archivio momentaneamente non disponibile: riprovare."),
            Self::Interno => bean(500, "INTERNO", "INTERNAL", "Errore interno", "Si e' verificato un errore non previsto."),
        }
    }
}

fn bean(stato: u16, categoria: &str, codice: &str, descrizione: &str, dettaglio: &str) -> Response {
    let corpo = serde_json::json!({ "categoria": categoria, "codice": codice, "descrizione": descrizione, "dettaglio": dettaglio });
    let stato = StatusCode::from_u16(stato).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (stato, [(header::CONTENT_TYPE, "application/json")], corpo.to_string()).into_response()
}

/// A path of ours that no route answers: 403 when its profile has no chain, 404 after login when it has (spec/1 section 2).
pub(crate) async fn percorso_ignoto(app: App, percorso: String, intestazioni: HeaderMap) -> Fault {
    if percorso.contains("/rs/") && !percorso.contains("/rs/basic/") {
        return Fault::Vietato("Profilo di autenticazione non disponibile");
    }
    let ammesso = if percorso.contains("/rs/") { chiamante(&app, &intestazioni).await.map(drop) } else { Ok(()) };
    ammesso.err().unwrap_or_else(|| Fault::Rifiuto(Rifiuto::NonTrovato("Risorsa inesistente".to_owned())))
}

pub(crate) fn panico(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("panico in un gestore: e' un difetto del programma");
    Fault::Interno.into_response()
}
