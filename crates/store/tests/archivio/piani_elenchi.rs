//! The lists of the back office find the index that they name, by each filter that one narrows them with (spec/2 sections 2.12 to 2.14).
//!
//! As in `piani`: on PostgreSQL the real operations run and the counters of the server tell; on SQLite the text of each query is explained.

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, Importo};
use domain::pendenza::{Stato, StatoMostrato};
use domain::ricevuta::{Riscossione, TipoRiscossione};
use domain::transazione::Esito;
use sqlx::{Connection, Row};
use store::elenchi::pagamenti::{self, Visibili};
use store::elenchi::{Pagina, Visibilita, pendenze, riscossioni, transazioni};
use store::{Corsia, Store};
use uuid::Uuid;

use crate::banco::{self, Archivio, pendenza, transazione};

const RIGHE: usize = 600;

fn ente(n: usize) -> IdDominio {
    IdDominio::leggi(&format!("{:011}", 10_000_000_000 + n % 12)).expect("dominio")
}

/// Many enti, tipi and debtors; few rows are anomalous, cancelled or paid.
async fn popola(archivio: &Archivio) {
    let tx = archivio.store.begin(Corsia::Applicazioni).await.expect("inizio");
    for n in 0..RIGHE {
        let mut p = pendenza(&format!("P{n}"), &format!("301{n:015}"));
        p.documento = None;
        p.dominio = ente(n);
        p.tipo_pendenza = format!("T{}", n % 20);
        p.debitore.identificativo = Some(format!("D{}", n % 100));
        p.data_caricamento = istante(n);
        p.anomalo = n % 60 == 0;
        p.direzione = Some(format!("DIR{}", n % 30));
        p.divisione = Some(format!("DIV{}", n % 50));
        p.stato = if n % 40 == 1 { Stato::Annullato } else { Stato::NonEseguito };
        tx.inserisci_pendenza(&p).await.expect("libera");
        let mut t = transazione(&p, &format!("c{n}"));
        t.data_richiesta = istante(n);
        t.data_ricevuta = Some(istante(n));
        t.esito = if n % 50 == 0 { Esito::NonEseguito } else { Esito::Eseguito };
        tx.inserisci_transazione(&t).await.expect("libera");
        let r = Riscossione {
            dominio: p.dominio.clone(),
            iur: format!("c{n}"),
            indice: 1,
            voce: Some(1),
            importo: Importo::da_cent(100),
            data: istante(n),
            tipo: TipoRiscossione::Entrata,
            commissioni: None,
        };
        tx.inserisci_riscossioni(&p, &t, &[r], [Uuid::now_v7()]).await.expect("libera");
        let mut pagamento = crate::pagamenti::pagamento(Some(&format!("A{}", n % 40)), Some(&format!("V{}", n % 100)));
        pagamento.data_richiesta = istante(n);
        tx.inserisci_pagamento(&pagamento).await.expect("libero");
        tx.collega_pendenza(pagamento.id, 0, &p).await.expect("legata");
    }
    tx.commit().await.expect("scritte");
}

fn istante(n: usize) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().expect("istante") + Duration::hours(i64::try_from(n).expect("pochi"))
}

enum Elenco {
    Pendenze(pendenze::Filtro),
    Rpp(transazioni::Filtro),
    Riscossioni(riscossioni::Filtro),
    Pagamenti(pagamenti::Filtro),
}

impl Elenco {
    async fn leggi(self, store: &Store) -> usize {
        let pagina = Pagina { salta: 0, quante: 25, conta: None };
        let campi = pendenze::Ordinamento::Campi(Vec::new());
        match self {
            Self::Pendenze(f) => store.elenco_pendenze(&f, &campi, &pagina).await.expect("lette").righe.len(),
            Self::Rpp(f) => store.elenco_transazioni(&f, &[], &pagina).await.expect("lette").righe.len(),
            Self::Riscossioni(f) => store.elenco_riscossioni(&f, &[], &pagina).await.expect("lette").righe.len(),
            Self::Pagamenti(f) => store.elenco_pagamenti(&f, &[], &pagina).await.expect("letti").righe.len(),
        }
    }
}

