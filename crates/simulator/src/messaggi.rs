//! The SOAP messages that the simulated node sends: templates of our own, one function each (contract: paForNode.xsd, both generations).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codici::Importo;
use serde::{Deserialize, Serialize};

use crate::xml::Scrittore;

pub const SPAZIO_SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub const SPAZIO_PA: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";

/// The calls of the node to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operazione {
    #[serde(rename = "paVerifyPaymentNotice")]
    Verifica,
    #[serde(rename = "paGetPayment")]
    AttivaV1,
    #[serde(rename = "paGetPaymentV2")]
    AttivaV2,
    #[serde(rename = "paSendRT")]
    RicevutaV1,
    #[serde(rename = "paSendRTV2")]
    RicevutaV2,
}

impl Operazione {
    pub const TUTTE: [Self; 5] = [Self::Verifica, Self::AttivaV1, Self::AttivaV2, Self::RicevutaV1, Self::RicevutaV2];

    /// The SOAPAction, which is also the name that people use.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Verifica => "paVerifyPaymentNotice",
            Self::AttivaV1 => "paGetPayment",
            Self::AttivaV2 => "paGetPaymentV2",
            Self::RicevutaV1 => "paSendRT",
            Self::RicevutaV2 => "paSendRTV2",
        }
    }

    #[must_use]
    pub const fn elemento_richiesta(self) -> &'static str {
        match self {
            Self::Verifica => "paVerifyPaymentNoticeReq",
            Self::AttivaV1 => "paGetPaymentReq",
            Self::AttivaV2 => "paGetPaymentV2Request",
            Self::RicevutaV1 => "paSendRTReq",
            Self::RicevutaV2 => "paSendRTV2Request",
        }
    }

    #[must_use]
    pub const fn elemento_risposta(self) -> &'static str {
        match self {
            Self::Verifica => "paVerifyPaymentNoticeRes",
            Self::AttivaV1 => "paGetPaymentRes",
            Self::AttivaV2 => "paGetPaymentV2Response",
            Self::RicevutaV1 => "paSendRTRes",
            Self::RicevutaV2 => "paSendRTV2Response",
        }
    }

    #[must_use]
    pub const fn di_ricevuta(self) -> bool {
        matches!(self, Self::RicevutaV1 | Self::RicevutaV2)
    }
}

/// Generation of the primitives that a station has declared (paGetPayment and paSendRT, or their V2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versione {
    #[serde(alias = "v1")]
    V1,
    #[default]
    #[serde(alias = "v2")]
    V2,
}

impl Versione {
    #[must_use]
    pub const fn attivazione(self) -> Operazione {
        match self {
            Self::V1 => Operazione::AttivaV1,
            Self::V2 => Operazione::AttivaV2,
        }
    }

    #[must_use]
    pub const fn ricevuta(self) -> Operazione {
        match self {
            Self::V1 => Operazione::RicevutaV1,
            Self::V2 => Operazione::RicevutaV2,
        }
    }
}

/// Where the stand-in flag is written: the two published schemas disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostoStandIn {
    /// `receipt/standIn`, as in the current schema.
    #[default]
    Dentro,
    /// `standin` after `receipt`, as in the schema of SANP 3.8.0.
    Fuori,
}

/// To whom a message is addressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indirizzo {
    pub id_pa: String,
    pub id_intermediario: String,
    pub id_stazione: String,
}

