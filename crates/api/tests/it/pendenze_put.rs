//! PUT of a position: what is created, what is kept, what is replaced, what is refused (spec/1 sections 5.4, 6 and 8).

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::{ContoAccredito, EntrataDominio, TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, IBAN_POSTALE, PENDENZE, Risposta, chiavi, corpo_minimo, dominio, numero};
use crate::su_entrambi;

const PIATTA: &str = "/govpay-api-pendenze/rs/basic/v2";

/// The minimum with these members in place of its own; `null` takes one away.
fn corpo(modifiche: Value) -> Value {
    let mut corpo = corpo_minimo("10.00");
    for (nome, valore) in modifiche.as_object().expect("oggetto") {
        match valore {
            Value::Null => drop(corpo.as_object_mut().expect("oggetto").remove(nome)),
            _ => corpo[nome] = valore.clone(),
        }
    }
    corpo
}

fn voce(id: &str, importo: &str) -> Value {
    json!({ "idVocePendenza": id, "importo": numero(importo), "descrizione": format!("Voce {id}"), "codEntrata": "TARI" })
}

fn voce_conto(id: &str, importo: &str, iban: &str) -> Value {
    json!({ "idVocePendenza": id, "importo": numero(importo), "descrizione": format!("Voce {id}"),
        "ibanAccredito": iban, "tipoContabilita": "ALTRO", "codiceContabilita": "0101101IM" })
}

fn voce_bollo(id: &str) -> Value {
    json!({ "idVocePendenza": id, "importo": numero("16.00"), "descrizione": "Marca da bollo", "tipoBollo": "01",
        "hashDocumento": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "provinciaResidenza": "MI" })
}

/// Everything that v2 knows, as in spec/1 section 17.
fn corpo_pieno() -> Value {
    json!({
        "idTipoPendenza": "TARI",
        "idDominio": DOMINIO,
        "idUnitaOperativa": "UFF",
        "causale": "TARI 2026 prima rata utenza 8841",
        "soggettoPagatore": { "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti",
            "indirizzo": "Via dei Tigli", "civico": "7/B", "cap": "20100", "localita": "Milano", "provincia": "MI", "nazione": "IT",
            "email": "greta.valenti@example.org", "cellulare": "+39 333-1234567" },
        "importo": numero("132.50"),
        "tassonomia": "TRIBUTI", "tassonomiaAvviso": "Imposte e tasse", "direzione": "DIR_FIN", "divisione": "DIV_02",
        "dataValidita": "2096-06-30", "dataScadenza": "2096-12-31", "annoRiferimento": 2026, "cartellaPagamento": "C-8841",
        "dataNotificaAvviso": "2096-01-01", "dataPromemoriaScadenza": "2096-12-01",
        "documento": { "identificativo": "TARI-2026-8841", "descrizione": "TARI 2026", "rata": 1 },
        "proprieta": { "linguaSecondaria": "de", "linguaSecondariaCausale": "Abfallgebuehr", "informativaImportoAvviso": "" },
        "datiAllegati": { "utenza": 8841, "superficie": numero("74.10") },
        "voci": [
            { "idVocePendenza": "TARI", "importo": numero("126.20"), "descrizione": "Quota comunale", "codEntrata": "TARI",
              "descrizioneCausaleRPT": "Quota", "datiAllegati": { "a": [1] },
              "contabilita": { "quote": [ { "capitolo": "1010", "annoEsercizio": 2026, "importo": numero("100.00"), "accertamento": "A1" },
                                          { "capitolo": "1011", "annoEsercizio": 2026, "importo": numero("26.20") } ] },
              "metadata": { "mapEntries": [ { "key": "utenza", "value": "8841" } ] } },
            { "idVocePendenza": "TEFA", "importo": numero("6.30"), "descrizione": "Quota provinciale", "idDominio": DOMINIO_2,
              "ibanAccredito": IBAN, "ibanAppoggio": IBAN_POSTALE, "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" } ],
        "allegati": [ { "nome": "dettaglio.txt", "tipo": "text/plain", "descrizione": "Dettaglio", "contenuto": "UXVvdGE=" } ]
    })
}

async fn crea(banco: &Banco, id: &str, corpo: Value) -> Value {
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    risposta.json()
}

async fn rifiuta(banco: &Banco, id: &str, corpo: Value, stato: u16, codice: &str, dettaglio: &str) {
    banco.put(id, corpo).await.rifiuta(stato, codice, dettaglio);
}

