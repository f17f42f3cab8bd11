//! `fiorino migrate`: what `serve` does by itself, for who wants to do it before.

use std::path::Path;

use anyhow::Context as _;
use store::Store;

use crate::casa;
use crate::configurazione::Configurazione;

/// The file of a SQLite database that is not there yet: looking must not create it.
pub fn sqlite_assente(url: &str) -> Option<&Path> {
    let percorso = url.strip_prefix("sqlite:")?;
    let percorso = Path::new(percorso.strip_prefix("//").unwrap_or(percorso));
    (!percorso.exists()).then_some(percorso)
}

pub async fn esegui(configurazione: &Configurazione, solo_elenco: bool) -> anyhow::Result<()> {
    let opzioni = casa::opzioni(configurazione);
    if solo_elenco {
        if let Some(file) = sqlite_assente(&opzioni.url) {
            println!("Il database {} non esiste ancora: sara' creato con tutte le migrazioni.", file.display());
            return Ok(());
        }
        let store = Store::apri_in_lettura(&opzioni).await?;
        let mancanti = store.migrazioni_mancanti().await.context("migrazioni")?;
        if mancanti.is_empty() {
            println!("Nessuna migrazione da applicare.");
        }
        for migrazione in mancanti {
            println!("da applicare: {}", migrazione.nome);
        }
        store.chiudi().await;
        return Ok(());
    }
    let store = Store::apri_senza_migrare(&opzioni).await?;
    let applicate = store.migra().await.context("migrazione del database")?;
    if applicate.is_empty() {
        println!("Nessuna migrazione da applicare.");
    }
    for nome in applicate {
        println!("applicata: {nome}");
    }
    store.chiudi().await;
    Ok(())
}
