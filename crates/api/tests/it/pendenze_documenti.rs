//! Documenti of several parts, and attachments (spec/1 sections 6.3, 6.7, 9.8, 9.9).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::avvisi::{chiedi, intestazione, mostra, testo_pdf};
use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, IBAN_POSTALE, PENDENZE, Risposta, corpo_minimo, numero};
use crate::su_entrambi;

/// A part of a documento; gives its numero avviso.
async fn parte(banco: &Banco, id: &str, importo: &str, documento: &str, quale: Value, altro: Value) -> String {
    let mut corpo = corpo_minimo(importo);
    let mut d = json!({ "identificativo": documento, "descrizione": "Mensa scolastica 2026" });
    for (nome, valore) in quale.as_object().expect("oggetto").iter() {
        d[nome] = valore.clone();
    }
    corpo["documento"] = d;
    // Parts of a fine go to a bank account, so that they share a page.
    corpo["voci"][0] = json!({ "idVocePendenza": "V1", "importo": numero(importo), "descrizione": "Quota", "ibanAccredito": IBAN, "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" });
    for (nome, valore) in altro.as_object().expect("oggetto").iter() {
        corpo[nome] = valore.clone();
    }
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    risposta.json()["numeroAvviso"].as_str().expect("numeroAvviso").to_owned()
}

async fn stampa(banco: &Banco, documento: &str, query: &str) -> Risposta {
    chiedi(banco, "DEMO", &format!("/documenti/{DOMINIO}/{documento}/avvisi{query}"), Some("application/pdf")).await
}

/// As an avviso writes it: in groups of four.
fn a_gruppi(avviso: &str) -> String {
    avviso.as_bytes().chunks(4).map(|c| std::str::from_utf8(c).expect("cifre")).collect::<Vec<_>>().join(" ")
}

su_entrambi! {
    async fn un_documento_si_stampa_con_le_rate_che_restano(banco: &Banco) {
        let unica = parte(banco, "U", "90.00", "MENSA", json!({}), json!({ "dataScadenza": "2096-01-31" })).await;
        let mut rate = Vec::new();
        for n in 1..=3 {
            rate.push(parte(banco, &format!("R{n}"), "30.00", "MENSA", json!({ "rata": n }), json!({ "dataScadenza": format!("2096-0{n}-28") })).await);
        }
        // Of another documento, and of another applicazione under the same number.
        let estranea = parte(banco, "X", "5.00", "ALTRO", json!({}), json!({})).await;

        let pdf = stampa(banco, "MENSA", "").await;
        assert_eq!((pdf.stato, intestazione(&pdf, "content-type"), intestazione(&pdf, "content-disposition")),
            (StatusCode::OK, "application/pdf".to_owned(), format!("attachment; filename=\"{DOMINIO}_DOC_MENSA.pdf\"")));
        mostra("documento-rate.pdf", &pdf.byte);
        if let Some(testo) = testo_pdf(&pdf.byte) {
            let posti: Vec<_> = std::iter::once(&unica).chain(&rate).map(|n| testo.find(&a_gruppi(n))).collect();
            assert!(posti.iter().all(Option::is_some), "{posti:?}\n{testo}");
            assert!(testo.contains("Mensa scolastica 2026") && testo.contains("90,00") && !testo.contains(&a_gruppi(&estranea)), "{testo}");
        }

        let due = stampa(banco, "MENSA", &format!("?numeriAvviso={}&numeriAvviso={}&linguaSecondaria=de", rate[1], rate[2])).await;
        assert_eq!(due.stato, StatusCode::OK);
        mostra("documento-rate-de.pdf", &due.byte);
        if let Some(testo) = testo_pdf(&due.byte) {
            assert!(testo.contains(&a_gruppi(&rate[1])) && testo.contains(&a_gruppi(&rate[2])) && !testo.contains(&a_gruppi(&unica)), "{testo}");
        }

        // What is paid or cancelled is not printed any more.
        banco.simulatore.paga(DOMINIO, &rate[0], Versione::V2).await.expect("pagata");
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/U"), Some(annulla)).await;
        if let Some(testo) = testo_pdf(&stampa(banco, "MENSA", "").await.byte) {
            assert!(testo.contains(&a_gruppi(&rate[1])) && !testo.contains(&a_gruppi(&rate[0])) && !testo.contains(&a_gruppi(&unica)), "{testo}");
        }
        let pagata = &rate[0];
        stampa(banco, "MENSA", &format!("?numeriAvviso={pagata}")).await.rifiuta(422, "SEMANTICA", &format!(
            "I numeri avviso indicati [{pagata}] non individuano alcuna pendenza valida da includere nella stampa del documento [IDA2A: DEMO | CodDocumento: MENSA]."));
    }
}

