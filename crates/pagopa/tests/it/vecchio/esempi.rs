//! Messages of the older model for the tests.

use chrono::NaiveDate;
use codici::{IdDominio, Importo, Iuv};
use pagopa::messaggi::{Bollo, Soggetto, TipoSoggetto};
use pagopa::vecchio::rpt::{Beneficiario, Rpt, Versamento};

pub fn dominio() -> IdDominio {
    IdDominio::leggi("77777777777").expect("dominio")
}

pub fn iuv() -> Iuv {
    Iuv::leggi("02000000000000028").expect("iuv")
}

pub fn persona() -> Soggetto {
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

pub fn beneficiario(unita: bool) -> Beneficiario {
    let testo = |t: &str| Some(t.to_owned());
    Beneficiario {
        denominazione: "Comune di Prova".to_owned(),
        unita: unita.then(|| ("UFF".to_owned(), "Ufficio tributi".to_owned())),
        indirizzo: testo("Piazza Grande"),
        civico: testo("1"),
        cap: testo("00100"),
        localita: testo("Prova"),
        provincia: testo("PR"),
        nazione: testo("IT"),
    }
}

pub fn versamento(cent: i64) -> Versamento {
    let importo = Importo::da_cent(cent);
    Versamento {
        importo,
        accredito: Some(("IT02L1234512345123451111111".to_owned(), Some("ABCDITRRXXX".to_owned()))),
        appoggio: Some(("IT60X0760101000000012345678".to_owned(), None)),
        causale: format!("/RFB/{}/{importo}/TXT/TARI", iuv()),
        categoria: "9/0101002IM".to_owned(),
        bollo: None,
    }
}

pub fn bollo(cent: i64) -> Versamento {
    let bollo =
        Bollo { hash_documento: "h9XPMwQAIYJ01kYZ0UiFsTdUTtY9uw7bFYBNI3AHxM8=".to_owned(), tipo: "01".to_owned(), provincia_residenza: "RM".to_owned() };
    Versamento { accredito: None, appoggio: None, bollo: Some(bollo), ..versamento(cent) }
}

pub fn rpt(versamenti: Vec<Versamento>) -> Rpt {
    Rpt {
        id_dominio: dominio(),
        id_stazione: "99999999999_01".to_owned(),
        id_messaggio: "0123456789abcdef0123456789abcdef".to_owned(),
        data_ora: NaiveDate::from_ymd_opt(2026, 11, 22).expect("data").and_hms_opt(10, 30, 15).expect("ora"),
        autenticazione: "N/A".to_owned(),
        versante: Some(persona()),
        pagatore: persona(),
        beneficiario: beneficiario(true),
        data_esecuzione: NaiveDate::from_ymd_opt(2026, 11, 22).expect("data"),
        importo: versamenti.iter().map(|v| v.importo).sum(),
        tipo_versamento: "BBT".to_owned(),
        iuv: iuv(),
        ccp: "ccp1".to_owned(),
        iban_addebito: Some("IT02L1234512345123451111111".to_owned()),
        bic_addebito: Some("ABCDITRRXXX".to_owned()),
        versamenti,
    }
}

/// The RT of [`rpt`] with these payments (importo, iur, causale).
pub fn rt(esito: &str, totale: &str, pagamenti: &[(&str, &str, &str)]) -> String {
    let singoli: String = pagamenti
        .iter()
        .map(|(importo, iur, causale)| {
            format!(
                "<datiSingoloPagamento><singoloImportoPagato>{importo}</singoloImportoPagato><esitoSingoloPagamento>ESITO</esitoSingoloPagamento><dataEsitoSingoloPagamento>2026-11-22</dataEsitoSingoloPagamento><identificativoUnivocoRiscossione>{iur}</identificativoUnivocoRiscossione><causaleVersamento>{causale}</causaleVersamento><datiSpecificiRiscossione>9/0101002IM</datiSpecificiRiscossione><commissioniApplicatePSP>1.50</commissioniApplicatePSP><commissioniApplicatePA>0.10</commissioniApplicatePA></datiSingoloPagamento>"
            )
        })
        .collect();
    let chi = |c: &str| {
        format!(
            "<identificativoUnivoco{c}><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>77777777777</codiceIdentificativoUnivoco></identificativoUnivoco{c}><denominazione{c}>Nome</denominazione{c}><codiceUnitOper{c}>U</codiceUnitOper{c}><denomUnitOper{c}>Unita</denomUnitOper{c}><indirizzo{c}>via</indirizzo{c}><civico{c}>1</civico{c}><cap{c}>1</cap{c}><localita{c}>L</localita{c}><provincia{c}>P</provincia{c}><nazione{c}>IT</nazione{c}>"
        )
    };
    let persona = |c: &str| {
        format!(
            "<identificativoUnivoco{c}><tipoIdentificativoUnivoco>F</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>RSSMRA85T10A562S</codiceIdentificativoUnivoco></identificativoUnivoco{c}><anagrafica{c}>Mario Rossi</anagrafica{c}><e-mail{c}>a@b.it</e-mail{c}>"
        )
    };
    format!(
        "<RT xmlns=\"http://www.digitpa.gov.it/schemas/2011/Pagamenti/\"><versioneOggetto>6.2.0</versioneOggetto><dominio><identificativoDominio>77777777777</identificativoDominio><identificativoStazioneRichiedente>99999999999_01</identificativoStazioneRichiedente></dominio><identificativoMessaggioRicevuta>ricevuta1</identificativoMessaggioRicevuta><dataOraMessaggioRicevuta>2026-11-22T10:31:00</dataOraMessaggioRicevuta><riferimentoMessaggioRichiesta>0123456789abcdef0123456789abcdef</riferimentoMessaggioRichiesta><riferimentoDataRichiesta>2026-11-22</riferimentoDataRichiesta><istitutoAttestante>{}</istitutoAttestante><enteBeneficiario>{}</enteBeneficiario><soggettoVersante>{}</soggettoVersante><soggettoPagatore>{}</soggettoPagatore><datiPagamento><codiceEsitoPagamento>{esito}</codiceEsitoPagamento><importoTotalePagato>{totale}</importoTotalePagato><identificativoUnivocoVersamento>02000000000000028</identificativoUnivocoVersamento><CodiceContestoPagamento>ccp1</CodiceContestoPagamento>{singoli}</datiPagamento></RT>",
        chi("Attestante"),
        chi("Beneficiario"),
        persona("Versante"),
        persona("Pagatore"),
    )
}

pub const CAUSALE: &str = "/RFB/02000000000000028/10.00";

pub fn intestazione() -> String {
    "<ppthead:intestazionePPT xmlns:ppthead=\"http://ws.pagamenti.telematici.gov/ppthead\"><identificativoIntermediarioPA>99999999999</identificativoIntermediarioPA><identificativoStazioneIntermediarioPA>99999999999_01</identificativoStazioneIntermediarioPA><identificativoDominio>77777777777</identificativoDominio><identificativoUnivocoVersamento>02000000000000028</identificativoUnivocoVersamento><codiceContestoPagamento>ccp1</codiceContestoPagamento></ppthead:intestazionePPT>".to_owned()
}

pub fn busta(testata: &str, corpo: &str) -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:ws=\"http://ws.pagamenti.telematici.gov/\"><soapenv:Header>{testata}</soapenv:Header><soapenv:Body>{corpo}</soapenv:Body></soapenv:Envelope>"
    )
}

