//! The evidence of a payment: every request and answer that the giornale keeps of it, in order, as one archive.
//!
//! It holds personal data as they passed. Built while it is read: one event in memory at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use codici::{IdDominio, Iuv};
use domain::transazione::Transazione;
use serde_json::{Value, json};
use store::elenchi::Pagina;
use store::eventi::Ruolo;
use store::giornale::{Ambito, EventoLetto, Filtro};
use store::transazioni::Messaggio;
use tokio::sync::mpsc;

use crate::zip::Zip;
use crate::{Errore, Gateway};

/// Events of one payment: years of verifications of one notice. What is beyond is said in the index.
const EVENTI_MAX: u64 = 5_000;
/// Pieces waiting for a slow reader.
const PEZZI_IN_CODA: usize = 4;

/// Pieces of the archive, in order; an error ends it in the middle.
pub type Pezzi = mpsc::Receiver<Result<Bytes, Errore>>;

struct Fascicolo {
    zip: Zip,
    pezzi: mpsc::Sender<Result<Bytes, Errore>>,
    indice: Vec<Value>,
}

/// Nobody reads any more, or the archive cannot grow.
struct Interrotto;

impl Gateway {
    /// `None`: the giornale knows nothing of it. `ccp`: one attempt, with what belongs to no attempt.
    pub async fn fascicolo(&self, dominio: &IdDominio, iuv: &str, ccp: Option<&str>) -> Result<Option<Pezzi>, Errore> {
        let ambito = Ambito::Iuv { dominio: dominio.to_string(), iuv: iuv.to_owned() };
        let filtro = Filtro { ambiti: vec![ambito], ..Filtro::default() };
        let elenco = self.store.elenco_eventi(&filtro, &Pagina { salta: 0, quante: EVENTI_MAX, conta: Some(None) }).await?;
        let transazioni = self.tentativi(dominio, iuv, ccp).await?;
        let mut eventi: Vec<EventoLetto> = elenco.righe.into_iter().filter(|e| ccp.is_none() || e.ccp.is_none() || e.ccp.as_deref() == ccp).collect();
        if eventi.is_empty() && transazioni.is_empty() {
            return Ok(None);
        }
        eventi.sort_by_key(|e| (e.data, e.id));
        let (pezzi, letti) = mpsc::channel(PEZZI_IN_CODA);
        let altri = elenco.totale.unwrap_or(0).saturating_sub(EVENTI_MAX);
        let testata = json!({ "idDominio": dominio.as_str(), "iuv": iuv, "ccp": ccp, "creato": self.adesso().to_rfc3339(), "eventiNonCompresi": altri });
        let gateway = self.clone();
        tokio::spawn(async move {
            let mut fascicolo = Fascicolo { zip: Zip::default(), pezzi, indice: Vec::new() };
            let _ = fascicolo.scrivi(&gateway, &eventi, &transazioni, testata).await;
        });
        Ok(Some(letti))
    }

    async fn tentativi(&self, dominio: &IdDominio, iuv: &str, ccp: Option<&str>) -> Result<Vec<Transazione>, Errore> {
        let Some(iuv) = Iuv::leggi(iuv) else { return Ok(Vec::new()) };
        let Some(pendenza) = self.store.pendenza_per_iuv(dominio, &iuv).await? else { return Ok(Vec::new()) };
        let tutti = self.store.transazioni(&pendenza).await?;
        Ok(tutti.into_iter().filter(|t| ccp.is_none_or(|c| t.ccp == c)).collect())
    }
}

impl Fascicolo {
    async fn scrivi(&mut self, gateway: &Gateway, eventi: &[EventoLetto], transazioni: &[Transazione], testata: Value) -> Result<(), Interrotto> {
        for (n, evento) in eventi.iter().enumerate() {
            let messaggi = match gateway.messaggi_evento(evento).await {
                Ok(messaggi) => messaggi,
                Err(errore) => return self.guasto(errore).await,
            };
            let file = self.parti(n + 1, evento, [("richiesta", messaggi.richiesta), ("risposta", messaggi.risposta)]).await?;
            self.indice.push(riga(n + 1, evento, file));
        }
        let mut archiviati = Vec::new();
        for t in transazioni {
            for (quale, nome) in [(Messaggio::Rpt, "rpt"), (Messaggio::Rt, "rt")] {
                match gateway.store.messaggio(t, quale).await {
                    Ok(Some(byte)) => archiviati.push(self.file(&format!("archivio/{}_{nome}.xml", leggibile(&t.ccp)), &byte).await?),
                    Ok(None) => {}
                    Err(errore) => return self.guasto(errore.into()).await,
                }
            }
        }
        self.chiudi(testata, archiviati).await
    }

