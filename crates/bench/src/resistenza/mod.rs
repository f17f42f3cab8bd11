//! The program under what happens: two nodes on one PostgreSQL of which one is killed at random, or one node in a world that misbehaves at random.
//!
//! Workers load, change, annul and pay positions of both models all the while; jobs are asked for. At the end everything works again, the queues are let
//! empty themselves, and [`libri`] compares what the archive says with what the world remembers.

mod carico;
mod libri;
mod mondo;
mod nodi;
mod tempesta;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio_util::sync::CancellationToken;

pub use carico::pendenza;
use carico::{Caricata, Cliente};
use mondo::Mondo;
use nodi::Nodi;

/// What is done to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prova {
    /// Two nodes, one of them killed every few seconds.
    DueNodi,
    /// One node, and every service around it misbehaves in turns.
    Ostile,
}

#[derive(Clone, Debug)]
pub struct Opzioni {
    pub programma: PathBuf,
    /// An empty database of a PostgreSQL.
    pub database: String,
    pub durata: Duration,
    pub lavoratori: u64,
    /// Of the random choices; times still differ from run to run.
    pub seme: u64,
    /// The leases of who was killed end by themselves at the end, as they would; otherwise a hand ends them.
    pub naturale: bool,
}

/// Payments that the simulated world remembers, with room to spare: the load slows down so that a long run stays below.
const PAGAMENTI_MAX: u64 = 16_000;
/// Between two requests of the jobs that have hours of their own.
const LAVORI_OGNI: Duration = Duration::from_secs(10);
/// The longest that the queues may take at the end: two leases of the positions, one after the other, and some room.
const ATTESA_CODE: Duration = Duration::from_secs(420);

/// Runs the trial and gives its account in one paragraph.
///
/// # Errors
/// The first thing in the books that does not balance, in words.
pub async fn corri(prova: Prova, o: &Opzioni) -> Result<String> {
    let quanti = if prova == Prova::DueNodi { 2 } else { 1 };
    let cartella = tempfile::tempdir()?;
    let mondo = Arc::new(Mondo::nuovo(&o.database, quanti).await?);
    let mut nodi = Nodi::avvia(o, &mondo, cartella.path()).await?;
    let fine_consegne = CancellationToken::new();
    let consegne = mondo.simulatore.avvia_lavori(fine_consegne.clone());

    let basta = CancellationToken::new();
    let pausa = Duration::from_secs_f64(o.durata.as_secs_f64() * o.lavoratori as f64 / PAGAMENTI_MAX as f64);
    let lavori: Vec<_> = (0..o.lavoratori)
        .map(|n| {
            let cliente = Cliente::nuovo(Arc::clone(&mondo), prova == Prova::Ostile, pausa)?;
            Ok(tokio::spawn(cliente.lavora(n, basta.clone())))
        })
        .collect::<Result<_>>()?;
    let richieste = tokio::spawn(chiedi_lavori(Arc::clone(&mondo), basta.clone()));
    let ascolto = tokio::spawn(ascolta(Arc::clone(&mondo), fine_consegne.clone()));
    let disturbi = match prova {
        Prova::DueNodi => nodi.uccidi_a_caso(&mondo, o).await?,
        Prova::Ostile => tempesta::soffia(&mondo.simulatore, o).await,
    };
    basta.cancel();
    let mut caricate = Vec::new();
    for lavoro in lavori {
        caricate.extend(lavoro.await.context("un lavoratore")??);
    }
    richieste.await?;

    calma(&mondo, o, &caricate).await?;
    fine_consegne.cancel();
    consegne.await?;
    ascolto.await??;
    let detto = nodi.ferma()?;
    ensure!(!detto.contains("panicked"), "un nodo ha avuto un panico: {}", riga_con(&detto, "panicked"));
    ensure!(prova == Prova::Ostile || !detto.contains("\"ERROR\""), "un nodo ha detto ERROR: {}", riga_con(&detto, "\"ERROR\""));
    let conto = libri::confronta(&mondo, &o.database, &caricate, prova).await?;
    Ok(format!("{disturbi}; {conto}"))
}

fn riga_con(detto: &str, cosa: &str) -> String {
    detto.lines().find(|r| r.contains(cosa)).unwrap_or_default().to_owned()
}

