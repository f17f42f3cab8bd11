//! Loading, reading, listing and changing positions.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::chiamante::Ambito;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX, senza_avvisatura};
use domain::lettura::{modifica::operazioni, pendenza as lettura};
use domain::pagamento::Pagamento;
use domain::rifiuto::Codice;
use domain::{Pendenza, Rifiuto};
use gateway::carica_pendenza::Modo;
use store::elenchi::pendenze::{Campo, Filtro, Ordinamento};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::versione::Versione;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggePendenze, ScrivePendenze};
use crate::richiesta::Richiesta;
use crate::viste::{Attorno, Vista};

/// PUT /pendenze/{idA2A}/{idPendenza} (spec/1 section 8.1).
pub async fn carica(app: App, chi: Chi<ScrivePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    carica_con(app, chi, r, v, "dataAvvisatura").await
}

/// `avvisatura`: the name of the parameter with the date of the notice, which the tunnel spells otherwise.
async fn carica_con(app: App, chi: Chi<ScrivePendenze>, r: Richiesta, v: &'static Versione, avvisatura: &str) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    let chiamante = &chi.applicazione()?.cod;
    if chiamante != id_a2a {
        return Err(app_002(chiamante, id_a2a, Rifiuto::from));
    }
    let nuova = (v.nuova)(id_a2a, id_pendenza, &r.corpo)?;
    let senza_avvisatura = v.con_avvisatura && senza_avvisatura(r.parametri().testo(avvisatura))?;
    let stampa = r.parametri().booleano("stampaAvviso")?.unwrap_or(false);

    let caricata = app.gateway.carica_pendenza(&chi.chiamante, nuova, Modo { per_dominio: v.per_dominio, senza_avvisatura }).await?;
    let pendenza = &caricata.pendenza;
    // No paper for a stamp: the member is left out in silence (spec/1 section 6.5).
    let pdf = if stampa && !pendenza.con_bollo() { Some(STANDARD.encode(app.gateway.stampa_avviso(pendenza, None).await?)) } else { None };
    let corpo = Oggetto::nuovo()
        .con("idDominio", pendenza.dominio.as_str())
        .con("numeroAvviso", pendenza.numero_avviso.as_str())
        .se("UUID", v.con_uuid.then_some(pendenza.uuid.as_str()))
        .se("pdf", pdf);
    Ok(json::risposta(if caricata.creata { StatusCode::CREATED } else { StatusCode::OK }, &corpo.valore()))
}

/// POST /pendenze/{idA2A}/{idPendenza}: PUT or PATCH for clients that can send neither (spec/1 section 9.5).
pub async fn incanala(app: App, chi: Chi<ScrivePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    match r.intestazione("x-http-method-override") {
        Some("PUT") => carica_con(app, chi, r, v, "data_avvisatura").await,
        Some("PATCH") => modifica(app, chi, r, v).await,
        _ => Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    }
}

/// GET /pendenze/{idA2A}/{idPendenza} (spec/1 section 9.2).
pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    if chi.applicazione()?.cod != id_a2a {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    let dettaglio = app.gateway.leggi_pendenza(id_a2a, id_pendenza).await?;
    Ok(json::ok(&Vista::di(&app, v.forma).dettaglio(&dettaglio, Attorno::default())))
}

/// GET /pendenze (spec/1 section 9.1).
pub async fn elenca(app: App, chi: Chi<LeggePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let f = (v.filtro)(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let utenza = &chi.chiamante.utenza;
    if v.per_dominio && utenza.domini.as_ref().is_some_and(|d| d.is_empty()) {
        return Err(chi.chiamante.senza("nessun Dominio").into());
    }
    if utenza.tipi_pendenza.as_ref().is_some_and(|t| t.is_empty()) {
        return Err(chi.chiamante.senza("nessun Tipo Pendenza").into());
    }
    let adesso = app.gateway.adesso();
    let filtro = Filtro {
        entro: utenza.domini.as_ref().filter(|_| v.per_dominio).map(|d| d.keys().cloned().collect()),
        dominio: f.dominio,
        debitore: f.id_debitore,
        stato: f.stato,
        da: f.data_da,
        a: f.data_a,
        direzione: f.direzione,
        divisione: f.divisione,
        mostra_spontanei_non_pagati: f.mostra_spontanei_non_pagati,
        ..Filtro::di(Visibilita::proprietario(&chi.applicazione()?.cod, utenza), adesso)
    };
    let ordini = f.ordinamento.iter().filter_map(|o| Some(Ordine { campo: campo(o.campo)?, decrescente: o.discendente })).collect();
    let elenco = elenco(&app, filtro, f.id_pagamento.as_deref(), &Ordinamento::Campi(ordini), &f.paginazione).await?;
    let vista = Vista::di(&app, v.forma);
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, |p: &Pendenza| vista.indice(p), Tetto::Taciuto))
}

/// A page of what a filter finds, and of a payment alone where one is named: what is no id is the id of nothing.
pub async fn elenco(app: &App, filtro: Filtro, pagamento: Option<&str>, ordinamento: &Ordinamento, p: &Paginazione) -> Result<Elenco<Pendenza>, Fault> {
    let pagamento = pagamento.map(Pagamento::leggi_id);
    if pagamento == Some(None) {
        return Ok(Elenco { righe: Vec::new(), totale: p.metadati.then_some(0) });
    }
    let filtro = Filtro { pagamento: pagamento.flatten(), ..filtro };
    Ok(app.gateway.elenco_pendenze(&filtro, ordinamento, &liste::pagina(p)).await?)
}

/// PATCH /pendenze/{idA2A}/{idPendenza} (spec/1 section 9.6).
pub async fn modifica(app: App, chi: Chi<ScrivePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    let chiamante = &chi.applicazione()?.cod;
    if chiamante != id_a2a {
        return Err(app_002(chiamante, id_a2a, |c| Rifiuto::Operazione(Box::new(c))));
    }
    let operazioni = operazioni(&r.corpo)?;
    let pendenza = app.gateway.modifica_pendenza(&chi.chiamante, id_a2a, id_pendenza, &operazioni).await?;
    let dettaglio = app.gateway.dettaglio(pendenza).await?;
    Ok(json::ok(&Vista::di(&app, v.forma).dettaglio(&dettaglio, Attorno::default())))
}

fn chiave(r: &Richiesta) -> Result<(&str, &str), Fault> {
    let (id_a2a, id_pendenza) = (r.segmento("idA2A"), r.segmento("idPendenza"));
    lettura::identificativi(id_a2a, id_pendenza)?;
    Ok((id_a2a, id_pendenza))
}

/// One condition, three answers: PUT says 400, PATCH 500, GET 403 (spec/1 surprise 1).
fn app_002(autenticata: &str, chiamante: &str, come: impl Fn(Codice) -> Rifiuto) -> Fault {
    come(Codice::App002 { autenticata: autenticata.to_owned(), chiamante: chiamante.to_owned() }).into()
}

/// A column by the name that `ordinamento` gives it.
pub fn campo(nome: &str) -> Option<Campo> {
    match nome {
        "dataCaricamento" => Some(Campo::DataCaricamento),
        "dataValidita" => Some(Campo::DataValidita),
        "dataScadenza" => Some(Campo::DataScadenza),
        "stato" => Some(Campo::Stato),
        _ => None,
    }
}
