//! An intermediario with three domini, made from nothing through the API alone as administration scripts do (spec/2 section 2.18), and made
//! again: the second round changes nothing but the status of the answers.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use store::Store;
use store::apertura::Opzioni;

use crate::processo::{Processo, esegui, testo};
use crate::serve::indirizzo;

/// With what the first operatore comes in: told by configuration, as an installation by script does.
const PASSWORD: &str = "Password1!";
const DOMINI: [&str; 3] = ["12345678901", "12345678902", "12345678903"];

struct Amministratore {
    http: Client,
    base: String,
}

impl Amministratore {
    async fn chiama(&self, metodo: Method, percorso: &str, corpo: Option<&Value>) -> (StatusCode, String) {
        let mut richiesta = self.http.request(metodo, format!("{}{percorso}", self.base)).basic_auth("gpadmin", Some(PASSWORD));
        if let Some(corpo) = corpo {
            richiesta = richiesta.header("content-type", "application/json").body(corpo.to_string());
        }
        let risposta = richiesta.send().await.expect("risposta");
        (risposta.status(), risposta.text().await.expect("testo"))
    }

    /// Every write of the script, in its order. Answers whether each has made something.
    async fn amministra(&self) -> Vec<(String, StatusCode)> {
        let mut esiti = Vec::new();
        for (metodo, percorso, corpo) in copione() {
            let (stato, testo) = self.chiama(metodo, &percorso, Some(&corpo)).await;
            assert!(stato == StatusCode::OK || stato == StatusCode::CREATED, "{percorso}: {stato} {testo}");
            assert_eq!(testo, "", "{percorso}");
            esiti.push((percorso, stato));
        }
        let (stato, testo) = self.chiama(Method::GET, "/operazioni/resetCacheAnagrafica", None).await;
        assert_eq!(stato, StatusCode::OK, "{testo}");
        esiti
    }

    /// What is read back of everything that was written.
    async fn fotografa(&self) -> Vec<(String, Value)> {
        let mut lette = Vec::new();
        for (_, percorso, _) in copione() {
            let (stato, testo) = self.chiama(Method::GET, &percorso, None).await;
            assert_eq!(stato, StatusCode::OK, "{percorso}: {testo}");
            lette.push((percorso, serde_json::from_str(&testo).expect("JSON")));
        }
        lette
    }
}

fn copione() -> Vec<(Method, String, Value)> {
    let mut copione = vec![(Method::POST, "/configurazioni".to_owned(), configurazioni())];
    let mut metti = |percorso: String, corpo: Value| copione.push((Method::PUT, percorso, corpo));
    let acl = json!([{ "servizio": "Pagamenti", "autorizzazioni": ["R", "W"] }, { "servizio": "Pendenze", "autorizzazioni": ["R", "W"] }]);
    metti(
        "/operatori/RSSMRA30A01H501I".into(),
        json!({ "ragioneSociale": "Mario Rossi", "password": PASSWORD, "domini": ["*"], "tipiPendenza": ["*"], "acl": acl, "abilitato": true }),
    );
    metti("/ruoli/operatore".into(), json!({ "acl": acl }));
    metti(
        "/operatori/VRDGPP65B03A112N".into(),
        json!({ "ragioneSociale": "Giuseppe Verdi", "domini": ["*"], "tipiPendenza": ["*"], "acl": null, "ruoli": ["operatore"], "abilitato": true }),
    );
    let servizio = |nome: &str| json!({ "url": format!("http://pagopa.example/{nome}"), "subscriptionKey": "chiave", "abilitaGDE": true });
    metti(
        "/intermediari/11111111113".into(),
        json!({ "denominazione": "Intermediario", "principalPagoPa": "nodo", "servizioPagoPa": { "urlRPT": "http://pagopa.example/rpt" },
            "servizioPagoPaRecuperoRT": servizio("rt"), "servizioPagoPaACA": servizio("aca"), "servizioPagoPaFR": servizio("fr"),
            "servizioPagoPaGPD": servizio("gpd"), "servizioPagoPaBackofficeEC": servizio("ec"), "abilitato": true }),
    );
    metti("/intermediari/11111111113/stazioni/11111111113_01".into(), json!({ "password": "12345", "abilitato": true, "versione": "V1" }));
    for (id, codifica) in [("TRIBUTO", Value::Null), ("SANZIONE", json!("012")), ("BOLLOT", Value::Null), ("LIBERO", Value::Null)] {
        metti(format!("/tipiPendenza/{id}"), json!({ "descrizione": format!("Tipo {id}"), "codificaIUV": codifica, "pagaTerzi": false }));
    }
    metti("/entrate/ENTRATA-a".into(), json!({ "descrizione": "Entrata", "tipoContabilita": "SIOPE", "codiceContabilita": "ENTRATA-a" }));
    for dominio in DOMINI {
        del_dominio(dominio, &mut metti);
    }
    metti("/applicazioni/gpPortale".into(), applicazione("gpPortale", Some("11")));
    metti("/applicazioni/gpBatch".into(), applicazione("gpBatch", None));
    copione
}

