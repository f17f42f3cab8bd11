//! SOAP messages written by hand, and answers read by a reader that is not the product's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use simulator::xml::Elemento;

use crate::banco::{Banco, DOMINIO, IBAN, PASSWORD, Risposta, STAZIONE};

pub const INTERMEDIARIO: &str = "11111111113";
pub const STAZIONE_1: &str = "11111111113_01";
/// Same broker: a repeat is OK, an unknown notice is refused.
pub const STAZIONE_2: &str = "11111111113_02";
pub const NS_PA: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";
const NS_SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

pub fn busta(elemento: &str, contenuto: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{NS_SOAP}" xmlns:p="{NS_PA}"><s:Body><p:{elemento}>{contenuto}</p:{elemento}></s:Body></s:Envelope>"#
    )
}

/// A verification or an activation.
#[derive(Clone)]
pub struct Domanda {
    pub elemento: &'static str,
    pub intermediario: String,
    pub stazione: String,
    pub dominio: String,
    pub avviso: String,
    /// Elements after the QR code.
    pub coda: String,
}

impl Domanda {
    fn nuova(elemento: &'static str, avviso: &str) -> Self {
        let testo = str::to_owned;
        Self { elemento, intermediario: testo(INTERMEDIARIO), stazione: testo(STAZIONE_1), dominio: testo(DOMINIO), avviso: testo(avviso), coda: String::new() }
    }

    pub fn verifica(avviso: &str) -> Self {
        Self::nuova("paVerifyPaymentNoticeReq", avviso)
    }

    pub fn attiva_v1(avviso: &str) -> Self {
        Self::nuova("paGetPaymentReq", avviso)
    }

    pub fn attiva_v2(avviso: &str) -> Self {
        Self::nuova("paGetPaymentV2Request", avviso)
    }

    /// The three operations that look for a notice.
    pub fn tutte(avviso: &str) -> [Self; 3] {
        [Self::verifica(avviso), Self::attiva_v1(avviso), Self::attiva_v2(avviso)]
    }

    pub fn intermediario(mut self, intermediario: &str) -> Self {
        self.intermediario = intermediario.to_owned();
        self
    }

    pub fn stazione(mut self, stazione: &str) -> Self {
        self.stazione = stazione.to_owned();
        self
    }

    pub fn dominio(mut self, dominio: &str) -> Self {
        self.dominio = dominio.to_owned();
        self
    }

    pub fn coda(mut self, coda: &str) -> Self {
        self.coda = coda.to_owned();
        self
    }

    pub fn xml(&self) -> String {
        let Self { intermediario, stazione, dominio, avviso, coda, .. } = self;
        // idPA is nobody on purpose: the dominio of a question is the one of its QR code.
        let contenuto = format!(
            "<idPA>99999999999</idPA><idBrokerPA>{intermediario}</idBrokerPA><idStation>{stazione}</idStation>\
             <qrCode><fiscalCode>{dominio}</fiscalCode><noticeNumber>{avviso}</noticeNumber></qrCode>{coda}"
        );
        busta(self.elemento, &contenuto)
    }

    pub async fn invia(&self, banco: &Banco) -> Busta {
        Busta::leggi(posta_come(banco, "nodo", self.xml().into_bytes()).await)
    }

    pub async fn invia_come(&self, banco: &Banco, utente: &str) -> Busta {
        Busta::leggi(posta_come(banco, utente, self.xml().into_bytes()).await)
    }
}

#[derive(Clone)]
pub struct Trasferimento {
    pub id: u8,
    pub importo: String,
    pub dominio: String,
    /// Bytes of MBDAttachment, in place of the IBAN.
    pub allegato: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum StandIn {
    Dentro(bool),
    Fuori(bool),
}

/// A receipt.
#[derive(Clone)]
pub struct Ricevuta {
    pub v2: bool,
    pub intermediario: String,
    pub stazione: String,
    pub dominio: String,
    pub avviso: String,
    pub iuv: String,
    pub receipt_id: String,
    pub esito: &'static str,
    pub importo: String,
    pub debitore: String,
    pub trasferimenti: Vec<Trasferimento>,
    pub stand_in: Option<StandIn>,
    pub data_ora: String,
}

impl Ricevuta {
    /// V2, paid, of one transfer, for a notice with aux digit 3.
    pub fn per(avviso: &str, receipt_id: &str, importo: &str) -> Self {
        let testo = str::to_owned;
        Self {
            v2: true,
            intermediario: testo(INTERMEDIARIO),
            stazione: testo(STAZIONE_1),
            dominio: testo(DOMINIO),
            avviso: testo(avviso),
            iuv: avviso[1..].to_owned(),
            receipt_id: testo(receipt_id),
            esito: "OK",
            importo: testo(importo),
            debitore: testo("VLNGRT75C52F205X"),
            trasferimenti: vec![Trasferimento { id: 1, importo: testo(importo), dominio: testo(DOMINIO), allegato: None }],
            stand_in: None,
            data_ora: testo("2026-03-10T12:30:15"),
        }
    }