/// One valid request for each operation.
pub fn richieste() -> Vec<String> {
    let persona = |elemento: &str, c: &str| {
        format!(
            "<{elemento} xmlns:p=\"http://www.digitpa.gov.it/schemas/2011/Pagamenti/\"><p:identificativoUnivoco{c}><p:tipoIdentificativoUnivoco>F</p:tipoIdentificativoUnivoco><p:codiceIdentificativoUnivoco>RSSMRA85T10A562S</p:codiceIdentificativoUnivoco></p:identificativoUnivoco{c}><p:anagrafica{c}>Mario Rossi</p:anagrafica{c}><p:e-mail{c}>a@b.it</p:e-mail{c}></{elemento}>"
        )
    };
    let chiave = "<identificativoDominio>77777777777</identificativoDominio><identificativoUnivocoVersamento>02000000000000028</identificativoUnivocoVersamento><codiceContestoPagamento>ccp1</codiceContestoPagamento>";
    vec![
        busta(&intestazione(), "<ws:paaVerificaRPT><identificativoPSP>PSP1</identificativoPSP></ws:paaVerificaRPT>"),
        busta(
            &intestazione(),
            &format!(
                "<ws:paaAttivaRPT><identificativoPSP>PSP1</identificativoPSP><datiPagamentoPSP><importoSingoloVersamento>10.00</importoSingoloVersamento><ibanAppoggio>IT60X0760101000000012345678</ibanAppoggio><bicAppoggio>ABCDITRR</bicAppoggio>{}<ibanAddebito>IT60X0760101000000012345678</ibanAddebito><bicAddebito>ABCDITRRXXX</bicAddebito>{}</datiPagamentoPSP><identificativoIntermediarioPSP>INT</identificativoIntermediarioPSP><identificativoCanalePSP>CAN</identificativoCanalePSP></ws:paaAttivaRPT>",
                persona("soggettoVersante", "Versante"),
                persona("soggettoPagatore", "Pagatore")
            ),
        ),
        busta(&intestazione(), "<ws:paaInviaRT><tipoFirma></tipoFirma><rt>PFJULz4=</rt></ws:paaInviaRT>"),
        busta(
            "",
            &format!(
                "<ws:paaInviaEsitoStorno><identificativoIntermediarioPA>99999999999</identificativoIntermediarioPA><identificativoStazioneIntermediarioPA>99999999999_01</identificativoStazioneIntermediarioPA>{chiave}<er>PGE+</er></ws:paaInviaEsitoStorno>"
            ),
        ),
        busta("", &format!("<ws:paaInviaRichiestaRevoca>{chiave}<rr>PGE+</rr></ws:paaInviaRichiestaRevoca>")),
    ]
}
