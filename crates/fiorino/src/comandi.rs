//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Fiorino, il gateway di pagamento fra gli enti creditori e pagoPA.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
pub struct Fiorino {
    /// File di configurazione; senza, `fiorino.toml` della cartella corrente, se c'è.
    #[arg(long, global = true, env = "FIORINO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub comando: Comando,
}

#[derive(Subcommand)]
pub enum Comando {
    /// Serve le API e la stazione; aggiorna da sé lo schema del database.
    Serve,
    /// Ambiente di prova sulla propria macchina: gateway, simulatore e dati dimostrativi.
    Sandbox(OpzioniSandbox),
    /// Il solo simulatore: nodo pagoPA, pagina di un PSP, ente creditore.
    Simulator(OpzioniSimulatore),
    /// Le righe della checklist di pagoPA provate contro una stazione: una riga di testo ciascuna, esce con 1 se una fallisce.
    Collaudo(OpzioniCollaudo),
    /// Applica le migrazioni del database che mancano.
    Migrate {
        /// Le elenca soltanto.
        #[arg(long)]
        plan: bool,
    },
    /// Controlla configurazione, database, orologio, certificati e connettori; esce con 1 se qualcosa non va.
    Doctor {
        /// Dopo aver rimesso un backup: porta i contatori degli IUV oltre i numeri già usati. A programma fermo.
        #[arg(long)]
        dopo_ripristino: bool,
    },
    /// L'anagrafica in un file che si rivede: la scrive, dice che cosa cambierebbe, la applica.
    Config {
        #[command(subcommand)]
        azione: crate::config::Azione,
    },
    /// Legge una password dallo standard input e la dà a un operatore o a un'applicazione.
    Password {
        /// Con cui si presenta.
        principal: String,
    },
    /// Legge una password dallo standard input e ne stampa l'hash Argon2 che il file di configurazione vuole.
    Hash,
    /// Stampa il documento OpenAPI 3.1 delle API REST: di tutte, o di una in una versione.
    Openapi {
        /// Per esempio `pendenze-v2`.
        #[arg(value_name = "API-VERSIONE")]
        api: Option<String>,
    },
}

#[derive(Args)]
pub struct OpzioniSandbox {
    /// Cartella dei dati: la stessa cartella riprende da dove era rimasta.
    #[arg(long, value_name = "CARTELLA", default_value = "./sandbox")]
    pub data: PathBuf,
    /// Dove ascolta il gateway; solo loopback, porta 0 per una libera.
    #[arg(long, value_name = "INDIRIZZO", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Dove ascolta il simulatore; solo loopback, porta 0 per una libera.
    #[arg(long, value_name = "INDIRIZZO", default_value = "127.0.0.1:8180")]
    pub simulator: SocketAddr,
    /// Un altro utente con cui chiamare la stazione; si può ripetere.
    #[arg(long, value_name = "NOME:PASSWORD", value_parser = credenziali)]
    pub utente_nodo: Vec<Credenziali>,
}

#[derive(Args)]
pub struct OpzioniSimulatore {
    #[arg(long, value_name = "INDIRIZZO", default_value = "127.0.0.1:8180")]
    pub listen: SocketAddr,
    /// URL della stazione a cui il nodo si rivolge.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice")]
    pub stazione_url: String,
    /// Con cui il nodo chiama la stazione.
    #[arg(long, value_name = "NOME:PASSWORD", value_parser = credenziali, default_value = "nodo:Password1!")]
    pub credenziali: Credenziali,
    /// Il nodo chiama la stazione senza presentarsi.
    #[arg(long)]
    pub senza_credenziali: bool,
    #[arg(long, value_name = "CODICE", default_value = "11111111113")]
    pub intermediario: String,
    #[arg(long, value_name = "CODICE", default_value = "11111111113_01")]
    pub stazione: String,
    /// Cartella delle ricevute da consegnare; senza, si dimenticano all'arresto.
    #[arg(long, value_name = "CARTELLA")]
    pub data: Option<PathBuf>,
    /// Quanti secondi dura qui l'ora fra due consegne di una ricevuta.
    #[arg(long, value_name = "SECONDI", default_value_t = 1.0, value_parser = secondi)]
    pub scala_tempo: f64,
}

