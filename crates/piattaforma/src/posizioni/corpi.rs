//! The JSON of a position. What has no value is left out: the contracts know no null.

use codici::IdDominio;
use domain::attivazione::{Destinazione, METADATA_MAX};
use domain::posizione_debitoria::{PosizioneDebitoria, Versamento};
use domain::soggetto::TipoSoggetto;
use serde_json::{Map, Value, json};

use super::istante;

/// Characters of a name in `paCreatePosition`, and of its description.
const CARATTERI_ACA_MAX: usize = 255;
/// Cents that `paCreatePosition` takes.
pub const CENT_ACA_MAX: i64 = 99_999_999_999;

/// `PaymentPositionModel`. `notificationFee` is SEND's to write, `fee` and the dates of validity and retention are not said: the position is payable at once.
#[must_use]
pub fn posizione(p: &PosizioneDebitoria) -> Value {
    let d = &p.debitore;
    let mut o = Map::new();
    o.insert("iupd".to_owned(), p.iupd.as_str().into());
    o.insert("type".to_owned(), TipoSoggetto::da_identificativo(d.identificativo()).codice().into());
    o.insert("payStandIn".to_owned(), p.stand_in.into());
    o.insert("fiscalCode".to_owned(), d.identificativo().into());
    o.insert("fullName".to_owned(), d.anagrafica().into());
    for (nome, valore) in [
        ("streetName", &d.indirizzo),
        ("civicNumber", &d.civico),
        ("postalCode", &d.cap),
        ("city", &d.localita),
        ("province", &d.provincia),
        // Two capitals, or nothing.
        ("country", &d.nazione.clone().filter(|n| n.len() == 2 && n.bytes().all(|b| b.is_ascii_uppercase()))),
        ("email", &d.email),
        ("phone", &d.cellulare),
    ] {
        if let Some(valore) = valore.as_deref().filter(|v| !v.trim().is_empty()) {
            o.insert(nome.to_owned(), valore.into());
        }
    }
    o.insert("switchToExpired".to_owned(), p.scade.into());
    o.insert("companyName".to_owned(), p.ente.as_str().into());
    if let Some(ufficio) = &p.ufficio {
        o.insert("officeName".to_owned(), ufficio.as_str().into());
    }
    o.insert("paymentOption".to_owned(), json!([opzione(p)]));
    Value::Object(o)
}

fn opzione(p: &PosizioneDebitoria) -> Value {
    json!({
        "nav": p.avviso.as_str(),
        "iuv": p.iuv.as_str(),
        "amount": p.importo.cent(),
        "description": p.causale,
        "isPartialPayment": p.rata,
        "dueDate": istante(p.scadenza),
        "transfer": p.versamenti.iter().map(versamento).collect::<Vec<_>>(),
    })
}

fn versamento(v: &Versamento) -> Value {
    let t = &v.trasferimento;
    let mut o = Map::new();
    o.insert("idTransfer".to_owned(), t.id.to_string().into());
    o.insert("amount".to_owned(), t.importo.cent().into());
    o.insert("organizationFiscalCode".to_owned(), t.dominio.as_str().into());
    o.insert("remittanceInformation".to_owned(), t.causale.as_str().into());
    o.insert("category".to_owned(), t.categoria.as_str().into());
    match &t.destinazione {
        Destinazione::Iban(iban) => {
            o.insert("iban".to_owned(), iban.as_str().into());
            if v.postale {
                o.insert("postalIban".to_owned(), iban.as_str().into());
            }
        }
        Destinazione::Bollo { tipo, hash_documento, provincia_residenza } => {
            let bollo = json!({ "hashDocument": hash_documento, "stampType": tipo, "provincialResidence": provincia_residenza });
            o.insert("stamp".to_owned(), bollo);
        }
    }
    o.insert("companyName".to_owned(), t.ragione_sociale.as_str().into());
    if !t.metadata.is_empty() {
        let coppie: Vec<_> = t.metadata.iter().take(METADATA_MAX).map(|(chiave, valore)| json!({ "key": chiave, "value": valore })).collect();
        o.insert("transferMetadata".to_owned(), coppie.into());
    }
    Value::Object(o)
}

/// The body of `paCreatePosition`, which knows neither transfers nor taxonomy: the accounts are those of the first transfer.
#[must_use]
pub fn create_position(p: &PosizioneDebitoria, dominio: &IdDominio, aperta: bool) -> Value {
    let corto = |testo: &str| codici::causale::tronca(testo, CARATTERI_ACA_MAX);
    let mut o = Map::new();
    o.insert("paFiscalCode".to_owned(), dominio.as_str().into());
    o.insert("entityType".to_owned(), TipoSoggetto::da_identificativo(p.debitore.identificativo()).codice().into());
    o.insert("entityFiscalCode".to_owned(), p.debitore.identificativo().into());
    o.insert("entityFullName".to_owned(), corto(p.debitore.anagrafica()).into());
    o.insert("iuv".to_owned(), p.iuv.as_str().into());
    o.insert("nav".to_owned(), p.avviso.as_str().into());
    o.insert("amount".to_owned(), if aperta { p.importo.cent() } else { 0 }.into());
    o.insert("description".to_owned(), corto(&p.causale).into());
    o.insert("expirationDate".to_owned(), istante(p.scadenza).into());
    o.insert("switchToExpired".to_owned(), p.scade.into());
    o.insert("payStandIn".to_owned(), p.stand_in.into());
    if let Some(Versamento { trasferimento, postale }) = p.versamenti.first()
        && let Destinazione::Iban(iban) = &trasferimento.destinazione
    {
        o.insert(if *postale { "postalIban" } else { "iban" }.to_owned(), iban.as_str().into());
    }
    Value::Object(o)
}
