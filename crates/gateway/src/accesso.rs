//! Who is calling, by name and password.
//!
//! Argon2 is slow on purpose. A credential that was verified is remembered for a minute by a keyed hash of name, password and stored hash:
//! a password that changes is forgotten at once, and memory holds nothing that can be turned back (design/RISKS).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use chrono::{DateTime, Duration, Utc};
use domain::chiamante::{Chi, Chiamante};
use tokio::sync::Semaphore;

use crate::{Errore, Gateway};

/// How long a verified credential is believed.
pub const MEMORIA_CREDENZIALE: Duration = Duration::seconds(60);
/// Credentials remembered at a time; beyond it the memory starts anew.
const CREDENZIALI_MAX: usize = 10_000;
/// Hashes computed side by side: each takes 19 MB and a core for tens of milliseconds, and a crowd at the door must not take them all.
const HASH_INSIEME: usize = 2;
/// Longer passwords are refused unread: nobody has one, and hashing them is work for free.
const BYTE_PASSWORD_MAX: usize = 1_024;

/// The credentials verified in the last minute.
pub struct Credenziali {
    chiave: [u8; 32],
    verificate: Mutex<HashMap<[u8; 32], DateTime<Utc>>>,
    turni: Semaphore,
}

impl Credenziali {
    pub(crate) fn nuove() -> Self {
        let mut chiave = [0; 32];
        chiave[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        chiave[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        Self { chiave, verificate: Mutex::new(HashMap::new()), turni: Semaphore::new(HASH_INSIEME) }
    }

    /// True when `password` is the one of `hash` (Argon2, PHC string). Runs off the async threads when it must compute.
    pub async fn verifica(&self, principal: &str, password: &str, hash: &str, adesso: DateTime<Utc>) -> bool {
        if password.len() > BYTE_PASSWORD_MAX {
            return false;
        }
        let impronta = self.impronta(principal, password, hash);
        if self.ricordata(&impronta, adesso) {
            return true;
        }
        let _turno = self.turni.acquire().await;
        // Whoever stood before us in the queue may have had the same credential.
        if self.ricordata(&impronta, adesso) {
            return true;
        }
        let (password, hash) = (password.to_owned(), hash.to_owned());
        let giusta = tokio::task::spawn_blocking(move || confronta(&password, &hash)).await.unwrap_or(false);
        if giusta {
            let mut verificate = self.verificate.lock().unwrap_or_else(PoisonError::into_inner);
            if verificate.len() >= CREDENZIALI_MAX {
                verificate.clear();
            }
            verificate.insert(impronta, adesso + MEMORIA_CREDENZIALE);
        }
        giusta
    }

    fn ricordata(&self, impronta: &[u8; 32], adesso: DateTime<Utc>) -> bool {
        self.verificate.lock().unwrap_or_else(PoisonError::into_inner).get(impronta).is_some_and(|fino| *fino > adesso)
    }

    fn impronta(&self, principal: &str, password: &str, hash: &str) -> [u8; 32] {
        let mut h = blake3::Hasher::new_keyed(&self.chiave);
        for parte in [principal, password, hash] {
            h.update(&(parte.len() as u64).to_le_bytes()).update(parte.as_bytes());
        }
        *h.finalize().as_bytes()
    }
}

fn confronta(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// Argon2id with a random salt, as a PHC string.
pub fn hash_password(password: &str) -> Result<String, Errore> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| Errore::Configurazione(format!("hash della password: {e}")))
}

/// Verified against when the name is unknown, so that the time of the answer does not tell which names exist.
static HASH_DI_NESSUNO: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| hash_password("nessuno").unwrap_or_default());

impl Gateway {
    /// The login of these credentials, disabled ones included: what they may do is asked later. `None` is 401.
    /// A name that the snapshot does not know is looked for once more in the database.
    pub async fn autentica(&self, principal: &str, password: &str) -> Result<Option<Chiamante>, Errore> {
        let mut trovata = self.chiamante(principal);
        if trovata.is_none() && self.istantanea.rinfresca(&self.store).await? {
            trovata = self.chiamante(principal);
        }
        let hash = trovata.as_ref().and_then(|c| c.utenza.password_hash.clone());
        let giusta = self.credenziali.verifica(principal, password, hash.as_deref().unwrap_or(&HASH_DI_NESSUNO), self.adesso()).await;
        Ok(trovata.filter(|_| giusta && hash.is_some()))
    }

    /// Credentials of a user that lives in the configuration file.
    pub async fn credenziale_valida(&self, principal: &str, password: &str, hash: Option<&str>) -> bool {
        let giusta = self.credenziali.verifica(principal, password, hash.unwrap_or(&HASH_DI_NESSUNO), self.adesso()).await;
        giusta && hash.is_some()
    }

    fn chiamante(&self, principal: &str) -> Option<Chiamante> {
        let a = self.istantanea.attuale();
        let utenza = Arc::clone(a.utenze.get(principal)?);
        let chi = match (a.applicazione_di(principal), a.operatori.get(principal)) {
            (Some(applicazione), _) => Chi::Applicazione(Arc::clone(applicazione)),
            (None, Some(operatore)) => Chi::Operatore(Arc::clone(operatore)),
            (None, None) => return None,
        };
        Some(Chiamante { ruoli: a.ruoli_di(&utenza), utenza, chi })
    }
}
