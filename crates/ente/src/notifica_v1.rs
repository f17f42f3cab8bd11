//! Body of `POST /pagamenti/{idDominio}/{iuv}` (API EC v1), for an activation and for a receipt.
//!
//! All members are always there, null when unknown (spec/3 section 4).

use domain::anagrafica::VersioneEnte;
use domain::calendario::oggi;
use domain::ricevuta::Riscossione;
use serde_json::{Value, json};

use crate::notifica::{DatiNotifica, ErroreNotifica, Letta, numero};

/// # Errors
/// When the type is not one of v1, or what is stored cannot be read.
pub fn corpo(dati: &DatiNotifica<'_>) -> Result<Value, ErroreNotifica> {
    dati.gradita(VersioneEnte::V1)?;
    let ricevuta = dati.ricevuta()?;
    Ok(json!({
        "idA2A": dati.pendenza.id_a2a,
        "idPendenza": dati.pendenza.id_pendenza,
        "rpt": dati.richiesta_json(ricevuta.as_ref())?,
        "rt": ricevuta.as_ref().map(Letta::json),
        "riscossioni": ricevuta.as_ref().and_then(|_| riscossioni(dati)),
    }))
}

/// `None` when nothing was paid.
fn riscossioni(dati: &DatiNotifica<'_>) -> Option<Vec<Value>> {
    let elenco: Vec<Value> = dati.riscossioni.iter().zip(1_u32..).map(|(r, posizione)| riscossione(dati, r, posizione)).collect();
    (!elenco.is_empty()).then_some(elenco)
}

/// `indice` counts the payments from 1: it is not the idTransfer. `allegato` is never there: a marca da bollo stays in `rt`.
fn riscossione(dati: &DatiNotifica<'_>, r: &Riscossione, posizione: u32) -> Value {
    let (pendenza, transazione) = (dati.pendenza, dati.transazione);
    let voce = r.voce.and_then(|indice| pendenza.voci.iter().find(|v| v.indice == indice));
    json!({
        "idDominio": r.dominio.as_str(),
        "iuv": transazione.iuv.as_str(),
        "iur": r.iur,
        "indice": posizione,
        "pendenza": format!("/pendenze/{}/{}", pendenza.id_a2a, pendenza.id_pendenza),
        "rpp": format!("/rpp/{}/{}/{}", transazione.dominio, transazione.iuv.as_str(), transazione.ccp),
        "idVocePendenza": voce.map(|v| v.id_voce.as_str()),
        "stato": "RISCOSSA",
        "tipo": r.tipo.codice(),
        "importo": numero(r.importo),
        "data": oggi(r.data).to_string(),
        "commissioni": r.commissioni.map(numero),
        "allegato": null,
    })
}
