use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_pki_types::PrivateKeyDer;

use crate::archivio::{Archivio, Versione};
use crate::cliente::costruttore;
use crate::errore::motivo;
use crate::impronta::{Impronta, impronta};
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
#[derive(Clone, Default)]
pub(crate) struct Clienti {
    posti: Arc<Mutex<Posti>>,
}

#[derive(Default)]
struct Posti {
    per_impronta: HashMap<Impronta, Posto>,
    turno: u64,
}

struct Posto {
    http: reqwest::Client,
    versioni: Versioni,
    uso: u64,
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
        if let Some(http) = self.posti().trova(&impronta, versioni) {
            return Ok(http);
        }
        let http = certificati.client(tempi)?;
        self.posti().metti(impronta, http.clone(), versioni);
        Ok(http)
    }

    fn posti(&self) -> std::sync::MutexGuard<'_, Posti> {
        // What is inside is whole at every moment: a panic elsewhere does not spoil it.
        self.posti.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Posti {
    fn trova(&mut self, impronta: &Impronta, versioni: Versioni) -> Option<reqwest::Client> {
        self.turno += 1;
        let posto = self.per_impronta.get_mut(impronta).filter(|p| p.versioni == versioni)?;
        posto.uso = self.turno;
        Some(posto.http.clone())
    }

    fn metti(&mut self, impronta: Impronta, http: reqwest::Client, versioni: Versioni) {
        if !self.per_impronta.contains_key(&impronta)
            && self.per_impronta.len() >= CLIENTI_MAX
            && let Some(vecchio) = self.per_impronta.iter().min_by_key(|(_, p)| p.uso).map(|(i, _)| *i)
        {
            self.per_impronta.remove(&vecchio);
        }
        self.per_impronta.insert(impronta, Posto { http, versioni, uso: self.turno });
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const VERSIONI: Versioni = (None, (SystemTime::UNIX_EPOCH, 7));

    #[test]
    fn si_dimentica_il_cliente_che_non_si_usa_da_piu_tempo() {
        let mut posti = Posti::default();
        let _ = ring::default_provider().install_default();
        let http = reqwest::Client::new();
        let nome = |i: usize| impronta([i.to_string().as_bytes()]);
        for i in 0..CLIENTI_MAX {
            assert!(posti.trova(&nome(i), VERSIONI).is_none());
            posti.metti(nome(i), http.clone(), VERSIONI);
        }
        assert!(posti.trova(&nome(0), VERSIONI).is_some(), "il primo e' appena stato usato");
        posti.metti(nome(CLIENTI_MAX), http, VERSIONI);
        assert_eq!(posti.per_impronta.len(), CLIENTI_MAX);
        assert!(posti.trova(&nome(0), VERSIONI).is_some() && posti.trova(&nome(1), VERSIONI).is_none());
        assert!(posti.trova(&nome(0), (None, (SystemTime::UNIX_EPOCH, 8))).is_none(), "un file cambiato si rilegge");
    }

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
