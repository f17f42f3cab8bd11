//! Short versions of `bench --due-nodi` and `bench --ostile`: real processes, a world in which things happen, and the books at the end.
//!
//! They live on PostgreSQL alone: a SQLite file has one process.

use std::path::PathBuf;
use std::time::Duration;

use bench::resistenza::{Opzioni, Prova, corri};
use uuid::Uuid;

use crate::uccisioni::comanda;

async fn prova(prova: Prova) {
    let Ok(server) = std::env::var("FIORINO_PROVA_POSTGRES") else {
        println!("saltata: FIORINO_PROVA_POSTGRES non e' impostata");
        return;
    };
    let nome = format!("prova_{}", Uuid::new_v4().simple());
    comanda(&server, &format!("CREATE DATABASE {nome}")).await;
    let (testa, _) = server.rsplit_once('/').expect("url con database");
    let o = Opzioni {
        programma: PathBuf::from(env!("CARGO_BIN_EXE_fiorino")),
        database: format!("{testa}/{nome}"),
        durata: Duration::from_secs(20),
        lavoratori: 6,
        seme: 1,
        naturale: false,
    };
    let conto = corri(prova, &o).await;
    comanda(&server, &format!("DROP DATABASE {nome} WITH (FORCE)")).await;
    println!("{prova:?}: {}", conto.unwrap_or_else(|e| panic!("{e:?}")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_nodi_di_cui_uno_muore_non_perdono_e_non_raddoppiano() {
    prova(Prova::DueNodi).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_un_mondo_che_sbaglia_i_libri_tornano() {
    prova(Prova::Ostile).await;
}
