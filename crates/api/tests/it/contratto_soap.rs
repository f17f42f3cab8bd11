//! The station against the contract: its answers judged by the official schemas and by a SOAP client that is not ours, and what it does with
//! a request that breaks the contract.
//!
//! Schemas and WSDL are read from the folder of `FIORINO_CONTRATTI`; what is missing is skipped, and said.

use std::path::{Path, PathBuf};
use std::process::Command;

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::banco::{Archivio, Banco, DOMINIO, DOMINIO_2, PASSWORD, Risposta, STAZIONE, corpo_minimo, numero, registro_concorde};
use crate::soap::{Busta, Domanda, NS_PA, Ricevuta, STAZIONE_2, StandIn, posta};
use crate::stazione::{annulla, carica, con_voci, voce_di_bollo};
use crate::su_entrambi;

/// Both generations in use: the current one and that of SANP 3.8.0.
const SCHEMI: [&str; 2] = ["wsdl/xsd/paForNode.xsd", "sanp-3.8.0/wsdl/xsd/paForNode.xsd"];

fn contratti() -> Option<PathBuf> {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    radice.join(std::env::var_os("FIORINO_CONTRATTI").unwrap_or_else(|| "../shared/contracts".into())).join("pagopa").canonicalize().ok()
}

/// Whether a contract test runs, told on standard output for whoever counts.
fn annuncia(nome: &str, presente: bool) -> bool {
    println!("contratto: {} {nome}", if presente { "eseguita" } else { "saltata" });
    presente
}

fn c_e(programma: &str, argomenti: &[&str]) -> bool {
    Command::new(programma).args(argomenti).output().is_ok_and(|o| o.status.success())
}

/// The document inside the Body. Our envelope declares what it uses on the element itself.
fn corpo(risposta: &Risposta) -> String {
    let (_, dopo) = risposta.testo.split_once("<soapenv:Body>").expect("Body");
    dopo.split_once("</soapenv:Body>").expect("Body chiuso").0.to_owned()
}

fn valide(schema: &Path, documenti: &[(String, String)]) {
    let cartella = tempfile::tempdir().expect("cartella");
    let file: Vec<PathBuf> = (0..documenti.len()).map(|i| cartella.path().join(format!("{i}.xml"))).collect();
    for (percorso, (_, documento)) in file.iter().zip(documenti) {
        std::fs::write(percorso, documento).expect("scritto");
    }
    let uscita = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(&file).output().expect("xmllint");
    let giudizi = String::from_utf8_lossy(&uscita.stderr);
    for (percorso, (nome, documento)) in file.iter().zip(documenti) {
        let valido = format!("{} validates", percorso.display());
        assert!(giudizi.lines().any(|r| r == valido), "{nome} contro {}:\n{documento}\n{giudizi}", schema.display());
    }
}

