//! The calls, against an application that behaves in every way.

use std::time::Duration;

use domain::anagrafica::connettore::{CertificatiSsl, ChiaveApi, CredenzialiOAuth2, HeaderFisso};
use domain::anagrafica::{Autenticazione, ConnettoreEnte, VersioneEnte};
use ente::{ClienteEnte, ErroreEnte, ErroreNotifica, TEMPI, notifica_v1, notifica_v2};
use outbound::{CORPO_BYTE_MAX, ErroreChiamata, NomiApiKey, Tempi};
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_json, header, header_exists, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::esempi::{attivazione, ricevuta};

fn cliente() -> ClienteEnte {
    ClienteEnte::nuovo(TEMPI).expect("client")
}

fn connettore(url: &str, versione: VersioneEnte) -> ConnettoreEnte {
    ConnettoreEnte { url: url.to_owned(), versione, autenticazione: None }
}

async fn risponde(risposta: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(risposta).mount(&server).await;
    server
}

async fn unica_richiesta(server: &MockServer) -> Request {
    let mut ricevute = server.received_requests().await.expect("richieste");
    assert_eq!(ricevute.len(), 1);
    ricevute.remove(0)
}

/// Path and query of the only call that came, as they were on the wire.
async fn bersaglio(server: &MockServer) -> String {
    let url = unica_richiesta(server).await.url;
    format!("{}{}", url.path(), url.query().map(|q| format!("?{q}")).unwrap_or_default())
}

#[tokio::test]
async fn v1_e_una_post_sul_pagamento() {
    let server = MockServer::start().await;
    let caso = attivazione();
    let corpo = notifica_v1::corpo(&caso.dati()).expect("corpo");
    Mock::given(method("POST"))
        .and(header("accept", "application/json"))
        .and(header("content-type", "application/json"))
        .and(body_json(corpo))
        .respond_with(ResponseTemplate::new(201))
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(cliente().notifica(&connettore(&server.uri(), VersioneEnte::V1), &caso.dati()).await, Ok(201));
    assert_eq!(bersaglio(&server).await, "/pagamenti/00123450678/07260000000004275");
    assert!(!unica_richiesta(&server).await.headers.contains_key("authorization"));
}

#[tokio::test]
async fn v2_e_una_put_sulla_ricevuta() {
    let server = MockServer::start().await;
    let caso = ricevuta();
    let corpo = notifica_v2::corpo(&caso.dati()).expect("corpo");
    Mock::given(method("PUT")).and(body_json(corpo)).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    assert_eq!(cliente().notifica(&connettore(&server.uri(), VersioneEnte::V2), &caso.dati()).await, Ok(200));
    assert_eq!(bersaglio(&server).await, "/ricevute/00123450678/07260000000004275/ab12cd34ef56");
}

#[tokio::test]
async fn l_indirizzo_configurato_puo_avere_un_percorso_e_una_barra_in_fondo() {
    for coda in ["/ente/v1", "/ente/v1/"] {
        let server = risponde(ResponseTemplate::new(200)).await;
        let connettore = connettore(&format!("{}{coda}", server.uri()), VersioneEnte::V1);
        assert_eq!(cliente().notifica(&connettore, &ricevuta().dati()).await, Ok(200));
        assert_eq!(bersaglio(&server).await, "/ente/v1/pagamenti/00123450678/07260000000004275");
    }
}

#[tokio::test]
async fn un_ccp_strano_resta_un_segmento_e_il_carrello_un_parametro() {
    let server = risponde(ResponseTemplate::new(200)).await;
    let mut caso = ricevuta();
    caso.transazione.ccp = "n/a?x=1#é %".to_owned();
    caso.transazione.carrello = Some("c&1=ò".to_owned());
    assert_eq!(cliente().notifica(&connettore(&server.uri(), VersioneEnte::V2), &caso.dati()).await, Ok(200));
    let atteso = "/ricevute/00123450678/07260000000004275/n%2Fa%3Fx%3D1%23%C3%A9%20%25?idCarrello=c%261%3D%C3%B2";
    assert_eq!(bersaglio(&server).await, atteso);
}

