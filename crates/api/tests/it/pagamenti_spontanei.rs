//! Pendenze made from a form, and the sessions in which those of a visitor wait (spec/1 section 10.3, the manual's 5.4).

use domain::anagrafica::configurazione::Hardening;
use domain::anagrafica::{BloccoConfigurazione, Scrittura};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::banco::{Banco, DOMINIO, PENDENZE, Risposta, corpo_minimo};
use crate::pagamenti_avvio::{Chi, RITORNO, chiama, con_checkout, impostazioni_checkout, paga, per_a2a, porta_di, scegli, sessione};
use crate::pagamento_accesso::{CORRADO, GRETA};
use crate::su_entrambi;

fn modulo(id: &str, importo: &str) -> Value {
    let mut corpo = corpo_minimo(importo);
    corpo["idA2A"] = json!("DEMO");
    corpo["idPendenza"] = json!(id);
    corpo
}

async fn crea(banco: &Banco, porta: &str, chi: Chi<'_>, query: &str, corpo: &Value) -> Risposta {
    chiama(banco, porta, chi, Method::POST, "v2", &format!("/pendenze/{DOMINIO}/TARI{query}"), Some(corpo)).await
}

fn anonimo() -> Value {
    json!({ "identificativo": "XX", "anagrafica": "X", "email": "x@example.org" })
}

su_entrambi! {
    async fn la_pendenza_di_un_visitatore_vive_nella_sessione_finche_non_e_pagata_da_qualunque_nodo(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        // Another node: it shares the database and nothing else.
        let altra_porta = porta_di(&banco.altro_nodo_con(8, impostazioni_checkout(banco, false)).await).await;

        let creata = crea(banco, &porta, Chi::Nessuno(None), "", &modulo("S1", "5.00")).await;
        assert_eq!(creata.stato, StatusCode::CREATED, "{}", creata.testo);
        let s = sessione(&creata);
        let vista = creata.json();
        assert_eq!((&vista["rpp"], &vista["pagamenti"], &vista["segnalazioni"], &vista["tipo"]), (&json!([]), &json!([]), &json!([]), &json!("spontaneo")));
        assert!(["iuvAvviso", "proprieta", "soggettoPagatore"].iter().all(|n| vista.get(n).is_none()), "{vista}");
        assert_eq!(banco.get("/pendenze/DEMO/S1").await.stato, StatusCode::NOT_FOUND, "nell'archivio non c'e'");

        // Changed by the same session, it keeps its number; nobody else knows it.
        let cambiata = crea(banco, &altra_porta, Chi::Nessuno(Some(&s)), "?idA2A=DEMO&idPendenza=S1", &modulo("ALTRO", "7.00")).await;
        assert_eq!((cambiata.stato, &cambiata.json()["numeroAvviso"], cambiata.json()["importo"].to_string()), (StatusCode::OK, &vista["numeroAvviso"], "7.0".to_owned()));
        assert!(!cambiata.intestazioni.contains_key(header::SET_COOKIE));
        let estraneo = crea(banco, &porta, Chi::Nessuno(None), "?idA2A=DEMO&idPendenza=S1", &modulo("S1", "7.00")).await;
        estraneo.rifiuta(422, "SEMANTICA", "Impossibile effettuare l'operazione di aggiornamento, i paramentri 'idA2A' e 'idPendenza' non corrispondono a nessuna pendenza disponibile per l'utenza.");
        let mezza = crea(banco, &porta, Chi::Nessuno(Some(&s)), "?idA2A=DEMO", &modulo("S1", "7.00")).await;
        mezza.rifiuta(422, "SEMANTICA", "Per effettuare l'aggiornamento della pendenza sono obbligatori entrambi i paramentri 'idA2A' e 'idPendenza'.");

        // Paid from another door: the row is that of the session.
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("S1")], "soggettoVersante": anonimo() });
        let avviato = paga(banco, &altra_porta, Chi::Nessuno(Some(&s)), &corpo).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        scegli(banco, avviato.json()["redirect"].as_str().expect("redirect"), "paga").await;
        let pagata = banco.pendenza("S1").await;
        assert_eq!((&pagata["stato"], &pagata["numeroAvviso"], &pagata["UUID"], pagata["importo"].to_string()), (&json!("ESEGUITA"), &vista["numeroAvviso"], &vista["UUID"], "7.0".to_owned()));

        // The session finds its receipt, on any node, without having asked for the avviso; it changes nothing of it, and does not pay twice.
        let numero = vista["numeroAvviso"].as_str().expect("numero");
        let ricevute = format!("/ricevute/{DOMINIO}/{}", &numero[1..]);
        for (porta, s, quante) in [(&porta, Some(s.as_str()), 1), (&altra_porta, Some(s.as_str()), 1), (&porta, None, 0)] {
            let elenco = chiama(banco, porta, Chi::Nessuno(s), Method::GET, "v3", &ricevute, None).await;
            assert_eq!(elenco.json()["numRisultati"].as_u64().unwrap_or(0), quante, "{}", elenco.testo);
            if let Some(id) = elenco.json()["risultati"][0]["idRicevuta"].as_str() {
                let una = chiama(banco, porta, Chi::Nessuno(s), Method::GET, "v3", &format!("{ricevute}/{id}"), None).await;
                assert_eq!((una.stato, una.json()["importo"].to_string()), (StatusCode::OK, "7.00".to_owned()));
            }
        }
        const NON_PIU: &str = "La pendenza (IdA2A:DEMO, Id:S1) e' in uno stato che non consente l'aggiornamento (ESEGUITO)";
        paga(banco, &porta, Chi::Nessuno(Some(&s)), &corpo).await.rifiuta(422, "VER_003", NON_PIU);
        let rifatta = crea(banco, &porta, Chi::Nessuno(Some(&s)), "?idA2A=DEMO&idPendenza=S1", &modulo("S1", "9.00")).await;
        rifatta.rifiuta(422, "VER_003", NON_PIU);
        // Another session that fills in the same form has a number of its own, which never enters the archive.
        let altra = crea(banco, &porta, Chi::Nessuno(None), "", &modulo("S1", "9.00")).await;
        let sua = sessione(&altra);
        paga(banco, &porta, Chi::Nessuno(Some(&sua)), &corpo).await.rifiuta(422, "VER_003", NON_PIU);
        assert_eq!(banco.conta("SELECT count(*) FROM riscossione").await, 1);
    }
}

