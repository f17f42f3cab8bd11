//! The avviso as data and as PDF, and the documento that several avvisi make (spec/1 sections 9.7 and 9.8).

use axum::response::Response;
use domain::chiamante::Ambito;
use domain::lettura::avviso::{LinguaSecondaria, lingua_secondaria, numeri_avviso};
use domain::lettura::pendenza as lettura;
use domain::lettura::regole::IDENTIFICATIVO;
use domain::{Pendenza, Rifiuto};

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::permessi::LeggePendenze;
use crate::richiesta::Richiesta;
use crate::viste::avviso;

pub const PDF: &str = "application/pdf";
const JSON: &str = "application/json";

/// GET /avvisi/{idDominio}/{numeroAvviso}, as JSON or PDF.
pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let formato = Formato::chiesto(&r)?;
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
        (Formato::Json, None) => Ok(json::ok(&avviso::avviso_sconosciuto(&dominio, &numero))),
        (Formato::Json, Some(p)) => Ok(json::ok(&avviso::avviso(&p, &app.gateway.anagrafica(), app.gateway.adesso()))),
        (Formato::Pdf, None) => Err(Rifiuto::NonTrovato(format!("Avviso [Dominio: {dominio}, NumeroAvviso: {numero}] non trovato.")).into()),
        (Formato::Pdf, Some(p)) => stampa(&app, &p, lingua).await,
    }
}

/// The PDF of an avviso; there is none for a stamp.
pub async fn stampa(app: &App, p: &Pendenza, lingua: Option<LinguaSecondaria>) -> Result<Response, Fault> {
    if p.con_bollo() {
        return Err(Rifiuto::Semantica("Avviso non disponibile per pagamenti di Marca da Bollo".to_owned()).into());
    }
    let nome = match &p.documento {
        Some(d) => nome_documento(p.dominio.as_str(), &d.identificativo),
        None => format!("{}_{}.pdf", p.dominio, p.numero_avviso),
    };
    Ok(json::file(PDF, &nome, app.gateway.stampa_avviso(p, lingua).await?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Formato {
    Json,
    Pdf,
}

impl Formato {
    /// What the header asks for; whoever asks for neither is refused.
    pub fn chiesto(r: &Richiesta) -> Result<Self, Rifiuto> {
        let accettati = r.intestazione("accept").unwrap_or_default();
        match (accettati.contains(PDF), accettati.contains(JSON)) {
            (true, _) => Ok(Self::Pdf),
            (false, true) => Ok(Self::Json),
            (false, false) => Err(Rifiuto::NonAccettabile(format!(
                "Avviso di pagamento non disponibile nel formato indicato nell'header Accept, ricevuto: '{accettati}', consentiti: {{'{PDF}','{JSON}'}}"
            ))),
        }
    }
}

/// GET /documenti/{idDominio}/{numeroDocumento}/avvisi: what is still to be paid of a documento of the caller, in one PDF.
pub async fn documento(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let accettati = r.intestazione("accept").unwrap_or_default();
    if !accettati.contains(PDF) {
        let testo = format!("Documento di pagamento non disponibile nel formato indicato nell'header Accept, ricevuto: '{accettati}', consentito: '{PDF}'");
        return Err(Rifiuto::NonAccettabile(testo).into());
    }
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let numero = IDENTIFICATIVO.controlla("numeroDocumento", r.segmento("numeroDocumento"))?;
    let lingua = lingua_secondaria(r.parametri().testo("linguaSecondaria"))?;
    let numeri = numeri_avviso(r.parametri().tutti("numeriAvviso"))?;

    let id_a2a = &chi.applicazione()?.cod;
    let trovato = app.gateway.documento(&dominio, id_a2a, &numero).await?;
    let trovato = trovato.ok_or_else(|| Rifiuto::NonTrovato("Nessun documento trovato".to_owned()))?;
    let pdf = app.gateway.stampa_documento(&dominio, id_a2a, &trovato, &numeri, lingua).await?;
    Ok(json::file(PDF, &nome_documento(dominio.as_str(), &numero), pdf))
}

pub fn nome_documento(dominio: &str, documento: &str) -> String {
    format!("{dominio}_DOC_{documento}.pdf")
}
