//! The batches that the contract lets somebody run now (spec/2 section 2.16). Each is a job of [`crate::lavori`], or says that it is not there yet.

use crate::lavori::{self, Turno};
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

impl Gateway {
    /// Runs an operation and gives the sentence of its outcome. A batch that fails says so in the sentence: the error is in the log.
    pub async fn esegui_operazione(&self, operazione: Operazione) -> String {
        match lavori::trova(operazione.nome()) {
            Some(lavoro) => self.esegui_a_richiesta(lavoro).await,
            None => "Operazione non ancora disponibile in questa versione: nulla e' stato eseguito.".to_owned(),
        }
    }

    /// Every node reads the anagrafica anew, rows written by hand included: this one now, the others at their next look.
    pub(crate) async fn ricarica_anagrafica(&self) -> Result<String, Errore> {
        self.store.ricarica_anagrafica().await?;
        self.istantanea.rinfresca(&self.store).await?;
        Ok("Aggiornamento della data di reset cache anagrafica del sistema completato con successo.".to_owned())
    }

    /// Sends what is due, until nothing is.
    pub(crate) async fn svuota_coda_notifiche(&self, turno: &Turno) -> Result<String, Errore> {
        let mut gestite = 0;
        for _ in 0..TURNI_NOTIFICHE_MAX {
            let prese = if turno.continua() { self.spedisci_notifiche().await? } else { 0 };
            gestite += prese;
            // The last turn may have set free what waited behind it.
            if prese == 0 {
                self.misura_notifiche().await;
                return Ok(format!("Spedizione delle notifiche completata#Notifiche gestite: {gestite}."));
            }
        }
        let per_volta = TURNI_NOTIFICHE_MAX * NOTIFICHE_PER_TURNO;
        Ok(format!("Spedizione delle notifiche interrotta dopo {per_volta} notifiche: il resto parte da se'#Notifiche gestite: {gestite}."))
    }

    /// What has had its day is forgotten.
    pub(crate) async fn pulisci(&self) -> Result<String, Errore> {
        let chiavi = self.pulisci_chiavi().await?;
        let bozze = self.pulisci_bozze().await?;
        Ok(format!("Pulizie completate#Chiavi di idempotenza: {chiavi}, pendenze di sessione: {bozze}."))
    }
}
