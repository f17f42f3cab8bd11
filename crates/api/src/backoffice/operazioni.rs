//! Batches run now (spec/2 section 2.16).

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use gateway::operazioni::{Esecuzione, Operazione};

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::{LeggeConfigurazione, ScriveConfigurazione};
use crate::richiesta::Richiesta;

/// GET /operazioni: all of them whatever the page, as in the original.
pub async fn elenca(_app: App, _chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let p = Paginazione::leggi(&r.parametri(), RISULTATI_PER_PAGINA_MAX)?;
    let quante = Operazione::TUTTE.len() as u64;
    let pagine = quante.div_ceil(u64::from(p.risultati_per_pagina).max(1));
    let riga = |o: Operazione| Oggetto::nuovo().con("idOperazione", o.nome()).con("location", format!("/operazioni/{}", o.nome())).valore();
    let corpo = Oggetto::nuovo()
        .con("numRisultati", quante)
        .con("numPagine", pagine)
        .con("risultatiPerPagina", p.risultati_per_pagina)
        .con("pagina", p.pagina)
        .con("risultati", Operazione::TUTTE.map(riga).to_vec());
    Ok(json::ok(&corpo.valore()))
}

/// GET /operazioni/{idOperazione}: runs it, and answers at its end. `force` changes nothing here: no run excludes another.
pub async fn esegui(app: App, _chi: Chi<ScriveConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let operazione = trova(r.segmento("idOperazione"))?;
    r.parametri().booleano("force")?;
    let descrizione = app.gateway.esegui_operazione(operazione).await;
    // A text, where the contract says a number: clients compare with the text.
    let corpo = Oggetto::nuovo().con("idOperazione", operazione.nome()).con("descrizione", descrizione).con("stato", "0");
    Ok(json::ok(&corpo.valore()))
}

/// GET /operazioni/stato/{id}: the last run of an operation on this node.
pub async fn stato(app: App, _chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let operazione = trova(r.segmento("id"))?;
    let corpo = match app.gateway.ultima_esecuzione(operazione) {
        None => Oggetto::nuovo().con("percentuale", 0).con("descrizione", "Mai eseguita su questo nodo dal suo avvio."),
        Some(e) => Oggetto::nuovo()
            .con("percentuale", if e.fine.is_some() { 100 } else { 0 })
            .con("descrizione", racconta(&e))
            .con("stato", if e.riuscita { "OK" } else { "KO" }),
    };
    Ok(json::ok(&corpo.valore()))
}

fn racconta(e: &Esecuzione) -> String {
    let quando = |t: chrono::DateTime<chrono::Utc>| t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    match e.fine {
        Some(fine) => format!("{} Iniziata {}, finita {}.", e.descrizione, quando(e.inizio), quando(fine)),
        None => format!("{} Iniziata {}.", e.descrizione, quando(e.inizio)),
    }
}

fn trova(id: &str) -> Result<Operazione, Rifiuto> {
    Operazione::leggi(id).ok_or_else(|| Rifiuto::NonTrovato(format!("Operazione {id} inesistente")))
}
