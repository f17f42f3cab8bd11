//! Payment attempts and their messages (spec/2 section 2.13).

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::chiamante::Chiamante;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::modifica::operazioni;
use domain::lettura::ufficio::{FiltroRppUfficio, ModificaRpp, modifica_rpp};
use domain::transazione::Transazione;
use domain::visibilita::Nomi;
use domain::{Pendenza, Rifiuto};
use gateway::modifica_rpp::leggi_consegna;
use store::elenchi::Visibilita;
use store::elenchi::transazioni::Filtro;

use super::pendenze;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json;
use crate::liste::{self, Tetto};
use crate::pendenze::rpp::{Chiave, elenco_di, filtro, mostra_ricevuta, mostra_richiesta};
use crate::permessi::{LeggePendenzeUfficio, ScrivePendenzeUfficio};
use crate::richiesta::Richiesta;
use crate::viste::Vista;
use crate::viste::forme::UFFICIO;

/// GET /rpp.
pub async fn elenca(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroRppUfficio::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    pendenze::ha_ambito(&chi.chiamante)?;
    let filtro = Filtro {
        id_a2a: f.id_a2a,
        anagrafica_debitore: f.anagrafica_debitore,
        direzioni: f.direzioni,
        divisioni: f.divisioni,
        tassonomia: f.tassonomia,
        unita_operativa: f.id_unita,
        tipo_pendenza: f.id_tipo_pendenza,
        ..filtro(Visibilita::ambito(&chi.chiamante.utenza), &f.comune)
    };
    let mut elenco = elenco_di(&app, filtro, &f.comune).await?;
    for (rpp, pendenza) in elenco.righe.iter_mut().filter(|_| f.messaggi_v1) {
        app.gateway.in_forma_vecchia(rpp, pendenza)?;
    }
    let vista = Vista::di(&app, &UFFICIO);
    Ok(liste::pagina_di(&r, &f.comune.paginazione, elenco, |(rpp, p)| vista.rpp(rpp, p), Tetto::Mostrato))
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}.
pub async fn leggi(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let (transazione, pendenza) = trova(&app, &chi.chiamante, &r).await?;
    mostra(&app, transazione, &pendenza).await
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rpt.
pub async fn richiesta(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let trovata = sua(&chi.chiamante, chiave.trova(&app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?)?;
    mostra_richiesta(&app, &r, &chiave, trovata, &Nomi::Tutti).await
}

/// GET /rpp/{idDominio}/{iuv}/{ccp}/rt: what has not come is 404, before anybody is 403.
pub async fn ricevuta(app: App, chi: Chi<LeggePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let chiave = Chiave::leggi(&r)?;
    let ricevuta = chiave.trova(&app).await?.filter(|(t, _)| t.con_rt).ok_or_else(|| chiave.non_trovata("Ricevuta"))?;
    mostra_ricevuta(&app, &r, &chiave, sua(&chi.chiamante, ricevuta)?, &Nomi::Tutti).await
}

/// PATCH /rpp/{idDominio}/{iuv}/{ccp}: one that is refused means that those after it are not done.
pub async fn modifica(app: App, chi: Chi<ScrivePendenzeUfficio>, r: Richiesta) -> Result<Response, Fault> {
    let modifiche = operazioni(&r.corpo)?.iter().map(modifica_rpp).collect::<Result<Vec<_>, _>>()?;
    let (mut transazione, mut pendenza) = trova(&app, &chi.chiamante, &r).await?;
    for modifica in modifiche {
        match modifica {
            ModificaRpp::Bloccante(bloccante) => {
                app.gateway.blocca_rpp(&transazione, bloccante).await?;
                transazione.bloccante = bloccante;
            }
            ModificaRpp::Ricevuta(base64) => {
                let byte = STANDARD.decode(base64).map_err(|_| non_valida("contenuto non in base64"))?;
                let consegna = leggi_consegna(&byte).map_err(|perche| non_valida(&perche))?;
                (transazione, pendenza) = app.gateway.acquisisci_consegna(&chi.chiamante, &consegna, r.id.clone()).await?;
            }
        }
    }
    mostra(&app, transazione, &pendenza).await
}

fn non_valida(perche: &str) -> Rifiuto {
    Rifiuto::Semantica(format!("RT non valida: {perche}"))
}

async fn mostra(app: &App, transazione: Transazione, pendenza: &Pendenza) -> Result<Response, Fault> {
    let rpp = app.gateway.rpp(pendenza, transazione).await?;
    Ok(json::ok(&Vista::di(app, &UFFICIO).rpp(&rpp, pendenza)))
}

/// The attempt of the path: 404, and then 403.
async fn trova(app: &App, chiamante: &Chiamante, r: &Richiesta) -> Result<(Transazione, Pendenza), Fault> {
    let chiave = Chiave::leggi(r)?;
    Ok(sua(chiamante, chiave.trova(app).await?.ok_or_else(|| chiave.non_trovata("Transazione"))?)?)
}

fn sua(chiamante: &Chiamante, trovata: (Transazione, Pendenza)) -> Result<(Transazione, Pendenza), Rifiuto> {
    let p = &trovata.1;
    chiamante.su_pendenza(&p.dominio, p.unita_operativa.as_deref(), &p.tipo_pendenza)?;
    Ok(trovata)
}