fn del_dominio(dominio: &str, metti: &mut impl FnMut(String, Value)) {
    // Clients send it with a blank in front, and about this large.
    let logo = format!(" data:image/png;base64,{}", STANDARD.encode(vec![7_u8; 120_000]));
    metti(
        format!("/domini/{dominio}"),
        json!({ "ragioneSociale": format!("Ente {dominio}"), "indirizzo": "Piazza della Vittoria", "civico": "10/A", "cap": "00000", "localita": "Roma",
            "provincia": "RM", "nazione": "IT", "email": "info@ente.example", "pec": "pec@ente.example", "tel": "00 1234 5678", "fax": "00 1234 5678",
            "web": "http://www.ente.example", "gln": "1234567890123", "stazione": "11111111113_01", "auxDigit": "0", "segregationCode": "00",
            "abilitato": true, "logo": logo, "iuvPrefix": "%(a)", "cbill": "AAAA1", "autStampaPosteItaliane": "DB/XXXX/XXX 9999 DEL 01/01/2026",
            "intermediato": "true", "scaricaFr": "true" }),
    );
    metti(
        format!("/domini/{dominio}/unitaOperative/{dominio}_01"),
        json!({ "ragioneSociale": "Ufficio due", "indirizzo": "Via dei Tigli", "civico": "7", "cap": 20100, "localita": "Roma", "provincia": "Roma",
            "nazione": "IT", "email": "uo@ente.example", "pec": "uo@ente.example", "tel": "1", "fax": "2", "web": "http://uo.example", "area": "Tributi",
            "abilitato": true }),
    );
    for (iban, bic) in [("IT02L1234500000111110000001", Some("DABAIE2D")), ("IT02L1234500000111110000002", None), ("IT00X1234500000111110000003", None)] {
        metti(
            format!("/domini/{dominio}/contiAccredito/{iban}"),
            json!({ "postale": false, "mybank": false, "abilitato": true, "descrizione": "Conto", "bic": bic }),
        );
    }
    metti(format!("/domini/{dominio}/entrate/ENTRATA-a"), json!({ "ibanAccredito": "IT02L1234500000111110000001", "ibanAppoggio": null, "abilitato": true }));
    metti(format!("/domini/{dominio}/entrate/BOLLOT"), json!({ "tipoContabilita": "ALTRO", "codiceContabilita": "MBT", "abilitato": true }));
    metti(format!("/domini/{dominio}/tipiPendenza/TRIBUTO"), json!({ "codificaIUV": "89", "pagaTerzi": true }));
    metti(format!("/domini/{dominio}/tipiPendenza/SANZIONE"), json!({}));
}

fn applicazione(id: &str, codifica: Option<&str>) -> Value {
    let acl = ["Pagamenti", "Pendenze", "Rendicontazioni e Incassi", "Giornale degli Eventi"];
    let acl = acl.map(|servizio| json!({ "servizio": servizio, "autorizzazioni": ["R", "W"] }));
    let mut corpo = json!({ "principal": id, "password": PASSWORD, "domini": ["*"], "tipiPendenza": ["*"], "apiPagamenti": true, "apiPendenze": true,
        "apiRagioneria": true, "acl": acl, "abilitato": true });
    if let Some(codifica) = codifica {
        corpo["codificaAvvisi"] = json!({ "codificaIuv": codifica, "regExpIuv": "[0-9]*", "generazioneIuvInterna": false });
        corpo["servizioIntegrazione"] = json!({ "url": "http://ente.example/govpay", "versioneApi": "REST v1" });
    }
    corpo
}

