//! Races: whoever comes first, one consistent outcome, and never a paid position that goes back. The bench recomputes every position from the ledger.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Esito, Versione};

use crate::banco::{Banco, DOMINIO, PENDENZE, Risposta, corpo_minimo};
use crate::pendenze_v1::{PENDENZE_V1, corpo_v1};
use crate::su_entrambi;

/// Rounds of a race: who wins changes from one to the other.
const GIRI: usize = 8;

fn annulla() -> Value {
    json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }])
}

async fn patch(banco: &Banco, id: &str) -> Risposta {
    banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(annulla())).await
}

su_entrambi! {
    async fn molti_put_della_stessa_pendenza_ne_fanno_una(banco: &Banco) {
        for giro in 0..GIRI {
            let id = format!("P{giro}");
            // Both versions at once: they are one operation.
            let esiti = join_all((0..10).map(|n| {
                let (base, corpo) = if n % 2 == 0 { (PENDENZE, corpo_minimo("10.00")) } else { (PENDENZE_V1, corpo_v1("10.00")) };
                let indirizzo = format!("{base}/pendenze/DEMO/{id}");
                async move { banco.chiama(Method::PUT, &indirizzo, Some(corpo)).await }
            })).await;
            let creati = esiti.iter().filter(|r| r.stato == StatusCode::CREATED).count();
            assert!(creati == 1 && esiti.iter().all(|r| r.stato.is_success()), "{:?}", esiti.iter().map(|r| (r.stato, &r.testo)).collect::<Vec<_>>());
            let avviso = &banco.pendenza(&id).await["numeroAvviso"];
            assert!(esiti.iter().all(|r| r.json()["numeroAvviso"] == *avviso));
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM pendenza").await, i64::try_from(GIRI).expect("giri"));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM voce").await, i64::try_from(GIRI).expect("giri"));
    }
}

su_entrambi! {
    async fn i_put_con_importi_diversi_lasciano_una_pendenza_intera(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        for giro in 0..GIRI {
            let esiti = join_all((1..=6).map(|n| banco.put("P1", corpo_minimo(&format!("{n}.0{giro}"))))).await;
            assert!(esiti.iter().all(|r| r.stato == StatusCode::OK));
            let pendenza = banco.pendenza("P1").await;
            assert_eq!(pendenza["importo"], pendenza["voci"][0]["importo"]);
        }
    }
}

su_entrambi! {
    async fn un_put_e_una_ricevuta_insieme_lasciano_pagato(banco: &Banco) {
        let (mut prima, mut dopo) = (0, 0);
        for giro in 0..GIRI {
            let id = format!("P{giro}");
            let avviso = banco.carica(&id, "10.00").await;
            let token = banco.simulatore.attiva(DOMINIO, &avviso, Versione::V2).await.expect("attivata").token;
            // Half of them change the amount under the payment: what was paid stays paid, with an anomaly.
            let cambiata = corpo_minimo(if giro % 2 == 0 { "10.00" } else { "12.00" });
            banco.simulatore.esito(&token, Esito::Ok).await.expect("pagata");
            let (consegnate, put) = tokio::join!(banco.simulatore.consegna_ricevute_dovute(), banco.put(&id, cambiata));
            assert_eq!((consegnate, banco.simulatore.ricevute_aperte()), (1, 0), "la ricevuta e' sempre accettata");
            match put.stato.as_u16() {
                200 => prima += 1,
                422 => {
                    dopo += 1;
                    put.rifiuta(422, "VER_003", &format!("La pendenza (IdA2A:DEMO, Id:{id}) e' in uno stato che non consente l'aggiornamento (ESEGUITO)"));
                }
                altro => panic!("{altro}: {}", put.testo),
            }
            let pendenza = banco.pendenza(&id).await;
            let attesi: &[&str] = if giro % 2 == 0 || put.stato != StatusCode::OK { &["ESEGUITA"] } else { &["ANOMALA"] };
            assert!(attesi.contains(&pendenza["stato"].as_str().expect("stato")), "{}", pendenza["stato"]);
            // Nothing brings it back.
            assert_eq!(banco.put(&id, corpo_minimo("10.00")).await.fault().1, "VER_003");
            assert_eq!(patch(banco, &id).await.stato, StatusCode::BAD_REQUEST);
            assert_eq!(banco.pendenza(&id).await["stato"], pendenza["stato"]);
        }
        println!("PUT prima della ricevuta {prima}, dopo {dopo}");
    }
}

