//! The avviso as data and on paper, and the receipt of a payment (spec/1 sections 9.7, 9.11 and 12).

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, IBAN_POSTALE, PASSWORD, PENDENZE, Risposta, chiavi, corpo_minimo, numero};
use crate::su_entrambi;

pub async fn chiedi(banco: &Banco, utente: &str, percorso: &str, accetta: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.get(format!("{}{PENDENZE}{percorso}", banco.base)).basic_auth(utente, Some(PASSWORD));
    if let Some(accetta) = accetta {
        richiesta = richiesta.header("accept", accetta);
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

async fn avviso(banco: &Banco, numero: &str, accetta: &str) -> Risposta {
    chiedi(banco, "DEMO", &format!("/avvisi/{DOMINIO}/{numero}"), Some(accetta)).await
}

pub fn intestazione(risposta: &Risposta, nome: &str) -> String {
    risposta.intestazioni[nome].to_str().expect("testo").to_owned()
}

/// A print for a person to look at, where `FIORINO_PROVA_STAMPE` names a folder.
pub fn mostra(nome: &str, pdf: &[u8]) {
    if let Some(cartella) = std::env::var_os("FIORINO_PROVA_STAMPE") {
        std::fs::write(std::path::Path::new(&cartella).join(nome), pdf).expect("scritto");
    }
}

/// Text of a PDF, when there is a reader on this machine.
pub fn testo_pdf(pdf: &[u8]) -> Option<String> {
    let figlio = Command::new("pdftotext").args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut figlio) = figlio else {
        println!("testo del PDF non controllato: manca pdftotext");
        return None;
    };
    let mut ingresso = figlio.stdin.take().expect("ingresso");
    let pdf = pdf.to_vec();
    let penna = std::thread::spawn(move || ingresso.write_all(&pdf));
    let uscita = figlio.wait_with_output().expect("pdftotext");
    penna.join().expect("filo").expect("scritto");
    assert!(uscita.status.success());
    Some(String::from_utf8(uscita.stdout).expect("utf-8"))
}

su_entrambi! {
    async fn l_avviso_come_dati_in_ogni_stato(banco: &Banco) {
        banco.ferma_orologio("2026-06-15T10:00:00Z");
        let mut corpo = corpo_minimo("132.50");
        corpo["dataValidita"] = json!("2026-06-30");
        corpo["dataScadenza"] = json!("2026-06-30");
        corpo["tassonomiaAvviso"] = json!("Imposte e tasse");
        let risposta = banco.put("P1", corpo).await.json();
        let n = risposta["numeroAvviso"].as_str().expect("testo").to_owned();
        assert_eq!(avviso(banco, &n, "application/json").await.json(), json!({
            "stato": "NON_ESEGUITA", "importo": numero("132.5"), "idDominio": DOMINIO, "numeroAvviso": n, "dataValidita": "2026-06-30",
            "dataScadenza": "2026-06-30", "descrizione": "TARI 2026 prima rata", "tassonomiaAvviso": "Imposte e tasse",
            "qrcode": format!("PAGOPA|002|{n}|{DOMINIO}|13250"), "barcode": format!("41588888888888888020{n}390213250") }));

        // Good through the whole Italian day.
        banco.ferma_orologio("2026-06-30T21:59:59Z");
        assert_eq!(avviso(banco, &n, "application/json").await.json()["stato"], "NON_ESEGUITA");
        banco.ferma_orologio("2026-06-30T22:00:00Z");
        assert_eq!(avviso(banco, &n, "application/json").await.json()["stato"], "SCADUTA");
        banco.ferma_orologio("2026-06-15T10:00:00Z");

        let scarno = banco.carica("P2", "5.00").await;
        let vista = avviso(banco, &scarno, "application/json").await.json();
        assert_eq!(chiavi(&vista), ["barcode", "descrizione", "idDominio", "importo", "numeroAvviso", "qrcode", "stato"]);
        assert_eq!((vista["qrcode"].clone(), vista["barcode"].clone()),
            (json!(format!("PAGOPA|002|{scarno}|{DOMINIO}|0500")), json!(format!("41588888888888888020{scarno}39020500"))));
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/P2"), Some(annulla)).await;
        assert_eq!(avviso(banco, &scarno, "application/json").await.json()["stato"], "ANNULLATA");

        banco.simulatore.paga(DOMINIO, &n, Versione::V2).await.expect("pagata");
        let pagato = avviso(banco, &n, "application/json").await.json();
        assert_eq!(pagato["stato"], "DUPLICATA");
        assert!(pagato["dataPagamento"].as_str().is_some_and(|d| d.len() == 10), "{pagato}");

        let ignoto = avviso(banco, "301000000000000000", "application/json").await;
        assert_eq!((ignoto.stato, ignoto.json()), (StatusCode::OK, json!({ "stato": "SCONOSCIUTA", "numeroAvviso": "301000000000000000", "idDominio": DOMINIO })));
        // A dominio that is not ours has no notices either.
        assert_eq!(chiedi(banco, "DEMO", &format!("/avvisi/99999999999/{n}"), Some("application/json")).await.json()["stato"], "SCONOSCIUTA");
        assert_eq!(chiedi(banco, "DEMO", &format!("/avvisi/{DOMINIO_2}/{n}"), Some("application/json")).await.json()["stato"], "SCONOSCIUTA");
    }
}

su_entrambi! {
    async fn senza_un_formato_che_c_e_si_risponde_406(banco: &Banco) {
        let n = banco.carica("P1", "10.00").await;
        for accetta in [None, Some(""), Some("*/*"), Some("text/html"), Some("application/xml, text/plain")] {
            let mostrato = accetta.unwrap_or_default();
            // Before everything but who calls: a wrong number, an unknown one, another's.
            for percorso in [format!("/avvisi/{DOMINIO}/{n}"), format!("/avvisi/{DOMINIO}/1"), "/avvisi/1/1".to_owned()] {
                let richiesta = chiedi(banco, "DEMO", &percorso, accetta).await;
                // reqwest sends */* when nobody says otherwise: only a raw request is without.
                if accetta.is_none() { continue; }
                richiesta.rifiuta(406, "406000", &format!("Avviso di pagamento non disponibile nel formato indicato nell'header Accept, ricevuto: '{mostrato}', consentiti: {{'application/pdf','application/json'}}"));
            }
        }
        let senza = senza_accept(banco, &format!("{PENDENZE}/avvisi/{DOMINIO}/{n}")).await;
        assert!(senza.starts_with("HTTP/1.1 406 ") && senza.contains("ricevuto: '', consentiti: {'application/pdf','application/json'}"), "{senza}");
        for (accetta, tipo) in [("application/json;q=0.5", "application/json"), ("text/html, application/pdf", "application/pdf"), ("application/json, application/pdf", "application/pdf")] {
            assert_eq!(intestazione(&avviso(banco, &n, accetta).await, "content-type"), tipo);
        }
    }
}

/// A request without Accept, which HTTP clients add by themselves.
async fn senza_accept(banco: &Banco, percorso: &str) -> String {
    use base64::Engine;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let credenziali = base64::engine::general_purpose::STANDARD.encode(format!("DEMO:{PASSWORD}"));
    let indirizzo = banco.base.trim_start_matches("http://");
    let mut presa = tokio::net::TcpStream::connect(indirizzo).await.expect("presa");
    let testo = format!("GET {percorso} HTTP/1.1\r\nHost: {indirizzo}\r\nAuthorization: Basic {credenziali}\r\nConnection: close\r\n\r\n");
    presa.write_all(testo.as_bytes()).await.expect("scritta");
    let mut risposta = String::new();
    presa.read_to_string(&mut risposta).await.expect("letta");
    risposta
}

su_entrambi! {
    async fn un_numero_sbagliato_un_altro_proprietario_una_lingua_ignota(banco: &Banco) {
        let n = banco.carica("P1", "10.00").await;
        for accetta in ["application/json", "application/pdf"] {
            for (numero, testo) in [
                ("123", "Numero Avviso [123] fornito non valido: Consentite 18 cifre trovate [3]."),
                ("30100000000000000X", "Numero Avviso [30100000000000000X] fornito non valido: non e' in formato numerico."),
                ("901000000000000000", "Numero Avviso [901000000000000000] fornito non valido: prima cifra non e' [0|1|2|3]"),
            ] {
                avviso(banco, numero, accetta).await.rifiuta(400, "SINTASSI", testo);
            }
            assert_eq!(chiedi(banco, "DEMO", &format!("/avvisi/1/{n}"), Some(accetta)).await.fault().1, "SINTASSI");
            chiedi(banco, "DEMO_V1", &format!("/avvisi/{DOMINIO}/{n}"), Some(accetta)).await.rifiuta(
                403, "403000", "Applicazione [DEMO_V1] non autorizzata ad accedere alla risorsa richiesta.");
            let lingua = async |l: &str| chiedi(banco, "DEMO", &format!("/avvisi/{DOMINIO}/{n}?linguaSecondaria={l}"), Some(accetta)).await;
            for buona in ["false", "de", "en", "fr", "sl"] { assert_eq!(lingua(buona).await.stato, StatusCode::OK); }
            lingua("it").await.rifiuta(400, "SINTASSI", "Codifica inesistente per linguaSecondaria. Valore fornito [it] valori possibili {false,de,en,fr,sl}");
        }
        avviso(banco, "301000000000000000", "application/pdf").await.rifiuta(
            404, "404000", &format!("Avviso [Dominio: {DOMINIO}, NumeroAvviso: 301000000000000000] non trovato."));
    }
}

su_entrambi! {
    async fn l_avviso_stampato_porta_il_bollettino_di_un_conto_postale(banco: &Banco) {
        let con = |iban: &str| {
            let mut corpo = corpo_minimo("10.00");
            corpo["voci"] = json!([{ "idVocePendenza": "V", "importo": 10, "descrizione": "Voce", "ibanAccredito": iban, "tipoContabilita": "ALTRO", "codiceContabilita": "0101" }]);
            corpo["documento"] = Value::Null;
            corpo
        };
        for (id, iban, postale) in [("POSTALE", IBAN_POSTALE, true), ("BANCARIA", IBAN, false)] {
            let n = banco.put(id, con(iban)).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
            let pdf = avviso(banco, &n, "application/pdf").await;
            assert_eq!((pdf.stato, intestazione(&pdf, "content-type").as_str()), (StatusCode::OK, "application/pdf"));
            assert_eq!(intestazione(&pdf, "content-disposition"), format!("attachment; filename=\"{DOMINIO}_{n}.pdf\""));
            assert!(pdf.byte.starts_with(b"%PDF"));
            let Some(testo) = testo_pdf(&pdf.byte) else { continue };
            let cifre: String = testo.chars().filter(char::is_ascii_digit).collect();
            assert!(cifre.contains(&n) && testo.contains("Greta Valenti") && testo.contains("TARI 2026 prima rata") && testo.contains("10,00"), "{testo}");
            // The account number of the slip is the tail of the IBAN.
            assert_eq!(testo.contains("000012345678") && testo.contains("AUT. 1/2026"), postale, "{testo}");
        }
        let mut con_documento = corpo_minimo("10.00");
        con_documento["documento"] = json!({ "identificativo": "DOC-1", "descrizione": "Documento", "rata": 1 });
        let n = banco.put("D1", con_documento).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
        assert_eq!(intestazione(&avviso(banco, &n, "application/pdf").await, "content-disposition"), format!("attachment; filename=\"{DOMINIO}_DOC_DOC-1.pdf\""));
    }
}

su_entrambi! {
    async fn la_seconda_lingua_e_quella_chiesta_o_quella_della_pendenza(banco: &Banco) {
        let mut corpo = corpo_minimo("10.00");
        corpo["proprieta"] = json!({ "linguaSecondaria": "de", "linguaSecondariaCausale": "Müllgebühr" });
        let n = banco.put("BILINGUE", corpo).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
        for (chiesta, attesa) in [("", Some("ZAHLUNGSMITTEILUNG")), ("?linguaSecondaria=fr", Some("AVIS DE PAIEMENT")), ("?linguaSecondaria=false", None)] {
            let pdf = chiedi(banco, "DEMO", &format!("/avvisi/{DOMINIO}/{n}{chiesta}"), Some("application/pdf")).await;
            assert_eq!(pdf.stato, StatusCode::OK);
            let Some(testo) = testo_pdf(&pdf.byte) else { continue };
            for titolo in ["ZAHLUNGSMITTEILUNG", "AVIS DE PAIEMENT"] {
                assert_eq!(testo.contains(titolo), attesa == Some(titolo), "{chiesta}: {testo}");
            }
            assert_eq!(testo.contains("Müllgebühr"), attesa.is_some(), "{chiesta}: {testo}");
        }
    }
}

su_entrambi! {
    async fn una_marca_da_bollo_non_si_stampa_ma_si_racconta(banco: &Banco) {
        let mut bollo = corpo_minimo("16.00");
        bollo["voci"] = json!([{ "idVocePendenza": "MB", "importo": 16, "descrizione": "Marca da bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
        let n = banco.put("B1", bollo).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
        avviso(banco, &n, "application/pdf").await.rifiuta(422, "SEMANTICA", "Avviso non disponibile per pagamenti di Marca da Bollo");
        assert_eq!(avviso(banco, &n, "application/json").await.json()["stato"], "NON_ESEGUITA");
        // Whose it is comes before what it is.
        assert_eq!(chiedi(banco, "DEMO_V1", &format!("/avvisi/{DOMINIO}/{n}"), Some("application/pdf")).await.fault().0, 403);
    }
}

su_entrambi! {
    async fn la_ricevuta_di_un_pagamento_in_ogni_formato(banco: &Banco) {
        let n = banco.carica("P1", "132.50").await;
        let (iuv, token) = (n[1..].to_owned(), banco.simulatore.paga(DOMINIO, &n, Versione::V2).await.expect("pagata").pagamento.token);
        let percorso = format!("/rpp/{DOMINIO}/{iuv}/{token}/rt");
        let rt = async |accetta: &str| chiedi(banco, "DEMO", &percorso, Some(accetta)).await;

        let json_rt = rt("application/json").await;
        assert_eq!((json_rt.stato, json_rt.json()["paymentAmount"].clone()), (StatusCode::OK, json!("132.50")));
        assert!(!json_rt.testo.contains("null"), "la sotto-risorsa non mostra membri nulli");
        assert_eq!(rt("*/*").await.testo, json_rt.testo);
        let senza = senza_accept(banco, &format!("{PENDENZE}{percorso}")).await;
        assert!(senza.starts_with("HTTP/1.1 200 ") && senza.to_lowercase().contains("content-type: application/json"), "{senza}");

        let pdf = rt("application/pdf").await;
        assert_eq!((intestazione(&pdf, "content-type"), intestazione(&pdf, "content-disposition")),
            ("application/pdf".to_owned(), format!("attachment; filename=\"{DOMINIO}_{iuv}_{token}.pdf\"")));
        assert!(pdf.byte.starts_with(b"%PDF"));
        mostra("ricevuta.pdf", &pdf.byte);
        if let Some(testo) = testo_pdf(&pdf.byte) {
            assert!(testo.contains("132,50") && testo.contains(&iuv), "{testo}");
        }
        for (accetta, tipo) in [("application/octet-stream", "application/octet-stream"), ("text/xml", "text/xml"), ("application/xml", "text/xml")] {
            let xml = rt(accetta).await;
            assert_eq!((xml.stato, intestazione(&xml, "content-type").as_str()), (StatusCode::OK, tipo), "{accetta}");
            assert!(xml.testo.contains("receiptId") && xml.testo.contains(&token), "{}", xml.testo);
        }

        for ignota in [format!("/rpp/{DOMINIO}/{iuv}/altro/rt"), format!("/rpp/{DOMINIO}/0/{token}/rt"), format!("/rpp/{DOMINIO_2}/{iuv}/{token}/rt")] {
            let chiave = ignota.trim_start_matches("/rpp/").trim_end_matches("/rt").to_owned();
            // 404 before 403.
            chiedi(banco, "DEMO_V1", &ignota, Some("application/json")).await.rifiuta(404, "404000", &format!("Ricevuta [{chiave}] non trovata."));
        }
        chiedi(banco, "DEMO_V1", &percorso, Some("application/json")).await.rifiuta(403, "403000",
            "Applicazione [DEMO_V1] non autorizzata ad accedere alla risorsa richiesta: la transazione riferisce una pendenza che non appartiene all'applicazione chiamante.");

        // Activated and not yet receipted: there is no receipt to show, to anybody.
        let m = banco.carica("P2", "1.00").await;
        let attivo = banco.simulatore.attiva(DOMINIO, &m, Versione::V2).await.expect("attivata");
        for utente in ["DEMO", "DEMO_V1"] {
            chiedi(banco, utente, &format!("/rpp/{DOMINIO}/{}/{}/rt", &m[1..], attivo.token), Some("application/json")).await.rifiuta(
                404, "404000", &format!("Ricevuta [{DOMINIO}/{}/{}] non trovata.", &m[1..], attivo.token));
        }
    }
}

su_entrambi! {
    async fn le_proprieta_della_pendenza_cambiano_le_stampe(banco: &Banco) {
        let stampa = async |id: &str, proprieta: Value| {
            let mut corpo = corpo_minimo("10.00");
            corpo["proprieta"] = proprieta;
            corpo["dataValidita"] = json!("2096-01-31");
            let n = banco.put(id, corpo).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
            let pdf = avviso(banco, &n, "application/pdf").await;
            assert_eq!(pdf.stato, StatusCode::OK, "{}", pdf.testo);
            mostra(&format!("avviso-{id}.pdf"), &pdf.byte);
            (n, testo_pdf(&pdf.byte))
        };
        let nota = "importo noto";
        let (_, di_sempre) = stampa("SEMPRE", json!({})).await;
        let (_, nascosta) = stampa("NASCOSTA", json!({ "informativaImportoAvviso": "" })).await;
        let (n, sua) = stampa("SUA", json!({ "informativaImportoAvviso": "Il canone non cambia.", "dataScandenzaAvviso": "2096-05-05", "lineaTestoRicevuta1": "Sportello 4" })).await;
        if let (Some(di_sempre), Some(nascosta), Some(sua)) = (di_sempre, nascosta, sua) {
            assert!(di_sempre.contains(nota) && di_sempre.contains("31/01/2096"), "{di_sempre}");
            assert!(!nascosta.contains(nota), "{nascosta}");
            assert!(!sua.contains(nota) && sua.contains("Il canone non cambia.") && sua.contains("05/05/2096") && !sua.contains("31/01/2096"), "{sua}");
        }
        let token = banco.simulatore.paga(DOMINIO, &n, Versione::V2).await.expect("pagata").pagamento.token;
        let ricevuta = chiedi(banco, "DEMO", &format!("/rpp/{DOMINIO}/{}/{token}/rt", &n[1..]), Some("application/pdf")).await;
        if let Some(testo) = testo_pdf(&ricevuta.byte) {
            assert!(testo.contains("Sportello 4"), "{testo}");
        }
    }
}