async fn put_grezza(banco: &Banco, utente: &str, percorso: &str, corpo: &'static str) -> Risposta {
    let url = format!("{}{PENDENZE}{percorso}", banco.base);
    let richiesta = banco.http.put(url).basic_auth(utente, Some(crate::banco::PASSWORD)).header("content-type", "application/json").body(corpo);
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

su_entrambi! {
    async fn la_stessa_put_due_volte_e_201_poi_200_con_lo_stesso_corpo(banco: &Banco) {
        let prima = banco.put("P1", corpo_pieno()).await;
        assert_eq!(prima.stato, StatusCode::CREATED, "{}", prima.testo);
        assert_eq!(prima.chiavi(), ["UUID", "idDominio", "numeroAvviso"]);
        let corpo = prima.json();
        let avviso = corpo["numeroAvviso"].as_str().expect("testo");
        assert!(avviso.len() == 18 && avviso.bytes().all(|b| b.is_ascii_digit()), "{avviso}");
        let uuid = corpo["UUID"].as_str().expect("testo");
        assert!(uuid.len() == 32 && uuid.bytes().all(|b| b.is_ascii_hexdigit()), "{uuid}");
        let vista = banco.pendenza("P1").await;

        for _ in 0..2 {
            let ancora = banco.put("P1", corpo_pieno()).await;
            assert_eq!((ancora.stato, ancora.json()), (StatusCode::OK, corpo.clone()));
        }
        let mut dopo = banco.pendenza("P1").await;
        // The attachment is a new one each time (spec/1 section 6.7).
        assert_ne!(dopo["allegati"][0]["contenuto"], vista["allegati"][0]["contenuto"]);
        dopo["allegati"] = vista["allegati"].clone();
        assert_eq!(dopo, vista);
    }
}

su_entrambi! {
    async fn i_due_indirizzi_sono_la_stessa_api(banco: &Banco) {
        let piatta = banco.chiama(Method::PUT, &format!("{PIATTA}/pendenze/DEMO/P1"), Some(corpo_pieno())).await;
        assert_eq!(piatta.stato, StatusCode::CREATED, "{}", piatta.testo);
        let altra = banco.put("P1", corpo_pieno()).await;
        assert_eq!((altra.stato, altra.json()), (StatusCode::OK, piatta.json()));
        let letta = banco.chiama(Method::GET, &format!("{PIATTA}/pendenze/DEMO/P1"), None).await;
        assert_eq!(letta.json(), banco.pendenza("P1").await);
        let elenchi = [format!("{PIATTA}/pendenze?pagina=1"), format!("{PENDENZE}/pendenze?pagina=1")];
        let [una, due] = [banco.chiama(Method::GET, &elenchi[0], None).await, banco.chiama(Method::GET, &elenchi[1], None).await];
        assert_eq!(una.json(), due.json());
        banco.chiama(Method::PUT, &format!("{PIATTA}/pendenze/DEMO/P.1"), Some(json!({}))).await.rifiuta(
            400, "SINTASSI", "Il valore [P.1] del campo idPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)");
    }
}

su_entrambi! {
    async fn ogni_dato_si_rilegge_com_era(banco: &Banco) {
        crea(banco, "P1", corpo_pieno()).await;
        let vista = banco.pendenza("P1").await;
        let inviata = corpo_pieno();
        for campo in ["idTipoPendenza", "causale", "soggettoPagatore", "importo", "tassonomia", "tassonomiaAvviso", "direzione", "divisione", "dataValidita",
            "dataScadenza", "annoRiferimento", "cartellaPagamento", "documento", "proprieta", "datiAllegati"] {
            assert_eq!(vista[campo].to_string().replace("132.50", "132.5"), inviata[campo].to_string().replace("132.50", "132.5"), "{campo}");
        }
        for (i, campo) in [(0, "contabilita"), (0, "metadata"), (0, "datiAllegati"), (0, "descrizioneCausaleRPT"), (0, "codEntrata"), (1, "ibanAccredito"),
            (1, "tipoContabilita"), (1, "codiceContabilita"), (1, "idVocePendenza"), (1, "descrizione")] {
            assert_eq!(vista["voci"][i][campo], inviata["voci"][i][campo], "{campo}");
        }
        assert_eq!(vista["voci"][1]["dominio"], json!({ "idDominio": DOMINIO_2, "ragioneSociale": format!("Comune di Prova {DOMINIO_2}") }));
        assert_eq!(vista["unitaOperativa"], json!({ "idUnita": "UFF", "ragioneSociale": "Ufficio tributi" }));
    }
}

su_entrambi! {
    async fn un_aggiornamento_sostituisce_tutto_salvo_cio_che_e_solo_della_creazione(banco: &Banco) {
        banco.ferma_orologio("2026-03-10T10:00:00Z");
        crea(banco, "P1", corpo_pieno()).await;
        let prima = banco.pendenza("P1").await;

        banco.ferma_orologio("2026-03-12T10:00:00Z");
        let nuovo = corpo(json!({
            "idTipoPendenza": "CDS", "idUnitaOperativa": "UFF", "causale": "Altra causale", "soggettoPagatore": null, "importo": numero("20.00"),
            "proprieta": { "linguaSecondaria": "fr" }, "dataNotificaAvviso": "2097-01-01",
            "voci": [voce_conto("TEFA", "5.00", IBAN), voce("TARI", "15.00")] }));
        // Order of the voci is free; the secondary dominio is not frozen, its IBAN is.
        let risposta = banco.put("P1", nuovo).await;
        assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);

        let dopo = banco.pendenza("P1").await;
        for conservato in ["UUID", "numeroAvviso", "iuvAvviso", "dataCaricamento", "proprieta", "tipo", "dominio", "unitaOperativa"] {
            assert_eq!(dopo[conservato], prima[conservato], "{conservato}");
        }
        assert_eq!(dopo["dataCaricamento"], "2026-03-10");
        // The documento stays, the part of it does not.
        assert_eq!(dopo["documento"], json!({ "identificativo": "TARI-2026-8841", "descrizione": "TARI 2026" }));
        assert_eq!((&dopo["idTipoPendenza"], &dopo["causale"], &dopo["importo"]), (&json!("CDS"), &json!("Altra causale"), &numero("20.0")));
        assert_eq!(dopo["soggettoPagatore"], json!({ "identificativo": "ANONIMO", "anagrafica": "ANONIMO" }));
        assert_eq!(
            chiavi(&dopo),
            ["UUID", "causale", "dataCaricamento", "documento", "dominio", "idA2A", "idPendenza", "idTipoPendenza", "importo", "iuvAvviso", "numeroAvviso",
                "proprieta", "rpp", "soggettoPagatore", "stato", "tipo", "unitaOperativa", "voci"]
        );
        let voci: Vec<(&Value, &Value, &Value)> =
            dopo["voci"].as_array().expect("lista").iter().map(|v| (&v["indice"], &v["idVocePendenza"], &v["importo"])).collect();
        assert_eq!(voci, [(&json!(1), &json!("TARI"), &numero("15.0")), (&json!(2), &json!("TEFA"), &numero("5.0"))]);
        for assente in ["contabilita", "metadata", "datiAllegati", "descrizioneCausaleRPT", "dominio"] {
            assert!(dopo["voci"][0].get(assente).is_none() && dopo["voci"][1].get(assente).is_none(), "{assente}");
        }
    }
}

