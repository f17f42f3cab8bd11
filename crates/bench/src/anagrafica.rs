//! The back office with many domini, and the logins with and without the memory of verified credentials.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use sqlx::PgPool;

use crate::carico::{Corsa, INTESTAZIONE, corri};
use crate::http::{Connessione, Risposta};
use crate::postgres::Postgres;
use crate::processo::Fiorino;
use crate::{Opzioni, apri, pool_pronto, semina};

const BACKOFFICE: &str = "/govpay/backend/api/backoffice/rs/basic/v1";
const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2/pendenze?risultatiPerPagina=0&metadatiPaginazione=false";
/// Samples of a list, one after the other.
const CHIAMATE_LISTA: usize = 300;
/// Logins that nobody has used yet: each costs a whole Argon2.
const APPLICAZIONI: u32 = 200;
/// Ten lines of times: whether the last is like the first is what is asked.
const GRUPPI: u32 = 10;

pub async fn misura(o: &Opzioni, domini: u32, f: &Arc<Fiorino>, pg: &Postgres, pool: &PgPool) -> Result<()> {
    let store = store::Store::apri(&store::apertura::Opzioni { url: pg.url(), connessioni: 2 }).await?;
    semina::applicazioni(&store, APPLICAZIONI).await?;
    store.chiudi().await;

    let mut c = Connessione::apri(f.indirizzo).await?;
    scritture("domini", domini, &mut c, |n| (percorso_dominio(n), corpo_dominio(n, "Ente"))).await?;
    scritture("domini, di nuovo", domini, &mut c, |n| (percorso_dominio(n), corpo_dominio(n, "Ente nuovo"))).await?;
    let tipi = domini / 2;
    let tipo = |n: u32| (format!("{BACKOFFICE}/tipiPendenza/TIPO{n:06}"), format!("{{\"descrizione\":\"Tipo numero {n}\",\"abilitato\":true}}"));
    scritture("tipi pendenza", tipi, &mut c, tipo).await?;
    nude(pool, domini).await?;
    for (cosa, quanti) in [("domini", domini), ("tipiPendenza", tipi)] {
        for (quale, pagina) in [("prima", 1), ("ultima", quanti.div_ceil(25))] {
            lista(&mut c, cosa, quale, pagina).await?;
        }
    }
    accessi(o, f, pg, pool).await
}

fn percorso_dominio(n: u32) -> String {
    format!("{BACKOFFICE}/domini/{:011}", 20_000_000_000_u64 + u64::from(n))
}

fn corpo_dominio(n: u32, nome: &str) -> String {
    format!(
        "{{\"ragioneSociale\":\"{nome} {n}\",\"indirizzo\":\"Piazza Grande\",\"civico\":\"1\",\"cap\":\"50100\",\"localita\":\"Prova\",\"provincia\":\"FI\",\
         \"nazione\":\"IT\",\"email\":\"info@ente.example\",\"stazione\":\"11111111113_01\",\"auxDigit\":\"3\",\"segregationCode\":\"01\",\
         \"abilitato\":true,\"intermediato\":true,\"scaricaFr\":true}}"
    )
}

fn buona(r: &Risposta) -> Result<()> {
    ensure!(r.stato == 200 || r.stato == 201, "stato {}: {}", r.stato, String::from_utf8_lossy(&r.corpo));
    Ok(())
}

/// One after the other: the time of each as the anagrafica grows.
async fn scritture(cosa: &str, quante: u32, c: &mut Connessione, corpo: impl Fn(u32) -> (String, String)) -> Result<()> {
    println!("\nPUT di {quante} {cosa}, una alla volta: ms medi e al 99%, per decimi");
    let gruppo = (quante / GRUPPI).max(1);
    let mut tempi = Vec::new();
    for n in 0..quante {
        let (percorso, corpo) = corpo(n);
        let inizio = Instant::now();
        buona(&c.put_backoffice(&percorso, &corpo).await?)?;
        tempi.push(inizio.elapsed().as_secs_f64() * 1_000.0);
        if tempi.len() == gruppo as usize {
            println!("  {:>6} {:>8.2} {:>8.2}", n + 1, media(&tempi), percentile(&mut tempi, 0.99));
            tempi.clear();
        }
    }
    Ok(())
}

