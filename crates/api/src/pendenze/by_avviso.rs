//! A position by its notice, asked of the ente when it is not here (spec/1 section 9.3).

use axum::response::Response;
use domain::chiamante::Ambito;

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::permessi::LeggePendenze;
use crate::richiesta::Richiesta;
use crate::viste::forme::PENDENZE_V2;
use crate::viste::{Attorno, Vista};

/// GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}: rpp newest first, unlike the detail by name.
pub async fn leggi(app: App, chi: Chi<LeggePendenze>, r: Richiesta) -> Result<Response, Fault> {
    let pendenza = app.gateway.pendenza_by_avviso(r.segmento("idDominio"), r.segmento("numeroAvviso")).await?;
    if pendenza.id_a2a != chi.applicazione()?.cod {
        return Err(chi.chiamante.non_autorizzato(Ambito::default()).into());
    }
    let mut dettaglio = app.gateway.dettaglio(pendenza).await?;
    dettaglio.rpp.reverse();
    Ok(json::ok(&Vista::di(&app, &PENDENZE_V2).dettaglio(&dettaglio, Attorno::default())))
}
