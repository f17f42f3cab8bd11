//! An address of ours that no route answers (spec/1 section 2): 403 when its profile has no chain, 404 after login when it has.

use axum::http::request::Parts;
use domain::Rifiuto;
use domain::chiamante::Profilo;

use super::{Bussata, Porta, riconosci};
use crate::App;
use crate::fault::Fault;
use crate::interfacce::Api;

const SENZA_CATENA: Fault = Fault::Vietato("Access Denied");

/// The refusal of an address without a route, or whose route is not published by its profile.
pub(crate) async fn percorso_ignoto(app: &App, parti: &Parts) -> Fault {
    let percorso = parti.uri.path();
    if !percorso.contains("/rs/") {
        return inesistente();
    }
    let Some((api, resto)) = Api::di(percorso) else { return SENZA_CATENA };
    let Some(profilo) = catena(app, api, resto) else { return SENZA_CATENA };
    // Whoever is nobody is told so for everything that the table does not open.
    if profilo == Profilo::Public {
        return SENZA_CATENA;
    }
    match riconosci(app, Porta { api, profilo }, &Bussata::di(parti)).await {
        Ok(_) => inesistente(),
        Err(fault) => fault,
    }
}

/// The chain that an address falls into: that of its profile, else the default one.
fn catena(app: &App, api: Api, resto: &str) -> Option<Profilo> {
    let nominato = resto.split('/').next().and_then(Profilo::leggi);
    nominato.filter(|p| app.accesso.aperto(*p) && api.catena(*p)).or_else(|| app.accesso.impostazioni.predefinito.filter(|_| api.predefinita))
}

fn inesistente() -> Fault {
    Fault::Rifiuto(Rifiuto::NonTrovato("Risorsa inesistente".to_owned()))
}
