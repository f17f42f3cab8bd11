//! What the program does by itself, on every node. Each job is a loop of its own: a slow one never delays another, a failure is told and tried again
//! at the next turn.
//!
//! - [`battito`]: the sign of life of the installation, and the lease of this node's number;
//! - [`anagrafica`]: what other nodes, or a hand in the database, have changed;
//! - [`notifiche`]: the queue towards the enti;
//! - [`pulizie`]: what has had its day is forgotten.

mod anagrafica;
mod battito;
mod notifiche;
mod pulizie;

use std::time::Duration;

use gateway::Gateway;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts every job. They end soon after `fermata`, each at the end of its turn; wait on the tracker.
///
/// `titolare`: the name under which this process holds its node number `nodo`.
#[must_use]
pub fn avvia(gateway: Gateway, titolare: String, nodo: i32, fermata: CancellationToken) -> TaskTracker {
    let lavori = TaskTracker::new();
    lavori.spawn(battito::esegui(gateway.clone(), titolare, nodo, fermata.clone()));
    lavori.spawn(anagrafica::esegui(gateway.clone(), fermata.clone()));
    lavori.spawn(pulizie::esegui(gateway.clone(), fermata.clone()));
    lavori.spawn(notifiche::esegui(gateway, fermata));
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
