//! Who calls, and how it leaves: GET /profilo, GET /logout (spec/1 sections 2 and 9.12).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Anagrafica;
use domain::anagrafica::{Dominio, Utenza};
use domain::chiamante::{Chi as Quale, Chiamante, Cittadino};
use serde_json::Value;

use super::Versione;
use crate::App;
use crate::accesso::{Chi, cookie_tolto};
use crate::domini as mostrati;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::Autenticato;
use crate::richiesta::Richiesta;

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
    let dominio = |d: &Dominio| match versione {
        Versione::V1 => mostrati::v1(d),
        Versione::V2 => mostrati::v2(d),
        Versione::V3 => mostrati::breve(&d.cod, a),
    };
    let entrate = if versione == Versione::V1 { "entrate" } else { "tipiPendenza" };
    let anagrafica = match &c.chi {
        Quale::Cittadino(persona) => Some(cittadino(persona, c)),
        Quale::Applicazione(_) | Quale::Operatore(_) | Quale::Anonimo => None,
    };
    Oggetto::nuovo()
        .con("nome", nome(c))
        .con("domini", domini(c, a).into_iter().map(dominio).collect::<Vec<_>>())
        .con(entrate, Vec::<Value>::new())
        .con("acl", Vec::<Value>::new())
        .se("anagrafica", anagrafica)
        .valore()
}

/// The code of an applicazione, the fiscal code of a citizen.
fn nome(c: &Chiamante) -> &str {
    match &c.chi {
        Quale::Applicazione(a) => &a.cod,
        Quale::Operatore(o) => &o.nome,
        Quale::Cittadino(_) | Quale::Anonimo => &c.utenza.principal,
    }
}

/// The domini of a login, as they were given; all of them, where it has all, are spelt out. Those of a citizen are not told.
fn domini<'a>(c: &'a Chiamante, anagrafica: &'a Anagrafica) -> Vec<&'a Dominio> {
    match &*c.utenza {
        _ if matches!(c.chi, Quale::Cittadino(_)) => Vec::new(),
        Utenza { domini: Some(dati), .. } => dati.keys().filter_map(|d| anagrafica.dominio(d)).map(AsRef::as_ref).collect(),
        Utenza { domini: None, .. } => anagrafica.domini.values().map(AsRef::as_ref).collect(),
    }
}

/// `anagrafica` of a citizen: what SPID told, without `tipo`.
fn cittadino(c: &Cittadino, chiamante: &Chiamante) -> Value {
    let attributo = |nome: &str| chiamante.identita.get(nome).and_then(|v| v.first());
    Oggetto::nuovo()
        .con("identificativo", c.codice_fiscale.as_str())
        .testo("anagrafica", c.nome.as_ref())
        .testo("indirizzo", attributo("address"))
        .testo("email", c.email.as_ref())
        .testo("cellulare", attributo("mobilePhone"))
        .valore()
}
