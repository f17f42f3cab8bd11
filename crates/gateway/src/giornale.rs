//! The giornale degli eventi (spec/3 section 3). Written here: a bounded queue, written in groups, that never slows or changes an answer (design/RISKS, "Journal against speed").
//!
//! A kill loses at most what came in [`INTERVALLO`]; what the queue or the database would not take is counted, and the count is itself an event.

mod letture;
mod messaggi;
mod note;
mod politica;
mod scadenza;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use outbound::Scambio;
use store::Store;
use store::eventi::{Componente, Contorno, EsitoEvento, Evento, Gruppo, Messaggi, Ruolo};
use store::identificatori::Numeratore;
use tokio::sync::{mpsc, oneshot};

pub use letture::{Chiesti, Dettaglio};
pub use messaggi::{BYTE_CORPO_MAX, Parte, numero_di_richiesta};
pub(crate) use note::{Su, nota};
pub use politica::{Genere, Politica};
pub use scadenza::{GIORNI_EVENTI_MIN, ImpostazioniGiornale};

use crate::Istantanea;

/// Events waiting to be written: at 4,000 calls/s, two seconds of a slow database.
pub const CODA_MAX: usize = 8_192;
/// Bytes of messages waiting with them: what is beyond is left out, the event stays.
const BYTE_CODA_MAX: usize = 64 * 1024 * 1024;
/// Longest time that an event waits in memory.
pub const INTERVALLO: Duration = Duration::from_millis(200);
/// Of a call of ours that failed.
const SEVERITA_CLIENT: i16 = 5;
/// A broken journal is tried again this many times with the same group, then the group is counted as lost.
const TENTATIVI: u32 = 5;

enum Voce {
    Evento(Box<(Evento, Contorno)>),
    /// Of an event that is written elsewhere.
    Messaggi(i64, DateTime<Utc>, Box<Messaggi>),
    /// Asks for all that came before to be written.
    Scarica(oneshot::Sender<()>),
}

#[derive(Clone)]
pub struct Giornale {
    coda: mpsc::Sender<Voce>,
    persi: Arc<AtomicU64>,
    byte_in_coda: Arc<AtomicUsize>,
    istantanea: Istantanea,
    nodo: Arc<str>,
}

impl Giornale {
    pub(crate) fn avvia(store: Store, numeratore: Arc<Numeratore>, istantanea: Istantanea) -> Self {
        let (coda, arrivi) = mpsc::channel(CODA_MAX);
        let nodo = format!("nodo-{}", numeratore.nodo()).into();
        let giornale = Self { coda, persi: Arc::default(), byte_in_coda: Arc::default(), istantanea, nodo };
        tokio::spawn(scrivi(store, numeratore, arrivi, Arc::clone(&giornale.persi), Arc::clone(&giornale.byte_in_coda)));
        giornale
    }

    /// What configuration wants of an interface now.
    #[must_use]
    pub fn politica(&self, componente: Componente, genere: Genere) -> Politica {
        Politica::di(&self.istantanea.attuale().configurazione.giornale_eventi, componente, genere)
    }

    /// Never waits: when the queue is full the event is lost and counted. An event that configuration does not want is left out.
    pub fn aggiungi(&self, evento: Evento) {
        self.aggiungi_con(evento, Contorno::default());
    }

    /// The same, with what surrounds it. Messages that configuration does not want are left out.
    pub fn aggiungi_con(&self, evento: Evento, contorno: Contorno) {
        let genere = Genere::di(&evento);
        self.aggiungi_come(evento, contorno, genere);
    }

    /// The same, of a call of ours, with what passed in it. One that failed is as severe as the original says of its clients (spec/3 section 3.3).
    pub(crate) fn aggiungi_chiamata(&self, evento: Evento, scambio: Option<&Scambio>) {
        let errore = evento.esito != EsitoEvento::Ok;
        let tenere = self.politica(evento.componente, Genere::di(&evento)).dump.vale(errore);
        let messaggi = scambio.filter(|_| tenere).map(messaggi::dello_scambio).unwrap_or_default();
        let severita = (evento.esito == EsitoEvento::Fail).then_some(SEVERITA_CLIENT);
        self.aggiungi_con(evento, Contorno { messaggi, severita, ..Contorno::default() });
    }

    /// The same, where the event does not tell by itself whether it is a reading.
    pub fn aggiungi_come(&self, evento: Evento, mut contorno: Contorno, genere: Genere) {
        let errore = evento.esito != EsitoEvento::Ok;
        let politica = self.politica(evento.componente, genere);
        if !politica.log.vale(errore) {
            return;
        }
        if !politica.dump.vale(errore) || !self.c_e_posto(contorno.messaggi.byte()) {
            contorno.messaggi = Messaggi::default();
        }
        contorno.nodo.get_or_insert_with(|| self.nodo.to_string());
        let byte = contorno.messaggi.byte();
        if self.coda.try_send(Voce::Evento(Box::new((evento, contorno)))).is_err() {
            self.byte_in_coda.fetch_sub(byte, Ordering::Relaxed);
            self.perduti(1);
        }
    }

