//! GET /avvisi/{idDominio}/{numeroAvviso}: the avviso as data or on paper, for anybody who has its number (spec/1 sections 2.4 and 10.5).

use axum::response::Response;
use codici::{IdDominio, NumeroAvviso};
use domain::chiamante::{Chi as Quale, Profilo};
use domain::lettura::avviso::lingua_secondaria;
use domain::lettura::pendenza as lettura;
use domain::{Pendenza, Rifiuto, visibilita};
use gateway::accesso::captcha;
use gateway::verifica_ente::ErroreRicerca;

use super::Versione;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::pendenze::avvisi::{Formato, stampa};
use crate::permessi::LeggePagamentiAncheAnonimo;
use crate::richiesta::Richiesta;
use crate::viste::avviso;

type Pagante = Chi<LeggePagamentiAncheAnonimo>;

pub async fn leggi(versione: Versione, app: App, chi: Pagante, r: Richiesta) -> Result<Response, Fault> {
    if chi.chiamante.profilo == Profilo::Public {
        alla_porta(&app, &chi, &r).await?;
    }
    let formato = match versione {
        Versione::V1 => Formato::chiesto(&r)?,
        // Whoever does not ask for paper gets data.
        Versione::V2 | Versione::V3 => Formato::chiesto(&r).unwrap_or(Formato::Json),
    };
    let (dominio, numero) = avviso(&r)?;
    let lingua = if versione == Versione::V1 { None } else { lingua_secondaria(r.parametri().testo("linguaSecondaria"))? };
    chi.chiamante.su_dominio(&dominio)?;
    let trovata = trova(versione, &app, &chi, &dominio, &numero).await?;
    if let Some(p) = &trovata
        && app.gateway.impostazioni().anonimi_nominano_debitore
    {
        visibilita::debitore_nominato(&chi.chiamante, p, r.parametri().testo("idDebitore"))?;
    }
    match (formato, trovata) {
        (Formato::Json, None) => Ok(json::ok(&avviso::avviso_sconosciuto(&dominio, &numero))),
        (Formato::Json, Some(p)) => Ok(json::ok(&avviso::avviso(&p, &app.gateway.anagrafica(), app.gateway.adesso()))),
        (Formato::Pdf, None) => Err(Rifiuto::NonTrovato(format!("Avviso [Dominio: {dominio}, NumeroAvviso: {numero}] non trovato.")).into()),
        (Formato::Pdf, Some(p)) => stampa(&app, &p, lingua).await,
    }
}

fn avviso(r: &Richiesta) -> Result<(IdDominio, NumeroAvviso), Rifiuto> {
    Ok((lettura::id_dominio(r.segmento("idDominio"))?, lettura::numero_avviso(r.segmento("numeroAvviso"))?))
}

/// What whoever is nobody must show before it is listened to: paper is for the session that made the position; data are for who knows its UUID, made it,
/// or is a person, where the installation doubts it.
async fn alla_porta(app: &App, chi: &Pagante, r: &Richiesta) -> Result<(), Fault> {
    const CHIUSA: Fault = Fault::Vietato("Access Denied");
    let avviso = avviso(r).ok();
    let sua = match &avviso {
        Some((dominio, numero)) => in_sessione(app, chi, dominio, numero).await?,
        None => false,
    };
    if r.intestazione("accept") == Some("application/pdf") && !sua {
        return Err(CHIUSA);
    }
    let anagrafica = app.gateway.anagrafica();
    let hardening = &anagrafica.configurazione.hardening;
    if !hardening.abilitato || sua {
        return Ok(());
    }
    if let (Some(uuid), Some((dominio, numero))) = (r.parametri().testo("UUID"), &avviso)
        && app.gateway.pendenza_per_avviso(dominio, numero).await?.is_some_and(|p| p.uuid == uuid)
    {
        return Ok(());
    }
    let gettone = captcha::token(hardening, r.query(), |nome| r.intestazione(nome));
    if captcha::verifica(hardening, gettone, chi.da).await { Ok(()) } else { Err(CHIUSA) }
}

async fn in_sessione(app: &App, chi: &Pagante, dominio: &IdDominio, numero: &NumeroAvviso) -> Result<bool, Fault> {
    match &chi.sessione {
        Some(sessione) => Ok(app.gateway.bozza_per_iuv(sessione, dominio, &numero.iuv()).await?.is_some()),
        None => Ok(false),
    }
}

/// In the session of the caller, which puts it in the archive; in the archive; in v2, at its ente.
async fn trova(versione: Versione, app: &App, chi: &Pagante, dominio: &IdDominio, numero: &NumeroAvviso) -> Result<Option<Pendenza>, Fault> {
    if let Some(sessione) = &chi.sessione
        && matches!(chi.chiamante.chi, Quale::Cittadino(_) | Quale::Anonimo)
        && let Some(bozza) = app.gateway.bozza_per_iuv(sessione, dominio, &numero.iuv()).await?
    {
        return match app.gateway.pendenza_per_avviso(dominio, numero).await? {
            Some(archiviata) => Ok(Some(archiviata)),
            None => Ok(Some(app.gateway.archivia_bozza(bozza).await?)),
        };
    }
    if versione == Versione::V1 {
        return Ok(app.gateway.pendenza_per_avviso(dominio, numero).await?);
    }
    match app.gateway.pendenza_da_avviso(dominio, numero).await {
        Ok(pendenza) => Ok(Some(pendenza)),
        Err(ErroreRicerca::Guasto(guasto)) => Err(guasto.into()),
        // The ente does not know it, or cannot say: neither do we.
        Err(_) => Ok(None),
    }
}
