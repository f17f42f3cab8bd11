//! The older road: payment and attempts are recorded, the node is away or takes the cart, the browser comes back (spec/1 section 10.1, spec/3 section 2.2).

use std::process::Command;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::banco::{Banco, DOMINIO, DOMINIO_2, Risposta, chiavi, corpo_minimo};
use crate::pagamenti_avvio::{Chi, RITORNO, chiama, intera, paga, per_a2a};
use crate::pagamento_accesso::{CORRADO, GRETA};
use crate::su_entrambi;
use crate::vecchio_carrello::collega_nodo;

async fn leggi(banco: &Banco, porta: &str, chi: Chi<'_>, versione: &str, percorso: &str) -> Risposta {
    chiama(banco, porta, chi, Method::GET, versione, percorso, None).await
}

su_entrambi! {
    async fn col_nodo_lontano_il_pagamento_e_fallito_e_si_ritrova(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        banco.carica("P1", "10.50").await;
        let versante = json!({ "identificativo": "RSSMRA80A01H501U", "anagrafica": "Mario Rossi", "email": "m@example.org" });
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1"), intera("NUOVA", "3.00")], "soggettoVersante": versante,
            "contoAddebito": { "iban": "IT02L1234512345123451111111" }, "credenzialiPagatore": "cred" });

        let avviato = chiama(banco, &porta, Chi::App("PORTALE"), Method::POST, "v2", "/pagamenti?idSessionePortale=sp1", Some(&corpo)).await;
        let fault = avviato.json();
        assert_eq!((avviato.stato, &fault["codice"], &fault["categoria"]), (StatusCode::BAD_GATEWAY, &json!("PAA_NODO_INDISPONIBILE"), &json!("PAGOPA")));
        assert_eq!(fault["descrizione"], "Servizi pagoPA non disponibili.");
        let id = fault["id"].as_str().expect("id").to_owned();
        assert_eq!(fault["location"], format!("/pagamenti/{id}"));
        let numero = avviato.intestazioni["x-govpay-idtransazione"].to_str().expect("testo").replace('-', "");
        assert_eq!(id, numero, "l'id e' quello della transazione");

        let p = leggi(banco, &porta, Chi::App("PORTALE"), "v2", &format!("/pagamenti/{id}")).await.json();
        assert_eq!(chiavi(&p), ["autenticazioneSoggetto", "contoAddebito", "credenzialiPagatore", "dataRichiestaPagamento", "id", "idSessionePortale", "importo", "nome", "pendenze", "rpp", "soggettoVersante", "stato", "urlRitorno"]);
        assert_eq!((&p["stato"], &p["nome"], p["importo"].to_string()), (&json!("FALLITO"), &json!("TARI 2026 prima rata ed un'altra pendenza."), "13.5".to_owned()));
        assert_eq!((&p["idSessionePortale"], &p["urlRitorno"], &p["soggettoVersante"]), (&json!("sp1"), &json!(RITORNO), &versante));
        assert_eq!(p["dataRichiestaPagamento"].as_str().expect("data").len(), "2026-11-22T10:00:00.125".len());
        let (rpp, pendenze) = (p["rpp"].as_array().expect("rpp"), p["pendenze"].as_array().expect("pendenze"));
        assert_eq!((rpp.len(), pendenze.len()), (2, 2));
        assert_eq!((&rpp[0]["stato"], &pendenze[0]["idPendenza"], rpp[0].get("rt")), (&json!("RPT_ERRORE_INVIO_A_NODO"), &json!("P1"), None));
        let rpt = &rpp[0]["rpt"];
        assert_eq!(rpt["soggettoVersante"]["identificativoUnivocoVersante"]["codiceIdentificativoUnivoco"], "RSSMRA80A01H501U");
        assert_eq!((&rpt["soggettoVersante"]["indirizzoVersante"], &rpt["datiVersamento"]["importoTotaleDaVersare"]), (&Value::Null, &json!("10.50")));
        assert_eq!(rpt["datiVersamento"]["datiSingoloVersamento"][0]["ibanAppoggio"], "IT60X0760101000000012345678");

        // Known to who started it, and to nobody else.
        let elenco = leggi(banco, &porta, Chi::App("PORTALE"), "v1", "/pagamenti?stato=FALLITO&idSessionePortale=sp1").await.json();
        assert_eq!((&elenco["numRisultati"], &elenco["risultati"][0]["pendenze"]), (&json!(1), &json!(format!("/pendenze?idPagamento={id}"))));
        let altra = leggi(banco, &porta, Chi::Cittadino(GRETA, None), "v2", &format!("/pagamenti/{id}")).await;
        assert_eq!(altra.stato, StatusCode::FORBIDDEN);
        // Greta owes what Mario pays: it is in her list.
        let suoi = leggi(banco, &porta, Chi::Cittadino(GRETA, None), "v2", "/pagamenti").await.json();
        assert_eq!(suoi["numRisultati"], json!(1));
        assert_eq!(leggi(banco, &porta, Chi::App("PORTALE"), "v2", &format!("/pagamenti/{}", "0".repeat(32))).await.stato, StatusCode::NOT_FOUND);
        let storto = leggi(banco, &porta, Chi::App("PORTALE"), "v2", "/pagamenti?stato=X").await.fault();
        assert_eq!(storto.2, "Codifica inesistente per stato. Valore fornito [X] valori possibili {IN_CORSO,ESEGUITO,NON_ESEGUITO,ESEGUITO_PARZIALE,ANNULLATO,FALLITO}");
    }
}

