//! Numeri avviso: generated, supplied, from many nodes at once (spec/1 sections 7 and 18).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use chrono::Utc;
use codici::AuxDigit;
use domain::anagrafica::{TipoPendenza, TipoPendenzaDominio};
use gateway::{Gateway, Impostazioni};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::banco::{Banco, DOMINIO, DOMINIO_AUX0, corpo_minimo, dominio, semina_dominio};
use crate::su_entrambi;

fn corpo(dominio: &str) -> Value {
    let mut corpo = corpo_minimo("10.00");
    corpo["idDominio"] = json!(dominio);
    corpo
}

async fn numero(banco: &Banco, id: &str, corpo: Value) -> String {
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    risposta.json()["numeroAvviso"].as_str().expect("testo").to_owned()
}

async fn semina(banco: &Banco, cod: &str, aux: AuxDigit, segregazione: Option<u8>, prefisso: Option<&str>) {
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    semina_dominio(&a, cod, aux, segregazione).await;
    a.commit().await.expect("commit");
    banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
    let mut d = (**banco.gateway.istantanea().attuale().dominio(&dominio(cod)).expect("dominio")).clone();
    d.iuv_prefix = prefisso.map(str::to_owned);
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.dominio(&d).await.expect("dominio");
    a.commit().await.expect("commit");
    banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
}

/// The next number of the counter will be `prossimo`.
async fn conta_da(banco: &Banco, cod: &str, prefisso: &str, prossimo: u64) {
    banco.sql(&format!("INSERT INTO contatore_iuv (dominio, prefisso, prossimo, epoca) VALUES ('{cod}', '{prefisso}', {prossimo}, 0)")).await;
}

/// Another node on the same database.
async fn nodo(banco: &Banco, numero: i32) -> Gateway {
    let ente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("client");
    Gateway::nuovo(banco.store.clone(), numero, Arc::new(Utc::now), Impostazioni::default(), ente).await.expect("gateway")
}

async fn carica_su(gateway: &Gateway, id: &str, cod: &str) -> String {
    let chiamante = gateway.per_principal("DEMO").await.expect("archivio").expect("DEMO");
    let nuova = domain::lettura::pendenza::nuova_pendenza_v2("DEMO", id, corpo(cod).to_string().as_bytes()).expect("corpo valido");
    gateway.carica_pendenza(&chiamante, nuova, gateway::carica_pendenza::Modo::default()).await.expect("caricata").pendenza.numero_avviso.to_string()
}

su_entrambi! {
    async fn i_vettori_del_contratto_escono_dalla_api(banco: &Banco) {
        semina(banco, "00000000001", AuxDigit::Uno, None, None).await;
        semina(banco, "00000000002", AuxDigit::Due, None, None).await;
        semina(banco, "00000000037", AuxDigit::Tre, Some(7), Some("26")).await;
        semina(banco, "00000000047", AuxDigit::Tre, Some(47), None).await;
        for (cod, prefisso, primo, atteso) in [
            (DOMINIO_AUX0, "", 42, "001000000000004282"),
            ("00000000001", "", 42, "100000000000004243"),
            ("00000000002", "", 42, "200000000000004244"),
            ("00000000037", "26", 42, "307260000000004275"),
            ("00000000047", "", 1, "347000000000000124"),
        ] {
            conta_da(banco, cod, prefisso, primo).await;
            let id = format!("P{cod}");
            assert_eq!(numero(banco, &id, corpo(cod)).await, atteso);
            let iuv = if atteso.starts_with('0') { &atteso[3..] } else { &atteso[1..] };
            assert_eq!(banco.pendenza(&id).await["iuvAvviso"], iuv);
        }
    }
}

