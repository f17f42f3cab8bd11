//! The names of broken keys, and who goes first: what the operations above count on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::Utc;
use codici::Importo;
use domain::ricevuta::{Riscossione, TipoRiscossione};
use store::transazioni::RicevutaEstranea;
use store::{Corsia, ErroreStore, Vincolo};
use uuid::Uuid;

use crate::banco::{self, Archivio, dominio, pendenza, transazione};

fn vincolo(esito: Result<(), ErroreStore>) -> Vincolo {
    match esito {
        Err(ErroreStore::Chiave(v)) => v,
        altro => panic!("atteso un vincolo, trovato {altro:?}"),
    }
}

async fn ogni_chiave_presa_ha_il_suo_nome(archivio: &Archivio) {
    let store = &archivio.store;
    let prima = pendenza("P1", "301000000000000101");
    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    tx.inserisci_pendenza(&prima).await.expect("libera");
    tx.commit().await.expect("scritta");

    let tx = store.begin(Corsia::Applicazioni).await.expect("inizio");
    assert_eq!(vincolo(tx.inserisci_pendenza(&pendenza("P1", "301000000000000202")).await), Vincolo::PendenzaChiave);
    // The transaction goes on being usable.
    assert_eq!(vincolo(tx.inserisci_pendenza(&pendenza("P2", "301000000000000101")).await), Vincolo::PendenzaIuv);
    // Both at once: it is the same position, whatever its number.
    assert_eq!(vincolo(tx.inserisci_pendenza(&pendenza("P1", "301000000000000101")).await), Vincolo::PendenzaChiave);
    tx.inserisci_pendenza(&pendenza("P3", "301000000000000303")).await.expect("libera");
    tx.commit().await.expect("scritta");
    assert!(store.pendenza("DEMO", "P3").await.expect("letta").is_some());
    assert!(store.pendenza("DEMO", "P2").await.expect("letta").is_none());

    let t = transazione(&prima, "c1");
    let r = Riscossione {
        dominio: dominio(),
        iur: "iur".to_owned(),
        indice: 1,
        voce: Some(1),
        importo: Importo::da_cent(100),
        data: Utc::now(),
        tipo: TipoRiscossione::leggi("ENTRATA").expect("tipo"),
        commissioni: None,
    };
    let tx = store.begin(Corsia::Stazione).await.expect("inizio");
    tx.inserisci_transazione(&t).await.expect("libera");
    tx.inserisci_riscossioni(&prima, &t, std::slice::from_ref(&r), [Uuid::now_v7()]).await.expect("libera");
    tx.commit().await.expect("scritta");
    let tx = store.begin(Corsia::Stazione).await.expect("inizio");
    assert_eq!(vincolo(tx.inserisci_transazione(&transazione(&prima, "c1")).await), Vincolo::TransazioneChiave);
    tx.rollback().await.expect("annullata");
    let tx = store.begin(Corsia::Stazione).await.expect("inizio");
    assert_eq!(vincolo(tx.inserisci_riscossioni(&prima, &t, &[r], [Uuid::now_v7()]).await), Vincolo::RiscossioneChiave);
    tx.rollback().await.expect("annullata");

    for nuova in [true, false] {
        let tx = store.begin(Corsia::Stazione).await.expect("inizio");
        let estranea = RicevutaEstranea {
            dominio: &dominio(),
            receipt_id: "R1",
            iuv: "01000000000000999",
            stazione: "11111111113_01",
            importo: Importo::da_cent(1),
            ricevuta_il: Utc::now(),
            contenuto: b"<a/>",
        };
        assert_eq!(tx.inserisci_ricevuta_estranea(&estranea).await.expect("scritta"), nuova);
        tx.commit().await.expect("scritta");
    }
}

#[tokio::test]
async fn ogni_chiave_presa_ha_il_suo_nome_su_sqlite() {
    ogni_chiave_presa_ha_il_suo_nome(&banco::sqlite().await).await;
}

#[tokio::test]
async fn ogni_chiave_presa_ha_il_suo_nome_su_postgresql() {
    let Some(archivio) = banco::postgres(&[]).await else { return };
    ogni_chiave_presa_ha_il_suo_nome(&archivio).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn su_sqlite_la_stazione_passa_davanti_a_chi_aspetta() {
    let archivio = banco::sqlite().await;
    let ordine: Arc<Mutex<Vec<Corsia>>> = Arc::default();
    let prima = archivio.store.begin(Corsia::Lavori).await.expect("inizio");
    let scrivi = |corsia: Corsia| {
        let (store, ordine) = (archivio.store.clone(), Arc::clone(&ordine));
        tokio::spawn(async move {
            let tx = store.begin(corsia).await.expect("inizio");
            ordine.lock().expect("ordine").push(corsia);
            tokio::time::sleep(Duration::from_millis(20)).await;
            tx.commit().await.expect("scritta");
        })
    };
    let mut attese: Vec<_> = (0..20).map(|n| scrivi(if n % 2 == 0 { Corsia::Applicazioni } else { Corsia::Lavori })).collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    attese.push(scrivi(Corsia::Stazione));
    tokio::time::sleep(Duration::from_millis(200)).await;
    prima.commit().await.expect("scritta");
    for attesa in attese {
        attesa.await.expect("scritta");
    }
    let ordine = ordine.lock().expect("ordine");
    let posto = ordine.iter().position(|c| *c == Corsia::Stazione).expect("passata");
    assert!(posto <= 1, "{ordine:?}");
    assert_eq!(ordine.len(), 21);
}
