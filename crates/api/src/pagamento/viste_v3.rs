//! Positions of v3: the shape of a receipt, with their state (spec/1 section 10.8).

use chrono::{DateTime, Utc};
use domain::Anagrafica;
use domain::pendenza::Pendenza;
use domain::ricevuta::Riscossione;
use serde_json::Value;
use store::pendenze::Allegato;

use crate::json::Oggetto;
use crate::viste;

/// `allegati`: empty in lists.
pub fn archiviata(p: &Pendenza, riscossioni: &[Riscossione], allegati: &[Allegato], anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    Oggetto::da(gateway::leggi_ricevuta::pendenza_pagata(p, riscossioni, anagrafica))
        .con("stato", p.stato_mostrato_tra(adesso, &domain::lettura::lista::STATI_PAGAMENTO).codice())
        .testo("descrizioneStato", p.descrizione_stato.as_ref())
        .se("allegati", (!allegati.is_empty()).then(|| allegati.iter().map(viste::allegato).collect::<Vec<_>>()))
        .valore()
}
