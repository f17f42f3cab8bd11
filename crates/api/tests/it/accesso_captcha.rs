//! reCAPTCHA, with a service of the test (spec/1 section 2.4).

use std::net::IpAddr;
use std::time::Duration;

use domain::anagrafica::Segreto;
use domain::anagrafica::configurazione::{Captcha, Hardening};
use gateway::accesso::captcha::{token, verifica};
use serde_json::{Number, Value, json};
use wiremock::matchers::{method, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn hardening(server: &MockServer, nega_se_errore: bool) -> Hardening {
    let captcha = Captcha {
        server_url: format!("{}/siteverify", server.uri()),
        site_key: "pubblica".to_owned(),
        secret_key: Segreto("segreta".to_owned()),
        soglia: "0.5".parse::<Number>().expect("numero"),
        parametro: "gRecaptchaResponse".to_owned(),
        deny_on_fail: nega_se_errore,
        connection_timeout: 2_000,
        read_timeout: 500,
    };
    Hardening { abilitato: true, captcha: Some(captcha) }
}

fn ip() -> Option<IpAddr> {
    Some("192.0.2.7".parse().expect("ip"))
}

async fn risponde(corpo: Value) -> MockServer {
    let server = MockServer::start().await;
    let chiesto =
        Mock::given(method("GET")).and(query_param("secret", "segreta")).and(query_param("response", "gettone-1")).and(query_param("remoteip", "192.0.2.7"));
    chiesto.respond_with(ResponseTemplate::new(200).set_body_json(corpo)).mount(&server).await;
    server
}

#[tokio::test]
async fn passa_chi_il_servizio_crede_una_persona() {
    for (corpo, atteso) in [
        (json!({ "success": true }), true),
        (json!({ "success": true, "score": 0.5 }), true),
        (json!({ "success": true, "score": 0.49 }), false),
        (json!({ "success": true, "score": "alto" }), false),
        (json!({ "success": false, "score": 0.9 }), false),
        (json!({ "success": "true" }), false),
        (json!({}), false),
    ] {
        let server = risponde(corpo.clone()).await;
        assert_eq!(verifica(&hardening(&server, true), Some("gettone-1"), ip()).await, atteso, "{corpo}");
    }
}

#[tokio::test]
async fn senza_un_gettone_plausibile_il_servizio_non_e_chiamato() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200).set_body_json(json!({ "success": true }))).expect(0).mount(&server).await;
    for gettone in [None, Some(""), Some("a b"), Some("è"), Some("<script>"), Some("x".repeat(8_193).as_str())] {
        assert!(!verifica(&hardening(&server, false), gettone, ip()).await, "{gettone:?}");
    }
    assert!(!verifica(&Hardening { abilitato: true, captcha: None }, Some("gettone-1"), ip()).await);
    // Off lets everybody through.
    assert!(verifica(&Hardening { abilitato: false, ..hardening(&server, true) }, None, ip()).await);
}

#[tokio::test]
async fn col_servizio_giu_decide_la_configurazione() {
    for risposta in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_json(json!({ "success": true })).set_delay(Duration::from_secs(4)),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET")).respond_with(risposta).mount(&server).await;
        assert!(!verifica(&hardening(&server, true), Some("gettone-1"), ip()).await);
        assert!(verifica(&hardening(&server, false), Some("gettone-1"), ip()).await);
    }
}

#[tokio::test]
async fn il_gettone_e_nel_parametro_o_nell_header() {
    let h = hardening(&MockServer::start().await, true);
    let query = [("gRecaptchaResponse".to_owned(), "dalla-query".to_owned())];
    let header = |nome: &str| (nome == "gRecaptchaResponse").then_some("dall-header");
    assert_eq!(token(&h, &query, header), Some("dalla-query"));
    assert_eq!(token(&h, &[], header), Some("dall-header"));
    assert_eq!(token(&h, &[("gRecaptchaResponse".to_owned(), String::new())], |_| None), None);
    assert_eq!(token(&Hardening::default(), &query, header), None);
}