/// The same writes without the program: the version, the dominio and its unità operativa in one transaction.
async fn nude(pool: &PgPool, quante: u32) -> Result<()> {
    let mut tempi = Vec::new();
    for n in 0..quante.min(2_000) {
        let inizio = Instant::now();
        let mut tx = pool.begin().await?;
        let versione: i64 =
            sqlx::query_scalar("UPDATE anagrafica_versione SET versione = versione + 1 WHERE id = 1 RETURNING versione").fetch_one(&mut *tx).await?;
        let cod = format!("{:011}", 20_000_000_000_u64 + u64::from(n));
        for tabella in ["dominio", "unita_operativa"] {
            let dove = if tabella == "dominio" { "cod" } else { "dominio" };
            let istruzione = format!("UPDATE {tabella} SET ragione_sociale = ragione_sociale, recapiti = recapiti, versione = $1 WHERE {dove} = $2");
            sqlx::query(sqlx::AssertSqlSafe(istruzione)).bind(versione).bind(&cod).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        tempi.push(inizio.elapsed().as_secs_f64() * 1_000.0);
    }
    println!("\ndatabase nudo, le stesse scritture: {:.2} ms medi, {:.2} al 99%", media(&tempi), percentile(&mut tempi, 0.99));
    Ok(())
}

async fn lista(c: &mut Connessione, cosa: &str, quale: &str, pagina: u32) -> Result<()> {
    let percorso = format!("{BACKOFFICE}/{cosa}?risultatiPerPagina=25&pagina={pagina}");
    let mut tempi = Vec::new();
    for _ in 0..CHIAMATE_LISTA {
        let inizio = Instant::now();
        buona(&c.get_come(semina::AMMINISTRATORE, &percorso).await?)?;
        tempi.push(inizio.elapsed().as_secs_f64() * 1_000.0);
    }
    println!("GET {cosa}, {quale} pagina: {:.2} ms al 50%, {:.2} al 99%", percentile(&mut tempi, 0.5), percentile(&mut tempi, 0.99));
    Ok(())
}

/// Every applicazione once, each with a whole Argon2; then the same ones again, from memory; then a route without login.
async fn accessi(o: &Opzioni, f: &Arc<Fiorino>, pg: &Postgres, pool: &PgPool) -> Result<()> {
    println!("\n{INTESTAZIONE}");
    let durata = Duration::from_secs(o.secondi);
    let chiama = |mut c: Connessione, n: usize| async move {
        let esito = c.get_come(&format!("APP{}", n % APPLICAZIONI as usize), PENDENZE).await.and_then(|r| buona(&r));
        (c, esito)
    };
    let fredde = Corsa::limitata("accesso basic, prima volta", APPLICAZIONI as usize, o.connessioni, Duration::from_secs(600), f, pg, apri(f), chiama).await?;
    let calde = corri("accesso basic, in memoria", o.connessioni, durata, f, pg, apri(f), chiama).await?;
    let pool = pool.clone();
    let nuda = corri(
        "  database nudo (SELECT 1)",
        o.connessioni,
        durata,
        f,
        pg,
        move || pool_pronto(pool.clone()),
        |pool, _| async move {
            let esito = sqlx::query("SELECT 1").execute(&pool).await;
            (pool, esito.map(|_| ()).map_err(Into::into))
        },
    )
    .await?;
    fredde.stampa(None);
    calde.stampa(Some(&nuda));
    println!("con la memoria delle credenziali: {:.0} volte le richieste al secondo", calde.al_secondo() / fredde.al_secondo());
    Ok(())
}

fn media(tempi: &[f64]) -> f64 {
    tempi.iter().sum::<f64>() / tempi.len() as f64
}

fn percentile(tempi: &mut [f64], p: f64) -> f64 {
    tempi.sort_unstable_by(f64::total_cmp);
    tempi[((tempi.len() - 1) as f64 * p) as usize]
}
