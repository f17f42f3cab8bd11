//! Positions told to ACA and GPD: created, changed, annulled, paid; and archives that misbehave, nodes that die, two nodes at once.

use std::sync::Arc;

use domain::anagrafica::connettore::ConnettoreServizio;
use domain::anagrafica::{ConnettoriIntermediario, Intermediario, Scrittura, Segreto};
use domain::posizione_debitoria::{Remoto, StatoInvio};
use gateway::posizioni::ImpostazioniPosizioni;
use gateway::{Gateway, Impostazioni};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{CHIAVE_SIMULATA, GuastoArchivio, InterruttoreArchivio, Versione};
use store::posizioni_debitorie::{FiltroPosizioni, Posizione};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PENDENZE, corpo_minimo};
use crate::su_entrambi;

pub fn connettore(url: String) -> ConnettoreServizio {
    ConnettoreServizio { url, auth: None, subscription_key: Some(Segreto(CHIAVE_SIMULATA.to_owned())), abilita_gde: false }
}

/// The intermediario gets both archives, and the dominio a segregation code of the asynchronous mode.
pub async fn con_archivi(banco: &Banco) {
    let aca = connettore(banco.simulatore.aca_url());
    con(banco, ConnettoriIntermediario { aca: Some(aca), gpd: Some(connettore(banco.simulatore.gpd_url())), ..ConnettoriIntermediario::default() }).await;
}

pub async fn con(banco: &Banco, connettori: ConnettoriIntermediario) {
    let intermediario = Intermediario { connettori: Arc::new(connettori), ..Intermediario::nuovo("11111111113", "Intermediario", "nodo") };
    let dominio = banco.gateway.istantanea().attuale().dominio(&crate::banco::dominio(DOMINIO)).expect("dominio").clone();
    let dominio = domain::anagrafica::Dominio { segregazioni_asincrone: vec![5], ..(*dominio).clone() };
    banco.censisci(&[Scrittura::Intermediario(intermediario), Scrittura::Dominio(Box::new(dominio), None)]).await;
}

pub async fn allinea(gateway: &Gateway) {
    while gateway.allinea_posizioni().await.expect("coda leggibile") > 0 {}
}

/// What waits for its time is due now.
pub async fn subito(banco: &Banco) {
    banco.sql("UPDATE posizione_debitoria SET prossimo_tentativo = data_modifica").await;
}

pub async fn riga(banco: &Banco, id: &str) -> Posizione {
    let filtro = FiltroPosizioni { id_pendenza: Some(id.to_owned()), ..FiltroPosizioni::default() };
    let pagina = store::elenchi::Pagina { salta: 0, quante: 10, conta: None };
    banco.store.elenco_posizioni(&filtro, &pagina).await.expect("lette").righe.into_iter().next().expect("una riga")
}

pub fn iupd(id: &str) -> String {
    format!("{DOMINIO}DEMO{id}")
}

pub fn nell_archivio(banco: &Banco, archivio: &str, id: &str) -> Option<Value> {
    banco.simulatore.posizioni_in(archivio).into_iter().find(|p| p["iupd"] == iupd(id))
}

pub fn stato_nell_archivio(banco: &Banco, archivio: &str, id: &str) -> String {
    nell_archivio(banco, archivio, id).map_or("assente".to_owned(), |p| p["status"].as_str().unwrap_or_default().to_owned())
}

pub fn guasta(banco: &Banco, guasto: GuastoArchivio, volte: Option<u32>, metodo: Option<&str>) {
    banco.simulatore.guasta_archivi(Some(InterruttoreArchivio { guasto, volte, metodo: metodo.map(str::to_owned) }));
}

pub fn metodi(banco: &Banco) -> Vec<String> {
    banco.simulatore.chiamate_agli_archivi().into_iter().map(|c| format!("{} {}", c.metodo, c.stato)).collect()
}

pub async fn patch(banco: &Banco, id: &str, stato: &str) {
    let corpo = json!([{ "op": "REPLACE", "path": "/stato", "value": stato }]);
    let r = banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(corpo)).await;
    assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);
}

