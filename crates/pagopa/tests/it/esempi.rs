//! Messages for the tests: well-formed ones, from which the others are made by changing a piece.

use chrono::NaiveDate;
use codici::{IdDominio, Importo, Iuv};
use pagopa::messaggi::{AccreditoRichiesto, Bollo, DatiAttivazione, DatiVerifica, Soggetto, TipoSoggetto, Trasferimento, VoceMetadata};

pub const NS: &str = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd";

pub fn busta(corpo: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:pafn="{NS}"><soapenv:Header/><soapenv:Body>{corpo}</soapenv:Body></soapenv:Envelope>"#
    )
}

pub fn messaggio(radice: &str, dentro: &str) -> String {
    format!("<pafn:{radice}>{dentro}</pafn:{radice}>")
}

pub const STAZIONE: &str = "<idPA>77777777777</idPA><idBrokerPA>99999999999</idBrokerPA><idStation>99999999999_01</idStation>";
pub const QR_CODE: &str = "<qrCode><fiscalCode>77777777777</fiscalCode><noticeNumber>302000000000000028</noticeNumber></qrCode>";

pub fn verifica() -> String {
    busta(&messaggio("paVerifyPaymentNoticeReq", &format!("{STAZIONE}{QR_CODE}")))
}

pub fn attivazione(radice: &str) -> String {
    let resto = "<amount>10.00</amount><paymentNote>nota</paymentNote><transferType>POSTAL</transferType><dueDate>2026-12-31</dueDate>";
    busta(&messaggio(radice, &format!("{STAZIONE}{QR_CODE}{resto}")))
}

pub fn avviso() -> String {
    let resto =
        "<idServizio>00001</idServizio><idSoggettoServizio>00002</idSoggettoServizio><datiSpecificiServizioRequest>PGEvPg==</datiSpecificiServizioRequest>";
    busta(&messaggio("paDemandPaymentNoticeRequest", &format!("{STAZIONE}{resto}")))
}

pub const DEBITORE: &str = "<debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType><entityUniqueIdentifierValue>RSSMRA85T10A562S</entityUniqueIdentifierValue></uniqueIdentifier><fullName>Mario Rossi</fullName><streetName>via Roma</streetName><civicNumber>1</civicNumber><postalCode>00100</postalCode><city>Roma</city><stateProvinceRegion>RM</stateProvinceRegion><country>IT</country><e-mail>mario.rossi@esempio.it</e-mail></debtor>";

pub const TRASFERIMENTO_V1: &str = "<transfer><idTransfer>1</idTransfer><transferAmount>10.00</transferAmount><fiscalCodePA>77777777777</fiscalCodePA><IBAN>IT60X0542811101000000123456</IBAN><remittanceInformation>/RFB/02000000000000028/10.00</remittanceInformation><transferCategory>9/0101002IM</transferCategory></transfer>";
pub const TRASFERIMENTO_V2: &str = "<transfer><idTransfer>1</idTransfer><transferAmount>10.00</transferAmount><fiscalCodePA>77777777777</fiscalCodePA><companyName>Ente</companyName><IBAN>IT60X0542811101000000123456</IBAN><remittanceInformation>/RFB/02000000000000028/10.00</remittanceInformation><transferCategory>9/0101002IM</transferCategory><metadata><mapEntry><key>CAPITOLO</key><value>12</value></mapEntry></metadata></transfer>";
pub const TRASFERIMENTO_BOLLO: &str = "<transfer><idTransfer>2</idTransfer><transferAmount>16.00</transferAmount><fiscalCodePA>77777777777</fiscalCodePA><MBDAttachment>PGJvbGxvLz4=</MBDAttachment><remittanceInformation>bollo</remittanceInformation><transferCategory>9/0101002IM</transferCategory></transfer>";

/// `receipt` with the given amount, transfers and last elements (`metadata`, `standIn`).
pub fn receipt(v2: bool, importo: &str, trasferimenti: &str, coda: &str) -> String {
    let nota = if v2 { "<paymentNote>nota</paymentNote>" } else { "" };
    let pacchetti =
        if v2 { "<primaryCiIncurredFee>0.50</primaryCiIncurredFee><idBundle>pacchetto</idBundle><idCiBundle>pacchetto ente</idCiBundle>" } else { "" };
    format!(
        "<receipt><receiptId>c110729d258c4ab1b765fe902aae41d6</receiptId><noticeNumber>302000000000000028</noticeNumber><fiscalCode>77777777777</fiscalCode><outcome>OK</outcome><creditorReferenceId>02000000000000028</creditorReferenceId><paymentAmount>{importo}</paymentAmount><description>TARI 2026</description><companyName>Ente</companyName><officeName>Tributi</officeName>{DEBITORE}<transferList>{trasferimenti}</transferList><idPSP>PSP1</idPSP><pspFiscalCode>CF1</pspFiscalCode><pspPartitaIVA>60000000001</pspPartitaIVA><PSPCompanyName>Banca</PSPCompanyName><idChannel>CANALE</idChannel><channelDescription>app</channelDescription><paymentMethod>creditCard</paymentMethod>{nota}<fee>1.50</fee>{pacchetti}<paymentDateTime>2026-11-22T10:30:15.250Z</paymentDateTime><applicationDate>2026-11-23</applicationDate><transferDate>2026-11-24</transferDate>{coda}</receipt>"
    )
}

