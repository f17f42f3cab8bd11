//! Avvisi, documenti and attachments of whoever the office may see (spec/2 section 2.12).

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::avviso::{lingua_secondaria, numeri_avviso};
use domain::lettura::pendenza as lettura;
use domain::lettura::regole::IDENTIFICATIVO;
use domain::pendenza::StatoMostrato;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::pendenze::allegati;
use crate::pendenze::avvisi::{PDF, nome_documento, stampa};
use crate::permessi::LeggePendenzeUfficio;
use crate::richiesta::Richiesta;
use crate::viste::avviso;

/// GET /avvisi/{idDominio}/{numeroAvviso}: JSON, unless PDF is asked for. What is unknown is 404 in both.
pub async fn leggi(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let numero = lettura::numero_avviso(r.segmento("numeroAvviso"))?;
    let lingua = lingua_secondaria(r.parametri().testo("linguaSecondaria"))?;
    chi.chiamante.su_dominio(&dominio)?;
    let trovata = app.gateway.pendenza_per_avviso(&dominio, &numero).await?;
    let p = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Avviso [Dominio: {dominio}, NumeroAvviso: {numero}] non trovato.")))?;
    chi.chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    if r.intestazione("accept").unwrap_or_default().contains(PDF) {
        return stampa(&app, &p, lingua).await;
    }
    let adesso = app.gateway.adesso();
    let stato = match p.stato_mostrato(adesso) {
        StatoMostrato::NonEseguita => "Non pagato",
        StatoMostrato::Scaduta => "Scaduto",
        StatoMostrato::Annullata => "Annullato",
        StatoMostrato::Eseguita | StatoMostrato::EseguitaParziale | StatoMostrato::Anomala | StatoMostrato::Incassata => "Pagato",
    };
    let vista = Oggetto::da(avviso::avviso(&p, &app.gateway.anagrafica(), adesso)).senza(&["dataPagamento"]).con("stato", stato);
    Ok(json::ok(&vista.valore()))
}

/// GET /documenti/{idA2A}/{idDominio}/{numeroDocumento}/avvisi: what is still to be paid of a documento, in one PDF.
pub async fn documento(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let id_a2a = IDENTIFICATIVO.controlla("idA2A", r.segmento("idA2A"))?;
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let numero = IDENTIFICATIVO.controlla("numeroDocumento", r.segmento("numeroDocumento"))?;
    let lingua = lingua_secondaria(r.parametri().testo("linguaSecondaria"))?;
    let numeri = numeri_avviso(r.parametri().tutti("numeriAvviso"))?;
    chi.chiamante.su_dominio(&dominio)?;
    let trovato = app.gateway.documento(&dominio, &id_a2a, &numero).await?;
    let trovato = trovato.ok_or_else(|| Rifiuto::NonTrovato("Nessun documento trovato".to_owned()))?;
    // Whoever may not see one of the parts does not print it.
    for p in app.gateway.da_stampare(&dominio, &trovato, &numeri).await? {
        chi.chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    }
    let pdf = app.gateway.stampa_documento(&dominio, &id_a2a, &trovato, &numeri, lingua).await?;
    Ok(json::file(PDF, &nome_documento(dominio.as_str(), &numero), pdf))
}

/// GET /allegati/{id}.
pub async fn allegato(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let a = allegati::trova(&app, &r).await?;
    chi.chiamante.su_pendenza(&a.dominio, a.unita_operativa.as_deref(), &a.tipo_pendenza)?;
    Ok(allegati::risposta(a))
}
