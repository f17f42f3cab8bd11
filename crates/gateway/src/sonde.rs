//! Probes for whoever watches the installation (spec/2 section 8.4): a database, batches, queues.
//!
//! What does not exist yet is a probe that says so: a monitor that asks for it by name finds it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use store::lavori::EsitoCorsa;

use crate::Gateway;
use crate::lavori::{Lavoro, registro};
use crate::rpt_scadute::CONTEGGIO_MAX;

/// A database that takes longer to answer is in error.
const ATTESA_ARCHIVIO: Duration = Duration::from_secs(2);
const ORA_MS: i64 = 3_600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genere {
    Sistema,
    /// Age of the last good run.
    Batch,
    /// Length.
    Coda,
}

impl Genere {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Sistema => "Sistema",
            Self::Batch => "Batch",
            Self::Coda => "Coda",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoSonda {
    Ok,
    Warning,
    Error,
}

impl StatoSonda {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn di(valore: i64, warn: i64, error: i64) -> Self {
        if valore >= error {
            Self::Error
        } else if valore >= warn {
            Self::Warning
        } else {
            Self::Ok
        }
    }
}

/// A probe, before it is asked anything.
#[derive(Clone, Copy, Debug)]
pub struct Sonda {
    pub id: &'static str,
    pub nome: &'static str,
    pub genere: Genere,
    /// Milliseconds for batches, elements for queues.
    pub soglie: Option<(i64, i64)>,
}

const fn batch(id: &'static str, nome: &'static str, warn_ore: i64, error_ore: i64) -> Sonda {
    Sonda { id, nome, genere: Genere::Batch, soglie: Some((warn_ore * ORA_MS, error_ore * ORA_MS)) }
}

const fn coda(id: &'static str, nome: &'static str, warn: i64, error: i64) -> Sonda {
    Sonda { id, nome, genere: Genere::Coda, soglie: Some((warn, error)) }
}

const ARCHIVIO: &str = "check-db";
const CODA_RPT_SCADUTE: &str = "check-rpt-scadute";
const CODA_NOTIFICHE: &str = "check-ntfy";

pub const SONDE: [Sonda; 22] = [
    Sonda { id: ARCHIVIO, nome: "Verifica dell'archivio", genere: Genere::Sistema, soglie: None },
    batch("update-rnd", "Acquisizione delle rendicontazioni", 5, 24),
    batch("update-ntfy", "Spedizione delle notifiche", 24, 48),
    batch("update-ntfy-appio", "Spedizione delle notifiche App IO", 24, 48),
    batch("caricamento-tracciati", "Elaborazione dei tracciati delle pendenze", 1, 6),
    batch("spedizione-promemoria", "Spedizione dei promemoria", 24, 48),
    batch("gestione-promemoria", "Gestione dei promemoria", 24, 48),
    batch("elaborazione-trac-notif-pag", "Elaborazione dei tracciati di notifica dei pagamenti", 24, 48),
    batch("spedizione-trac-notif-pag", "Spedizione dei tracciati di notifica dei pagamenti", 24, 48),
    batch("riconciliazioni", "Elaborazione delle riconciliazioni", 24, 48),
    batch("rpt-scadute", "Chiusura delle RPT scadute", 24, 48),
    batch("recupero-rt", "Recupero delle ricevute", 24, 48),
    coda(CODA_NOTIFICHE, "Notifiche da spedire", 10, 100),
    coda("check-ntfy-appio", "Notifiche App IO da spedire", 10, 100),
    coda("check-promemoria", "Promemoria da spedire", 10, 100),
    coda("check-gestione-promemoria", "Promemoria da preparare", 10, 100),
    coda("check-tracciati", "Tracciati da elaborare", 1, 1),
    coda("check-elab-trac-notif-pag", "Tracciati di notifica dei pagamenti da elaborare", 1, 1),
    coda("check-spedizione-trac-notif-pag", "Tracciati di notifica dei pagamenti da spedire", 1, 1),
    coda("check-riconciliazioni", "Riconciliazioni da elaborare", 10, 100),
    coda(CODA_RPT_SCADUTE, "RPT da chiudere", 10, 100),
    coda("check-recupero-rt", "Ricevute da recuperare", 10, 100),
];

/// What a probe says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lettura {
    /// Absent when there is nothing to watch.
    pub stato: Option<StatoSonda>,
    pub descrizione: String,
    /// Milliseconds: age of what was found.
    pub durata_ms: Option<i64>,
    pub ultimo_check: DateTime<Utc>,
}

impl Gateway {
    /// Never fails: an archive that is away is what the probe is for.
    pub async fn leggi_sonda(&self, sonda: &Sonda) -> Lettura {
        let ultimo_check = self.adesso();
        let (stato, descrizione, durata_ms) = match sonda.id {
            ARCHIVIO => self.sonda_archivio().await,
            CODA_NOTIFICHE => self.sonda_coda_notifiche(sonda.soglie).await,
            CODA_RPT_SCADUTE => self.sonda_rpt_scadute(sonda.soglie).await,
            id => match registro().iter().find(|l| l.nome == id) {
                Some(lavoro) => self.sonda_batch(lavoro, sonda.soglie).await,
                None => (None, "Non abilitato: la funzione non e' ancora disponibile in questa versione.".to_owned(), None),
            },
        };
        Lettura { stato, descrizione, durata_ms, ultimo_check }
    }

