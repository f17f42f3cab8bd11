//! How many forms per second one core validates, transforms and reads: `cargo run --release -p bench --bin modulo -- --secondi 5`.
//!
//! The library alone, without archive and HTTP. Compiled once, as in service; a second line compiles every time, to show what the memory is worth.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use codici::IdDominio;
use domain::anagrafica::tipo_pendenza::{PortaleTipo, Trasformazione};
use gateway::modulo::{Blocco, Composta, Modulo, NonValida, Officina};

const MODELLO: &str = include_str!("../../../modelli/examples/modelli/modulo.ftl");
const SCHEMA: &str = r#"{ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["alunno", "pasti", "quota", "mese"],
  "properties": {
    "alunno": { "type": "object", "required": ["cf", "nome"], "properties": {
      "cf": { "type": "string", "pattern": "^[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]$" }, "nome": { "type": "string", "minLength": 1, "maxLength": 70 } } },
    "pasti": { "type": "integer", "minimum": 1, "maximum": 31 }, "quota": { "type": "number", "exclusiveMinimum": 0 },
    "mese": { "type": "integer", "minimum": 1, "maximum": 12 }, "tassa": { "type": "boolean" } } }"#;
const CORPO: &str = r#"{ "alunno": { "cf": "RSSMRA10A01H501Z", "nome": "Mario Rossi" }, "pasti": 12, "quota": 4.55, "mese": 2, "tassa": true }"#;

#[derive(Parser)]
#[command(about = "Moduli al secondo su un core: schema, modello, lettura")]
struct Opzioni {
    /// Seconds of each measure.
    #[arg(long, default_value_t = 5)]
    secondi: u64,
}

fn main() -> Result<()> {
    let durata = Duration::from_secs(Opzioni::parse().secondi);
    let portale = PortaleTipo {
        validazione: Some(STANDARD.encode(SCHEMA)),
        trasformazione: Some(Trasformazione { tipo: "freemarker".to_owned(), definizione: STANDARD.encode(MODELLO) }),
        ..PortaleTipo::default()
    };
    let modulo = modulo()?;
    let officina = Officina::default();
    let al_secondo = misura(durata, || una(&officina, &portale, &modulo))?;
    println!("moduli compilati una volta: {al_secondo:.0}/s su un core");
    let al_secondo = misura(durata, || una(&Officina::default(), &portale, &modulo))?;
    println!("moduli compilati ogni volta: {al_secondo:.0}/s su un core");
    Ok(())
}

fn modulo() -> Result<Modulo> {
    let coppia = |nome: &str, valore: &str| (nome.to_owned(), valore.to_owned());
    let dominio = IdDominio::leggi("12345678901").ok_or_else(|| anyhow::anyhow!("dominio"))?;
    Ok(Modulo {
        dominio,
        tipo_pendenza: "MENSA".to_owned(),
        unita_operativa: None,
        blocco: Blocco::Pagamento,
        corpo: CORPO.to_owned(),
        intestazioni: vec![coppia("content-type", "application/json"), coppia("accept", "application/json")],
        parametri: Vec::new(),
        segmenti: vec![coppia("idDominio", "12345678901"), coppia("idTipoPendenza", "MENSA")],
        indirizzo: "/pendenze/12345678901/MENSA".to_owned(),
        id_transazione: "misura".to_owned(),
        non_valida: NonValida::Sintassi,
    })
}

/// What comes out is looked at, so that nothing is measured that does nothing.
fn una(officina: &Officina, portale: &PortaleTipo, modulo: &Modulo) -> Result<()> {
    let composta = officina.componi(portale, modulo, chrono::Utc::now())?;
    let Composta::Pendenza(nuova) = composta else { anyhow::bail!("non e' una pendenza") };
    ensure!(nuova.importo.cent() == 5_660 && nuova.voci.len() == 2, "importo {}", nuova.importo);
    Ok(())
}

fn misura(durata: Duration, mut una: impl FnMut() -> Result<()>) -> Result<f64> {
    for _ in 0..10 {
        una()?;
    }
    let inizio = Instant::now();
    let mut fatte = 0_u32;
    while inizio.elapsed() < durata {
        una()?;
        fatte += 1;
    }
    Ok(f64::from(fatte) / inizio.elapsed().as_secs_f64())
}
