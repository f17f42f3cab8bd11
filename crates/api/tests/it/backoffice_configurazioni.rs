//! The configuration of the system (spec/2 sections 2.15 and 2.18).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, Risposta, numero};
use crate::su_entrambi;

async fn chiama(banco: &Banco, metodo: Method, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}/configurazioni"), corpo).await
}

async fn leggi(banco: &Banco) -> Value {
    chiama(banco, Method::GET, None).await.json()
}

fn b64(testo: &str) -> String {
    STANDARD.encode(testo)
}

/// What the administration scripts send (spec/2 section 2.18).
fn corpo() -> Value {
    let interfaccia = json!({ "letture": { "log": "sempre", "dump": "sempre" }, "scritture": { "log": "sempre", "dump": "sempre" } });
    let interfacce = ["apiEnte", "apiPagamento", "apiRagioneria", "apiBackoffice", "apiPagoPA", "apiPendenze", "apiBackendIO", "apiMaggioliJPPA"];
    let interfacce: serde_json::Map<String, Value> = interfacce.iter().map(|i| ((*i).to_owned(), interfaccia.clone())).collect();
    let messaggio = |altri: Value| {
        let mut m = json!({ "tipo": "freemarker", "oggetto": b64("Oggetto"), "messaggio": b64("Messaggio ${x}") });
        m.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        m
    };
    json!({
        "giornaleEventi": { "interfacce": interfacce },
        "servizioGDE": { "abilitato": true, "url": "http://gde.altrove.example/api" },
        "tracciatoCsv": { "tipo": "freemarker", "intestazione": "idA2A,idPendenza", "richiesta": b64("{}"), "risposta": b64("x") },
        "hardening": { "abilitato": false },
        "mailBatch": { "abilitato": false },
        "avvisaturaMail": { "promemoriaAvviso": messaggio(json!({ "allegaPdf": true })), "promemoriaRicevuta": messaggio(json!({ "allegaPdf": true, "soloEseguiti": true })),
            "promemoriaScadenza": messaggio(json!({ "preavviso": 0 })) },
        "avvisaturaAppIO": { "promemoriaAvviso": messaggio(json!({})), "promemoriaRicevuta": messaggio(json!({ "soloEseguiti": true })),
            "promemoriaScadenza": messaggio(json!({ "preavviso": 0 })) },
        "appIOBatch": { "abilitato": false } })
}

fn con(percorso: &[&str], valore: Value) -> Value {
    let mut c = corpo();
    percorso.iter().fold(&mut c, |v, nome| &mut v[*nome]).clone_from(&valore);
    c
}

fn captcha() -> Value {
    json!({ "serverURL": "https://captcha.example/verify", "siteKey": "sito", "secretKey": "SEGRETA", "soglia": numero("0.50"), "parametro": "gRecaptcha-1",
        "denyOnFail": true, "connectionTimeout": 0, "readTimeout": 5000 })
}

fn mailserver() -> Value {
    json!({ "host": "smtp.example", "port": 25, "username": "utente", "password": "SEGRETA", "from": "pagopa@comune.example", "readTimeout": 1, "connectionTimeout": 0,
        "sslConfig": { "abilitato": true, "type": "TLSv1.2", "hostnameVerifier": true, "truststore": { "type": "JKS", "location": "/ts", "password": "SEGRETA" } },
        "startTls": false })
}

su_entrambi! {
    async fn cio_che_si_scrive_si_rilegge_identico_su_ogni_nodo(banco: &Banco) {
        for _ in 0..2 {
            let risposta = chiama(banco, Method::POST, Some(corpo())).await;
            assert_eq!((risposta.stato, risposta.testo.as_str()), (StatusCode::OK, ""));
        }
        assert_eq!(leggi(banco).await, corpo());
        assert_eq!(banco.conta("SELECT COUNT(*) FROM configurazione").await, 8);
        let pieno = {
            let mut c = con(&["hardening", "captcha"], captcha());
            c["mailBatch"] = json!({ "abilitato": true, "mailserver": mailserver() });
            c["appIOBatch"] = json!({ "abilitato": true, "url": "api.io", "timeToLive": 3600, "auth": { "apiId": "a", "apiKey": "SEGRETA" } });
            c["servizioGDE"]["auth"] = json!({ "username": "u", "password": "SEGRETA" });
            c
        };
        assert_eq!(chiama(banco, Method::POST, Some(pieno.clone())).await.stato, StatusCode::OK);
        assert_eq!(leggi(banco).await, pieno);
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        assert_eq!(riletta.configurazione, banco.gateway.istantanea().attuale().configurazione);
        assert_eq!(riletta.configurazione.hardening.captcha.as_ref().map(|c| c.soglia()), Some(0.5));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%SEGRETA%'").await, 0);
        assert!(!format!("{:?}", riletta.configurazione).contains("SEGRETA"));
    }
}