su_entrambi! {
    async fn chi_torna_dal_checkout_senza_pagare_puo_cambiare_e_pagare_ma_non_cio_che_l_ente_ha_annullato(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        let creata = crea(banco, &porta, Chi::Nessuno(None), "", &modulo("S1", "5.00")).await;
        let s = sessione(&creata);
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("S1")], "soggettoVersante": anonimo() });
        let avviato = paga(banco, &porta, Chi::Nessuno(Some(&s)), &corpo).await;
        scegli(banco, avviato.json()["redirect"].as_str().expect("redirect"), "annulla").await;

        // What its ente changed meanwhile is what is asked; what the visitor fills in again is what is paid.
        let mut dall_ente = corpo_minimo("6.00");
        dall_ente["numeroAvviso"] = creata.json()["numeroAvviso"].clone();
        assert_eq!(banco.put("S1", dall_ente).await.stato, StatusCode::OK);
        assert_eq!(paga(banco, &porta, Chi::Nessuno(Some(&s)), &corpo).await.stato, StatusCode::CREATED);
        assert_eq!(banco.pendenza("S1").await["importo"].to_string(), "6.0");
        assert_eq!(crea(banco, &porta, Chi::Nessuno(Some(&s)), "?idA2A=DEMO&idPendenza=S1", &modulo("S1", "8.00")).await.stato, StatusCode::OK);
        assert_eq!(paga(banco, &porta, Chi::Nessuno(Some(&s)), &corpo).await.stato, StatusCode::CREATED);
        assert_eq!(banco.pendenza("S1").await["importo"].to_string(), "8.0");

        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        assert_eq!(banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/S1"), Some(annulla)).await.stato, StatusCode::OK);
        let revocata = "La pendenza (IdA2A:DEMO, Id:S1) e' in uno stato che non consente l'aggiornamento (ANNULLATO)";
        paga(banco, &porta, Chi::Nessuno(Some(&s)), &corpo).await.rifiuta(422, "VER_003", revocata);
        assert_eq!(banco.pendenza("S1").await["stato"], "ANNULLATA");
    }
}

