//! What has had its day is forgotten.

use std::time::Duration;

use gateway::Gateway;
use tokio_util::sync::CancellationToken;

const OGNI: Duration = Duration::from_secs(5 * 60);

pub async fn esegui(gateway: Gateway, fermata: CancellationToken) {
    while super::pausa(OGNI, &fermata).await {
        match gateway.pulisci_chiavi().await {
            Ok(0) => {}
            Ok(quante) => tracing::debug!(chiavi = quante, "chiavi di idempotenza scadute cancellate"),
            Err(errore) => tracing::warn!(errore = %errore, "chiavi di idempotenza non pulite"),
        }
        match gateway.pulisci_bozze().await {
            Ok(0) => {}
            Ok(quante) => tracing::debug!(bozze = quante, "pendenze di sessione scadute cancellate"),
            Err(errore) => tracing::warn!(errore = %errore, "pendenze di sessione non pulite"),
        }
    }
}
