//! Applicazioni (spec/2 section 2.9).

use axum::response::Response;
use domain::amministrazione::utenze::applicazioni as decisione;
use domain::anagrafica::{Acl, Anagrafica, Applicazione, Diritto, Servizio, Utenza};
use domain::lettura::anagrafica::modifica::operazioni;
use domain::lettura::anagrafica::utenze::applicazioni::{applicazione, id_a2a};
use domain::lettura::anagrafica::utenze::modifiche;
use serde_json::Value;

use super::{corpo, metti, revisione, utenze};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeApplicazioni, ScriveApplicazioni};
use crate::richiesta::Richiesta;

/// GET /applicazioni. `idA2A` and `principal` are looked for inside the stored ones, without regard to case.
pub async fn elenca(app: App, _chi: Chi<LeggeApplicazioni>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let abilitato = parametri.booleano("abilitato")?;
    let cercato = |nome: &str| parametri.testo(nome).map(str::to_lowercase);
    let (id, principal) = (parametri.testo("idA2A").map(id_a2a).transpose()?.map(|i| i.to_lowercase()), cercato("principal"));
    let dentro = |cercato: Option<&String>, valore: &str| cercato.is_none_or(|c| valore.to_lowercase().contains(c));
    let a = app.gateway.anagrafica();
    let righe = a.applicazioni.values().filter_map(|app| Some((app.as_ref(), a.utenze.get(&app.principal)?.as_ref())));
    let righe =
        righe.filter(|(app, u)| abilitato.is_none_or(|b| u.abilitata == b) && dentro(id.as_ref(), &app.cod) && dentro(principal.as_ref(), &app.principal));
    let mut righe: Vec<(&Applicazione, &Utenza)> = righe.collect();
    righe.sort_by(|(x, _), (y, _)| (&x.principal, &x.cod).cmp(&(&y.principal, &y.cod)));
    liste::di_anagrafica(&r, &righe, |(app, u)| {
        Oggetto::nuovo().con("idA2A", app.cod.as_str()).con("principal", app.principal.as_str()).con("abilitato", u.abilitata).valore()
    })
}

/// GET /applicazioni/{idA2A}.
pub async fn leggi(app: App, _chi: Chi<LeggeApplicazioni>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_a2a(r.segmento("idA2A"))?;
    Ok(json::ok(&dettaglio(&app.gateway.anagrafica(), &cod)?))
}

/// PUT /applicazioni/{idA2A}.
pub async fn scrivi(app: App, chi: Chi<ScriveApplicazioni>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let mut inviata = applicazione(r.segmento("idA2A"), &corpo)?;
    let password = inviata.utenza.password.take();
    let ammessa = decisione::ammetti(&chi.chiamante, inviata)?;
    let hash = utenze::hash(&app, password).await?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| decisione::applicazione(a, ammessa, hash)).await
}

/// PATCH /applicazioni/{idA2A}.
pub async fn modifica(app: App, chi: Chi<ScriveApplicazioni>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_a2a(r.segmento("idA2A"))?;
    let corpo = corpo(&r)?;
    let operazioni = operazioni(&corpo)?;
    decisione::trova(&app.gateway.anagrafica(), &cod)?;
    let lette = modifiche::di_utenza(&operazioni)?;
    let hash = utenze::nuovo_hash(&app, lette.password).await?;
    let revisioni = [revisione(&chi.chiamante, "PATCH", &r, &corpo)];
    app.gateway.amministra(&revisioni, |a| decisione::modifica(a, &chi.chiamante, &cod, &lette.voci, hash)).await?;
    Ok(json::ok(&dettaglio(&app.gateway.anagrafica(), &cod)?))
}

fn dettaglio(a: &Anagrafica, cod: &str) -> Result<Value, Fault> {
    let (app, u) = decisione::trova(a, cod)?;
    let piena = |s: Servizio| Diritto::TUTTI.into_iter().all(|d| Acl::concede(&u.acl, s, d));
    Ok(Oggetto::nuovo()
        .con("idA2A", app.cod.as_str())
        .con("principal", app.principal.as_str())
        .con("password", u.password_hash.is_some())
        .se("codificaAvvisi", codifica(app))
        .con("domini", utenze::domini(u, a))
        .con("tipiPendenza", utenze::tipi_pendenza(u, app.autodeterminazione, a))
        .con("apiPagamenti", piena(Servizio::ApiPagamenti))
        .con("apiPendenze", piena(Servizio::ApiPendenze))
        .con("apiRagioneria", piena(Servizio::ApiRagioneria))
        .con("acl", utenze::acl(&u.acl))
        .con("ruoli", utenze::ruoli(u, a))
        .se("servizioIntegrazione", app.connettore.as_ref().map(json::membri))
        .testo("urlRitorno", app.url_ritorno.as_ref())
        .con("abilitato", u.abilitata)
        .valore())
}

/// Left out when it says nothing.
fn codifica(app: &Applicazione) -> Option<Value> {
    let detta = app.codifica_iuv.is_some() || app.reg_exp_iuv.is_some() || app.generazione_iuv_interna;
    detta.then(|| {
        Oggetto::nuovo()
            .testo("codificaIuv", app.codifica_iuv.as_ref())
            .se("regExpIuv", app.reg_exp_iuv.as_ref().map(|e| e.as_str()))
            .con("generazioneIuvInterna", app.generazione_iuv_interna)
            .valore()
    })
}
