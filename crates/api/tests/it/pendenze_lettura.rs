//! GET of positions: detail and lists (spec/1 sections 3.1, 9.1, 9.2 and 21).

use codici::Importo;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, PENDENZE, chiavi, corpo_minimo, numero};
use crate::su_entrambi;

const BASE: [&str; 15] = [
    "UUID",
    "causale",
    "dataCaricamento",
    "dominio",
    "idA2A",
    "idPendenza",
    "idTipoPendenza",
    "importo",
    "iuvAvviso",
    "numeroAvviso",
    "rpp",
    "soggettoPagatore",
    "stato",
    "tipo",
    "voci",
];

fn senza(nomi: &[&str], tolti: &[&str]) -> Vec<String> {
    nomi.iter().filter(|n| !tolti.contains(n)).map(|n| (*n).to_owned()).collect()
}

fn con(nomi: &[&str], aggiunti: &[&str]) -> Vec<String> {
    let mut tutti: Vec<String> = nomi.iter().chain(aggiunti).map(|n| (*n).to_owned()).collect();
    tutti.sort();
    tutti
}

async fn crea(banco: &Banco, id: &str, modifiche: Value) {
    let mut corpo = corpo_minimo("10.00");
    for (nome, valore) in modifiche.as_object().expect("oggetto") {
        corpo[nome] = valore.clone();
    }
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
}

async fn elenco(banco: &Banco, query: &str) -> Value {
    let risposta = banco.get(&format!("/pendenze?{query}")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{query}: {}", risposta.testo);
    risposta.json()
}

/// The idPendenza of the items, in their order.
async fn trovate(banco: &Banco, query: &str) -> Vec<String> {
    let elenco = elenco(banco, query).await;
    elenco["risultati"].as_array().expect("lista").iter().map(|p| p["idPendenza"].as_str().expect("id").to_owned()).collect()
}

async fn annulla(banco: &Banco, id: &str) {
    let corpo = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
    assert_eq!(banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(corpo)).await.stato, StatusCode::OK);
}

su_entrambi! {
    async fn il_dettaglio_ha_i_suoi_membri_e_nessun_altro(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let scarna = banco.pendenza("P1").await;
        assert_eq!(chiavi(&scarna), BASE);
        assert_eq!(chiavi(&scarna["voci"][0]), ["codEntrata", "descrizione", "idVocePendenza", "importo", "indice", "stato"]);
        assert_eq!((&scarna["voci"][0]["indice"], &scarna["voci"][0]["stato"]), (&json!(1), &json!("Non eseguito")));
        assert_eq!((&scarna["stato"], &scarna["tipo"], &scarna["rpp"]), (&json!("NON_ESEGUITA"), &json!("dovuto"), &json!([])));
        assert_eq!(scarna["iuvAvviso"], avviso[1..]);
        assert_eq!(scarna["dominio"], json!({ "idDominio": DOMINIO, "ragioneSociale": format!("Comune di Prova {DOMINIO}") }));
        assert_eq!(chiavi(&scarna["soggettoPagatore"]), ["anagrafica", "identificativo", "tipo"]);
        assert_eq!(scarna["importo"].to_string(), "10.0");

        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        let pagata = banco.pendenza("P1").await;
        assert_eq!(chiavi(&pagata), con(&BASE, &["dataPagamento", "iuvPagamento"]));
        assert_eq!((&pagata["stato"], &pagata["iuvPagamento"]), (&json!("ESEGUITA"), &pagata["iuvAvviso"]));
        assert_eq!(chiavi(&pagata["rpp"][0]), ["pendenza", "rpt", "rt", "stato"]);
        assert_eq!(chiavi(&pagata["rpp"][0]["pendenza"]), con(&senza(&BASE, &["voci"]).iter().map(String::as_str).collect::<Vec<_>>(), &["dataPagamento", "iuvPagamento"]));
        // Null members live inside the messages of pagoPA, and only there.
        assert!(pagata["rpp"][0]["rt"].as_object().expect("rt").values().any(Value::is_null));
        assert_eq!(pagata["rpp"][0]["rt"]["paymentAmount"], "10.00");
    }
}

