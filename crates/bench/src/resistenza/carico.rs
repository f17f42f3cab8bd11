//! The load: integrators and citizens, each of whom asks again until somebody answers.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use codici::Importo;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{EsitoRt, Rifiuto, RtDaMandare, Versione};
use tokio_util::sync::CancellationToken;

use super::mondo::{APPLICAZIONI, DOMINIO, Mondo, PASSWORD};

/// How long somebody goes on asking.
const PAZIENZA: Duration = Duration::from_secs(120);
/// Between two attempts of a call that had no answer.
const RESPIRO: Duration = Duration::from_millis(50);
/// Refusals after which a citizen gives up, in a world that misbehaves.
const RIFIUTI_MAX: u32 = 20;
/// Until an RPT of the older model reaches the node.
const ATTESA_RPT: Duration = Duration::from_secs(3);

/// A position as its last answered call left it.
#[derive(Clone, Debug)]
pub struct Caricata {
    pub id_a2a: &'static str,
    pub id: String,
    pub avviso: String,
    pub importo: i64,
    /// Token of the payment that the citizen made, or ccp of the older model.
    pub pagata: Option<String>,
    pub annullata: bool,
}

pub struct Cliente {
    mondo: Arc<Mondo>,
    /// The node misbehaves: a refusal of the station is not a defect.
    tollerante: bool,
    /// Between two positions.
    pausa: Duration,
}

impl Cliente {
    pub fn nuovo(mondo: Arc<Mondo>, tollerante: bool, pausa: Duration) -> Result<Self> {
        Ok(Self { mondo, tollerante, pausa })
    }

    pub async fn lavora(self, lavoratore: u64, basta: CancellationToken) -> Result<Vec<Caricata>> {
        let mut caricate = Vec::new();
        for giro in 0_u64.. {
            if basta.is_cancelled() {
                break;
            }
            let id_a2a = APPLICAZIONI[usize::try_from(lavoratore % 2)?];
            caricate.push(self.una(id_a2a, format!("P{lavoratore}-{giro}"), giro + lavoratore / 2).await?);
            tokio::time::sleep(self.pausa).await;
        }
        Ok(caricate)
    }

    /// The life of one position, of one of eight kinds.
    async fn una(&self, id_a2a: &'static str, id: String, giro: u64) -> Result<Caricata> {
        let importo = 1_000 + i64::try_from(giro % 1_000)?;
        let versione = if giro.is_multiple_of(3) { Versione::V1 } else { Versione::V2 };
        let mut c = self.scrivi(id_a2a, &id, importo).await?;
        match giro % 8 {
            0 => {
                c.importo += 500;
                let dopo = self.scrivi(id_a2a, &id, c.importo).await?;
                ensure!(dopo.avviso == c.avviso, "il numero avviso di una pendenza e' cambiato: {c:?}");
            }
            1 => {
                self.modifica(&c, &["ANNULLATA"]).await?;
                return Ok(Caricata { annullata: true, ..c });
            }
            2 => {
                if let Some(abbandonato) = self.insisti(|| self.mondo.simulatore.attiva(DOMINIO, &c.avviso, versione)).await? {
                    self.mondo.simulatore.fai_scadere(&abbandonato.token).map_err(|r| anyhow::anyhow!("{r:?}"))?;
                }
            }
            3 => drop(self.insisti(|| self.mondo.simulatore.verifica(DOMINIO, &c.avviso)).await?),
            4 => return Ok(c),
            5 => return self.al_psp_di_una_volta(c).await,
            7 => self.modifica(&c, &["ANNULLATA", "NON_ESEGUITA"]).await?,
            _ => {}
        }
        let pagato = self.insisti(|| self.mondo.simulatore.paga(DOMINIO, &c.avviso, versione)).await?;
        if let Some(pagato) = &pagato {
            ensure!(pagato.pagamento.dati.importo.cent() == c.importo, "la stazione ha detto un altro importo: {c:?}");
        }
        Ok(Caricata { pagata: pagato.map(|p| p.pagamento.token), ..c })
    }