su_entrambi! {
    async fn le_voci_si_aggiungono_e_tengono_il_loro_indice(banco: &Banco) {
        crea(banco, "P1", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), voce("B", "2.00")] }))).await;
        let piu = corpo(json!({ "importo": 10, "voci": [voce("C", "3.00"), voce("B", "2.00"), voce("A", "1.00"), voce("D", "4.00")] }));
        assert_eq!(banco.put("P1", piu).await.stato, StatusCode::OK);
        let vista = banco.pendenza("P1").await;
        let voci: Vec<(u64, &str)> = vista["voci"].as_array().expect("lista").iter()
            .map(|v| (v["indice"].as_u64().expect("indice"), v["idVocePendenza"].as_str().expect("id"))).collect();
        assert_eq!(voci[..2], [(1, "A"), (2, "B")]);
        assert_eq!(voci[2..].iter().map(|v| v.0).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(voci[2..].iter().map(|v| v.1).collect::<HashSet<_>>(), HashSet::from(["C", "D"]));
    }
}

su_entrambi! {
    async fn cio_che_non_puo_cambiare_e_rifiutato_e_niente_cambia(banco: &Banco) {
        let chi = "La pendenza (IdA2A:DEMO, Id:P1)";
        let base = json!({ "importo": 3, "voci": [voce("A", "1.00"), voce_conto("B", "2.00", IBAN)] });
        let avviso = crea(banco, "P1", corpo(base.clone())).await["numeroAvviso"].as_str().expect("testo").to_owned();
        let prima = banco.pendenza("P1").await;
        let con = |altro: Value| {
            let mut corpo = corpo(base.clone());
            for (nome, valore) in altro.as_object().expect("oggetto") { corpo[nome] = valore.clone(); }
            corpo
        };

        let doppia = con(json!({ "voci": [voce("A", "1.00"), voce("A", "2.00")] }));
        rifiuta(banco, "P1", doppia, 422, "VER_001", &format!("{chi} presenta il codSingoloVersamentoEnte (A) piu' di una volta")).await;
        let somma = con(json!({ "importo": numero("135.99") }));
        rifiuta(banco, "P1", somma, 422, "VER_002", &format!("{chi} ha un importo totale (135.99) diverso dalla somma dei singoli importi (3.0)")).await;
        let uo = con(json!({ "idUnitaOperativa": "UFF" }));
        rifiuta(banco, "P1", uo, 422, "VER_004",
            &format!("{chi} presenta un beneficiario (UFF / {DOMINIO}) diverso da quello originale (EC / {DOMINIO})")).await;
        let altro_dominio = con(json!({ "idDominio": DOMINIO_2 }));
        rifiuta(banco, "P1", altro_dominio, 422, "VER_004",
            &format!("{chi} presenta un beneficiario (EC / {DOMINIO_2}) diverso da quello originale (EC / {DOMINIO})")).await;
        let altro_avviso = con(json!({ "numeroAvviso": "301000000000000000" }));
        rifiuta(banco, "P1", altro_avviso, 422, "VER_024",
            &format!("{chi} ha un numero avviso (301000000000000000) diverso dall'originale ({avviso}).")).await;
        let meno = con(json!({ "voci": [voce("A", "3.00")] }));
        rifiuta(banco, "P1", meno, 422, "VER_005", &format!("{chi} inviata ha un numero di voci (1) diverso da quello originale (2)")).await;
        let altra = con(json!({ "voci": [voce("A", "1.00"), voce_conto("Z", "2.00", IBAN)] }));
        rifiuta(banco, "P1", altra, 422, "VER_006",
            &format!("{chi} inviata non contiene una voce con codSingoloVersamentoEnte (B) presente nell'originale")).await;
        let mut cds = voce("A", "1.00");
        cds["codEntrata"] = json!("CDS");
        rifiuta(banco, "P1", con(json!({ "voci": [cds, voce_conto("B", "2.00", IBAN)] })), 422, "VER_007",
            &format!("{chi} ha il singolo versamento con codSingoloVersamentoEnte (A) inviato ha un tipo tributo (TARI) diverso dall'originale (CDS)")).await;
        rifiuta(banco, "P1", con(json!({ "voci": [voce_conto("A", "1.00", IBAN), voce_conto("B", "2.00", IBAN)] })), 422, "VER_007",
            &format!("{chi} ha il singolo versamento con codSingoloVersamentoEnte (A) inviato ha un tipo tributo (TARI) diverso dall'originale (null)")).await;
        rifiuta(banco, "P1", con(json!({ "voci": [voce("A", "1.00"), voce_conto("B", "2.00", IBAN_POSTALE)] })), 422, "VER_023",
            &format!("{chi} ha la voce (B) con un iban di accredito diverso dall'originale.")).await;
        assert_eq!(banco.pendenza("P1").await, prima);

        // Its own number, said aloud, is no change.
        let suo = banco.put("P1", con(json!({ "numeroAvviso": avviso }))).await;
        assert_eq!(suo.stato, StatusCode::OK, "{}", suo.testo);
    }
}

su_entrambi! {
    async fn una_pendenza_pagata_non_si_aggiorna(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        rifiuta(banco, "P1", corpo_minimo("10.00"), 422, "VER_003",
            "La pendenza (IdA2A:DEMO, Id:P1) e' in uno stato che non consente l'aggiornamento (ESEGUITO)").await;
        // The checks of every load come first.
        rifiuta(banco, "P1", corpo(json!({ "importo": 11 })), 422, "VER_002",
            "La pendenza (IdA2A:DEMO, Id:P1) ha un importo totale (11.0) diverso dalla somma dei singoli importi (10.0)").await;
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
    }
}

