//! pagoPA's checklist for an ente creditore, run against a station from outside (spec/4 section 8.4).
//!
//! What a station shows of itself is tried with real messages; what cannot be seen from there is listed with the reason. Nothing here shares code with the
//! station: any of them can be tried.

mod attivazioni;
mod banco;
mod elenco;
mod misure;
mod ricevute;
mod trasporto;
mod verifiche;

use std::fmt;

use futures::future::LocalBoxFuture;

use banco::Banco;
use elenco::Prova;

/// Where the station is and what it serves. The positions to pay are loaded over API Pendenze.
#[derive(Clone, Debug)]
pub struct Bersaglio {
    pub stazione: String,
    /// Name and password of the node.
    pub utente: (String, String),
    pub intermediario: String,
    pub id_stazione: String,
    /// Another one of the same intermediario, where the ente may have been before; empty when there is none.
    pub altra_stazione: String,
    /// The ente of the positions, one of its bank accounts and one of its postal accounts.
    pub dominio: String,
    pub iban: String,
    pub iban_postale: String,
    /// Another ente of the same station, with an account of its own: secondary beneficiary.
    pub secondario: Option<(String, String)>,
    /// Base of API Pendenze v2, as `http://127.0.0.1:8080/govpay/backend/api/pendenze/rs/basic/v2`.
    pub pendenze: String,
    /// The applicazione that loads: its code, name and password.
    pub applicazione: (String, String, String),
}

/// API Pendenze v2 of GovPay, on the host of the station.
///
/// # Errors
/// When `stazione` is not an address.
pub fn api_pendenze(stazione: &str) -> anyhow::Result<String> {
    let mut url = reqwest::Url::parse(stazione)?;
    url.set_path("/govpay/backend/api/pendenze/rs/basic/v2");
    url.set_query(None);
    Ok(url.to_string())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdetto {
    Passa,
    Fallisce,
    NonVerificabile,
    NonApplicabile,
}

impl fmt::Display for Verdetto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passa => "PASSA",
            Self::Fallisce => "FALLISCE",
            Self::NonVerificabile => "NON_VERIFICABILE",
            Self::NonApplicabile => "NON_APPLICABILE",
        })
    }
}

/// One row of the checklist.
#[derive(Clone, Debug)]
pub struct Riga {
    pub id: &'static str,
    pub verdetto: Verdetto,
    /// What was seen, or why it was not.
    pub motivo: String,
}

/// Why a trial did not end well.
enum Intoppo {
    /// The station does not do what the row asks.
    Fallita(String),
    /// The trial could not take place, and the station has no fault in it.
    Impossibile(String),
    /// The station follows another rule, by a choice that the row allows.
    PerScelta(String),
}

impl From<String> for Intoppo {
    fn from(motivo: String) -> Self {
        Self::Fallita(motivo)
    }
}

/// What was seen when all went well.
type Vista = Result<String, Intoppo>;
type Passi<'a> = LocalBoxFuture<'a, Vista>;

/// Every row in the order of the checklist, told as soon as it is known.
///
/// # Errors
/// When the client cannot be made, or an address is not one.
pub async fn esegui(bersaglio: Bersaglio, mut racconta: impl FnMut(&Riga)) -> anyhow::Result<Vec<Riga>> {
    let banco = Banco::nuovo(bersaglio)?;
    // A station that does not answer fails every row that can be tried: nothing else is asked of it.
    let assente = banco.presente().await.err();
    let mut righe = Vec::new();
    for (id, prova) in elenco::RIGHE {
        let riga = match (prova, &assente) {
            (Prova::Altrove(motivo), _) => Riga { id, verdetto: Verdetto::NonVerificabile, motivo: (*motivo).to_owned() },
            (Prova::PerScelta(motivo), _) => Riga { id, verdetto: Verdetto::NonApplicabile, motivo: (*motivo).to_owned() },
            (Prova::Qui(_), Some(motivo)) => Riga { id, verdetto: Verdetto::Fallisce, motivo: motivo.clone() },
            (Prova::Qui(passi), None) => giudica(id, passi(&banco).await),
        };
        racconta(&riga);
        righe.push(riga);
    }
    Ok(righe)
}

fn giudica(id: &'static str, vista: Vista) -> Riga {
    let (verdetto, motivo) = match vista {
        Ok(motivo) => (Verdetto::Passa, motivo),
        Err(Intoppo::Fallita(motivo)) => (Verdetto::Fallisce, motivo),
        Err(Intoppo::Impossibile(motivo)) => (Verdetto::NonVerificabile, motivo),
        Err(Intoppo::PerScelta(motivo)) => (Verdetto::NonApplicabile, motivo),
    };
    // One line each, whatever the station wrote.
    Riga { id, verdetto, motivo: motivo.split_whitespace().collect::<Vec<_>>().join(" ") }
}
