//! The ledger of money: append only, signed cents, per voce.
//!
//! Three accounts so far. Their sums say what the position says, and a test recomputes every position from them:
//!
//! - `dovuto`: the importo of the voce as last loaded;
//! - `annullato`: the same importo while the pendenza is annulled, else zero;
//! - `pagato`: what receipts brought.

use codici::Importo;

use crate::pendenza::{Stato, Voce};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Conto {
    Dovuto,
    Annullato,
    Pagato,
}

impl Conto {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Dovuto => "dovuto",
            Self::Annullato => "annullato",
            Self::Pagato => "pagato",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        [Self::Dovuto, Self::Annullato, Self::Pagato].into_iter().find(|c| c.codice() == testo)
    }
}

/// One line of the ledger, before it has a date and a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movimento {
    pub voce: u8,
    pub conto: Conto,
    pub importo: Importo,
    /// Why: `caricamento`, `aggiornamento`, `annullamento`, `ripristino`, `ricevuta:<receiptId>`.
    pub causa: String,
}

/// The lines that bring the ledger from what `prima` was to what `dopo` is: loading, updating, annulling, reviving.
/// Payments are not seen here: [`crate::ricevuta`] writes those.
#[must_use]
pub fn differenza(prima: Option<(Stato, &[Voce])>, dopo: (Stato, &[Voce]), causa: &str) -> Vec<Movimento> {
    let importo_di = |voci: &[Voce], indice: u8| voci.iter().find(|v| v.indice == indice).map_or(Importo::ZERO, |v| v.importo);
    let annullato_di = |stato: Stato, importo: Importo| if stato == Stato::Annullato { importo } else { Importo::ZERO };
    let mut movimenti = Vec::new();
    for voce in dopo.1 {
        let dovuto_prima = prima.map_or(Importo::ZERO, |(_, voci)| importo_di(voci, voce.indice));
        let annullato_prima = prima.map_or(Importo::ZERO, |(stato, _)| annullato_di(stato, dovuto_prima));
        let scarti = [(Conto::Dovuto, voce.importo - dovuto_prima), (Conto::Annullato, annullato_di(dopo.0, voce.importo) - annullato_prima)];
        for (conto, importo) in scarti.into_iter().filter(|(_, i)| *i != Importo::ZERO) {
            movimenti.push(Movimento { voce: voce.indice, conto, importo, causa: causa.to_owned() });
        }
    }
    movimenti
}