pub fn ricevuta_v1(coda: &str, dopo: &str) -> String {
    busta(&messaggio("paSendRTReq", &format!("{STAZIONE}{}{dopo}", receipt(false, "10.00", TRASFERIMENTO_V1, coda))))
}

pub fn ricevuta_v2(coda: &str, dopo: &str) -> String {
    let trasferimenti = format!("{TRASFERIMENTO_V2}{TRASFERIMENTO_BOLLO}");
    busta(&messaggio("paSendRTV2Request", &format!("{STAZIONE}{}{dopo}", receipt(true, "26.00", &trasferimenti, coda))))
}

/// One valid request for each operation, and the variants of the receipts.
pub fn richieste_valide() -> Vec<String> {
    vec![
        verifica(),
        attivazione("paGetPaymentReq"),
        attivazione("paGetPaymentV2Request"),
        ricevuta_v1("", ""),
        ricevuta_v1("<standIn>true</standIn>", ""),
        ricevuta_v1("", "<standin>1</standin>"),
        ricevuta_v2("", ""),
        ricevuta_v2("<metadata><mapEntry><key>k</key><value>v</value></mapEntry></metadata><standIn>false</standIn>", ""),
        ricevuta_v2("", "<standin>0</standin>"),
        avviso(),
    ]
}

pub fn dominio() -> IdDominio {
    IdDominio::leggi("77777777777").expect("undici cifre")
}

pub fn soggetto() -> Soggetto {
    Soggetto {
        tipo: TipoSoggetto::Fisica,
        codice: "RSSMRA85T10A562S".to_owned(),
        anagrafica: "Mario Rossi".to_owned(),
        indirizzo: Some("via Roma".to_owned()),
        civico: Some("1".to_owned()),
        cap: Some("00100".to_owned()),
        localita: Some("Roma".to_owned()),
        provincia: Some("RM".to_owned()),
        nazione: Some("IT".to_owned()),
        email: Some("mario.rossi@esempio.it".to_owned()),
    }
}

pub fn dati_verifica() -> DatiVerifica {
    DatiVerifica {
        importo: Importo::da_cent(1000),
        scadenza: NaiveDate::from_ymd_opt(2026, 12, 31),
        dettaglio: "TARI 2026".to_owned(),
        tutto_postale: false,
        descrizione: "TARI 2026".to_owned(),
        id_dominio: dominio(),
        ragione_sociale: "Ente".to_owned(),
        ufficio: Some("Tributi".to_owned()),
    }
}

pub fn trasferimento(indice: u8, cent: i64, accredito: AccreditoRichiesto) -> Trasferimento<AccreditoRichiesto> {
    Trasferimento {
        indice,
        importo: Importo::da_cent(cent),
        id_dominio: dominio(),
        ragione_sociale: Some("Ente".to_owned()),
        accredito,
        causale: "/RFB/02000000000000028/10.00".to_owned(),
        categoria: "9/0101002IM".to_owned(),
        metadata: Vec::new(),
    }
}

pub fn iban() -> AccreditoRichiesto {
    AccreditoRichiesto::Iban("IT60X0542811101000000123456".to_owned())
}

pub fn bollo() -> Bollo {
    Bollo { hash_documento: "wHpFSLCGZjIvNSXxqtGbxg7275t446DRTk5ZrsdUQ6E=".to_owned(), tipo: "01".to_owned(), provincia_residenza: "RO".to_owned() }
}

pub fn metadata(quante: usize) -> Vec<VoceMetadata> {
    (0..quante).map(|i| VoceMetadata { chiave: format!("chiave {i}"), valore: format!("valore {i}") }).collect()
}

pub fn dati_attivazione() -> DatiAttivazione {
    DatiAttivazione {
        iuv: Iuv::leggi("02000000000000028").expect("iuv"),
        importo: Importo::da_cent(1000),
        scadenza: NaiveDate::from_ymd_opt(2026, 12, 31).expect("data"),
        data_conservazione: None,
        ultimo_pagamento: Some(true),
        descrizione: "TARI 2026".to_owned(),
        ragione_sociale: Some("Ente".to_owned()),
        ufficio: Some("Tributi".to_owned()),
        debitore: soggetto(),
        trasferimenti: vec![trasferimento(1, 1000, iban())],
        metadata: Vec::new(),
    }
}