#[tokio::test]
async fn un_ccp_che_cambierebbe_il_percorso_non_parte() {
    let server = risponde(ResponseTemplate::new(200)).await;
    let mut caso = ricevuta();
    caso.transazione.ccp = "..".to_owned();
    let esito = cliente().notifica(&connettore(&server.uri(), VersioneEnte::V2), &caso.dati()).await;
    assert!(matches!(esito, Err(ErroreEnte::Chiamata(ErroreChiamata::UrlNonValida { .. }))), "{esito:?}");
    assert_eq!(server.received_requests().await.map(|r| r.len()), Some(0));
}

#[tokio::test]
async fn le_credenziali_del_connettore_arrivano() {
    let basic = Autenticazione::basic("ente", "segreta");
    let intestazione = Autenticazione::Header(HeaderFisso { header_name: "X-Api-Key".to_owned(), header_value: "chiave".to_owned() });
    let chiave = Autenticazione::ApiKey(ChiaveApi { api_id: "ente".to_owned(), api_key: "chiave".to_owned() });
    for (autenticazione, nome, valore) in [
        (basic, "authorization", "Basic ZW50ZTpzZWdyZXRh"),
        (intestazione, "x-api-key", "chiave"),
        (chiave.clone(), "x-app-id", "ente"),
        (chiave, "x-api-key", "chiave"),
    ] {
        let server = MockServer::start().await;
        Mock::given(header(nome, valore)).and(header_exists("user-agent")).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
        let connettore = ConnettoreEnte { autenticazione: Some(autenticazione), ..connettore(&server.uri(), VersioneEnte::V1) };
        assert_eq!(cliente().notifica(&connettore, &ricevuta().dati()).await, Ok(200));
    }
}

#[tokio::test]
async fn i_nomi_di_una_api_key_si_possono_cambiare() {
    let server = MockServer::start().await;
    Mock::given(header("id-app", "ente")).and(header("chiave", "k")).respond_with(ResponseTemplate::new(200)).expect(1).mount(&server).await;
    let chiave = Autenticazione::ApiKey(ChiaveApi { api_id: "ente".to_owned(), api_key: "k".to_owned() });
    let connettore = ConnettoreEnte { autenticazione: Some(chiave), ..connettore(&server.uri(), VersioneEnte::V1) };
    let cliente = cliente().con_nomi_api_key(NomiApiKey { id: "Id-App".to_owned(), chiave: "Chiave".to_owned() });
    assert_eq!(cliente.notifica(&connettore, &ricevuta().dati()).await, Ok(200));
}

#[tokio::test]
async fn con_oauth2_il_token_si_chiede_una_volta_per_piu_notifiche() {
    let server = MockServer::start().await;
    let token = ResponseTemplate::new(200).set_body_json(serde_json::json!({ "access_token": "T1", "token_type": "Bearer", "expires_in": 600 }));
    Mock::given(method("POST")).and(path("/token")).respond_with(token).expect(1).mount(&server).await;
    Mock::given(method("PUT")).and(header("authorization", "Bearer T1")).respond_with(ResponseTemplate::new(200)).expect(2).mount(&server).await;
    let oauth2 = CredenzialiOAuth2 {
        client_id: "fiorino".to_owned(),
        client_secret: "segreta".to_owned(),
        url_token_endpoint: format!("{}/token", server.uri()),
        scope: None,
    };
    let connettore = ConnettoreEnte { autenticazione: Some(Autenticazione::OAuth2(oauth2)), ..connettore(&server.uri(), VersioneEnte::V2) };
    let cliente = cliente();
    for _ in 0..2 {
        assert_eq!(cliente.notifica(&connettore, &ricevuta().dati()).await, Ok(200));
    }
}

#[tokio::test]
async fn un_archivio_di_certificati_che_manca_si_dice_e_si_potra_ritentare() {
    let ssl = CertificatiSsl {
        tipo: "Server".to_owned(),
        ts_location: "/manca".to_owned(),
        ts_password: "segreta".to_owned(),
        ts_type: "JKS".to_owned(),
        ssl_type: "TLS".to_owned(),
        ks_location: None,
        ks_password: None,
        ks_type: None,
        ks_pkey_passwd: None,
    };
    let connettore = ConnettoreEnte { autenticazione: Some(Autenticazione::Ssl(Box::new(ssl))), ..connettore("https://ente.example", VersioneEnte::V2) };
    let errore = cliente().notifica(&connettore, &ricevuta().dati()).await.expect_err("manca");
    let atteso = "certificati configurati non utilizzabili: l'archivio dei certificati fidati non e' leggibile (entity not found)";
    assert!(matches!(errore, ErroreEnte::Chiamata(_)));
    assert_eq!(errore.to_string(), atteso);
}

