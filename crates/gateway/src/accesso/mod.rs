//! Who is calling.
//!
//! The doors read what a caller presents; here it becomes a [`Chiamante`], or nobody.
//!
//! - [`password`]: which hashes are believed, and what remembers a verified one for a minute;
//! - [`blocco`]: ten wrong passwords close the door, for that name and from that address;
//! - [`soggetti`]: logins by the subject of a certificate;
//! - [`sessione`]: logins that a browser keeps;
//! - [`oauth2`]: tokens of somebody else;
//! - [`iscrizione`]: logins that register themselves;
//! - [`captcha`]: persons and programs.

pub mod blocco;
pub mod captcha;
pub mod iscrizione;
pub mod oauth2;
pub mod password;
pub mod sessione;
pub mod soggetti;

use std::net::IpAddr;
use std::sync::Arc;

use chrono::Duration;
use domain::amministrazione::Decisione;
use domain::anagrafica::{Scrittura, Utenza};
use domain::chiamante::{Chi, Chiamante};

use crate::{Errore, Gateway};

pub use password::{Credenziali, MEMORIA_CREDENZIALE, hash_password, password_giusta};

/// How a name and a password were taken.
#[derive(Debug)]
pub enum EsitoAccesso {
    /// Disabled logins included: what they may do is asked later.
    Riconosciuto(Chiamante),
    /// No such name, no password on it, or another one: the caller is not told which.
    Sconosciuto,
    /// Too many failures for this name from this address, whether it exists or not.
    Bloccato { attesa: Duration },
}

impl Gateway {
    /// The login of these credentials. `da`: the address of the caller, as far as it can be known. A name that the snapshot does not know is
    /// looked for once more in the database. A credential that was verified in the last minute costs no query.
    pub async fn autentica(&self, principal: &str, password: &str, da: Option<IpAddr>) -> Result<EsitoAccesso, Errore> {
        let trovata = self.per_principal(principal).await?;
        let hash = trovata.as_ref().and_then(|c| c.utenza.password_hash.clone());
        match self.verifica_password(principal, password, hash.as_deref(), da).await? {
            password::Esito::Giusta { da_rinnovare } => {
                if da_rinnovare {
                    self.rinnova_hash(principal, password, hash.as_deref()).await;
                }
                Ok(trovata.map_or(EsitoAccesso::Sconosciuto, EsitoAccesso::Riconosciuto))
            }
            password::Esito::Sbagliata => Ok(EsitoAccesso::Sconosciuto),
            password::Esito::Bloccata { attesa } => Ok(EsitoAccesso::Bloccato { attesa }),
        }
    }

    /// Credentials of a user that lives in the configuration file.
    pub async fn credenziale_valida(&self, principal: &str, password: &str, hash: Option<&str>) -> bool {
        self.credenziali.verifica(principal, password, hash, self.adesso()).await
    }

    /// The login with this name, looked for once more in the database when the snapshot does not know it.
    pub async fn per_principal(&self, principal: &str) -> Result<Option<Chiamante>, Errore> {
        let trovata = self.chiamante(principal);
        if trovata.is_none() && self.istantanea.rinfresca(&self.store).await? {
            return Ok(self.chiamante(principal));
        }
        Ok(trovata)
    }

    fn chiamante(&self, principal: &str) -> Option<Chiamante> {
        let a = self.istantanea.attuale();
        let utenza = Arc::clone(a.utenze.get(principal)?);
        let chi = match (a.applicazione_di(principal), a.operatori.get(principal)) {
            (Some(applicazione), _) => Chi::Applicazione(Arc::clone(applicazione)),
            (None, Some(operatore)) => Chi::Operatore(Arc::clone(operatore)),
            (None, None) => return None,
        };
        let ruoli = a.ruoli_di(&utenza);
        Some(Chiamante::nuovo(utenza, chi, ruoli))
    }

    /// The hash of a password that is to be set, made off the async threads, in turn with those of logins. Never while the anagrafica is locked.
    pub async fn nuova_password(&self, password: &str) -> Result<String, Errore> {
        let _turno = self.credenziali.turni.acquire().await;
        let password = password.to_owned();
        let fatto = tokio::task::spawn_blocking(move || hash_password(&password)).await;
        fatto.map_err(|e| Errore::Configurazione(format!("hash della password: {e}")))?
    }

    /// A password kept as in the years before is kept as today from its next use on. What goes wrong here does not concern who is logging in.
    async fn rinnova_hash(&self, principal: &str, password: &str, vecchio: Option<&str>) {
        let Ok(nuovo) = self.nuova_password(password).await else { return };
        let esito = self
            .amministra(&[], |anagrafica| {
                // Somebody may have set another password meanwhile.
                let utenza = anagrafica.utenze.get(principal).filter(|u| u.password_hash.as_deref() == vecchio);
                let rinnovata = |u: &Arc<Utenza>| Scrittura::Utenza(Utenza { password_hash: Some(nuovo), ..(**u).clone() });
                Ok(Decisione { scritture: utenza.map(rinnovata).into_iter().collect(), esito: () })
            })
            .await;
        match esito {
            Ok(()) => tracing::info!("hash di una password rinnovato"),
            Err(errore) => tracing::warn!(errore = %errore, "hash di una password non rinnovato: si riprovera' al prossimo accesso"),
        }
    }
}
