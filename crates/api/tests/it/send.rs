//! What SEND asks of us: the mode of each notice, a fee that is the platform's in the asynchronous mode and ours in the synchronous one (spec/4 section 3.7).

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, corpo_minimo};
use crate::posizioni::{allinea, con_archivi, metodi, riga};
use crate::soap::Domanda;
use crate::su_entrambi;

const ASINCRONO: &str = "305000000000000033";

su_entrambi! {
    async fn di_ogni_numero_avviso_si_dice_la_modalita(banco: &Banco) {
        con_archivi(banco).await;
        let modalita = |dominio: &str, avviso: &str| format!("{BACKOFFICE}/posizioniDebitorie/modalita/{dominio}/{avviso}");
        for (avviso, attesa) in [(ASINCRONO, "ASINCRONA"), ("301000000000000042", "SINCRONA"), ("001000000000000033", "SINCRONA")] {
            let r = banco.chiama_come("gpadmin", Method::GET, &modalita(DOMINIO, avviso), None).await;
            assert_eq!((r.stato, &r.json()["modalita"]), (StatusCode::OK, &json!(attesa)), "{avviso} {}", r.testo);
        }
        let r = banco.chiama_come("gpadmin", Method::GET, &modalita("99999999999", ASINCRONO), None).await;
        assert_eq!(r.stato, StatusCode::NOT_FOUND, "{}", r.testo);
        let r = banco.chiama_come("gpadmin", Method::GET, &modalita(DOMINIO, "12"), None).await;
        assert_eq!(r.stato, StatusCode::BAD_REQUEST, "{}", r.testo);
    }
}

su_entrambi! {
    async fn le_spese_che_send_scrive_in_gpd_non_entrano_nei_versamenti(banco: &Banco) {
        con_archivi(banco).await;
        let mut corpo = corpo_minimo("10.00");
        corpo["numeroAvviso"] = json!(ASINCRONO);
        assert_eq!(banco.put("G1", corpo.clone()).await.stato, StatusCode::CREATED);
        allinea(&banco.gateway).await;
        assert!(banco.simulatore.aggiungi_spese("gpd", ASINCRONO, 250));
        metodi(banco);

        // Read back with the fee, it is still what we told: nothing is written over it.
        let riprova = format!("{BACKOFFICE}/posizioniDebitorie/riprova?idPendenza=G1");
        assert_eq!(banco.chiama_come("gpadmin", Method::POST, &riprova, None).await.stato, StatusCode::OK);
        allinea(&banco.gateway).await;
        assert_eq!((metodi(banco), riga(banco, "G1").await.motivo), (vec!["GET 200".to_owned()], None));

        // A change of ours says nothing of the fee, which is SEND's to write again.
        corpo["causale"] = json!("TARI 2026 corretta");
        assert_eq!(banco.put("G1", corpo).await.stato, StatusCode::OK);
        allinea(&banco.gateway).await;
        let p = banco.simulatore.posizioni_in("gpd").remove(0);
        let opzione = &p["paymentOption"][0];
        assert_eq!((&opzione["amount"], &opzione["transfer"][0]["amount"]), (&json!(1000), &json!(1000)));
        assert!(opzione.get("notificationFee").is_none());
    }
}

su_entrambi! {
    async fn in_modalita_sincrona_le_spese_stanno_nell_importo_e_nei_metadati(banco: &Banco) {
        con_archivi(banco).await;
        let avviso = banco.carica("A1", "10.00").await;
        // The ente hears of the fee from SEND, and says it with the amount.
        let mut corpo = corpo_minimo("12.50");
        corpo["voci"][0]["metadata"] = json!({ "mapEntries": [{ "key": "NOTIFICATION_FEE", "value": "250" }] });
        let r = banco.put("A1", corpo).await;
        assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);

        let busta = Domanda::verifica(&avviso).invia(banco).await;
        assert_eq!(busta.a("paymentList/paymentOptionDescription/amount"), Some("12.50"));
        let busta = Domanda::attiva_v2(&avviso).invia(banco).await;
        assert_eq!(busta.a("data/paymentAmount"), Some("12.50"));
        assert_eq!(busta.a("data/transferList/transfer/metadata/mapEntry/key"), Some("NOTIFICATION_FEE"));
        assert_eq!(busta.a("data/transferList/transfer/metadata/mapEntry/value"), Some("250"));

        // Where SEND writes the fee by itself the key is not ours to write.
        allinea(&banco.gateway).await;
        let p = banco.simulatore.posizioni_in("aca").remove(0);
        assert_eq!((&p["paymentOption"][0]["amount"], p["paymentOption"][0]["transfer"][0].get("transferMetadata")), (&json!(1250), None));
    }
}
