//! Payments and pendenze that are started from a portal: POST /pagamenti, POST /pendenze/{idDominio}/{idTipoPendenza} (spec/1 sections 10.1 and 10.3).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Rifiuto;
use domain::chiamante::{Chi as Quale, Profilo};
use domain::lettura::pagamento::{self as lettura, NuovoPagamento, SceltaPsp};
use domain::lettura::regole::{IDENTIFICATIVO, TIPO};
use domain::lettura::{json as corpo_json, pendenza};
use gateway::accesso::captcha;
use gateway::accesso::sessione::IdSessione;
use gateway::pagamento::spontanea::Compilato;
use gateway::pagamento::{Avviato, Avvio, Contesto, ErroreAvvio};
use uuid::Uuid;

use super::Versione;
use super::viste_pagamento as viste;
use crate::App;
use crate::accesso::{Chi, cookie};
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::{Permesso, ScrivePagamentiAncheAnonimo};
use crate::richiesta::Richiesta;
use crate::viste::Vista;
use crate::viste::forme::SPONTANEA;

/// Headers that templates do not see.
const CREDENZIALI: [&str; 4] = ["authorization", "cookie", "x-api-key", "proxy-authorization"];

/// POST /pagamenti.
pub async fn avvia(versione: Versione, app: App, chi: Chi<ScrivePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    una_persona(&app, &chi, &r).await?;
    let (letta, scelta) = corpo(versione, &chi, &r)?;
    let id = Uuid::try_parse(&r.id).unwrap_or_else(|_| Uuid::now_v7());
    let avvio = Avvio {
        chiamante: chi.chiamante.clone(),
        sessione: chi.sessione.clone(),
        nuovo: letta,
        scelta,
        id_sessione_portale: r.parametri().filtro("idSessionePortale")?,
        id,
        contesto: contesto(&r, Vec::new()),
    };
    match app.gateway.avvia_pagamento(avvio).await {
        Ok(avviato) => avviata(avviato),
        Err(ErroreAvvio::Prima(errore)) => Err(errore.into()),
        Err(ErroreAvvio::Dopo { id, errore }) => Err(Fault::DelPagamento { fault: Box::new(errore.into()), id: id.simple().to_string() }),
    }
}

/// The body, then who chooses the PSP.
fn corpo<P>(versione: Versione, chi: &Chi<P>, r: &Richiesta) -> Result<(NuovoPagamento, SceltaPsp), Fault> {
    let quale = if versione == Versione::V1 { lettura::Versione::V1 } else { lettura::Versione::V2 };
    let nuovo = lettura::nuovo_pagamento(quale, &r.corpo)?;
    // Identity and date are told before the choice of the PSP.
    nuovo.versante_di(&chi.chiamante.chi)?;
    let scelta = if quale == lettura::Versione::V2 { SceltaPsp::leggi(&r.parametri(), &chi.chiamante.chi)? } else { SceltaPsp::default() };
    Ok((nuovo, scelta))
}

fn avviata(avviato: Avviato) -> Result<Response, Fault> {
    let creato = |corpo: Oggetto| json::risposta(StatusCode::CREATED, &corpo.valore());
    match avviato {
        Avviato::Checkout { redirect, rinvio: true } => {
            let dove = HeaderValue::from_str(&redirect).map_err(|_| Fault::Interno)?;
            Ok((StatusCode::FOUND, [(header::LOCATION, dove)]).into_response())
        }
        // Nothing is recorded: there is no id to tell.
        Avviato::Checkout { redirect, rinvio: false } => {
            Ok(creato(Oggetto::nuovo().con("id", "0").con("location", "").con("redirect", redirect).con("idSession", "0")))
        }
        Avviato::Carrello { id, redirect, id_sessione } => {
            let id = id.simple().to_string();
            let location = format!("/pagamenti/{id}");
            Ok(creato(Oggetto::nuovo().con("id", id).con("location", location).se("redirect", redirect).se("idSession", id_sessione)))
        }
    }
}

