//! Payment attempts, by list and by key, in every format and version (spec/1 sections 9.10 and 9.11).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{SenzaAttivazione, Versione};

use crate::banco::{Banco, DOMINIO, PASSWORD, PENDENZE, Risposta, chiavi};
use crate::pendenze_v1::PENDENZE_V1;
use crate::su_entrambi;

async fn chiedi(banco: &Banco, utente: &str, indirizzo: &str, accetta: &str) -> Risposta {
    let richiesta = banco.http.get(format!("{}{indirizzo}", banco.base)).basic_auth(utente, Some(PASSWORD)).header("accept", accetta);
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

async fn ids(banco: &Banco, query: &str) -> Vec<String> {
    let risposta = banco.get(&format!("/rpp?{query}")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    let json = risposta.json();
    json["risultati"].as_array().expect("lista").iter().map(|r| r["pendenza"]["idPendenza"].as_str().expect("id").to_owned()).collect()
}

su_entrambi! {
    async fn l_elenco_ha_i_suoi_filtri_e_le_sue_pagine(banco: &Banco) {
        let mut avvisi = Vec::new();
        for id in ["PAGATA", "FALLITA", "APERTA"] {
            avvisi.push(banco.carica(id, "10.00").await);
        }
        let pagata = banco.simulatore.paga(DOMINIO, &avvisi[0], Versione::V2).await.expect("pagata").pagamento.token;
        banco.simulatore.attiva(DOMINIO, &avvisi[1], Versione::V1).await.expect("attivata");
        // The node of today sends no receipt of what was not paid: archives of before have them.
        banco.sql(&format!("UPDATE transazione SET esito = 1 WHERE iuv = '{}'", &avvisi[1][1..])).await;
        banco.simulatore.attiva(DOMINIO, &avvisi[2], Versione::V2).await.expect("attivata");

        let tutte = banco.get("/rpp?risultatiPerPagina=2").await.json();
        assert_eq!((&tutte["numRisultati"], &tutte["numPagine"], tutte.get("maxRisultati")), (&json!(3), &json!(2), None));
        assert_eq!(tutte["prossimiRisultati"], "/rpp?risultatiPerPagina=2&pagina=2");
        assert_eq!(chiavi(&tutte["risultati"][0]), ["pendenza", "rpt", "stato"]);
        assert_eq!(chiavi(&banco.get("/rpp?campi=stato&risultatiPerPagina=1").await.json()["risultati"][0]), ["stato"]);
        assert_eq!(ids(banco, "").await, ["APERTA", "FALLITA", "PAGATA"]);
        assert_eq!(ids(banco, "ordinamento=dataRichiesta").await, ["PAGATA", "FALLITA", "APERTA"]);
        for (esito, attesi) in [("ESEGUITO", vec!["PAGATA"]), ("NON_ESEGUITO", vec!["FALLITA"]), ("IN_CORSO", vec!["APERTA"]), ("RIFIUTATO", vec![]), ("DECORRENZA_PARZIALE", vec![])] {
            assert_eq!(ids(banco, &format!("esitoPagamento={esito}")).await, attesi, "{esito}");
        }
        for (query, attesi) in [
            (format!("ccp={pagata}"), vec!["PAGATA"]),
            ("idDebitore=vlngrt75c52f205x&idPendenza=FALLITA".to_owned(), vec!["FALLITA"]),
            ("idDebitore=ALTRO".to_owned(), vec![]),
            ("dataRtDa=2000-01-01&ordinamento=dataRichiesta".to_owned(), vec!["PAGATA"]),
            ("dataRtA=2000-01-01".to_owned(), vec![]),
            ("dataRptA=2000-01-01".to_owned(), vec![]),
            ("dataRptDa=2000-01-01&iuv=".to_owned() + &avvisi[2][1..], vec!["APERTA"]),
            // Of v1, where it is another name.
            ("esito=ESEGUITO&dataA=2000-01-01".to_owned(), vec!["APERTA", "FALLITA", "PAGATA"]),
        ] {
            assert_eq!(ids(banco, &query).await, attesi, "{query}");
        }
        banco.get("/rpp?esitoPagamento=X").await.rifiuta(400, "SINTASSI",
            "Codifica inesistente per esito. Valore fornito [X] valori possibili {IN_CORSO,RIFIUTATO,ESEGUITO,NON_ESEGUITO,ESEGUITO_PARZIALE,DECORRENZA,DECORRENZA_PARZIALE}");
        banco.get("/rpp?ordinamento=esito").await.rifiuta(422, "100001",
            "Il campo esito non e' valido per ordinare la ricerca in corso. Campi consentiti: [dataRichiesta, stato].");
        assert_eq!(banco.chiama_come("DEMO_V1", Method::GET, &format!("{PENDENZE}/rpp?idA2A=DEMO"), None).await.json()["risultati"], json!([]));
    }
}

su_entrambi! {
    async fn dettaglio_richiesta_e_ricevuta_in_ogni_versione(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let token = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento.token;
        let iuv = &avviso[1..];
        for base in [PENDENZE, PENDENZE_V1] {
            let radice = format!("{base}/rpp/{DOMINIO}/{iuv}/{token}");
            let dettaglio = chiedi(banco, "DEMO", &radice, "application/json").await;
            assert_eq!((dettaglio.stato, dettaglio.chiavi()), (StatusCode::OK, ["pendenza", "rpt", "rt", "stato"].map(str::to_owned).to_vec()));
            let vista = dettaglio.json();
            let elenco = banco.chiama(Method::GET, &format!("{base}/rpp"), None).await.json();
            assert_eq!(elenco["risultati"][0], vista);
            // Null members are shown here, and not in the sub-resources.
            assert_eq!((&vista["rpt"]["retentionDate"], &vista["rt"]["paymentNote"]), (&Value::Null, &Value::Null));
            assert!(vista["rpt"].as_object().expect("rpt").contains_key("retentionDate"));
            assert_eq!((&vista["rpt"]["paymentAmount"], &vista["rt"]["receiptId"]), (&json!("10.00"), &json!(token)));

            let rpt = chiedi(banco, "DEMO", &format!("{radice}/rpt"), "application/json").await;
            assert_eq!((rpt.stato, &rpt.json()["creditorReferenceId"]), (StatusCode::OK, &json!(iuv)));
            assert!(!rpt.testo.contains("null"), "{}", rpt.testo);
            for accetta in ["text/xml", "application/xml", "application/pdf", "qualcosa/altro"] {
                let xml = chiedi(banco, "DEMO", &format!("{radice}/rpt"), accetta).await;
                let tipo = xml.intestazioni["content-type"].to_str().expect("testo").to_owned();
                assert_eq!((xml.stato, tipo.as_str()), (StatusCode::OK, "text/xml"), "{accetta}");
                assert!(xml.testo.starts_with("<?xml") && xml.testo.contains(iuv), "{}", xml.testo);
            }
            for (accetta, tipo) in [("application/json", "application/json"), ("application/pdf", "application/pdf"), ("application/octet-stream", "application/octet-stream"), ("text/xml", "text/xml")] {
                let rt = chiedi(banco, "DEMO", &format!("{radice}/rt"), accetta).await;
                assert_eq!((rt.stato, rt.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, tipo));
            }

            let testo = "Applicazione [DEMO_V1] non autorizzata ad accedere alla risorsa richiesta: la transazione riferisce una pendenza che non appartiene all'applicazione chiamante.";
            for coda in ["", "/rpt", "/rt"] {
                chiedi(banco, "DEMO_V1", &format!("{radice}{coda}"), "application/json").await.rifiuta(403, "403000", testo);
            }
            for (coda, cosa) in [("", "Transazione"), ("/rpt", "Transazione"), ("/rt", "Ricevuta")] {
                chiedi(banco, "DEMO_V1", &format!("{base}/rpp/{DOMINIO}/{iuv}/altra{coda}"), "application/json").await.rifiuta(404, "404000", &format!("{cosa} [{DOMINIO}/{iuv}/altra] non trovata."));
                assert_eq!(chiedi(banco, "DEMO", &format!("{base}/rpp/1/{iuv}/{token}{coda}"), "application/json").await.fault().0, 400);
                assert_eq!(chiedi(banco, "DEMO", &format!("{base}/rpp/{DOMINIO}/{iuv}/%00{coda}"), "application/json").await.fault().0, 404);
            }
        }
    }
}

su_entrambi! {
    async fn il_ccp_assente_si_chiama_n_a_in_ogni_modo(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let iuv = &avviso[1..];
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        // As an archive of the years before had it.
        banco.sql("UPDATE transazione SET ccp = 'n/a'").await;
        for base in [PENDENZE, PENDENZE_V1] {
            for ccp in ["n/a", "n%2Fa", "n%252Fa"] {
                for coda in ["", "/rpt", "/rt"] {
                    let risposta = chiedi(banco, "DEMO", &format!("{base}/rpp/{DOMINIO}/{iuv}/{ccp}{coda}"), "application/json").await;
                    assert_eq!(risposta.stato, StatusCode::OK, "{ccp}{coda}: {}", risposta.testo);
                }
            }
            // A ccp that only begins so is another one.
            chiedi(banco, "DEMO", &format!("{base}/rpp/{DOMINIO}/{iuv}/n/rt"), "application/json").await.rifiuta(404, "404000", &format!("Ricevuta [{DOMINIO}/{iuv}/n] non trovata."));
            let pdf = chiedi(banco, "DEMO", &format!("{base}/rpp/{DOMINIO}/{iuv}/n/a/rt"), "application/pdf").await;
            assert_eq!(pdf.intestazioni["content-disposition"], format!("attachment; filename=\"{DOMINIO}_{iuv}_n_a.pdf\""));
        }
    }
}

su_entrambi! {
    async fn una_ricevuta_senza_attivazione_ha_la_richiesta_che_se_ne_ricava(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let senza = SenzaAttivazione { dominio: DOMINIO.into(), avviso: avviso.clone(), stand_in: true, ..SenzaAttivazione::default() };
        let token = banco.simulatore.ricevuta_senza_attivazione(&senza).await.expect("pagata").pagamento.token;
        let radice = format!("{PENDENZE}/rpp/{DOMINIO}/{}/{token}", &avviso[1..]);
        let rpt = chiedi(banco, "DEMO", &format!("{radice}/rpt"), "application/json").await;
        assert_eq!((rpt.stato, &rpt.json()["paymentAmount"]), (StatusCode::OK, &json!("10.00")));
        // There were never bytes to show.
        chiedi(banco, "DEMO", &format!("{radice}/rpt"), "text/xml").await.rifiuta(404, "404000", &format!("Richiesta [{DOMINIO}/{}/{token}] non trovata.", &avviso[1..]));
        assert_eq!(banco.get("/rpp").await.json()["risultati"][0]["rpt"]["paymentAmount"], "10.00");
    }
}
