//! API Pendenze v2.

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::chiamante::Ambito;
use domain::lettura::lista::{FiltroPendenze, RISULTATI_PER_PAGINA_MAX, senza_avvisatura};
use domain::lettura::{avviso::lingua_secondaria, modifica::operazioni, pendenza as lettura};
use domain::rifiuto::Codice;
use domain::{Pendenza, Rifiuto};
use store::elenchi::pendenze::{Campo, Filtro, Ordinamento};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::viste;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggePendenze, ScrivePendenze};
use crate::richiesta::Richiesta;

/// PUT /pendenze/{idA2A}/{idPendenza} (spec/1 section 8.1).
pub async fn carica(app: App, chi: Chi<ScrivePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    let chiamante = &chi.applicazione()?.cod;
    if chiamante != id_a2a {
        return Err(app_002(chiamante, id_a2a, Rifiuto::from));
    }
    let nuova = lettura::nuova_pendenza_v2(id_a2a, id_pendenza, &r.corpo)?;
    senza_avvisatura(r.parametri().testo("dataAvvisatura"))?;
    let stampa = r.parametri().booleano("stampaAvviso")?.unwrap_or(false);

    let caricata = app.gateway.carica_pendenza(&chi.chiamante, nuova).await?;
    let pendenza = &caricata.pendenza;
    // No paper for a stamp: the member is left out in silence (spec/1 section 6.5).
    let pdf = if stampa && !pendenza.con_bollo() { Some(STANDARD.encode(app.gateway.stampa_avviso(pendenza, None).await?)) } else { None };
    let corpo = Oggetto::nuovo()
        .con("idDominio", pendenza.dominio.as_str())
        .con("numeroAvviso", pendenza.numero_avviso.as_str())
        .con("UUID", pendenza.uuid.as_str())
        .se("pdf", pdf);
    Ok(json::risposta(if caricata.creata { StatusCode::CREATED } else { StatusCode::OK }, &corpo.valore()))
}

/// GET /pendenze/{idA2A}/{idPendenza} (spec/1 section 9.2).
pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    if chi.applicazione()?.cod != id_a2a {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    let dettaglio = app.gateway.leggi_pendenza(id_a2a, id_pendenza).await?;
    Ok(json::ok(&viste::dettaglio(&dettaglio, &app.gateway.anagrafica(), app.gateway.adesso())))
}

