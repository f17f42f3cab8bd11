//! Every route of the REST APIs: method, path, operation, right. The router and the OpenAPI document are both made from this page.

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
use crate::backoffice;
use crate::fault::Fault;
use crate::interfacce::{Api, BACKOFFICE_V1, PENDENZE_V2, USER_V1};
use crate::pendenze::v2 as pendenze;
use crate::permessi::{
    Aperto, Autenticato, AutenticatoUfficio, GuardaAnagraficaCreditore, LeggeAnagraficaCreditore, LeggeAnagraficaPagoPa, LeggeApplicazioni,
    LeggeConfigurazione, LeggePendenze, LeggeRuoli, Permesso, Richiesto, ScriveAnagraficaCreditore, ScriveAnagraficaPagoPa, ScriveApplicazioni,
    ScriveConfigurazione, ScrivePendenze, ScriveRuoli,
};
use crate::richiesta::Richiesta;
use crate::user;

type Gestore = Arc<dyn Fn(App, Porta, RawPathParams, Request) -> BoxFuture<'static, Response> + Send + Sync>;

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
    gestore: Gestore,
}

impl Rotta {
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
    let gestore: Gestore = Arc::new(move |app, porta, percorso, richiesta| {
        let gestore = gestore.clone();
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
            let esito = async {
                let chi = Chi::<P>::ammetti(riconosciuto, da)?;
                let richiesta = Richiesta::leggi(percorso, Request::from_parts(parti, corpo)).await?;
                gestore(app, chi, richiesta).await
            };
            con_cookie(esito.await.unwrap_or_else(IntoResponse::into_response), cookie)
        })
    });
    Rotta { api, metodo, percorso, operazione, richiesto: P::RICHIESTO, utenze: P::UTENZE, pubblica: false, gestore }
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
    let mut rotte = pendenze_v2();
    rotte.extend(backoffice_pagopa());
    rotte.extend(backoffice_utenze());
    rotte.extend(backoffice_creditore());
    rotte.extend(backoffice_utente());
    rotte.extend(user_v1());
    rotte.extend(backoffice_tipi());
    rotte.extend(backoffice_manutenzione());
    rotte.push(rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, Method::GET, "/notifiche", "findNotifiche", backoffice::notifiche::elenca));
    rotte
}

fn pendenze_v2() -> Vec<Rotta> {
    let (get, put, patch) = (Method::GET, Method::PUT, Method::PATCH);
    vec![
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get.clone(), "/pendenze", "findPendenze", pendenze::elenca),
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get.clone(), "/pendenze/{idA2A}/{idPendenza}", "getPendenza", pendenze::leggi),
        rotta::<ScrivePendenze, _, _>(PENDENZE_V2, put, "/pendenze/{idA2A}/{idPendenza}", "addPendenza", pendenze::carica),
        rotta::<ScrivePendenze, _, _>(PENDENZE_V2, patch, "/pendenze/{idA2A}/{idPendenza}", "updatePendenza", pendenze::modifica),
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get.clone(), "/avvisi/{idDominio}/{numeroAvviso}", "getAvviso", pendenze::avviso),
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get, "/rpp/{idDominio}/{iuv}/{ccp}/rt", "getRt", pendenze::ricevuta),
    ]
}

fn backoffice_pagopa() -> Vec<Rotta> {
    use backoffice::{intermediari, stazioni};
    const INTERMEDIARIO: &str = "/intermediari/{idIntermediario}";
    const STAZIONI: &str = "/intermediari/{idIntermediario}/stazioni";
    const STAZIONE: &str = "/intermediari/{idIntermediario}/stazioni/{idStazione}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), "/intermediari", "findIntermediari", intermediari::elenca),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), INTERMEDIARIO, "getIntermediario", intermediari::leggi),
        rotta::<ScriveAnagraficaPagoPa, _, _>(BACKOFFICE_V1, put.clone(), INTERMEDIARIO, "addIntermediario", intermediari::scrivi),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get.clone(), STAZIONI, "findStazioni", stazioni::elenca),
        rotta::<LeggeAnagraficaPagoPa, _, _>(BACKOFFICE_V1, get, STAZIONE, "getStazione", stazioni::leggi),
        rotta::<ScriveAnagraficaPagoPa, _, _>(BACKOFFICE_V1, put, STAZIONE, "addStazione", stazioni::scrivi),
    ]
}

