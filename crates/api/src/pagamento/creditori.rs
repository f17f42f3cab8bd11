//! Domini with what belongs to them, for who builds a portal (v1: spec/1 section 1, v2: section 10.7). Everybody sees the domini of its own login.

use axum::response::Response;
use domain::Rifiuto;
use domain::anagrafica::{Anagrafica, ContoAccredito, Dominio, EntrataDominio, TipoEntrata, UO_ENTE, UnitaOperativa};
use domain::chiamante::Chiamante;
use domain::lettura::anagrafica::creditore::{iban, id_uo};
use domain::lettura::anagrafica::entrate::id_entrata;
use domain::lettura::anagrafica::pagopa::id_stazione;
use domain::lettura::lista::Ordine;
use domain::pendenza::TipoContabilita;
use serde_json::Value;

use super::Versione;
use crate::App;
use crate::accesso::Chi;
use crate::backoffice::domini::{recapiti, trova};
use crate::backoffice::{conti_accredito, entrate, entrate_dominio, unita_operative};
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::LeggePagamentiAncheAnonimo;
use crate::richiesta::Richiesta;
use crate::{domini, logo};

type Pagante = Chi<LeggePagamentiAncheAnonimo>;

/// GET /domini, by name. v2 does not tell whether a dominio is switched on: it shows those that are, unless the others are asked for.
pub async fn elenca(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let abilitato = p.booleano("abilitato")?.or((versione != Versione::V1).then_some(true));
    let stazione = p.grezzo("idStazione").map(id_stazione).transpose()?;
    let ordini = p.ordinamento(&["ragioneSociale"])?;
    let a = app.gateway.anagrafica();
    let vede = |d: &Dominio| chi.chiamante.utenza.su_dominio(&d.cod) && abilitato.is_none_or(|b| d.abilitato == b);
    let mut righe: Vec<&Dominio> =
        a.domini.values().map(AsRef::as_ref).filter(|d| vede(d) && stazione.as_ref().is_none_or(|s| d.stazione.as_ref() == Some(s))).collect();
    righe.sort_by(|x, y| (&x.ragione_sociale, &x.cod).cmp(&(&y.ragione_sociale, &y.cod)));
    ordina(&mut righe, &ordini);
    liste::a_pagine(&r, &righe, |d| indice(versione, d), Tetto::Taciuto)
}

/// GET /domini/{idDominio}.
pub async fn leggi(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    Ok(json::ok(&if versione == Versione::V1 { dettaglio_v1(d, &a, &chi.chiamante) } else { domini::v2(d) }))
}

/// GET /domini/{idDominio}/logo.
pub async fn leggi_logo(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    match app.gateway.logo(&d.cod).await? {
        Some(testo) => Ok(logo::risposta(&testo)),
        None => Err(Rifiuto::NonTrovato(format!("Logo non presente per il Dominio {}", d.cod)).into()),
    }
}

/// GET /domini/{idDominio}/unitaOperative: without the implicit one.
pub async fn elenca_unita(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let abilitata = p.booleano("abilitato")?.or((versione != Versione::V1).then_some(true));
    let ordini = p.ordinamento(&["ragioneSociale"])?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let mut righe: Vec<_> = unita_di(&a, d, &chi.chiamante).filter(|u| abilitata.is_none_or(|b| u.abilitata == b)).collect();
    righe.sort_by(|x, y| (&x.ragione_sociale, &x.cod).cmp(&(&y.ragione_sociale, &y.cod)));
    ordina(&mut righe, &ordini);
    liste::a_pagine(&r, &righe, |u| unita(versione, u), Tetto::Taciuto)
}

/// GET /domini/{idDominio}/unitaOperative/{idUnitaOperativa}.
pub async fn leggi_unita(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_uo(r.segmento("idUnitaOperativa"))?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let trovata = unita_di(&a, d, &chi.chiamante).find(|u| u.cod == cod);
    let trovata = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Unita Operativa {cod} non censita in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&unita(versione, trovata)))
}

/// GET /domini/{idDominio}/entrate (v1), by code.
pub async fn elenca_entrate(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let abilitato = p.booleano("abilitato")?;
    let ordini = p.ordinamento(&["idEntrata"])?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let mut righe: Vec<_> = entrate_dominio::di(&a, d).into_iter().filter(|(_, e)| abilitato.is_none_or(|b| e.abilitata == b)).collect();
    righe.sort_by(|(x, _), (y, _)| x.cod.cmp(&y.cod));
    ordina(&mut righe, &ordini);
    liste::a_pagine(&r, &righe, |(t, e)| entrata(t, e), Tetto::Taciuto)
}

