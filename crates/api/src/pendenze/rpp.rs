//! Payment attempts and their messages (spec/1 sections 9.10 and 9.11).

use axum::response::Response;
use codici::IdDominio;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::pendenza as lettura;
use domain::lettura::rpp::FiltroRpp;
use domain::pagamento::Pagamento;
use domain::transazione::Transazione;
use domain::{Pendenza, Rifiuto};
use gateway::leggi_pendenza::Rpp;
use serde_json::Value;
use store::elenchi::transazioni::{Campo, Filtro};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::versione::Versione;
use super::viste;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::permessi::LeggePendenze;
use crate::richiesta::{Richiesta, decodifica_percento};

/// GET /rpp: the attempts on the positions of the caller, whatever its domini and tipi.
pub async fn elenca(app: App, chi: Chi<LeggePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let f = (v.filtro_rpp)(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let visibile = Visibilita::Proprietario { id_a2a: chi.applicazione()?.cod.clone(), tipi: None };
    let elenco = elenco(&app, visibile, &f).await?;
    let (anagrafica, adesso) = (app.gateway.anagrafica(), app.gateway.adesso());
    let vista = |(rpp, pendenza): &(Rpp, Pendenza)| v.forma.rpp(rpp, pendenza, &anagrafica, adesso);
    Ok(json::ok(&liste::busta(&r, &f.paginazione, &elenco, vista, Tetto::Taciuto)))
}

/// A page of what is visible.
pub async fn elenco(app: &App, visibile: Visibilita, f: &FiltroRpp) -> Result<Elenco<(Rpp, Pendenza)>, Fault> {
    elenco_di(app, filtro(visibile, f), f).await
}

/// The filters that every API has.
pub fn filtro(visibile: Visibilita, f: &FiltroRpp) -> Filtro {
    Filtro {
        dominio: f.dominio.clone(),
        iuv: f.iuv.clone(),
        ccp: f.ccp.clone(),
        id_pendenza: f.id_pendenza.clone(),
        esito: f.esito,
        debitore: f.id_debitore.clone(),
        rpt_da: f.rpt_da,
        rpt_a: f.rpt_a,
        rt_da: f.rt_da,
        rt_a: f.rt_a,
        ..Filtro::di(visibile)
    }
}

/// A page of what a filter finds; order, page and payment are those of the query.
pub async fn elenco_di(app: &App, filtro: Filtro, f: &FiltroRpp) -> Result<Elenco<(Rpp, Pendenza)>, Fault> {
    let pagamento = f.id_pagamento.as_deref().map(Pagamento::leggi_id);
    if pagamento == Some(None) {
        // What is no id is the id of nothing.
        return Ok(Elenco { righe: Vec::new(), totale: f.paginazione.metadati.then_some(0) });
    }
    let filtro = Filtro { pagamento: pagamento.flatten(), ..filtro };
    let campo = |nome| if nome == "stato" { Campo::Stato } else { Campo::DataRichiesta };
    let ordini: Vec<Ordine<Campo>> = f.ordinamento.iter().map(|o| Ordine { campo: campo(o.campo), decrescente: o.discendente }).collect();
    Ok(app.gateway.elenco_rpp(&filtro, &ordini, &liste::pagina(&f.paginazione)).await?)
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}.
pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let (transazione, pendenza) = sua(&chi, chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?)?;
    let rpp = app.gateway.rpp(&pendenza, transazione).await?;
    Ok(json::ok(&v.forma.rpp(&rpp, &pendenza, &app.gateway.anagrafica(), app.gateway.adesso())))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rpt.
pub async fn richiesta(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = sua(&chi, chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?)?;
    mostra_richiesta(&app, &r, &chiave, trovata, |rpt| rpt).await
}

/// The request of an attempt in the format that is asked for. `come`: what the caller may see of it as JSON.
pub async fn mostra_richiesta(
    app: &App,
    r: &Richiesta,
    chiave: &Chiave,
    (transazione, pendenza): (Transazione, Pendenza),
    come: impl FnOnce(Value) -> Value,
) -> Result<Response, Fault> {
    if Formato::chiesto(r) == Formato::Json {
        // Rebuilt from the receipt when there was no request.
        let rpt = app.gateway.rpp(&pendenza, transazione).await?.rpt.ok_or_else(|| chiave.non_trovata("Richiesta"))?;
        return Ok(json::ok(&pagopa::json::senza_null(come(rpt))));
    }
    let byte = app.gateway.richiesta_xml(&transazione).await?.ok_or_else(|| chiave.non_trovata("Richiesta"))?;
    Ok(json::file("text/xml", &chiave.nome("xml"), viste::documento_xml(&byte)?.into_bytes()))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rt: what has not come is 404, before anybody is 403.
pub async fn ricevuta(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let ricevuta = chiave.trova(&app).await?.filter(|(t, _)| t.con_rt).ok_or_else(|| chiave.non_trovata("Ricevuta"))?;
    let trovata = sua(&chi, ricevuta)?;
    mostra_ricevuta(&app, &r, &chiave, trovata, |rt| rt).await
}

/// The receipt of an attempt in the format that is asked for. `come`: what the caller may see of it as JSON.
pub async fn mostra_ricevuta(
    app: &App,
    r: &Richiesta,
    chiave: &Chiave,
    (transazione, pendenza): (Transazione, Pendenza),
    come: impl FnOnce(Value) -> Value,
) -> Result<Response, Fault> {
    let formato = Formato::chiesto(r);
    if formato == Formato::Pdf {
        return Ok(json::file("application/pdf", &chiave.nome("pdf"), app.gateway.stampa_ricevuta(&transazione, &pendenza).await?));
    }
    let byte = app.gateway.ricevuta_xml(&transazione).await?;
    let xml = |tipo| Ok(json::file(tipo, &chiave.nome("xml"), viste::documento_xml(&byte)?.into_bytes()));
    match formato {
        Formato::Json => Ok(json::ok(&come(viste::rt_senza_null(&byte)?))),
        Formato::Byte => xml("application/octet-stream"),
        Formato::Pdf | Formato::Xml => xml("text/xml"),
    }
}

/// The key of a path: texts, since the archive alone knows which exist.
pub struct Chiave {
    pub dominio: IdDominio,
    pub iuv: String,
    pub ccp: String,
}

/// The ccp of attempts without one, which is two segments of a path (spec/1 section 9.11).
const SENZA_CCP: &str = "n/a";

impl Chiave {
    pub fn leggi(r: &Richiesta) -> Result<Self, Rifiuto> {
        let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
        // The path with the literal has no such segment. Clients encode the others twice (spec/1 section 2.7).
        let ccp = match r.segmento("ccp") {
            "" => SENZA_CCP.to_owned(),
            testo if testo.contains('%') => decodifica_percento(testo).unwrap_or_else(|| testo.to_owned()),
            testo => testo.to_owned(),
        };
        Ok(Self { dominio, iuv: r.segmento("iuv").to_owned(), ccp })
    }

    pub async fn trova(&self, app: &App) -> Result<Option<(Transazione, Pendenza)>, Fault> {
        // No column holds a NUL: such a key is nobody's.
        if self.iuv.contains('\0') || self.ccp.contains('\0') {
            return Ok(None);
        }
        Ok(app.gateway.transazione(&self.dominio, &self.iuv, &self.ccp).await?)
    }

    pub fn non_trovata(&self, cosa: &str) -> Rifiuto {
        Rifiuto::NonTrovato(format!("{cosa} [{}/{}/{}] non trovata.", self.dominio, self.iuv, self.ccp))
    }

    fn nome(&self, estensione: &str) -> String {
        // The slash of `n/a` is no character of a name.
        format!("{}_{}_{}.{estensione}", self.dominio, self.iuv, self.ccp.replace('/', "_"))
    }
}

/// 403 to whoever does not own the position.
fn sua(chi: &Chi<LeggePendenze>, trovata: (Transazione, Pendenza)) -> Result<(Transazione, Pendenza), Fault> {
    if trovata.1.id_a2a == chi.applicazione()?.cod {
        return Ok(trovata);
    }
    Err(chi.chiamante.non_autorizzato_perche("la transazione riferisce una pendenza che non appartiene all'applicazione chiamante").into())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Formato {
    Pdf,
    Byte,
    Json,
    Xml,
}

impl Formato {
    /// Who has no preference gets JSON.
    fn chiesto(r: &Richiesta) -> Self {
        let accettati = r.intestazione("accept").unwrap_or("*/*");
        match accettati {
            a if a.contains("application/pdf") => Self::Pdf,
            a if a.contains("octet-stream") => Self::Byte,
            a if a.contains("json") || a.contains("*/*") => Self::Json,
            _ => Self::Xml,
        }
    }
}
