//! Domini (spec/2 section 2.3).

use std::sync::Arc;

use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::creditore;
use domain::anagrafica::esportazione::TIPI_TUTTI;
use domain::anagrafica::{Anagrafica, Dominio, Recapiti, UO_ENTE, UsiTipo};
use domain::chiamante::Chiamante;
use domain::lettura::anagrafica::creditore::dominio;
use domain::lettura::anagrafica::pagopa::id_stazione;
use domain::lettura::regole::{id_dominio, non_valida};
use serde_json::{Map, Value};

use super::{conti_accredito, contiene, corpo, entrate_dominio, metti, tipi_pendenza_dominio, unita_operative};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::permessi::{GuardaAnagraficaCreditore, LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;
use crate::{liste, logo};

/// GET /domini. Whoever has a login sees the domini that are its own, whatever its rights: `associati` says what is already so.
pub async fn elenca(app: App, chi: Chi<GuardaAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let filtro = Filtro::leggi(&r)?;
    let utenza = &chi.chiamante.utenza;
    if utenza.domini.as_ref().is_some_and(|d| d.is_empty()) {
        return Err(chi.chiamante.senza("nessun Dominio").into());
    }
    let mut righe: Vec<_> = a.domini.values().filter(|d| utenza.su_dominio(&d.cod) && filtro.tiene(&a, d)).collect();
    righe.sort_by(|x, y| (&x.ragione_sociale, &x.cod).cmp(&(&y.ragione_sociale, &y.cod)));
    liste::di_anagrafica(&r, &righe, |d| indice(d))
}

/// GET /domini/{idDominio}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    Ok(json::ok(&dettaglio(d, &a, tipi_pendenza_dominio::tutti(&app, &a, d).await?)))
}

/// PUT /domini/{idDominio}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let nuovo = dominio(r.segmento("idDominio"), &corpo)?;
    metti(&app, &chi.chiamante, &r, &corpo, |a| creditore::dominio(a, &chi.chiamante, nuovo)).await
}

/// GET /domini/{idDominio}/logo.
pub async fn leggi_logo(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    let d = trova(&a, &chi.chiamante, &r)?;
    match app.gateway.logo(&d.cod).await? {
        Some(testo) => Ok(logo::risposta(&testo)),
        None => Err(Rifiuto::NonTrovato(format!("Logo non presente per il Dominio {}", d.cod)).into()),
    }
}

/// The dominio of the path: 403 before anybody looks whether it exists, then 404.
pub fn trova<'a>(a: &'a Anagrafica, chi: &Chiamante, r: &Richiesta) -> Result<&'a Arc<Dominio>, Rifiuto> {
    let cod = id_dominio("idDominio", r.segmento("idDominio"))?;
    chi.su_dominio(&cod)?;
    a.dominio(&cod).ok_or_else(|| Rifiuto::NonTrovato(format!("Dominio {cod} non censito in Anagrafica")))
}

/// `associati`: only `true` is legal.
pub fn associati(r: &Richiesta) -> Result<bool, Rifiuto> {
    match r.parametri().booleano("associati")? {
        Some(false) => non_valida("associati"),
        altro => Ok(altro.is_some()),
    }
}

struct Filtro {
    abilitato: Option<bool>,
    stazione: Option<String>,
    con_form: bool,
    id: Option<String>,
    ragione_sociale: Option<String>,
    intermediato: Option<bool>,
}

impl Filtro {
    fn leggi(r: &Richiesta) -> Result<Self, Rifiuto> {
        let p = r.parametri();
        associati(r)?;
        Ok(Self {
            abilitato: p.booleano("abilitato")?,
            stazione: p.grezzo("idStazione").map(id_stazione).transpose()?,
            con_form: p.booleano("form")? == Some(true),
            id: p.filtro("idDominio")?,
            ragione_sociale: p.filtro("ragioneSociale")?,
            intermediato: p.booleano("intermediato")?,
        })
    }

    fn tiene(&self, a: &Anagrafica, d: &Dominio) -> bool {
        self.abilitato.is_none_or(|b| d.abilitato == b)
            && self.intermediato.is_none_or(|b| d.intermediato == b)
            && self.stazione.as_ref().is_none_or(|s| d.stazione.as_ref() == Some(s))
            && contiene(d.cod.as_str(), self.id.as_deref())
            && contiene(&d.ragione_sociale, self.ragione_sociale.as_deref())
            && (!self.con_form || ha_form(a, d))
    }
}

