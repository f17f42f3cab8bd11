//! SIGTERM and SIGINT ask for a clean stop; the second one no longer asks.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a shell shows for a process ended by SIGINT.
const USCITA_FORZATA: i32 = 130;

/// A token that is cancelled by the first signal.
pub fn fermata() -> anyhow::Result<CancellationToken> {
    let (mut termina, mut interrompi) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let fermata = CancellationToken::new();
    let alla_fermata = fermata.clone();
    tokio::spawn(async move {
        uno(&mut termina, &mut interrompi).await;
        tracing::info!("arresto: finisco le richieste in corso; un altro segnale esce subito");
        alla_fermata.cancel();
        uno(&mut termina, &mut interrompi).await;
        std::process::exit(USCITA_FORZATA);
    });
    Ok(fermata)
}

async fn uno(termina: &mut Signal, interrompi: &mut Signal) {
    tokio::select! {
        _ = termina.recv() => {}
        _ = interrompi.recv() => {}
    }
}
