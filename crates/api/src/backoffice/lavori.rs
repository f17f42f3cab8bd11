//! Jobs: how each went, when it comes next, why it stands still. A path of ours: the contract shows no more than their names.

use axum::response::Response;
use domain::Rifiuto;
use domain::lettura::modifica::{Op, operazioni};
use gateway::lavori::{self, Lavoro, SguardoLavoro};
use serde_json::Value;

use super::notifiche::istante;
use crate::App;
use crate::accesso::Chi;
use crate::fault::Fault;
use crate::json::{self, Oggetto};
use crate::liste;
use crate::permessi::{LeggeConfigurazione, ScriveConfigurazione};
use crate::richiesta::Richiesta;

/// Characters of the reason of a stop.
pub const MOTIVO_MAX: usize = 255;

/// GET /lavori.
pub async fn elenca(app: App, _chi: Chi<LeggeConfigurazione>, _r: Richiesta) -> Result<Response, Fault> {
    let lavori = app.gateway.lavori().await?;
    Ok(json::ok(&liste::intera(lavori.iter().map(vista).collect(), Some(1))))
}

/// GET /lavori/{nome}.
pub async fn leggi(app: App, _chi: Chi<LeggeConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    mostra(&app, trova(&r)?).await
}

/// PATCH /lavori/{nome}: REPLACE of `/fermo` with a reason, or with null to let it go on; REPLACE of `/richiesto` with true to have a run within seconds.
pub async fn modifica(app: App, _chi: Chi<ScriveConfigurazione>, r: Richiesta) -> Result<Response, Fault> {
    let modifiche = operazioni(&r.corpo)?;
    let lavoro = trova(&r)?;
    let modifiche = modifiche.iter().map(|o| leggi_modifica(o.op, &o.path, &o.value)).collect::<Result<Vec<_>, Rifiuto>>()?;
    for modifica in modifiche {
        match modifica {
            Modifica::Ferma(motivo) => app.gateway.ferma_lavoro(lavoro, &motivo).await?,
            Modifica::Riprendi => app.gateway.riprendi_lavoro(lavoro).await?,
            Modifica::Chiedi => app.gateway.chiedi_lavoro(lavoro).await?,
        }
    }
    mostra(&app, lavoro).await
}

enum Modifica {
    Ferma(String),
    Riprendi,
    Chiedi,
}

fn leggi_modifica(op: Op, path: &str, value: &Value) -> Result<Modifica, Rifiuto> {
    let errato = |cosa: &str| Err(Rifiuto::Sintassi(format!("Il campo {cosa} non e' valido.")));
    match (op, path) {
        (Op::Replace, "/fermo") => match value {
            Value::Null => Ok(Modifica::Riprendi),
            Value::String(t) if !t.trim().is_empty() && t.chars().count() <= MOTIVO_MAX && !t.contains('\0') => Ok(Modifica::Ferma(t.clone())),
            _ => errato("value"),
        },
        (Op::Replace, "/richiesto") => {
            if value.as_bool() == Some(true) {
                Ok(Modifica::Chiedi)
            } else {
                errato("value")
            }
        }
        (_, "/fermo" | "/richiesto") => errato("op"),
        _ => errato("path"),
    }
}

fn trova(r: &Richiesta) -> Result<&'static Lavoro, Rifiuto> {
    let nome = r.segmento("nome");
    lavori::trova(nome).ok_or_else(|| Rifiuto::NonTrovato(format!("Lavoro {nome} inesistente")))
}

async fn mostra(app: &App, lavoro: &'static Lavoro) -> Result<Response, Fault> {
    Ok(json::ok(&vista(&app.gateway.guarda_lavoro(lavoro).await?)))
}

fn vista(s: &SguardoLavoro) -> Value {
    let stato = s.stato.as_ref();
    Oggetto::nuovo()
        .con("nome", s.lavoro.nome)
        .se("idOperazione", s.lavoro.operazione.map(|o| o.nome()))
        .con("descrizione", s.lavoro.descrizione)
        .con("orario", s.lavoro.orario.a_parole())
        .con("stato", s.situazione.nome())
        .se("fermo", stato.and_then(|t| t.fermo_motivo.clone()))
        .se("nodo", stato.and_then(|t| t.in_corso.as_ref()).map(|(nodo, _)| nodo.clone()))
        .se("ultimoInizio", stato.and_then(|t| t.inizio).map(istante))
        .se("ultimaFine", stato.and_then(|t| t.fine).map(istante))
        .se("ultimoEsito", stato.and_then(|t| t.esito).map(|e| e.codice()))
        .se("motivo", stato.and_then(|t| t.motivo.clone()))
        .se("ultimoRiuscito", stato.and_then(|t| t.ultimo_riuscito).map(istante))
        .con("fallimenti", stato.map_or(0, |t| t.fallimenti))
        .con("richiesto", stato.is_some_and(|t| t.richiesto))
        .se("prossimo", stato.map(|t| istante(t.prossimo)))
        .valore()
}
