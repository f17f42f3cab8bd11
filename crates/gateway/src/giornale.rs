//! Events of reads: a bounded queue, written in groups, that never slows or changes an answer (design/RISKS, "Journal against speed").
//!
//! A kill loses at most what came in [`INTERVALLO`]; what the queue or the database would not take is counted, and the count is itself an event.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::Store;
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};
use store::identificatori::Numeratore;
use tokio::sync::{mpsc, oneshot};

/// Events waiting to be written: at 4,000 calls/s, two seconds of a slow database.
pub const CODA_MAX: usize = 8_192;
/// Longest time that an event waits in memory.
pub const INTERVALLO: Duration = Duration::from_millis(200);
/// A broken journal is tried again this many times with the same group, then the group is counted as lost.
const TENTATIVI: u32 = 5;

enum Voce {
    Evento(Box<Evento>),
    /// Asks for all that came before to be written.
    Scarica(oneshot::Sender<()>),
}

#[derive(Clone)]
pub struct Giornale {
    coda: mpsc::Sender<Voce>,
    persi: Arc<AtomicU64>,
}

impl Giornale {
    pub(crate) fn avvia(store: Store, numeratore: Arc<Numeratore>) -> Self {
        let (coda, arrivi) = mpsc::channel(CODA_MAX);
        let persi = Arc::new(AtomicU64::new(0));
        tokio::spawn(scrivi(store, numeratore, arrivi, Arc::clone(&persi)));
        Self { coda, persi }
    }

    /// Never waits: when the queue is full the event is lost and counted.
    pub fn aggiungi(&self, evento: Evento) {
        if self.coda.try_send(Voce::Evento(Box::new(evento))).is_err() {
            self.perduti(1);
        }
    }

    fn perduti(&self, quanti: u64) {
        conta_persi(&self.persi, quanti);
    }

    /// Returns when everything added before has been written or given up. For a clean stop, and for tests.
    pub async fn scarica(&self) {
        let (fatto, attesa) = oneshot::channel();
        if self.coda.send(Voce::Scarica(fatto)).await.is_ok() {
            let _ = attesa.await;
        }
    }

    /// Events lost since the start.
    #[must_use]
    pub fn persi(&self) -> u64 {
        self.persi.load(Ordering::Relaxed)
    }
}

fn conta_persi(persi: &AtomicU64, quanti: u64) {
    persi.fetch_add(quanti, Ordering::Relaxed);
    metrics::counter!("fiorino_eventi_persi_total").increment(quanti);
}

async fn scrivi(store: Store, numeratore: Arc<Numeratore>, mut arrivi: mpsc::Receiver<Voce>, persi: Arc<AtomicU64>) {
    let mut detti = 0;
    while let Some(prima) = arrivi.recv().await {
        let mut gruppo = Vec::new();
        let mut chi_aspetta = Vec::new();
        raccogli(prima, &mut gruppo, &mut chi_aspetta);
        if chi_aspetta.is_empty() {
            tokio::time::sleep(INTERVALLO).await;
        }
        while gruppo.len() < CODA_MAX
            && let Ok(altra) = arrivi.try_recv()
        {
            raccogli(altra, &mut gruppo, &mut chi_aspetta);
        }
        let totale = persi.load(Ordering::Relaxed);
        let quanti = gruppo.len() as u64;
        if totale > detti
            && let Some(ultimo) = gruppo.last()
        {
            let perdita = evento_di_perdita(numeratore.prossimo(ultimo.data), ultimo.data, totale - detti);
            gruppo.push(perdita);
        }
        if quanti > 0 {
            if scrivi_gruppo(&store, gruppo).await {
                detti = totale;
            } else {
                // The event that tells of the losses is lost with its group: the next one tells of both.
                tracing::error!(eventi = quanti, "eventi del giornale persi: il database non li accetta");
                conta_persi(&persi, quanti);
            }
        }
        for fatto in chi_aspetta {
            let _ = fatto.send(());
        }
    }
}

fn raccogli(voce: Voce, gruppo: &mut Vec<Evento>, chi_aspetta: &mut Vec<oneshot::Sender<()>>) {
    match voce {
        Voce::Evento(e) => gruppo.push(*e),
        Voce::Scarica(fatto) => chi_aspetta.push(fatto),
    }
}

/// False when the database does not take the group.
async fn scrivi_gruppo(store: &Store, gruppo: Vec<Evento>) -> bool {
    for tentativo in 1..=TENTATIVI {
        match store.scrivi_eventi(gruppo.clone()).await {
            Ok(()) => return true,
            Err(errore) => {
                tracing::warn!(eventi = gruppo.len(), tentativo, errore = %errore, "giornale non scritto");
                tokio::time::sleep(INTERVALLO * tentativo).await;
            }
        }
    }
    false
}

/// Told in the journal itself, so that a search over it knows of the hole.
fn evento_di_perdita(id: i64, data: DateTime<Utc>, quanti: u64) -> Evento {
    Evento {
        id,
        data,
        durata_ms: None,
        componente: Componente::Fiorino,
        ruolo: Ruolo::Server,
        tipo: "eventiPersi".to_owned(),
        esito: EsitoEvento::Fail,
        sottotipo_esito: None,
        dettaglio_esito: Some(format!("{quanti} eventi di lettura non registrati: coda piena o database non disponibile")),
        dominio: None,
        iuv: None,
        ccp: None,
        id_a2a: None,
        id_pendenza: None,
        id_transazione: None,
        dati_pago_pa: None,
    }
}
