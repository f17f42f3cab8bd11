//! pagoPA's back office, as far as an intermediario asks it: the IBAN of its enti.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Simulatore, lucchetto};

#[derive(Default)]
pub(crate) struct Registri {
    iban: Vec<Value>,
}

impl Simulatore {
    /// Where the back office is, up to the version.
    #[must_use]
    pub fn backoffice_ec_url(&self) -> String {
        format!("{}/backoffice/external/ec/v1", self.0.conf.base_url)
    }

    /// An account that pagoPA knows from now on.
    pub fn registra_iban(&self, dominio: &str, iban: &str, stato: &str) {
        let riga =
            json!({ "ciFiscalCode": dominio, "ciName": "Ente", "iban": iban, "status": stato, "validityDate": "2020-01-01T00:00:00Z", "description": "" });
        lucchetto(&self.0.archivi.0).registri.iban.push(riga);
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new().route("/brokers/{intermediario}/ibans", get(iban))
}

#[derive(Deserialize)]
struct Domanda {
    page: usize,
    #[serde(default = "dieci")]
    limit: usize,
}

const fn dieci() -> usize {
    10
}

async fn iban(State(s): State<Simulatore>, Path(_): Path<String>, Query(q): Query<Domanda>) -> Response {
    let interno = lucchetto(&s.0.archivi.0);
    let tutti = &interno.registri.iban;
    let quanti = q.limit.clamp(1, 100);
    let righe: Vec<&Value> = tutti.iter().skip(q.page * quanti).take(quanti).collect();
    let pagina = json!({ "page": q.page, "limit": quanti, "totalElements": tutti.len(), "totalPages": tutti.len().div_ceil(quanti) });
    axum::Json(json!({ "ibans": righe, "pageInfo": pagina })).into_response()
}