su_entrambi! {
    async fn l_archivio_segue_la_vita_di_una_posizione(banco: &Banco) {
        con_archivi(banco).await;
        banco.carica("P1", "10.00").await;
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::DaInviare);

        allinea(&banco.gateway).await;
        let p = nell_archivio(banco, "aca", "P1").expect("conferita");
        assert_eq!((&p["status"], &p["paymentOption"][0]["amount"]), (&json!("VALID"), &json!(1000)));
        assert_eq!((&p["switchToExpired"], &p["fiscalCode"]), (&json!(false), &json!("VLNGRT75C52F205X")));
        let r = riga(banco, "P1").await;
        assert_eq!((r.stato, r.versione, r.versione_inviata), (StatoInvio::Inviata, 1, 1));
        assert!(r.data_comunicazione.is_some());

        let r = banco.put("P1", corpo_minimo("12.34")).await;
        assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);
        allinea(&banco.gateway).await;
        assert_eq!(nell_archivio(banco, "aca", "P1").expect("c'e'")["paymentOption"][0]["amount"], 1234);

        patch(banco, "P1", "ANNULLATA").await;
        allinea(&banco.gateway).await;
        assert_eq!(stato_nell_archivio(banco, "aca", "P1"), "INVALID");

        patch(banco, "P1", "NON_ESEGUITA").await;
        allinea(&banco.gateway).await;
        assert_eq!(stato_nell_archivio(banco, "aca", "P1"), "VALID");
        assert_eq!(metodi(banco), ["POST 201", "PUT 200", "POST 200", "DELETE 200", "POST 201"]);
        assert_eq!(banco.simulatore.posizioni_in("gpd"), Vec::<Value>::new());

        // What says nothing to the archive is not told.
        let nota = json!([{ "op": "REPLACE", "path": "/ack", "value": true }]);
        banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/P1"), Some(nota)).await;
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::Inviata);
    }
}

su_entrambi! {
    async fn una_posizione_pagata_si_chiude_e_non_si_riapre(banco: &Banco) {
        con_archivi(banco).await;
        let avviso = banco.carica("P1", "10.00").await;
        let altro = banco.carica("P2", "20.00").await;
        allinea(&banco.gateway).await;
        metodi(banco);

        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        allinea(&banco.gateway).await;
        assert_eq!(stato_nell_archivio(banco, "aca", "P1"), "PAID");
        assert_eq!(metodi(banco), ["GET 200", "POST 200"]);

        // pagoPA knew already: nothing but a look.
        assert!(banco.simulatore.imposta_stato_in("aca", &altro, "REPORTED"));
        banco.simulatore.paga(DOMINIO, &altro, Versione::V2).await.expect("pagata");
        allinea(&banco.gateway).await;
        assert_eq!(metodi(banco), ["GET 200"]);
        assert_eq!(riga(banco, "P2").await.remoto.codice(), "REPORTED");
    }
}

su_entrambi! {
    async fn il_codice_di_segregazione_sceglie_l_archivio(banco: &Banco) {
        con_archivi(banco).await;
        let mut asincrona = corpo_minimo("10.00");
        asincrona["numeroAvviso"] = json!("305000000000000033");
        let r = banco.put("G1", asincrona).await;
        assert_eq!(r.stato, StatusCode::CREATED, "{}", r.testo);
        banco.carica("A1", "10.00").await;

        allinea(&banco.gateway).await;
        assert_eq!((stato_nell_archivio(banco, "gpd", "G1"), stato_nell_archivio(banco, "aca", "G1")), ("VALID".to_owned(), "assente".to_owned()));
        assert_eq!((stato_nell_archivio(banco, "aca", "A1"), stato_nell_archivio(banco, "gpd", "A1")), ("VALID".to_owned(), "assente".to_owned()));

        patch(banco, "G1", "ANNULLATA").await;
        allinea(&banco.gateway).await;
        assert_eq!(stato_nell_archivio(banco, "gpd", "G1"), "INVALID");
        // A payment that arrived there first is not undone.
        patch(banco, "A1", "ANNULLATA").await;
        let avviso = riga(banco, "A1").await.numero_avviso.to_string();
        assert!(banco.simulatore.imposta_stato_in("aca", &avviso, "PAID"));
        allinea(&banco.gateway).await;
        let r = riga(banco, "A1").await;
        assert_eq!((r.stato, r.motivo.as_deref(), r.remoto.codice()), (StatoInvio::Inviata, Some("L'archivio la dice gia' pagata"), "PAID"));
    }
}

su_entrambi! {
    async fn una_creazione_incerta_si_guarda_prima_di_rifarla(banco: &Banco) {
        con_archivi(banco).await;
        for (id, guasto) in [("P1", GuastoArchivio::FattoMaErrore), ("P2", GuastoArchivio::MezzaRisposta)] {
            banco.carica(id, "10.00").await;
            guasta(banco, guasto, Some(1), Some("POST"));
            allinea(&banco.gateway).await;
            let r = riga(banco, id).await;
            assert_eq!((r.stato, r.versione_inviata, r.remoto, r.tentativi), (StatoInvio::DaInviare, 0, Remoto::Ignoto, 1));
            assert!(r.motivo.is_some());

            subito(banco).await;
            allinea(&banco.gateway).await;
            assert_eq!(riga(banco, id).await.stato, StatoInvio::Inviata);
            let chiamate = metodi(banco);
            assert_eq!(chiamate.iter().filter(|c| c.starts_with("POST")).count(), 1, "{chiamate:?}");
        }
    }
}

