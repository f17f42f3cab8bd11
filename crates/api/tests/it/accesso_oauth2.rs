//! Bearer tokens: an issuer played by a server of the test, with keys made here.

use std::time::Duration;

use api::ImpostazioniAccesso;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::chiamante::Profilo;
use gateway::accesso::oauth2::Fornitore;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PublicKeyData};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::banco::{Banco, Risposta};
use crate::su_entrambi;

const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/oauth2/v2/pendenze";
const ADESSO: &str = "2026-11-22T10:00:00Z";
const SECONDI: i64 = 1_795_341_600;

pub struct Firmatario {
    kid: &'static str,
    chiave: KeyPair,
}

impl Firmatario {
    pub fn nuovo(kid: &'static str) -> Self {
        Self { kid, chiave: KeyPair::generate().expect("chiave P-256") }
    }

    pub fn jwk(&self) -> Value {
        // An uncompressed point: 0x04, x, y.
        let punto = self.chiave.der_bytes();
        let parte = |da: usize| URL_SAFE_NO_PAD.encode(&punto[da..da + 32]);
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.kid, "x": parte(1), "y": parte(33) })
    }

    pub fn firma(&self, claim: &Value) -> String {
        let testata = Header { kid: Some(self.kid.to_owned()), ..Header::new(Algorithm::ES256) };
        encode(&testata, claim, &EncodingKey::from_ec_der(&self.chiave.serialize_der())).expect("firmato")
    }
}

fn claim(cambia: &[(&str, Value)]) -> Value {
    let mut c = json!({ "iss": "https://idp.example", "aud": ["altro", "fiorino"], "sub": "DEMO", "exp": SECONDI + 300, "nbf": SECONDI - 10, "name": "Gestionale", "gruppi": ["a", "b"] });
    for (nome, valore) in cambia {
        if valore.is_null() {
            c.as_object_mut().expect("oggetto").remove(*nome);
        } else {
            c[*nome] = valore.clone();
        }
    }
    c
}

async fn pubblica(server: &MockServer, corpo: Value, attese: u64) {
    server.reset().await;
    Mock::given(method("GET")).and(path("/jwks")).respond_with(ResponseTemplate::new(200).set_body_json(corpo)).expect(attese).mount(server).await;
}

async fn porta(banco: &Banco, server: &MockServer, rilettura_min: Duration) -> String {
    banco.ferma_orologio(ADESSO);
    let fornitore = Fornitore {
        jwks: outbound::Indirizzo::leggi(&format!("{}/jwks", server.uri())).expect("indirizzo"),
        emittenti: vec!["https://idp.example".to_owned()],
        destinatari: vec!["fiorino".to_owned()],
        claim_principal: vec!["client_id".to_owned(), "sub".to_owned()],
        tolleranza: Duration::from_secs(5),
        rilettura_min,
    };
    let impostazioni = ImpostazioniAccesso { profili: [Profilo::OAuth2].into(), oauth2: Some(fornitore), ..ImpostazioniAccesso::default() };
    banco.altra_porta(impostazioni, None).await
}

