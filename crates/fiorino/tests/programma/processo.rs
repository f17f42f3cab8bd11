//! A child process of the program, whose output is read as it comes, ended when it is dropped.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longer than any start or stop on a slow machine.
pub const PAZIENZA: Duration = Duration::from_secs(60);
const PASSO: Duration = Duration::from_millis(20);

pub struct Processo {
    figlio: Child,
    uscita: Arc<Mutex<String>>,
}

pub fn comando(argomenti: &[&str], cartella: &Path) -> Command {
    let mut comando = Command::new(env!("CARGO_BIN_EXE_fiorino"));
    comando.args(argomenti).current_dir(cartella);
    for (nome, _) in std::env::vars_os().filter(|(n, _)| n.to_string_lossy().starts_with("FIORINO")) {
        comando.env_remove(nome);
    }
    comando
}

/// Runs to the end.
pub fn esegui(argomenti: &[&str], cartella: &Path) -> Output {
    comando(argomenti, cartella).output().expect("esecuzione")
}

pub fn testo(uscita: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&uscita.stdout), String::from_utf8_lossy(&uscita.stderr))
}

impl Processo {
    pub fn avvia(argomenti: &[&str], cartella: &Path) -> Self {
        let mut figlio = comando(argomenti, cartella).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("avvio");
        let uscita = Arc::new(Mutex::new(String::new()));
        raccogli(figlio.stdout.take().expect("stdout"), Arc::clone(&uscita));
        raccogli(figlio.stderr.take().expect("stderr"), Arc::clone(&uscita));
        Self { figlio, uscita }
    }

    pub fn uscita(&self) -> String {
        self.uscita.lock().expect("uscita").clone()
    }

    /// The first line with this text.
    pub fn aspetta(&mut self, cosa: &str) -> String {
        let inizio = Instant::now();
        loop {
            let uscita = self.uscita();
            if let Some(riga) = uscita.lines().find(|r| r.contains(cosa)) {
                return riga.to_owned();
            }
            let finito = self.figlio.try_wait().expect("stato").is_some();
            assert!(!finito && inizio.elapsed() < PAZIENZA, "`{cosa}` non e' arrivato: {uscita}");
            std::thread::sleep(PASSO);
        }
    }

    /// The URL on the first line with this text.
    pub fn url(&mut self, cosa: &str) -> String {
        let riga = self.aspetta(cosa);
        let url = riga.split_whitespace().find(|p| p.starts_with("http")).unwrap_or_default();
        url.split('/').take(3).collect::<Vec<_>>().join("/")
    }

    pub fn termina(&self) {
        let esito = Command::new("kill").args(["-TERM", &self.figlio.id().to_string()]).status().expect("kill");
        assert!(esito.success());
    }

    pub fn attendi(&mut self) -> ExitStatus {
        let inizio = Instant::now();
        loop {
            if let Some(stato) = self.figlio.try_wait().expect("stato") {
                return stato;
            }
            assert!(inizio.elapsed() < PAZIENZA, "non si ferma: {}", self.uscita());
            std::thread::sleep(PASSO);
        }
    }

    /// SIGKILL, to a process that was alive until now. Returns what it had said.
    pub fn uccidi(mut self) -> String {
        let finito = self.figlio.try_wait().expect("stato");
        assert!(finito.is_none(), "finito da se' prima di essere ucciso, {finito:?}: {}", self.uscita());
        self.figlio.kill().expect("uccisione");
        self.figlio.wait().expect("attesa");
        self.uscita()
    }

    pub fn ferma(mut self) -> String {
        self.termina();
        let stato = self.attendi();
        assert!(stato.success(), "{stato}: {}", self.uscita());
        self.uscita()
    }
}

impl Drop for Processo {
    fn drop(&mut self) {
        let _ = self.figlio.kill();
        let _ = self.figlio.wait();
    }
}

fn raccogli(flusso: impl Read + Send + 'static, dove: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for riga in BufReader::new(flusso).lines().map_while(Result::ok) {
            let mut dove = dove.lock().expect("uscita");
            dove.push_str(&riga);
            dove.push('\n');
        }
    });
}
