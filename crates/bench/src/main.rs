//! The program measured from outside, beside the bare database doing the same statements in the same run.
//!
//! `bench --fiorino target/release/fiorino` starts a PostgreSQL of its own (as it comes: fsync and synchronous_commit on), fills it with a
//! million positions, starts the program on it as a separate process, and drives it over HTTP and SOAP. For each operation it then runs the
//! bare statements, as many at a time, on the same tables with the same indexes, and prints both.
//!
//! Nothing is pinned to a core: gateway, PostgreSQL and this load generator share them all, and the table says how many CPU seconds each took.

mod anagrafica;
mod carico;
mod eventi;
mod flussi;
mod http;
mod letture;
mod massivo;
mod messaggi;
mod nuda;
mod ostile;
mod postgres;
mod processo;
mod semina;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;

use bench::resistenza::{self, Prova};
use carico::{Corsa, corri};
use http::Connessione;
use messaggi::Posizione;
use processo::Fiorino;

#[derive(Parser)]
#[command(about = "Misura Fiorino accanto al database nudo")]
struct Opzioni {
    /// Program to measure, built for release.
    #[arg(long)]
    fiorino: PathBuf,
    /// Positions in the archive before the first measure.
    #[arg(long, default_value_t = 1_000_000)]
    pendenze: u64,
    /// Seconds of each measure.
    #[arg(long, default_value_t = 10)]
    secondi: u64,
    /// Calls in flight at a time.
    #[arg(long, default_value_t = 16)]
    connessioni: usize,
    /// Measures the back office and the logins in place of the positions: this many domini, half as many tipi pendenza.
    #[arg(long)]
    domini: Option<u32>,
    /// Measures the reads in place of the writes: one position by its keys, the first page of every filtered list.
    #[arg(long)]
    letture: bool,
    /// Measures the acquisition of one flow of rendicontazione of this many rows, in this process, beside the bare insert.
    #[arg(long)]
    flusso: Option<u64>,
    /// Measures the positions told to GPD by file, in this process: all those of the archive that are to be paid.
    #[arg(long)]
    massivo: bool,
    /// Measures the page of events of a position in place of the rest, in a giornale of this many on thirty-six months.
    #[arg(long)]
    eventi: Option<u64>,
    /// Keeps the archive of `--letture` here; one that is here already is measured as it is, after the migrations that it lacks.
    #[arg(long, requires = "letture")]
    archivio: Option<PathBuf>,
    /// Measures nothing: two nodes on the PostgreSQL of the measure, one of them killed every few seconds, and the books at the end.
    #[arg(long)]
    due_nodi: bool,
    /// Measures nothing: one node, every service around it misbehaves at random, and the books at the end.
    #[arg(long, conflicts_with = "due_nodi")]
    ostile: bool,
    /// Minutes of `--due-nodi` and `--ostile`.
    #[arg(long, default_value_t = 5.0)]
    minuti: f64,
    /// Of the random choices of `--due-nodi` and `--ostile`.
    #[arg(long, default_value_t = 1)]
    seme: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let o = Opzioni::parse();
    let durata = Duration::from_secs(o.secondi);
    let cartella = tempfile::tempdir()?;
    println!("PostgreSQL di prova...");
    let postgres = postgres::Postgres::avvia(o.archivio.as_deref().unwrap_or(cartella.path()))?;
    if o.due_nodi || o.ostile {
        return resisti(&o, postgres.url()).await;
    }
    let store = store::Store::apri(&store::apertura::Opzioni { url: postgres.url(), connessioni: 4 }).await?;
    if !postgres.gia_pieno {
        semina::anagrafica(&store).await?;
    }
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(u32::try_from(o.connessioni)?).min_connections(4).connect(&postgres.url()).await?;
    if let Some(domini) = o.domini {
        let fiorino = Arc::new(Fiorino::avvia(&o.fiorino, &postgres.url(), cartella.path()).await?);
        anagrafica::misura(&o, domini, &fiorino, &postgres, &pool).await?;
        println!("memoria massima: {} MB", fiorino.memoria_massima_mb());
        return Ok(());
    }
    if let Some(quanti) = o.eventi {
        println!("{quanti} eventi...");
        let riempito = std::time::Instant::now();
        eventi::semina(&store, &pool, quanti).await?;
        println!("riempito in {:.0} s", riempito.elapsed().as_secs_f64());
        let fiorino = Fiorino::avvia(&o.fiorino, &postgres.url(), cartella.path()).await?;
        return eventi::misura(&fiorino, &pool, quanti).await;
    }
    println!("{} pendenze...", o.pendenze);
    let riempita = std::time::Instant::now();
    if postgres.gia_pieno {
        println!("quelle che c'erano");
    } else if o.letture {
        letture::semina(&pool, o.pendenze).await?;
    } else {
        semina::pendenze(&pool, o.pendenze).await?;
    }
    println!("riempito in {:.0} s", riempita.elapsed().as_secs_f64());
    if o.massivo {
        return massivo::misura(&store, &pool).await;
    }
    if let Some(righe) = o.flusso {
        return flussi::misura(&store, &pool, righe).await;
    }