    /// What passed with an event that is written by itself. `numero`: its own, or [`numero_di_richiesta`].
    pub fn aggiungi_messaggi(&self, numero: i64, data: DateTime<Utc>, messaggi: Messaggi) {
        let byte = messaggi.byte();
        if !messaggi.vuoti() && self.c_e_posto(byte) && self.coda.try_send(Voce::Messaggi(numero, data, Box::new(messaggi))).is_err() {
            self.byte_in_coda.fetch_sub(byte, Ordering::Relaxed);
        }
    }

    /// Takes the room, when there is some.
    fn c_e_posto(&self, byte: usize) -> bool {
        let prima = self.byte_in_coda.fetch_add(byte, Ordering::Relaxed);
        let ci_sta = prima.saturating_add(byte) <= BYTE_CODA_MAX;
        if !ci_sta {
            self.byte_in_coda.fetch_sub(byte, Ordering::Relaxed);
            metrics::counter!("fiorino_eventi_senza_messaggi_total").increment(1);
        }
        ci_sta
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

async fn scrivi(store: Store, numeratore: Arc<Numeratore>, mut arrivi: mpsc::Receiver<Voce>, persi: Arc<AtomicU64>, byte_in_coda: Arc<AtomicUsize>) {
    let mut detti = 0;
    while let Some(prima) = arrivi.recv().await {
        let mut gruppo = Gruppo::default();
        let mut chi_aspetta = Vec::new();
        raccogli(prima, &mut gruppo, &mut chi_aspetta);
        if chi_aspetta.is_empty() {
            tokio::time::sleep(INTERVALLO).await;
        }
        while gruppo.eventi.len() + gruppo.messaggi.len() < CODA_MAX
            && let Ok(altra) = arrivi.try_recv()
        {
            raccogli(altra, &mut gruppo, &mut chi_aspetta);
        }
        let totale = persi.load(Ordering::Relaxed);
        let quanti = gruppo.eventi.len() as u64;
        let byte = byte_di(&gruppo);
        if totale > detti
            && let Some((ultimo, _)) = gruppo.eventi.last()
        {
            let perdita = evento_di_perdita(numeratore.prossimo(ultimo.data), ultimo.data, totale - detti);
            gruppo.eventi.push((perdita, Contorno::default()));
        }
        if quanti > 0 || !gruppo.messaggi.is_empty() {
            if scrivi_gruppo(&store, gruppo).await {
                detti = if quanti > 0 { totale } else { detti };
            } else {
                // The event that tells of the losses is lost with its group: the next one tells of both.
                tracing::error!(eventi = quanti, "eventi del giornale persi: il database non li accetta");
                conta_persi(&persi, quanti);
            }
        }
        byte_in_coda.fetch_sub(byte, Ordering::Relaxed);
        for fatto in chi_aspetta {
            let _ = fatto.send(());
        }
    }
}

fn byte_di(gruppo: &Gruppo) -> usize {
    gruppo.eventi.iter().map(|(_, c)| c.messaggi.byte()).sum::<usize>() + gruppo.messaggi.iter().map(|(_, _, m)| m.byte()).sum::<usize>()
}

fn raccogli(voce: Voce, gruppo: &mut Gruppo, chi_aspetta: &mut Vec<oneshot::Sender<()>>) {
    match voce {
        Voce::Evento(e) => gruppo.eventi.push(*e),
        Voce::Messaggi(numero, data, m) => gruppo.messaggi.push((numero, data, *m)),
        Voce::Scarica(fatto) => chi_aspetta.push(fatto),
    }
}

/// False when the database does not take the group.
async fn scrivi_gruppo(store: &Store, gruppo: Gruppo) -> bool {
    for tentativo in 1..=TENTATIVI {
        match store.scrivi_gruppo(gruppo.clone()).await {
            Ok(()) => return true,
            Err(errore) => {
                tracing::warn!(eventi = gruppo.eventi.len(), tentativo, errore = %errore, "giornale non scritto");
                tokio::time::sleep(INTERVALLO * tentativo).await;
            }
        }
    }
    false
}

/// Told in the journal itself, so that a search over it knows of the hole.
fn evento_di_perdita(id: i64, data: DateTime<Utc>, quanti: u64) -> Evento {
    Evento {
        esito: EsitoEvento::Fail,
        dettaglio_esito: Some(format!("{quanti} eventi di lettura non registrati: coda piena o database non disponibile")),
        ..Evento::nuovo(id, data, Componente::Fiorino, Ruolo::Server, "eventiPersi")
    }
}