/// Money in JSON: a string with two decimals, so that no reader makes a float of it.
pub mod importo_json {
    use codici::Importo;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(importo: &Importo, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&importo.to_string())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Importo, D::Error> {
        Importo::leggi(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Soggetto {
    /// `F` or `G`.
    pub tipo: String,
    pub identificativo: String,
    pub nome: String,
    pub via: Option<String>,
    pub civico: Option<String>,
    pub cap: Option<String>,
    pub citta: Option<String>,
    pub provincia: Option<String>,
    pub nazione: Option<String>,
    pub email: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accredito {
    Iban(String),
    Bollo { hash: String, tipo: String, provincia: String },
}

/// One transfer of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bonifico {
    pub indice: u8,
    #[serde(with = "importo_json")]
    pub importo: Importo,
    pub dominio: String,
    pub ente: Option<String>,
    pub accredito: Accredito,
    pub causale: String,
    pub categoria: String,
    pub metadata: Vec<(String, String)>,
}

/// What the ente answered to an activation, and what the receipt is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatiPagamento {
    pub iuv: String,
    #[serde(with = "importo_json")]
    pub importo: Importo,
    /// `yyyy-MM-dd`.
    pub scadenza: Option<String>,
    pub descrizione: String,
    pub ente: Option<String>,
    pub ufficio: Option<String>,
    pub debitore: Soggetto,
    pub bonifici: Vec<Bonifico>,
    pub metadata: Vec<(String, String)>,
}

/// The PSP that the simulator plays. Texts must respect the schema: 35 characters for identifiers and channel, 70 for the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Psp {
    pub id: String,
    pub codice_fiscale: String,
    pub denominazione: String,
    pub canale: String,
    pub descrizione_canale: String,
    /// `paymentMethod` of the receipt, e.g. `creditCard`, `bancomatPay`, `cash`.
    pub metodo: String,
    /// `fee` of the receipt.
    #[serde(with = "importo_json")]
    pub commissione: Importo,
}

impl Default for Psp {
    fn default() -> Self {
        Self {
            id: "SIMULPSP".into(),
            codice_fiscale: "99999999990".into(),
            denominazione: "Banca Simulata S.p.A.".into(),
            canale: "99999999990_01".into(),
            descrizione_canale: "app".into(),
            metodo: "creditCard".into(),
            commissione: Importo::da_cent(150),
        }
    }
}

/// A receipt before it becomes XML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatiRicevuta {
    pub indirizzo: Indirizzo,
    pub receipt_id: String,
    pub avviso: String,
    pub dominio: String,
    pub dati: DatiPagamento,
    pub psp: Psp,
    /// Local time of Rome, `yyyy-MM-ddTHH:mm:ss`.
    pub data_pagamento: String,
    /// `yyyy-MM-dd`.
    pub data_applicazione: String,
    /// `yyyy-MM-dd`.
    pub data_bonifico: String,
    pub stand_in: Option<(bool, PostoStandIn)>,
}

fn busta(operazione: Operazione, contenuto: &str) -> String {
    let radice = operazione.elemento_richiesta();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"{SPAZIO_SOAP}\" xmlns:pafn=\"{SPAZIO_PA}\"><soapenv:Header/><soapenv:Body>\
         <pafn:{radice}>{contenuto}</pafn:{radice}></soapenv:Body></soapenv:Envelope>"
    )
}

fn intestazione(s: &mut Scrittore, indirizzo: &Indirizzo) {
    s.el("idPA", &indirizzo.id_pa).el("idBrokerPA", &indirizzo.id_intermediario).el("idStation", &indirizzo.id_stazione);
}

fn qr(s: &mut Scrittore, dominio: &str, avviso: &str) {
    s.dentro("qrCode", |s| {
        s.el("fiscalCode", dominio).el("noticeNumber", avviso);
    });
}

/// `paVerifyPaymentNoticeReq`.
#[must_use]
pub fn verifica(indirizzo: &Indirizzo, dominio: &str, avviso: &str) -> String {
    let mut s = Scrittore::default();
    intestazione(&mut s, indirizzo);
    qr(&mut s, dominio, avviso);
    busta(Operazione::Verifica, &s.fine())
}

/// `paGetPaymentReq` or `paGetPaymentV2Request`.
#[must_use]
pub fn attiva(indirizzo: &Indirizzo, dominio: &str, avviso: &str, versione: Versione, importo: Option<Importo>, nota: Option<&str>) -> String {
    let mut s = Scrittore::default();
    intestazione(&mut s, indirizzo);
    qr(&mut s, dominio, avviso);
    s.el_se("amount", importo.map(|i| i.to_string()).as_deref());
    s.el_se("paymentNote", nota);
    busta(versione.attivazione(), &s.fine())
}

