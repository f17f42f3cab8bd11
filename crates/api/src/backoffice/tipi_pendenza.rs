//! Tipi pendenza: the catalogue (spec/2 section 2.7).

use std::sync::Arc;

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::tipi;
use domain::anagrafica::{Anagrafica, BlocchiTipo, TipoPendenza};
use domain::chiamante::{Ambito, Chiamante};
use domain::lettura::anagrafica::tipi::{catalogo, id_tipo, modelli_noti};
use domain::lettura::lista::{Paginazione, Parametri, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::regole::{id_dominio, non_valida};
use gateway::testi_altrui::{controlla_modelli, controlla_schemi};

use super::{corpo, metti};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

/// What both levels are filtered by.
pub struct Filtro {
    abilitato: Option<bool>,
    form: bool,
    trasformazione: bool,
    /// In small letters.
    descrizione: Option<String>,
}

impl Filtro {
    pub fn leggi(p: &Parametri<'_>) -> Result<Self, Rifiuto> {
        let abilitato = p.booleano("abilitato")?;
        // The list is that of the caller's own kinds with or without it: asking for the others is a mistake.
        if p.booleano("associati")? == Some(false) {
            return non_valida("associati");
        }
        let (form, trasformazione) = (p.booleano("form")? == Some(true), p.booleano("trasformazione")? == Some(true));
        Ok(Self { abilitato, form, trasformazione, descrizione: p.filtro("descrizione")?.map(|d| d.to_lowercase()) })
    }

    /// `abilitato` and `usi` as they hold where the list is about.
    pub fn ammette(&self, t: &TipoPendenza, abilitato: bool, usi: domain::anagrafica::UsiTipo) -> bool {
        self.abilitato.is_none_or(|b| b == abilitato)
            && (!self.form || usi.inseribile())
            && (!self.trasformazione || usi.con_tracciato())
            && self.descrizione.as_ref().is_none_or(|d| t.descrizione.to_lowercase().contains(d) || t.cod.to_lowercase().contains(d))
    }
}

/// GET /tipiPendenza.
pub async fn elenca(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let filtro = Filtro::leggi(&parametri)?;
    let cod = parametri.testo("idTipoPendenza").map(id_tipo).transpose()?.map(|c| c.to_lowercase());
    let a = app.gateway.anagrafica();
    let attaccati = non_associati(&parametri, &a, &chi.chiamante)?;
    let mut righe: Vec<&Arc<TipoPendenza>> = a
        .tipi_pendenza
        .values()
        .filter(|t| chi.chiamante.utenza.su_tipo(&t.cod) && filtro.ammette(t, t.abilitato, t.usi))
        .filter(|t| cod.as_ref().is_none_or(|c| t.cod.to_lowercase().contains(c)))
        .filter(|t| attaccati.as_ref().is_none_or(|d| !a.tipi_pendenza_dominio.contains_key(&(d.clone(), t.cod.clone()))))
        .collect();
    righe.sort_by(|x, y| (&x.descrizione, &x.cod).cmp(&(&y.descrizione, &y.cod)));
    let codici: Vec<&str> = della_pagina(&r, &righe)?.map(|t| t.cod.as_str()).collect();
    let blocchi = app.gateway.blocchi_tipi(None, &codici).await?;
    liste::di_anagrafica(&r, &righe, |t| vista(t, blocchi.get(&t.cod)).valore())
}

/// The dominio whose kinds are left out of the list.
fn non_associati(p: &Parametri<'_>, a: &Anagrafica, chi: &Chiamante) -> Result<Option<codici::IdDominio>, Rifiuto> {
    let Some(testo) = p.grezzo("nonAssociati") else { return Ok(None) };
    let dominio = id_dominio("nonAssociati", testo)?;
    if !chi.utenza.su_dominio(&dominio) {
        return non_valida("nonAssociati");
    }
    if a.dominio(&dominio).is_none() {
        let testo = format!("Impossibile ricercare i TipiPendenza non associati al Dominio [{dominio}]: non e' censito nel sistema.");
        return Err(Rifiuto::Semantica(testo));
    }
    Ok(Some(dominio))
}

/// The rows that the page will show: only their blocks are read.
pub fn della_pagina<'a, T>(r: &Richiesta, righe: &'a [T]) -> Result<impl Iterator<Item = &'a T> + use<'a, T>, Rifiuto> {
    let parametri = r.parametri();
    let p = Paginazione::leggi(&parametri, RISULTATI_PER_PAGINA_MAX)?;
    let (salto, quante) = match parametri.testo("risultatiPerPagina") {
        Some(_) => (usize::try_from(p.salto()).unwrap_or(usize::MAX), p.risultati_per_pagina as usize),
        None => (0, usize::MAX),
    };
    Ok(righe.iter().skip(salto).take(quante))
}

/// GET /tipiPendenza/{idTipoPendenza}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_tipo(r.segmento("idTipoPendenza"))?;
    su_tipo(&chi.chiamante, &cod)?;
    let a = app.gateway.anagrafica();
    let trovato = a.tipi_pendenza.get(&cod).ok_or_else(|| Rifiuto::NonTrovato(format!("Tipo Pendenza {cod} non censito in Anagrafica")))?;
    let blocchi = app.gateway.blocchi_tipi(None, &[&cod]).await?;
    Ok(json::ok(&vista(trovato, blocchi.get(&cod)).valore()))
}

/// The kind of a path, before anybody looks whether it exists.
pub fn su_tipo(chi: &Chiamante, cod: &str) -> Result<(), Rifiuto> {
    if chi.utenza.su_tipo(cod) { Ok(()) } else { Err(chi.non_autorizzato(Ambito { tipo_pendenza: Some(cod), ..Ambito::default() })) }
}

/// PUT /tipiPendenza/{idTipoPendenza}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let (tipo, blocchi) = catalogo(r.segmento("idTipoPendenza"), &corpo)?;
    modelli_noti(&blocchi)?;
    controlla_schemi(&blocchi).await?;
    controlla_modelli(blocchi.modelli()).await?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| tipi::catalogo(a, &chi.chiamante, tipo, blocchi)).await
}

/// As the catalogue shows it.
pub fn vista(t: &TipoPendenza, blocchi: Option<&BlocchiTipo>) -> Oggetto {
    let blocchi = blocchi.cloned().unwrap_or_default().da_catalogo();
    Oggetto::nuovo()
        .con("idTipoPendenza", t.cod.as_str())
        .con("descrizione", t.descrizione.as_str())
        .testo("codificaIUV", t.codifica_iuv.as_ref())
        .con("pagaTerzi", t.paga_terzi)
        .con("abilitato", t.abilitato)
        .unito(json::membri(&blocchi))
}
