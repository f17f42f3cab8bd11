//! Positions as the office sees them: everybody's, within its rights (spec/2 section 2.12).

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::chiamante::{Ambito, Chi as Chiamata, Chiamante};
use domain::lettura::anagrafica::creditore::id_uo;
use domain::lettura::anagrafica::tipi::id_tipo;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::modifica::operazioni;
use domain::lettura::pendenza as lettura;
use domain::lettura::pendenza::{identificativi, nuova_pendenza, nuova_pendenza_post};
use domain::lettura::ufficio::{FiltroPendenzeUfficio, PENDENZA_UFFICIO};
use domain::pagamento::Pagamento;
use domain::pendenza::NuovaPendenza;
use domain::rifiuto::Codice;
use domain::{Pendenza, Rifiuto};
use gateway::carica_pendenza::{Caricata, Modo};
use gateway::leggi_pendenza::Dettaglio;
use gateway::modulo::Blocco;
use store::elenchi::pendenze::{Filtro, Ordinamento};
use store::elenchi::riscossioni::RigaRiscossione;
use store::elenchi::{Ordine, Visibilita};

use super::{corpo, pagamenti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::modulo::modulo;
use crate::pendenze::posizioni::{campo, elenco};
use crate::permessi::{LeggePendenzeUfficio, ScrivePendenzeUfficio};
use crate::richiesta::Richiesta;
use crate::viste::forme::UFFICIO;
use crate::viste::{Attorno, Vista};

/// GET /pendenze.
pub async fn elenca(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroPendenzeUfficio::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    ha_ambito(&chi.chiamante)?;
    let adesso = app.gateway.adesso();
    let c = f.comune;
    let filtro = Filtro {
        id_a2a: f.id_a2a,
        id_pendenza: f.id_pendenza,
        tipi: f.tipi,
        iuv: f.iuv,
        anomala_dal_segno: true,
        dominio: c.dominio,
        debitore: c.id_debitore,
        stato: c.stato,
        da: c.data_da,
        a: c.data_a,
        direzione: c.direzione,
        divisione: c.divisione,
        mostra_spontanei_non_pagati: c.mostra_spontanei_non_pagati,
        ..Filtro::di(Visibilita::ambito(&chi.chiamante.utenza), adesso)
    };
    let ordini = c.ordinamento.iter().filter_map(|o| Some(Ordine { campo: campo(o.campo)?, decrescente: o.discendente })).collect();
    let ordinamento = if f.smart { Ordinamento::Vicinanza } else { Ordinamento::Campi(ordini) };
    let elenco = elenco(&app, filtro, c.id_pagamento.as_deref(), &ordinamento, &c.paginazione).await?;
    let vista = Vista::di(&app, &UFFICIO);
    Ok(liste::pagina_di(&r, &c.paginazione, elenco, |p: &Pendenza| vista.indice(p), Tetto::Mostrato))
}

/// 403 for a login that reaches nothing at all.
pub fn ha_ambito(chiamante: &Chiamante) -> Result<(), Rifiuto> {
    let utenza = &chiamante.utenza;
    if utenza.domini.as_ref().is_some_and(|d| d.is_empty()) {
        return Err(chiamante.senza("nessuna Unita' operativa"));
    }
    if utenza.tipi_pendenza.as_ref().is_some_and(|t| t.is_empty()) {
        return Err(chiamante.senza("nessun Tipo Pendenza"));
    }
    Ok(())
}

/// GET /pendenze/{idA2A}/{idPendenza}.
pub async fn leggi(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    let p = app.gateway.pendenza(id_a2a, id_pendenza).await?;
    chi.chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    Ok(mostrata(&app, p).await?.risposta(&app))
}

/// GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}: the ente is asked for a notice that nobody has loaded. rpp are newest first, unlike in the detail.
pub async fn leggi_per_avviso(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    chi.chiamante.su_dominio(&dominio)?;
    let p = app.gateway.pendenza_by_avviso(dominio.as_str(), r.segmento("numeroAvviso")).await?;
    chi.chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    let mut vista = mostrata(&app, p).await?;
    vista.dettaglio.rpp.reverse();
    Ok(vista.risposta(&app))
}

/// A position with all that the office shows of it.
struct Mostrata {
    dettaglio: Dettaglio,
    denaro: Vec<RigaRiscossione>,
    pagamenti: Vec<Pagamento>,
}

async fn mostrata(app: &App, p: Pendenza) -> Result<Mostrata, Fault> {
    let denaro = app.gateway.riscossioni_della_pendenza(&p).await?;
    let pagamenti = app.gateway.pagamenti_della_pendenza(&p).await?;
    Ok(Mostrata { dettaglio: app.gateway.dettaglio(p).await?, denaro, pagamenti })
}

impl Mostrata {
    fn risposta(&self, app: &App) -> Response {
        let pagamenti = self.pagamenti.iter().map(|p| pagamenti::vista(p).valore()).collect();
        json::ok(&Vista::di(app, &UFFICIO).dettaglio(&self.dettaglio, Attorno { pagamenti, denaro: &self.denaro }))
    }
}

/// POST /pendenze/{idDominio}/{idTipoPendenza}: what a form was filled with.
pub async fn compila(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let tipo = id_tipo(r.segmento("idTipoPendenza"))?;
    let unita = r.parametri().testo("idUnitaOperativa").map(id_uo).transpose()?;
    let stampa = stampa(&r)?;
    chi.chiamante.su_dominio(&dominio)?;
    chi.chiamante.su_tipo(&dominio, None, &tipo)?;
    if let Some(u) = &unita {
        let a = app.gateway.anagrafica();
        if a.dominio(&dominio).is_some() && a.unita_operativa(&dominio, u).is_none() {
            return Err(Rifiuto::NonTrovato(format!("Unita' operativa [{u}] inesistente per il Dominio [{dominio}].")).into());
        }
    }
    let nuova = app.gateway.compila_modulo(modulo(&r, dominio, tipo, unita, Blocco::Backoffice)?).await?;
    sua(&chi.chiamante, &nuova.id_a2a, Rifiuto::from)?;
    scrivi(&app, &chi.chiamante, nuova, stampa).await
}

/// PUT /pendenze/{idA2A}/{idPendenza}.
pub async fn carica(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    sua(&chi.chiamante, id_a2a, Rifiuto::from)?;
    let nuova = nuova_pendenza(&PENDENZA_UFFICIO, id_a2a, id_pendenza, &corpo(&r)?)?;
    scrivi(&app, &chi.chiamante, nuova, stampa(&r)?).await
}

/// POST /pendenze: the same with the identifiers in the body.
pub async fn carica_senza_chiave(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let nuova = nuova_pendenza_post(&PENDENZA_UFFICIO, &corpo(&r)?)?;
    sua(&chi.chiamante, &nuova.id_a2a, Rifiuto::from)?;
    scrivi(&app, &chi.chiamante, nuova, stampa(&r)?).await
}

fn stampa(r: &Richiesta) -> Result<bool, Rifiuto> {
    Ok(r.parametri().booleano("stampaAvviso")?.unwrap_or(false))
}

async fn scrivi(app: &App, chiamante: &Chiamante, nuova: NuovaPendenza, stampa: bool) -> Result<Response, Fault> {
    let Caricata { creata, pendenza: p } = app.gateway.carica_pendenza(chiamante, nuova, Modo::default()).await?;
    // No paper for a stamp: the member is left out in silence (spec/1 section 6.5).
    let pdf = if stampa && !p.con_bollo() { Some(STANDARD.encode(app.gateway.stampa_avviso(&p, None).await?)) } else { None };
    let vista = Oggetto::nuovo()
        .con("idA2A", p.id_a2a.as_str())
        .con("idPendenza", p.id_pendenza.as_str())
        .con("idDominio", p.dominio.as_str())
        .testo("idUnitaOperativa", p.unita_operativa.as_ref())
        .con("numeroAvviso", p.numero_avviso.as_str())
        .se("pdf", pdf)
        .con("UUID", p.uuid.as_str());
    Ok(json::risposta(if creata { StatusCode::CREATED } else { StatusCode::OK }, &vista.valore()))
}

/// PATCH /pendenze/{idA2A}/{idPendenza}.
pub async fn modifica(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    sua(&chi.chiamante, id_a2a, |c| Rifiuto::Operazione(Box::new(c)))?;
    let operazioni = operazioni(&r.corpo)?;
    let pendenza = app.gateway.modifica_pendenza(&chi.chiamante, id_a2a, id_pendenza, &operazioni).await?;
    Ok(mostrata(&app, pendenza).await?.risposta(&app))
}

/// POST /pendenze/{idA2A}/{idPendenza}/pagataAltrove: paid, not through pagoPA. Not of the original.
pub async fn paga_altrove(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (id_a2a, id_pendenza) = chiave(&r)?;
    sua(&chi.chiamante, id_a2a, |c| Rifiuto::Operazione(Box::new(c)))?;
    let parametri = r.parametri();
    let (pagata, motivo) = (parametri.data_da("dataPagamento")?, parametri.filtro("motivo")?);
    let pendenza = app.gateway.paga_altrove(&chi.chiamante, id_a2a, id_pendenza, pagata, motivo.as_deref()).await?;
    Ok(mostrata(&app, pendenza).await?.risposta(&app))
}

fn chiave(r: &Richiesta) -> Result<(&str, &str), Fault> {
    let (id_a2a, id_pendenza) = (r.segmento("idA2A"), r.segmento("idPendenza"));
    identificativi(id_a2a, id_pendenza)?;
    Ok((id_a2a, id_pendenza))
}

/// An applicazione writes its own positions alone, an operatore anybody's.
fn sua(chiamante: &Chiamante, id_a2a: &str, come: impl Fn(Codice) -> Rifiuto) -> Result<(), Rifiuto> {
    match &chiamante.chi {
        Chiamata::Applicazione(a) if a.cod != id_a2a => Err(come(Codice::App002 { autenticata: a.cod.clone(), chiamante: id_a2a.to_owned() })),
        Chiamata::Applicazione(_) | Chiamata::Operatore(_) => Ok(()),
        Chiamata::Cittadino(_) | Chiamata::Anonimo => Err(chiamante.non_autorizzato(Ambito::default())),
    }
}
