//! API User v1: a login that other APIs find again in the session (spec/2 section 7).
//!
//! Where a browser is sent afterwards is written in the configuration under an identifier. No address ever comes from the caller.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rifiuto;

use crate::App;
use crate::accesso::{Chi, cookie, cookie_tolto};
use crate::fault::Fault;
use crate::permessi::{Aperto, Autenticato};
use crate::richiesta::{Richiesta, codifica};

/// GET /login.
pub async fn entra(app: App, chi: Chi<Autenticato>, _: Richiesta) -> Result<Response, Fault> {
    apri(&app, &chi, StatusCode::OK.into_response()).await
}

/// GET /login/{urlID}: the address is looked for first, so that a wrong link opens no session.
pub async fn entra_e_vai(app: App, chi: Chi<Autenticato>, r: Richiesta) -> Result<Response, Fault> {
    let Some(altrove) = rinvio(&app.accesso.impostazioni.redirect_login, &r) else {
        return Err(Rifiuto::NonTrovato("URL-ID non registrato nel sistema.".to_owned()).into());
    };
    apri(&app, &chi, altrove).await
}

/// GET /logout, of this API and of the others. It asks for nothing: a session that is already over is over.
pub async fn esci(app: App, chi: Chi<Aperto>, _: Richiesta) -> Result<Response, Fault> {
    chiudi(&app, &chi, StatusCode::OK.into_response()).await
}

/// GET /logout/{urlID}: an identifier that is not registered is a logout without a redirect.
pub async fn esci_e_vai(app: App, chi: Chi<Aperto>, r: Richiesta) -> Result<Response, Fault> {
    let risposta = rinvio(&app.accesso.impostazioni.redirect_logout, &r).unwrap_or_else(|| StatusCode::OK.into_response());
    chiudi(&app, &chi, risposta).await
}

/// A session always has a fresh identifier after a login; a form login has just got one.
async fn apri(app: &App, chi: &Chi<Autenticato>, mut risposta: Response) -> Result<Response, Fault> {
    if chi.sessione.is_none() {
        let nuova = app.gateway.apri_sessione(&chi.chiamante, None).await?;
        metti(&mut risposta, cookie(app, &nuova));
    }
    Ok(risposta)
}

async fn chiudi(app: &App, chi: &Chi<Aperto>, mut risposta: Response) -> Result<Response, Fault> {
    if let Some(sessione) = &chi.sessione {
        app.gateway.chiudi_sessione(sessione).await?;
        metti(&mut risposta, cookie_tolto(app));
    }
    Ok(risposta)
}

fn metti(risposta: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        risposta.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

/// 303 to the address of the identifier in the path, with the query of the request after its own.
fn rinvio(indirizzi: &BTreeMap<String, String>, r: &Richiesta) -> Option<Response> {
    let indirizzo = indirizzi.get(r.segmento("urlID"))?;
    let query: Vec<String> = r.query().iter().map(|(n, v)| format!("{}={}", codifica(n), codifica(v))).collect();
    let altrove = HeaderValue::from_str(&con_query(indirizzo, &query.join("&"))).ok()?;
    Some((StatusCode::SEE_OTHER, [(header::LOCATION, altrove)]).into_response())
}

fn con_query(indirizzo: &str, query: &str) -> String {
    let (prima, frammento) = indirizzo.split_once('#').map_or((indirizzo, String::new()), |(p, f)| (p, format!("#{f}")));
    match (query.is_empty(), prima.contains('?')) {
        (true, _) => indirizzo.to_owned(),
        (false, true) => format!("{prima}&{query}{frammento}"),
        (false, false) => format!("{prima}?{query}{frammento}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_parametri_seguono_quelli_dell_indirizzo() {
        assert_eq!(con_query("https://ente.example/a", ""), "https://ente.example/a");
        assert_eq!(con_query("https://ente.example/a", "b=1"), "https://ente.example/a?b=1");
        assert_eq!(con_query("https://ente.example/a?c=2", "b=1"), "https://ente.example/a?c=2&b=1");
        assert_eq!(con_query("https://ente.example/a#f", "b=1"), "https://ente.example/a?b=1#f");
    }
}