fn configurazioni() -> Value {
    let sempre = json!({ "log": "sempre", "dump": "sempre" });
    let interfaccia = json!({ "letture": sempre, "scritture": sempre });
    let nomi = ["apiEnte", "apiPagamento", "apiRagioneria", "apiBackoffice", "apiPagoPA", "apiPendenze", "apiBackendIO", "apiMaggioliJPPA"];
    let interfacce: serde_json::Map<String, Value> = nomi.iter().map(|n| ((*n).to_owned(), interfaccia.clone())).collect();
    let modello = |testo: &str| STANDARD.encode(testo);
    let avviso = json!({ "tipo": "freemarker", "oggetto": modello("Promemoria"), "messaggio": modello("Avviso ${versamento.numeroAvviso}") });
    let con = |altri: Value| {
        let mut v = avviso.clone();
        v.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        v
    };
    json!({
        "giornaleEventi": { "interfacce": interfacce },
        "servizioGDE": { "abilitato": true, "url": "http://gde.invalid/eventi" },
        "tracciatoCsv": { "tipo": "freemarker", "intestazione": "idA2A,idPendenza", "richiesta": modello("{}"), "risposta": modello("ok") },
        "hardening": { "abilitato": false },
        "mailBatch": { "abilitato": false },
        "avvisaturaMail": { "promemoriaAvviso": con(json!({ "allegaPdf": true })),
            "promemoriaRicevuta": con(json!({ "allegaPdf": true, "soloEseguiti": true })), "promemoriaScadenza": con(json!({ "preavviso": 0 })) },
        "avvisaturaAppIO": { "promemoriaAvviso": avviso, "promemoriaRicevuta": con(json!({ "soloEseguiti": true })),
            "promemoriaScadenza": con(json!({ "preavviso": 0 })) },
        "appIOBatch": { "abilitato": false },
    })
}

fn configura(cartella: &Path) {
    let hash = gateway::accesso::hash_password(PASSWORD).expect("hash");
    let testo = format!(
        "[database]\nurl = \"sqlite:fiorino.db\"\n[http]\nascolto = \"127.0.0.1:0\"\n[amministratore]\nprincipal = \"gpadmin\"\npassword_hash = \"{hash}\"\n"
    );
    std::fs::write(cartella.join("fiorino.toml"), testo).expect("configurazione");
}

#[tokio::test]
async fn un_intermediario_nasce_dalla_sola_api_e_rifarlo_non_cambia_nulla() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path());
    let mut programma = Processo::avvia(&["serve"], cartella.path());
    let base = format!("http://{}/govpay/backend/api/backoffice/rs/basic/v1", indirizzo(&mut programma));
    let admin = Amministratore { http: Client::builder().no_proxy().build().expect("client"), base };

    let primo = admin.amministra().await;
    let dopo_il_primo = admin.fotografa().await;
    let secondo = admin.amministra().await;
    for (percorso, stato) in &secondo {
        assert_eq!(*stato, StatusCode::OK, "{percorso} e' stato creato due volte");
    }
    assert!(primo.iter().filter(|(_, stato)| *stato == StatusCode::CREATED).count() > 30);
    for ((percorso, prima), (_, dopo)) in dopo_il_primo.iter().zip(admin.fotografa().await) {
        assert_eq!(*prima, dopo, "{percorso}");
    }
    // The second operatore has no password: it can be seen, and cannot come in.
    let secondo_operatore = dopo_il_primo.iter().find(|(p, _)| p == "/operatori/VRDGPP65B03A112N").expect("operatore");
    assert_eq!(secondo_operatore.1["password"], false);
    // The applicazione made by the script can load a position.
    let pendenze = admin.base.replace("backoffice/rs/basic/v1", "pendenze/rs/basic/v2");
    let corpo = json!({ "idDominio": DOMINI[0], "causale": "Prova", "importo": 10, "soggettoPagatore": { "tipo": "F", "identificativo": "RSSMRA30A01H501I",
        "anagrafica": "Mario Rossi" }, "voci": [{ "idVocePendenza": "1", "importo": 10, "descrizione": "Voce", "codEntrata": "ENTRATA-a" }],
        "idTipoPendenza": "TRIBUTO" });
    let richiesta = admin.http.put(format!("{pendenze}/pendenze/gpPortale/1")).basic_auth("gpPortale", Some(PASSWORD)).body(corpo.to_string());
    let risposta = richiesta.send().await.expect("risposta");
    assert_eq!(risposta.status(), StatusCode::CREATED, "{}", risposta.text().await.unwrap_or_default());
    programma.ferma();
}