su_entrambi! {
    async fn una_put_risuscita_una_pendenza_annullata(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }, { "op": "REPLACE", "path": "/descrizioneStato", "value": "Errore" }]);
        let annullata = banco.chiama(Method::PATCH, &format!("{PENDENZE}/pendenze/DEMO/P1"), Some(annulla)).await;
        assert_eq!((&annullata.json()["stato"], &annullata.json()["descrizioneStato"]), (&json!("ANNULLATA"), &json!("Errore")));

        assert_eq!(banco.put("P1", corpo_minimo("10.00")).await.stato, StatusCode::OK);
        let viva = banco.pendenza("P1").await;
        assert_eq!((&viva["stato"], viva.get("descrizioneStato")), (&json!("NON_ESEGUITA"), None));
    }
}

su_entrambi! {
    async fn gli_allegati_si_sostituiscono_tutti_o_spariscono(banco: &Banco) {
        let due = json!([{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }, { "nome": "b.bin", "contenuto": "Yg==" }]);
        crea(banco, "P1", corpo(json!({ "allegati": due }))).await;
        let vista = banco.pendenza("P1").await;
        let nomi: Vec<&Value> = vista["allegati"].as_array().expect("lista").iter().map(|a| &a["nome"]).collect();
        assert_eq!(nomi, ["a.txt", "b.bin"]);
        assert_eq!(banco.conta("SELECT count(*) FROM allegato").await, 2);

        assert_eq!(banco.put("P1", corpo(json!({ "allegati": [{ "nome": "c", "contenuto": "Yw==" }] }))).await.stato, StatusCode::OK);
        assert_eq!(banco.pendenza("P1").await["allegati"].as_array().map(Vec::len), Some(1));
        assert_eq!(banco.put("P1", corpo_minimo("10.00")).await.stato, StatusCode::OK);
        assert_eq!(banco.pendenza("P1").await.get("allegati"), None);
        assert_eq!(banco.conta("SELECT count(*) FROM allegato").await, 0);
        rifiuta(banco, "P1", corpo(json!({ "allegati": [{ "nome": "c" }] })), 400, "SINTASSI", "Il campo contenuto non deve essere vuoto.").await;
    }
}

su_entrambi! {
    async fn un_documento_raccoglie_rate_e_soglie(banco: &Banco) {
        let documento = |parte: Value| {
            let mut d = json!({ "identificativo": "DOC1", "descrizione": "Un documento" });
            d.as_object_mut().expect("oggetto").extend(parte.as_object().expect("oggetto").clone());
            corpo(json!({ "documento": d }))
        };
        for (id, parte) in [("R1", json!({ "rata": 1 })), ("R2", json!({ "rata": 2 })), ("S1", json!({ "soglia": { "tipo": "ENTRO", "giorni": 5 } })),
            ("S2", json!({ "soglia": { "tipo": "OLTRE", "giorni": 5 } })), ("C1", json!({ "soglia": { "tipo": "RIDOTTO" } })), ("U1", json!({}))] {
            crea(banco, id, documento(parte.clone())).await;
            let mut atteso = json!({ "identificativo": "DOC1", "descrizione": "Un documento" });
            atteso.as_object_mut().expect("oggetto").extend(parte.as_object().expect("oggetto").clone());
            assert_eq!(banco.pendenza(id).await["documento"], atteso, "{id}");
        }
        assert_eq!(banco.conta("SELECT count(*) FROM documento").await, 1);
        // The name of the documento is that of the last who wrote it, for all.
        let rinominato = corpo(json!({ "documento": { "identificativo": "DOC1", "descrizione": "Rinominato", "rata": 3 } }));
        assert_eq!(banco.put("R1", rinominato).await.stato, StatusCode::OK);
        assert_eq!(banco.pendenza("R2").await["documento"], json!({ "identificativo": "DOC1", "descrizione": "Rinominato", "rata": 2 }));

        let giorni = |soglia: Value| corpo(json!({ "documento": { "identificativo": "D", "descrizione": "D", "soglia": soglia } }));
        rifiuta(banco, "X", giorni(json!({ "tipo": "RIDOTTO", "giorni": 3 })), 400, "SINTASSI",
            "Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.").await;
        rifiuta(banco, "X", giorni(json!({ "tipo": "ENTRO", "giorni": 1 })), 400, "SINTASSI", "Il campo giorni deve essere superiore o uguale a 1.").await;
    }
}

su_entrambi! {
    async fn una_voce_di_un_altro_ente_guarda_la_sua_anagrafica(banco: &Banco) {
        let del_secondo = |mut v: Value| { v["idDominio"] = json!(DOMINIO_2); v };
        crea(banco, "P1", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), del_secondo(voce("B", "2.00"))] }))).await;
        let vista = banco.pendenza("P1").await;
        assert_eq!(vista["voci"][0].get("dominio"), None);
        assert_eq!(vista["voci"][1]["dominio"]["idDominio"], DOMINIO_2);

        let ignoto = |mut v: Value| { v["idDominio"] = json!("99999999999"); v };
        rifiuta(banco, "P2", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), ignoto(voce("B", "2.00"))] })), 422, "DOM_000",
            "Dominio (99999999999) inesistente").await;
        // An IBAN of the first dominio alone does not serve the second.
        let mio = "IT11A0000000000000000000001";
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.conto(&dominio(DOMINIO), &conto(mio, true)).await.expect("conto");
        a.tipo_entrata(&tipo_entrata("SOLO_MIA")).await.expect("tipo");
        a.entrata(&dominio(DOMINIO), "SOLO_MIA", &entrata(true)).await.expect("entrata");
        a.commit().await.expect("commit");
        rifiuta(banco, "P2", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), del_secondo(voce_conto("B", "2.00", mio))] })), 422, "VER_020",
            &format!("Iban di accredito ({mio}) non censito per il dominio ({DOMINIO_2})")).await;
        let mut b = del_secondo(voce("B", "2.00"));
        b["codEntrata"] = json!("SOLO_MIA");
        rifiuta(banco, "P2", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), b.clone()] })), 422, "TRB_000",
            &format!("Tributo (SOLO_MIA) inesistente per il dominio ({DOMINIO_2})")).await;
        // Its own dominio said aloud is no other.
        b["idDominio"] = json!(DOMINIO);
        crea(banco, "P3", corpo(json!({ "importo": 3, "voci": [voce("A", "1.00"), b] }))).await;
        assert_eq!(banco.pendenza("P3").await["voci"][1].get("dominio"), None);
    }
}

