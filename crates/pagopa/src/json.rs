//! Request and receipt as integrators receive them in JSON (spec/1 section 9.10 "Rendering of rpt and rt", spec/3 section 1.12.4).
//!
//! Member names and their order are those of the XSD. Absent optional elements are there with null, repeated ones are always arrays, amounts
//! are strings with two decimals, `idTransfer` is a number, dates are strings without zone, binary is base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Map, Value, json};

use crate::messaggi::{
    AccreditoEseguito, AccreditoRichiesto, Bollo, DatiAttivazione, ErroreRichiesta, Ricevuta, Soggetto, Trasferimento, Versione, VoceMetadata,
    leggi_attivazione, leggi_ricevuta,
};

/// The `data` element of a stored activation answer (`ctPaymentPA` or `ctPaymentPAV2`), or the RPT of the older model.
///
/// # Errors
/// As [`leggi_attivazione`].
pub fn rpt_json(byte: &[u8]) -> Result<Value, ErroreRichiesta> {
    match crate::vecchio::json::rpt_json(byte) {
        Some(rpt) => Ok(rpt),
        None => leggi_attivazione(byte).map(|(versione, dati)| attivazione_json(versione, &dati)),
    }
}

/// The `receipt` element of a stored receipt (`ctReceipt` or `ctReceiptV2`), or the RT of the older model.
///
/// # Errors
/// As [`leggi_ricevuta`].
pub fn rt_json(byte: &[u8]) -> Result<Value, ErroreRichiesta> {
    match crate::vecchio::json::rt_json(byte) {
        Some(rt) => Ok(rt),
        None => leggi_ricevuta(byte).map(|ricevuta| ricevuta_json(&ricevuta)),
    }
}

/// The request that a stand-in receipt never had, rebuilt from the receipt (spec/3 section 1.9). `scadenza` comes from the pendenza; `bollo` gives the
/// marca da bollo of the voce at a position, from 0, and is asked only for transfers that carry `MBDAttachment`. The version is the receipt's.
#[must_use]
pub fn rpt_da_ricevuta(ricevuta: &Ricevuta, scadenza: NaiveDate, bollo: impl Fn(usize) -> Option<Bollo>) -> DatiAttivazione {
    let trasferimento = |(posizione, t): (usize, &Trasferimento<AccreditoEseguito>)| Trasferimento {
        indice: t.indice,
        importo: t.importo,
        id_dominio: t.id_dominio.clone(),
        ragione_sociale: t.ragione_sociale.clone(),
        accredito: match &t.accredito {
            AccreditoEseguito::Iban(iban) => AccreditoRichiesto::Iban(iban.clone()),
            AccreditoEseguito::MarcaDaBollo(_) => bollo(posizione).map_or(AccreditoRichiesto::Ignoto, AccreditoRichiesto::Bollo),
        },
        causale: t.causale.clone(),
        categoria: t.categoria.clone(),
        metadata: t.metadata.clone(),
    };
    DatiAttivazione {
        iuv: ricevuta.iuv.clone(),
        importo: ricevuta.importo,
        scadenza,
        data_conservazione: None,
        ultimo_pagamento: None,
        descrizione: ricevuta.descrizione.clone(),
        ragione_sociale: Some(ricevuta.ragione_sociale.clone()),
        ufficio: ricevuta.ufficio.clone(),
        debitore: ricevuta.debitore.clone(),
        trasferimenti: ricevuta.trasferimenti.iter().enumerate().map(trasferimento).collect(),
        metadata: ricevuta.metadata.clone(),
    }
}

/// `data`, from the read value.
#[must_use]
pub fn attivazione_json(versione: Versione, d: &DatiAttivazione) -> Value {
    let trasferimenti: Vec<Value> = d.trasferimenti.iter().map(|t| trasferimento_richiesto(versione, t)).collect();
    json!({
        "creditorReferenceId": d.iuv.as_str(),
        "paymentAmount": d.importo.to_string(),
        "dueDate": data(d.scadenza),
        "retentionDate": d.data_conservazione.map(data_ora),
        "lastPayment": d.ultimo_pagamento,
        "description": d.descrizione,
        "companyName": d.ragione_sociale,
        "officeName": d.ufficio,
        "debtor": soggetto(&d.debitore),
        "transferList": { "transfer": trasferimenti },
        "metadata": metadata(&d.metadata),
    })
}

