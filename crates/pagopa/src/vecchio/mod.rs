//! The older model of payment (spec/3 sections 1.12 and 2.2): RPT and RT 6.2.0, and the calls that carry them. Nothing of the current model needs it
//! but [`crate::json`] and [`crate::semantica`], which ask it first: it can go in one piece.
//!
//! - [`richieste`], [`risposte`]: what the node asks of the station and what we answer;
//! - [`nodo`]: what we ask of the node (nodoInviaCarrelloRPT, nodoInviaRPT) and its answers;
//! - [`rpt`]: the request of payment, written; [`rt`]: its receipt, read;
//! - [`json`]: both as integrators receive them;
//! - [`semantica`]: a receipt against its request.

pub mod conversione;
pub mod json;
pub mod nodo;
mod persone;
pub mod richieste;
pub mod risposte;
pub mod rpt;
pub mod rt;
pub mod semantica;

use codici::Iuv;

pub use crate::busta::NS_PAGAMENTI;
pub use richieste::{Richiesta, RichiestaAttiva, dominio_indicato, leggi_richiesta};
pub use risposte::{DatiPagamento, Risposta};
pub use rt::{EsitoRt, Rt, leggi_rt};

use crate::busta::NS_INTESTAZIONE;
use crate::cursore::{Cursore, Sintassi};
use crate::messaggi::scrittura::Scrittore;
use crate::regole::iuv;

/// Namespace of the message elements; their children are in none.
pub const NS_TELEMATICI: &str = "http://ws.pagamenti.telematici.gov/";

/// `intestazionePPT`: which attempt a call is about, and by which way it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intestazione {
    /// `identificativoIntermediarioPA`, 1 to 35 characters as all the others.
    pub id_intermediario: String,
    /// `identificativoStazioneIntermediarioPA`.
    pub id_stazione: String,
    /// `identificativoDominio`: any text, whose truth the gateway checks.
    pub id_dominio: String,
    /// `identificativoUnivocoVersamento`.
    pub iuv: Iuv,
    /// `codiceContestoPagamento`.
    pub ccp: String,
}

impl Intestazione {
    const ELEMENTO: &'static str = "intestazionePPT";

    fn leggi(c: &mut Cursore<'_, '_>) -> Sintassi<Self> {
        Ok(Self {
            id_intermediario: c.testo("identificativoIntermediarioPA", 1..=35)?,
            id_stazione: c.testo("identificativoStazioneIntermediarioPA", 1..=35)?,
            id_dominio: c.testo("identificativoDominio", 1..=35)?,
            iuv: c.valore("identificativoUnivocoVersamento", iuv)?,
            ccp: c.testo("codiceContestoPagamento", 1..=35)?,
        })
    }

    fn scrivi(&self, s: &mut Scrittore) {
        in_testata(s, "ppthead:intestazionePPT", |s| {
            s.elemento("identificativoIntermediarioPA", &self.id_intermediario);
            s.elemento("identificativoStazioneIntermediarioPA", &self.id_stazione);
            s.elemento("identificativoDominio", &self.id_dominio);
            s.elemento("identificativoUnivocoVersamento", self.iuv.as_str());
            s.elemento("codiceContestoPagamento", &self.ccp);
        });
    }
}

fn in_testata(s: &mut Scrittore, elemento: &str, dentro: impl FnOnce(&mut Scrittore)) {
    s.apri_dichiarando(elemento, &[("ppthead", NS_INTESTAZIONE)]);
    dentro(s);
    s.chiudi(elemento);
}

/// The description of the service of RT at `indirizzo`, for `?wsdl`.
#[must_use]
pub fn wsdl_rt(indirizzo: &str) -> String {
    crate::wsdl::con_indirizzo(include_str!("pa_per_nodo.wsdl"), indirizzo)
}

/// The two services of the station where the node speaks this model (spec/3 section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servizio {
    /// `PagamentiTelematiciCCPservice`, shared with the current model.
    Ccp,
    /// `PagamentiTelematiciRTservice`.
    Rt,
}

/// What the node asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operazione {
    PaaVerificaRpt,
    PaaAttivaRpt,
    PaaInviaRt,
    PaaInviaEsitoStorno,
    PaaInviaRichiestaRevoca,
}

impl Operazione {
    pub const TUTTE: [Self; 5] = [Self::PaaVerificaRpt, Self::PaaAttivaRpt, Self::PaaInviaRt, Self::PaaInviaEsitoStorno, Self::PaaInviaRichiestaRevoca];

    /// Root element of the request, SOAPAction and, in the giornale, `tipoEvento`.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::PaaVerificaRpt => "paaVerificaRPT",
            Self::PaaAttivaRpt => "paaAttivaRPT",
            Self::PaaInviaRt => "paaInviaRT",
            Self::PaaInviaEsitoStorno => "paaInviaEsitoStorno",
            Self::PaaInviaRichiestaRevoca => "paaInviaRichiestaRevoca",
        }
    }

    /// Element of the answer, that holds another of the same name.
    #[must_use]
    pub const fn elemento_risposta(self) -> &'static str {
        match self {
            Self::PaaVerificaRpt => "paaVerificaRPTRisposta",
            Self::PaaAttivaRpt => "paaAttivaRPTRisposta",
            Self::PaaInviaRt => "paaInviaRTRisposta",
            Self::PaaInviaEsitoStorno => "paaInviaEsitoStornoRisposta",
            Self::PaaInviaRichiestaRevoca => "paaInviaRichiestaRevocaRisposta",
        }
    }

    /// paaInviaRT is at home on both.
    #[must_use]
    pub fn servita_da(self, servizio: Servizio) -> bool {
        match self {
            Self::PaaInviaRt => true,
            Self::PaaVerificaRpt | Self::PaaAttivaRpt => servizio == Servizio::Ccp,
            Self::PaaInviaEsitoStorno | Self::PaaInviaRichiestaRevoca => servizio == Servizio::Rt,
        }
    }

    fn di(spazio: &str, elemento: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|o| spazio == NS_TELEMATICI && o.nome() == elemento)
    }
}

impl std::fmt::Display for Operazione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.nome())
    }
}

/// Why a message of this model cannot be read. The texts hold no value of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Errore {
    /// The operation is known, so that the answer can be a KO with a fault.
    #[error("richiesta {operazione} non valida: {dettaglio}")]
    Sintassi { operazione: Operazione, dettaglio: String },
    /// Not a call of this model.
    #[error("messaggio SOAP non riconosciuto: {dettaglio}")]
    NonSoap { dettaglio: String },
}
