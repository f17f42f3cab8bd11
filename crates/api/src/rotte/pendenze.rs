//! API Pendenze (spec/1 section 9).

use axum::http::Method;

use super::{Rotta, rotta};
use crate::interfacce::PENDENZE_V2;
use crate::pendenze::v2 as pendenze;
use crate::permessi::{LeggePendenze, ScrivePendenze};

pub(super) fn rotte() -> Vec<Rotta> {
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
