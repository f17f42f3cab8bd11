//! Positions as portals and citizens find them (spec/1 sections 10.4, 10.8 and 21).

use domain::anagrafica::{Acl, AmbitoUo, Scrittura, Servizio};
use indexmap::{IndexMap, IndexSet};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, IBAN, PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3, Risposta, chiavi, corpo_minimo, dominio, numero};
use crate::pagamento_accesso::{CORRADO, GRETA, chiama, presso};
use crate::su_entrambi;

async fn leggi(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama_come("PORTALE", Method::GET, percorso, None).await
}

fn ids(elenco: &Value) -> Vec<&str> {
    elenco["risultati"].as_array().expect("risultati").iter().map(|p| p["idPendenza"].as_str().expect("id")).collect()
}

/// A position of Greta with an IBAN, with more to say.
fn corpo(scadenza: Option<&str>) -> Value {
    let mut corpo = corpo_minimo("10.00");
    corpo["voci"] = json!([{ "idVocePendenza": "V1", "importo": numero("10.00"), "descrizione": "Quota", "ibanAccredito": IBAN, "tipoContabilita": "ALTRO",
        "codiceContabilita": "0201102IM", "contabilita": { "quote": [{ "capitolo": "1", "annoEsercizio": 2026, "importo": 10 }] } }]);
    if let Some(s) = scadenza {
        corpo["dataValidita"] = json!(s);
    }
    corpo
}

su_entrambi! {
    async fn un_portale_vede_tutto_cio_che_e_nel_suo_ambito(banco: &Banco) {
        banco.carica("TARI1", "10.00").await;
        let mut mensa = corpo_minimo("10.00");
        mensa["idTipoPendenza"] = json!("MENSA");
        mensa["idUnitaOperativa"] = json!("UFF");
        assert_eq!(banco.put("MENSA1", mensa).await.stato, StatusCode::CREATED);
        for radice in [PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3] {
            assert_eq!(ids(&leggi(banco, &format!("{radice}/pendenze")).await.json()), ["MENSA1", "TARI1"]);
            assert_eq!(ids(&leggi(banco, &format!("{radice}/pendenze?idA2A=ALTRA")).await.json()), Vec::<&str>::new());
        }
        assert_eq!(ids(&leggi(banco, &format!("{PAGAMENTO_V2}/pendenze?idPendenza=TARI1")).await.json()), ["TARI1"]);
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V3}/pendenze?idPendenza=TARI1")).await.json()["numRisultati"], json!(2), "v3 la dichiara e non la guarda");
        leggi(banco, &format!("{PAGAMENTO_V2}/pendenze?stato=INCASSATA")).await.rifiuta(400, "SINTASSI",
            "Codifica inesistente per stato. Valore fornito [INCASSATA] valori possibili {ESEGUITA,NON_ESEGUITA,ESEGUITA_PARZIALE,ANNULLATA,SCADUTA,ANOMALA}");
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V2}/pendenze?ordinamento=smart")).await.fault().1, "100001", "smart e' dei cittadini");

        // One dominio, one unità operativa, one tipo.
        let mut limitata = (*banco.gateway.istantanea().attuale().utenze["LIMITATA"]).clone();
        limitata.acl.extend(Acl::piene(&[Servizio::ApiPagamenti]));
        let scrivi = |u: &domain::anagrafica::Utenza| Scrittura::Utenza(u.clone());
        banco.censisci(&[scrivi(&limitata)]).await;
        let sua = |percorso: String| async move { banco.chiama_come("LIMITATA", Method::GET, &format!("{PAGAMENTO_V2}{percorso}"), None).await };
        assert_eq!(ids(&sua("/pendenze".to_owned()).await.json()), ["TARI1"]);
        assert_eq!(sua("/pendenze/DEMO/TARI1".to_owned()).await.stato, StatusCode::OK);
        sua("/pendenze/DEMO/MENSA1".to_owned()).await.rifiuta(403, "403000",
            "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per il Dominio [12345678901], per l'Unita' operativa [UFF] e per il TipoPendenza [MENSA].");
        limitata.domini = Some(IndexMap::from([(dominio(DOMINIO), AmbitoUo::Solo(IndexSet::from(["UFF".to_owned()])))]));
        limitata.tipi_pendenza = None;
        banco.censisci(&[scrivi(&limitata)]).await;
        assert_eq!(ids(&sua("/pendenze".to_owned()).await.json()), ["MENSA1"]);
        for (domini, tipi, testo) in [
            (Some(IndexMap::new()), None, "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per nessuna Unita' operativa."),
            (None, Some(IndexSet::new()), "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per nessun Tipo Pendenza."),
        ] {
            (limitata.domini, limitata.tipi_pendenza) = (domini, tipi);
            banco.censisci(&[scrivi(&limitata)]).await;
            sua("/pendenze".to_owned()).await.rifiuta(403, "403000", testo);
        }
    }
}

