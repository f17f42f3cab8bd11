//! One run of a job: taken, made while its lease is renewed, noted.

use chrono::{DateTime, Duration, Utc};
use domain::orario::attesa_dopo_fallimenti;
use store::lavori::{EsitoCorsa, FineCorsa, PresaLavoro, StatoLavoro};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Dove, Lavoro, Turno};
use crate::{Errore, Gateway};

/// For how long a run is believed to live without a word of its node.
pub const PRENOTAZIONE: Duration = Duration::seconds(60);
/// Renewals in that time: two may fail before the lease is lost.
const RINNOVI: u32 = 4;
/// How long a run may take to end after the node was told to stop.
const ATTESA_ARRESTO: std::time::Duration = std::time::Duration::from_secs(5);
/// A job that every node makes notes a good turn this often at most: it is a write for every node.
const NOTA_OGNI: Duration = Duration::seconds(30);

/// What came of a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Corsa {
    Riuscita(String),
    Fallita(String),
    /// The node is stopping, the lease was lost, or somebody stopped the job: another run does the rest.
    Interrotta,
    /// A run is in progress already.
    Occupata,
    /// Stopped by somebody, for this reason.
    Ferma(String),
    NonDovuta,
}

/// The task of a run: it does not outlive whoever waits for it.
struct Compito(JoinHandle<Result<String, Errore>>);

impl Drop for Compito {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Gateway {
    /// Makes a run of the job when it is due, or now when `subito`. `fermata`: the node is about to stop.
    ///
    /// # Errors
    /// Of the archive, before the run. What goes wrong in it is a [`Corsa::Fallita`].
    pub async fn corri(&self, lavoro: &'static Lavoro, subito: bool, fermata: &CancellationToken) -> Result<Corsa, Errore> {
        self.corri_per(lavoro, subito, fermata, PRENOTAZIONE).await
    }

    /// The same, with a lease of this length.
    pub async fn corri_per(&self, lavoro: &'static Lavoro, subito: bool, fermata: &CancellationToken, durata: Duration) -> Result<Corsa, Errore> {
        let inizio = self.adesso();
        let stato = match self.store.lavoro(lavoro.nome).await? {
            Some(stato) => stato,
            None => {
                self.store.censisci_lavoro(lavoro.nome, lavoro.primo(inizio)).await?;
                let Some(stato) = self.store.lavoro(lavoro.nome).await? else { return Ok(Corsa::NonDovuta) };
                stato
            }
        };
        super::sguardo::misura(lavoro, &stato);
        match lavoro.dove {
            Dove::OgniNodo => self.giro(lavoro, &stato, fermata).await,
            Dove::UnNodo if !subito && !stato.dovuto(inizio) => Ok(Corsa::NonDovuta),
            Dove::UnNodo => self.presa(lavoro, &stato, subito, fermata, durata).await,
        }
    }

    async fn presa(&self, lavoro: &'static Lavoro, stato: &StatoLavoro, subito: bool, fermata: &CancellationToken, durata: Duration) -> Result<Corsa, Errore> {
        let inizio = self.adesso();
        let corsa = match self.store.prendi_lavoro(lavoro.nome, &self.nome_nodo(), durata, subito, inizio).await? {
            PresaLavoro::Presa { corsa } => corsa,
            PresaLavoro::Occupato => return Ok(Corsa::Occupata),
            PresaLavoro::Fermo(motivo) => return Ok(Corsa::Ferma(motivo)),
            PresaLavoro::NonDovuto => return Ok(Corsa::NonDovuta),
        };
        if stato.in_corso.is_some() {
            tracing::warn!(lavoro = lavoro.nome, "corsa di un nodo che non da' piu' segno di vita: ripresa");
        }
        let mut compito = self.avvia_compito(lavoro, fermata);
        let finita = tokio::select! {
            esito = &mut compito.0 => Some(detto(esito)),
            () = self.finche_e_mia(lavoro, corsa, durata) => None,
            () = arresto(fermata) => None,
        };
        // Whatever it was doing is over before its outcome is told.
        drop(compito);
        self.annota(lavoro, stato, corsa, inizio, finita).await
    }

    fn avvia_compito(&self, lavoro: &'static Lavoro, fermata: &CancellationToken) -> Compito {
        let (gateway, turno) = (self.clone(), Turno { fermata: fermata.clone() });
        Compito(tokio::spawn(async move { (lavoro.esegui)(&gateway, &turno).await }))
    }

    /// Renews the lease, and returns when it is lost: taken by others, stopped, or not renewed in time.
    async fn finche_e_mia(&self, lavoro: &Lavoro, corsa: Uuid, durata: Duration) {
        let ogni = durata.to_std().unwrap_or_default() / RINNOVI;
        let mut mancati = 0;
        while mancati < RINNOVI - 1 {
            tokio::time::sleep(ogni).await;
            match self.store.rinnova_lavoro(lavoro.nome, corsa, durata, self.adesso()).await {
                Ok(true) => mancati = 0,
                Ok(false) => return,
                Err(errore) => {
                    mancati += 1;
                    tracing::warn!(lavoro = lavoro.nome, errore = %errore, "prenotazione non rinnovata");
                }
            }
        }
    }

