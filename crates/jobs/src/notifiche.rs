//! Notifications leave as soon as they are queued here, and at the latest at the next turn when another node queued them or an attempt is due.

use std::time::Duration;

use gateway::{Gateway, notifica_ente::NOTIFICHE_PER_TURNO};
use tokio_util::sync::CancellationToken;

const OGNI: Duration = Duration::from_secs(2);
/// After a turn that could not even read the queue.
const DOPO_UN_ERRORE: Duration = Duration::from_secs(5);

pub async fn esegui(gateway: Gateway, fermata: CancellationToken) {
    while !fermata.is_cancelled() {
        let attesa = match gateway.spedisci_notifiche().await {
            Ok(prese) if prese >= NOTIFICHE_PER_TURNO => continue,
            Ok(_) => OGNI,
            Err(errore) => {
                tracing::warn!(errore = %errore, "coda delle notifiche non letta");
                DOPO_UN_ERRORE
            }
        };
        misura(&gateway).await;
        tokio::select! {
            () = fermata.cancelled() => return,
            () = gateway.notifica_in_coda() => {}
            () = tokio::time::sleep(attesa) => {}
        }
    }
}

async fn misura(gateway: &Gateway) {
    if let Ok((quante, prima)) = gateway.store().notifiche_in_coda().await {
        let eta = prima.map_or(0, |p| (gateway.adesso() - p).num_seconds().max(0));
        metrics::gauge!("fiorino_notifiche_in_coda").set(quante as f64);
        metrics::gauge!("fiorino_notifiche_piu_vecchia_secondi").set(eta as f64);
    }
}
