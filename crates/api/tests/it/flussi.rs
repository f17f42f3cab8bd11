//! Flows of rendicontazione: acquired by both roads, healed by receipts, set aside when they cannot be read, shown by API Backoffice.

use std::io::{Seek as _, SeekFrom, Write as _};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use codici::Importo;
use domain::anagrafica::connettore::{ConnettoreNodo, ConnettoreServizio};
use domain::anagrafica::{ConnettoriIntermediario, Scrittura};
use gateway::flussi::EsitoFlussi;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use simulator::{EsitoRt, FlussoPubblicato, Guasto, GuastoFdr, RigaFlusso, RtDaMandare, Versione};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, Risposta, dominio};
use crate::su_entrambi;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strada {
    Soap,
    Rest,
}

/// The dominio asks for its flows, by this road, and biz-events is there.
async fn prepara(banco: &Banco, strada: Strada) {
    let servizio = |url: String| ConnettoreServizio { url, auth: None, subscription_key: None, abilita_gde: false };
    let connettori = ConnettoriIntermediario {
        nodo: Some(ConnettoreNodo { url_rpt: banco.simulatore.nodo_flussi_url(), auth: None, subscription_key: None }),
        fr: (strada == Strada::Rest).then(|| servizio(banco.simulatore.fdr_url())),
        recupero_rt: Some(servizio(banco.simulatore.biz_events_url())),
        ..ConnettoriIntermediario::default()
    };
    let anagrafica = banco.gateway.anagrafica();
    let mut intermediario = anagrafica.intermediari.get("11111111113").expect("intermediario").as_ref().clone();
    intermediario.connettori = std::sync::Arc::new(connettori);
    let mut ente = anagrafica.dominio(&dominio(DOMINIO)).expect("dominio").as_ref().clone();
    ente.scarica_fr = true;
    banco.censisci(&[Scrittura::Intermediario(intermediario), Scrittura::Dominio(Box::new(ente), None)]).await;
}

async fn acquisisci(banco: &Banco) -> EsitoFlussi {
    banco.gateway.acquisisci_flussi(&|| true).await.expect("giro")
}

fn acquisiti(acquisiti: usize, falliti: usize) -> EsitoFlussi {
    EsitoFlussi { acquisiti, falliti }
}

async fn ufficio(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await
}

