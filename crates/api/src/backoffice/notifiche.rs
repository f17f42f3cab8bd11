//! The queue of notifications (spec/2 section 2.14).

use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::regole::codifica_inesistente;
use domain::notifica::{Stato, Tipo};
use serde_json::Value;
use store::notifiche::{FiltroNotifiche, Notifica};

use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::Oggetto;
use crate::liste::{self, Tetto};
use crate::permessi::LeggeConfigurazione;
use crate::richiesta::Richiesta;

/// GET /notifiche.
pub async fn elenca(app: App, chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let parametri = r.parametri();
    let paginazione = Paginazione::leggi(&parametri, RISULTATI_PER_PAGINA_MAX)?;
    let filtro = FiltroNotifiche {
        domini: chi.chiamante.utenza.domini.as_ref().map(|d| d.keys().map(ToString::to_string).collect()),
        stato: parametri.testo("stato").map(leggi_stato).transpose()?,
        tipo: parametri.testo("tipo").map(leggi_tipo).transpose()?,
        da: parametri.data_da("dataDa")?,
        a: parametri.data_a("dataA")?,
    };
    let elenco = app.gateway.elenco_notifiche(&filtro, &liste::pagina(&paginazione)).await?;
    Ok(liste::pagina_di(&r, &paginazione, elenco, notifica, Tetto::Mostrato))
}

fn leggi_stato(testo: &str) -> Result<Stato, Fault> {
    match Stato::leggi(testo) {
        Some(stato) => Ok(stato),
        None => Ok(codifica_inesistente("stato", testo, Stato::TUTTI.map(Stato::codice))?),
    }
}

fn leggi_tipo(testo: &str) -> Result<Tipo, Fault> {
    match Tipo::leggi(testo) {
        Some(tipo) => Ok(tipo),
        None => Ok(codifica_inesistente("tipo", testo, Tipo::TUTTI.map(Tipo::codice))?),
    }
}

fn notifica(n: &Notifica) -> Value {
    Oggetto::nuovo()
        .con("tipo", n.tipo.codice())
        .con("dataCreazione", istante(n.data_creazione))
        .con("stato", n.stato.codice())
        .testo("descrizioneStato", n.descrizione_stato.as_ref())
        .con("dataUltimoAggiornamento", istante(n.data_ultimo_aggiornamento))
        .con("dataProssimaSpedizione", istante(n.data_prossima_spedizione))
        .con("numeroTentativi", n.tentativi)
        .con("idA2A", n.id_a2a.as_str())
        .valore()
}

/// As the queues tell their times.
pub fn istante(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