su_entrambi! {
    async fn una_marca_da_bollo_ha_un_avviso_ma_non_la_sua_stampa(banco: &Banco) {
        let bollo = corpo(json!({ "idTipoPendenza": null, "importo": 16, "voci": [voce_bollo("MB")] }));
        let creata = banco.chiama(Method::PUT, &format!("{PENDENZE}/pendenze/DEMO/B1?stampaAvviso=true"), Some(bollo)).await;
        assert_eq!((creata.stato, creata.chiavi()), (StatusCode::CREATED, ["UUID", "idDominio", "numeroAvviso"].map(str::to_owned).to_vec()));
        let vista = banco.pendenza("B1").await;
        assert_eq!(vista["idTipoPendenza"], "BOLLOT");
        assert_eq!(chiavi(&vista["voci"][0]), ["descrizione", "hashDocumento", "idVocePendenza", "importo", "indice", "provinciaResidenza", "stato", "tipoBollo"]);

        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.entrata(&dominio(DOMINIO_2), "BOLLOT", &entrata(false)).await.expect("entrata");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        rifiuta(banco, "B2", corpo(json!({ "idDominio": DOMINIO_2, "importo": 16, "voci": [voce_bollo("MB")] })), 422, "TRB_001",
            &format!("Tributo (BOLLOT) disabilitato per il dominio ({DOMINIO_2})")).await;
        let mut di_altro_tipo = voce_bollo("MB");
        di_altro_tipo["tipoBollo"] = json!("Imposta di bollo");
        let risposta = banco.put("B3", corpo(json!({ "importo": 16, "voci": [di_altro_tipo] }))).await;
        assert!(risposta.fault().0 == 400 && risposta.fault().2.contains("tipoBollo"), "{}", risposta.testo);
    }
}

su_entrambi! {
    async fn la_stampa_dell_avviso_viene_con_la_put(banco: &Banco) {
        let url = |valore: &str| format!("{PENDENZE}/pendenze/DEMO/P1?stampaAvviso={valore}");
        for (valore, stato) in [("true", StatusCode::CREATED), ("TRUE", StatusCode::OK)] {
            let risposta = banco.chiama(Method::PUT, &url(valore), Some(corpo_pieno())).await;
            assert_eq!((risposta.stato, risposta.chiavi()), (stato, ["UUID", "idDominio", "numeroAvviso", "pdf"].map(str::to_owned).to_vec()));
            let pdf = STANDARD.decode(risposta.json()["pdf"].as_str().expect("base64")).expect("base64");
            assert!(pdf.starts_with(b"%PDF"));
        }
        assert_eq!(banco.chiama(Method::PUT, &url("false"), Some(corpo_pieno())).await.chiavi(), ["UUID", "idDominio", "numeroAvviso"]);
        assert_eq!(banco.chiama(Method::PUT, &url("forse"), Some(corpo_pieno())).await.fault().1, "SINTASSI");
        for (valore, stato) in [("MAI", 200), ("mai", 200), ("2026-10-10", 200), ("2026-10-10T25:00", 200), ("domani", 400)] {
            let risposta = banco.chiama(Method::PUT, &format!("{PENDENZE}/pendenze/DEMO/P1?dataAvvisatura={valore}"), Some(corpo_pieno())).await;
            assert_eq!(risposta.stato.as_u16(), stato, "{valore}: {}", risposta.testo);
        }
    }
}

su_entrambi! {
    async fn il_tipo_che_manca_si_deduce_dalla_prima_voce(banco: &Banco) {
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.tipo_entrata(&tipo_entrata("SENZA_TIPO")).await.expect("tipo");
        a.entrata(&dominio(DOMINIO), "SENZA_TIPO", &entrata(true)).await.expect("entrata");
        a.commit().await.expect("commit");
        let entrata = |cod: &str| { let mut v = voce("V", "10.00"); v["codEntrata"] = json!(cod); v };
        for (id, prima_voce, tipo) in [
            ("E", entrata("CDS"), "CDS"), ("C", voce_conto("V", "10.00", IBAN), "LIBERO"), ("S", entrata("SENZA_TIPO"), "LIBERO"),
        ] {
            crea(banco, id, corpo(json!({ "idTipoPendenza": null, "voci": [prima_voce] }))).await;
            assert_eq!(banco.pendenza(id).await["idTipoPendenza"], tipo);
        }
        let mista = json!([voce_bollo("A"), voce("B", "4.00")]);
        crea(banco, "B", corpo(json!({ "idTipoPendenza": null, "importo": 20, "voci": mista }))).await;
        assert_eq!(banco.pendenza("B").await["idTipoPendenza"], "BOLLOT");
    }
}

fn conto(iban: &str, abilitato: bool) -> ContoAccredito {
    ContoAccredito { abilitato, ..ContoAccredito::nuovo(iban, false) }
}

fn entrata(abilitata: bool) -> EntrataDominio {
    EntrataDominio { abilitata, ..EntrataDominio::su(Some(IBAN), None) }
}

fn tipo_entrata(cod: &str) -> TipoEntrata {
    TipoEntrata::nuovo(cod, cod, None)
}

fn tipo(cod: &str, abilitato: bool) -> TipoPendenza {
    TipoPendenza { abilitato, ..TipoPendenza::nuovo(cod, cod) }
}