async fn dettaglio(banco: &Banco, id: &str) -> Value {
    let risposta = ufficio(banco, &format!("/flussiRendicontazione/{id}")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

async fn unico(banco: &Banco) -> Value {
    let elenco = ufficio(banco, "/flussiRendicontazione").await.json();
    assert_eq!(elenco["numRisultati"], 1, "{elenco:#}");
    dettaglio(banco, elenco["risultati"][0]["idFlusso"].as_str().expect("idFlusso")).await
}

fn codici(v: &Value) -> Vec<&str> {
    v["segnalazioni"].as_array().map(|s| s.iter().filter_map(|a| a["codice"].as_str()).collect()).unwrap_or_default()
}

/// An IUV of ours that nobody knows.
const IGNOTO: &str = "01000000000099999";

fn riga(iuv: &str, iur: &str, esito: u8, cent: i64) -> RigaFlusso {
    let data = NaiveDate::from_ymd_opt(2026, 11, 19).expect("data");
    RigaFlusso { iuv: iuv.to_owned(), iur: iur.to_owned(), indice: 1, importo: Importo::da_cent(cent), esito, data }
}

fn flusso(id: &str, righe: Vec<RigaFlusso>) -> FlussoPubblicato {
    FlussoPubblicato::nuovo(id, DOMINIO, righe)
}

/// A flow that came after its receipt: found, linked, shown, and acquired once.
async fn strada_maestra(banco: &Banco, strada: Strada) {
    prepara(banco, strada).await;
    for (id, importo) in [("A", "10.00"), ("B", "25.50")] {
        let avviso = banco.carica(id, importo).await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
    }
    assert_eq!(acquisisci(banco).await, acquisiti(1, 0));
    assert_eq!(acquisisci(banco).await, acquisiti(0, 0), "una volta sola");

    let f = unico(banco).await;
    assert_eq!((f["stato"].as_str(), f["numeroPagamenti"].as_i64(), f["importoTotale"].to_string()), (Some("Acquisito"), Some(2), "35.5".to_owned()));
    assert_eq!((f["idPsp"].as_str(), f["revisione"].as_i64(), codici(&f)), (Some("SIMPSP"), Some(1), vec![]));
    let righe = f["rendicontazioni"].as_array().expect("righe");
    assert_eq!(righe.len(), 2);
    for r in righe {
        assert_eq!((codici(r), r["riscossione"]["stato"].as_str(), &r["riscossione"]["iur"]), (vec![], Some("RISCOSSA"), &r["iur"]));
    }
    let elenco = ufficio(banco, "/rendicontazioni?ordinamento=iuv").await.json();
    assert_eq!(elenco["numRisultati"], 2);
    assert_eq!(elenco["risultati"][0]["vocePendenza"]["idVocePendenza"], "V1");
    assert_eq!(elenco["risultati"][0]["flussoRendicontazione"]["idFlusso"], f["idFlusso"]);
}

su_entrambi! {
    async fn un_flusso_del_nodo_si_acquisisce_una_volta(banco: &Banco) {
        strada_maestra(banco, Strada::Soap).await;
    }
}

su_entrambi! {
    async fn un_flusso_del_servizio_rest_si_acquisisce_una_volta(banco: &Banco) {
        strada_maestra(banco, Strada::Rest).await;
    }
}

su_entrambi! {
    async fn ogni_anomalia_ha_il_suo_codice(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let avviso = banco.carica("PAGATA", "10.00").await;
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento;
        let (iuv, iur) = (pagato.dati.iuv.as_str(), pagato.token.as_str());
        let da_pagare = banco.carica("DA_PAGARE", "7.00").await;
        let senza_rpt = da_pagare[1..].to_owned();
        let righe = vec![
            riga(iuv, iur, 0, 1001),
            riga(iuv, iur, 0, 1000),
            riga(iuv, "ALTRO", 0, 1000),
            riga(&senza_rpt, "X1", 9, 700),
            riga(IGNOTO, "X2", 9, 700),
            riga("99000000000000001", "X3", 0, 700),
            riga(IGNOTO, "X4", 7, 700),
        ];
        let testata = FlussoPubblicato { numero: Some(8), totale_cent: Some(1), ricevente: Some("00000000000".to_owned()), ..flusso("2026-11-20SIMPSP-1", righe) };
        banco.simulatore.pubblica_flusso(testata);
        acquisisci(banco).await;

        let f = dettaglio(banco, "2026-11-20SIMPSP-1").await;
        assert_eq!((f["stato"].as_str(), codici(&f)), (Some("Anomalo"), vec!["007116", "007106", "007107"]));
        let di_riga: Vec<Vec<&str>> = f["rendicontazioni"].as_array().expect("righe").iter().map(codici).collect();
        assert_eq!(di_riga, [vec!["007104"], vec!["007115"], vec!["007101"], vec![], vec!["007111"], vec![], vec!["007110", "007101"]]);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione WHERE stato = 'ALTRO_INTERMEDIARIO'").await, 1);
    }
}

su_entrambi! {
    async fn una_ricevuta_che_arriva_dopo_sana_la_riga(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let avviso = banco.carica("A", "10.00").await;
        banco.simulatore.accendi(Guasto::Muto.per(1));
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento;
        acquisisci(banco).await;
        let prima = unico(banco).await;
        assert_eq!(codici(&prima["rendicontazioni"][0]), ["007101"]);
        assert!(prima["rendicontazioni"][0]["riscossione"].is_null());

        banco.simulatore.spedisci_ricevuta(&pagato.token).await.expect("consegnata");

        let dopo = unico(banco).await;
        assert_eq!((codici(&dopo["rendicontazioni"][0]), dopo["rendicontazioni"][0]["riscossione"]["iur"].as_str()), (vec![], Some(pagato.token.as_str())));
    }
}

su_entrambi! {
    async fn una_rt_del_modello_vecchio_sana_la_riga_del_suo_iur(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let rpt = crate::vecchio_stazione::attivata(banco, "P1").await;
        let righe = vec![riga(&rpt.iuv, "IURP11", 0, 1000), riga(&rpt.iuv, "ALTRO", 0, 1000)];
        banco.simulatore.pubblica_flusso(flusso("2026-11-20SIMPSP-1", righe));
        acquisisci(banco).await;
        let di_riga = |f: &Value| -> Vec<Vec<String>> {
            let righe = f["rendicontazioni"].as_array().expect("righe");
            righe.iter().map(|r| codici(r).iter().map(ToString::to_string).collect()).collect()
        };
        assert_eq!(di_riga(&unico(banco).await), [["007101"], ["007101"]]);

        assert!(banco.simulatore.manda_rt(&rpt, &RtDaMandare::nuova(EsitoRt::Eseguito)).await.ok());

        let dopo = unico(banco).await;
        assert_eq!(di_riga(&dopo), [vec![], vec!["007101".to_owned()]]);
        assert_eq!(dopo["rendicontazioni"][0]["riscossione"]["iur"], "IURP11");
    }
}

su_entrambi! {
    async fn flusso_e_ricevuta_insieme_si_trovano_sempre(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        for n in 0..6 {
            let avviso = banco.carica(&format!("P{n}"), "10.00").await;
            banco.simulatore.accendi(Guasto::Muto.per(1));
            let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento;
            let (giro, consegna) = tokio::join!(banco.gateway.acquisisci_flussi(&|| true), banco.simulatore.spedisci_ricevuta(&pagato.token));
            assert_eq!(giro.expect("giro"), acquisiti(1, 0));
            consegna.expect("consegnata");
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 6);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione WHERE riscossione IS NOT NULL AND stato = 'OK'").await, 6);
    }
}

async fn versioni(banco: &Banco) -> Vec<(i64, bool)> {
    let tutte = ufficio(banco, "/flussiRendicontazione?ordinamento=data").await.json();
    let correnti = ufficio(banco, "/flussiRendicontazione?escludiObsoleti=true").await.json();
    let corrente = correnti["risultati"][0]["revisione"].as_i64();
    assert_eq!(correnti["numRisultati"], 1);
    let righe = tutte["risultati"].as_array().expect("righe").iter();
    righe.map(|f| (f["revisione"].as_i64().expect("revisione"), Some(f["revisione"].as_i64().expect("revisione")) == corrente)).collect()
}

su_entrambi! {
    async fn una_versione_piu_nuova_rende_obsoleta_la_vecchia_e_non_il_contrario(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let ora: DateTime<Utc> = Utc::now();
        for giorni in [0, 1, -1] {
            let f = FlussoPubblicato { data: ora + Duration::days(giorni), revisione: u64::try_from(giorni + 2).expect("positivo"), ..flusso("2026-11-20SIMPSP-1", vec![riga(IGNOTO, "X", 0, 100)]) };
            banco.simulatore.pubblica_flusso(f);
            // The node gives the newest version alone: an older one comes late, when it is asked for by its date.
            assert_eq!(acquisisci(banco).await.falliti, 0);
        }
        // In order of date: the one that came last is the oldest, and is not the one that counts.
        assert_eq!(versioni(banco).await, [(3, false), (1, false), (2, true)]);
    }
}

su_entrambi! {
    async fn su_rest_vale_la_revisione_piu_alta(banco: &Banco) {
        prepara(banco, Strada::Rest).await;
        for revisione in [1, 2] {
            let f = FlussoPubblicato { revisione, ..flusso("2026-11-20SIMPSP-1", vec![riga(IGNOTO, "X", 0, 100)]) };
            banco.simulatore.pubblica_flusso(f);
            assert_eq!(acquisisci(banco).await, acquisiti(1, 0));
        }
        let mut viste = versioni(banco).await;
        viste.sort_unstable();
        assert_eq!(viste, [(1, false), (2, true)]);
    }
}

su_entrambi! {
    async fn un_flusso_guasto_e_messo_da_parte_e_gli_altri_vanno_avanti(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let documento = Some("<html>Servizio non disponibile</html>".to_owned());
        banco.simulatore.pubblica_flusso(FlussoPubblicato { documento, ..flusso("2026-11-20SIMPSP-0", vec![]) });
        for n in 1..=2 {
            banco.simulatore.pubblica_flusso(flusso(&format!("2026-11-20SIMPSP-{n}"), vec![riga(IGNOTO, &format!("X{n}"), 0, 100)]));
        }
        let esito = acquisisci(banco).await;
        assert_eq!((esito, esito.testo()), (acquisiti(2, 1), "Operazione completata: 2 flussi acquisiti e 1non acquisiti per errori".to_owned()));
        let da_parte = banco.gateway.flussi_da_parte(None).await.expect("elenco");
        assert_eq!((da_parte[0].id_flusso.as_str(), da_parte[0].tentativi), ("2026-11-20SIMPSP-0", 1));
        assert_eq!(da_parte[0].motivo, "elemento inatteso `html`: era atteso `FlussoRiversamento`");
        assert_eq!(acquisisci(banco).await, acquisiti(0, 0), "non si ritenta subito");

        banco.simulatore.pubblica_flusso(FlussoPubblicato { data: Utc::now() + Duration::seconds(5), ..flusso("2026-11-20SIMPSP-0", vec![riga(IGNOTO, "X0", 0, 100)]) });
        assert_eq!(acquisisci(banco).await, acquisiti(1, 0), "corretto");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM flusso").await, 3);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 3);
    }
}

su_entrambi! {
    async fn quando_il_servizio_sta_male_non_si_perde_niente(banco: &Banco) {
        prepara(banco, Strada::Rest).await;
        banco.simulatore.pubblica_flusso(flusso("2026-11-20SIMPSP-1", (0..3).map(|n| riga(IGNOTO, &format!("X{n}"), 0, 100)).collect()));
        for guasto in [GuastoFdr::PaginaCheCambia, GuastoFdr::Troncata, GuastoFdr::Html, GuastoFdr::Errore500] {
            banco.simulatore.guasta_fdr(Some(guasto));
            assert_eq!(acquisisci(banco).await, acquisiti(0, 1), "{guasto:?}");
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 0);
        assert_eq!(ufficio(banco, "/flussiRendicontazione").await.json()["numRisultati"], 0);

        banco.simulatore.guasta_fdr(None);
        let altro = banco.altro_nodo(8).await;
        assert_eq!(altro.acquisisci_flussi(&|| true).await.expect("giro"), acquisiti(1, 0));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM flusso_da_parte").await, 0);
    }
}

su_entrambi! {
    async fn cio_che_un_nodo_morto_lascia_a_meta_si_rifa_da_capo(banco: &Banco) {
        prepara(banco, Strada::Rest).await;
        banco.simulatore.pubblica_flusso(flusso("2026-11-20SIMPSP-1", (0..600).map(|n| riga(IGNOTO, &format!("X{n}"), 0, 100)).collect()));
        acquisisci(banco).await;
        // As a node leaves it that dies before the last block: invisible, with a part of its rows, and a lease that ends.
        banco.sql("UPDATE flusso SET stato = 'IN_ACQUISIZIONE', revisione = NULL, prenotato_fino = data_acquisizione; DELETE FROM rendicontazione WHERE riga > 500").await;
        assert_eq!(ufficio(banco, "/flussiRendicontazione").await.json()["numRisultati"], 0);
        assert_eq!(ufficio(banco, "/rendicontazioni").await.json()["numRisultati"], 0);

        assert_eq!(acquisisci(banco).await, acquisiti(1, 0));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 600);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM flusso").await, 1);
    }
}

su_entrambi! {
    async fn due_nodi_insieme_acquisiscono_una_volta(banco: &Banco) {
        prepara(banco, Strada::Rest).await;
        for n in 0..4 {
            banco.simulatore.pubblica_flusso(flusso(&format!("2026-11-20SIMPSP-{n}"), vec![riga(IGNOTO, &format!("X{n}"), 0, 100)]));
        }
        let altro = banco.altro_nodo(8).await;
        let (uno, due) = tokio::join!(banco.gateway.acquisisci_flussi(&|| true), altro.acquisisci_flussi(&|| true));
        let (uno, due) = (uno.expect("giro"), due.expect("giro"));
        assert_eq!((uno.acquisiti + due.acquisiti, uno.falliti + due.falliti), (4, 0));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 4);
    }
}

