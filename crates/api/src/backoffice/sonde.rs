//! Probes (spec/2 section 8.4): they tell nothing of anybody, so that a monitor needs no right.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gateway::sonde::{Lettura, SONDE, Sonda};
use serde_json::Value;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::Autenticato;
use crate::richiesta::Richiesta;

/// GET /sonde: every probe, also when the archive is away.
pub async fn elenca(app: App, _chi: Chi<Autenticato>, _r: Richiesta) -> Result<Response, Fault> {
    let letture = futures::future::join_all(SONDE.iter().map(|s| app.gateway.leggi_sonda(s))).await;
    Ok(json::ok(&Value::Array(SONDE.iter().zip(&letture).map(|(s, l)| vista(s, l)).collect())))
}

/// GET /sonde/{id}. An unknown one is a plain 404, without a fault bean.
pub async fn leggi(app: App, _chi: Chi<Autenticato>, r: Richiesta) -> Result<Response, Fault> {
    let Some(sonda) = SONDE.iter().find(|s| s.id == r.segmento("id")) else {
        return Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain")], "Sonda non trovata").into_response());
    };
    Ok(json::ok(&vista(sonda, &app.gateway.leggi_sonda(sonda).await)))
}

fn vista(s: &Sonda, l: &Lettura) -> Value {
    Oggetto::nuovo()
        .con("id", s.id)
        .con("nome", s.nome)
        .se("stato", l.stato.map(|stato| stato.nome()))
        .con("descrizioneStato", l.descrizione.as_str())
        .se("durataStato", l.durata_ms)
        .se("sogliaWarn", s.soglie.map(|(warn, _)| warn))
        .se("sogliaError", s.soglie.map(|(_, error)| error))
        .con("dataUltimoCheck", l.ultimo_check.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .con("tipo", s.genere.nome())
        .valore()
}
