//! Batches run now (spec/2 section 2.16).

use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::Rifiuto;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use gateway::lavori::{self, Lavoro, Situazione};
use gateway::operazioni::Operazione;
use store::lavori::{EsitoCorsa, StatoLavoro};

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

/// GET /operazioni/{idOperazione}: runs it, and answers at its end, or at once where the contract has a run that is only asked for.
/// `force` changes nothing: a run in progress is never doubled.
pub async fn esegui(app: App, _chi: Chi<ScriveConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let id = r.segmento("idOperazione");
    let (operazione, lavoro) = trova(id)?;
    r.parametri().booleano("force")?;
    let descrizione = match (lavoro, operazione) {
        (Some(lavoro), _) => app.gateway.esegui_a_richiesta(lavoro).await,
        (None, Some(operazione)) => app.gateway.esegui_operazione(operazione).await,
        (None, None) => return Err(ignota(id).into()),
    };
    // A text, where the contract says a number: clients compare with the text.
    let corpo = Oggetto::nuovo().con("idOperazione", id).con("descrizione", descrizione).con("stato", "0");
    Ok(json::ok(&corpo.valore()))
}

/// GET /operazioni/stato/{id}: the last run of an operation, on whatever node.
pub async fn stato(app: App, _chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let (_, lavoro) = trova(r.segmento("id"))?;
    let Some(lavoro) = lavoro else {
        return Ok(json::ok(&Oggetto::nuovo().con("percentuale", 0).con("descrizione", "Operazione non ancora disponibile in questa versione.").valore()));
    };
    let sguardo = app.gateway.guarda_lavoro(lavoro).await?;
    let (in_corso, stato) = (sguardo.situazione == Situazione::InCorso, sguardo.stato.filter(|s| s.inizio.is_some()));
    let Some(stato) = stato else {
        return Ok(json::ok(&Oggetto::nuovo().con("percentuale", 0).con("descrizione", "Mai eseguita.").valore()));
    };
    let corpo = Oggetto::nuovo().con("percentuale", if in_corso { 0 } else { 100 }).con("descrizione", racconta(&stato, in_corso));
    let esito = stato.esito.map(|e| if e == EsitoCorsa::Riuscito { "OK" } else { "KO" });
    Ok(json::ok(&corpo.se("stato", esito.filter(|_| !in_corso)).valore()))
}

fn racconta(s: &StatoLavoro, in_corso: bool) -> String {
    let quando = |t: Option<DateTime<Utc>>| t.map(istante).unwrap_or_default();
    if let (true, Some((nodo, _))) = (in_corso, &s.in_corso) {
        return format!("In esecuzione su {nodo}. Iniziata {}.", quando(s.inizio));
    }
    let motivo = s.motivo.as_deref().unwrap_or_default();
    format!("{motivo} Iniziata {}, finita {}. Prossima: {}.", quando(s.inizio), quando(s.fine), istante(s.prossimo))
}

fn istante(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An operation of the contract, with its job when it has one, or a job by its own name.
fn trova(id: &str) -> Result<(Option<Operazione>, Option<&'static Lavoro>), Rifiuto> {
    let (operazione, lavoro) = (Operazione::leggi(id), lavori::trova(id));
    if operazione.is_none() && lavoro.is_none() { Err(ignota(id)) } else { Ok((operazione, lavoro)) }
}

fn ignota(id: &str) -> Rifiuto {
    Rifiuto::NonTrovato(format!("Operazione {id} inesistente"))
}
