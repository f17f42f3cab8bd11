//! The smallest HTTP client that keeps its connection: what the load generator costs is taken from what it measures.

use std::net::SocketAddr;
use std::pin::Pin;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const STAZIONE: &str = "/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice";
const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2/pendenze";

pub type Apertura = Pin<Box<dyn Future<Output = Result<Connessione>> + Send>>;

pub struct Connessione {
    flusso: TcpStream,
    buffer: Vec<u8>,
}

pub struct Risposta {
    pub stato: u16,
    pub corpo: Vec<u8>,
}

impl Connessione {
    pub async fn apri(indirizzo: SocketAddr) -> Result<Self> {
        let flusso = TcpStream::connect(indirizzo).await?;
        flusso.set_nodelay(true)?;
        Ok(Self { flusso, buffer: Vec::with_capacity(16 * 1024) })
    }

    pub async fn get(&mut self, percorso: &str) -> Result<Risposta> {
        self.manda(&format!("GET {percorso} HTTP/1.1\r\nHost: prova\r\n\r\n")).await
    }

    pub async fn soap(&mut self, busta: &str) -> Result<Risposta> {
        self.con_corpo("POST", STAZIONE, "nodo", "text/xml", busta).await
    }

    pub async fn put_pendenza(&mut self, id_a2a: &str, id: &str, corpo: &str) -> Result<Risposta> {
        self.con_corpo("PUT", &format!("{PENDENZE}/{id_a2a}/{id}"), id_a2a, "application/json", corpo).await
    }

    pub async fn get_come(&mut self, utente: &str, percorso: &str) -> Result<Risposta> {
        let credenziali = STANDARD.encode(format!("{utente}:{}", crate::semina::PASSWORD));
        self.manda(&format!("GET {percorso} HTTP/1.1\r\nHost: prova\r\nAccept: application/json\r\nAuthorization: Basic {credenziali}\r\n\r\n")).await
    }

    pub async fn put_backoffice(&mut self, percorso: &str, corpo: &str) -> Result<Risposta> {
        self.con_corpo("PUT", percorso, crate::semina::AMMINISTRATORE, "application/json", corpo).await
    }

    async fn con_corpo(&mut self, metodo: &str, percorso: &str, utente: &str, tipo: &str, corpo: &str) -> Result<Risposta> {
        let credenziali = STANDARD.encode(format!("{utente}:{}", crate::semina::PASSWORD));
        self.manda(&format!(
            "{metodo} {percorso} HTTP/1.1\r\nHost: prova\r\nAuthorization: Basic {credenziali}\r\nContent-Type: {tipo}\r\nContent-Length: {}\r\n\r\n{corpo}",
            corpo.len()
        ))
        .await
    }

    async fn manda(&mut self, richiesta: &str) -> Result<Risposta> {
        self.flusso.write_all(richiesta.as_bytes()).await?;
        self.buffer.clear();
        let (inizio_corpo, lunghezza, stato) = loop {
            if self.flusso.read_buf(&mut self.buffer).await? == 0 {
                bail!("connessione chiusa");
            }
            if let Some(fine) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                let testa = std::str::from_utf8(&self.buffer[..fine]).context("intestazioni")?;
                break (fine + 4, lunghezza(testa)?, testa.get(9..12).and_then(|s| s.parse().ok()).context("stato")?);
            }
        };
        while self.buffer.len() < inizio_corpo + lunghezza {
            if self.flusso.read_buf(&mut self.buffer).await? == 0 {
                bail!("connessione chiusa a meta' corpo");
            }
        }
        Ok(Risposta { stato, corpo: self.buffer[inizio_corpo..inizio_corpo + lunghezza].to_vec() })
    }
}

fn lunghezza(testa: &str) -> Result<usize> {
    let riga = testa.lines().find_map(|r| r.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case("content-length")));
    riga.map_or(Ok(0), |(_, v)| v.trim().parse().context("content-length"))
}
