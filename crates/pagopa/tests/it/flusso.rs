//! The flow of rendicontazione: what is written can be read back, row by row, and nothing hostile goes through.

use std::io::{BufRead, BufReader, Read};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use codici::Importo;
use pagopa::flusso::{
    Chiedente, FaultNodo, Illeggibile, Lettore, Riga, Risposta, Testata, VoceElenco, chiedi_elenco, chiedi_flusso, estrai_flusso, leggi_elenco,
};
use proptest::prelude::*;

const NS: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";

fn riga_xml(r: &Riga) -> String {
    let indice = r.indice.map(|i| format!("<indiceDatiSingoloPagamento>{i}</indiceDatiSingoloPagamento>")).unwrap_or_default();
    format!(
        "<datiSingoliPagamenti><identificativoUnivocoVersamento>{}</identificativoUnivocoVersamento><identificativoUnivocoRiscossione>{}</identificativoUnivocoRiscossione>{indice}<singoloImportoPagato>{}</singoloImportoPagato><codiceEsitoSingoloPagamento>{}</codiceEsitoSingoloPagamento><dataEsitoSingoloPagamento>{}</dataEsitoSingoloPagamento></datiSingoliPagamenti>",
        r.iuv, r.iur, r.importo, r.esito, r.data
    )
}

fn flusso_xml(testa: &str, righe: &str) -> String {
    format!(
        "{testa}<FlussoRiversamento xmlns=\"{NS}\">
  <versioneOggetto>1.0</versioneOggetto><identificativoFlusso>2026-11-20BANCA-0001</identificativoFlusso><dataOraFlusso>2026-11-20T10:00:00.5</dataOraFlusso>
  <identificativoUnivocoRegolamento>TRN 1</identificativoUnivocoRegolamento><dataRegolamento>2026-11-20</dataRegolamento>
  <istitutoMittente><identificativoUnivocoMittente><tipoIdentificativoUnivoco>B</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>BANCA</codiceIdentificativoUnivoco></identificativoUnivocoMittente><denominazioneMittente>Cassa di Città</denominazioneMittente></istitutoMittente>
  <codiceBicBancaDiRiversamento>UNCRITMM</codiceBicBancaDiRiversamento>
  <istitutoRicevente><identificativoUnivocoRicevente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>12345678901</codiceIdentificativoUnivoco></identificativoUnivocoRicevente></istitutoRicevente>
  <numeroTotalePagamenti>1</numeroTotalePagamenti><importoTotalePagamenti>10.00</importoTotalePagamenti>
  {righe}
</FlussoRiversamento>"
    )
}

fn una_riga() -> Riga {
    Riga {
        iuv: "01000000000000012".to_owned(),
        iur: "abc".to_owned(),
        indice: Some(1),
        importo: Importo::da_cent(1000),
        esito: 0,
        data: NaiveDate::from_ymd_opt(2026, 11, 19).expect("data"),
    }
}

fn leggi(dentro: impl BufRead) -> Result<(Testata, Vec<Riga>), Illeggibile> {
    let (mut lettore, testata) = Lettore::apri(dentro)?;
    let mut righe = Vec::new();
    while let Some(riga) = lettore.prossima()? {
        righe.push(riga);
    }
    Ok((testata, righe))
}

fn motivo(xml: &str) -> String {
    leggi(xml.as_bytes()).expect_err("da rifiutare").motivo
}

