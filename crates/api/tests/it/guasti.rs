//! The archive locked, read only, cut off; the giornale broken. Answers stay honest, and service comes back without a restart.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use sqlx::{Connection, Executor};

use crate::banco::{Archivio, Banco, DOMINIO, Risposta, corpo_minimo, registro_concorde};
use crate::su_entrambi;

const INDISPONIBILE: &str = "Archivio momentaneamente non disponibile: riprovare.";

async fn stato_di(banco: &Banco, percorso: &str) -> u16 {
    banco.http.get(format!("{}{percorso}", banco.base)).send().await.expect("risposta").status().as_u16()
}

async fn pronto_entro(banco: &Banco, quanto: Duration) {
    let inizio = Instant::now();
    while stato_di(banco, "/health/ready").await != 200 {
        assert!(inizio.elapsed() < quanto, "non torna pronto");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn non_pronto_entro(banco: &Banco, quanto: Duration) {
    let inizio = Instant::now();
    while stato_di(banco, "/health/ready").await != 503 {
        assert!(inizio.elapsed() < quanto, "si dice pronto");
        assert_eq!(stato_di(banco, "/health/live").await, 200);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(stato_di(banco, "/health/live").await, 200);
}

fn onesta(risposta: &Risposta) {
    if !risposta.stato.is_success() {
        risposta.rifiuta(503, "503000", INDISPONIBILE);
        assert_eq!(risposta.json()["categoria"], "INTERNO");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_file_sqlite_tenuto_da_altri_e_un_503_e_poi_si_riprende() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite");
    let avviso = banco.carica("P1", "10.00").await;
    let file = banco.url.trim_start_matches("sqlite:").to_owned();
    let mut altro = sqlx::SqliteConnection::connect(&file).await.expect("file");
    altro.execute("BEGIN IMMEDIATE").await.expect("preso");

    let inizio = Instant::now();
    let scrittura = banco.put("P2", corpo_minimo("10.00")).await;
    scrittura.rifiuta(503, "503000", INDISPONIBILE);
    let atteso = inizio.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(9)).contains(&atteso), "{atteso:?}");
    // Reads go on: a verify is answered while the writer is held.
    assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
    assert!(banco.simulatore.verifica(DOMINIO, &avviso).await.is_ok());
    non_pronto_entro(&banco, Duration::from_secs(8)).await;

    altro.execute("ROLLBACK").await.expect("lasciato");
    pronto_entro(&banco, Duration::from_secs(8)).await;
    assert_eq!(banco.put("P2", corpo_minimo("10.00")).await.stato, StatusCode::CREATED);
    registro_concorde(&banco.store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_attesa_breve_del_file_sqlite_non_si_vede() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite");
    let mut altro = sqlx::SqliteConnection::connect(banco.url.trim_start_matches("sqlite:")).await.expect("file");
    altro.execute("BEGIN IMMEDIATE").await.expect("preso");
    let lascia = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        altro.execute("ROLLBACK").await.expect("lasciato");
    });
    let risposte = futures::future::join_all((0..5).map(|n| {
        let id = format!("P{n}");
        let banco = &banco;
        async move { banco.put(&id, corpo_minimo("1.00")).await }
    }))
    .await;
    assert!(risposte.iter().all(|r| r.stato == StatusCode::CREATED), "{risposte:?}");
    lascia.await.expect("lasciato");
}

async fn amministra(banco: &Banco, istruzione: &str) {
    let (server, _) = banco.url.rsplit_once('/').expect("url");
    let mut conn = sqlx::PgConnection::connect(&format!("{server}/postgres")).await.expect("server");
    let nome = banco.url.rsplit('/').next().expect("database");
    conn.execute(sqlx::AssertSqlSafe(istruzione.replace("DB", nome))).await.expect("eseguita");
}

const TERMINA: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'DB'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_postgresql_in_sola_lettura_e_un_503_e_poi_si_riprende() {
    let Some(banco) = Banco::nuovo(Archivio::Postgres).await else {
        println!("saltata su PostgreSQL: FIORINO_PROVA_POSTGRES non e' impostata");
        return;
    };
    let avviso = banco.carica("P1", "10.00").await;
    amministra(&banco, "ALTER DATABASE DB SET default_transaction_read_only = on").await;
    amministra(&banco, TERMINA).await;
    non_pronto_entro(&banco, Duration::from_secs(8)).await;
    for n in 0..10 {
        banco.put(&format!("Q{n}"), corpo_minimo("10.00")).await.rifiuta(503, "503000", INDISPONIBILE);
    }
    let inizio = Instant::now();
    while banco.get("/pendenze/DEMO/P1").await.stato != StatusCode::OK {
        assert!(inizio.elapsed() < Duration::from_secs(5), "le letture non tornano");
    }
    assert!(banco.simulatore.verifica(DOMINIO, &avviso).await.is_ok());

    amministra(&banco, "ALTER DATABASE DB RESET default_transaction_read_only").await;
    amministra(&banco, TERMINA).await;
    pronto_entro(&banco, Duration::from_secs(8)).await;
    assert_eq!(banco.put("Q0", corpo_minimo("10.00")).await.stato, StatusCode::CREATED);
    assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 2);
    registro_concorde(&banco.store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connessioni_postgresql_uccise_sotto_carico_non_perdono_cio_che_si_e_promesso() {
    let Some(banco) = Banco::nuovo(Archivio::Postgres).await else {
        println!("saltata su PostgreSQL: FIORINO_PROVA_POSTGRES non e' impostata");
        return;
    };
    let fine = Instant::now() + Duration::from_secs(3);
    let carico = futures::future::join_all((0..6).map(|filo| {
        let banco = &banco;
        async move {
            let mut promesse = Vec::new();
            for n in 0.. {
                if Instant::now() > fine {
                    break;
                }
                let id = format!("F{filo}N{n}");
                let risposta = banco.put(&id, corpo_minimo("1.00")).await;
                onesta(&risposta);
                if risposta.stato == StatusCode::CREATED {
                    promesse.push((id, risposta.json()["numeroAvviso"].clone()));
                }
                let letta = banco.get(&format!("/pendenze?risultatiPerPagina=1&direzione=F{filo}")).await;
                onesta(&letta);
            }
            promesse
        }
    }));
    let uccisore = async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            amministra(&banco, TERMINA).await;
        }
        assert_eq!(stato_di(&banco, "/health/live").await, 200);
    };
    let (promesse, ()) = tokio::join!(carico, uccisore);
    pronto_entro(&banco, Duration::from_secs(8)).await;
    let inizio = Instant::now();
    while banco.get("/pendenze").await.stato != StatusCode::OK {
        assert!(inizio.elapsed() < Duration::from_secs(5), "le letture non tornano");
    }
    let promesse: Vec<_> = promesse.into_iter().flatten().collect();
    assert!(promesse.len() > 10, "{}", promesse.len());
    for (id, avviso) in &promesse {
        assert_eq!(banco.pendenza(id).await["numeroAvviso"], *avviso);
    }
    registro_concorde(&banco.store).await;
}

