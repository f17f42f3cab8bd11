//! The client against a server that behaves well, and against sockets that do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use outbound::{
    Autenticazione, CORPO_BYTE_MAX, Chiamata, Cliente, ErroreChiamata, INTESTAZIONE_SUBSCRIPTION_KEY, Indirizzo, Metodo, NomiApiKey, Tempi, subscription_key,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_string, header, header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SEGRETO: &str = "parola-segreta";

pub fn cliente() -> Cliente {
    Cliente::nuovo(Tempi { connessione: Duration::from_secs(2), lettura: Duration::from_secs(5) }).expect("client")
}

pub fn frettoloso() -> Cliente {
    Cliente::nuovo(Tempi { connessione: Duration::from_millis(600), lettura: Duration::from_millis(600) }).expect("client")
}

fn chiamata(base: &str) -> Chiamata {
    let indirizzo = Indirizzo::leggi(base).expect("url").con_percorso(&["percorso-riservato"]).expect("percorso").con_parametro("cf", "RSSMRA85T10A562S");
    Chiamata {
        metodo: Metodo::POST,
        indirizzo,
        intestazioni: Vec::new(),
        corpo: Some("corpo-riservato".into()),
        autenticazione: Autenticazione::Basic { utente: "fiorino".into(), password: SEGRETO.into() },
        entro: None,
    }
}

fn senza_segreti(errore: &ErroreChiamata) {
    let testo = format!("{errore} {errore:?}");
    for vietato in [SEGRETO, "percorso-riservato", "RSSMRA85T10A562S", "corpo-riservato"] {
        assert!(!testo.contains(vietato), "{testo}");
    }
}

/// A server that sends these bytes to whoever connects, `volte` times the second, and then keeps quiet.
async fn grezzo(prima: &'static [u8], poi: &'static [u8], volte: usize, pausa: Duration) -> String {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    tokio::spawn(async move {
        loop {
            let (mut presa, _) = ascolto.accept().await.expect("connessione");
            tokio::spawn(async move {
                let _ = presa.read(&mut [0; 4096]).await;
                let _ = presa.write_all(prima).await;
                for _ in 0..volte {
                    tokio::time::sleep(pausa).await;
                    if presa.write_all(poi).await.is_err() {
                        return;
                    }
                }
                std::future::pending::<()>().await;
            });
        }
    });
    base
}

#[tokio::test]
async fn basic_e_corpo_arrivano_e_la_risposta_torna_intera() {
    let server = MockServer::start().await;
    let risposta = ResponseTemplate::new(422).insert_header("x-id", "7").set_body_string("no");
    Mock::given(method("POST"))
        .and(path("/percorso-riservato"))
        .and(body_string("corpo-riservato"))
        .and(header("authorization", "Basic ZmlvcmlubzpwYXJvbGEtc2VncmV0YQ=="))
        .and(header("user-agent", concat!("Fiorino/", env!("CARGO_PKG_VERSION"))))
        .respond_with(risposta)
        .expect(1)
        .mount(&server)
        .await;
    let risposta = cliente().esegui(chiamata(&server.uri())).await.expect("risposta");
    assert_eq!((risposta.stato, risposta.corpo.as_ref(), risposta.intestazioni["x-id"].as_bytes()), (422, b"no".as_slice(), b"7".as_slice()));
}

#[tokio::test]
async fn una_intestazione_puo_fare_da_credenziale() {
    let server = MockServer::start().await;
    Mock::given(header("x-api-key", SEGRETO)).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    let autenticazione = Autenticazione::intestazione("X-Api-Key", SEGRETO);
    assert_eq!(cliente().stato(Chiamata { autenticazione, ..chiamata(&server.uri()) }).await, Ok(200));
    let ricevute = server.received_requests().await.expect("richieste");
    assert!(!ricevute[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn una_credenziale_che_non_si_puo_scrivere_e_un_errore() {
    for (nome, valore) in [("due parole", SEGRETO), ("x-chiave", "parola-segreta\nx-altra: 1"), ("Content-Length", "3"), ("host", "altrove")] {
        let autenticazione = Autenticazione::intestazione(nome, valore);
        let errore = cliente().esegui(Chiamata { autenticazione, ..chiamata("http://127.0.0.1:9") }).await.expect_err(nome);
        assert!(matches!(errore, ErroreChiamata::CredenzialiNonValide { .. }), "{errore:?}");
        senza_segreti(&errore);
    }
}

#[tokio::test]
async fn i_reindirizzamenti_non_si_seguono() {
    let server = MockServer::start().await;
    let altrove = format!("{}/altrove", server.uri());
    Mock::given(path("/altrove")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    Mock::given(path("/percorso-riservato")).respond_with(ResponseTemplate::new(307).insert_header("location", altrove)).expect(1).mount(&server).await;
    assert_eq!(cliente().esegui(chiamata(&server.uri())).await.expect("risposta").stato, 307);
}

#[tokio::test]
async fn una_risposta_enorme_si_rifiuta_anche_quando_non_dice_la_sua_lunghezza() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; CORPO_BYTE_MAX + 1])).mount(&server).await;
    let errore = cliente().esegui(chiamata(&server.uri())).await.expect_err("dichiarata");
    assert_eq!(errore, ErroreChiamata::CorpoTroppoGrande { server: server.uri() });

    const PEZZO: &[u8] = &[b'x'; 64 * 1024];
    let base = grezzo(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", PEZZO, usize::MAX, Duration::ZERO).await;
    let errore = cliente().esegui(chiamata(&base)).await.expect_err("senza fine");
    assert_eq!(errore, ErroreChiamata::CorpoTroppoGrande { server: base.clone() });
    assert_eq!(cliente().stato(chiamata(&base)).await, Ok(200), "a chi guarda lo stato il corpo non importa");
    senza_segreti(&errore);
}

#[tokio::test]
async fn una_risposta_al_limite_si_legge() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; CORPO_BYTE_MAX])).mount(&server).await;
    assert_eq!(cliente().esegui(chiamata(&server.uri())).await.expect("risposta").corpo.len(), CORPO_BYTE_MAX);
}

