//! Payments from a portal that need the word of the ente or of a form: modello 4 inside `POST /pagamenti`, and data that are no longer certain
//! (spec/1 sections 8.5, 10.1 and 11, the manual's 5.3 and 5.4).

use domain::anagrafica::SeEnteNonRisponde;
use gateway::Impostazioni;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{GuastoEnte, OperazioneEnte, VersioneEnte};

use crate::banco::{Banco, DOMINIO, PENDENZE, corpo_minimo, numero};
use crate::moduli::{MODELLO, SCHEMA, del_catalogo, portale};
use crate::pagamenti_avvio::{Chi, RITORNO, chiama, con_checkout, paga, per_a2a, porta_di, scegli};
use crate::su_entrambi;
use crate::vecchio_carrello::collega_nodo;
use crate::verifica_ente::{dell_ente, dell_ente_v1, due_applicazioni, risponde, risponde_v1, se_ente_non_risponde};

fn modello_4(dati: &Value) -> Value {
    json!({ "urlRitorno": RITORNO, "pendenze": [{ "idDominio": DOMINIO, "idTipoPendenza": "MENSA", "dati": dati }] })
}

/// The position that the application makes of a form; v1 is flat.
fn fatta_dall_ente(versione: VersioneEnte, id_a2a: &str) -> Value {
    let mut pendenza = corpo_minimo("40.00");
    for (nome, valore) in [("idA2A", id_a2a), ("idPendenza", "INOLTRATA"), ("idTipoPendenza", "MENSA")] {
        pendenza[nome] = valore.into();
    }
    match versione {
        VersioneEnte::V1 => {
            pendenza["stato"] = "NON_ESEGUITA".into();
            pendenza
        }
        VersioneEnte::V2 => json!({ "stato": "NON_ESEGUITA", "pendenza": pendenza }),
    }
}

async fn eventi(banco: &Banco, condizione: &str) -> i64 {
    banco.gateway.giornale().scarica().await;
    banco.conta(&format!("SELECT count(*) FROM evento WHERE componente = 'API_ENTE' AND {condizione}")).await
}

su_entrambi! {
    async fn un_modulo_compilato_dentro_un_pagamento_si_paga(banco: &Banco) {
        del_catalogo(banco, portale(Some(SCHEMA), Some(MODELLO), None)).await;
        let (_, porta) = con_checkout(banco, false).await;
        let avviato = paga(banco, &porta, Chi::App("PORTALE"), &modello_4(&json!({ "pasti": 3 }))).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        assert_eq!(scegli(banco, avviato.json()["redirect"].as_str().expect("redirect"), "paga").await, format!("{RITORNO}&esito=OK"));
        let pagata = banco.pendenza("MODULO1").await;
        assert_eq!((&pagata["stato"], &pagata["tipo"], &pagata["importo"]), (&json!("ESEGUITA"), &json!("spontaneo"), &numero("13.5")));

        // A bad form, one that its template stops, a tipo that is not there: nothing is written.
        for (dati, stato, codice) in [(json!({ "pasti": 0 }), 400, "SINTASSI"), (json!({ "pasti": 101 }), 422, "SEMANTICA")] {
            let (s, c, testo) = paga(banco, &porta, Chi::App("PORTALE"), &modello_4(&dati)).await.fault();
            assert_eq!((s, c.as_str()), (stato, codice), "{testo}");
        }
        let mut ignoto = modello_4(&json!({ "pasti": 1 }));
        ignoto["pendenze"][0]["idTipoPendenza"] = json!("BOH");
        assert_eq!(paga(banco, &porta, Chi::App("PORTALE"), &ignoto).await.fault().1, "TVD_000");
        ignoto["pendenze"][0].as_object_mut().expect("oggetto").shift_remove("dati");
        paga(banco, &porta, Chi::App("PORTALE"), &ignoto).await.rifiuta(400, "SINTASSI", "Pendenza modello 4. Il campo dati non deve essere vuoto.");
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 1);
        // v1 of the API does not know the way.
        assert_eq!(chiama(banco, &porta, Chi::App("PORTALE"), Method::POST, "v1", "/pagamenti", Some(&modello_4(&json!({ "pasti": 3 })))).await.fault().0, 400);
    }
}

su_entrambi! {
    async fn un_modulo_inoltrato_dentro_un_pagamento_si_paga_con_ogni_versione_dell_ente(banco: &Banco) {
        let (nodo, porta) = con_checkout(banco, false).await;
        for (id_a2a, versione) in [("DEMO", VersioneEnte::V2), ("DEMO_V1", VersioneEnte::V1)] {
            del_catalogo(banco, portale(Some(SCHEMA), None, Some(id_a2a))).await;
            nodo.istantanea().rinfresca(&banco.store).await.expect("riletta");
            let fatta = fatta_dall_ente(versione, id_a2a);
            banco.simulatore.imposta_risposta(versione, OperazioneEnte::VerifyPendenzaMod4, DOMINIO, "MENSA", fatta).expect("posto");
            let corpo = modello_4(&json!({ "pasti": 2 }));
            let avviato = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
            assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
            scegli(banco, avviato.json()["redirect"].as_str().expect("redirect"), "paga").await;
            let letta = banco.chiama_come(id_a2a, Method::GET, &format!("{PENDENZE}/pendenze/{id_a2a}/INOLTRATA"), None).await.json();
            assert_eq!((&letta["stato"], &letta["tipo"], &letta["importo"]), (&json!("ESEGUITA"), &json!("spontaneo"), &numero("40.0")));
            // The call is an event of the request that made it.
            nodo.giornale().scarica().await;
            let numero = avviato.intestazioni["x-govpay-idtransazione"].to_str().expect("numero");
            assert_eq!(eventi(banco, &format!("tipo = 'verifyPendenzaMod4' AND id_a2a = '{id_a2a}' AND id_transazione = '{numero}'")).await, 1);
            banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
            let (stato, codice, testo) = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.fault();
            assert_eq!((stato, codice.as_str()), (502, "502000"), "{testo}");
            assert!(testo.ends_with(&format!("[Applicazione:{id_a2a}] e' fallito con errore: Ricevuto [HTTP 500]")), "{testo}");
        }
    }
}

