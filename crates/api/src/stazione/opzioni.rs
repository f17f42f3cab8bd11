//! The payment options of a notice, which pagoPA asks of the ente by REST (spec/4 section 1.11; contract `orgs_payment_options.json`). It knocks as it does at
//! the station.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, SecondsFormat, Utc};
use codici::{IdDominio, NumeroAvviso};
use domain::opzioni_pagamento::{Opzione, Rata};
use gateway::opzioni_pagamento::{NessunaOpzione, OpzioniDiPagamento};
use gateway::stazione::Chiamata;
use serde_json::Value;

use super::CertificatoClient;
use crate::App;
use crate::json::Oggetto;
use crate::richiesta::IdTransazione;

pub(super) fn rotta(radice: &str, app: &App) -> Router {
    let app = Arc::clone(app);
    let gestore = move |Path(chi): Path<(String, String)>, id: Extension<IdTransazione>, certificato: Option<Extension<CertificatoClient>>, r: Request| {
        rispondi(Arc::clone(&app), chi, id.0, certificato.map(|c| c.0), r)
    };
    Router::new().route(&format!("{radice}/payment-options/organizations/{{ente}}/notices/{{avviso}}"), post(gestore))
}

/// The request has no body, and one that it has is not read.
async fn rispondi(app: App, (ente, avviso): (String, String), id: IdTransazione, certificato: Option<CertificatoClient>, richiesta: Request) -> Response {
    let adesso = app.gateway.adesso();
    let principal = match app.nodo.riconosci(&app, richiesta.headers(), certificato.as_ref()).await {
        Ok(principal) => principal,
        Err(fault) => return fault.into_response(),
    };
    if IdDominio::leggi(&ente).is_none() {
        return errore(StatusCode::BAD_REQUEST, "PAA_SINTASSI", "Il codice fiscale dell'ente non è valido", adesso);
    }
    let Ok(avviso) = NumeroAvviso::leggi(&avviso) else {
        return errore(StatusCode::BAD_REQUEST, "PAA_SINTASSI", "Il numero avviso non è valido", adesso);
    };
    let chiamata = Chiamata { operazione: "getPaymentOptions", principal, id_transazione: id.0, inizio: adesso };
    match app.gateway.opzioni_di_pagamento(&chiamata, &ente, &avviso).await {
        Ok(Ok(opzioni)) => (StatusCode::OK, axum::Json(corpo(&opzioni))).into_response(),
        Ok(Err(nessuna)) => {
            let stato = if nessuna == NessunaOpzione::EnteMuto { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::NOT_FOUND };
            errore(stato, nessuna.codice(), nessuna.testo(), adesso)
        }
        Err(e) => {
            tracing::error!(errore = %e, "opzioni di pagamento non lette");
            errore(StatusCode::INTERNAL_SERVER_ERROR, "PAA_SYSTEM_ERROR", "Errore interno", adesso)
        }
    }
}

fn corpo(o: &OpzioniDiPagamento) -> Value {
    Oggetto::nuovo()
        .con("organizationFiscalCode", o.dominio.as_str())
        .con("companyName", o.ragione_sociale.as_str())
        .testo("officeName", o.ufficio.as_ref())
        .con("standin", o.stand_in)
        .con("paymentOptions", o.opzioni.iter().map(opzione).collect::<Vec<_>>())
        .valore()
}

fn opzione(o: &Opzione) -> Value {
    Oggetto::nuovo()
        .con("description", o.descrizione.as_str())
        .con("numberOfInstallments", o.rate.len())
        .con("amount", o.importo.cent())
        .con("dueDate", istante(o.scadenza))
        .con("validFrom", istante(o.valida_dal))
        .con("status", o.stato.codice())
        .con("allCCP", o.tutta_postale)
        .con("installments", o.rate.iter().map(rata).collect::<Vec<_>>())
        .valore()
}

fn rata(r: &Rata) -> Value {
    Oggetto::nuovo()
        .con("nav", r.avviso.as_str())
        .con("iuv", r.iuv.as_str())
        .con("amount", r.importo.cent())
        .con("description", r.descrizione.as_str())
        .con("dueDate", istante(r.scadenza))
        .con("validFrom", istante(r.valida_dal))
        .con("status", r.stato.codice())
        .valore()
}

fn istante(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn errore(stato: StatusCode, codice: &str, messaggio: &str, adesso: DateTime<Utc>) -> Response {
    let corpo = Oggetto::nuovo()
        .con("httpStatusCode", stato.as_u16())
        .con("httpStatusDescription", stato.canonical_reason().unwrap_or_default())
        .con("errorMessage", messaggio)
        .con("appErrorCode", codice)
        .con("timestamp", adesso.timestamp())
        .con("dateTime", adesso.format("%Y-%m-%dT%H:%M:%S%.6f").to_string())
        .valore();
    (stato, axum::Json(corpo)).into_response()
}
