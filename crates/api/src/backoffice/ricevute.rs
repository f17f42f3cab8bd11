//! Receipts that somebody brings by hand (spec/2 section 2.13): done with as when pagoPA sends them.

use axum::http::StatusCode;
use axum::response::Response;
use domain::Rifiuto;
use gateway::modifica_rpp::leggi_consegna;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::multiparte;
use crate::permessi::ScrivePagamentiUfficio;
use crate::richiesta::Richiesta;
use crate::stazione::BYTE_BUSTA_MAX;
use crate::viste::Vista;
use crate::viste::forme::UFFICIO;

/// POST /ricevute: XML, or a form with a file.
pub async fn acquisisci(app: App, chi: Chi<ScrivePagamentiUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let byte = xml(&r)?;
    if byte.len() > BYTE_BUSTA_MAX {
        return Err(Rifiuto::Sintassi(format!("La ricevuta supera {BYTE_BUSTA_MAX} byte.")).into());
    }
    let consegna = leggi_consegna(byte).map_err(|perche| Rifiuto::Semantica(format!("RT non valida: {perche}")))?;
    let (transazione, pendenza) = app.gateway.acquisisci_consegna(&chi.chiamante, &consegna, r.id.clone()).await?;
    let rpp = app.gateway.rpp(&pendenza, transazione).await?;
    let vista = Vista::di(&app, &UFFICIO).rpp(&rpp, &pendenza);
    Ok(json::risposta(StatusCode::CREATED, &vista))
}

/// The receipt in the body, by what the body says to be.
pub(super) fn xml(r: &Richiesta) -> Result<&[u8], Fault> {
    let tipo = r.intestazione("content-type").unwrap_or_default();
    match tipo.split(';').next().map(|t| t.trim().to_ascii_lowercase()).as_deref() {
        Some("text/xml" | "application/xml") => Ok(&r.corpo),
        Some("multipart/form-data") => {
            let testo = "Il corpo multipart/form-data non contiene alcun file.";
            Ok(multiparte::primo_file(tipo, &r.corpo).ok_or_else(|| Rifiuto::Sintassi(testo.to_owned()))?)
        }
        _ => Err(Fault::TipoNonGestito { ammessi: "text/xml, multipart/form-data" }),
    }
}
