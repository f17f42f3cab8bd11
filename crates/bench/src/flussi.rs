//! A flow of rendicontazione of many rows, acquired by the program's own operation, beside the bare insert of the same rows.
//!
//! Each row reports a payment that the archive has, as most do. The bare insert writes the same table with the same indexes, as many rows to a transaction.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::{PgPool, Postgres, QueryBuilder, Row as _};
use store::Store;
use store::flussi::RIGHE_PER_BLOCCO;

use crate::messaggi::DOMINIO;

/// What a row is made of.
struct Pagata {
    iuv: String,
    cent: i64,
}

pub async fn misura(store: &Store, pool: &PgPool, righe: u64) -> Result<()> {
    println!("{righe} pagamenti...");
    let pagate = semina(pool, righe).await?;
    let mut file = scrivi(&pagate)?;
    println!("flusso di {} MB", file.seek(SeekFrom::End(0))? / 1_000_000);
    file.seek(SeekFrom::Start(0))?;

    let gateway = gateway(store).await?;
    let prima = memoria_kb("VmRSS:")?;
    let inizio = Instant::now();
    let esito = gateway.acquisisci_file_flusso(file).await?;
    let programma = inizio.elapsed();
    let massima = memoria_kb("VmHWM:")?;
    ensure!(esito.acquisiti == 1, "flusso non acquisito: {esito:?}");
    let legate: i64 = sqlx::query("SELECT COUNT(*) FROM rendicontazione WHERE stato = 'OK' AND riscossione IS NOT NULL").fetch_one(pool).await?.get(0);
    ensure!(legate == i64::try_from(righe)?, "{legate} righe riconosciute su {righe}");

    let nuda = nuda(pool, &pagate).await?;
    let al_secondo = |d: Duration| righe as f64 / d.as_secs_f64();
    println!("acquisizione: {:.1} s, {:.0} righe/s, documento conservato", programma.as_secs_f64(), al_secondo(programma));
    println!("inserimento nudo delle stesse righe: {:.1} s, {:.0} righe/s", nuda.as_secs_f64(), al_secondo(nuda));
    println!("rapporto: {:.2}", nuda.as_secs_f64() / programma.as_secs_f64());
    println!("memoria di questo processo: {} MB prima, {} MB al massimo", prima / 1024, massima / 1024);
    Ok(())
}

pub async fn gateway(store: &Store) -> Result<gateway::Gateway> {
    let orologio: gateway::Orologio = Arc::new(chrono::Utc::now);
    let ente = ente::ClienteEnte::nuovo(ente::TEMPI).context("client")?;
    Ok(gateway::Gateway::nuovo(store.clone(), 900, orologio, gateway::Impostazioni::default(), ente).await?)
}

/// A payment for each of the first positions.
async fn semina(pool: &PgPool, righe: u64) -> Result<Vec<Pagata>> {
    sqlx::query(
        "INSERT INTO riscossione (dominio, id, iuv, iur, indice, dominio_pendenza, pendenza, transazione, voce, importo, data, tipo, stato, commissioni)
         SELECT dominio, gen_random_uuid(), iuv, 'R' || iuv, 1, dominio, id, NULL, 1, importo, now(), 'ENTRATA', 'PAGATO', NULL FROM pendenza ORDER BY iuv LIMIT $1",
    )
    .bind(i64::try_from(righe)?)
    .execute(pool)
    .await?;
    sqlx::raw_sql("ANALYZE").execute(pool).await?;
    // The archive has payments of its own.
    let trovate = sqlx::query("SELECT iuv, importo FROM riscossione WHERE iur = 'R' || iuv ORDER BY iuv").fetch_all(pool).await?;
    ensure!(trovate.len() as u64 == righe, "servono almeno {righe} pendenze");
    Ok(trovate.iter().map(|r| Pagata { iuv: r.get(0), cent: r.get(1) }).collect())
}

