//! Every call of ours, as it leaves, against the OpenAPI document of its service: method, path, parameters, body.

use codici::IdDominio;
use contratti::scostamenti;
use domain::posizione_debitoria::massivo::OperazioneMassiva;
use piattaforma::posizioni::massivo::Massivo;
use piattaforma::posizioni::ricevute::Ricevute;
use piattaforma::posizioni::{Archivio, corpi};
use piattaforma::registri::BackofficeEc;
use piattaforma::{Cliente, Connessione, Corpo, Impostazioni, Metodo, Prodotto, Richiesta};
use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::contratto::posizione;

/// What is wrong with a call, by the document; empty when nothing is.
fn difetti(documento: &Value, r: &Request) -> Vec<String> {
    let chiamata = format!("{} {}", r.method, r.url.path());
    let Some((modello, operazione)) = operazione(documento, r) else { return vec![format!("{chiamata}: nessuna operazione del contratto")] };
    let mut difetti = parametri(documento, operazione, r, &modello);
    difetti.extend(corpo(documento, operazione, r));
    difetti.into_iter().map(|d| format!("{chiamata}: {d}")).collect()
}

fn operazione<'a>(documento: &'a Value, r: &Request) -> Option<(String, &'a Value)> {
    let metodo = r.method.as_str().to_lowercase();
    let pezzi: Vec<&str> = r.url.path().split('/').collect();
    let uguale = |modello: &str| {
        let suoi: Vec<&str> = modello.split('/').collect();
        suoi.len() == pezzi.len() && suoi.iter().zip(&pezzi).all(|(m, p)| (m.starts_with('{') && !p.is_empty()) || m == p)
    };
    let (modello, voce) = documento["paths"].as_object()?.iter().find(|(m, v)| uguale(m) && v.get(&metodo).is_some())?;
    Some((modello.clone(), &voce[&metodo]))
}

fn parametri(documento: &Value, operazione: &Value, r: &Request, modello: &str) -> Vec<String> {
    let ammessi: Vec<&Value> = [&operazione["parameters"], &documento["paths"][modello]["parameters"]].iter().filter_map(|p| p.as_array()).flatten().collect();
    let ammessi: Vec<&Value> = ammessi.into_iter().map(|p| risolto(documento, p)).collect();
    let di = |nome: &str| ammessi.iter().find(|p| p["in"] == "query" && p["name"] == nome);
    let mut difetti = Vec::new();
    for (nome, valore) in r.url.query_pairs() {
        match di(&nome) {
            None => difetti.push(format!("il contratto non ha il parametro {nome}")),
            Some(p) => {
                let valore = match p["schema"]["type"].as_str() {
                    Some("integer") => valore.parse::<i64>().map_or(Value::Null, Value::from),
                    Some("boolean") => valore.parse::<bool>().map_or(Value::Null, Value::from),
                    _ => Value::from(valore.as_ref()),
                };
                difetti.extend(scostamenti(&contratti::schema_di(documento, &p["schema"]), &valore).into_iter().map(|s| format!("{nome}: {s}")));
            }
        }
    }
    let chiesti = ammessi.iter().filter(|p| p["in"] == "query" && p["required"] == true).filter_map(|p| p["name"].as_str());
    difetti.extend(chiesti.filter(|n| r.url.query_pairs().all(|(m, _)| m != *n)).map(|n| format!("manca il parametro {n}")));
    difetti
}

fn risolto<'a>(documento: &'a Value, v: &'a Value) -> &'a Value {
    v["$ref"].as_str().and_then(|r| documento.pointer(r.trim_start_matches('#'))).unwrap_or(v)
}