su_entrambi! {
    async fn le_soglie_e_la_coppia_di_una_multa_si_stampano(banco: &Banco) {
        let entro = parte(banco, "S1", "50.00", "SOGLIE", json!({ "soglia": { "tipo": "ENTRO", "giorni": 5 } }), json!({})).await;
        let oltre = parte(banco, "S2", "80.00", "SOGLIE", json!({ "soglia": { "tipo": "OLTRE", "giorni": 5 } }), json!({})).await;
        let pdf = stampa(banco, "SOGLIE", "").await;
        mostra("documento-soglie.pdf", &pdf.byte);
        if let Some(testo) = testo_pdf(&pdf.byte) {
            let (prima, dopo) = (testo.find(&a_gruppi(&entro)), testo.find(&a_gruppi(&oltre)));
            assert!(prima.is_some() && dopo.is_some(), "{testo}");
        }

        let multa = json!({ "idTipoPendenza": "CDS", "causale": "Verbale n. 7 del 2026" });
        let ridotto = parte(banco, "C2", "41.00", "MULTA", json!({ "soglia": { "tipo": "RIDOTTO" } }), multa.clone()).await;
        let scontato = parte(banco, "C1", "28.70", "MULTA", json!({ "soglia": { "tipo": "SCONTATO" } }), multa).await;
        assert_eq!(banco.pendenza("C1").await["documento"], json!({ "identificativo": "MULTA", "descrizione": "Mensa scolastica 2026", "soglia": { "tipo": "SCONTATO" } }));
        let pdf = stampa(banco, "MULTA", "").await;
        mostra("documento-multa.pdf", &pdf.byte);
        if let Some(testo) = testo_pdf(&pdf.byte) {
            assert!(testo.contains(&a_gruppi(&scontato)) && testo.contains(&a_gruppi(&ridotto)), "{testo}");
            assert!(testo.contains("28,70") && testo.contains("41,00"), "{testo}");
        }

        // A postal account on every part brings the bollettini.
        let postale = |n: u8| json!({ "voci": [{ "idVocePendenza": "V1", "importo": numero("30.00"), "descrizione": "Quota", "ibanAccredito": IBAN_POSTALE,
            "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" }], "dataScadenza": format!("2096-0{n}-28") });
        for n in 1..=2 {
            parte(banco, &format!("B{n}"), "30.00", "POSTA", json!({ "rata": n }), postale(n)).await;
        }
        let pdf = stampa(banco, "POSTA", "").await;
        mostra("documento-postale.pdf", &pdf.byte);
        if let Some(testo) = testo_pdf(&pdf.byte) {
            assert!(testo.contains("000012345678") || testo.contains("12345678"), "{testo}");
        }
    }
}

