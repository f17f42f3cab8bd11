//! Tipi pendenza through the API, in the catalogue and in a dominio (spec/2 sections 1.6, 2.7 and 2.19).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contratti::scostamenti;
use domain::anagrafica::{Acl, AmbitoUo, Applicazione, Dominio, Servizio, Utenza};
use indexmap::{IndexMap, IndexSet};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, Risposta, dominio};
use crate::su_entrambi;

async fn come(banco: &Banco, chi: &str, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come(chi, metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

async fn admin(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    come(banco, "gpadmin", metodo, percorso, corpo).await
}

async fn get(banco: &Banco, percorso: &str) -> Value {
    let risposta = admin(banco, Method::GET, percorso, None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

fn b64(testo: &str) -> String {
    STANDARD.encode(testo)
}

fn tracciato() -> Value {
    json!({ "tipo": "freemarker", "intestazione": "idA2A,idPendenza", "richiesta": b64("{}"), "risposta": b64("${esito}") })
}

/// With everything that a catalogue entry can say.
fn pieno() -> Value {
    let promemoria = json!({ "abilitato": true, "tipo": "freemarker", "oggetto": b64("Avviso ${x}"), "messaggio": format!("\"{}\"", b64("Ciao")) });
    let con = |altri: Value| {
        let mut p = promemoria.clone();
        p.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        p
    };
    json!({ "descrizione": "Mensa scolastica", "codificaIUV": "0123", "pagaTerzi": true, "abilitato": true,
        "portaleBackoffice": { "abilitato": true, "form": { "tipo": "angular2-json-schema-form", "definizione": "non base64 {}" },
            "validazione": b64(r#"{"type":"object"}"#), "trasformazione": { "tipo": "freemarker", "definizione": b64("{\"a\":1}") }, "inoltro": "DEMO" },
        "portalePagamento": { "abilitato": true, "form": { "tipo": "surveyjs", "definizione": b64("{}"), "impaginazione": b64("{}") } },
        "avvisaturaMail": { "promemoriaAvviso": con(json!({ "allegaPdf": true })), "promemoriaRicevuta": con(json!({ "allegaPdf": false, "soloEseguiti": true })),
            "promemoriaScadenza": con(json!({ "preavviso": 5 })) },
        "avvisaturaAppIO": { "promemoriaAvviso": { "abilitato": false }, "promemoriaRicevuta": con(json!({ "soloEseguiti": false })),
            "promemoriaScadenza": { "abilitato": false, "tipo": "freemarker" } },
        "visualizzazione": b64("{}"), "tracciatoCsv": tracciato() })
}

fn spenti() -> Value {
    let spento = json!({ "abilitato": false });
    let tre = json!({ "promemoriaAvviso": spento, "promemoriaRicevuta": spento, "promemoriaScadenza": spento });
    json!({ "portaleBackoffice": spento, "portalePagamento": spento, "avvisaturaMail": tre, "avvisaturaAppIO": tre })
}

fn unito(a: Value, b: &Value) -> Value {
    let mut a = a;
    a.as_object_mut().expect("oggetto").extend(b.as_object().expect("oggetto").clone());
    a
}

/// An operatore-like applicazione that is limited.
async fn limitata(banco: &Banco, cod: &str, domini: Option<&[&str]>, tipi: Option<&[&str]>) {
    let hash = banco.gateway.istantanea().attuale().utenze["gpadmin"].password_hash.clone();
    let domini = domini.map(|d| d.iter().map(|d| (dominio(d), AmbitoUo::Tutte)).collect::<IndexMap<_, _>>());
    let tipi_pendenza = tipi.map(|t| t.iter().map(|t| (*t).to_owned()).collect::<IndexSet<_>>());
    let utenza = Utenza { domini, tipi_pendenza, acl: Acl::piene(&[Servizio::AnagraficaCreditore]), ..Utenza::piena(cod, hash, &[]) };
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.utenza(&utenza).await.expect("utenza");
    a.applicazione(&Applicazione::nuova(cod, cod)).await.expect("applicazione");
    a.commit().await.expect("commit");
    banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
}

su_entrambi! {
    async fn cio_che_si_scrive_nel_catalogo_si_rilegge_identico(banco: &Banco) {
        let url = "/tipiPendenza/MENSA.2026";
        assert_eq!(admin(banco, Method::PUT, url, Some(pieno())).await.stato, StatusCode::CREATED);
        let seconda = admin(banco, Method::PUT, url, Some(pieno())).await;
        assert_eq!((seconda.stato, seconda.testo.as_str()), (StatusCode::OK, ""));
        let atteso = unito(pieno(), &json!({ "idTipoPendenza": "MENSA.2026" }));
        assert_eq!(get(banco, url).await, atteso);
        assert_eq!(get(banco, "/tipiPendenza?idTipoPendenza=mensa.").await["risultati"], json!([atteso]));

        // A full replacement: what is left out goes, what is switched off keeps nothing.
        let mut scarno = json!({ "descrizione": "Mensa", "codificaIUV": null, "portalePagamento": pieno()["portalePagamento"], "tracciatoCsv": {}, "visualizzazione": null });
        scarno["portalePagamento"]["abilitato"] = json!("false");
        assert_eq!(admin(banco, Method::PUT, url, Some(scarno)).await.stato, StatusCode::OK);
        let atteso = unito(json!({ "idTipoPendenza": "MENSA.2026", "descrizione": "Mensa", "pagaTerzi": false, "abilitato": true }), &spenti());
        assert_eq!(get(banco, url).await, atteso);
        // One that was never put shows the same.
        assert_eq!(get(banco, "/tipiPendenza/TARI").await["portaleBackoffice"], json!({ "abilitato": false }));
        let riletta = banco.store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica");
        assert_eq!(riletta.tipi_pendenza["MENSA.2026"], banco.gateway.istantanea().attuale().tipi_pendenza["MENSA.2026"]);
    }
}

su_entrambi! {
    async fn il_dominio_dice_altrimenti_e_cio_che_tace_ha_il_suo_significato(banco: &Banco) {
        let url = format!("/domini/{DOMINIO}/tipiPendenza/TRIBUTO");
        admin(banco, Method::PUT, "/tipiPendenza/TRIBUTO", Some(pieno())).await;
        let catalogo = get(banco, "/tipiPendenza/TRIBUTO").await;
        assert_eq!(admin(banco, Method::PUT, &url, Some(json!({}))).await.stato, StatusCode::CREATED);
        // Absent: overridden for the flags, inherited for the rest.
        let valori = unito(json!({ "pagaTerzi": false, "abilitato": true }), &spenti());
        assert_eq!(get(banco, &url).await, unito(catalogo.clone(), &json!({ "valori": valori })));

        let corpo = json!({ "codificaIUV": "89", "pagaTerzi": null, "abilitato": null, "portaleBackoffice": { "validazione": b64("{}"), "inoltro": null },
            "portalePagamento": { "abilitato": false, "form": { "tipo": "surveyjs", "definizione": "ZZ" } }, "avvisaturaMail": null,
            "avvisaturaAppIO": { "apiKey": "CHIAVE", "promemoriaAvviso": { "abilitato": true }, "promemoriaScadenza": { "oggetto": b64("x") } } });
        assert_eq!(admin(banco, Method::PUT, &url, Some(corpo)).await.stato, StatusCode::OK);
        let spento = json!({ "abilitato": false });
        let valori = json!({ "codificaIUV": "89", "portaleBackoffice": { "validazione": b64("{}") },
            "portalePagamento": { "abilitato": false, "form": { "tipo": "surveyjs", "definizione": "ZZ" } },
            "avvisaturaMail": { "promemoriaAvviso": spento, "promemoriaRicevuta": spento, "promemoriaScadenza": spento },
            "avvisaturaAppIO": { "apiKey": "CHIAVE", "promemoriaAvviso": { "abilitato": true }, "promemoriaRicevuta": spento,
                "promemoriaScadenza": { "abilitato": false, "oggetto": b64("x") } } });
        assert_eq!(get(banco, &url).await, unito(catalogo, &json!({ "valori": valori })));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%CHIAVE%'").await, 0);
        // A kind that the dominio has from elsewhere inherits everything.
        assert_eq!(get(banco, &format!("/domini/{DOMINIO}/tipiPendenza/TARI")).await["valori"], json!({}));
    }
}

su_entrambi! {
    async fn i_filtri_delle_liste_guardano_cio_che_vale(banco: &Banco) {
        for (cod, corpo) in [("FORM_1", pieno()), ("SENZA", json!({ "descrizione": "Senza modulo", "abilitato": false }))] {
            admin(banco, Method::PUT, &format!("/tipiPendenza/{cod}"), Some(corpo.clone())).await;
        }
        let ids = async |percorso: &str| {
            let lista = get(banco, percorso).await;
            lista["risultati"].as_array().expect("lista").iter().map(|t| t["idTipoPendenza"].as_str().expect("testo").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("/tipiPendenza").await, ["BOLLOT", "CDS", "LIBERO", "MENSA", "FORM_1", "SENZA", "TARI"]);
        assert_eq!(ids("/tipiPendenza?form=true").await, ["FORM_1"]);
        assert_eq!(ids("/tipiPendenza?trasformazione=true&associati=true").await, ["FORM_1"]);
        assert_eq!(ids("/tipiPendenza?abilitato=false").await, ["SENZA"]);
        assert_eq!(ids("/tipiPendenza?descrizione=mensa").await, ["MENSA", "FORM_1"]);
        assert_eq!(ids("/tipiPendenza?risultatiPerPagina=2&pagina=3").await, ["FORM_1", "SENZA"]);
        assert_eq!(ids(&format!("/tipiPendenza?nonAssociati={DOMINIO}")).await, ["FORM_1", "SENZA"]);
        let pagina = get(banco, "/tipiPendenza?form=true&risultatiPerPagina=1").await;
        assert_eq!(pagina["risultati"][0]["portaleBackoffice"], pieno()["portaleBackoffice"]);

        let del = format!("/domini/{DOMINIO}/tipiPendenza");
        let eredita = json!({ "portaleBackoffice": {}, "abilitato": null });
        admin(banco, Method::PUT, &format!("{del}/FORM_1"), Some(eredita.clone())).await;
        admin(banco, Method::PUT, &format!("{del}/SENZA"), Some(eredita)).await;
        assert_eq!(ids(&format!("{del}?associati=true&form=true&abilitato=true")).await, ["FORM_1"]);
        assert_eq!(ids(&format!("{del}?trasformazione=true")).await, ["FORM_1"]);
        assert_eq!(ids(&format!("{del}?abilitato=false")).await, ["SENZA"]);
        admin(banco, Method::PUT, &format!("{del}/FORM_1"), Some(json!({ "portaleBackoffice": { "abilitato": false }, "abilitato": false }))).await;
        assert_eq!(ids(&format!("{del}?form=true")).await, [] as [&str; 0]);
        assert_eq!(ids(&format!("{del}?abilitato=false")).await, ["FORM_1", "SENZA"]);
        for (query, testo) in [("associati=false", "Il campo associati contiene un valore non valido."), ("form=forse", "Il campo form contiene un valore non valido.")] {
            for lista in ["/tipiPendenza", &del] {
                admin(banco, Method::GET, &format!("{lista}?{query}"), None).await.rifiuta(400, "SINTASSI", testo);
            }
        }
        let testo = "Impossibile ricercare i TipiPendenza non associati al Dominio [99999999999]: non e' censito nel sistema.";
        admin(banco, Method::GET, "/tipiPendenza?nonAssociati=99999999999", None).await.rifiuta(422, "SEMANTICA", testo);
        assert_eq!(admin(banco, Method::GET, "/tipiPendenza?nonAssociati=1", None).await.stato, StatusCode::BAD_REQUEST);
    }
}

su_entrambi! {
    async fn un_corpo_sbagliato_e_detto_col_nome_del_campo(banco: &Banco) {
        let con = |percorso: &[&str], valore: Value| {
            let mut c = pieno();
            percorso.iter().fold(&mut c, |v, nome| &mut v[*nome]).clone_from(&valore);
            c
        };
        let (catalogo, dominio) = ("/tipiPendenza/NUOVO", format!("/domini/{DOMINIO}/tipiPendenza/TARI"));
        let altrove = b64(r#"{"$ref":"https://altrove.example/schema.json"}"#);
        for (percorso, corpo, testo) in [
            (catalogo, con(&["descrizione"], Value::Null), "Il campo descrizione non deve essere vuoto."),
            (catalogo, con(&["codificaIUV"], json!("12345")), "Il valore [12345] del campo codificaIUV non rispetta la lunghezza massima di 4 caratteri."),
            (catalogo, con(&["codificaIUV"], json!("1A")), "Il valore [1A] del campo codificaIUV non rispetta il pattern richiesto: [0-9]{1,4}"),
            (catalogo, con(&["pagaTerzi"], Value::Null), "Il campo pagaTerzi non deve essere vuoto."),
            (catalogo, con(&["portaleBackoffice", "abilitato"], Value::Null), "Il campo abilitato non deve essere vuoto."),
            (catalogo, con(&["portaleBackoffice", "form", "definizione"], Value::Null), "Il campo definizione non deve essere vuoto."),
            (catalogo, con(&["portaleBackoffice", "trasformazione", "tipo"], json!("xslt")),
                "Codifica inesistente per tipo trasformazione. Valore fornito [xslt] valori possibili {freemarker}"),
            (catalogo, con(&["portaleBackoffice", "validazione"], json!("{}")),
                "Lo schema indicato per la validazione nel campo portaleBackoffice non e' valido. Motivo: non e' una codifica base64."),
            (catalogo, con(&["portaleBackoffice", "validazione"], json!(altrove)),
                "Lo schema indicato per la validazione nel campo portaleBackoffice non e' valido. Motivo: il riferimento [https://altrove.example/schema.json] porta a un documento esterno, che non viene letto."),
            (catalogo, con(&["avvisaturaMail", "promemoriaScadenza", "preavviso"], json!(-1)), "Il campo preavviso deve essere superiore a 0."),
            (catalogo, con(&["tracciatoCsv", "risposta"], Value::Null),
                "I campi 'tipo', 'intestazione', 'richiesta' e 'risposta' devono essere tutti valorizzati per definire il field 'tracciatoCsv'."),
            (&dominio, json!({ "pagaTerzi": "si" }), "Il campo pagaTerzi contiene un valore non valido."),
            (&dominio, json!({ "pagaTerzi": "" }), "Il campo pagaTerzi contiene un valore non valido."),
            (&dominio, json!({ "avvisaturaAppIO": { "promemoriaRicevuta": { "abilitato": true } } }),
                "Field 'avvisaturaAppIO' non valido: Il campo 'apiKey' e' obbligatorio quando si abilita uno tra promemoriaAvviso, promemoriaRicevuta o promemoriaScadenza."),
        ] {
            admin(banco, Method::PUT, percorso, Some(corpo)).await.rifiuta(400, "SINTASSI", testo);
        }
        for (percorso, corpo, parti) in [
            (catalogo, con(&["descrizioni"], json!(1)), vec!["Unrecognized field", "descrizioni"]),
            (catalogo, con(&["avvisaturaAppIO", "apiKey"], json!("x")), vec!["Unrecognized field", "apiKey"]),
            (catalogo, con(&["avvisaturaAppIO", "promemoriaAvviso", "allegaPdf"], json!(true)), vec!["Unrecognized field", "allegaPdf"]),
            (catalogo, con(&["portaleBackoffice"], json!("si")), vec!["portaleBackoffice"]),
            (catalogo, con(&["avvisaturaMail", "promemoriaAvviso", "oggetto"], json!(b64("a\n<#if x>"))),
                vec!["avvisaturaMail.promemoriaAvviso.oggetto", "riga 2, colonna"]),
            (catalogo, con(&["tracciatoCsv", "richiesta"], json!(b64("${"))), vec!["tracciatoCsv.richiesta", "riga 1, colonna"]),
            (&dominio, json!({ "portalePagamento": { "trasformazione": { "tipo": "freemarker", "definizione": b64("<#macro x></#macro>") } } }),
                vec!["portalePagamento.trasformazione.definizione", "riga 1"]),
            (&dominio, json!({ "descrizione": "x" }), vec!["descrizione"]),
        ] {
            let risposta = admin(banco, Method::PUT, percorso, Some(corpo)).await;
            let (stato, codice, dettaglio) = risposta.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{dettaglio}");
            assert!(parti.iter().all(|p| dettaglio.contains(p)), "{dettaglio}");
        }
        assert_eq!(admin(banco, Method::PUT, "/tipiPendenza/a%20b", Some(pieno())).await.stato, StatusCode::BAD_REQUEST);
        admin(banco, Method::GET, catalogo, None).await.rifiuta(404, "404000", "Tipo Pendenza NUOVO non censito in Anagrafica");
        assert_eq!(get(banco, &dominio).await["valori"], json!({}));
    }
}

su_entrambi! {
    async fn i_riferimenti_e_lo_schema_si_guardano_in_ordine(banco: &Banco) {
        let nessuno = Dominio::nuovo(dominio("12345678909"), "Non intermediato");
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.dominio(&nessuno).await.expect("dominio");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        let guasto = json!({ "portaleBackoffice": { "validazione": "zzz" } });
        for (percorso, testo) in [
            ("/domini/12345678999/tipiPendenza/NO", "Il dominio 12345678999 indicato non esiste."),
            ("/domini/12345678909/tipiPendenza/NO", "La risorsa richiesta non e' disponibile per il dominio 12345678909 non intermediato."),
            ("/domini/12345678901/tipiPendenza/NO", "Il tipo pendenza NO indicato non esiste."),
        ] {
            admin(banco, Method::PUT, percorso, Some(guasto.clone())).await.rifiuta(422, "SEMANTICA", testo);
        }
        assert_eq!(admin(banco, Method::PUT, "/domini/12345678901/tipiPendenza/TARI", Some(guasto)).await.stato, StatusCode::BAD_REQUEST);
        assert_eq!(get(banco, "/domini/12345678909/tipiPendenza").await["numRisultati"], 0);
        let url = "/domini/12345678909/tipiPendenza/TARI";
        admin(banco, Method::GET, url, None).await.rifiuta(404, "404000", "Tipo Pendenza TARI non censito in Anagrafica per il Dominio 12345678909");
        admin(banco, Method::GET, "/domini/12345678999/tipiPendenza", None).await.rifiuta(404, "404000", "Dominio 12345678999 non censito in Anagrafica");
    }
}

su_entrambi! {
    async fn ognuno_vede_e_tocca_solo_il_suo(banco: &Banco) {
        limitata(banco, "DI_UNO", Some(&[DOMINIO]), Some(&["TARI"])).await;
        limitata(banco, "DI_NESSUNO", Some(&[]), Some(&[])).await;
        let no = "Applicazione [DI_UNO] non autorizzata ad accedere alla risorsa richiesta";
        let tari = json!({ "descrizione": "TARI" });
        assert_eq!(come(banco, "DI_UNO", Method::PUT, "/tipiPendenza/TARI", Some(tari.clone())).await.stato, StatusCode::OK);
        come(banco, "DI_UNO", Method::PUT, "/tipiPendenza/CDS", Some(tari.clone())).await
            .rifiuta(403, "403000", &format!("{no}: L'utenza non possiede i diritti per modificare il Tipo Pendenza."));
        come(banco, "DI_UNO", Method::PUT, "/tipiPendenza/ALTRO", Some(tari)).await
            .rifiuta(403, "403000", &format!("{no}: L'utenza non possiede i diritti per creare nuovi Tipi Pendenza."));
        for altrui in [DOMINIO_2, "99999999999"] {
            let atteso = format!("{no} per il Dominio [{altrui}].");
            for (metodo, percorso, corpo) in [(Method::GET, "tipiPendenza", None), (Method::GET, "tipiPendenza/TARI", None), (Method::PUT, "tipiPendenza/TARI", Some(json!({})))] {
                come(banco, "DI_UNO", metodo, &format!("/domini/{altrui}/{percorso}"), corpo).await.rifiuta(403, "403000", &atteso);
            }
        }
        for percorso in ["/tipiPendenza".to_owned(), format!("/domini/{DOMINIO}/tipiPendenza")] {
            let lista = come(banco, "DI_UNO", Method::GET, &percorso, None).await.json();
            assert_eq!((&lista["numRisultati"], &lista["risultati"][0]["idTipoPendenza"]), (&json!(1), &json!("TARI")));
            come(banco, "DI_UNO", Method::GET, &format!("{percorso}/CDS"), None).await.rifiuta(403, "403000", &format!("{no} per il TipoPendenza [CDS]."));
        }
        assert_eq!(come(banco, "DI_UNO", Method::GET, &format!("/tipiPendenza?nonAssociati={DOMINIO_2}"), None).await.stato, StatusCode::BAD_REQUEST);
        assert_eq!(come(banco, "DI_NESSUNO", Method::GET, "/tipiPendenza", None).await.json()["risultati"], json!([]));
    }
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto_salvo_i_testi_delle_definizioni(banco: &Banco) {
        let schema = |c: &str| contratti::schema(&format!("API Backoffice, {c}"), "govpay/backoffice/govpay-api-backoffice-v1.yaml", c);
        let (Some(tipo), Some(del_dominio)) = (schema("tipoPendenza"), schema("tipoPendenzaDominio")) else { return };
        // Definitions are objects for the contract, base64 texts for everybody; codificaIUV has four digits (spec/2 section 2.7).
        let noti = |corpo: &Value, schema| -> Vec<String> {
            let testi = ["definizione", "impaginazione", "validazione", "visualizzazione", "oggetto", "messaggio", "richiesta", "risposta"];
            scostamenti(schema, corpo).into_iter().filter(|s| !testi.iter().any(|t| s.ends_with(&format!("/{t} type")))).collect()
        };
        admin(banco, Method::PUT, "/tipiPendenza/PIENO", Some(pieno())).await;
        assert_eq!(noti(&get(banco, "/tipiPendenza/PIENO").await, &tipo), [] as [&str; 0]);
        assert_eq!(noti(&get(banco, "/tipiPendenza/TARI").await, &tipo), [] as [&str; 0]);
        let url = format!("/domini/{DOMINIO}/tipiPendenza/PIENO");
        admin(banco, Method::PUT, &url, Some(json!({}))).await;
        assert_eq!(noti(&get(banco, &url).await, &del_dominio), [] as [&str; 0]);
    }
}