    let fiorino = Arc::new(Fiorino::avvia(&o.fiorino, &postgres.url(), cartella.path()).await?);
    println!("avvio -> pronto: {} ms", fiorino.avvio_ms);
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("memoria a riposo: {} MB", fiorino.memoria_mb());
    if o.letture {
        return letture::misura(&fiorino, &pool).await;
    }
    println!("connessioni: {}; nessun processo legato a un core; {} core in tutto\n", o.connessioni, std::thread::available_parallelism()?);
    println!("{}", carico::INTESTAZIONE);

    let vuota = corri("generatore (rotta vuota)", o.connessioni, durata, &fiorino, &postgres, apri(&fiorino), |mut c, _| async move {
        let esito = c.get("/health/live").await;
        (c, esito.map(|r| ensure_200(&r)).and_then(|r| r))
    })
    .await?;
    vuota.stampa(None);

    verifica(&o, durata, &fiorino, &postgres, &pool).await?;
    let modello = nuda::Modello::impara(&pool, &fiorino).await?;
    caricamento(&o, durata, &fiorino, &postgres, &pool, &modello).await?;
    pagamento(&o, durata, &fiorino, &postgres, &pool, &modello).await?;

    ostile::misura(&fiorino).await?;
    println!("memoria sotto carico, massima: {} MB", fiorino.memoria_massima_mb());
    println!("avvio -> pronto: {} ms", fiorino.avvio_ms);
    pool.close().await;
    store.chiudi().await;
    Ok(())
}

async fn resisti(o: &Opzioni, database: String) -> Result<()> {
    let prova = if o.due_nodi { Prova::DueNodi } else { Prova::Ostile };
    let programma = std::path::absolute(&o.fiorino)?;
    let durata = Duration::try_from_secs_f64(o.minuti * 60.0).context("--minuti")?;
    let lavoratori = u64::try_from(o.connessioni)?;
    let opzioni = resistenza::Opzioni { programma, database, durata, lavoratori, seme: o.seme, naturale: true };
    println!("{prova:?}, {durata:?}, seme {}...", o.seme);
    println!("{}", resistenza::corri(prova, &opzioni).await?);
    Ok(())
}

fn apri(fiorino: &Arc<Fiorino>) -> impl Fn() -> http::Apertura + Clone + use<> {
    let indirizzo = fiorino.indirizzo;
    move || Box::pin(Connessione::apri(indirizzo))
}

fn ensure_200(r: &http::Risposta) -> Result<()> {
    ensure!(r.stato == 200, "stato {}: {}", r.stato, String::from_utf8_lossy(&r.corpo));
    Ok(())
}

fn ensure_ok(r: &http::Risposta) -> Result<()> {
    ensure_200(r)?;
    ensure!(r.corpo.windows(4).any(|w| w == b">OK<"), "esito KO: {}", String::from_utf8_lossy(&r.corpo));
    Ok(())
}

/// paVerifyPaymentNotice over all the archive, against the same keyed lookup.
async fn verifica(o: &Opzioni, durata: Duration, f: &Arc<Fiorino>, pg: &postgres::Postgres, pool: &sqlx::PgPool) -> Result<()> {
    let quante = semina::vive(o.pendenze);
    let programma = corri("paVerifyPaymentNotice", o.connessioni, durata, f, pg, apri(f), move |mut c, n| async move {
        let p = Posizione::della_semina(n as u64 * 7919 % quante);
        let esito = c.soap(&messaggi::verifica(&p)).await;
        (c, esito.and_then(|r| ensure_ok(&r)))
    })
    .await?;
    let pool = pool.clone();
    let nuda = corri(
        "  database nudo",
        o.connessioni,
        durata,
        f,
        pg,
        move || pool_pronto(pool.clone()),
        move |pool, n| async move {
            let p = Posizione::della_semina(n as u64 * 7919 % quante);
            let esito = nuda::verifica(&pool, &p).await;
            (pool, esito)
        },
    )
    .await?;
    programma.stampa(Some(&nuda));
    Ok(())
}

