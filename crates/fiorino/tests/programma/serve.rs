use std::path::Path;

use chrono::{TimeDelta, Utc};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use store::Store;
use store::apertura::Opzioni;

use crate::processo::{Processo, esegui, testo};

fn configura(cartella: &Path, altro: &str) {
    let testo = format!("[database]\nurl = \"sqlite:fiorino.db\"\n[http]\nascolto = \"127.0.0.1:0\"\n{altro}");
    std::fs::write(cartella.join("fiorino.toml"), testo).expect("configurazione");
}

async fn apri(cartella: &Path) -> Store {
    let url = format!("sqlite:{}", cartella.join("fiorino.db").display());
    Store::apri(&Opzioni { url, connessioni: 1 }).await.expect("store")
}

/// The address in the line of log that says ready.
pub fn indirizzo(processo: &mut Processo) -> String {
    let riga = processo.aspetta("\"pronto\"");
    let riga: serde_json::Value = serde_json::from_str(&riga).expect("una riga di log e' JSON");
    assert!(riga["avvio_ms"].is_u64(), "{riga}");
    riga["indirizzo"].as_str().expect("indirizzo").to_owned()
}

#[tokio::test]
async fn il_primo_avvio_crea_l_operatore_e_il_secondo_no() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), "");
    let mut primo = Processo::avvia(&["serve"], cartella.path());
    let dove = indirizzo(&mut primo);
    let riga = primo.aspetta("Primo operatore: gpadmin");
    let password = riga.split("password ").nth(1).and_then(|r| r.split(' ').next()).expect("password").to_owned();
    let client = reqwest::Client::builder().no_proxy().build().expect("client");
    for (percorso, atteso) in [("/health/live", "vivo"), ("/health/ready", "pronto"), ("/metrics", "process_resident_memory_bytes")] {
        let risposta = client.get(format!("http://{dove}{percorso}")).send().await.expect("risposta");
        assert_eq!(risposta.status(), 200);
        assert!(risposta.text().await.expect("testo").contains(atteso), "{percorso}");
    }
    let uscita = primo.ferma();
    assert!(uscita.lines().filter(|r| r.starts_with('{')).all(|r| !r.contains(&password)), "{uscita}");

    let mut secondo = Processo::avvia(&["serve"], cartella.path());
    indirizzo(&mut secondo);
    assert!(!secondo.ferma().contains("Primo operatore"));

    let store = apri(cartella.path()).await;
    let numero = store.affitta_nodo("un altro", Utc::now()).await.expect("nodo");
    assert_eq!(numero, 0, "l'arresto rende il numero del nodo");
}

#[tokio::test]
async fn un_battito_futuro_ferma_l_avvio_e_il_dottore_lo_dice() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), "");
    let store = apri(cartella.path()).await;
    store.battito(Utc::now() + TimeDelta::hours(2)).await.expect("battito");
    store.chiudi().await;
    drop(store);
    for argomento in ["serve", "doctor"] {
        let uscita = esegui(&[argomento], cartella.path());
        assert_eq!(uscita.status.code(), Some(1));
        assert!(testo(&uscita).contains("l'orologio di questa macchina"), "{}", testo(&uscita));
    }
}

#[tokio::test]
async fn dopo_un_ripristino_i_contatori_si_spostano_e_si_puo_servire() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), "");
    apri(cartella.path()).await.chiudi().await;
    let uscita = esegui(&["doctor", "--dopo-ripristino"], cartella.path());
    assert!(uscita.status.success() && testo(&uscita).contains("Contatori spostati: 0"), "{}", testo(&uscita));
    let uscita = esegui(&["doctor"], cartella.path());
    assert!(uscita.status.success() && testo(&uscita).contains("schema e' aggiornato"), "{}", testo(&uscita));
}

#[test]
fn migrate_mostra_poi_applica_poi_non_ha_altro_da_fare() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), "");
    assert!(testo(&esegui(&["migrate", "--plan"], cartella.path())).contains("non esiste ancora"));
    assert!(!cartella.path().join("fiorino.db").exists());
    assert!(testo(&esegui(&["migrate"], cartella.path())).contains("applicata: 0001_inizio"));
    assert!(testo(&esegui(&["migrate"], cartella.path())).contains("Nessuna migrazione"));
    assert!(testo(&esegui(&["migrate", "--plan"], cartella.path())).contains("Nessuna migrazione"));
}

#[test]
fn una_chiave_sbagliata_ferma_ogni_comando() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), "ascoltp = 1");
    for argomento in ["serve", "migrate", "doctor"] {
        let uscita = esegui(&[argomento], cartella.path());
        assert!(!uscita.status.success() && testo(&uscita).contains("forse `http.ascolto`?"), "{}", testo(&uscita));
    }
    let uscita = esegui(&["serve", "--config", "manca.toml"], cartella.path());
    assert!(!uscita.status.success() && testo(&uscita).contains("manca.toml"), "{}", testo(&uscita));
}