su_entrambi! {
    async fn due_sessioni_fanno_la_stessa_pendenza_e_la_prima_che_paga_la_tiene(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        let prima = crea(banco, &porta, Chi::Cittadino(GRETA, None), "", &modulo("S1", "5.00")).await;
        let seconda = crea(banco, &porta, Chi::Cittadino(GRETA, None), "", &modulo("S1", "6.00")).await;
        assert_eq!((prima.stato, seconda.stato), (StatusCode::CREATED, StatusCode::CREATED), "{}", seconda.testo);
        let (s1, s2) = (sessione(&prima), sessione(&seconda));
        assert_ne!(prima.json()["numeroAvviso"], seconda.json()["numeroAvviso"]);
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("S1")] });

        let avviato = paga(banco, &porta, Chi::Cittadino(GRETA, Some(&s1)), &corpo).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        let altra = paga(banco, &porta, Chi::Cittadino(GRETA, Some(&s2)), &corpo).await;
        let (mio, suo) = (prima.json()["numeroAvviso"].as_str().expect("numero").to_owned(), seconda.json()["numeroAvviso"].as_str().expect("numero").to_owned());
        altra.rifiuta(422, "VER_024", &format!("La pendenza (IdA2A:DEMO, Id:S1) ha un numero avviso ({suo}) diverso dall'originale ({mio})."));
        scegli(banco, avviato.json()["redirect"].as_str().expect("redirect"), "paga").await;
        let pagata = paga(banco, &porta, Chi::Cittadino(GRETA, Some(&s2)), &corpo).await;
        pagata.rifiuta(422, "VER_003", "La pendenza (IdA2A:DEMO, Id:S1) e' in uno stato che non consente l'aggiornamento (ESEGUITO)");
        // The session of one citizen is nothing to another.
        let corrado = crea(banco, &porta, Chi::Cittadino(CORRADO, Some(&s2)), "?idA2A=DEMO&idPendenza=S1", &modulo("S1", "6.00")).await;
        assert_eq!(corrado.fault().1, "SEMANTICA");
    }
}

su_entrambi! {
    async fn un_applicazione_archivia_subito_e_solo_le_sue(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let altrui = crea(banco, &porta, Chi::App("PORTALE"), "", &modulo("S1", "5.00")).await;
        altrui.rifiuta(400, "APP_002", "Applicazione autenticata (PORTALE) diversa dalla chiamante (DEMO)");
        let ignota = crea(banco, &porta, Chi::App("PORTALE"), "?idA2A=BOH&idPendenza=S1", &modulo("S1", "5.00")).await;
        ignota.rifiuta(404, "404000", "Applicazione [BOH] non trovata.");
        let mut sua = modulo("S1", "5.00");
        sua["idA2A"] = json!("PORTALE");
        for (query, stato) in [("", StatusCode::CREATED), ("?idA2A=PORTALE&idPendenza=S1", StatusCode::OK)] {
            let creata = crea(banco, &porta, Chi::App("PORTALE"), query, &sua).await;
            assert_eq!(creata.stato, stato, "{}", creata.testo);
            assert!(!creata.intestazioni.contains_key(header::SET_COOKIE));
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza WHERE id_a2a = 'PORTALE' AND tipo = 'SPONTANEO'").await, 1);
        let tipo = chiama(banco, &porta, Chi::App("PORTALE"), Method::POST, "v2", &format!("/pendenze/{DOMINIO}/BOH"), Some(&sua)).await;
        tipo.rifiuta(404, "404000", &format!("TipoPendenza [BOH] inesistente per il Dominio [{DOMINIO}]."));
    }
}

su_entrambi! {
    async fn chi_non_ha_un_nome_ne_prova_di_essere_una_persona_non_passa(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        banco.censisci(&[Scrittura::Configurazione(Box::new(BloccoConfigurazione::Hardening(Hardening { abilitato: true, captcha: None })))]).await;
        let corpo = json!({ "pendenze": [per_a2a("P1")], "soggettoVersante": anonimo() });
        for risposta in [paga(banco, &porta, Chi::Nessuno(None), &corpo).await, crea(banco, &porta, Chi::Nessuno(None), "", &modulo("S1", "1.00")).await] {
            assert_eq!((risposta.stato, risposta.json()["codice"].as_str()), (StatusCode::FORBIDDEN, Some("403")));
        }
        assert_eq!(crea(banco, &porta, Chi::Cittadino(GRETA, None), "", &modulo("S1", "1.00")).await.stato, StatusCode::CREATED);
    }
}

su_entrambi! {
    async fn il_debitore_di_uno_spontaneo_e_il_cittadino_che_lo_paga(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        let creata = crea(banco, &porta, Chi::Cittadino(CORRADO, None), "", &modulo("S1", "5.00")).await;
        let s = sessione(&creata);
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("S1")] });
        assert_eq!(paga(banco, &porta, Chi::Cittadino(CORRADO, Some(&s)), &corpo).await.fault().1, "CIT_003");
        // What the ente asks of Greta is not changed by who pays it.
        banco.carica("DOVUTA", "9.00").await;
        let mut piu_bassa = modulo("DOVUTA", "1.00");
        piu_bassa["idDominio"] = json!(DOMINIO);
        let furba = paga(banco, &porta, Chi::Cittadino(GRETA, None), &json!({ "urlRitorno": RITORNO, "pendenze": [piu_bassa] })).await;
        assert_eq!(furba.fault().1, "VER_015");
        assert_eq!(banco.pendenza("DOVUTA").await["importo"].to_string(), "9.0");
    }
}