su_entrambi! {
    async fn i_membri_facoltativi_compaiono_solo_se_valorizzati(banco: &Banco) {
        crea(banco, "P1", json!({
            "idUnitaOperativa": "UFF", "dataValidita": "2096-01-01", "dataScadenza": "2096-02-01", "annoRiferimento": 2026, "cartellaPagamento": "C",
            "datiAllegati": {}, "tassonomia": "T", "tassonomiaAvviso": "Imposte e tasse", "direzione": "D", "divisione": "V",
            "documento": { "identificativo": "D", "descrizione": "D" }, "proprieta": { "linguaSecondaria": "de" },
            "allegati": [{ "nome": "a", "tipo": "text/plain", "descrizione": "A", "contenuto": "YQ==" }, { "nome": "b", "contenuto": "Yg==" }],
            "voci": [{ "idVocePendenza": "V1", "importo": numero("10.00"), "descrizione": "Voce", "descrizioneCausaleRPT": "Causale", "datiAllegati": [1],
                "contabilita": { "proprietaCustom": { "a": 1 } }, "metadata": { "mapEntries": [{ "key": "k", "value": "v" }] }, "idDominio": DOMINIO_2,
                "ibanAccredito": crate::banco::IBAN, "ibanAppoggio": crate::banco::IBAN_POSTALE, "tipoContabilita": "SIOPE", "codiceContabilita": "3321" }] })).await;
        let vista = banco.pendenza("P1").await;
        assert_eq!(chiavi(&vista), con(&BASE, &["allegati", "annoRiferimento", "cartellaPagamento", "dataScadenza", "dataValidita", "datiAllegati", "direzione",
            "divisione", "documento", "proprieta", "tassonomia", "tassonomiaAvviso", "unitaOperativa"]));
        assert_eq!(chiavi(&vista["voci"][0]), ["codiceContabilita", "contabilita", "datiAllegati", "descrizione", "descrizioneCausaleRPT", "dominio",
            "ibanAccredito", "idVocePendenza", "importo", "indice", "metadata", "stato", "tipoContabilita"]);
        assert_eq!(chiavi(&vista["allegati"][0]), ["contenuto", "descrizione", "nome", "tipo"]);
        assert_eq!(chiavi(&vista["allegati"][1]), ["contenuto", "nome"]);
        let percorso = vista["allegati"][0]["contenuto"].as_str().expect("percorso");
        assert!(percorso.strip_prefix("/allegati/").is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit())), "{percorso}");
        let indice = elenco(banco, "").await["risultati"][0].clone();
        assert_eq!(chiavi(&indice), chiavi(&vista).into_iter().filter(|k| k != "voci" && k != "allegati").collect::<Vec<_>>());
        assert_eq!(indice["rpp"], "/rpp?idA2A=DEMO&idPendenza=P1");
    }
}

su_entrambi! {
    async fn una_pendenza_si_legge_solo_da_chi_l_ha_caricata(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let testo = |chi: &str| format!("Applicazione [{chi}] non autorizzata ad accedere alla risorsa richiesta.");
        for utente in ["DEMO_V1", "LIMITATA"] {
            // There or not, the answer is the same.
            for id in ["P1", "NESSUNA"] {
                banco.chiama_come(utente, Method::GET, &format!("{PENDENZE}/pendenze/DEMO/{id}"), None).await.rifiuta(403, "403000", &testo(utente));
            }
            let elenco = banco.chiama_come(utente, Method::GET, &format!("{PENDENZE}/pendenze?idA2A=DEMO"), None).await;
            assert_eq!(elenco.json()["numRisultati"], 0);
        }
        banco.get("/pendenze/DEMO/NESSUNA").await.rifiuta(404, "404000", "Nessuna pendenza trovata con idA2A [DEMO] e idPendenza [NESSUNA].");
        assert_eq!(banco.get("/pendenze/ALTRA/P.1").await.fault().0, 400);
        assert_eq!(banco.get("/pendenze/DE%20MO/P1").await.fault().1, "SINTASSI");
    }
}

