//! Where the documents and their page are.

use reqwest::StatusCode;

use crate::banco::{Archivio, Banco, Risposta};

async fn leggi(banco: &Banco, indirizzo: &str) -> Risposta {
    Risposta::leggi(banco.http.get(format!("{}{indirizzo}", banco.base)).send().await.expect("risposta")).await
}

#[tokio::test]
async fn i_documenti_e_la_pagina_si_leggono_senza_accesso_e_si_ricordano() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let mut indirizzi = vec![("/openapi.json".to_owned(), "application/json"), ("/documentazione".to_owned(), "text/html; charset=utf-8")];
    for (api, versione) in api::versioni_openapi() {
        indirizzi.push((format!("/openapi/{api}-{versione}.json"), "application/json"));
        indirizzi.push((format!("/documentazione/{api}-{versione}"), "text/html; charset=utf-8"));
    }
    for (nome, tipo) in [
        ("swagger-ui.js", "text/javascript; charset=utf-8"),
        ("swagger-ui.css", "text/css; charset=utf-8"),
        ("avvio.js", "text/javascript; charset=utf-8"),
        ("pagina.css", "text/css; charset=utf-8"),
    ] {
        indirizzi.push((format!("/documentazione/statici/{nome}"), tipo));
    }
    for (indirizzo, tipo) in indirizzi {
        let risposta = leggi(&banco, &indirizzo).await;
        assert_eq!((risposta.stato, risposta.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, tipo), "{indirizzo}");
        assert!(
            risposta.intestazioni["content-security-policy"].to_str().expect("testo").starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
        );
        let etichetta = risposta.intestazioni["etag"].clone();
        let ancora = banco.http.get(format!("{}{indirizzo}", banco.base)).header("if-none-match", etichetta).send().await.expect("risposta");
        assert_eq!(ancora.status(), StatusCode::NOT_MODIFIED, "{indirizzo}");
        let altra = banco.http.get(format!("{}{indirizzo}", banco.base)).header("if-none-match", "W/\"altra\"").send().await.expect("risposta");
        assert_eq!(altra.status(), StatusCode::OK, "{indirizzo}");
    }
}

#[tokio::test]
async fn la_pagina_nomina_il_suo_documento_e_nessun_altro_sito() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let pagina = leggi(&banco, "/documentazione/pendenze-v2").await.testo;
    assert!(pagina.contains("<html lang=\"it\">") && pagina.contains("<title>API Pendenze v2 di Fiorino</title>"));
    assert!(pagina.contains("data-documento=\"/openapi/pendenze-v2.json\"") && !pagina.contains("http"), "{pagina}");
    assert!(pagina.contains("<a href=\"/documentazione/pendenze-v2\" aria-current=\"page\">"));
    let documento = leggi(&banco, "/openapi/pendenze-v2.json").await.json();
    assert_eq!(Some(documento), api::openapi_di("pendenze", "v2"));
    assert_eq!(leggi(&banco, "/openapi.json").await.json(), api::openapi());
    for ignoto in ["/openapi/pendenze-v9.json", "/documentazione/statici/..%2Fopenapi.json", "/documentazione/niente"] {
        let risposta = leggi(&banco, ignoto).await;
        assert_eq!((risposta.stato, risposta.json()["codice"].as_str()), (StatusCode::NOT_FOUND, Some("404000")), "{ignoto}");
    }
}