/// Puts into DOMINIO, enabled or not: unità SPENTA, two IBAN, entrata ENTR, tipi TIPO, TIPO_DOM.
async fn semina_spenti(banco: &Banco, accesi: bool) {
    let (d, a) = (dominio(DOMINIO), banco.store.scrivi_anagrafica().await.expect("scrittura"));
    let uo = UnitaOperativa { cod: "SPENTA".to_owned(), ragione_sociale: None, abilitata: accesi, recapiti: Default::default() };
    a.unita_operativa(&d, &uo).await.expect("uo");
    a.conto(&d, &conto("IT11A0000000000000000000002", accesi)).await.expect("conto");
    a.tipo_entrata(&tipo_entrata("ENTR")).await.expect("tipo entrata");
    a.entrata(&d, "ENTR", &entrata(accesi)).await.expect("entrata");
    a.tipo_pendenza(&tipo("TIPO", accesi)).await.expect("tipo");
    a.tipo_pendenza_dominio(&d, "TIPO", &TipoPendenzaDominio::default()).await.expect("tipo");
    a.tipo_pendenza(&tipo("TIPO_DOM", true)).await.expect("tipo");
    a.tipo_pendenza_dominio(&d, "TIPO_DOM", &TipoPendenzaDominio { abilitato: Some(accesi), ..TipoPendenzaDominio::default() }).await.expect("tipo");
    a.tipo_pendenza(&tipo("ORFANO", true)).await.expect("tipo");
    a.commit().await.expect("commit");
}

su_entrambi! {
    async fn cio_che_l_anagrafica_non_conosce_o_ha_spento_e_rifiutato_col_suo_testo(banco: &Banco) {
        semina_spenti(banco, false).await;
        let con_entrata = |cod: &str| { let mut v = voce("V", "10.00"); v["codEntrata"] = json!(cod); json!([v]) };
        let appoggio = |iban: &str| { let mut v = voce_conto("V", "10.00", IBAN); v["ibanAppoggio"] = json!(iban); json!([v]) };
        let (spento, assente) = ("IT11A0000000000000000000002", "IT99Z0000000000000000000000");
        let casi: [(Value, &str, String); 15] = [
            (json!({ "idDominio": "99999999999" }), "DOM_000", "Dominio (99999999999) inesistente".to_owned()),
            (json!({ "idUnitaOperativa": "NESSUNA" }), "UOP_000", format!("Unita' operativa (NESSUNA) del dominio ({DOMINIO}) inesistente")),
            (json!({ "idUnitaOperativa": "SPENTA" }), "UOP_001", format!("Unita' operativa (SPENTA) del dominio ({DOMINIO}) disabilitata")),
            (json!({ "voci": con_entrata("NESSUNA") }), "TRB_000", format!("Tributo (NESSUNA) inesistente per il dominio ({DOMINIO})")),
            (json!({ "voci": con_entrata("ENTR") }), "TRB_001", format!("Tributo (ENTR) disabilitato per il dominio ({DOMINIO})")),
            (json!({ "voci": [voce_conto("V", "10.00", assente)] }), "VER_020", format!("Iban di accredito ({assente}) non censito per il dominio ({DOMINIO})")),
            (json!({ "voci": [voce_conto("V", "10.00", spento)] }), "VER_032", format!("Iban di accredito ({spento}) disabilitato per il dominio ({DOMINIO})")),
            (json!({ "voci": appoggio(assente) }), "VER_033", format!("Iban di appoggio ({assente}) non censito per il dominio ({DOMINIO})")),
            (json!({ "voci": appoggio(spento) }), "VER_034", format!("Iban di appoggio ({spento}) disabilitato per il dominio ({DOMINIO})")),
            (json!({ "idTipoPendenza": "NESSUNO" }), "TVR_000", "Tipo pendenza (NESSUNO) inesistente".to_owned()),
            (json!({ "idTipoPendenza": "TIPO" }), "TVR_001", "Tipo pendenza (TIPO) disabilitato".to_owned()),
            (json!({ "idTipoPendenza": "ORFANO" }), "TVD_000", format!("Tipo pendenza (ORFANO) del dominio ({DOMINIO}) inesistente")),
            (json!({ "idTipoPendenza": "TIPO_DOM" }), "TVD_001", format!("Tipo pendenza (TIPO_DOM) del dominio ({DOMINIO}) disabilitato")),
            // Two errors at once: the order of spec/1 section 8.1.
            (json!({ "idDominio": "99999999999", "idUnitaOperativa": "NESSUNA" }), "DOM_000", "Dominio (99999999999) inesistente".to_owned()),
            (json!({ "idUnitaOperativa": "NESSUNA", "voci": con_entrata("NESSUNA"), "idTipoPendenza": "NESSUNO", "importo": 1 }), "UOP_000",
                format!("Unita' operativa (NESSUNA) del dominio ({DOMINIO}) inesistente")),
        ];
        for (modifiche, codice, dettaglio) in &casi {
            rifiuta(banco, "P1", corpo(modifiche.clone()), 422, codice, dettaglio).await;
        }
        rifiuta(banco, "P1", corpo(json!({ "voci": con_entrata("NESSUNA"), "idTipoPendenza": "NESSUNO", "importo": 1 })), 422, "TRB_000",
            &format!("Tributo (NESSUNA) inesistente per il dominio ({DOMINIO})")).await;
        rifiuta(banco, "P1", corpo(json!({ "idTipoPendenza": "NESSUNO", "importo": 1 })), 422, "TVR_000", "Tipo pendenza (NESSUNO) inesistente").await;
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);

        // Switched on: the very next request sees it, since a refusal looks again.
        semina_spenti(banco, true).await;
        let mut piena = voce_conto("V", "10.00", spento);
        piena["ibanAppoggio"] = json!(spento);
        crea(banco, "P1", corpo(json!({ "idUnitaOperativa": "SPENTA", "idTipoPendenza": "TIPO", "voci": [piena] }))).await;
        crea(banco, "P2", corpo(json!({ "idTipoPendenza": "TIPO_DOM", "voci": con_entrata("ENTR") }))).await;
    }
}

