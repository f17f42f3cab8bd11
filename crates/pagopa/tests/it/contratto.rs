//! The official schemas of pagoPA, in both generations, as judges of what we write and of what we accept.
//!
//! The schemas are read from the folder in `FIORINO_CONTRATTI` by `xmllint`; without one of the two the tests are skipped and say so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use codici::Importo;
use pagopa::documento::documento;
use pagopa::messaggi::{AccreditoRichiesto, DatiAttivazione, DatiVerifica, Soggetto, VoceMetadata};
use pagopa::{CodiceFault, Fault, Operazione, Risposta, Versione, leggi_richiesta};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};

use crate::andata_e_ritorno::risposta;
use crate::esempi::{bollo, dati_attivazione, dati_verifica, iban, metadata, richieste_valide, soggetto, trasferimento};

const GENERAZIONI: [&str; 2] = ["pagopa/wsdl/xsd/paForNode.xsd", "pagopa/sanp-3.8.0/wsdl/xsd/paForNode.xsd"];

/// The two schemas, current first; says whether the test runs.
pub fn schemi(nome: &str) -> Option<Vec<PathBuf>> {
    let radice = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let cartella = radice.join(std::env::var_os("FIORINO_CONTRATTI").unwrap_or_else(|| "../shared/contracts".into()));
    let schemi: Vec<PathBuf> = GENERAZIONI.iter().filter_map(|g| cartella.join(g).canonicalize().ok()).collect();
    let presenti = schemi.len() == GENERAZIONI.len() && Command::new("xmllint").arg("--version").output().is_ok();
    println!("contratto: {} {nome}", if presenti { "eseguita" } else { "saltata" });
    presenti.then_some(schemi)
}

/// Positions of the documents that the schema accepts.
pub fn accettati(schema: &Path, documenti: &[String]) -> BTreeSet<usize> {
    let cartella = tempfile::tempdir().expect("cartella");
    let file: Vec<PathBuf> = (0..documenti.len()).map(|i| cartella.path().join(format!("{i}.xml"))).collect();
    for (percorso, documento) in file.iter().zip(documenti) {
        std::fs::write(percorso, documento).expect("scritto");
    }
    let uscita = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema).args(&file).output().expect("xmllint");
    let giudizi = String::from_utf8_lossy(&uscita.stderr).into_owned();
    let validi: BTreeSet<&str> = giudizi.lines().filter_map(|riga| riga.strip_suffix(" validates")).collect();
    (0..documenti.len()).filter(|i| validi.contains(file[*i].to_string_lossy().as_ref())).collect()
}

pub fn tutti_accettati(schema: &Path, documenti: &[String]) {
    let validi = accettati(schema, documenti);
    if let Some(rifiutato) = (0..documenti.len()).find(|i| !validi.contains(i)) {
        panic!("{} rifiuta {}", schema.display(), documenti[rifiutato]);
    }
}

fn solo_messaggio(risposta: &Risposta) -> String {
    documento(risposta.scrivi().as_bytes()).expect("documento")
}

/// Every kind of answer: OK and KO, both versions, with bollo and metadata, minimal, longest, hostile.
fn risposte() -> Vec<Risposta> {
    let ostile = "<&>\"']]>\u{0}\u{1F600}è".repeat(40);
    let mut risposte = Vec::new();
    for operazione in Operazione::TUTTE {
        for codice in CodiceFault::TUTTI {
            let descrizione = Some(codice.testo()).filter(|_| *codice != CodiceFault::PaaSemantica).map(str::to_owned);
            risposte.push(Risposta::Rifiuto(operazione, Fault { codice: *codice, id: "77777777777".to_owned(), descrizione }));
        }
        risposte.push(Risposta::Rifiuto(operazione, Fault { codice: CodiceFault::PaaSystemError, id: String::new(), descrizione: Some(ostile.clone()) }));
    }
    risposte.push(Risposta::Verifica(Box::new(dati_verifica())));
    risposte.push(Risposta::Verifica(Box::new(DatiVerifica {
        scadenza: None,
        ufficio: None,
        dettaglio: String::new(),
        descrizione: String::new(),
        ..dati_verifica()
    })));
    risposte.push(Risposta::Verifica(Box::new(DatiVerifica {
        importo: Importo::MASSIMO,
        dettaglio: ostile.clone(),
        descrizione: ostile.clone(),
        ragione_sociale: ostile.clone(),
        ufficio: Some(ostile.clone()),
        ..dati_verifica()
    })));
    for versione in [Versione::V1, Versione::V2] {
        risposte.push(Risposta::RicevutaAcquisita(versione));
        let attivazione = |dati| Risposta::Attivazione(versione, Box::new(dati));
        risposte.push(attivazione(dati_attivazione()));
        risposte.push(attivazione(minima()));
        risposte.push(attivazione(massima(&ostile)));
    }
    let con_bollo = DatiAttivazione { trasferimenti: vec![trasferimento(1, 1600, AccreditoRichiesto::Bollo(bollo()))], ..dati_attivazione() };
    risposte.push(Risposta::Attivazione(Versione::V2, Box::new(con_bollo)));
    risposte
}