su_entrambi! {
    async fn un_documento_che_non_si_stampa_dice_perche(banco: &Banco) {
        parte(banco, "U", "90.00", "MENSA", json!({}), json!({})).await;
        for accetta in [None, Some("application/json"), Some("text/html")] {
            let ricevuto = accetta.unwrap_or("*/*");
            chiedi(banco, "DEMO", &format!("/documenti/{DOMINIO}/MENSA/avvisi"), accetta).await.rifiuta(406, "406000", &format!(
                "Documento di pagamento non disponibile nel formato indicato nell'header Accept, ricevuto: '{ricevuto}', consentito: 'application/pdf'"));
        }
        for (dominio, documento) in [(DOMINIO, "NESSUNO"), (DOMINIO_2, "MENSA"), ("99999999999", "MENSA")] {
            chiedi(banco, "DEMO", &format!("/documenti/{dominio}/{documento}/avvisi"), Some("application/pdf")).await.rifiuta(404, "404000", "Nessun documento trovato");
        }
        // The same number of another applicazione is another documento.
        chiedi(banco, "DEMO_V1", &format!("/documenti/{DOMINIO}/MENSA/avvisi"), Some("application/pdf")).await.rifiuta(404, "404000", "Nessun documento trovato");
        for (query, testo) in [
            ("?numeriAvviso=123", "Numero Avviso [123] fornito non valido: Consentite 18 cifre trovate [3]."),
            ("?linguaSecondaria=xx", "Codifica inesistente per linguaSecondaria. Valore fornito [xx] valori possibili {false,de,en,fr,sl}"),
        ] {
            stampa(banco, "MENSA", query).await.rifiuta(400, "SINTASSI", testo);
        }
        stampa(banco, "MENSA", "?numeriAvviso=301000000000000000").await.rifiuta(422, "SEMANTICA",
            "I numeri avviso indicati [301000000000000000] non individuano alcuna pendenza valida da includere nella stampa del documento [IDA2A: DEMO | CodDocumento: MENSA].");
        banco.sql("UPDATE pendenza SET stato = 'ANNULLATO'").await;
        stampa(banco, "MENSA", "").await.rifiuta(422, "SEMANTICA", "Non sono state trovate pendenze da includere nella stampa del documento [IDA2A: DEMO | CodDocumento: MENSA].");
        banco.sql("UPDATE pendenza SET stato = 'NON_ESEGUITO'").await;
        let bollo = json!([{ "idVocePendenza": "MB", "importo": numero("16.00"), "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
        parte(banco, "M", "16.00", "MENSA", json!({ "rata": 2 }), json!({ "idTipoPendenza": "BOLLOT", "voci": bollo })).await;
        stampa(banco, "MENSA", "").await.rifiuta(422, "SEMANTICA", "Stampa Documento non disponibile: sono presenti dei pagamenti di Marca da Bollo");
    }
}

su_entrambi! {
    async fn gli_allegati_si_scaricano_e_un_caricamento_li_sostituisce(banco: &Banco) {
        let allegati = |elenco: Value| {
            let mut corpo = corpo_minimo("10.00");
            corpo["allegati"] = elenco;
            corpo
        };
        banco.put("P1", allegati(json!([
            { "nome": "dettaglio.txt", "tipo": "text/plain", "descrizione": "Il dettaglio", "contenuto": "UXVvdGE=" },
            { "nome": "perché \"no\"\r\nX: y.bin", "contenuto": "AAEC/w==" },
            { "nome": "strano", "tipo": "non\r\nun tipo", "contenuto": "" }]))).await;
        let pendenza = banco.pendenza("P1").await;
        assert_eq!((&pendenza["allegati"][0]["nome"], &pendenza["allegati"][0]["descrizione"]), (&json!("dettaglio.txt"), &json!("Il dettaglio")));
        let indirizzi: Vec<String> = pendenza["allegati"].as_array().expect("lista").iter().map(|a| a["contenuto"].as_str().expect("indirizzo").to_owned()).collect();
        let scarica = async |utente: &str, indirizzo: &str| banco.chiama_come(utente, Method::GET, &format!("{PENDENZE}{indirizzo}"), None).await;

        let primo = scarica("DEMO", &indirizzi[0]).await;
        assert_eq!((primo.stato, primo.byte.as_slice(), intestazione(&primo, "content-type"), intestazione(&primo, "content-disposition")),
            (StatusCode::OK, b"Quota".as_slice(), "text/plain".to_owned(), "attachment; filename=\"dettaglio.txt\"".to_owned()));
        assert_eq!(intestazione(&primo, "x-content-type-options"), "nosniff");
        let secondo = scarica("DEMO", &indirizzi[1]).await;
        assert_eq!((secondo.byte.as_slice(), intestazione(&secondo, "content-type")), ([0, 1, 2, 255].as_slice(), "application/octet-stream".to_owned()));
        assert_eq!(intestazione(&secondo, "content-disposition"),
            "attachment; filename=\"perch_ _no___X: y.bin\"; filename*=UTF-8''perch%C3%A9%20%22no%22%0D%0AX:%20y.bin");
        assert_eq!(intestazione(&scarica("DEMO", &indirizzi[2]).await, "content-type"), "application/octet-stream");

        scarica("DEMO_V1", &indirizzi[0]).await.rifiuta(403, "403000", "Applicazione [DEMO_V1] non autorizzata ad accedere alla risorsa richiesta.");
        for ignoto in ["/allegati/0", "/allegati/9223372036854775808", "/allegati/uno"] {
            scarica("DEMO", ignoto).await.rifiuta(404, "404000", &format!("Allegato [{}] non trovato.", &ignoto["/allegati/".len()..]));
        }

        banco.put("P1", allegati(json!([{ "nome": "nuovo.txt", "contenuto": "YQ==" }]))).await;
        let dopo = banco.pendenza("P1").await;
        assert_eq!(dopo["allegati"].as_array().map(Vec::len), Some(1));
        assert_ne!(dopo["allegati"][0]["contenuto"], pendenza["allegati"][0]["contenuto"]);
        assert_eq!(scarica("DEMO", &indirizzi[0]).await.stato, StatusCode::NOT_FOUND);
        banco.put("P1", corpo_minimo("10.00")).await;
        assert!(banco.pendenza("P1").await.get("allegati").is_none());
    }
}