fn corpo(documento: &Value, operazione: &Value, r: &Request) -> Vec<String> {
    let contenuti = operazione["requestBody"]["content"].as_object();
    let tipo = r.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (Some(contenuti), false) = (contenuti, r.body.is_empty()) else {
        let chiesto = operazione["requestBody"]["required"] == true;
        return if chiesto && r.body.is_empty() { vec!["manca il corpo".to_owned()] } else { Vec::new() };
    };
    let Some((nome, voce)) = contenuti.iter().find(|(n, _)| tipo.split(';').next() == Some(n.as_str())) else { return vec![format!("corpo di tipo {tipo}")] };
    if nome != "application/json" {
        let campi: Vec<&String> = voce["schema"]["properties"].as_object().into_iter().flatten().map(|(n, _)| n).collect();
        let testo = String::from_utf8_lossy(&r.body).into_owned();
        return campi.into_iter().filter(|c| !testo.contains(&format!("name=\"{c}\""))).map(|c| format!("manca il campo {c}")).collect();
    }
    let corpo: Value = serde_json::from_slice(&r.body).unwrap_or_default();
    scostamenti(&contratti::schema_di(documento, &voce["schema"]), &corpo)
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    let risposta = ResponseTemplate::new(200).set_body_string(r#"{"status":"VALID"}"#);
    Mock::given(wiremock::matchers::any()).respond_with(risposta).mount(&server).await;
    server
}

/// Calls of a service all respect its document, and there are so many.
async fn buone(nome: &str, file: &[&str], server: &MockServer, quante: usize) {
    let Some(documento) = contratti::documento_di_piu(nome, file) else { return };
    let richieste = server.received_requests().await.expect("registrate");
    assert_eq!(richieste.len(), quante);
    let difetti: Vec<String> = richieste.iter().flat_map(|r| difetti(&documento, r)).collect();
    assert_eq!(difetti, Vec::<String>::new());
}

fn dominio() -> IdDominio {
    IdDominio::leggi("12345678901").expect("dominio")
}

fn verso(prodotto: Prodotto, server: &MockServer) -> Connessione {
    Connessione::nuova(prodotto, &server.uri(), Some("chiave")).expect("indirizzo")
}

#[tokio::test]
async fn ogni_chiamata_agli_archivi_rispetta_il_contratto() {
    let (cliente, dominio) = (Cliente::nuovo(Impostazioni::default()), dominio());
    let p = posizione().new_tree(&mut TestRunner::deterministic()).expect("una posizione").current();
    for (prodotto, file) in [(Prodotto::Gpd, "gpd.json"), (Prodotto::Aca, "gpd-4-aca.json")] {
        let server = server().await;
        let connessione = verso(prodotto, &server);
        let archivio = Archivio { cliente: &cliente, connessione: &connessione, dominio: &dominio };
        archivio.crea(&p).await;
        archivio.leggi("IUPD1").await;
        archivio.aggiorna(&domain::posizione_debitoria::PosizioneDebitoria { iupd: "IUPD1".to_owned(), ..p.clone() }).await;
        archivio.pubblica("IUPD1").await;
        archivio.invalida("IUPD1").await;
        archivio.elimina("IUPD1").await;
        let mut quante = 6;
        if archivio.sa_dei_pagamenti_altrove() {
            archivio.segna_pagata(&p.avviso, Some("2026-11-22T10:00:00Z".parse().expect("istante"))).await;
            quante += 1;
        }
        buone(&format!("chiamate {file}"), &[&format!("pagopa/openapi/{file}")], &server, quante).await;
    }
    let server = server().await;
    let connessione = verso(Prodotto::AcaCreatePosition, &server);
    Archivio { cliente: &cliente, connessione: &connessione, dominio: &dominio }.create_position(&p, true).await;
    buone("chiamate paCreatePosition", &["pagopa/openapi/paCreatePosition.json"], &server, 1).await;
}

#[tokio::test]
async fn ogni_chiamata_per_file_rispetta_il_contratto() {
    let (cliente, dominio, server) = (Cliente::nuovo(Impostazioni::default()), dominio(), server().await);
    let connessione = verso(Prodotto::GpdMassivo, &server);
    let massivo = Massivo { cliente: &cliente, connessione: &connessione, intermediario: "11111111113", dominio: &dominio };
    for operazione in OperazioneMassiva::TUTTE {
        massivo.invia(operazione, "f.zip", b"PK").await;
    }
    massivo.stato("id-1").await;
    massivo.rapporto("id-1").await;
    let giorno = "2026-11-22".parse().expect("data");
    massivo.elenco(giorno, giorno, Some("segno")).await;
    buone("chiamate gpd_massive", &["pagopa/openapi/gpd_massive.json"], &server, 6).await;
}

#[tokio::test]
async fn ogni_chiamata_alle_ricevute_di_gpd_rispetta_il_contratto() {
    let (cliente, dominio, server) = (Cliente::nuovo(Impostazioni::default()), dominio(), server().await);
    let connessione = verso(Prodotto::GpdRicevute, &server);
    let ricevute = Ricevute { cliente: &cliente, connessione: &connessione, dominio: &dominio, segregazioni: "05,47" };
    let giorno = "2026-11-22".parse().expect("data");
    ricevute.elenco(giorno, giorno, 0).await;
    ricevute.una("05000000000000033").await;
    buone("chiamate gpd_payments", &["pagopa/openapi/gpd_payments.json"], &server, 2).await;
}

#[tokio::test]
async fn ogni_chiamata_al_back_office_rispetta_il_contratto() {
    let (cliente, server) = (Cliente::nuovo(Impostazioni::default()), server().await);
    let connessione = verso(Prodotto::BackofficeEc, &server);
    BackofficeEc { cliente: &cliente, connessione: &connessione, intermediario: "11111111113" }.iban(0).await;
    buone("chiamate back office", &["pagopa/openapi/openapi_backoffice_external_ec.json"], &server, 1).await;
}

#[tokio::test]
async fn il_contratto_si_accorge_di_una_chiamata_sbagliata() {
    let server = server().await;
    let (cliente, connessione) = (Cliente::nuovo(Impostazioni::default()), verso(Prodotto::Gpd, &server));
    let p = posizione().new_tree(&mut TestRunner::deterministic()).expect("una posizione").current();
    let mut senza = corpi::posizione(&p);
    senza.as_object_mut().expect("oggetto").remove("iupd");
    let giusto = ["organizations", "12345678901", "debtpositions"];
    let sbagliate = [
        Richiesta::nuova(Metodo::GET, ["organizations", "12345678901", "altro"]),
        Richiesta::nuova(Metodo::POST, giusto).con_parametro("publish", "true").con_corpo(Corpo::json(&corpi::posizione(&p))),
        Richiesta::nuova(Metodo::POST, giusto).con_corpo(Corpo::json(&senza)),
    ];
    for r in &sbagliate {
        cliente.chiama(&connessione, r).await;
    }
    let Some(documento) = contratti::documento("chiamate, controprova", "pagopa/openapi/gpd.json") else { return };
    let richieste = server.received_requests().await.expect("registrate");
    let difetti: Vec<Vec<String>> = richieste.iter().map(|r| difetti(&documento, r)).collect();
    assert!(difetti.iter().all(|d| !d.is_empty()), "{difetti:?}");
}