su_entrambi! {
    async fn senza_scritture_valgono_i_predefiniti(banco: &Banco) {
        let c = leggi(banco).await;
        let interfacce = &c["giornaleEventi"]["interfacce"];
        let sole_scritture = json!({ "letture": { "log": "mai", "dump": "mai" }, "scritture": { "log": "sempre", "dump": "solo errore" } });
        assert_eq!((&interfacce["apiPendenze"], &interfacce["apiEnte"]["letture"]), (&sole_scritture, &json!({ "log": "sempre", "dump": "solo errore" })));
        assert_eq!((&c["hardening"], &c["mailBatch"], &c["servizioGDE"]), (&json!({ "abilitato": false }), &json!({ "abilitato": false }), &json!({ "abilitato": false })));
        assert_eq!(c["avvisaturaMail"]["promemoriaRicevuta"]["soloEseguiti"], true);
        // What is shown can be put back as it is.
        assert_eq!(chiama(banco, Method::POST, Some(c.clone())).await.stato, StatusCode::OK);
        assert_eq!(leggi(banco).await, c);
    }
}

su_entrambi! {
    async fn la_modifica_cambia_un_blocco_e_risponde_col_tutto(banco: &Banco) {
        chiama(banco, Method::POST, Some(corpo())).await;
        let patch = |path: &str, value: Value| json!([{ "op": "REPLACE", "path": path, "value": value }]);
        let nuovo = json!({ "abilitato": true, "captcha": captcha() });
        let risposta = chiama(banco, Method::PATCH, Some(patch("/hardening", nuovo.clone()))).await;
        assert_eq!((risposta.stato, risposta.json()), (StatusCode::OK, con(&["hardening"], nuovo)));
        for path in ["giornaleEventi", "tracciatoCsv", "mailBatch", "avvisaturaMail", "avvisaturaAppIO", "appIOBatch", "servizioGDE"] {
            let risposta = chiama(banco, Method::PATCH, Some(patch(&format!("/{path}"), corpo()[path].clone()))).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{path}: {}", risposta.testo);
        }
        for (corpo, testo) in [
            (patch("/boh", json!({})), "Path '/boh' non valido"),
            (patch("hardening", json!({})), "Path 'hardening' non valido"),
            (json!([{ "op": "ADD", "path": "/hardening", "value": {} }]), "Op 'ADD' non valido per il path '/hardening'"),
            (json!([{ "op": "X", "path": "/hardening", "value": {} }]), "Il campo op non e' valido."),
            (patch("/hardening", json!("spento")), "Value non valido per il path '/hardening'"),
            (patch("/hardening", json!({})), "Il campo abilitato non deve essere vuoto."),
        ] {
            chiama(banco, Method::PATCH, Some(corpo)).await.rifiuta(400, "SINTASSI", testo);
        }
        assert_eq!(leggi(banco).await["hardening"]["abilitato"], true);
    }
}

