//! The payment options that pagoPA asks of the ente, against `orgs_payment_options.json`.

use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{Banco, DOMINIO, PENDENZE, Risposta, corpo_minimo};
use crate::su_entrambi;

async fn chiedi_come(banco: &Banco, chi: &str, dominio: &str, avviso: &str) -> Risposta {
    let radice = "/govpay/frontend/api/pagopa/payment-options";
    banco.chiama_come(chi, Method::POST, &format!("{radice}/organizations/{dominio}/notices/{avviso}"), None).await
}

async fn chiedi(banco: &Banco, avviso: &str) -> Value {
    let r = chiedi_come(banco, "nodo", DOMINIO, avviso).await;
    assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);
    buona(&r.json(), "PaymentOptionsResponse");
    r.json()
}

fn buona(corpo: &Value, componente: &str) {
    if let Some(schema) = contratti::schema("payment-options", "pagopa/openapi/orgs_payment_options.json", componente) {
        assert_eq!(scostamenti(&schema, corpo), Vec::<String>::new(), "{corpo}");
    }
}

async fn parte(banco: &Banco, id: &str, documento: Value) -> String {
    let mut corpo = corpo_minimo("10.00");
    corpo["documento"] = documento;
    let r = banco.put(id, corpo).await;
    assert_eq!(r.stato, StatusCode::CREATED, "{}", r.testo);
    r.json()["numeroAvviso"].as_str().expect("numero").to_owned()
}

fn stati(corpo: &Value) -> Vec<(String, Vec<String>)> {
    let testo = |v: &Value| v["status"].as_str().unwrap_or_default().to_owned();
    let rate = |o: &Value| o["installments"].as_array().expect("rate").iter().map(testo).collect();
    corpo["paymentOptions"].as_array().expect("opzioni").iter().map(|o| (testo(o), rate(o))).collect()
}

fn attesi(opzioni: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    opzioni.iter().map(|(o, r)| ((*o).to_owned(), r.iter().map(|s| (*s).to_owned()).collect())).collect()
}

su_entrambi! {
    async fn una_posizione_sola_e_un_opzione_sola(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let corpo = chiedi(banco, &avviso).await;
        assert_eq!((&corpo["organizationFiscalCode"], &corpo["paymentOptions"][0]["amount"]), (&json!(DOMINIO), &json!(1000)));
        assert_eq!(corpo["paymentOptions"][0]["installments"][0]["nav"], json!(avviso));
        assert_eq!(stati(&corpo), attesi(&[("PO_UNPAID", &["POI_UNPAID"])]));

        banco.simulatore.paga(DOMINIO, &avviso, simulator::Versione::V2).await.expect("pagata");
        assert_eq!(stati(&chiedi(banco, &avviso).await), attesi(&[("PO_PAID", &["POI_PAID"])]));
        let altra = banco.carica("P2", "10.00").await;
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        assert_eq!(banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/P2"), Some(annulla)).await.stato, StatusCode::OK);
        assert_eq!(stati(&chiedi(banco, &altra).await), attesi(&[("PO_INVALID", &["POI_INVALID"])]));
    }
}

su_entrambi! {
    async fn le_rate_di_un_documento_sono_un_piano_da_qualunque_avviso(banco: &Banco) {
        let documento = |rata: u32| json!({ "identificativo": "D1", "descrizione": "TARI 2026", "rata": rata });
        let prima = parte(banco, "R1", documento(1)).await;
        let seconda = parte(banco, "R2", documento(2)).await;
        parte(banco, "S1", json!({ "identificativo": "D1", "descrizione": "TARI 2026" })).await;
        banco.simulatore.paga(DOMINIO, &prima, simulator::Versione::V2).await.expect("pagata");

        let corpo = chiedi(banco, &seconda).await;
        assert_eq!(stati(&corpo), attesi(&[("PO_UNPAID", &["POI_UNPAID"]), ("PO_PARTIALLY_PAID", &["POI_PAID", "POI_UNPAID"])]));
        assert_eq!((&corpo["paymentOptions"][1]["amount"], &corpo["paymentOptions"][1]["numberOfInstallments"]), (&json!(2000), &json!(2)));
        assert_eq!(corpo, chiedi(banco, &prima).await);
    }
}

su_entrambi! {
    async fn chi_non_e_il_nodo_non_sa_niente_e_ogni_no_ha_la_sua_forma(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        for (chi, dominio, avviso, stato, codice) in [
            ("intruso", DOMINIO, avviso.as_str(), 404, "PAA_ID_DOMINIO_ERRATO"),
            ("nodo", "00000000000", &avviso, 404, "PAA_ID_DOMINIO_ERRATO"),
            ("nodo", DOMINIO, "301000000000099999", 404, "PAA_PAGAMENTO_SCONOSCIUTO"),
            ("nodo", DOMINIO, "000000000000000000", 404, "PAA_PAGAMENTO_SCONOSCIUTO"),
            ("nodo", DOMINIO, "abc", 400, "PAA_SINTASSI"),
            ("nodo", "1", &avviso, 400, "PAA_SINTASSI"),
        ] {
            let r = chiedi_come(banco, chi, dominio, avviso).await;
            assert_eq!((r.stato.as_u16(), r.json()["appErrorCode"].as_str().unwrap_or_default()), (stato, codice), "{chi} {dominio} {avviso}");
            assert_eq!(r.json()["httpStatusCode"], stato);
            buona(&r.json(), "ErrorResponse");
        }
        assert_eq!(chiedi_come(banco, "nessuno", DOMINIO, &avviso).await.stato, StatusCode::UNAUTHORIZED);
        chiedi(banco, &avviso).await;
        banco.gateway.giornale().scarica().await;
        let eventi = async |condizione: &str| banco.conta(&format!("SELECT count(*) FROM evento WHERE tipo = 'getPaymentOptions' AND componente = 'API_PAGOPA' AND {condizione}")).await;
        assert_eq!(eventi("esito = 'OK' AND sottotipo_esito = '200'").await, 1);
        assert_eq!(eventi("esito = 'KO' AND sottotipo_esito = 'PAA_PAGAMENTO_SCONOSCIUTO'").await, 2);
        assert_eq!(eventi("esito = 'KO' AND sottotipo_esito = 'PAA_ID_DOMINIO_ERRATO'").await, 2);
    }
}