    pub fn v1(mut self) -> Self {
        self.v2 = false;
        self
    }

    pub fn stazione(mut self, stazione: &str) -> Self {
        self.stazione = stazione.to_owned();
        self
    }

    pub fn intermediario(mut self, intermediario: &str) -> Self {
        self.intermediario = intermediario.to_owned();
        self
    }

    pub fn dominio(mut self, dominio: &str) -> Self {
        self.dominio = dominio.to_owned();
        self
    }

    pub fn trasferimenti(mut self, trasferimenti: &[(u8, &str, &str)]) -> Self {
        self.trasferimenti = trasferimenti
            .iter()
            .map(|(id, importo, dominio)| Trasferimento { id: *id, importo: (*importo).to_owned(), dominio: (*dominio).to_owned(), allegato: None })
            .collect();
        self
    }

    /// Outcome KO: nothing was paid. The schema wants a transfer, and of more than zero, all the same.
    pub fn ko(mut self) -> Self {
        self.esito = "KO";
        self.importo = "0.00".to_owned();
        self
    }

    pub fn elemento(&self) -> &'static str {
        if self.v2 { "paSendRTV2Request" } else { "paSendRTReq" }
    }

    pub fn xml(&self) -> String {
        let Self { intermediario, stazione, dominio, avviso, iuv, receipt_id, esito, importo, debitore, data_ora, .. } = self;
        let trasferimenti: String = self.trasferimenti.iter().map(|t| self.trasferimento(t)).collect();
        let (dentro, fuori) = match self.stand_in {
            Some(StandIn::Dentro(v)) => (format!("<standIn>{v}</standIn>"), String::new()),
            Some(StandIn::Fuori(v)) => (String::new(), format!("<standin>{v}</standin>")),
            None => (String::new(), String::new()),
        };
        let contenuto = format!(
            "<idPA>99999999999</idPA><idBrokerPA>{intermediario}</idBrokerPA><idStation>{stazione}</idStation><receipt><receiptId>{receipt_id}</receiptId>\
             <noticeNumber>{avviso}</noticeNumber><fiscalCode>{dominio}</fiscalCode><outcome>{esito}</outcome><creditorReferenceId>{iuv}</creditorReferenceId>\
             <paymentAmount>{importo}</paymentAmount><description>TARI 2026</description><companyName>Comune di Prova</companyName>\
             <debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType><entityUniqueIdentifierValue>{debitore}</entityUniqueIdentifierValue>\
             </uniqueIdentifier><fullName>Greta Valenti</fullName></debtor><transferList>{trasferimenti}</transferList><idPSP>PROVAPSP</idPSP>\
             <pspFiscalCode>99999999990</pspFiscalCode><PSPCompanyName>Banca di Prova</PSPCompanyName><idChannel>99999999990_01</idChannel>\
             <channelDescription>app</channelDescription><paymentMethod>creditCard</paymentMethod><fee>1.50</fee><paymentDateTime>{data_ora}</paymentDateTime>\
             {dentro}</receipt>{fuori}"
        );
        busta(self.elemento(), &contenuto)
    }

    fn trasferimento(&self, t: &Trasferimento) -> String {
        let accredito = match &t.allegato {
            Some(byte) => format!("<MBDAttachment>{}</MBDAttachment>", STANDARD.encode(byte)),
            None => format!("<IBAN>{IBAN}</IBAN>"),
        };
        let ente = if self.v2 { "<companyName>Comune di Prova</companyName>" } else { "" };
        format!(
            "<transfer><idTransfer>{}</idTransfer><transferAmount>{}</transferAmount><fiscalCodePA>{}</fiscalCodePA>{ente}{accredito}\
             <remittanceInformation>/RFB/{}/{}</remittanceInformation><transferCategory>9/0101101IM</transferCategory></transfer>",
            t.id, t.importo, t.dominio, self.iuv, t.importo
        )
    }