/// What is not said is as in the sandbox.
#[derive(Args)]
pub struct OpzioniCollaudo {
    /// Dove la stazione riceve le chiamate del nodo.
    #[arg(long, value_name = "URL")]
    pub stazione: String,
    /// Con cui il nodo si presenta.
    #[arg(long, value_name = "NOME:PASSWORD", value_parser = credenziali)]
    pub utente: Credenziali,
    #[arg(long, value_enum, default_value_t = FormatoCollaudo::Testo)]
    pub formato: FormatoCollaudo,
    /// API Pendenze v2 con cui si caricano le posizioni di prova; senza, quella dello stesso host.
    #[arg(long, value_name = "URL")]
    pub pendenze: Option<String>,
    /// L'applicazione che le carica.
    #[arg(long, value_name = "NOME:PASSWORD", value_parser = credenziali, default_value = "DEMO:Password1!")]
    pub applicazione: Credenziali,
    #[arg(long, value_name = "CODICE", default_value = "11111111113")]
    pub intermediario: String,
    #[arg(long, value_name = "CODICE", default_value = "11111111113_01")]
    pub id_stazione: String,
    /// Un'altra stazione dello stesso intermediario, da cui l'ente potrebbe essere passato; vuota se non c'è.
    #[arg(long, value_name = "CODICE", default_value = "11111111113_02")]
    pub altra_stazione: String,
    /// L'ente delle posizioni di prova.
    #[arg(long, value_name = "CODICE", default_value = "12345678901")]
    pub dominio: String,
    /// Un suo conto bancario.
    #[arg(long, value_name = "IBAN", default_value = "IT60X0542811101000000123456")]
    pub iban: String,
    /// Un suo conto postale.
    #[arg(long, value_name = "IBAN", default_value = "IT30O0760103200000012345678")]
    pub iban_postale: String,
    /// Un altro ente della stazione, e un suo conto.
    #[arg(long, value_name = "CODICE:IBAN", value_parser = credenziali, default_value = "12345678902:IT93N0306909606100000045678")]
    pub secondario: Credenziali,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum FormatoCollaudo {
    /// Allineato, da leggere.
    Testo,
    /// Tre colonne separate da tabulazioni: riga, verdetto, motivo.
    Tsv,
}

/// A name and a password from the command line; `Debug` tells neither.
#[derive(Clone)]
pub struct Credenziali {
    pub nome: String,
    pub password: String,
}

impl std::fmt::Debug for Credenziali {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credenziali(***)")
    }
}

fn credenziali(testo: &str) -> Result<Credenziali, String> {
    match testo.split_once(':') {
        Some((nome, password)) if !nome.is_empty() && !password.is_empty() => Ok(Credenziali { nome: nome.to_owned(), password: password.to_owned() }),
        _ => Err("serve nella forma NOME:PASSWORD".to_owned()),
    }
}

/// One day: longer than the hour that it stands for is of no use.
const SCALA_TEMPO_MAX: f64 = 86_400.0;

fn secondi(testo: &str) -> Result<f64, String> {
    match testo.parse::<f64>() {
        Ok(n) if n > 0.0 && n <= SCALA_TEMPO_MAX => Ok(n),
        _ => Err(format!("serve un numero di secondi maggiore di 0, al più {SCALA_TEMPO_MAX}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_riga_di_comando_e_coerente() {
        use clap::CommandFactory as _;
        Fiorino::command().debug_assert();
    }

    #[test]
    fn la_password_puo_avere_i_due_punti_e_il_debug_non_la_dice() {
        let c = credenziali("nodo:a:b").expect("valide");
        assert_eq!((c.nome.as_str(), c.password.as_str()), ("nodo", "a:b"));
        assert!(!format!("{c:?}").contains("a:b"));
        for testo in ["", "nodo", ":x", "nodo:"] {
            assert!(credenziali(testo).is_err(), "{testo}");
        }
    }

    #[test]
    fn la_scala_del_tempo_e_positiva_e_limitata() {
        for testo in ["0", "-1", "NaN", "inf", "1e9", "x"] {
            assert!(secondi(testo).is_err(), "{testo}");
        }
        assert_eq!(secondi("0.5"), Ok(0.5));
    }
}