fn scrivi(pagate: &[Pagata]) -> Result<std::fs::File> {
    let euro = |cent: i64| format!("{}.{:02}", cent / 100, cent % 100);
    let mut f = std::io::BufWriter::new(tempfile::tempfile()?);
    write!(
        f,
        "<FlussoRiversamento xmlns=\"http://www.digitpa.gov.it/schemas/2011/Pagamenti/\"><versioneOggetto>1.0</versioneOggetto><identificativoFlusso>2026-11-20BANCA-1</identificativoFlusso><dataOraFlusso>2026-11-20T10:00:00</dataOraFlusso><identificativoUnivocoRegolamento>TRN</identificativoUnivocoRegolamento><dataRegolamento>2026-11-20</dataRegolamento><istitutoMittente><identificativoUnivocoMittente><tipoIdentificativoUnivoco>B</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>BANCA</codiceIdentificativoUnivoco></identificativoUnivocoMittente></istitutoMittente><istitutoRicevente><identificativoUnivocoRicevente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>{DOMINIO}</codiceIdentificativoUnivoco></identificativoUnivocoRicevente></istitutoRicevente><numeroTotalePagamenti>{}</numeroTotalePagamenti><importoTotalePagamenti>{}</importoTotalePagamenti>",
        pagate.len(),
        euro(pagate.iter().map(|p| p.cent).sum())
    )?;
    for p in pagate {
        write!(
            f,
            "<datiSingoliPagamenti><identificativoUnivocoVersamento>{0}</identificativoUnivocoVersamento><identificativoUnivocoRiscossione>R{0}</identificativoUnivocoRiscossione><indiceDatiSingoloPagamento>1</indiceDatiSingoloPagamento><singoloImportoPagato>{1}</singoloImportoPagato><codiceEsitoSingoloPagamento>0</codiceEsitoSingoloPagamento><dataEsitoSingoloPagamento>2026-11-19</dataEsitoSingoloPagamento></datiSingoliPagamenti>",
            p.iuv,
            euro(p.cent)
        )?;
    }
    write!(f, "</FlussoRiversamento>")?;
    Ok(f.into_inner()?)
}

/// The same rows in the same table, by whoever does nothing else.
async fn nuda(pool: &PgPool, pagate: &[Pagata]) -> Result<Duration> {
    let flusso = uuid::Uuid::now_v7().to_string();
    let inizio = Instant::now();
    let mut riga = 0_i64;
    for blocco in pagate.chunks(RIGHE_PER_BLOCCO) {
        let mut query: QueryBuilder<Postgres> = QueryBuilder::new(
            "INSERT INTO rendicontazione (flusso, riga, dominio, iuv, iur, indice, importo, esito, data, stato, dominio_pendenza, pendenza, voce, riscossione, recupero_rt, notifica_inviata) ",
        );
        query.push_values(blocco, |mut b, p| {
            riga += 1;
            b.push_bind(flusso.clone()).push_unseparated("::uuid").push_bind(riga).push_bind(DOMINIO).push_bind(p.iuv.clone()).push_bind(format!("R{}", p.iuv));
            b.push_bind(1_i16).push_bind(p.cent).push_bind(0_i16).push("'2026-11-19T00:00:00Z'").push_bind("OK").push_bind(DOMINIO);
            b.push_bind(flusso.clone()).push_unseparated("::uuid").push_bind(1_i16).push_bind(flusso.clone()).push_unseparated("::uuid");
            b.push_bind(true).push_bind(false);
        });
        let mut tx = pool.begin().await?;
        query.build().execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(inizio.elapsed())
}

/// A line of `/proc/self/status`, in kB.
pub fn memoria_kb(nome: &str) -> Result<u64> {
    let stato = std::fs::read_to_string("/proc/self/status")?;
    let riga = stato.lines().find(|r| r.starts_with(nome)).context("riga della memoria")?;
    Ok(riga.split_whitespace().nth(1).context("valore")?.parse()?)
}
