//! Payment attempts, as who pays sees them (spec/1 section 10.6).

use chrono::{Duration, Utc};
use domain::Soggetto;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{Iniziativa, Pagamento, Situazione};
use domain::pendenza::Pendenza;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use simulator::Versione;
use store::Corsia;

use crate::banco::{Banco, DOMINIO, PAGAMENTO_V1, PAGAMENTO_V2, PENDENZE, Risposta, testo_di_pdf};
use crate::pagamento_accesso::{CORRADO, GRETA, chiama, presso};
use crate::pendenze_contratto::pagata;
use crate::su_entrambi;

/// A payment that a portal started, and that made the attempt of a position. `minuti`: how long ago.
pub async fn avviata_da(banco: &Banco, iuv: &str, ccp: &str, applicazione: Option<&str>, versante: &str, minuti: i64) -> Pagamento {
    let (transazione, pendenza): (_, Pendenza) =
        banco.gateway.transazione(&crate::banco::dominio(DOMINIO), iuv, ccp).await.expect("archivio").expect("transazione");
    let pagamento = Pagamento {
        id: uuid::Uuid::new_v4(),
        iniziativa: Iniziativa::Ente,
        principal: "prova".to_owned(),
        tipo_utenza: if applicazione.is_some() { TipoUtenza::Applicazione } else { TipoUtenza::Anonimo },
        applicazione: applicazione.map(str::to_owned),
        nome: "Prova".to_owned(),
        importo: pendenza.importo,
        situazione: Situazione::in_corso(),
        id_sessione_portale: None,
        id_sessione_psp: Some(format!("psp-{ccp}")),
        url_ritorno: None,
        redirect: None,
        versante: Some(Soggetto { identificativo: Some(versante.to_owned()), anagrafica: Some(versante.to_owned()), ..Soggetto::debitore(None) }),
        richiesta: Map::new(),
        data_richiesta: Utc::now() - Duration::minutes(minuti),
        verificato: false,
        severita: None,
        dominio: None,
        esito_psp: None,
    };
    let tx = banco.store.begin(Corsia::Applicazioni).await.expect("inizio");
    tx.inserisci_pagamento(&pagamento).await.expect("scritto");
    tx.collega_pendenza(pagamento.id, 1, &pendenza).await.expect("collegata");
    tx.aggiorna_transazione(&domain::transazione::Transazione { pagamento: Some(pagamento.id), ..transazione }).await.expect("scritta");
    tx.commit().await.expect("commit");
    pagamento
}

fn ccp(elenco: &Value) -> Vec<&str> {
    elenco["risultati"].as_array().expect("risultati").iter().map(|r| r["rt"]["receiptId"].as_str().expect("receiptId")).collect()
}