su_entrambi! {
    async fn un_dominio_spento_si_vede_entro_un_secondo(banco: &Banco) {
        let fermata = tokio_util::sync::CancellationToken::new();
        let lavori = jobs::avvia(banco.gateway.clone(), "prova".to_owned(), 7, fermata.clone());
        let mut spento = (**banco.gateway.istantanea().attuale().dominio(&dominio(DOMINIO)).expect("dominio")).clone();
        spento.abilitato = false;
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.dominio(&spento).await.expect("dominio");
        a.commit().await.expect("commit");
        let inizio = std::time::Instant::now();
        while banco.gateway.istantanea().attuale().dominio(&dominio(DOMINIO)).expect("dominio").abilitato {
            assert!(inizio.elapsed().as_millis() < 1_500, "non visto");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        rifiuta(banco, "P1", corpo_minimo("1.00"), 422, "DOM_001", &format!("Dominio ({DOMINIO}) disabilitato")).await;
        fermata.cancel();
        lavori.wait().await;
    }
}

su_entrambi! {
    async fn chi_non_ha_diritto_al_dominio_o_al_tipo_e_fermato_al_suo_posto(banco: &Banco) {
        let limitata = async |corpo: Value| banco.chiama_come("LIMITATA", Method::PUT, &format!("{PENDENZE}/pendenze/LIMITATA/P1"), Some(corpo)).await;
        let non_autorizzata = "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta";
        limitata(corpo(json!({ "idDominio": DOMINIO_2 }))).await.rifiuta(403, "403000", &format!("{non_autorizzata} per il Dominio [{DOMINIO_2}]."));
        limitata(corpo(json!({ "idDominio": DOMINIO_2, "idUnitaOperativa": "UFF" }))).await.rifiuta(
            403, "403000", &format!("{non_autorizzata} per il Dominio [{DOMINIO_2}], per l'Unita' operativa [UFF]."));
        // 422 and not 403 (spec/1 surprise 11).
        limitata(corpo(json!({ "idTipoPendenza": "CDS" }))).await.rifiuta(
            422, "VER_022", "Applicazione non autorizzata alla gestione del tipo pendenza indicato");
        // A tipo that is off is told before the right on it; one that the dominio has not, after.
        semina_spenti(banco, false).await;
        limitata(corpo(json!({ "idTipoPendenza": "TIPO" }))).await.rifiuta(422, "TVR_001", "Tipo pendenza (TIPO) disabilitato");
        limitata(corpo(json!({ "idTipoPendenza": "ORFANO" }))).await.rifiuta(
            422, "VER_022", "Applicazione non autorizzata alla gestione del tipo pendenza indicato");
        assert_eq!(limitata(corpo_minimo("1.00")).await.stato, StatusCode::CREATED);
    }
}

su_entrambi! {
    async fn l_ordine_dei_controlli_e_quello_del_contratto(banco: &Banco) {
        // Identifiers of the path, then APP_002, then the body, then the query.
        put_grezza(banco, "DEMO", "/pendenze/ALTRA/P%2E1", "{").await.rifiuta(
            400, "SINTASSI", "Il valore [P.1] del campo idPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)");
        put_grezza(banco, "DEMO", "/pendenze/DEMO_V1/P1", "{").await.rifiuta(
            400, "APP_002", "Applicazione autenticata (DEMO) diversa dalla chiamante (DEMO_V1)");
        put_grezza(banco, "DEMO", "/pendenze/DEMO/P1?stampaAvviso=forse&dataAvvisatura=x", "{}").await.rifiuta(
            400, "SINTASSI", "Il campo idDominio non deve essere vuoto.");
        for vuoto in ["", " ", "\n"] {
            put_grezza(banco, "DEMO", "/pendenze/DEMO/P1", vuoto).await.rifiuta(400, "SINTASSI", "Il corpo della richiesta e' vuoto.");
        }
        rifiuta(banco, "P1", corpo(json!({ "nome": "Nome" })), 400, "SINTASSI",
            "Unrecognized field \"nome\" (percorso: nome): il contratto non lo prevede.").await;

        // One rule after the other, in the order of spec/1 section 5.4: each body breaks its rule and every later one.
        let rotto = json!({ "idDominio": "1", "idUnitaOperativa": "U.1", "idTipoPendenza": "", "causale": null, "soggettoPagatore": { "identificativo": "12345678901234567" },
            "importo": 0, "numeroAvviso": "4", "annoRiferimento": 26, "cartellaPagamento": "", "tassonomia": "", "voci": [], "direzione": "D.1", "divisione": "D.1",
            "documento": { "descrizione": "D" }, "proprieta": { "linguaSecondaria": "it" }, "allegati": [{}], "tassonomiaAvviso": "Nessuna" });
        let buono = corpo_pieno();
        let attesi = [
            ("idDominio", "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri."),
            ("idUnitaOperativa", "Il valore [U.1] del campo idUnitaOperativa non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)"),
            ("idTipoPendenza", "Il valore [] del campo idTipoPendenza non rispetta la lunghezza minima di 1 caratteri."),
            ("causale", "Il campo causale non deve essere vuoto."),
            ("soggettoPagatore", "Il valore [12345678901234567] del campo identificativo non rispetta la lunghezza massima di 16 caratteri."),
            ("importo", "Il campo importo deve essere superiore o uguale a 0."),
            ("numeroAvviso", "Il valore [4] del campo numeroAvviso non rispetta il pattern richiesto: (^[0-9]{18}$)"),
            ("annoRiferimento", "Il valore [26] del campo annoRiferimento non rispetta il pattern richiesto: (^[0-9]{4}$)"),
            ("cartellaPagamento", "Il valore [] del campo cartellaPagamento non rispetta la lunghezza minima di 1 caratteri."),
            ("tassonomia", "Il valore [] del campo tassonomia non rispetta la lunghezza minima di 1 caratteri."),
            ("voci", "Il campo voci non deve essere vuoto."),
            ("direzione", "Il valore [D.1] del campo direzione non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)"),
            ("divisione", "Il valore [D.1] del campo divisione non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,35}$)"),
            ("documento", "Il campo identificativo non deve essere vuoto."),
            ("proprieta", "Codifica inesistente per linguaSecondaria. Valore fornito [it] valori possibili {false,de,en,fr,sl}"),
            ("allegati", "Il campo nome non deve essere vuoto."),
        ];
        let mut corpo = rotto.clone();
        for (campo, testo) in attesi {
            rifiuta(banco, "P1", corpo.clone(), 400, "SINTASSI", testo).await;
            corpo[campo] = buono[campo].clone();
        }
        let risposta = banco.put("P1", corpo.clone()).await;
        assert!(risposta.fault().2.starts_with("Codifica inesistente per tassonomiaAvviso. Valore fornito [Nessuna] valori possibili {Cartelle esattoriali,"));
        corpo["tassonomiaAvviso"] = buono["tassonomiaAvviso"].clone();
        corpo["voci"][0]["contabilita"]["quote"][0]["importo"] = numero("100.01");
        corpo["idTipoPendenza"] = json!("NESSUNO");
        rifiuta(banco, "P1", corpo.clone(), 422, "VER_035", "La voce (TARI) della pendenza (IdA2A:DEMO, Id:P1) ha un importo (126.2) diverso dalla somma dei singoli importi definiti nella lista delle contabilita' (126.21)").await;
        corpo["voci"][0]["contabilita"]["quote"][0]["importo"] = numero("100");
        corpo["importo"] = numero("142.50");
        rifiuta(banco, "P1", corpo.clone(), 422, "TVR_000", "Tipo pendenza (NESSUNO) inesistente").await;
        corpo["idTipoPendenza"] = json!("TARI");
        rifiuta(banco, "P1", corpo, 422, "VER_002", "La pendenza (IdA2A:DEMO, Id:P1) ha un importo totale (142.5) diverso dalla somma dei singoli importi (132.5)").await;
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);
    }
}

