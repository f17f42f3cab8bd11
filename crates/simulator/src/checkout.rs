//! Checkout, pagoPA's own payment page: a cart of notices comes in, the browser goes to the page, pays through the station, and goes back.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::pagine::{POLITICA, a_gruppi, mostra};
use crate::{Rifiuto, Simulatore, Versione, lucchetto};

/// Carts remembered: the oldest goes.
const CARRELLI_MAX: usize = 1_000;
/// Notices of a cart.
const AVVISI_MAX: usize = 5;
const CARATTERI_TESTO_MAX: usize = 140;
/// Longer than anybody waits.
const LENTEZZA: Duration = Duration::from_secs(40);

/// How `POST /carts` misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuastoCheckout {
    /// It answers, too late.
    Lento,
    RichiestaNonValida,
    Errore500,
    /// 302 to nowhere.
    SenzaIndirizzo,
    /// 302 to what is no address.
    Immondizia,
    /// 503 without a body.
    Sparito,
}

#[derive(Clone, Debug)]
struct Carrello {
    /// As it came.
    corpo: Value,
    avvisi: Vec<Avviso>,
    ok: String,
    errore: String,
    annulla: String,
}

#[derive(Clone, Debug)]
struct Avviso {
    numero: String,
    dominio: String,
    cent: u64,
    ente: String,
    causale: String,
}

#[derive(Default)]
pub(crate) struct Checkout {
    carrelli: Mutex<(HashMap<String, Carrello>, VecDeque<String>)>,
    guasto: Mutex<Option<GuastoCheckout>>,
}

impl Checkout {
    fn tieni(&self, carrello: Carrello) -> String {
        let id = uuid::Uuid::new_v4().simple().to_string();
        let mut tenuti = lucchetto(&self.carrelli);
        tenuti.0.insert(id.clone(), carrello);
        tenuti.1.push_back(id.clone());
        if tenuti.1.len() > CARRELLI_MAX
            && let Some(vecchio) = tenuti.1.pop_front()
        {
            tenuti.0.remove(&vecchio);
        }
        id
    }

    fn carrello(&self, id: &str) -> Option<Carrello> {
        lucchetto(&self.carrelli).0.get(id).cloned()
    }
}

impl Simulatore {
    /// Where the service is, up to the version: `/carts` follows.
    #[must_use]
    pub fn checkout_url(&self) -> String {
        format!("{}/checkout/ec/v1", self.0.conf.base_url)
    }

    /// Bodies of the carts that were taken and are remembered, in order of arrival.
    #[must_use]
    pub fn carrelli(&self) -> Vec<Value> {
        let tenuti = lucchetto(&self.0.checkout.carrelli);
        tenuti.1.iter().filter_map(|id| tenuti.0.get(id)).map(|c| c.corpo.clone()).collect()
    }

    /// `None`: it works again.
    pub fn guasta_checkout(&self, guasto: Option<GuastoCheckout>) {
        *lucchetto(&self.0.checkout.guasto) = guasto;
    }

