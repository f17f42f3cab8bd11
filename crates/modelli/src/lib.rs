//! Interpreter of the part of Freemarker that installations keep as rules of theirs: transformations of forms, texts of promemoria, rows of tracciati.
//!
//! A template is compiled once ([`Modello::compila`]) and may be executed by many threads. An execution does no IO, reads no clock (the instant is an
//! argument), calls no code but the methods of the objects lent to it, and stops at the bounds of [`Limiti`].
//!
//! - `lessico`, `analisi`, `direttive`, `spazi`, `albero`:
//!   from text to tree, with errors that name line and column;
//! - `esecuzione`, `valutazione`, `builtin`, `formati`: from tree to text;
//! - `java`, `jsonpath`: the few classes that templates call by name, as shims (spec/1 section 15);
//! - [`valori`], [`numero`]: what goes in.
//!
//! ```
//! use modelli::{Limiti, Mappa, Modello};
//!
//! let modello = Modello::compila("Da pagare: ${importo?string('#,##0.00')} euro").expect("modello");
//! let mut radice = Mappa::nuova();
//! radice.metti("importo", modelli::Numero::da_cent(123_450));
//! let adesso = chrono::DateTime::UNIX_EPOCH;
//! assert_eq!(modello.esegui(&radice, adesso, &Limiti::default()).as_deref(), Ok("Da pagare: 1.234,50 euro"));
//! ```

mod albero;
mod ambiente;
mod analisi;
mod builtin;
mod direttive;
mod errori;
mod esecuzione;
mod espressioni;
mod formati;
mod java;
mod jsonpath;
mod lessico;
mod limiti;
pub mod numero;
mod prepara;
mod spazi;
pub mod valori;
mod valutazione;

use chrono::{DateTime, Utc};

pub use errori::{ErroreCompilazione, ErroreEsecuzione};
pub use esecuzione::Uscita;
pub use java::{Classi, LettoreJson};
pub use limiti::{Esaurito, Limiti, MODELLO_BYTE_MAX, Risorsa};
pub use numero::Numero;
pub use prepara::{ErrorePreparazione, prepara};
pub use valori::{Data, Genere, Mappa, MappaViva, NonRiuscito, Oggetto, Sequenza, Valore};

/// A template that was understood.
#[derive(Debug)]
pub struct Modello {
    sorgente: String,
    corpo: Vec<albero::Nodo>,
}

impl Modello {
    /// # Errors
    /// With the place and a sentence, for text that is not a template or that uses what is refused.
    pub fn compila(testo: &str) -> Result<Self, ErroreCompilazione> {
        if testo.len() > MODELLO_BYTE_MAX {
            return Err(errori::errore_compilazione(testo, 0, format!("modello troppo lungo: al massimo {MODELLO_BYTE_MAX} byte")));
        }
        Ok(Self { corpo: albero::costruisci(testo)?, sorgente: testo.to_owned() })
    }

    /// Executes and gives the text. `adesso` is what `.now` says.
    ///
    /// # Errors
    /// See [`ErroreEsecuzione`].
    pub fn esegui(&self, radice: &Mappa, adesso: DateTime<Utc>, limiti: &Limiti) -> Result<String, ErroreEsecuzione> {
        self.esegui_tutto(radice, adesso, limiti).map(|uscita| uscita.testo)
    }

    /// As [`Modello::esegui`], with what the template assigned.
    ///
    /// # Errors
    /// See [`ErroreEsecuzione`].
    pub fn esegui_tutto(&self, radice: &Mappa, adesso: DateTime<Utc>, limiti: &Limiti) -> Result<Uscita, ErroreEsecuzione> {
        esecuzione::esegui(&self.sorgente, &self.corpo, radice, adesso, limiti)
    }
}
