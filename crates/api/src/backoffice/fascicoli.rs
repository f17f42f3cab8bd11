//! The evidence of a payment as a zip. A path of ours: see docs/operate/giornale.md for what it holds.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use codici::IdDominio;
use domain::Rifiuto;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::permessi::LeggeGiornale;
use crate::richiesta::Richiesta;

/// GET /fascicoli/{idDominio}/{iuv}, with `ccp` for one attempt.
pub async fn leggi(app: App, chi: Chi<LeggeGiornale>, r: Richiesta) -> Result<Response, Fault> {
    let (dominio, iuv) = (r.segmento("idDominio"), r.segmento("iuv"));
    let ccp = r.parametri().filtro("ccp")?;
    let non_trovato = || Rifiuto::NonTrovato(format!("Nessun evento per il dominio {dominio} e lo IUV {iuv}."));
    let id_dominio = IdDominio::leggi(dominio).ok_or_else(non_trovato)?;
    chi.chiamante.su_dominio(&id_dominio)?;
    let mut pezzi = app.gateway.fascicolo(&id_dominio, iuv, ccp.as_deref()).await?.ok_or_else(non_trovato)?;
    let flusso = futures::stream::poll_fn(move |contesto| pezzi.poll_recv(contesto));
    let nome = format!("attachment; filename=\"fascicolo_{dominio}_{}.zip\"", iuv.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    Ok(([(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, nome)], Body::from_stream(flusso)).into_response())
}
