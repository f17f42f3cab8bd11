//! Batches run now, at somebody's request, and what came of it (spec/2 section 2.16).
//!
//! What is told of a run is told by the node that ran it: it is not kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::notifica_ente::NOTIFICHE_PER_TURNO;
use crate::{Errore, Gateway};

/// Turns of the queue of notifications that one request runs: an ente that answers slowly must not hold the caller for ever.
const TURNI_NOTIFICHE_MAX: u64 = 100;

/// The fourteen, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operazione {
    AcquisizioneRendicontazioni,
    ChiusuraRptScadute,
    GestionePromemoria,
    SpedizioneNotifiche,
    SpedizioneNotificheAppIo,
    SpedizionePromemoria,
    ResetCacheAnagrafica,
    ElaborazioneTracciatiPendenze,
    ElaborazioneTracciatiNotificaPagamenti,
    SpedizioneTracciatiNotificaPagamenti,
    ElaborazioneRiconciliazioni,
    RecuperoRt,
    InviaPosizioniDebitorieAca,
    InviaNotificheMaggioli,
}

impl Operazione {
    pub const TUTTE: [Self; 14] = [
        Self::AcquisizioneRendicontazioni,
        Self::ChiusuraRptScadute,
        Self::GestionePromemoria,
        Self::SpedizioneNotifiche,
        Self::SpedizioneNotificheAppIo,
        Self::SpedizionePromemoria,
        Self::ResetCacheAnagrafica,
        Self::ElaborazioneTracciatiPendenze,
        Self::ElaborazioneTracciatiNotificaPagamenti,
        Self::SpedizioneTracciatiNotificaPagamenti,
        Self::ElaborazioneRiconciliazioni,
        Self::RecuperoRt,
        Self::InviaPosizioniDebitorieAca,
        Self::InviaNotificheMaggioli,
    ];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::AcquisizioneRendicontazioni => "acquisizioneRendicontazioni",
            Self::ChiusuraRptScadute => "chiusuraRptScadute",
            Self::GestionePromemoria => "gestionePromemoria",
            Self::SpedizioneNotifiche => "spedizioneNotifiche",
            Self::SpedizioneNotificheAppIo => "spedizioneNotificheAppIO",
            Self::SpedizionePromemoria => "spedizionePromemoria",
            Self::ResetCacheAnagrafica => "resetCacheAnagrafica",
            Self::ElaborazioneTracciatiPendenze => "elaborazioneTracciatiPendenze",
            Self::ElaborazioneTracciatiNotificaPagamenti => "elaborazioneTracciatiNotificaPagamenti",
            Self::SpedizioneTracciatiNotificaPagamenti => "spedizioneTracciatiNotificaPagamenti",
            Self::ElaborazioneRiconciliazioni => "elaborazioneRiconciliazioni",
            Self::RecuperoRt => "recuperoRT",
            Self::InviaPosizioniDebitorieAca => "inviaPosizioniDebitorieAca",
            Self::InviaNotificheMaggioli => "inviaNotificheMaggioli",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|o| o.nome() == nome)
    }
}

/// The last run of an operation on this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Esecuzione {
    pub inizio: DateTime<Utc>,
    /// Absent while it runs.
    pub fine: Option<DateTime<Utc>>,
    pub riuscita: bool,
    /// What was told to the caller.
    pub descrizione: String,
}

/// What this node has run.
#[derive(Default)]
pub struct Esecuzioni {
    richieste: Mutex<HashMap<Operazione, Esecuzione>>,
    /// Milliseconds since the epoch of the last good turn of the queue of notifications, zero before the first.
    giro_notifiche_ms: AtomicI64,
}

impl Esecuzioni {
    pub(crate) fn giro_notifiche_riuscito(&self, adesso: DateTime<Utc>) {
        self.giro_notifiche_ms.store(adesso.timestamp_millis(), Ordering::Relaxed);
    }

    fn segna(&self, operazione: Operazione, esecuzione: Esecuzione) {
        self.richieste.lock().unwrap_or_else(PoisonError::into_inner).insert(operazione, esecuzione);
    }
}

impl Gateway {
    /// Runs an operation to its end and gives the sentence of its outcome. A batch that fails says so in the sentence: the error is in the log.
    pub async fn esegui_operazione(&self, operazione: Operazione) -> String {
        let inizio = self.adesso();
        self.esecuzioni.segna(operazione, Esecuzione { inizio, fine: None, riuscita: true, descrizione: "In esecuzione.".to_owned() });
        let esito = match operazione {
            Operazione::ResetCacheAnagrafica => self.ricarica_anagrafica().await,
            Operazione::SpedizioneNotifiche => self.svuota_coda_notifiche().await,
            _ => Ok("Operazione non ancora disponibile in questa versione: nulla e' stato eseguito.".to_owned()),
        };
        let riuscita = esito.is_ok();
        let descrizione = esito.unwrap_or_else(|errore| {
            tracing::warn!(operazione = operazione.nome(), errore = %errore, "operazione richiesta non riuscita");
            format!("Il batch e' stato interrotto con errore: {errore}.")
        });
        self.esecuzioni.segna(operazione, Esecuzione { inizio, fine: Some(self.adesso()), riuscita, descrizione: descrizione.clone() });
        descrizione
    }

    /// The last run on this node; `None` when there was none since its start.
    #[must_use]
    pub fn ultima_esecuzione(&self, operazione: Operazione) -> Option<Esecuzione> {
        self.esecuzioni.richieste.lock().unwrap_or_else(PoisonError::into_inner).get(&operazione).cloned()
    }

    /// When the queue of notifications was last read and emptied without failing, by this node.
    #[must_use]
    pub fn ultimo_giro_notifiche(&self) -> Option<DateTime<Utc>> {
        let ms = self.esecuzioni.giro_notifiche_ms.load(Ordering::Relaxed);
        (ms > 0).then(|| DateTime::from_timestamp_millis(ms)).flatten()
    }

    /// Every node reads the anagrafica anew, rows written by hand included: this one now, the others at their next look.
    async fn ricarica_anagrafica(&self) -> Result<String, Errore> {
        self.store.ricarica_anagrafica().await?;
        self.istantanea.rinfresca(&self.store).await?;
        Ok("Aggiornamento della data di reset cache anagrafica del sistema completato con successo.".to_owned())
    }

    async fn svuota_coda_notifiche(&self) -> Result<String, Errore> {
        let mut gestite = 0;
        for _ in 0..TURNI_NOTIFICHE_MAX {
            let prese = self.spedisci_notifiche().await?;
            gestite += prese;
            // The last turn may have set free what waited behind it.
            if prese == 0 {
                return Ok(format!("Spedizione delle notifiche completata#Notifiche gestite: {gestite}."));
            }
        }
        let per_volta = TURNI_NOTIFICHE_MAX * NOTIFICHE_PER_TURNO;
        Ok(format!("Spedizione delle notifiche interrotta dopo {per_volta} notifiche: il resto parte da se'#Notifiche gestite: {gestite}."))
    }
}
