//! Client credentials, against a token endpoint that behaves in every way.

use std::time::{Duration, Instant};

use outbound::{Autenticazione, Chiamata, Cliente, CredenzialiOAuth2, ErroreChiamata, Indirizzo, Metodo, RISPOSTA_TOKEN_BYTE_MAX, Risposta};
use serde_json::{Value, json};
use wiremock::matchers::{any, body_string, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::chiamate::cliente;

const SEGRETO: &str = "parola segreta&";

/// A server that is both the token endpoint (`/token`) and the service (`/servizio`).
async fn server() -> MockServer {
    MockServer::start().await
}

fn chiamata(server: &MockServer) -> Chiamata {
    let endpoint = Indirizzo::leggi(&format!("{}/token", server.uri())).expect("endpoint");
    let credenziali =
        CredenzialiOAuth2 { endpoint, client_id: "fiorino:1".to_owned(), client_secret: SEGRETO.to_owned(), scope: Some("scrive legge".to_owned()) };
    Chiamata {
        metodo: Metodo::POST,
        indirizzo: Indirizzo::leggi(&format!("{}/servizio", server.uri())).expect("servizio"),
        intestazioni: Vec::new(),
        corpo: Some("corpo".into()),
        autenticazione: Autenticazione::OAuth2(credenziali),
        entro: None,
    }
}

async fn con_scope(cliente: &Cliente, server: &MockServer, scope: &str) -> Result<Risposta, ErroreChiamata> {
    let mut chiamata = chiamata(server);
    if let Autenticazione::OAuth2(credenziali) = &mut chiamata.autenticazione {
        credenziali.scope = Some(scope.to_owned());
    }
    cliente.esegui(chiamata).await
}

fn token(valore: &str, expires_in: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "access_token": valore, "token_type": "Bearer", "expires_in": expires_in }))
}

/// A token endpoint that answers `risposte`, one after the other.
async fn endpoint(server: &MockServer, risposte: Vec<ResponseTemplate>) {
    for (risposta, posto) in risposte.into_iter().zip(1..) {
        Mock::given(path("/token")).respond_with(risposta).up_to_n_times(1).with_priority(posto).mount(server).await;
    }
}

async fn servizio(server: &MockServer, token: &str, stato: u16) {
    Mock::given(path("/servizio")).and(header("authorization", format!("Bearer {token}"))).respond_with(ResponseTemplate::new(stato)).mount(server).await;
}

async fn quante(server: &MockServer, percorso: &str) -> usize {
    server.received_requests().await.expect("richieste").iter().filter(|r| r.url.path() == percorso).count()
}

fn senza_segreti(errore: &ErroreChiamata) {
    let testo = format!("{errore} {errore:?}");
    for vietato in ["parola", "segreta", "fiorino:1", "servizio"] {
        assert!(!testo.contains(vietato), "{testo}");
    }
}