/// A position of an applicazione whose dataValidita is over, and its notice.
async fn non_piu_certa(banco: &Banco, id_a2a: &str) -> String {
    banco.ferma_orologio("2026-06-01T10:00:00Z");
    let mut corpo = corpo_minimo("10.00");
    corpo["dataValidita"] = "2026-06-30".into();
    let caricata = banco.chiama_come(id_a2a, Method::PUT, &format!("{PENDENZE}/pendenze/{id_a2a}/P1"), Some(corpo)).await;
    assert_eq!(caricata.stato, StatusCode::CREATED, "{}", caricata.testo);
    banco.ferma_orologio("2026-07-01T10:00:00Z");
    caricata.json()["numeroAvviso"].as_str().expect("avviso").to_owned()
}

su_entrambi! {
    async fn una_validita_passata_si_chiede_all_ente_quando_si_avvia_il_pagamento(banco: &Banco) {
        due_applicazioni(banco).await;
        collega_nodo(banco).await;
        let nodo = banco.nodo_con(Impostazioni::default()).await;
        let porta = porta_di(&nodo).await;
        for (id_a2a, versione) in [("DEMO", VersioneEnte::V2), ("DEMO_V1", VersioneEnte::V1)] {
            let avviso = non_piu_certa(banco, id_a2a).await;
            let per_nome = json!({ "idA2A": id_a2a, "idPendenza": "P1" });
            let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_nome] });
            // The ente says otherwise: nothing is started, and the payment is there as failed.
            match versione {
                VersioneEnte::V2 => risponde(banco, &avviso, json!({ "stato": "ANNULLATA" })),
                VersioneEnte::V1 => risponde_v1(banco, &avviso, json!({ "stato": "ANNULLATA", "idA2A": id_a2a, "idPendenza": "P1" })),
            }
            let (stato, codice, testo) = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.fault();
            assert_eq!((stato, codice.as_str()), (422, "VER_013"), "{testo}");
            // It gives new data: they are what is paid.
            match versione {
                VersioneEnte::V2 => {
                    let mut nuova = dell_ente("P1", Some(&avviso), "12.00");
                    nuova["pendenza"]["dataValidita"] = "2026-07-31".into();
                    risponde(banco, &avviso, nuova);
                }
                VersioneEnte::V1 => {
                    let mut nuova = dell_ente_v1("P1", &avviso, "12.00");
                    nuova["dataValidita"] = "2026-07-31".into();
                    risponde_v1(banco, &avviso, nuova);
                }
            }
            let avviato = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
            assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
            let id = avviato.json()["id"].as_str().expect("id").to_owned();
            let pagamento = chiama(banco, &porta, Chi::App("PORTALE"), Method::GET, "v2", &format!("/pagamenti/{id}"), None).await.json();
            assert_eq!((&pagamento["importo"], &pagamento["rpp"][0]["rpt"]["datiVersamento"]["importoTotaleDaVersare"]), (&numero("12.0"), &json!("12.00")));
            nodo.giornale().scarica().await;
            assert_eq!(eventi(banco, &format!("tipo = 'getAvviso' AND id_a2a = '{id_a2a}' AND id_transazione IS NOT NULL")).await, 2);
        }
    }
}

su_entrambi! {
    async fn un_ente_muto_ferma_il_pagamento_solo_dove_si_vuole_la_sua_parola(banco: &Banco) {
        due_applicazioni(banco).await;
        collega_nodo(banco).await;
        let nodo = banco.nodo_con(Impostazioni::default()).await;
        let porta = porta_di(&nodo).await;
        non_piu_certa(banco, "DEMO").await;
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1")] });
        se_ente_non_risponde(banco, SeEnteNonRisponde::Rifiuta).await;
        nodo.istantanea().rinfresca(&banco.store).await.expect("riletta");
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 503 }.per(1));
        let (stato, codice, testo) = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.fault();
        assert_eq!((stato, codice.as_str()), (502, "502000"), "{testo}");
        se_ente_non_risponde(banco, SeEnteNonRisponde::PagaConIDatiNoti).await;
        nodo.istantanea().rinfresca(&banco.store).await.expect("riletta");
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 503 }.per(1));
        assert_eq!(paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.stato, StatusCode::CREATED);
    }
}