su_entrambi! {
    async fn il_prefisso_si_riempie_coi_suoi_segnaposti(banco: &Banco) {
        banco.ferma_orologio("2006-06-01T10:00:00Z");
        let mut applicazione = (*banco.gateway.istantanea().attuale().applicazioni["DEMO"]).clone();
        applicazione.codifica_iuv = Some("9".to_owned());
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.applicazione(&applicazione).await.expect("applicazione");
        let tipo = |codifica: &str| TipoPendenza { codifica_iuv: Some(codifica.to_owned()), ..TipoPendenza::nuovo("TARI", "TARI") };
        a.tipo_pendenza(&tipo("77")).await.expect("tipo");
        a.tipo_pendenza(&TipoPendenza { cod: "CDS".to_owned(), ..tipo("88") }).await.expect("tipo");
        a.commit().await.expect("commit");
        for (n, prefisso, atteso) in [(1, "%(a)", "9"), (2, "%(p)", "77"), (3, "%(t)", "77"), (4, "%(Y)", "2006"), (5, "%(y)", "6"), (6, "%(y)%(a)%(t)", "6977"), (7, "0%(y)", "06")] {
            let cod = format!("1000000000{n}");
            semina(banco, &cod, AuxDigit::Tre, Some(1), Some(prefisso)).await;
            let avviso = numero(banco, &format!("P{n}"), corpo(&cod)).await;
            assert!(avviso.starts_with(&format!("301{atteso}0")), "{prefisso}: {avviso}");
            assert_eq!(avviso.len(), 18);
        }
        // What the dominio says of a tipo comes first.
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.tipo_pendenza_dominio(&dominio("10000000002"), "TARI", &TipoPendenzaDominio { codifica_iuv: Some("55".to_owned()), ..TipoPendenzaDominio::default() }).await.expect("tipo");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        assert!(numero(banco, "P8", corpo("10000000002")).await.starts_with("3015500000"));
        let mut cds = corpo("10000000002");
        cds["idTipoPendenza"] = json!("CDS");
        assert!(numero(banco, "P9", cds).await.starts_with("3018800000"));
    }
}

su_entrambi! {
    async fn un_prefisso_che_non_diventa_un_numero_e_rifiutato(banco: &Banco) {
        for (n, prefisso, generato) in [(1, "%(a)", "%(a)"), (2, "%(p)1", "%(p)1"), (3, "A%(y)", "A26"), (4, "%(x)", "%(x)"), (5, "99999999999999999999", "99999999999999999999")] {
            banco.ferma_orologio("2026-06-01T10:00:00Z");
            let cod = format!("1000000000{n}");
            semina(banco, &cod, AuxDigit::Tre, Some(1), Some(prefisso)).await;
            banco.put("P1", corpo(&cod)).await.rifiuta(422, "VER_028", &format!(
                "Il prefisso IUV di tipo numerico generato ({generato}) per la pendenza (IdA2A:DEMO Id:P1) non e' valido rispetto alla configurazione prevista per il dominio ({cod}, prefix:{prefisso})."));
            // A supplied number asks nothing of the prefix.
            let mut fornito = corpo(&cod);
            fornito["numeroAvviso"] = json!("301000000000004242");
            assert_eq!(numero(banco, &format!("F{n}"), fornito).await, "301000000000004242");
        }
    }
}

su_entrambi! {
    async fn una_pendenza_che_ha_gia_il_numero_si_aggiorna_anche_se_non_se_ne_generano_piu(banco: &Banco) {
        let cod = "10000000001";
        semina(banco, cod, AuxDigit::Tre, Some(1), None).await;
        let suo = numero(banco, "P1", corpo(cod)).await;
        semina(banco, cod, AuxDigit::Tre, Some(1), Some("%(a)")).await;
        let ancora = banco.put("P1", corpo(cod)).await;
        assert_eq!((ancora.stato, &ancora.json()["numeroAvviso"]), (StatusCode::OK, &json!(suo)));
        assert_eq!(banco.put("P2", corpo(cod)).await.fault().1, "VER_028");
    }
}

