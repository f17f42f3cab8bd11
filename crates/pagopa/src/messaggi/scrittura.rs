//! XML of the answers: escaping, truncation and the element order of the XSD.

use chrono::NaiveDate;
use codici::causale::tronca;

use super::parti::VOCI_METADATA_SCRITTE_MAX;
use super::risposte::CARATTERI_DESCRIZIONE_MAX;
use super::{AccreditoRichiesto, Bollo, DatiAttivazione, DatiVerifica, NS_PA_FOR_NODE, Soggetto, Trasferimento, Versione, VoceMetadata};
use crate::busta::{NS_SOAP, carattere_ammesso};
use crate::fault::Fault;
use crate::regole::{due_maiuscole, e_mail};

/// Takes the place of a character that XML 1.0 does not have.
const SEGNAPOSTO: char = '?';
/// A usual activation answer with two transfers; more transfers let the buffer grow.
const CAPIENZA_INIZIALE: usize = 2048;

pub(crate) struct Scrittore {
    xml: String,
    /// Message element, to be closed at the end.
    radice: Option<String>,
    /// Prefix of the elements that are written now, colon included.
    prefisso: &'static str,
}

impl Scrittore {
    fn nuovo() -> Self {
        let mut xml = String::with_capacity(CAPIENZA_INIZIALE);
        xml.push_str(r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv=""#);
        xml.push_str(NS_SOAP);
        xml.push_str(r#"">"#);
        Self { xml, radice: None, prefisso: "" }
    }

    /// Nothing yet: for a document that is no message of the station.
    pub fn vuoto() -> Self {
        Self { xml: String::with_capacity(CAPIENZA_INIZIALE), radice: None, prefisso: "" }
    }

    /// Opens an element and makes its namespace that of all that it holds.
    pub fn apri_con_spazio(&mut self, nome: &str, spazio: &str) {
        self.xml.push_str(&format!("<{nome} xmlns=\"{spazio}\">"));
    }

    pub fn in_testo(self) -> String {
        self.xml
    }

    /// Opens envelope, body and the message element.
    pub fn busta(radice: &str) -> Self {
        Self::busta_in(&format!("pafn:{radice}"), &[("pafn", NS_PA_FOR_NODE)], |_| ())
    }

    /// The same with any message element and declarations, after a SOAP header.
    pub fn busta_in(radice: &str, spazi: &[(&str, &str)], testata: impl FnOnce(&mut Self)) -> Self {
        let mut s = Self::nuovo();
        let prima = s.xml.len();
        testata(&mut s);
        if s.xml.len() > prima {
            s.xml.insert_str(prima, "<soapenv:Header>");
            s.xml.push_str("</soapenv:Header>");
        }
        s.xml.push_str("<soapenv:Body>");
        s.apri_dichiarando(radice, spazi);
        s.radice = Some(radice.to_owned());
        s
    }

    /// Opens an element with declarations of namespaces.
    pub fn apri_dichiarando(&mut self, nome: &str, spazi: &[(&str, &str)]) {
        self.xml.push('<');
        self.xml.push_str(nome);
        for (prefisso, spazio) in spazi {
            self.xml.push_str(&format!(r#" xmlns:{prefisso}="{spazio}""#));
        }
        self.xml.push('>');
    }

    /// What is written inside is in the namespace of the prefix (`pay_i:`).
    pub fn col_prefisso(&mut self, prefisso: &'static str, dentro: impl FnOnce(&mut Self)) {
        let prima = std::mem::replace(&mut self.prefisso, prefisso);
        dentro(self);
        self.prefisso = prima;
    }

    pub fn soap_fault(codice: &str, testo: &str) -> String {
        let mut s = Self::nuovo();
        s.xml.push_str("<soapenv:Body><soapenv:Fault>");
        s.elemento("faultcode", &format!("soapenv:{codice}"));
        s.elemento("faultstring", &tronca(testo, CARATTERI_DESCRIZIONE_MAX));
        s.xml.push_str("</soapenv:Fault>");
        s.fine()
    }

    pub fn fine(mut self) -> String {
        if let Some(radice) = self.radice {
            self.xml.push_str("</");
            self.xml.push_str(&radice);
            self.xml.push('>');
        }
        self.xml.push_str("</soapenv:Body></soapenv:Envelope>");
        self.xml
    }

    pub fn esito_ok(&mut self, dati: impl FnOnce(&mut Self)) {
        self.elemento("outcome", "OK");
        dati(self);
    }

    fn apri(&mut self, nome: &str) {
        self.xml.push('<');
        self.xml.push_str(self.prefisso);
        self.xml.push_str(nome);
        self.xml.push('>');
    }

    pub fn chiudi(&mut self, nome: &str) {
        self.xml.push_str("</");
        self.xml.push_str(self.prefisso);
        self.xml.push_str(nome);
        self.xml.push('>');
    }

    pub fn gruppo(&mut self, nome: &str, dentro: impl FnOnce(&mut Self)) {
        self.apri(nome);
        dentro(self);
        self.chiudi(nome);
    }

    pub fn elemento(&mut self, nome: &str, testo: &str) {
        self.testo(nome, testo, usize::MAX);
    }

    /// The text as it is, cut at `massimo` characters.
    pub fn testo(&mut self, nome: &str, testo: &str, massimo: usize) {
        self.apri(nome);
        for c in testo.chars().take(massimo) {
            match c {
                '&' => self.xml.push_str("&amp;"),
                '<' => self.xml.push_str("&lt;"),
                '>' => self.xml.push_str("&gt;"),
                // Written raw it would be read back as a line feed.
                '\r' => self.xml.push_str("&#13;"),
                c if carattere_ammesso(c) => self.xml.push(c),
                _ => self.xml.push(SEGNAPOSTO),
            }
        }
        self.chiudi(nome);
    }

    /// A text that must be there: a space says that it is missing (spec/3 section 1.6).
    pub fn obbligatorio(&mut self, nome: &str, testo: &str, massimo: usize) {
        self.testo(nome, if testo.trim().is_empty() { " " } else { testo }, massimo);
    }

    pub fn facoltativo(&mut self, nome: &str, testo: Option<&str>, massimo: usize) {
        if let Some(testo) = testo.filter(|t| !t.trim().is_empty()) {
            self.testo(nome, testo, massimo);
        }
    }

    fn booleano(&mut self, nome: &str, valore: bool) {
        self.elemento(nome, if valore { "true" } else { "false" });
    }

    pub fn data(&mut self, nome: &str, data: NaiveDate) {
        self.elemento(nome, &data.format("%Y-%m-%d").to_string());
    }
}

pub(crate) fn scrivi_fault(s: &mut Scrittore, fault: &Fault) {
    s.elemento("outcome", "KO");
    scrivi_solo_fault(s, fault);
}

pub(crate) fn scrivi_solo_fault(s: &mut Scrittore, fault: &Fault) {
    s.gruppo("fault", |s| {
        s.elemento("faultCode", fault.codice.codice());
        s.elemento("faultString", fault.codice.testo());
        s.elemento("id", &fault.id);
        s.facoltativo("description", fault.descrizione.as_deref(), CARATTERI_DESCRIZIONE_MAX);
    });
}

pub(crate) fn scrivi_verifica(s: &mut Scrittore, dati: &DatiVerifica) {
    s.gruppo("paymentList", |s| {
        s.gruppo("paymentOptionDescription", |s| {
            s.elemento("amount", &dati.importo.to_string());
            s.elemento("options", "EQ");
            if let Some(scadenza) = dati.scadenza {
                s.data("dueDate", scadenza);
            }
            s.obbligatorio("detailDescription", &dati.dettaglio, 140);
            s.booleano("allCCP", dati.tutto_postale);
        });
    });
    s.obbligatorio("paymentDescription", &dati.descrizione, 140);
    s.elemento("fiscalCodePA", dati.id_dominio.as_str());
    s.obbligatorio("companyName", &dati.ragione_sociale, 140);
    s.facoltativo("officeName", dati.ufficio.as_deref(), 140);
}

pub(crate) fn scrivi_attivazione(s: &mut Scrittore, versione: Versione, dati: &DatiAttivazione) {
    s.gruppo("data", |s| {
        s.testo("creditorReferenceId", dati.iuv.as_str(), 35);
        s.elemento("paymentAmount", &dati.importo.to_string());
        s.data("dueDate", dati.scadenza);
        if let Some(data) = dati.data_conservazione {
            s.elemento("retentionDate", &data.format("%Y-%m-%dT%H:%M:%S%.f").to_string());
        }
        if let Some(ultimo) = dati.ultimo_pagamento {
            s.booleano("lastPayment", ultimo);
        }
        s.obbligatorio("description", &dati.descrizione, 140);
        match versione {
            Versione::V1 => s.facoltativo("companyName", dati.ragione_sociale.as_deref(), 140),
            Versione::V2 => s.obbligatorio("companyName", dati.ragione_sociale.as_deref().unwrap_or_default(), 140),
        }
        s.facoltativo("officeName", dati.ufficio.as_deref(), 140);
        scrivi_debitore(s, &dati.debitore);
        s.gruppo("transferList", |s| {
            for t in &dati.trasferimenti {
                s.gruppo("transfer", |s| scrivi_trasferimento(s, versione, t, dati.ragione_sociale.as_deref()));
            }
        });
        scrivi_metadata(s, &dati.metadata);
    });
}

fn scrivi_debitore(s: &mut Scrittore, d: &Soggetto) {
    s.gruppo("debtor", |s| {
        s.gruppo("uniqueIdentifier", |s| {
            s.elemento("entityUniqueIdentifierType", d.tipo.lettera());
            s.testo("entityUniqueIdentifierValue", &d.codice, 16);
        });
        s.obbligatorio("fullName", &d.anagrafica, 70);
        s.facoltativo("streetName", d.indirizzo.as_deref(), 70);
        s.facoltativo("civicNumber", d.civico.as_deref(), 16);
        s.facoltativo("postalCode", d.cap.as_deref(), 16);
        s.facoltativo("city", d.localita.as_deref(), 35);
        s.facoltativo("stateProvinceRegion", d.provincia.as_deref(), 35);
        s.facoltativo("country", d.nazione.as_deref().filter(|n| due_maiuscole(n).is_ok()), 2);
        s.facoltativo("e-mail", d.email.as_deref().filter(|m| e_mail(m).is_ok()), 256);
    });
}

/// V1 without metadata and V2 with `companyName`: the only writing that both generations of the contract accept (spec/4 section 0).
fn scrivi_trasferimento(s: &mut Scrittore, versione: Versione, t: &Trasferimento<AccreditoRichiesto>, ragione_sociale: Option<&str>) {
    s.elemento("idTransfer", &t.indice.to_string());
    s.elemento("transferAmount", &t.importo.to_string());
    s.elemento("fiscalCodePA", t.id_dominio.as_str());
    if versione == Versione::V2 {
        s.obbligatorio("companyName", t.ragione_sociale.as_deref().or(ragione_sociale).unwrap_or_default(), 140);
    }
    match &t.accredito {
        AccreditoRichiesto::Iban(iban) => s.testo("IBAN", iban, 35),
        AccreditoRichiesto::Bollo(bollo) => scrivi_bollo(s, bollo),
        AccreditoRichiesto::Ignoto => {}
    }
    s.obbligatorio("remittanceInformation", &t.causale, 140);
    s.testo("transferCategory", &t.categoria, 140);
    if versione == Versione::V2 {
        scrivi_metadata(s, &t.metadata);
    }
}

fn scrivi_bollo(s: &mut Scrittore, bollo: &Bollo) {
    s.gruppo("richiestaMarcaDaBollo", |s| {
        s.elemento("hashDocumento", &bollo.hash_documento);
        s.elemento("tipoBollo", &bollo.tipo);
        s.elemento("provinciaResidenza", &bollo.provincia_residenza);
    });
}

/// Entries without key or value say nothing and would not be valid: they are left out.
fn scrivi_metadata(s: &mut Scrittore, metadata: &[VoceMetadata]) {
    let mut voci = metadata.iter().filter(|v| !v.chiave.trim().is_empty() && !v.valore.trim().is_empty()).take(VOCI_METADATA_SCRITTE_MAX).peekable();
    if voci.peek().is_none() {
        return;
    }
    s.gruppo("metadata", |s| {
        for voce in voci {
            s.gruppo("mapEntry", |s| {
                s.testo("key", &voce.chiave, 140);
                s.testo("value", &voce.valore, 140);
            });
        }
    });
}