fn minima() -> DatiAttivazione {
    let mut solo = trasferimento(1, 1, iban());
    solo.ragione_sociale = None;
    let debitore = Soggetto {
        codice: "XY".to_owned(),
        anagrafica: String::new(),
        indirizzo: None,
        civico: None,
        cap: None,
        localita: None,
        provincia: None,
        nazione: None,
        email: None,
        ..soggetto()
    };
    DatiAttivazione {
        ultimo_pagamento: None,
        descrizione: String::new(),
        ragione_sociale: None,
        ufficio: None,
        debitore,
        trasferimenti: vec![solo],
        ..dati_attivazione()
    }
}

fn massima(ostile: &str) -> DatiAttivazione {
    let testo = || Some(ostile.to_owned());
    let debitore = Soggetto {
        anagrafica: ostile.to_owned(),
        indirizzo: testo(),
        civico: testo(),
        cap: testo(),
        localita: testo(),
        provincia: testo(),
        nazione: testo(),
        email: testo(),
        ..soggetto()
    };
    let trasferimenti = (1..=5).map(|i| {
        let mut t = trasferimento(i, 99_999_999_999, iban());
        t.ragione_sociale = testo();
        ostile.clone_into(&mut t.causale);
        ostile.clone_into(&mut t.categoria);
        t.metadata = metadata(15);
        t
    });
    let mut voci = metadata(20);
    voci.insert(0, VoceMetadata { chiave: ostile.to_owned(), valore: ostile.to_owned() });
    DatiAttivazione {
        importo: Importo::MASSIMO,
        data_conservazione: dati_attivazione().scadenza.and_hms_milli_opt(1, 2, 3, 4),
        descrizione: ostile.to_owned(),
        ragione_sociale: testo(),
        ufficio: testo(),
        debitore,
        trasferimenti: trasferimenti.collect(),
        metadata: voci,
        ..dati_attivazione()
    }
}

fn campione<S: Strategy>(strategia: &S, quanti: usize) -> Vec<S::Value> {
    let mut caso = TestRunner::new_with_rng(Config::default(), proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha));
    (0..quanti).map(|_| strategia.new_tree(&mut caso).expect("valore").current()).collect()
}

#[test]
fn ogni_risposta_e_valida_nelle_due_generazioni() {
    let Some(schemi) = schemi("risposte-paForNode") else { return };
    let documenti: Vec<String> = risposte().iter().chain(&campione(&risposta(), 150)).map(solo_messaggio).collect();
    for schema in schemi {
        tutti_accettati(&schema, &documenti);
    }
}

#[test]
fn ogni_richiesta_valida_e_accettata_e_ogni_invalida_rifiutata() {
    let Some(schemi) = schemi("richieste-paForNode") else { return };
    let valide = richieste_valide();
    let mut buste: Vec<String> = VARIATE.iter().flat_map(|i| varianti(&valide[*i])).collect();
    buste.extend(valide);
    let leggibili: Vec<&String> = buste.iter().filter(|b| documento(b.as_bytes()).is_ok()).collect();
    let documenti: Vec<String> = leggibili.iter().map(|b| documento(b.as_bytes()).expect("documento")).collect();
    let validi: BTreeSet<usize> = schemi.iter().flat_map(|s| accettati(s, &documenti)).collect();
    for (i, busta) in leggibili.iter().enumerate() {
        if base64_che_xmllint_non_guarda(busta) {
            continue;
        }
        // Our one rule beyond the schema: a receipt has an identifier.
        let attesa = validi.contains(&i) && !busta.contains("<receiptId></receiptId>");
        let letta = leggi_richiesta(busta.as_bytes());
        assert_eq!(letta.is_ok(), attesa, "lo schema dice {attesa}, noi {letta:?}\n{busta}");
    }
    let (accettate, tutte) = (validi.len(), documenti.len());
    assert!(accettate > 100 && tutte - accettate > 500, "{accettate} valide su {tutte}");
}