su_entrambi! {
    async fn esauriti_i_numeri_si_dice_e_non_si_inventa(banco: &Banco) {
        semina(banco, "10000000001", AuxDigit::Tre, Some(1), Some("999999999999")).await;
        conta_da(banco, "10000000001", "999999999999", 9).await;
        assert!(numero(banco, "P1", corpo("10000000001")).await.starts_with("3019999999999999"));
        let oltre = banco.put("P2", corpo("10000000001")).await;
        assert_eq!((oltre.stato.as_u16(), oltre.fault().1.as_str()), (500, "INTERNAL"));
        // Without a prefix the thirteen digits are the counter's.
        conta_da(banco, DOMINIO_AUX0, "", 9_999_999_999_999).await;
        assert!(numero(banco, "P3", corpo(DOMINIO_AUX0)).await.starts_with("0019999999999999"));
        assert_eq!(banco.put("P4", corpo(DOMINIO_AUX0)).await.fault().1, "INTERNAL");
        semina(banco, "10000000002", AuxDigit::Due, None, None).await;
        conta_da(banco, "10000000002", "", 9_999_999_999_999).await;
        assert!(numero(banco, "P5", corpo("10000000002")).await.starts_with("2009999999999999"));
        assert!(numero(banco, "P6", corpo("10000000002")).await.starts_with("2010000000000000"));
    }
}

su_entrambi! {
    async fn un_numero_fornito_deve_essere_di_questo_dominio(banco: &Banco) {
        let con = |cod: &str, avviso: &str| { let mut c = corpo(cod); c["numeroAvviso"] = json!(avviso); c };
        let iuv = |avviso: &str| format!("Lo IUV ({avviso}) non e' conforme alle specifiche agid");
        for (cod, avviso, codice, testo) in [
            (DOMINIO_AUX0, "000000000000000000", "VER_026",
                format!("{}, application code (00) non valido per la stazione (11111111113_01)", iuv("000000000000000000"))),
            (DOMINIO, "002000000000000000", "VER_026",
                format!("{}, application code (02) non valido per la stazione (11111111113_01)", iuv("002000000000000000"))),
            (DOMINIO, "302000000000000000", "VER_027",
                format!("{}, segregaton code (02) non valido per il dominio ({DOMINIO})", iuv("302000000000000000"))),
            (DOMINIO, "123456789248953761", "VER_039", format!("Il carattere iniziale del numero avviso (1) indicato per la pendenza (IdA2A:DEMO Id:P1) non coincide con l'aux digit (3) impostato per l'Ente Creditore ({DOMINIO}).")),
            // The application code is good, the aux digit is not.
            (DOMINIO, "001000000000000000", "VER_039", format!("Il carattere iniziale del numero avviso (0) indicato per la pendenza (IdA2A:DEMO Id:P1) non coincide con l'aux digit (3) impostato per l'Ente Creditore ({DOMINIO}).")),
            (DOMINIO_AUX0, "301000000000000000", "VER_027",
                format!("{}, segregaton code (01) non valido per il dominio ({DOMINIO_AUX0})", iuv("301000000000000000"))),
        ] {
            banco.put("P1", con(cod, avviso)).await.rifiuta(422, codice, &testo);
        }
        for (avviso, testo) in [
            ("3010000000000000000", "Il valore [3010000000000000000] del campo numeroAvviso non rispetta la lunghezza massima di 18 caratteri."),
            ("30100000000000000", "Il valore [30100000000000000] del campo numeroAvviso non rispetta il pattern richiesto: (^[0-9]{18}$)"),
            ("30100000000000000X", "Il valore [30100000000000000X] del campo numeroAvviso non rispetta il pattern richiesto: (^[0-9]{18}$)"),
            ("401000000000000000", "Numero Avviso [401000000000000000] fornito non valido: prima cifra non e' [0|1|2|3]"),
        ] {
            banco.put("P1", con(DOMINIO, avviso)).await.rifiuta(400, "SINTASSI", testo);
        }
        // Check digits are nobody's business (spec/1 section 7.2), and the sum of the voci is told before the number.
        assert_eq!(numero(banco, "P1", con(DOMINIO, "301999999999999999")).await, "301999999999999999");
        let mut due = con(DOMINIO, "302000000000000000");
        due["importo"] = json!(11);
        assert_eq!(banco.put("P2", due).await.fault().1, "VER_002");
    }
}