#[test]
fn testata_e_righe_si_leggono_come_stanno_scritte() {
    let (testata, righe) = leggi(flusso_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", &riga_xml(&una_riga())).as_bytes()).expect("flusso");
    assert_eq!((testata.id_flusso.as_str(), testata.trn.as_str(), testata.ricevente.as_str()), ("2026-11-20BANCA-0001", "TRN 1", "12345678901"));
    assert_eq!((testata.mittente.denominazione.as_deref(), testata.bic.as_deref()), (Some("Cassa di Città"), Some("UNCRITMM")));
    assert_eq!((testata.numero_pagamenti, testata.importo_totale), (1, Importo::da_cent(1000)));
    assert_eq!(testata.data_ora.to_string(), "2026-11-20 10:00:00.500");
    assert_eq!(righe, [una_riga()]);
}

#[test]
fn i_valori_che_i_psp_scrivono_davvero_vanno_bene() {
    let r = una_riga();
    let con = |da: &str, a: &str| riga_xml(&r).replace(da, a);
    for (righe, atteso) in [
        (riga_xml(&Riga { importo: Importo::da_cent(-1000), esito: 3, ..r.clone() }), Riga { importo: Importo::da_cent(-1000), esito: 3, ..r.clone() }),
        (con(">0<", ">4<"), Riga { esito: 4, ..r.clone() }),
        (con(">0<", ">8<"), Riga { esito: 8, ..r.clone() }),
        (con("10.00", "10.5"), Riga { importo: Importo::da_cent(1050), ..r.clone() }),
        (con("2026-11-19", "2026-11-19+01:00"), r.clone()),
        (con("2026-11-19", "2026-11-19T08:00:00"), r.clone()),
        (con(">abc<", "> abc\n<"), r.clone()),
        (con("<indiceDatiSingoloPagamento>1</indiceDatiSingoloPagamento>", ""), Riga { indice: None, ..r.clone() }),
    ] {
        assert_eq!(leggi(flusso_xml("", &righe).as_bytes()).expect("flusso").1, [atteso]);
    }
    let bom = flusso_xml("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>", &riga_xml(&r));
    assert_eq!(leggi(bom.as_bytes()).expect("BOM").1, std::slice::from_ref(&r));
    let latino: Vec<u8> = flusso_xml("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", &riga_xml(&r)).chars().map(|c| c as u8).collect();
    assert_eq!(leggi(latino.as_slice()).expect("ISO-8859-1").0.mittente.denominazione.as_deref(), Some("Cassa di Città"));
    let prefisso = flusso_xml("", &riga_xml(&r)).replace("xmlns=", "xmlns:p=").replace("<FlussoR", "<p:FlussoR").replace("</FlussoR", "</p:FlussoR");
    assert_eq!(leggi(prefisso.as_bytes()).expect("prefisso").1, [r]);
}

#[test]
fn cio_che_non_e_un_flusso_e_rifiutato_con_il_motivo() {
    let buono = flusso_xml("", &riga_xml(&una_riga()));
    for (xml, atteso) in [
        (String::new(), "documento vuoto o interrotto"),
        ("<html><body>502</body></html>".to_owned(), "elemento inatteso `html`: era atteso `FlussoRiversamento`"),
        (buono.replace(NS, "urn:altro"), "FlussoRiversamento di un altro namespace"),
        (buono[..buono.len() - 10].to_owned(), "XML non ben formato"),
        (buono[..buono.find("<datiSingoli").expect("righe")].to_owned(), "pagamento 1: documento vuoto o interrotto"),
        (flusso_xml("", ""), "pagamento 1: manca l'elemento `datiSingoliPagamenti`"),
        (flusso_xml("<!DOCTYPE x [<!ENTITY a \"b\">]>", &riga_xml(&una_riga())), "DOCTYPE non ammesso"),
        (flusso_xml("", &riga_xml(&una_riga()).replace("abc", "&xxe;")), "pagamento 1: entita' non ammessa"),
        (flusso_xml("", &riga_xml(&una_riga()).replace("10.00", "dieci")), "pagamento 1: valore non valido in `singoloImportoPagato`: non e' un importo"),
        (flusso_xml("", &riga_xml(&una_riga()).replace(">1</indice", ">9</indice")), "pagamento 1: valore non valido in `indiceDatiSingoloPagamento`"),
        (flusso_xml("", &riga_xml(&una_riga()).replace("<singolo", "<altro/><singolo")), "pagamento 1: elemento inatteso `altro`"),
        (flusso_xml("", &(riga_xml(&una_riga()) + "coda")), "testo fuori posto"),
        (format!("{buono}<altro/>"), "XML con piu' di una radice"),
        (buono.replace("TRN 1", &"x".repeat(100_000)), "un solo pezzo oltre 65536 byte"),
        (buono.replace("TRN 1", &"x".repeat(71)), "`identificativoUnivocoRegolamento` ha piu' di 70 caratteri"),
    ] {
        assert!(motivo(&xml).starts_with(atteso), "{}: {atteso}", motivo(&xml));
    }
    let utf16: Vec<u8> = buono.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(leggi(utf16.as_slice()).expect_err("UTF-16").motivo, "codifica diversa da UTF-8");
    assert!(leggi(&b"<FlussoRiversamento>\xff\xfe"[..]).is_err());
}

/// Reads that come a few bytes at a time give the same rows.
struct AGocce<R>(R, usize);

impl<R: Read> Read for AGocce<R> {
    fn read(&mut self, spazio: &mut [u8]) -> std::io::Result<usize> {
        let quanti = spazio.len().min(self.1);
        self.0.read(&mut spazio[..quanti])
    }
}

#[test]
fn un_flusso_lungo_passa_in_poca_memoria() {
    const RIGHE: u64 = 20_000;
    let testa = flusso_xml("", "@");
    let (prima, dopo) = testa.split_once('@').expect("segno");
    let riga = riga_xml(&una_riga());
    let corpo = std::io::repeat(0).take(0);
    let mut dentro: Box<dyn Read> = Box::new(corpo.chain(prima.as_bytes()));
    for _ in 0..RIGHE / 1000 {
        dentro = Box::new(dentro.chain(std::io::Cursor::new(riga.repeat(1000))));
    }
    let dentro = BufReader::new(dentro.chain(dopo.as_bytes()));
    let (mut lettore, _) = Lettore::apri(dentro).expect("flusso");
    let mut quante = 0;
    while let Some(letta) = lettore.prossima().expect("riga") {
        assert_eq!(letta, una_riga());
        quante += 1;
    }
    assert_eq!(quante, RIGHE);
    assert_eq!(lettore.prossima(), Ok(None));
}

fn risposta(operazione: &str, dentro: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header><x><y/></x></s:Header><s:Body><ppt:{operazione} xmlns:ppt=\"http://ws.pagamenti.telematici.gov/\">{dentro}</ppt:{operazione}></s:Body></s:Envelope>"
    )
}

