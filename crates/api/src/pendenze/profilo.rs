//! Who is calling and on what, and the logo of a dominio (spec/1 section 9.12).

use axum::response::Response;
use domain::anagrafica::{Anagrafica, TipoPendenza};
use domain::chiamante::{Chi as Quale, Chiamante};
use domain::{Rifiuto, lettura};
use serde_json::Value;

use super::versione::Versione;
use crate::App;
use crate::accesso::Chi;
use crate::backoffice::utenze;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::logo;
use crate::permessi::{Autenticato, LeggePendenze};
use crate::richiesta::Richiesta;
use crate::viste::Vista;

/// GET /profilo of v1: what may be used is told as entrate.
pub async fn leggi_v1(app: App, chi: Chi<Autenticato>, _: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let c = &chi.chiamante;
    let entrate: Vec<Value> = tipi(c, &a).map(|t| entrata(t, &a)).collect();
    let vista = Oggetto::nuovo().con("nome", nome(c)).con("domini", domini(&app, c, v)).con("entrate", entrate).con("acl", utenze::acl(&c.utenza.acl));
    Ok(json::ok(&vista.valore()))
}

/// GET /profilo of v2.
pub async fn leggi_v2(app: App, chi: Chi<Autenticato>, _: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let c = &chi.chiamante;
    let tipi: Vec<Value> =
        tipi(c, &a).map(|t| Oggetto::nuovo().con("idTipoPendenza", t.cod.as_str()).con("descrizione", t.descrizione.as_str()).valore()).collect();
    let vista = Oggetto::nuovo().con("nome", nome(c)).con("domini", domini(&app, c, v)).con("tipiPendenza", tipi).con("acl", Vec::<Value>::new());
    Ok(json::ok(&vista.valore()))
}

/// GET /domini/{idDominio}/logo.
pub async fn leggi_logo(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::pendenza::id_dominio(r.segmento("idDominio"))?;
    chi.chiamante.su_dominio(&dominio)?;
    match app.gateway.logo(&dominio).await? {
        Some(testo) => Ok(logo::risposta(&testo)),
        None => Err(Rifiuto::NonTrovato(format!("Logo non presente per il Dominio {dominio}")).into()),
    }
}

fn nome(c: &Chiamante) -> &str {
    match &c.chi {
        Quale::Applicazione(a) => &a.cod,
        Quale::Operatore(o) => &o.nome,
        Quale::Cittadino(_) | Quale::Anonimo => &c.utenza.principal,
    }
}

/// "All" is every dominio that there is.
fn domini(app: &App, c: &Chiamante, v: &Versione) -> Vec<Value> {
    let vista = Vista::di(app, v.forma);
    vista.anagrafica.domini.keys().filter(|d| c.utenza.su_dominio(d)).map(|d| vista.dominio(d)).collect()
}

fn tipi<'a>(c: &'a Chiamante, a: &'a Anagrafica) -> impl Iterator<Item = &'a TipoPendenza> {
    a.tipi_pendenza.values().map(|t| &**t).filter(|t| c.utenza.su_tipo(&t.cod))
}

/// A tipo pendenza as the entrata of the same code, which brings its contabilità when there is one.
fn entrata(t: &TipoPendenza, a: &Anagrafica) -> Value {
    let catalogo = a.tipi_entrata.get(&t.cod);
    Oggetto::nuovo()
        .con("idEntrata", t.cod.as_str())
        .con("descrizione", t.descrizione.as_str())
        .se("tipoContabilita", catalogo.and_then(|e| e.tipo_contabilita).map(domain::pendenza::TipoContabilita::nome))
        .testo("codiceContabilita", catalogo.and_then(|e| e.codice_contabilita.as_ref()))
        .valore()
}