/// Whether a pendenza can be typed in the back office: a tipo that is enabled, with its form switched on.
fn ha_form(a: &Anagrafica, d: &Dominio) -> bool {
    let inseribile = |cod: &str, abilitato: bool| abilitato && a.usi_tipo(&d.cod, cod).is_some_and(UsiTipo::inseribile);
    d.intermediato
        && Anagrafica::di_dominio(&a.tipi_pendenza_dominio, &d.cod)
            .any(|(cod, t)| a.tipi_pendenza.get(cod).is_some_and(|c| inseribile(cod, c.abilitato && t.abilitato != Some(false))))
}

/// The item of lists: what belongs to the dominio is told by address, and connectors are left out.
pub fn indice(d: &Dominio) -> Value {
    let altrove = |cosa: &str| format!("/domini/{}/{cosa}", d.cod);
    anagrafica(d, Map::new())
        .con("unitaOperative", altrove("unitaOperative"))
        .con("contiAccredito", altrove("contiAccredito"))
        .con("entrate", altrove("entrate"))
        .con("tipiPendenza", altrove("tipiPendenza"))
        .valore()
}

fn dettaglio(d: &Dominio, a: &Anagrafica, tipi_pendenza: Vec<Value>) -> Value {
    let uo = unita_operative::di(a, d).filter(|u| u.cod != UO_ENTE).map(|u| unita_operative::vista(u));
    anagrafica(d, connettori(d, a))
        .con("unitaOperative", uo.collect::<Vec<_>>())
        .con("contiAccredito", conti_accredito::di(a, d).map(|c| conti_accredito::vista(c)).collect::<Vec<_>>())
        .con("entrate", entrate_dominio::di(a, d).into_iter().map(|(t, e)| entrate_dominio::vista(t, e)).collect::<Vec<_>>())
        .con("tipiPendenza", tipi_pendenza)
        .valore()
}

/// What list item and detail have in common, with the connectors at their place.
fn anagrafica(d: &Dominio, connettori: Map<String, Value>) -> Oggetto {
    let o = Oggetto::nuovo().con("idDominio", d.cod.as_str()).con("ragioneSociale", d.ragione_sociale.as_str());
    let o = recapiti(o, &d.recapiti).testo("gln", d.gln.as_ref()).testo("cbill", d.cbill.as_ref()).testo("iuvPrefix", d.iuv_prefix.as_ref());
    o.testo("stazione", d.stazione.as_ref())
        .se("auxDigit", d.intermediato.then(|| d.aux_digit.cifra().to_string()))
        .se("segregationCode", d.segregation_code.map(|c| format!("{c:02}")))
        .se("segregazioniAsincrone", (!d.segregazioni_asincrone.is_empty()).then(|| d.codici_asincroni()))
        .se("logo", d.ha_logo.then(|| format!("/domini/{}/logo", d.cod)))
        .con("abilitato", d.abilitato)
        .testo("autStampaPosteItaliane", d.aut_stampa_poste.as_ref())
        .testo("area", d.recapiti.area.as_ref())
        .unito(connettori)
        .con("intermediato", d.intermediato)
        .testo("tassonomiaPagoPA", d.tassonomia.as_ref())
        .con("scaricaFr", d.scarica_fr)
}

/// As they are kept, but for the tipi pendenza, which are shown with their descriptions.
fn connettori(d: &Dominio, a: &Anagrafica) -> Map<String, Value> {
    let mut membri = json::membri(&*d.connettori);
    for elenco in membri.values_mut().filter_map(|c| c.get_mut("tipiPendenza")?.as_array_mut()) {
        for tipo in elenco {
            let cod = tipo.as_str().unwrap_or_default();
            let descrizione = if cod == TIPI_TUTTI { Some("Tutti") } else { a.tipi_pendenza.get(cod).map(|t| t.descrizione.as_str()) };
            *tipo = Oggetto::nuovo().con("idTipoPendenza", cod).se("descrizione", descrizione).valore();
        }
    }
    membri
}

/// Address and contacts, without `area`, which has another place in each resource.
pub fn recapiti(o: Oggetto, r: &Recapiti) -> Oggetto {
    o.testo("indirizzo", r.indirizzo.as_ref())
        .testo("civico", r.civico.as_ref())
        .testo("cap", r.cap.as_ref())
        .testo("localita", r.localita.as_ref())
        .testo("provincia", r.provincia.as_ref())
        .testo("nazione", r.nazione.as_ref())
        .testo("email", r.email.as_ref())
        .testo("pec", r.pec.as_ref())
        .testo("tel", r.tel.as_ref())
        .testo("fax", r.fax.as_ref())
        .testo("web", r.web.as_ref())
}
