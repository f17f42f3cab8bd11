//! GET /allegati/{idAllegato} (spec/1 section 9.9).

use axum::response::Response;
use domain::Rifiuto;
use domain::chiamante::Ambito;
use store::documenti::FileAllegato;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::permessi::LeggePendenze;
use crate::richiesta::Richiesta;

pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let trovato = trova(&app, &r).await?;
    if trovato.id_a2a != chi.applicazione()?.cod {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    Ok(risposta(trovato))
}

/// The attachment of the path, whoever owns it.
pub async fn trova(app: &App, r: &Richiesta) -> Result<FileAllegato, Fault> {
    let id = r.segmento("idAllegato");
    // What is no number is the number of nothing.
    let trovato = match id.parse() {
        Ok(numero) => app.gateway.allegato(numero).await?,
        Err(_) => None,
    };
    Ok(trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Allegato [{id}] non trovato.")))?)
}

pub fn risposta(a: FileAllegato) -> Response {
    json::file(a.tipo.as_deref().unwrap_or("application/octet-stream"), &a.nome, a.contenuto)
}
