//! Positions that GPD serves and that are paid there: told by broadcast, or asked of GPD. Either way, once.

use domain::posizione_debitoria::StatoInvio;
use gateway::Gateway;
use gateway::lavori::{Corsa, trova};
use reqwest::{Method, StatusCode};
use serde_json::json;
use simulator::{GuastoArchivio, SenzaAttivazione};
use tokio_util::sync::CancellationToken;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, corpo_minimo, dominio};
use crate::posizioni::{allinea, con_archivi, guasta, metodi, riga, stato_nell_archivio};
use crate::soap::Domanda;
use crate::su_entrambi;

const AVVISO: &str = "305000000000000033";
const PAGATE: &str = "SELECT count(*) FROM transazione WHERE stato = 'RT_ACCETTATA_PA'";

async fn in_gpd(banco: &Banco) {
    con_archivi(banco).await;
    let mut corpo = corpo_minimo("10.00");
    corpo["numeroAvviso"] = json!(AVVISO);
    let r = banco.put("G1", corpo).await;
    assert_eq!(r.stato, StatusCode::CREATED, "{}", r.testo);
    allinea(&banco.gateway).await;
    assert_eq!(stato_nell_archivio(banco, "gpd", "G1"), "VALID");
    metodi(banco);
}

async fn giro(gateway: &Gateway) -> String {
    match gateway.corri(trova("ricevute-gpd").expect("registrato"), true, &CancellationToken::new()).await.expect("letto") {
        Corsa::Riuscita(frase) => frase,
        altro => panic!("{altro:?}"),
    }
}

su_entrambi! {
    async fn una_ricevuta_in_broadcast_chiude_la_posizione_di_gpd(banco: &Banco) {
        in_gpd(banco).await;
        banco.simulatore.imposta_stato_in("gpd", AVVISO, "PAID");
        let pagata = SenzaAttivazione {
            dominio: DOMINIO.to_owned(),
            avviso: AVVISO.to_owned(),
            importo: Some(codici::Importo::da_cent(1000)),
            ..SenzaAttivazione::default()
        };
        banco.simulatore.ricevuta_senza_attivazione(&pagata).await.expect("accettata");
        assert_eq!(banco.pendenza("G1").await["stato"], "ESEGUITA");
        allinea(&banco.gateway).await;
        let r = riga(banco, "G1").await;
        assert_eq!((r.stato, r.remoto.codice(), metodi(banco)), (StatoInvio::Inviata, "PAID", vec!["GET 200".to_owned()]));

        // GPD tells of it too: it was had already.
        banco.simulatore.imposta_stato_in("gpd", AVVISO, "VALID");
        banco.simulatore.paga_in_gpd(DOMINIO, AVVISO).expect("c'e'");
        assert!(giro(&banco.gateway).await.contains("acquisite: 0, mancate: 0"));
        assert_eq!(banco.conta(PAGATE).await, 1);
    }
}

su_entrambi! {
    async fn una_ricevuta_chiesta_a_gpd_chiude_la_posizione_una_volta_sola(banco: &Banco) {
        in_gpd(banco).await;
        let receipt_id = banco.simulatore.paga_in_gpd(DOMINIO, AVVISO).expect("c'e'");
        assert!(giro(&banco.gateway).await.contains("acquisite: 1, mancate: 0"));
        let p = banco.pendenza("G1").await;
        assert_eq!(p["stato"], "ESEGUITA");
        assert_eq!(banco.conta(&format!("SELECT count(*) FROM transazione WHERE ccp = '{receipt_id}'")).await, 1);
        assert_eq!(banco.conta("SELECT count(*) FROM notifica WHERE tipo = 'RICEVUTA'").await, 1, "l'ente lo sa come per ogni ricevuta");
        let chiamate = metodi(banco);
        assert_eq!(chiamate, ["GET 200", "GET 200"], "l'elenco, e la sua");

        // Again, also after a restart: nothing but a look at the list.
        let altro = banco.altro_nodo(3).await;
        assert!(giro(&altro).await.contains("acquisite: 0, mancate: 0"));
        assert_eq!((metodi(banco).len(), banco.conta(PAGATE).await), (1, 1));
        let fino = altro.ricevute_gpd_fino_al(&dominio(DOMINIO)).await.expect("letto");
        assert_eq!(fino, Some(domain::calendario::oggi(altro.adesso())));
    }
}

