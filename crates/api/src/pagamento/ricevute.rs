//! Receipts of a IUV (v3, spec/1 section 10.8).

use axum::response::Response;
use codici::{IdDominio, Iuv};
use domain::chiamante::Chi as Quale;
use domain::lettura::pendenza as lettura;
use domain::lettura::rpp::esito;
use domain::transazione::Transazione;
use domain::visibilita::Nomi;
use domain::{Rifiuto, calendario, visibilita};
use serde_json::Value;
use store::elenchi::Visibilita;
use store::elenchi::transazioni::Filtro;

use super::rpp::finestra;
use crate::App;
use crate::accesso::Chi;
use crate::domini;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::LeggePagamentiAncheAnonimo;
use crate::richiesta::Richiesta;

type Pagante = Chi<LeggePagamentiAncheAnonimo>;

/// Attempts of one IUV that are looked at: more than any notice was ever tried.
const TENTATIVI_MAX: u64 = 500;
const PDF: &str = "application/pdf";
const JSON: &str = "application/json";

/// GET /ricevute/{idDominio}/{iuv}: all in one page. Without any attempt that the caller may see it is 404; attempts without receipts are an empty list.
pub async fn elenca(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let esito = r.parametri().grezzo("esito").map(esito).transpose()?;
    let non_trovata = || Rifiuto::NonTrovato(format!("Non sono presenti ricevute per [IdDominio: {dominio}, IUV: {}].", r.segmento("iuv")));
    let iuv = Iuv::leggi(r.segmento("iuv")).ok_or_else(non_trovata)?;
    let visibile = visibili(&app, &chi, &dominio, &iuv).await?.ok_or_else(non_trovata)?;
    let filtro = Filtro { dominio: Some(dominio.clone()), iuv: Some(iuv.to_string()), esito, ..Filtro::di(visibile) };
    let trovate = app.gateway.transazioni(&filtro, TENTATIVI_MAX).await?;
    let fresca = |t: &Transazione| !matches!(chi.chiamante.chi, Quale::Anonimo) || t.data_ricevuta.is_none_or(|d| finestra(&app).aperta(d));
    let trovate: Vec<Transazione> = trovate.into_iter().filter(fresca).collect();
    if trovate.is_empty() {
        return Err(non_trovata().into());
    }
    let anagrafica = app.gateway.anagrafica();
    let riga = |t: &Transazione| {
        Oggetto::nuovo()
            .con("dominio", domini::breve(&t.dominio, &anagrafica))
            .con("iuv", t.iuv.as_str())
            .con("idRicevuta", t.ccp.as_str())
            .se("data", t.data_ricevuta.map(|d| calendario::ora_locale(d).format("%Y-%m-%dT%H:%M:%S").to_string()))
            .con("esito", t.esito.nome())
            .valore()
    };
    let righe: Vec<Value> = trovate.iter().filter(|t| t.con_rt).map(riga).collect();
    Ok(json::ok(&liste::intera(righe, None)))
}

/// `None`: nothing of this IUV is for the caller.
async fn visibili(app: &App, chi: &Pagante, dominio: &IdDominio, iuv: &Iuv) -> Result<Option<Visibilita>, Fault> {
    let utenza = &chi.chiamante.utenza;
    match &chi.chiamante.chi {
        Quale::Cittadino(c) => Ok(Some(Visibilita::Debitore(c.codice_fiscale.clone()))),
        Quale::Applicazione(_) | Quale::Operatore(_) if utenza.domini.as_ref().is_some_and(|d| d.is_empty()) => {
            Err(chi.chiamante.senza("nessun Dominio").into())
        }
        Quale::Applicazione(_) | Quale::Operatore(_) => Ok(utenza.su_dominio(dominio).then_some(Visibilita::Ambito { unita: None, tipi: None })),
        Quale::Anonimo => Ok(in_sessione(app, chi, dominio, iuv).await?.then_some(Visibilita::Ambito { unita: None, tipi: None })),
    }
}

async fn in_sessione(app: &App, chi: &Pagante, dominio: &IdDominio, iuv: &Iuv) -> Result<bool, Fault> {
    match &chi.sessione {
        Some(sessione) => Ok(app.gateway.bozza_per_iuv(sessione, dominio, iuv).await?.is_some()),
        None => Ok(false),
    }
}

/// Money that came without a receipt, on paper: its IUR is the id.
async fn quietanza(app: &App, chi: &Pagante, dominio: &IdDominio, iuv: &Iuv, iur: &str) -> Result<Option<Response>, Fault> {
    let Some(trovata) = app.gateway.quietanza(dominio, iuv, iur).await? else { return Ok(None) };
    let sua = in_sessione(app, chi, dominio, iuv).await?;
    visibilita::ricevuta(&chi.chiamante, &trovata.pendenza, sua, trovata.data(), finestra(app))?;
    Ok(Some(json::file(PDF, &format!("{dominio}_{iuv}_{iur}.pdf"), app.gateway.stampa_quietanza(&trovata).await?)))
}

/// GET /ricevute/{idDominio}/{iuv}/{idRicevuta}: 406, then 404, then 403.
pub async fn leggi(app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    let accettati = r.intestazione("accept").unwrap_or_default();
    let su_carta = accettati.contains(PDF);
    if !su_carta && !accettati.contains(JSON) {
        let testo = format!("Ricevuta non disponibile nel formato indicato nell'header Accept, ricevuto: '{accettati}', consentiti: {{'{PDF}','{JSON}'}}");
        return Err(Rifiuto::NonAccettabile(testo).into());
    }
    let dominio = lettura::id_dominio(r.segmento("idDominio"))?;
    let (iuv, id) = (r.segmento("iuv"), r.segmento("idRicevuta"));
    let non_trovata = || Rifiuto::NonTrovato(format!("Ricevuta [IdDominio: {dominio}, IUV: {iuv}, IdRicevuta: {id}] non trovata."));
    if iuv.contains('\0') || id.contains('\0') {
        return Err(non_trovata().into());
    }
    let Some((transazione, pendenza)) = app.gateway.transazione(&dominio, iuv, id).await?.filter(|(t, _)| t.con_rt) else {
        return match Iuv::leggi(iuv).filter(|_| su_carta) {
            Some(iuv) => quietanza(&app, &chi, &dominio, &iuv, id).await?.ok_or_else(|| non_trovata().into()),
            None => Err(non_trovata().into()),
        };
    };
    let sua = in_sessione(&app, &chi, &dominio, &transazione.iuv).await?;
    let giunta = transazione.data_ricevuta.unwrap_or(transazione.data_richiesta);
    visibilita::ricevuta(&chi.chiamante, &pendenza, sua, giunta, finestra(&app))?;
    if su_carta {
        let pdf = app.gateway.stampa_ricevuta(&transazione, &pendenza, &Nomi::Tutti).await?;
        return Ok(json::file(PDF, &format!("{dominio}_{iuv}_{id}.pdf"), pdf));
    }
    Ok(json::ok(&app.gateway.ricevuta_intera(&transazione, &pendenza).await?))
}
