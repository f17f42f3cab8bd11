//! The measured program as a process: started, watched, stopped. Linux only: it reads /proc.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::http::Connessione;

pub struct Fiorino {
    figlio: Child,
    pub indirizzo: SocketAddr,
    pub avvio_ms: u128,
}

impl Fiorino {
    /// Starts `serve` on an archive that is already migrated, and waits for readiness.
    pub async fn avvia(programma: &Path, database: &str, cartella: &Path) -> Result<Self> {
        let indirizzo = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let configurazione = cartella.join("fiorino.toml");
        let hash = gateway::accesso::hash_password(crate::semina::PASSWORD)?;
        std::fs::write(&configurazione, crate::semina::configurazione(database, indirizzo, &hash))?;
        let inizio = Instant::now();
        let figlio = Command::new(programma)
            .args(["serve", "--config"])
            .arg(&configurazione)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(cartella.join("fiorino.log"))?)
            .spawn()
            .context("avvio del programma")?;
        let mut fiorino = Self { figlio, indirizzo, avvio_ms: 0 };
        loop {
            if let Ok(mut c) = Connessione::apri(indirizzo).await
                && c.get("/health/ready").await.is_ok_and(|r| r.stato == 200)
            {
                break;
            }
            if let Some(stato) = fiorino.figlio.try_wait()? {
                bail!("il programma e' finito subito ({stato}): {}", std::fs::read_to_string(cartella.join("fiorino.log"))?);
            }
            if inizio.elapsed() > Duration::from_secs(60) {
                bail!("il programma non e' pronto dopo un minuto");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fiorino.avvio_ms = inizio.elapsed().as_millis();
        Ok(fiorino)
    }

    pub fn cpu(&self) -> f64 {
        cpu_secondi(self.figlio.id())
    }

    pub fn memoria_mb(&self) -> u64 {
        stato_kb(self.figlio.id(), "VmRSS:") / 1024
    }

    pub fn memoria_massima_mb(&self) -> u64 {
        stato_kb(self.figlio.id(), "VmHWM:") / 1024
    }
}

impl Drop for Fiorino {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
    }
}

pub fn mio() -> u32 {
    std::process::id()
}

fn stato_kb(pid: u32, campo: &str) -> u64 {
    let testo = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    testo.lines().find_map(|r| r.strip_prefix(campo)).and_then(|v| v.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// User and system seconds, those of ended and waited children included.
pub fn cpu_secondi(pid: u32) -> f64 {
    let testo = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let dopo_nome = testo.rsplit_once(')').map_or("", |(_, r)| r);
    // utime, stime, cutime, cstime: fields 14 to 17, in hundredths.
    dopo_nome.split_whitespace().skip(11).take(4).filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / 100.0
}

pub fn discendenti(pid: u32) -> Vec<u32> {
    let testo = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    testo.split_whitespace().filter_map(|n| n.parse().ok()).collect()
}