su_entrambi! {
    async fn il_generatore_salta_i_numeri_che_altri_hanno_fornito(banco: &Banco) {
        let cod = "10000000001";
        semina(banco, cod, AuxDigit::Tre, Some(1), None).await;
        let primo: u64 = 1;
        // Numbers 2..=20 are taken: nineteen steps are found, and the twentieth is free.
        conta_da(banco, cod, "", primo).await;
        let generabile = |progressivo: u64| {
            let n = banco.gateway.anagrafica();
            n.numerazione(n.dominio(&dominio(cod)).expect("dominio")).expect("numerazione").genera("", progressivo).expect("numero").to_string()
        };
        for progressivo in 1..=19 {
            let mut fornito = corpo(cod);
            fornito["numeroAvviso"] = json!(generabile(progressivo));
            numero(banco, &format!("F{progressivo}"), fornito).await;
        }
        assert_eq!(numero(banco, "P1", corpo(cod)).await, generabile(20));
        // More than twenty in a row are not searched through for ever: an honest error, and the next request goes on from there.
        for progressivo in 21..=45 {
            let mut fornito = corpo(cod);
            fornito["numeroAvviso"] = json!(generabile(progressivo));
            numero(banco, &format!("F{progressivo}"), fornito).await;
        }
        assert_eq!(banco.put("P2", corpo(cod)).await.fault().1, "INTERNAL");
        assert_eq!(numero(banco, "P2", corpo(cod)).await, generabile(46));
    }
}

su_entrambi! {
    async fn piu_nodi_insieme_non_danno_mai_lo_stesso_numero(banco: &Banco) {
        let nodi = [nodo(banco, 11).await, nodo(banco, 12).await];
        let caricati = futures::future::join_all((0..20).map(|filo| {
            let gateway = nodi[filo % 2].clone();
            tokio::spawn(async move {
                let mut numeri = Vec::new();
                for n in 0..100 { numeri.push(carica_su(&gateway, &format!("F{filo}N{n}"), DOMINIO).await); }
                numeri
            })
        })).await;
        let numeri: Vec<String> = caricati.into_iter().flat_map(|f| f.expect("filo")).collect();
        assert_eq!(numeri.len(), 2_000);
        assert_eq!(numeri.iter().collect::<HashSet<_>>().len(), 2_000);
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 2_000);
        assert_eq!(banco.conta("SELECT count(DISTINCT iuv) FROM pendenza").await, 2_000);
    }
}

su_entrambi! {
    async fn un_nodo_che_muore_lascia_buchi_e_nessun_doppione(banco: &Banco) {
        let mut numeri = BTreeSet::new();
        for vita in 0..3 {
            let gateway = nodo(banco, 20 + vita).await;
            for n in 0..30 { assert!(numeri.insert(carica_su(&gateway, &format!("V{vita}N{n}"), DOMINIO).await)); }
        }
        assert_eq!(numeri.len(), 90);
        // 70 numbers of each block died with their node.
        assert_eq!(banco.conta(&format!("SELECT prossimo FROM contatore_iuv WHERE dominio = '{DOMINIO}'")).await, 301);
        assert!(numeri.iter().any(|n| n.starts_with("3010000000000201")));
    }
}

su_entrambi! {
    async fn un_aggiornamento_non_consuma_numeri(banco: &Banco) {
        let primo = banco.carica("P1", "10.00").await;
        for _ in 0..150 { assert_eq!(banco.put("P1", corpo_minimo("10.00")).await.stato, StatusCode::OK); }
        let secondo = banco.carica("P2", "10.00").await;
        let progressivo = |avviso: &str| avviso[3..16].parse::<u64>().expect("cifre");
        assert_eq!(progressivo(&secondo), progressivo(&primo) + 1);
    }
}
