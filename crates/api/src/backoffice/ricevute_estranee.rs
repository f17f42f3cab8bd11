//! The inbox of foreign receipts: what came for notices that were not here, and the pendenze that somebody links it to. An operation of ours.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::pendenza::id_dominio;
use domain::lettura::regole::codifica_inesistente;
use gateway::modifica_rpp::leggi_consegna;
use gateway::ricevute_estranee::EstraneaLetta;
use store::elenchi::ricevute_estranee::{Estranea, Filtro};

use super::notifiche::istante;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggePagamentiUfficio, ScrivePagamentiUfficio};
use crate::richiesta::Richiesta;
use crate::viste::Vista;
use crate::viste::forme::UFFICIO;

pub const DA_COLLEGARE: &str = "DA_COLLEGARE";
pub const COLLEGATA: &str = "COLLEGATA";

/// GET /ricevuteEstranee.
pub async fn elenca(app: App, chi: Chi<LeggePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let paginazione = Paginazione::leggi(&parametri, RISULTATI_PER_PAGINA_MAX)?;
    let collegata = |v: &str| match v {
        DA_COLLEGARE => Ok(false),
        COLLEGATA => Ok(true),
        _ => codifica_inesistente("stato", v, [DA_COLLEGARE, COLLEGATA]),
    };
    let filtro = Filtro {
        domini: liste::domini_chiesti(&chi.chiamante.utenza, parametri.testo("idDominio")),
        iuv: parametri.testo("iuv").map(str::to_owned),
        receipt_id: parametri.testo("idRicevuta").map(str::to_owned),
        collegata: parametri.testo("stato").map(collegata).transpose()?,
        da: parametri.data_da("dataDa")?,
        a: parametri.data_a("dataA")?,
    };
    let elenco = app.gateway.elenco_estranee(&filtro, &liste::pagina(&paginazione)).await?;
    Ok(liste::pagina_di(&r, &paginazione, elenco, |e| riga(e).valore(), Tetto::Mostrato))
}

/// GET /ricevuteEstranee/{idDominio}/{idRicevuta}: in JSON, or the message as it came.
pub async fn leggi(app: App, chi: Chi<LeggePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = id_dominio(r.segmento("idDominio"))?;
    let letta = app.gateway.estranea(&chi.chiamante, &dominio, r.segmento("idRicevuta")).await?;
    let accettati = r.intestazione("accept").unwrap_or_default();
    if accettati.contains("text/xml") || accettati.contains("application/xml") {
        return Ok(([(header::CONTENT_TYPE, "text/xml"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], letta.byte).into_response());
    }
    Ok(json::ok(&dettaglio(&letta)))
}

/// PUT /ricevuteEstranee/{idDominio}/{idRicevuta}/collegamento/{idA2A}/{idPendenza}.
pub async fn collega(app: App, chi: Chi<ScrivePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = id_dominio(r.segmento("idDominio"))?;
    let chiave = (r.segmento("idA2A"), r.segmento("idPendenza"));
    let (transazione, pendenza) = app.gateway.collega_estranea(&chi.chiamante, &dominio, r.segmento("idRicevuta"), chiave, r.id.clone()).await?;
    let rpp = app.gateway.rpp(&pendenza, transazione).await?;
    Ok(json::risposta(StatusCode::OK, &Vista::di(&app, &UFFICIO).rpp(&rpp, &pendenza)))
}

fn riga(e: &Estranea) -> Oggetto {
    let c = e.collegamento.as_ref();
    Oggetto::nuovo()
        .con("idDominio", e.dominio.as_str())
        .con("idRicevuta", e.receipt_id.as_str())
        .con("iuv", e.iuv.as_str())
        .con("idStazione", e.stazione.as_str())
        .importo("importo", e.importo)
        .con("dataArrivo", istante(e.ricevuta_il))
        .con("stato", if c.is_some() { COLLEGATA } else { DA_COLLEGARE })
        .se("idA2A", c.map(|c| c.id_a2a.as_str()))
        .se("idPendenza", c.map(|c| c.id_pendenza.as_str()))
        .se("dataCollegamento", c.map(|c| istante(c.il)))
        .se("operatore", c.and_then(|c| c.da.as_deref()))
}

/// A message that cannot be read is shown without what it says: its bytes are still there as XML.
fn dettaglio(letta: &EstraneaLetta) -> serde_json::Value {
    let per = letta.corrispondente.as_ref().filter(|_| letta.estranea.collegamento.is_none());
    let candidata = per.map(|p| Oggetto::nuovo().con("idA2A", p.id_a2a.as_str()).con("idPendenza", p.id_pendenza.as_str()).valore());
    let ricevuta = leggi_consegna(&letta.byte).ok().and_then(|_| pagopa::json::rt_json(&letta.byte).ok()).map(pagopa::json::senza_null);
    riga(&letta.estranea).se("pendenzaCorrispondente", candidata).se("ricevuta", ricevuta).valore()
}
