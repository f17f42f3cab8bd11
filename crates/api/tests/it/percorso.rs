//! The whole way of a payment: loaded, verified, activated, receipted, notified.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use simulator::Versione;

use crate::banco::{BACKOFFICE, Banco, DOMINIO};
use crate::su_entrambi;

su_entrambi! {
    async fn una_pendenza_si_carica_si_paga_e_l_ente_lo_sa(banco: &Banco) {
        let avviso = banco.carica("P1", "132.50").await;
        assert!(avviso.starts_with("301"), "{avviso}");

        let verificato = banco.simulatore.verifica(DOMINIO, &avviso).await.expect("pagabile");
        assert_eq!(verificato.importo.cent(), 13_250);
        assert_eq!(verificato.causale, "TARI 2026 prima rata");
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(pagato.ricevute[0].stato, "consegnata");

        let pendenza = banco.pendenza("P1").await;
        assert_eq!(pendenza["stato"], "ESEGUITA");
        assert_eq!(pendenza["voci"][0]["stato"], "Eseguito");
        assert_eq!(pendenza["rpp"][0]["stato"], "RT_ACCETTATA_PA");
        assert_eq!(pendenza["rpp"][0]["rt"]["paymentAmount"], "132.50");
        assert_eq!(pendenza["rpp"][0]["rpt"]["transferList"]["transfer"][0]["idTransfer"], 1);

        banco.spedisci().await;
        let token = pagato.pagamento.token.clone();
        let notifica = banco.simulatore.attendi_notifica(|n| n.ricevuta.as_deref() == Some(&token), Duration::from_secs(5)).await.expect("notificata");
        assert_eq!(notifica.problemi, Vec::<String>::new());
        let coda = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/notifiche?stato=SPEDITA"), None).await;
        assert_eq!(coda.stato, StatusCode::OK);
        assert_eq!(coda.json()["numRisultati"], 1);
        assert_eq!(coda.json()["risultati"][0]["tipo"], "RICEVUTA");
    }
}