su_entrambi! {
    async fn un_nodo_morto_fra_chiamata_e_nota_non_fa_due_posizioni(banco: &Banco) {
        con_archivi(banco).await;
        banco.carica("P1", "10.00").await;
        allinea(&banco.gateway).await;
        metodi(banco);
        // As the row was when the node that had called died.
        banco.sql("UPDATE posizione_debitoria SET stato = 'DA_INVIARE', remoto = 'ASSENTE', impronta = NULL, versione_inviata = 0, prenotata_fino = data_modifica").await;

        let altro = banco.altro_nodo(3).await;
        allinea(&altro).await;
        assert_eq!(metodi(banco), ["GET 200"], "si legge prima di chiedere");
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::Inviata);
        assert_eq!(banco.simulatore.posizioni_in("aca").len(), 1);

        // Changed meanwhile: what was told by the dead node is not taken for the new one.
        banco.put("P1", corpo_minimo("11.00")).await;
        banco.sql("UPDATE posizione_debitoria SET remoto = 'ASSENTE', impronta = NULL").await;
        allinea(&altro).await;
        assert_eq!(metodi(banco), ["POST 409", "GET 200", "PUT 200"]);
        assert_eq!(nell_archivio(banco, "aca", "P1").expect("c'e'")["paymentOption"][0]["amount"], 1100);
    }
}

su_entrambi! {
    async fn nessun_guasto_fa_credere_inviato_cio_che_non_lo_e(banco: &Banco) {
        con_archivi(banco).await;
        use GuastoArchivio as G;
        for (n, guasto) in [G::Html, G::FaultIn200, G::Stato401, G::Stato403, G::Stato500, G::Stato503, G::Stato429].into_iter().enumerate() {
            let id = format!("P{n}");
            banco.carica(&id, "10.00").await;
            guasta(banco, guasto, None, None);
            allinea(&banco.gateway).await;
            let r = riga(banco, &id).await;
            assert_eq!((r.stato, r.versione_inviata), (StatoInvio::DaInviare, 0), "{guasto:?}");
            assert!(r.motivo.is_some() && r.tentativi == 1, "{guasto:?} {r:?}");
            assert!(r.prossimo_tentativo > r.data_modifica);
            assert_eq!(stato_nell_archivio(banco, "aca", &id), "assente");

            banco.simulatore.guasta_archivi(None);
            if guasto == G::Stato429 {
                tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
            }
            subito(banco).await;
            allinea(&banco.gateway).await;
            assert_eq!(riga(banco, &id).await.stato, StatoInvio::Inviata, "{guasto:?}");
            assert_eq!(stato_nell_archivio(banco, "aca", &id), "VALID");
        }
    }
}

su_entrambi! {
    async fn un_archivio_sparito_apre_il_circuito_che_si_vede(banco: &Banco) {
        con_archivi(banco).await;
        for n in 0..8 {
            banco.carica(&format!("P{n}"), "10.00").await;
        }
        guasta(banco, GuastoArchivio::Stato503, None, None);
        banco.gateway.allinea_posizioni().await.expect("coda");
        subito(banco).await;
        banco.gateway.allinea_posizioni().await.expect("coda");
        let chiamate = banco.simulatore.chiamate_agli_archivi().len();
        assert!(chiamate <= 9, "{chiamate}: chi non risponde non si chiama per ogni posizione");

        let r = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/serviziPagoPA"), None).await;
        let servizio = &r.json()["servizi"][0];
        assert_eq!((&servizio["servizio"], &servizio["circuito"], &servizio["motivo"]), (&json!("aca"), &json!("aperto"), &json!("HTTP 503")));
        // Nothing was lost, and nothing was set aside.
        let r = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/posizioniDebitorie?stato=DA_INVIARE"), None).await;
        assert_eq!(r.json()["numRisultati"], 8, "{}", r.testo);
    }
}

