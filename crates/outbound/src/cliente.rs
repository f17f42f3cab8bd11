use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

use crate::errore::motivo;
use crate::{Autenticazione, ErroreChiamata, ErroreCliente, Indirizzo, Metodo};

/// Bytes of an answer that are read: the largest message that we expect from anybody, with room to spare, times the calls in flight is memory.
pub const CORPO_BYTE_MAX: usize = 1024 * 1024;
/// Idle connections kept for each server: more than the workers that call one of them at the same time.
pub const INATTIVE_PER_SERVER_MAX: usize = 16;
/// An idle connection is closed before the usual firewalls and balancers forget it.
const INATTIVITA_MAX: Duration = Duration::from_secs(50);
const USER_AGENT: &str = concat!("Fiorino/", env!("CARGO_PKG_VERSION"));

/// How long a call may last. The whole of it, answer included, ends within the sum of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tempi {
    /// Until the connection is open, TLS included.
    pub connessione: Duration,
    /// Silence of the other side, from the start of the call or from the last byte that came.
    pub lettura: Duration,
}

/// One request. `Debug` shows method and server alone.
pub struct Chiamata {
    pub metodo: Metodo,
    pub indirizzo: Indirizzo,
    pub intestazioni: Vec<(HeaderName, HeaderValue)>,
    pub corpo: Option<Bytes>,
    pub autenticazione: Autenticazione,
}

impl fmt::Debug for Chiamata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chiamata").field("metodo", &self.metodo).field("indirizzo", &self.indirizzo).finish_non_exhaustive()
    }
}

/// What came back, whatever the status: a refusal of the other side is an answer, not an error of the call. `Debug` shows the status alone.
#[derive(Clone)]
pub struct Risposta {
    pub stato: u16,
    pub intestazioni: HeaderMap,
    /// At most [`CORPO_BYTE_MAX`].
    pub corpo: Bytes,
}

impl fmt::Debug for Risposta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Risposta").field("stato", &self.stato).field("byte", &self.corpo.len()).finish_non_exhaustive()
    }
}

/// Cheap to clone: the clones share the pool of connections. Redirects are never followed, so that credentials and personal data go only where
/// the configuration says.
#[derive(Clone, Debug)]
pub struct Cliente {
    http: reqwest::Client,
}

impl Cliente {
    /// # Errors
    /// When the operating system has no certification authorities to trust.
    pub fn nuovo(tempi: Tempi) -> Result<Self, ErroreCliente> {
        // An error says that the process already has a provider, which is then the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(tempi.connessione)
            .read_timeout(tempi.lettura)
            .timeout(tempi.connessione.saturating_add(tempi.lettura))
            .pool_max_idle_per_host(INATTIVE_PER_SERVER_MAX)
            .pool_idle_timeout(INATTIVITA_MAX)
            .build()
            .map_err(|e| ErroreCliente { motivo: motivo(&e) })?;
        Ok(Self { http })
    }

    /// Sends and reads the whole answer, of any status.
    ///
    /// # Errors
    /// When there is no answer in time, or it is longer than [`CORPO_BYTE_MAX`].
    pub async fn esegui(&self, chiamata: Chiamata) -> Result<Risposta, ErroreChiamata> {
        let indirizzo = chiamata.indirizzo.clone();
        let mut risposta = self.spedisci(chiamata).await?;
        let troppo = || ErroreChiamata::CorpoTroppoGrande { server: indirizzo.server() };
        if risposta.content_length().is_some_and(|n| n > CORPO_BYTE_MAX as u64) {
            return Err(troppo());
        }
        let mut corpo = BytesMut::new();
        while let Some(pezzo) = risposta.chunk().await.map_err(|e| ErroreChiamata::da(&indirizzo, e))? {
            if corpo.len() + pezzo.len() > CORPO_BYTE_MAX {
                return Err(troppo());
            }
            corpo.extend_from_slice(&pezzo);
        }
        Ok(Risposta { stato: risposta.status().as_u16(), intestazioni: std::mem::take(risposta.headers_mut()), corpo: corpo.freeze() })
    }

    /// Sends and reads the status: for who does not look at the body, which then cannot turn an answer into an error. A body of reasonable
    /// length is drained, so that its connection can be used again.
    ///
    /// # Errors
    /// When there is no answer in time.
    pub async fn stato(&self, chiamata: Chiamata) -> Result<u16, ErroreChiamata> {
        let mut risposta = self.spedisci(chiamata).await?;
        let mut letti = 0;
        while letti <= CORPO_BYTE_MAX
            && let Ok(Some(pezzo)) = risposta.chunk().await
        {
            letti += pezzo.len();
        }
        Ok(risposta.status().as_u16())
    }

    async fn spedisci(&self, chiamata: Chiamata) -> Result<reqwest::Response, ErroreChiamata> {
        let Chiamata { metodo, indirizzo, intestazioni, corpo, autenticazione } = chiamata;
        let mut richiesta = self.http.request(metodo, indirizzo.url().clone());
        for (nome, valore) in intestazioni {
            richiesta = richiesta.header(nome, valore);
        }
        if let Some(corpo) = corpo {
            richiesta = richiesta.body(corpo);
        }
        let autenticata = autenticazione.applica(richiesta);
        let richiesta = autenticata.map_err(|motivo| ErroreChiamata::Altro { server: indirizzo.server(), motivo: motivo.to_owned() })?;
        richiesta.send().await.map_err(|e| ErroreChiamata::da(&indirizzo, e))
    }
}