su_entrambi! {
    async fn un_importo_al_limite_si_accetta_e_oltre_no(banco: &Banco) {
        let con = |importo: &str| corpo(json!({ "importo": numero(importo), "voci": [voce("V", importo)] }));
        crea(banco, "P1", con("999999999.99")).await;
        assert_eq!(banco.pendenza("P1").await["importo"], numero("999999999.99"));
        rifiuta(banco, "P2", con("1000000000.00"), 400, "SINTASSI", "Il campo importo deve essere inferiore a 999,999,999.99.").await;
        rifiuta(banco, "P2", con("10.001"), 400, "SINTASSI", "Il campo importo non deve superare le 2 cifre decimali.").await;
        // A numeric string is a number.
        crea(banco, "P3", corpo(json!({ "importo": "10.10", "voci": [voce("V", "10.1")] }))).await;
        assert_eq!(banco.pendenza("P3").await["importo"], numero("10.1"));
    }
}

su_entrambi! {
    async fn dieci_put_insieme_della_stessa_pendenza_fanno_una_riga(banco: &Banco) {
        for giro in 0..5 {
            let id = format!("P{giro}");
            let risposte = futures::future::join_all((0..10).map(|_| banco.put(&id, corpo_minimo("10.00")))).await;
            let mut stati: Vec<u16> = risposte.iter().map(|r| r.stato.as_u16()).collect();
            stati.sort_unstable();
            assert_eq!(stati, [200, 200, 200, 200, 200, 200, 200, 200, 200, 201]);
            assert_eq!(risposte.iter().map(|r| r.testo.clone()).collect::<HashSet<_>>().len(), 1);
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 5);
        assert_eq!(banco.conta("SELECT count(*) FROM voce").await, 5);
    }
}

su_entrambi! {
    async fn di_dieci_pendenze_con_lo_stesso_avviso_ne_nasce_una(banco: &Banco) {
        for giro in 0..5 {
            let avviso = format!("3010000000000{giro}4242");
            let avviso = &avviso[..18];
            let risposte = futures::future::join_all((0..10).map(|n| {
                let corpo = corpo(json!({ "numeroAvviso": avviso }));
                async move { (n, banco.put(&format!("G{giro}N{n}"), corpo).await) }
            })).await;
            let create: Vec<usize> = risposte.iter().filter(|(_, r)| r.stato == StatusCode::CREATED).map(|(n, _)| *n).collect();
            assert_eq!(create.len(), 1, "{risposte:?}");
            for (n, risposta) in risposte.iter().filter(|(n, _)| *n != create[0]) {
                risposta.rifiuta(422, "VER_025", &format!(
                    "La pendenza (IdA2A:DEMO, Id:G{giro}N{n}) ha un numero avviso ({avviso}) gia' utilizzato (IdA2A:DEMO, Id:G{giro}N{}).", create[0]));
            }
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 5);
    }
}

su_entrambi! {
    async fn put_e_patch_insieme_non_lasciano_la_pendenza_a_meta(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        let url = format!("{PENDENZE}/pendenze/DEMO/P1");
        let esiti = futures::future::join_all((0..20).map(|n| {
            let (url, annulla) = (url.clone(), annulla.clone());
            async move { if n % 2 == 0 { banco.put("P1", corpo_minimo("10.00")).await } else { banco.chiama(Method::PATCH, &url, Some(annulla)).await } }
        })).await;
        assert!(esiti.iter().all(|r| r.stato == StatusCode::OK), "{esiti:?}");
        assert!(["ANNULLATA", "NON_ESEGUITA"].contains(&banco.pendenza("P1").await["stato"].as_str().expect("stato")));
    }
}