    /// The payer pays every notice of a cart, one after the other; the first that is refused stops.
    pub async fn paga_carrello(&self, id: &str) -> Result<(), Rifiuto> {
        for avviso in self.0.checkout.carrello(id).map(|c| c.avvisi).unwrap_or_default() {
            self.paga(&avviso.dominio, &avviso.numero, Versione::V2).await?;
        }
        Ok(())
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new()
        .route("/checkout/ec/v1/carts", post(carts))
        .route("/checkout/ec/v2/carts", post(carts))
        .route("/checkout/{id}", get(pagina).post(scelta))
        .route("/api/checkout/comportamento", post(guasta).delete(ripara))
}

#[derive(Deserialize)]
struct Guasta {
    guasto: GuastoCheckout,
}

async fn guasta(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    match serde_json::from_slice::<Guasta>(&corpo) {
        Ok(g) => {
            s.guasta_checkout(Some(g.guasto));
            StatusCode::NO_CONTENT.into_response()
        }
        Err(errore) => problema(StatusCode::BAD_REQUEST, &errore.to_string()),
    }
}

async fn ripara(State(s): State<Simulatore>) -> StatusCode {
    s.guasta_checkout(None);
    StatusCode::NO_CONTENT
}

async fn carts(State(s): State<Simulatore>, corpo: Bytes) -> Response {
    let guasto = *lucchetto(&s.0.checkout.guasto);
    match guasto {
        Some(GuastoCheckout::Lento) => tokio::time::sleep(LENTEZZA).await,
        Some(GuastoCheckout::RichiestaNonValida) => return problema(StatusCode::BAD_REQUEST, "Formally invalid input"),
        Some(GuastoCheckout::Errore500) => return problema(StatusCode::INTERNAL_SERVER_ERROR, "There was an error processing the request"),
        Some(GuastoCheckout::SenzaIndirizzo) => return StatusCode::FOUND.into_response(),
        Some(GuastoCheckout::Immondizia) => return (StatusCode::FOUND, [(header::LOCATION, "javascript:alert(1)")]).into_response(),
        Some(GuastoCheckout::Sparito) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => {}
    }
    match leggi(&corpo) {
        Ok(carrello) => {
            let id = s.0.checkout.tieni(carrello);
            (StatusCode::FOUND, [(header::LOCATION, format!("{}/checkout/{id}", s.0.conf.base_url))]).into_response()
        }
        Err(motivo) => problema(StatusCode::BAD_REQUEST, &motivo),
    }
}

fn problema(stato: StatusCode, dettaglio: &str) -> Response {
    let corpo = json!({ "type": "about:blank", "title": stato.canonical_reason(), "status": stato.as_u16(), "detail": dettaglio });
    (stato, [(header::CONTENT_TYPE, "application/json")], corpo.to_string()).into_response()
}

/// The rules of the service's own document.
fn leggi(corpo: &[u8]) -> Result<Carrello, String> {
    let v: Value = serde_json::from_slice(corpo).map_err(|e| e.to_string())?;
    let avvisi = v["paymentNotices"].as_array().filter(|a| (1..=AVVISI_MAX).contains(&a.len())).ok_or("paymentNotices: da 1 a 5")?;
    let ritorno = |nome: &str| {
        let url = v["returnUrls"][nome].as_str().filter(|u| u.starts_with("http://") || u.starts_with("https://"));
        url.map(str::to_owned).ok_or_else(|| format!("returnUrls.{nome}"))
    };
    Ok(Carrello {
        corpo: v.clone(),
        avvisi: avvisi.iter().map(avviso).collect::<Result<_, _>>()?,
        ok: ritorno("returnOkUrl")?,
        errore: ritorno("returnErrorUrl")?,
        annulla: ritorno("returnCancelUrl")?,
    })
}

fn avviso(v: &Value) -> Result<Avviso, String> {
    let testo = |nome: &str, giusto: &dyn Fn(usize) -> bool| {
        let valore = v[nome].as_str().filter(|t| giusto(t.chars().count()));
        valore.map(str::to_owned).ok_or_else(|| format!("paymentNotices.{nome}"))
    };
    Ok(Avviso {
        numero: testo("noticeNumber", &|n| n == 18)?,
        dominio: testo("fiscalCode", &|n| n == 11)?,
        cent: v["amount"].as_u64().filter(|c| *c >= 1).ok_or("paymentNotices.amount")?,
        ente: testo("companyName", &|n| n <= CARATTERI_TESTO_MAX)?,
        causale: testo("description", &|n| n <= CARATTERI_TESTO_MAX)?,
    })
}

struct Riga {
    numero: String,
    ente: String,
    causale: String,
    importo: String,
}

#[derive(Template)]
#[template(path = "checkout.html")]
struct Pagina {
    sezione: &'static str,
    id: String,
    righe: Vec<Riga>,
    totale: String,
}

fn in_euro(cent: u64) -> String {
    format!("{},{:02}", cent / 100, cent % 100)
}

async fn pagina(State(s): State<Simulatore>, Path(id): Path<String>) -> Response {
    let Some(c) = s.0.checkout.carrello(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let riga = |a: &Avviso| Riga { numero: a_gruppi(&a.numero), ente: a.ente.clone(), causale: a.causale.clone(), importo: in_euro(a.cent) };
    let totale = in_euro(c.avvisi.iter().map(|a| a.cent).sum());
    let mut risposta = mostra(StatusCode::OK, &Pagina { sezione: "checkout", id, righe: c.avvisi.iter().map(riga).collect(), totale });
    // The form ends at the portal, wherever that is.
    if let Ok(politica) = HeaderValue::from_str(&POLITICA.replace("form-action 'self'", "form-action *")) {
        risposta.headers_mut().insert(header::CONTENT_SECURITY_POLICY, politica);
    }
    risposta
}

#[derive(Deserialize)]
struct Scelta {
    scelta: String,
}

async fn scelta(State(s): State<Simulatore>, Path(id): Path<String>, Form(f): Form<Scelta>) -> Response {
    let Some(c) = s.0.checkout.carrello(&id) else { return StatusCode::NOT_FOUND.into_response() };
    let dove = match f.scelta.as_str() {
        "paga" => match s.paga_carrello(&id).await {
            Ok(()) => c.ok,
            Err(rifiuto) => {
                tracing::info!(codice = %rifiuto.codice(), "il carrello non e' stato pagato");
                c.errore
            }
        },
        "annulla" => c.annulla,
        _ => c.errore,
    };
    Redirect::to(&dove).into_response()
}