su_entrambi! {
    async fn un_corpo_sbagliato_e_detto_col_nome_del_campo(banco: &Banco) {
        let prima = leggi(banco).await;
        let posta = |percorso: &[&str], valore: Value| {
            let mut c = con(&["mailBatch"], json!({ "abilitato": true, "mailserver": mailserver() }));
            c["hardening"]["captcha"] = captcha();
            percorso.iter().fold(&mut c, |v, nome| &mut v[*nome]).clone_from(&valore);
            c
        };
        let vuoto = |nome: &str| format!("Il campo {nome} non deve essere vuoto.");
        let mut casi = vec![
            (posta(&["giornaleEventi", "interfacce", "apiEnte", "letture", "log"], json!("forse")),
                "Codifica inesistente per log. Valore fornito [forse] valori possibili {sempre,mai,solo errore}".to_owned()),
            (posta(&["tracciatoCsv", "richiesta"], Value::Null),
                "I campi 'tipo', 'intestazione', 'richiesta' e 'risposta' devono essere tutti valorizzati per definire il field 'tracciatoCsv'.".to_owned()),
            (posta(&["avvisaturaMail", "promemoriaScadenza", "messaggio"], Value::Null),
                "I campi 'tipo', 'oggetto' e 'messaggio' devono essere tutti valorizzati per definire il field 'promemoriaScadenza'.".to_owned()),
            (posta(&["avvisaturaAppIO", "promemoriaAvviso", "tipo"], json!("x")),
                "Codifica inesistente per tipo trasformazione. Valore fornito [x] valori possibili {freemarker}".to_owned()),
            (posta(&["avvisaturaMail", "promemoriaScadenza", "preavviso"], json!(-1)), "Il campo preavviso deve essere superiore a 0.".to_owned()),
            (posta(&["hardening", "captcha", "serverURL"], json!("xxx")), "Il campo serverURL non contiene una URL valida.".to_owned()),
            (posta(&["hardening", "captcha", "soglia"], numero("1.01")), "Il campo soglia deve essere inferiore a 1.".to_owned()),
            (posta(&["hardening", "captcha", "soglia"], numero("-0.5")), "Il campo soglia deve essere superiore a 0.".to_owned()),
            (posta(&["mailBatch", "mailserver"], Value::Null), vuoto("mailserver")),
            (posta(&["mailBatch", "mailserver", "port"], json!(0)), "Il campo port deve essere superiore a 1.".to_owned()),
            (posta(&["mailBatch", "mailserver", "startTls"], Value::Null), vuoto("startTls")),
            (posta(&["mailBatch", "mailserver", "sslConfig", "truststore", "location"], Value::Null), vuoto("location")),
            (posta(&["appIOBatch"], json!({ "abilitato": true, "url": "x", "timeToLive": 3599 })), "Il campo timeToLive deve essere superiore a 3.600.".to_owned()),
            (posta(&["appIOBatch"], json!({ "abilitato": true, "url": "x", "timeToLive": 604_801 })), "Il campo timeToLive deve essere inferiore a 604.800.".to_owned()),
            (posta(&["servizioGDE", "url"], json!("xxx")), "Il campo url non contiene una URL valida.".to_owned()),
        ];
        for nome in ["giornaleEventi", "servizioGDE", "tracciatoCsv", "hardening", "mailBatch", "avvisaturaMail", "avvisaturaAppIO", "appIOBatch"] {
            casi.push((posta(&[nome], Value::Null), vuoto(nome)));
        }
        for nome in ["serverURL", "siteKey", "secretKey", "soglia", "parametro", "denyOnFail", "connectionTimeout", "readTimeout"] {
            casi.push((posta(&["hardening", "captcha", nome], Value::Null), vuoto(nome)));
        }
        for nome in ["host", "port", "username", "password", "from", "readTimeout", "connectionTimeout"] {
            casi.push((posta(&["mailBatch", "mailserver", nome], Value::Null), vuoto(nome)));
        }
        for (c, testo) in casi {
            chiama(banco, Method::POST, Some(c)).await.rifiuta(400, "SINTASSI", &testo);
        }
        for (percorso, nome) in [
            (&["prova"][..], "prova"), (&["giornaleEventi", "interfacce", "prova"], "prova"), (&["mailBatch", "mailserver", "connectTimeout"], "connectTimeout"),
            (&["avvisaturaAppIO", "promemoriaAvviso", "allegaPdf"], "allegaPdf"), (&["avvisaturaMail", "promemoriaAvviso", "abilitato"], "abilitato"),
        ] {
            let (stato, _, dettaglio) = chiama(banco, Method::POST, Some(posta(percorso, json!(true)))).await.fault();
            assert!(stato == 400 && dettaglio.contains("Unrecognized field") && dettaglio.contains(nome), "{dettaglio}");
        }
        let (stato, _, dettaglio) = chiama(banco, Method::POST, Some(posta(&["avvisaturaMail", "promemoriaAvviso", "oggetto"], json!(b64("${"))))).await.fault();
        assert!(stato == 400 && dettaglio.contains("avvisaturaMail.promemoriaAvviso.oggetto") && dettaglio.contains("riga 1, colonna"), "{dettaglio}");
        assert_eq!(leggi(banco).await, prima);
    }
}

su_entrambi! {
    async fn cio_che_e_spento_non_e_guardato(banco: &Banco) {
        let mut c = corpo();
        c["mailBatch"]["mailserver"] = json!({ "port": "25", "host": "con spazi", "sslConfig": { "keystore": { "type": "", "location": null } } });
        c["appIOBatch"] = json!({ "abilitato": false, "url": "con spazi", "timeToLive": 1 });
        c["tracciatoCsv"] = json!({});
        c["servizioGDE"] = json!({ "abilitato": false });
        assert_eq!(chiama(banco, Method::POST, Some(c.clone())).await.stato, StatusCode::OK);
        // Numbers are numbers, and a store that says nothing is not there.
        c["mailBatch"]["mailserver"] = json!({ "host": "con spazi", "port": 25, "sslConfig": {}, "startTls": false });
        assert_eq!(leggi(banco).await, c);
    }
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto_salvo_i_testi_delle_definizioni(banco: &Banco) {
        let schema = contratti::schema("API Backoffice, configurazione", "govpay/backoffice/govpay-api-backoffice-v1.yaml", "configurazione");
        let Some(schema) = schema else { return };
        chiama(banco, Method::POST, Some(corpo())).await;
        let testi = ["oggetto", "messaggio", "richiesta", "risposta"];
        let visti: Vec<String> = scostamenti(&schema, &leggi(banco).await).into_iter().filter(|s| !testi.iter().any(|t| s.ends_with(&format!("/{t} type")))).collect();
        // Both are optional while their block is off (spec/2 section 2.15).
        assert_eq!(visti, ["/hardening manca captcha", "/mailBatch manca mailserver"]);
    }
}
