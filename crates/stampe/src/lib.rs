//! PDF dell'avviso di pagamento e della ricevuta.
//!
//! Pure functions: what is printed comes in as an argument, the bytes of the PDF come out. No IO, no clock, nothing is kept but the fonts, parsed once.
//! Which fields are shown, hidden or computed (data "entro il", keywords that blank the debtor, second language) is decided by the caller.
//!
//! Every PDF is PDF/A-2a and PDF/UA-1: the writer refuses to finish one that its validators find wrong, and a refusal is an error here, never a worse file.
//! That is a gate and not a certification: the rules that ask for judgement (is the alternative text a good one?) are not seen by a validator.
//!
//! Sketch: an avviso is about 15 ms of CPU and 45 kB, nothing is shared between two of them but the fonts. 100,000 of them are made in jobs, on demand, and are not cached.
//!
//! - [`avviso`], [`documento`]: spec/3 section 7.1, spec/4 section 6.3; in Italian, or in Italian and a [`SecondaLingua`];
//! - [`ricevuta`]: spec/3 section 7.2, spec/4 section 5.3;
//! - [`verifica_logo`]: to be asked when a logo is configured; a logo that cannot be drawn does not stop a print.

mod avviso;
mod caratteri;
mod carte;
mod elementi;
mod foglio;
mod impagina;
mod lingue;
mod logo;
mod matrice;
mod pezzi;
mod ricevuta;
mod scritta;
mod spiega;
mod tagliandi;

use codici::Importo;

pub use avviso::{AVVISI_PER_DOCUMENTO, Avviso, BollettinoPostale, Documento, InformativaImporto, Parte, Rata, avviso, documento};
pub use lingue::{Lingua, SecondaLingua};
pub use logo::{BYTE_LOGO_MASSIMI, LATO_LOGO_MASSIMO, LogoErrato, verifica_logo};
pub use ricevuta::{Beneficiario, Bollo, Prova, Psp, Ricevuta, StatoRicevuta, VOCI_MASSIME, Voce, ricevuta};

/// The ente creditore as it is printed (spec/3 sections 7.1 and 7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ente {
    /// `ragioneSociale` of the dominio. Any length: it is made smaller, then cut, in its box.
    pub denominazione: String,
    /// `codDominio`: the fiscal code, also the one inside the QR code.
    pub dominio: codici::IdDominio,
    /// Codice interbancario; its line is left out when absent.
    pub cbill: Option<String>,
    /// `area` of the unità operativa, else of the dominio.
    pub settore: Option<String>,
    /// Lines under the name, in the order of printing. On an avviso: sito, telefono and fax, pec or email; on a ricevuta: `via civico,` and `cap località (PR)`.
    pub righe: Vec<String>,
    /// PNG or JPEG. A logo that cannot be drawn is left out: see [`verifica_logo`].
    pub logo: Option<Vec<u8>>,
}

/// A person, as debtor or as payer (spec/3 sections 7.1 and 7.2). Fields that must be hidden (keywords such as ANONIMO) come in empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Soggetto {
    pub anagrafica: String,
    /// Codice fiscale or partita IVA, already upper case.
    pub identificativo: String,
    /// `indirizzo civico`, then `cap località (PR)`; each only when it is known.
    pub indirizzo: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ErroreStampa {
    /// Below zero or above [`Importo::MASSIMO`].
    #[error("stampa: l'importo {0} non si può scrivere nei codici dell'avviso")]
    Importo(Importo),
    /// The codeline has ten digits of cents.
    #[error("stampa: l'importo {0} è troppo grande per il bollettino postale (al più 99.999.999,99 euro)")]
    ImportoBollettino(Importo),
    /// The conto is made of the last twelve digits.
    #[error("stampa: l'IBAN postale non finisce con le 12 cifre del conto")]
    IbanPostale,
    #[error("stampa: un documento contiene da 1 a {massimo} avvisi, non {0}", massimo = AVVISI_PER_DOCUMENTO)]
    NumeroAvvisi(usize),
    #[error("stampa: una ricevuta contiene al più {massimo} voci, non {0}", massimo = VOCI_MASSIME)]
    NumeroVoci(usize),
    #[error("stampa: codice grafico non generabile ({0})")]
    Codice(String),
    /// The validators of PDF/A-2a and PDF/UA-1 found something: a fault of this crate.
    #[error("stampa: il PDF composto non è conforme ({0})")]
    Conformita(String),
}

impl ErroreStampa {
    fn da_krilla(errore: &krilla::error::KrillaError) -> Self {
        use krilla::error::KrillaError;
        Self::Conformita(match errore {
            KrillaError::Validation(violazioni) => violazioni.iter().map(|(v, _)| format!("{v:?}")).collect::<Vec<_>>().join("; "),
            altro => altro.to_string(),
        })
    }
}
