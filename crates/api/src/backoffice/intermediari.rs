//! Intermediari (spec/2 section 2.1).

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::pagopa;
use domain::anagrafica::{Anagrafica, Intermediario};
use domain::lettura::anagrafica::pagopa::intermediario;
use domain::lettura::regole::id_dominio;
use serde_json::Value;

use super::{corpo, metti, stazioni};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeAnagraficaPagoPa, ScriveAnagraficaPagoPa};
use crate::richiesta::Richiesta;

/// GET /intermediari.
pub async fn elenca(app: App, _chi: Chi<LeggeAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let abilitato = r.parametri().booleano("abilitato")?;
    let a = app.gateway.anagrafica();
    let mut righe: Vec<_> = a.intermediari.values().filter(|i| abilitato.is_none_or(|b| i.abilitato == b)).collect();
    righe.sort_by(|x, y| (&x.denominazione, &x.cod).cmp(&(&y.denominazione, &y.cod)));
    liste::di_anagrafica(&r, &righe, |i| indice(i))
}

fn indice(i: &Intermediario) -> Value {
    Oggetto::nuovo().con("idIntermediario", i.cod.as_str()).con("denominazione", i.denominazione.as_str()).con("abilitato", i.abilitato).valore()
}

/// GET /intermediari/{idIntermediario}.
pub async fn leggi(app: App, _chi: Chi<LeggeAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    Ok(json::ok(&dettaglio(trova(&a, &r)?, &a)))
}

/// PUT /intermediari/{idIntermediario}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuovo = intermediario(r.segmento("idIntermediario"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| Ok(pagopa::intermediario(a, nuovo))).await
}

/// The intermediario of the path, or 404.
pub fn trova<'a>(a: &'a Anagrafica, r: &Richiesta) -> Result<&'a Intermediario, Rifiuto> {
    let cod = id_dominio("idIntermediario", r.segmento("idIntermediario"))?.to_string();
    let trovato = a.intermediari.get(&cod).map(AsRef::as_ref);
    trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Intermediario {cod} non censito in Anagrafica")))
}

fn dettaglio(i: &Intermediario, a: &Anagrafica) -> Value {
    let connettori = json::membri(&*i.connettori);
    let stazioni: Vec<Value> = stazioni::di(a, &i.cod).map(|s| stazioni::indice(s)).collect();
    Oggetto::nuovo()
        .con("idIntermediario", i.cod.as_str())
        .con("denominazione", i.denominazione.as_str())
        .testo("principalPagoPa", i.principal.as_ref())
        .unito(connettori)
        .con("abilitato", i.abilitato)
        .con("stazioni", stazioni)
        .valore()
}
