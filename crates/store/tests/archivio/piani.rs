//! The hot queries find the index that they name.
//!
//! On PostgreSQL the real operations run, and the counters of the server tell which indexes they read. SQLite keeps no such counters: there
//! the text of each query, as the operation writes it, is explained.

use chrono::{Duration, Utc};
use domain::notifica::{Stato, Tipo};
use domain::pendenza::Documento;
use domain::posizione_debitoria::Modalita;
use domain::transazione::Transazione;
use sqlx::{Connection, Row};
use store::Corsia;
use store::elenchi::pendenze::{Filtro, Ordinamento};
use store::elenchi::{Pagina, Visibilita};
use store::notifiche::Notifica;
use store::posizioni_debitorie::FiltroPosizioni;

use crate::banco::{self, Archivio, DOMINIO, dominio, pendenza, transazione};

const RIGHE: usize = 300;

/// Enough rows that an index is worth its while.
async fn popola(archivio: &Archivio) {
    let tx = archivio.store.begin(Corsia::Applicazioni).await.expect("inizio");
    for n in 0..RIGHE {
        let p = pendenza(&format!("P{n}"), &format!("301{n:015}"));
        tx.inserisci_pendenza(&p).await.expect("libera");
        let t = transazione(&p, "c1");
        tx.inserisci_transazione(&t).await.expect("libera");
        tx.accoda_notifica(&notifica(&t)).await.expect("libera");
        tx.accoda_posizione(&p, Modalita::Sincrona, Utc::now() + Duration::days(1)).await.expect("libera");
    }
    tx.commit().await.expect("scritte");
}

/// Not due for a day.
fn notifica(t: &Transazione) -> Notifica {
    Notifica {
        dominio: t.dominio.clone(),
        id: t.id,
        id_a2a: "DEMO".to_owned(),
        id_pendenza: t.pendenza.to_string(),
        iuv: t.iuv.to_string(),
        ccp: t.ccp.clone(),
        transazione: t.id,
        tipo: Tipo::Ricevuta,
        stato: Stato::DaSpedire,
        descrizione_stato: None,
        tentativi: 0,
        data_creazione: Utc::now(),
        data_ultimo_aggiornamento: Utc::now(),
        data_prossima_spedizione: Utc::now() + Duration::days(1),
    }
}

fn filtro() -> Filtro {
    Filtro::di(Visibilita::Proprietario { id_a2a: "DEMO".to_owned(), tipi: None }, Utc::now())
}

/// Times that an index was read, or one of two with the same columns. Numbers of a connection are told when it closes.
async fn letture(url: &str, indice: &str) -> i64 {
    let mut conn = sqlx::PgConnection::connect(url).await.expect("server");
    let riga = sqlx::query_scalar("SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_indexes WHERE indexrelname = ANY (string_to_array($1, ' '))")
        .bind(indice);
    riga.fetch_one(&mut conn).await.expect("contatore")
}

