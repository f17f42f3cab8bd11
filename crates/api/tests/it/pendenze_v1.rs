//! API Pendenze v1: the same operations, with the names that its clients know (spec/1 sections 9 and 21).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, PASSWORD, PENDENZE, Risposta, chiavi, corpo_minimo, numero};
use crate::su_entrambi;

pub const PENDENZE_V1: &str = "/govpay/backend/api/pendenze/rs/basic/v1";

/// A body of v1: without idTipoPendenza, which it does not know.
pub fn corpo_v1(importo: &str) -> Value {
    let mut corpo = corpo_minimo(importo);
    corpo.as_object_mut().expect("oggetto").shift_remove("idTipoPendenza");
    corpo
}

async fn put(banco: &Banco, id: &str, query: &str, corpo: Value) -> Risposta {
    banco.chiama(Method::PUT, &format!("{PENDENZE_V1}/pendenze/DEMO/{id}{query}"), Some(corpo)).await
}

async fn get(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama(Method::GET, &format!("{PENDENZE_V1}{percorso}"), None).await
}

const BASE: [&str; 11] =
    ["causale", "dataCaricamento", "dominio", "idA2A", "idPendenza", "importo", "numeroAvviso", "rpp", "soggettoPagatore", "stato", "voci"];

fn con(aggiunti: &[&str]) -> Vec<String> {
    let mut tutti: Vec<String> = BASE.iter().chain(aggiunti).map(|n| (*n).to_owned()).collect();
    tutti.sort();
    tutti
}

su_entrambi! {
    async fn put_della_v1_non_dice_l_uuid(banco: &Banco) {
        let creata = put(banco, "P1", "", corpo_v1("10.00")).await;
        assert_eq!((creata.stato, creata.chiavi()), (StatusCode::CREATED, vec!["idDominio".to_owned(), "numeroAvviso".to_owned()]));
        let ancora = put(banco, "P1", "?avvisaturaDigitale=true&modalitaAvvisaturaDigitale=SINCRONA&dataAvvisatura=mai-vista", corpo_v1("10.00")).await;
        assert_eq!((ancora.stato, ancora.testo), (StatusCode::OK, creata.testo));
        let stampata = put(banco, "P2", "?stampaAvviso=true", corpo_v1("10.00")).await;
        assert_eq!((stampata.stato, stampata.chiavi()), (StatusCode::CREATED, vec!["idDominio".to_owned(), "numeroAvviso".to_owned(), "pdf".to_owned()]));
    }
}