/// Positions of every shape, with their notices.
async fn pendenze_di_ogni_forma(banco: &Banco) -> Vec<(&'static str, String)> {
    let mut piena = corpo_minimo("10.00");
    // 140 characters, the most that a load admits; more bytes than characters.
    piena["causale"] = json!(format!("Perché & <perché> {}", "à".repeat(122)));
    piena["idUnitaOperativa"] = json!("UFF");
    piena["dataValidita"] = json!("2099-06-30");
    piena["soggettoPagatore"] = json!({ "tipo": "G", "identificativo": "12345678903", "anagrafica": "D".repeat(70), "indirizzo": "I".repeat(70), "civico": "C".repeat(16),
        "cap": "2".repeat(16), "localita": "L".repeat(35), "provincia": "MI", "nazione": "IT", "email": "ditta@example.it" });
    let quota = |importo: &str| json!({ "capitolo": "c".repeat(64), "annoEsercizio": 2026, "importo": numero(importo), "accertamento": "a".repeat(64), "articolo": "r".repeat(64) });
    let mut quote = corpo_minimo("10.00");
    quote["voci"][0]["contabilita"] = json!({ "quote": [quota("7.50"), quota("2.50")] });
    let mut vuota = corpo_minimo("10.00");
    vuota["voci"][0]["contabilita"] = json!({ "quote": [{ "capitolo": "1", "annoEsercizio": 2026, "importo": numero("10.00") }] });
    let mut coppie = corpo_minimo("10.00");
    let entries: Vec<Value> = (0..12).map(|i| json!({ "key": format!("chiave{i}"), "value": "v".repeat(140) })).collect();
    coppie["voci"][0]["metadata"] = json!({ "mapEntries": entries });
    let cinque: Vec<Value> = (1..=5)
        .map(|i| json!({ "idVocePendenza": format!("V{i}"), "importo": numero("2.00"), "descrizione": "D".repeat(255), "codEntrata": "TARI", "idDominio": if i == 3 { DOMINIO_2 } else { DOMINIO } }))
        .collect();
    let mista = json!([voce_di_bollo("V2", "4.00"), corpo_minimo("6.00")["voci"][0].clone()]);
    let forme = [
        ("semplice", corpo_minimo("10.00")),
        ("piena", piena),
        ("quote", quote),
        ("quota-vuota", vuota),
        ("coppie", coppie),
        ("cinque-voci", con_voci("10.00", json!(cinque))),
        ("bollo", con_voci("10.00", mista)),
    ];
    let mut avvisi = Vec::new();
    for (nome, corpo) in forme {
        avvisi.push((nome, carica(banco, nome, corpo).await));
    }
    avvisi
}

/// Every kind of answer that the station gives, each with a name.
async fn ogni_risposta(banco: &Banco) -> Vec<(String, Busta)> {
    let mut risposte = Vec::new();
    let forme = pendenze_di_ogni_forma(banco).await;
    for (nome, avviso) in &forme {
        for d in Domanda::tutte(avviso) {
            risposte.push((format!("{} {nome}", d.elemento), d.invia(banco).await));
            let postale = d.clone().coda("<transferType>POSTAL</transferType>");
            if d.elemento != "paVerifyPaymentNoticeReq" {
                risposte.push((format!("{} {nome} postale", d.elemento), postale.invia(banco).await));
            }
        }
    }
    let annullata = banco.carica("annullata", "10.00").await;
    annulla(banco, "annullata").await;
    let pagata = banco.carica("pagata", "10.00").await;
    Ricevuta::per(&pagata, "pagata", "10.00").accettata(banco).await;
    for avviso in ["301999999999999999", "000000000000000000", "401000000000000001", &annullata, &pagata] {
        for d in Domanda::tutte(avviso) {
            let ignoti = [
                d.clone(),
                d.clone().intermediario("99999999999"),
                d.clone().intermediario("22222222226"),
                d.clone().stazione("99999999999_01"),
                d.clone().dominio("99999999999"),
                // Breaks the schema.
                d.clone().coda("<altro/>"),
                d.clone().dominio("x"),
            ];
            for ignoto in ignoti {
                risposte.push((format!("{} {avviso}", d.elemento), ignoto.invia(banco).await));
            }
        }
    }
    let semplice = &forme[0].1;
    for v2 in [true, false] {
        let r = Ricevuta { v2, ..Ricevuta::per(semplice, &format!("r-{v2}"), "10.00") };
        let casi = [
            Ricevuta { importo: "10.01".to_owned(), ..r.clone() },
            r.clone().dominio("99999999999"),
            r.clone().stazione("99999999999_01"),
            r.clone().intermediario("99999999999"),
            Ricevuta { iuv: "01999999999999999".to_owned(), ..r.clone() }.stazione(STAZIONE_2),
            Ricevuta { iuv: "01999999999999999".to_owned(), ..r.clone() },
            Ricevuta { stand_in: Some(StandIn::Dentro(true)), ..r.clone() },
            r.clone(),
            Ricevuta { esito: "FORSE", ..r },
        ];
        for caso in casi {
            risposte.push((caso.elemento().to_owned(), caso.invia(banco).await));
        }
    }
    risposte
}

