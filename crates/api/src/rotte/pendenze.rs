//! API Pendenze (spec/1 section 9).

use axum::http::Method;
use axum::response::Response;

use super::{Rotta, rotta};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::pendenze::versione::{V1, V2, Versione};
use crate::pendenze::{allegati, avvisi, posizioni, profilo, rpp};
use crate::permessi::{Autenticato, LeggePendenze, ScrivePendenze};
use crate::richiesta::Richiesta;

const PENDENZA: &str = "/pendenze/{idA2A}/{idPendenza}";
const RPP: &str = "/rpp/{idDominio}/{iuv}/{ccp}";
const RPT: &str = "/rpp/{idDominio}/{iuv}/{ccp}/rpt";
const RT: &str = "/rpp/{idDominio}/{iuv}/{ccp}/rt";

pub(super) fn rotte() -> Vec<Rotta> {
    [comuni(&V1), solo_v1(), comuni(&V2), solo_v2()].concat()
}

/// What every version answers.
fn comuni(v: &'static Versione) -> Vec<Rotta> {
    let (api, get) = (v.api, Method::GET);
    vec![
        rotta::<LeggePendenze, _, _>(api, get.clone(), "/pendenze", "findPendenze", di(v, posizioni::elenca)),
        rotta::<LeggePendenze, _, _>(api, get.clone(), PENDENZA, "getPendenza", di(v, posizioni::leggi)),
        rotta::<ScrivePendenze, _, _>(api, Method::PUT, PENDENZA, "addPendenza", di(v, posizioni::carica)),
        rotta::<ScrivePendenze, _, _>(api, Method::PATCH, PENDENZA, "updatePendenza", di(v, posizioni::modifica)),
        rotta::<ScrivePendenze, _, _>(api, Method::POST, PENDENZA, "tunnelPendenza", di(v, posizioni::incanala)),
        rotta::<LeggePendenze, _, _>(api, get.clone(), "/rpp", "findRpp", di(v, rpp::elenca)),
        rotta::<LeggePendenze, _, _>(api, get.clone(), RPP, "getRpp", di(v, rpp::leggi)).anche_a("/rpp/{idDominio}/{iuv}/n/a"),
        rotta::<LeggePendenze, _, _>(api, get.clone(), RPT, "getRpt", rpp::richiesta).anche_a("/rpp/{idDominio}/{iuv}/n/a/rpt"),
        rotta::<LeggePendenze, _, _>(api, get.clone(), RT, "getRt", rpp::ricevuta).anche_a("/rpp/{idDominio}/{iuv}/n/a/rt"),
        rotta::<LeggePendenze, _, _>(api, get, "/domini/{idDominio}/logo", "getLogo", profilo::leggi_logo),
    ]
}

fn solo_v1() -> Vec<Rotta> {
    vec![rotta::<Autenticato, _, _>(V1.api, Method::GET, "/profilo", "getProfilo", di(&V1, profilo::leggi_v1))]
}

fn solo_v2() -> Vec<Rotta> {
    const DOCUMENTO: &str = "/documenti/{idDominio}/{numeroDocumento}/avvisi";
    let (api, get) = (V2.api, Method::GET);
    vec![
        rotta::<LeggePendenze, _, _>(api, get.clone(), "/avvisi/{idDominio}/{numeroAvviso}", "getAvviso", avvisi::leggi),
        rotta::<LeggePendenze, _, _>(api, get.clone(), DOCUMENTO, "getAvvisiDocumento", avvisi::documento),
        rotta::<LeggePendenze, _, _>(api, get.clone(), "/allegati/{idAllegato}", "getAllegatoPendenza", allegati::leggi),
        rotta::<Autenticato, _, _>(api, get, "/profilo", "getProfilo", di(&V2, profilo::leggi_v2)),
    ]
}

/// A handler that serves several versions, as the handler of one.
fn di<P, F, E>(v: &'static Versione, gestore: F) -> impl Fn(App, Chi<P>, Richiesta) -> E + Clone + Send + Sync + 'static
where
    F: Fn(App, Chi<P>, Richiesta, &'static Versione) -> E + Clone + Send + Sync + 'static,
    E: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    move |app, chi, r| gestore(app, chi, r, v)
}
