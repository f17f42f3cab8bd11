//! Every message exchanged, in both roles, for the page that shows them and for the tests that look at them.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::lucchetto;

/// Messages kept: a morning of clicking, or a test; the oldest leave first.
pub const MESSAGGI_MAX: usize = 2_000;
/// Bytes of a body that we keep: messages of the contract are a tenth of it.
pub const CORPO_MAX: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direzione {
    /// From the simulated node to the station.
    DalNodo,
    /// From the gateway to the simulated ente.
    VersoEnte,
}

impl Direzione {
    /// For people.
    #[must_use]
    pub const fn testo(self) -> &'static str {
        match self {
            Self::DalNodo => "nodo → stazione",
            Self::VersoEnte => "gateway → ente",
        }
    }
}

/// What a message is about, as far as its sender knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Argomento {
    pub dominio: Option<String>,
    pub avviso: Option<String>,
    pub iuv: Option<String>,
    /// paymentToken, which is also the receiptId.
    pub token: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Messaggio {
    pub id: u64,
    pub quando: DateTime<Utc>,
    pub direzione: Direzione,
    pub operazione: String,
    /// Method and address.
    pub indirizzo: String,
    #[serde(flatten)]
    pub argomento: Argomento,
    #[serde(skip)]
    pub richiesta: Vec<u8>,
    pub richiesta_ottetti: usize,
    /// HTTP status of the answer; `None` while waiting, or when none came.
    pub stato: Option<u16>,
    #[serde(skip)]
    pub risposta: Vec<u8>,
    pub risposta_ottetti: usize,
    /// Outcome in a few words: `OK`, `KO PAA_...`, or why there is no answer. `None` while waiting.
    pub esito: Option<String>,
    pub durata_ms: Option<u64>,
}

impl Messaggio {
    /// True when the body kept is shorter than the body exchanged.
    #[must_use]
    pub fn tagliato(&self) -> bool {
        self.richiesta_ottetti > self.richiesta.len() || self.risposta_ottetti > self.risposta.len()
    }

    /// True when one of the identifiers is the text asked for, or begins with it.
    #[must_use]
    pub fn riguarda(&self, testo: &str) -> bool {
        let a = &self.argomento;
        [&a.avviso, &a.iuv, &a.token, &a.dominio].into_iter().flatten().any(|v| v.starts_with(testo))
    }
}

#[derive(Default)]
struct Registro {
    ultimo: u64,
    messaggi: VecDeque<Messaggio>,
}

#[derive(Default)]
pub(crate) struct Giornale(Mutex<Registro>);

/// What closes a message.
pub(crate) struct Conclusione<'a> {
    pub stato: Option<u16>,
    pub risposta: &'a [u8],
    pub esito: String,
    pub durata: Duration,
}

impl Giornale {
    pub(crate) fn apri(&self, direzione: Direzione, operazione: &str, indirizzo: String, argomento: Argomento, richiesta: &[u8]) -> u64 {
        let mut registro = lucchetto(&self.0);
        registro.ultimo += 1;
        let id = registro.ultimo;
        if registro.messaggi.len() >= MESSAGGI_MAX {
            registro.messaggi.pop_front();
        }
        registro.messaggi.push_back(Messaggio {
            id,
            quando: Utc::now(),
            direzione,
            operazione: operazione.to_owned(),
            indirizzo,
            argomento,
            richiesta: richiesta[..richiesta.len().min(CORPO_MAX)].to_vec(),
            richiesta_ottetti: richiesta.len(),
            stato: None,
            risposta: Vec::new(),
            risposta_ottetti: 0,
            esito: None,
            durata_ms: None,
        });
        id
    }

    pub(crate) fn chiudi(&self, id: u64, fine: Conclusione<'_>) {
        let mut registro = lucchetto(&self.0);
        let Some(primo) = registro.messaggi.front().map(|m| m.id) else { return };
        let Some(posto) = id.checked_sub(primo).and_then(|p| usize::try_from(p).ok()) else { return };
        let Some(messaggio) = registro.messaggi.get_mut(posto) else { return };
        messaggio.stato = fine.stato;
        messaggio.risposta = fine.risposta[..fine.risposta.len().min(CORPO_MAX)].to_vec();
        messaggio.risposta_ottetti = fine.risposta.len();
        messaggio.esito = Some(fine.esito);
        messaggio.durata_ms = Some(u64::try_from(fine.durata.as_millis()).unwrap_or(u64::MAX));
    }

    pub(crate) fn uno(&self, id: u64) -> Option<Messaggio> {
        lucchetto(&self.0).messaggi.iter().find(|m| m.id == id).cloned()
    }

    /// The latest first, those that concern `filtro`, at most `massimo`.
    pub(crate) fn ultimi(&self, filtro: Option<&str>, massimo: usize) -> Vec<Messaggio> {
        lucchetto(&self.0).messaggi.iter().rev().filter(|m| filtro.is_none_or(|f| m.riguarda(f))).take(massimo).cloned().collect()
    }

    pub(crate) fn svuota(&self) {
        lucchetto(&self.0).messaggi.clear();
    }
}
