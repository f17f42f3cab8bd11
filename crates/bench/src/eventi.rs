//! The page of events of a position in a large giornale: thirty-six months as partitions, the events of each position in three of them.

use std::time::Instant;

use anyhow::{Result, ensure};
use chrono::{Months, Utc};
use sqlx::PgPool;
use store::Store;

use crate::http::Connessione;
use crate::messaggi::DOMINIO;
use crate::processo::Fiorino;
use crate::semina::AMMINISTRATORE;

const BACKOFFICE: &str = "/govpay/backend/api/backoffice/rs/basic/v1";
const MESI: u32 = 36;
/// Each position has ten events in each of its three months.
const EVENTI_PER_POSIZIONE: u64 = 30;
const CHIAMATE: u64 = 2_000;
/// What is asked of the page.
const P99_MS_MAX: f64 = 50.0;

/// `quanti` events. Positions are told by their number in a hash, so that those of one month are neighbours of nobody.
pub async fn semina(store: &Store, pool: &PgPool, quanti: u64) -> Result<()> {
    let del_mese = i64::try_from(quanti / u64::from(MESI))?;
    let posizioni = i64::try_from(posizioni(quanti))?;
    for indietro in (0..MESI).rev() {
        let mese = Utc::now() - Months::new(indietro);
        store.prepara_mesi(mese).await?;
        sqlx::query(SEMINA).bind(mese).bind(i64::from(indietro)).bind(del_mese).bind(posizioni).bind(DOMINIO).execute(pool).await?;
    }
    sqlx::query("VACUUM ANALYZE").execute(pool).await?;
    Ok(())
}

fn posizioni(quanti: u64) -> u64 {
    // A whole number of turns of twelve months.
    (quanti / EVENTI_PER_POSIZIONE / 12).max(1) * 12
}

pub async fn misura(f: &Fiorino, pool: &PgPool, quanti: u64) -> Result<()> {
    let (eventi, mesi): (i64, i64) = sqlx::query_as("SELECT count(*), count(DISTINCT tableoid) FROM evento WHERE tipo = 'prova'").fetch_one(pool).await?;
    println!("{eventi} eventi in {mesi} partizioni, {} posizioni", posizioni(quanti));
    let mut c = Connessione::apri(f.indirizzo).await?;
    println!("{:<70}{:>8}{:>8}{:>8}  (ms)", "ogni volta un'altra posizione, una richiesta alla volta", "p50", "p99", "max");
    let per_iuv = |n: u64| format!("{BACKOFFICE}/eventi?idDominio={DOMINIO}&iuv=E{n}");
    let per_pendenza = |n: u64| format!("{BACKOFFICE}/eventi?idA2A=DEMO&idPendenza=E{n}");
    let senza_conto = |n: u64| format!("{}&metadatiPaginazione=false", per_iuv(n));
    let con_messaggi = |n: u64| format!("{}&messaggi=true", per_iuv(n));
    let mut peggiore = 0.0_f64;
    peggiore = peggiore.max(una(&mut c, "eventi?idDominio&iuv", quanti, per_iuv).await?);
    peggiore = peggiore.max(una(&mut c, "eventi?idA2A&idPendenza", quanti, per_pendenza).await?);
    peggiore = peggiore.max(una(&mut c, "eventi?idDominio&iuv&metadatiPaginazione=false", quanti, senza_conto).await?);
    peggiore = peggiore.max(una(&mut c, "eventi?idDominio&iuv&messaggi=true", quanti, con_messaggi).await?);
    println!("memoria: {} MB", f.memoria_mb());
    ensure!(peggiore < P99_MS_MAX, "il p99 peggiore e' {peggiore:.1} ms, ne sono chiesti meno di {P99_MS_MAX}");
    Ok(())
}

/// The p99.
async fn una(c: &mut Connessione, nome: &str, quanti: u64, percorso: impl Fn(u64) -> String) -> Result<f64> {
    let mut tempi = Vec::new();
    for n in 0..CHIAMATE {
        // A large prime walks the positions in no order.
        let percorso = percorso(n.wrapping_mul(7_368_787) % posizioni(quanti));
        let inizio = Instant::now();
        let r = c.get_come(AMMINISTRATORE, &percorso).await?;
        tempi.push(inizio.elapsed().as_secs_f64() * 1_000.0);
        let testo = String::from_utf8_lossy(&r.corpo);
        ensure!(r.stato == 200, "{percorso}: stato {}: {testo}", r.stato);
        ensure!(testo.contains("\"tipoEvento\":\"prova\""), "{percorso}: nessun evento: {testo}");
    }
    tempi.sort_unstable_by(f64::total_cmp);
    let p99 = tempi[tempi.len() * 99 / 100];
    println!("{nome:<70}{:>8.2}{p99:>8.2}{:>8.2}", tempi[tempi.len() / 2], tempi[tempi.len() - 1]);
    Ok(p99)
}

/// A month: of every twelve positions one has its ten events here.
const SEMINA: &str = "INSERT INTO evento (id, data, durata_ms, componente, ruolo, categoria, tipo, esito, sottotipo_esito, dominio, iuv, id_a2a, id_pendenza, id_transazione)
    SELECT (((extract(epoch FROM t) * 1000)::bigint - 1577836800000) << 22) | (n % 4194304), t, 5, 'API_PAGOPA', 'S', 'I', 'prova', 'OK', '200', $5, 'E' || p, 'DEMO', 'E' || p,
        md5(n::text)
    FROM (SELECT n, (n * 7919 % ($4 / 12)) * 12 + $2 % 12 AS p, date_trunc('month', $1 AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + n * (interval '27 days' / $3) AS t
        FROM generate_series(0, $3 - 1) n) x";
