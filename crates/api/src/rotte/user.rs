//! API User (spec/2 section 7).

use axum::http::Method;

use super::{Rotta, rotta};
use crate::interfacce::USER_V1;
use crate::permessi::{Aperto, Autenticato};
use crate::user;

pub(super) fn rotte() -> Vec<Rotta> {
    let get = Method::GET;
    vec![
        rotta::<Autenticato, _, _>(USER_V1, get.clone(), "/login", "loginSenzaRedirect", user::entra),
        rotta::<Autenticato, _, _>(USER_V1, get.clone(), "/login/{urlID}", "login", user::entra_e_vai),
        rotta::<Aperto, _, _>(USER_V1, get.clone(), "/logout", "logoutSenzaRedirect", user::esci),
        rotta::<Aperto, _, _>(USER_V1, get, "/logout/{urlID}", "logout", user::esci_e_vai),
    ]
}
