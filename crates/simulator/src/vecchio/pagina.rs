//! The page where the payer chooses, and the way back to the portal through the Web Connector.

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{EsitoRt, RtDaMandare};
use crate::Simulatore;
use crate::pagine::{POLITICA, mostra as in_pagina};

#[derive(Deserialize)]
pub(super) struct Sessione {
    #[serde(rename = "idSession")]
    id: String,
}

#[derive(Deserialize)]
pub(super) struct Scelta {
    #[serde(rename = "idSession")]
    id: String,
    scelta: String,
}

struct Riga {
    iuv: String,
    dominio: String,
    importo: String,
}

#[derive(Template)]
#[template(path = "wisp.html")]
struct Pagina {
    sezione: &'static str,
    id: String,
    righe: Vec<Riga>,
}

impl Simulatore {
    /// Where the browser goes when it is done: the Web Connector beside the station.
    fn ritorno(&self, sessione: &str, esito: &str) -> String {
        let stazione = self.stazione_url();
        let origine = stazione.match_indices('/').nth(2).map_or(stazione.as_str(), |(i, _)| &stazione[..i]);
        format!("{origine}/govpay/frontend/web/connector/ecsp/psp?idSession={sessione}&esito={esito}")
    }

    /// The payer chooses on the page; every RT of the cart is delivered before the browser goes back. `paga`, `errore` (not paid), `annulla` (nothing
    /// is known). `None` for a session that is not there.
    pub async fn scegli_wisp(&self, sessione: &str, scelta: &str) -> Option<String> {
        let carrello = self.carrello_visto(sessione)?;
        let (esito, rt) = match scelta {
            "paga" => ("OK", Some(EsitoRt::Eseguito)),
            "annulla" => ("CANCEL", None),
            _ => ("ERROR", Some(EsitoRt::NonEseguito)),
        };
        for rpt in &carrello.rpt {
            if let Some(rt) = rt {
                let risposta = self.manda_rt(rpt, &RtDaMandare::nuova(rt)).await;
                if !risposta.ok() {
                    tracing::info!(stato = risposta.stato, fault = ?risposta.fault().map(|f| f.0), "la RT non e' stata presa");
                }
            }
        }
        Some(self.ritorno(sessione, esito))
    }
}

pub(super) async fn mostra(State(s): State<Simulatore>, Query(q): Query<Sessione>) -> Response {
    let Some(c) = s.carrello_visto(&q.id) else { return StatusCode::NOT_FOUND.into_response() };
    let riga = |r: &super::RptVista| Riga {
        iuv: r.iuv.clone(),
        dominio: r.dominio.clone(),
        importo: r.rpt.figlio("datiVersamento").and_then(|d| d.valore("importoTotaleDaVersare")).unwrap_or_default().replace('.', ","),
    };
    let mut risposta = in_pagina(StatusCode::OK, &Pagina { sezione: "checkout", id: q.id, righe: c.rpt.iter().map(riga).collect() });
    // The form ends at the portal, wherever that is.
    if let Ok(politica) = HeaderValue::from_str(&POLITICA.replace("form-action 'self'", "form-action *")) {
        risposta.headers_mut().insert(header::CONTENT_SECURITY_POLICY, politica);
    }
    risposta
}

pub(super) async fn scelta(State(s): State<Simulatore>, Form(f): Form<Scelta>) -> Response {
    match s.scegli_wisp(&f.id, &f.scelta).await {
        Some(dove) => Redirect::to(&dove).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