su_entrambi! {
    async fn il_dettaglio_della_v1_ha_i_suoi_membri_e_nessun_altro(banco: &Banco) {
        let mut corpo = corpo_v1("16.00");
        let altri = json!({ "nome": "Pratica 7", "idUnitaOperativa": "UFF", "tassonomia": "T", "tassonomiaAvviso": "Imposte e tasse", "dataCaricamento": "2020-01-01",
            "dataValidita": "2096-01-01", "dataScadenza": "2096-02-01", "annoRiferimento": 2026, "cartellaPagamento": "C", "datiAllegati": { "a": 1 },
            "voci": [{ "indice": 7, "stato": "Eseguito", "idVocePendenza": "MB", "importo": numero("16.00"), "descrizione": "Bollo", "tipoBollo": "Imposta di bollo",
                "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI", "datiAllegati": { "b": 2 }, "descrizioneCausaleRPT": "Bollo" }] });
        corpo.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        assert_eq!(put(banco, "PIENA", "", corpo).await.stato, StatusCode::CREATED);
        let piena = get(banco, "/pendenze/DEMO/PIENA").await.json();
        assert_eq!(chiavi(&piena), con(&["annoRiferimento", "cartellaPagamento", "dataScadenza", "dataValidita", "datiAllegati", "nome", "tassonomia", "tassonomiaAvviso", "unitaOperativa"]));
        // Known and without effect: the day of loading is ours, indice and stato of a voce too.
        assert_ne!(piena["dataCaricamento"], "2020-01-01");
        let voce = json!({ "indice": 1, "idVocePendenza": "MB", "importo": numero("16.0"), "descrizione": "Bollo", "descrizioneCausaleRPT": "Bollo", "stato": "Non eseguito",
            "datiAllegati": { "b": 2 }, "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" });
        assert_eq!(piena["voci"], json!([voce]));
        assert_eq!(piena["unitaOperativa"], json!({ "idUnita": "UFF", "ragioneSociale": "Ufficio tributi", "abilitato": true }));
        assert_eq!(piena["dominio"], json!({ "idDominio": DOMINIO, "ragioneSociale": format!("Comune di Prova {DOMINIO}"), "indirizzo": "Piazza Grande", "localita": "Prova",
            "gln": "8888888888888", "cbill": "ABCDE", "stazione": "11111111113_01", "auxDigit": "3", "segregationCode": "01", "abilitato": true,
            "unitaOperative": format!("/domini/{DOMINIO}/unitaOperative"), "contiAccredito": format!("/domini/{DOMINIO}/contiAccredito"), "entrate": format!("/domini/{DOMINIO}/entrate") }));

        // What v2 loaded is shown with the members that v1 has.
        let mut v2 = corpo_minimo("10.00");
        let altri = json!({ "direzione": "D", "divisione": "V", "documento": { "identificativo": "DOC", "descrizione": "Documento", "rata": 1 }, "proprieta": { "linguaSecondaria": "de" },
            "allegati": [{ "nome": "a.txt", "contenuto": "YQ==" }],
            "voci": [{ "idVocePendenza": "B", "importo": numero("10.00"), "descrizione": "Conto", "idDominio": DOMINIO_2, "ibanAccredito": IBAN, "tipoContabilita": "ALTRO",
                "codiceContabilita": "0201102IM", "metadata": { "mapEntries": [{ "key": "k", "value": "v" }] } }] });
        v2.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        banco.put("V2", v2).await;
        let vista = get(banco, "/pendenze/DEMO/V2").await.json();
        assert_eq!(chiavi(&vista), con(&[]));
        assert_eq!(chiavi(&vista["voci"][0]), ["codiceContabilita", "descrizione", "ibanAccredito", "idVocePendenza", "importo", "indice", "stato", "tipoContabilita"]);
        assert_eq!(chiavi(&get(banco, "/pendenze?risultatiPerPagina=1").await.json()["risultati"][0]), con(&[]).into_iter().filter(|n| n != "voci").collect::<Vec<_>>());
    }
}

