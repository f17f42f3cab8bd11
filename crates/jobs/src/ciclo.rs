//! The loop of a job: it looks whether a run is due, makes it, and waits.

use std::time::Duration;

use domain::orario::Orario;
use gateway::Gateway;
use gateway::lavori::{Corsa, Dove, Lavoro};
use tokio_util::sync::CancellationToken;

/// Longest time between two looks: a run that somebody asks for, or that a dead node left, is found within it.
const SGUARDO: Duration = Duration::from_secs(5);

pub async fn esegui(gateway: Gateway, lavoro: &'static Lavoro, fermata: CancellationToken) {
    while !fermata.is_cancelled() {
        match gateway.corri(lavoro, false, &fermata).await {
            Ok(Corsa::Riuscita(frase)) => tracing::debug!(lavoro = lavoro.nome, esito = %frase, "lavoro riuscito"),
            Ok(_) => {}
            Err(errore) => tracing::warn!(lavoro = lavoro.nome, errore = %errore, "lavoro non avviato: l'archivio non risponde"),
        }
        tokio::select! {
            () = fermata.cancelled() => return,
            () = sveglia(&gateway, lavoro) => {}
            () = tokio::time::sleep(attesa(lavoro)) => {}
        }
    }
}

/// A job of every node keeps its own time; of the others the archive tells when they are due.
fn attesa(lavoro: &Lavoro) -> Duration {
    match (lavoro.dove, lavoro.orario) {
        (Dove::OgniNodo, Orario::OgniSecondi(secondi)) => Duration::from_secs(secondi.into()),
        _ => SGUARDO,
    }
}

async fn sveglia(gateway: &Gateway, lavoro: &Lavoro) {
    match lavoro.sveglia {
        Some(sveglia) => sveglia(gateway).await,
        None => std::future::pending().await,
    }
}
