//! PATCH of a position (spec/1 section 9.6).

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, PENDENZE, Risposta, chiavi, corpo_minimo};
use crate::su_entrambi;

const VALUE: &str = "Il campo value non e' valido per il path indicato.";

async fn patch(banco: &Banco, id: &str, operazioni: Value) -> Risposta {
    banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(operazioni)).await
}

fn op(op: &str, path: &str, value: Value) -> Value {
    json!({ "op": op, "path": path, "value": value })
}

fn stato(valore: &str) -> Value {
    op("REPLACE", "/stato", json!(valore))
}

su_entrambi! {
    async fn annullare_ripristinare_e_annotare(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let prima = banco.pendenza("P1").await;
        let annullata = patch(banco, "P1", json!([stato("ANNULLATA"), op("REPLACE", "/descrizioneStato", json!("Emessa per errore"))])).await;
        assert_eq!(annullata.stato, StatusCode::OK);
        assert_eq!(annullata.intestazioni["content-type"], "application/json");
        let corpo = annullata.json();
        assert_eq!((&corpo["stato"], &corpo["descrizioneStato"]), (&json!("ANNULLATA"), &json!("Emessa per errore")));
        assert_eq!(corpo, banco.pendenza("P1").await);

        // Twice is the same as once.
        let ancora = patch(banco, "P1", json!([stato("ANNULLATA")])).await;
        assert_eq!((ancora.stato, ancora.json()), (StatusCode::OK, corpo));

        let viva = patch(banco, "P1", json!([stato("NON_ESEGUITA"), op("ADD", "/nota", json!({ "oggetto": "Ripristinata", "testo": "lungo" }))])).await;
        assert_eq!((&viva.json()["stato"], &viva.json()["descrizioneStato"]), (&json!("NON_ESEGUITA"), &json!("Ripristinata")));
        let con_ack = patch(banco, "P1", json!([op("REPLACE", "/ack", json!(true))])).await;
        assert_eq!((con_ack.stato, chiavi(&con_ack.json())), (StatusCode::OK, chiavi(&viva.json())));
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza WHERE ack").await, 1);
        assert_eq!(patch(banco, "P1", json!([])).await.stato, StatusCode::OK);
        for conservato in ["UUID", "numeroAvviso", "importo", "voci", "dataCaricamento"] {
            assert_eq!(banco.pendenza("P1").await[conservato], prima[conservato]);
        }
    }
}

