use std::collections::HashMap;
use std::time::{Duration, Instant};

use piattaforma::{Attesa, Cliente, Connessione, Corpo, Esito, Impostazioni, Metodo, Prodotto, Regole, Resoconto, Richiesta, Ritmo, Soglie, StatoCircuito};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const CHIAVE: &str = "chiave-molto-segreta";

fn regole() -> Regole {
    Regole {
        tempi: outbound::Tempi { connessione: Duration::from_millis(500), lettura: Duration::from_millis(500) },
        ritmo: Ritmo { scorta: 100, ogni: Duration::from_millis(1) },
        soglie: Soglie { fallimenti: 100, chiuso_per: Duration::from_millis(300), chiuso_per_max: Duration::from_secs(1) },
    }
}

fn cliente(regole: Regole) -> Cliente {
    let impostazioni = Impostazioni { regole: HashMap::from([(Prodotto::Gpd, regole)]), ..Impostazioni::default() };
    Cliente::nuovo(impostazioni)
}

fn verso(base: &str) -> Connessione {
    Connessione::nuova(Prodotto::Gpd, base, Some(CHIAVE)).expect("indirizzo")
}

fn lettura() -> Richiesta {
    Richiesta::nuova(Metodo::GET, ["organizations", "12345678901", "debtpositions", "IUPD/1"])
}

fn creazione() -> Richiesta {
    Richiesta::nuova(Metodo::POST, ["organizations", "12345678901", "debtpositions"]).con_corpo(Corpo::json(&json!({ "iupd": "x" })))
}

fn senza_segreti(r: &Resoconto) {
    let testo = format!("{:?}", r.esito);
    for vietato in [CHIAVE, "12345678901", "IUPD"] {
        assert!(!testo.contains(vietato), "{testo}");
    }
}

fn ritenta(r: &Resoconto) -> (&str, bool, Duration) {
    senza_segreti(r);
    match &r.esito {
        Esito::DaRitentare { fra, motivo, incerto } => (motivo, *incerto, *fra),
        altro => panic!("{altro:?}"),
    }
}

async fn server(stato: u16, corpo: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(stato).set_body_string(corpo)).mount(&server).await;
    server
}

async fn chiamate(server: &MockServer) -> usize {
    server.received_requests().await.unwrap_or_default().len()
}

/// A server that reads the request, sends these bytes and hangs up.
async fn grezzo(byte: &'static [u8]) -> String {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    tokio::spawn(async move {
        loop {
            let (mut presa, _) = ascolto.accept().await.expect("connessione");
            let _ = presa.read(&mut [0; 4096]).await;
            let _ = presa.write_all(byte).await;
        }
    });
    base
}

#[tokio::test]
async fn una_chiamata_porta_chiave_numero_e_corpo_e_torna_intera() {
    let server = MockServer::start().await;
    let richiesta = creazione().con_parametro("toPublish", "true");
    Mock::given(method("POST"))
        .and(path("/v1/organizations/12345678901/debtpositions"))
        .and(query_param("toPublish", "true"))
        .and(header("Ocp-Apim-Subscription-Key", CHIAVE))
        .and(header("x-request-id", richiesta.id.to_string().as_str()))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({ "iupd": "x" })))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({ "status": "VALID" })))
        .expect(1)
        .mount(&server)
        .await;

    let r = cliente(regole()).chiama(&verso(&format!("{}/v1/", server.uri())), &richiesta).await;

    assert_eq!(r.esito.fatto().expect("fatto").json()["status"], "VALID");
    assert_eq!((r.stato, r.tentativi, r.id), (Some(201), 1, richiesta.id));
}

#[tokio::test]
async fn i_segmenti_restano_segmenti() {
    let server = server(200, "{}").await;
    assert!(cliente(regole()).chiama(&verso(&server.uri()), &lettura()).await.esito.fatto().is_some());
    let prima = &server.received_requests().await.expect("richieste")[0];
    assert_eq!(prima.url.path(), "/organizations/12345678901/debtpositions/IUPD%2F1");
}

