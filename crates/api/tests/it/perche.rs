//! Why a notice can or cannot be paid: what is told is what the station then does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{GuastoEnte, Versione};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PENDENZE, corpo_minimo, numero};
use crate::soap::Domanda;
use crate::stazione::{annulla, con_voci, voce_di_bollo};
use crate::su_entrambi;
use crate::verifica_ente::{AVVISO, AVVISO_V1, dell_ente, due_applicazioni, risponde};

async fn perche(banco: &Banco, avviso: &str, query: &str) -> Value {
    let risposta = banco.get(&format!("/pendenze/byAvviso/{DOMINIO}/{avviso}/perche{query}")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

/// The verdicts by name, in their order.
fn verdetti(perche: &Value) -> Vec<(String, String)> {
    let testo = |v: &Value| v.as_str().expect("testo").to_owned();
    perche["guardie"].as_array().expect("guardie").iter().map(|g| (testo(&g["regola"]), testo(&g["verdetto"]))).collect()
}

/// What was told, and what the node then hears.
async fn concordi(banco: &Banco, avviso: &str) -> Value {
    let detto = perche(banco, avviso, "?verifica=true").await;
    match banco.simulatore.verifica(DOMINIO, avviso).await {
        Ok(verificato) => {
            assert_eq!(detto["nodo"]["outcome"], "OK", "{detto}");
            assert_eq!(detto["nodo"]["amount"].to_string(), verificato.importo.forma_breve());
            assert_eq!(detto["nodo"]["dueDate"].as_str(), verificato.scadenza.as_deref());
            assert_eq!(detto["nodo"]["paymentDescription"], verificato.causale);
        }
        Err(_) => {
            let risposta = Domanda::verifica(avviso).invia(banco).await;
            let fault = |nome: &str| risposta.a(&format!("fault/{nome}")).map(str::to_owned);
            assert_eq!(detto["nodo"]["outcome"], "KO", "{detto}");
            for nome in ["faultCode", "faultString", "description"] {
                assert_eq!(detto["nodo"][nome].as_str().map(str::to_owned), fault(nome), "{nome}: {detto}");
            }
        }
    }
    detto
}

async fn righe(banco: &Banco) -> i64 {
    banco.conta("SELECT (SELECT count(*) FROM pendenza) + (SELECT count(*) FROM registro) + (SELECT count(*) FROM transazione)").await
}

su_entrambi! {
    async fn cio_che_si_dice_e_cio_che_il_nodo_sente(banco: &Banco) {
        due_applicazioni(banco).await;
        let buona = banco.carica("P1", "10.00").await;
        let detto = concordi(banco, &buona).await;
        assert_eq!((&detto["pagabile"], &detto["regola"]), (&json!(true), &Value::Null));
        let tutte = ["DOMINIO_CENSITO", "AVVISO_SONDA", "PENDENZA_TROVATA", "VALIDITA", "SCADENZA", "ANNULLAMENTO", "DUPLICAZIONE"];
        assert_eq!(verdetti(&detto), tutte.map(|r| (r.to_owned(), "PASSA".to_owned())));
        assert_eq!(detto["attivazioni"], json!([{ "outcome": "OK", "operazione": "paGetPayment" }, { "outcome": "OK", "operazione": "paGetPaymentV2" }]));
        assert_eq!(detto["pendenza"]["idPendenza"], "P1");

        annulla(banco, "P1").await;
        let detto = concordi(banco, &buona).await;
        assert_eq!((&detto["pagabile"], &detto["regola"]), (&json!(false), &json!("ANNULLAMENTO")));
        assert_eq!(detto["guardie"][5]["confronto"], json!({ "stato": "ANNULLATO" }));

        let pagata = banco.carica("P2", "10.00").await;
        banco.simulatore.paga(DOMINIO, &pagata, Versione::V2).await.expect("pagata");
        assert_eq!(concordi(banco, &pagata).await["regola"], "DUPLICAZIONE");

        let mut corpo = corpo_minimo("10.00");
        corpo["dataScadenza"] = "2026-01-31".into();
        let scaduta = banco.put("P3", corpo).await.json()["numeroAvviso"].as_str().expect("avviso").to_owned();
        banco.ferma_orologio("2026-02-01T10:00:00Z");
        let detto = concordi(banco, &scaduta).await;
        assert_eq!(detto["regola"], "SCADENZA");
        assert_eq!(detto["guardie"][4]["confronto"], json!({ "dataScadenza": "2026-01-31", "oggi": "2026-02-01", "stato": "NON_ESEGUITO" }));

        let bollo = banco.put("P4", con_voci("16.00", json!([voce_di_bollo("B", "16.00")]))).await.json()["numeroAvviso"].as_str().expect("avviso").to_owned();
        let detto = concordi(banco, &bollo).await;
        assert_eq!((&detto["pagabile"], &detto["attivazioni"][0]["faultCode"], &detto["attivazioni"][1]["outcome"]), (&json!(true), &json!("PAA_SEMANTICA"), &json!("OK")));

        assert_eq!(concordi(banco, "000000000000000000").await["regola"], "AVVISO_SONDA");
        assert_eq!(concordi(banco, "303000000000055555").await["regola"], "PENDENZA_TROVATA");
    }
}

su_entrambi! {
    async fn senza_verifica_l_ente_non_e_disturbato(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        let detto = perche(banco, AVVISO, "").await;
        assert_eq!((&detto["pagabile"], &detto["nodo"]["outcome"], &detto["ente"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!(verdetti(&detto).last(), Some(&("PENDENZA_TROVATA".to_owned(), "SOSPESA".to_owned())));
        assert_eq!(detto["applicazione"]["idA2A"], "DEMO");
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE componente = 'API_ENTE'").await, 0);
    }
}

su_entrambi! {
    async fn con_la_verifica_si_vede_cio_che_si_salverebbe_e_non_si_salva(banco: &Banco) {
        due_applicazioni(banco).await;
        risponde(banco, AVVISO, dell_ente("E1", Some(AVVISO), "40.00"));
        let prima = righe(banco).await;
        let detto = perche(banco, AVVISO, "?verifica=true").await;
        assert_eq!((&detto["pagabile"], &detto["ente"]), (&json!(true), &json!({ "domanda": "getAvviso", "esito": "NON_ESEGUITA" })));
        assert_eq!((&detto["pendenza"], &detto["siSalverebbe"]["numeroAvviso"], &detto["siSalverebbe"]["importo"]), (&Value::Null, &json!(AVVISO), &numero("40.0")));
        assert_eq!(righe(banco).await, prima);

        for risposta in [json!({ "stato": "SCADUTA", "descrizioneStato": "tardi" }), json!({ "stato": "ANNULLATA" }), json!({ "boh": 1 }), json!({ "stato": "SCONOSCIUTA" })] {
            risponde(banco, AVVISO, risposta);
            assert_eq!(concordi(banco, AVVISO).await["regola"], "PENDENZA_TROVATA");
        }
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 });
        assert_eq!(concordi(banco, AVVISO).await["ente"]["esito"], "ENTE_NON_RISPONDE");
        assert_eq!(righe(banco).await, prima);
    }
}

su_entrambi! {
    async fn una_validita_passata_si_spiega(banco: &Banco) {
        due_applicazioni(banco).await;
        banco.ferma_orologio("2026-06-01T10:00:00Z");
        let mut corpo = corpo_minimo("10.00");
        corpo["dataValidita"] = "2026-06-30".into();
        let avviso = banco.put("P1", corpo).await.json()["numeroAvviso"].as_str().expect("avviso").to_owned();
        banco.ferma_orologio("2026-07-01T10:00:00Z");
        let percorso = format!("{PENDENZE}/pendenze/DEMO/P1/perche");
        let detto = banco.chiama(Method::GET, &percorso, None).await.json();
        assert_eq!((&detto["pagabile"], &detto["seEnteNonRisponde"]), (&Value::Null, &json!("PAGA_CON_I_DATI_NOTI")));
        assert_eq!(detto["guardie"][3]["confronto"], json!({ "dataValidita": "2026-06-30", "oggi": "2026-07-01" }));

        risponde(banco, &avviso, dell_ente("P1", Some(&avviso), "12.00"));
        let detto = banco.chiama(Method::GET, &format!("{percorso}?verifica=true"), None).await.json();
        assert_eq!((&detto["nodo"]["amount"], &detto["pendenza"]["importo"], &detto["siSalverebbe"]["importo"]), (&numero("12.0"), &numero("10.0"), &numero("12.0")));
        assert_eq!(banco.pendenza("P1").await["importo"], numero("10.0"));
        risponde(banco, &avviso, json!({ "stato": "SCONOSCIUTA" }));
        assert_eq!(concordi(banco, &avviso).await["pagabile"], true);
        risponde(banco, &avviso, json!({ "stato": "ANNULLATA" }));
        assert_eq!(concordi(banco, &avviso).await["regola"], "VALIDITA");
    }
}

su_entrambi! {
    async fn chi_chiede_vede_cio_che_e_suo(banco: &Banco) {
        due_applicazioni(banco).await;
        let avviso = banco.carica("P1", "10.00").await;
        for (percorso, chi) in [(format!("byAvviso/{DOMINIO}/{avviso}"), "DEMO_V1"), ("DEMO/P1".to_owned(), "DEMO_V1"), (format!("byAvviso/{DOMINIO}/{AVVISO_V1}"), "DEMO")] {
            let risposta = banco.chiama_come(chi, Method::GET, &format!("{PENDENZE}/pendenze/{percorso}/perche?verifica=true"), None).await;
            assert_eq!((risposta.fault().0, risposta.fault().1.as_str()), (403, "403000"), "{percorso}");
        }
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE componente = 'API_ENTE'").await, 0);
        let nomi = |detto: &Value| detto["applicazione"]["candidate"].as_array().expect("candidate").iter().map(|c| c["idA2A"].as_str().expect("nome").to_owned()).collect::<Vec<_>>();
        assert_eq!(nomi(&perche(banco, &avviso, "").await), ["DEMO"]);
        let ufficio = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/pendenze/byAvviso/{DOMINIO}/{AVVISO_V1}/perche"), None).await.json();
        assert!(nomi(&ufficio).contains(&"DEMO".to_owned()) && ufficio["applicazione"]["idA2A"] == "DEMO_V1", "{ufficio}");
        let scelta = ufficio["applicazione"]["candidate"].as_array().expect("candidate").iter().find(|c| c["scelta"] == true).expect("scelta");
        assert_eq!(scelta, &json!({ "idA2A": "DEMO_V1", "autorizzataSulDominio": true, "regExpIuv": "02.*", "riconosceLoIuv": true, "versioneApi": "REST v1", "scelta": true }));
        let ufficio = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/pendenze/DEMO/P1/perche"), None).await.json();
        assert_eq!(ufficio["pagabile"], true);
        assert_eq!(banco.get("/pendenze/DEMO/NESSUNA/perche").await.stato, StatusCode::NOT_FOUND);
        assert_eq!(banco.get(&format!("/pendenze/byAvviso/{DOMINIO}/12/perche")).await.stato, StatusCode::BAD_REQUEST);
        assert_eq!(banco.get("/pendenze/DEMO/P1/perche?verifica=forse").await.stato, StatusCode::BAD_REQUEST);
    }
}
