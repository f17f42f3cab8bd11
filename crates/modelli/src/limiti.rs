//! Bounds of the compiler and of one execution. A template is somebody else's program: it may be wrong, it must not take the house down.

use std::fmt;

use crate::valori::Valore;

/// Bytes of a template. The biggest known ones (87 columns of a tracciato) are under 40 KiB.
pub const MODELLO_BYTE_MAX: usize = 1 << 20;
/// Directives within directives.
pub const ANNIDAMENTO_MAX: usize = 64;
/// Height of the tree of one expression: evaluation is recursive and must fit in the 2 MiB stack of a worker thread.
pub const PROFONDITA_ESPRESSIONE_MAX: u16 = 200;
/// Lists within lists that a template may build: values are dropped recursively.
pub const PROFONDITA_VALORE_MAX: u16 = 200;

/// What one execution may consume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limiti {
    /// Steps: one for each node evaluated, more for built-ins on long texts. A transformation takes a few hundred.
    pub passi: u64,
    /// Bytes of the text produced.
    pub uscita_byte: u64,
    /// Bytes of all the values computed on the way, added up and never given back.
    pub memoria_byte: u64,
    /// Elements of one list.
    pub elementi: u64,
}

impl Default for Limiti {
    fn default() -> Self {
        Self { passi: 1_000_000, uscita_byte: 4 << 20, memoria_byte: 64 << 20, elementi: 100_000 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risorsa {
    Passi,
    Uscita,
    Memoria,
    Elementi,
}

/// A bound of [`Limiti`] was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("il modello ha superato il limite di {limite} {risorsa}")]
pub struct Esaurito {
    pub risorsa: Risorsa,
    pub limite: u64,
}

impl fmt::Display for Risorsa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passi => "passi di esecuzione",
            Self::Uscita => "byte di testo prodotto",
            Self::Memoria => "byte di valori intermedi",
            Self::Elementi => "elementi in una lista",
        })
    }
}

/// The meter of one execution.
#[derive(Debug)]
pub(crate) struct Consumo {
    limiti: Limiti,
    passi: u64,
    memoria: u64,
}

impl Consumo {
    pub fn nuovo(limiti: &Limiti) -> Self {
        Self { limiti: limiti.clone(), passi: 0, memoria: 0 }
    }

    pub fn passi(&mut self, quanti: u64) -> Result<(), Esaurito> {
        self.passi = self.passi.saturating_add(quanti);
        conta(self.passi, self.limiti.passi, Risorsa::Passi)
    }

    pub fn memoria(&mut self, byte: usize) -> Result<(), Esaurito> {
        self.memoria = self.memoria.saturating_add(byte as u64);
        conta(self.memoria, self.limiti.memoria_byte, Risorsa::Memoria)
    }

    /// To be asked before a list of that many elements is made.
    pub fn elementi(&mut self, quanti: usize) -> Result<(), Esaurito> {
        conta(quanti as u64, self.limiti.elementi, Risorsa::Elementi)?;
        self.passi(quanti as u64)?;
        self.memoria(quanti.saturating_mul(size_of::<Valore>()))
    }

    /// To be asked before the output grows to that many bytes.
    pub fn uscita(&self, byte: usize) -> Result<(), Esaurito> {
        conta(byte as u64, self.limiti.uscita_byte, Risorsa::Uscita)
    }

    /// Room that is left for a single text.
    pub fn testo_libero(&self) -> usize {
        usize::try_from(self.limiti.memoria_byte.saturating_sub(self.memoria)).unwrap_or(usize::MAX)
    }

    pub fn memoria_esaurita(&self) -> Esaurito {
        Esaurito { risorsa: Risorsa::Memoria, limite: self.limiti.memoria_byte }
    }
}

const fn conta(valore: u64, limite: u64, risorsa: Risorsa) -> Result<(), Esaurito> {
    if valore > limite { Err(Esaurito { risorsa, limite }) } else { Ok(()) }
}

/// A text that refuses to outgrow the memory that is left: for whatever may multiply its input (`?replace`, `?join`, `?left_pad`).
pub(crate) struct TestoLimitato {
    testo: String,
    libero: usize,
    limite: Esaurito,
}

impl TestoLimitato {
    pub fn nuovo(consumo: &Consumo) -> Self {
        Self { testo: String::new(), libero: consumo.testo_libero(), limite: consumo.memoria_esaurita() }
    }

    pub fn aggiungi(&mut self, pezzo: &str) -> Result<(), Esaurito> {
        if self.testo.len() + pezzo.len() > self.libero {
            return Err(self.limite);
        }
        self.testo.push_str(pezzo);
        Ok(())
    }

    pub fn fine(self) -> String {
        self.testo
    }
}
