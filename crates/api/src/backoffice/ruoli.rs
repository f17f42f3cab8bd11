//! Ruoli (spec/2 section 2.11).

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::utenze::ruoli as decisione;
use domain::anagrafica::Anagrafica;
use domain::lettura::anagrafica::modifica::operazioni;
use domain::lettura::anagrafica::utenze::ruoli::ruolo;
use domain::lettura::anagrafica::utenze::{Modifica, id_ruolo, modifiche};
use serde_json::Value;

use super::{corpo, metti, revisione, utenze};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeRuoli, ScriveRuoli};
use crate::richiesta::Richiesta;

/// GET /ruoli.
pub async fn elenca(app: App, _chi: Chi<LeggeRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let righe: Vec<&str> = a.ruoli.values().filter(|r| decisione::esiste(&a, &r.cod)).map(|r| r.cod.as_str()).collect();
    liste::di_anagrafica(&r, &righe, |id| Oggetto::nuovo().con("id", *id).valore())
}

/// GET /ruoli/{idRuolo}: nobody tells one that does not exist from one without rights.
pub async fn leggi(app: App, _chi: Chi<LeggeRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_ruolo(r.segmento("idRuolo"))?;
    Ok(json::ok(&diritti(Oggetto::nuovo(), &app.gateway.anagrafica(), &cod)))
}

/// PUT /ruoli/{idRuolo}.
pub async fn scrivi(app: App, chi: Chi<ScriveRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuovo = ruolo(r.segmento("idRuolo"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |_| Ok(decisione::ruolo(nuovo))).await
}

/// PATCH /ruoli/{idRuolo}: whatever is wrong with the request is 403 (spec/2 section 2.11).
pub async fn modifica(app: App, chi: Chi<ScriveRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let (cod, corpo, voci) = modifica_letta(&r).map_err(vietato)?;
    let revisioni = [revisione(&chi.chiamante, "PATCH", &r, &corpo)];
    app.gateway.amministra(&revisioni, |a| decisione::modifica(a, &cod, &voci).map_err(vietato)).await?;
    Ok(json::ok(&diritti(Oggetto::nuovo().con("id", cod.as_str()), &app.gateway.anagrafica(), &cod)))
}

fn modifica_letta(r: &Richiesta) -> Result<(String, Value, Vec<Modifica>), Rifiuto> {
    let cod = id_ruolo(r.segmento("idRuolo"))?;
    let corpo = corpo(r)?;
    let voci = modifiche::di_ruolo(&operazioni(&corpo)?)?;
    Ok((cod, corpo, voci))
}

/// The reason stays, as detail.
fn vietato(rifiuto: Rifiuto) -> Rifiuto {
    Rifiuto::NonAutorizzato(rifiuto.dettaglio())
}

fn diritti(o: Oggetto, a: &Anagrafica, cod: &str) -> Value {
    o.con("acl", utenze::acl(decisione::acl(a, cod))).valore()
}
