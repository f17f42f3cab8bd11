//! The sign of life: a start whose clock is before it is refused, so that a restored backup does not pass unseen (design/RISKS).

use std::time::Duration;

use gateway::Gateway;
use tokio_util::sync::CancellationToken;

const OGNI: Duration = Duration::from_secs(10);
/// Turns between two renewals of the node's lease, which lasts five minutes.
const GIRI_PER_AFFITTO: u32 = 6;

pub async fn esegui(gateway: Gateway, titolare: String, nodo: i32, fermata: CancellationToken) {
    let mut giro = 0_u32;
    while pausa_breve(giro, &fermata).await {
        if let Err(errore) = gateway.store().battito(gateway.adesso()).await {
            tracing::warn!(errore = %errore, "battito non scritto");
        }
        if giro.is_multiple_of(GIRI_PER_AFFITTO) {
            match gateway.store().affitta_nodo(&titolare, gateway.adesso()).await {
                Ok(numero) if numero == nodo => {}
                Ok(numero) => tracing::error!(nodo, numero, "il numero di questo nodo e' stato dato ad altri: riavviare"),
                Err(errore) => tracing::warn!(errore = %errore, "affitto del nodo non rinnovato"),
            }
        }
        giro = giro.wrapping_add(1);
    }
}

/// The first turn comes at once.
async fn pausa_breve(giro: u32, fermata: &CancellationToken) -> bool {
    if giro == 0 { !fermata.is_cancelled() } else { super::pausa(OGNI, fermata).await }
}