/// Everybody's, as an administrator asks.
const fn tutto() -> Visibilita {
    Visibilita::Ambito { unita: None, tipi: None }
}

fn casi() -> Vec<(&'static str, Elenco)> {
    let p = || pendenze::Filtro { mostra_spontanei_non_pagati: false, ..pendenze::Filtro::di(tutto(), Utc::now()) };
    let t = || transazioni::Filtro::di(tutto());
    let r = || riscossioni::Filtro { tipi: vec![TipoRiscossione::Entrata, TipoRiscossione::Mbt], ..riscossioni::Filtro::di(tutto()) };
    let sue = || pendenze::Filtro::di(Visibilita::Proprietario { id_a2a: "DEMO".to_owned(), tipi: None }, Utc::now());
    let tutti = || Visibili::ConPendenza(tutto());
    let (iuv, giorno) = (Some(format!("01{:015}", 7)), Some(istante(RIGHE - 3)));
    vec![
        ("pendenza_recenti", Elenco::Pendenze(p())),
        ("pendenza_recenti", Elenco::Pendenze(pendenze::Filtro { da: giorno, ..p() })),
        ("pendenza_dominio", Elenco::Pendenze(pendenze::Filtro { dominio: Some(ente(3)), ..p() })),
        ("pendenza_debitore", Elenco::Pendenze(pendenze::Filtro { debitore: Some("d3".to_owned()), ..p() })),
        ("pendenza_tipo", Elenco::Pendenze(pendenze::Filtro { tipi: vec!["T3".to_owned()], ..p() })),
        ("pendenza_stato", Elenco::Pendenze(pendenze::Filtro { stato: Some(StatoMostrato::Annullata), ..p() })),
        ("pendenza_anomale", Elenco::Pendenze(pendenze::Filtro { stato: Some(StatoMostrato::Anomala), anomala_dal_segno: true, ..p() })),
        ("pendenza_elenco_stato", Elenco::Pendenze(pendenze::Filtro { stato: Some(StatoMostrato::Annullata), ..sue() })),
        ("pendenza_dominio_stato", Elenco::Pendenze(pendenze::Filtro { dominio: Some(ente(1)), stato: Some(StatoMostrato::Annullata), ..p() })),
        ("pendenza_elenco_direzione", Elenco::Pendenze(pendenze::Filtro { direzione: Some("DIR7".to_owned()), ..sue() })),
        ("pendenza_elenco_divisione", Elenco::Pendenze(pendenze::Filtro { divisione: Some("DIV7".to_owned()), ..sue() })),
        ("pendenza_direzione", Elenco::Pendenze(pendenze::Filtro { direzione: Some("DIR7".to_owned()), ..p() })),
        ("pendenza_divisione", Elenco::Pendenze(pendenze::Filtro { divisione: Some("DIV7".to_owned()), ..p() })),
        ("pendenza_solo_iuv", Elenco::Pendenze(pendenze::Filtro { iuv: iuv.clone(), ..p() })),
        ("transazione_recenti", Elenco::Rpp(t())),
        ("transazione_dominio", Elenco::Rpp(transazioni::Filtro { dominio: Some(ente(3)), ..t() })),
        ("transazione_iuv", Elenco::Rpp(transazioni::Filtro { iuv: iuv.clone(), ..t() })),
        ("transazione_esito", Elenco::Rpp(transazioni::Filtro { esito: Some(Esito::NonEseguito), ..t() })),
        ("transazione_ricevuta", Elenco::Rpp(transazioni::Filtro { rt_da: giorno, ..t() })),
        ("transazione_pendenza", Elenco::Rpp(transazioni::Filtro { id_a2a: Some("DEMO".to_owned()), id_pendenza: Some("P7".to_owned()), ..t() })),
        ("pendenza_debitore", Elenco::Rpp(transazioni::Filtro { debitore: Some("D3".to_owned()), ..t() })),
        ("riscossione_recenti", Elenco::Riscossioni(r())),
        ("riscossione_dominio", Elenco::Riscossioni(riscossioni::Filtro { dominio: Some(ente(3)), ..r() })),
        ("riscossione_iuv", Elenco::Riscossioni(riscossioni::Filtro { iuv: iuv.clone(), ..r() })),
        ("riscossione_iur", Elenco::Riscossioni(riscossioni::Filtro { iur: Some("c7".to_owned()), ..r() })),
        ("pagamento_portale_elenco", Elenco::Pagamenti(pagamenti::Filtro::di(tutti()))),
        ("pagamento_portale_elenco", Elenco::Pagamenti(pagamenti::Filtro { da: giorno, ..pagamenti::Filtro::di(tutti()) })),
        ("pagamento_portale_applicazione", Elenco::Pagamenti(pagamenti::Filtro::di(Visibili::Applicazione("A7".to_owned())))),
        ("pagamento_portale_versante", Elenco::Pagamenti(pagamenti::Filtro::di(Visibili::Cittadino("V7".to_owned())))),
        ("pendenza_debitore", Elenco::Pagamenti(pagamenti::Filtro::di(Visibili::Cittadino("D3".to_owned())))),
        ("pagamento_portale_versante", Elenco::Pagamenti(pagamenti::Filtro { versante: Some("V7".to_owned()), ..pagamenti::Filtro::di(tutti()) })),
        ("pagamento_pendenza_pendenza", Elenco::Pagamenti(pagamenti::Filtro { debitore: Some("D3".to_owned()), ..pagamenti::Filtro::di(tutti()) })),
        ("pendenza_solo_iuv", Elenco::Pagamenti(pagamenti::Filtro { iuv, ..pagamenti::Filtro::di(tutti()) })),
        ("riscossione_pendenza", Elenco::Riscossioni(riscossioni::Filtro { id_a2a: Some("DEMO".to_owned()), id_pendenza: Some("P7".to_owned()), ..r() })),
    ]
}