fn backoffice_utenze() -> Vec<Rotta> {
    use backoffice::{applicazioni, operatori, ruoli};
    const APPLICAZIONE: &str = "/applicazioni/{idA2A}";
    const OPERATORE: &str = "/operatori/{principal}";
    const RUOLO: &str = "/ruoli/{idRuolo}";
    let (get, put, patch) = (Method::GET, Method::PUT, Method::PATCH);
    vec![
        rotta::<LeggeApplicazioni, _, _>(BACKOFFICE_V1, get.clone(), "/applicazioni", "findApplicazioni", applicazioni::elenca),
        rotta::<LeggeApplicazioni, _, _>(BACKOFFICE_V1, get.clone(), APPLICAZIONE, "getApplicazione", applicazioni::leggi),
        rotta::<ScriveApplicazioni, _, _>(BACKOFFICE_V1, put.clone(), APPLICAZIONE, "addApplicazione", applicazioni::scrivi),
        rotta::<ScriveApplicazioni, _, _>(BACKOFFICE_V1, patch.clone(), APPLICAZIONE, "updateApplicazione", applicazioni::modifica),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), "/operatori", "findOperatori", operatori::elenca),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), OPERATORE, "getOperatore", operatori::leggi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, put.clone(), OPERATORE, "addOperatore", operatori::scrivi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, patch.clone(), OPERATORE, "updateOperatore", operatori::modifica),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get.clone(), "/ruoli", "findRuoli", ruoli::elenca),
        rotta::<LeggeRuoli, _, _>(BACKOFFICE_V1, get, RUOLO, "getRuolo", ruoli::leggi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, put, RUOLO, "addRuolo", ruoli::scrivi),
        rotta::<ScriveRuoli, _, _>(BACKOFFICE_V1, patch, RUOLO, "updateRuolo", ruoli::modifica),
    ]
}

fn backoffice_creditore() -> Vec<Rotta> {
    use backoffice::{conti_accredito, domini, entrate, entrate_dominio, unita_operative};
    const DOMINIO: &str = "/domini/{idDominio}";
    const UNITA: &str = "/domini/{idDominio}/unitaOperative";
    const UNA_UNITA: &str = "/domini/{idDominio}/unitaOperative/{idUnitaOperativa}";
    const CONTI: &str = "/domini/{idDominio}/contiAccredito";
    const CONTO: &str = "/domini/{idDominio}/contiAccredito/{ibanAccredito}";
    const ENTRATE: &str = "/domini/{idDominio}/entrate";
    const ENTRATA: &str = "/domini/{idDominio}/entrate/{idEntrata}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/domini", "findDomini", domini::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), DOMINIO, "getDominio", domini::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), DOMINIO, "addDominio", domini::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/domini/{idDominio}/logo", "getLogo", domini::leggi_logo),
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), UNITA, "findUnitaOperative", unita_operative::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), UNA_UNITA, "getUnitaOperativa", unita_operative::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), UNA_UNITA, "addUnitaOperativa", unita_operative::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), CONTI, "findContiAccredito", conti_accredito::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), CONTO, "getContiAccredito", conti_accredito::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), CONTO, "addContiAccredito", conti_accredito::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/entrate", "findEntrate", entrate::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/entrate/{idEntrata}", "getEntrata", entrate::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), "/entrate/{idEntrata}", "addEntrata", entrate::scrivi),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), ENTRATE, "findEntrateDominio", entrate_dominio::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get, ENTRATA, "getEntrataDominio", entrate_dominio::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put, ENTRATA, "addEntrataDominio", entrate_dominio::scrivi),
    ]
}

/// What every user of the back office has, whatever its rights.
fn backoffice_utente() -> Vec<Rotta> {
    use backoffice::{enumerazioni, profilo};
    let (get, patch) = (Method::GET, Method::PATCH);
    let versioni = enumerazioni::versioni;
    vec![
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/profilo", "getProfilo", profilo::leggi),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, patch, "/profilo", "updateProfilo", profilo::modifica),
        rotta::<Aperto, _, _>(BACKOFFICE_V1, get.clone(), "/logout", "logout", user::esci),
        rotta::<Aperto, _, _>(BACKOFFICE_V1, get.clone(), "/info", "getInfo", enumerazioni::info).anche_pubblica(),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get.clone(), "/enumerazioni/serviziACL", "findEnumerazioniServiziACL", enumerazioni::servizi),
        rotta::<AutenticatoUfficio, _, _>(BACKOFFICE_V1, get, "/enumerazioni/versioneConnettore", "findEnumerazioniVersioneConnettore", versioni),
    ]
}

