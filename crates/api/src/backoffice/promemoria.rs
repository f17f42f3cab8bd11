//! The queue of messages to debtors (spec/2 section 2.14).

use axum::response::Response;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::ufficio::FiltroPromemoria;
use serde_json::Value;
use store::elenchi::promemoria::{Filtro, Promemoria};

use super::notifiche::istante;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::Oggetto;
use crate::liste::{self, Tetto};
use crate::permessi::LeggeConfigurazione;
use crate::richiesta::Richiesta;

/// GET /promemoria.
pub async fn elenca(app: App, chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroPromemoria::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    let domini = chi.chiamante.utenza.domini.as_ref().map(|d| d.keys().map(ToString::to_string).collect());
    let filtro = Filtro { domini, stato: f.stato, tipo: f.tipo, da: f.data_da, a: f.data_a };
    let elenco = app.gateway.elenco_promemoria(&filtro, &liste::pagina(&f.paginazione)).await?;
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, vista, Tetto::Mostrato))
}

fn vista(p: &Promemoria) -> Value {
    Oggetto::nuovo()
        .con("tipo", p.tipo.codice())
        .con("dataCreazione", istante(p.data_creazione))
        .con("stato", p.stato.codice())
        .testo("descrizioneStato", p.descrizione_stato.as_ref())
        .con("dataUltimoAggiornamento", istante(p.data_ultimo_aggiornamento))
        .con("dataProssimaSpedizione", istante(p.data_prossima_spedizione))
        .con("numeroTentativi", p.tentativi)
        .valore()
}