async fn get(banco: &Banco, base: &str, autorizzazione: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.get(format!("{base}{PENDENZE}"));
    if let Some(a) = autorizzazione {
        richiesta = richiesta.header("authorization", a);
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

#[track_caller]
fn rifiutato(risposta: &Risposta, perche: &str) {
    risposta.rifiuta(401, "401", perche);
    assert_eq!(risposta.intestazioni["www-authenticate"], format!("Bearer error=\"invalid_token\", error_description=\"{perche}\""));
}

su_entrambi! {
    async fn un_token_vale_se_firma_date_emittente_e_destinatario_sono_giusti(banco: &Banco) {
        let (server, buono, altro) = (MockServer::start().await, Firmatario::nuovo("k1"), Firmatario::nuovo("k1"));
        pubblica(&server, json!({ "keys": [{ "kty": "boh" }, buono.jwk()] }), 1).await;
        let base = porta(banco, &server, Duration::from_secs(60)).await;
        let con = async |token: String| get(banco, &base, Some(&format!("Bearer {token}"))).await;

        let ok = con(buono.firma(&claim(&[]))).await;
        assert_eq!(ok.stato, StatusCode::OK, "{}", ok.testo);
        for cambia in [("aud", json!("fiorino")), ("client_id", json!("DEMO")), ("client_id", json!("")), ("exp", json!(SECONDI - 4)), ("nbf", json!(SECONDI + 4)), ("nbf", Value::Null)] {
            assert_eq!(con(buono.firma(&claim(std::slice::from_ref(&cambia)))).await.stato, StatusCode::OK, "{cambia:?}");
        }
        for (cambia, perche) in [
            (("exp", json!(SECONDI - 5)), "token scaduto"),
            (("exp", Value::Null), "token senza scadenza"),
            (("exp", json!("domani")), "data non leggibile"),
            (("nbf", json!(SECONDI + 6)), "token non ancora valido"),
            (("iss", json!("https://altro.example")), "emittente non ammesso"),
            (("iss", Value::Null), "emittente non ammesso"),
            (("aud", json!(["altro"])), "destinatario non ammesso"),
            (("aud", Value::Null), "destinatario non ammesso"),
            (("sub", Value::Null), "nessun claim porta il nome dell'utenza"),
            (("sub", json!("NESSUNO")), "utenza non registrata"),
            (("client_id", json!("NESSUNO")), "utenza non registrata"),
        ] {
            rifiutato(&con(buono.firma(&claim(&[cambia]))).await, perche);
        }
        rifiutato(&con(altro.firma(&claim(&[]))).await, "firma non valida");
        let mut manomesso = buono.firma(&claim(&[]));
        manomesso.replace_range(manomesso.len() - 6..manomesso.len() - 2, "AAAA");
        rifiutato(&con(manomesso).await, "firma non valida");
        for storto in ["a", "a.b", "a.b.c", "e30.e30.", "..", &"x".repeat(5_000)] {
            rifiutato(&con(storto.to_owned()).await, "token non leggibile");
        }
        for assente in [None, Some("Bearer"), Some("Bearer "), Some("Basic REVNTzpERU1P")] {
            let risposta = get(banco, &base, assente).await;
            assert_eq!((risposta.fault().0, risposta.intestazioni["www-authenticate"].to_str().expect("testo")), (401, "Bearer"), "{assente:?}");
        }
    }
}

su_entrambi! {
    async fn una_firma_simmetrica_o_nessuna_non_vale_mai(banco: &Banco) {
        let (server, buono) = (MockServer::start().await, Firmatario::nuovo("k1"));
        // The trap: the public key, or a published secret, used as the secret of HS256.
        let segreto = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode("segreto"), "kid": "s1", "alg": "HS256" });
        pubblica(&server, json!({ "keys": [buono.jwk(), segreto] }), 0).await;
        let base = porta(banco, &server, Duration::from_secs(60)).await;
        for (kid, chiave) in [("s1", b"segreto".to_vec()), ("k1", buono.chiave.der_bytes().to_vec())] {
            let testata = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
            let token = encode(&testata, &claim(&[]), &EncodingKey::from_secret(&chiave)).expect("firmato");
            rifiutato(&get(banco, &base, Some(&format!("Bearer {token}"))).await, "algoritmo di firma non ammesso");
        }
        let nessuna = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#), URL_SAFE_NO_PAD.encode(claim(&[]).to_string()));
        rifiutato(&get(banco, &base, Some(&format!("Bearer {nessuna}"))).await, "token non leggibile");
    }
}

su_entrambi! {
    async fn le_chiavi_nuove_si_leggono_e_quelle_ignote_non_fanno_una_tempesta(banco: &Banco) {
        let (server, prima, dopo) = (MockServer::start().await, Firmatario::nuovo("k1"), Firmatario::nuovo("k2"));
        let token = |f: &Firmatario| format!("Bearer {}", f.firma(&claim(&[])));
        // With a pause between readings: one call, whatever the tokens name.
        pubblica(&server, json!({ "keys": [prima.jwk()] }), 1).await;
        let lenta = porta(banco, &server, Duration::from_secs(60)).await;
        for _ in 0..5 {
            rifiutato(&get(banco, &lenta, Some(&token(&dopo))).await, "firma non valida");
        }
        assert_eq!(get(banco, &lenta, Some(&token(&prima))).await.stato, StatusCode::OK);
        server.verify().await;
        // Without: the new key is found, and the one that was taken away is no longer good.
        pubblica(&server, json!({ "keys": [prima.jwk()] }), 1).await;
        let svelta = porta(banco, &server, Duration::ZERO).await;
        assert_eq!(get(banco, &svelta, Some(&token(&prima))).await.stato, StatusCode::OK);
        server.verify().await;
        pubblica(&server, json!({ "keys": [dopo.jwk()] }), 2).await;
        assert_eq!(get(banco, &svelta, Some(&token(&dopo))).await.stato, StatusCode::OK);
        rifiutato(&get(banco, &svelta, Some(&token(&prima))).await, "firma non valida");
        server.verify().await;
    }
}

su_entrambi! {
    async fn senza_fornitore_si_dice_di_riprovare_e_le_chiavi_note_restano_buone(banco: &Banco) {
        let (server, buono) = (MockServer::start().await, Firmatario::nuovo("k1"));
        let token = format!("Bearer {}", buono.firma(&claim(&[])));
        for corpo in [ResponseTemplate::new(500), ResponseTemplate::new(200).set_body_string("{}"), ResponseTemplate::new(302).insert_header("location", "/jwks")] {
            server.reset().await;
            Mock::given(method("GET")).respond_with(corpo).mount(&server).await;
            let base = porta(banco, &server, Duration::ZERO).await;
            get(banco, &base, Some(&token)).await.rifiuta(503, "503000", "Chiavi del fornitore di identita' momentaneamente non disponibili: riprovare.");
        }
        pubblica(&server, json!({ "keys": [buono.jwk()] }), 1).await;
        let base = porta(banco, &server, Duration::ZERO).await;
        assert_eq!(get(banco, &base, Some(&token)).await.stato, StatusCode::OK);
        server.reset().await;
        assert_eq!(get(banco, &base, Some(&token)).await.stato, StatusCode::OK);
        let ignota = format!("Bearer {}", Firmatario::nuovo("k9").firma(&claim(&[])));
        rifiutato(&get(banco, &base, Some(&ignota)).await, "firma non valida");
    }
}
