//! The tipi pendenza that a portal can make pendenze of, with their forms (v2, spec/1 section 10.7).

use axum::response::Response;
use codici::IdDominio;
use domain::Rifiuto;
use domain::anagrafica::tipo_pendenza::Form;
use domain::anagrafica::{Anagrafica, BlocchiTipo, Dominio, TipoPendenza};
use domain::lettura::anagrafica::tipi::id_tipo;
use serde_json::Value;

use crate::App;
use crate::accesso::Chi;
use crate::backoffice::domini::trova;
use crate::backoffice::tipi_pendenza::su_tipo;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::LeggePagamentiAncheAnonimo;
use crate::richiesta::Richiesta;

/// GET /domini/{idDominio}/tipiPendenza, by description, all in one page.
pub async fn elenca(app: App, chi: Chi<LeggePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let mut tipi: Vec<&TipoPendenza> = Anagrafica::di_dominio(&a.tipi_pendenza_dominio, &d.cod)
        .filter_map(|(cod, _)| a.tipi_pendenza.get(cod))
        .map(AsRef::as_ref)
        .filter(|t| chi.chiamante.utenza.su_tipo(&t.cod) && offerto(&a, d, t))
        .collect();
    tipi.sort_by(|x, y| (&x.descrizione, &x.cod).cmp(&(&y.descrizione, &y.cod)));
    let viste = viste(&app, &d.cod, &tipi).await?;
    Ok(json::ok(&liste::intera(viste, Some(1))))
}

/// GET /domini/{idDominio}/tipiPendenza/{idTipoPendenza}.
pub async fn leggi(app: App, chi: Chi<LeggePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_tipo(r.segmento("idTipoPendenza"))?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    su_tipo(&chi.chiamante, &cod)?;
    let trovato = a.tipi_pendenza.get(&cod).filter(|t| offerto(&a, d, t));
    let tipo = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Tipo Pendenza {cod} non censito in Anagrafica per il Dominio {}", d.cod)))?;
    let vista = viste(&app, &d.cod, &[tipo]).await?.pop();
    vista.map(|v| json::ok(&v)).ok_or(Fault::Interno)
}

/// Switched on for the dominio, with a form for the portal.
fn offerto(a: &Anagrafica, d: &Dominio, t: &TipoPendenza) -> bool {
    let acceso = |cod: &str| a.tipi_pendenza_dominio.get(&(d.cod.clone(), cod.to_owned())).is_some_and(|v| v.abilitato != Some(false));
    d.intermediato && t.abilitato && acceso(&t.cod) && a.usi_tipo(&d.cod, &t.cod).is_some_and(domain::anagrafica::UsiTipo::pagabile_dal_portale)
}

/// In the order of the rows. What the dominio says counts more than the catalogue.
async fn viste(app: &App, dominio: &IdDominio, tipi: &[&TipoPendenza]) -> Result<Vec<Value>, Fault> {
    let codici: Vec<&str> = tipi.iter().map(|t| t.cod.as_str()).collect();
    let catalogo = app.gateway.blocchi_tipi(None, &codici).await?;
    let propri = app.gateway.blocchi_tipi(Some(dominio), &codici).await?;
    let form = |b: Option<&BlocchiTipo>| b.and_then(|b| b.portale_pagamento.as_ref()).and_then(|p| p.form.clone());
    let una = |t: &&TipoPendenza| {
        let (proprio, comune) = (propri.get(&t.cod), catalogo.get(&t.cod));
        let visualizzazione = |b: Option<&BlocchiTipo>| b.and_then(|b| b.visualizzazione.clone());
        Oggetto::nuovo()
            .con("idTipoPendenza", t.cod.as_str())
            .con("descrizione", t.descrizione.as_str())
            .se("form", form(proprio).or_else(|| form(comune)).map(|f| vista_form(&f)))
            .se("visualizzazione", visualizzazione(proprio).or_else(|| visualizzazione(comune)))
            .valore()
    };
    Ok(tipi.iter().map(una).collect())
}

fn vista_form(f: &Form) -> Value {
    Oggetto::nuovo().con("tipo", f.tipo.as_str()).con("definizione", f.definizione.as_str()).testo("impaginazione", f.impaginazione.as_ref()).valore()
}