su_entrambi! {
    async fn cio_che_non_si_puo_pagare_lascia_un_pagamento_fallito_e_nient_altro(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let mut scaduta = corpo_minimo("1.00");
        scaduta["dataScadenza"] = json!("2026-11-20");
        assert_eq!(banco.put("SCADUTA", scaduta).await.stato, StatusCode::CREATED);
        let mut passata = intera("PASSATA", "1.00");
        passata["dataValidita"] = json!("2026-11-20");
        let mut di_due = intera("DI_DUE", "1.00");
        di_due["voci"][0]["idDominio"] = json!(DOMINIO_2);
        for (pendenza, codice, testo) in [
            (per_a2a("SCADUTA"), "PAG_007", "Richiesto pagamento di una pendenza [Applicazione:DEMO IdPendenza:SCADUTA] con data scadenza decorsa il 2026-11-20."),
            (passata, "PAG_012", "Richiesto pagamento di una pendenza [Applicazione:DEMO IdPendenza:PASSATA] con data validita' decorsa il 2026-11-20."),
            (di_due, "VER_038", "La pendenza (IdA2A:DEMO Id:DI_DUE) e' di tipo multibeneficiario non consentito per pagamenti spontanei."),
        ] {
            let corpo = json!({ "pendenze": [intera("PRIMA", "2.00"), pendenza] });
            let rifiuto = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
            assert_eq!(rifiuto.fault(), (422, codice.to_owned(), testo.to_owned()));
            let id = rifiuto.json()["id"].as_str().expect("id").to_owned();
            let p = leggi(banco, &porta, Chi::App("PORTALE"), "v2", &format!("/pagamenti/{id}")).await.json();
            assert_eq!((&p["stato"], &p["rpp"]), (&json!("FALLITO"), &json!([])));
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza WHERE id_pendenza = 'PRIMA'").await, 0);
    }
}

su_entrambi! {
    async fn un_carrello_preso_dal_nodo_porta_alla_sua_pagina_e_poi_al_portale(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        let corpo = |id: &str, ritorno: Option<&str>| json!({ "pendenze": [intera(id, "2.00")], "urlRitorno": ritorno, "soggettoVersante": { "identificativo": "XX", "anagrafica": "X", "email": "x@example.org" } });

        let avviato = paga(banco, &porta, Chi::Nessuno(None), &corpo("P1", Some(RITORNO))).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        let creato = avviato.json();
        let id = creato["id"].as_str().expect("id").to_owned();
        let visti = banco.simulatore.carrelli_visti();
        assert_eq!(visti.iter().map(|c| (c.id.as_str(), c.rpt.len())).collect::<Vec<_>>(), [(id.as_str(), 1)]);
        let sessione = visti[0].sessione.clone();
        assert_eq!((&creato["location"], &creato["idSession"]), (&json!(format!("/pagamenti/{id}")), &json!(sessione)));
        assert_eq!(creato["redirect"], json!(format!("{}?idSession={sessione}", banco.simulatore.nodo_url().replace("/nodo", "/wisp"))));

        let p = leggi(banco, &porta, Chi::Nessuno(None), "v2", &format!("/pagamenti/byIdSession/{sessione}")).await.json();
        assert_eq!((&p["id"], &p["stato"], &p["soggettoVersante"]["identificativo"]), (&json!(id), &json!("IN_CORSO"), &json!("ANONIMO")));
        assert_eq!((&p["rpp"][0]["stato"], &p["rpp"][0]["rpt"]["soggettoPagatore"], p["pendenze"][0].get("soggettoPagatore")), (&json!("RPT_ACCETTATA_NODO"), &Value::Null, None));
        assert_eq!(leggi(banco, &porta, Chi::Cittadino(CORRADO, None), "v2", &format!("/pagamenti/{id}")).await.stato, StatusCode::FORBIDDEN);

        for base in ["/govpay-web-connector/psp", "/govpay/frontend/web/connector/ecsp/psp"] {
            let torna = Risposta::leggi(banco.http.get(format!("{porta}{base}?idSession={sessione}&esito=OK&idDominio={DOMINIO}")).send().await.expect("ritorno")).await;
            assert_eq!(torna.stato, StatusCode::SEE_OTHER, "{}", torna.testo);
            assert_eq!(torna.intestazioni[header::LOCATION], format!("{RITORNO}&idPagamento={id}&idSession={sessione}&esito=OK"));
        }
        let ignota = Risposta::leggi(banco.http.get(format!("{porta}/govpay-web-connector/psp?idSession=boh&esito=OK")).send().await.expect("ritorno")).await;
        assert_eq!(ignota.fault().0, 404);
        let monca = Risposta::leggi(banco.http.get(format!("{porta}/govpay-web-connector/psp?idSession=boh")).send().await.expect("ritorno")).await;
        monca.rifiuta(400, "SINTASSI", "Il campo esito non deve essere vuoto.");

        let senza = paga(banco, &porta, Chi::Nessuno(None), &corpo("P2", None)).await.json();
        let (altro, aperta) = (senza["id"].as_str().expect("id"), senza["idSession"].as_str().expect("sessione"));
        let persa = Risposta::leggi(banco.http.get(format!("{porta}/govpay-web-connector/psp?idSession={aperta}&esito=ERROR")).send().await.expect("ritorno")).await;
        assert_eq!(persa.fault(), (422, "PAG_013".to_owned(), format!("Impossibile indirizzare il Portale di Pagamento: non e' stata fornita una URL di ritorno in fase di richiesta. IdCarrello {altro}")));
    }
}

su_entrambi! {
    async fn la_richiesta_di_pagamento_rispetta_lo_schema_di_pago_pa(banco: &Banco) {
        let schema = std::env::var("FIORINO_CONTRATTI").map(|c| format!("{c}/pagopa/legacy-nodo/xsd/comuni/PagInf_RPT_RT_6_2_0.xsd"));
        let eseguita = schema.as_ref().is_ok_and(|s| std::path::Path::new(s).exists()) && Command::new("xmllint").arg("--version").output().is_ok();
        println!("contratto: {} la_richiesta_di_pagamento_rispetta_lo_schema_di_pago_pa", if eseguita { "eseguita" } else { "saltata" });
        if !eseguita {
            return;
        }
        let porta = banco.porta_dei_pagamenti().await;
        let mut piena = intera("PIENA", "18.00");
        piena["idUnitaOperativa"] = json!("UFF");
        piena["causale"] = json!("<&>\"' \u{e8}");
        piena["soggettoPagatore"] = json!({ "tipo": "G", "identificativo": "12345678901", "anagrafica": "A & B <srl>", "indirizzo": "Via", "nazione": "IT", "email": "a@b.it" });
        let bollo = json!({ "idVocePendenza": "B", "importo": 16, "descrizione": "Bollo", "tipoBollo": "Imposta di bollo", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" });
        piena["voci"][0]["importo"] = json!(2);
        piena["voci"].as_array_mut().expect("voci").push(bollo);
        let mut scarna = intera("SCARNA", "1.00");
        scarna.as_object_mut().expect("oggetto").shift_remove("soggettoPagatore");
        let risposta = paga(banco, &porta, Chi::App("PORTALE"), &json!({ "pendenze": [piena, scarna] })).await;
        assert_eq!(risposta.stato, StatusCode::BAD_GATEWAY, "{}", risposta.testo);
        let id = domain::pagamento::Pagamento::leggi_id(risposta.json()["id"].as_str().expect("id")).expect("id");
        let cartella = tempfile::tempdir().expect("cartella");
        for t in banco.store.transazioni_di_pagamento(id).await.expect("lette") {
            let rpt = banco.store.messaggio(&t, store::transazioni::Messaggio::Rpt).await.expect("letta").expect("c'e'");
            let file = cartella.path().join(format!("{}.xml", t.id));
            std::fs::write(&file, &rpt).expect("scritta");
            let uscita = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(schema.as_ref().expect("schema")).arg(&file).output().expect("xmllint");
            assert!(uscita.status.success(), "{}\n{}", String::from_utf8_lossy(&uscita.stderr), String::from_utf8_lossy(&rpt));
        }
    }
}