su_entrambi! {
    async fn chi_ha_solo_certi_tipi_vede_solo_quelli(banco: &Banco) {
        let put = async |id: &str, tipo: &str| {
            let mut corpo = corpo_minimo("1.00");
            corpo["idTipoPendenza"] = json!(tipo);
            banco.chiama_come("LIMITATA", Method::PUT, &format!("{PENDENZE}/pendenze/LIMITATA/{id}"), Some(corpo)).await
        };
        assert_eq!(put("P1", "TARI").await.stato, StatusCode::CREATED);
        assert_eq!(put("P2", "TARI").await.stato, StatusCode::CREATED);
        banco.sql("UPDATE pendenza SET tipo_pendenza = 'CDS' WHERE id_pendenza = 'P2'").await;
        let come_limitata = async || banco.chiama_come("LIMITATA", Method::GET, &format!("{PENDENZE}/pendenze"), None).await;
        let elenco = come_limitata().await.json();
        assert_eq!((elenco["numRisultati"].clone(), elenco["risultati"][0]["idPendenza"].clone()), (json!(1), json!("P1")));
        // The owner reads by key whatever the tipo (spec/1 section 9.2).
        assert_eq!(banco.chiama_come("LIMITATA", Method::GET, &format!("{PENDENZE}/pendenze/LIMITATA/P2"), None).await.stato, StatusCode::OK);

        let mut utenza = (*banco.gateway.istantanea().attuale().utenze["LIMITATA"]).clone();
        utenza.tipi_pendenza = Some(Default::default());
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.utenza(&utenza).await.expect("utenza");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        come_limitata().await.rifiuta(403, "403000", "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per nessun Tipo Pendenza.");
        // Syntax comes first.
        assert_eq!(banco.chiama_come("LIMITATA", Method::GET, &format!("{PENDENZE}/pendenze?stato=X"), None).await.fault().0, 400);
    }
}

/// A position for every stored state, made by hand where no operation of ours makes it.
async fn semina_stati(banco: &Banco) {
    banco.ferma_orologio("2026-06-15T10:00:00Z");
    for (id, scadenza) in [("APERTA", None), ("OGGI", Some("2026-06-15")), ("SCADE_DOPO", Some("2026-12-31")), ("SCADUTA", Some("2026-06-14"))] {
        crea(banco, id, scadenza.map_or(json!({}), |s| json!({ "dataScadenza": s }))).await;
    }
    crea(banco, "ANNULLATA", json!({})).await;
    annulla(banco, "ANNULLATA").await;
    for (id, stato, pagamento, altro) in [
        ("PAGATA", "ESEGUITO", "PAGATO", ""),
        ("INCASSATA", "ESEGUITO", "INCASSATO", ""),
        ("SENZA_RPT", "ESEGUITO_SENZA_RPT", "PAGATO", ""),
        ("SENZA_RPT_INC", "ESEGUITO_SENZA_RPT", "INCASSATO", ""),
        ("ALTRO_CANALE", "ESEGUITO_ALTRO_CANALE", "NON_PAGATO", ""),
        ("PARZIALE", "PARZIALMENTE_ESEGUITO", "PAGATO", ""),
        ("ANOMALA", "ANOMALO", "PAGATO", ""),
        ("DOPPIA", "ESEGUITO", "PAGATO", ", anomalo = TRUE"),
        ("SPONTANEA", "NON_ESEGUITO", "NON_PAGATO", ", tipo = 'SPONTANEO'"),
        ("SPONTANEA_PAG", "ESEGUITO", "PAGATO", ", tipo = 'SPONTANEO'"),
    ] {
        crea(banco, id, json!({})).await;
        banco.sql(&format!("UPDATE pendenza SET stato = '{stato}', stato_pagamento = '{pagamento}'{altro} WHERE id_pendenza = '{id}'")).await;
    }
}

