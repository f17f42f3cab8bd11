//! The door: accepts connections, plain or TLS, and closes without cutting anybody off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use api::CertificatoClient;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// Connections open at a time on one door: beyond it the others wait in the queue of the system. Each costs about 20 kB.
const CONNESSIONI_MAX: usize = 4_096;
/// A TLS handshake, or the headers of a request, that take longer are not a client in good faith.
const ATTESA_HANDSHAKE: Duration = Duration::from_secs(10);
const ATTESA_HEADER: Duration = Duration::from_secs(30);
/// After an accept that failed, usually for want of descriptors.
const DOPO_UN_ERRORE: Duration = Duration::from_millis(100);

pub async fn apri(indirizzo: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(indirizzo).await.with_context(|| format!("ascolto su {indirizzo}"))
}

/// Serves until `fermata`, then lets the requests in progress end, for at most `attesa`. Returns how many connections had to be cut.
pub async fn servi(ascolto: TcpListener, tls: Option<TlsAcceptor>, rotte: axum::Router, fermata: CancellationToken, attesa: Duration) -> usize {
    let posti = Arc::new(Semaphore::new(CONNESSIONI_MAX));
    let connessioni = TaskTracker::new();
    let taglio = CancellationToken::new();
    loop {
        let accettata = tokio::select! {
            () = fermata.cancelled() => break,
            accettata = accetta(&ascolto, &posti) => accettata,
        };
        let Some((posto, flusso, da)) = accettata else { continue };
        let (tls, rotte, fermata, taglio) = (tls.clone(), rotte.clone(), fermata.clone(), taglio.clone());
        connessioni.spawn(async move {
            let _posto = posto;
            tokio::select! {
                () = taglio.cancelled() => {}
                () = connessione(flusso, da, tls, rotte, fermata) => {}
            }
        });
    }
    drop(ascolto);
    connessioni.close();
    if tokio::time::timeout(attesa, connessioni.wait()).await.is_ok() {
        return 0;
    }
    let tagliate = connessioni.len();
    taglio.cancel();
    connessioni.wait().await;
    tagliate
}

async fn accetta(ascolto: &TcpListener, posti: &Arc<Semaphore>) -> Option<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let posto = Arc::clone(posti).acquire_owned().await.ok()?;
    match ascolto.accept().await {
        Ok((flusso, da)) => {
            let _ = flusso.set_nodelay(true);
            Some((posto, flusso, da))
        }
        Err(errore) => {
            tracing::warn!(errore = %errore, "connessione non accettata");
            tokio::time::sleep(DOPO_UN_ERRORE).await;
            None
        }
    }
}

async fn connessione(flusso: TcpStream, da: SocketAddr, tls: Option<TlsAcceptor>, rotte: axum::Router, fermata: CancellationToken) {
    let Some(tls) = tls else { return parla(flusso, da, None, rotte, fermata).await };
    match tokio::time::timeout(ATTESA_HANDSHAKE, tls.accept(flusso)).await {
        Ok(Ok(cifrato)) => {
            let presentato = cifrato.get_ref().1.peer_certificates().and_then(|c| c.first()).and_then(crate::tls::soggetto);
            parla(cifrato, da, presentato, rotte, fermata).await;
        }
        Ok(Err(errore)) => tracing::info!(errore = %errore, "handshake TLS fallito"),
        Err(_) => tracing::info!("handshake TLS troppo lungo"),
    }
}

async fn parla<F>(flusso: F, da: SocketAddr, presentato: Option<CertificatoClient>, rotte: axum::Router, fermata: CancellationToken)
where
    F: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let servizio = service_fn(move |mut richiesta: Request<Incoming>| {
        richiesta.extensions_mut().insert(ConnectInfo(da));
        if let Some(presentato) = &presentato {
            richiesta.extensions_mut().insert(presentato.clone());
        }
        let rotte = rotte.clone();
        async move { Ok::<_, Infallible>(rotte.oneshot(richiesta.map(Body::new)).await.unwrap_or_else(|mai| match mai {})) }
    });
    let mut costruttore = auto::Builder::new(TokioExecutor::new());
    costruttore.http1().timer(TokioTimer::new()).header_read_timeout(ATTESA_HEADER);
    costruttore.http2().timer(TokioTimer::new()).keep_alive_interval(ATTESA_HEADER).keep_alive_timeout(ATTESA_HANDSHAKE);
    let conversazione = costruttore.serve_connection(TokioIo::new(flusso), servizio);
    tokio::pin!(conversazione);
    let esito = tokio::select! {
        esito = conversazione.as_mut() => esito,
        () = fermata.cancelled() => {
            conversazione.as_mut().graceful_shutdown();
            conversazione.await
        }
    };
    if let Err(errore) = esito {
        tracing::debug!(errore = %errore, "connessione chiusa male");
    }
}