su_entrambi! {
    async fn la_v1_deduce_il_tipo_dalla_prima_voce(banco: &Banco) {
        let conto = json!([{ "idVocePendenza": "C", "importo": numero("10.00"), "descrizione": "Conto", "ibanAccredito": IBAN, "tipoContabilita": "SIOPE", "codiceContabilita": "0201102IM" }]);
        let bollo = json!([{ "idVocePendenza": "B", "importo": numero("10.00"), "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
        for (id, voci, tipo) in [("E", corpo_v1("10.00")["voci"].clone(), "TARI"), ("C", conto, "LIBERO"), ("B", bollo, "BOLLOT")] {
            let mut corpo = corpo_v1("10.00");
            corpo["voci"] = voci;
            assert_eq!(put(banco, id, "", corpo).await.stato, StatusCode::CREATED);
            assert_eq!(banco.pendenza(id).await["idTipoPendenza"], tipo);
        }
    }
}

su_entrambi! {
    async fn un_pagato_della_v1_non_ha_anomalie_ne_date_di_pagamento(banco: &Banco) {
        let avviso = put(banco, "P1", "", corpo_v1("10.00")).await.json()["numeroAvviso"].as_str().expect("testo").to_owned();
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        let pagata = get(banco, "/pendenze/DEMO/P1").await.json();
        assert_eq!(chiavi(&pagata), con(&[]));
        assert_eq!((&pagata["stato"], &pagata["voci"][0]["stato"]), (&json!("ESEGUITA"), &json!("Eseguito")));
        assert_eq!(chiavi(&pagata["rpp"][0]), ["pendenza", "rpt", "rt", "stato"]);
        assert_eq!(pagata["rpp"][0]["pendenza"]["rpp"], "/rpp?idA2A=DEMO&idPendenza=P1");
        banco.sql("UPDATE pendenza SET anomalo = TRUE, stato_pagamento = 'INCASSATO'").await;
        assert_eq!(get(banco, "/pendenze/DEMO/P1").await.json()["stato"], "ESEGUITA");
        assert_eq!(banco.pendenza("P1").await["stato"], "ANOMALA");
        banco.sql("UPDATE pendenza SET anomalo = FALSE, stato_pagamento = 'PAGATO'").await;
    }
}

su_entrambi! {
    async fn l_elenco_della_v1_sta_nei_domini_e_nei_tipi_di_chi_chiama(banco: &Banco) {
        let ids = async |utente: &str, query: &str| {
            let risposta = banco.chiama_come(utente, Method::GET, &format!("{PENDENZE_V1}/pendenze?{query}"), None).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
            let json = risposta.json();
            let mut trovati: Vec<String> = json["risultati"].as_array().expect("lista").iter().map(|p| p["idPendenza"].as_str().expect("id").to_owned()).collect();
            trovati.sort();
            trovati
        };
        put(banco, "A", "", corpo_v1("10.00")).await;
        let mut altrove = corpo_v1("10.00");
        altrove["idDominio"] = json!(DOMINIO_2);
        altrove["soggettoPagatore"]["identificativo"] = json!("RSSMRA80A01H501U");
        altrove["dataScadenza"] = json!("2020-01-01");
        put(banco, "B", "", altrove).await;
        assert_eq!(ids("DEMO", "").await, ["A", "B"]);
        assert_eq!(ids("DEMO", "stato=SCADUTA").await, ["B"]);
        assert_eq!(ids("DEMO", "stato=NON_ESEGUITA").await, ["A"]);
        assert_eq!(ids("DEMO", "idDebitore=rssmra80a01h501u").await, ["B"]);
        assert_eq!(ids("DEMO", &format!("idDominio={DOMINIO}&idA2A=ALTRA")).await, ["A"]);
        assert_eq!(ids("DEMO", "dataA=2020-01-01").await, Vec::<String>::new());
        assert_eq!(ids("DEMO_V1", "").await, Vec::<String>::new());
        for stato in ["ANOMALA", "INCASSATA", ""] {
            get(banco, &format!("/pendenze?stato={stato}")).await.rifiuta(400, "SINTASSI", &format!(
                "Codifica inesistente per stato. Valore fornito [{stato}] valori possibili {{ESEGUITA,NON_ESEGUITA,ESEGUITA_PARZIALE,ANNULLATA,SCADUTA}}"));
        }

        // The rows of an applicazione that lost a dominio, a tipo, all of them.
        let a = banco.gateway.istantanea().attuale();
        let utenza = |f: &dyn Fn(&mut domain::anagrafica::Utenza)| {
            let mut u = (*a.utenze["DEMO"]).clone();
            f(&mut u);
            [domain::anagrafica::Scrittura::Utenza(u)]
        };
        let solo = |dominio: &str| Some([(crate::banco::dominio(dominio), domain::anagrafica::AmbitoUo::Tutte)].into_iter().collect());
        banco.censisci(&utenza(&|u| u.domini = solo(DOMINIO_2))).await;
        assert_eq!(ids("DEMO", "").await, ["B"]);
        assert_eq!(banco.get("/pendenze").await.json()["numRisultati"], 2);
        banco.censisci(&utenza(&|u| u.domini = Some(indexmap::IndexMap::new()))).await;
        get(banco, "/pendenze").await.rifiuta(403, "403000", "Applicazione [DEMO] non autorizzata ad accedere alla risorsa richiesta per nessun Dominio.");
        assert_eq!(banco.get("/pendenze").await.stato, StatusCode::OK);
        // The syntax of the query comes first.
        assert_eq!(get(banco, "/pendenze?dataDa=ieri").await.stato, StatusCode::BAD_REQUEST);
        banco.censisci(&utenza(&|u| u.tipi_pendenza = Some(indexmap::IndexSet::new()))).await;
        let testo = "Applicazione [DEMO] non autorizzata ad accedere alla risorsa richiesta per nessun Tipo Pendenza.";
        get(banco, "/pendenze").await.rifiuta(403, "403000", testo);
        banco.get("/pendenze").await.rifiuta(403, "403000", testo);
    }
}

su_entrambi! {
    async fn la_v1_chiede_il_dominio_e_la_v2_l_unita_operativa(banco: &Banco) {
        let a = banco.gateway.istantanea().attuale();
        let mut utenza = (*a.utenze["DEMO"]).clone();
        let altra = domain::anagrafica::AmbitoUo::Solo(["ALTRA".to_owned()].into_iter().collect());
        utenza.domini = Some([(crate::banco::dominio(DOMINIO), altra)].into_iter().collect());
        banco.censisci(&[domain::anagrafica::Scrittura::Utenza(utenza)]).await;
        let mut corpo = corpo_v1("10.00");
        corpo["idUnitaOperativa"] = json!("UFF");
        assert_eq!(put(banco, "P1", "", corpo.clone()).await.stato, StatusCode::CREATED);
        banco.put("P2", corpo.clone()).await.rifiuta(403, "403000",
            &format!("Applicazione [DEMO] non autorizzata ad accedere alla risorsa richiesta per il Dominio [{DOMINIO}], per l'Unita' operativa [UFF]."));
        corpo["idDominio"] = json!(DOMINIO_2);
        put(banco, "P3", "", corpo).await.rifiuta(403, "403000",
            &format!("Applicazione [DEMO] non autorizzata ad accedere alla risorsa richiesta per il Dominio [{DOMINIO_2}]."));
    }
}

su_entrambi! {
    async fn patch_e_tunnel_valgono_in_ogni_versione(banco: &Banco) {
        let annulla = || json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }, { "op": "REPLACE", "path": "/descrizioneStato", "value": "Emessa per errore" }]);
        for (base, id, uuid) in [(PENDENZE_V1, "T1", false), (PENDENZE, "T2", true)] {
            let tunnel = async |metodo: Option<&str>, corpo: Value, query: &str| {
                let mut richiesta = banco.http.post(format!("{}{base}/pendenze/DEMO/{id}{query}", banco.base)).basic_auth("DEMO", Some(PASSWORD));
                if let Some(metodo) = metodo {
                    richiesta = richiesta.header("X-HTTP-Method-Override", metodo);
                }
                Risposta::leggi(richiesta.body(corpo.to_string()).send().await.expect("risposta")).await
            };
            for altro in [None, Some("put"), Some("DELETE"), Some("")] {
                let risposta = tunnel(altro, corpo_v1("10.00"), "").await;
                assert_eq!((risposta.stato, risposta.testo.as_str()), (StatusCode::METHOD_NOT_ALLOWED, ""), "{altro:?}");
            }
            let creata = tunnel(Some("PUT"), corpo_v1("10.00"), "?data_avvisatura=MAI").await;
            assert_eq!((creata.stato, creata.json().get("UUID").is_some()), (StatusCode::CREATED, uuid));
            let annullata = tunnel(Some("PATCH"), annulla(), "").await;
            assert_eq!((annullata.stato, annullata.json()["stato"].clone(), annullata.json()["descrizioneStato"].clone()),
                (StatusCode::OK, json!("ANNULLATA"), json!("Emessa per errore")));
            let ripetuta = banco.chiama(Method::PATCH, &format!("{base}/pendenze/DEMO/{id}"), Some(annulla())).await;
            assert_eq!(ripetuta.testo, annullata.testo);
            // In the tunnel the date of the notice has the name that the tunnel gives it: the other one is not read.
            if uuid {
                tunnel(Some("PUT"), corpo_v1("10.00"), "?data_avvisatura=domani").await.rifiuta(400, "SINTASSI",
                    "Il formato della data indicata [domani] per il parametro [dataAvvisatura] non e' valido.");
            }
            assert_eq!(tunnel(Some("PUT"), corpo_v1("10.00"), "?dataAvvisatura=domani").await.stato, StatusCode::OK);
            // One condition, three answers, also by another road.
            let altrui = banco.chiama_come("DEMO_V1", Method::PATCH, &format!("{base}/pendenze/DEMO/{id}"), Some(annulla())).await;
            assert_eq!(altrui.fault(), (500, "APP_002".to_owned(), "Applicazione autenticata (DEMO_V1) diversa dalla chiamante (DEMO)".to_owned()));
        }
    }
}