su_entrambi! {
    async fn un_cittadino_vede_le_sue_e_non_gli_iban(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        assert_eq!(banco.put("SUA", corpo(None)).await.stato, StatusCode::CREATED);
        let mut altrui = corpo(None);
        altrui["soggettoPagatore"]["identificativo"] = json!(CORRADO);
        banco.put("ALTRUI", altrui).await;
        for versione in ["v1", "v2", "v3"] {
            let base = presso(&porta, "spid", versione);
            assert_eq!(ids(&chiama(banco, &base, "/pendenze", Some(GRETA), None).await.json()), ["SUA"], "{versione}");
            let sua = chiama(banco, &base, "/pendenze/DEMO/SUA", Some(GRETA), None).await.json();
            let voce = &sua["voci"][0];
            assert_eq!((voce.get("ibanAccredito").is_some(), voce.get("contabilita").is_some()), (versione != "v2", versione == "v3"), "{versione}: {voce}");
            chiama(banco, &base, "/pendenze/DEMO/ALTRUI", Some(GRETA), None).await.rifiuta(403, "403000",
                &format!("Utenza [{GRETA}] non autorizzata ad accedere alla risorsa richiesta: la pendenza non appartiene al cittadino chiamante."));
            assert_eq!(chiama(banco, &base, "/pendenze/DEMO/NESSUNA", Some(GRETA), None).await.stato, StatusCode::NOT_FOUND);
        }
        let applicazione = leggi(banco, &format!("{PAGAMENTO_V2}/pendenze/DEMO/SUA")).await.json();
        assert_eq!(applicazione["voci"][0]["ibanAccredito"], json!(IBAN));
        // Where the table lets nobody in, the operation does not.
        for (versione, percorso) in [("v2", "/pendenze/DEMO/SUA"), ("v3", "/pendenze"), ("v3", "/pendenze/DEMO/SUA"), ("v2", "/pendenze/byAvviso/12345678901/301000000000000000")] {
            chiama(banco, &presso(&porta, "public", versione), percorso, None, None).await.rifiuta(403, "403000", "Utenza [ANONIMO] non autorizzata ad accedere alla risorsa richiesta.");
        }
        chiama(banco, &presso(&porta, "spid", "v2"), "/pendenze/byAvviso/12345678901/301000000000000000", Some(GRETA), None).await.rifiuta(403, "403000",
            &format!("Utenza [{GRETA}] non autorizzata ad accedere alla risorsa richiesta."));
    }
}

su_entrambi! {
    async fn smart_mette_prima_cio_che_si_puo_ancora_pagare(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        for (id, validita) in [("LONTANA", Some("2096-01-01")), ("SENZA", None), ("VICINA", Some("2090-01-01")), ("PASSATA", Some("2020-01-01"))] {
            assert_eq!(banco.put(id, corpo(validita)).await.stato, StatusCode::CREATED);
        }
        let base = presso(&porta, "spid", "v2");
        assert_eq!(ids(&chiama(banco, &base, "/pendenze", Some(GRETA), None).await.json()), ["PASSATA", "VICINA", "SENZA", "LONTANA"]);
        assert_eq!(ids(&chiama(banco, &base, "/pendenze?ordinamento=smart", Some(GRETA), None).await.json()), ["VICINA", "LONTANA", "SENZA", "PASSATA"]);
    }
}