/// `receipt`, from the read value.
#[must_use]
pub fn ricevuta_json(r: &Ricevuta) -> Value {
    let trasferimenti: Vec<Value> = r.trasferimenti.iter().map(|t| trasferimento_eseguito(r.versione, t)).collect();
    let v2 = r.versione == Versione::V2;
    let mut m = Map::new();
    let mut metti = |nome: &str, valore: Value| {
        m.insert(nome.to_owned(), valore);
    };
    metti("receiptId", json!(r.receipt_id));
    metti("noticeNumber", json!(r.numero_avviso.as_str()));
    metti("fiscalCode", json!(r.id_dominio.as_str()));
    metti("outcome", json!(r.esito.come_testo()));
    metti("creditorReferenceId", json!(r.iuv.as_str()));
    metti("paymentAmount", json!(r.importo.to_string()));
    metti("description", json!(r.descrizione));
    metti("companyName", json!(r.ragione_sociale));
    metti("officeName", json!(r.ufficio));
    metti("debtor", soggetto(&r.debitore));
    metti("transferList", json!({ "transfer": trasferimenti }));
    metti("idPSP", json!(r.psp.id));
    metti("pspFiscalCode", json!(r.psp.codice_fiscale));
    metti("pspPartitaIVA", json!(r.psp.partita_iva));
    metti("PSPCompanyName", json!(r.psp.denominazione));
    metti("idChannel", json!(r.psp.id_canale));
    metti("channelDescription", json!(r.psp.descrizione_canale));
    metti("payer", r.pagante.as_ref().map_or(Value::Null, soggetto));
    metti("paymentMethod", json!(r.metodo));
    if v2 {
        metti("paymentNote", json!(r.nota));
    }
    metti("fee", json!(r.commissione.map(|i| i.to_string())));
    if v2 {
        metti("primaryCiIncurredFee", json!(r.commissione_ente.map(|i| i.to_string())));
        metti("idBundle", json!(r.id_pacchetto));
        metti("idCiBundle", json!(r.id_pacchetto_ente));
    }
    metti("paymentDateTime", json!(r.data_ora_pagamento.map(data_ora)));
    metti("applicationDate", json!(r.data_applicazione.map(data)));
    metti("transferDate", json!(r.data_trasferimento.map(data)));
    metti("metadata", metadata(&r.metadata));
    metti("standIn", json!(r.stand_in));
    Value::Object(m)
}

/// The same value without the members that are null, at every depth: how the sub-resources `/rpt` and `/rt` show it (spec/1 section 9.10).
#[must_use]
pub fn senza_null(valore: Value) -> Value {
    match valore {
        Value::Object(membri) => membri.into_iter().filter(|(_, v)| !v.is_null()).map(|(nome, v)| (nome, senza_null(v))).collect(),
        Value::Array(elementi) => elementi.into_iter().map(senza_null).collect(),
        altro => altro,
    }
}

fn data(data: NaiveDate) -> String {
    data.format("%Y-%m-%d").to_string()
}

fn data_ora(istante: NaiveDateTime) -> String {
    istante.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn soggetto(s: &Soggetto) -> Value {
    json!({
        "uniqueIdentifier": { "entityUniqueIdentifierType": s.tipo.lettera(), "entityUniqueIdentifierValue": s.codice },
        "fullName": s.anagrafica,
        "streetName": s.indirizzo,
        "civicNumber": s.civico,
        "postalCode": s.cap,
        "city": s.localita,
        "stateProvinceRegion": s.provincia,
        "country": s.nazione,
        "e-mail": s.email,
    })
}

fn metadata(voci: &[VoceMetadata]) -> Value {
    if voci.is_empty() {
        return Value::Null;
    }
    json!({ "mapEntry": voci.iter().map(|v| json!({ "key": v.chiave, "value": v.valore })).collect::<Vec<_>>() })
}

/// `transfer`: the members that both kinds share, with the given ones in the middle.
fn trasferimento<A>(versione: Versione, t: &Trasferimento<A>, accredito: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut m = Map::new();
    m.insert("idTransfer".to_owned(), json!(t.indice));
    m.insert("transferAmount".to_owned(), json!(t.importo.to_string()));
    m.insert("fiscalCodePA".to_owned(), json!(t.id_dominio.as_str()));
    if versione == Versione::V2 {
        m.insert("companyName".to_owned(), json!(t.ragione_sociale));
    }
    m.extend(accredito.into_iter().map(|(nome, valore)| (nome.to_owned(), valore)));
    m.insert("remittanceInformation".to_owned(), json!(t.causale));
    m.insert("transferCategory".to_owned(), json!(t.categoria));
    m.insert("metadata".to_owned(), metadata(&t.metadata));
    Value::Object(m)
}

fn trasferimento_richiesto(versione: Versione, t: &Trasferimento<AccreditoRichiesto>) -> Value {
    let (iban, bollo) = match &t.accredito {
        AccreditoRichiesto::Iban(iban) => (json!(iban), Value::Null),
        AccreditoRichiesto::Bollo(b) => {
            (Value::Null, json!({ "hashDocumento": b.hash_documento, "tipoBollo": b.tipo, "provinciaResidenza": b.provincia_residenza }))
        }
        AccreditoRichiesto::Ignoto => (Value::Null, Value::Null),
    };
    let bollo = (versione == Versione::V2).then_some(("richiestaMarcaDaBollo", bollo));
    trasferimento(versione, t, std::iter::once(("IBAN", iban)).chain(bollo))
}

fn trasferimento_eseguito(versione: Versione, t: &Trasferimento<AccreditoEseguito>) -> Value {
    let (iban, marca) = match &t.accredito {
        AccreditoEseguito::Iban(iban) => (json!(iban), Value::Null),
        AccreditoEseguito::MarcaDaBollo(byte) => (Value::Null, json!(STANDARD.encode(byte))),
    };
    let marca = (versione == Versione::V2).then_some(("MBDAttachment", marca));
    trasferimento(versione, t, std::iter::once(("IBAN", iban)).chain(marca))
}