su_entrambi! {
    async fn una_pendenza_annullata_non_si_paga_e_ripristinata_si(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        patch(banco, "P1", json!([stato("ANNULLATA")])).await;
        assert!(banco.simulatore.verifica(DOMINIO, &avviso).await.is_err());
        patch(banco, "P1", json!([stato("NON_ESEGUITA")])).await;
        assert!(banco.simulatore.verifica(DOMINIO, &avviso).await.is_ok());
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        patch(banco, "P1", json!([stato("ANNULLATA")])).await.rifiuta(400, "400000",
            "Non e' consentito aggiornare lo stato di una pendenza ad ANNULLATO da uno stato diverso da NON_ESEGUITO o ANNULLATO");
        patch(banco, "P1", json!([stato("NON_ESEGUITA")])).await.rifiuta(400, "400000",
            "Non e' consentito aggiornare lo stato di una pendenza ad NON_ESEGUITO da uno stato diverso da ANNULLATO");
        // Its words can still be changed.
        assert_eq!(patch(banco, "P1", json!([op("REPLACE", "/descrizioneStato", json!("Pagata"))])).await.json()["descrizioneStato"], "Pagata");
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn ogni_operazione_sbagliata_ha_il_suo_testo_e_non_salva_niente(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let prima = banco.pendenza("P1").await;
        let vietato = |s: &str| format!("Non e' consentito aggiornare lo stato di una pendenza ad {s}");
        let sintassi = "SINTASSI";
        let casi: Vec<(Value, &str, String)> = vec![
            (op("FARE", "/stato", json!("ANNULLATA")), sintassi, "Il campo op non e' valido.".to_owned()),
            (op("replace", "/stato", json!("ANNULLATA")), sintassi, "Il campo op non e' valido.".to_owned()),
            (op("", "/stato", json!("ANNULLATA")), sintassi, "Il campo op non e' valido.".to_owned()),
            (json!({ "path": "/stato", "value": "ANNULLATA" }), sintassi, "Il campo op non deve essere vuoto.".to_owned()),
            (json!({ "op": null, "path": "/stato" }), sintassi, "Il campo op non deve essere vuoto.".to_owned()),
            (json!({ "op": "REPLACE", "value": "ANNULLATA" }), sintassi, "Il campo path non deve essere vuoto.".to_owned()),
            (op("REPLACE", "/importo", json!(1)), sintassi, "Il campo path non e' valido.".to_owned()),
            (op("REPLACE", "stato", json!("ANNULLATA")), sintassi, "Il campo path non e' valido.".to_owned()),
            (op("REPLACE", "/stato", Value::Null), sintassi, VALUE.to_owned()),
            (op("REPLACE", "/stato", json!("")), sintassi, VALUE.to_owned()),
            (op("REPLACE", "/stato", json!("XXX")), sintassi, "Il campo value indicato per il path '/stato' non e' valido.".to_owned()),
            (op("REPLACE", "/stato", json!("annullata")), sintassi, "Il campo value indicato per il path '/stato' non e' valido.".to_owned()),
            (op("REPLACE", "/descrizioneStato", Value::Null), sintassi, VALUE.to_owned()),
            (op("REPLACE", "/descrizioneStato", json!("")), sintassi, VALUE.to_owned()),
            (op("REPLACE", "/ack", json!("si")), sintassi, VALUE.to_owned()),
            (op("ADD", "/nota", json!("testo")), sintassi, VALUE.to_owned()),
            (op("ADD", "/stato", json!("ANNULLATA")), sintassi, "Op 'ADD' non valido per il path '/stato'".to_owned()),
            (op("DELETE", "/descrizioneStato", json!("x")), sintassi, "Op 'DELETE' non valido per il path '/descrizioneStato'".to_owned()),
            (op("DELETE", "/ack", json!(true)), sintassi, "Op 'DELETE' non valido per il path '/ack'".to_owned()),
            (op("REPLACE", "/nota", json!({ "oggetto": "x" })), sintassi, "Op 'REPLACE' non valido per il path '/nota'".to_owned()),
            (stato("ESEGUITA"), "400000", vietato("ESEGUITA")),
            (stato("SCADUTA"), "400000", vietato("SCADUTA")),
            (stato("NON_ESEGUITA"), "400000", "Non e' consentito aggiornare lo stato di una pendenza ad NON_ESEGUITO da uno stato diverso da ANNULLATO".to_owned()),
        ];
        for (sbagliata, codice, testo) in casi {
            patch(banco, "P1", json!([sbagliata])).await.rifiuta(400, codice, &testo);
            // Good ones before it are not saved.
            let prima_buone = json!([op("REPLACE", "/descrizioneStato", json!("Mai")), op("REPLACE", "/ack", json!(true)), sbagliata]);
            assert_eq!(patch(banco, "P1", prima_buone).await.fault(), (400, codice.to_owned(), testo));
        }
        for corpo in [json!({}), json!("ANNULLATA"), json!([1]), json!([null]), json!([{ "op": 1, "path": "/stato" }]), json!([{ "op": "REPLACE", "path": {} }]),
            json!([{ "op": "REPLACE", "path": "/ack", "value": true, "altro": 1 }])] {
            let (stato, codice, _) = patch(banco, "P1", corpo.clone()).await.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{corpo}");
        }
        assert_eq!(banco.pendenza("P1").await, prima);
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza WHERE ack").await, 0);
    }
}

su_entrambi! {
    async fn l_ordine_e_identificativi_app_002_corpo_404_403_operazioni(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let chiama = async |utente: &str, percorso: &str, corpo: Value| banco.chiama_come(utente, Method::PATCH, &format!("{PENDENZE}/pendenze/{percorso}"), Some(corpo)).await;
        chiama("DEMO", "ALTRA/P.1", json!(1)).await.rifiuta(
            400, "SINTASSI", "Il valore [P.1] del campo idPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)");
        // The same whether the position is there or not, whatever the body (spec/1 surprise 36).
        for id in ["P1", "NESSUNA"] {
            let altrui = chiama("DEMO_V1", &format!("DEMO/{id}"), json!(1)).await;
            altrui.rifiuta(500, "APP_002", "Applicazione autenticata (DEMO_V1) diversa dalla chiamante (DEMO)");
            assert_eq!(altrui.json()["categoria"], "OPERAZIONE");
        }
        assert_eq!(chiama("DEMO", "DEMO/NESSUNA", json!([{ "op": "REPLACE" }])).await.fault().0, 400);
        chiama("DEMO", "DEMO/NESSUNA", json!([op("ADD", "/boh", Value::Null)])).await.rifiuta(
            404, "404000", "Nessuna pendenza trovata con idA2A [DEMO] e idPendenza [NESSUNA].");

        // Loaded when it could, by one who now may not.
        let corpo = corpo_minimo("1.00");
        assert_eq!(banco.chiama_come("LIMITATA", Method::PUT, &format!("{PENDENZE}/pendenze/LIMITATA/L1"), Some(corpo)).await.stato, StatusCode::CREATED);
        banco.sql("UPDATE pendenza SET tipo_pendenza = 'CDS' WHERE id_pendenza = 'L1'").await;
        chiama("LIMITATA", "LIMITATA/L1", json!([op("ADD", "/boh", Value::Null)])).await.rifiuta(403, "403000",
            &format!("Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per il Dominio [{DOMINIO}] e per il TipoPendenza [CDS]."));
        // The first operation that fails is the one that is told, be it for its form or for the state.
        patch(banco, "P1", json!([stato("NON_ESEGUITA"), op("ADD", "/boh", Value::Null)])).await.rifiuta(400, "400000",
            "Non e' consentito aggiornare lo stato di una pendenza ad NON_ESEGUITO da uno stato diverso da ANNULLATO");
        patch(banco, "P1", json!([op("ADD", "/boh", Value::Null), stato("NON_ESEGUITA")])).await.rifiuta(400, "SINTASSI", "Il campo path non e' valido.");
        // In order, on the position as the ones before have made it.
        let tutte = json!([stato("ANNULLATA"), stato("NON_ESEGUITA"), stato("ANNULLATA")]);
        assert_eq!(patch(banco, "P1", tutte).await.json()["stato"], "ANNULLATA");
    }
}