#[tokio::test]
async fn un_installazione_si_esporta_e_si_ricostruisce_altrove_dal_file() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (qui, altrove) = (tempfile::tempdir().expect("cartella"), tempfile::tempdir().expect("cartella"));
    configura(qui.path());
    configura(altrove.path());
    let mut programma = Processo::avvia(&["serve"], qui.path());
    let base = format!("http://{}/govpay/backend/api/backoffice/rs/basic/v1", indirizzo(&mut programma));
    Amministratore { http: Client::builder().no_proxy().build().expect("client"), base }.amministra().await;
    programma.ferma();

    let file = qui.path().join("anagrafica.yaml");
    let segreti = qui.path().join("segreti.env");
    let (file, segreti) = (file.to_str().expect("percorso"), segreti.to_str().expect("percorso"));
    let uscita = esegui(&["config", "export", "--segreti", segreti, file], qui.path());
    assert!(uscita.status.success(), "{}", testo(&uscita));
    let scritto = std::fs::read_to_string(file).expect("file");
    assert!(!scritto.contains("chiave\n") && scritto.contains("${INTERMEDIARI_11111111113_SERVIZIOPAGOPAACA_SUBSCRIPTIONKEY}"), "{scritto}");

    // Where it comes from there is nothing to do.
    let uscita = esegui(&["config", "plan", "--segreti", segreti, file], qui.path());
    assert!(uscita.status.success() && testo(&uscita).contains("Nessun cambiamento."), "{}", testo(&uscita));
    // Without the secrets each missing name is told.
    let uscita = esegui(&["config", "plan", file], qui.path());
    assert!(!uscita.status.success() && testo(&uscita).contains("INTERMEDIARI_11111111113_SERVIZIOPAGOPAACA_SUBSCRIPTIONKEY"), "{}", testo(&uscita));

    // Elsewhere everything is missing: the plan says so and changes nothing, apply does what the plan said, and then there is nothing to do.
    assert!(esegui(&["migrate"], altrove.path()).status.success());
    let piano = esegui(&["config", "plan", "--segreti", segreti, file], altrove.path());
    assert!(piano.status.success() && testo(&piano).contains("+ domini/12345678901"), "{}", testo(&piano));
    let ancora = esegui(&["config", "plan", "--segreti", segreti, file], altrove.path());
    assert_eq!(testo(&piano), testo(&ancora), "il piano non cambia nulla");
    let uscita = esegui(&["config", "apply", "--segreti", segreti, file], altrove.path());
    assert!(uscita.status.success(), "{}", testo(&uscita));
    let uscita = esegui(&["config", "plan", "--segreti", segreti, file], altrove.path());
    assert!(testo(&uscita).contains("Nessun cambiamento."), "{}", testo(&uscita));

    let leggi = async |cartella: &Path| {
        let url = format!("sqlite:{}", cartella.join("fiorino.db").display());
        let store = Store::apri(&Opzioni { url, connessioni: 1 }).await.expect("store");
        store.carica_anagrafica(&domain::Anagrafica::default()).await.expect("anagrafica")
    };
    let (a, b) = (leggi(qui.path()).await, leggi(altrove.path()).await);
    assert_eq!((a.domini, a.conti, a.entrate, a.tipi_pendenza), (b.domini, b.conti, b.entrate, b.tipi_pendenza));
    assert_eq!(
        (a.intermediari, a.stazioni, a.unita_operative, a.tipi_pendenza_dominio),
        (b.intermediari, b.stazioni, b.unita_operative, b.tipi_pendenza_dominio)
    );
    assert_eq!((a.ruoli, a.operatori, a.configurazione), (b.ruoli, b.operatori, b.configurazione));

    // A change on one side alone is told by member, and a wrong file changes nothing.
    let cambiato = scritto.replace("ragioneSociale: Ente 12345678902", "ragioneSociale: Altro Ente");
    std::fs::write(file, cambiato).expect("file");
    let uscita = esegui(&["config", "plan", "--segreti", segreti, file], altrove.path());
    let detto = testo(&uscita);
    assert!(detto.contains("~ domini/12345678902") && detto.contains("ragioneSociale: \"Ente 12345678902\" -> \"Altro Ente\""), "{detto}");
    std::fs::write(file, scritto.replace("stazione: 11111111113_01", "stazione: 11111111113_09")).expect("file");
    let uscita = esegui(&["config", "apply", "--segreti", segreti, file], altrove.path());
    assert!(!uscita.status.success() && testo(&uscita).contains("domini/12345678901"), "{}", testo(&uscita));
    assert_eq!(leggi(altrove.path()).await.versione, b.versione);
}
