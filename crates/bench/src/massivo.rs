//! Positions that wait for GPD, sent by file by the program's own job, to a service that says yes to each.
//!
//! The service is in this process and keeps of each file its identifiers alone, so that the memory that is printed is nearly all of the program.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use domain::anagrafica::connettore::ConnettoreServizio;
use domain::anagrafica::{ConnettoriIntermediario, Dominio, Intermediario};
use gateway::lavori::trova;
use sqlx::{PgPool, Row as _};
use store::Store;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::flussi::{gateway, memoria_kb};
use crate::messaggi::DOMINIO;

/// Reports by the name of their file.
type Rapporti = Arc<Mutex<HashMap<String, String>>>;

/// Of a request that the service reads: a zip, and what stands around it.
const RICHIESTA_BYTE_MAX: usize = 6 * 1024 * 1024;
/// A run that does not end.
const ATTESA_MAX: Duration = Duration::from_secs(1_800);

pub async fn misura(store: &Store, pool: &PgPool) -> Result<()> {
    let ascolto = TcpListener::bind("127.0.0.1:0").await?;
    accendi(store, &format!("http://{}/gpd/debt-positions-service/v1", ascolto.local_addr()?)).await?;
    tokio::spawn(servi(ascolto, Rapporti::default()));
    let quante = accoda(pool).await?;
    println!("{quante} posizioni da mandare...");
    let gateway = gateway(store).await?;
    let prima = memoria_kb("VmRSS:")?;
    let inizio = Instant::now();
    let lavoro = trova("posizioni-massive").context("lavoro")?;
    loop {
        gateway.corri(lavoro, true, &CancellationToken::new()).await?;
        let restano: i64 = sqlx::query("SELECT count(*) FROM posizione_debitoria WHERE stato = 'DA_INVIARE'").fetch_one(pool).await?.get(0);
        if restano == 0 {
            break;
        }
        ensure!(inizio.elapsed() < ATTESA_MAX, "restano {restano} posizioni");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let durata = inizio.elapsed().as_secs_f64();
    let inviate: i64 = sqlx::query("SELECT count(*) FROM posizione_debitoria WHERE stato = 'INVIATA'").fetch_one(pool).await?.get(0);
    let file: i64 = sqlx::query("SELECT count(*) FROM lotto_posizioni WHERE stato = 'CONCLUSO'").fetch_one(pool).await?.get(0);
    ensure!(inviate == quante, "{inviate} inviate su {quante}");
    println!("caricamento massivo: {durata:.1} s, {:.0} posizioni/s, {file} file (con le attese del rapporto, 5 s per giro)", quante as f64 / durata);
    println!("memoria di questo processo: {} MB prima, {} MB al massimo", prima / 1024, memoria_kb("VmHWM:")? / 1024);
    Ok(())
}

/// GPD at this address, for the segregation code of the positions.
async fn accendi(store: &Store, url: &str) -> Result<()> {
    let gpd = ConnettoreServizio { url: url.to_owned(), auth: None, subscription_key: None, abilita_gde: false };
    let connettori = ConnettoriIntermediario { gpd: Some(gpd), ..ConnettoriIntermediario::default() };
    let a = store.scrivi_anagrafica().await?;
    a.intermediario(&Intermediario { connettori: Arc::new(connettori), ..Intermediario::nuovo("11111111113", "Intermediario di prova", "nodo") }).await?;
    let id = codici::IdDominio::leggi(DOMINIO).context("dominio")?;
    a.dominio(&Dominio {
        stazione: Some("11111111113_01".into()),
        aux_digit: codici::AuxDigit::Tre,
        segregation_code: Some(1),
        intermediato: true,
        segregazioni_asincrone: vec![1],
        ..Dominio::nuovo(id, "Comune di Prova")
    })
    .await?;
    a.commit().await?;
    Ok(())
}

async fn accoda(pool: &PgPool) -> Result<i64> {
    let fatte = sqlx::query(
        "INSERT INTO posizione_debitoria (dominio, pendenza, id_a2a, id_pendenza, iupd, numero_avviso, modalita, stato, versione, remoto, data_modifica, prossimo_tentativo)
         SELECT dominio, id, id_a2a, id_pendenza, dominio || id_a2a || id_pendenza, numero_avviso, 'ASINCRONA', 'DA_INVIARE', 1, 'ASSENTE', now(), now()
         FROM pendenza WHERE stato = 'NON_ESEGUITO'",
    )
    .execute(pool)
    .await?;
    sqlx::raw_sql("ANALYZE").execute(pool).await?;
    Ok(i64::try_from(fatte.rows_affected())?)
}

async fn servi(ascolto: TcpListener, rapporti: Rapporti) {
    while let Ok((flusso, _)) = ascolto.accept().await {
        let rapporti = Arc::clone(&rapporti);
        tokio::spawn(async move { finche_dura(BufReader::new(flusso), &rapporti).await });
    }
}

async fn finche_dura(mut flusso: BufReader<TcpStream>, rapporti: &Rapporti) -> Result<()> {
    loop {
        let mut testa = Vec::new();
        while !testa.ends_with(b"\r\n\r\n") {
            testa.push(flusso.read_u8().await?);
            ensure!(testa.len() < 16_384, "testata troppo lunga");
        }
        let testa = String::from_utf8_lossy(&testa).to_lowercase();
        let lungo = testa.lines().find_map(|r| r.strip_prefix("content-length:")).map_or(Ok(0), |v| v.trim().parse::<usize>())?;
        ensure!(lungo < RICHIESTA_BYTE_MAX, "richiesta troppo lunga");
        let mut corpo = vec![0; lungo];
        flusso.read_exact(&mut corpo).await?;
        let risposta = rispondi(testa.lines().next().unwrap_or_default(), &corpo, rapporti);
        flusso.get_mut().write_all(risposta.as_bytes()).await?;
    }
}

fn rispondi(richiesta: &str, corpo: &[u8], rapporti: &Rapporti) -> String {
    let mut rapporti = rapporti.lock().unwrap_or_else(PoisonError::into_inner);
    if richiesta.starts_with("post") {
        let id = rapporti.len().to_string();
        let iupd: Vec<String> = testi(corpo).map(|i| format!("\"{i}\"")).collect();
        let n = iupd.len();
        let rapporto = format!(
            r#"{{"uploadID":"{id}","processedItem":{n},"submittedItem":{n},"responses":[{{"statusCode":201,"statusMessage":"Created","requestIDs":[{}]}}],"endTime":"2026-01-01T00:00:00Z"}}"#,
            iupd.join(",")
        );
        rapporti.insert(id.clone(), rapporto);
        return format!("HTTP/1.1 202 Accepted\r\nLocation: x/file/{id}/status\r\nContent-Length: 0\r\n\r\n");
    }
    let id = richiesta.split("/file/").nth(1).and_then(|r| r.split('/').next()).unwrap_or_default();
    let corpo = rapporti.get(id).map_or("{}", String::as_str);
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{corpo}", corpo.len())
}

/// The IUPD of a file.
fn testi(corpo: &[u8]) -> impl Iterator<Item = &str> {
    let segno: &[u8] = b"{\"iupd\":\"";
    let inizi = corpo.windows(segno.len()).enumerate().filter(move |(_, f)| *f == segno).map(move |(n, _)| n + segno.len());
    inizi.filter_map(|da| std::str::from_utf8(&corpo[da..da + corpo[da..].iter().position(|b| *b == b'"')?]).ok())
}