#[tokio::test]
async fn un_reindirizzamento_non_si_segue_e_vale_come_consegna() {
    let server = MockServer::start().await;
    let risposta = ResponseTemplate::new(302).insert_header("location", format!("{}/altrove", server.uri()));
    Mock::given(any()).respond_with(risposta).expect(1).mount(&server).await;
    assert_eq!(cliente().notifica(&connettore(&server.uri(), VersioneEnte::V1), &ricevuta().dati()).await, Ok(302));
}

#[tokio::test]
async fn da_quattrocento_in_su_non_e_consegnata() {
    for stato in [400, 401, 404, 500, 503] {
        let server = risponde(ResponseTemplate::new(stato).set_body_string("il debitore VLNGRT75C52F205X non ci piace")).await;
        let errore = cliente().notifica(&connettore(&server.uri(), VersioneEnte::V2), &ricevuta().dati()).await.expect_err("rifiutata");
        assert_eq!(errore, ErroreEnte::Stato(stato));
        assert_eq!(errore.to_string(), format!("Ricevuto [HTTP {stato}]"));
    }
}

#[tokio::test]
async fn il_corpo_della_risposta_non_conta_nemmeno_se_enorme() {
    let server = risponde(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 4 * CORPO_BYTE_MAX])).await;
    assert_eq!(cliente().notifica(&connettore(&server.uri(), VersioneEnte::V1), &ricevuta().dati()).await, Ok(200));
}

#[tokio::test]
async fn chi_non_risponde_in_tempo_non_l_ha_avuta() {
    let server = risponde(ResponseTemplate::new(200).set_delay(Duration::from_secs(30))).await;
    let tempi = Tempi { connessione: Duration::from_secs(2), lettura: Duration::from_millis(150) };
    let esito = ClienteEnte::nuovo(tempi).expect("client").notifica(&connettore(&server.uri(), VersioneEnte::V1), &ricevuta().dati()).await;
    assert_eq!(esito, Err(ErroreEnte::Chiamata(ErroreChiamata::TempoScaduto { server: server.uri() })));
}

#[tokio::test]
async fn un_applicativo_spento_e_una_connessione_rifiutata() {
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let base = format!("http://{}", ascolto.local_addr().expect("indirizzo"));
    drop(ascolto);
    let errore = cliente().notifica(&connettore(&format!("{base}/chiave-nel-percorso"), VersioneEnte::V1), &ricevuta().dati()).await.expect_err("spento");
    assert_eq!(errore.to_string(), format!("connessione a {base} rifiutata"));
}

#[tokio::test]
async fn una_attivazione_non_parte_verso_v2() {
    let server = risponde(ResponseTemplate::new(200)).await;
    let esito = cliente().notifica(&connettore(&server.uri(), VersioneEnte::V2), &attivazione().dati()).await;
    assert!(matches!(esito, Err(ErroreEnte::Notifica(ErroreNotifica::TipoNonPrevisto { .. }))), "{esito:?}");
    assert_eq!(server.received_requests().await.map(|r| r.len()), Some(0));
}

#[tokio::test]
async fn un_indirizzo_sbagliato_si_dice_senza_ripeterlo() {
    for url in ["", "ente.example/segreto", "ftp://utente:segreto@ente.example", "https://utente:segreto@ente.example:porta"] {
        let errore = cliente().notifica(&connettore(url, VersioneEnte::V1), &ricevuta().dati()).await.expect_err(url);
        assert!(matches!(errore, ErroreEnte::Chiamata(ErroreChiamata::UrlNonValida { .. })), "{errore:?}");
        assert!(!errore.to_string().contains("segreto"), "{errore}");
    }
}
