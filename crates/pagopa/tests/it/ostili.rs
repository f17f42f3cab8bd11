//! What must not get in, and in which class the refusal falls.

use pagopa::{ErroreRichiesta, Operazione, leggi_richiesta};

use crate::esempi::{
    DEBITORE, NS, STAZIONE, TRASFERIMENTO_BOLLO, TRASFERIMENTO_V1, attivazione, busta, messaggio, receipt, ricevuta_v1, ricevuta_v2, richieste_valide, verifica,
};

fn non_soap(byte: impl AsRef<[u8]>) -> String {
    match leggi_richiesta(byte.as_ref()) {
        Err(ErroreRichiesta::NonSoap { dettaglio }) => dettaglio,
        altro => panic!("atteso NonSoap, trovato {altro:?}"),
    }
}

fn sintassi(operazione: Operazione, byte: impl AsRef<[u8]>) -> String {
    match leggi_richiesta(byte.as_ref()) {
        Err(ErroreRichiesta::SintassiOperazione { operazione: trovata, dettaglio }) if trovata == operazione => dettaglio,
        altro => panic!("atteso SintassiOperazione {operazione}, trovato {altro:?}\n{}", String::from_utf8_lossy(byte.as_ref())),
    }
}

const VERIFICA: Operazione = Operazione::PaVerifyPaymentNotice;