su_entrambi! {
    async fn un_elenco_guasto_non_sposta_il_segno_e_non_perde_ricevute(banco: &Banco) {
        in_gpd(banco).await;
        banco.simulatore.paga_in_gpd(DOMINIO, AVVISO).expect("c'e'");
        for guasto in [GuastoArchivio::Html, GuastoArchivio::Stato403, GuastoArchivio::FaultIn200] {
            guasta(banco, guasto, None, None);
            assert!(giro(&banco.gateway).await.contains("Sospesi"), "{guasto:?}");
            banco.simulatore.guasta_archivi(None);
            assert_eq!(banco.gateway.ricevute_gpd_fino_al(&dominio(DOMINIO)).await.expect("letto"), None);
            assert_eq!(banco.pendenza("G1").await["stato"], "NON_ESEGUITA");
        }
        assert!(giro(&banco.gateway).await.contains("acquisite: 1"));
    }
}

su_entrambi! {
    /// A run that is cut off between any two of its awaits.
    async fn un_nodo_che_muore_leggendo_le_ricevute_non_ne_perde_e_non_ne_ripete(banco: &Banco) {
        in_gpd(banco).await;
        let receipt_id = banco.simulatore.paga_in_gpd(DOMINIO, AVVISO).expect("c'e'");
        for ms in [1, 4, 9, 20, 40] {
            let morente = banco.gateway.clone();
            let corsa = tokio::spawn(async move { morente.corri(trova("ricevute-gpd").expect("registrato"), true, &CancellationToken::new()).await });
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            corsa.abort();
            let _ = corsa.await;
            banco.sql("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00Z' WHERE titolare IS NOT NULL").await;
        }
        giro(&banco.altro_nodo(3).await).await;
        assert_eq!(banco.conta(PAGATE).await, 1);
        assert_eq!(banco.conta(&format!("SELECT count(*) FROM transazione WHERE ccp = '{receipt_id}'")).await, 1);
        assert_eq!(banco.pendenza("G1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn pagata_altrove_si_dice_all_archivio_e_non_si_paga_piu(banco: &Banco) {
        in_gpd(banco).await;
        let in_aca = banco.carica("A1", "10.00").await;
        allinea(&banco.gateway).await;
        metodi(banco);
        let paga = |id: &str| format!("{BACKOFFICE}/pendenze/DEMO/{id}/pagataAltrove?dataPagamento=2026-01-15&motivo=Allo%20sportello");
        for id in ["G1", "A1", "A1"] {
            let r = banco.chiama_come("gpadmin", Method::POST, &paga(id), None).await;
            assert_eq!((r.stato, &r.json()["stato"]), (StatusCode::OK, &json!("ESEGUITA")), "{}", r.testo);
            assert_eq!(r.json()["descrizioneStato"], "Allo sportello");
        }
        allinea(&banco.gateway).await;
        // ACA has a word for it, GPD only stops taking money.
        assert_eq!((stato_nell_archivio(banco, "aca", "A1"), stato_nell_archivio(banco, "gpd", "G1")), ("PAID".to_owned(), "INVALID".to_owned()));
        assert_eq!(riga(banco, "A1").await.versione, 2, "detta due volte vale una");
        assert_eq!(Domanda::verifica(&in_aca).invia(banco).await.a("fault/faultCode"), Some("PAA_PAGAMENTO_DUPLICATO"));
        // The ledger is looked at by the bench. There is no way back, and what was paid here is not paid elsewhere.
        let altra = banco.carica("A2", "10.00").await;
        banco.simulatore.paga(DOMINIO, &altra, simulator::Versione::V2).await.expect("pagata");
        let r = banco.chiama_come("gpadmin", Method::POST, &paga("A2"), None).await;
        assert_eq!(r.stato, StatusCode::BAD_REQUEST, "{}", r.testo);
    }
}
