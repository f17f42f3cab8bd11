//! Rows that ask for a time: 98 answers in 100 within 2 seconds.

use std::time::{Duration, Instant};

use futures::{FutureExt as _, StreamExt as _};

use super::banco::{Banco, accolta};
use super::{Intoppo, Passi, Vista};
use crate::messaggi::Versione;

const CHIAMATE: usize = 100;
const INSIEME: usize = 8;
const LIMITE: Duration = Duration::from_secs(2);

/// The judgement on times measured here; the month that pagoPA counts is another matter, and the reason says so.
fn giudica(mut tempi: Vec<Duration>) -> Vista {
    tempi.sort_unstable();
    let p98 = tempi.get(tempi.len() * 98 / 100).copied().unwrap_or_default();
    let visto = format!("{} chiamate, {INSIEME} insieme: 98 su 100 entro {} ms", tempi.len(), p98.as_millis());
    if p98 <= LIMITE { Ok(visto) } else { Err(Intoppo::Fallita(visto)) }
}

async fn cronometra<T>(passi: impl Future<Output = T>) -> (Duration, T) {
    let inizio = Instant::now();
    let esito = passi.await;
    (inizio.elapsed(), esito)
}

pub fn verifiche(b: &Banco) -> Passi<'_> {
    async {
        let p = b.carica("1.50").await?;
        let prove = futures::stream::iter(0..CHIAMATE).map(|_| cronometra(b.verifica(&p.avviso))).buffer_unordered(INSIEME);
        giudica(tempi(prove.collect().await)?)
    }
    .boxed_local()
}

pub fn attivazioni(b: &Banco) -> Passi<'_> {
    async {
        let caricate = tante(b).await?;
        let prove = futures::stream::iter(&caricate).map(|avviso| cronometra(b.attiva(avviso, Versione::V2))).buffer_unordered(INSIEME);
        giudica(tempi(prove.collect().await)?)
    }
    .boxed_local()
}

pub fn ricevute(b: &Banco) -> Passi<'_> {
    async {
        let caricate = tante(b).await?;
        let mut pagate = Vec::new();
        for avviso in &caricate {
            pagate.push(accolta(b.nodo.attiva(&b.bersaglio.dominio, avviso, Versione::V2).await, "attivazione")?);
        }
        for p in &pagate {
            accolta(b.nodo.esito(&p.token, crate::nodo::Esito::Ok).await, "esito")?;
        }
        // Each of them is delivered alone and timed: what the queue of the node would do together.
        let prove = futures::stream::iter(&pagate).map(|p| cronometra(b.nodo.spedisci_ricevuta(&p.token))).buffer_unordered(INSIEME);
        giudica(tempi(prove.collect().await)?)
    }
    .boxed_local()
}

async fn tante(b: &Banco) -> Result<Vec<String>, Intoppo> {
    let caricate = futures::stream::iter(0..CHIAMATE).map(|_| b.carica("2.50")).buffer_unordered(INSIEME).collect::<Vec<_>>().await;
    caricate.into_iter().map(|c| c.map(|p| p.avviso)).collect()
}

fn tempi<T>(prove: Vec<(Duration, Result<T, crate::Rifiuto>)>) -> Result<Vec<Duration>, String> {
    prove.into_iter().map(|(tempo, esito)| accolta(esito, "una delle chiamate").map(|_| tempo)).collect()
}
