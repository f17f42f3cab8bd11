//! HTTPS: the certificate of the server, and those of the clients when a CA is configured.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use api::CertificatoClient;
use chrono::{DateTime, Utc};
use rustls::RootCertStore;
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::configurazione::Tls;

/// `None` without a certificate: plain HTTP.
pub fn accettatore(tls: &Tls) -> anyhow::Result<Option<TlsAcceptor>> {
    let (Some(certificato), Some(chiave)) = (&tls.certificato, &tls.chiave) else { return Ok(None) };
    let catena = certificati(certificato)?;
    let privata = PrivateKeyDer::from_pem_file(chiave).with_context(|| format!("chiave privata {}", chiave.display()))?;
    let costruttore = ServerConfig::builder();
    let costruttore = match &tls.ca_client {
        None => costruttore.with_no_client_auth(),
        Some(file) => {
            let mut radici = RootCertStore::empty();
            for ca in certificati(file)? {
                radici.add(ca).with_context(|| format!("autorita' di {}", file.display()))?;
            }
            // Who presents none may still be an application with a password: what a route wants is asked later.
            let verifica = WebPkiClientVerifier::builder(Arc::new(radici)).allow_unauthenticated().build();
            costruttore.with_client_cert_verifier(verifica.with_context(|| format!("autorita' di {}", file.display()))?)
        }
    };
    let mut config = costruttore.with_single_cert(catena, privata).with_context(|| format!("certificato {}", certificato.display()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

fn certificati(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let contesto = || format!("certificato {}", file.display());
    let letti: Vec<_> = CertificateDer::pem_file_iter(file).with_context(contesto)?.collect::<Result<_, _>>().with_context(contesto)?;
    anyhow::ensure!(!letti.is_empty(), "{}: il file non ha certificati PEM", contesto());
    Ok(letti)
}

/// When the server certificate of a file ends: the first of a chain that expires.
pub fn scadenza(file: &Path) -> anyhow::Result<DateTime<Utc>> {
    let mut prima = None;
    for der in certificati(file)? {
        let (_, certificato) = X509Certificate::from_der(&der).with_context(|| format!("certificato {}", file.display()))?;
        let fine = DateTime::from_timestamp(certificato.validity().not_after.timestamp(), 0).context("scadenza fuori dal calendario")?;
        prima = Some(prima.map_or(fine, |p: DateTime<Utc>| p.min(fine)));
    }
    prima.context("nessun certificato")
}

/// The subject of a peer that the handshake has verified. `None` when it cannot be read: it then counts as not presented.
pub fn soggetto(der: &CertificateDer<'_>) -> Option<CertificatoClient> {
    let (_, certificato) = X509Certificate::from_der(der).ok()?;
    let mut rdn = Vec::new();
    for attributo in certificato.subject().iter_attributes() {
        let tipo = attributo.attr_type();
        let nome = oid2abbrev(tipo, oid_registry()).map_or_else(|_| tipo.to_id_string(), str::to_owned);
        rdn.push((nome, attributo.as_str().ok()?.to_owned()));
    }
    Some(CertificatoClient(rdn))
}
