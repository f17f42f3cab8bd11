//! Entrate of a dominio: what it says otherwise of those of the catalogue (spec/2 section 2.6).

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::creditore;
use domain::anagrafica::{Anagrafica, Dominio, EntrataDominio, TipoEntrata};
use domain::lettura::anagrafica::entrate::{entrata, id_entrata};
use domain::lettura::regole::id_dominio;
use domain::pendenza::TipoContabilita;
use serde_json::Value;

use super::{contiene, corpo, domini, entrate, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

/// GET /domini/{idDominio}/entrate.
pub async fn elenca(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let (abilitato, descrizione) = (p.booleano("abilitato")?, p.filtro("descrizione")?);
    let a = app.gateway.anagrafica();
    let d = domini::trova(&a, &chi.chiamante, &r)?;
    let mut righe = di(&a, d);
    righe.retain(|(t, e)| abilitato.is_none_or(|b| e.abilitata == b) && contiene(&t.descrizione, descrizione.as_deref()));
    liste::di_anagrafica(&r, &righe, |(t, e)| vista(t, e))
}

/// GET /domini/{idDominio}/entrate/{idEntrata}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    id_dominio("idDominio", r.segmento("idDominio"))?;
    let cod = id_entrata(r.segmento("idEntrata"))?;
    let d = domini::trova(&a, &chi.chiamante, &r)?;
    let trovata = a.tipi_entrata.get(&cod).zip(a.entrate.get(&(d.cod.clone(), cod.clone())));
    let (tipo, trovata) = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Entrata {cod} non censita in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&vista(tipo, trovata)))
}

/// PUT /domini/{idDominio}/entrate/{idEntrata}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuova = entrata(r.segmento("idDominio"), r.segmento("idEntrata"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| creditore::entrata(a, &chi.chiamante, nuova)).await
}

/// Of a dominio, each with what the catalogue says of it, by description.
pub fn di<'a>(a: &'a Anagrafica, d: &'a Dominio) -> Vec<(&'a TipoEntrata, &'a EntrataDominio)> {
    let mut righe: Vec<_> =
        Anagrafica::di_dominio(&a.entrate, &d.cod).filter_map(|(cod, e)| a.tipi_entrata.get(cod).map(|t| (t.as_ref(), e.as_ref()))).collect();
    righe.sort_by(|(x, _), (y, _)| (&x.descrizione, &x.cod).cmp(&(&y.descrizione, &y.cod)));
    righe
}

/// What is inherited is told by `tipoEntrata` alone.
pub fn vista(tipo: &TipoEntrata, e: &EntrataDominio) -> Value {
    Oggetto::nuovo()
        .con("idEntrata", tipo.cod.as_str())
        .testo("ibanAccredito", e.iban_accredito.as_ref())
        .testo("ibanAppoggio", e.iban_appoggio.as_ref())
        .se("tipoContabilita", e.tipo_contabilita.map(TipoContabilita::nome))
        .testo("codiceContabilita", e.codice_contabilita.as_ref())
        .con("abilitato", e.abilitata)
        .con("tipoEntrata", entrate::vista(tipo))
        .valore()
}
