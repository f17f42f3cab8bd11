//! The messages of `paForNode`: which ones there are, and how a request is read (spec/4 section 2.2).
//!
//! - [`parti`]: subject, transfer, metadata, what several messages share;
//! - [`richieste`]: what the node asks;
//! - [`ricevuta`]: the receipt, one type for both versions of the operation;
//! - [`risposte`]: what we answer.

pub mod parti;
pub mod ricevuta;
pub mod richieste;
pub mod risposte;
pub(crate) mod scrittura;

pub use parti::{AccreditoEseguito, AccreditoRichiesto, Bollo, CifreAvviso, Soggetto, TipoSoggetto, Trasferimento, VoceMetadata};
pub use ricevuta::{EsitoPagamento, Psp, Ricevuta, leggi_consegna_ricevuta, leggi_ricevuta};
pub use richieste::{
    QrCode, Richiesta, RichiestaAttivazione, RichiestaAvviso, RichiestaRicevuta, RichiestaVerifica, Stazione, TipoTrasferimento, dominio_indicato,
    leggi_richiesta,
};
pub use risposte::{
    CARATTERI_DESCRIZIONE_MAX, DatiAttivazione, DatiVerifica, Risposta, leggi_attivazione, leggi_risposta, soap_fault_client, soap_fault_server,
};

use crate::busta::{Difetto, Messaggio};

/// Namespace of the message elements; their children are in none.
pub const NS_PA_FOR_NODE: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";

/// Generation of an activation or of a receipt, by the operation that carried it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Versione {
    /// `paGetPayment`, `paSendRT`.
    V1,
    /// `paGetPaymentV2`, `paSendRTV2`.
    V2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operazione {
    PaVerifyPaymentNotice,
    PaGetPayment,
    PaGetPaymentV2,
    PaSendRt,
    PaSendRtV2,
    PaDemandPaymentNotice,
}

impl Operazione {
    pub const TUTTE: [Self; 6] =
        [Self::PaVerifyPaymentNotice, Self::PaGetPayment, Self::PaGetPaymentV2, Self::PaSendRt, Self::PaSendRtV2, Self::PaDemandPaymentNotice];

    /// Name of the operation: SOAPAction and, in the giornale, `tipoEvento`.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::PaVerifyPaymentNotice => "paVerifyPaymentNotice",
            Self::PaGetPayment => "paGetPayment",
            Self::PaGetPaymentV2 => "paGetPaymentV2",
            Self::PaSendRt => "paSendRT",
            Self::PaSendRtV2 => "paSendRTV2",
            Self::PaDemandPaymentNotice => "paDemandPaymentNotice",
        }
    }

    /// Root element of the request. The names are not regular: the XSD rules.
    #[must_use]
    pub const fn elemento_richiesta(self) -> &'static str {
        match self {
            Self::PaVerifyPaymentNotice => "paVerifyPaymentNoticeReq",
            Self::PaGetPayment => "paGetPaymentReq",
            Self::PaGetPaymentV2 => "paGetPaymentV2Request",
            Self::PaSendRt => "paSendRTReq",
            Self::PaSendRtV2 => "paSendRTV2Request",
            Self::PaDemandPaymentNotice => "paDemandPaymentNoticeRequest",
        }
    }

    /// Root element of the answer.
    #[must_use]
    pub const fn elemento_risposta(self) -> &'static str {
        match self {
            Self::PaVerifyPaymentNotice => "paVerifyPaymentNoticeRes",
            Self::PaGetPayment => "paGetPaymentRes",
            Self::PaGetPaymentV2 => "paGetPaymentV2Response",
            Self::PaSendRt => "paSendRTRes",
            Self::PaSendRtV2 => "paSendRTV2Response",
            Self::PaDemandPaymentNotice => "paDemandPaymentNoticeResponse",
        }
    }

    #[must_use]
    pub const fn attivazione(versione: Versione) -> Self {
        match versione {
            Versione::V1 => Self::PaGetPayment,
            Versione::V2 => Self::PaGetPaymentV2,
        }
    }

    #[must_use]
    pub const fn ricevuta(versione: Versione) -> Self {
        match versione {
            Versione::V1 => Self::PaSendRt,
            Versione::V2 => Self::PaSendRtV2,
        }
    }

    fn di(spazio: &str, elemento: &str, nome: fn(Self) -> &'static str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|o| spazio == NS_PA_FOR_NODE && nome(*o) == elemento)
    }
}

impl std::fmt::Display for Operazione {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.nome())
    }
}

/// Why a message cannot be read. The texts are Italian, name the element and the rule, and hold no value of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreRichiesta {
    /// The operation is known, so that the answer can be a KO with a fault.
    #[error("richiesta {operazione} non valida: {dettaglio}")]
    SintassiOperazione { operazione: Operazione, dettaglio: String },
    /// Not XML, not SOAP 1.1, or an operation that is not ours: the answer can only be a SOAP Fault.
    #[error("messaggio SOAP non riconosciuto: {dettaglio}")]
    NonSoap { dettaglio: String },
}

impl ErroreRichiesta {
    #[must_use]
    pub fn dettaglio(&self) -> &str {
        match self {
            Self::SintassiOperazione { dettaglio, .. } | Self::NonSoap { dettaglio } => dettaglio,
        }
    }

    fn da_difetto(difetto: Difetto, nome: fn(Operazione) -> &'static str) -> Self {
        let operazione = difetto.radice.and_then(|(spazio, elemento)| Operazione::di(&spazio, &elemento, nome));
        match operazione {
            Some(operazione) => Self::SintassiOperazione { operazione, dettaglio: difetto.dettaglio },
            None => Self::NonSoap { dettaglio: difetto.dettaglio },
        }
    }
}

/// The operation of a message, by its root element.
fn operazione_di(messaggio: &Messaggio<'_>, nome: fn(Operazione) -> &'static str) -> Result<Operazione, ErroreRichiesta> {
    Operazione::di(messaggio.spazio(), messaggio.nome(), nome).ok_or_else(|| ErroreRichiesta::NonSoap { dettaglio: "operazione sconosciuta".to_owned() })
}
