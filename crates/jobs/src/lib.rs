//! What the program does by itself.
//!
//! - [`battito`] and [`anagrafica`]: loops of each node for itself, the sign of life and what others have changed;
//! - [`ciclo`]: one loop for each job of [`registro`], which keeps its time. A slow one never delays another, a failure is told and tried again.

mod anagrafica;
mod battito;
mod ciclo;

use std::time::Duration;

use gateway::Gateway;
pub use gateway::lavori::registro;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts every job that the configuration leaves on. They end soon after `fermata`, each at the end of its turn; wait on the tracker.
///
/// `titolare`: the name under which this process holds its node number `nodo`.
#[must_use]
pub fn avvia(gateway: Gateway, titolare: String, nodo: i32, fermata: CancellationToken) -> TaskTracker {
    let lavori = TaskTracker::new();
    lavori.spawn(battito::esegui(gateway.clone(), titolare, nodo, fermata.clone()));
    lavori.spawn(anagrafica::esegui(gateway.clone(), fermata.clone()));
    for lavoro in registro().iter().filter(|l| gateway.impostazioni().lavori.acceso(l)) {
        lavori.spawn(ciclo::esegui(gateway.clone(), lavoro, fermata.clone()));
    }
    lavori.close();
    lavori
}

/// False when it is time to stop.
async fn pausa(quanto: Duration, fermata: &CancellationToken) -> bool {
    tokio::select! {
        () = fermata.cancelled() => false,
        () = tokio::time::sleep(quanto) => true,
    }
}