/// The ledger knows nothing of states written by hand.
async fn dimentica_registro(banco: &Banco) {
    banco.sql("DELETE FROM registro; UPDATE pendenza SET stato = 'NON_ESEGUITO', stato_pagamento = 'NON_PAGATO'; DELETE FROM voce; DELETE FROM pendenza").await;
}

su_entrambi! {
    async fn i_filtri_guardano_cio_che_e_scritto_e_non_cio_che_si_mostra(banco: &Banco) {
        semina_stati(banco).await;
        let mostrato: Vec<(String, String)> = elenco(banco, "mostraSpontaneiNonPagati=true&risultatiPerPagina=100").await["risultati"].as_array().expect("lista").iter()
            .map(|p| (p["idPendenza"].as_str().expect("id").to_owned(), p["stato"].as_str().expect("stato").to_owned())).collect();
        let stato = |id: &str| mostrato.iter().find(|(i, _)| i == id).map_or("assente", |(_, s)| s.as_str()).to_owned();
        for (id, atteso) in [("APERTA", "NON_ESEGUITA"), ("OGGI", "NON_ESEGUITA"), ("SCADE_DOPO", "NON_ESEGUITA"), ("SCADUTA", "SCADUTA"), ("ANNULLATA", "ANNULLATA"),
            ("PAGATA", "ESEGUITA"), ("INCASSATA", "INCASSATA"), ("SENZA_RPT", "ESEGUITA"), ("SENZA_RPT_INC", "INCASSATA"), ("ALTRO_CANALE", "ESEGUITA"),
            ("PARZIALE", "ESEGUITA_PARZIALE"), ("ANOMALA", "ANOMALA"), ("DOPPIA", "ANOMALA"), ("SPONTANEA", "NON_ESEGUITA"), ("SPONTANEA_PAG", "ESEGUITA")] {
            assert_eq!(stato(id), atteso, "{id}");
        }
        for (filtro, attese) in [
            ("NON_ESEGUITA", vec!["APERTA", "OGGI", "SCADE_DOPO"]), ("SCADUTA", vec!["SCADUTA"]), ("ANNULLATA", vec!["ANNULLATA"]),
            // Paid rows that are not reconciled, the one shown as ANOMALA among them; neither without RPT nor through another channel.
            ("ESEGUITA", vec!["DOPPIA", "PAGATA", "SPONTANEA_PAG"]), ("INCASSATA", vec!["INCASSATA", "SENZA_RPT_INC"]),
            ("ESEGUITA_PARZIALE", vec!["PARZIALE"]), ("ANOMALA", vec!["ANOMALA"]),
        ] {
            let mut id = trovate(banco, &format!("stato={filtro}")).await;
            id.sort();
            assert_eq!(id, attese, "{filtro}");
        }
        assert_eq!(trovate(banco, "stato=NON_ESEGUITA&mostraSpontaneiNonPagati=true").await.len(), 4);
        let senza_spontanee = trovate(banco, "risultatiPerPagina=100").await;
        assert!(!senza_spontanee.contains(&"SPONTANEA".to_owned()) && senza_spontanee.contains(&"SPONTANEA_PAG".to_owned()));
        assert_eq!(banco.pendenza("SPONTANEA").await["tipo"], "spontaneo");
        dimentica_registro(banco).await;
    }
}

