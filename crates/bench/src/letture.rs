//! Reads of a large archive, one at a time: a position by its keys, and the first page of every filtered list.
//!
//! The archive is spread over domini, applications, debtors, states and dates, so that each filter leaves some of it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use sqlx::PgPool;

use crate::http::Connessione;
use crate::messaggi::DOMINIO;
use crate::processo::Fiorino;
use crate::semina::AMMINISTRATORE;

const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2";
const BACKOFFICE: &str = "/govpay/backend/api/backoffice/rs/basic/v1";
const CHIAMATE: usize = 200;
/// Persons that owe: each has as many positions as the archive has times this.
const DEBITORI: i64 = 400_000;

/// Filters of `GET /pendenze`, for the owner and for the back office.
const FILTRI_PENDENZE: [&str; 11] = [
    "",
    "idDominio={dominio}",
    "idDebitore={debitore}",
    "stato=NON_ESEGUITA",
    "stato=SCADUTA",
    "stato=ESEGUITA",
    "stato=ANNULLATA",
    "idDominio={dominio}&stato=ANNULLATA",
    "dataDa=2026-01-01&dataA=2026-01-31",
    "direzione=DIR7",
    "divisione=DIV7",
];
const FILTRI_UFFICIO: [&str; 5] =
    ["idTipoPendenza=TARI", "iuv={iuv}", "idA2A=DEMO", "idA2A=DEMO&idPendenza=L77", "idDominio={dominio}&idTipoPendenza=TARI&stato=SCADUTA"];
const FILTRI_RPP: [&str; 8] = [
    "",
    "idDominio={dominio}",
    "iuv={iuv_pagato}",
    "esito=ESEGUITO",
    "esito=IN_CORSO",
    "idDebitore={debitore}",
    "dataRptDa=2026-01-01&dataRptA=2026-01-31",
    "dataRtDa=2026-01-01&dataRtA=2026-01-31",
];
const FILTRI_RISCOSSIONI: [&str; 5] = ["", "idDominio={dominio}", "iuv={iuv_pagato}", "stato=RISCOSSA", "dataDa=2026-01-01&dataA=2026-01-31"];

/// `quante` positions of one voce, one in ten of them paid.
pub async fn semina(pool: &PgPool, quante: u64) -> Result<()> {
    let quante = i64::try_from(quante)?;
    let indici = togli_indici(pool).await?;
    sqlx::query(SEMINA).bind(quante).bind(DEBITORI).bind(DOMINIO).execute(pool).await?;
    sqlx::query(crate::semina::VOCI).execute(pool).await?;
    sqlx::query(TRANSAZIONI).execute(pool).await?;
    sqlx::query(RISCOSSIONI).execute(pool).await?;
    for indice in indici {
        sqlx::query(sqlx::AssertSqlSafe(indice)).execute(pool).await?;
    }
    sqlx::query("VACUUM ANALYZE").execute(pool).await?;
    Ok(())
}

/// Takes the indexes that are not unique away and returns how to make them again: filled row by row they would take most of the time.
async fn togli_indici(pool: &PgPool) -> Result<Vec<String>> {
    let indici: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ('pendenza', 'transazione', 'riscossione') AND indexdef NOT LIKE '%UNIQUE%'",
    )
    .fetch_all(pool)
    .await?;
    for (nome, _) in &indici {
        sqlx::query(sqlx::AssertSqlSafe(format!("DROP INDEX {nome}"))).execute(pool).await?;
    }
    Ok(indici.into_iter().map(|(_, definizione)| definizione).collect())
}

pub async fn misura(f: &Fiorino, pool: &PgPool) -> Result<()> {
    let (iuv, avviso): (String, String) = sqlx::query_as("SELECT iuv, numero_avviso FROM pendenza WHERE id_pendenza = 'L77'").fetch_one(pool).await?;
    let (dominio, iuv_pagato): (String, String) = sqlx::query_as("SELECT dominio, iuv FROM transazione LIMIT 1").fetch_one(pool).await?;
    let riempi =
        |filtro: &str| filtro.replace("{dominio}", &dominio).replace("{debitore}", &debitore(77)).replace("{iuv_pagato}", &iuv_pagato).replace("{iuv}", &iuv);
    // A program just started runs the jobs that it missed.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let mut c = Connessione::apri(f.indirizzo).await?;
    println!("{:<90}{:>8}{:>8}{:>8}{:>9}  (ms)", "una richiesta alla volta", "p50", "p99", "max", "la prima");
    una(&mut c, "DEMO", &format!("{PENDENZE}/pendenze/DEMO/L77")).await?;
    una(&mut c, "DEMO", &format!("{PENDENZE}/avvisi/{DOMINIO}/{avviso}")).await?;
    una(&mut c, "DEMO", &format!("{PENDENZE}/pendenze/byAvviso/{DOMINIO}/{avviso}")).await?;
    for filtro in FILTRI_PENDENZE {
        una(&mut c, "DEMO", &format!("{PENDENZE}/pendenze?{}", riempi(filtro))).await?;
    }
    for filtro in FILTRI_PENDENZE.iter().chain(&FILTRI_UFFICIO) {
        una(&mut c, AMMINISTRATORE, &format!("{BACKOFFICE}/pendenze?{}", riempi(filtro))).await?;
    }
    for filtro in FILTRI_RPP {
        una(&mut c, AMMINISTRATORE, &format!("{BACKOFFICE}/rpp?{}", riempi(filtro))).await?;
    }
    for filtro in FILTRI_RISCOSSIONI {
        una(&mut c, AMMINISTRATORE, &format!("{BACKOFFICE}/riscossioni?{}", riempi(filtro))).await?;
    }
    println!("memoria dopo gli elenchi: {} MB", f.memoria_mb());
    let larga = format!("{PENDENZE}/pendenze?risultatiPerPagina=5000");
    una(&mut c, "DEMO", &larga).await?;
    println!("memoria massima, dopo elenchi di 5000: {} MB", f.memoria_massima_mb());
    Ok(())
}

