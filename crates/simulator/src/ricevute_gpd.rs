//! What GPD tells of its payments: a list, and the message that its own station had (spec/4 section 3.4).

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{Duration, NaiveDate, Utc};
use codici::Importo;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::messaggi::{self, Accredito, Bonifico, DatiPagamento, DatiRicevuta, Indirizzo, Soggetto, Versione};
use crate::posizioni::problema;
use crate::{Simulatore, lucchetto};

/// pagoPA, and the station by which GPD answers the node.
const INTERMEDIARIO_GPD: &str = "15376371009";
const STAZIONE_GPD: &str = "15376371009_01";

#[derive(Default)]
pub(crate) struct Ricevute {
    /// By ente and IUV: day of the payment, message.
    per_iuv: BTreeMap<(String, String), (NaiveDate, String)>,
}

impl Simulatore {
    /// A citizen pays a position that lives in GPD: no station of ours is asked, and none is told. Gives the receiptId; `None`: GPD has no such notice.
    pub fn paga_in_gpd(&self, dominio: &str, avviso: &str) -> Option<String> {
        let mut interno = lucchetto(&self.0.archivi.0);
        let chiave = interno.di_avviso("gpd", dominio, avviso)?;
        let posizione = interno.segna(&chiave, "PAID")?;
        let receipt_id = uuid::Uuid::new_v4().simple().to_string();
        let ricevuta = self.ricevuta_di(dominio, avviso, &posizione, &receipt_id)?;
        let iuv = ricevuta.dati.iuv.clone();
        let xml = messaggi::ricevuta(&ricevuta, Versione::V2);
        interno.ricevute.per_iuv.insert((dominio.to_owned(), iuv), (Utc::now().with_timezone(&chrono_tz::Europe::Rome).date_naive(), xml));
        Some(receipt_id)
    }

    fn ricevuta_di(&self, dominio: &str, avviso: &str, posizione: &Map<String, Value>, receipt_id: &str) -> Option<DatiRicevuta> {
        let opzione = posizione.get("paymentOption")?.get(0)?;
        let testo = |v: &Value, nome: &str| v[nome].as_str().unwrap_or_default().to_owned();
        let importo = |v: &Value| Importo::da_cent(v["amount"].as_i64().unwrap_or_default());
        let bonifici = opzione["transfer"].as_array()?.iter().map(|t| Bonifico {
            indice: testo(t, "idTransfer").parse().unwrap_or(1),
            importo: importo(t),
            dominio: t["organizationFiscalCode"].as_str().unwrap_or(dominio).to_owned(),
            ente: t["companyName"].as_str().map(str::to_owned),
            accredito: Accredito::Iban(testo(t, "iban")),
            causale: testo(t, "remittanceInformation"),
            categoria: testo(t, "category"),
            metadata: Vec::new(),
        });
        let debitore = Soggetto {
            tipo: posizione.get("type").and_then(Value::as_str).unwrap_or("F").to_owned(),
            identificativo: posizione.get("fiscalCode").and_then(Value::as_str).unwrap_or("ANONIMO").to_owned(),
            nome: posizione.get("fullName").and_then(Value::as_str).unwrap_or("ANONIMO").to_owned(),
            ..Soggetto::default()
        };
        let roma = Utc::now().with_timezone(&chrono_tz::Europe::Rome);
        Some(DatiRicevuta {
            indirizzo: Indirizzo { id_pa: dominio.to_owned(), id_intermediario: INTERMEDIARIO_GPD.to_owned(), id_stazione: STAZIONE_GPD.to_owned() },
            receipt_id: receipt_id.to_owned(),
            avviso: avviso.to_owned(),
            dominio: dominio.to_owned(),
            dati: DatiPagamento {
                iuv: testo(opzione, "iuv"),
                importo: importo(opzione),
                scadenza: None,
                descrizione: testo(opzione, "description"),
                ente: posizione.get("companyName").and_then(Value::as_str).map(str::to_owned),
                ufficio: None,
                debitore,
                bonifici: bonifici.collect(),
                metadata: Vec::new(),
            },
            psp: self.0.conf.psp.clone(),
            data_pagamento: roma.format("%Y-%m-%dT%H:%M:%S").to_string(),
            data_applicazione: roma.format("%Y-%m-%d").to_string(),
            data_bonifico: (roma + Duration::days(1)).format("%Y-%m-%d").to_string(),
            stand_in: None,
        })
    }
}

pub(crate) fn rotte() -> Router<Simulatore> {
    Router::new().route("/payments/{ente}/receipts", get(elenco)).route("/payments/{ente}/receipts/{iuv}", get(una))
}

#[derive(Deserialize)]
struct Domanda {
    #[serde(rename = "pageNum", default)]
    pagina: usize,
    #[serde(rename = "pageSize", default = "venti")]
    quante: usize,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    #[serde(rename = "segregationCodes")]
    segregazioni: Option<String>,
}

const fn venti() -> usize {
    20
}

impl Domanda {
    fn vuole(&self, giorno: NaiveDate, iuv: &str) -> bool {
        let segregazione = self.segregazioni.as_deref().is_none_or(|s| s.split(',').any(|s| iuv.starts_with(s)));
        segregazione && self.from.is_none_or(|f| f <= giorno) && self.to.is_none_or(|t| giorno <= t)
    }
}

async fn elenco(State(s): State<Simulatore>, Path(ente): Path<String>, Query(q): Query<Domanda>) -> Response {
    if !(1..=100).contains(&q.quante) {
        return problema(StatusCode::BAD_REQUEST, "pageSize");
    }
    let interno = lucchetto(&s.0.archivi.0);
    let sue: Vec<_> = interno.ricevute.per_iuv.iter().filter(|((e, iuv), (giorno, _))| *e == ente && q.vuole(*giorno, iuv)).collect();
    if sue.is_empty() {
        return problema(StatusCode::NOT_FOUND, "No receipts found");
    }
    let righe: Vec<Value> = sue
        .iter()
        .skip(q.pagina * q.quante)
        .take(q.quante)
        .map(|((ente, iuv), (giorno, _))| json!({ "organizationFiscalCode": ente, "iuv": iuv, "paymentDateTime": giorno, "status": "PAID" }))
        .collect();
    let pagine = sue.len().div_ceil(q.quante);
    axum::Json(json!({ "currentPageNumber": q.pagina, "length": righe.len(), "totalPages": pagine, "results": righe })).into_response()
}

async fn una(State(s): State<Simulatore>, Path((ente, iuv)): Path<(String, String)>) -> Response {
    let interno = lucchetto(&s.0.archivi.0);
    match interno.ricevute.per_iuv.get(&(ente, iuv)) {
        Some((_, xml)) => ([(header::CONTENT_TYPE, "application/xml")], xml.clone()).into_response(),
        None => problema(StatusCode::NOT_FOUND, "No receipt found"),
    }
}
