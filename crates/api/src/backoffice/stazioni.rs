//! Stazioni of an intermediario (spec/2 section 2.2).

use std::sync::Arc;

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::pagopa;
use domain::anagrafica::{Anagrafica, Stazione};
use domain::lettura::anagrafica::pagopa::{id_stazione, stazione};
use serde_json::Value;

use super::{corpo, domini, intermediari, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeAnagraficaPagoPa, ScriveAnagraficaPagoPa};
use crate::richiesta::Richiesta;

/// GET /intermediari/{idIntermediario}/stazioni.
pub async fn elenca(app: App, _chi: Chi<LeggeAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let abilitato = r.parametri().booleano("abilitato")?;
    let a = app.gateway.anagrafica();
    let intermediario = intermediari::trova(&a, &r)?;
    let righe: Vec<_> = di(&a, &intermediario.cod).filter(|s| abilitato.is_none_or(|b| s.abilitata == b)).collect();
    liste::di_anagrafica(&r, &righe, |s| indice(s))
}

/// GET /intermediari/{idIntermediario}/stazioni/{idStazione}.
pub async fn leggi(app: App, _chi: Chi<LeggeAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let cod = id_stazione(r.segmento("idStazione"))?;
    let intermediario = intermediari::trova(&a, &r)?;
    let trovata = a.stazioni.get(&cod).filter(|s| s.intermediario == intermediario.cod);
    let trovata = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Stazione {cod} non censita in Anagrafica per l'intermediario {}", intermediario.cod)))?;
    Ok(json::ok(&dettaglio(trovata, &a)))
}

/// PUT /intermediari/{idIntermediario}/stazioni/{idStazione}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaPagoPa>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuova = stazione(r.segmento("idIntermediario"), r.segmento("idStazione"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| pagopa::stazione(a, nuova)).await
}

/// Of an intermediario, by code.
pub fn di<'a>(a: &'a Anagrafica, intermediario: &'a str) -> impl Iterator<Item = &'a Arc<Stazione>> + 'a {
    a.stazioni.values().filter(move |s| s.intermediario == intermediario)
}

fn dettaglio(s: &Stazione, a: &Anagrafica) -> Value {
    let domini: Vec<Value> = a.domini.values().filter(|d| d.stazione.as_deref() == Some(s.cod.as_str())).map(|d| domini::indice(d)).collect();
    comune(s).con("domini", domini).valore()
}

/// The domini as an address.
pub fn indice(s: &Stazione) -> Value {
    comune(s).con("domini", format!("/domini?idStazione={}", s.cod)).valore()
}

fn comune(s: &Stazione) -> Oggetto {
    Oggetto::nuovo()
        .con("idStazione", s.cod.as_str())
        .se("password", s.password.as_ref().map(|p| p.0.as_str()))
        .con("abilitato", s.abilitata)
        .con("versione", s.versione.nome())
}