    /// The halves of a call: the body as it passed, and beside it what stood around it.
    async fn parti(&mut self, n: usize, evento: &EventoLetto, parti: [(&str, Option<String>); 2]) -> Result<Vec<Value>, Interrotto> {
        let mut file = Vec::new();
        let quando = evento.data.format("%Y-%m-%dT%H-%M-%S%.3f");
        for (quale, testo) in parti {
            let Some(Value::Object(mut parte)) = testo.and_then(|t| serde_json::from_str(&t).ok()) else { continue };
            let base = format!("{n:04}_{quando}_{}_{quale}", leggibile(&evento.tipo));
            let corpo = parte.remove("payload").and_then(|p| STANDARD.decode(p.as_str()?).ok());
            file.push(self.file(&format!("{base}.intestazioni.json"), Value::Object(parte).to_string().as_bytes()).await?);
            if let Some(corpo) = corpo {
                file.push(self.file(&format!("{base}.{}", estensione(&corpo)), &corpo).await?);
            }
        }
        Ok(file)
    }

    /// Name and hash, for the index.
    async fn file(&mut self, nome: &str, byte: &[u8]) -> Result<Value, Interrotto> {
        let voce = self.zip.voce(nome, byte).ok_or(Interrotto)?;
        self.manda(voce).await?;
        Ok(json!({ "nome": nome, "byte": byte.len(), "blake3": blake3::hash(byte).to_hex().as_str() }))
    }

    async fn chiudi(&mut self, mut testata: Value, archiviati: Vec<Value>) -> Result<(), Interrotto> {
        let righe: String = self.indice.iter().map(a_parole).collect();
        let testo = format!(
            "Fascicolo di {} {}\r\n\r\nContiene dati personali: si conserva e si consegna come tali.\r\nOgni file ha la sua impronta BLAKE3 in indice.json.\r\n\r\n{righe}",
            testata["idDominio"].as_str().unwrap_or_default(),
            testata["iuv"].as_str().unwrap_or_default(),
        );
        testata["eventi"] = Value::Array(std::mem::take(&mut self.indice));
        testata["archiviati"] = Value::Array(archiviati);
        let indice = serde_json::to_vec_pretty(&testata).map_err(|_| Interrotto)?;
        for (nome, byte) in [("indice.json", indice.as_slice()), ("indice.txt", testo.as_bytes())] {
            let voce = self.zip.voce(nome, byte).ok_or(Interrotto)?;
            self.manda(voce).await?;
        }
        let fine = std::mem::take(&mut self.zip).fine();
        self.manda(fine).await
    }

    async fn manda(&self, byte: Vec<u8>) -> Result<(), Interrotto> {
        self.pezzi.send(Ok(byte.into())).await.map_err(|_| Interrotto)
    }

    async fn guasto(&self, errore: Errore) -> Result<(), Interrotto> {
        tracing::warn!(errore = %errore, "fascicolo interrotto");
        let _ = self.pezzi.send(Err(errore)).await;
        Err(Interrotto)
    }
}

fn riga(n: usize, e: &EventoLetto, file: Vec<Value>) -> Value {
    json!({
        "numero": n,
        "id": e.id,
        "data": e.data.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "durataMs": e.durata_ms,
        "componente": e.componente,
        "ruolo": if e.ruolo == Ruolo::Client { "CLIENT" } else { "SERVER" },
        "tipoEvento": e.tipo,
        "esito": e.esito,
        "sottotipoEsito": e.sottotipo_esito,
        "dettaglioEsito": e.dettaglio_esito,
        "ccp": e.ccp,
        "transactionId": e.id_transazione,
        "file": file,
    })
}

fn a_parole(riga: &Value) -> String {
    let campo = |nome: &str| riga[nome].as_str().unwrap_or_default();
    let file: Vec<&str> = riga["file"].as_array().into_iter().flatten().filter_map(|f| f["nome"].as_str()).collect();
    let file = if file.is_empty() { "messaggi non conservati".to_owned() } else { file.join(", ") };
    format!(
        "{:>4}  {}  {:<6}  {:<28} {:<4} {}  {file}\r\n",
        riga["numero"],
        campo("data"),
        campo("ruolo"),
        campo("tipoEvento"),
        campo("esito"),
        campo("sottotipoEsito")
    )
}

/// Safe as the name of a file, on every system.
fn leggibile(testo: &str) -> String {
    testo.chars().take(60).map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

fn estensione(corpo: &[u8]) -> &'static str {
    match corpo.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'<') => "xml",
        Some(b'{' | b'[') => "json",
        _ => "bin",
    }
}