    pub async fn invia(&self, banco: &Banco) -> Busta {
        Busta::leggi(posta_come(banco, "nodo", self.xml().into_bytes()).await)
    }

    /// Sends it, and wants it accepted.
    pub async fn accettata(&self, banco: &Banco) {
        let busta = self.invia(banco).await;
        assert_eq!(busta.figli(), [("outcome".to_owned(), "OK".to_owned())], "{}", busta.http.testo);
    }
}

pub async fn posta(banco: &Banco, corpo: Vec<u8>) -> Risposta {
    posta_come(banco, "nodo", corpo).await
}

pub async fn posta_come(banco: &Banco, utente: &str, corpo: Vec<u8>) -> Risposta {
    let richiesta = banco.http.post(format!("{}{STAZIONE}", banco.base)).basic_auth(utente, Some(PASSWORD));
    Risposta::leggi(richiesta.header("content-type", "text/xml; charset=utf-8").body(corpo).send().await.expect("risposta")).await
}

/// An answer of the station: HTTP 200, an envelope, one element in its body.
pub struct Busta {
    pub http: Risposta,
    pub corpo: Elemento,
}

impl Busta {
    pub fn leggi(http: Risposta) -> Self {
        assert_eq!(http.stato, StatusCode::OK, "{}", http.testo);
        assert_eq!(http.intestazioni["content-type"], "text/xml; charset=utf-8");
        let radice = simulator::xml::leggi(&http.byte).unwrap_or_else(|e| panic!("{e}: {}", http.testo));
        assert_eq!((radice.spazio.as_deref(), radice.nome.as_str()), (Some(NS_SOAP), "Envelope"));
        let [corpo] = radice.figlio("Body").expect("Body").figli.as_slice() else { panic!("un elemento solo: {}", http.testo) };
        assert_eq!(corpo.spazio.as_deref(), Some(NS_PA));
        Self { corpo: corpo.clone(), http }
    }

    /// Children of the answer, those without elements inside.
    pub fn figli(&self) -> Vec<(String, String)> {
        foglie(&self.corpo)
    }

    /// Text at a path such as `data/debtor/fullName`.
    pub fn a(&self, percorso: &str) -> Option<&str> {
        let mut qui = &self.corpo;
        for nome in percorso.split('/') {
            qui = qui.figlio(nome)?;
        }
        Some(&qui.testo)
    }

    pub fn elemento(&self, percorso: &str) -> &Elemento {
        percorso.split('/').fold(&self.corpo, |qui, nome| qui.figlio(nome).unwrap_or_else(|| panic!("manca {nome}: {}", self.http.testo)))
    }

    /// KO of this operation, with this fault bean and nothing else.
    #[track_caller]
    pub fn rifiuto(&self, elemento: &str, codice: &str, testo: &str, id: &str, descrizione: Option<&str>) {
        let nomi: Vec<&str> = self.corpo.figli.iter().map(|f| f.nome.as_str()).collect();
        assert_eq!((self.corpo.nome.as_str(), nomi.as_slice()), (risposta_a(elemento), ["outcome", "fault"].as_slice()), "{}", self.http.testo);
        assert_eq!(self.a("outcome"), Some("KO"));
        let mut atteso = vec![("faultCode", codice), ("faultString", testo), ("id", id)];
        atteso.extend(descrizione.map(|d| ("description", d)));
        let bean: Vec<(String, String)> = foglie(self.elemento("fault"));
        let bean: Vec<(&str, &str)> = bean.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(bean, atteso);
    }
}

pub fn foglie(elemento: &Elemento) -> Vec<(String, String)> {
    elemento.figli.iter().filter(|f| f.figli.is_empty()).map(|f| (f.nome.clone(), f.testo.clone())).collect()
}

/// The response element of a request element: the contract is not regular.
pub fn risposta_a(elemento: &str) -> &'static str {
    match elemento {
        "paVerifyPaymentNoticeReq" => "paVerifyPaymentNoticeRes",
        "paGetPaymentReq" => "paGetPaymentRes",
        "paGetPaymentV2Request" => "paGetPaymentV2Response",
        "paSendRTReq" => "paSendRTRes",
        "paSendRTV2Request" => "paSendRTV2Response",
        altro => panic!("{altro} non e' una richiesta del contratto"),
    }
}
