//! The checklist against stations that are there, that are not, and that are something else.

use std::collections::HashMap;

use crate::processo::{Processo, esegui, testo};

const RIGHE: usize = 144;
const STAZIONE: &str = "/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice";

/// Verdict and reason by row, and how the program ended.
fn collaudo(stazione: &str) -> (HashMap<String, (String, String)>, Option<i32>) {
    let cartella = tempfile::tempdir().expect("cartella");
    let uscita = esegui(&["collaudo", "--stazione", stazione, "--utente", "nodo:Password1!", "--formato", "tsv"], cartella.path());
    let scritto = String::from_utf8_lossy(&uscita.stdout).into_owned();
    let righe: HashMap<_, _> = scritto
        .lines()
        .map(|riga| {
            let colonne: Vec<&str> = riga.split('\t').collect();
            let [id, verdetto, motivo] = colonne[..] else { panic!("`{riga}`") };
            assert!(!motivo.is_empty(), "{riga}");
            (id.to_owned(), (verdetto.to_owned(), motivo.to_owned()))
        })
        .collect();
    assert_eq!(righe.len(), RIGHE, "{}", testo(&uscita));
    (righe, uscita.status.code())
}

fn con<'a>(righe: &'a HashMap<String, (String, String)>, verdetto: &str) -> Vec<(&'a str, &'a str)> {
    let mut trovate: Vec<_> = righe.iter().filter(|(_, (v, _))| v == verdetto).map(|(id, (_, m))| (id.as_str(), m.as_str())).collect();
    trovate.sort_unstable();
    trovate
}

#[tokio::test]
async fn la_sandbox_passa_ogni_riga_che_si_puo_provare_da_fuori() {
    let cartella = tempfile::tempdir().expect("cartella");
    let mut sandbox = Processo::avvia(&["sandbox", "--data", "dati", "--listen", "127.0.0.1:0", "--simulator", "127.0.0.1:0"], cartella.path());
    sandbox.aspetta("pronto");
    let stazione = format!("{}{STAZIONE}", sandbox.url("Stato del gateway"));
    let (righe, codice) = tokio::task::spawn_blocking(move || collaudo(&stazione)).await.expect("collaudo");
    assert_eq!(con(&righe, "FALLISCE"), []);
    assert_eq!(codice, Some(0));
    assert!(con(&righe, "PASSA").len() >= 36, "{:#?}", con(&righe, "PASSA"));
    sandbox.ferma();
}

#[test]
fn dove_nessuno_ascolta_nessuna_riga_passa() {
    let libera = std::net::TcpListener::bind("127.0.0.1:0").expect("porta").local_addr().expect("indirizzo");
    let (righe, codice) = collaudo(&format!("http://{libera}{STAZIONE}"));
    assert_eq!(con(&righe, "PASSA"), []);
    assert!(!con(&righe, "FALLISCE").is_empty());
    assert_eq!(codice, Some(1));
}

#[tokio::test]
async fn chi_risponde_come_una_pagina_o_sempre_allo_stesso_modo_non_passa() {
    let pagina = axum::Router::new().fallback(|| async { axum::response::Html("<h1>ciao</h1>") });
    let (righe, _) = contro(pagina).await;
    assert_eq!(con(&righe, "PASSA"), []);

    // A station that refuses everything in the right form: what it refuses for a reason may pass, nothing that must be accepted does.
    let sempre_no = axum::Router::new().fallback(|| async {
        let fault = "<fault><faultCode>PAA_PAGAMENTO_SCONOSCIUTO</faultCode><faultString>no</faultString><id>12345678901</id></fault>";
        let busta = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><p:paVerifyPaymentNoticeRes \
             xmlns:p=\"http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd\"><outcome>KO</outcome>{fault}</p:paVerifyPaymentNoticeRes></s:Body></s:Envelope>"
        );
        ([("content-type", "text/xml; charset=utf-8")], busta)
    });
    let (righe, codice) = contro(sempre_no).await;
    let passate: Vec<&str> = con(&righe, "PASSA").into_iter().map(|(id, _)| id).collect();
    assert!(passate.iter().all(|id| ["PVPN-07", "TRAN-07"].contains(id)), "{passate:?}");
    assert_eq!(codice, Some(1));
}

async fn contro(finta: axum::Router) -> (HashMap<String, (String, String)>, Option<i32>) {
    let porta = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let stazione = format!("http://{}{STAZIONE}", porta.local_addr().expect("indirizzo"));
    let server = tokio::spawn(async move { axum::serve(porta, finta).await });
    let esito = tokio::task::spawn_blocking(move || collaudo(&stazione)).await.expect("collaudo");
    server.abort();
    esito
}
