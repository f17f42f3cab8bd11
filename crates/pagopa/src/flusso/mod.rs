//! The flow of rendicontazione (`FlussoRiversamento`, spec/4 section 4.2) and the two calls that bring it from the node (spec/3 section 2.4.1).
//!
//! A flow may have hundreds of thousands of rows: [`Lettore`] gives its header, then one row at a time, and [`estrai_flusso`] decodes the answer of the node
//! while it passes. Structure is read as the XSD has it; values as PSPs write them: amounts below zero, codes 4 and 8, a byte order mark.

mod chiamate;
mod lettore;
mod mtom;
mod scorri;

use std::io;

pub use chiamate::{Chiedente, ELENCO_VOCI_MAX, VoceElenco, chiedi_elenco, chiedi_flusso, estrai_flusso, leggi_elenco};
pub use lettore::{Lettore, Mittente, RIGHE_MAX, Riga, Testata};

/// Why a document cannot be read: in Italian, without its values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{motivo}")]
pub struct Illeggibile {
    pub motivo: String,
    /// What failed was reading the bytes, not their meaning: another try may do.
    pub lettura: bool,
}

impl Illeggibile {
    pub(crate) fn nuovo(motivo: impl Into<String>) -> Self {
        Self { motivo: motivo.into(), lettura: false }
    }

    fn lettura(errore: io::Error) -> Self {
        Self { motivo: format!("lettura non riuscita: {errore}"), lettura: errore.kind() != io::ErrorKind::InvalidData }
    }

    fn interrotto() -> Self {
        Self::nuovo("documento vuoto o interrotto")
    }

    fn xml(errore: &quick_xml::Error, posizione: u64) -> Self {
        match errore {
            quick_xml::Error::Io(e) if e.kind() != io::ErrorKind::InvalidData => Self { motivo: format!("lettura non riuscita: {e}"), lettura: true },
            quick_xml::Error::Io(e) => Self::nuovo(e.to_string()),
            _ => Self::nuovo(format!("XML non ben formato, dopo il byte {posizione}")),
        }
    }
}

/// What the node answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Risposta<T> {
    Fatto(T),
    /// `fault` of the answer, or a SOAP Fault.
    Fault(FaultNodo),
}

/// A refusal of the node, with a code that is its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultNodo {
    pub codice: String,
    pub stringa: String,
    pub descrizione: Option<String>,
}

impl std::fmt::Display for FaultNodo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.codice, self.stringa)?;
        self.descrizione.as_ref().map_or(Ok(()), |d| write!(f, " ({d})"))
    }
}
