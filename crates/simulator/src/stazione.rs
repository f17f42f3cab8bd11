//! The wire toward the station: SOAP over HTTP with basic authentication, time-outs of the node, and the switches that spoil what is sent.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};

use crate::comportamento::{Guasto, attesa, immondizia};
use crate::giornale::{Argomento, Conclusione, Direzione};
use crate::messaggi::Operazione;
use crate::risposte::{self, Rifiuto, Risposta};
use crate::{Simulatore, Tempi};

/// Bytes of an answer that the node reads before it calls it malformed.
pub const RISPOSTA_MAX: usize = 1024 * 1024;

/// Why there is no well formed answer.
#[derive(Debug)]
pub(crate) enum ErroreStazione {
    Timeout,
    Irraggiungibile(String),
    Risposta(String),
}

impl ErroreStazione {
    pub(crate) fn rifiuto(&self, messaggio: u64) -> Rifiuto {
        let mut rifiuto = match self {
            Self::Timeout => Rifiuto::del_nodo("PPT_STAZIONE_INT_PA_TIMEOUT", "Timeout risposta dalla Stazione.", "tempo di attesa scaduto"),
            Self::Irraggiungibile(causa) => Rifiuto::del_nodo("PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "Errore di connessione verso la Stazione.", causa),
            Self::Risposta(causa) => Rifiuto::del_nodo(
                "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE",
                "La risposta ricevuta dalla Stazione e' vuota, sintatticamente o semanticamente errata.",
                causa,
            ),
        };
        rifiuto.messaggio = Some(messaggio);
        rifiuto
    }
}

impl std::fmt::Display for ErroreStazione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Timeout => f.write_str("tempo di attesa scaduto"),
            Self::Irraggiungibile(causa) => write!(f, "stazione irraggiungibile: {causa}"),
            Self::Risposta(causa) => write!(f, "risposta errata: {causa}"),
        }
    }
}

/// What an exchange left behind.
pub(crate) struct Scambio {
    pub messaggio: u64,
    pub esito: Result<Risposta, ErroreStazione>,
    /// The body that left was rubbish: whatever the answer, the message has not been delivered.
    pub era_immondizia: bool,
}

pub(crate) fn client() -> anyhow::Result<reqwest::Client> {
    // The first provider installed in the process wins, and any will do: the station is reached in clear text.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // No connection is kept: a switch that closes one must not be felt by the next message, and twice at once must be two connections.
    reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .context("creazione del client HTTP del nodo")
}

impl Tempi {
    const fn attesa_max(&self, operazione: Operazione) -> Duration {
        match operazione {
            Operazione::Verifica => self.verifica,
            Operazione::AttivaV1 | Operazione::AttivaV2 => self.attivazione,
            Operazione::RicevutaV1 | Operazione::RicevutaV2 => self.ricevuta,
        }
    }
}

impl Simulatore {
    /// Sends a message to the station and reads the answer. The journal has the request from the first moment.
    pub(crate) async fn scambia(&self, operazione: Operazione, argomento: Argomento, corpo: &str) -> Scambio {
        let pannello = &self.0.pannello;
        let mut ottetti = Bytes::copy_from_slice(corpo.as_bytes());
        let mut era_immondizia = false;
        if let Some(Guasto::Immondizia { cosa }) = pannello.consuma("immondizia", operazione) {
            ottetti = immondizia(cosa, corpo).into();
            era_immondizia = true;
        }
        let url = self.stazione_url();
        let messaggio = self.0.giornale.apri(Direzione::DalNodo, operazione.nome(), format!("POST {url}"), argomento, &ottetti);
        if let Some(Guasto::Lento { ms }) = pannello.consuma("lento", operazione) {
            tokio::time::sleep(attesa(ms)).await;
        }
        let pausa = match pannello.consuma("mezzo_corpo", operazione) {
            Some(Guasto::MezzoCorpo { ms }) => Some(attesa(ms)),
            _ => None,
        };
        let inizio = Instant::now();
        // The node starts to count when the whole request has left.
        let limite = self.0.conf.tempi.attesa_max(operazione) + pausa.unwrap_or_default();
        let ricevuto = tokio::time::timeout(limite, self.spedisci(&url, operazione, ottetti, pausa)).await.unwrap_or(Err(ErroreStazione::Timeout));
        let (stato, risposta, esito) = match ricevuto {
            Ok((stato, risposta)) => {
                let esito = if stato == 200 { risposte::apri(operazione, &risposta) } else { Err(format!("HTTP {stato}")) };
                (Some(stato), risposta, esito.map_err(ErroreStazione::Risposta))
            }
            Err(errore) => (None, Vec::new(), Err(errore)),
        };
        let in_breve = match &esito {
            Ok(Risposta::Ok(_)) => "OK".to_owned(),
            Ok(Risposta::Ko(rifiuto)) => format!("KO {}", rifiuto.codice()),
            Err(errore) => errore.to_string(),
        };
        self.0.giornale.chiudi(messaggio, Conclusione { stato, risposta: &risposta, esito: in_breve, durata: inizio.elapsed() });
        Scambio { messaggio, esito, era_immondizia }
    }

    async fn spedisci(&self, url: &str, operazione: Operazione, ottetti: Bytes, pausa: Option<Duration>) -> Result<(u16, Vec<u8>), ErroreStazione> {
        let lunghezza = ottetti.len();
        let corpo = match pausa {
            None => reqwest::Body::from(ottetti),
            Some(pausa) => {
                let (prima, dopo) = (ottetti.slice(..lunghezza / 2), ottetti.slice(lunghezza / 2..));
                let dopo = futures::stream::once(async move {
                    tokio::time::sleep(pausa).await;
                    Ok::<_, std::io::Error>(dopo)
                });
                reqwest::Body::wrap_stream(futures::stream::iter([Ok(prima)]).chain(dopo))
            }
        };
        let mut richiesta = self.0.client.post(url).header(CONTENT_TYPE, "text/xml; charset=utf-8").header("SOAPAction", format!("\"{}\"", operazione.nome()));
        richiesta = richiesta.header(CONTENT_LENGTH, lunghezza);
        if let Some(credenziali) = &self.0.autorizzazione {
            let mut valore = HeaderValue::from_str(credenziali).map_err(|e| ErroreStazione::Irraggiungibile(e.to_string()))?;
            valore.set_sensitive(true);
            richiesta = richiesta.header(AUTHORIZATION, valore);
        }
        let risposta = richiesta.body(corpo).send().await.map_err(|e| ErroreStazione::Irraggiungibile(catena(&e)))?;
        let stato = risposta.status().as_u16();
        let mut pezzi = risposta.bytes_stream();
        let mut letto = Vec::new();
        while let Some(pezzo) = pezzi.try_next().await.map_err(|e| ErroreStazione::Risposta(format!("risposta interrotta: {}", catena(&e))))? {
            if letto.len() + pezzo.len() > RISPOSTA_MAX {
                return Err(ErroreStazione::Risposta(format!("risposta di oltre {RISPOSTA_MAX} ottetti")));
            }
            letto.extend_from_slice(&pezzo);
        }
        Ok((stato, letto))
    }
}

/// The text of an error with those of its causes.
fn catena(errore: &dyn std::error::Error) -> String {
    let mut testo = errore.to_string();
    let mut causa = errore.source();
    while let Some(c) = causa {
        testo.push_str(": ");
        testo.push_str(&c.to_string());
        causa = c.source();
    }
    testo
}
