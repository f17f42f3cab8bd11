//! Attempts, receipts, money and payments as the office sees them (spec/2 sections 2.13, 2.14 and 2.20).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::Importo;
use contratti::{Validator, scostamenti};
use domain::Soggetto;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{Iniziativa, Pagamento, Situazione};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Versione;
use store::Corsia;
use uuid::Uuid;

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, PASSWORD, Risposta, dominio, numero};
use crate::soap::{Domanda, Ricevuta};
use crate::su_entrambi;
use crate::ufficio_pendenze::{chiama, get, operatore, trovati};

fn schema(componente: &str) -> Option<Validator> {
    contratti::schema(&format!("API Backoffice, {componente}"), "govpay/backoffice/govpay-api-backoffice-v1.yaml", componente)
}

#[track_caller]
fn conforme(componente: &str, corpo: &Value, attesi: &[&str]) {
    if let Some(s) = schema(componente) {
        assert_eq!(scostamenti(&s, corpo), attesi, "{componente}: {corpo:#}");
    }
}

/// A position that was paid, by its numero avviso and the number of its receipt.
async fn pagata(banco: &Banco, id: &str, importo: &str) -> (String, String) {
    let avviso = banco.carica(id, importo).await;
    banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
    let ccp = banco.pendenza(id).await["rpp"][0]["rt"]["receiptId"].as_str().expect("receiptId").to_owned();
    (avviso, ccp)
}

