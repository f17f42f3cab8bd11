//! A receipt as biz-events gives it (`CtReceiptModelResponse`, spec/4 section 5.2), turned into the message that should have brought it (spec/3 section 2.5).
//!
//! It is not the receipt byte for byte: it says the same things, and goes the same way from here on.

use quick_xml::escape::escape;
use serde_json::Value;

use crate::busta::NS_SOAP;
use crate::fdr::importo;
use crate::flusso::Illeggibile;
use crate::messaggi::NS_PA_FOR_NODE;

/// Where the receipt would have been sent.
#[derive(Clone, Copy, Debug)]
pub struct Destinatario<'a> {
    pub id_dominio: &'a str,
    pub id_intermediario: &'a str,
    pub id_stazione: &'a str,
}

/// The envelope of a paSendRTV2Request. What it lacks is found by who reads it.
///
/// # Errors
/// For what is no receipt at all, or has an amount that is none.
pub fn in_consegna(v: &Value, a: &Destinatario<'_>) -> Result<Vec<u8>, Illeggibile> {
    if !v["receiptId"].is_string() {
        return Err(Illeggibile::nuovo("la risposta non e' una ricevuta"));
    }
    let mut x = Scritto(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"{NS_SOAP}\"><soapenv:Body><pafn:paSendRTV2Request xmlns:pafn=\"{NS_PA_FOR_NODE}\">"
    ));
    x.campo("idPA", a.id_dominio);
    x.campo("idBrokerPA", a.id_intermediario);
    x.campo("idStation", a.id_stazione);
    x.apri("receipt");
    x.testi(v, &["receiptId", "noticeNumber", "fiscalCode", "outcome", "creditorReferenceId"]);
    x.euro(v, "paymentAmount")?;
    x.testi(v, &["description", "companyName", "officeName"]);
    x.soggetto("debtor", &v["debtor"]);
    x.apri("transferList");
    for t in v["transferList"].as_array().map(Vec::as_slice).unwrap_or_default() {
        x.trasferimento(t)?;
    }
    x.chiudi("transferList");
    x.testi(v, &["idPSP", "pspFiscalCode", "pspPartitaIVA"]);
    x.testo_da("PSPCompanyName", v, "pspCompanyName");
    x.testi(v, &["idChannel"]);
    // Mandatory in the message, optional in the answer.
    x.campo("channelDescription", testo(v, "channelDescription").unwrap_or("N.D."));
    if v["payer"].is_object() {
        x.soggetto("payer", &v["payer"]);
    }
    x.testi(v, &["paymentMethod"]);
    x.euro_se(v, "fee")?;
    x.euro_se(v, "primaryCiIncurredFee")?;
    x.testi(v, &["idBundle", "idCiBundle"]);
    if let Some(quando) = testo(v, "paymentDateTimeFormatted").or_else(|| testo(v, "paymentDateTime")) {
        // `paymentDateTime` alone is a day.
        let quando = if quando.contains('T') { quando.to_owned() } else { format!("{quando}T00:00:00") };
        x.campo("paymentDateTime", &quando);
    }
    x.testi(v, &["applicationDate", "transferDate"]);
    x.metadata(&v["metadata"]);
    x.chiudi("receipt");
    x.0.push_str("</pafn:paSendRTV2Request></soapenv:Body></soapenv:Envelope>");
    Ok(x.0.into_bytes())
}

fn testo<'v>(v: &'v Value, nome: &str) -> Option<&'v str> {
    v.get(nome)?.as_str().filter(|t| !t.is_empty())
}

struct Scritto(String);

impl Scritto {
    fn apri(&mut self, nome: &str) {
        self.0.push_str(&format!("<{nome}>"));
    }

    fn chiudi(&mut self, nome: &str) {
        self.0.push_str(&format!("</{nome}>"));
    }

    fn campo(&mut self, nome: &str, valore: &str) {
        self.apri(nome);
        self.0.push_str(&escape(valore));
        self.chiudi(nome);
    }

    fn testo_da(&mut self, nome: &str, v: &Value, membro: &str) {
        if let Some(valore) = testo(v, membro) {
            self.campo(nome, valore);
        }
    }

    fn testi(&mut self, v: &Value, nomi: &[&str]) {
        for nome in nomi {
            self.testo_da(nome, v, nome);
        }
    }

