//! Archives of keys and of trusted certificates, read from disk: PEM, and PKCS#12 whatever the configuration calls it.
//!
//! The format is told by the content, not by the name: `keytool` has written PKCS#12 for years under the name JKS.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::time::SystemTime;

use p12_keystore::{CertificateBag, Pkcs12Archive, PrivateKeyBag};
use rustls::RootCertStore;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Bytes of an archive: the authorities of a whole operating system are a quarter of it.
pub const ARCHIVIO_BYTE_MAX: u64 = 1024 * 1024;

const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const JCEKS: [u8; 4] = [0xce, 0xce, 0xce, 0xce];
const DA_CONVERTIRE: &str = "e' in formato JKS, che non si legge: va convertito in PKCS#12 con «keytool -importkeystore -srckeystore VECCHIO -destkeystore \
                             NUOVO -deststoretype pkcs12»";

/// Where an archive is, and the password that opens it (PEM has none, and ignores it).
#[derive(Clone, PartialEq, Eq)]
pub struct Archivio {
    pub percorso: PathBuf,
    pub password: String,
}

/// Instant of the last change and length: another pair is another file.
pub(crate) type Versione = (SystemTime, u64);

pub(crate) type Identita = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Archivio {
    pub(crate) fn versione(&self) -> Result<Versione, String> {
        let dati = fs::metadata(&self.percorso).map_err(|e| format!("non e' leggibile ({})", e.kind()))?;
        if !dati.is_file() {
            return Err("non e' un file".to_owned());
        }
        let cambiato = dati.modified().map_err(|e| format!("non dice quando e' cambiato ({})", e.kind()))?;
        Ok((cambiato, dati.len()))
    }

    fn byte(&self) -> Result<Vec<u8>, String> {
        self.versione()?;
        let mut byte = Vec::new();
        let file = File::open(&self.percorso).map_err(|e| format!("non e' leggibile ({})", e.kind()))?;
        file.take(ARCHIVIO_BYTE_MAX + 1).read_to_end(&mut byte).map_err(|e| format!("non e' leggibile ({})", e.kind()))?;
        if byte.len() as u64 > ARCHIVIO_BYTE_MAX {
            return Err(format!("supera {ARCHIVIO_BYTE_MAX} byte"));
        }
        Ok(byte)
    }

    /// Our certificate first, then those that lead from it to an authority, and the key.
    pub(crate) fn identita(&self) -> Result<Identita, String> {
        match contenuto(&self.byte()?, &self.password)? {
            Contenuto::Pem(byte) => {
                let certificati = certificati_pem(&byte)?;
                let chiave = PrivateKeyDer::from_pem_slice(&byte).map_err(|_| "non ha una chiave privata in chiaro".to_owned())?;
                if certificati.is_empty() { Err("non ha certificati".to_owned()) } else { Ok((certificati, chiave)) }
            }
            Contenuto::Pkcs12(archivio) => identita_pkcs12(*archivio),
        }
    }

    /// Every certificate of the archive is one to trust.
    pub(crate) fn fiducia(&self) -> Result<RootCertStore, String> {
        let certificati = match contenuto(&self.byte()?, &self.password)? {
            Contenuto::Pem(byte) => certificati_pem(&byte)?,
            Contenuto::Pkcs12(archivio) => archivio.certs.iter().map(der).collect(),
        };
        let mut fidati = RootCertStore::empty();
        for certificato in certificati {
            fidati.add(certificato).map_err(|e| format!("ha un certificato che non si puo' usare ({e})"))?;
        }
        if fidati.is_empty() { Err("non ha certificati".to_owned()) } else { Ok(fidati) }
    }
}

enum Contenuto {
    Pem(Vec<u8>),
    Pkcs12(Box<Pkcs12Archive>),
}

fn contenuto(byte: &[u8], password: &str) -> Result<Contenuto, String> {
    if byte.starts_with(&JKS) || byte.starts_with(&JCEKS) {
        return Err(DA_CONVERTIRE.to_owned());
    }
    if byte.windows(11).any(|w| w == b"-----BEGIN ") {
        return Ok(Contenuto::Pem(byte.to_vec()));
    }
    if byte.first() != Some(&0x30) {
        return Err("non e' ne' PEM ne' PKCS#12".to_owned());
    }
    let archivio =
        Pkcs12Archive::from_pkcs12(byte, password).map_err(|_| "non si apre: la password e' errata, o il file non e' un PKCS#12 integro".to_owned())?;
    Ok(Contenuto::Pkcs12(Box::new(archivio)))
}

fn certificati_pem(byte: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    CertificateDer::pem_slice_iter(byte).collect::<Result<_, _>>().map_err(|_| "ha un certificato PEM che non si legge".to_owned())
}

fn der(certificato: &CertificateBag) -> CertificateDer<'static> {
    CertificateDer::from(certificato.cert.as_der().to_vec())
}

/// The first key that has a certificate. Which one is its own is told by the local key id; where there is none, it is the first certificate.
fn identita_pkcs12(archivio: Pkcs12Archive) -> Result<Identita, String> {
    let propria = |chiave: &PrivateKeyBag| {
        let id = chiave.local_key_id.as_ref()?;
        archivio.certs.iter().position(|c| c.local_key_id.as_deref() == Some(id.as_ref()))
    };
    let Some(chiave) = archivio.keys.iter().find(|k| propria(k).is_some()).or_else(|| archivio.keys.first()) else {
        return Err("non ha una chiave privata".to_owned());
    };
    let Some(prima) = propria(chiave).or_else(|| (!archivio.certs.is_empty()).then_some(0)) else {
        return Err("non ha il certificato della chiave".to_owned());
    };
    let certificati = catena(&archivio.certs, prima).into_iter().map(|i| der(&archivio.certs[i])).collect();
    Ok((certificati, PrivatePkcs8KeyDer::from(chiave.key.as_der().to_vec()).into()))
}

/// Positions from a certificate up to the last issuer that is here, each once.
fn catena(certificati: &[CertificateBag], prima: usize) -> Vec<usize> {
    let mut posizioni = vec![prima];
    let mut ultima = prima;
    while let Some(sopra) = certificati.iter().position(|c| c.cert.subject() == certificati[ultima].cert.issuer()) {
        if posizioni.contains(&sopra) {
            break;
        }
        posizioni.push(sopra);
        ultima = sopra;
    }
    posizioni
}