async fn con_accept(banco: &Banco, percorso: &str, accept: &str) -> Risposta {
    let richiesta = banco.http.get(format!("{}{BACKOFFICE}{percorso}", banco.base)).basic_auth("gpadmin", Some(PASSWORD)).header("accept", accept);
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

su_entrambi! {
    async fn i_messaggi_di_oggi_si_leggono_anche_nella_forma_vecchia(banco: &Banco) {
        let (avviso, ccp) = pagata(banco, "P1", "10.00").await;
        let rpp = get(banco, "/rpp?retrocompatibilitaMessaggiPagoPAV1=true").await.json()["risultati"][0].clone();
        let (rpt, rt) = (&rpp["rpt"], &rpp["rt"]);
        let vecchia = crate::vecchio_stazione::attivata(banco, "MODELLO").await;
        assert_eq!((&rpt["versioneOggetto"], &rt["versioneOggetto"]), (&json!("6.2.0"), &json!("6.2.0")), "{rpp:#}");
        assert_eq!(rpt["datiVersamento"]["identificativoUnivocoVersamento"], &avviso[1..]);
        assert_eq!((&rpt["datiVersamento"]["tipoVersamento"], &rpt["datiVersamento"]["importoTotaleDaVersare"]), (&json!("OTH"), &json!("10.00")));
        assert_eq!((&rt["datiPagamento"]["CodiceContestoPagamento"], &rt["datiPagamento"]["codiceEsitoPagamento"]), (&json!(ccp), &json!("0")));
        assert_eq!(rt["datiPagamento"]["datiSingoloPagamento"][0]["identificativoUnivocoRiscossione"], json!(ccp));
        // The members of an RPT of the older model, no more and no less.
        let vera = get(banco, "/rpp?idPendenza=MODELLO&retrocompatibilitaMessaggiPagoPAV1=true").await.json()["risultati"][0]["rpt"].clone();
        assert_eq!(vera["datiVersamento"]["identificativoUnivocoVersamento"], vecchia.iuv.as_str());
        for membro in ["", "/dominio", "/soggettoPagatore", "/enteBeneficiario", "/datiVersamento", "/datiVersamento/datiSingoloVersamento/0"] {
            let nomi = |v: &Value| v.pointer(membro).map(crate::banco::chiavi);
            assert_eq!(nomi(rpt), nomi(&vera), "{membro}");
        }
        let com_e = get(banco, "/rpp?idPendenza=P1").await.json()["risultati"][0].clone();
        assert_eq!(com_e["rt"]["receiptId"], json!(ccp));
    }
}

su_entrambi! {
    async fn i_tentativi_si_cercano_e_si_leggono(banco: &Banco) {
        let (avviso, ccp) = pagata(banco, "P1", "10.00").await;
        let altro = banco.carica("P2", "20.00").await;
        assert_eq!(Domanda::attiva_v2(&altro).invia(banco).await.a("outcome"), Some("OK"));
        let iuv = &avviso[1..];
        for (query, quanti) in [
            ("", 2), ("esito=ESEGUITO", 1), ("esito=IN_CORSO", 1), ("esito=DECORENNZA_PARZIALE", 0), ("idA2A=DEMO", 2), ("idA2A=SILENTE", 0), ("idPendenza=P1", 1),
            (&format!("iuv={iuv}"), 1), (&format!("ccp={ccp}"), 1), ("idDebitore=vlngrt75c52f205x", 2), ("anagraficaDebitore=greta", 2), ("anagraficaDebitore=mario", 0),
            ("dataRptDa=2020-01-01", 2), ("dataRptA=2020-01-01", 0), ("dataRtDa=2020-01-01", 1), ("dataRtA=2020-01-01", 0), ("direzione=D", 0), ("divisione=D", 0),
            ("tassonomia=T", 0), ("idUnita=UFF", 0), ("idTipoPendenza=TARI", 2), ("idTipoPendenza=MENSA", 0), (&format!("idDominio={DOMINIO_2}"), 0), ("idPagamento=x", 0),
            ("idPagamento=0192f0a1b2c37d4e8f90a1b2c3d4e5f6", 0), ("ordinamento=stato", 2), ("retrocompatibilitaMessaggiPagoPAV1=true", 2),
        ] {
            assert_eq!(trovati(banco, "gpadmin", &format!("/rpp?{query}"), "stato").await.len(), quanti, "{query}");
        }
        assert_eq!(trovati(banco, "gpadmin", "/rpp", "stato").await, ["RPT_ACCETTATA_NODO", "RT_ACCETTATA_PA"]);
        assert_eq!(get(banco, "/rpp?esito=X").await.fault().1, "SINTASSI");
        operatore(banco, "mensa", None, Some(&["MENSA"])).await;
        assert_eq!(trovati(banco, "mensa", "/rpp", "stato").await, Vec::<String>::new());

        let url = format!("/rpp/{DOMINIO}/{iuv}/{ccp}");
        let letto = get(banco, &url).await.json();
        conforme("rpp", &letto, &["/pendenza/dataUltimaModificaAca format"]);
        for riga in get(banco, "/rpp").await.json()["risultati"].as_array().expect("righe") {
            conforme("rppIndex", riga, &["/pendenza/dataUltimaModificaAca format"]);
        }
        assert_eq!((&letto["bloccante"], &letto["rt"]["receiptId"], &letto["pendenza"]["idPendenza"]), (&json!(true), &json!(ccp), &json!("P1")));
        for (coda, accept, tipo, inizio) in [("rpt", "application/json", "application/json", "{"), ("rpt", "application/xml", "text/xml", "<?xml"), ("rt", "application/json", "application/json", "{"),
            ("rt", "application/xml", "text/xml", "<?xml"), ("rt", "application/pdf", "application/pdf", "%PDF")] {
            let risposta = con_accept(banco, &format!("{url}/{coda}"), accept).await;
            assert_eq!((risposta.stato, risposta.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, tipo), "{coda} {accept}");
            assert!(risposta.testo.starts_with(inizio), "{coda} {accept}");
        }
        let in_corso = get(banco, "/rpp?esito=IN_CORSO").await.json();
        let suo = banco.store.pendenza("DEMO", "P2").await.expect("archivio").expect("pendenza");
        let tentativo = banco.store.transazioni(&suo).await.expect("tentativi").remove(0);
        assert!(in_corso["risultati"][0].get("rt").is_none());
        let aperto = format!("/rpp/{DOMINIO}/{}/{}", &altro[1..], tentativo.ccp);
        assert_eq!(get(banco, &format!("{aperto}/rt")).await.fault().0, 404);
        for percorso in [&url, &format!("{url}/rt"), &format!("{url}/rpt"), &aperto] {
            assert_eq!(banco.chiama_come("mensa", Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await.stato, StatusCode::FORBIDDEN, "{percorso}");
        }
        // 404 before 403 for a receipt that has not come.
        assert_eq!(banco.chiama_come("mensa", Method::GET, &format!("{BACKOFFICE}{aperto}/rt"), None).await.stato, StatusCode::NOT_FOUND);
        for percorso in [format!("/rpp/{DOMINIO}/{iuv}/boh"), format!("/rpp/{DOMINIO}/{iuv}/n%2Fa"), format!("/rpp/{DOMINIO}/{iuv}/n/a")] {
            assert_eq!(get(banco, &percorso).await.stato, StatusCode::NOT_FOUND, "{percorso}");
        }
    }
}

su_entrambi! {
    async fn un_tentativo_si_sblocca_e_la_sua_ricevuta_si_porta_a_mano(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        assert_eq!(Domanda::attiva_v2(&avviso).invia(banco).await.a("outcome"), Some("OK"));
        let pendenza = banco.store.pendenza("DEMO", "P1").await.expect("archivio").expect("pendenza");
        let ccp = banco.store.transazioni(&pendenza).await.expect("tentativi").remove(0).ccp;
        let url = format!("/rpp/{DOMINIO}/{}/{ccp}", &avviso[1..]);
        let modifica = async |valore: Value| chiama(banco, Method::PATCH, &url, Some(valore)).await;
        let sbloccato = modifica(json!([{ "op": "REPLACE", "path": "/bloccante", "value": false }])).await;
        assert_eq!((sbloccato.stato, &sbloccato.json()["bloccante"], &sbloccato.json()["stato"]), (StatusCode::OK, &json!(false), &json!("RPT_ACCETTATA_NODO")));
        assert_eq!(get(banco, &url).await.json()["bloccante"], false);
        for (corpo, testo) in [
            (json!([{ "op": "ADD", "path": "/bloccante", "value": true }]), "Op 'ADD' non valido per il path '/bloccante'"),
            (json!([{ "op": "REPLACE", "path": "/bloccante", "value": "no" }]), "Value non valido per il path '/bloccante'"),
            (json!([{ "op": "REPLACE", "path": "/stato", "value": "x" }]), "Path '/stato' non valido"),
            (json!([{ "op": "REMOVE", "path": "/bloccante", "value": true }]), "Il campo op non e' valido."),
        ] {
            modifica(corpo).await.rifiuta(400, "SINTASSI", testo);
        }
        let rt = |xml: &str| json!([{ "op": "REPLACE", "path": "/rt", "value": STANDARD.encode(xml) }]);
        modifica(json!([{ "op": "REPLACE", "path": "/rt", "value": "non base64" }])).await.rifiuta(422, "SEMANTICA", "RT non valida: contenuto non in base64");
        let di_prima = r#"<RT xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"><versioneOggetto>6.2</versioneOggetto></RT>"#;
        modifica(rt(di_prima)).await.rifiuta(422, "SEMANTICA", "RT non valida: manca l'elemento `RT/dominio`");
        assert!(modifica(rt("<boh/>")).await.fault().2.starts_with("RT non valida: "));
        let pagato = modifica(rt(&Ricevuta::per(&avviso, "a-mano", "10.00").xml())).await;
        assert_eq!((pagato.stato, &pagato.json()["stato"], &pagato.json()["rt"]["receiptId"]), (StatusCode::OK, &json!("RT_ACCETTATA_PA"), &json!("a-mano")), "{}", pagato.testo);
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        // It stays unblocked: the receipt is another matter.
        assert_eq!(pagato.json()["bloccante"], false);
    }
}

async fn porta(banco: &Banco, utente: &str, tipo: &str, corpo: Vec<u8>) -> Risposta {
    let richiesta = banco.http.post(format!("{}{BACKOFFICE}/ricevute", banco.base)).basic_auth(utente, Some(PASSWORD)).header("content-type", tipo);
    Risposta::leggi(richiesta.body(corpo).send().await.expect("risposta")).await
}

/// The message of an envelope of the bench, alone.
fn nuda(busta: &str) -> String {
    let corpo = busta.split_once("<s:Body>").and_then(|(_, c)| c.split_once("</s:Body>")).expect("busta").0;
    corpo.replacen('>', r#" xmlns:p="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd">"#, 1)
}

su_entrambi! {
    async fn una_ricevuta_portata_a_mano_e_come_quella_del_nodo(banco: &Banco) {
        let ricevuta = |avviso: &str, id: &str, v2: bool| Ricevuta { v2, ..Ricevuta::per(avviso, id, "10.00") };
        for (n, (v2, tipo, intera)) in [(true, "text/xml; charset=utf-8", true), (false, "text/xml", false), (true, "application/xml", false), (false, "multipart/form-data; boundary=xyz", true)].into_iter().enumerate() {
            let id = format!("P{n}");
            let avviso = banco.carica(&id, "10.00").await;
            let busta = ricevuta(&avviso, &format!("r-{n}"), v2).xml();
            let xml = if intera { busta } else { nuda(&busta) };
            let corpo = if tipo.starts_with("multipart") {
                format!("--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rt.xml\"\r\nContent-Type: text/xml\r\n\r\n{xml}\r\n--xyz--\r\n")
            } else {
                xml
            };
            let acquisita = porta(banco, "gpadmin", tipo, corpo.into_bytes()).await;
            assert_eq!(acquisita.stato, StatusCode::CREATED, "{tipo} {}", acquisita.testo);
            conforme("rppIndex", &acquisita.json(), &["/pendenza/dataUltimaModificaAca format"]);
            assert_eq!((&acquisita.json()["stato"], &acquisita.json()["rt"]["receiptId"]), (&json!("RT_ACCETTATA_PA"), &json!(format!("r-{n}"))));
            let pendenza = banco.pendenza(&id).await;
            assert_eq!((&pendenza["stato"], &pendenza["rpp"][0]["rt"]["receiptId"]), (&json!("ESEGUITA"), &json!(format!("r-{n}"))));
        }
        // The notification leaves as for any other.
        assert_eq!(banco.conta("SELECT COUNT(*) FROM notifica WHERE tipo = 'RICEVUTA'").await, 4);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM riscossione").await, 4);

        let avviso = banco.carica("Q", "10.00").await;
        let busta = ricevuta(&avviso, "r-0", true).xml();
        let doppia = Ricevuta { avviso: busta_avviso(banco, "P0").await, iuv: String::new(), ..ricevuta(&avviso, "r-0", true) };
        let doppia = Ricevuta { iuv: doppia.avviso[1..].to_owned(), ..doppia };
        let rifiutata = porta(banco, "gpadmin", "text/xml", doppia.xml().into_bytes()).await;
        assert_eq!((rifiutata.fault().0, rifiutata.fault().1.as_str()), (422, "SEMANTICA"));
        assert!(rifiutata.fault().2.starts_with("PAA_RECEIPT_DUPLICATA: La ricevuta"), "{}", rifiutata.testo);
        for (tipo, corpo, stato) in [("application/json", "{}", 415), ("", "", 415), ("text/xml", "", 422), ("text/xml", "<a/>", 422), ("multipart/form-data; boundary=xyz", "x", 400), ("multipart/form-data", "x", 400)] {
            let risposta = porta(banco, "gpadmin", tipo, corpo.as_bytes().to_vec()).await;
            assert_eq!(risposta.stato, stato, "{tipo} {}", risposta.testo);
        }
        assert_eq!(porta(banco, "gpadmin", "text/xml", vec![b' '; 1024 * 1024 + 1]).await.stato, 400);
        operatore(banco, "altrove", Some(&[(DOMINIO_2, &[])]), None).await;
        assert_eq!(porta(banco, "altrove", "text/xml", busta.clone().into_bytes()).await.stato, StatusCode::FORBIDDEN);
        assert_eq!(banco.pendenza("Q").await["stato"], "NON_ESEGUITA");
        // Money for a notice of ours that nobody knows is kept all the same.
        let ignota = porta(banco, "gpadmin", "text/xml", ricevuta("301999999999999999", "r-x", true).xml().into_bytes()).await;
        assert_eq!(ignota.fault().0, 422);
        assert!(ignota.fault().2.contains("conservata fra quelle estranee"), "{}", ignota.testo);
        assert!(banco.store.estranea(&dominio(DOMINIO), "r-x").await.expect("archivio").is_some());
    }
}

async fn busta_avviso(banco: &Banco, id: &str) -> String {
    banco.pendenza(id).await["numeroAvviso"].as_str().expect("numero").to_owned()
}

su_entrambi! {
    async fn le_riscossioni_si_cercano_e_si_leggono(banco: &Banco) {
        let (avviso, ccp) = pagata(banco, "P1", "10.00").await;
        let (_, ccp2) = pagata(banco, "P2", "20.00").await;
        banco.sql(&format!("UPDATE riscossione SET stato = 'INCASSATO', data = '2026-01-02T10:00:00+00:00' WHERE iur = '{ccp2}'")).await;
        banco.sql(&format!("UPDATE riscossione SET data = '2026-01-03T10:00:00+00:00' WHERE iur = '{ccp}'")).await;
        let iuv = &avviso[1..];
        for (query, attesi) in [
            ("", &[&ccp, &ccp2][..]), ("ordinamento=data", &[&ccp2, &ccp]), ("stato=RISCOSSA", &[&ccp]), ("stato=INCASSATA", &[&ccp2]), ("idPendenza=P2", &[&ccp2]), ("idA2A=SILENTE", &[]),
            (&format!("iuv={iuv}"), &[&ccp]), (&format!("iur={ccp2}"), &[&ccp2]), ("tipo=MBT", &[]), ("tipo=MBT&tipo=ENTRATA", &[&ccp, &ccp2]), ("dataDa=2026-01-03", &[&ccp]), ("dataA=2026-01-02", &[&ccp2]),
            (&format!("idDominio={DOMINIO_2}"), &[]), ("idUnita=UFF", &[]), ("idTipoPendenza=TARI&direzione=D", &[]), ("divisione=D", &[]), ("tassonomia=T", &[]),
        ] {
            assert_eq!(trovati(banco, "gpadmin", &format!("/riscossioni?{query}"), "iur").await.iter().collect::<Vec<_>>(), attesi, "{query}");
        }
        for query in ["stato=PAGATO", "tipo=X", "dataDa=ieri"] {
            assert_eq!(get(banco, &format!("/riscossioni?{query}")).await.fault().0, 400, "{query}");
        }
        banco.sql(&format!("UPDATE riscossione SET stato = 'PAGATO_SENZA_RPT', transazione = NULL WHERE iur = '{ccp2}'")).await;
        assert_eq!(trovati(banco, "gpadmin", "/riscossioni?stato=RISCOSSA", "iur").await.len(), 2);

        let letta = get(banco, &format!("/riscossioni/{DOMINIO}/{iuv}/{ccp}/1")).await;
        assert_eq!(letta.stato, StatusCode::OK, "{}", letta.testo);
        let letta = letta.json();
        conforme("riscossione", &letta, &["/vocePendenza/pendenza/dataUltimaModificaAca format"]);
        let nomi: Vec<&str> = letta.as_object().expect("oggetto").keys().map(String::as_str).collect();
        assert_eq!(nomi, ["idDominio", "iuv", "iur", "indice", "pendenza", "rpp", "stato", "tipo", "importo", "data", "commissioni", "vocePendenza"]);
        assert_eq!((&letta["pendenza"], &letta["data"], &letta["importo"]), (&json!("/pendenze/DEMO/P1"), &json!("2026-01-03"), &numero("10.0")));
        assert_eq!((&letta["vocePendenza"]["stato"], &letta["vocePendenza"]["idVocePendenza"]), (&json!("Eseguito"), &json!("V1")));
        for riga in get(banco, "/riscossioni").await.json()["risultati"].as_array().expect("righe") {
            conforme("riscossioneIndex", riga, &[]);
            assert_eq!(riga["idVocePendenza"], "V1");
            assert_eq!(riga.get("rpp").is_some(), riga["iur"] == ccp.as_str());
        }
        for coda in [format!("{iuv}/{ccp}/2"), format!("{iuv}/{ccp}/x"), format!("{iuv}/{ccp}/999"), format!("{iuv}/boh/1"), format!("{iuv}/%00/1")] {
            assert_eq!(get(banco, &format!("/riscossioni/{DOMINIO}/{coda}")).await.stato, StatusCode::NOT_FOUND, "{coda}");
        }
        operatore(banco, "mensa", None, Some(&["MENSA"])).await;
        assert_eq!(trovati(banco, "mensa", "/riscossioni", "iur").await, Vec::<String>::new());
        assert_eq!(banco.chiama_come("mensa", Method::GET, &format!("{BACKOFFICE}/riscossioni/{DOMINIO}/{iuv}/{ccp}/1"), None).await.stato, StatusCode::FORBIDDEN);
    }
}

su_entrambi! {
    async fn la_coda_dei_promemoria_si_guarda(banco: &Banco) {
        assert_eq!(trovati(banco, "gpadmin", "/promemoria", "tipo").await, Vec::<String>::new());
        let uno = |id: u8, ente: &str, tipo: &str, stato: &str, giorno: u8| {
            let uuid = if banco.store.su_sqlite() { format!("x'000000000000000000000000000000{id:02x}'") } else { format!("'00000000-0000-0000-0000-0000000000{id:02x}'") };
            let quando = format!("'2026-01-{giorno:02}T10:00:00+00:00'");
            format!("INSERT INTO promemoria (dominio, id, tipo, stato, allega_pdf, tentativi, data_creazione, data_ultimo_aggiornamento, data_prossima_spedizione, destinatario)
                VALUES ('{ente}', {uuid}, '{tipo}', '{stato}', FALSE, 2, {quando}, {quando}, {quando}, 'a@example.org');")
        };
        banco.sql(&[uno(1, DOMINIO, "AVVISO_PAGAMENTO", "DA_SPEDIRE", 1), uno(2, DOMINIO_2, "RICEVUTA_TELEMATICA", "FALLITO", 2)].concat()).await;
        for (query, attesi) in [("", &["RICEVUTA_TELEMATICA", "AVVISO_PAGAMENTO"][..]), ("stato=FALLITO", &["RICEVUTA_TELEMATICA"]), ("tipo=AVVISO_PAGAMENTO", &["AVVISO_PAGAMENTO"]),
            ("stato=SPEDITO", &[]), ("tipo=SCADENZA_AVVISO_PAGAMENTO", &[]), ("dataDa=2026-01-02", &["RICEVUTA_TELEMATICA"]), ("dataA=2026-01-01", &["AVVISO_PAGAMENTO"])] {
            assert_eq!(trovati(banco, "gpadmin", &format!("/promemoria?{query}"), "tipo").await, attesi, "{query}");
        }
        for riga in get(banco, "/promemoria").await.json()["risultati"].as_array().expect("righe") {
            conforme("promemoriaIndex", riga, &[]);
            assert_eq!((riga["numeroTentativi"].as_u64(), riga.get("destinatario")), (Some(2), None));
        }
        for query in ["stato=X", "tipo=X"] {
            assert_eq!(get(banco, &format!("/promemoria?{query}")).await.fault().0, 400);
        }
        operatore(banco, "uno", Some(&[(DOMINIO, &[])]), None).await;
        assert_eq!(trovati(banco, "uno", "/promemoria", "tipo").await, ["AVVISO_PAGAMENTO"]);
    }
}

/// A payment from a portal for a position, with its attempt.
async fn iniziato(banco: &Banco, id: &str, quando: &str) -> Pagamento {
    let pendenza = banco.store.pendenza("DEMO", id).await.expect("archivio").expect("pendenza");
    let pagamento = Pagamento {
        id: Uuid::now_v7(),
        iniziativa: Iniziativa::Ente,
        principal: "DEMO".to_owned(),
        tipo_utenza: TipoUtenza::Applicazione,
        applicazione: Some("DEMO".to_owned()),
        nome: "TARI".to_owned(),
        importo: Importo::da_cent(1000),
        situazione: Situazione::fallito("Nodo assente"),
        id_sessione_portale: Some(format!("portale-{id}")),
        id_sessione_psp: None,
        url_ritorno: Some("https://portale.example.org/".to_owned()),
        redirect: None,
        versante: Some(Soggetto { identificativo: Some("RSSMRA30A01H501I".to_owned()), anagrafica: Some("Mario Rossi".to_owned()), ..Soggetto::default() }),
        richiesta: json!({ "contoAddebito": { "iban": "IT1" }, "autenticazioneSoggetto": "N/A", "pendenze": [1] }).as_object().expect("oggetto").clone(),
        data_richiesta: quando.parse().expect("istante"),
        verificato: false,
        severita: Some(5),
        dominio: Some(dominio(DOMINIO)),
        esito_psp: None,
    };
    let tx = banco.store.begin(Corsia::Applicazioni).await.expect("inizio");
    tx.inserisci_pagamento(&pagamento).await.expect("inserito");
    tx.collega_pendenza(pagamento.id, 0, &pendenza).await.expect("collegato");
    if let Some(t) = banco.store.transazioni(&pendenza).await.expect("tentativi").pop() {
        let t = domain::transazione::Transazione { pagamento: Some(pagamento.id), ..t };
        tx.aggiorna_transazione(&t).await.expect("aggiornata");
    }
    tx.commit().await.expect("scritto");
    pagamento
}

su_entrambi! {
    async fn i_pagamenti_si_cercano_si_leggono_e_si_annotano(banco: &Banco) {
        let (avviso, _) = pagata(banco, "P1", "10.00").await;
        banco.carica("P2", "10.00").await;
        let primo = iniziato(banco, "P1", "2026-01-01T10:00:00Z").await;
        let secondo = iniziato(banco, "P2", "2026-01-02T10:00:00Z").await;
        let (uno, due) = (primo.id_mostrato(), secondo.id_mostrato());
        for (query, attesi) in [
            ("", &[&due, &uno][..]), ("ordinamento=dataRichiestaPagamento", &[&uno, &due]), ("stato=FALLITO", &[&due, &uno]), ("stato=IN_CORSO", &[]), ("versante=rssmra30a01h501i", &[&due, &uno]),
            ("versante=X", &[]), ("idSessionePortale=portale-P1", &[&uno]), ("verificato=false", &[&due, &uno]), ("verificato=true", &[]), ("dataDa=2026-01-02", &[&due]), ("dataA=2026-01-01", &[&uno]),
            ("idDebitore=VLNGRT75C52F205X", &[&due, &uno]), (&format!("id={uno}"), &[&uno]), ("id=boh", &[]), ("severitaDa=5", &[&due, &uno]), ("severitaDa=6", &[]), ("severitaA=4", &[]),
            (&format!("idDominio={DOMINIO_2}"), &[]), (&format!("iuv={}", &avviso[1..]), &[&uno]), ("idA2A=DEMO&idPendenza=P2", &[&due]),
        ] {
            assert_eq!(trovati(banco, "gpadmin", &format!("/pagamenti?{query}"), "id").await.iter().collect::<Vec<_>>(), attesi, "{query}");
        }
        for query in ["stato=X", "severitaDa=x", "severitaA=-1", "idDominio=1"] {
            assert_eq!(get(banco, &format!("/pagamenti?{query}")).await.fault().0, 400, "{query}");
        }
        for riga in get(banco, "/pagamenti").await.json()["risultati"].as_array().expect("righe") {
            conforme("pagamentoIndex", riga, &["/soggettoVersante manca tipo"]);
        }
        assert_eq!(trovati(banco, "gpadmin", &format!("/rpp?idPagamento={uno}"), "stato").await, ["RT_ACCETTATA_PA"]);
        assert_eq!(trovati(banco, "gpadmin", &format!("/pendenze?idPagamento={uno}"), "idPendenza").await, ["P1"]);
        let letto = get(banco, &format!("/pagamenti/{uno}")).await.json();
        conforme("pagamento", &letto, &["/rpp/0/pendenza/dataUltimaModificaAca format", "/soggettoVersante manca tipo"]);
        assert_eq!((&letto["rpp"][0]["modello"], &letto["contoAddebito"], letto.get("pendenze")), (&json!("Pagamento ad iniziativa Ente"), &json!({ "iban": "IT1" }), None));
        assert_eq!(get(banco, "/pendenze/DEMO/P1").await.json()["pagamenti"][0]["id"], uno.as_str());
        for id in ["boh", &Uuid::now_v7().simple().to_string()] {
            assert_eq!(get(banco, &format!("/pagamenti/{id}")).await.stato, StatusCode::NOT_FOUND);
        }
        let modifica = async |valore: Value| chiama(banco, Method::PATCH, &format!("/pagamenti/{uno}"), Some(valore)).await;
        let annotato = modifica(json!([{ "op": "ADD", "path": "/nota", "value": { "oggetto": "Visto", "testo": "richiamare" } }, { "op": "REPLACE", "path": "/verificato", "value": true }])).await;
        assert_eq!((annotato.stato, &annotato.json()["descrizioneStato"], &annotato.json()["verificato"]), (StatusCode::OK, &json!("Visto: richiamare"), &json!(true)));
        assert_eq!(trovati(banco, "gpadmin", "/pagamenti?verificato=true", "id").await, std::slice::from_ref(&uno));
        // One that is refused means that none is done.
        let meta = modifica(json!([{ "op": "REPLACE", "path": "/verificato", "value": false }, { "op": "REPLACE", "path": "/stato", "value": "X" }])).await;
        meta.rifiuta(400, "SINTASSI", "Path '/stato' non valido");
        assert_eq!(get(banco, &format!("/pagamenti/{uno}")).await.json()["verificato"], true);
        operatore(banco, "mensa", None, Some(&["MENSA"])).await;
        assert_eq!(trovati(banco, "mensa", "/pagamenti", "id").await, Vec::<String>::new());
        assert_eq!(banco.chiama_come("mensa", Method::GET, &format!("{BACKOFFICE}/pagamenti/{uno}"), None).await.stato, StatusCode::FORBIDDEN);
    }
}