/// `paSendRTReq` or `paSendRTV2Request`. A V1 receipt cannot carry a stamp: its transfer says an IBAN of zeros, which no ente has.
#[must_use]
pub fn ricevuta(r: &DatiRicevuta, versione: Versione) -> String {
    let mut s = Scrittore::default();
    intestazione(&mut s, &r.indirizzo);
    s.dentro("receipt", |s| {
        let d = &r.dati;
        s.el("receiptId", &r.receipt_id).el("noticeNumber", &r.avviso).el("fiscalCode", &r.dominio).el("outcome", "OK");
        s.el("creditorReferenceId", &d.iuv).el("paymentAmount", &d.importo.to_string()).el("description", &d.descrizione);
        s.el("companyName", d.ente.as_deref().unwrap_or("Ente creditore")).el_se("officeName", d.ufficio.as_deref());
        soggetto(s, "debtor", &d.debitore);
        s.dentro("transferList", |s| {
            for b in &d.bonifici {
                bonifico(s, b, r, versione);
            }
        });
        s.el("idPSP", &r.psp.id).el("pspFiscalCode", &r.psp.codice_fiscale).el("PSPCompanyName", &r.psp.denominazione);
        s.el("idChannel", &r.psp.canale).el("channelDescription", &r.psp.descrizione_canale);
        soggetto(s, "payer", &d.debitore);
        s.el("paymentMethod", &r.psp.metodo).el("fee", &r.psp.commissione.to_string());
        s.el("paymentDateTime", &r.data_pagamento).el("applicationDate", &r.data_applicazione).el("transferDate", &r.data_bonifico);
        metadata(s, &d.metadata);
        if let Some((valore, PostoStandIn::Dentro)) = r.stand_in {
            s.el("standIn", &valore.to_string());
        }
    });
    if let Some((valore, PostoStandIn::Fuori)) = r.stand_in {
        s.el("standin", &valore.to_string());
    }
    busta(versione.ricevuta(), &s.fine())
}

fn soggetto(s: &mut Scrittore, nome: &str, p: &Soggetto) {
    s.dentro(nome, |s| {
        s.dentro("uniqueIdentifier", |s| {
            s.el("entityUniqueIdentifierType", &p.tipo).el("entityUniqueIdentifierValue", &p.identificativo);
        });
        s.el("fullName", &p.nome).el_se("streetName", p.via.as_deref()).el_se("civicNumber", p.civico.as_deref());
        s.el_se("postalCode", p.cap.as_deref()).el_se("city", p.citta.as_deref()).el_se("stateProvinceRegion", p.provincia.as_deref());
        s.el_se("country", p.nazione.as_deref()).el_se("e-mail", p.email.as_deref());
    });
}

fn bonifico(s: &mut Scrittore, b: &Bonifico, r: &DatiRicevuta, versione: Versione) {
    s.dentro("transfer", |s| {
        s.el("idTransfer", &b.indice.to_string()).el("transferAmount", &b.importo.to_string()).el("fiscalCodePA", &b.dominio);
        if versione == Versione::V2 {
            // Optional in the current schema, mandatory in the answers of 3.8.0: always written when known.
            s.el_se("companyName", b.ente.as_deref());
        }
        match (&b.accredito, versione) {
            (Accredito::Iban(iban), _) => s.el("IBAN", iban),
            (Accredito::Bollo { hash, tipo, .. }, Versione::V2) => {
                s.el("MBDAttachment", &STANDARD.encode(crate::marca::marca_da_bollo(b.importo, hash, tipo, r)))
            }
            (Accredito::Bollo { .. }, Versione::V1) => s.el("IBAN", "IT00X0000000000000000000000"),
        };
        s.el("remittanceInformation", &b.causale).el("transferCategory", &b.categoria);
        if versione == Versione::V2 {
            metadata(s, &b.metadata);
        }
    });
}

fn metadata(s: &mut Scrittore, coppie: &[(String, String)]) {
    if coppie.is_empty() {
        return;
    }
    s.dentro("metadata", |s| {
        for (chiave, valore) in coppie {
            s.dentro("mapEntry", |s| {
                s.el("key", chiave).el("value", valore);
            });
        }
    });
}
