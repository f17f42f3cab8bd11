//! Every operation of the official contracts of API Pendenze, v1 and v2, called and compared with what its file says.
//!
//! Where the contract and the original disagree the original wins, since clients were written against it (spec/1 surprise 6): each departure is listed
//! beside its call, and the test breaks when one appears or goes. It breaks too when an operation of the file is not called.

use std::collections::BTreeSet;

use contratti::scostamenti;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, IBAN, PASSWORD, PENDENZE, Risposta, corpo_minimo, numero};
use crate::pendenze_v1::{PENDENZE_V1, corpo_v1};
use crate::su_entrambi;

/// A call, and in what its answer departs from the contract.
pub struct Chiamata {
    /// As the file writes it: `GET /pendenze`.
    operazione: &'static str,
    indirizzo: String,
    accetta: &'static str,
    corpo: Option<Value>,
    scostamenti: &'static [&'static str],
}

pub fn get(operazione: &'static str, indirizzo: impl Into<String>, scostamenti: &'static [&'static str]) -> Chiamata {
    Chiamata { operazione, indirizzo: indirizzo.into(), accetta: "application/json", corpo: None, scostamenti }
}

impl Chiamata {
    pub fn come(self, accetta: &'static str) -> Self {
        Self { accetta, ..self }
    }

    pub fn con(self, corpo: Value) -> Self {
        Self { corpo: Some(corpo), ..self }
    }
}

async fn esegui(banco: &Banco, utente: &str, base: &str, c: &Chiamata) -> Risposta {
    let metodo: Method = c.operazione.split_once(' ').expect("metodo").0.parse().expect("metodo");
    let mut richiesta = banco.http.request(metodo, format!("{base}{}", c.indirizzo)).basic_auth(utente, Some(PASSWORD)).header("accept", c.accetta);
    if let Some(corpo) = &c.corpo {
        richiesta = richiesta.header("content-type", "application/json").body(corpo.to_string());
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

/// A reference of the document, followed.
fn segui<'a>(documento: &'a Value, valore: &'a Value) -> &'a Value {
    match valore.get("$ref").and_then(Value::as_str) {
        Some(r) => documento.pointer(r.trim_start_matches('#')).unwrap_or_else(|| panic!("{r} non c'e'")),
        None => valore,
    }
}

/// In what an answer departs from what is said of its operation.
fn confronta(documento: &Value, operazione: &str, risposta: &Risposta) -> Vec<String> {
    let (metodo, percorso) = operazione.split_once(' ').expect("operazione");
    let risposte = &documento["paths"][percorso][metodo.to_lowercase()]["responses"];
    let detta = risposte.get(risposta.stato.as_str());
    let mut trovati: Vec<String> = if detta.is_none() { vec![format!("stato {} non detto", risposta.stato.as_u16())] } else { Vec::new() };
    // An answer with a status that is not told is compared with the one that is: the first good one.
    let detta = detta.or_else(|| risposte.as_object()?.iter().find(|(s, _)| s.starts_with('2')).map(|(_, r)| r));
    let Some(contenuti) = detta.map(|d| segui(documento, d)).and_then(|d| d.get("content")) else {
        trovati.extend((!risposta.byte.is_empty()).then(|| "un corpo non detto".to_owned()));
        return trovati;
    };
    let tipo = risposta.intestazioni["content-type"].to_str().expect("testo");
    match contenuti.get(tipo).or_else(|| contenuti.get("*/*")) {
        None => trovati.push(format!("tipo {tipo} non detto")),
        Some(contenuto) if tipo == "application/json" => trovati.extend(scostamenti(&contratti::schema_di(documento, &contenuto["schema"]), &risposta.json())),
        Some(_) => {}
    }
    trovati
}

/// Calls each, compares, and tells which operations of the file nobody called.
async fn confronta_tutte(banco: &Banco, nome: &str, file: &str, base: &str, chiamate: &[Chiamata]) {
    let Some(documento) = contratti::documento(nome, file) else { return };
    prova_documento(banco, "DEMO", &documento, base, chiamate, &[]).await;
}

/// The same as somebody, with a document that was read already. `altrove`: operations that other tests call.
pub async fn prova_documento(banco: &Banco, utente: &str, documento: &Value, base: &str, chiamate: &[Chiamata], altrove: &[&str]) {
    let dette = operazioni_del_contratto(documento);
    let chiamate_ora: BTreeSet<String> = chiamate.iter().map(|c| c.operazione.to_owned()).chain(altrove.iter().map(|o| (*o).to_owned())).collect();
    assert_eq!(chiamate_ora, dette, "operazioni del contratto e operazioni chiamate");
    prova_chiamate(banco, utente, documento, &format!("{}{base}", banco.base), chiamate).await;
}

/// As the files write them: `GET /pendenze`.
pub fn operazioni_del_contratto(documento: &Value) -> BTreeSet<String> {
    const METODI: [&str; 5] = ["get", "put", "post", "patch", "delete"];
    let percorsi = documento["paths"].as_object().expect("paths");
    let di = |m: &Value| m.as_object().expect("metodi").keys().filter(|m| METODI.contains(&m.as_str())).cloned().collect::<Vec<_>>();
    percorsi.iter().flat_map(|(p, m)| di(m).into_iter().map(move |m| format!("{} {p}", m.to_uppercase()))).collect()
}

/// Which operations are called.
pub fn operazioni(chiamate: &[Chiamata]) -> BTreeSet<&'static str> {
    chiamate.iter().map(|c| c.operazione).collect()
}

/// Calls each at an address, and compares. `base`: with the host.
pub async fn prova_chiamate(banco: &Banco, utente: &str, documento: &Value, base: &str, chiamate: &[Chiamata]) {
    let mut diversi = Vec::new();
    for c in chiamate {
        let risposta = esegui(banco, utente, base, c).await;
        let trovati: Vec<String> = confronta(documento, c.operazione, &risposta).iter().map(|s| s.trim().to_owned()).collect();
        if trovati != c.scostamenti {
            diversi.push(format!("{} {}: {trovati:?} invece di {:?}: {} {}", c.operazione, c.indirizzo, c.scostamenti, risposta.stato, risposta.testo));
        }
    }
    assert!(diversi.is_empty(), "{}", diversi.join("\n"));
}

/// A position with one voce of each kind.
pub fn piena(mut corpo: Value) -> Value {
    corpo["importo"] = numero("22.00");
    corpo["voci"] = json!([
        { "idVocePendenza": "A", "importo": numero("1.00"), "descrizione": "Entrata", "codEntrata": "TARI" },
        { "idVocePendenza": "B", "importo": numero("5.00"), "descrizione": "Conto", "ibanAccredito": IBAN, "tipoContabilita": "CAPITOLO", "codiceContabilita": "0201102IM" },
        { "idVocePendenza": "C", "importo": numero("16.00"), "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
    corpo
}

/// Of ten euro, and says otherwise.
fn con_totale(importo: &str) -> Value {
    let mut corpo = corpo_v1("10.00");
    corpo["importo"] = numero(importo);
    corpo
}

fn annulla() -> Value {
    json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }])
}

/// A paid position: its IUV and the ccp of its payment.
pub async fn pagata(banco: &Banco, id: &str) -> (String, String, String) {
    let avviso = banco.carica(id, "10.00").await;
    let token = banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata").pagamento.token;
    (avviso[1..].to_owned(), token, avviso)
}

const BOLLO_V1: &[&str] = &["/voci/1 oneOf", "/voci/2 oneOf"];
/// Refusals have a body that the contract does not tell.
const MUTO: &[&str] = &["un corpo non detto"];
/// A page of zero has no pages, and an uncounted one no numbers (spec/1 section 3.1).
const SENZA_PAGINE: &[&str] = &["manca numPagine"];

su_entrambi! {
    async fn ogni_operazione_della_v1_risponde_come_dice_il_contratto(banco: &Banco) {
        let (iuv, ccp, _) = pagata(banco, "PAGATA").await;
        let uno = "/pendenze/DEMO/UNO";
        let rpp = format!("/rpp/{DOMINIO}/{iuv}/{ccp}");
        let chiamate = [
            // The contract tells the avviso of a creation, with a state that the original does not send.
            get("PUT /pendenze/{idA2A}/{idPendenza}", uno, &["manca stato"]).con(corpo_v1("10.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", format!("{uno}?stampaAvviso=true"), &[]).con(corpo_v1("10.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", uno, &[]).con(json!({})),
            get("PUT /pendenze/{idA2A}/{idPendenza}", uno, &[]).con(con_totale("11.00")),
            get("GET /pendenze/{idA2A}/{idPendenza}", uno, &[]),
            // tipoContabilita has no CAPITOLO, and the stamp another name.
            get("PUT /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PIENA", &["manca stato"]).con(piena(corpo_v1("22.00"))),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PIENA", BOLLO_V1),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/NESSUNA", &["un corpo non detto"]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/ALTRA/UNO", &["un corpo non detto"]),
            // An attempt carries the position itself, not its address.
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PAGATA", &["/rpp/0/pendenza type"]),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", uno, &["un corpo non detto"]).con(annulla()),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", uno, &[]).con(json!({})),
            get("GET /pendenze", "/pendenze", &[]),
            get("GET /pendenze", "/pendenze?risultatiPerPagina=0", &[]),
            get("GET /pendenze", "/pendenze?metadatiPaginazione=false", &[]),
            get("GET /rpp", "/rpp", &["/risultati/0/pendenza type"]),
            // The contract says 201 of a reading.
            get("GET /rpp/{idDominio}/{iuv}/{ccp}", rpp.clone(), &["stato 200 non detto"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["type"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &["type"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]).come("application/pdf"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /profilo", "/profilo", &[]),
        ];
        confronta_tutte(banco, "API Pendenze v1, ogni operazione", "govpay/pendenze/govpay-api-pendenze-v1.yaml", PENDENZE_V1, &chiamate).await;
    }
}

su_entrambi! {
    async fn ogni_operazione_della_v2_risponde_come_dice_il_contratto(banco: &Banco) {
        let (iuv, ccp, avviso) = pagata(banco, "PAGATA").await;
        let mut intera = piena(corpo_minimo("22.00"));
        intera["documento"] = json!({ "identificativo": "DOC", "descrizione": "Documento", "rata": 1 });
        intera["proprieta"] = json!({ "linguaSecondaria": "de", "informativaImportoAvviso": "" });
        intera["allegati"] = json!([{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }]);
        assert_eq!(banco.put("PIENA", intera).await.stato, 201);
        let allegato = banco.pendenza("PIENA").await["allegati"][0]["contenuto"].as_str().expect("indirizzo").to_owned();
        let mut di_documento = corpo_minimo("10.00");
        di_documento["documento"] = json!({ "identificativo": "STAMPA", "descrizione": "Documento", "rata": 1 });
        banco.put("RATA", di_documento).await;
        let uno = "/pendenze/DEMO/UNO";
        let rpp = format!("/rpp/{DOMINIO}/{iuv}/{ccp}");
        let chiamate = [
            // Neither a creation nor a refusal by a rule of the trade is told.
            get("PUT /pendenze/{idA2A}/{idPendenza}", uno, &["stato 201 non detto"]).con(corpo_minimo("10.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", format!("{uno}?stampaAvviso=true&dataAvvisatura=MAI"), &[]).con(corpo_minimo("10.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", uno, MUTO).con(json!({})),
            get("GET /pendenze/{idA2A}/{idPendenza}", uno, &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PIENA", &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/NESSUNA", MUTO),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/ALTRA/UNO", MUTO),
            // No payments are served here, so nothing links to them.
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PAGATA", &["/rpp/0/pendenza manca pagamenti"]),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", uno, &["un corpo non detto"]).con(annulla()),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", uno, MUTO).con(json!({})),
            get("GET /pendenze", "/pendenze?risultatiPerPagina=1", &["/risultati/0 manca pagamenti"]),
            get("GET /pendenze", "/pendenze?risultatiPerPagina=0", SENZA_PAGINE),
            get("GET /pendenze", "/pendenze?stato=X", &["stato 400 non detto", "manca numPagine", "manca numRisultati", "manca pagina", "manca risultatiPerPagina"]),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}"), &[]),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/301000000000000000"), &[]),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}?linguaSecondaria=en"), &[]).come("application/pdf"),
            get("GET /documenti/{idDominio}/{numeroDocumento}/avvisi", format!("/documenti/{DOMINIO}/STAMPA/avvisi"), &[]).come("application/pdf"),
            get("GET /documenti/{idDominio}/{numeroDocumento}/avvisi", format!("/documenti/{DOMINIO}/NESSUNO/avvisi"), MUTO).come("application/pdf"),
            get("GET /allegati/{id}", allegato, &[]),
            get("GET /allegati/{id}", "/allegati/0", MUTO),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", format!("/pendenze/byAvviso/{DOMINIO}/{avviso}"), &["/rpp/0/pendenza manca pagamenti"]),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", "/pendenze/byAvviso/99999999999/301000000000000000", MUTO),
            get("GET /rpp", "/rpp", &["/risultati/0/pendenza manca pagamenti"]),
            get("GET /rpp", "/rpp?esitoPagamento=X", MUTO),
            // The contract says 201 of a reading.
            get("GET /rpp/{idDominio}/{iuv}/{ccp}", rpp.clone(), &["stato 200 non detto", "/pendenza manca pagamenti"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}", format!("/rpp/{DOMINIO}/{iuv}/nessuno"), MUTO),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &[]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]).come("application/pdf"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /profilo", "/profilo", &[]),
        ];
        confronta_tutte(banco, "API Pendenze v2, ogni operazione", "govpay/pendenze/govpay-api-pendenze-v2.yaml", PENDENZE, &chiamate).await;
    }
}
