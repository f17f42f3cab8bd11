//! Every route of the REST APIs: method, path, operation, right. The router and the OpenAPI document are both made from this page.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use domain::Rifiuto;
use domain::anagrafica::{Diritto, Servizio};
use futures::future::BoxFuture;

use crate::App;
use crate::accesso::{Chi, Permesso};
use crate::backoffice;
use crate::fault::Fault;
use crate::pendenze::v2 as pendenze;
use crate::permessi::{
    GuardaAnagraficaCreditore, LeggeAnagraficaCreditore, LeggeAnagraficaPagoPa, LeggeApplicazioni, LeggeConfigurazione, LeggePendenze, LeggeRuoli,
    ScriveAnagraficaCreditore, ScriveAnagraficaPagoPa, ScriveApplicazioni, ScrivePendenze, ScriveRuoli,
};
use crate::richiesta::Richiesta;

/// An API in one version, with the two places where GovPay's clients look for it (design, "base paths").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Api {
    pub nome: &'static str,
    pub versione: &'static str,
    pub lato: &'static str,
}

const PENDENZE_V2: Api = Api { nome: "pendenze", versione: "v2", lato: "backend" };
const BACKOFFICE_V1: Api = Api { nome: "backoffice", versione: "v1", lato: "backend" };

impl Api {
    /// Without the path of the route. Only the basic profile so far.
    #[must_use]
    pub fn radici(self) -> [String; 2] {
        let coda = format!("rs/basic/{}", self.versione);
        [format!("/govpay/{}/api/{}/{coda}", self.lato, self.nome), format!("/govpay-api-{}/{coda}", self.nome)]
    }
}

type Gestore = Arc<dyn Fn(App, RawPathParams, Request) -> BoxFuture<'static, Result<Response, Fault>> + Send + Sync>;

/// A line of the table.
pub struct Rotta {
    pub api: Api,
    pub metodo: Method,
    pub percorso: &'static str,
    /// operationId of the contract, and `tipoEvento` of the giornale.
    pub operazione: &'static str,
    pub servizio: Servizio,
    pub diritto: Diritto,
    /// Otherwise without the right the route answers, and shows less.
    pub obbligatorio: bool,
    gestore: Gestore,
}

/// The right `P` is asked for before the handler sees anything; the handler's own argument is the proof of it.
fn rotta<P, F, E>(api: Api, metodo: Method, percorso: &'static str, operazione: &'static str, gestore: F) -> Rotta
where
    P: Permesso,
    F: Fn(App, Chi<P>, Richiesta) -> E + Clone + Send + Sync + 'static,
    E: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    let gestore: Gestore = Arc::new(move |app, percorso, richiesta| {
        let gestore = gestore.clone();
        Box::pin(async move {
            let chi = Chi::<P>::riconosci(&app, richiesta.headers()).await?;
            let richiesta = Richiesta::leggi(percorso, richiesta).await?;
            gestore(app, chi, richiesta).await
        })
    });
    Rotta { api, metodo, percorso, operazione, servizio: P::SERVIZIO, diritto: P::DIRITTO, obbligatorio: P::OBBLIGATORIO, gestore }
}

/// The table.
#[must_use]
pub fn elenco() -> Vec<Rotta> {
    let mut rotte = pendenze_v2();
    rotte.extend(backoffice_pagopa());
    rotte.extend(backoffice_utenze());
    rotte.extend(backoffice_creditore());
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

pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for rotta in elenco() {
        let Ok(filtro) = MethodFilter::try_from(rotta.metodo.clone()) else { continue };
        for radice in rotta.api.radici() {
            let (app, gestore) = (Arc::clone(&app), Arc::clone(&rotta.gestore));
            let servi = move |percorso: Result<RawPathParams, RawPathParamsRejection>, richiesta: Request| {
                let futuro = percorso.map(|p| gestore(Arc::clone(&app), p, richiesta));
                async move {
                    let Ok(futuro) = futuro else {
                        return Fault::from(Rifiuto::Sintassi("Il percorso della richiesta non e' UTF-8.".to_owned())).into_response();
                    };
                    futuro.await.unwrap_or_else(IntoResponse::into_response)
                }
            };
            router = router.route(&format!("{radice}{}", rotta.percorso), on(filtro, servi));
        }
    }
    router
}
