use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::processo::{PAZIENZA, Processo, esegui, testo};

const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2/pendenze";
const PASSWORD: &str = "Password1!";

struct Sandbox {
    processo: Processo,
    gateway: String,
    simulatore: String,
    client: reqwest::Client,
}

fn avvia(cartella: &Path, altro: &[&str]) -> Sandbox {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut argomenti = vec!["sandbox", "--data", "dati", "--listen", "127.0.0.1:0", "--simulator", "127.0.0.1:0"];
    argomenti.extend(altro);
    let mut processo = Processo::avvia(&argomenti, cartella);
    processo.aspetta("pronto");
    let (gateway, simulatore) = (processo.url("Stato del gateway"), processo.url("Pagare un avviso"));
    Sandbox { processo, gateway, simulatore, client: reqwest::Client::builder().no_proxy().build().expect("client") }
}

fn corpo() -> Value {
    json!({"idDominio": "12345678901", "causale": "Prova", "importo": 10.5, "voci": [{"idVocePendenza": "1", "importo": 10.5, "descrizione": "Prova", "codEntrata": "TARI"}]})
}

impl Sandbox {
    async fn carica(&self, id: &str) -> Value {
        let url = format!("{}{PENDENZE}/DEMO/{id}", self.gateway);
        let risposta = self.client.put(url).basic_auth("DEMO", Some(PASSWORD)).json(&corpo()).send().await.expect("risposta");
        assert_eq!(risposta.status(), 201);
        risposta.json().await.expect("json")
    }

    async fn leggi(&self, id: &str) -> Value {
        let url = format!("{}{PENDENZE}/DEMO/{id}", self.gateway);
        let risposta = self.client.get(url).basic_auth("DEMO", Some(PASSWORD)).send().await.expect("risposta");
        assert_eq!(risposta.status(), 200);
        risposta.json().await.expect("json")
    }
}

#[tokio::test]
async fn la_sandbox_riprende_da_dove_era_e_il_suo_connettore_segue_le_porte() {
    let cartella = tempfile::tempdir().expect("cartella");
    let prima = avvia(cartella.path(), &[]);
    let caricata = prima.carica("prova-1").await;
    let avviso = caricata["numeroAvviso"].as_str().expect("avviso").to_owned();
    assert_eq!(prima.leggi("demo-pagata").await["stato"], "ESEGUITA");
    assert_eq!(prima.leggi("demo-annullata").await["stato"], "ANNULLATA");
    assert_eq!(prima.leggi("demo-scaduta").await["stato"], "SCADUTA");
    let uscita = prima.processo.ferma();
    assert!(uscita.contains("SANDBOX") && uscita.contains("curl -X PUT -u 'DEMO:Password1!'"), "{uscita}");

    let dopo = avvia(cartella.path(), &[]);
    let riletta = dopo.leggi("prova-1").await;
    assert_eq!((riletta["stato"].as_str(), riletta["numeroAvviso"].as_str()), (Some("NON_ESEGUITA"), Some(avviso.as_str())));
    let ordine = json!({"dominio": "12345678901", "avviso": avviso, "versione": "V2"});
    let pagamento = dopo.client.post(format!("{}/api/paga", dopo.simulatore)).json(&ordine).send().await.expect("paga");
    assert_eq!(pagamento.status(), 200);
    let iuv = &avviso[1..];
    let notifiche = format!("{}/api/ente/notifiche?iuv={iuv}&tipo=ricevuta&attesa_ms=20000", dopo.simulatore);
    let notifiche: Value = dopo.client.get(notifiche).send().await.expect("notifiche").json().await.expect("json");
    assert!(notifiche.to_string().contains(iuv), "{notifiche}");
    assert_eq!(dopo.leggi("prova-1").await["stato"], "ESEGUITA");
    dopo.processo.ferma();
}

#[tokio::test]
async fn un_altro_utente_del_nodo_e_accettato_e_gli_altri_no() {
    let cartella = tempfile::tempdir().expect("cartella");
    let sandbox = avvia(cartella.path(), &["--utente-nodo", "collaudo:Altra:1"]);
    let url = format!("{}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice", sandbox.gateway);
    let mut stati = Vec::new();
    for (nome, password) in [("nodo", PASSWORD), ("collaudo", "Altra:1"), ("collaudo", PASSWORD), ("DEMO", PASSWORD)] {
        let risposta = sandbox.client.post(&url).basic_auth(nome, Some(password)).body("<x/>").send().await.expect("risposta");
        stati.push(risposta.status().as_u16());
    }
    assert!(stati[..2].iter().all(|s| *s != 401) && stati[2..].iter().all(|s| *s == 401), "{stati:?}");
}

#[tokio::test]
async fn all_arresto_le_richieste_in_corso_finiscono() {
    let cartella = tempfile::tempdir().expect("cartella");
    let mut sandbox = avvia(cartella.path(), &[]);
    let dove = sandbox.gateway.strip_prefix("http://").expect("http").to_owned();
    let corpo = corpo().to_string();
    let (meta, resto) = corpo.split_at(corpo.len() / 2);
    let mut flusso = TcpStream::connect(&dove).expect("connessione");
    flusso.set_read_timeout(Some(PAZIENZA)).expect("attesa");
    write!(
        flusso,
        "PUT {PENDENZE}/DEMO/a-meta HTTP/1.1\r\nHost: x\r\nAuthorization: Basic REVNTzpQYXNzd29yZDEh\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{meta}",
        corpo.len()
    )
    .expect("prima meta'");
    // The request counts as begun when its headers have been read.
    std::thread::sleep(Duration::from_millis(300));
    sandbox.processo.termina();
    sandbox.processo.aspetta("arresto");
    let inizio = std::time::Instant::now();
    while TcpStream::connect(&dove).is_ok() {
        assert!(inizio.elapsed() < PAZIENZA, "accetta ancora");
        std::thread::sleep(Duration::from_millis(20));
    }

    flusso.write_all(resto.as_bytes()).expect("seconda meta'");
    let mut risposta = String::new();
    flusso.read_to_string(&mut risposta).expect("risposta");

    assert!(risposta.starts_with("HTTP/1.1 201"), "{risposta}");
    assert!(sandbox.processo.attendi().success());
}

#[test]
fn fuori_dal_loopback_non_parte() {
    let cartella = tempfile::tempdir().expect("cartella");
    for opzione in ["--listen", "--simulator"] {
        let uscita = esegui(&["sandbox", opzione, "0.0.0.0:0"], cartella.path());
        assert!(!uscita.status.success() && testo(&uscita).contains("solo su loopback"), "{}", testo(&uscita));
    }
    assert!(!cartella.path().join("sandbox").exists());
}

#[test]
fn due_processi_non_servono_la_stessa_cartella() {
    let cartella = tempfile::tempdir().expect("cartella");
    let _prima = avvia(cartella.path(), &[]);
    let uscita = esegui(&["sandbox", "--data", "dati", "--listen", "127.0.0.1:0", "--simulator", "127.0.0.1:0"], cartella.path());
    assert!(!uscita.status.success() && testo(&uscita).contains("gia' servito"), "{}", testo(&uscita));
}