/// POST /pendenze/{idDominio}/{idTipoPendenza}.
pub async fn crea_pendenza(app: App, chi: Chi<ScrivePagamentiAncheAnonimo>, r: Richiesta) -> Result<Response, Fault> {
    una_persona(&app, &chi, &r).await?;
    let (dominio, tipo) = (r.segmento("idDominio"), r.segmento("idTipoPendenza"));
    let unita = IDENTIFICATIVO.facoltativo("idUnitaOperativa", r.parametri().testo("idUnitaOperativa"))?;
    let id_dominio = pendenza::id_dominio(dominio)?;
    let tipo_pendenza = TIPO.controlla("idTipoPendenza", tipo)?;
    let da_aggiornare = lettura::da_aggiornare(&r.parametri())?;
    let segmenti = vec![("idDominio".to_owned(), dominio.to_owned()), ("idTipoPendenza".to_owned(), tipo.to_owned())];
    let mut compilato = Compilato {
        chiamante: chi.chiamante.clone(),
        sessione: chi.sessione.clone(),
        dominio: id_dominio,
        tipo_pendenza,
        unita_operativa: unita,
        corpo: String::new(),
        da_aggiornare,
        contesto: contesto(&r, segmenti),
    };
    app.gateway.controlla_aggiornamento(&compilato).await?;
    let corpo = corpo_json::leggi(&r.corpo)?;
    if !corpo.is_object() {
        return Err(Rifiuto::Sintassi("Il corpo della richiesta deve essere un oggetto JSON.".to_owned()).into());
    }
    compilato.corpo = String::from_utf8_lossy(&r.corpo).into_owned();
    let nuova = sessione_per(&app, &chi).await?;
    if let Some(id) = &nuova {
        compilato.sessione = Some(id.clone());
    }
    let caricata = app.gateway.crea_spontanea(&compilato).await;
    let mut risposta = match caricata {
        Ok(caricata) => {
            let stato = if caricata.creata { StatusCode::CREATED } else { StatusCode::OK };
            let corpo = viste::spontanea(&caricata.pendenza, &Vista::per(&app, &SPONTANEA, &chi.chiamante));
            json::risposta(stato, &corpo)
        }
        Err(errore) => Fault::from(errore).into_response(),
    };
    // The cookie goes also with a refusal: the session is open.
    if let Some(cookie) = nuova.and_then(|id| cookie(&app, &id)) {
        risposta.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(risposta)
}

/// A session for who leaves something in it, where there is none yet.
async fn sessione_per<P>(app: &App, chi: &Chi<P>) -> Result<Option<IdSessione>, Fault> {
    match (&chi.chiamante.chi, &chi.sessione) {
        (_, Some(_)) | (Quale::Applicazione(_) | Quale::Operatore(_), _) => Ok(None),
        (Quale::Cittadino(_), None) => Ok(Some(app.gateway.apri_sessione(&chi.chiamante, None).await?)),
        (Quale::Anonimo, None) => Ok(Some(app.gateway.apri_sessione_anonima(chi.da).await?)),
    }
}

/// Whoever is nobody proves to be somebody, where the installation asks for it (spec/1 section 2.4). What fails is a plain 403.
async fn una_persona<P: Permesso>(app: &App, chi: &Chi<P>, r: &Richiesta) -> Result<(), Fault> {
    if chi.chiamante.profilo != Profilo::Public {
        return Ok(());
    }
    let hardening = app.gateway.anagrafica().configurazione.hardening.clone();
    let token = captcha::token(&hardening, r.query(), |nome| r.intestazione(nome));
    if captcha::verifica(&hardening, token, chi.da).await { Ok(()) } else { Err(Fault::Vietato("Access Denied")) }
}

fn contesto(r: &Richiesta, segmenti: Vec<(String, String)>) -> Contesto {
    let visibili = r.intestazioni.iter().filter(|(n, _)| !CREDENZIALI.contains(&n.as_str()));
    Contesto {
        intestazioni: visibili.filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned()))).collect(),
        parametri: r.query().to_vec(),
        segmenti,
        indirizzo: r.radice.clone(),
        id_transazione: r.id.clone(),
    }
}
