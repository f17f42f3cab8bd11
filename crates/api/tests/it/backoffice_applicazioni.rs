//! Applicazioni through the API (spec/2 sections 2.9, 2.18 and 2.19).

use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, PASSWORD, PENDENZE, Risposta};
use crate::corpi_guasti::{Ricetta, prova_corpi};
use crate::su_entrambi;

const APP: &str = "/applicazioni/idA2A_1";

async fn admin(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

async fn put(banco: &Banco, percorso: &str, corpo: &Value) -> Risposta {
    admin(banco, Method::PUT, percorso, Some(corpo.clone())).await
}

async fn get(banco: &Banco, percorso: &str) -> Value {
    let risposta = admin(banco, Method::GET, percorso, None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

async fn patch(banco: &Banco, operazioni: Value) -> Risposta {
    admin(banco, Method::PATCH, APP, Some(operazioni)).await
}

fn rw(servizi: &[&str]) -> Value {
    servizi.iter().map(|s| json!({ "servizio": s, "autorizzazioni": ["R", "W"] })).collect()
}

/// What administration scripts send, again and again (spec/2 section 2.18).
fn corpo() -> Value {
    json!({ "principal": "idA2A_1", "password": PASSWORD, "codificaAvvisi": { "codificaIuv": "01", "regExpIuv": "01[0-9]*", "generazioneIuvInterna": false },
        "domini": ["*"], "tipiPendenza": ["*"], "apiPagamenti": true, "apiPendenze": true, "apiRagioneria": true,
        "acl": rw(&["Pagamenti", "Pendenze", "Rendicontazioni e Incassi", "Giornale degli Eventi"]),
        "servizioIntegrazione": { "url": "http://ente.example/govpay/v1", "versioneApi": "REST v1" }, "abilitato": true })
}

fn visto() -> Value {
    let mut atteso = corpo();
    atteso["idA2A"] = json!("idA2A_1");
    atteso["password"] = json!(true);
    atteso["domini"] = json!([{ "idDominio": "*", "ragioneSociale": "Tutti" }]);
    atteso["tipiPendenza"] = json!([{ "idTipoPendenza": "*", "descrizione": "Tutti" }]);
    atteso["ruoli"] = json!([]);
    atteso
}

async fn entra(banco: &Banco, utente: &str, password: &str) -> StatusCode {
    let richiesta = banco.http.get(format!("{}{PENDENZE}/pendenze", banco.base)).basic_auth(utente, Some(password));
    richiesta.send().await.expect("risposta").status()
}

su_entrambi! {
    async fn i_corpi_degli_script_si_scrivono_due_volte_e_si_rileggono(banco: &Banco) {
        let prima = put(banco, APP, &corpo()).await;
        assert_eq!((prima.stato, prima.testo.as_str()), (StatusCode::CREATED, ""));
        assert_eq!(put(banco, APP, &corpo()).await.stato, StatusCode::OK);
        assert_eq!(get(banco, APP).await, visto());
        assert_eq!(entra(banco, "idA2A_1", PASSWORD).await, StatusCode::OK);

        // gpBatch has neither codifica nor servizio.
        let mut batch = corpo();
        let membri = batch.as_object_mut().expect("oggetto");
        ["codificaAvvisi", "servizioIntegrazione"].iter().for_each(|m| drop(membri.remove(*m)));
        batch["principal"] = json!("gpBatch");
        assert_eq!(put(banco, "/applicazioni/gpBatch", &batch).await.stato, StatusCode::CREATED);
        let letta = get(banco, "/applicazioni/gpBatch").await;
        assert!(letta.get("codificaAvvisi").is_none() && letta.get("servizioIntegrazione").is_none());

        // Without password, with other lists: what is not said goes, the password stays.
        let altro = json!({ "principal": "idA2A_1", "codificaAvvisi": { "regExpIuv": ".*", "generazioneIuvInterna": true }, "domini": [
                { "idDominio": DOMINIO_2, "unitaOperative": ["UFF", "EC"] }, { "idDominio": DOMINIO, "unitaOperative": null }],
            "tipiPendenza": ["TARI", "CDS"], "acl": null, "abilitato": false });
        assert_eq!(put(banco, APP, &altro).await.stato, StatusCode::OK);
        let atteso = json!({ "idA2A": "idA2A_1", "principal": "idA2A_1", "password": true, "codificaAvvisi": { "regExpIuv": ".*", "generazioneIuvInterna": true },
            "domini": [
                { "idDominio": DOMINIO_2, "ragioneSociale": "Comune di Prova 12345678902", "unitaOperative": [
                    { "idUnita": "UFF", "ragioneSociale": "Ufficio tributi" }, { "idUnita": "EC", "ragioneSociale": "Comune di Prova 12345678902" }] },
                { "idDominio": DOMINIO, "ragioneSociale": "Comune di Prova 12345678901", "unitaOperative": [{ "idUnita": "*", "ragioneSociale": "Tutti" }] }],
            "tipiPendenza": [{ "idTipoPendenza": "TARI", "descrizione": "TARI" }, { "idTipoPendenza": "CDS", "descrizione": "CDS" }],
            "apiPagamenti": false, "apiPendenze": false, "apiRagioneria": false, "acl": [], "ruoli": [], "abilitato": false });
        assert_eq!(get(banco, APP).await, atteso);
        let vuota = json!({ "principal": "idA2A_1", "domini": [], "tipiPendenza": null });
        assert_eq!(put(banco, APP, &vuota).await.stato, StatusCode::OK);
        let letta = get(banco, APP).await;
        assert_eq!((&letta["domini"], &letta["tipiPendenza"], &letta["password"], &letta["abilitato"]), (&json!([]), &json!([]), &json!(true), &json!(true)));
        // The other nodes, and this one after a restart, read the same.
        put(banco, APP, &altro).await;
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        let (nuova, attuale) = (&riletta.utenze["idA2A_1"], &banco.gateway.istantanea().attuale().utenze["idA2A_1"]);
        assert!(nuova.domini.as_ref().expect("domini").iter().eq(attuale.domini.as_ref().expect("domini").iter()));
        assert_eq!((&nuova.acl, &nuova.tipi_pendenza, &nuova.password_hash), (&attuale.acl, &attuale.tipi_pendenza, &attuale.password_hash));
    }
}

su_entrambi! {
    async fn un_principal_che_cambia_tiene_password_e_diritti(banco: &Banco) {
        put(banco, APP, &corpo()).await;
        let mut c = corpo();
        c.as_object_mut().expect("oggetto").remove("password");
        c["principal"] = json!("CN=ente, O=Comune/UO");
        assert_eq!(entra(banco, "idA2A_1", PASSWORD).await, StatusCode::OK);
        assert_eq!(put(banco, APP, &c).await.stato, StatusCode::OK);
        assert_eq!(entra(banco, "CN=ente, O=Comune/UO", PASSWORD).await, StatusCode::OK);
        assert_eq!(entra(banco, "idA2A_1", PASSWORD).await, StatusCode::UNAUTHORIZED);
        let letta = get(banco, APP).await;
        assert_eq!((&letta["acl"], &letta["apiPendenze"], &letta["password"]), (&corpo()["acl"], &json!(true), &json!(true)));
        // Who reads everything anew does not see the old login.
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        assert!(!riletta.utenze.contains_key("idA2A_1") && riletta.applicazione_di("idA2A_1").is_none());
        // Its name is free, for an operatore too, and comes back clean.
        let operatore = json!({ "ragioneSociale": "Rossi", "abilitato": true });
        assert_eq!(put(banco, "/operatori/idA2A_1", &operatore).await.stato, StatusCode::CREATED);
        assert_eq!(get(banco, "/operatori/idA2A_1").await["password"], json!(false));
        put(banco, APP, &corpo()).await.rifiuta(422, "SEMANTICA", "Impossibile modificare l'Applicazione [idA2A_1], il Principal indicato non e' disponibile.");
    }
}

su_entrambi! {
    async fn una_password_cambiata_vale_subito_e_non_si_legge_mai(banco: &Banco) {
        put(banco, APP, &corpo()).await;
        assert_eq!(entra(banco, "idA2A_1", PASSWORD).await, StatusCode::OK);
        let mut c = corpo();
        c["password"] = json!("Nuova12345");
        put(banco, APP, &c).await;
        assert_eq!((entra(banco, "idA2A_1", PASSWORD).await, entra(banco, "idA2A_1", "Nuova12345").await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
        let cambiata = patch(banco, json!([{ "op": "REPLACE", "path": "/password", "value": "Altra12345" }])).await;
        assert_eq!((cambiata.stato, &cambiata.json()["password"]), (StatusCode::OK, &json!(true)));
        assert_eq!((entra(banco, "idA2A_1", "Nuova12345").await, entra(banco, "idA2A_1", "Altra12345").await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
        // Empty and absent keep it.
        c["password"] = json!("");
        put(banco, APP, &c).await;
        assert_eq!(entra(banco, "idA2A_1", "Altra12345").await, StatusCode::OK);
        let tolta = patch(banco, json!([{ "op": "DELETE", "path": "/password", "value": null }])).await;
        assert_eq!((tolta.stato, &tolta.json()["password"]), (StatusCode::OK, &json!(false)));
        assert_eq!(entra(banco, "idA2A_1", "Altra12345").await, StatusCode::UNAUTHORIZED);

        c["password"] = json!("Segreta senza cifre");
        let rifiuto = put(banco, APP, &c).await;
        rifiuto.rifiuta(400, "SINTASSI",
            r"Il valore [***] del campo password non rispetta il pattern richiesto: ^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?!.*[\s]).{8,}$");
        for segreto in ["Nuova12345", "Altra12345", PASSWORD, "$argon2"] {
            assert_eq!(banco.conta(&format!("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%{segreto}%'")).await, 0);
            assert!(!get(banco, APP).await.to_string().contains(segreto));
        }
    }
}

su_entrambi! {
    async fn le_modifiche_rispondono_con_la_risorsa_intera(banco: &Banco) {
        let mut c = corpo();
        (c["domini"], c["tipiPendenza"], c["acl"]) = (json!([]), json!([]), json!([]));
        put(banco, APP, &c).await;
        let acl = json!({ "servizio": "Pendenze", "autorizzazioni": ["W"] });
        let risposta = patch(banco, json!([
            { "op": "ADD", "path": "/acl", "value": { "servizio": "Pendenze", "autorizzazioni": ["R"] } }, { "op": "ADD", "path": "/acl", "value": acl },
            { "op": "ADD", "path": "/domini", "value": { "idDominio": DOMINIO, "unitaOperative": ["UFF"] } },
            { "op": "ADD", "path": "/tipiPendenza", "value": "autodeterminazione" },
        ])).await;
        let mut atteso = visto();
        atteso["acl"] = json!([acl]);
        atteso["domini"] = json!([{ "idDominio": DOMINIO, "ragioneSociale": "Comune di Prova 12345678901",
            "unitaOperative": [{ "idUnita": "UFF", "ragioneSociale": "Ufficio tributi" }] }]);
        atteso["tipiPendenza"] = json!([{ "idTipoPendenza": "autodeterminazione", "descrizione": "Autodeterminazione delle Pendenze" }]);
        assert_eq!((risposta.stato, risposta.json()), (StatusCode::OK, atteso.clone()));
        assert_eq!(get(banco, APP).await, atteso);
        for (operazioni, testo) in [
            (json!([{ "op": "add", "path": "/acl", "value": acl }]), "Il campo op non e' valido."),
            (json!([{ "path": "/acl" }]), "Il campo op non deve essere vuoto."),
            (json!([{ "op": "REPLACE", "path": "/acl", "value": acl }]), "Op 'REPLACE' non valido per il path '/acl'"),
            (json!([{ "op": "ADD", "path": "/boh", "value": 1 }]), "Path '/boh' non valido"),
            (json!([{ "op": "ADD", "path": "/domini", "value": "99999999999" }]), "Value non valido per il path '/domini'"),
            (json!([{ "op": "DELETE", "path": "/acl", "value": { "servizio": "Pagamenti" } }]), "Value non valido per il path '/acl'"),
        ] {
            patch(banco, operazioni).await.rifiuta(400, "SINTASSI", testo);
        }
        admin(banco, Method::PATCH, "/applicazioni/BOH", Some(json!([]))).await.rifiuta(404, "404000", "Applicazione BOH non censita in Anagrafica");
        assert_eq!(get(banco, APP).await, atteso);
        // Ten together: none is lost.
        let servizi = ["Anagrafica PagoPA", "Anagrafica Creditore", "Anagrafica Applicazioni", "Anagrafica Ruoli", "Pagamenti", "Rendicontazioni e Incassi",
            "Giornale degli Eventi", "Configurazione e manutenzione"];
        let insieme = servizi.map(|s| patch(banco, json!([{ "op": "ADD", "path": "/acl", "value": { "servizio": s, "autorizzazioni": ["R"] } }])));
        assert!(futures::future::join_all(insieme).await.iter().all(|r| r.stato == StatusCode::OK));
        assert_eq!(get(banco, APP).await["acl"].as_array().map(Vec::len), Some(9));
    }
}

su_entrambi! {
    async fn chi_e_limitato_non_concede_tutto(banco: &Banco) {
        let limitato = json!({ "ragioneSociale": "Limitato", "password": PASSWORD, "domini": [DOMINIO], "tipiPendenza": ["TARI"],
            "acl": rw(&["Anagrafica Applicazioni", "Anagrafica Ruoli"]), "abilitato": true });
        assert_eq!(put(banco, "/operatori/limitato", &limitato).await.stato, StatusCode::CREATED);
        let come = async |metodo: Method, percorso: &str, corpo: &Value| banco.chiama_come("limitato", metodo, &format!("{BACKOFFICE}{percorso}"), Some(corpo.clone())).await;
        let testa = "Operatore [Limitato] non autorizzato ad accedere alla risorsa richiesta: ";
        let operatore = json!({ "ragioneSociale": "Nuovo", "domini": [], "tipiPendenza": [], "abilitato": true });
        let applicazione = json!({ "principal": "nuova", "domini": [], "tipiPendenza": [] });
        for (nome, valore) in [("domini", "*"), ("tipiPendenza", "*"), ("tipiPendenza", "autodeterminazione")] {
            for (percorso, corpo) in [("/applicazioni/NUOVA", &applicazione), ("/operatori/nuovo", &operatore)] {
                let mut c = corpo.clone();
                c[nome] = json!([valore]);
                let (stato, codice, testo) = come(Method::PUT, percorso, &c).await.fault();
                assert_eq!((stato, codice.as_str()), (403, "403000"), "{testo}");
                assert!(testo.starts_with(testa), "{testo}");
            }
        }
        for (percorso, corpo) in [("/applicazioni/NUOVA", &applicazione), ("/operatori/nuovo", &operatore)] {
            assert_eq!(come(Method::PUT, percorso, corpo).await.stato, StatusCode::CREATED);
            for path in ["/domini", "/tipiPendenza"] {
                let risposta = come(Method::PATCH, percorso, &json!([{ "op": "ADD", "path": path, "value": "*" }])).await;
                assert_eq!(risposta.fault().0, 403, "{}", risposta.testo);
            }
            // Single ones are not compared with its own.
            let risposta = come(Method::PATCH, percorso, &json!([{ "op": "ADD", "path": "/domini", "value": DOMINIO_2 }])).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
        }
    }
}

su_entrambi! {
    async fn i_riferimenti_che_non_ci_sono_sono_422(banco: &Banco) {
        let con = |nome: &str, valore: Value| {
            let mut c = corpo();
            c[nome] = valore;
            c
        };
        for (c, testo) in [
            (con("domini", json!(["99999999999"])), "Il dominio 99999999999 indicato non esiste."),
            (con("domini", json!([{ "idDominio": DOMINIO, "unitaOperative": ["BOH"] }])), "L'unita' operativa BOH indicata non esiste per il dominio 12345678901."),
            (con("tipiPendenza", json!(["BOH"])), "Il tipo pendenza BOH indicato non esiste."),
            (con("ruoli", json!(["BOH"])), "Il ruolo BOH indicato non esiste."),
            (con("principal", json!("DEMO")), "Impossibile aggiungere l'Applicazione [idA2A_1], il Principal indicato non e' disponibile."),
            (con("principal", json!("gpadmin")), "Impossibile aggiungere l'Applicazione [idA2A_1], il Principal indicato non e' disponibile."),
            (con("codificaAvvisi", json!({ "codificaIuv": "A1", "generazioneIuvInterna": false })), "Il valore [A1] del campo codificaIuv non e' valido: sono ammesse solo cifre."),
        ] {
            put(banco, APP, &c).await.rifiuta(422, "SEMANTICA", testo);
        }
        let avanti = put(banco, APP, &con("codificaAvvisi", json!({ "regExpIuv": "(?=01)", "generazioneIuvInterna": false }))).await.fault();
        assert_eq!((avanti.0, avanti.1.as_str()), (422, "SEMANTICA"));
        assert!(avanti.2.contains("regExpIuv") && avanti.2.contains("lookahead"), "{}", avanti.2);
        admin(banco, Method::GET, APP, None).await.rifiuta(404, "404000", "Applicazione idA2A_1 non censita in Anagrafica");
    }
}

su_entrambi! {
    async fn dieci_applicazioni_insieme_non_prendono_lo_stesso_principal(banco: &Banco) {
        let percorsi: Vec<String> = (0..10).map(|n| format!("/applicazioni/A{n}")).collect();
        let c = corpo();
        let esiti = futures::future::join_all(percorsi.iter().map(|p| put(banco, p, &c))).await;
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::CREATED).count(), 1);
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::UNPROCESSABLE_ENTITY).count(), 9);
        let cod = percorsi[esiti.iter().position(|e| e.stato == StatusCode::CREATED).expect("una")].clone();
        let esiti = futures::future::join_all((0..10).map(|_| put(banco, &cod, &c))).await;
        assert!(esiti.iter().all(|e| e.stato == StatusCode::OK));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM applicazione WHERE principal = 'idA2A_1'").await, 1);
    }
}

su_entrambi! {
    async fn la_lista_filtra_e_ordina_per_principal(banco: &Banco) {
        let ids = |v: &Value| v["risultati"].as_array().expect("lista").iter().map(|r| r["idA2A"].as_str().expect("id").to_owned()).collect::<Vec<_>>();
        let mut c = corpo();
        (c["principal"], c["abilitato"]) = (json!("AAA"), json!(false));
        put(banco, APP, &c).await;
        let tutte = get(banco, "/applicazioni").await;
        assert_eq!(tutte["risultati"][0], json!({ "idA2A": "idA2A_1", "principal": "AAA", "abilitato": false }));
        assert_eq!(ids(&tutte), ["idA2A_1", "DEMO", "DEMO_V1", "LIMITATA", "PORTALE", "SENZA_DIRITTI", "SILENTE"]);
        for (query, attese) in [
            ("abilitato=false", vec!["idA2A_1"]), ("idA2A=demo", vec!["DEMO", "DEMO_V1"]), ("principal=aaa", vec!["idA2A_1"]), ("principal=BOH", vec![]),
            ("idA2A=DEMO&abilitato=false", vec![]),
        ] {
            assert_eq!(ids(&get(banco, &format!("/applicazioni?{query}")).await), attese, "{query}");
        }
        assert_eq!(admin(banco, Method::GET, "/applicazioni?idA2A=a%20b", None).await.stato, StatusCode::BAD_REQUEST);
    }
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto(banco: &Banco) {
        let Some(schema) = contratti::schema("API Backoffice v1, applicazione", "govpay/backoffice/govpay-api-backoffice-v1.yaml", "applicazione") else { return };
        let mut c = corpo();
        c["servizioIntegrazione"]["auth"] = json!({ "username": "u", "password": "p" });
        c["domini"] = json!([{ "idDominio": DOMINIO, "unitaOperative": ["UFF"] }]);
        c["ruoli"] = json!(["lettore"]);
        assert_eq!(put(banco, "/ruoli/lettore", &json!({ "acl": rw(&["Pagamenti"]) })).await.stato, StatusCode::OK);
        assert_eq!(put(banco, APP, &c).await.stato, StatusCode::CREATED);
        assert_eq!(get(banco, APP).await["servizioIntegrazione"], c["servizioIntegrazione"]);
        assert_eq!(scostamenti(&schema, &get(banco, APP).await), [] as [&str; 0]);
        let Some(indice) = contratti::schema("API Backoffice v1, applicazioneIndex", "govpay/backoffice/govpay-api-backoffice-v1.yaml", "applicazioneIndex") else { return };
        for riga in get(banco, "/applicazioni").await["risultati"].as_array().expect("lista") {
            assert_eq!(scostamenti(&indice, riga), [] as [&str; 0]);
        }
    }
}

su_entrambi! {
    async fn ogni_corpo_guasto_e_rifiutato_col_nome_del_membro(banco: &Banco) {
        let ricetta = Ricetta {
            componente: "applicazionePost",
            buono: corpo(),
            non_nulli: &["principal", "abilitato", "apiPagamenti", "apiPendenze", "apiRagioneria", "generazioneIuvInterna", "url", "versioneApi"],
            lunghezze: &[("principal", 4000), ("codificaIuv", 15), ("regExpIuv", 1024), ("url", 255)],
            forme: &[("password", "debole"), ("url", "xxxx"), ("versioneApi", "SOAP v4"), ("principal", ""), ("codificaIuv", ""), ("regExpIuv", "")],
            ..Ricetta::default()
        };
        prova_corpi(banco, APP, &ricetta).await;
    }
}
