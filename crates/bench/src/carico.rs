//! A closed loop of calls: each of `connessioni` workers sends its next one when the last is answered.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::postgres::Postgres;
use crate::processo::{Fiorino, cpu_secondi, mio};

pub const INTESTAZIONE: &str = "operazione                  richieste/s      p50 ms      p99 ms   rapporto   CPU gateway  CPU postgres  CPU carico   RSS MB";

/// What a run measured.
pub struct Corsa {
    nome: &'static str,
    pub riuscite: usize,
    secondi: f64,
    latenze_us: Vec<u32>,
    cpu: [f64; 3],
    memoria_mb: u64,
}

type Apertura<C> = Pin<Box<dyn Future<Output = Result<C>> + Send>>;

/// Runs for `durata`. `opera` gets the turn number, different for every call of the run, and gives its connection back.
pub async fn corri<C, A, O, F>(nome: &'static str, connessioni: usize, durata: Duration, f: &Arc<Fiorino>, pg: &Postgres, apri: A, opera: O) -> Result<Corsa>
where
    C: Send + 'static,
    A: Fn() -> Apertura<C> + Clone + Send + 'static,
    O: Fn(C, usize) -> F + Clone + Send + 'static,
    F: Future<Output = (C, Result<()>)> + Send,
{
    Corsa::limitata(nome, usize::MAX, connessioni, durata, f, pg, apri, opera).await
}

impl Corsa {
    /// As [`corri`], and at most `massimo` calls.
    #[expect(clippy::too_many_arguments, reason = "una misura e' fatta di tutte queste cose e di nient'altro")]
    pub async fn limitata<C, A, O, F>(
        nome: &'static str,
        massimo: usize,
        connessioni: usize,
        durata: Duration,
        f: &Arc<Fiorino>,
        pg: &Postgres,
        apri: A,
        opera: O,
    ) -> Result<Self>
    where
        C: Send + 'static,
        A: Fn() -> Apertura<C> + Clone + Send + 'static,
        O: Fn(C, usize) -> F + Clone + Send + 'static,
        F: Future<Output = (C, Result<()>)> + Send,
    {
        let turno = Arc::new(AtomicUsize::new(0));
        let prima = [f.cpu(), pg.cpu(), cpu_secondi(mio())];
        let inizio = Instant::now();
        let mut lavoratori = tokio::task::JoinSet::new();
        for _ in 0..connessioni {
            let (turno, apri, opera) = (Arc::clone(&turno), apri.clone(), opera.clone());
            lavoratori.spawn(async move {
                let mut connessione = apri().await?;
                let mut latenze = Vec::new();
                while inizio.elapsed() < durata {
                    let n = turno.fetch_add(1, Ordering::Relaxed);
                    if n >= massimo {
                        break;
                    }
                    let partenza = Instant::now();
                    let (tornata, esito) = opera(connessione, n).await;
                    esito?;
                    connessione = tornata;
                    latenze.push(u32::try_from(partenza.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                anyhow::Ok(latenze)
            });
        }
        let mut latenze_us = Vec::new();
        while let Some(esito) = lavoratori.join_next().await {
            latenze_us.extend(esito??);
        }
        let secondi = inizio.elapsed().as_secs_f64();
        if latenze_us.is_empty() {
            bail!("{nome}: nessuna chiamata riuscita");
        }
        latenze_us.sort_unstable();
        let dopo = [f.cpu(), pg.cpu(), cpu_secondi(mio())];
        let cpu = std::array::from_fn(|i| dopo[i] - prima[i]);
        Ok(Self { nome, riuscite: latenze_us.len(), secondi, latenze_us, cpu, memoria_mb: f.memoria_mb() })
    }

    pub fn al_secondo(&self) -> f64 {
        self.riuscite as f64 / self.secondi
    }

    fn percentile_ms(&self, p: f64) -> f64 {
        let indice = ((self.latenze_us.len() - 1) as f64 * p) as usize;
        f64::from(self.latenze_us[indice]) / 1000.0
    }

    /// Its line, and under it that of the bare database.
    pub fn stampa(&self, nuda: Option<&Self>) {
        let rapporto = nuda.map_or_else(|| "-".to_owned(), |n| format!("{:.2}", self.al_secondo() / n.al_secondo()));
        self.riga(&rapporto);
        if let Some(n) = nuda {
            n.riga("1");
        }
    }

    fn riga(&self, rapporto: &str) {
        println!(
            "{:<28}{:>10.0}  {:>10.2}  {:>10.2}  {:>9}   {:>9.1} s  {:>10.1} s  {:>8.1} s  {:>7}",
            self.nome,
            self.al_secondo(),
            self.percentile_ms(0.5),
            self.percentile_ms(0.99),
            rapporto,
            self.cpu[0],
            self.cpu[1],
            self.cpu[2],
            self.memoria_mb
        );
    }
}
