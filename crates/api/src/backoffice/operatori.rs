//! Operatori (spec/2 section 2.10).

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::utenze::operatori as decisione;
use domain::anagrafica::{Anagrafica, Operatore, Utenza};
use domain::lettura::anagrafica::modifica::operazioni;
use domain::lettura::anagrafica::utenze::operatori::operatore;
use domain::lettura::anagrafica::utenze::{modifiche, principal};
use serde_json::Value;

use super::{corpo, metti, revisione, utenze};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeRuoli, ScriveRuoli};
use crate::richiesta::{Richiesta, decodifica_percento};

/// GET /operatori.
pub async fn elenca(app: App, _chi: Chi<LeggeRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let abilitato = r.parametri().booleano("abilitato")?;
    let a = app.gateway.anagrafica();
    let righe = a.operatori.values().filter_map(|o| Some((o.as_ref(), a.utenze.get(&o.principal)?.as_ref())));
    let mut righe: Vec<(&Operatore, &Utenza)> = righe.filter(|(_, u)| abilitato.is_none_or(|b| u.abilitata == b)).collect();
    righe.sort_by(|(x, _), (y, _)| (&x.nome, &x.principal).cmp(&(&y.nome, &y.principal)));
    liste::di_anagrafica(&r, &righe, |(o, u)| {
        Oggetto::nuovo().con("principal", o.principal.as_str()).con("ragioneSociale", o.nome.as_str()).con("abilitato", u.abilitata).valore()
    })
}

/// GET /operatori/{principal}.
pub async fn leggi(app: App, _chi: Chi<LeggeRuoli>, r: Richiesta) -> Result<Response, Fault> {
    Ok(json::ok(&dettaglio(&app.gateway.anagrafica(), &del_percorso(&r)?)?))
}

/// PUT /operatori/{principal}.
pub async fn scrivi(app: App, chi: Chi<ScriveRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let mut inviato = operatore(&decodificato(&r), &corpo)?;
    decisione::ammetti(&chi.chiamante, &inviato)?;
    let hash = utenze::hash(&app, inviato.utenza.password.take()).await?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| decisione::operatore(a, inviato, hash)).await
}

/// PATCH /operatori/{principal}.
pub async fn modifica(app: App, chi: Chi<ScriveRuoli>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let operazioni = operazioni(&corpo)?;
    let principal = del_percorso(&r)?;
    decisione::trova(&app.gateway.anagrafica(), &principal)?;
    let lette = modifiche::di_utenza(&operazioni)?;
    let hash = utenze::nuovo_hash(&app, lette.password).await?;
    let revisioni = [revisione(&chi.chiamante, "PATCH", &r, &corpo)];
    app.gateway.amministra(&revisioni, |a| decisione::modifica(a, &chi.chiamante, &principal, &lette.voci, hash)).await?;
    Ok(json::ok(&dettaglio(&app.gateway.anagrafica(), &principal)?))
}

/// The principal of the path: clients of certificate subjects encode it twice.
fn decodificato(r: &Richiesta) -> String {
    let segmento = r.segmento("principal");
    decodifica_percento(segmento).unwrap_or_else(|| segmento.to_owned())
}

fn del_percorso(r: &Richiesta) -> Result<String, Rifiuto> {
    principal(&decodificato(r))
}

fn dettaglio(a: &Anagrafica, principal: &str) -> Result<Value, Fault> {
    let (o, u) = decisione::trova(a, principal)?;
    Ok(Oggetto::nuovo()
        .con("principal", o.principal.as_str())
        .con("password", u.password_hash.is_some())
        .con("ragioneSociale", o.nome.as_str())
        .con("domini", utenze::domini(u, a))
        .con("tipiPendenza", utenze::tipi_pendenza(u, false, a))
        .con("acl", utenze::acl(&u.acl))
        .con("ruoli", utenze::ruoli(u, a))
        .con("abilitato", u.abilitata)
        .valore())
}
