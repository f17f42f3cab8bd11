use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use outbound::{Autenticazione, ErroreChiamata, HeaderMap, HeaderValue, Indirizzo};
use serde_json::Value;
use uuid::Uuid;

pub use outbound::Metodo;

use crate::Prodotto;

/// A product as an intermediario has it. `Debug` shows product and server alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Connessione {
    pub prodotto: Prodotto,
    /// Up to the version: the paths of the contract follow.
    pub base: Indirizzo,
    pub autenticazione: Autenticazione,
    /// `Ocp-Apim-Subscription-Key`. Calls with the same one share the rate and the circuit.
    pub chiave: Option<String>,
}

impl Connessione {
    /// # Errors
    /// When the address is not one. The text does not repeat it.
    pub fn nuova(prodotto: Prodotto, base: &str, chiave: Option<&str>) -> Result<Self, ErroreChiamata> {
        Ok(Self { prodotto, base: Indirizzo::leggi(base)?, autenticazione: Autenticazione::Nessuna, chiave: chiave.map(str::to_owned) })
    }
}

impl fmt::Debug for Connessione {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connessione").field("prodotto", &self.prodotto).field("base", &self.base).finish_non_exhaustive()
    }
}

/// What is sent, with its media type.
#[derive(Clone)]
pub struct Corpo {
    pub(crate) tipo: HeaderValue,
    pub(crate) byte: Bytes,
}

impl Corpo {
    #[must_use]
    pub fn json(valore: &Value) -> Self {
        Self { tipo: HeaderValue::from_static("application/json"), byte: valore.to_string().into() }
    }

    /// A form with one file in `campo`, as the massive services want it. The content is copied once.
    #[must_use]
    pub fn file(campo: &str, nome: &str, tipo: &str, contenuto: &[u8]) -> Self {
        // Random, and longer than what a file can hold by chance.
        let confine = format!("fiorino-{}", Uuid::new_v4().simple());
        let pulito = |t: &str| t.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\\')).collect::<String>();
        let testa = format!(
            "--{confine}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            pulito(campo),
            pulito(nome),
            pulito(tipo)
        );
        let byte = [testa.as_bytes(), contenuto, format!("\r\n--{confine}--\r\n").as_bytes()].concat();
        let tipo = HeaderValue::try_from(format!("multipart/form-data; boundary={confine}")).unwrap_or(HeaderValue::from_static("multipart/form-data"));
        Self { tipo, byte: byte.into() }
    }

    /// For the giornale.
    #[must_use]
    pub fn byte(&self) -> &Bytes {
        &self.byte
    }
}

/// What a good answer looks like. Anything else with a good status is not an answer of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attesa {
    /// 2xx with JSON, which is not the description of a problem.
    Json,
    /// 2xx, whatever the body.
    Qualsiasi,
    /// 302 that says where to go.
    Rinvio,
}

/// One call. `Debug` shows method and expectation alone: paths hold fiscal codes.
#[derive(Clone)]
pub struct Richiesta {
    pub metodo: Metodo,
    pub percorso: Vec<String>,
    pub parametri: Vec<(&'static str, String)>,
    /// Those that only this operation has. A value that cannot stand in a header is left out.
    pub intestazioni: Vec<(&'static str, String)>,
    pub corpo: Option<Corpo>,
    pub attesa: Attesa,
    /// Whether it may be sent again without knowing what became of the first: reads, and writes that put the same state again (spec/4 section 2.11).
    pub ripetibile: bool,
    /// `X-Request-Id`, the same for each attempt.
    pub id: Uuid,
    /// All of it, repetitions included, ends within this.
    pub entro: Option<Duration>,
}

impl fmt::Debug for Richiesta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Richiesta").field("metodo", &self.metodo).field("attesa", &self.attesa).field("id", &self.id).finish_non_exhaustive()
    }
}

impl Richiesta {
    /// GET, PUT and DELETE may be repeated, other methods not.
    #[must_use]
    pub fn nuova<S: Into<String>>(metodo: Metodo, percorso: impl IntoIterator<Item = S>) -> Self {
        let ripetibile = metodo.is_idempotent();
        let percorso = percorso.into_iter().map(Into::into).collect();
        Self {
            metodo,
            percorso,
            parametri: Vec::new(),
            intestazioni: Vec::new(),
            corpo: None,
            attesa: Attesa::Json,
            ripetibile,
            id: Uuid::new_v4(),
            entro: None,
        }
    }

    #[must_use]
    pub fn con_parametro(mut self, nome: &'static str, valore: impl Into<String>) -> Self {
        self.parametri.push((nome, valore.into()));
        self
    }

    /// `nome`: lower case.
    #[must_use]
    pub fn con_intestazione(mut self, nome: &'static str, valore: impl Into<String>) -> Self {
        self.intestazioni.push((nome, valore.into()));
        self
    }

    #[must_use]
    pub fn con_corpo(self, corpo: Corpo) -> Self {
        Self { corpo: Some(corpo), ..self }
    }

    #[must_use]
    pub fn che_attende(self, attesa: Attesa) -> Self {
        Self { attesa, ..self }
    }

    #[must_use]
    pub fn ripetibile(self, ripetibile: bool) -> Self {
        Self { ripetibile, ..self }
    }

    #[must_use]
    pub fn entro(self, entro: Duration) -> Self {
        Self { entro: Some(entro), ..self }
    }
}

/// An answer that means yes. `Debug` shows the status alone.
#[derive(Clone)]
pub struct Fatto {
    pub stato: u16,
    pub intestazioni: HeaderMap,
    pub corpo: Bytes,
}

impl Fatto {
    /// The body, null when it is not JSON: with [`Attesa::Json`] it always is.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.corpo).unwrap_or_default()
    }

    /// `Location`, for [`Attesa::Rinvio`].
    #[must_use]
    pub fn dove(&self) -> Option<&str> {
        self.intestazioni.get(outbound::header::LOCATION)?.to_str().ok()
    }
}

impl fmt::Debug for Fatto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fatto").field("stato", &self.stato).field("byte", &self.corpo.len()).finish_non_exhaustive()
    }
}

/// What became of a call. The texts name the server and the status; of an answer they repeat what it says of the problem, shortened, and never the key.
#[derive(Clone, Debug)]
pub enum Esito {
    Fatto(Fatto),
    /// Not done, or nobody knows: worth trying again when `fra` has passed.
    DaRitentare {
        fra: Duration,
        motivo: String,
        /// The service may have done it all the same: look before sending again what must not be done twice.
        incerto: bool,
    },
    /// The service understood and said no. Sending the same again would not help.
    Rifiutato {
        stato: u16,
        motivo: String,
    },
}

impl Esito {
    #[must_use]
    pub fn fatto(&self) -> Option<&Fatto> {
        match self {
            Self::Fatto(f) => Some(f),
            _ => None,
        }
    }

    /// The status of a refusal.
    #[must_use]
    pub fn rifiuto(&self) -> Option<u16> {
        match self {
            Self::Rifiutato { stato, .. } => Some(*stato),
            _ => None,
        }
    }
}

/// A call as the giornale tells it.
#[derive(Clone, Debug)]
pub struct Resoconto {
    pub esito: Esito,
    /// Status of the last answer; `None` when none came, or the call did not leave.
    pub stato: Option<u16>,
    /// Times that it left.
    pub tentativi: u32,
    pub durata: Duration,
    /// `X-Request-Id`.
    pub id: Uuid,
    /// Body of the last answer, whatever it was.
    pub corpo: Bytes,
}