/// Of [`richieste_valide`], those that are varied: one of each shape, the receipts with `standIn` inside.
const VARIATE: [usize; 5] = [0, 2, 4, 7, 9];

/// libxml2 skips what is not of the base64 alphabet (`10.00`), against XML Schema: there it is no judge.
fn base64_che_xmllint_non_guarda(busta: &str) -> bool {
    ["MBDAttachment", "datiSpecificiServizioRequest"].into_iter().any(|nome| {
        let contenuto = busta.split_once(&format!("<{nome}>")).and_then(|(_, dopo)| dopo.split_once(&format!("</{nome}>")));
        contenuto.is_some_and(|(c, _)| c.contains(|x: char| !x.is_ascii_alphanumeric() && !"+/= <>".contains(x)))
    })
}

/// The request as it is, and with one element at a time removed, doubled, emptied, moved or given another value.
pub fn varianti(busta: &str) -> Vec<String> {
    let valori = [
        "",
        " ",
        "x",
        "0",
        "1",
        "01",
        "true",
        "10.00",
        "-1.00",
        "0.00",
        "10.0",
        " 10.00 ",
        "2026-02-30",
        "2026-02-28",
        "2026-02-28+02:00",
        "2026-02-28T10:00:00.5Z",
        "OK",
        "ok",
        "F",
        "IT",
        "a@b",
        "YWJj",
        "77777777777",
        "302000000000000028",
        "<x/>",
        "\u{1F600}",
    ];
    let mut varianti = vec![busta.to_owned()];
    for (inizio, fine) in foglie(busta) {
        let elemento = &busta[inizio..fine];
        let con = |sostituto: &str| format!("{}{sostituto}{}", &busta[..inizio], &busta[fine..]);
        varianti.push(con(""));
        varianti.push(con(&format!("{elemento}{elemento}")));
        varianti.push(con(&format!("{elemento}<altro>1</altro>")));
        let (apertura, resto) = elemento.split_once('>').expect("apertura");
        let chiusura = &resto[resto.rfind("</").expect("chiusura")..];
        varianti.extend(valori.iter().map(|v| con(&format!("{apertura}>{v}{chiusura}"))));
        varianti.extend([15, 16, 17, 20, 21, 35, 36, 70, 71, 140, 141, 210, 211].map(|n| con(&format!("{apertura}>{}{chiusura}", "è".repeat(n)))));
        varianti.push(con(&format!("{apertura} a=\"1\">{resto}")));
        varianti.push(con(&format!("{apertura} xmlns=\"urn:x\">{resto}")));
        if let Some((secondo, fine_secondo)) = foglie(busta).into_iter().find(|(i, _)| *i == fine) {
            varianti.push(format!("{}{}{elemento}{}", &busta[..inizio], &busta[secondo..fine_secondo], &busta[fine_secondo..]));
        }
    }
    varianti
}

/// Where the elements without elements inside begin and end.
fn foglie(busta: &str) -> Vec<(usize, usize)> {
    let aperture = busta.match_indices('<').filter(|(i, _)| !busta[*i..].starts_with("</") && !busta[*i..].starts_with("<soapenv"));
    let foglia = |(inizio, _): (usize, &str)| {
        let contenuto = inizio + busta[inizio..].find('>')? + 1;
        let chiusura = contenuto + busta[contenuto..].find('<')?;
        busta[chiusura..].starts_with("</").then_some((inizio, chiusura + busta[chiusura..].find('>')? + 1))
    };
    aperture.filter_map(foglia).collect()
}

#[test]
fn lo_schema_del_nostro_wsdl_ammette_cio_che_scriviamo_e_leggiamo() {
    if schemi("schema-del-wsdl").is_none() {
        return;
    }
    let testo = pagopa::wsdl::wsdl("http://localhost/");
    let (inizio, fine) = (testo.find("<xs:schema").expect("schema"), testo.find("</xs:schema>").expect("fine") + "</xs:schema>".len());
    let spazi = r#"xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:w="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd" "#;
    let schema = testo[inizio..fine].replacen("<xs:schema ", &format!("<xs:schema {spazi}"), 1);
    let cartella = tempfile::tempdir().expect("cartella");
    let percorso = cartella.path().join("wsdl.xsd");
    std::fs::write(&percorso, schema).expect("scritto");
    let documenti: Vec<String> =
        risposte().iter().map(solo_messaggio).chain(richieste_valide().iter().map(|r| documento(r.as_bytes()).expect("documento"))).collect();
    tutti_accettati(&percorso, &documenti);
}