#[tokio::test]
async fn un_token_si_chiede_una_volta_con_le_credenziali_nel_corpo() {
    let server = server().await;
    let corpo = "grant_type=client_credentials&client_id=fiorino%3A1&client_secret=parola%20segreta%26&scope=scrive%20legge";
    Mock::given(method("POST"))
        .and(path("/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(header("accept", "application/json"))
        .and(body_string(corpo))
        .respond_with(token("T1", json!(3600)))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/servizio"))
        .and(header("authorization", "Bearer T1"))
        .and(body_string("corpo"))
        .respond_with(ResponseTemplate::new(200))
        .expect(3)
        .mount(&server)
        .await;
    let cliente = cliente();
    for _ in 0..3 {
        assert_eq!(cliente.clone().stato(chiamata(&server)).await, Ok(200));
    }
}

#[tokio::test]
async fn chi_non_vuole_le_credenziali_nel_corpo_le_ha_in_basic() {
    let server = server().await;
    // base64 of fiorino%3A1:parola%20segreta%26
    let basic = "Basic ZmlvcmlubyUzQTE6cGFyb2xhJTIwc2VncmV0YSUyNg==";
    Mock::given(path("/token"))
        .and(header("authorization", basic))
        .and(body_string("grant_type=client_credentials&scope=scrive%20legge"))
        .respond_with(token("T1", json!(3600)))
        .expect(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path("/token")).respond_with(ResponseTemplate::new(401)).expect(1).with_priority(2).mount(&server).await;
    servizio(&server, "T1", 204).await;
    assert_eq!(cliente().stato(chiamata(&server)).await, Ok(204));
}

#[tokio::test]
async fn un_token_scaduto_si_chiede_di_nuovo() {
    let server = server().await;
    endpoint(&server, vec![token("T1", json!(0)), token("T2", json!("0")), token("T3", json!(3600))]).await;
    for nome in ["T1", "T2", "T3"] {
        servizio(&server, nome, 200).await;
    }
    let cliente = cliente();
    for _ in 0..4 {
        assert_eq!(cliente.stato(chiamata(&server)).await, Ok(200));
    }
    assert_eq!(quante(&server, "/token").await, 3);
}

#[tokio::test]
async fn un_token_revocato_si_sostituisce_una_volta_sola() {
    let server = server().await;
    endpoint(&server, vec![token("T1", json!(3600)), token("T2", json!(3600)), token("T3", json!(3600))]).await;
    Mock::given(header("authorization", "Bearer T1")).respond_with(ResponseTemplate::new(200)).up_to_n_times(1).with_priority(1).mount(&server).await;
    Mock::given(header("authorization", "Bearer T1")).respond_with(ResponseTemplate::new(401)).with_priority(2).mount(&server).await;
    servizio(&server, "T2", 200).await;
    let cliente = cliente();
    for _ in 0..3 {
        assert_eq!(cliente.stato(chiamata(&server)).await, Ok(200));
    }
    assert_eq!((quante(&server, "/token").await, quante(&server, "/servizio").await), (2, 4));
}

#[tokio::test]
async fn chi_rifiuta_anche_un_token_nuovo_ha_l_ultima_parola() {
    let server = server().await;
    Mock::given(path("/token")).respond_with(token("T", json!(3600))).mount(&server).await;
    Mock::given(path("/servizio")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let cliente = cliente();
    assert_eq!(cliente.stato(chiamata(&server)).await, Ok(401), "appena chiesto: non se ne chiede un altro");
    assert_eq!((quante(&server, "/token").await, quante(&server, "/servizio").await), (1, 1));
    assert_eq!(cliente.stato(chiamata(&server)).await, Ok(401), "era in memoria: se ne chiede un altro");
    assert_eq!((quante(&server, "/token").await, quante(&server, "/servizio").await), (2, 3));
}

#[tokio::test]
async fn cento_chiamate_insieme_chiedono_un_token_solo() {
    let server = server().await;
    Mock::given(path("/token")).respond_with(token("T1", json!(3600)).set_delay(Duration::from_millis(100))).expect(1).mount(&server).await;
    servizio(&server, "T1", 200).await;
    let cliente = cliente();
    let chiamate = (0..100).map(|_| {
        let (cliente, chiamata) = (cliente.clone(), chiamata(&server));
        tokio::spawn(async move { cliente.stato(chiamata).await })
    });
    for esito in chiamate.collect::<Vec<_>>() {
        assert_eq!(esito.await.expect("conclusa"), Ok(200));
    }
}

#[tokio::test]
async fn ogni_scope_ha_il_suo_token() {
    let server = server().await;
    endpoint(&server, vec![token("T1", json!(3600)), token("T2", json!(3600))]).await;
    servizio(&server, "T1", 201).await;
    servizio(&server, "T2", 202).await;
    let cliente = cliente();
    for (scope, stato) in [("uno", 201), ("due", 202), ("uno", 201), ("due", 202)] {
        assert_eq!(con_scope(&cliente, &server, scope).await.map(|r| r.stato), Ok(stato), "{scope}");
    }
    assert_eq!(quante(&server, "/token").await, 2);
}

#[tokio::test]
async fn senza_token_la_chiamata_non_parte_e_si_dice_perche() {
    let grande = json!({ "access_token": "x".repeat(RISPOSTA_TOKEN_BYTE_MAX) });
    for (risposta, motivo) in [
        (ResponseTemplate::new(400).set_body_json(json!({ "error": "invalid_scope", "error_description": SEGRETO })), "HTTP 400, invalid_scope"),
        (ResponseTemplate::new(401).set_body_json(json!({ "error": "invalid_client" })), "HTTP 401, invalid_client"),
        (ResponseTemplate::new(500).set_body_string(SEGRETO), "HTTP 500"),
        (ResponseTemplate::new(302).insert_header("location", "http://altrove.example"), "HTTP 302"),
        (ResponseTemplate::new(200).set_body_string(SEGRETO), "la risposta non e' JSON"),
        (ResponseTemplate::new(200).set_body_json(json!({})), "la risposta non ha un access_token"),
        (ResponseTemplate::new(200).set_body_json(grande), "la risposta supera 65536 byte"),
    ] {
        let server = server().await;
        Mock::given(path("/token")).respond_with(risposta).mount(&server).await;
        let errore = cliente().esegui(chiamata(&server)).await.expect_err(motivo);
        assert_eq!(errore, ErroreChiamata::Token { server: server.uri(), motivo: motivo.to_owned() });
        senza_segreti(&errore);
        assert_eq!(quante(&server, "/servizio").await, 0);
    }
}

#[tokio::test]
async fn dopo_un_rifiuto_l_endpoint_si_lascia_in_pace_per_un_poco() {
    let server = server().await;
    Mock::given(path("/token")).respond_with(ResponseTemplate::new(400)).mount(&server).await;
    let cliente = cliente();
    let errori: Vec<_> = [cliente.stato(chiamata(&server)).await, cliente.stato(chiamata(&server)).await].into_iter().map(Result::unwrap_err).collect();
    assert_eq!(errori[0], errori[1]);
    assert_eq!(quante(&server, "/token").await, 1);
}

#[tokio::test]
async fn un_endpoint_lento_non_mangia_tutto_il_tempo() {
    let server = server().await;
    Mock::given(any()).respond_with(token("T1", json!(3600)).set_delay(Duration::from_secs(30))).mount(&server).await;
    let inizio = Instant::now();
    let chiamata = Chiamata { entro: Some(Duration::from_millis(300)), ..chiamata(&server) };
    let errore = cliente().esegui(chiamata).await.expect_err("lento");
    assert_eq!(errore, ErroreChiamata::TempoScaduto { server: server.uri() });
    assert!(inizio.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn un_endpoint_spento_si_dice_quale_e() {
    let server = server().await;
    let mut chiamata = chiamata(&server);
    let Autenticazione::OAuth2(credenziali) = &mut chiamata.autenticazione else { panic!("oauth2") };
    credenziali.endpoint = Indirizzo::leggi("http://127.0.0.1:9/segreta").expect("url");
    let errore = cliente().esegui(chiamata).await.expect_err("spento");
    assert_eq!(errore, ErroreChiamata::ConnessioneRifiutata { server: "http://127.0.0.1:9".to_owned() });
}