su_entrambi! {
    async fn un_rifiuto_si_mette_da_parte_e_si_riprova(banco: &Banco) {
        con_archivi(banco).await;
        banco.carica("P1", "10.00").await;
        banco.carica("P2", "10.00").await;
        guasta(banco, GuastoArchivio::Stato422, Some(1), Some("POST"));
        allinea(&banco.gateway).await;

        let elenco = |query: &str| format!("{BACKOFFICE}/posizioniDebitorie?{query}");
        let r = banco.chiama_come("gpadmin", Method::GET, &elenco("stato=RIFIUTATA"), None).await.json();
        let rifiutate = r["risultati"].as_array().expect("elenco");
        assert_eq!(rifiutate.len(), 1, "l'altra e' passata");
        assert_eq!(rifiutate[0]["motivo"], "HTTP 422: Unprocessable Entity (Unprocessable)");
        allinea(&banco.gateway).await;
        let id = rifiutate[0]["idPendenza"].as_str().expect("id").to_owned();
        assert_eq!(riga(banco, &id).await.stato, StatoInvio::Rifiutata, "da sola non riparte");

        let r = banco.chiama_come("gpadmin", Method::POST, &format!("{BACKOFFICE}/posizioniDebitorie/riprova"), None).await;
        assert_eq!((r.stato, r.json()), (StatusCode::OK, json!({ "posizioni": 1 })));
        allinea(&banco.gateway).await;
        let r = banco.chiama_come("gpadmin", Method::GET, &elenco("stato=INVIATA&modalita=SINCRONA"), None).await.json();
        assert_eq!(r["numRisultati"], 2);
        let r = banco.chiama_come("gpadmin", Method::GET, &elenco("stato=BOH"), None).await;
        assert_eq!(r.stato, StatusCode::BAD_REQUEST);
    }
}

su_entrambi! {
    async fn due_nodi_conferiscono_ogni_posizione_una_volta(banco: &Banco) {
        con_archivi(banco).await;
        for n in 0..40 {
            banco.carica(&format!("P{n}"), "10.00").await;
        }
        let altro = banco.altro_nodo(3).await;
        tokio::join!(allinea(&banco.gateway), allinea(&altro));
        let chiamate = metodi(banco);
        assert_eq!(chiamate.len(), 40, "{chiamate:?}");
        assert!(chiamate.iter().all(|c| c == "POST 201"));
        assert_eq!(banco.simulatore.posizioni_in("aca").len(), 40);
    }
}

su_entrambi! {
    async fn chi_muore_lascia_la_riga_e_chi_cambia_durante_la_chiamata_non_si_perde(banco: &Banco) {
        con_archivi(banco).await;
        banco.carica("P1", "10.00").await;
        let presa = banco.store.prendi_posizioni(10, banco.gateway.adesso()).await.expect("prese").remove(0);
        allinea(&banco.gateway).await;
        assert_eq!(banco.simulatore.posizioni_in("aca").len(), 0, "la riga e' di un altro");

        // While that one is calling, the position changes.
        banco.put("P1", corpo_minimo("11.00")).await;
        let nota = store::posizioni_debitorie::Nota {
            stato: StatoInvio::Inviata,
            iupd: presa.iupd.clone(),
            remoto: presa.remoto,
            impronta: None,
            tentativi: 0,
            motivo: None,
            prossimo_tentativo: presa.prossimo_tentativo,
            comunicata: true,
        };
        assert!(banco.store.annota_posizione(&presa, &nota, banco.gateway.adesso()).await.expect("annotata"));
        let r = riga(banco, "P1").await;
        assert_eq!((r.stato, r.versione, r.versione_inviata), (StatoInvio::DaInviare, 2, 1));

        // And another one that dies: its lease ends, and what it notes later is not believed.
        let morta = banco.store.prendi_posizioni(10, banco.gateway.adesso()).await.expect("prese").remove(0);
        banco.sql("UPDATE posizione_debitoria SET prenotata_fino = data_modifica").await;
        allinea(&banco.gateway).await;
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::Inviata);
        let tardi = store::posizioni_debitorie::Nota { stato: StatoInvio::Rifiutata, ..nota };
        assert!(!banco.store.annota_posizione(&morta, &tardi, banco.gateway.adesso()).await.expect("annotata"));
        assert_eq!(riga(banco, "P1").await.stato, StatoInvio::Inviata);
    }
}