async fn porta(banco: &Banco, utente: &str, documento: &str) -> Risposta {
    let url = format!("{}{BACKOFFICE}/flussiRendicontazione", banco.base);
    let r = banco.http.post(url).basic_auth(utente, Some(crate::banco::PASSWORD)).header("content-type", "text/xml").body(documento.to_owned());
    Risposta::leggi(r.send().await.expect("risposta")).await
}

su_entrambi! {
    async fn un_flusso_si_porta_anche_a_mano(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let documento = flusso("2026-11-20SIMPSP-1", vec![riga(IGNOTO, "X", 0, 100)]).xml();
        let portato = porta(banco, "gpadmin", &documento).await;
        assert_eq!((portato.stato, &portato.json()["idFlusso"]), (StatusCode::CREATED, &serde_json::json!("2026-11-20SIMPSP-1")), "{}", portato.testo);
        assert_eq!(porta(banco, "gpadmin", &documento).await.stato, StatusCode::OK, "una volta sola");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 1);
        assert!(banco.store.lavoro("recupero-rt").await.expect("letto").expect("chiesto").richiesto);
        let illeggibile = porta(banco, "gpadmin", "<html/>").await;
        illeggibile.rifiuta(422, "SEMANTICA", "Flusso di rendicontazione non acquisito: elemento inatteso `html`: era atteso `FlussoRiversamento`");
        crate::ufficio_pendenze::operatore(banco, "altrove", Some(&[(DOMINIO_2, &[])]), None).await;
        assert_eq!(porta(banco, "altrove", &documento).await.stato, StatusCode::FORBIDDEN);
        assert_eq!(porta(banco, "SENZA_DIRITTI", &documento).await.stato, StatusCode::FORBIDDEN);
    }
}