#[tokio::test]
async fn su_postgresql_ogni_operazione_calda_legge_il_suo_indice() {
    for (indice, quale) in [
        ("pendenza_iuv pendenza_solo_iuv", 0),
        ("pendenza_chiave", 1),
        ("pendenza_elenco pendenza_recenti", 2),
        ("transazione_chiave transazione_iuv", 3),
        ("notifica_dovute", 4),
        ("voce_pkey", 0),
        ("pendenza_documento", 5),
        ("posizione_dovute", 6),
        ("posizione_debitoria_pkey", 7),
        ("posizione_elenco posizione_da_guardare", 8),
    ] {
        let Some(archivio) = banco::postgres(&[]).await else { return };
        popola(&archivio).await;
        // Small tables are read whole by any sensible planner: the question is which index it would take on a large one.
        let mut conn = sqlx::PgConnection::connect(&archivio.url).await.expect("server");
        let nome = archivio.url.rsplit('/').next().expect("database");
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER DATABASE {nome} SET enable_seqscan = off; ANALYZE"))).execute(&mut conn).await.expect("analizzate");
        archivio.store.chiudi().await;
        let store = store::Store::apri(&store::apertura::Opzioni { url: archivio.url.clone(), connessioni: 1 }).await.expect("archivio");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let prima = letture(&archivio.url, indice).await;
        let p = pendenza("P7", "301000000000000007");
        match quale {
            0 => assert!(store.pendenza_per_iuv(&dominio(), &p.iuv).await.expect("letta").is_some()),
            1 => assert!(store.pendenza("DEMO", "P7").await.expect("letta").is_some()),
            2 => {
                let pagina = Pagina { salta: 0, quante: 25, conta: None };
                assert_eq!(store.elenco_pendenze(&filtro(), &Ordinamento::Campi(Vec::new()), &pagina).await.expect("lette").righe.len(), 25);
            }
            3 => {
                let tx = store.begin(Corsia::Stazione).await.expect("inizio");
                assert!(tx.transazioni_per_iuv(&dominio(), &p.iuv).await.expect("lette").len() == 1);
                tx.commit().await.expect("chiusa");
            }
            5 => {
                let documento = Documento { id: uuid::Uuid::now_v7(), identificativo: "DOC".to_owned(), descrizione: "Documento".to_owned() };
                assert!(store.da_pagare_del_documento(&dominio(), &documento, 10).await.expect("lette").is_empty());
            }
            6 => assert!(store.prendi_posizioni(10, Utc::now()).await.expect("prese").is_empty()),
            7 => assert!(store.posizione_debitoria(&dominio(), p.id).await.expect("letta").is_none()),
            8 => {
                let pagina = Pagina { salta: 0, quante: 25, conta: None };
                assert_eq!(store.elenco_posizioni(&FiltroPosizioni::default(), &pagina).await.expect("lette").righe.len(), 25);
            }
            _ => assert!(store.prendi_notifiche(10, Utc::now()).await.expect("prese").is_empty()),
        }
        store.chiudi().await;
        let mut dopo = prima;
        for _ in 0..50 {
            dopo = letture(&archivio.url, indice).await;
            if dopo > prima {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(dopo > prima, "{indice} non letto");
    }
}

/// Query, values to bind, indexes that the plan names.
const CALDE: [(&str, &[&str], &[&str]); 14] = [
    (
        "SELECT * FROM pendenza LEFT JOIN voce ON pendenza.dominio = voce.dominio AND pendenza.id = voce.pendenza WHERE pendenza.dominio = ? AND pendenza.iuv = ?",
        &[DOMINIO, "01000000000000007"],
        &["USING INDEX pendenza_iuv (dominio=? AND iuv=?)", "sqlite_autoindex_voce_1 (dominio=? AND pendenza=?)"],
    ),
    ("SELECT * FROM pendenza WHERE id_a2a = ? AND id_pendenza = ?", &["DEMO", "P7"], &["USING INDEX pendenza_chiave (id_a2a=? AND id_pendenza=?)"]),
    (
        "SELECT * FROM pendenza WHERE id_a2a = ? AND (tipo <> ? OR stato <> ?) ORDER BY data_caricamento DESC, id DESC LIMIT 25",
        &["DEMO", "SPONTANEO", "NON_ESEGUITO"],
        &["USING INDEX pendenza_elenco (id_a2a=?)"],
    ),
    (
        "SELECT * FROM transazione WHERE dominio = ? AND iuv = ? ORDER BY data_richiesta DESC, id DESC",
        &[DOMINIO, "01000000000000007"],
        &["USING INDEX transazione_iuv (iuv=? AND dominio=?)"],
    ),
    (
        "SELECT * FROM pendenza WHERE dominio = ? AND documento = ? AND stato = ? ORDER BY data_caricamento, id",
        &[DOMINIO, "DOC", "NON_ESEGUITO"],
        &["USING INDEX pendenza_documento (dominio=? AND documento=? AND stato=?)"],
    ),
    ("SELECT * FROM evento WHERE dominio = ? AND iuv = ? ORDER BY id", &[DOMINIO, "01000000000000007"], &["USING INDEX evento_iuv (dominio=? AND iuv=?)"]),
    (
        "SELECT * FROM notifica WHERE stato = 'DA_SPEDIRE' AND data_prossima_spedizione <= ? AND (prenotata_fino IS NULL OR prenotata_fino < ?)
         AND NOT EXISTS (SELECT 1 FROM notifica AS prima WHERE prima.dominio = notifica.dominio AND prima.iuv = notifica.iuv AND prima.stato = 'DA_SPEDIRE'
         AND prima.id < notifica.id) ORDER BY data_prossima_spedizione LIMIT 10",
        &["2026-01-01", "2026-01-01"],
        &["USING INDEX notifica_dovute (data_prossima_spedizione<?)", "USING COVERING INDEX notifica_ordine (dominio=? AND iuv=? AND id<?)"],
    ),
    (
        "SELECT * FROM posizione_debitoria WHERE stato = ? AND prossimo_tentativo <= ? AND (prenotata_fino IS NULL OR prenotata_fino < ?)
         ORDER BY prossimo_tentativo LIMIT 10",
        &["DA_INVIARE", "2026-01-01", "2026-01-01"],
        &["USING INDEX posizione_dovute (stato=? AND prossimo_tentativo<?)"],
    ),
    (
        "SELECT * FROM posizione_debitoria WHERE stato = ? ORDER BY data_modifica DESC, pendenza DESC LIMIT 25",
        &["RIFIUTATA"],
        &["USING INDEX posizione_da_guardare (stato=?)"],
    ),
    (
        "SELECT * FROM rpt_da_inviare WHERE prossimo_tentativo <= ? AND (prenotata_fino IS NULL OR prenotata_fino < ?) ORDER BY prossimo_tentativo LIMIT 10",
        &["2026-01-01", "2026-01-01"],
        &["USING INDEX rpt_dovute (prossimo_tentativo<?)"],
    ),
    ("SELECT * FROM ricevuta_estranea ORDER BY ricevuta_il DESC, receipt_id DESC LIMIT 25", &[], &["USING INDEX ricevuta_estranea_elenco"]),
    (
        "SELECT * FROM ricevuta_estranea WHERE dominio = ? ORDER BY ricevuta_il DESC, receipt_id DESC LIMIT 25",
        &[DOMINIO],
        &["USING INDEX ricevuta_estranea_dominio (dominio=?)"],
    ),
    ("SELECT * FROM flusso WHERE dominio = ? ORDER BY data_acquisizione DESC, id DESC LIMIT 25", &[DOMINIO], &["USING INDEX flusso_dominio (dominio=?)"]),
    (
        "SELECT * FROM rendicontazione WHERE dominio = ? AND iuv = ?",
        &[DOMINIO, "01000000000000007"],
        &["USING INDEX rendicontazione_iuv (dominio=? AND iuv=?)"],
    ),
];

#[tokio::test]
async fn su_sqlite_ogni_interrogazione_calda_ha_il_suo_indice_nel_piano() {
    let archivio = banco::sqlite().await;
    popola(&archivio).await;
    let mut conn = sqlx::SqliteConnection::connect(archivio.url.trim_start_matches("sqlite:")).await.expect("file");
    for (query, valori, attesi) in CALDE {
        let mut spiega = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}")));
        for valore in valori {
            spiega = spiega.bind(*valore);
        }
        let righe = spiega.fetch_all(&mut conn).await.expect("piano");
        let piano: Vec<String> = righe.iter().map(|r| r.get::<String, _>("detail")).collect();
        for atteso in attesi {
            assert!(piano.iter().any(|p| p.contains(atteso)), "{query}\n{piano:#?}");
        }
        assert!(piano.iter().all(|p| !p.contains("SCAN") || p.contains("USING INDEX")), "{query}\n{piano:#?}");
        assert!(!query.contains("LIMIT") || piano.iter().all(|p| !p.contains("TEMP B-TREE")), "{query}\n{piano:#?}");
    }
}