/// GET /pendenze (spec/1 section 9.1).
pub async fn elenca(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroPendenze::v2(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let utenza = &chi.chiamante.utenza;
    if utenza.tipi_pendenza.as_ref().is_some_and(|t| t.is_empty()) {
        return Err(chi.chiamante.senza("nessun Tipo Pendenza").into());
    }
    let adesso = app.gateway.adesso();
    let filtro = Filtro {
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
    let elenco = if f.id_pagamento.is_some() {
        // No payment of ours starts from a portal yet: none has a position.
        Elenco { righe: Vec::new(), totale: f.paginazione.metadati.then_some(0) }
    } else {
        app.gateway.elenco_pendenze(&filtro, &Ordinamento::Campi(ordini), &liste::pagina(&f.paginazione)).await?
    };
    let anagrafica = app.gateway.anagrafica();
    let vista = |p: &Pendenza| viste::indice(p, &anagrafica, adesso);
    Ok(json::ok(&liste::busta(&r, &f.paginazione, &elenco, vista, Tetto::Taciuto)))
}

/// PATCH /pendenze/{idA2A}/{idPendenza} (spec/1 section 9.6).
pub async fn modifica(app: App, chi: Chi<ScrivePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    let chiamante = &chi.applicazione()?.cod;
    if chiamante != id_a2a {
        return Err(app_002(chiamante, id_a2a, |c| Rifiuto::Operazione(Box::new(c))));
    }
    let operazioni = operazioni(&r.corpo)?;
    let pendenza = app.gateway.modifica_pendenza(&chi.chiamante, id_a2a, id_pendenza, &operazioni).await?;
    let dettaglio = app.gateway.dettaglio(pendenza).await?;
    Ok(json::ok(&viste::dettaglio(&dettaglio, &app.gateway.anagrafica(), app.gateway.adesso())))
}

/// GET /avvisi/{idDominio}/{numeroAvviso}, as JSON or PDF (spec/1 section 9.7).
pub async fn avviso(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let accettati = r.intestazione("accept").unwrap_or_default();
    let formato = match (accettati.contains("application/pdf"), accettati.contains("application/json")) {
        (true, _) => Formato::Pdf,
        (false, true) => Formato::Json,
        (false, false) => {
            let testo = format!(
                "Avviso di pagamento non disponibile nel formato indicato nell'header Accept, ricevuto: '{accettati}', consentiti: {{'application/pdf','application/json'}}"
            );
            return Err(Rifiuto::NonAccettabile(testo).into());
        }
    };
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let numero = lettura::numero_avviso(r.segmento("numeroAvviso"))?;
    let lingua = lingua_secondaria(r.parametri().testo("linguaSecondaria"))?;

    let pendenza = app.gateway.pendenza_per_avviso(&dominio, &numero).await?;
    if let Some(p) = &pendenza
        && p.id_a2a != chi.applicazione()?.cod
    {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    match (formato, pendenza) {
        (Formato::Json, None) => Ok(json::ok(&viste::avviso_sconosciuto(&dominio, &numero))),
        (Formato::Json, Some(p)) => Ok(json::ok(&viste::avviso(&p, &app.gateway.anagrafica(), app.gateway.adesso()))),
        (Formato::Pdf, None) => Err(Rifiuto::NonTrovato(format!("Avviso [Dominio: {dominio}, NumeroAvviso: {numero}] non trovato.")).into()),
        (Formato::Pdf, Some(p)) if p.con_bollo() => Err(Rifiuto::Semantica("Avviso non disponibile per pagamenti di Marca da Bollo".to_owned()).into()),
        (Formato::Pdf, Some(p)) => {
            let nome = match &p.documento {
                Some(d) => format!("{}_DOC_{}.pdf", p.dominio, d.identificativo),
                None => format!("{}_{}.pdf", p.dominio, p.numero_avviso),
            };
            Ok(json::allegato("application/pdf", &nome, app.gateway.stampa_avviso(&p, lingua).await?))
        }
    }
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rt (spec/1 section 9.11): 404 before 403.
pub async fn ricevuta(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let (iuv, ccp) = (r.segmento("iuv"), r.segmento("ccp"));
    let Some((transazione, pendenza)) = app.gateway.transazione_ricevuta(&dominio, iuv, ccp).await? else {
        return Err(Rifiuto::NonTrovato(format!("Ricevuta [{dominio}/{iuv}/{ccp}] non trovata.")).into());
    };
    if pendenza.id_a2a != chi.applicazione()?.cod {
        let base = chi.chiamante.non_autorizzato(Ambito::default()).dettaglio();
        let testo = format!("{}: la transazione riferisce una pendenza che non appartiene all'applicazione chiamante.", base.trim_end_matches('.'));
        return Err(Rifiuto::NonAutorizzato(testo).into());
    }
    let accettati = r.intestazione("accept").unwrap_or("application/json");
    let byte = app.gateway.ricevuta_xml(&transazione).await?;
    if accettati.contains("application/pdf") {
        let pdf = app.gateway.stampa_ricevuta(&transazione, &pendenza).await?;
        return Ok(json::allegato("application/pdf", &format!("{dominio}_{iuv}_{ccp}.pdf"), pdf));
    }
    if accettati.contains("octet-stream") {
        return Ok(json::allegato("application/octet-stream", &format!("{dominio}_{iuv}_{ccp}.xml"), viste::documento_xml(&byte)?.into_bytes()));
    }
    if accettati.contains("json") || accettati.contains("*/*") {
        return Ok(json::ok(&viste::rt_senza_null(&byte)?));
    }
    Ok(json::allegato("text/xml", &format!("{dominio}_{iuv}_{ccp}.xml"), viste::documento_xml(&byte)?.into_bytes()))
}

#[derive(Clone, Copy)]
enum Formato {
    Json,
    Pdf,
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

fn campo(nome: &str) -> Option<Campo> {
    match nome {
        "dataCaricamento" => Some(Campo::DataCaricamento),
        "dataValidita" => Some(Campo::DataValidita),
        "dataScadenza" => Some(Campo::DataScadenza),
        "stato" => Some(Campo::Stato),
        _ => None,
    }
}
