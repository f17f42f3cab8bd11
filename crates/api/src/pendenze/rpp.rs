//! Payment attempts and their messages (spec/1 sections 9.10 and 9.11).

use axum::response::Response;
use codici::IdDominio;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::pendenza as lettura;
use domain::lettura::rpp::FiltroRpp;
use domain::pagamento::Pagamento;
use domain::transazione::Transazione;
use domain::visibilita::Nomi;
use domain::{Pendenza, Rifiuto};
use gateway::leggi_pendenza::Rpp;
use store::elenchi::transazioni::{Campo, Filtro};
use store::elenchi::{Elenco, Ordine, Visibilita};

use super::versione::Versione;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::permessi::LeggePendenze;
use crate::richiesta::{Richiesta, decodifica_percento};
use crate::viste::{Vista, mascherato};

/// GET /rpp: the attempts on the positions of the caller, whatever its domini and tipi.
pub async fn elenca(app: App, chi: Chi<LeggePendenze>, r: Richiesta, v: &'static Versione) -> Result<Response, Fault> {
    let f = (v.filtro_rpp)(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let visibile = Visibilita::Proprietario { id_a2a: chi.applicazione()?.cod.clone(), tipi: None };
    let elenco = elenco(&app, visibile, &f).await?;
    let vista = Vista::di(&app, v.forma);
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, |(rpp, p)| vista.rpp(rpp, p), Tetto::Taciuto))
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
    Ok(json::ok(&Vista::di(&app, v.forma).rpp(&rpp, &pendenza)))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rpt.
pub async fn richiesta(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = sua(&chi, chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?)?;
    mostra_richiesta(&app, &r, &chiave, trovata, &Nomi::Tutti).await
}

/// The request of an attempt in the format that is asked for. `nomi`: what the caller may see of it as JSON; its XML is as it was sent.
pub async fn mostra_richiesta(
    app: &App,
    r: &Richiesta,
    chiave: &Chiave,
    (transazione, pendenza): (Transazione, Pendenza),
    nomi: &Nomi,
) -> Result<Response, Fault> {
    if Formato::chiesto(r) == Formato::Json {
        // Rebuilt from the receipt when there was no request.
        let rpt = app.gateway.rpp(&pendenza, transazione).await?.rpt.ok_or_else(|| chiave.non_trovata("Richiesta"))?;
        return Ok(json::ok(&pagopa::json::senza_null(mascherato(nomi, rpt))));
    }
    let byte = app.gateway.richiesta_xml(&transazione).await?.ok_or_else(|| chiave.non_trovata("Richiesta"))?;
    Ok(json::file("text/xml", &chiave.nome("xml"), documento_xml(&byte)?.into_bytes()))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rt: what has not come is 404, before anybody is 403.
pub async fn ricevuta(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let ricevuta = chiave.trova(&app).await?.filter(|(t, _)| t.con_rt).ok_or_else(|| chiave.non_trovata("Ricevuta"))?;
    let trovata = sua(&chi, ricevuta)?;
    mostra_ricevuta(&app, &r, &chiave, trovata, &Nomi::Tutti).await
}

/// The receipt of an attempt in the format that is asked for. `nomi`: what the caller may see of it as JSON and on paper; its XML is as it came.
pub async fn mostra_ricevuta(
    app: &App,
    r: &Richiesta,
    chiave: &Chiave,
    (transazione, pendenza): (Transazione, Pendenza),
    nomi: &Nomi,
) -> Result<Response, Fault> {
    let formato = Formato::chiesto(r);
    if formato == Formato::Pdf {
        return Ok(json::file("application/pdf", &chiave.nome("pdf"), app.gateway.stampa_ricevuta(&transazione, &pendenza, nomi).await?));
    }
    let byte = app.gateway.ricevuta_xml(&transazione).await?;
    let xml = |tipo| Ok(json::file(tipo, &chiave.nome("xml"), documento_xml(&byte)?.into_bytes()));
    match formato {
        Formato::Json => {
            let rt = pagopa::json::rt_json(&byte).map_err(|_| Fault::Interno)?;
            Ok(json::ok(&pagopa::json::senza_null(mascherato(nomi, rt))))
        }
        Formato::Byte => xml("application/octet-stream"),
        Formato::Pdf | Formato::Xml => xml("text/xml"),
    }
}

fn documento_xml(byte: &[u8]) -> Result<String, Fault> {
    pagopa::documento::documento(byte).map_err(|_| Fault::Interno)
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