    fn euro(&mut self, v: &Value, nome: &str) -> Result<(), Illeggibile> {
        let importo = importo(&v[nome]).ok_or_else(|| Illeggibile::nuovo(format!("valore assente o non valido in `{nome}`")))?;
        self.campo(nome, &importo.to_string());
        Ok(())
    }

    fn euro_se(&mut self, v: &Value, nome: &str) -> Result<(), Illeggibile> {
        if v.get(nome).is_none_or(Value::is_null) { Ok(()) } else { self.euro(v, nome) }
    }

    fn soggetto(&mut self, nome: &str, v: &Value) {
        self.apri(nome);
        self.apri("uniqueIdentifier");
        self.testi(v, &["entityUniqueIdentifierType", "entityUniqueIdentifierValue"]);
        self.chiudi("uniqueIdentifier");
        self.testi(v, &["fullName", "streetName", "civicNumber", "postalCode", "city", "stateProvinceRegion", "country"]);
        self.testo_da("e-mail", v, "email");
        self.chiudi(nome);
    }

    fn trasferimento(&mut self, t: &Value) -> Result<(), Illeggibile> {
        self.apri("transfer");
        self.campo("idTransfer", &t["idTransfer"].to_string());
        self.euro(t, "transferAmount")?;
        self.testi(t, &["fiscalCodePA"]);
        match testo(t, "mbdAttachment") {
            // The text is base64 already.
            Some(bollo) => self.campo("MBDAttachment", bollo),
            None => self.testo_da("IBAN", t, "iban"),
        }
        self.testi(t, &["remittanceInformation", "transferCategory"]);
        self.metadata(&t["metadata"]);
        self.chiudi("transfer");
        Ok(())
    }

    fn metadata(&mut self, v: &Value) {
        let Some(voci) = v.as_array().filter(|v| !v.is_empty()) else { return };
        self.apri("metadata");
        for voce in voci {
            self.apri("mapEntry");
            self.testi(voce, &["key", "value"]);
            self.chiudi("mapEntry");
        }
        self.chiudi("metadata");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::messaggi::{AccreditoEseguito, leggi_consegna_ricevuta};

    fn ricevuta() -> Value {
        json!({
            "receiptId": "abc", "noticeNumber": "301000000000000012", "fiscalCode": "12345678901", "outcome": "OK", "creditorReferenceId": "01000000000000012",
            "paymentAmount": 1.0E1, "description": "A & B", "companyName": "Comune", "idPSP": "PSP", "pspCompanyName": "Banca", "idChannel": "C",
            "debtor": { "entityUniqueIdentifierType": "F", "entityUniqueIdentifierValue": "VLNGRT75C52F205X", "fullName": "Greta" },
            "transferList": [
                { "idTransfer": 1, "transferAmount": 9.5, "fiscalCodePA": "12345678901", "iban": "IT02L1234512345123451111111", "mbdAttachment": "",
                  "remittanceInformation": "causale", "transferCategory": "0101101IM", "metadata": [{ "key": "k", "value": "v" }] },
                { "idTransfer": 2, "transferAmount": 0.5, "fiscalCodePA": "12345678901", "iban": "", "mbdAttachment": "PG1hcmNhLz4=",
                  "remittanceInformation": "bollo", "transferCategory": "0101101IM" },
            ],
            "fee": 1.5, "paymentDateTime": "2026-11-20", "paymentDateTimeFormatted": "2026-11-20T10:11:12", "transferDate": "2026-11-20",
        })
    }

    #[test]
    fn la_ricevuta_di_biz_events_si_legge_come_quella_del_nodo() {
        let a = Destinatario { id_dominio: "12345678901", id_intermediario: "11111111113", id_stazione: "11111111113_01" };
        let byte = in_consegna(&ricevuta(), &a).expect("messaggio");
        let (_, letta) = leggi_consegna_ricevuta(&byte).expect("ricevuta");
        let r = letta.ricevuta;
        assert_eq!((r.receipt_id.as_str(), r.importo.cent(), r.commissione.map(|c| c.cent())), ("abc", 1000, Some(150)));
        assert_eq!((letta.stazione.id_stazione.as_str(), r.descrizione.as_str()), ("11111111113_01", "A & B"));
        assert_eq!(r.data_ora_pagamento.map(|d| d.to_string()).as_deref(), Some("2026-11-20 10:11:12"));
        assert_eq!(r.trasferimenti[1].accredito, AccreditoEseguito::MarcaDaBollo(b"<marca/>".to_vec()));
        assert!(in_consegna(&json!({ "title": "x" }), &a).is_err());
    }
}
