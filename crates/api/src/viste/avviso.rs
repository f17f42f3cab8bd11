//! The avviso as data (spec/1 section 9.7).

use chrono::{DateTime, Utc};
use codici::{IdDominio, NumeroAvviso, stampa};
use domain::Anagrafica;
use domain::pendenza::{Pendenza, StatoMostrato};
use serde_json::Value;

use crate::json::Oggetto;

/// Any paid state is DUPLICATA.
pub fn avviso(p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Value {
    let stato = match p.stato_mostrato(adesso) {
        StatoMostrato::NonEseguita => "NON_ESEGUITA",
        StatoMostrato::Scaduta => "SCADUTA",
        StatoMostrato::Annullata => "ANNULLATA",
        StatoMostrato::Eseguita | StatoMostrato::EseguitaParziale | StatoMostrato::Anomala | StatoMostrato::Incassata => "DUPLICATA",
    };
    let gln = anagrafica.dominio(&p.dominio).and_then(|d| d.gln.clone()).unwrap_or_default();
    Oggetto::nuovo()
        .con("stato", stato)
        .importo("importo", p.importo)
        .con("idDominio", p.dominio.as_str())
        .con("numeroAvviso", p.numero_avviso.as_str())
        .data("dataValidita", p.data_validita)
        .data("dataScadenza", p.data_scadenza)
        .giorno("dataPagamento", p.data_pagamento)
        .con("descrizione", p.causale.as_str())
        .testo("tassonomiaAvviso", p.tassonomia_avviso.as_ref())
        .con("qrcode", stampa::qr_code(&p.numero_avviso, &p.dominio, p.importo))
        .con("barcode", stampa::codice_a_barre(&gln, &p.numero_avviso, p.importo))
        .valore()
}

/// An unknown avviso is an answer, not an error.
pub fn avviso_sconosciuto(dominio: &IdDominio, numero: &NumeroAvviso) -> Value {
    Oggetto::nuovo().con("stato", "SCONOSCIUTA").con("numeroAvviso", numero.as_str()).con("idDominio", dominio.as_str()).valore()
}