/// The jobs that would wait for their hour. A node that is dead does not answer: another time.
async fn chiedi_lavori(mondo: Arc<Mondo>, basta: CancellationToken) {
    while !basta.is_cancelled() {
        for operazione in ["acquisizioneRendicontazioni", "recuperoRT", "chiusuraRptScadute"] {
            let _ = mondo.operazione(operazione).await;
        }
        tokio::select! {
            () = tokio::time::sleep(LAVORI_OGNI) => {}
            () = basta.cancelled() => {}
        }
    }
}

/// The ente remembers its latest notifications alone: they are read while they come.
async fn ascolta(mondo: Arc<Mondo>, basta: CancellationToken) -> Result<()> {
    loop {
        mondo.ascolta_ente()?;
        if basta.is_cancelled() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// Everything works again, and nothing is left to do.
async fn calma(mondo: &Mondo, o: &Opzioni, caricate: &[Caricata]) -> Result<()> {
    ensure!(caricate.iter().any(|c| c.pagata.is_some()), "nessun pagamento: non e' una prova");
    tempesta::placa(&mondo.simulatore);
    let inizio = Instant::now();
    loop {
        mondo.simulatore.libera_ricevute(None)?;
        affretta(mondo, o.naturale).await?;
        let aperte = mondo.simulatore.ricevute_aperte();
        let code = mondo.code().await?;
        if aperte == 0 && code.iter().all(|(_, quante)| *quante == 0) {
            break;
        }
        if inizio.elapsed() > ATTESA_CODE {
            bail!("dopo {ATTESA_CODE:?} di calma restano: ricevute aperte {aperte}, {code:?}");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // What a bad flow left is asked again, and the receipts that are missing after it; what these bring leaves its own work.
    let mut fatte = 0;
    while fatte < 3 {
        affretta(mondo, o.naturale).await?;
        let detto = mondo.operazione("acquisizioneRendicontazioni").await?;
        mondo.operazione("recuperoRT").await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let code = mondo.code().await?;
        let rimasti = "SELECT (SELECT count(*) FROM flusso_da_parte) + (SELECT count(*) FROM flusso WHERE stato = 'IN_ACQUISIZIONE')";
        let rimasti = mondo.numero(rimasti).await?;
        fatte += u32::from(detto.contains("0 flussi acquisiti") && rimasti == 0 && code.iter().all(|(_, quante)| *quante == 0));
        ensure!(inizio.elapsed() < ATTESA_CODE * 2, "i flussi non si finiscono: {detto}, da parte {rimasti}, {code:?}");
    }
    Ok(())
}

/// As if the time between two attempts had passed, and, unless the trial waits for them, the leases too.
async fn affretta(mondo: &Mondo, naturale: bool) -> Result<()> {
    for istruzione in [
        "UPDATE notifica SET data_prossima_spedizione = now() WHERE stato = 'DA_SPEDIRE'",
        "UPDATE posizione_debitoria SET stato = 'DA_INVIARE', versione = versione + 1 WHERE stato = 'RIFIUTATA'",
        "UPDATE posizione_debitoria SET prossimo_tentativo = now() WHERE stato = 'DA_INVIARE'",
        "UPDATE rpt_da_inviare SET prossimo_tentativo = now()",
        "UPDATE flusso_da_parte SET prossimo_tentativo = now()",
    ] {
        mondo.sql(istruzione).await?;
    }
    if !naturale {
        // What has been held for half a minute was held by somebody who died: the living are quicker, now that the world is calm.
        for (tabella, secondi) in [("notifica", 60), ("posizione_debitoria", 150), ("rpt_da_inviare", 90)] {
            mondo
                .sql(&format!(
                    "UPDATE {tabella} SET prenotata_fino = now() - interval '1 second' WHERE prenotata_fino < now() + interval '{} seconds'",
                    secondi - 30
                ))
                .await?;
        }
        // A flow is held for five minutes, and so again with every batch of its rows.
        mondo.sql("UPDATE flusso SET prenotato_fino = now() WHERE stato = 'IN_ACQUISIZIONE' AND prenotato_fino < now() + interval '270 seconds'").await?;
        // A run that lives renews its minute at every quarter of it.
        mondo.sql("UPDATE lavoro SET preso_fino = now() WHERE preso_fino < now() + interval '35 seconds'").await?;
    }
    Ok(())
}