/// What our check of the stamps takes for good is good for the schema too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn la_marca_che_si_accetta_rispetta_lo_schema() {
    let schema = contratti().and_then(|c| c.join("xsd-common/MarcaDaBollo.xsd").canonicalize().ok());
    let Some(schema) = schema.filter(|_| c_e("xmllint", &["--version"])) else {
        annuncia("marca_da_bollo", false);
        return;
    };
    annuncia("marca_da_bollo", true);
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let avviso = crate::stazione::carica(&banco, "P1", crate::stazione::con_voci("16.00", json!([crate::stazione::voce_di_bollo("V1", "16.00")]))).await;
    banco.simulatore.paga(crate::banco::DOMINIO, &avviso, simulator::Versione::V2).await.expect("pagata");
    let rpp = banco.pendenza("P1").await["rpp"][0].clone();
    assert_eq!(rpp.get("segnalazioni"), None, "{rpp:#}");
    let marca = rpp["rt"]["transferList"]["transfer"][0]["MBDAttachment"].as_str().expect("marca");
    let byte = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, marca).expect("base64");
    valide(&schema, &[("marca".to_owned(), String::from_utf8(byte).expect("UTF-8"))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ogni_risposta_della_stazione_rispetta_lo_schema() {
    let schemi: Vec<PathBuf> = SCHEMI.iter().filter_map(|s| contratti()?.join(s).canonicalize().ok()).collect();
    if !annuncia("risposte_della_stazione", schemi.len() == SCHEMI.len() && c_e("xmllint", &["--version"])) {
        return;
    }
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let risposte = ogni_risposta(&banco).await;
    // The kinds that were meant to be there are there: a bench that answers KO to all would be valid too.
    for elemento in ["paVerifyPaymentNoticeRes", "paGetPaymentRes", "paGetPaymentV2Response", "paSendRTRes", "paSendRTV2Response"] {
        for esito in ["OK", "KO"] {
            assert!(risposte.iter().any(|(_, b)| b.corpo.nome == elemento && b.a("outcome") == Some(esito)), "{elemento} {esito}");
        }
    }
    let codici: std::collections::BTreeSet<_> = risposte.iter().filter_map(|(_, b)| b.a("fault/faultCode")).collect();
    let attesi = [
        "PAA_ID_DOMINIO_ERRATO",
        "PAA_ID_INTERMEDIARIO_ERRATO",
        "PAA_PAGAMENTO_ANNULLATO",
        "PAA_PAGAMENTO_DUPLICATO",
        "PAA_PAGAMENTO_SCONOSCIUTO",
        "PAA_RECEIPT_DUPLICATA",
        "PAA_RPT_SCONOSCIUTA",
        "PAA_SEMANTICA",
        "PAA_SINTASSI_EXTRAXSD",
        "PAA_STAZIONE_INT_ERRATA",
        "PAA_SYSTEM_ERROR",
    ];
    for codice in attesi {
        assert!(codici.contains(codice), "{codice} non provato: {codici:?}");
    }
    let documenti: Vec<(String, String)> = risposte.iter().map(|(nome, b)| (nome.clone(), corpo(&b.http))).collect();
    for schema in &schemi {
        valide(schema, &documenti);
    }
    println!("{} risposte valide contro {} schemi", documenti.len(), schemi.len());
    registro_concorde(&banco.store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_client_soap_indipendente_paga() {
    let prova = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/soap/zeep_prova.py");
    let contratti = contratti().filter(|c| c.join("wsdl/paForNode.wsdl").exists());
    if !annuncia("zeep", contratti.is_some() && c_e("python3", &["-c", "import zeep"])) {
        return;
    }
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let avviso = banco.carica("P1", "132.50").await;
    let url = format!("{}{STAZIONE}", banco.base);
    let cartella = contratti.expect("controllata sopra");
    let mut comando = tokio::process::Command::new("python3");
    comando.arg(&prova).args([&url, "nodo", PASSWORD]).arg(&cartella).args([&avviso, DOMINIO]);
    let uscita = comando.output().await.expect("python3");
    println!("{}", String::from_utf8_lossy(&uscita.stdout));
    assert!(uscita.status.success(), "{}\n{}", String::from_utf8_lossy(&uscita.stdout), String::from_utf8_lossy(&uscita.stderr));
    let pendenza = banco.pendenza("P1").await;
    assert_eq!(pendenza["stato"], "ESEGUITA");
    assert_eq!(pendenza["rpp"][0]["stato"], "RT_ACCETTATA_PA");
    registro_concorde(&banco.store).await;
}

/// What a station writes when it should not.
async fn righe(banco: &Banco) -> Vec<i64> {
    let mut quante = Vec::new();
    for tabella in ["pendenza", "transazione", "transazione_xml", "riscossione", "registro", "notifica", "ricevuta_estranea"] {
        quante.push(banco.conta(&format!("SELECT COUNT(*) FROM {tabella}")).await);
    }
    quante
}

/// SOAP Fault of the client, HTTP 500: the operation cannot be known.
fn fault_del_client(nome: &str, risposta: &Risposta) {
    assert_eq!(risposta.stato, StatusCode::INTERNAL_SERVER_ERROR, "{nome}: {}", risposta.testo);
    assert_eq!(risposta.intestazioni["content-type"], "text/xml; charset=utf-8", "{nome}");
    let busta = simulator::xml::leggi(&risposta.byte).expect("XML");
    let fault = busta.figlio("Body").and_then(|b| b.figlio("Fault")).unwrap_or_else(|| panic!("{nome}: {}", risposta.testo));
    assert_eq!(fault.spazio.as_deref(), Some("http://schemas.xmlsoap.org/soap/envelope/"));
    let codice = fault.valore("faultcode").expect("faultcode");
    assert_eq!(codice.rsplit(':').next(), Some("Client"), "{nome}: {codice}");
    assert!(fault.valore("faultstring").is_some_and(|t| !t.is_empty() && !t.contains("root:")), "{nome}");
}

/// HTTP 200, KO PAA_SINTASSI_EXTRAXSD in the answer of the operation, with a reason and this id.
fn ko_di_sintassi(nome: &str, elemento: &str, id: &str, risposta: Risposta) {
    let busta = Busta::leggi(risposta);
    let descrizione = busta.a("fault/description").unwrap_or_else(|| panic!("{nome}: {}", busta.http.testo)).to_owned();
    assert!(!descrizione.is_empty() && !descrizione.contains("root:"), "{nome}");
    busta.rifiuto(elemento, "PAA_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD.", id, Some(&descrizione));
}

/// Valid requests of all five operations for one notice.
fn richieste(avviso: &str) -> Vec<(&'static str, String)> {
    let ricevuta = Ricevuta::per(avviso, "r1", "10.00");
    let mut tutte: Vec<_> = Domanda::tutte(avviso).iter().map(|d| (d.elemento, d.xml())).collect();
    tutte.extend([ricevuta.clone(), ricevuta.v1()].map(|r| (r.elemento(), r.xml())));
    tutte
}

su_entrambi! {
    async fn cio_che_non_rispetta_lo_schema_e_un_ko_della_sua_operazione(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let prima = righe(banco).await;
        let profonda = |quanti: usize| format!("<idBrokerPA>{}", "<a>".repeat(quanti));
        for (elemento, xml) in richieste(&avviso) {
            let stazione = "<idStation>11111111113_01</idStation>";
            let casi: Vec<(&str, String)> = vec![
                ("manca un elemento", xml.replacen(stazione, "", 1)),
                ("due volte un elemento", xml.replacen(stazione, &stazione.repeat(2), 1)),
                ("ordine scambiato", xml.replacen("<idPA>99999999999</idPA>", "", 1).replacen(stazione, &format!("{stazione}<idPA>99999999999</idPA>"), 1)),
                ("elemento vuoto", xml.replacen(stazione, "<idStation/>", 1)),
                ("elemento troppo lungo", xml.replacen(stazione, &format!("<idStation>{}</idStation>", "9".repeat(36)), 1)),
                ("elemento sconosciuto", xml.replacen(stazione, &format!("{stazione}<altro/>"), 1)),
                ("figlio qualificato", xml.replacen(stazione, "<p:idStation>11111111113_01</p:idStation>", 1)),
                ("spazio predefinito", xml.replacen(stazione, &format!("<idStation xmlns=\"{NS_PA}\">x</idStation>"), 1)),
                ("testo fuori posto", xml.replacen(stazione, &format!("{stazione}testo"), 1)),
                ("avviso di 17 cifre", xml.replacen(&format!("<noticeNumber>{avviso}"), &format!("<noticeNumber>{}", &avviso[1..]), 1)),
                ("entita' non dichiarata", xml.replacen(stazione, "<idStation>&xxe;</idStation>", 1)),
                ("inclusione", xml.replacen(stazione, "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/>", 1)),
                ("istruzione", xml.replacen(stazione, &format!("<?php passthru('id') ?>{stazione}"), 1)),
                ("annidamento", xml.replacen("<idBrokerPA>", &profonda(100_000), 1)),
                ("elementi a migliaia", xml.replacen(stazione, &"<a/>".repeat(20_000), 1)),
                ("troncato", xml[..xml.len() - 60].to_owned()),
                ("due messaggi", xml.replacen("</s:Body>", "<x/></s:Body>", 1)),
                ("coda", format!("{xml}<x/>")),
            ];
            for (nome, corpo) in casi {
                assert_ne!(corpo, xml, "{nome} non cambia {elemento}");
                let risposta = posta(banco, corpo.into_bytes()).await;
                // The ente of the request is named as far as it can be read: idPA, when the defect comes before the rest.
                let prima_dell_ente = ["testo fuori posto", "entita' non dichiarata", "inclusione", "istruzione", "annidamento", "elementi a migliaia"].contains(&nome);
                let id = if prima_dell_ente { "99999999999" } else { DOMINIO };
                ko_di_sintassi(nome, elemento, id, risposta);
            }
            // Bytes that are not UTF-8, after the operation has been named and before the ente has.
            let mut byte = xml.clone().into_bytes();
            let posto = xml.find("99999999999").expect("idPA");
            byte[posto] = 0xff;
            ko_di_sintassi("non UTF-8", elemento, "NodoDeiPagamentiSPC", posta(banco, byte).await);
        }
        assert_eq!(righe(banco).await, prima, "niente e' stato scritto");
        assert_eq!(banco.pendenza("P1").await["rpp"], json!([]));
    }
}

su_entrambi! {
    async fn cio_che_non_e_una_richiesta_e_un_fault_del_client(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let prima = righe(banco).await;
        for (elemento, xml) in richieste(&avviso) {
            let senza_prologo = xml.split_once("?>").expect("prologo").1.to_owned();
            let dtd = |dentro: &str| format!("<?xml version=\"1.0\"?><!DOCTYPE s:Envelope {dentro}>{senza_prologo}");
            let miliardi: String = (1..10).map(|i| format!("<!ENTITY l{i} \"{}\">", format!("&l{};", i - 1).repeat(10))).collect();
            let casi: Vec<(&str, Vec<u8>)> = vec![
                ("vuoto", Vec::new()),
                ("bianco", b" \n ".to_vec()),
                ("JSON", br#"{"idPA": "1"}"#.to_vec()),
                ("DTD", dtd("").into_bytes()),
                ("DTD esterna", dtd("SYSTEM \"http://127.0.0.1:1/x.dtd\"").into_bytes()),
                ("entita' esterna", dtd("[<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]").replace("11111111113_01", "&xxe;").into_bytes()),
                ("entita' parametro", dtd("[<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]").into_bytes()),
                ("miliardo di risate", dtd(&format!("[<!ENTITY l0 \"ah\">{miliardi}]")).replace("11111111113_01", "&l9;").into_bytes()),
                ("altro spazio", xml.replace(NS_PA, "urn:altro").into_bytes()),
                ("altra operazione", xml.replace(elemento, "paCancellaTutto").into_bytes()),
                ("risposta al posto della richiesta", xml.replace(elemento, "paSendRTRes").into_bytes()),
                ("SOAP 1.2", xml.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope").into_bytes()),
                ("senza busta", format!("<p:{elemento} xmlns:p=\"{NS_PA}\"/>").into_bytes()),
                ("corpo vuoto", xml.split_once("<s:Body>").map(|(t, _)| format!("{t}<s:Body/></s:Envelope>")).expect("Body").into_bytes()),
                ("UTF-16", xml.encode_utf16().flat_map(u16::to_le_bytes).collect()),
                ("zeri", vec![0; 1000]),
                ("un milione di elementi annidati", "<a>".repeat(300_000).into_bytes()),
            ];
            for (nome, corpo) in casi {
                fault_del_client(&format!("{elemento}, {nome}"), &posta(banco, corpo).await);
            }
        }
        assert_eq!(righe(banco).await, prima, "niente e' stato scritto");
    }
}

su_entrambi! {
    async fn un_megabyte_si_legge_e_un_byte_di_piu_no(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let xml = Domanda::verifica(&avviso).xml();
        let lungo = |quanti: usize| format!("{xml}{}", " ".repeat(quanti - xml.len())).into_bytes();
        assert_eq!(Busta::leggi(posta(banco, lungo(1024 * 1024)).await).a("outcome"), Some("OK"));
        fault_del_client("un byte di piu'", &posta(banco, lungo(1024 * 1024 + 1)).await);
        // A length that is not declared is counted all the same.
        let pezzi = lungo(1024 * 1024 + 1).chunks(64 * 1024).map(|p| Ok::<_, std::io::Error>(p.to_vec())).collect::<Vec<_>>();
        let corpo = reqwest::Body::wrap_stream(futures::stream::iter(pezzi));
        let richiesta = banco.http.post(format!("{}{STAZIONE}", banco.base)).basic_auth("nodo", Some(PASSWORD)).body(corpo);
        fault_del_client("a pezzi", &Risposta::leggi(richiesta.send().await.expect("risposta")).await);
    }
}

su_entrambi! {
    async fn decide_il_corpo_non_cio_che_gli_sta_intorno(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let url = format!("{}{STAZIONE}", banco.base);
        let xml = Domanda::verifica(&avviso).xml();
        let azioni = ["paVerifyPaymentNotice", "\"paVerifyPaymentNotice\"", "paSendRTV2", "", "\"\""];
        for tipo in ["text/xml; charset=utf-8", "application/soap+xml", "application/json", "text/plain"] {
            for azione in azioni {
                let richiesta = banco.http.post(&url).basic_auth("nodo", Some(PASSWORD)).header("content-type", tipo).header("SOAPAction", azione);
                let risposta = Risposta::leggi(richiesta.body(xml.clone()).send().await.expect("risposta")).await;
                let busta = Busta::leggi(risposta);
                assert_eq!((busta.corpo.nome.as_str(), busta.a("outcome")), ("paVerifyPaymentNoticeRes", Some("OK")), "{tipo} {azione}");
            }
        }
        for metodo in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE, reqwest::Method::PATCH] {
            let risposta = banco.http.request(metodo.clone(), &url).basic_auth("nodo", Some(PASSWORD)).body(xml.clone()).send().await.expect("risposta");
            assert_eq!(risposta.status(), StatusCode::METHOD_NOT_ALLOWED, "{metodo}");
        }
    }
}