#[tokio::test]
async fn i_rifiuti_si_dicono_una_volta_sola() {
    for stato in [400, 403, 404, 409, 422] {
        let server = server(stato, r#"{"title":"NO","detail":"perche'"}"#).await;
        let r = cliente(regole()).chiama(&verso(&server.uri()), &lettura()).await;
        let Esito::Rifiutato { stato: detto, motivo } = &r.esito else { panic!("{:?}", r.esito) };
        assert_eq!((*detto, motivo.as_str()), (stato, format!("HTTP {stato}: NO (perche')").as_str()));
        assert_eq!(chiamate(&server).await, 1);
    }
}

#[tokio::test]
async fn solo_cio_che_non_fa_danno_si_ripete() {
    for (stato, richiesta, volte, incerta) in [
        (500, lettura(), 3, true),
        (503, lettura(), 3, true),
        (503, creazione(), 1, true),
        (500, creazione().ripetibile(true), 3, true),
        (408, creazione(), 1, true),
        (425, creazione(), 1, false),
        (401, lettura(), 1, false),
    ] {
        let server = server(stato, "").await;
        let r = cliente(regole()).chiama(&verso(&server.uri()), &richiesta).await;
        let (motivo, incerto, _) = ritenta(&r);
        assert!(motivo.starts_with(&format!("HTTP {stato}")), "{motivo}");
        assert_eq!((chiamate(&server).await, r.tentativi, incerto), (volte, volte as u32, incerta), "{stato}");
    }
}

#[tokio::test]
async fn un_inciampo_non_si_vede() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(502)).up_to_n_times(2).mount(&server).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_string("{}")).mount(&server).await;
    let r = cliente(regole()).chiama(&verso(&server.uri()), &lettura()).await;
    assert!(r.esito.fatto().is_some());
    assert_eq!(r.tentativi, 3);
}

#[tokio::test]
async fn html_mezza_risposta_e_nulla_non_sono_risposte() {
    for (byte, atteso) in [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>ciao</htm" as &[u8], "HTTP 200, ma la risposta non e' JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\": 1", "HTTP 200, ma la risposta non e' JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n{\"a\": 1}", "chiamata a http"),
        (b"", "chiamata a http"),
        (b"rumore", "chiamata a http"),
    ] {
        let base = grezzo(byte).await;
        let r = cliente(regole()).chiama(&verso(&base), &creazione()).await;
        let (motivo, incerto, _) = ritenta(&r);
        assert!(motivo.starts_with(atteso), "{motivo}");
        assert!(incerto, "nessuno sa se la posizione e' nata");
    }
}

#[tokio::test]
async fn chi_tace_e_chi_non_c_e() {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let muto = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    let r = cliente(regole()).chiama(&verso(&muto), &creazione()).await;
    let (motivo, incerto, _) = ritenta(&r);
    assert!(motivo.starts_with("tempo scaduto") && incerto, "{motivo}");

    drop(ascolto);
    let r = cliente(regole()).chiama(&verso(&muto), &creazione()).await;
    let (motivo, incerto, _) = ritenta(&r);
    assert!(motivo.starts_with("connessione a") && !incerto, "{motivo}");
    assert_eq!(r.tentativi, 3, "cio' che non e' partito si puo' ripetere");
}

#[tokio::test]
async fn un_fault_in_un_200_e_un_rifiuto() {
    let server = server(200, r#"{"title":"CONFLICT","status":409}"#).await;
    let r = cliente(regole()).chiama(&verso(&server.uri()), &creazione()).await;
    assert_eq!(r.esito.rifiuto(), Some(409));
}

#[tokio::test]
async fn retry_after_ferma_tutti_e_si_vede() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(429).insert_header("Retry-After", "30")).mount(&server).await;
    let cliente = cliente(regole());
    let connessione = verso(&server.uri());

    let r = cliente.chiama(&connessione, &lettura()).await;
    assert_eq!(ritenta(&r).2, Duration::from_secs(30));
    let r = cliente.chiama(&connessione, &lettura()).await;

    let (motivo, incerto, fra) = ritenta(&r);
    assert_eq!(motivo, "il ritmo verso gpd non consente altre chiamate per ora");
    assert!(!incerto && fra > Duration::from_secs(25));
    assert_eq!((r.tentativi, chiamate(&server).await), (0, 1));
    let stato = &cliente.stato()[0];
    assert!(stato.pausa.is_some_and(|p| p > Duration::from_secs(25)));
    assert_eq!((stato.circuito.clone(), stato.chiamate), (StatoCircuito::Chiuso { fallimenti: 0 }, 1));
    assert!(!format!("{stato:?}").contains(CHIAVE));
    // Another key has a rate of its own.
    let altra = Connessione { chiave: Some("altra".to_owned()), ..connessione };
    assert_eq!(cliente.chiama(&altra, &lettura()).await.tentativi, 1);
}