su_entrambi! {
    async fn un_annullamento_e_una_ricevuta_insieme_lasciano_pagato(banco: &Banco) {
        for giro in 0..GIRI {
            let id = format!("P{giro}");
            let avviso = banco.carica(&id, "10.00").await;
            let token = banco.simulatore.attiva(DOMINIO, &avviso, Versione::V2).await.expect("attivata").token;
            banco.simulatore.esito(&token, Esito::Ok).await.expect("pagata");
            let (consegnate, annullata, ancora) = tokio::join!(banco.simulatore.consegna_ricevute_dovute(), patch(banco, &id), patch(banco, &id));
            assert_eq!((consegnate, banco.simulatore.ricevute_aperte()), (1, 0), "la ricevuta e' sempre accettata");
            for risposta in [annullata, ancora] {
                match risposta.stato.as_u16() {
                    200 => {}
                    400 => assert_eq!(risposta.fault().2,
                        "Non e' consentito aggiornare lo stato di una pendenza ad ANNULLATO da uno stato diverso da NON_ESEGUITO o ANNULLATO"),
                    altro => panic!("{altro}: {}", risposta.testo),
                }
            }
            // A receipt on a cancelled position pays it, without anomaly (spec/1 surprise 20).
            let pendenza = banco.pendenza(&id).await;
            assert_eq!((&pendenza["stato"], &pendenza["voci"][0]["stato"]), (&json!("ESEGUITA"), &json!("Eseguito")));
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM riscossione").await, i64::try_from(GIRI).expect("giri"));
    }
}

su_entrambi! {
    async fn lo_stesso_avviso_di_due_enti_e_di_uno_solo(banco: &Banco) {
        for giro in 0..GIRI {
            let numero = format!("30100000000000{:04}", 7000 + giro);
            let corpo = || {
                let mut corpo = corpo_minimo("10.00");
                corpo["numeroAvviso"] = json!(numero);
                corpo
            };
            let uno = async |utente: &'static str| banco.chiama_come(utente, Method::PUT, &format!("{PENDENZE}/pendenze/{utente}/A{giro}"), Some(corpo())).await;
            let (a, b, c) = tokio::join!(uno("DEMO"), uno("DEMO_V1"), uno("SILENTE"));
            let mut creati = 0;
            let vincente = ["DEMO", "DEMO_V1", "SILENTE"].into_iter().zip([&a, &b, &c]).find(|(_, r)| r.stato == StatusCode::CREATED).expect("uno ce la fa").0;
            for (utente, risposta) in [("DEMO", &a), ("DEMO_V1", &b), ("SILENTE", &c)] {
                if utente == vincente {
                    creati += 1;
                } else {
                    risposta.rifiuta(422, "VER_025", &format!(
                        "La pendenza (IdA2A:{utente}, Id:A{giro}) ha un numero avviso ({numero}) gia' utilizzato (IdA2A:{vincente}, Id:A{giro})."));
                }
            }
            assert_eq!(creati, 1);
            // The winner may load it again.
            assert_eq!(uno(vincente).await.stato, StatusCode::OK);
        }
    }
}

su_entrambi! {
    async fn molte_pendenze_insieme_hanno_numeri_diversi(banco: &Banco) {
        let esiti = join_all((0..40).map(|n| {
            let corpo = corpo_minimo(&format!("{}.00", n + 1));
            async move { banco.put(&format!("M{n}"), corpo).await }
        })).await;
        assert!(esiti.iter().all(|r| r.stato == StatusCode::CREATED));
        let numeri: std::collections::BTreeSet<String> = esiti.iter().map(|r| r.json()["numeroAvviso"].as_str().expect("numero").to_owned()).collect();
        assert_eq!(numeri.len(), 40);
    }
}

su_entrambi! {
    async fn le_parti_di_un_documento_caricate_insieme_ne_fanno_uno(banco: &Banco) {
        let esiti = join_all((1..=8).map(|n| {
            let mut corpo = corpo_minimo("10.00");
            corpo["documento"] = json!({ "identificativo": "DOC", "descrizione": format!("Documento {n}"), "rata": n });
            async move { banco.put(&format!("R{n}"), corpo).await }
        })).await;
        assert!(esiti.iter().all(|r| r.stato == StatusCode::CREATED), "{:?}", esiti.iter().map(|r| &r.testo).collect::<Vec<_>>());
        assert_eq!(banco.conta("SELECT COUNT(*) FROM documento").await, 1);
        assert_eq!(banco.conta("SELECT COUNT(DISTINCT documento) FROM pendenza").await, 1);
    }
}

su_entrambi! {
    async fn gli_allegati_di_due_put_insieme_sono_quelli_di_uno(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        for _ in 0..GIRI {
            let con = |quali: &[&str]| {
                let mut corpo = corpo_minimo("10.00");
                corpo["allegati"] = quali.iter().map(|n| json!({ "nome": n, "contenuto": "YQ==" })).collect();
                corpo
            };
            let (a, b) = tokio::join!(banco.put("P1", con(&["a", "b"])), banco.put("P1", con(&["c"])));
            assert_eq!((a.stato, b.stato), (StatusCode::OK, StatusCode::OK));
            let nomi: Vec<String> = banco.pendenza("P1").await["allegati"].as_array().expect("lista").iter().map(|a| a["nome"].as_str().expect("nome").to_owned()).collect();
            assert!(nomi == ["a", "b"] || nomi == ["c"], "{nomi:?}");
        }
    }
}
