//! Receipts of API Pagamento v3 (spec/1 section 10.8).

use domain::anagrafica::{Acl, Scrittura, Servizio};
use reqwest::{Method, StatusCode};
use serde_json::json;
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, PAGAMENTO_V3, Risposta, chiavi};
use crate::pagamento_accesso::{CORRADO, GRETA, chiama, presso};
use crate::pagamento_avvisi::con_bozza;
use crate::pagamento_rpp::avviata_da;
use crate::pendenze_contratto::pagata;
use crate::su_entrambi;

/// An applicazione of the bench that may read payments too.
pub fn anche_pagamenti(banco: &Banco, cod: &str) -> Scrittura {
    let mut utenza = (*banco.gateway.istantanea().attuale().utenze[cod]).clone();
    utenza.acl.extend(Acl::piene(&[Servizio::ApiPagamenti]));
    Scrittura::Utenza(utenza)
}

fn non_presenti(iuv: &str) -> String {
    format!("Non sono presenti ricevute per [IdDominio: {DOMINIO}, IUV: {iuv}].")
}

su_entrambi! {
    async fn l_elenco_e_per_domini_e_il_dettaglio_e_del_proprietario(banco: &Banco) {
        let (iuv, ccp, _) = pagata(banco, "P1").await;
        banco.censisci(&[anche_pagamenti(banco, "DEMO")]).await;
        let come = |utente: &'static str, coda: String| async move { banco.chiama_come(utente, Method::GET, &format!("{PAGAMENTO_V3}/ricevute/{DOMINIO}/{coda}"), None).await };
        for utente in ["DEMO", "PORTALE"] {
            let elenco = come(utente, iuv.clone()).await.json();
            assert_eq!(chiavi(&elenco), ["numPagine", "numRisultati", "risultati", "risultatiPerPagina"]);
            assert_eq!((&elenco["numRisultati"], &elenco["risultatiPerPagina"], &elenco["numPagine"]), (&json!(1), &json!(1), &json!(1)));
            let riga = &elenco["risultati"][0];
            assert_eq!((chiavi(riga), &riga["idRicevuta"], &riga["esito"]), (["data", "dominio", "esito", "idRicevuta", "iuv"].map(str::to_owned).to_vec(), &json!(ccp), &json!("ESEGUITO")));
            assert_eq!(riga["data"].as_str().map(str::len), Some("2026-11-22T10:00:00".len()));
        }
        // Other outcomes, other names of the parameter, IUVs that nobody has.
        come("DEMO", format!("{iuv}?esito=IN_CORSO")).await.rifiuta(404, "404000", &non_presenti(&iuv));
        assert_eq!(come("DEMO", format!("{iuv}?esitoPagamento=IN_CORSO")).await.stato, StatusCode::OK);
        assert_eq!(come("DEMO", format!("{iuv}?esito=BOH")).await.fault().1, "SINTASSI");
        come("DEMO", "01999999999999999".to_owned()).await.rifiuta(404, "404000", &non_presenti("01999999999999999"));

        let una = |utente: &'static str, accept: Option<&'static str>, id: String| {
            let url = format!("{}{PAGAMENTO_V3}/ricevute/{DOMINIO}/{iuv}/{id}", banco.base);
            async move {
                let r = banco.http.get(url).basic_auth(utente, Some(crate::banco::PASSWORD));
                let r = if let Some(a) = accept { r.header("accept", a) } else { r };
                Risposta::leggi(r.send().await.expect("risposta")).await
            }
        };
        let intera = una("DEMO", Some("application/json"), ccp.clone()).await.json();
        assert_eq!(chiavi(&intera), ["data", "dataPagamento", "dominio", "esito", "idRicevuta", "importo", "istitutoAttestante", "iuv", "pendenza", "rpt", "rt"]);
        assert_eq!((&intera["rt"]["tipo"], &intera["rpt"]["tipo"], &intera["pendenza"]["voci"][0]["riscossione"]["iuv"]), (&json!("ctReceipt"), &json!("ctPaymentPA"), &json!(iuv)));
        let pdf = una("DEMO", Some("application/pdf"), ccp.clone()).await;
        assert!(pdf.byte.starts_with(b"%PDF") && pdf.intestazioni["content-disposition"].to_str().expect("testo").contains("pdf"));
        // 406, then 404, then 403.
        for accept in [None, Some("text/html")] {
            assert_eq!(una("PORTALE", accept, "nessuna".to_owned()).await.fault().1, "406000");
        }
        assert_eq!(una("PORTALE", Some("application/json"), "nessuna".to_owned()).await.fault().1, "404000");
        assert_eq!(una("PORTALE", Some("application/json"), ccp.clone()).await.fault().1, "403000");

        // One that a portal started says so.
        let pagamento = avviata_da(banco, &iuv, &ccp, Some("PORTALE"), CORRADO, 1).await;
        let avviata = una("DEMO", Some("application/json"), ccp.clone()).await.json();
        assert_eq!((&avviata["idPagamento"], &avviata["modello"]), (&json!(pagamento.id_mostrato()), &json!("Pagamento ad iniziativa Ente")));
    }
}

su_entrambi! {
    async fn un_cittadino_vede_le_ricevute_di_cio_che_doveva(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let base = presso(&porta, "spid", "v3");
        let (iuv, ccp, _) = pagata(banco, "P1").await;
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), Some(GRETA), None).await.json()["numRisultati"], json!(1));
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}/{ccp}"), Some(GRETA), None).await.stato, StatusCode::OK);
        chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), Some(CORRADO), None).await.rifiuta(404, "404000", &non_presenti(&iuv));
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}/{ccp}"), Some(CORRADO), None).await.fault().1, "403000");
        // An attempt without its receipt is an empty list.
        let avviso = banco.carica("ATTIVA", "10.00").await;
        banco.simulatore.attiva(DOMINIO, &avviso, Versione::V2).await.expect("attivata");
        let vuoto = chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{}", &avviso[1..]), Some(GRETA), None).await;
        assert_eq!((vuoto.stato, vuoto.json()), (StatusCode::OK, json!({ "numRisultati": 0, "numPagine": 1, "risultatiPerPagina": 0, "risultati": [] })));
    }
}

su_entrambi! {
    async fn chi_non_ha_un_nome_ritrova_la_ricevuta_nella_sua_sessione_finche_e_fresca(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let base = presso(&porta, "public", "v3");
        let (sessione, numero) = con_bozza(banco, "SPONTANEA").await;
        let (iuv, id) = (numero[1..].to_owned(), Some(sessione.svela()));
        chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), None, id).await.rifiuta(404, "404000", &non_presenti(&iuv));
        assert_eq!(chiama(banco, &presso(&porta, "public", "v2"), &format!("/avvisi/{DOMINIO}/{numero}"), None, id).await.stato, StatusCode::OK);
        let ccp = banco.simulatore.paga(DOMINIO, &numero, Versione::V2).await.expect("pagata").pagamento.token;
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), None, id).await.json()["risultati"][0]["idRicevuta"], json!(ccp));
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}/{ccp}"), None, id).await.stato, StatusCode::OK);
        chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), None, None).await.rifiuta(404, "404000", &non_presenti(&iuv));
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}/{ccp}"), None, None).await.fault().1, "403000");
        banco.ferma_orologio(&(chrono::Utc::now() + chrono::Duration::minutes(61)).to_rfc3339());
        chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}"), None, id).await.rifiuta(404, "404000", &non_presenti(&iuv));
        assert_eq!(chiama(banco, &base, &format!("/ricevute/{DOMINIO}/{iuv}/{ccp}"), None, id).await.fault().0, 403);
    }
}
