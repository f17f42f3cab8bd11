//! The fault bean of the REST APIs (spec/1 section 4), and that of the security layer (spec/1 section 2.5).

use std::any::Any;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::Duration;
use domain::Rifiuto;
use gateway::Errore;

use crate::json::Oggetto;

const IMPREVISTO: &str = "Si e' verificato un errore non previsto.";

/// What a handler answers when it does not answer.
#[derive(Debug)]
pub enum Fault {
    Rifiuto(Rifiuto),
    /// A payment that was recorded and failed: the bean tells its id (FaultBeanEsteso, spec/1 section 4).
    DelPagamento {
        fault: Box<Self>,
        id: String,
    },
    /// 401 of the security layer.
    NonAutenticato(&'static str),
    /// 401 with `Retry-After`: too many wrong passwords. Not 429: the clients of these APIs know 401 as "not let in", and the body says until when.
    Bloccato {
        attesa: Duration,
    },
    /// 401 of a Bearer token (RFC 6750): without a description, none was presented.
    Gettone {
        descrizione: Option<String>,
    },
    /// 415: a body of a kind that the operation does not read.
    TipoNonGestito {
        ammessi: &'static str,
    },
    /// 503: the identity provider does not give its keys.
    SenzaFornitore,
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
            Self::Rifiuto(r) => del_rifiuto(&r, None),
            Self::DelPagamento { fault, id } => del_pagamento(*fault, &id),
            Self::NonAutenticato(causa) => non_autenticato(causa),
            Self::Bloccato { attesa } => bloccato(attesa),
            Self::Gettone { descrizione } => gettone(descrizione.as_deref()),
            Self::TipoNonGestito { ammessi } => bean(
                415,
                "RICHIESTA",
                "415000",
                "Formato del messaggio non valido",
                &format!("Il Content-Type della richiesta non e' fra quelli previsti: {ammessi}."),
            ),
            Self::SenzaFornitore => {
                bean(503, "INTERNO", "503000", "Servizio non disponibile", "Chiavi del fornitore di identita' momentaneamente non disponibili: riprovare.")
            }
            Self::Vietato(causa) => bean(403, "AUTORIZZAZIONE", "403", "Richiesta non autorizzata.", causa),
            Self::NonDisponibile => bean(503, "INTERNO", "503000", "Servizio non disponibile", "Archivio momentaneamente non disponibile: riprovare."),
            Self::Interno => bean(500, "INTERNO", "INTERNAL", "Errore interno", IMPREVISTO),
        }
    }
}

fn del_rifiuto(r: &Rifiuto, pagamento: Option<&str>) -> Response {
    scrivi(r.stato_http(), corpo(r.categoria().nome(), r.codice(), r.descrizione(), &r.dettaglio()), pagamento)
}

fn del_pagamento(fault: Fault, id: &str) -> Response {
    match fault {
        Fault::Rifiuto(r) => del_rifiuto(&r, Some(id)),
        Fault::Interno => scrivi(500, corpo("INTERNO", "INTERNAL", "Errore interno", IMPREVISTO), Some(id)),
        altro => altro.into_response(),
    }
}

fn non_autenticato(causa: &str) -> Response {
    bean(401, "AUTORIZZAZIONE", "401", "Autenticazione richiesta.", causa)
}

fn bloccato(attesa: Duration) -> Response {
    let secondi = attesa.num_seconds().max(1);
    let testo = format!("Troppi tentativi di accesso falliti: riprovare fra {} minuti.", (secondi + 59) / 60);
    con(non_autenticato(&testo), header::RETRY_AFTER, &secondi.to_string())
}

fn gettone(descrizione: Option<&str>) -> Response {
    match descrizione {
        None => con(non_autenticato("Full authentication is required to access this resource"), header::WWW_AUTHENTICATE, "Bearer"),
        Some(d) => con(non_autenticato(d), header::WWW_AUTHENTICATE, &format!("Bearer error=\"invalid_token\", error_description=\"{d}\"")),
    }
}

fn con(mut risposta: Response, nome: HeaderName, valore: &str) -> Response {
    if let Ok(valore) = HeaderValue::from_str(valore) {
        risposta.headers_mut().insert(nome, valore);
    }
    risposta
}

fn bean(stato: u16, categoria: &str, codice: &str, descrizione: &str, dettaglio: &str) -> Response {
    scrivi(stato, corpo(categoria, codice, descrizione, dettaglio), None)
}

fn corpo(categoria: &str, codice: &str, descrizione: &str, dettaglio: &str) -> Oggetto {
    Oggetto::nuovo().con("categoria", categoria).con("codice", codice).con("descrizione", descrizione).con("dettaglio", dettaglio)
}

fn scrivi(stato: u16, corpo: Oggetto, pagamento: Option<&str>) -> Response {
    let corpo = corpo.se("id", pagamento).se("location", pagamento.map(|id| format!("/pagamenti/{id}"))).valore();
    let stato = StatusCode::from_u16(stato).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (stato, [(header::CONTENT_TYPE, "application/json")], corpo.to_string()).into_response()
}

pub(crate) fn panico(_: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("panico in un gestore: e' un difetto del programma");
    Fault::Interno.into_response()
}