su_entrambi! {
    async fn i_flussi_da_parte_si_vedono_e_si_ritentano(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let documento = Some("<html>Servizio non disponibile</html>".to_owned());
        let buono = flusso("2026-11-20SIMPSP-0", vec![riga(IGNOTO, "X", 0, 100)]);
        banco.simulatore.pubblica_flusso(FlussoPubblicato { documento, ..buono.clone() });
        acquisisci(banco).await;
        let elenco = ufficio(banco, "/flussiDaParte").await.json();
        let voce = &elenco["risultati"][0];
        assert_eq!((&elenco["numRisultati"], &voce["idFlusso"], &voce["numeroTentativi"]), (&serde_json::json!(1), &serde_json::json!("2026-11-20SIMPSP-0"), &serde_json::json!(1)));
        assert_eq!(voce["motivo"], "elemento inatteso `html`: era atteso `FlussoRiversamento`");
        assert_eq!(ufficio(banco, "/flussiDaParte?idFlusso=altro").await.json()["numRisultati"], 0);
        crate::ufficio_pendenze::operatore(banco, "altrove", Some(&[(DOMINIO_2, &[])]), None).await;
        let riprova = async |utente: &str| banco.chiama_come(utente, Method::POST, &format!("{BACKOFFICE}/flussiDaParte/riprova"), None).await.json()["flussi"].clone();
        assert_eq!(riprova("altrove").await, 0);
        banco.simulatore.pubblica_flusso(buono);
        assert_eq!(acquisisci(banco).await.acquisiti, 0, "non e' ancora ora");
        assert_eq!(riprova("gpadmin").await, 1);
        assert!(banco.store.lavoro("update-rnd").await.expect("letto").expect("chiesto").richiesto);
        acquisisci(banco).await;
        assert_eq!(banco.conta("SELECT COUNT(*) FROM flusso WHERE id_flusso = '2026-11-20SIMPSP-0'").await, 1);
    }
}