const ELENCO: &str = "nodoChiediElencoFlussiRendicontazioneRisposta";
const FLUSSO: &str = "nodoChiediFlussoRendicontazioneRisposta";
const FAULT: &str =
    "<fault><faultCode>PPT_AUTORIZZAZIONE</faultCode><faultString>no</faultString><id>x</id><description>niente</description><serial>1</serial></fault>";

#[test]
fn l_elenco_del_nodo() {
    let voce = |id: &str| {
        format!("<idRendicontazione><identificativoFlusso>{id}</identificativoFlusso><dataOraFlusso>2026-11-20T10:00:00</dataOraFlusso></idRendicontazione>")
    };
    let due =
        format!("<elencoFlussiRendicontazione><totRestituiti>2</totRestituiti>{}<idRendicontazione/>{}</elencoFlussiRendicontazione>", voce("A"), voce("B"));
    let data_ora = NaiveDate::from_ymd_opt(2026, 11, 20).and_then(|d| d.and_hms_opt(10, 0, 0)).expect("ora");
    let attese = ["A", "B"].map(|id| VoceElenco { id_flusso: id.to_owned(), data_ora }).to_vec();
    assert_eq!(leggi_elenco(risposta(ELENCO, &due).as_bytes()), Ok(Risposta::Fatto(attese)));
    for vuoto in ["", "<elencoFlussiRendicontazione><totRestituiti>0</totRestituiti></elencoFlussiRendicontazione>"] {
        assert_eq!(leggi_elenco(risposta(ELENCO, vuoto).as_bytes()), Ok(Risposta::Fatto(Vec::new())));
    }
    let fault = FaultNodo { codice: "PPT_AUTORIZZAZIONE".to_owned(), stringa: "no".to_owned(), descrizione: Some("niente".to_owned()) };
    assert_eq!(leggi_elenco(risposta(ELENCO, FAULT).as_bytes()), Ok(Risposta::Fault(fault)));
    let soap = risposta(ELENCO, "").replace(
        &format!("<ppt:{ELENCO} xmlns:ppt=\"http://ws.pagamenti.telematici.gov/\"></ppt:{ELENCO}>"),
        "<s:Fault><faultcode>s:Server</faultcode><faultstring>guasto</faultstring><detail><a/></detail></s:Fault>",
    );
    assert!(matches!(leggi_elenco(soap.as_bytes()), Ok(Risposta::Fault(f)) if f.codice == "s:Server" && f.stringa == "guasto"));
    for male in ["", "<html/>", "{}", &risposta(FLUSSO, ""), &risposta(ELENCO, "<altro/>")] {
        assert!(leggi_elenco(male.as_bytes()).is_err(), "{male}");
    }
}