#[tokio::test]
async fn un_breve_retry_after_si_aspetta_qui() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(429).insert_header("Retry-After", "1")).up_to_n_times(1).mount(&server).await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(201).set_body_string("{}")).mount(&server).await;
    let inizio = Instant::now();
    let r = cliente(regole()).chiama(&verso(&server.uri()), &creazione()).await;
    assert!(r.esito.fatto().is_some(), "un 429 non ha fatto nulla: si puo' ripetere anche una creazione");
    assert!(inizio.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn il_circuito_si_apre_prova_e_si_richiude() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(503)).up_to_n_times(2).mount(&server).await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(201).set_body_string("{}")).mount(&server).await;
    let cliente = cliente(Regole { soglie: Soglie { fallimenti: 2, ..regole().soglie }, ..regole() });
    let connessione = verso(&server.uri());

    for _ in 0..2 {
        ritenta(&cliente.chiama(&connessione, &creazione()).await);
    }
    let r = cliente.chiama(&connessione, &creazione()).await;
    assert_eq!(ritenta(&r).0, "gpd non si chiama per ora, dopo troppi errori: HTTP 503");
    assert_eq!((r.tentativi, chiamate(&server).await), (0, 2));
    assert_eq!(cliente.stato()[0].circuito.nome(), "aperto");

    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(cliente.chiama(&connessione, &creazione()).await.esito.fatto().is_some());
    let stato = &cliente.stato()[0];
    assert_eq!((stato.circuito.clone(), stato.chiamate, stato.fallite), (StatoCircuito::Chiuso { fallimenti: 0 }, 3, 2));
}

#[tokio::test]
async fn il_ritmo_vale_per_tutti_insieme() {
    let server = server(200, "{}").await;
    let cliente = cliente(Regole { ritmo: Ritmo { scorta: 5, ogni: Duration::from_millis(40) }, ..regole() });
    let connessione = verso(&server.uri());
    let inizio = Instant::now();
    let lavori: Vec<_> = (0..15)
        .map(|_| {
            tokio::spawn({
                let (c, v) = (cliente.clone(), connessione.clone());
                async move { c.chiama(&v, &lettura()).await }
            })
        })
        .collect();
    for lavoro in lavori {
        assert!(lavoro.await.expect("lavoro").esito.fatto().is_some());
    }
    assert!(inizio.elapsed() >= Duration::from_millis(10 * 40), "{:?}", inizio.elapsed());
}

#[tokio::test]
async fn tutto_finisce_entro_il_tempo_dato() {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let muto = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    let cliente = cliente(regole());
    // The first call also makes the connections ready, which an unoptimised program does slowly.
    ritenta(&cliente.chiama(&verso(&muto), &lettura().entro(Duration::ZERO)).await);
    let inizio = Instant::now();
    let r = cliente.chiama(&verso(&muto), &lettura().entro(Duration::from_millis(200))).await;
    ritenta(&r);
    assert!(inizio.elapsed() < Duration::from_millis(450), "{:?}", inizio.elapsed());
}

#[tokio::test]
async fn un_file_arriva_come_modulo() {
    let server = server(202, "").await;
    let contenuto = b"PK\x03\x04\r\n--fiorino";
    let corpo = Corpo::file("file", "posizioni \"1\".zip", "application/zip", contenuto);
    let richiesta = Richiesta::nuova(Metodo::POST, ["file"]).con_corpo(corpo).che_attende(Attesa::Qualsiasi);
    assert!(cliente(regole()).chiama(&verso(&server.uri()), &richiesta).await.esito.fatto().is_some());

    let arrivata = &server.received_requests().await.expect("richieste")[0];
    let tipo = arrivata.headers["content-type"].to_str().expect("testo");
    let confine = tipo.strip_prefix("multipart/form-data; boundary=").expect("confine");
    let testa = format!("--{confine}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"posizioni1.zip\"\r\nContent-Type: application/zip\r\n\r\n");
    assert_eq!(arrivata.body, [testa.as_bytes(), contenuto, format!("\r\n--{confine}--\r\n").as_bytes()].concat());
}

#[tokio::test]
async fn una_configurazione_sbagliata_e_un_esito_come_gli_altri() {
    let connessione = Connessione { chiave: Some("a\nb".to_owned()), ..verso("http://127.0.0.1:9") };
    let r = cliente(regole()).chiama(&connessione, &lettura()).await;
    let (motivo, incerto, fra) = ritenta(&r);
    assert_eq!(motivo, "il valore dell'intestazione di autenticazione non e' valido");
    assert!(!incerto && fra >= Duration::from_secs(60));
}
