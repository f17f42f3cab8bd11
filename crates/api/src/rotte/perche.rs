//! What API Pendenze v2 and the back office know of a notice beyond their lists: `byAvviso`, and why it can or cannot be paid.

use axum::http::Method;

use super::{Rotta, rotta};
use crate::interfacce::{BACKOFFICE_V1, PENDENZE_V2};
use crate::pendenze::{by_avviso, perche};
use crate::permessi::{LeggePendenze, LeggePendenzeUfficio};

const BY_AVVISO: &str = "/pendenze/byAvviso/{idDominio}/{numeroAvviso}";
const PERCHE: &str = "/pendenze/{idA2A}/{idPendenza}/perche";
const PERCHE_AVVISO: &str = "/pendenze/byAvviso/{idDominio}/{numeroAvviso}/perche";

pub(super) fn rotte() -> Vec<Rotta> {
    let get = || Method::GET;
    vec![
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get(), BY_AVVISO, "getPendenzaByAvviso", by_avviso::leggi),
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get(), PERCHE, "getPerche", perche::della_pendenza),
        rotta::<LeggePendenze, _, _>(PENDENZE_V2, get(), PERCHE_AVVISO, "getPercheByAvviso", perche::dell_avviso),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get(), PERCHE, "getPerche", perche::della_pendenza_ufficio),
        rotta::<LeggePendenzeUfficio, _, _>(BACKOFFICE_V1, get(), PERCHE_AVVISO, "getPercheByAvviso", perche::dell_avviso_ufficio),
    ]
}