su_entrambi! {
    async fn con_la_verifica_mandatoria_un_ente_che_tace_rimanda_il_flusso(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let regola = domain::anagrafica::Applicazione { reg_exp_iuv: Some(domain::anagrafica::EspressioneIuv::nuova(".*").expect("espressione")), ..banco.gateway.anagrafica().applicazioni["DEMO"].as_ref().clone() };
        banco.censisci(&[Scrittura::Applicazione(regola)]).await;
        banco.simulatore.accendi_ente(simulator::GuastoEnte::ConnessioneChiusa);
        banco.simulatore.pubblica_flusso(flusso("2026-11-20SIMPSP-1", vec![riga(IGNOTO, "X", 0, 100)]));
        let flussi = gateway::flussi::ImpostazioniFlussi { verifica_mandatoria: true };
        let mandatoria = banco.nodo_con(gateway::Impostazioni { flussi, ..gateway::Impostazioni::default() }).await;
        assert_eq!(mandatoria.acquisisci_flussi(&|| true).await.expect("giro"), acquisiti(0, 1));
        let da_parte = banco.gateway.flussi_da_parte(None).await.expect("elenco");
        assert_eq!(da_parte[0].motivo, "l'applicazione che risponde delle pendenze non risponde");
        assert_eq!(banco.conta("SELECT COUNT(*) FROM rendicontazione").await, 0);
        banco.simulatore.spegni_ente();
        assert_eq!(mandatoria.acquisisci_flussi(&|| true).await.expect("giro"), acquisiti(1, 0));
    }
}

