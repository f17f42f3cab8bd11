//! Who calls, and what a route asks of them.
//!
//! A right is a type: a handler takes [`Chi`] of the right that its route demands, so that a route without one does not compile.

use std::marker::PhantomData;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::{Applicazione, Diritto, Servizio};
use domain::chiamante::{Ambito, Chi as Quale, Chiamante};

use crate::App;
use crate::fault::Fault;

/// What a route demands. The route table prints it, the router enforces it.
pub trait Permesso: Send + Sync + 'static {
    const SERVIZIO: Servizio;
    const DIRITTO: Diritto;
    /// Integration APIs are for applicazioni, the back office for operatori and applicazioni alike.
    const SOLO_APPLICAZIONI: bool;
    /// Otherwise the handler asks for the right, and shows less to whoever has not got it.
    const OBBLIGATORIO: bool = true;
}

/// A caller who holds the right `P`.
pub struct Chi<P> {
    pub chiamante: Chiamante,
    permesso: PhantomData<P>,
}

impl<P: Permesso> Chi<P> {
    /// 401, then 403: type of utenza, enabled, right (spec/1 section 14, check 1).
    pub async fn riconosci(app: &App, intestazioni: &HeaderMap) -> Result<Self, Fault> {
        let chiamante = chiamante(app, intestazioni).await?;
        let tipo_giusto = !P::SOLO_APPLICAZIONI || matches!(chiamante.chi, Quale::Applicazione(_));
        if !tipo_giusto || (P::OBBLIGATORIO && !chiamante.puo(P::SERVIZIO, P::DIRITTO)) {
            return Err(chiamante.non_autorizzato(Ambito::default()).into());
        }
        Ok(Self { chiamante, permesso: PhantomData })
    }

    pub fn applicazione(&self) -> Result<&Applicazione, Fault> {
        Ok(self.chiamante.applicazione()?)
    }
}

/// Who calls, whatever it may do: 401 for nobody, 403 for a login that is switched off.
pub async fn chiamante(app: &App, intestazioni: &HeaderMap) -> Result<Chiamante, Fault> {
    let Some((nome, password)) = credenziali(intestazioni) else {
        return Err(Fault::NonAutenticato("Full authentication is required to access this resource"));
    };
    let Some(chiamante) = app.gateway.autentica(&nome, &password).await? else {
        return Err(Fault::NonAutenticato("Bad credentials"));
    };
    if !chiamante.utenza.abilitata {
        return Err(chiamante.disabilitato().into());
    }
    Ok(chiamante)
}

/// Name and password of HTTP Basic, when they are there and readable.
pub fn credenziali(intestazioni: &HeaderMap) -> Option<(String, String)> {
    let valore = intestazioni.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (schema, resto) = valore.split_once(' ')?;
    if !schema.eq_ignore_ascii_case("basic") {
        return None;
    }
    let testo = String::from_utf8(STANDARD.decode(resto.trim()).ok()?).ok()?;
    let (nome, password) = testo.split_once(':')?;
    Some((nome.to_owned(), password.to_owned()))
}
