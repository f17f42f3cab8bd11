//! The giornale degli eventi (spec/2 section 2.14, spec/3 section 3.1).

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::lista::RISULTATI_PER_PAGINA_MAX;
use domain::lettura::ufficio::FiltroEventi;
use gateway::giornale::{Chiesti, Dettaglio};
use serde_json::{Map, Value};
use store::eventi::{Categoria, EsitoEvento, Messaggi, Ruolo};
use store::giornale::{EventoLetto, Filtro};

use super::notifiche::istante;
use super::pendenze;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste::{self, Tetto};
use crate::permessi::GuardaGiornale;
use crate::richiesta::Richiesta;

/// Members of datiPagoPA that are shown: fruitore and erogatore are kept and never told.
const DATI_MOSTRATI: [&str; 8] =
    ["idPsp", "idCanale", "idIntermediarioPsp", "tipoVersamento", "modelloPagamento", "idDominio", "idIntermediario", "idStazione"];
/// The others, with the names that the contract gives them.
const DATI_RINOMINATI: [(&str, &str); 4] = [("idFlusso", "idFlusso"), ("idTracciato", "idTracciato"), ("trn", "idIncasso"), ("sct", "sct")];

/// GET /eventi.
pub async fn elenca(app: App, chi: Chi<GuardaGiornale>, r: Richiesta) -> Result<Response, Fault> {
    let f = FiltroEventi::leggi(r.query(), RISULTATI_PER_PAGINA_MAX)?;
    pendenze::ha_ambito(&chi.chiamante)?;
    let chiesti = Chiesti {
        con_messaggi: f.messaggi,
        id_pagamento: f.id_pagamento,
        filtro: Filtro {
            dominio: f.dominio.map(|d| d.to_string()),
            iuv: f.iuv,
            ccp: f.ccp,
            id_a2a: f.id_a2a,
            id_pendenza: f.id_pendenza,
            esito: f.esito.and_then(|e| ESITI.into_iter().find(|noto| noto.codice() == e)),
            categoria: f.categoria.and_then(|c| Categoria::TUTTE.into_iter().find(|nota| nota.codice() == c)),
            ruolo: f.ruolo.and_then(|r| [Ruolo::Server, Ruolo::Client].into_iter().find(|noto| ruolo(*noto) == r)),
            tipo: f.tipo,
            sottotipo: f.sottotipo,
            componente: f.componente,
            da: f.da,
            a: f.a,
            severita_da: f.severita_da,
            severita_a: f.severita_a,
            ..Filtro::default()
        },
    };
    let elenco = app.gateway.elenco_eventi(&chi.chiamante, chiesti, &liste::pagina(&f.paginazione)).await?;
    Ok(liste::pagina_di(&r, &f.paginazione, elenco, vista, Tetto::Mostrato))
}

/// GET /eventi/{id}.
pub async fn leggi(app: App, chi: Chi<GuardaGiornale>, r: Richiesta) -> Result<Response, Fault> {
    let testo = r.segmento("id");
    let id = testo.parse::<i64>().map_err(|_| Rifiuto::Sintassi("Il valore indicato per il parametro [id] non e' un numero.".to_owned()))?;
    let trovato = app.gateway.evento_visibile(&chi.chiamante, id).await?;
    let dettaglio = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Evento {id} non trovato.")))?;
    Ok(json::ok(&vista(&dettaglio)))
}

const ESITI: [EsitoEvento; 3] = [EsitoEvento::Ok, EsitoEvento::Ko, EsitoEvento::Fail];

const fn ruolo(ruolo: Ruolo) -> &'static str {
    match ruolo {
        Ruolo::Server => "SERVER",
        Ruolo::Client => "CLIENT",
    }
}

pub fn vista(d: &Dettaglio) -> Value {
    let indice = indice(&d.evento);
    match &d.messaggi {
        None => indice.valore(),
        Some(m) => con_messaggi(indice, m).valore(),
    }
}

/// Objects also when nothing was kept: the contract has them in every detail.
fn con_messaggi(o: Oggetto, m: &Messaggi) -> Oggetto {
    let parte = |testo: &Option<String>| testo.as_ref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or_else(|| Value::Object(Map::new()));
    o.con("parametriRichiesta", parte(&m.richiesta)).con("parametriRisposta", parte(&m.risposta))
}

fn indice(e: &EventoLetto) -> Oggetto {
    Oggetto::nuovo()
        .con("id", e.id)
        .con("componente", e.componente.as_str())
        .con("categoriaEvento", e.categoria.codice())
        .con("ruolo", ruolo(e.ruolo))
        .con("tipoEvento", e.tipo.as_str())
        .testo("sottotipoEvento", e.sottotipo.as_ref())
        .con("esito", e.esito.as_str())
        .con("dataEvento", istante(e.data))
        .con("durataEvento", e.durata_ms.unwrap_or(0))
        .testo("sottotipoEsito", e.sottotipo_esito.as_ref())
        .testo("dettaglioEsito", e.dettaglio_esito.as_ref())
        .testo("idDominio", e.dominio.as_ref())
        .testo("iuv", e.iuv.as_ref())
        .testo("ccp", e.ccp.as_ref())
        .testo("idA2A", e.id_a2a.as_ref())
        .testo("idPendenza", e.id_pendenza.as_ref())
        .testo("idPagamento", e.pagamento.as_ref())
        .se("datiPagoPA", e.dati_pago_pa.as_deref().and_then(dati_pago_pa))
        .se("severita", e.severita)
        .testo("clusterId", e.nodo.as_ref())
        .testo("transactionId", e.id_transazione.as_ref())
}

fn dati_pago_pa(testo: &str) -> Option<Value> {
    let Ok(Value::Object(dati)) = serde_json::from_str(testo) else { return None };
    let uguali = DATI_MOSTRATI.into_iter().map(|n| (n, n));
    let mostrati = uguali.chain(DATI_RINOMINATI).filter_map(|(tenuto, detto)| Some((detto.to_owned(), dati.get(tenuto).filter(|v| !v.is_null())?.clone())));
    Some(Value::Object(mostrati.collect()))
}
