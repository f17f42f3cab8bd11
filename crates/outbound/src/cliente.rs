use std::fmt;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::certificati::Clienti;
use crate::errore::motivo;
use crate::token::Tokens;
use crate::{Autenticazione, ErroreChiamata, ErroreCliente, Indirizzo, Metodo, osserva};

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

impl Tempi {
    fn insieme(self) -> Duration {
        self.connessione.saturating_add(self.lettura)
    }
}

/// One request. `Debug` shows method and server alone.
#[derive(Clone)]
pub struct Chiamata {
    pub metodo: Metodo,
    pub indirizzo: Indirizzo,
    pub intestazioni: Vec<(HeaderName, HeaderValue)>,
    pub corpo: Option<Bytes>,
    pub autenticazione: Autenticazione,
    /// The whole call, answer and token included, ends within this, if it is shorter than the [`Tempi`] of the client together.
    pub entro: Option<Duration>,
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

/// The builder of every client that we make.
pub(crate) fn costruttore(tempi: Tempi) -> reqwest::ClientBuilder {
    // An error says that the process already has a provider, which is then the one to use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(tempi.connessione)
        .read_timeout(tempi.lettura)
        .timeout(tempi.insieme())
        .pool_max_idle_per_host(INATTIVE_PER_SERVER_MAX)
        .pool_idle_timeout(INATTIVITA_MAX)
}

/// Cheap to clone: the clones share connections, tokens and certificates. Redirects are never followed, so that credentials and personal data go
/// only where the configuration says.
///
/// A call takes seconds when the other side is slow: no transaction of a database may be open across it.
#[derive(Clone)]
pub struct Cliente {
    http: reqwest::Client,
    tempi: Tempi,
    con_certificati: Clienti,
    tokens: Tokens,
}

impl fmt::Debug for Cliente {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cliente").field("tempi", &self.tempi).finish_non_exhaustive()
    }
}

impl Cliente {
    /// # Errors
    /// When the operating system has no certification authorities to trust.
    pub fn nuovo(tempi: Tempi) -> Result<Self, ErroreCliente> {
        let http = costruttore(tempi).build().map_err(|e| ErroreCliente { motivo: motivo(&e) })?;
        Ok(Self { http, tempi, con_certificati: Clienti::default(), tokens: Tokens::default() })
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
        let risposta = Risposta { stato: risposta.status().as_u16(), intestazioni: std::mem::take(risposta.headers_mut()), corpo: corpo.freeze() };
        osserva::tornata(risposta.stato, &risposta.intestazioni, Some(&risposta.corpo));
        Ok(risposta)
    }

    /// Sends and writes the answer to `fuori` as it comes, whatever its status: for what is too long to be held. Gives status and length.
    ///
    /// # Errors
    /// When there is no answer in time, it is longer than `byte_max`, or `fuori` does not take it.
    pub async fn scarica(&self, chiamata: Chiamata, fuori: &mut (impl AsyncWrite + Unpin), byte_max: u64) -> Result<(u16, u64), ErroreChiamata> {
        let indirizzo = chiamata.indirizzo.clone();
        let mut risposta = self.spedisci(chiamata).await?;
        let mut letti = 0_u64;
        let non_scritta = |e: std::io::Error| ErroreChiamata::Altro { server: indirizzo.server(), motivo: format!("la risposta non si puo' tenere: {e}") };
        while let Some(pezzo) = risposta.chunk().await.map_err(|e| ErroreChiamata::da(&indirizzo, e))? {
            letti += pezzo.len() as u64;
            if letti > byte_max {
                return Err(ErroreChiamata::Altro { server: indirizzo.server(), motivo: format!("la risposta supera {byte_max} byte") });
            }
            fuori.write_all(&pezzo).await.map_err(non_scritta)?;
        }
        fuori.flush().await.map_err(non_scritta)?;
        Ok((risposta.status().as_u16(), letti))
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
        osserva::partita(&chiamata);
        let risposta = self.spedisci_con_credenziali(chiamata).await?;
        osserva::tornata(risposta.status().as_u16(), risposta.headers(), None);
        Ok(risposta)
    }

    /// Sends with the authentication of the call. A token that is refused (401) is replaced once, unless it was asked for just now.
    async fn spedisci_con_credenziali(&self, chiamata: Chiamata) -> Result<reqwest::Response, ErroreChiamata> {
        let insieme = self.tempi.insieme();
        let scadenza = Instant::now() + chiamata.entro.map_or(insieme, |entro| entro.min(insieme));
        let credenziali = match &chiamata.autenticazione {
            Autenticazione::OAuth2(credenziali) => credenziali,
            Autenticazione::Certificati(certificati) => {
                let letti = tokio::time::timeout_at(scadenza.into(), self.con_certificati.per(certificati, self.tempi)).await;
                let http = letti.map_err(|_| ErroreChiamata::Certificati { motivo: "la lettura non e' finita in tempo".to_owned() })??;
                return invia(&http, &chiamata, None, scadenza).await;
            }
            _ => return invia(&self.http, &chiamata, None, scadenza).await,
        };
        let primo = self.tokens.prendi(&self.http, credenziali, None, scadenza).await?;
        let risposta = invia(&self.http, &chiamata, Some(&primo.token.intestazione), scadenza).await?;
        if risposta.status() != StatusCode::UNAUTHORIZED || primo.appena_chiesto {
            return Ok(risposta);
        }
        let altro = self.tokens.prendi(&self.http, credenziali, Some(&primo.token), scadenza).await?;
        invia(&self.http, &chiamata, Some(&altro.token.intestazione), scadenza).await
    }
}

async fn invia(http: &reqwest::Client, chiamata: &Chiamata, token: Option<&HeaderValue>, scadenza: Instant) -> Result<reqwest::Response, ErroreChiamata> {
    let Chiamata { metodo, indirizzo, intestazioni, corpo, autenticazione, entro: _ } = chiamata;
    let mut richiesta = http.request(metodo.clone(), indirizzo.url().clone()).timeout(scadenza.saturating_duration_since(Instant::now()));
    for (nome, valore) in intestazioni {
        richiesta = richiesta.header(nome, valore);
    }
    if let Some(token) = token {
        richiesta = richiesta.header(AUTHORIZATION, token);
    }
    if let Some(corpo) = corpo {
        richiesta = richiesta.body(corpo.clone());
    }
    let richiesta = autenticazione.applica(richiesta).map_err(|motivo| ErroreChiamata::CredenzialiNonValide { motivo: motivo.to_owned() })?;
    richiesta.send().await.map_err(|e| ErroreChiamata::da(indirizzo, e))
}
