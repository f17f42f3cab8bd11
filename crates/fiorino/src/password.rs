//! `fiorino password PRINCIPAL`: for whoever has the machine and has lost the way in.

use anyhow::Context as _;
use chrono::Utc;
use domain::Anagrafica;
use domain::anagrafica::{Scrittura, Utenza};
use store::Store;
use store::anagrafica::Revisione;

use crate::casa;
use crate::configurazione::Configurazione;

/// Who signs the revision.
const AUTORE: &str = "fiorino password";

/// Gives a login a new password, read by the caller. Running nodes know it within a second; an SQLite archive is of one process, which must be
/// stopped first.
pub async fn esegui(configurazione: &Configurazione, principal: &str, password: &str) -> anyhow::Result<()> {
    domain::password::verifica(password).map_err(|rifiuto| anyhow::anyhow!(rifiuto.dettaglio()))?;
    let hash = gateway::accesso::hash_password(password)?;
    let store = Store::apri(&casa::opzioni(configurazione)).await?;
    let scrittura = store.scrivi_anagrafica().await?;
    let anagrafica = store.carica_anagrafica(&Anagrafica::default()).await?;
    let utenza = anagrafica.utenze.get(principal).with_context(|| format!("l'utenza {principal} non esiste"))?;
    let nuova = Utenza { password_hash: Some(hash), ..(**utenza).clone() };
    scrittura.salva(&Scrittura::Utenza(nuova)).await?;
    let revisione = Revisione { principal: AUTORE.to_owned(), oggetto: format!("password di {principal}"), contenuto: String::new() };
    scrittura.revisione(0, &revisione, Utc::now()).await?;
    scrittura.commit().await?;
    store.chiudi().await;
    println!("Password di {principal} cambiata.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::configurazione::Segreto;

    use super::*;

    #[tokio::test]
    async fn una_password_persa_si_rimette_e_un_nome_ignoto_no() {
        let cartella = tempfile::tempdir().expect("cartella");
        let mut configurazione = Configurazione::default();
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        configurazione.database.url = Segreto::from(url.as_str());
        let store = Store::apri(&casa::opzioni(&configurazione)).await.expect("store");
        crate::primo_avvio::prepara(&store, &configurazione.amministratore).await.expect("primo avvio");
        store.chiudi().await;
        drop(store);
        // An SQLite archive is of one process at a time, and so of one opening.
        let hash = async || {
            let store = Store::apri(&casa::opzioni(&configurazione)).await.expect("store");
            let hash = store.carica_anagrafica(&Anagrafica::default()).await.expect("anagrafica").utenze["gpadmin"].password_hash.clone();
            store.chiudi().await;
            hash
        };
        let prima = hash().await;
        esegui(&configurazione, "gpadmin", "Nuova1234").await.expect("cambiata");
        let dopo = hash().await.expect("hash");
        assert_ne!(prima.as_ref(), Some(&dopo));
        assert!(dopo.starts_with("$argon2id$") && !dopo.contains("Nuova1234"));
        let debole = esegui(&configurazione, "gpadmin", "corta").await.expect_err("rifiutata");
        assert!(debole.to_string().contains("non rispetta il pattern") && !debole.to_string().contains("corta"), "{debole}");
        let errore = esegui(&configurazione, "nessuno", "Nuova1234").await.expect_err("rifiutata");
        assert!(errore.to_string().contains("nessuno non esiste"), "{errore}");
    }
}
