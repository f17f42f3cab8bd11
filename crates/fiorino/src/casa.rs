//! From a configuration to a gateway with its jobs, and back to a clean stop. `serve` and `sandbox` differ only before and after this.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use ente::ClienteEnte;
use gateway::{Gateway, Impostazioni};
use metrics_exporter_prometheus::PrometheusHandle;
use store::Store;
use store::apertura::Opzioni;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::configurazione::Configurazione;
use crate::misure;

/// How far the last sign of life may be ahead of our clock: two nodes are never exactly together.
pub const ANTICIPO_MAX: TimeDelta = TimeDelta::minutes(1);
/// How long a job may take to end its turn: longer than the time-outs of one call to an ente, which holds no money.
const ATTESA_LAVORI: Duration = Duration::from_secs(10);
/// How long the last events may take to be written.
const ATTESA_GIORNALE: Duration = Duration::from_secs(5);

pub fn opzioni(configurazione: &Configurazione) -> Opzioni {
    Opzioni { url: configurazione.database.url.svela().to_owned(), connessioni: configurazione.database.connessioni }
}

/// Opens the database, brings its schema up to date, and refuses a clock that is behind the database.
pub async fn apri_store(opzioni: &Opzioni) -> anyhow::Result<Store> {
    let store = Store::apri_senza_migrare(opzioni).await?;
    for nome in store.migra().await.context("migrazione del database")? {
        tracing::info!(migrazione = %nome, "migrazione applicata");
    }
    if let Some(frase) = orologio_indietro(store.ultimo_battito().await?, Utc::now()) {
        store.chiudi().await;
        anyhow::bail!(frase);
    }
    Ok(store)
}

/// The sentence, when the database has been alive later than now.
pub fn orologio_indietro(battito: Option<DateTime<Utc>>, adesso: DateTime<Utc>) -> Option<String> {
    let battito = battito.filter(|b| *b > adesso + ANTICIPO_MAX)?;
    Some(format!(
        "l'orologio di questa macchina segna {}, ma il database e' stato in uso fino a {}: o l'orologio e' indietro (correggerlo e riavviare), o la macchina e' \
         stata riportata a un'immagine di prima. Se e' stato rimesso un backup, lanciare anche `fiorino doctor --dopo-ripristino` prima di servire",
        adesso.format("%Y-%m-%dT%H:%M:%SZ"),
        battito.format("%Y-%m-%dT%H:%M:%SZ")
    ))
}

/// A gateway at work.
pub struct Casa {
    pub gateway: Gateway,
    pub metriche: PrometheusHandle,
    nodo: i32,
    lavori: TaskTracker,
    fermata_lavori: CancellationToken,
}

impl Casa {
    /// Takes a node number, loads the anagrafica and starts the jobs.
    pub async fn apri(store: Store, impostazioni: Impostazioni, cliente: ClienteEnte) -> anyhow::Result<Self> {
        let metriche = misure::installa()?;
        let titolare = titolare();
        let nodo = store.affitta_nodo(&titolare, Utc::now()).await.context("numero del nodo")?;
        let gateway = Gateway::nuovo(store, nodo, Arc::new(Utc::now), impostazioni, cliente).await.context("avvio del gateway")?;
        let fermata_lavori = CancellationToken::new();
        let lavori = jobs::avvia(gateway.clone(), titolare, nodo, fermata_lavori.clone());
        tokio::spawn(misure::esegui(metriche.clone(), fermata_lavori.clone()));
        Ok(Self { gateway, metriche, nodo, lavori, fermata_lavori })
    }

    /// When nobody asks any more: jobs, then the journal, then the node number, then the database.
    pub async fn chiudi(self) {
        self.fermata_lavori.cancel();
        self.lavori.close();
        if tokio::time::timeout(ATTESA_LAVORI, self.lavori.wait()).await.is_err() {
            tracing::warn!(attesa_s = ATTESA_LAVORI.as_secs(), "un lavoro non e' finito in tempo: riprendera' al riavvio");
        }
        if tokio::time::timeout(ATTESA_GIORNALE, self.gateway.giornale().scarica()).await.is_err() {
            tracing::warn!(attesa_s = ATTESA_GIORNALE.as_secs(), "gli ultimi eventi del giornale non sono stati scritti");
        }
        let store = self.gateway.store();
        if let Err(errore) = store.rendi_nodo(self.nodo).await {
            tracing::warn!(errore = %errore, "numero del nodo non reso: si liberera' da solo");
        }
        store.chiudi().await;
        tracing::info!("fermo");
    }
}

/// Who holds the node number: a name for people, and a part that no other process has.
fn titolare() -> String {
    let macchina = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}/{}", macchina.trim(), uuid::Uuid::new_v4())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_battito_futuro_ferma_l_avvio_oltre_un_minuto() {
        let adesso: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().expect("istante");
        assert_eq!(orologio_indietro(None, adesso), None);
        assert_eq!(orologio_indietro(Some(adesso - TimeDelta::days(400)), adesso), None);
        assert_eq!(orologio_indietro(Some(adesso + TimeDelta::seconds(60)), adesso), None);
        let frase = orologio_indietro(Some(adesso + TimeDelta::seconds(61)), adesso).expect("indietro");
        assert!(frase.contains("2026-11-22T10:01:01Z") && frase.contains("dopo-ripristino"), "{frase}");
    }
}
