//! Every route of the REST APIs: method, path, operation, right. The router and the OpenAPI document are both made from these pages.

mod backoffice;
mod pagamento;
mod pendenze;
mod perche;
mod user;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use domain::Rifiuto;
use domain::chiamante::{Profilo, TipoUtenza};
use futures::future::BoxFuture;

use crate::App;
use crate::accesso::{Bussata, Chi, Porta, chi_bussa, percorso_ignoto};
use crate::fault::Fault;
use crate::giornale::Nota;
use crate::idempotenza;
use crate::interfacce::Api;
use crate::permessi::{Permesso, Richiesto};
use crate::richiesta::{Richiesta, Segmenti};

type Gestore = Arc<dyn Fn(App, Porta, Segmenti, Request) -> BoxFuture<'static, Response> + Send + Sync>;

/// A line of the table.
#[derive(Clone)]
pub struct Rotta {
    pub api: Api,
    pub metodo: Method,
    pub percorso: &'static str,
    /// operationId of the contract, and `tipoEvento` of the giornale.
    pub operazione: &'static str,
    pub richiesto: Richiesto,
    pub utenze: &'static [TipoUtenza],
    /// Answered by the profile `public` too (spec/1 section 2.3, spec/2 section 1.2). What is not, is 403 there whatever its right.
    pub pubblica: bool,
    /// Another address of the same operation, which no page tells of.
    altro_percorso: Option<&'static str>,
    gestore: Gestore,
}

impl Rotta {
    /// The same operation at another address, where the parameters that it does not have are absent.
    fn anche_a(self, percorso: &'static str) -> Self {
        Self { altro_percorso: Some(percorso), ..self }
    }

    /// The route, and the same at its other address.
    fn a_ogni_percorso(self) -> impl Iterator<Item = Self> {
        let altra = self.altro_percorso.map(|percorso| Self { percorso, ..self.clone() });
        std::iter::once(self).chain(altra)
    }

    /// Opens the route to the profile `public`.
    fn anche_pubblica(self) -> Self {
        Self { pubblica: true, ..self }
    }

    /// The profiles by which the route is answered, where the installation opens them.
    pub fn profili(&self) -> impl Iterator<Item = Profilo> {
        let pubblica = self.pubblica;
        self.api.profili.iter().copied().filter(move |p| *p != Profilo::Public || pubblica)
    }
}

/// The right `P` is asked for before the handler sees anything; the handler's own argument is the proof of it.
fn rotta<P, F, E>(api: Api, metodo: Method, percorso: &'static str, operazione: &'static str, gestore: F) -> Rotta
where
    P: Permesso,
    F: Fn(App, Chi<P>, Richiesta) -> E + Clone + Send + Sync + 'static,
    E: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    let di_metodo = metodo.clone();
    let gestore: Gestore = Arc::new(move |app, porta, percorso, richiesta| {
        let (gestore, metodo) = (gestore.clone(), di_metodo.clone());
        Box::pin(async move {
            let (parti, corpo) = richiesta.into_parts();
            let bussata = Bussata::di(&parti);
            let da = bussata.da(&app.accesso);
            let mut riconosciuto = match chi_bussa::<P>(&app, porta, &bussata).await {
                Ok(riconosciuto) => riconosciuto,
                Err(fault) => return fault.into_response(),
            };
            // The session is open, whatever becomes of the request.
            let cookie = riconosciuto.cookie.take();
            let mut nota = Nota::di(&app, api, &metodo, operazione, &parti, &percorso, &riconosciuto.chiamante);
            let gateway = app.gateway.clone();
            let esito = async {
                let chi = Chi::<P>::ammetti(riconosciuto, da)?;
                let richiesta = Richiesta::leggi(percorso, Request::from_parts(parti, corpo)).await?;
                if let Some(nota) = &mut nota {
                    nota.ricevi(&richiesta.corpo);
                }
                match idempotenza::uso(api, &metodo, operazione, &chi, &richiesta)? {
                    Some(uso) => idempotenza::una_volta(Arc::clone(&app), uso, gestore(app, chi, richiesta)).await,
                    None => gestore(app, chi, richiesta).await,
                }
            };
            let risposta = con_cookie(esito.await.unwrap_or_else(IntoResponse::into_response), cookie);
            match nota {
                Some(nota) => nota.concludi(&gateway, risposta).await,
                None => risposta,
            }
        })
    });
    Rotta { api, metodo, percorso, operazione, richiesto: P::RICHIESTO, utenze: P::UTENZE, pubblica: false, altro_percorso: None, gestore }
}

