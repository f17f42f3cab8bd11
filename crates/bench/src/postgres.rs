//! A PostgreSQL of the measure's own, with the settings that it comes with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::processo::{cpu_secondi, discendenti};

pub struct Postgres {
    binari: PathBuf,
    dati: PathBuf,
    porta: u16,
    pid: u32,
    come_postgres: bool,
    /// The folder held one from an earlier measure.
    pub gia_pieno: bool,
}

impl Postgres {
    pub fn avvia(cartella: &Path) -> Result<Self> {
        let binari = trova_binari().context("PostgreSQL non trovato: apt install postgresql")?;
        let dati = cartella.join("pg");
        // initdb refuses root: then the user of the package does it.
        let gia_pieno = dati.join("PG_VERSION").exists();
        let come_postgres = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
        if come_postgres {
            std::fs::create_dir_all(&dati)?;
            for percorso in [cartella, &dati] {
                ensure!(Command::new("chown").arg("postgres").arg(percorso).status()?.success(), "chown");
            }
        }
        let porta = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut pg = Self { binari, dati, porta, pid: 0, come_postgres, gia_pieno };
        if !gia_pieno {
            pg.esegui("initdb", &["-D", &pg.dati_testo(), "-A", "trust", "-U", "postgres"])?;
        }
        let opzioni = format!("-p {porta} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}", pg.dati_testo());
        let diario = format!("{}/diario", pg.dati_testo());
        pg.esegui("pg_ctl", &["-D", &pg.dati_testo(), "-o", &opzioni, "-l", &diario, "-w", "start"])?;
        let pid = std::fs::read_to_string(pg.dati.join("postmaster.pid"))?;
        pg.pid = pid.lines().next().context("postmaster.pid")?.parse()?;
        Ok(pg)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.porta)
    }

    /// CPU seconds of the server and of its backends, the ended ones included.
    pub fn cpu(&self) -> f64 {
        cpu_secondi(self.pid) + discendenti(self.pid).into_iter().map(cpu_secondi).sum::<f64>()
    }

    fn dati_testo(&self) -> String {
        self.dati.display().to_string()
    }

    fn esegui(&self, programma: &str, argomenti: &[&str]) -> Result<()> {
        let percorso = self.binari.join(programma);
        let mut comando = if self.come_postgres {
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--"]).arg(percorso);
            c
        } else {
            Command::new(percorso)
        };
        let stato = comando.args(argomenti).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(stato.success(), "{programma} non riuscito");
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.esegui("pg_ctl", &["-D", &self.dati_testo(), "-m", "fast", "-w", "stop"]);
    }
}

fn trova_binari() -> Option<PathBuf> {
    let versioni = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut cartelle: Vec<PathBuf> = versioni.flatten().map(|v| v.path().join("bin")).filter(|b| b.join("initdb").exists()).collect();
    cartelle.sort();
    cartelle.pop()
}