su_entrambi! {
    async fn ogni_filtro_restringe(banco: &Banco) {
        for (n, giorno) in [(1, "2026-03-01T22:59:59.999Z"), (2, "2026-03-01T23:00:00Z"), (3, "2026-03-02T22:59:59.999Z"), (4, "2026-03-02T23:00:00Z")] {
            banco.ferma_orologio(giorno);
            crea(banco, &format!("G{n}"), json!({})).await;
        }
        banco.ferma_orologio("2026-03-10T12:00:00Z");
        crea(banco, "ALTRA", json!({ "idDominio": DOMINIO_2, "direzione": "DIR", "divisione": "DIV",
            "soggettoPagatore": { "tipo": "G", "identificativo": "abcDEF", "anagrafica": "Ditta" } })).await;
        let casi: [(&str, &[&str]); 17] = [
            // A day is the Italian one, from its first instant to its last.
            ("dataDa=2026-03-02&dataA=2026-03-02", &["G3", "G2"]),
            ("dataA=2026-03-01", &["G1"]),
            ("dataDa=2026-03-03T00:00&dataA=2026-03-04", &["G4"]),
            ("dataDa=2026-03-02T24:00&dataA=2026-03-04", &["G4"]),
            ("dataDa=2026-03-01T25:00&dataA=2026-03-02T24:00:00.000", &["G4", "G3"]),
            ("dataDa=2026-03-01T23:00:00.000Z&dataA=020320262359", &["G2"]),
            ("dataDa=2027", &[]),
            (&format!("idDominio={DOMINIO_2}"), &["ALTRA"]),
            ("idDebitore=ABCdef", &["ALTRA"]),
            ("idDebitore=abcde", &[]),
            ("direzione=DIR", &["ALTRA"]),
            ("divisione=DIV&direzione=DIR", &["ALTRA"]),
            ("divisione=div", &[]),
            ("idPagamento=nessuno", &[]),
            // Not read: idPendenza; forced: idA2A; unknown: ignored.
            ("idPendenza=G1&direzione=DIR", &["ALTRA"]),
            ("idA2A=ALTRA&direzione=DIR", &["ALTRA"]),
            ("ignoto=1&direzione=DIR", &["ALTRA"]),
        ];
        for (query, attese) in casi {
            assert_eq!(trovate(banco, query).await, attese, "{query}");
            assert_eq!(elenco(banco, query).await["numRisultati"], attese.len(), "{query}");
        }
    }
}

su_entrambi! {
    async fn l_ordine_e_dal_piu_recente_o_come_si_chiede(banco: &Banco) {
        for (id, ora, validita, scadenza) in [("A", 1, "2096-01-03", "2096-01-01"), ("B", 2, "2096-01-01", "2096-01-01"), ("C", 3, "2096-01-02", "2096-01-02")] {
            banco.ferma_orologio(&format!("2026-03-10T1{ora}:00:00Z"));
            crea(banco, id, json!({ "dataValidita": validita, "dataScadenza": scadenza })).await;
        }
        annulla(banco, "B").await;
        for (query, atteso) in [("", "CBA"), ("ordinamento=dataCaricamento", "ABC"), ("ordinamento=%2BdataCaricamento", "ABC"), ("ordinamento=+dataCaricamento", "ABC"),
            ("ordinamento=-dataCaricamento", "CBA"), ("ordinamento=dataValidita", "BCA"), ("ordinamento=-dataValidita", "ACB"),
            ("ordinamento=dataScadenza,-dataValidita", "ABC"), ("ordinamento=-dataScadenza,dataValidita", "CBA"), ("ordinamento=stato,-dataValidita", "BAC")] {
            assert_eq!(trovate(banco, query).await.concat(), atteso, "{query}");
        }
        banco.get("/pendenze?ordinamento=-causale").await.rifiuta(422, "100001",
            "Il campo causale non e' valido per ordinare la ricerca in corso. Campi consentiti: [dataCaricamento, dataValidita, dataScadenza, stato].");
    }
}

