//! A change of the anagrafica is seen by every node within a second.

use std::time::Duration;

use gateway::Gateway;
use tokio_util::sync::CancellationToken;

const OGNI: Duration = Duration::from_millis(700);

pub async fn esegui(gateway: Gateway, fermata: CancellationToken) {
    while super::pausa(OGNI, &fermata).await {
        match gateway.istantanea().rinfresca(gateway.store()).await {
            Ok(true) => tracing::info!(versione = gateway.istantanea().attuale().versione, "anagrafica ricaricata"),
            Ok(false) => {}
            Err(errore) => tracing::warn!(errore = %errore, "anagrafica non riletta"),
        }
    }
}