fn estrai(busta: &str) -> Result<Risposta<Vec<u8>>, Illeggibile> {
    let mut fuori = Vec::new();
    Ok(match estrai_flusso(BufReader::new(busta.as_bytes()), &mut fuori)? {
        Risposta::Fatto(quanti) => {
            assert_eq!(quanti, fuori.len() as u64);
            Risposta::Fatto(fuori)
        }
        Risposta::Fault(f) => Risposta::Fault(f),
    })
}

#[test]
fn il_documento_esce_dalla_busta_mentre_passa() {
    let documento: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
    let base64 = STANDARD.encode(&documento);
    let a_capo = base64.as_bytes().chunks(76).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>();
    for testo in [base64.clone(), a_capo.join("\r\n"), a_capo.join("&#13;\n"), a_capo.join("&#xD;\n")] {
        let busta = risposta(FLUSSO, &format!("<xmlRendicontazione>{testo}</xmlRendicontazione>"));
        assert_eq!(estrai(&busta), Ok(Risposta::Fatto(documento.clone())));
    }
    assert!(matches!(estrai(&risposta(FLUSSO, FAULT)), Ok(Risposta::Fault(_))));
    for male in [
        "",
        "<xmlRendicontazione/>",
        "<xmlRendicontazione>%%%%</xmlRendicontazione>",
        "<xmlRendicontazione>QUJD&lt;</xmlRendicontazione>",
        "<xmlRendicontazione>QUJ</xmlRendicontazione>",
    ] {
        assert!(estrai(&risposta(FLUSSO, male)).is_err(), "{male}");
    }
    let tagliata = risposta(FLUSSO, &format!("<xmlRendicontazione>{base64}</xmlRendicontazione>"));
    assert!(estrai(&tagliata[..tagliata.len() / 2]).is_err());
}

#[test]
fn le_domande_hanno_gli_elementi_nell_ordine_del_contratto() {
    let chi = Chiedente { id_intermediario: "11111111113", id_stazione: "11111111113_01", password: "p<&ssw", id_dominio: "12345678901" };
    insta::assert_snapshot!(chiedi_elenco(&chi), @r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><ppt:nodoChiediElencoFlussiRendicontazione xmlns:ppt="http://ws.pagamenti.telematici.gov/"><identificativoIntermediarioPA>11111111113</identificativoIntermediarioPA><identificativoStazioneIntermediarioPA>11111111113_01</identificativoStazioneIntermediarioPA><password>p&lt;&amp;ssw</password><identificativoDominio>12345678901</identificativoDominio></ppt:nodoChiediElencoFlussiRendicontazione></soapenv:Body></soapenv:Envelope>"#);
    assert!(
        chiedi_flusso(&chi, "A&B")
            .contains("</identificativoDominio><identificativoFlusso>A&amp;B</identificativoFlusso></ppt:nodoChiediFlussoRendicontazione>")
    );
    assert!(!format!("{chi:?}").contains("ssw"));
}

fn righe() -> impl Strategy<Value = Vec<Riga>> {
    let riga = ("[A-Za-z0-9]{1,35}", "[A-Za-z0-9_.-]{1,35}", proptest::option::of(1_u8..=5), -99_999_999_999_i64..=99_999_999_999, 0_u16..10, 0_i32..20_000);
    let riga = riga.prop_map(|(iuv, iur, indice, cent, esito, giorni)| Riga {
        iuv,
        iur,
        indice,
        importo: Importo::da_cent(cent),
        esito,
        data: NaiveDate::from_num_days_from_ce_opt(730_000 + giorni).expect("data"),
    });
    proptest::collection::vec(riga, 1..40)
}

proptest! {
    #[test]
    fn cio_che_si_scrive_si_rilegge(righe in righe(), goccia in 1_usize..200) {
        let xml = flusso_xml("", &righe.iter().map(riga_xml).collect::<Vec<_>>().join("\n"));
        let (_, rilette) = leggi(BufReader::with_capacity(64, AGocce(xml.as_bytes(), goccia))).expect("flusso");
        prop_assert_eq!(rilette, righe);
    }

    #[test]
    fn nessun_byte_fa_panico(mut byte in Just(flusso_xml("", &riga_xml(&una_riga())).into_bytes()), dove in 0_usize..2000, cosa: u8, taglio in 0_usize..3000) {
        let posto = dove % byte.len();
        byte[posto] = cosa;
        byte.truncate(taglio.max(1));
        let _ = leggi(byte.as_slice());
        let _ = leggi_elenco(byte.as_slice());
        let _ = estrai_flusso(byte.as_slice(), &mut Vec::new());
    }
}
