//! The giornale degli eventi: what is written of every call, and who reads it (spec/2 section 2.14, spec/3 section 3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contratti::scostamenti;
use gateway::lavori::{Corsa, trova};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::GuastoEnte;
use tokio_util::sync::CancellationToken;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PASSWORD, Risposta, corpo_minimo};
use crate::pagamenti_avvio::{Chi, RITORNO, intera, paga};
use crate::soap::{Domanda, Ricevuta};
use crate::su_entrambi;
use crate::vecchio_carrello::collega_nodo;
use crate::verifica_ente::{AVVISO, dell_ente, due_applicazioni, risponde};

async fn get_come(banco: &Banco, utente: &str, percorso: &str) -> Risposta {
    banco.gateway.giornale().scarica().await;
    banco.chiama_come(utente, Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await
}

async fn eventi(banco: &Banco, filtri: &str) -> Vec<Value> {
    let risposta = get_come(banco, "gpadmin", &format!("/eventi?{filtri}")).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()["risultati"].as_array().expect("lista").clone()
}

fn tipi(eventi: &[Value]) -> Vec<&str> {
    eventi.iter().map(|e| e["tipoEvento"].as_str().expect("testo")).collect()
}

fn corpo(messaggio: &Value) -> String {
    String::from_utf8(STANDARD.decode(messaggio["payload"].as_str().expect("payload")).expect("base64")).expect("UTF-8")
}

async fn pagata(banco: &Banco) -> (String, String) {
    let avviso = banco.carica("P1", "10.00").await;
    for domanda in [Domanda::verifica(&avviso), Domanda::attiva_v2(&avviso)] {
        assert_eq!(domanda.invia(banco).await.a("outcome"), Some("OK"));
    }
    assert_eq!(Ricevuta::per(&avviso, "ric1", "10.00").invia(banco).await.a("outcome"), Some("OK"));
    let iuv = avviso[1..].to_owned();
    (avviso, iuv)
}

su_entrambi! {
    async fn gli_eventi_di_una_posizione_si_trovano_per_pendenza_e_per_iuv(banco: &Banco) {
        let (_, iuv) = pagata(banco).await;
        let attesi = ["paSendRTV2", "paGetPaymentV2", "paVerifyPaymentNotice"];
        let per_iuv = eventi(banco, &format!("idDominio={DOMINIO}&iuv={iuv}")).await;
        assert_eq!(tipi(&per_iuv), attesi);
        let per_pendenza = eventi(banco, "idA2A=DEMO&idPendenza=P1").await;
        assert_eq!(tipi(&per_pendenza), [&attesi[..], &["addPendenza"]].concat());
        let pendenza = &per_pendenza[3];
        assert_eq!((&pendenza["componente"], &pendenza["ruolo"], &pendenza["esito"]), (&json!("API_PENDENZE"), &json!("SERVER"), &json!("OK")));
        assert_eq!((&pendenza["sottotipoEsito"], &pendenza["clusterId"]), (&json!("201"), &json!("nodo-7")));
        assert!(pendenza.get("parametriRichiesta").is_none(), "la lista non ha i messaggi");
        // The receipt has the number of the receipt, the activation another.
        assert_eq!(tipi(&eventi(banco, &format!("idDominio={DOMINIO}&iuv={iuv}&ccp=ric1")).await), ["paSendRTV2"]);
        assert_eq!(tipi(&eventi(banco, "tipoEvento=paGetPaymentV2&ruolo=SERVER&esito=OK&categoriaEvento=INTERFACCIA&componente=API_PAGOPA").await), ["paGetPaymentV2"]);
        assert!(eventi(banco, "tipoEvento=paGetPaymentV2&esito=KO").await.is_empty());
        // Values that are not known are no filter.
        assert_eq!(eventi(banco, "tipoEvento=paGetPaymentV2&esito=BOH&ruolo=BOH").await.len(), 1);
    }
}

su_entrambi! {
    async fn il_dettaglio_ha_cio_che_e_passato_con_la_stazione(banco: &Banco) {
        let (avviso, iuv) = pagata(banco).await;
        let lista = eventi(banco, &format!("idDominio={DOMINIO}&iuv={iuv}&messaggi=true")).await;
        for (evento, contiene) in lista.iter().zip(["paSendRTV2Request", "paGetPaymentV2Request", "paVerifyPaymentNoticeReq"]) {
            let dettaglio = get_come(banco, "gpadmin", &format!("/eventi/{}", evento["id"])).await;
            assert_eq!(dettaglio.stato, StatusCode::OK, "{}", dettaglio.testo);
            let dettaglio = dettaglio.json();
            assert_eq!(&dettaglio, evento);
            let (richiesta, risposta) = (&dettaglio["parametriRichiesta"], &dettaglio["parametriRisposta"]);
            assert!(corpo(richiesta).contains(contiene) && corpo(richiesta).contains(&iuv[..10]), "{}", corpo(richiesta));
            assert!(corpo(risposta).contains("<outcome>OK</outcome>"), "{}", corpo(risposta));
            assert_eq!((&richiesta["method"], &risposta["status"]), (&json!("POST"), &json!(200)));
            assert!(richiesta["headers"].as_array().expect("lista").iter().all(|h| h["nome"] != "authorization"));
            assert_eq!(evento["datiPagoPA"]["idDominio"], DOMINIO);
        }
        let _ = avviso;
        get_come(banco, "gpadmin", "/eventi/boh").await.rifiuta(400, "SINTASSI", "Il valore indicato per il parametro [id] non e' un numero.");
        get_come(banco, "gpadmin", "/eventi/7").await.rifiuta(404, "404000", "Evento 7 non trovato.");
    }
}

su_entrambi! {
    async fn di_una_scrittura_rifiutata_si_conservano_richiesta_e_risposta_e_di_una_lettura_niente(banco: &Banco) {
        let mut sbagliata = corpo_minimo("10.00");
        sbagliata["idDominio"] = json!("99999999999");
        assert_eq!(banco.put("P9", sbagliata).await.stato, StatusCode::UNPROCESSABLE_ENTITY);
        banco.carica("P1", "10.00").await;
        banco.pendenza("P1").await;
        let suoi = eventi(banco, "tipoEvento=addPendenza&messaggi=true").await;
        let [buona, rifiutata] = suoi.as_slice() else { panic!("{suoi:?}") };
        assert_eq!((&rifiutata["esito"], &rifiutata["sottotipoEsito"]), (&json!("KO"), &json!("422")));
        assert_eq!(rifiutata["dettaglioEsito"], "Dominio (99999999999) inesistente");
        assert!(corpo(&rifiutata["parametriRichiesta"]).contains("soggettoPagatore") && corpo(&rifiutata["parametriRisposta"]).contains("DOM_000"));
        assert_eq!((&rifiutata["parametriRichiesta"]["principal"], &rifiutata["parametriRichiesta"]["method"]), (&json!("DEMO"), &json!("PUT")));
        assert_eq!((&buona["parametriRichiesta"], &buona["parametriRisposta"]), (&json!({}), &json!({})), "riuscita: dump solo in errore");
        assert!(eventi(banco, "tipoEvento=getPendenza").await.is_empty(), "delle letture non si tiene traccia");
    }
}

su_entrambi! {
    async fn delle_chiamate_in_uscita_si_tiene_cio_che_e_passato_senza_segreti(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        let da_pagare = json!({ "urlRitorno": RITORNO, "pendenze": [intera("C1", "3.00")] });
        assert_eq!(paga(banco, &porta, Chi::App("PORTALE"), &da_pagare).await.stato, StatusCode::CREATED);
        let carrelli = eventi(banco, "tipoEvento=nodoInviaCarrelloRPT&messaggi=true").await;
        let [carrello] = carrelli.as_slice() else { panic!("{carrelli:?}") };
        let (richiesta, risposta) = (&carrello["parametriRichiesta"], &carrello["parametriRisposta"]);
        assert!(corpo(richiesta).contains("<password>***</password>") && corpo(richiesta).contains("<rpt>"), "{}", corpo(richiesta));
        assert!(corpo(risposta).contains("<esitoComplessivoOperazione>OK<"), "{}", corpo(risposta));
        assert_eq!((&richiesta["method"], &richiesta["url"], &risposta["status"]), (&json!("POST"), &json!(banco.simulatore.nodo_url()), &json!(200)));
        let intestazioni = richiesta["headers"].to_string();
        assert!(intestazioni.contains("soapaction") && !intestazioni.to_lowercase().contains("subscription"), "{intestazioni}");

        due_applicazioni(banco).await;
        // The ente is asked for a notice that nobody loaded: a good answer leaves the event alone, a bad one what passed.
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
        assert_eq!(Domanda::verifica(AVVISO).invia(banco).await.a("outcome"), Some("KO"));
        risponde(banco, AVVISO, dell_ente("DELL_ENTE", Some(AVVISO), "10.00"));
        assert_eq!(Domanda::verifica(AVVISO).invia(banco).await.a("outcome"), Some("OK"));
        let chieste = eventi(banco, "tipoEvento=getAvviso&messaggi=true").await;
        let [buona, guasta] = chieste.as_slice() else { panic!("{chieste:?}") };
        assert_eq!((&buona["esito"], &buona["parametriRichiesta"], buona.get("severita")), (&json!("OK"), &json!({}), None));
        assert_eq!((&guasta["esito"], &guasta["severita"], &guasta["parametriRichiesta"]["method"]), (&json!("FAIL"), &json!(5), &json!("GET")));
        assert!(guasta["parametriRichiesta"]["url"].as_str().expect("url").contains(AVVISO), "{guasta}");
        assert_eq!(guasta["parametriRisposta"]["status"], 500);
        // The file of one payment has them too.
        let iuv = carrello["iuv"].as_str().expect("iuv");
        let fascicolo = get_come(banco, "gpadmin", &format!("/fascicoli/{DOMINIO}/{iuv}")).await;
        assert!(voci(&fascicolo.byte).iter().any(|(nome, _)| nome.ends_with("_nodoInviaCarrelloRPT_richiesta.xml")));
    }
}

su_entrambi! {
    async fn anche_una_richiesta_che_non_si_legge_lascia_un_evento_e_si_conta(banco: &Banco) {
        let indirizzo = format!("{}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice", banco.base);
        let manda = async |azione: &str, corpo: &str| {
            let richiesta = banco.http.post(&indirizzo).basic_auth("nodo", Some(PASSWORD)).header("soapaction", azione).header("content-type", "text/xml");
            assert_eq!(richiesta.body(corpo.to_owned()).send().await.expect("risposta").status(), StatusCode::OK);
        };
        manda("paVerifyPaymentNotice", "<html>").await;
        manda("", "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><n:paaVerificaRPT xmlns:n=\"http://ws.pagamenti.telematici.gov/\"/></e:Body></e:Envelope>").await;
        let visti = eventi(banco, "messaggi=true").await;
        assert_eq!(tipi(&visti), ["paaVerificaRPT", "paVerifyPaymentNotice"]);
        for evento in &visti {
            assert_eq!((&evento["esito"], &evento["sottotipoEsito"]), (&json!("KO"), &json!("PAA_SINTASSI_EXTRAXSD")));
            assert!(corpo(&evento["parametriRisposta"]).contains("PAA_SINTASSI_EXTRAXSD"));
        }
        assert_eq!(corpo(&visti[1]["parametriRichiesta"]), "<html>");
        let corsa = banco.gateway.corri(trova("livello-servizio").expect("registrato"), true, &CancellationToken::new()).await.expect("letto");
        assert!(matches!(corsa, Corsa::Riuscita(_)), "{corsa:?}");
        let livelli = get_come(banco, "gpadmin", "/livelliServizio").await.json();
        let contate: Vec<_> = livelli["stazioni"][0]["operazioni"].as_array().expect("lista").iter().map(|o| o["operazione"].as_str().expect("testo")).collect();
        assert_eq!((&livelli["stazioni"][0]["idStazione"], contate), (&json!("altre"), vec!["paVerifyPaymentNotice", "paaVerificaRPT"]));
    }
}

su_entrambi! {
    async fn ogni_nota_resta_nel_giornale_con_chi_l_ha_scritta(banco: &Banco) {
        banco.carica("P1", "10.00").await;
        for testo in ["prima", "seconda"] {
            let nota = json!([{ "op": "ADD", "path": "/nota", "value": { "oggetto": "Visto", "testo": testo } }]);
            let risposta = banco.chiama_come("gpadmin", Method::PATCH, &format!("{BACKOFFICE}/pendenze/DEMO/P1"), Some(nota)).await;
            assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
        }
        let note = eventi(banco, "idA2A=DEMO&idPendenza=P1&categoriaEvento=UTENTE&messaggi=true").await;
        let testi: Vec<_> = note.iter().map(|n| (&n["sottotipoEvento"], &n["dettaglioEsito"], &n["parametriRichiesta"]["principal"])).collect();
        assert_eq!(testi, [(&json!("nota"), &json!("Visto: seconda"), &json!("gpadmin")), (&json!("nota"), &json!("Visto: prima"), &json!("gpadmin"))]);
    }
}

su_entrambi! {
    async fn gli_eventi_sono_come_dice_il_contratto(banco: &Banco) {
        let file = "govpay/backoffice/govpay-api-backoffice-v1.yaml";
        let (Some(riga), Some(dettaglio)) = (contratti::schema("API Backoffice, eventoIndex", file, "eventoIndex"), contratti::schema("API Backoffice, evento", file, "evento")) else { return };
        due_applicazioni(banco).await;
        pagata(banco).await;
        assert_eq!(banco.put("P9", json!({})).await.stato, StatusCode::BAD_REQUEST);
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
        Domanda::verifica(AVVISO).invia(banco).await;
        let tutti = eventi(banco, "risultatiPerPagina=100").await;
        assert!(["API_PENDENZE", "API_PAGOPA", "API_ENTE"].iter().all(|c| tutti.iter().any(|e| e["componente"] == *c)), "{tutti:?}");
        for evento in &tutti {
            assert_eq!(scostamenti(&riga, evento), [] as [&str; 0], "{evento}");
            assert_eq!(evento["clusterId"], "nodo-7");
            let letto = get_come(banco, "gpadmin", &format!("/eventi/{}", evento["id"])).await.json();
            assert_eq!(scostamenti(&dettaglio, &letto), [] as [&str; 0], "{letto}");
        }
    }
}

su_entrambi! {
    async fn chi_non_ha_il_diritto_vede_solo_le_sue_pendenze(banco: &Banco) {
        let (_, iuv) = pagata(banco).await;
        let righe = async |utente: &str, filtri: &str| {
            let risposta = get_come(banco, utente, &format!("/eventi?{filtri}")).await;
            (risposta.stato, risposta.json()["risultati"].as_array().map_or(0, Vec::len))
        };
        let di_posizione = format!("idDominio={DOMINIO}&iuv={iuv}");
        assert_eq!(righe("gpadmin", &di_posizione).await, (StatusCode::OK, 3));
        assert_eq!(righe("DEMO", &di_posizione).await, (StatusCode::OK, 3));
        assert_eq!(righe("DEMO", "tipoEvento=paGetPaymentV2").await, (StatusCode::OK, 0), "senza ambito niente, dove l'originale mostra tutto");
        assert_eq!(righe("DEMO", &format!("idDominio={DOMINIO}&iuv=99999999999999999")).await, (StatusCode::OK, 0));
        get_come(banco, "gpadmin", "/eventi?severitaDa=x").await.rifiuta(400, "SINTASSI",
            "Il valore indicato per il parametro [severitaDa] non e' valido: il valore fornito [x] non e' un intero.");
    }
}

su_entrambi! {
    async fn lo_svecchiamento_prepara_e_toglie_i_mesi(banco: &Banco) {
        pagata(banco).await;
        banco.gateway.giornale().scarica().await;
        for nome in ["mesi-giornale", "svecchiamento"] {
            let corsa = banco.gateway.corri(trova(nome).expect("registrato"), true, &CancellationToken::new()).await.expect("letto");
            assert!(matches!(corsa, Corsa::Riuscita(_)), "{nome}: {corsa:?}");
        }
        let prima = banco.conta("SELECT count(*) FROM evento").await;
        assert!(prima >= 4);
        banco.sql("UPDATE evento SET data = '2001-01-01T00:00:00Z' WHERE tipo = 'paGetPaymentV2'").await;
        let corsa = banco.gateway.corri(trova("svecchiamento").expect("registrato"), true, &CancellationToken::new()).await.expect("letto");
        assert!(matches!(corsa, Corsa::Riuscita(_)), "{corsa:?}");
        assert_eq!(banco.conta("SELECT count(*) FROM evento").await, prima - 1);
    }
}

/// Names and contents of a zip of stored entries, read from its directory.
fn voci(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let numero = |da: usize, quanti: usize| zip[da..da + quanti].iter().rev().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    let fine = zip.len() - 22;
    assert_eq!(&zip[fine..fine + 4], b"PK\x05\x06");
    let (quante, mut da) = (numero(fine + 10, 2), numero(fine + 16, 4));
    let mut voci = Vec::new();
    for _ in 0..quante {
        assert_eq!(&zip[da..da + 4], b"PK\x01\x02");
        let (byte, lungo, testa) = (numero(da + 20, 4), numero(da + 28, 2), numero(da + 42, 4));
        let nome = String::from_utf8(zip[da + 46..da + 46 + lungo].to_vec()).expect("UTF-8");
        let corpo = testa + 30 + numero(testa + 26, 2);
        voci.push((nome, zip[corpo..corpo + byte].to_vec()));
        da += 46 + lungo;
    }
    voci
}

su_entrambi! {
    async fn il_fascicolo_ha_ogni_richiesta_e_risposta_in_ordine_con_la_sua_impronta(banco: &Banco) {
        let (_, iuv) = pagata(banco).await;
        let risposta = get_come(banco, "gpadmin", &format!("/fascicoli/{DOMINIO}/{iuv}")).await;
        assert_eq!((risposta.stato, risposta.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, "application/zip"));
        let file = voci(&risposta.byte);
        let contenuto = |nome: &str| file.iter().find(|(n, _)| n == nome).map(|(_, b)| b.clone()).unwrap_or_else(|| panic!("{nome}"));
        let indice: Value = serde_json::from_slice(&contenuto("indice.json")).expect("JSON");
        let eventi = indice["eventi"].as_array().expect("lista");
        assert_eq!(tipi(eventi), ["paVerifyPaymentNotice", "paGetPaymentV2", "paSendRTV2"]);
        let mut detti = 0;
        for f in eventi.iter().flat_map(|e| e["file"].as_array().expect("lista")).chain(indice["archiviati"].as_array().expect("lista")) {
            let byte = contenuto(f["nome"].as_str().expect("nome"));
            assert_eq!(f["byte"], json!(byte.len()));
            detti += 1;
        }
        // Four for each call, the two messages of the archive, and the two indexes that tell of them.
        assert_eq!((detti, file.len()), (14, 16));
        let ricevuta = eventi[2]["file"][1]["nome"].as_str().expect("nome");
        assert!(ricevuta.starts_with("0003_") && ricevuta.ends_with("_paSendRTV2_richiesta.xml"), "{ricevuta}");
        assert!(String::from_utf8_lossy(&contenuto(ricevuta)).contains("ric1"));
        assert!(String::from_utf8_lossy(&contenuto("indice.txt")).contains("paGetPaymentV2"));
        // Another attempt has nothing of this receipt.
        let altro = get_come(banco, "gpadmin", &format!("/fascicoli/{DOMINIO}/{iuv}?ccp=altro")).await;
        let altro: Value = serde_json::from_slice(&voci(&altro.byte).iter().find(|(n, _)| n == "indice.json").expect("indice").1).expect("JSON");
        assert_eq!(tipi(altro["eventi"].as_array().expect("lista")), ["paVerifyPaymentNotice"]);
        let detto = format!("Nessun evento per il dominio {DOMINIO} e lo IUV 99999999999999999.");
        get_come(banco, "gpadmin", &format!("/fascicoli/{DOMINIO}/99999999999999999")).await.rifiuta(404, "404000", &detto);
    }
}

su_entrambi! {
    async fn il_livello_di_servizio_conta_le_risposte_della_stazione(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:30Z");
        pagata(banco).await;
        banco.gateway.conta_risposta("11111111113_01", "paGetPaymentV2", 2_500, false);
        banco.gateway.conta_risposta("11111111113_01", "paSendRTV2", 10, true);
        banco.gateway.conta_risposta("mai vista", "paSendRTV2", 10, false);
        let corsa = banco.gateway.corri(trova("livello-servizio").expect("registrato"), true, &CancellationToken::new()).await.expect("letto");
        assert!(matches!(corsa, Corsa::Riuscita(_)), "{corsa:?}");
        let livelli = get_come(banco, "gpadmin", "/livelliServizio").await;
        assert_eq!(livelli.stato, StatusCode::OK, "{}", livelli.testo);
        let livelli = livelli.json();
        assert_eq!((&livelli["mese"], &livelli["sogliaMillesimi"]), (&json!("2026-11"), &json!(980)));
        let stazioni = livelli["stazioni"].as_array().expect("lista");
        let [nota, altre] = stazioni.as_slice() else { panic!("{livelli}") };
        assert_eq!((&nota["idStazione"], &altre["idStazione"], &nota["minutiFermi"]), (&json!("11111111113_01"), &json!("altre"), &json!(0)));
        let conti: Vec<_> = nota["operazioni"].as_array().expect("lista").iter().map(|o| (o["operazione"].as_str().expect("testo"), o["risposte"].as_i64(), o["millesimi"].as_i64())).collect();
        assert_eq!(conti, [("paGetPaymentV2", Some(2), Some(500)), ("paSendRTV2", Some(2), Some(500)), ("paVerifyPaymentNotice", Some(1), Some(1000))]);
        assert!(get_come(banco, "gpadmin", "/livelliServizio?mese=2026-10").await.json()["stazioni"].as_array().expect("lista").is_empty());
        get_come(banco, "gpadmin", "/livelliServizio?mese=novembre").await.rifiuta(400, "SINTASSI",
            "Il valore indicato per il parametro [mese] non e' valido: si attende AAAA-MM.");
    }
}