fn user_v1() -> Vec<Rotta> {
    let get = Method::GET;
    vec![
        rotta::<Autenticato, _, _>(USER_V1, get.clone(), "/login", "loginSenzaRedirect", user::entra),
        rotta::<Autenticato, _, _>(USER_V1, get.clone(), "/login/{urlID}", "login", user::entra_e_vai),
        rotta::<Aperto, _, _>(USER_V1, get.clone(), "/logout", "logoutSenzaRedirect", user::esci),
        rotta::<Aperto, _, _>(USER_V1, get, "/logout/{urlID}", "logout", user::esci_e_vai),
    ]
}

fn backoffice_tipi() -> Vec<Rotta> {
    use backoffice::{tipi_pendenza as catalogo, tipi_pendenza_dominio as dominio};
    const TIPO: &str = "/tipiPendenza/{idTipoPendenza}";
    const TIPI_DOMINIO: &str = "/domini/{idDominio}/tipiPendenza";
    const TIPO_DOMINIO: &str = "/domini/{idDominio}/tipiPendenza/{idTipoPendenza}";
    let (get, put) = (Method::GET, Method::PUT);
    vec![
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), "/tipiPendenza", "findTipiPendenza", catalogo::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), TIPO, "getTipoPendenza", catalogo::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put.clone(), TIPO, "addTipoPendenza", catalogo::scrivi),
        rotta::<GuardaAnagraficaCreditore, _, _>(BACKOFFICE_V1, get.clone(), TIPI_DOMINIO, "findTipiPendenzaDominio", dominio::elenca),
        rotta::<LeggeAnagraficaCreditore, _, _>(BACKOFFICE_V1, get, TIPO_DOMINIO, "getTipoPendenzaDominio", dominio::leggi),
        rotta::<ScriveAnagraficaCreditore, _, _>(BACKOFFICE_V1, put, TIPO_DOMINIO, "addTipoPendenzaDominio", dominio::scrivi),
    ]
}

fn backoffice_manutenzione() -> Vec<Rotta> {
    use backoffice::{configurazioni, operazioni, sonde};
    const CONFIGURAZIONI: &str = "/configurazioni";
    let get = Method::GET;
    vec![
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), CONFIGURAZIONI, "getConfigurazioni", configurazioni::leggi),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, Method::POST, CONFIGURAZIONI, "addConfigurazioni", configurazioni::scrivi),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, Method::PATCH, CONFIGURAZIONI, "aggiornaConfigurazioni", configurazioni::modifica),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni", "findOperazioni", operazioni::elenca),
        rotta::<ScriveConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni/{idOperazione}", "getOperazione", operazioni::esegui),
        rotta::<LeggeConfigurazione, _, _>(BACKOFFICE_V1, get.clone(), "/operazioni/stato/{id}", "getStatoOperazione", operazioni::stato),
        rotta::<Autenticato, _, _>(BACKOFFICE_V1, get.clone(), "/sonde", "findSonde", sonde::elenca).anche_pubblica(),
        rotta::<Autenticato, _, _>(BACKOFFICE_V1, get, "/sonde/{id}", "getSonda", sonde::leggi).anche_pubblica(),
    ]
}

/// The routes of one path: one per method.
type Percorsi = BTreeMap<(&'static str, &'static str, &'static str), Vec<Rotta>>;

pub(crate) fn router(app: App) -> Router {
    let mut percorsi = Percorsi::new();
    for rotta in elenco() {
        percorsi.entry((rotta.api.nome, rotta.api.versione, rotta.percorso)).or_default().push(rotta);
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
    let nominato = percorso.iter().find(|(nome, _)| *nome == "profilo").and_then(|(_, valore)| Profilo::leggi(valore));
    nominato.filter(|p| app.accesso.aperto(*p) && rotta.profili().any(|q| q == *p))
}

async fn servi(app: App, rotta: Rotta, predefinito: Option<Profilo>, percorso: Result<RawPathParams, RawPathParamsRejection>, richiesta: Request) -> Response {
    let Ok(percorso) = percorso else {
        return Fault::from(Rifiuto::Sintassi("Il percorso della richiesta non e' UTF-8.".to_owned())).into_response();
    };
    match profilo_di(&app, &rotta, predefinito, &percorso) {
        Some(profilo) => (rotta.gestore)(app, Porta { api: rotta.api, profilo }, percorso, richiesta).await,
        None => percorso_ignoto(&app, &richiesta.into_parts().0).await.into_response(),
    }
}
