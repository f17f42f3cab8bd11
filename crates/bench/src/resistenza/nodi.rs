//! The nodes as processes: started, killed, started again, stopped.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::Opzioni;
use super::mondo::{Mondo, PASSWORD};
use super::tempesta::Caso;

/// Longer than any start or stop on a slow machine.
const PAZIENZA: Duration = Duration::from_secs(90);

struct Nodo {
    porta: u16,
    configurazione: PathBuf,
    diario: PathBuf,
    figlio: Option<Child>,
}

pub struct Nodi {
    programma: PathBuf,
    nodi: Vec<Nodo>,
}

impl Nodi {
    /// All of them, ready.
    pub async fn avvia(o: &Opzioni, mondo: &Mondo, cartella: &Path) -> Result<Self> {
        let hash = gateway::accesso::hash_password(PASSWORD)?;
        let mut nodi = Self { programma: o.programma.clone(), nodi: Vec::new() };
        for &porta in mondo.porte() {
            let configurazione = cartella.join(format!("{porta}.toml"));
            let testo = format!(
                "[database]\nurl = \"{}\"\nconnessioni = 8\n[http]\nascolto = \"127.0.0.1:{porta}\"\nattesa_arresto_s = 10\n[log]\nlivello = \"warn,fiorino=info\"\n\
                 [[stazione.utenti]]\nnome = \"nodo\"\nhash = \"{hash}\"\n",
                o.database
            );
            std::fs::write(&configurazione, testo)?;
            nodi.nodi.push(Nodo { porta, configurazione, diario: cartella.join(format!("{porta}.log")), figlio: None });
        }
        for n in 0..nodi.nodi.len() {
            nodi.accendi(n).await?;
        }
        Ok(nodi)
    }

    async fn accendi(&mut self, n: usize) -> Result<()> {
        let nodo = &mut self.nodi[n];
        let diario = std::fs::OpenOptions::new().create(true).append(true).open(&nodo.diario)?;
        let mut comando = Command::new(&self.programma);
        comando.args(["serve", "--config"]).arg(&nodo.configurazione).stdin(Stdio::null()).stdout(diario.try_clone()?).stderr(diario);
        // What the trial itself is told is not for the program.
        for (nome, _) in std::env::vars_os().filter(|(nome, _)| nome.to_string_lossy().starts_with("FIORINO")) {
            comando.env_remove(nome);
        }
        nodo.figlio = Some(comando.spawn().context("avvio del programma")?);
        let inizio = Instant::now();
        let url = format!("http://127.0.0.1:{}/health/ready", nodo.porta);
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build()?;
        while !client.get(&url).send().await.is_ok_and(|r| r.status().is_success()) {
            if let Some(stato) = nodo.figlio.as_mut().and_then(|f| f.try_wait().transpose()).transpose()? {
                bail!("un nodo e' finito subito ({stato}): {}", std::fs::read_to_string(&nodo.diario)?);
            }
            ensure!(inizio.elapsed() < PAZIENZA, "un nodo non e' pronto: {}", std::fs::read_to_string(&nodo.diario)?);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Ok(())
    }

    /// Until the time is over: one is killed, the world goes to the other, it comes back. Gives how it went.
    pub async fn uccidi_a_caso(&mut self, mondo: &Mondo, o: &Opzioni) -> Result<String> {
        let mut caso = Caso::nuovo(o.seme);
        let (inizio, mut uccisioni) = (Instant::now(), 0);
        while inizio.elapsed() < o.durata {
            tokio::time::sleep(caso.attesa(500, 3_000)).await;
            mondo.alterna();
            tokio::time::sleep(caso.attesa(500, 3_000)).await;
            let vittima = usize::try_from(caso.fino_a(self.nodi.len() as u64))?;
            let mut figlio = self.nodi[vittima].figlio.take().context("un nodo che c'e'")?;
            ensure!(figlio.try_wait()?.is_none(), "un nodo e' finito da se': {}", std::fs::read_to_string(&self.nodi[vittima].diario)?);
            figlio.kill()?;
            figlio.wait()?;
            uccisioni += 1;
            mondo.evita(self.nodi[vittima].porta);
            tokio::time::sleep(caso.attesa(0, 2_500)).await;
            self.accendi(vittima).await?;
            mondo.torna(self.nodi[vittima].porta);
        }
        Ok(format!("uccisioni {uccisioni}"))
    }

    /// Stops all of them as an operator does. Gives what they said.
    pub fn ferma(mut self) -> Result<String> {
        let mut detto = String::new();
        for nodo in &mut self.nodi {
            let mut figlio = nodo.figlio.take().context("un nodo che c'e'")?;
            ensure!(Command::new("kill").args(["-TERM", &figlio.id().to_string()]).status()?.success(), "kill");
            let inizio = Instant::now();
            while figlio.try_wait()?.is_none() {
                ensure!(inizio.elapsed() < PAZIENZA, "un nodo non si ferma");
                std::thread::sleep(Duration::from_millis(50));
            }
            detto.push_str(&std::fs::read_to_string(&nodo.diario)?);
        }
        Ok(detto)
    }
}

impl Drop for Nodi {
    fn drop(&mut self) {
        for figlio in self.nodi.iter_mut().filter_map(|n| n.figlio.as_mut()) {
            let _ = figlio.kill();
            let _ = figlio.wait();
        }
    }
}
