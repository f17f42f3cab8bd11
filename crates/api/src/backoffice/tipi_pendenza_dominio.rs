//! Tipi pendenza of a dominio: the catalogue, and what the dominio says otherwise (spec/2 section 2.7).

use std::sync::Arc;

use axum::response::Response;
use codici::IdDominio;
use domain::Rifiuto;
use domain::amministrazione::tipi;
use domain::anagrafica::{Anagrafica, BlocchiTipo, Dominio, TipoPendenza, TipoPendenzaDominio};
use domain::lettura::anagrafica::tipi::{dominio, id_tipo, modelli_noti};
use domain::lettura::regole::id_dominio;
use gateway::testi_altrui::{controlla_modelli, controlla_schemi};
use serde_json::Value;

use super::tipi_pendenza::{self, Filtro, della_pagina, su_tipo};
use super::{corpo, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{GuardaAnagraficaCreditore, LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

type Riga<'a> = (&'a Arc<TipoPendenza>, &'a Arc<TipoPendenzaDominio>);

/// GET /domini/{idDominio}/tipiPendenza: those of the caller, whatever its rights. A dominio that is not intermediated has none.
pub async fn elenca(app: App, chi: Chi<GuardaAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let id = id_dominio("idDominio", r.segmento("idDominio"))?;
    let filtro = Filtro::leggi(&r.parametri())?;
    chi.chiamante.su_dominio(&id)?;
    let a = app.gateway.anagrafica();
    let d = trova_dominio(&a, &id)?;
    let righe: Vec<Riga<'_>> = di(&a, d)
        .filter(|(t, _)| chi.chiamante.utenza.su_tipo(&t.cod))
        .filter(|(t, v)| filtro.ammette(t, t.abilitato && v.abilitato != Some(false), v.usi.sopra(t.usi)))
        .collect();
    let pagina: Vec<Riga<'_>> = della_pagina(&r, &righe)?.copied().collect();
    let viste = viste(&app, &id, &pagina).await?;
    liste::di_anagrafica(&r, &righe, |(t, v)| viste(t, v))
}

/// Every one of a dominio, as its own detail shows them.
pub async fn tutti(app: &App, a: &Anagrafica, d: &Dominio) -> Result<Vec<Value>, Fault> {
    let righe: Vec<Riga<'_>> = di(a, d).collect();
    let viste = viste(app, &d.cod, &righe).await?;
    Ok(righe.into_iter().map(|(t, v)| viste(t, v)).collect())
}

/// Those that a dominio has, by description.
fn di<'a>(a: &'a Anagrafica, d: &'a Dominio) -> impl Iterator<Item = Riga<'a>> {
    let suoi = Anagrafica::di_dominio(&a.tipi_pendenza_dominio, &d.cod).filter(|_| d.intermediato);
    let mut righe: Vec<Riga<'a>> = suoi.filter_map(|(cod, v)| a.tipi_pendenza.get(cod).map(|t| (t, v))).collect();
    righe.sort_by(|(x, _), (y, _)| (&x.descrizione, &x.cod).cmp(&(&y.descrizione, &y.cod)));
    righe.into_iter()
}

/// Reads the blocks of these rows, and gives who shows each.
async fn viste(app: &App, id: &IdDominio, righe: &[Riga<'_>]) -> Result<impl Fn(&TipoPendenza, &TipoPendenzaDominio) -> Value + use<>, Fault> {
    let codici: Vec<&str> = righe.iter().map(|(t, _)| t.cod.as_str()).collect();
    let catalogo = app.gateway.blocchi_tipi(None, &codici).await?;
    let propri = app.gateway.blocchi_tipi(Some(id), &codici).await?;
    Ok(move |t: &TipoPendenza, v: &TipoPendenzaDominio| tipi_pendenza::vista(t, catalogo.get(&t.cod)).con("valori", valori(v, propri.get(&t.cod))).valore())
}

/// What the dominio says otherwise: a member that is missing is inherited.
fn valori(v: &TipoPendenzaDominio, blocchi: Option<&BlocchiTipo>) -> Value {
    Oggetto::nuovo()
        .testo("codificaIUV", v.codifica_iuv.as_ref())
        .se("pagaTerzi", v.paga_terzi)
        .se("abilitato", v.abilitato)
        .unito(blocchi.map(json::membri).unwrap_or_default())
        .valore()
}

fn trova_dominio<'a>(a: &'a Anagrafica, id: &IdDominio) -> Result<&'a Dominio, Rifiuto> {
    a.dominio(id).map(AsRef::as_ref).ok_or_else(|| Rifiuto::NonTrovato(format!("Dominio {id} non censito in Anagrafica")))
}

/// GET /domini/{idDominio}/tipiPendenza/{idTipoPendenza}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let id = id_dominio("idDominio", r.segmento("idDominio"))?;
    let cod = id_tipo(r.segmento("idTipoPendenza"))?;
    chi.chiamante.su_dominio(&id)?;
    su_tipo(&chi.chiamante, &cod)?;
    let a = app.gateway.anagrafica();
    let d = trova_dominio(&a, &id)?;
    let trovato = a.tipi_pendenza.get(&cod).zip(a.tipi_pendenza_dominio.get(&(id.clone(), cod.clone()))).filter(|_| d.intermediato);
    let (t, v) = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Tipo Pendenza {cod} non censito in Anagrafica per il Dominio {id}")))?;
    let viste = viste(&app, &id, &[(t, v)]).await?;
    Ok(json::ok(&viste(t, v)))
}

/// PUT /domini/{idDominio}/tipiPendenza/{idTipoPendenza}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let id = id_dominio("idDominio", r.segmento("idDominio"))?;
    let letto = dominio(r.segmento("idTipoPendenza"), &corpo)?;
    chi.chiamante.su_dominio(&id)?;
    modelli_noti(&letto.2)?;
    controlla_modelli(letto.2.modelli()).await?;
    let schemi = controlla_schemi(&letto.2).await;
    metti(&app, &chi.chiamante, &r, &corpo, |a| tipi::dominio(a, &id, letto, schemi)).await
}