su_entrambi! {
    async fn le_pagine_si_contano_e_portano_alla_successiva(banco: &Banco) {
        for n in 0..5 { crea(banco, &format!("P{n}"), json!({ "direzione": "D_1" })).await; }
        let prima = elenco(banco, "risultatiPerPagina=2&direzione=D_1").await;
        assert_eq!(chiavi(&prima), ["numPagine", "numRisultati", "pagina", "prossimiRisultati", "risultati", "risultatiPerPagina"]);
        assert_eq!((&prima["numRisultati"], &prima["numPagine"], &prima["pagina"], &prima["risultatiPerPagina"]), (&json!(5), &json!(3), &json!(1), &json!(2)));
        assert_eq!(prima["prossimiRisultati"], "/pendenze?direzione=D_1&risultatiPerPagina=2&pagina=2");
        let mut viste = Vec::new();
        let mut pagina = Some("/pendenze?risultatiPerPagina=2".to_owned());
        while let Some(percorso) = pagina {
            let risposta = banco.get(&percorso).await.json();
            viste.extend(risposta["risultati"].as_array().expect("lista").iter().map(|p| p["idPendenza"].as_str().expect("id").to_owned()));
            pagina = risposta.get("prossimiRisultati").map(|v| v.as_str().expect("testo").to_owned());
        }
        assert_eq!(viste, ["P4", "P3", "P2", "P1", "P0"]);

        let ultima = elenco(banco, "risultatiPerPagina=2&pagina=3").await;
        assert_eq!((chiavi(&ultima), ultima["risultati"].as_array().map(Vec::len)),
            (["numPagine", "numRisultati", "pagina", "risultati", "risultatiPerPagina"].map(str::to_owned).to_vec(), Some(1)));
        let oltre = elenco(banco, "risultatiPerPagina=2&pagina=9").await;
        assert_eq!((&oltre["risultati"], &oltre["numRisultati"], oltre.get("prossimiRisultati")), (&json!([]), &json!(5), None));
        let zero = elenco(banco, "risultatiPerPagina=0").await;
        assert_eq!(zero, json!({ "numRisultati": 5, "risultatiPerPagina": 0, "pagina": 1, "risultati": [] }));
        let vuoto = elenco(banco, "direzione=NO").await;
        assert_eq!(vuoto, json!({ "numRisultati": 0, "numPagine": 1, "risultatiPerPagina": 25, "pagina": 1, "risultati": [] }));
        let senza_conto = elenco(banco, "metadatiPaginazione=false&risultatiPerPagina=100").await;
        assert_eq!(chiavi(&senza_conto), ["pagina", "prossimiRisultati", "risultati", "risultatiPerPagina"]);
        assert_eq!(senza_conto["prossimiRisultati"], "/pendenze?metadatiPaginazione=false&risultatiPerPagina=100&pagina=2");
        assert_eq!(elenco(banco, "maxRisultati=false").await["numRisultati"], 5);
        assert_eq!(elenco(banco, "risultatiPerPagina=5000").await["risultati"].as_array().map(Vec::len), Some(5));
        let proiettata = elenco(banco, "campi=idPendenza,stato,nessuno&risultatiPerPagina=1").await;
        assert_eq!(proiettata["risultati"], json!([{ "idPendenza": "P4", "stato": "NON_ESEGUITA" }]));
    }
}

su_entrambi! {
    async fn il_conto_si_ferma_al_tetto_se_non_si_chiede_altro(banco: &Banco) {
        crea(banco, "P", json!({})).await;
        let uuid = if banco.store.su_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
        let serie = if banco.store.su_sqlite() { "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 10004) SELECT" } else { "SELECT" };
        let da = if banco.store.su_sqlite() { "s" } else { "generate_series(1, 10004) AS s(n)" };
        let colonne = "dominio, id_a2a, numero_avviso, unita_operativa, tipo_pendenza, tipo, nome, stato, descrizione_stato, anomalo, causale, importo, debitore, \
            debitore_cerca, uuid, data_caricamento, data_ultimo_aggiornamento, data_ultima_modifica_aca, data_validita, data_scadenza, anno_riferimento, \
            cartella_pagamento, tassonomia, tassonomia_avviso, direzione, divisione, dati_allegati, proprieta, documento, parte, stato_pagamento, importo_pagato, \
            importo_incassato, data_pagamento, iuv_pagamento, ack, data_notifica_avviso, avviso_notificato, data_promemoria_scadenza, promemoria_scadenza_notificato";
        banco.sql(&format!("INSERT INTO pendenza (id, id_pendenza, iuv, {colonne}) {serie} {uuid}, 'M' || n, 'M' || n, {colonne} FROM pendenza CROSS JOIN {da}")).await;
        let limitato = elenco(banco, "risultatiPerPagina=1").await;
        assert_eq!((&limitato["numRisultati"], limitato.get("maxRisultati")), (&json!(10_000), None));
        assert_eq!(elenco(banco, "risultatiPerPagina=1&maxRisultati=false").await["numRisultati"], 10_005);
        banco.sql("DELETE FROM pendenza WHERE id_pendenza LIKE 'M%'").await;
    }
}

