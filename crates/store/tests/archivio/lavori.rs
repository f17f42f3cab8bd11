//! Runs of jobs: one node at a time, given back when the node dies.

use chrono::{Duration, Utc};
use sqlx::{Connection, Executor};
use store::Store;
use store::lavori::{EsitoCorsa, FineCorsa, PresaLavoro};
use uuid::Uuid;

use crate::banco::{self, Archivio};

const NOME: &str = "prova";
const DURATA: Duration = Duration::seconds(60);

async fn entrambi() -> Vec<Archivio> {
    let mut archivi = vec![banco::sqlite().await];
    archivi.extend(banco::postgres(&[]).await);
    for a in &archivi {
        a.store.censisci_lavoro(NOME, Utc::now()).await.expect("censito");
    }
    archivi
}

async fn prendi(store: &Store, chi: &str) -> PresaLavoro {
    store.prendi_lavoro(NOME, chi, DURATA, false, Utc::now()).await.expect("letto")
}

async fn presa(store: &Store, chi: &str) -> Uuid {
    match prendi(store, chi).await {
        PresaLavoro::Presa { corsa } => corsa,
        altro => panic!("{chi}: {altro:?}"),
    }
}

fn riuscita(tra: Duration) -> FineCorsa {
    FineCorsa { esito: EsitoCorsa::Riuscito, motivo: "fatto".to_owned(), prossimo: Utc::now() + tra }
}

/// The lease is over, as when its node died a minute ago.
async fn muore(archivio: &Archivio) {
    match archivio.url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut conn = sqlx::SqliteConnection::connect(file).await.expect("file");
            conn.execute("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00+00:00'").await.expect("scritto");
        }
        None => {
            let mut conn = sqlx::PgConnection::connect(&archivio.url).await.expect("server");
            conn.execute("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00Z'").await.expect("scritto");
        }
    }
}

#[tokio::test]
async fn una_corsa_e_di_un_nodo_solo() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        let prese = futures_di(store, 8).await;
        let buone = prese.iter().filter(|p| matches!(p, PresaLavoro::Presa { .. })).count();
        assert_eq!(buone, 1, "{prese:?}");
        assert!(prese.iter().all(|p| matches!(p, PresaLavoro::Presa { .. } | PresaLavoro::Occupato)), "{prese:?}");
    }
}

async fn futures_di(store: &Store, quanti: usize) -> Vec<PresaLavoro> {
    let mut insieme = tokio::task::JoinSet::new();
    for n in 0..quanti {
        let store = store.clone();
        insieme.spawn(async move { prendi(&store, &format!("nodo-{n}")).await });
    }
    insieme.join_all().await
}

#[tokio::test]
async fn finita_una_corsa_la_prossima_viene_al_suo_tempo() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        let corsa = presa(store, "nodo-1").await;
        assert!(store.finisci_lavoro(NOME, corsa, riuscita(Duration::hours(1)), Utc::now()).await.expect("scritta"));
        assert_eq!(prendi(store, "nodo-2").await, PresaLavoro::NonDovuto);
        let stato = store.lavoro(NOME).await.expect("letto").expect("c'e'");
        assert_eq!((stato.esito, stato.motivo.as_deref(), stato.in_corso), (Some(EsitoCorsa::Riuscito), Some("fatto"), None));
        assert!(stato.ultimo_riuscito.is_some());
        assert!(store.chiedi_lavoro(NOME).await.expect("chiesto"));
        presa(store, "nodo-2").await;
        assert!(!store.lavoro(NOME).await.expect("letto").expect("c'e'").richiesto);
    }
}

#[tokio::test]
async fn un_nodo_che_muore_rende_il_lavoro_e_non_puo_piu_scriverne() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        let morto = presa(store, "nodo-1").await;
        assert_eq!(prendi(store, "nodo-2").await, PresaLavoro::Occupato);
        muore(&archivio).await;
        let vivo = presa(store, "nodo-2").await;
        // The first was only slow: it learns that the run is not its own any more.
        assert!(!store.rinnova_lavoro(NOME, morto, DURATA, Utc::now()).await.expect("letto"));
        assert!(!store.finisci_lavoro(NOME, morto, riuscita(Duration::hours(9)), Utc::now()).await.expect("letto"));
        assert!(store.rinnova_lavoro(NOME, vivo, DURATA, Utc::now()).await.expect("rinnovata"));
        assert!(store.finisci_lavoro(NOME, vivo, riuscita(Duration::hours(1)), Utc::now()).await.expect("scritta"));
    }
}

#[tokio::test]
async fn un_lavoro_fermato_smette_e_dice_perche() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        let corsa = presa(store, "nodo-1").await;
        assert!(store.ferma_lavoro(NOME, "manutenzione").await.expect("fermato"));
        assert!(!store.rinnova_lavoro(NOME, corsa, DURATA, Utc::now()).await.expect("letto"));
        let interrotta = FineCorsa { esito: EsitoCorsa::Interrotto, ..riuscita(Duration::zero()) };
        assert!(store.finisci_lavoro(NOME, corsa, interrotta, Utc::now()).await.expect("scritta"));
        assert_eq!(prendi(store, "nodo-1").await, PresaLavoro::Fermo("manutenzione".to_owned()));
        assert!(store.riprendi_lavoro(NOME).await.expect("ripreso"));
        presa(store, "nodo-2").await;
    }
}

#[tokio::test]
async fn i_fallimenti_di_fila_si_contano_e_una_corsa_buona_li_azzera() {
    for archivio in entrambi().await {
        let store = &archivio.store;
        for attesi in [1, 2, 0] {
            let corsa = presa(store, "nodo-1").await;
            let esito = if attesi == 0 { EsitoCorsa::Riuscito } else { EsitoCorsa::Fallito };
            store.finisci_lavoro(NOME, corsa, FineCorsa { esito, ..riuscita(Duration::seconds(-1)) }, Utc::now()).await.expect("scritta");
            assert_eq!(store.lavoro(NOME).await.expect("letto").expect("c'e'").fallimenti, attesi);
        }
        assert!(!store.chiedi_lavoro("ignoto").await.expect("letto"));
    }
}