#[tokio::test]
async fn chi_tace_fa_scadere_il_tempo() {
    let base = grezzo(b"", b"", 0, Duration::ZERO).await;
    let errore = frettoloso().esegui(chiamata(&base)).await.expect_err("muto");
    assert_eq!(errore, ErroreChiamata::TempoScaduto { server: base });
    senza_segreti(&errore);
}

#[tokio::test]
async fn chi_risponde_a_gocce_non_trattiene_la_chiamata() {
    let base = grezzo(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"x", 1000, Duration::from_millis(50)).await;
    let inizio = Instant::now();
    let errore = frettoloso().esegui(chiamata(&base)).await.expect_err("gocce");
    assert_eq!(errore, ErroreChiamata::TempoScaduto { server: base.clone() });
    assert_eq!(frettoloso().stato(chiamata(&base)).await, Ok(200));
    assert!(inizio.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn una_porta_chiusa_e_una_connessione_rifiutata() {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    drop(ascolto);
    let errore = cliente().esegui(chiamata(&base)).await.expect_err("chiusa");
    assert_eq!(errore, ErroreChiamata::ConnessioneRifiutata { server: base });
    senza_segreti(&errore);
}

#[tokio::test]
async fn chi_non_parla_http_o_tls_e_un_altro_errore() {
    let base = grezzo(b"220 smtp.example ESMTP\r\n", b"", 0, Duration::ZERO).await;
    for base in [base.clone(), base.replace("http", "https")] {
        let errore = cliente().esegui(chiamata(&base)).await.expect_err("non http");
        assert!(matches!(&errore, ErroreChiamata::Altro { server, motivo } if *server == base && !motivo.is_empty()), "{errore:?}");
        senza_segreti(&errore);
    }
}

#[tokio::test]
async fn le_connessioni_si_riusano() {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    let aperte = Arc::new(AtomicUsize::new(0));
    let contate = Arc::clone(&aperte);
    tokio::spawn(async move {
        loop {
            let (mut presa, _) = ascolto.accept().await.expect("connessione");
            contate.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while presa.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                    presa.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.expect("scritta");
                }
            });
        }
    });
    let cliente = cliente();
    for _ in 0..10 {
        let chiamata = Chiamata { metodo: Metodo::GET, corpo: None, ..chiamata(&base) };
        assert_eq!(cliente.clone().stato(chiamata).await, Ok(200));
    }
    // A call that starts while the connection is being given back may open another one.
    assert!(aperte.load(Ordering::SeqCst) <= 5, "aperte {aperte:?} connessioni per 10 chiamate");
}

#[test]
fn il_debug_non_dice_segreti() {
    let chiamata = chiamata("https://ente.example");
    let testo = format!("{chiamata:?} {:?}", chiamata.autenticazione);
    assert_eq!(testo, "Chiamata { metodo: POST, indirizzo: Indirizzo(https://ente.example), .. } Basic(***)");
}

#[tokio::test]
async fn una_api_key_sono_due_intestazioni() {
    let server = MockServer::start().await;
    Mock::given(header("x-app-id", "fiorino")).and(header("x-api-key", SEGRETO)).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    Mock::given(header("id-app", "fiorino")).and(header("chiave", SEGRETO)).respond_with(ResponseTemplate::new(201)).expect(1).mount(&server).await;
    let altri = NomiApiKey { id: "Id-App".to_owned(), chiave: "Chiave".to_owned() };
    for (nomi, stato) in [(NomiApiKey::default(), 200), (altri, 201)] {
        let autenticazione = Autenticazione::api_key(&nomi, "fiorino", SEGRETO);
        assert_eq!(cliente().stato(Chiamata { autenticazione, ..chiamata(&server.uri()) }).await, Ok(stato));
    }
}

#[tokio::test]
async fn una_subscription_key_sta_accanto_alle_altre_credenziali() {
    let server = MockServer::start().await;
    let attesa = Mock::given(header("ocp-apim-subscription-key", SEGRETO)).and(header_exists("authorization"));
    attesa.respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    let chiave = subscription_key(INTESTAZIONE_SUBSCRIPTION_KEY, SEGRETO).expect("chiave");
    assert!(!format!("{chiave:?}").contains(SEGRETO));
    assert_eq!(cliente().stato(Chiamata { intestazioni: vec![chiave], ..chiamata(&server.uri()) }).await, Ok(200));
    let errore = subscription_key(INTESTAZIONE_SUBSCRIPTION_KEY, "parola-segreta\n").expect_err("non scrivibile");
    senza_segreti(&errore);
}

#[tokio::test]
async fn una_chiamata_puo_avere_meno_tempo_delle_altre() {
    let base = grezzo(b"", b"", 0, Duration::ZERO).await;
    let inizio = Instant::now();
    let errore = cliente().esegui(Chiamata { entro: Some(Duration::from_millis(200)), ..chiamata(&base) }).await.expect_err("muto");
    assert_eq!(errore, ErroreChiamata::TempoScaduto { server: base });
    assert!(inizio.elapsed() < Duration::from_secs(2));
}