su_entrambi! {
    async fn un_iupd_gia_usato_da_un_altro_ne_prende_un_secondo(banco: &Banco) {
        con_archivi(banco).await;
        // Without a separator, "DEMO" + "P1" is also the name of somebody else's position.
        let altra = json!({
            "iupd": iupd("P1"), "type": "F", "fiscalCode": "X", "fullName": "X", "companyName": "X", "switchToExpired": false,
            "paymentOption": [{ "iuv": "01000000000009999", "amount": 1, "description": "x", "isPartialPayment": false, "dueDate": "2999-01-01T00:00:00Z",
                "transfer": [{ "idTransfer": "1", "amount": 1, "remittanceInformation": "x", "category": "9/0101002IM", "iban": "IT1" }] }],
        });
        let url = format!("{}/organizations/{DOMINIO}/debtpositions?toPublish=true", banco.simulatore.aca_url());
        let r = banco.http.post(url).header("Ocp-Apim-Subscription-Key", CHIAVE_SIMULATA).body(altra.to_string()).send().await.expect("risposta");
        assert_eq!(r.status(), StatusCode::CREATED);
        banco.carica("P1", "10.00").await;

        allinea(&banco.gateway).await;
        let r = riga(banco, "P1").await;
        assert_eq!(r.stato, StatoInvio::Inviata, "{r:?}");
        assert!(r.iupd != iupd("P1") && r.iupd.starts_with(DOMINIO));
        assert_eq!(banco.simulatore.posizioni_in("aca").len(), 2);
    }
}

su_entrambi! {
    async fn cio_che_e_scaduto_o_gia_finito_non_si_conferisce(banco: &Banco) {
        con_archivi(banco).await;
        let mut scaduta = corpo_minimo("10.00");
        scaduta["dataScadenza"] = json!("2020-01-01");
        assert_eq!(banco.put("P1", scaduta).await.stato, StatusCode::CREATED);
        banco.carica("P2", "10.00").await;
        patch(banco, "P2", "ANNULLATA").await;
        let avviso = banco.carica("P3", "10.00").await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");

        allinea(&banco.gateway).await;
        let r = riga(banco, "P1").await;
        assert_eq!((r.stato, r.motivo.as_deref()), (StatoInvio::NonDovuta, Some("Due date decorsa")));
        assert_eq!(riga(banco, "P2").await.stato, StatoInvio::NonDovuta);
        assert_eq!(riga(banco, "P3").await.stato, StatoInvio::NonDovuta);
        assert_eq!(metodi(banco), Vec::<String>::new());
    }
}

su_entrambi! {
    async fn le_posizioni_di_prima_si_conferiscono_a_richiesta(banco: &Banco) {
        for n in 0..5 {
            banco.carica(&format!("P{n}"), "10.00").await;
        }
        assert_eq!(banco.conta("SELECT count(*) FROM posizione_debitoria").await, 0, "senza archivio non c'e' nulla da dire");
        con_archivi(banco).await;
        let r = banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/operazioni/inviaPosizioniDebitorieAca"), None).await;
        assert_eq!(r.stato, StatusCode::OK, "{}", r.testo);
        assert_eq!(banco.conta("SELECT count(*) FROM posizione_debitoria WHERE stato = 'DA_INVIARE'").await, 5);
        allinea(&banco.gateway).await;
        assert_eq!(banco.simulatore.posizioni_in("aca").len(), 5);
        banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/operazioni/inviaPosizioniDebitorieAca"), None).await;
        assert_eq!(banco.conta("SELECT count(*) FROM posizione_debitoria WHERE stato = 'DA_INVIARE'").await, 0, "chi fu conferita non si riconferisce");
    }
}

su_entrambi! {
    async fn pa_create_position_apre_cambia_e_chiude(banco: &Banco) {
        let aca = connettore(banco.simulatore.create_position_url());
        con(banco, ConnettoriIntermediario { aca: Some(aca), ..ConnettoriIntermediario::default() }).await;
        let posizioni = ImpostazioniPosizioni { create_position: true, ..ImpostazioniPosizioni::default() };
        let nodo = banco.altro_nodo_con(3, Impostazioni { posizioni, ..Impostazioni::default() }).await;
        banco.carica("P1", "10.00").await;
        banco.carica("P2", "10.00").await;
        patch(banco, "P2", "ANNULLATA").await;

        allinea(&nodo).await;
        let importi = || banco.simulatore.posizioni_in("create-position").iter().map(|p| p["amount"].as_u64()).collect::<Vec<_>>();
        assert_eq!(importi(), [Some(1000)], "cio' che non fu mai aperto non si chiude");
        banco.put("P1", corpo_minimo("11.00")).await;
        allinea(&nodo).await;
        assert_eq!(importi(), [Some(1100)]);
        patch(banco, "P1", "ANNULLATA").await;
        allinea(&nodo).await;
        assert_eq!(importi(), [Some(0)]);
        assert_eq!(metodi(banco), ["POST 200"; 3]);
    }
}
