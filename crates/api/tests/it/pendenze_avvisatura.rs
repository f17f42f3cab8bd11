//! When the debtor is to be written to, and what an installation says of positions that leave it open (spec/1 sections 8.2, 8.3 and 16).

use std::sync::Arc;

use chrono::Utc;
use domain::anagrafica::{BlocchiTipo, Scrittura, TipoPendenza, TipoPendenzaDominio};
use domain::pendenza::caricamento::TipiPredefiniti;
use gateway::{Gateway, Impostazioni};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::avvisi::testo_pdf;
use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, PASSWORD, PENDENZE, Risposta, apri_porta, corpo_minimo, dominio, numero};
use crate::su_entrambi;

/// TARI writes of the avviso by mail, and reminds of the expiry ten days before; the dominio reminds by App IO too, three days before.
async fn avvisa(banco: &Banco) {
    let blocchi = |json: Value| Box::new(serde_json::from_value::<BlocchiTipo>(json).expect("blocchi"));
    let catalogo =
        blocchi(json!({ "avvisaturaMail": { "promemoriaAvviso": { "abilitato": true }, "promemoriaScadenza": { "abilitato": true, "preavviso": 10 } } }));
    let suoi = blocchi(json!({ "avvisaturaAppIO": { "promemoriaScadenza": { "abilitato": true, "preavviso": 3 } } }));
    banco
        .censisci(&[
            Scrittura::TipoPendenza(TipoPendenza::nuovo("TARI", "TARI"), catalogo),
            Scrittura::TipoPendenzaDominio(dominio(DOMINIO), "TARI".to_owned(), TipoPendenzaDominio::default(), suoi),
        ])
        .await;
}

async fn carica(banco: &Banco, id: &str, query: &str, altro: Value) -> StatusCode {
    let mut corpo = corpo_minimo("10.00");
    corpo.as_object_mut().expect("oggetto").extend(altro.as_object().expect("oggetto").clone());
    banco.chiama(Method::PUT, &format!("{PENDENZE}/pendenze/DEMO/{id}{query}"), Some(corpo)).await.stato
}

/// Dates and flags of a position, as `data/flag` of avviso, mail and App IO.
async fn avvisatura(banco: &Banco, id: &str) -> [String; 3] {
    let p = banco.store.pendenza("DEMO", id).await.expect("letta").expect("c'e'").avvisatura;
    let una = |data: Option<chrono::NaiveDate>, inviato: Option<bool>| {
        format!("{}/{}", data.map_or("-".to_owned(), |d| d.to_string()), inviato.map_or("-".to_owned(), |i| i.to_string()))
    };
    [
        una(p.data_notifica_avviso, p.avviso_notificato),
        una(p.data_promemoria_scadenza, p.promemoria_scadenza_notificato),
        una(p.data_promemoria_app_io, p.promemoria_app_io_notificato),
    ]
}

su_entrambi! {
    async fn il_tipo_pendenza_da_le_date_che_la_pendenza_non_dice(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        avvisa(banco).await;
        let scadenza = || json!({ "dataScadenza": "2026-12-31" });
        assert_eq!(carica(banco, "A", "", scadenza()).await, StatusCode::CREATED);
        assert_eq!(avvisatura(banco, "A").await, ["2026-11-22/false", "2026-12-21/false", "2026-12-28/false"]);
        carica(banco, "B", "", json!({})).await;
        assert_eq!(avvisatura(banco, "B").await, ["2026-11-22/false", "-/-", "-/-"]);
        carica(banco, "C", "", json!({ "dataScadenza": "2026-12-31", "dataNotificaAvviso": "2026-12-01", "dataPromemoriaScadenza": "2026-12-30" })).await;
        assert_eq!(avvisatura(banco, "C").await, ["2026-12-01/false", "2026-12-30/false", "2026-12-30/false"]);

        // MAI in any case of the letters; a date is read and has no effect, anything else is refused.
        for (id, query) in [("D", "?dataAvvisatura=MAI"), ("E", "?dataAvvisatura=mai")] {
            carica(banco, id, query, scadenza()).await;
            assert_eq!(avvisatura(banco, id).await, ["-/-", "-/-", "-/-"]);
        }
        carica(banco, "F", "?dataAvvisatura=MAI", json!({ "dataNotificaAvviso": "2026-12-01" })).await;
        assert_eq!(avvisatura(banco, "F").await, ["2026-12-01/false", "-/-", "-/-"]);
        carica(banco, "G", "?dataAvvisatura=2027-01-01", scadenza()).await;
        assert_eq!(avvisatura(banco, "G").await[0], "2026-11-22/false");
        assert_eq!(carica(banco, "H", "?dataAvvisatura=sempre", scadenza()).await, StatusCode::BAD_REQUEST);

        // Of another dominio the catalogue alone says.
        carica(banco, "I", "", json!({ "idDominio": DOMINIO_2, "dataScadenza": "2026-12-31" })).await;
        assert_eq!(avvisatura(banco, "I").await, ["2026-11-22/false", "2026-12-21/false", "-/-"]);

        // A second load leaves the dates as they are.
        carica(banco, "A", "", json!({ "dataScadenza": "2027-12-31", "dataNotificaAvviso": "2027-01-01" })).await;
        assert_eq!(avvisatura(banco, "A").await, ["2026-11-22/false", "2026-12-21/false", "2026-12-28/false"]);
    }
}