su_entrambi! {
    async fn un_tentativo_avviato_da_un_portale_e_di_chi_l_ha_avviato(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let (iuv, sua, _) = pagata(banco, "SUA").await;
        let (altra, di_altri, _) = pagata(banco, "ALTRA").await;
        let (terza, del_psp, _) = pagata(banco, "PSP").await;
        let pagamento = avviata_da(banco, &iuv, &sua, Some("PORTALE"), CORRADO, 5).await;
        avviata_da(banco, &altra, &di_altri, Some("DEMO"), "ANONIMO", 5).await;

        let leggi = |percorso: String| async move { banco.chiama_come("PORTALE", Method::GET, &percorso, None).await };
        for radice in [PAGAMENTO_V1, PAGAMENTO_V2] {
            assert_eq!(ccp(&leggi(format!("{radice}/rpp")).await.json()), [del_psp.as_str(), sua.as_str()], "{radice}");
            assert_eq!(ccp(&leggi(format!("{radice}/rpp?idPagamento={}", pagamento.id_mostrato())).await.json()), [sua.as_str()]);
            assert_eq!(leggi(format!("{radice}/rpp?idPagamento=nessuno")).await.json()["numRisultati"], json!(0));
        }
        for (iuv, ccp, stato) in [(&iuv, &sua, 200), (&terza, &del_psp, 200), (&altra, &di_altri, 403)] {
            for coda in ["", "/rpt", "/rt"] {
                let risposta = leggi(format!("{PAGAMENTO_V2}/rpp/{DOMINIO}/{iuv}/{ccp}{coda}")).await;
                assert_eq!(risposta.stato.as_u16(), stato, "{coda} {}", risposta.testo);
            }
        }
        leggi(format!("{PAGAMENTO_V2}/rpp/{DOMINIO}/{altra}/{di_altri}")).await.rifiuta(403, "403000",
            "Applicazione [PORTALE] non autorizzata ad accedere alla risorsa richiesta: la transazione riferisce un pagamento che non appartiene all'applicazione chiamante.");
        // The debtor and the versante see theirs; others do not.
        let base = presso(&porta, "spid", "v2");
        for (chi, atteso) in [(GRETA, 200), (CORRADO, 200), ("RSSMRA80A01F205X", 403)] {
            assert_eq!(chiama(banco, &base, &format!("/rpp/{DOMINIO}/{iuv}/{sua}"), Some(chi), None).await.stato.as_u16(), atteso, "{chi}");
        }
        assert_eq!(ccp(&chiama(banco, &base, "/rpp", Some(CORRADO), None).await.json()), [sua.as_str()]);
        assert_eq!(ccp(&chiama(banco, &base, "/rpp", Some(GRETA), None).await.json()).len(), 3);
        // idPagamento of the list of positions too.
        let pendenze = leggi(format!("{PAGAMENTO_V2}/pendenze?idPagamento={}", pagamento.id_mostrato())).await.json();
        assert_eq!((&pendenze["numRisultati"], &pendenze["risultati"][0]["idPendenza"]), (&json!(1), &json!("SUA")));
        let dettaglio = leggi(format!("{PAGAMENTO_V2}/pendenze/DEMO/SUA")).await.json();
        assert_eq!((dettaglio["pagamenti"].as_array().map(Vec::len), &dettaglio["pagamenti"][0]["id"]), (Some(1), &json!(pagamento.id_mostrato())));
    }
}

su_entrambi! {
    async fn nessuno_trova_il_suo_per_un_ora_e_senza_nomi(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let base = presso(&porta, "public", "v1");
        let (iuv, fresca, _) = pagata(banco, "FRESCA").await;
        let (vecchio_iuv, vecchia, _) = pagata(banco, "VECCHIA").await;
        let (altro_iuv, di_un_altro, _) = pagata(banco, "ALTRO").await;
        avviata_da(banco, &iuv, &fresca, None, "ANONIMO", 59).await;
        avviata_da(banco, &vecchio_iuv, &vecchia, None, "ANONIMO", 61).await;
        avviata_da(banco, &altro_iuv, &di_un_altro, None, CORRADO, 1).await;
        for (iuv, ccp, atteso) in [(&iuv, &fresca, 200), (&vecchio_iuv, &vecchia, 403), (&altro_iuv, &di_un_altro, 403)] {
            let risposta = chiama(banco, &base, &format!("/rpp/{DOMINIO}/{iuv}/{ccp}"), None, None).await;
            assert_eq!((risposta.stato.as_u16(), risposta.stato == StatusCode::OK || risposta.fault().1 == "403000"), (atteso, true));
        }
        let rpp = chiama(banco, &base, &format!("/rpp/{DOMINIO}/{iuv}/{fresca}"), None, None).await.json();
        assert!(rpp["pendenza"].get("soggettoPagatore").is_none() && rpp["rpt"]["debtor"].is_null() && rpp["rt"]["debtor"].is_null(), "{rpp}");
        assert!(rpp["rt"]["payer"].is_null() || rpp["rt"]["payer"]["fullName"] == json!("ANONIMO"), "{}", rpp["rt"]["payer"]);
        for coda in ["/rpt", "/rt"] {
            let sotto = chiama(banco, &base, &format!("/rpp/{DOMINIO}/{iuv}/{fresca}{coda}"), None, None).await;
            assert!(sotto.stato == StatusCode::OK && !sotto.testo.contains("VLNGRT75C52F205X"), "{}", sotto.testo);
        }
        // On paper as in JSON: the print names nobody; the XML is what the PSP signed, and stays as it came.
        let come = |accept: &'static str| {
            let url = format!("{base}/rpp/{DOMINIO}/{iuv}/{fresca}/rt");
            async move { Risposta::leggi(banco.http.get(url).header("accept", accept).send().await.expect("risposta")).await }
        };
        assert!(come("application/xml").await.testo.contains("VLNGRT75C52F205X"));
        let (pdf, intero) = (come("application/pdf").await, banco.chiama_con("PORTALE", &format!("{PAGAMENTO_V2}/rpp/{DOMINIO}/{altro_iuv}/{di_un_altro}/rt"), "application/pdf").await);
        assert_eq!((pdf.stato, intero.stato), (StatusCode::OK, StatusCode::FORBIDDEN), "{}", intero.testo);
        let intero = banco.chiama_con("DEMO", &format!("{PENDENZE}/rpp/{DOMINIO}/{iuv}/{fresca}/rt"), "application/pdf").await;
        if let (Some(senza), Some(con)) = (testo_di_pdf(&pdf.byte), testo_di_pdf(&intero.byte)) {
            assert!(con.contains("Greta Valenti") && con.contains("VLNGRT75C52F205X"), "{con}");
            assert!(!senza.contains("Greta Valenti") && !senza.contains("VLNGRT75C52F205X") && senza.contains(&iuv), "{senza}");
        }
        // A citizen reads itself as who paid.
        let suo = chiama(banco, &presso(&porta, "spid", "v2"), &format!("/rpp/{DOMINIO}/{iuv}/{fresca}"), Some(GRETA), None).await.json();
        assert!(suo["rt"]["payer"].is_null() || suo["rt"]["payer"]["uniqueIdentifier"]["entityUniqueIdentifierValue"] == json!(GRETA), "{}", suo["rt"]["payer"]);
        assert_eq!(suo["rt"]["debtor"]["uniqueIdentifier"]["entityUniqueIdentifierValue"], json!(GRETA));
    }
}

