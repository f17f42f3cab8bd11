//! Conti di accredito of a dominio (spec/2 section 2.5).

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::Rifiuto;
use domain::amministrazione::creditore;
use domain::anagrafica::{Anagrafica, ContoAccredito, Dominio};
use domain::lettura::anagrafica::creditore::{conto, iban};
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::regole::id_dominio;
use serde_json::Value;
use store::registro_iban::Iban;

use super::notifiche::istante;
use super::{contiene, corpo, domini, metti, posizioni_debitorie};
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::{LeggeAnagraficaCreditore, ScriveAnagraficaCreditore};
use crate::richiesta::Richiesta;

/// The account is kept: pagoPA may come to know it later.
const NON_CENSITO: HeaderValue = HeaderValue::from_static("199 fiorino \"IBAN non censito da pagoPA: le posizioni che lo usano aspettano\"");

/// GET /domini/{idDominio}/contiAccredito.
pub async fn elenca(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let p = r.parametri();
    let (abilitato, iban) = (p.booleano("abilitato")?, p.filtro("iban")?);
    let a = app.gateway.anagrafica();
    let d = domini::trova(&a, &chi.chiamante, &r)?;
    let righe: Vec<_> = di(&a, d).filter(|c| abilitato.is_none_or(|b| c.abilitato == b) && contiene(&c.iban, iban.as_deref())).collect();
    liste::di_anagrafica(&r, &righe, |c| vista(c))
}

/// GET /domini/{idDominio}/contiAccredito/{ibanAccredito}.
pub async fn leggi(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let a = app.gateway.anagrafica();
    id_dominio("idDominio", r.segmento("idDominio"))?;
    let iban = iban(r.segmento("ibanAccredito"))?;
    let d = domini::trova(&a, &chi.chiamante, &r)?;
    let trovato = a.conto(&d.cod, &iban);
    let trovato = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Conto di accredito {iban} non censito in Anagrafica per il Dominio {}", d.cod)))?;
    Ok(json::ok(&vista(trovato)))
}

/// PUT /domini/{idDominio}/contiAccredito/{ibanAccredito}.
pub async fn scrivi(app: App, chi: Chi<ScriveAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let corpo = corpo(&r)?;
    let (dominio, nuovo) = conto(r.segmento("idDominio"), r.segmento("ibanAccredito"), &corpo)?;
    let (di, iban) = (dominio.clone(), nuovo.iban.clone());
    let mut risposta = metti(&app, &chi.chiamante, &r, &corpo, |a| creditore::conto(a, &chi.chiamante, dominio, nuovo)).await?;
    if app.gateway.iban_censito(&di, &iban).await? == Some(false) {
        risposta.headers_mut().insert(header::WARNING, NON_CENSITO);
    }
    Ok(risposta)
}

/// GET /ibanPagoPA: the accounts that pagoPA knows, as its back office last told them. Not of the original.
pub async fn registro(app: App, chi: Chi<LeggeAnagraficaCreditore>, r: Richiesta) -> Result<Response, Fault> {
    let paginazione = Paginazione::leggi(&r.parametri(), RISULTATI_PER_PAGINA_MAX)?;
    let domini = posizioni_debitorie::domini(&chi, &r);
    let elenco = app.gateway.elenco_iban(domini.as_deref(), &liste::pagina(&paginazione)).await?;
    let riga = |i: &Iban| {
        Oggetto::nuovo()
            .con("idDominio", i.dominio.as_str())
            .con("iban", i.iban.as_str())
            .con("abilitato", i.abilitato)
            .se("dataInizioValidita", i.valido_dal.map(istante))
            .valore()
    };
    Ok(liste::pagina_di(&r, &paginazione, elenco, riga, Tetto::Mostrato))
}

/// Of a dominio, by IBAN.
pub fn di<'a>(a: &'a Anagrafica, d: &'a Dominio) -> impl Iterator<Item = &'a Arc<ContoAccredito>> + 'a {
    Anagrafica::di_dominio(&a.conti, &d.cod).map(|(_, c)| c)
}

pub fn vista(c: &ContoAccredito) -> Value {
    Oggetto::nuovo()
        .con("iban", c.iban.as_str())
        .testo("bic", c.bic.as_ref())
        .con("postale", c.postale)
        .con("abilitato", c.abilitato)
        .testo("descrizione", c.descrizione.as_ref())
        .testo("intestatario", c.intestatario.as_ref())
        .testo("autStampaPosteItaliane", c.aut_stampa_poste.as_ref())
        .valore()
}
