//! `fiorino simulator`: the outside world alone, towards a station that runs elsewhere.

use std::time::Duration;

use anyhow::Context as _;
use simulator::{Configurazione, Simulatore};

use crate::comandi::OpzioniSimulatore;
use crate::configurazione::{Formato, Log, Otlp};
use crate::diario::Diario;
use crate::{ascolto, segnali};

/// At the stop: pages and calls of a simulator are not worth a longer wait.
pub const ATTESA_ARRESTO: Duration = Duration::from_secs(5);

/// Text and only what matters: a person is looking.
pub fn log() -> Log {
    Log { formato: Formato::Testo, ..Log::default() }
}

pub async fn esegui(opzioni: OpzioniSimulatore) -> anyhow::Result<()> {
    let _diario = Diario::apri(&log(), &Otlp::default())?;
    let fermata = segnali::fermata()?;
    let porta = ascolto::apri(opzioni.listen).await?;
    let indirizzo = porta.local_addr().context("indirizzo di ascolto")?;
    if !indirizzo.ip().is_loopback() {
        tracing::warn!("il simulatore ascolta su {indirizzo}, senza TLS ne' password: chi lo raggiunge paga gli avvisi della stazione a cui e' rivolto");
    }
    let simulatore = Simulatore::nuovo(Configurazione {
        stazione_url: opzioni.stazione_url.clone(),
        credenziali: (!opzioni.senza_credenziali).then_some((opzioni.credenziali.nome, opzioni.credenziali.password)),
        id_intermediario: opzioni.intermediario,
        id_stazione: opzioni.stazione,
        scala_tempo: Duration::from_secs_f64(opzioni.scala_tempo),
        data_dir: opzioni.data,
        base_url: format!("http://{indirizzo}"),
        ..Configurazione::default()
    })?;
    let lavori = simulatore.avvia_lavori(fermata.clone());
    println!("Simulatore: http://{indirizzo}/\nSi rivolge alla stazione {}", opzioni.stazione_url);
    ascolto::servi(porta, None, simulatore.router(), fermata, ATTESA_ARRESTO).await;
    lavori.await.context("lavori del simulatore")
}