su_entrambi! {
    async fn cio_che_non_e_arrivato_e_404_prima_di_ogni_403(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let attivato = banco.simulatore.attiva(DOMINIO, &avviso, Versione::V2).await.expect("attivata");
        let transazione = banco.pendenza("P1").await["rpp"][0].clone();
        assert!(transazione.get("rt").is_none(), "{attivato:?}");
        let iuv = avviso[1..].to_owned();
        let ccp = banco.store.transazioni(&banco.store.pendenza("DEMO", "P1").await.expect("archivio").expect("c'e'")).await.expect("archivio")[0].ccp.clone();
        avviata_da(banco, &iuv, &ccp, Some("DEMO"), "ANONIMO", 1).await;
        let leggi = |coda: &str| {
            let percorso = format!("{PAGAMENTO_V2}/rpp/{DOMINIO}/{iuv}/{coda}");
            async move { banco.chiama_come("PORTALE", Method::GET, &percorso, None).await }
        };
        let stati = |r: Risposta| (r.fault().0, r.fault().1);
        assert_eq!(stati(leggi(&format!("{ccp}/rt")).await), (404, "404000".to_owned()));
        assert_eq!(stati(leggi(&ccp).await), (403, "403000".to_owned()));
        assert_eq!(stati(leggi("nessuno").await), (404, "404000".to_owned()));
        assert_eq!(stati(leggi("n/a").await), (404, "404000".to_owned()));
    }
}

su_entrambi! {
    async fn dentro_un_pagamento_i_nomi_sono_quelli_di_fuori(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let (iuv, ccp, _) = pagata(banco, "SUA").await;
        let pagamento = avviata_da(banco, &iuv, &ccp, None, CORRADO, 1).await;
        for versione in ["v1", "v2"] {
            let base = presso(&porta, "spid", versione);
            let dentro = chiama(banco, &base, &format!("/pagamenti/{}", pagamento.id_mostrato()), Some(CORRADO), None).await.json();
            let fuori = chiama(banco, &base, &format!("/rpp/{DOMINIO}/{iuv}/{ccp}"), Some(CORRADO), None).await.json();
            assert_eq!(dentro["rpp"][0], fuori);
            assert_eq!(dentro["pendenze"][0], fuori["pendenza"]);
            assert!(fuori["rt"]["payer"].is_null() || fuori["rt"]["payer"]["uniqueIdentifier"]["entityUniqueIdentifierValue"] == json!(CORRADO), "{}", fuori["rt"]);
        }
    }
}