async fn letture(url: &str, indice: &str) -> i64 {
    let mut conn = sqlx::PgConnection::connect(url).await.expect("server");
    let riga = sqlx::query_scalar("SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_indexes WHERE indexrelname = $1").bind(indice);
    riga.fetch_one(&mut conn).await.expect("contatore")
}

#[tokio::test]
async fn su_postgresql_ogni_filtro_legge_il_suo_indice() {
    let Some(archivio) = banco::postgres(&[]).await else { return };
    popola(&archivio).await;
    let mut conn = sqlx::PgConnection::connect(&archivio.url).await.expect("server");
    let nome = archivio.url.rsplit('/').next().expect("database");
    // Small tables are read whole by any sensible planner: the question is which index it would take on a large one.
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("ALTER DATABASE {nome} SET enable_seqscan = off; ANALYZE"))).execute(&mut conn).await.expect("analizzate");
    archivio.store.chiudi().await;
    let mut non_letti = Vec::new();
    for (numero, (indice, elenco)) in casi().into_iter().enumerate() {
        let store = Store::apri(&store::apertura::Opzioni { url: archivio.url.clone(), connessioni: 1 }).await.expect("archivio");
        let prima = letture(&archivio.url, indice).await;
        assert!(elenco.leggi(&store).await > 0, "caso {numero}, {indice}: niente da leggere");
        // Numbers of a connection are told when it closes.
        store.chiudi().await;
        let mut dopo = prima;
        for _ in 0..50 {
            dopo = letture(&archivio.url, indice).await;
            if dopo > prima {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(40)).await;
        }
        if dopo == prima {
            non_letti.push(format!("caso {numero}: {indice}"));
        }
    }
    assert!(non_letti.is_empty(), "{non_letti:#?}");
}

