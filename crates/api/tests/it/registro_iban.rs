//! The registry of IBAN: a position with an account that pagoPA does not know is not published, until it does.

use domain::anagrafica::ConnettoriIntermediario;
use domain::posizione_debitoria::StatoInvio;
use gateway::lavori::{Corsa, trova};
use reqwest::{Method, StatusCode};
use serde_json::json;
use simulator::GuastoArchivio;
use tokio_util::sync::CancellationToken;

use crate::banco::{BACKOFFICE, Banco, DOMINIO};
use crate::posizioni::{allinea, con, connettore, guasta, metodi, riga, stato_nell_archivio};
use crate::su_entrambi;

async fn con_registro(banco: &Banco) {
    let connettori = ConnettoriIntermediario {
        aca: Some(connettore(banco.simulatore.aca_url())),
        backoffice_ec: Some(connettore(banco.simulatore.backoffice_ec_url())),
        ..ConnettoriIntermediario::default()
    };
    con(banco, connettori).await;
}

async fn giro(banco: &Banco) -> String {
    match banco.gateway.corri(trova("registro-iban").expect("registrato"), true, &CancellationToken::new()).await.expect("letto") {
        Corsa::Riuscita(frase) => frase,
        altro => panic!("{altro:?}"),
    }
}

/// The account of the positions of the bench.
fn iban_del_banco(banco: &Banco) -> String {
    let anagrafica = banco.gateway.istantanea().attuale();
    let dominio = crate::banco::dominio(DOMINIO);
    let e = anagrafica.entrate.get(&(dominio, "TARI".to_owned())).expect("entrata");
    e.iban_accredito.clone().expect("un conto")
}

su_entrambi! {
    async fn una_posizione_con_un_iban_ignoto_aspetta_che_pagopa_lo_conosca(banco: &Banco) {
        con_registro(banco).await;
        let iban = iban_del_banco(banco);
        banco.carica("P0", "10.00").await;
        allinea(&banco.gateway).await;
        assert_eq!(riga(banco, "P0").await.stato, StatoInvio::Inviata, "prima di sapere si va come sempre");

        for n in 0..150 {
            banco.simulatore.registra_iban(DOMINIO, &format!("IT{n:025}"), "ENABLED");
        }
        banco.simulatore.registra_iban(DOMINIO, &iban, "DISABLED");
        assert!(giro(banco).await.contains("IBAN: 151"), "due pagine");
        banco.carica("P1", "10.00").await;
        metodi(banco);
        allinea(&banco.gateway).await;
        let r = riga(banco, "P1").await;
        assert_eq!((r.stato, metodi(banco).len()), (StatoInvio::Rifiutata, 0));
        assert_eq!(r.motivo, Some(format!("IBAN non censito da pagoPA: {iban} dell'ente {DOMINIO}")));

        // A run that does not know it yet, one that cannot read, and one that knows.
        assert!(giro(banco).await.contains("posizioni riprese: 1"));
        allinea(&banco.gateway).await;
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::Rifiutata);
        guasta(banco, GuastoArchivio::Html, None, None);
        assert!(giro(banco).await.contains("Non letti: 11111111113"));
        banco.simulatore.guasta_archivi(None);
        assert_eq!(banco.conta("SELECT count(*) FROM iban_censito").await, 151, "mezzo registro non prende il posto di uno intero");
        banco.simulatore.registra_iban(DOMINIO, &iban, "ENABLED");
        giro(banco).await;
        allinea(&banco.gateway).await;
        assert_eq!((riga(banco, "P1").await.stato, stato_nell_archivio(banco, "aca", "P1")), (StatoInvio::Inviata, "VALID".to_owned()));
    }
}

su_entrambi! {
    async fn chi_scrive_un_conto_ignoto_e_avvertito_e_il_registro_si_legge(banco: &Banco) {
        con_registro(banco).await;
        banco.simulatore.registra_iban(DOMINIO, "IT60X0542811101000000123456", "ENABLED");
        let corpo = json!({ "postale": false, "abilitato": true });
        let metti = |iban: &str| format!("{BACKOFFICE}/domini/{DOMINIO}/contiAccredito/{iban}");
        let r = banco.chiama_come("gpadmin", Method::PUT, &metti("IT02L1234512345123456789012"), Some(corpo.clone())).await;
        assert_eq!((r.stato, r.intestazioni.get("warning")), (StatusCode::CREATED, None), "niente si sa: {}", r.testo);
        giro(banco).await;
        let r = banco.chiama_come("gpadmin", Method::PUT, &metti("IT02L1234512345123456789012"), Some(corpo.clone())).await;
        assert!(r.intestazioni.get("warning").is_some_and(|w| w.to_str().is_ok_and(|w| w.contains("non censito"))));
        let r = banco.chiama_come("gpadmin", Method::PUT, &metti("IT60X0542811101000000123456"), Some(corpo)).await;
        assert_eq!(r.intestazioni.get("warning"), None, "{}", r.testo);

        let r = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/ibanPagoPA?idDominio={DOMINIO}"), None).await.json();
        assert_eq!((&r["numRisultati"], &r["risultati"][0]["iban"]), (&json!(1), &json!("IT60X0542811101000000123456")));
    }
}

su_entrambi! {
    async fn un_nodo_che_muore_leggendo_il_registro_lascia_quello_di_prima_o_quello_nuovo(banco: &Banco) {
        con_registro(banco).await;
        for n in 0..120 {
            banco.simulatore.registra_iban(DOMINIO, &format!("IT{n:025}"), "ENABLED");
        }
        giro(banco).await;
        banco.simulatore.registra_iban(DOMINIO, "IT60X0542811101000000123456", "ENABLED");
        for ms in [1, 3, 8, 20, 50] {
            let morente = banco.gateway.clone();
            let corsa = tokio::spawn(async move { morente.corri(trova("registro-iban").expect("registrato"), true, &CancellationToken::new()).await });
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
            corsa.abort();
            let _ = corsa.await;
            banco.sql("UPDATE lavoro SET preso_fino = '2020-01-01T00:00:00Z' WHERE titolare IS NOT NULL").await;
            let quanti = banco.conta("SELECT count(*) FROM iban_censito").await;
            assert!([120, 121].contains(&quanti), "{quanti}");
        }
        giro(banco).await;
        assert_eq!(banco.conta("SELECT count(*) FROM iban_censito").await, 121);
    }
}
