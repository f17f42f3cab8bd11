//! Payment attempts and their messages, as who pays sees them (spec/1 section 10.6).

use axum::response::Response;
use domain::chiamante::{Ambito, Chi as Quale, Chiamante};
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::rpp::FiltroRpp;
use domain::transazione::Transazione;
use domain::visibilita::{self, Finestra, Nomi};
use domain::{Pendenza, Rifiuto};
use store::elenchi::Visibilita;
use store::elenchi::transazioni::{Avviate, Filtro};

use super::Versione;
use super::viste_pagamento::forma;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::pendenze::rpp::{Chiave, elenco_di, filtro, mostra_ricevuta, mostra_richiesta};
use crate::permessi::{LeggePagamenti, LeggePagamentiAncheAnonimo};
use crate::richiesta::Richiesta;
use crate::viste::Vista;

type Pagante = Chi<LeggePagamentiAncheAnonimo>;

/// GET /rpp: within the rights of an applicazione, what no portal started and what it did; of a citizen, what it owes or paid.
pub async fn elenca(versione: Versione, app: App, chi: Chi<LeggePagamenti>, r: Richiesta) -> Result<Response, Fault> {
    let f = if versione == Versione::V1 { FiltroRpp::v1(r.query(), RISULTATI_PER_PAGINA_MAX) } else { FiltroRpp::v2(r.query(), RISULTATI_PER_PAGINA_MAX) }?;
    let filtro = Filtro { id_a2a: r.parametri().filtro("idA2A")?, ..visibili(&chi.chiamante, &f)? };
    let elenco = elenco_di(&app, filtro, &f).await?;
    let vista = Vista::per(&app, forma(versione), &chi.chiamante);
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, |(rpp, p)| vista.rpp(rpp, p), Tetto::Taciuto))
}

fn visibili(chi: &Chiamante, f: &FiltroRpp) -> Result<Filtro, Rifiuto> {
    let tutte = || filtro(Visibilita::Ambito { unita: None, tipi: None }, f);
    match &chi.chi {
        Quale::Applicazione(a) => Ok(Filtro { avviate: Some(Avviate::Da(a.cod.clone())), ..filtro(Visibilita::ambito(&chi.utenza), f) }),
        Quale::Cittadino(c) => Ok(Filtro { avviate: Some(Avviate::Per(c.codice_fiscale.clone())), ..tutte() }),
        Quale::Operatore(_) | Quale::Anonimo => Err(chi.non_autorizzato(Ambito::default())),
    }
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}.
pub async fn leggi(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?;
    let (transazione, pendenza) = visibile(&app, &chi, trovata).await?;
    let rpp = app.gateway.rpp(&pendenza, transazione).await?;
    Ok(json::ok(&Vista::per(&app, forma(versione), &chi.chiamante).rpp(&rpp, &pendenza)))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rpt.
pub async fn richiesta(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?;
    let trovata = visibile(&app, &chi, trovata).await?;
    mostra_richiesta(&app, &r, &chiave, trovata, &Nomi::visti_da(&chi.chiamante.chi)).await
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rt: what has not come is 404, before anybody is 403.
pub async fn ricevuta(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = chiave.trova(&app).await?.filter(|(t, _)| t.con_rt).ok_or_else(|| chiave.non_trovata("Ricevuta"))?;
    let trovata = visibile(&app, &chi, trovata).await?;
    mostra_ricevuta(&app, &r, &chiave, trovata, &Nomi::visti_da(&chi.chiamante.chi)).await
}

async fn visibile(app: &App, chi: &Pagante, (transazione, pendenza): (Transazione, Pendenza)) -> Result<(Transazione, Pendenza), Fault> {
    let pagamento = app.gateway.pagamento_di(&transazione).await?;
    visibilita::transazione(&chi.chiamante, &pendenza, pagamento.as_ref(), finestra(app))?;
    Ok((transazione, pendenza))
}

/// How long whoever is nobody finds its own again.
pub fn finestra(app: &App) -> Finestra {
    Finestra { adesso: app.gateway.adesso(), durata: app.gateway.impostazioni().disponibilita_anonimi }
}