su_entrambi! {
    async fn i_parametri_sbagliati_hanno_il_loro_testo_e_il_loro_ordine(banco: &Banco) {
        let stato = "Codifica inesistente per stato. Valore fornito [X] valori possibili {ESEGUITA,NON_ESEGUITA,ESEGUITA_PARZIALE,ANNULLATA,SCADUTA,ANOMALA,INCASSATA}";
        for (query, testo) in [
            ("risultatiPerPagina=-1", "Il campo risultatiPerPagina deve essere superiore a 0."),
            ("risultatiPerPagina=5001", "Il campo risultatiPerPagina deve essere inferiore a 5.000."),
            ("stato=X", stato),
            ("idDominio=1", "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri."),
            ("idDominio=1234567890X", "Il valore [1234567890X] del campo idDominio non rispetta il pattern richiesto: (^([0-9]){11}$)"),
            ("dataDa=ieri", "Il formato della data indicata [ieri] per il parametro [dataDa] non e' valido."),
            ("dataA=2026-13", "Il formato della data indicata [2026-13] per il parametro [dataA] non e' valido."),
            // Each beside the next ones: the order of spec/1 section 9.1.
            ("dataA=y&dataDa=x&ordinamento=z&idDominio=1&stato=X&risultatiPerPagina=-1", "Il campo risultatiPerPagina deve essere superiore a 0."),
            ("dataA=y&dataDa=x&ordinamento=z&idDominio=1&stato=X", stato),
            ("dataA=y&dataDa=x&ordinamento=z&idDominio=1", "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri."),
            ("dataA=y&dataDa=x", "Il formato della data indicata [x] per il parametro [dataDa] non e' valido."),
        ] {
            banco.get(&format!("/pendenze?{query}")).await.rifiuta(400, "SINTASSI", testo);
        }
        assert_eq!(banco.get("/pendenze?dataA=y&dataDa=x&ordinamento=z").await.fault().1, "100001");
        for query in ["pagina=0", "pagina=x", "risultatiPerPagina=1.5", "metadatiPaginazione=si", "maxRisultati=1", "mostraSpontaneiNonPagati=forse"] {
            let (stato, codice, testo) = banco.get(&format!("/pendenze?{query}")).await.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{query}");
            assert!(testo.contains(query.split_once('=').expect("coppia").0), "{testo}");
        }
    }
}

su_entrambi! {
    async fn gli_importi_si_mostrano_esatti(banco: &Banco) {
        for (n, scritto, letto) in [(1, "0.01", "0.01"), (2, "10.10", "10.1"), (3, "5", "5.0"), (4, "999999999.99", "999999999.99"), (5, "1234567.89", "1234567.89")] {
            let id = format!("P{n}");
            banco.carica(&id, scritto).await;
            let vista = banco.pendenza(&id).await;
            assert_eq!((vista["importo"].to_string(), vista["voci"][0]["importo"].to_string()), (letto.to_owned(), letto.to_owned()));
        }
        assert_eq!(Importo::da_cent(1).forma_breve(), "0.01");
    }
}