    async fn sonda_archivio(&self) -> (Option<StatoSonda>, String, Option<i64>) {
        match tokio::time::timeout(ATTESA_ARCHIVIO, self.store.versione_anagrafica()).await {
            Ok(Ok(_)) => (Some(StatoSonda::Ok), "L'archivio risponde.".to_owned(), None),
            Ok(Err(_)) => (Some(StatoSonda::Error), "L'archivio non risponde.".to_owned(), None),
            Err(_) => (Some(StatoSonda::Error), format!("L'archivio non risponde entro {} secondi.", ATTESA_ARCHIVIO.as_secs()), None),
        }
    }

    async fn sonda_coda_notifiche(&self, soglie: Option<(i64, i64)>) -> (Option<StatoSonda>, String, Option<i64>) {
        self.coda(tokio::time::timeout(ATTESA_ARCHIVIO, self.store.notifiche_in_coda()).await.ok().and_then(Result::ok), soglie)
    }

    /// `conto`: how many, and the time of the oldest; `None` when it could not be read in time.
    fn coda(&self, conto: Option<(u64, Option<DateTime<Utc>>)>, soglie: Option<(i64, i64)>) -> (Option<StatoSonda>, String, Option<i64>) {
        let Some((quante, prima)) = conto else {
            return (None, "Coda non leggibile: l'archivio non risponde.".to_owned(), None);
        };
        let (warn, error) = soglie.unwrap_or((i64::MAX, i64::MAX));
        let stato = StatoSonda::di(i64::try_from(quante).unwrap_or(i64::MAX), warn, error);
        let eta = prima.map(|p| (self.adesso() - p).num_milliseconds().max(0));
        (Some(stato), format!("Elementi in coda: {quante}."), eta)
    }

    /// Age of the last good run, of whatever node. A job whose last run failed, or that somebody stopped, is at least a warning.
    async fn sonda_batch(&self, lavoro: &'static Lavoro, soglie: Option<(i64, i64)>) -> (Option<StatoSonda>, String, Option<i64>) {
        if !self.impostazioni.lavori.acceso(lavoro) {
            return (None, "Non abilitato: spento dalla configurazione.".to_owned(), None);
        }
        let Ok(Ok(stato)) = tokio::time::timeout(ATTESA_ARCHIVIO, self.store.lavoro(lavoro.nome)).await else {
            return (None, "Stato non leggibile: l'archivio non risponde.".to_owned(), None);
        };
        let Some(stato) = stato else { return (None, "Mai eseguito.".to_owned(), None) };
        let eta = stato.ultimo_riuscito.map(|u| (self.adesso() - u).num_milliseconds().max(0));
        let (warn, error) = soglie.unwrap_or((i64::MAX, i64::MAX));
        let per_eta = eta.map(|eta| StatoSonda::di(eta, warn, error));
        let almeno_avviso = Some(if per_eta == Some(StatoSonda::Error) { StatoSonda::Error } else { StatoSonda::Warning });
        let ultima = stato.ultimo_riuscito.map_or_else(|| "mai".to_owned(), |u| u.to_rfc3339());
        match (stato.fermo_motivo, stato.esito) {
            (Some(motivo), _) => (almeno_avviso, format!("Fermo: {motivo}. Ultima esecuzione riuscita: {ultima}."), eta),
            (None, Some(EsitoCorsa::Fallito)) => {
                let motivo = stato.motivo.unwrap_or_default();
                (almeno_avviso, format!("Il batch e' stato interrotto con errore: {motivo}. Ultima esecuzione riuscita: {ultima}."), eta)
            }
            _ if eta.is_none() => (None, "Mai eseguito.".to_owned(), None),
            _ => (per_eta, format!("Ultima esecuzione riuscita: {ultima}."), eta),
        }
    }

    async fn sonda_rpt_scadute(&self, soglie: Option<(i64, i64)>) -> (Option<StatoSonda>, String, Option<i64>) {
        let conto = self.store.conta_tentativi_da_scadere(self.limite_rpt(), CONTEGGIO_MAX);
        self.coda(tokio::time::timeout(ATTESA_ARCHIVIO, conto).await.ok().and_then(Result::ok), soglie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn una_soglia_e_superata_quando_e_raggiunta() {
        let stati = [9, 10, 99, 100].map(|n| StatoSonda::di(n, 10, 100).nome());
        assert_eq!(stati, ["ok", "warning", "warning", "error"]);
        // With one threshold for both there is no warning.
        assert_eq!([0, 1].map(|n| StatoSonda::di(n, 1, 1)), [StatoSonda::Ok, StatoSonda::Error]);
    }

    #[test]
    fn ogni_sonda_ha_un_nome_suo() {
        let mut id: Vec<_> = SONDE.iter().map(|s| s.id).collect();
        id.sort_unstable();
        id.dedup();
        assert_eq!(id.len(), SONDE.len());
    }
}