/// GET /domini/{idDominio}/entrate/{idEntrata} (v1).
pub async fn leggi_entrata(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let cod = id_entrata(r.segmento("idEntrata"))?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let trovata = a.tipi_entrata.get(&cod).zip(a.entrate.get(&(d.cod.clone(), cod.clone())));
    let (tipo, trovata) = trovata.ok_or_else(|| Rifiuto::NonTrovato(format!("Entrata {cod} non censita in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&entrata(tipo, trovata)))
}

/// GET /domini/{idDominio}/contiAccredito (v1), by IBAN. The contract names the sorting field `contiAccredito`.
pub async fn elenca_conti(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let abilitato = p.booleano("abilitato")?;
    let ordini = p.ordinamento(&["contiAccredito"])?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let mut righe: Vec<_> = conti_accredito::di(&a, d).filter(|c| abilitato.is_none_or(|b| c.abilitato == b)).collect();
    ordina(&mut righe, &ordini);
    liste::a_pagine(&r, &righe, |c| conto(c), Tetto::Taciuto)
}

/// GET /domini/{idDominio}/contiAccredito/{iban} (v1).
pub async fn leggi_conto(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let iban = iban(r.segmento("ibanAccredito"))?;
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    let trovato = a.conto(&d.cod, &iban);
    let trovato = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Conto di accredito {iban} non censito in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&conto(trovato)))
}

/// These lists sort by one field, and are sorted by it already.
fn ordina<T>(righe: &mut [T], ordini: &[Ordine]) {
    if ordini.first().is_some_and(|o| o.discendente) {
        righe.reverse();
    }
}

/// Those that the caller may reach, without the implicit one.
fn unita_di<'a>(a: &'a Anagrafica, d: &'a Dominio, chi: &'a Chiamante) -> impl Iterator<Item = &'a UnitaOperativa> {
    unita_operative::di(a, d).map(AsRef::as_ref).filter(move |u| u.cod != UO_ENTE && chi.utenza.su_uo(&d.cod, Some(&u.cod)))
}

fn indice(versione: Versione, d: &Dominio) -> Value {
    if versione == Versione::V1 { domini::v1(d) } else { domini::v2(d) }
}

fn dettaglio_v1(d: &Dominio, a: &Anagrafica, chi: &Chiamante) -> Value {
    domini::base_v1(d)
        .con("unitaOperative", unita_di(a, d, chi).map(|u| unita(Versione::V1, u)).collect::<Vec<_>>())
        .con("contiAccredito", conti_accredito::di(a, d).map(|c| conto(c)).collect::<Vec<_>>())
        .con("entrate", entrate_dominio::di(a, d).into_iter().map(|(t, e)| entrata(t, e)).collect::<Vec<_>>())
        .valore()
}

/// The code has another name in v2, which does not tell whether the unità operativa is switched on.
pub fn unita(versione: Versione, u: &UnitaOperativa) -> Value {
    let nome = if versione == Versione::V2 { "idUnitaOperativa" } else { "idUnita" };
    let o = Oggetto::nuovo().con(nome, u.cod.as_str()).testo("ragioneSociale", u.ragione_sociale.as_ref());
    let o = recapiti(o, &u.recapiti).testo("area", u.recapiti.area.as_ref());
    o.se("abilitato", (versione == Versione::V1).then_some(u.abilitata)).valore()
}

fn conto(c: &ContoAccredito) -> Value {
    Oggetto::nuovo().con("iban", c.iban.as_str()).testo("bic", c.bic.as_ref()).con("postale", c.postale).con("abilitato", c.abilitato).valore()
}

/// What is inherited is told by `tipoEntrata` alone.
fn entrata(tipo: &TipoEntrata, e: &EntrataDominio) -> Value {
    Oggetto::nuovo()
        .con("idEntrata", tipo.cod.as_str())
        .testo("contoAccredito", e.iban_accredito.as_ref())
        .testo("contoAppoggio", e.iban_appoggio.as_ref())
        .se("tipoContabilita", e.tipo_contabilita.map(TipoContabilita::nome))
        .testo("codiceContabilita", e.codice_contabilita.as_ref())
        .con("abilitato", e.abilitata)
        .con("tipoEntrata", entrate::vista(tipo))
        .valore()
}