su_entrambi! {
    async fn ogni_versione_ha_il_suo_profilo(banco: &Banco) {
        let v2 = banco.get("/profilo").await.json();
        assert_eq!(chiavi(&v2), ["acl", "domini", "nome", "tipiPendenza"]);
        assert_eq!((&v2["nome"], &v2["acl"]), (&json!("DEMO"), &json!([])));
        assert_eq!(v2["domini"][0], json!({ "idDominio": DOMINIO, "ragioneSociale": format!("Comune di Prova {DOMINIO}") }));
        assert_eq!(v2["domini"].as_array().map(Vec::len), Some(3));
        assert_eq!(v2["tipiPendenza"][0], json!({ "idTipoPendenza": "BOLLOT", "descrizione": "BOLLOT" }));

        let v1 = get(banco, "/profilo").await.json();
        assert_eq!(chiavi(&v1), ["acl", "domini", "entrate", "nome"]);
        assert_eq!((&v1["nome"], &v1["acl"]), (&json!("DEMO"), &json!([])));
        assert_eq!(v1["domini"][0]["contiAccredito"], format!("/domini/{DOMINIO}/contiAccredito"));
        assert_eq!(v1["entrate"][1], json!({ "idEntrata": "CDS", "descrizione": "CDS", "tipoContabilita": "ALTRO", "codiceContabilita": "0101101IM" }));

        let limitata = banco.chiama_come("LIMITATA", Method::GET, &format!("{PENDENZE}/profilo"), None).await.json();
        assert_eq!((limitata["domini"].as_array().map(Vec::len), &limitata["tipiPendenza"]), (Some(1), &json!([{ "idTipoPendenza": "TARI", "descrizione": "TARI" }])));
        // Whoever has a login has a profile, whatever its rights.
        assert_eq!(banco.chiama_come("SENZA_DIRITTI", Method::GET, &format!("{PENDENZE_V1}/profilo"), None).await.json()["nome"], "SENZA_DIRITTI");
        assert_eq!(banco.chiama_come("gpadmin", Method::GET, &format!("{PENDENZE}/profilo"), None).await.json()["nome"], "Amministratore");
    }
}

