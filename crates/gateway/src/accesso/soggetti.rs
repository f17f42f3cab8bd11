//! Logins by the subject of a certificate (spec/1 section 14): every RDN of the caller is in the registered principal, in any order.

use std::sync::{Arc, Mutex, PoisonError};

use domain::Anagrafica;
use domain::certificato::Soggetto;
use domain::chiamante::Chiamante;

use crate::{Errore, Gateway};

/// Subjects with the principals that they were read from.
type Registrati = Arc<Vec<(Soggetto, String)>>;

/// The registered principals that are subjects, read once for each version of the anagrafica.
#[derive(Default)]
pub struct Soggetti(Mutex<(i64, Registrati)>);

impl Soggetti {
    fn di(&self, anagrafica: &Anagrafica) -> Registrati {
        let mut memoria = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memoria.0 != anagrafica.versione {
            let letti = anagrafica.utenze.keys().filter(|p| p.contains('=')).filter_map(|p| Some((Soggetto::leggi(p)?, p.clone())));
            *memoria = (anagrafica.versione, Arc::new(letti.collect()));
        }
        Arc::clone(&memoria.1)
    }

    /// The registered principal that is the subject to the letter; else the only one that it is part of. Of two there is no telling which was meant.
    fn trova(&self, anagrafica: &Anagrafica, soggetto: &Soggetto) -> Option<String> {
        let noti = self.di(anagrafica);
        let possibili: Vec<_> = noti.iter().filter(|(s, _)| soggetto.compreso_in(s)).collect();
        let (_, principal) = match possibili.as_slice() {
            [] => return None,
            [uno] => *uno,
            altri => {
                let uguale = altri.iter().find(|(s, _)| s == soggetto).copied();
                if uguale.is_none() {
                    tracing::warn!(utenze = altri.len(), "il soggetto di un certificato e' parte di piu' principal registrati: nessuno e' riconosciuto");
                }
                uguale?
            }
        };
        Some(principal.clone())
    }
}

impl Gateway {
    /// The login with this subject, looked for once more in the database when the snapshot does not know it.
    pub async fn per_soggetto(&self, soggetto: &Soggetto) -> Result<Option<Chiamante>, Errore> {
        let mut trovato = self.soggetti.trova(&self.istantanea.attuale(), soggetto);
        if trovato.is_none() && self.istantanea.rinfresca(&self.store).await? {
            trovato = self.soggetti.trova(&self.istantanea.attuale(), soggetto);
        }
        match trovato {
            Some(principal) => self.per_principal(&principal).await,
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::anagrafica::{Scrittura, Utenza};

    use super::*;

    #[test]
    fn vince_il_soggetto_intero_e_fra_due_che_lo_contengono_nessuno() {
        let mut a = Anagrafica { versione: 1, ..Anagrafica::default() };
        for p in ["CN=app, O=Uno, C=IT", "/C=IT/O=Due/CN=app", "CN=sola", "gpadmin"] {
            a.applica(&Scrittura::Utenza(Utenza::piena(p, None, &[])));
        }
        let soggetti = Soggetti::default();
        let trova = |testo: &str| soggetti.trova(&a, &Soggetto::leggi(testo).expect("soggetto"));
        assert_eq!(trova("O=Due, CN=app, C=IT").as_deref(), Some("/C=IT/O=Due/CN=app"));
        assert_eq!(trova("O=Uno").as_deref(), Some("CN=app, O=Uno, C=IT"));
        assert_eq!(trova("CN=app"), None);
        assert_eq!(trova("CN=sola, O=Uno"), None);
    }
}
