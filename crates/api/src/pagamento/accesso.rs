//! Who calls, and how it leaves: GET /profilo, GET /logout (spec/1 sections 2 and 9.12).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Anagrafica;
use domain::chiamante::{Chi as Quale, Chiamante};
use serde_json::Value;

use super::Versione;
use crate::App;
use crate::accesso::{Chi, cookie_tolto};
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::Autenticato;
use crate::richiesta::Richiesta;
use crate::{domini, profilo as chi_chiama};

/// GET /profilo.
pub async fn profilo(versione: Versione, app: App, chi: Chi<Autenticato>, _: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&vista(versione, &chi.chiamante, &app.gateway.anagrafica())))
}

/// GET /logout: the session of the caller is over, if there was one, and its cookie is taken away.
pub async fn esci(app: App, chi: Chi<Autenticato>, _: Richiesta) -> Result<Response, Fault> {
    let mut risposta = StatusCode::OK.into_response();
    if let Some(sessione) = &chi.sessione {
        app.gateway.chiudi_sessione(sessione).await?;
        if let Some(cookie) = cookie_tolto(&app) {
            risposta.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
    Ok(risposta)
}

/// The arrays are there also when nothing is in them; the rights are never told.
fn vista(versione: Versione, c: &Chiamante, a: &Anagrafica) -> Value {
    let dominio = |d: &domain::anagrafica::Dominio| match versione {
        Versione::V1 => domini::v1(d),
        Versione::V2 => domini::v2(d),
        Versione::V3 => domini::breve(&d.cod, a),
    };
    let entrate = if versione == Versione::V1 { "entrate" } else { "tipiPendenza" };
    let anagrafica = match &c.chi {
        Quale::Cittadino(cittadino) => Some(chi_chiama::cittadino(cittadino, c)),
        Quale::Applicazione(_) | Quale::Operatore(_) | Quale::Anonimo => None,
    };
    Oggetto::nuovo()
        .con("nome", chi_chiama::nome(c))
        .con("domini", chi_chiama::domini(c, a).into_iter().map(dominio).collect::<Vec<_>>())
        .con(entrate, Vec::<Value>::new())
        .con("acl", Vec::<Value>::new())
        .se("anagrafica", anagrafica)
        .valore()
}
