//! What API Backoffice is asked about positions and payments (spec/2 sections 2.12, 2.13 and 2.14).
//!
//! In each reader the order of the lines is the order of the checks: page, closed lists, identifiers, order, dates.

mod eventi;
mod flussi;
mod pagamenti;
mod pendenze;
mod promemoria;
mod riscossioni;
mod rpp;

use serde_json::Value;

use super::lista::Parametri;
use super::modifica::{Op, Operazione};
use super::regole::{self, non_valida};
use crate::Rifiuto;

pub use eventi::FiltroEventi;
pub use flussi::{FiltroFlussi, FiltroRendicontazioni, ORDINAMENTO_FLUSSI, ORDINAMENTO_RENDICONTAZIONI, data_ora_flusso};
pub use pagamenti::{FiltroPagamenti, ModificaPagamento, ORDINAMENTO_PAGAMENTI, modifica_pagamento};
pub use pendenze::{FiltroPendenzeUfficio, PENDENZA_UFFICIO, SMART, TIPO_BOLLO_UFFICIO};
pub use promemoria::FiltroPromemoria;
pub use riscossioni::{FiltroRiscossioni, ORDINAMENTO_RISCOSSIONI};
pub use rpp::{FiltroRppUfficio, ModificaRpp, modifica_rpp};

/// Values of a repeated filter, empty ones apart. Text that no column holds is refused.
fn tutti(p: &Parametri<'_>, nome: &str) -> Result<Vec<String>, Rifiuto> {
    let valori: Vec<String> = p.tutti(nome).filter(|v| !v.is_empty()).map(str::to_owned).collect();
    if valori.iter().any(|v| v.contains('\0')) { non_valida(nome) } else { Ok(valori) }
}

fn testo(valore: &Value) -> Option<String> {
    valore.as_str().filter(|t| !t.is_empty() && !t.contains('\0')).map(str::to_owned)
}

fn consentita(o: &Operazione, sola: Op) -> Result<(), Rifiuto> {
    if o.op == sola {
        return Ok(());
    }
    Err(Rifiuto::Sintassi(format!("Op '{}' non valido per il path '{}'", o.op.nome(), o.path)))
}

fn value<T>(o: &Operazione) -> Result<T, Rifiuto> {
    Err(Rifiuto::Sintassi(format!("Value non valido per il path '{}'", o.path)))
}

fn path<T>(o: &Operazione) -> Result<T, Rifiuto> {
    let mostrato = regole::accorcia(&o.path, regole::VALORE_MOSTRATO_MAX);
    Err(Rifiuto::Sintassi(format!("Path '{mostrato}' non valido")))
}

#[cfg(test)]
mod prova {
    pub fn coppie(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }
}
