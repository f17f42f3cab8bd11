//! The program. It wires the other crates together and holds no rule of the trade.
//!
//! - [`comandi`]: the command line;
//! - [`configurazione`]: one file and the environment, read strictly;
//! - [`casa`]: from a configuration to a gateway with its jobs, and back to a clean stop;
//! - [`ascolto`], [`tls`]: the doors;
//! - [`serve`], [`sandbox`], [`simulatore`], [`collaudo`], [`migrate`], [`doctor`]: one command each;
//! - [`diario`], [`misure`]: logs and metrics of the process.

mod ascolto;
mod casa;
mod collaudo;
mod comandi;
mod config;
mod configurazione;
mod diario;
mod doctor;
mod migrate;
mod misure;
mod password;
mod primo_avvio;
mod sandbox;
mod segnali;
mod serve;
mod simulatore;
mod tls;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use comandi::{Comando, Fiorino};
use configurazione::Configurazione;

fn main() -> ExitCode {
    // Before anything can open a TLS connection: without a provider the first one panics.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fiorino = Fiorino::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(errore) => {
            eprintln!("errore: il sistema non concede i thread del programma: {errore}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(esegui(fiorino)) {
        Ok(codice) => codice,
        Err(errore) => {
            eprintln!("errore: {errore:#}");
            ExitCode::FAILURE
        }
    }
}

async fn esegui(fiorino: Fiorino) -> anyhow::Result<ExitCode> {
    let configurazione = || Configurazione::leggi(fiorino.config.as_deref());
    match fiorino.comando {
        Comando::Serve => serve::esegui(configurazione()?).await,
        Comando::Sandbox(opzioni) => sandbox::esegui(opzioni).await,
        Comando::Simulator(opzioni) => simulatore::esegui(opzioni).await,
        Comando::Collaudo(opzioni) => return collaudo::esegui(opzioni).await,
        Comando::Migrate { plan } => migrate::esegui(&configurazione()?, plan).await,
        Comando::Doctor { dopo_ripristino } => return doctor::esegui(configurazione(), dopo_ripristino).await,
        Comando::Config { azione } => config::esegui(&configurazione()?, azione).await,
        Comando::Password { principal } => password::esegui(&configurazione()?, &principal, &leggi_password(std::io::stdin().lock())?).await,
        Comando::Hash => {
            println!("{}", gateway::accesso::hash_password(&leggi_password(std::io::stdin().lock())?)?);
            Ok(())
        }
        Comando::Openapi { api } => stampa_openapi(api.as_deref()),
    }?;
    Ok(ExitCode::SUCCESS)
}

fn stampa_openapi(scelta: Option<&str>) -> anyhow::Result<()> {
    let documento = match scelta {
        None => api::openapi(),
        Some(scelta) => {
            let documento = scelta.rsplit_once('-').and_then(|(nome, versione)| api::openapi_di(nome, versione));
            documento.ok_or_else(|| {
                let servite: Vec<String> = api::versioni_openapi().into_iter().map(|(nome, versione)| format!("{nome}-{versione}")).collect();
                anyhow::anyhow!("nessuna API `{scelta}`: ci sono {}", servite.join(", "))
            })?
        }
    };
    match writeln!(std::io::stdout(), "{documento:#}") {
        // Who reads may stop before the end: `fiorino openapi | head`.
        Err(errore) if errore.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        esito => Ok(esito?),
    }
}

/// The first line, without its end: a password with spaces stays whole.
fn leggi_password(ingresso: impl std::io::BufRead) -> anyhow::Result<String> {
    let riga = ingresso.lines().next().transpose()?.filter(|r| !r.is_empty());
    riga.ok_or_else(|| anyhow::anyhow!("nessuna password sullo standard input"))
}