fn pool_pronto(pool: sqlx::PgPool) -> std::pin::Pin<Box<dyn Future<Output = Result<sqlx::PgPool>> + Send>> {
    Box::pin(async move { Ok(pool) })
}

/// PUT of new positions.
async fn caricamento(
    o: &Opzioni,
    durata: Duration,
    f: &Arc<Fiorino>,
    pg: &postgres::Postgres,
    pool: &sqlx::PgPool,
    modello: &Arc<nuda::Modello>,
) -> Result<()> {
    let programma = corri("PUT pendenza", o.connessioni, durata, f, pg, apri(f), move |mut c, n| async move {
        let esito = c.put_pendenza("DEMO", &format!("B{n}"), &messaggi::pendenza()).await;
        let esito = esito.and_then(|r| {
            ensure!(r.stato == 201, "stato {}: {}", r.stato, String::from_utf8_lossy(&r.corpo));
            Ok(())
        });
        (c, esito)
    })
    .await?;
    let (pool, modello) = (pool.clone(), Arc::clone(modello));
    let nuda = corri(
        "  database nudo",
        o.connessioni,
        durata,
        f,
        pg,
        move || pool_pronto(pool.clone()),
        move |pool, n| {
            let modello = Arc::clone(&modello);
            async move {
                let esito = nuda::carica(&pool, &modello, n).await;
                (pool, esito)
            }
        },
    )
    .await?;
    programma.stampa(Some(&nuda));
    Ok(())
}

/// Activations of positions that nobody has touched, then their receipts; the bare database does the same on others.
async fn pagamento(o: &Opzioni, durata: Duration, f: &Arc<Fiorino>, pg: &postgres::Postgres, pool: &sqlx::PgPool, modello: &Arc<nuda::Modello>) -> Result<()> {
    let meta = semina::vive(o.pendenze) / 2;
    let attivate = corri("paGetPaymentV2", o.connessioni, durata, f, pg, apri(f), move |mut c, n| async move {
        let esito = c.soap(&messaggi::attiva(&Posizione::della_semina(n as u64))).await;
        (c, esito.and_then(|r| ensure_ok(&r)))
    })
    .await?;
    let (p, m) = (pool.clone(), Arc::clone(modello));
    let nude = corri(
        "  database nudo",
        o.connessioni,
        durata,
        f,
        pg,
        move || pool_pronto(p.clone()),
        move |pool, n| {
            let m = Arc::clone(&m);
            async move {
                let esito = nuda::attiva(&pool, &m, &Posizione::della_semina(meta + n as u64)).await;
                (pool, esito)
            }
        },
    )
    .await?;
    attivate.stampa(Some(&nude));

    let (ricevute, nude_ricevute) = {
        let massimo = attivate.riuscite;
        let oltre = Arc::new(AtomicUsize::new(0));
        let ricevute = Corsa::limitata("paSendRTV2", massimo, o.connessioni, durata, f, pg, apri(f), move |mut c, n| {
            let oltre = Arc::clone(&oltre);
            async move {
                oltre.fetch_max(n, Ordering::Relaxed);
                let esito = c.soap(&messaggi::ricevuta(&Posizione::della_semina(n as u64))).await;
                (c, esito.and_then(|r| ensure_ok(&r)))
            }
        })
        .await?;
        let (p, m) = (pool.clone(), Arc::clone(modello));
        let nude = Corsa::limitata(
            "  database nudo",
            nude.riuscite,
            o.connessioni,
            durata,
            f,
            pg,
            move || pool_pronto(p.clone()),
            move |pool, n| {
                let m = Arc::clone(&m);
                async move {
                    let esito = nuda::paga(&pool, &m, &Posizione::della_semina(meta + n as u64)).await;
                    (pool, esito)
                }
            },
        )
        .await?;
        (ricevute, nude)
    };
    ricevute.stampa(Some(&nude_ricevute));
    Ok(())
}

/// The key of a request that must not be sent twice is its turn.
pub(crate) fn contesto<T>(esito: Result<T>, cosa: &str) -> Result<T> {
    esito.with_context(|| cosa.to_owned())
}
