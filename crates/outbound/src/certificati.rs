use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_pki_types::PrivateKeyDer;

use crate::archivio::{Archivio, Versione};
use crate::cliente::costruttore;
use crate::errore::motivo;
use crate::memoria::{Impronta, Memoria, impronta};
use crate::{ErroreChiamata, Tempi, chiave_ec};

/// Clients with certificates that are kept: as many as the connettori of a large intermediario. Past them the one unused for longest is forgotten, which
/// costs its next call a reading of its files.
pub const CLIENTI_MAX: usize = 64;

/// What a TLS connection is made with. TLS is 1.2 or 1.3, whatever name an older configuration gives it. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificati {
    /// Our key and its certificate. `None` when we only choose whom to trust.
    pub chiavi: Option<Archivio>,
    /// The authorities to trust, in place of those of the operating system.
    pub fiducia: Archivio,
}

impl fmt::Debug for Certificati {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Certificati(***)")
    }
}

type Versioni = (Option<Versione>, Versione);

impl Certificati {
    fn impronta(&self) -> Impronta {
        let parti = |a: &Archivio| [a.percorso.as_os_str().as_encoded_bytes().to_vec(), a.password.as_bytes().to_vec()];
        let parti: Vec<_> = parti(&self.fiducia).into_iter().chain(self.chiavi.iter().flat_map(parti)).collect();
        impronta(parti.iter().map(Vec::as_slice))
    }

    fn versioni(&self) -> Result<Versioni, String> {
        let chiavi = self.chiavi.as_ref().map(Archivio::versione).transpose();
        Ok((chiavi.map_err(delle_chiavi)?, self.fiducia.versione().map_err(della_fiducia)?))
    }

    fn client(&self, tempi: Tempi) -> Result<reqwest::Client, String> {
        costruttore(tempi).tls_backend_preconfigured(self.tls()?).build().map_err(|e| motivo(&e))
    }

    fn tls(&self) -> Result<ClientConfig, String> {
        let versioni = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
        let fidati = versioni.map_err(|e| e.to_string())?.with_root_certificates(self.fiducia.fiducia().map_err(della_fiducia)?);
        let Some(chiavi) = &self.chiavi else { return Ok(fidati.with_no_client_auth()) };
        let (certificati, chiave) = chiavi.identita().map_err(delle_chiavi)?;
        let usabile = |chiave: &PrivateKeyDer<'_>| ring::sign::any_supported_type(chiave).is_ok();
        let chiave = match &chiave {
            PrivateKeyDer::Pkcs8(corta) if !usabile(&chiave) => chiave_ec::completa(corta.secret_pkcs8_der(), &certificati[0]).map_or(chiave, Into::into),
            _ => chiave,
        };
        fidati.with_client_auth_cert(certificati, chiave).map_err(|e| delle_chiavi(format!("ha una chiave che non si puo' usare ({e})")))
    }
}

fn delle_chiavi(motivo: String) -> String {
    format!("l'archivio delle chiavi {motivo}")
}

fn della_fiducia(motivo: String) -> String {
    format!("l'archivio dei certificati fidati {motivo}")
}

/// The clients with certificates, one for each configuration. Files are read again when they change, so that a renewed certificate needs no restart.
#[derive(Clone)]
pub(crate) struct Clienti {
    letti: Arc<Mutex<Memoria<(reqwest::Client, Versioni)>>>,
}

impl Default for Clienti {
    fn default() -> Self {
        Self { letti: Arc::new(Mutex::new(Memoria::nuova(CLIENTI_MAX))) }
    }
}

impl Clienti {
    /// # Errors
    /// [`ErroreChiamata::Certificati`], when the files cannot be used.
    pub(crate) async fn per(&self, certificati: &Certificati, tempi: Tempi) -> Result<reqwest::Client, ErroreChiamata> {
        let (clienti, certificati) = (self.clone(), certificati.clone());
        // Files, and the slow key derivation of PKCS#12, stay off the threads of the calls.
        let esito = tokio::task::spawn_blocking(move || clienti.prendi(&certificati, tempi)).await;
        let esito = esito.unwrap_or_else(|_| Err("la lettura si e' interrotta".to_owned()));
        esito.map_err(|motivo| ErroreChiamata::Certificati { motivo })
    }

    fn prendi(&self, certificati: &Certificati, tempi: Tempi) -> Result<reqwest::Client, String> {
        let (impronta, versioni) = (certificati.impronta(), certificati.versioni()?);
        let letto = self.letti().trova(&impronta);
        if let Some((http, _)) = letto.filter(|(_, lette)| *lette == versioni) {
            return Ok(http);
        }
        let http = certificati.client(tempi)?;
        self.letti().metti(impronta, (http.clone(), versioni));
        Ok(http)
    }

    fn letti(&self) -> MutexGuard<'_, Memoria<(reqwest::Client, Versioni)>> {
        // What is inside is whole at every moment: a panic elsewhere does not spoil it.
        self.letti.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_configurazioni_diverse_hanno_impronte_diverse() {
        let archivio = |percorso: &str, password: &str| Archivio { percorso: percorso.into(), password: password.to_owned() };
        let casi = [
            (None, archivio("a", "bc")),
            (None, archivio("ab", "c")),
            (Some(archivio("a", "bc")), archivio("a", "bc")),
            (Some(archivio("", "")), archivio("a", "bc")),
            (Some(archivio("a", "bc")), archivio("d", "e")),
            (Some(archivio("d", "e")), archivio("a", "bc")),
        ];
        let impronte: Vec<_> = casi.into_iter().map(|(chiavi, fiducia)| Certificati { chiavi, fiducia }.impronta()).collect();
        for (i, una) in impronte.iter().enumerate() {
            assert!(!impronte[..i].contains(una), "il caso {i} si confonde con un altro");
        }
    }
}
