//! Operations and probes (spec/2 sections 2.16 and 8.4).

use gateway::{Gateway, Impostazioni};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, Risposta};
use crate::su_entrambi;

async fn get(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await
}

async fn esegui(banco: &Banco, id: &str) -> Value {
    let risposta = get(banco, &format!("/operazioni/{id}?force=true")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    assert_eq!(risposta.chiavi(), ["descrizione", "idOperazione", "stato"]);
    let corpo = risposta.json();
    assert_eq!((&corpo["idOperazione"], &corpo["stato"]), (&json!(id), &json!("0")));
    corpo["descrizione"].clone()
}

su_entrambi! {
    async fn una_riga_cambiata_a_mano_si_vede_dopo_il_reset_su_ogni_nodo(banco: &Banco) {
        let cliente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("cliente");
        let orologio: gateway::Orologio = std::sync::Arc::new(chrono::Utc::now);
        let altro = Gateway::nuovo(banco.store.clone(), 77, orologio, Impostazioni::default(), cliente).await.expect("un altro nodo");
        let nomi = |g: &Gateway| {
            let a = g.istantanea().attuale();
            (a.tipi_pendenza["TARI"].descrizione.clone(), a.tipi_pendenza.contains_key("CDS"))
        };
        banco.sql("UPDATE tipo_pendenza SET descrizione = 'Cambiata a mano' WHERE cod = 'TARI'; DELETE FROM tipo_pendenza_dominio WHERE cod = 'CDS'; DELETE FROM tipo_pendenza WHERE cod = 'CDS'").await;
        for nodo in [&banco.gateway, &altro] {
            nodo.istantanea().rinfresca(&banco.store).await.expect("letta");
            assert_eq!(nomi(nodo), ("TARI".to_owned(), true), "nessuno se ne accorge da solo");
        }
        let testo = esegui(banco, "resetCacheAnagrafica").await;
        assert_eq!(testo, "Aggiornamento della data di reset cache anagrafica del sistema completato con successo.");
        assert_eq!(nomi(&banco.gateway), ("Cambiata a mano".to_owned(), false));
        // What the job of the other node does every 0.7 s.
        assert!(altro.istantanea().rinfresca(&banco.store).await.expect("letta"));
        assert_eq!(nomi(&altro), ("Cambiata a mano".to_owned(), false));
    }
}

su_entrambi! {
    async fn la_lista_ha_le_quattordici_operazioni_qualunque_sia_la_pagina(banco: &Banco) {
        let lista = get(banco, "/operazioni").await;
        assert_eq!(lista.chiavi(), ["numPagine", "numRisultati", "pagina", "risultati", "risultatiPerPagina"]);
        let lista = lista.json();
        assert_eq!((&lista["numRisultati"], &lista["risultatiPerPagina"]), (&json!(14), &json!(25)));
        assert_eq!(lista["risultati"][6], json!({ "idOperazione": "resetCacheAnagrafica", "location": "/operazioni/resetCacheAnagrafica" }));
        let corta = get(banco, "/operazioni?risultatiPerPagina=2&pagina=3").await.json();
        assert_eq!(corta["risultati"].as_array().map(Vec::len), Some(14));
        for riga in lista["risultati"].as_array().expect("lista") {
            esegui(banco, riga["idOperazione"].as_str().expect("testo")).await;
        }
        assert_eq!(esegui(banco, "gestionePromemoria").await, "Operazione non ancora disponibile in questa versione: nulla e' stato eseguito.");
        assert_eq!(esegui(banco, "recuperoRT").await, "Recupero RT schedulato");
        assert_eq!(esegui(banco, "acquisizioneRendicontazioni").await, "Operazione completata: 0 flussi acquisiti");
        get(banco, "/operazioni/boh").await.rifiuta(404, "404000", "Operazione boh inesistente");
        get(banco, "/operazioni/stato/boh").await.rifiuta(404, "404000", "Operazione boh inesistente");
    }
}

su_entrambi! {
    async fn la_spedizione_delle_notifiche_le_spedisce_davvero(banco: &Banco) {
        let mai = json!({ "percentuale": 0, "descrizione": "Mai eseguita." });
        assert_eq!(get(banco, "/operazioni/stato/spedizioneNotifiche").await.json(), mai);
        assert_eq!(get(banco, "/sonde/update-ntfy").await.json()["descrizioneStato"], "Mai eseguito.");
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        let coda = get(banco, "/sonde/check-ntfy").await.json();
        assert_eq!((&coda["stato"], &coda["descrizioneStato"], &coda["tipo"]), (&json!("ok"), &json!("Elementi in coda: 1."), &json!("Coda")));
        assert_eq!((&coda["sogliaWarn"], &coda["sogliaError"]), (&json!(10), &json!(100)));

        assert_eq!(esegui(banco, "spedizioneNotifiche").await, "Spedizione delle notifiche completata#Notifiche gestite: 1.");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM notifica WHERE stato = 'SPEDITA'").await, 1);
        assert_eq!(get(banco, "/sonde/check-ntfy").await.json()["descrizioneStato"], "Elementi in coda: 0.");
        let stato = get(banco, "/operazioni/stato/spedizioneNotifiche").await.json();
        assert_eq!((&stato["percentuale"], &stato["stato"]), (&json!(100), &json!("OK")));
        let batch = get(banco, "/sonde/update-ntfy").await.json();
        assert_eq!((&batch["stato"], &batch["tipo"], &batch["sogliaWarn"]), (&json!("ok"), &json!("Batch"), &json!(24 * 3_600_000)));
        assert!(batch["durataStato"].is_number());
    }
}

su_entrambi! {
    async fn le_sonde_dicono_anche_cio_che_non_c_e(banco: &Banco) {
        let tutte = get(banco, "/sonde").await.json();
        let tutte = tutte.as_array().expect("lista");
        assert_eq!(tutte.len(), 22);
        let archivio = &tutte[0];
        assert_eq!((&archivio["id"], &archivio["stato"], &archivio["tipo"]), (&json!("check-db"), &json!("ok"), &json!("Sistema")));
        let spenta = tutte.iter().find(|s| s["id"] == "check-promemoria").expect("c'e'");
        assert!(spenta.get("stato").is_none() && spenta["descrizioneStato"].as_str().expect("testo").starts_with("Non abilitato"));
        let ignota = get(banco, "/sonde/boh").await;
        assert_eq!((ignota.stato, ignota.testo.as_str()), (StatusCode::NOT_FOUND, "Sonda non trovata"));
    }
}