su_entrambi! {
    async fn un_giornale_rotto_non_cambia_le_risposte_e_il_buco_si_racconta(banco: &Banco) {
        let avviso = banco.carica("P1", "132.50").await;
        let prima = banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        banco.gateway.giornale().scarica().await;
        let scritti = banco.conta("SELECT count(*) FROM evento WHERE tipo = 'paVerifyPaymentNotice'").await;
        assert_eq!((scritti, banco.gateway.giornale().persi()), (1, 0));

        banco.sql("ALTER TABLE evento RENAME TO evento_via").await;
        for _ in 0..20 {
            let inizio = Instant::now();
            let ancora = banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
            assert_eq!((ancora.importo, &ancora.causale), (prima.importo, &prima.causale));
            assert!(inizio.elapsed() < Duration::from_secs(2), "{:?}", inizio.elapsed());
        }
        assert_eq!((stato_di(banco, "/health/live").await, banco.get("/pendenze").await.stato), (200, StatusCode::OK));
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.gateway.giornale().persi(), 20);
        // One more group lost: nothing of the first is forgotten.
        banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.gateway.giornale().persi(), 21);

        banco.sql("ALTER TABLE evento_via RENAME TO evento").await;
        banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'paVerifyPaymentNotice'").await, 2);
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'eventiPersi' AND dettaglio_esito LIKE '21 eventi%'").await, 1);
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'eventiPersi'").await, 1);
        assert_eq!(banco.gateway.giornale().persi(), 21);
        let pagata = banco.simulatore.paga(DOMINIO, &avviso, simulator::Versione::V2).await;
        assert!(pagata.is_ok());
        assert_eq!(banco.chiama(Method::GET, "/health/ready", None).await.stato, StatusCode::OK);
    }
}
