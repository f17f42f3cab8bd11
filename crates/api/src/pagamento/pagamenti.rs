//! GET /pagamenti, /pagamenti/{id}, /pagamenti/byIdSession/{idSession} (spec/1 section 10.2).

use axum::response::Response;
use domain::chiamante::{Ambito, Chi as Quale};
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::pagamento::FiltroPagamenti;
use domain::pagamento::Pagamento;
use gateway::pagamento::lettura::DettaglioPagamento;
use store::elenchi::pagamenti::{Campo, Filtro, Visibili};
use store::elenchi::{Elenco, Ordine};

use super::Versione;
use super::viste_pagamento as viste;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::permessi::{LeggePagamenti, LeggePagamentiAncheAnonimo};
use crate::richiesta::Richiesta;
use crate::viste::Vista;

/// GET /pagamenti: what a citizen pays or owes, what an application started.
pub async fn elenca(versione: Versione, app: App, chi: Chi<LeggePagamenti>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroPagamenti::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let visibili = match &chi.chiamante.chi {
        Quale::Applicazione(a) => Visibili::Applicazione(a.cod.clone()),
        Quale::Cittadino(c) => Visibili::Cittadino(c.codice_fiscale.to_uppercase()),
        Quale::Operatore(_) | Quale::Anonimo => return Err(chi.chiamante.non_autorizzato(Ambito::default()).into()),
    };
    let ordini: Vec<Ordine<Campo>> = f.ordinamento.iter().map(|o| Ordine { campo: campo(o.campo), decrescente: o.discendente }).collect();
    // An id that no payment can have is the id of none.
    let id = f.id.as_deref().map(Pagamento::leggi_id);
    let elenco = if id == Some(None) {
        Elenco { righe: Vec::new(), totale: f.paginazione.metadati.then_some(0) }
    } else {
        let filtro = Filtro {
            id: id.flatten(),
            stato: f.stato,
            versante: f.versante,
            debitore: f.debitore,
            id_sessione_portale: f.id_sessione_portale,
            id_sessione_psp: f.id_sessione_psp,
            da: f.data_da,
            a: f.data_a,
            ..Filtro::di(visibili)
        };
        app.gateway.elenco_pagamenti(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?
    };
    let vista = |p: &Pagamento| viste::indice(versione, p);
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, vista, Tetto::Mostrato))
}

/// GET /pagamenti/{id}.
pub async fn leggi(versione: Versione, app: App, chi: Chi<LeggePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    let dettaglio = app.gateway.leggi_pagamento(&chi.chiamante, r.segmento("id")).await?;
    Ok(mostra(versione, &app, &chi, &dettaglio))
}

/// GET /pagamenti/byIdSession/{idSession}.
pub async fn leggi_per_sessione(versione: Versione, app: App, chi: Chi<LeggePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    let dettaglio = app.gateway.leggi_pagamento_per_sessione(&chi.chiamante, r.segmento("idSession")).await?;
    Ok(mostra(versione, &app, &chi, &dettaglio))
}

fn mostra<P>(versione: Versione, app: &App, chi: &Chi<P>, d: &DettaglioPagamento) -> Response {
    json::ok(&viste::dettaglio(versione, d, &Vista::per(app, viste::forma(versione), &chi.chiamante)))
}

fn campo(nome: &str) -> Campo {
    if nome == "stato" { Campo::Stato } else { Campo::DataRichiesta }
}