#[test]
fn openapi_stampa_un_documento() {
    let uscita = esegui(&["openapi"], Path::new("."));
    let documento: serde_json::Value = serde_json::from_slice(&uscita.stdout).expect("JSON");
    assert!(documento["openapi"].as_str().is_some_and(|v| v.starts_with('3')) && documento["paths"].is_object());
    let uscita = esegui(&["openapi", "pendenze-v2"], Path::new("."));
    let documento: serde_json::Value = serde_json::from_slice(&uscita.stdout).expect("JSON");
    assert!(documento["info"]["title"] == "Fiorino, API Pendenze v2" && documento["paths"]["/pendenze"].is_object());
    let uscita = esegui(&["openapi", "pendenze-v9"], Path::new("."));
    assert!(!uscita.status.success() && testo(&uscita).contains("nessuna API `pendenze-v9`: ci sono pendenze-v1, pendenze-v2"), "{}", testo(&uscita));
}

/// A CA, a certificate of the server, one of a client, and one of a client from another CA, as PEM files.
struct Certificati {
    client: String,
    estraneo: String,
}

fn autorita(nome: &str) -> (Issuer<'static, KeyPair>, String) {
    let mut dati = CertificateParams::default();
    dati.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    dati.distinguished_name.push(DnType::CommonName, nome);
    let chiave = KeyPair::generate().expect("chiave");
    let pem = dati.self_signed(&chiave).expect("autorita'").pem();
    (Issuer::new(dati, chiave), pem)
}

fn firmato(da: &Issuer<'static, KeyPair>, nome: &str, fra_giorni: i64) -> (String, String) {
    let mut dati = CertificateParams::new(vec!["localhost".to_owned()]).expect("nomi");
    dati.distinguished_name.push(DnType::CommonName, nome);
    dati.distinguished_name.push(DnType::OrganizationName, "Prova");
    dati.not_after = std::time::SystemTime::from(Utc::now() + TimeDelta::days(fra_giorni)).into();
    let chiave = KeyPair::generate().expect("chiave");
    (dati.signed_by(&chiave, da).expect("certificato").pem(), chiave.serialize_pem())
}

fn certificati(cartella: &Path, giorni: i64) -> Certificati {
    let ((nostra, ca), (altra, _)) = (autorita("CA di prova"), autorita("CA di altri"));
    let (server, chiave) = firmato(&nostra, "localhost", giorni);
    for (nome, pem) in [("ca.pem", &ca), ("server.pem", &server), ("chiave.pem", &chiave)] {
        std::fs::write(cartella.join(nome), pem).expect("file");
    }
    let insieme = |(certificato, chiave): (String, String)| format!("{certificato}{chiave}");
    Certificati { client: insieme(firmato(&nostra, "nodo", 90)), estraneo: insieme(firmato(&altra, "nodo", 90)) }
}

const TLS: &str = "[http.tls]\ncertificato = \"server.pem\"\nchiave = \"chiave.pem\"\nca_client = \"ca.pem\"\n[stazione]\nautenticazione = \"certificato\"";

#[tokio::test]
async fn il_nodo_si_presenta_col_suo_certificato() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cartella = tempfile::tempdir().expect("cartella");
    let certificati = certificati(cartella.path(), 90);
    configura(cartella.path(), TLS);
    let mut processo = Processo::avvia(&["serve"], cartella.path());
    let porta = indirizzo(&mut processo).rsplit(':').next().expect("porta").to_owned();
    let ca = std::fs::read(cartella.path().join("ca.pem")).expect("ca");
    let client = |identita: Option<&str>| {
        let costruttore = reqwest::Client::builder().no_proxy().tls_certs_only([reqwest::Certificate::from_pem(&ca).expect("ca")]);
        let costruttore = match identita {
            Some(pem) => costruttore.identity(reqwest::Identity::from_pem(pem.as_bytes()).expect("identita'")),
            None => costruttore,
        };
        costruttore.build().expect("client")
    };
    let base = format!("https://localhost:{porta}");
    let stazione = format!("{base}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice");

    let senza = client(None).post(&stazione).body("<x/>").send().await.expect("risposta");
    let con = client(Some(&certificati.client)).post(&stazione).body("<x/>").send().await.expect("risposta");
    let estraneo = client(Some(&certificati.estraneo)).post(&stazione).body("<x/>").send().await;
    let salute = client(None).get(format!("{base}/health/live")).send().await.expect("risposta");

    assert!(matches!(senza.status().as_u16(), 401 | 403), "{}", senza.status());
    assert!(!matches!(con.status().as_u16(), 401 | 403), "{}", con.status());
    assert!(estraneo.is_err(), "un certificato di un'altra autorita' non entra");
    assert_eq!(salute.status(), 200);
    processo.ferma();
}

#[test]
fn il_dottore_dice_quando_scade_il_certificato() {
    let cartella = tempfile::tempdir().expect("cartella");
    configura(cartella.path(), TLS);
    for (giorni, atteso, codice) in [(12, "scade fra 1", 1), (90, "scade fra 8", 0)] {
        certificati(cartella.path(), giorni);
        let uscita = esegui(&["doctor"], cartella.path());
        assert!(testo(&uscita).contains(atteso), "{}", testo(&uscita));
        assert_eq!(uscita.status.code(), Some(codice));
    }
}