su_entrambi! {
    async fn il_logo_di_un_dominio_si_scarica(banco: &Banco) {
        // The smallest PNG that is one.
        let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        for base in [PENDENZE, PENDENZE_V1] {
            let logo = async |dominio: &str| banco.chiama_come("LIMITATA", Method::GET, &format!("{base}/domini/{dominio}/logo"), None).await;
            if base == PENDENZE {
                logo(DOMINIO).await.rifiuta(404, "404000", &format!("Logo non presente per il Dominio {DOMINIO}"));
                let a = banco.gateway.istantanea().attuale();
                let con_logo = domain::anagrafica::Dominio { ha_logo: true, ..(*a.domini[&crate::banco::dominio(DOMINIO)]).clone() };
                banco.censisci(&[domain::anagrafica::Scrittura::Dominio(Box::new(con_logo), Some(png.to_owned()))]).await;
            }
            let scaricato = logo(DOMINIO).await;
            assert_eq!((scaricato.stato, scaricato.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, "image/png"));
            assert_eq!(scaricato.intestazioni["cachecontrol"], "max-age: 3600");
            assert!(scaricato.byte.starts_with(b"\x89PNG"));
            assert_eq!(logo(DOMINIO_2).await.fault().0, 403);
            assert_eq!(logo("1").await.fault().0, 400);
        }
    }
}