    /// paaAttivaRPT, the RPT that follows it, and the RT. Half of them by a PSP that does not wait for the RPT.
    async fn al_psp_di_una_volta(&self, c: Caricata) -> Result<Caricata> {
        let s = &self.mondo.simulatore;
        let (iuv, ccp) = (&c.avviso[1..], format!("ccp-{}", c.id));
        let mut attivata = false;
        for _ in 0..RIFIUTI_MAX {
            let risposta = s.attiva_rpt(DOMINIO, iuv, &ccp, Importo::da_cent(c.importo), None).await;
            // Somebody died between the commit and the answer: the attempt is there.
            let gia = risposta.fault().is_some_and(|(codice, _)| codice == "PAA_PAGAMENTO_IN_CORSO");
            attivata = risposta.ok() || gia;
            if attivata {
                break;
            }
            tokio::time::sleep(RESPIRO * 4).await;
        }
        let inizio = Instant::now();
        let mut rpt = None;
        while attivata && rpt.is_none() && inizio.elapsed() < ATTESA_RPT {
            rpt = s.rpt_ricevute().into_iter().find(|r| r.ccp == ccp);
            tokio::time::sleep(RESPIRO).await;
        }
        let Some(rpt) = rpt else { return Ok(c) };
        for _ in 0..RIFIUTI_MAX {
            let risposta = s.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await;
            let duplicata = risposta.fault().is_some_and(|(codice, _)| codice.ends_with("_DUPLICATA"));
            if risposta.ok() || duplicata {
                return Ok(Caricata { pagata: Some(ccp), ..c });
            }
            tokio::time::sleep(RESPIRO * 4).await;
        }
        bail!("nessuno prende la RT di {c:?}")
    }

    async fn scrivi(&self, id_a2a: &'static str, id: &str, importo: i64) -> Result<Caricata> {
        let risposta = self.chiama(&Method::PUT, id_a2a, id, &pendenza(DOMINIO, importo)).await?;
        let avviso = risposta["numeroAvviso"].as_str().context("numeroAvviso")?.to_owned();
        Ok(Caricata { id_a2a, id: id.to_owned(), avviso, importo, pagata: None, annullata: false })
    }

    async fn modifica(&self, c: &Caricata, stati: &[&str]) -> Result<()> {
        let corpo = stati.iter().map(|s| json!({ "op": "REPLACE", "path": "/stato", "value": s })).collect();
        let risposta = self.chiama(&Method::PATCH, c.id_a2a, &c.id, &Value::Array(corpo)).await?;
        ensure!(risposta["stato"].as_str() == stati.last().copied(), "PATCH non applicata: {c:?}");
        Ok(())
    }

    /// No answer, or 503, is asked again, of another node perhaps; any other refusal is a defect.
    async fn chiama(&self, metodo: &Method, id_a2a: &str, id: &str, corpo: &Value) -> Result<Value> {
        let inizio = Instant::now();
        while inizio.elapsed() < PAZIENZA {
            let url = format!("{}/govpay/backend/api/pendenze/rs/basic/v2/pendenze/{id_a2a}/{id}", self.mondo.base());
            let richiesta = self.mondo.client().request(metodo.clone(), url).basic_auth(id_a2a, Some(PASSWORD));
            let richiesta = richiesta.header("content-type", "application/json").body(corpo.to_string());
            let Ok(risposta) = richiesta.send().await else {
                tokio::time::sleep(RESPIRO).await;
                continue;
            };
            let stato = risposta.status().as_u16();
            let Ok(testo) = risposta.text().await else { continue };
            match stato {
                200 | 201 => return Ok(serde_json::from_str(&testo)?),
                503 => tokio::time::sleep(RESPIRO).await,
                _ => bail!("{metodo} {id_a2a}/{id}: {stato} {testo}"),
            }
        }
        bail!("{metodo} {id_a2a}/{id} senza risposta per {PAZIENZA:?}")
    }

    /// Asks the station again when it gave no answer. `None`: a node that misbehaves got too many refusals, and the citizen goes home.
    async fn insisti<T, F: Future<Output = Result<T, Rifiuto>>>(&self, mut chiedi: impl FnMut() -> F) -> Result<Option<T>> {
        let (inizio, mut rifiuti) = (Instant::now(), 0);
        loop {
            match chiedi().await {
                Ok(risposta) => return Ok(Some(risposta)),
                Err(r) if r.codice().starts_with("PPT_STAZIONE_INT_PA_") && inizio.elapsed() < PAZIENZA => {}
                Err(_) if self.tollerante && rifiuti < RIFIUTI_MAX => rifiuti += 1,
                Err(_) if self.tollerante => return Ok(None),
                Err(r) => bail!("rifiuto della stazione: {r:?}"),
            }
            tokio::time::sleep(RESPIRO).await;
        }
    }
}

/// The body of a position of one voce, of so many cents.
///
/// # Panics
/// Never: an amount is a number.
#[must_use]
pub fn pendenza(dominio: &str, importo: i64) -> Value {
    let euro: Value = serde_json::from_str(&Importo::da_cent(importo).to_string()).expect("un importo e' un numero");
    json!({
        "idTipoPendenza": "TARI",
        "idDominio": dominio,
        "causale": "TARI 2026 prima rata",
        "soggettoPagatore": { "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti" },
        "importo": euro,
        "voci": [ { "idVocePendenza": "V1", "importo": euro, "descrizione": "Quota comunale", "codEntrata": "TARI" } ],
    })
}