async fn una(c: &mut Connessione, utente: &str, percorso: &str) -> Result<()> {
    let mut tempi = Vec::with_capacity(CHIAMATE);
    let prima = Instant::now();
    c.get_come(utente, percorso).await?;
    let prima = prima.elapsed().as_secs_f64() * 1_000.0;
    for _ in 0..CHIAMATE {
        let inizio = Instant::now();
        let r = c.get_come(utente, percorso).await?;
        tempi.push(inizio.elapsed().as_secs_f64() * 1_000.0);
        ensure!(r.stato == 200, "{percorso}: stato {}: {}", r.stato, String::from_utf8_lossy(&r.corpo));
    }
    tempi.sort_unstable_by(f64::total_cmp);
    let nome: String = percorso.replacen("/govpay/backend/api/", "", 1).chars().take(88).collect();
    println!("{nome:<90}{:>8.2}{:>8.2}{:>8.2}{prima:>9.2}", tempi[CHIAMATE / 2], tempi[CHIAMATE * 99 / 100], tempi[CHIAMATE - 1]);
    Ok(())
}

fn debitore(n: i64) -> String {
    format!("DEB{:013}", n % DEBITORI)
}

/// One in ten paid, one in fifty cancelled; a third without expiry, a third expired; two years of loads over twenty domini and four applications.
const SEMINA: &str = "INSERT INTO pendenza (dominio, id, id_a2a, id_pendenza, iuv, numero_avviso, tipo_pendenza, tipo, stato, anomalo, causale, importo, debitore,
    debitore_cerca, uuid, data_caricamento, data_ultimo_aggiornamento, data_ultima_modifica_aca, data_scadenza, direzione, divisione, parte, stato_pagamento, importo_pagato,
    importo_incassato, ack)
    SELECT CASE WHEN n % 20 IN (0, 17) THEN $3 ELSE lpad((20000000000 + n % 20)::text, 11, '0') END, gen_random_uuid(), CASE WHEN n % 4 = 1 THEN 'DEMO' ELSE 'APP' || n % 4 END,
        'L' || n, substr(base, 2) || lpad((base::numeric % 93)::text, 2, '0'), base || lpad((base::numeric % 93)::text, 2, '0'),
        CASE WHEN n % 7 = 0 THEN 'TARI' ELSE 'ALTRO' END, 'DOVUTO', CASE WHEN n % 10 = 3 THEN 'ESEGUITO' WHEN n % 50 = 7 THEN 'ANNULLATO' ELSE 'NON_ESEGUITO' END, false,
        'TARI 2026 prima rata', 13250, '{\"tipo\":\"F\",\"identificativo\":\"' || deb || '\",\"anagrafica\":\"Greta Valenti\"}', deb, md5(n::text), t, t, t,
        CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN (t + interval '30 days')::date ELSE (now() + interval '30 days')::date END, 'DIR' || n % 40, 'DIV' || n % 300, 'unica',
        CASE WHEN n % 10 = 3 THEN 'PAGATO' ELSE 'NON_PAGATO' END, CASE WHEN n % 10 = 3 THEN 13250 ELSE 0 END, 0, false
    FROM (SELECT n, '301' || '8' || lpad(n::text, 12, '0') AS base, 'DEB' || lpad((n % $2)::text, 13, '0') AS deb,
        now() - (n * 7919 % $1) * (interval '730 days' / $1) AS t FROM generate_series(0, $1 - 1) n) x";

const TRANSAZIONI: &str = "INSERT INTO transazione (dominio, id, iuv, ccp, pendenza, versione, stato, esito, data_richiesta, data_ricevuta, importo_pagato, stazione, con_rpt, con_rt)
    SELECT dominio, gen_random_uuid(), iuv, lpad(iuv, 32, '0'), id, 'SANP_321_V2', CASE WHEN anomalo THEN 'RPT_ATTIVATA' ELSE 'RT_ACCETTATA_PA' END, 0, data_caricamento,
        data_caricamento + interval '1 minute', importo, '11111111113_01', false, false FROM pendenza WHERE stato = 'ESEGUITO'";

const RISCOSSIONI: &str = "INSERT INTO riscossione (dominio, id, iuv, iur, indice, dominio_pendenza, pendenza, transazione, voce, importo, data, tipo, stato)
    SELECT dominio, gen_random_uuid(), iuv, ccp, 1, dominio, pendenza, id, 1, importo_pagato, data_ricevuta, 'ENTRATA', 'PAGATO' FROM transazione";
