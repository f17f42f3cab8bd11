//! Passwords against stored hashes.
//!
//! Argon2 is slow on purpose. A credential that was verified is remembered for a minute by a keyed hash of name, password and stored hash:
//! a password that changes is forgotten at once, and memory holds nothing that can be turned back (design/RISKS).
//!
//! Older installations bring SHA-512 and MD5 unix crypt (spec/1 section 2.6); both are replaced at their next use.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use chrono::{DateTime, Duration, Utc};
use md5::{Digest, Md5};
use sha_crypt::ShaCrypt;
use tokio::sync::Semaphore;

use super::blocco;
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
    pub(super) turni: Semaphore,
}

/// What became of a password.
pub(super) enum Esito {
    /// `da_rinnovare`: its hash is of an older kind.
    Giusta {
        da_rinnovare: bool,
    },
    Sbagliata,
    Bloccata {
        attesa: Duration,
    },
}

impl Credenziali {
    pub(crate) fn nuove() -> Self {
        let mut chiave = [0; 32];
        chiave[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        chiave[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        Self { chiave, verificate: Mutex::new(HashMap::new()), turni: Semaphore::new(HASH_INSIEME) }
    }

    /// True when `password` is the one of `hash` (Argon2, PHC string). Runs off the async threads when it must compute.
    pub async fn verifica(&self, principal: &str, password: &str, hash: Option<&str>, adesso: DateTime<Utc>) -> bool {
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
        let giusta = calcola(password, hash, false).await.is_some();
        if giusta {
            self.ricorda(impronta, adesso);
        }
        giusta
    }

    fn ricorda(&self, impronta: [u8; 32], adesso: DateTime<Utc>) {
        let mut verificate = self.verificate.lock().unwrap_or_else(PoisonError::into_inner);
        if verificate.len() >= CREDENZIALI_MAX {
            verificate.clear();
        }
        verificate.insert(impronta, adesso + MEMORIA_CREDENZIALE);
    }

    fn ricordata(&self, impronta: &[u8; 32], adesso: DateTime<Utc>) -> bool {
        self.verificate.lock().unwrap_or_else(PoisonError::into_inner).get(impronta).is_some_and(|fino| *fino > adesso)
    }

    fn impronta(&self, principal: &str, password: &str, hash: Option<&str>) -> [u8; 32] {
        let mut h = blake3::Hasher::new_keyed(&self.chiave);
        for parte in [principal, password, hash.unwrap_or_default()] {
            h.update(&(parte.len() as u64).to_le_bytes()).update(parte.as_bytes());
        }
        *h.finalize().as_bytes()
    }
}

impl Gateway {
    /// The lock is asked for when the turn has come, so that a crowd of guesses sent together is counted one by one.
    pub(super) async fn verifica_password(&self, principal: &str, password: &str, hash: Option<&str>, da: Option<IpAddr>) -> Result<Esito, Errore> {
        let (credenziali, adesso) = (&self.credenziali, self.adesso());
        if password.len() > BYTE_PASSWORD_MAX {
            return Ok(Esito::Sbagliata);
        }
        let impronta = credenziali.impronta(principal, password, hash);
        if credenziali.ricordata(&impronta, adesso) {
            return Ok(Esito::Giusta { da_rinnovare: false });
        }
        let _turno = credenziali.turni.acquire().await;
        if credenziali.ricordata(&impronta, adesso) {
            return Ok(Esito::Giusta { da_rinnovare: false });
        }
        let chiave = blocco::chiave(principal, da);
        if let Some(fino) = self.store.bloccato_fino(&chiave, adesso).await? {
            return Ok(Esito::Bloccata { attesa: fino - adesso });
        }
        let Some(genere) = calcola(password, hash, self.impostazioni.md5_ammesso).await else {
            self.accesso_fallito(&chiave).await?;
            return Ok(Esito::Sbagliata);
        };
        credenziali.ricorda(impronta, adesso);
        self.store.accesso_riuscito(&chiave).await?;
        Ok(Esito::Giusta { da_rinnovare: genere != Genere::Argon2 })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Genere {
    Argon2,
    Sha512,
    Md5,
}

/// The kind of hash that the password is the one of. Without a hash the same work is done, and the answer is no.
async fn calcola(password: &str, hash: Option<&str>, md5: bool) -> Option<Genere> {
    let presente = hash.is_some();
    let (password, hash) = (password.to_owned(), hash.unwrap_or(&HASH_DI_NESSUNO).to_owned());
    let giusta = tokio::task::spawn_blocking(move || confronta(&password, &hash, md5)).await;
    giusta.ok().flatten().filter(|_| presente)
}

fn confronta(password: &str, hash: &str, md5: bool) -> Option<Genere> {
    if hash.starts_with("$argon2") {
        return confronta_argon2(password.as_bytes(), hash)?.then_some(Genere::Argon2);
    }
    if hash.starts_with("$6$") {
        return ShaCrypt::default().verify_password(password.as_bytes(), hash).is_ok().then_some(Genere::Sha512);
    }
    let (sale, atteso) = hash.strip_prefix("$1$").filter(|_| md5)?.split_once('$')?;
    uguali(md5_crypt(password.as_bytes(), sale.as_bytes()).as_bytes(), atteso.as_bytes()).then_some(Genere::Md5)
}

/// `None` when the hash cannot be read.
fn confronta_argon2(password: &[u8], hash: &str) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algoritmo = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let versione = hash.version.map(Version::try_from).transpose().ok()?.unwrap_or_default();
    let parametri = Params::try_from(&hash).ok()?;
    let (sale, atteso) = (hash.salt?, hash.hash?);
    let mut calcolato = vec![0; atteso.len()];
    let blocchi = parametri.block_count();
    let argon2 = Argon2::new(algoritmo, versione, parametri);
    con_memoria(blocchi, |memoria| argon2.hash_password_into_with_memory(password, &sale, &mut calcolato, memoria)).ok()?;
    Some(uguali(&calcolato, atteso.as_bytes()))
}

/// The work space of Argon2, used again: an allocator that gets 19 MB back from every thread of the pool keeps them all.
fn con_memoria<T>(blocchi: usize, calcolo: impl FnOnce(&mut [Block]) -> T) -> T {
    static MEMORIE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
    let mut memoria = MEMORIE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    if memoria.len() < blocchi {
        memoria.resize(blocchi, Block::default());
    }
    let esito = calcolo(&mut memoria[..blocchi]);
    let mut memorie = MEMORIE.lock().unwrap_or_else(PoisonError::into_inner);
    if memorie.len() < HASH_INSIEME {
        memorie.push(memoria);
    }
    esito
}

/// In a time that does not tell where they differ.
fn uguali(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

/// `crypt(3)` with `$1$`: the checksum without its prefix. Only ever compared with, never stored.
fn md5_crypt(password: &[u8], sale: &[u8]) -> String {
    const GIRI: usize = 1_000;
    const SALE_MAX: usize = 8;
    let sale = &sale[..sale.len().min(SALE_MAX)];
    let mut fine: [u8; 16] = Md5::new().chain_update(password).chain_update(sale).chain_update(password).finalize().into();
    let mut h = Md5::new().chain_update(password).chain_update(b"$1$").chain_update(sale);
    for pezzo in password.chunks(16) {
        h.update(&fine[..pezzo.len()]);
    }
    let mut bit = password.len();
    while bit > 0 {
        h.update(if bit & 1 == 1 { &[0][..] } else { &password[..1] });
        bit >>= 1;
    }
    fine = h.finalize().into();
    for giro in 0..GIRI {
        let (prima, dopo) = if giro % 2 == 1 { (password, &fine[..]) } else { (&fine[..], password) };
        let mut h = Md5::new().chain_update(prima);
        if giro % 3 != 0 {
            h.update(sale);
        }
        if giro % 7 != 0 {
            h.update(password);
        }
        h.update(dopo);
        fine = h.finalize().into();
    }
    codifica_crypt(&fine)
}

/// The alphabet and the order of bytes of `crypt(3)`.
fn codifica_crypt(f: &[u8; 16]) -> String {
    const ALFABETO: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let terne = [(f[0], f[6], f[12]), (f[1], f[7], f[13]), (f[2], f[8], f[14]), (f[3], f[9], f[15]), (f[4], f[10], f[5])];
    let gruppi = terne.map(|(a, b, c)| (u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c), 4));
    let mut testo = String::with_capacity(22);
    for (mut valore, caratteri) in gruppi.into_iter().chain([(u32::from(f[11]), 2)]) {
        for _ in 0..caratteri {
            testo.push(char::from(ALFABETO[(valore & 0x3f) as usize]));
            valore >>= 6;
        }
    }
    testo
}

/// Argon2id with a random salt, as a PHC string.
pub fn hash_password(password: &str) -> Result<String, Errore> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|e| Errore::Configurazione(format!("hash della password: {e}")))
}

/// Whether a hash, of any kind that we accept, is of this password. It takes a core for tens of milliseconds.
#[must_use]
pub fn password_giusta(password: &str, hash: &str) -> bool {
    password.len() <= BYTE_PASSWORD_MAX && confronta(password, hash, true).is_some()
}

/// Verified against when the name is unknown, so that the time of the answer does not tell which names exist.
static HASH_DI_NESSUNO: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| hash_password("nessuno").unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `openssl passwd`.
    const NOTI: [(&str, &str, Genere); 4] = [
        ("Password1!", "$1$abcdefgh$FApBh10hvQtOdU796KUKF/", Genere::Md5),
        ("", "$1$sale$pmvaCwlgGZmOI6b.D/3s40", Genere::Md5),
        ("una password piu' lunga di sedici byte", "$1$x$h2wGpdQDCKK0qkLJxVvkX1", Genere::Md5),
        ("Hello world!", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1", Genere::Sha512),
    ];

    #[test]
    fn gli_hash_di_prima_si_riconoscono() {
        for (password, hash, genere) in NOTI {
            assert_eq!(confronta(password, hash, true), Some(genere), "{hash}");
            assert_eq!(confronta(&format!("{password}x"), hash, true), None, "{hash}");
        }
    }

    #[test]
    fn md5_si_puo_spegnere_e_un_hash_vuoto_o_storto_non_vale_mai() {
        assert_eq!(confronta(NOTI[0].0, NOTI[0].1, false), None);
        for hash in ["", "$", "$1$", "$1$$", "$6$", "$6$a", "$argon2", "$argon2id$", "chiaro", "$2b$10$abcdefghijklmnopqrstuu"] {
            for password in ["", "chiaro"] {
                assert_eq!(confronta(password, hash, true), None, "{hash}");
            }
        }
    }

    #[tokio::test]
    async fn senza_hash_nessuna_password_e_giusta() {
        let credenziali = Credenziali::nuove();
        assert!(!credenziali.verifica("x", "nessuno", None, Utc::now()).await);
        let hash = hash_password("Giusta123").expect("hash");
        assert!(credenziali.verifica("x", "Giusta123", Some(&hash), Utc::now()).await);
        assert!(!credenziali.verifica("x", "giusta123", Some(&hash), Utc::now()).await);
    }
}
