//! What an empty database gets before it serves anybody: somebody who can come in, and the base data of spec/2 section 1.7.

use anyhow::Context as _;
use domain::Anagrafica;
use domain::anagrafica::{Acl, Diritto, ENTRATA_BOLLO, Operatore, Ruolo, Servizio, TipoEntrata, TipoPendenza, Utenza};
use domain::pendenza::TipoContabilita;
use domain::pendenza::caricamento::TIPO_LIBERO;
use store::Store;
use store::anagrafica::ScritturaAnagrafica;

use crate::configurazione::Amministratore;

pub const RUOLO_AMMINISTRATORE: &str = "Amministratore";
const RUOLO_OPERATORE: &str = "Operatore";
/// What the base role of an operator may read.
const LETTURE_OPERATORE: [Servizio; 4] = [Servizio::RendicontazioniEIncassi, Servizio::Pagamenti, Servizio::Pendenze, Servizio::GiornaleDegliEventi];

/// A database without operatori gets its first one, or nobody could ever come in. A password that we make is shown once, and not in the log.
/// Of two nodes that start together one does it: the other waits for the row of the version, and finds it done.
pub async fn prepara(store: &Store, amministratore: &Amministratore) -> anyhow::Result<()> {
    let scrittura = store.scrivi_anagrafica().await?;
    let anagrafica = store.carica_anagrafica(&Anagrafica::default()).await.context("lettura dell'anagrafica")?;
    let principal = &amministratore.principal;
    if !anagrafica.operatori.is_empty() || anagrafica.utenze.contains_key(principal) {
        return Ok(());
    }
    let nuova = amministratore.password_hash.assente().then(|| format!("Fi0-{}", uuid::Uuid::new_v4().simple()));
    let hash = match &nuova {
        Some(password) => gateway::accesso::hash_password(password)?,
        None => amministratore.password_hash.svela().to_owned(),
    };
    dati_di_base(&scrittura, &anagrafica).await?;
    let utenza = Utenza { ruoli: vec![RUOLO_AMMINISTRATORE.to_owned()], ..Utenza::piena(principal, Some(hash), &[]) };
    scrittura.utenza(&utenza).await?;
    scrittura.operatore(&Operatore { principal: principal.clone(), nome: principal.clone() }).await?;
    scrittura.commit().await?;
    tracing::info!(principal, "primo operatore creato");
    if let Some(password) = nuova {
        println!("Primo operatore: {principal}, password {password} (non sara' mostrata un'altra volta)");
    }
    Ok(())
}

/// Roles, the entrata of the digital stamp and the two tipi pendenza that every installation has: what is already there stays.
pub async fn dati_di_base(scrittura: &ScritturaAnagrafica, presente: &Anagrafica) -> anyhow::Result<()> {
    let letture = LETTURE_OPERATORE.map(|servizio| Acl { servizio, autorizzazioni: vec![Diritto::Lettura] }).to_vec();
    for (cod, acl) in [(RUOLO_AMMINISTRATORE, Acl::piene(&Servizio::BACKOFFICE)), (RUOLO_OPERATORE, letture)] {
        if !presente.ruoli.contains_key(cod) {
            scrittura.ruolo(&Ruolo { cod: cod.to_owned(), acl }).await?;
        }
    }
    if !presente.tipi_entrata.contains_key(ENTRATA_BOLLO) {
        scrittura.tipo_entrata(&TipoEntrata::nuovo(ENTRATA_BOLLO, "Marca da bollo telematica", Some((TipoContabilita::Altro, "MBT")))).await?;
    }
    for (cod, descrizione) in [(TIPO_LIBERO, "Pagamento libero"), (ENTRATA_BOLLO, "Marca da bollo telematica")] {
        if !presente.tipi_pendenza.contains_key(cod) {
            scrittura.tipo_pendenza(&TipoPendenza::nuovo(cod, descrizione)).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn due_nodi_che_partono_insieme_fanno_un_solo_operatore() {
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("prova.db").display());
        let store = Store::apri(&store::apertura::Opzioni { url, connessioni: 4 }).await.expect("store");
        let (uno, due) = (Amministratore::default(), Amministratore::default());
        let (prima, seconda) = tokio::join!(prepara(&store, &uno), prepara(&store, &due));
        prima.expect("primo nodo");
        seconda.expect("secondo nodo");
        let a = store.carica_anagrafica(&Anagrafica::default()).await.expect("anagrafica");
        assert_eq!((a.versione, a.operatori.size(), a.ruoli.size(), a.tipi_pendenza.size(), a.tipi_entrata.size()), (1, 1, 2, 2, 1));
        let admin = a.utenze.get("gpadmin").expect("utenza");
        assert_eq!(admin.ruoli, [RUOLO_AMMINISTRATORE]);
        assert!(Acl::concede(&a.ruoli_di(admin)[0].acl, Servizio::AnagraficaRuoli, Diritto::Scrittura));
    }
}
