//! Intermediari and stazioni through the API (spec/2 sections 2.1, 2.2 and 2.19).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, Risposta};
use crate::su_entrambi;

const INTERMEDIARIO: &str = "/intermediari/33333333337";

async fn admin(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

fn servizio(nome: &str) -> Value {
    json!({ "url": format!("https://pagopa.example/{nome}"), "subscriptionKey": "chiave", "abilitaGDE": true })
}

fn corpo() -> Value {
    json!({ "denominazione": "Intermediario di prova", "principalPagoPa": "nodo3", "servizioPagoPa": { "urlRPT": "http://nodo.example/rpt" },
        "servizioPagoPaRecuperoRT": servizio("rt"), "servizioPagoPaACA": servizio("aca"), "servizioPagoPaGPD": servizio("gpd"),
        "servizioPagoPaFR": servizio("fr"), "servizioPagoPaBackofficeEC": servizio("ec"), "abilitato": true })
}

su_entrambi! {
    async fn cio_che_si_scrive_si_rilegge_identico(banco: &Banco) {
        assert_eq!(admin(banco, Method::PUT, INTERMEDIARIO, Some(corpo())).await.stato, StatusCode::CREATED);
        let seconda = admin(banco, Method::PUT, INTERMEDIARIO, Some(corpo())).await;
        assert_eq!((seconda.stato, seconda.testo.as_str()), (StatusCode::OK, ""));
        let stazione = json!({ "password": "12345", "abilitato": true, "versione": "V1" });
        assert_eq!(admin(banco, Method::PUT, &format!("{INTERMEDIARIO}/stazioni/33333333337_07"), Some(stazione.clone())).await.stato, StatusCode::CREATED);

        let mut atteso = corpo();
        atteso["idIntermediario"] = json!("33333333337");
        let mut s = stazione.clone();
        s["idStazione"] = json!("33333333337_07");
        s["domini"] = json!("/domini?idStazione=33333333337_07");
        atteso["stazioni"] = json!([s]);
        assert_eq!(admin(banco, Method::GET, INTERMEDIARIO, None).await.json(), atteso);
        s["domini"] = json!([]);
        assert_eq!(admin(banco, Method::GET, &format!("{INTERMEDIARIO}/stazioni/33333333337_07"), None).await.json(), s);

        // A connector that is left out is taken away.
        let mut senza = corpo();
        senza.as_object_mut().expect("oggetto").remove("servizioPagoPaACA");
        assert_eq!(admin(banco, Method::PUT, INTERMEDIARIO, Some(senza)).await.stato, StatusCode::OK);
        assert!(admin(banco, Method::GET, INTERMEDIARIO, None).await.json().get("servizioPagoPaACA").is_none());
        // The other nodes, and this one after a restart, read the same.
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        let attuale = banco.gateway.istantanea().attuale();
        assert_eq!(riletta.intermediari["33333333337"], attuale.intermediari["33333333337"]);
        assert_eq!(riletta.versione, attuale.versione);
    }
}

su_entrambi! {
    async fn ogni_autenticazione_torna_coi_soli_suoi_membri(banco: &Banco) {
        for auth in [
            json!({ "clientId": "a", "clientSecret": "b", "urlTokenEndpoint": "https://token.example/t", "scope": "s" }),
            json!({ "apiId": "a", "apiKey": "b" }),
            json!({ "headerName": "X-A", "headerValue": "b" }),
            json!({ "username": "a", "password": "b" }),
            json!({ "tipo": "Server", "tsLocation": "/ts", "tsPassword": "p", "tsType": "JKS", "sslType": "TLSv1.2" }),
            json!({ "tipo": "Client", "tsLocation": "/ts", "tsPassword": "p", "tsType": "JKS", "sslType": "TLSv1.2",
                "ksLocation": "/ks", "ksPassword": "p", "ksType": "JKS", "ksPKeyPasswd": "k" }),
        ] {
            let mut c = corpo();
            c["servizioPagoPa"]["auth"] = auth.clone();
            let risposta = admin(banco, Method::PUT, INTERMEDIARIO, Some(c)).await;
            assert!(risposta.stato.is_success(), "{}", risposta.testo);
            assert_eq!(admin(banco, Method::GET, INTERMEDIARIO, None).await.json()["servizioPagoPa"]["auth"], auth);
        }
    }
}

su_entrambi! {
    async fn un_corpo_sbagliato_e_detto_col_nome_del_campo(banco: &Banco) {
        let con = |percorso: &[&str], valore: Value| {
            let mut c = corpo();
            percorso.iter().fold(&mut c, |v, nome| &mut v[*nome]).clone_from(&valore);
            c
        };
        for (c, testo) in [
            (con(&["denominazione"], Value::Null), "Il campo denominazione non deve essere vuoto."),
            (con(&["denominazione"], json!("")), "Il valore [] del campo denominazione non rispetta la lunghezza minima di 1 caratteri."),
            (con(&["servizioPagoPa"], Value::Null), "Il campo servizioPagoPa non deve essere vuoto."),
            (con(&["servizioPagoPa", "urlRPT"], json!("htttttttp://x")), "Il campo urlRPT non contiene una URL valida."),
            (con(&["servizioPagoPaACA", "abilitaGDE"], Value::Null), "Il campo abilitaGDE non deve essere vuoto."),
            (con(&["servizioPagoPa", "auth"], json!({})), "Il campo tipo non deve essere vuoto."),
            (con(&["servizioPagoPa", "auth"], json!({ "username": "a" })), "Il campo password non deve essere vuoto."),
            (con(&["abilitato"], Value::Null), "Il campo abilitato non deve essere vuoto."),
        ] {
            admin(banco, Method::PUT, INTERMEDIARIO, Some(c)).await.rifiuta(400, "SINTASSI", testo);
        }
        admin(banco, Method::GET, INTERMEDIARIO, None).await.rifiuta(404, "404000", "Intermediario 33333333337 non censito in Anagrafica");
        let s = json!({ "password": null, "abilitato": "true", "versione": "V2" });
        for (percorso, testo) in [
            ("/intermediari/11111111113/stazioni/22222222226_03",
                "Il formato dell'idStazione non e' valido, idIntermediario non presente all'interno dell'idStazione."),
            ("/intermediari/44444444448/stazioni/44444444448_01", "L'intermediario 44444444448 indicato non esiste."),
        ] {
            admin(banco, Method::PUT, percorso, Some(s.clone())).await.rifiuta(422, "SEMANTICA", testo);
        }
        assert_eq!(admin(banco, Method::PUT, "/intermediari/11111111113/stazioni/11111111113_999", Some(s)).await.stato, StatusCode::BAD_REQUEST);
    }
}

su_entrambi! {
    async fn le_liste_dell_anagrafica_non_hanno_pagine_se_non_chieste(banco: &Banco) {
        let tutte = admin(banco, Method::GET, "/intermediari", None).await.json();
        assert_eq!((&tutte["numRisultati"], &tutte["risultatiPerPagina"], &tutte["numPagine"]), (&json!(2), &json!(2), &json!(1)));
        assert!(tutte.get("prossimiRisultati").is_none());
        assert_eq!(tutte["risultati"][0], json!({ "idIntermediario": "11111111113", "denominazione": "Intermediario 11111111113", "abilitato": true }));
        let prima = admin(banco, Method::GET, "/intermediari?risultatiPerPagina=1&campi=idIntermediario", None).await.json();
        assert_eq!(prima["prossimiRisultati"], "/intermediari?campi=idIntermediario&risultatiPerPagina=1&pagina=2");
        assert_eq!(prima["risultati"], json!([{ "idIntermediario": "11111111113" }]));
        let seconda = admin(banco, Method::GET, "/intermediari?risultatiPerPagina=1&pagina=2", None).await.json();
        assert_eq!((&seconda["numPagine"], &seconda["risultati"][0]["idIntermediario"]), (&json!(2), &json!("22222222226")));
        let senza_conto = admin(banco, Method::GET, "/intermediari?metadatiPaginazione=false", None).await.json();
        assert_eq!((&senza_conto["numRisultati"], senza_conto.get("maxRisultati")), (&json!(2), None));
    }
}

su_entrambi! {
    async fn dieci_scritture_insieme_della_stessa_risorsa_hanno_un_solo_esito(banco: &Banco) {
        let scritture = (0..10).map(|n| {
            let mut c = corpo();
            c["denominazione"] = json!(format!("Numero {n}"));
            admin(banco, Method::PUT, INTERMEDIARIO, Some(c))
        });
        let esiti = futures::future::join_all(scritture).await;
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::CREATED).count(), 1);
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::OK).count(), 9);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE oggetto = 'PUT /intermediari/33333333337'").await, 10);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%chiave%'").await, 0);
    }
}
