//! What the load generator sends: templates of its own, of the size that real messages have.

use codici::iuv::Numerazione;

pub const DOMINIO: &str = "12345678901";
pub const IBAN: &str = "IT02L1234512345123451111111";
const BUSTA: &str = r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:paf="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><soapenv:Body>"#;
const FINE: &str = "</soapenv:Body></soapenv:Envelope>";
const INDIRIZZO: &str = "<idPA>12345678901</idPA><idBrokerPA>11111111113</idBrokerPA><idStation>11111111113_01</idStation>";

/// One of the positions of the filling, by its number.
#[derive(Clone, Debug)]
pub struct Posizione {
    pub avviso: String,
    pub iuv: String,
}

impl Posizione {
    /// Prefix 9 keeps these numbers apart from those that the program makes.
    pub fn della_semina(n: u64) -> Self {
        let avviso = Numerazione::Aux3 { segregation_code: 1 }.genera("9", n).map(|a| a.to_string()).unwrap_or_default();
        Self { iuv: avviso[1..].to_owned(), avviso }
    }
}

fn qr(p: &Posizione) -> String {
    format!("<qrCode><fiscalCode>{DOMINIO}</fiscalCode><noticeNumber>{}</noticeNumber></qrCode>", p.avviso)
}

pub fn verifica(p: &Posizione) -> String {
    format!("{BUSTA}<paf:paVerifyPaymentNoticeReq>{INDIRIZZO}{}</paf:paVerifyPaymentNoticeReq>{FINE}", qr(p))
}

pub fn attiva(p: &Posizione) -> String {
    format!("{BUSTA}<paf:paGetPaymentV2Request>{INDIRIZZO}{}<amount>132.50</amount></paf:paGetPaymentV2Request>{FINE}", qr(p))
}

/// receiptId of a position: one payment each.
pub fn receipt_id(p: &Posizione) -> String {
    format!("{:0>32}", p.iuv)
}

pub fn ricevuta(p: &Posizione) -> String {
    let (iuv, avviso, id) = (&p.iuv, &p.avviso, receipt_id(p));
    format!(
        "{BUSTA}<paf:paSendRTV2Request>{INDIRIZZO}<receipt><receiptId>{id}</receiptId><noticeNumber>{avviso}</noticeNumber><fiscalCode>{DOMINIO}</fiscalCode>\
         <outcome>OK</outcome><creditorReferenceId>{iuv}</creditorReferenceId><paymentAmount>132.50</paymentAmount><description>TARI 2026 prima rata</description>\
         <companyName>Comune di Prova</companyName><debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>\
         <entityUniqueIdentifierValue>VLNGRT75C52F205X</entityUniqueIdentifierValue></uniqueIdentifier><fullName>Greta Valenti</fullName></debtor>\
         <transferList><transfer><idTransfer>1</idTransfer><transferAmount>132.50</transferAmount><fiscalCodePA>{DOMINIO}</fiscalCodePA>\
         <companyName>Comune di Prova</companyName><IBAN>{IBAN}</IBAN><remittanceInformation>/RFB/{iuv}/132.50/TXT/Quota comunale</remittanceInformation>\
         <transferCategory>9/0101101IM</transferCategory></transfer></transferList><idPSP>ABI99999</idPSP><pspFiscalCode>99999999999</pspFiscalCode>\
         <PSPCompanyName>Banca di Prova</PSPCompanyName><idChannel>99999999999_01</idChannel><channelDescription>app</channelDescription>\
         <paymentMethod>creditCard</paymentMethod><fee>1.50</fee><paymentDateTime>2026-11-22T10:00:00</paymentDateTime>\
         <applicationDate>2026-11-22</applicationDate><transferDate>2026-11-23</transferDate></receipt></paf:paSendRTV2Request>{FINE}"
    )
}

/// Body of PUT.
pub fn pendenza() -> String {
    format!(
        r#"{{"idTipoPendenza":"TARI","idDominio":"{DOMINIO}","causale":"TARI 2026 prima rata","soggettoPagatore":{{"tipo":"F","identificativo":"VLNGRT75C52F205X","anagrafica":"Greta Valenti","indirizzo":"Via dei Tigli","civico":"7","cap":"20100","localita":"Milano","provincia":"MI","nazione":"IT"}},"importo":132.50,"voci":[{{"idVocePendenza":"V1","importo":132.50,"descrizione":"Quota comunale","codEntrata":"TARI"}}]}}"#
    )
}