    async fn annota(
        &self,
        lavoro: &Lavoro,
        stato: &StatoLavoro,
        corsa: Uuid,
        inizio: DateTime<Utc>,
        finita: Option<Result<String, String>>,
    ) -> Result<Corsa, Errore> {
        let adesso = self.adesso();
        let (fine, corsa_finita) = match finita {
            Some(Ok(frase)) => (fine(EsitoCorsa::Riuscito, &frase, lavoro.orario.prossimo(inizio).max(adesso)), Corsa::Riuscita(frase)),
            Some(Err(motivo)) => (fine(EsitoCorsa::Fallito, &motivo, lavoro.dopo_un_fallimento(stato, inizio, adesso)), Corsa::Fallita(motivo)),
            // Due at once, for another node.
            None => (fine(EsitoCorsa::Interrotto, "Interrotto prima della fine: riprende da dove era.", adesso), Corsa::Interrotta),
        };
        conta(lavoro, &corsa_finita, adesso - inizio);
        if !self.store.finisci_lavoro(lavoro.nome, corsa, fine, adesso).await? {
            tracing::warn!(lavoro = lavoro.nome, "la corsa era gia' di un altro nodo: il suo esito non e' stato scritto");
        }
        Ok(corsa_finita)
    }

    /// A turn of a job that every node makes for itself.
    async fn giro(&self, lavoro: &'static Lavoro, stato: &StatoLavoro, fermata: &CancellationToken) -> Result<Corsa, Errore> {
        if let Some(motivo) = &stato.fermo_motivo {
            return Ok(Corsa::Ferma(motivo.clone()));
        }
        let inizio = self.adesso();
        let mut compito = self.avvia_compito(lavoro, fermata);
        let finita = tokio::select! {
            esito = &mut compito.0 => detto(esito),
            () = arresto(fermata) => return Ok(Corsa::Interrotta),
        };
        let adesso = self.adesso();
        let (esito, frase, corsa) = match finita {
            Ok(frase) => (EsitoCorsa::Riuscito, frase.clone(), Corsa::Riuscita(frase)),
            Err(motivo) => (EsitoCorsa::Fallito, motivo.clone(), Corsa::Fallita(motivo)),
        };
        let recente = stato.fine.is_some_and(|f| adesso - f < NOTA_OGNI);
        if !(recente && esito == EsitoCorsa::Riuscito && stato.esito == Some(esito)) || stato.richiesto {
            conta(lavoro, &corsa, adesso - inizio);
            self.store.segna_giro(lavoro.nome, inizio, fine(esito, &frase, lavoro.orario.prossimo(adesso)), adesso).await?;
        }
        Ok(corsa)
    }

    /// As other nodes and the journal know this one.
    pub(crate) fn nome_nodo(&self) -> String {
        format!("nodo-{}", self.numeratore.nodo())
    }
}

impl Lavoro {
    /// The first run ever: at once, unless it has its hours.
    fn primo(&self, adesso: DateTime<Utc>) -> DateTime<Utc> {
        match self.orario {
            domain::orario::Orario::OgniSecondi(_) => adesso,
            orario => orario.prossimo(adesso),
        }
    }

    /// Before its time when a failure may mend sooner.
    fn dopo_un_fallimento(&self, stato: &StatoLavoro, inizio: DateTime<Utc>, adesso: DateTime<Utc>) -> DateTime<Utc> {
        self.orario.prossimo(inizio).min(adesso + attesa_dopo_fallimenti(stato.fallimenti + 1)).max(adesso)
    }
}

fn fine(esito: EsitoCorsa, motivo: &str, prossimo: DateTime<Utc>) -> FineCorsa {
    FineCorsa { esito, motivo: motivo.to_owned(), prossimo }
}

/// A run that panics has failed, and the others go on.
fn detto(esito: Result<Result<String, Errore>, tokio::task::JoinError>) -> Result<String, String> {
    match esito {
        Ok(Ok(frase)) => Ok(frase),
        Ok(Err(errore)) => Err(catena(&errore)),
        Err(_) => Err("errore interno del programma".to_owned()),
    }
}

/// An error with its causes.
fn catena(errore: &dyn std::error::Error) -> String {
    let mut testo = errore.to_string();
    let mut causa = errore.source();
    while let Some(c) = causa {
        testo = format!("{testo}: {c}");
        causa = c.source();
    }
    testo
}

/// When the node was told to stop, and the run had its time to end by itself.
async fn arresto(fermata: &CancellationToken) {
    fermata.cancelled().await;
    tokio::time::sleep(ATTESA_ARRESTO).await;
}

fn conta(lavoro: &Lavoro, corsa: &Corsa, durata: Duration) {
    let esito = match corsa {
        Corsa::Riuscita(_) => "riuscita",
        Corsa::Fallita(motivo) => {
            tracing::warn!(lavoro = lavoro.nome, motivo = %motivo, "lavoro non riuscito");
            "fallita"
        }
        _ => "interrotta",
    };
    metrics::counter!("fiorino_lavori_corse_total", "lavoro" => lavoro.nome, "esito" => esito).increment(1);
    metrics::histogram!("fiorino_lavori_durata_secondi", "lavoro" => lavoro.nome).record(durata.num_milliseconds().max(0) as f64 / 1000.0);
}
