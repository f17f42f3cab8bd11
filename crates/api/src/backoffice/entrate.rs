//! Entrate of the catalogue (spec/2 section 2.6).

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::creditore;
use domain::anagrafica::TipoEntrata;
use domain::lettura::anagrafica::entrate::{id_entrata, tipo_entrata};
use domain::pendenza::TipoContabilita;
use serde_json::Value;

use super::{corpo, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

/// GET /entrate.
pub async fn elenca(app: App, _chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let mut righe: Vec<_> = a.tipi_entrata.values().collect();
    righe.sort_by(|x, y| (&x.descrizione, &x.cod).cmp(&(&y.descrizione, &y.cod)));
    liste::di_anagrafica(&r, &righe, |e| vista(e))
}

/// GET /entrate/{idEntrata}.
pub async fn leggi(app: App, _chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_entrata(r.segmento("idEntrata"))?;
    let a = app.gateway.anagrafica();
    let trovata = a.tipi_entrata.get(&cod).ok_or_else(|| Rifiuto::NonTrovato(format!("Entrata {cod} non censita in Anagrafica")))?;
    Ok(json::ok(&vista(trovata)))
}

/// PUT /entrate/{idEntrata}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuova = tipo_entrata(r.segmento("idEntrata"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| Ok(creditore::tipo_entrata(a, nuova))).await
}

pub fn vista(e: &TipoEntrata) -> Value {
    Oggetto::nuovo()
        .con("idEntrata", e.cod.as_str())
        .con("descrizione", e.descrizione.as_str())
        .se("tipoContabilita", e.tipo_contabilita.map(TipoContabilita::nome))
        .testo("codiceContabilita", e.codice_contabilita.as_ref())
        .valore()
}