su_entrambi! {
    async fn chi_e_annullato_o_pagato_non_riceve_altro(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        avvisa(banco).await;
        carica(banco, "A", "", json!({ "dataScadenza": "2026-12-31" })).await;
        let stato = async |stato: &str| {
            let corpo = json!([{ "op": "REPLACE", "path": "/stato", "value": stato }]);
            assert_eq!(banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/A"), Some(corpo)).await.stato, StatusCode::OK);
        };
        stato("ANNULLATA").await;
        assert_eq!(avvisatura(banco, "A").await, ["2026-11-22/-", "2026-12-21/-", "2026-12-28/-"]);
        stato("NON_ESEGUITA").await;
        assert_eq!(avvisatura(banco, "A").await, ["2026-11-22/false", "2026-12-21/false", "2026-12-28/false"]);
        let avviso = banco.pendenza("A").await["numeroAvviso"].as_str().expect("numero").to_owned();
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(avvisatura(banco, "A").await, ["2026-11-22/-", "2026-12-21/-", "2026-12-28/-"]);
    }
}

/// A door of a node whose installation says otherwise.
async fn porta(banco: &Banco, impostazioni: Impostazioni) -> String {
    let ente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("client");
    let gateway = Gateway::nuovo(banco.store.clone(), 9, Arc::new(Utc::now), impostazioni, ente).await.expect("gateway");
    apri_porta(&gateway, api::ImpostazioniAccesso::default(), None, "http://localhost").await
}

async fn put(banco: &Banco, base: &str, utente: &str, id: &str, corpo: Value) -> Risposta {
    let richiesta = banco.http.put(format!("{base}{PENDENZE}/pendenze/{utente}/{id}")).basic_auth(utente, Some(PASSWORD));
    Risposta::leggi(richiesta.body(corpo.to_string()).send().await.expect("risposta")).await
}

/// Without a tipo, on an account or on an entrata.
fn senza_tipo(su_conto: bool) -> Value {
    let mut corpo = corpo_minimo("10.00");
    corpo.as_object_mut().expect("oggetto").shift_remove("idTipoPendenza");
    if su_conto {
        corpo["voci"][0] = json!({ "idVocePendenza": "V1", "importo": numero("10.00"), "descrizione": "Quota", "ibanAccredito": IBAN, "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" });
    }
    corpo
}

su_entrambi! {
    async fn i_tipi_di_chi_non_ne_indica_sono_dell_installazione(banco: &Banco) {
        let tipi_predefiniti = TipiPredefiniti { liberi: "MENSA".to_owned(), non_censiti: "CDS".to_owned() };
        let base = porta(banco, Impostazioni { tipi_predefiniti, ..Impostazioni::default() }).await;
        // An entrata that is no tipo pendenza.
        let entrata = domain::anagrafica::TipoEntrata::nuovo("ENTRATA", "Solo entrata", None);
        banco.censisci(&[Scrittura::TipoEntrata(entrata), Scrittura::Entrata(dominio(DOMINIO), "ENTRATA".to_owned(), domain::anagrafica::EntrataDominio::su(Some(IBAN), None))]).await;
        let mut su_entrata = senza_tipo(false);
        su_entrata["voci"][0]["codEntrata"] = json!("ENTRATA");
        for (id, corpo, tipo) in [("C", senza_tipo(true), "MENSA"), ("E", su_entrata.clone(), "CDS"), ("T", senza_tipo(false), "TARI")] {
            assert_eq!(put(banco, &base, "DEMO", id, corpo).await.stato, StatusCode::CREATED);
            assert_eq!(banco.pendenza(id).await["idTipoPendenza"], tipo);
        }
        // With neither there is nothing that whoever calls could mend.
        let tipi_predefiniti = TipiPredefiniti { liberi: "NIENTE".to_owned(), non_censiti: "NESSUNO".to_owned() };
        let base = porta(banco, Impostazioni { tipi_predefiniti, ..Impostazioni::default() }).await;
        for corpo in [senza_tipo(true), su_entrata] {
            assert_eq!(put(banco, &base, "DEMO", "X", corpo).await.fault().0, 500);
        }
    }
}

su_entrambi! {
    async fn un_tipo_sconosciuto_si_censisce_da_se_dove_l_installazione_lo_dice(banco: &Banco) {
        let nuovo = || {
            let mut corpo = corpo_minimo("10.00");
            corpo["idTipoPendenza"] = json!("SALA");
            corpo
        };
        banco.put("X", nuovo()).await.rifiuta(422, "TVR_000", "Tipo pendenza (SALA) inesistente");
        let base = porta(banco, Impostazioni { censimento_automatico: true, ..Impostazioni::default() }).await;
        // Who may not use it does not make it.
        put(banco, &base, "LIMITATA", "L", nuovo()).await.rifiuta(422, "VER_022", "Applicazione non autorizzata alla gestione del tipo pendenza indicato");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM tipo_pendenza WHERE cod = 'SALA'").await, 0);

        let insieme = futures::future::join_all((0..6).map(|n| { let base = &base; async move { put(banco, base, "DEMO", &format!("S{n}"), { let mut c = corpo_minimo("10.00"); c["idTipoPendenza"] = json!("SALA"); c }).await } })).await;
        assert!(insieme.iter().all(|r| r.stato == StatusCode::CREATED), "{:?}", insieme.iter().map(|r| &r.testo).collect::<Vec<_>>());
        assert_eq!(banco.pendenza("S0").await["idTipoPendenza"], "SALA");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM tipo_pendenza WHERE cod = 'SALA'").await, 1);

        // Another dominio gets what it lacks, and a tipo that was switched off stays so.
        let mut altrove = nuovo();
        altrove["idDominio"] = json!(DOMINIO_2);
        assert_eq!(put(banco, &base, "DEMO", "D2", altrove).await.stato, StatusCode::CREATED);
        let spento = TipoPendenza { abilitato: false, ..TipoPendenza::nuovo("SALA", "Sala") };
        banco.censisci(&[Scrittura::TipoPendenza(spento, Box::default())]).await;
        banco.put("S9", nuovo()).await.rifiuta(422, "TVR_001", "Tipo pendenza (SALA) disabilitato");
    }
}

su_entrambi! {
    async fn un_avviso_senza_data_prende_i_giorni_dell_installazione(banco: &Banco) {
        let base = porta(banco, Impostazioni { giorni_senza_data: Some(30), ..Impostazioni::default() }).await;
        let avviso = banco.carica("P1", "10.00").await;
        let richiesta = banco.http.get(format!("{base}{PENDENZE}/avvisi/{DOMINIO}/{avviso}")).basic_auth("DEMO", Some(PASSWORD)).header("accept", "application/pdf");
        let pdf = Risposta::leggi(richiesta.send().await.expect("risposta")).await;
        assert_eq!(pdf.stato, StatusCode::OK);
        let fra_trenta = (domain::calendario::oggi(Utc::now()) + chrono::Duration::days(30)).format("%d/%m/%Y").to_string();
        if let Some(testo) = testo_pdf(&pdf.byte) {
            assert!(testo.contains(&fra_trenta), "{fra_trenta}: {testo}");
        }
    }
}