su_entrambi! {
    async fn una_ricevuta_mancante_si_recupera_da_biz_events(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let avviso = banco.carica("A", "10.00").await;
        banco.simulatore.accendi(Guasto::Muto.per(1));
        let pagato = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento;
        acquisisci(banco).await;
        assert_eq!(banco.pendenza("A").await["stato"], "NON_ESEGUITA");
        banco.simulatore.guasta_biz_events(Some(422));
        banco.sql("UPDATE rendicontazione SET recupero_rt_da = NULL").await;
        assert_eq!(banco.gateway.recupera_ricevute(&|| true).await.expect("giro").recuperate, 0);
        banco.sql("UPDATE rendicontazione SET recupero_rt_da = NULL").await;
        banco.simulatore.guasta_biz_events(None);

        assert_eq!(banco.gateway.recupera_ricevute(&|| true).await.expect("giro").recuperate, 1);

        assert_eq!(banco.pendenza("A").await["stato"], "ESEGUITA");
        assert_eq!(codici(&unico(banco).await["rendicontazioni"][0]), Vec::<&str>::new());
        assert_eq!(banco.gateway.recupera_ricevute(&|| true).await.expect("giro"), gateway::flussi::EsitoRecupero::default());
        banco.gateway.giornale().scarica().await;
        let evento = format!("SELECT COUNT(*) FROM evento WHERE tipo = 'getOrganizationReceiptIuvIur' AND esito = 'OK' AND ccp = '{}' AND id_pendenza IS NULL AND dati_pago_pa IS NULL", pagato.token);
        assert_eq!(banco.conta(&evento).await, 1);
    }
}

su_entrambi! {
    async fn il_dettaglio_si_legge_in_tre_forme(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let f = flusso("2026-11-20SIMPSP-1", (0..1_200).map(|n| riga(IGNOTO, &format!("X{n}"), 0, 100)).collect());
        banco.simulatore.pubblica_flusso(f.clone());
        assert_eq!(acquisisci(banco).await, acquisiti(1, 0));
        let chiedi = async |percorso: &str, accept: &str| {
            let richiesta = banco.http.get(format!("{}{BACKOFFICE}/flussiRendicontazione/{percorso}", banco.base)).basic_auth("gpadmin", Some(crate::banco::PASSWORD));
            Risposta::leggi(richiesta.header("accept", accept).send().await.expect("risposta")).await
        };
        assert_eq!(chiedi(&f.id, "application/xml").await.testo, f.xml(), "il documento com'e' venuto");
        let csv = chiedi(&f.id, "text/csv").await.testo;
        assert_eq!((csv.lines().count(), csv.lines().nth(1).expect("riga").split(',').count()), (1_201, 18));
        assert_eq!(dettaglio(banco, &f.id).await["rendicontazioni"].as_array().map(Vec::len), Some(1_200));
        let data = f.data.with_timezone(&chrono_tz_roma()).format("%Y-%m-%dT%H:%M").to_string();
        assert_eq!(chiedi(&format!("{}/{data}", f.id), "application/json").await.stato, StatusCode::OK);
        assert_eq!(chiedi(&format!("{DOMINIO}/{}/{data}", f.id), "application/json").await.stato, StatusCode::OK);
        assert_eq!(chiedi(&format!("{DOMINIO_2}/{}/{data}", f.id), "application/json").await.stato, StatusCode::NOT_FOUND);
        assert_eq!(chiedi("ALTRO", "application/json").await.stato, StatusCode::NOT_FOUND);
    }
}

fn chrono_tz_roma() -> chrono::FixedOffset {
    // November.
    chrono::FixedOffset::east_opt(3600).expect("fuso")
}

su_entrambi! {
    async fn un_file_si_acquisisce_e_uno_guasto_si_rifiuta(banco: &Banco) {
        prepara(banco, Strada::Soap).await;
        let file = |testo: &str| {
            let mut file = tempfile::tempfile().expect("file");
            file.write_all(testo.as_bytes()).expect("scritto");
            file.seek(SeekFrom::Start(0)).expect("inizio");
            file
        };
        let f = flusso("2026-11-20SIMPSP-1", vec![riga(IGNOTO, "X", 0, 100)]);
        assert_eq!(banco.gateway.acquisisci_file_flusso(file(&f.xml())).await.expect("acquisito"), acquisiti(1, 0));
        assert_eq!(banco.gateway.acquisisci_file_flusso(file(&f.xml())).await.expect("gia' acquisito"), acquisiti(0, 0));
        for guasto in ["", "<html/>", &f.xml().replace(DOMINIO, "99999999999")] {
            assert!(banco.gateway.acquisisci_file_flusso(file(guasto)).await.is_err());
        }
    }
}
