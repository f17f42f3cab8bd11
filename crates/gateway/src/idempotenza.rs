//! A request that is made once, however often it is sent: header `Idempotency-Key` of every POST.
//!
//! The first that comes with a key takes it and does the work; its answer is kept for a day and given to whoever sends the same again. While it is at
//! work the others wait a little. A node that dies leaves the key free after [`PRENOTAZIONE`].

use std::time::Duration as Attesa;

use chrono::Duration;
use domain::rifiuto::Codice;
use store::idempotenza::{BYTE_RISPOSTA_MAX, Impronta, PULIZIA_MAX, Prenotazione, RispostaTenuta};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{Errore, Gateway};

/// For how long an answer is given again.
pub const TENUTA: Duration = Duration::hours(24);
/// How long a request may be at work: longer than any is allowed to take.
pub const PRENOTAZIONE: Duration = Duration::minutes(3);
/// How long the second of two waits for the answer of the first.
const ATTESA_MAX: Attesa = Attesa::from_secs(10);
/// Between two looks: the first soon, the others twice as late each, up to the second.
const PRIMO_SGUARDO: Attesa = Attesa::from_millis(25);
const ULTIMO_SGUARDO: Attesa = Attesa::from_millis(500);

/// Which request it is.
#[derive(Clone, Debug)]
pub struct Uso {
    /// Of caller, API, method, path and key.
    pub chiave: Impronta,
    /// Of everything that says what is to be done.
    pub impronta: Impronta,
    /// Named for whoever looks at the table.
    pub operazione: String,
}

/// What is to be done with a request.
#[derive(Debug)]
pub enum Turno {
    /// It is the first: do it, then [`Gateway::tieni_risposta`] or [`Gateway::libera_chiave`].
    Tuo(Uuid),
    /// It was done: this was the answer.
    Risposta(RispostaTenuta),
}

impl Gateway {
    /// Takes the key, or waits for the answer of who has it. Refusals: `IDK_000` the key was used for something else, `IDK_001` the first is still
    /// at work.
    pub async fn turno(&self, uso: &Uso) -> Result<Turno, Errore> {
        let fine = Instant::now() + ATTESA_MAX;
        let mut sguardo = PRIMO_SGUARDO;
        let mut libera = true;
        loop {
            let trovata = if libera {
                let adesso = self.adesso();
                Some(self.store.prenota_chiave(&uso.chiave, &uso.operazione, &uso.impronta, adesso, adesso + PRENOTAZIONE).await?)
            } else {
                self.store.chiave_prenotata(&uso.chiave, &uso.impronta, self.adesso()).await?
            };
            match trovata {
                Some(Prenotazione::Presa(prenotazione)) => return Ok(Turno::Tuo(prenotazione)),
                Some(Prenotazione::Risposta(risposta)) => return Ok(Turno::Risposta(risposta)),
                Some(Prenotazione::AltraRichiesta) => return Err(Errore::Rifiuto(Codice::Idk000.into())),
                Some(Prenotazione::InCorso) if Instant::now() >= fine => return Err(Errore::Rifiuto(Codice::Idk001.into())),
                Some(Prenotazione::InCorso) => {
                    libera = false;
                    tokio::time::sleep(sguardo).await;
                    sguardo = (sguardo * 2).min(ULTIMO_SGUARDO);
                }
                None => libera = true,
            }
        }
    }

    /// An answer that is too long is noted without its body: whoever asks again hears `IDK_002`.
    pub async fn tieni_risposta(&self, uso: &Uso, prenotazione: Uuid, mut risposta: RispostaTenuta) -> Result<(), Errore> {
        risposta.corpo = risposta.corpo.filter(|c| c.len() <= BYTE_RISPOSTA_MAX);
        Ok(self.store.tieni_risposta(&uso.chiave, prenotazione, &risposta, self.adesso() + TENUTA).await?)
    }

    /// The request failed for reasons of ours: the same key may try again.
    pub async fn libera_chiave(&self, uso: &Uso, prenotazione: Uuid) -> Result<(), Errore> {
        Ok(self.store.libera_chiave(&uso.chiave, prenotazione).await?)
    }

    /// Forgets the keys that no longer count. Tells how many they were.
    pub async fn pulisci_chiavi(&self) -> Result<u64, Errore> {
        let mut cancellate = 0;
        loop {
            let giro = self.store.pulisci_chiavi(self.adesso()).await?;
            cancellate += giro;
            if giro < PULIZIA_MAX {
                return Ok(cancellate);
            }
        }
    }
}