#[test]
fn una_richiesta_ben_fatta_e_letta() {
    let operazioni: Vec<_> = richieste_valide().iter().map(|r| leggi_richiesta(r.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{r}")).operazione()).collect();
    for operazione in Operazione::TUTTE {
        assert!(operazioni.contains(&operazione), "{operazione}");
    }
}

#[test]
fn la_busta_puo_essere_scritta_in_altri_modi() {
    let corpo = format!("{STAZIONE}<qrCode><fiscalCode>77777777777</fiscalCode><noticeNumber>302000000000000028</noticeNumber></qrCode>");
    let altra = |testo: &str| leggi_richiesta(testo.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{testo}"));
    let attesa = altra(&verifica());
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let scritture = [
        format!("\u{FEFF}<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<!-- commento -->{}\n", verifica()),
        format!(
            "<Envelope xmlns='{envelope}'><Body><x:paVerifyPaymentNoticeReq xmlns:x='{NS}' xmlns=''>{corpo}</x:paVerifyPaymentNoticeReq></Body></Envelope>"
        ),
        verifica().replace("<soapenv:Header/>", "<soapenv:Header><a:b xmlns:a='urn:x' soapenv:mustUnderstand='0'>testo<c><d/></c></a:b></soapenv:Header>"),
        verifica().replace("<soapenv:Header/>", ""),
        verifica().replace("<idPA>", "\n  <!-- c --><idPA>"),
        verifica().replace("<idPA>77777777777</idPA>", "<idPA>7777<![CDATA[777]]>&#55;&#x37;77</idPA>"),
        verifica().replace("<idPA>", "<idPA xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='x'>"),
        verifica().replace(&format!("xmlns:pafn=\"{NS}\""), &format!("xmlns:pafn=\"{}\"", NS.replace("http", "&#104;ttp"))),
    ];
    for scrittura in scritture {
        assert_eq!(altra(&scrittura), attesa, "{scrittura}");
    }
}

#[test]
fn latin_1_e_letto_se_dichiarato() {
    const DICHIARAZIONE: &str = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
    let testo = verifica().replace("77777777777</idPA>", "è</idPA>");
    let latin1: Vec<u8> = format!("{DICHIARAZIONE}{testo}").chars().map(|c| u8::try_from(u32::from(c)).expect("latin 1")).collect();
    assert_eq!(leggi_richiesta(&latin1).expect("letta").stazione().id_pa, "è");
    sintassi(VERIFICA, &latin1[DICHIARAZIONE.len()..]);
}

#[test]
fn cio_che_non_e_xml_o_soap_e_rifiutato() {
    let valida = verifica();
    let casi = [
        String::new(),
        "   ".to_owned(),
        "{\"json\": true}".to_owned(),
        "<a".to_owned(),
        "<a/>".to_owned(),
        "<a></b>".to_owned(),
        format!("testo{valida}"),
        format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}", valida.replace("<idPA>", "<idPA>&e;")),
        format!("<!DOCTYPE x SYSTEM \"http://esempio.it/x.dtd\">{valida}"),
        format!("<?xml-stylesheet href='x'?>{valida}"),
        format!(" <?xml version='1.0'?>{valida}"),
        format!("<?xml version='1.1'?>{valida}"),
        format!("<?xml encoding='UTF-8'?>{valida}"),
        format!("<?xml version='1.0' encoding='windows-1252'?>{valida}"),
        valida.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
        valida.replace("http://schemas.xmlsoap.org/soap/envelope/", "urn:altro"),
        valida.replace("soapenv:Body>", "soapenv:Corpo>"),
        valida.replace(NS, "urn:altro"),
        valida.replace("paVerifyPaymentNoticeReq", "paCreatePositionReq"),
        valida.replace("paVerifyPaymentNoticeReq", "paVerifyPaymentNoticeRes"),
        valida.replace("<soapenv:Header/>", "<soapenv:Header/><soapenv:Header/>"),
        valida.replace("<soapenv:Header/>", "testo"),
        busta(""),
        valida.replace("xmlns:pafn=", "xmlns:altro="),
        "<a>".repeat(1_000_000),
        format!("<a {}/>", "b=\"c\" ".repeat(200_000)),
        format!("<a {}/>", (0..200_000).map(|i| format!("b{i}=\"\" ")).collect::<String>()),
        format!("<a b=\"{}\"/>", "x".repeat(1_000_000)),
        format!("<{}/>", "x".repeat(1_000_000)),
        "&".repeat(1_000_000),
        "<![CDATA[".repeat(100_000),
        "<!--".repeat(100_000),
    ];
    for caso in casi {
        non_soap(&caso);
    }
}

#[test]
fn una_codifica_a_due_byte_e_rifiutata() {
    let utf16 = |bom: [u8; 2], f: fn(u16) -> [u8; 2]| bom.into_iter().chain(verifica().encode_utf16().flat_map(f)).collect::<Vec<u8>>();
    non_soap(utf16([0xFF, 0xFE], u16::to_le_bytes));
    non_soap(utf16([0xFE, 0xFF], u16::to_be_bytes));
    non_soap(&utf16([0xFF, 0xFE], u16::to_le_bytes)[2..]);
}

#[test]
fn un_difetto_dopo_l_operazione_la_nomina() {
    let valida = verifica();
    let casi = [
        valida.replace("<idPA>", "<idPA>&e;"),
        valida.replace("<idPA>", "<idPA>&#0;"),
        valida.replace("<idPA>", "<idPA>&#xFFFF;"),
        valida.replace("<idPA>", "<idPA>&#x110000;"),
        valida.replace("<idPA>", "<idPA>& "),
        valida.replace("<idPA>", "<idPA>\u{1}"),
        valida.replace("<idPA>", "<idPA>\u{FFFE}"),
        valida.replace("<idPA>", "<?php x?><idPA>"),
        valida.replace("<idPA>", "<!DOCTYPE a><idPA>"),
        valida.replace("<idPA>", "testo<idPA>"),
        valida.replace("</qrCode>", "</qrCode>testo"),
        valida.replace("<idPA>", &format!("<idPA>{}", "<a>".repeat(100_000))),
        valida.replace("<idPA>", &format!("{}<idPA>", "<a/>".repeat(100_000))),
        valida.replace("<idPA>", "<idPA chiave='x'>"),
        valida.replace("<idPA>", "<idPA chiave='&e;'>"),
        valida.replace("<idPA>", "<idPA xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'>"),
        valida.replace("<idPA>", &format!("<idPA a='{}'>", "x".repeat(1_000_000))),
        valida.replace("</pafn:paVerifyPaymentNoticeReq>", "</pafn:paVerifyPaymentNoticeReq><a/>"),
        valida.replace("</soapenv:Body>", ""),
        format!("{valida}<a/>"),
        format!("{valida}testo"),
        valida[..valida.len() / 2 + 100].to_owned(),
    ];
    for caso in casi {
        sintassi(VERIFICA, &caso);
    }
    let mut non_utf8 = valida.into_bytes();
    let ultimo = non_utf8.len() - 60;
    non_utf8[ultimo] = 0xC3;
    assert_eq!(sintassi(VERIFICA, &non_utf8), "byte che non sono UTF-8");
}

#[test]
fn gli_elementi_sono_quelli_nel_loro_ordine_e_senza_namespace() {
    let valida = verifica();
    let casi = [
        (valida.replace("<idPA>77777777777</idPA>", ""), "elemento inatteso `paVerifyPaymentNoticeReq/idBrokerPA`: era atteso `idPA`"),
        (
            valida.replace("<idPA>77777777777</idPA>", "<idPA>1</idPA><idPA>1</idPA>"),
            "elemento inatteso `paVerifyPaymentNoticeReq/idPA`: era atteso `idBrokerPA`",
        ),
        (valida.replace("<idPA>77777777777</idPA>", "<idPA/>"), "valore non valido in `paVerifyPaymentNoticeReq/idPA`: 0 caratteri, ammessi da 1 a 35"),
        (
            valida.replace("77777777777</idPA>", &format!("{}</idPA>", "è".repeat(36))),
            "valore non valido in `paVerifyPaymentNoticeReq/idPA`: 36 caratteri, ammessi da 1 a 35",
        ),
        (valida.replace("idPA>", "pafn:idPA>"), "l'elemento `paVerifyPaymentNoticeReq/idPA` non deve avere namespace"),
        (valida.replace("<idPA>", "<idPA xmlns='urn:x'>"), "l'elemento `paVerifyPaymentNoticeReq/idPA` non deve avere namespace"),
        (valida.replace("</qrCode>", "</qrCode><altro/>"), "elemento inatteso `paVerifyPaymentNoticeReq/altro`"),
        (valida.replace("</noticeNumber>", "</noticeNumber><altro/>"), "elemento inatteso `paVerifyPaymentNoticeReq/qrCode/altro`"),
        (valida.replace("<noticeNumber>302000000000000028</noticeNumber>", ""), "manca l'elemento `paVerifyPaymentNoticeReq/qrCode/noticeNumber`"),
        (valida.replace("302000000000000028", "30200000000000002"), "valore non valido in `paVerifyPaymentNoticeReq/qrCode/noticeNumber`: non sono 18 cifre"),
        (valida.replace("302000000000000028", "<a/>"), "l'elemento `paVerifyPaymentNoticeReq/qrCode/noticeNumber` non ammette altri elementi"),
        (valida.replace("<qrCode>", "<qrCode>x"), "testo fuori posto in `qrCode`"),
    ];
    for (caso, atteso) in casi {
        assert_eq!(sintassi(VERIFICA, &caso), atteso);
    }
    assert!(leggi_richiesta(valida.replace("77777777777</idPA>", &format!("{}</idPA>", "è".repeat(35))).as_bytes()).is_ok());
}

#[test]
fn le_faccette_dei_valori_sono_quelle_dello_schema() {
    let prova = |radice: &str, da: &str, a: &str| leggi_richiesta(attivazione(radice).replace(da, a).as_bytes()).is_ok();
    let v2 = "paGetPaymentV2Request";
    for (valore, valido) in [
        ("10.00", true),
        ("0.00", true),
        (" 10.00\n", true),
        ("0010.00", true),
        ("999999999.99", true),
        ("1000000000.00", false),
        ("10.0", false),
        ("10", false),
        ("10.000", false),
        ("-1.00", false),
        ("+1.00", false),
        ("1,00", false),
        (".00", false),
        ("1e2", false),
        ("٣.00", false),
        ("", false),
    ] {
        assert_eq!(prova(v2, "<amount>10.00<", &format!("<amount>{valore}<")), valido, "{valore}");
    }
    for (valore, valido) in [
        ("2026-02-28", true),
        ("2026-02-29", false),
        ("2028-02-29", true),
        ("2026-02-28Z", true),
        ("2026-02-28+01:00", true),
        (" 2026-02-28 ", true),
        ("2026-02-28+15:00", false),
        ("2026-2-28", false),
        ("28/02/2026", false),
        ("0000-01-01", false),
        ("2026-02-28T00:00:00", false),
        ("2026-02-2é", false),
        ("", false),
    ] {
        assert_eq!(prova(v2, "<dueDate>2026-12-31<", &format!("<dueDate>{valore}<")), valido, "{valore}");
    }
    for (valore, valido) in [("POSTAL", true), ("PAGOPA", true), ("postal", false), (" POSTAL", false), ("", false)] {
        assert_eq!(prova("paGetPaymentReq", "POSTAL", valore), valido, "{valore}");
    }
    assert!(!prova(v2, "<paymentNote>nota", &format!("<paymentNote>{}", "n".repeat(211))));
}

#[test]
fn le_faccette_della_ricevuta_sono_quelle_dello_schema() {
    let prova = |da: &str, a: &str| {
        let testo = ricevuta_v2("", "");
        assert!(testo.contains(da), "{da}");
        leggi_richiesta(testo.replace(da, a).as_bytes()).is_ok()
    };
    for (valore, valido) in [
        ("2026-11-22T10:30:15", true),
        ("2026-11-22T10:30:15.1234567891", true),
        ("2026-11-22T10:30:15+14:00", true),
        ("2026-11-22T24:00:00", true),
        ("2026-11-22T24:00:01", false),
        ("2026-11-22T10:30:60", false),
        ("2026-11-22T10:30", false),
        ("2026-11-22 10:30:15", false),
        ("2026-11-22T10:30:15.", false),
        ("2026-11-22T1é:30:15", false),
        ("2026-11-22Té0:30:15", false),
    ] {
        assert_eq!(prova("2026-11-22T10:30:15.250Z", valore), valido, "{valore}");
    }
    for (valore, valido) in [("01", true), ("+1", true), (" 5 ", true), ("0", false), ("6", false), ("-1", false), ("1.0", false), ("", false)] {
        assert_eq!(prova("<idTransfer>1<", &format!("<idTransfer>{valore}<")), valido, "{valore}");
    }
    for (valore, valido) in [("it", false), ("ITA", false), ("FR", true)] {
        assert_eq!(prova("<country>IT<", &format!("<country>{valore}<")), valido, "{valore}");
    }
    for (valore, valido) in [("a@b", true), ("a+b_c.d-e@b.c-d", true), ("a@b.", false), ("@b", false), ("a", false), ("a@b@c", false), ("à@b", false)] {
        assert_eq!(prova("mario.rossi@esempio.it", valore), valido, "{valore}");
    }
    assert!(prova("PGJvbGxvLz4=", " PGJv\nbGxvLz4= "));
    assert!(!prova("PGJvbGxvLz4=", "PGJvbGxvLz4"));
    assert!(!prova("<transferAmount>10.00", "<transferAmount>0.00"));
    assert!(prova("<paymentAmount>26.00", "<paymentAmount>0.00"));
    assert!(!prova("c110729d258c4ab1b765fe902aae41d6", ""));
}

#[test]
fn le_due_versioni_della_ricevuta_non_si_mescolano() {
    let v1 = |dentro: &str| sintassi(Operazione::PaSendRt, busta(&messaggio("paSendRTReq", &format!("{STAZIONE}{dentro}"))));
    v1(&receipt(true, "10.00", TRASFERIMENTO_V1, ""));
    v1(&receipt(false, "10.00", TRASFERIMENTO_BOLLO, ""));
    v1(&receipt(false, "10.00", &TRASFERIMENTO_V1.replace("<IBAN>", "<companyName>Ente</companyName><IBAN>"), ""));
    v1(&receipt(false, "10.00", &TRASFERIMENTO_V1.repeat(6), ""));
    v1(&receipt(false, "10.00", "", ""));
    v1(&receipt(false, "10.00", TRASFERIMENTO_V1, "").replace(DEBITORE, ""));
    sintassi(Operazione::PaSendRt, ricevuta_v1("<standin>true</standin>", ""));
    sintassi(Operazione::PaSendRt, ricevuta_v1("", "<standIn>true</standIn>"));
    sintassi(Operazione::PaSendRt, ricevuta_v1("<standIn>si</standIn>", ""));
    let sedici = format!("<metadata>{}</metadata>", "<mapEntry><key>k</key><value>v</value></mapEntry>".repeat(16));
    sintassi(Operazione::PaSendRt, ricevuta_v1(&sedici, ""));
    sintassi(Operazione::PaSendRt, ricevuta_v1("<metadata/>", ""));
}

#[test]
fn un_errore_non_ripete_i_valori_del_messaggio() {
    let segreto = "SEGRETO";
    for da in
        ["<idPA>77777777777", "<fiscalCode>77777777777", "<noticeNumber>302000000000000028", "<amount>10.00", "<transferType>POSTAL", "<dueDate>2026-12-31"]
    {
        let (elemento, _) = da.split_once('>').expect("elemento");
        let testo = attivazione("paGetPaymentReq").replace(da, &format!("{elemento}>{}", segreto.repeat(40)));
        let dettaglio = sintassi(Operazione::PaGetPayment, testo);
        assert!(!dettaglio.contains(segreto), "{dettaglio}");
    }
}