su_entrambi! {
    async fn ogni_versione_ha_i_suoi_membri(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        let v1 = leggi(banco, &format!("{PAGAMENTO_V1}/pendenze/DEMO/P1")).await.json();
        assert_eq!(chiavi(&v1), ["causale", "dataCaricamento", "dataPagamento", "dominio", "idA2A", "idPendenza", "importo", "numeroAvviso", "pagamenti", "rpp", "soggettoPagatore", "stato", "voci"]);
        assert_eq!((&v1["pagamenti"], &v1["rpp"][0]["pendenza"]["pagamenti"]), (&json!([]), &json!("/pagamenti?idA2A=DEMO&idPendenza=P1")));
        let v2 = leggi(banco, &format!("{PAGAMENTO_V2}/pendenze/DEMO/P1")).await.json();
        assert_eq!(chiavi(&v2), ["UUID", "causale", "dataCaricamento", "dataPagamento", "dominio", "idA2A", "idPendenza", "idTipoPendenza", "importo", "iuvAvviso", "iuvPagamento",
            "numeroAvviso", "pagamenti", "rpp", "segnalazioni", "soggettoPagatore", "stato", "tipo", "voci"]);
        let riga = &leggi(banco, &format!("{PAGAMENTO_V2}/pendenze")).await.json()["risultati"][0];
        assert_eq!((&riga["rpp"], &riga["pagamenti"]), (&json!("/rpp?idA2A=DEMO&idPendenza=P1"), &json!("/pagamenti?idA2A=DEMO&idPendenza=P1")));
        for senza in ["voci", "allegati", "segnalazioni"] {
            assert!(riga.get(senza).is_none(), "{senza}");
        }
        let v3 = leggi(banco, &format!("{PAGAMENTO_V3}/pendenze/DEMO/P1")).await.json();
        assert_eq!(chiavi(&v3), ["UUID", "causale", "dominio", "idA2A", "idPendenza", "idTipoPendenza", "importo", "numeroAvviso", "soggettoPagatore", "stato", "voci"]);
        assert_eq!((&v3["stato"], &v3["voci"][0]["riscossione"]["importo"]), (&json!("ESEGUITA"), &numero("10.00")));
        // The list of v3 shows what each voce brought, as the detail does.
        let elenco = leggi(banco, &format!("{PAGAMENTO_V3}/pendenze")).await.json();
        assert_eq!(elenco["risultati"][0], v3);
    }
}

su_entrambi! {
    async fn un_avviso_ignoto_si_chiede_all_ente_e_cio_che_non_si_trova_e_404(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let trovata = leggi(banco, &format!("{PAGAMENTO_V2}/pendenze/byAvviso/{DOMINIO}/{avviso}")).await.json();
        assert_eq!(trovata["idPendenza"], json!("P1"));
        for (numero, mostrato) in [("301000000000000099", "01000000000000099"), ("1", "1"), ("abc", "abc")] {
            let risposta = leggi(banco, &format!("{PAGAMENTO_V2}/pendenze/byAvviso/{DOMINIO}/{numero}")).await;
            let (stato, codice, dettaglio) = risposta.fault();
            assert_eq!((stato, codice.as_str()), (404, "404000"));
            assert!(dettaglio.starts_with(&format!("La pendenza ricercata tramite avviso [Dominio: {DOMINIO}, NumeroAvviso: {mostrato}] non e' stata trovata nella base dati interna")), "{dettaglio}");
        }
    }
}

su_entrambi! {
    async fn un_allegato_e_di_chi_vede_la_sua_pendenza(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let mut con_allegato = corpo(None);
        con_allegato["allegati"] = json!([{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }]);
        banco.put("P1", con_allegato).await;
        let indirizzo = banco.pendenza("P1").await["allegati"][0]["contenuto"].as_str().expect("indirizzo").to_owned();
        for versione in ["v2", "v3"] {
            let base = presso(&porta, "spid", versione);
            assert_eq!(chiama(banco, &base, &indirizzo, Some(GRETA), None).await.testo, "a");
            assert_eq!(chiama(banco, &base, &indirizzo, Some(CORRADO), None).await.fault().0, 403);
            assert_eq!(chiama(banco, &presso(&porta, "public", versione), &indirizzo, None, None).await.fault().1, "403");
        }
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V3}{indirizzo}")).await.testo, "a");
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V2}/allegati/0")).await.stato, StatusCode::NOT_FOUND);
    }
}