/// Query, values to bind, index that the plan names.
const ELENCHI: [(&str, &[&str], &str); 20] = [
    ("SELECT * FROM pendenza WHERE (tipo <> ? OR stato <> ?) ORDER BY data_caricamento DESC, id DESC LIMIT 25", &["S", "N"], "USING INDEX pendenza_recenti"),
    (
        "SELECT * FROM pendenza WHERE data_caricamento >= ? AND data_caricamento <= ? ORDER BY data_caricamento DESC, id DESC LIMIT 25",
        &["2026-01-01", "2026-01-02"],
        "USING INDEX pendenza_recenti (data_caricamento>? AND data_caricamento<?)",
    ),
    ("SELECT * FROM pendenza WHERE dominio = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25", &["1"], "USING INDEX pendenza_dominio (dominio=?)"),
    (
        "SELECT * FROM pendenza WHERE debitore_cerca = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25",
        &["1"],
        "USING INDEX pendenza_debitore (debitore_cerca=?)",
    ),
    (
        "SELECT * FROM pendenza WHERE tipo_pendenza IN (?) ORDER BY data_caricamento DESC, id DESC LIMIT 25",
        &["1"],
        "USING INDEX pendenza_tipo (tipo_pendenza=?)",
    ),
    ("SELECT * FROM pendenza WHERE stato = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25", &["1"], "USING INDEX pendenza_stato (stato=?)"),
    (
        "SELECT * FROM pendenza WHERE id_a2a = ? AND stato = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25",
        &["1", "2"],
        "USING INDEX pendenza_elenco_stato (id_a2a=? AND stato=?)",
    ),
    ("SELECT * FROM pendenza WHERE direzione = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25", &["1"], "USING INDEX pendenza_direzione (direzione=?)"),
    ("SELECT * FROM pendenza WHERE divisione = ? ORDER BY data_caricamento DESC, id DESC LIMIT 25", &["1"], "USING INDEX pendenza_divisione (divisione=?)"),
    (
        "SELECT * FROM pagamento_portale WHERE applicazione = ? ORDER BY data_richiesta DESC, id DESC LIMIT 25",
        &["1"],
        "USING INDEX pagamento_portale_applicazione (applicazione=?)",
    ),
    ("SELECT * FROM pagamento_portale ORDER BY data_richiesta DESC, id DESC LIMIT 25", &[], "USING INDEX pagamento_portale_elenco"),
    ("SELECT * FROM pendenza WHERE pendenza.anomalo ORDER BY data_caricamento DESC, id DESC LIMIT 25", &[], "USING INDEX pendenza_anomale"),
    ("SELECT * FROM pendenza WHERE iuv = ?", &["1"], "USING INDEX pendenza_solo_iuv (iuv=?)"),
    ("SELECT * FROM transazione ORDER BY data_richiesta DESC, id DESC LIMIT 25", &[], "USING INDEX transazione_recenti"),
    ("SELECT * FROM transazione WHERE dominio = ? ORDER BY data_richiesta DESC, id DESC LIMIT 25", &["1"], "USING INDEX transazione_dominio (dominio=?)"),
    ("SELECT * FROM transazione WHERE iuv = ?", &["1"], "USING INDEX transazione_iuv (iuv=?)"),
    ("SELECT * FROM transazione WHERE data_ricevuta >= ?", &["1"], "USING INDEX transazione_ricevuta (data_ricevuta>?)"),
    ("SELECT * FROM riscossione ORDER BY data DESC, dominio, iuv, iur, indice LIMIT 25", &[], "USING INDEX riscossione_recenti"),
    (
        "SELECT * FROM riscossione WHERE dominio = ? ORDER BY data DESC, dominio, iuv, iur, indice LIMIT 25",
        &["1"],
        "USING INDEX riscossione_dominio (dominio=?)",
    ),
    ("SELECT * FROM riscossione WHERE iur = ?", &["1"], "USING INDEX riscossione_iur (iur=?)"),
];

#[tokio::test]
async fn su_sqlite_ogni_filtro_ha_il_suo_indice_nel_piano() {
    let archivio = banco::sqlite().await;
    let mut conn = sqlx::SqliteConnection::connect(archivio.url.trim_start_matches("sqlite:")).await.expect("file");
    for (query, valori, atteso) in ELENCHI {
        let mut spiega = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}")));
        for valore in valori {
            spiega = spiega.bind(*valore);
        }
        let piano: Vec<String> = spiega.fetch_all(&mut conn).await.expect("piano").iter().map(|r| r.get::<String, _>("detail")).collect();
        assert!(piano.iter().any(|p| p.contains(atteso)), "{query}\n{piano:#?}");
        assert!(piano.iter().all(|p| !p.contains("TEMP B-TREE")), "{query}\n{piano:#?}");
    }
}