/// A handler that sets the cookie itself has the last word.
fn con_cookie(mut risposta: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie.filter(|_| !risposta.headers().contains_key(header::SET_COOKIE)) {
        risposta.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    risposta
}

/// The table.
#[must_use]
pub fn elenco() -> Vec<Rotta> {
    [pendenze::rotte(), perche::rotte(), pagamento::rotte(), backoffice::rotte(), user::rotte()].concat()
}

/// The routes of one path: one per method.
type Percorsi = BTreeMap<(&'static str, &'static str, String), Vec<Rotta>>;

/// The path without the names of its parameters: methods of one address may call them otherwise.
fn forma(percorso: &str) -> String {
    percorso.split('/').map(|s| if s.starts_with('{') { "{}" } else { s }).collect::<Vec<_>>().join("/")
}

/// Parameter of an address, beside those of a route.
const PROFILO: &str = "profilo";

/// What a path holds, by the names of a route.
fn segmenti(percorso: &'static str, letti: &RawPathParams) -> Segmenti {
    let nomi = percorso.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
    nomi.zip(letti.iter().filter(|(nome, _)| *nome != PROFILO).map(|(_, valore)| valore.to_owned())).collect()
}

pub(crate) fn router(app: App) -> Router {
    let mut percorsi = Percorsi::new();
    for rotta in elenco().into_iter().flat_map(Rotta::a_ogni_percorso) {
        percorsi.entry((rotta.api.nome, rotta.api.versione, forma(rotta.percorso))).or_default().push(rotta);
    }
    let mut router = Router::new();
    for rotte in percorsi.into_values() {
        let Some((api, percorso)) = rotte.first().map(|r| (r.api, r.percorso)) else { continue };
        let di_profilo = metodi(&app, &rotte, None);
        for radice in api.modelli() {
            router = router.route(&format!("{radice}{percorso}"), di_profilo.clone());
        }
        if let Some(predefinito) = app.accesso.impostazioni.predefinito {
            for radice in api.predefinite() {
                router = router.route(&format!("{radice}{percorso}"), metodi(&app, &rotte, Some(predefinito)));
            }
        }
    }
    router
}

/// `predefinito`: the profile of an address that names none.
fn metodi(app: &App, rotte: &[Rotta], predefinito: Option<Profilo>) -> MethodRouter {
    let mut metodi = MethodRouter::new();
    for rotta in rotte {
        let Ok(filtro) = MethodFilter::try_from(rotta.metodo.clone()) else { continue };
        let (app, rotta) = (Arc::clone(app), rotta.clone());
        metodi = metodi.on(filtro, move |percorso: Result<RawPathParams, RawPathParamsRejection>, richiesta: Request| {
            servi(Arc::clone(&app), rotta.clone(), predefinito, percorso, richiesta)
        });
    }
    let (app, prima) = (Arc::clone(app), rotte.first().cloned());
    metodi.fallback(move |percorso: Result<RawPathParams, RawPathParamsRejection>, richiesta: Request| async move {
        let trovato = percorso.ok().zip(prima).and_then(|(p, rotta)| profilo_di(&app, &rotta, predefinito, &p));
        match trovato {
            Some(profilo) if profilo != Profilo::Public => StatusCode::METHOD_NOT_ALLOWED.into_response(),
            _ => percorso_ignoto(&app, &richiesta.into_parts().0).await.into_response(),
        }
    })
}

/// The profile of an address, when the installation opens it and it publishes this version.
fn profilo_di(app: &App, rotta: &Rotta, predefinito: Option<Profilo>, percorso: &RawPathParams) -> Option<Profilo> {
    if predefinito.is_some() {
        return predefinito;
    }
    let nominato = percorso.iter().find(|(nome, _)| *nome == PROFILO).and_then(|(_, valore)| Profilo::leggi(valore));
    nominato.filter(|p| app.accesso.aperto(*p) && rotta.profili().any(|q| q == *p))
}

async fn servi(app: App, rotta: Rotta, predefinito: Option<Profilo>, percorso: Result<RawPathParams, RawPathParamsRejection>, richiesta: Request) -> Response {
    let Ok(percorso) = percorso else {
        return Fault::from(Rifiuto::Sintassi("Il percorso della richiesta non e' UTF-8.".to_owned())).into_response();
    };
    match profilo_di(&app, &rotta, predefinito, &percorso) {
        Some(profilo) => (rotta.gestore)(app, Porta { api: rotta.api, profilo }, segmenti(rotta.percorso, &percorso), richiesta).await,
        None => percorso_ignoto(&app, &richiesta.into_parts().0).await.into_response(),
    }
}
