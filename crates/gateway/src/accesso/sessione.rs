//! Logins that a browser keeps: a random identifier in a cookie, its hash in the database, so that any node can answer.

use std::net::IpAddr;

use domain::chiamante::{ANONIMO, Chi, Chiamante, Cittadino, Identita, Profilo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::sessioni::{EsitoScrittura, IdHash};

use super::blocco::rete;
use crate::{Errore, Gateway};

/// Sessions of one user at a time (spec/1 section 2). One more, and the one unused for longest is over.
pub const SESSIONI_PER_UTENTE: u64 = 2;
/// Sessions of nobody from one address: an office behind one address has its people, a program that opens sessions for sport has these.
pub const SESSIONI_ANONIME_PER_INDIRIZZO: u64 = 50;
const CARATTERI_ID: usize = 64;

/// 256 random bits, as 64 hexadecimal digits. Who has it is logged in: it is shown to nobody but its browser.
#[derive(Clone, PartialEq, Eq)]
pub struct IdSessione(String);

impl IdSessione {
    fn nuovo() -> Self {
        // Three random UUIDs are 366 random bits of the operating system.
        let mut h = blake3::Hasher::new();
        for _ in 0..3 {
            h.update(uuid::Uuid::new_v4().as_bytes());
        }
        Self(h.finalize().to_hex().to_string())
    }

    /// From a cookie. `None` for what can be none of ours.
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        (testo.len() == CARATTERI_ID && testo.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))).then(|| Self(testo.to_owned()))
    }

    #[must_use]
    pub fn svela(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> IdHash {
        *blake3::hash(self.0.as_bytes()).as_bytes()
    }
}

impl std::fmt::Debug for IdSessione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdSessione(***)")
    }
}

/// What the row keeps of the login.
#[derive(Serialize, Deserialize)]
struct Accesso {
    profilo: Profilo,
    chi: Titolare,
    identita: Identita,
}

#[derive(Serialize, Deserialize)]
enum Titolare {
    /// With a print of its password hash: a new password ends the sessions that were opened with the old one.
    Registrato {
        principal: String,
        password: String,
    },
    Cittadino {
        codice_fiscale: String,
        nome: Option<String>,
        email: Option<String>,
    },
    Anonimo,
}

impl Titolare {
    fn di(chiamante: &Chiamante) -> Self {
        match &chiamante.chi {
            Chi::Cittadino(c) => Self::Cittadino { codice_fiscale: c.codice_fiscale.clone(), nome: c.nome.clone(), email: c.email.clone() },
            Chi::Anonimo => Self::Anonimo,
            Chi::Applicazione(_) | Chi::Operatore(_) => Self::Registrato { principal: chiamante.utenza.principal.clone(), password: impronta(chiamante) },
        }
    }
}

fn impronta(chiamante: &Chiamante) -> String {
    blake3::hash(chiamante.utenza.password_hash.as_deref().unwrap_or_default().as_bytes()).to_hex().to_string()
}

impl Gateway {
    /// Opens a session for who has just logged in. The identifier is always a fresh one, and `sostituita`, that the browser had before, is over.
    pub async fn apri_sessione(&self, chiamante: &Chiamante, sostituita: Option<&IdSessione>) -> Result<IdSessione, Errore> {
        // A password may have been hashed anew by this very login.
        let attuale = self.chiamante(&chiamante.utenza.principal);
        let chi = match (&chiamante.chi, &attuale) {
            (Chi::Applicazione(_) | Chi::Operatore(_), Some(attuale)) => Titolare::di(attuale),
            _ => Titolare::di(chiamante),
        };
        let titolare = match &chi {
            Titolare::Cittadino { codice_fiscale, .. } => format!("cittadino:{codice_fiscale}"),
            _ => format!("utenza:{}", chiamante.utenza.principal),
        };
        self.apri(chi, chiamante, &titolare, SESSIONI_PER_UTENTE, sostituita).await
    }

    /// A session of nobody, to find again what was left in it.
    pub async fn apri_sessione_anonima(&self, da: Option<IpAddr>) -> Result<IdSessione, Errore> {
        let indirizzo = da.map(|ip| rete(ip).to_string()).unwrap_or_default();
        self.apri(Titolare::Anonimo, &Chiamante::anonimo(), &format!("{ANONIMO}:{indirizzo}"), SESSIONI_ANONIME_PER_INDIRIZZO, None).await
    }

    async fn apri(&self, chi: Titolare, chiamante: &Chiamante, titolare: &str, massimo: u64, sostituita: Option<&IdSessione>) -> Result<IdSessione, Errore> {
        let accesso = Accesso { profilo: chiamante.profilo, chi, identita: (*chiamante.identita).clone() };
        let accesso = serde_json::to_string(&accesso).map_err(|e| Errore::Messaggio(e.to_string()))?;
        let id = IdSessione::nuovo();
        let sostituita = sostituita.map(IdSessione::hash);
        self.store.apri_sessione(&id.hash(), titolare, &accesso, massimo, sostituita.as_ref(), self.adesso()).await?;
        Ok(id)
    }

    /// Who logged in, with the rights of now. `None`: over, never opened, or its login is no more, or has another password.
    pub async fn sessione(&self, id: &IdSessione) -> Result<Option<Chiamante>, Errore> {
        let Some(riga) = self.store.sessione(&id.hash(), self.adesso()).await? else { return Ok(None) };
        let accesso: Accesso = serde_json::from_str(&riga.accesso).map_err(|e| Errore::Messaggio(e.to_string()))?;
        let chiamante = match accesso.chi {
            Titolare::Registrato { principal, password } => self.per_principal(&principal).await?.filter(|c| impronta(c) == password),
            Titolare::Cittadino { codice_fiscale, nome, email } => Some(Chiamante::cittadino(Cittadino { codice_fiscale, nome, email })),
            Titolare::Anonimo => Some(Chiamante::anonimo()),
        };
        Ok(chiamante.map(|c| c.con(accesso.profilo, accesso.identita)))
    }

    pub async fn chiudi_sessione(&self, id: &IdSessione) -> Result<(), Errore> {
        Ok(self.store.chiudi_sessione(&id.hash()).await?)
    }

    /// What an API left in the session under `nome`.
    pub async fn sessione_leggi(&self, id: &IdSessione, nome: &str) -> Result<Option<Value>, Errore> {
        Ok(self.store.sessione_leggi(&id.hash(), nome, self.adesso()).await?)
    }

    /// Changes what is left under `nome`, with nobody else in between. At most [`store::sessioni::BYTE_CONTENUTO_MAX`] in all.
    pub async fn sessione_scrivi(
        &self,
        id: &IdSessione,
        nome: &str,
        cambia: impl FnOnce(Option<Value>) -> Option<Value> + Send,
    ) -> Result<EsitoScrittura, Errore> {
        Ok(self.store.sessione_scrivi(&id.hash(), nome, self.adesso(), cambia).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_identificativo_non_si_mostra_e_non_si_ripete() {
        let (a, b) = (IdSessione::nuovo(), IdSessione::nuovo());
        assert_ne!(a, b);
        assert_eq!(IdSessione::leggi(a.svela()), Some(a.clone()));
        assert!(!format!("{a:?}").contains(a.svela()));
        let maiuscolo = a.svela().to_uppercase();
        for storto in ["", "abc", &maiuscolo, &"è".repeat(32), &format!("{}0", a.svela())] {
            assert_eq!(IdSessione::leggi(storto), None);
        }
    }
}