su_entrambi! {
    async fn gli_esiti_della_v1_filtrano_le_transazioni(banco: &Banco) {
        let mut avvisi = Vec::new();
        for id in ["PAGATA", "FALLITA", "APERTA"] {
            avvisi.push(put(banco, id, "", corpo_v1("10.00")).await.json()["numeroAvviso"].as_str().expect("testo").to_owned());
        }
        banco.simulatore.paga(DOMINIO, &avvisi[0], Versione::V2).await.expect("pagata");
        banco.simulatore.attiva(DOMINIO, &avvisi[1], Versione::V2).await.expect("attivata");
        // The node of today sends no receipt of what was not paid: archives of before have them.
        banco.sql(&format!("UPDATE transazione SET esito = 1 WHERE iuv = '{}'", &avvisi[1][1..])).await;
        banco.simulatore.attiva(DOMINIO, &avvisi[2], Versione::V2).await.expect("attivata");
        let ids = async |query: &str| {
            let risposta = get(banco, &format!("/rpp?{query}")).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
            let json = risposta.json();
            json["risultati"].as_array().expect("lista").iter().map(|r| r["pendenza"]["idPendenza"].as_str().expect("id").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids("").await, ["APERTA", "FALLITA", "PAGATA"]);
        assert_eq!(ids("ordinamento=dataRichiesta&risultatiPerPagina=2").await, ["PAGATA", "FALLITA"]);
        for (esito, attesi) in [("ESEGUITO", vec!["PAGATA"]), ("NON_ESEGUITO", vec!["FALLITA"]), ("IN_CORSO", vec!["APERTA"]), ("RIFIUTATO", vec![]), ("DECORENNZA_PARZIALE", vec![])] {
            assert_eq!(ids(&format!("esito={esito}")).await, attesi, "{esito}");
        }
        get(banco, "/rpp?esito=DECORRENZA_PARZIALE").await.rifiuta(400, "SINTASSI", "Codifica inesistente per esito. Valore fornito [DECORRENZA_PARZIALE] \
            valori possibili {IN_CORSO,RIFIUTATO,ESEGUITO,NON_ESEGUITO,ESEGUITO_PARZIALE,DECORRENZA,DECORENNZA_PARZIALE}");
        assert_eq!(ids(&format!("iuv={}", &avvisi[1][1..])).await, ["FALLITA"]);
        assert_eq!(ids("idPendenza=APERTA").await, ["APERTA"]);
        assert_eq!(ids(&format!("idDominio={DOMINIO_2}")).await, Vec::<String>::new());
        assert_eq!(ids("dataA=2020-01-01").await, Vec::<String>::new());
        assert_eq!(ids("idPagamento=nessuno").await, Vec::<String>::new());
        // Whose attempts they are is not for the query to say.
        let altrui = banco.chiama_come("DEMO_V1", Method::GET, &format!("{PENDENZE_V1}/rpp?idA2A=DEMO"), None).await.json();
        assert_eq!((&altrui["numRisultati"], &altrui["risultati"]), (&json!(0), &json!([])));
    }
}
