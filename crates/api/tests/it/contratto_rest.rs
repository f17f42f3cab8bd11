//! Answers against the official OpenAPI of API Pendenze v2. What we answer is what GovPay answers, and GovPay does not do all that its own contract says
//! (spec/1 surprise 6): each departure is listed, and the test breaks when one appears or goes.

use contratti::{Validator, scostamenti};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, PENDENZE, corpo_minimo, numero};
use crate::su_entrambi;

fn schema(componente: &str) -> Option<Validator> {
    contratti::schema(&format!("API Pendenze v2, {componente}"), "govpay/pendenze/govpay-api-pendenze-v2.yaml", componente)
}

#[track_caller]
fn conforme(schema: Option<&Validator>, corpo: &Value, attesi: &[&str]) {
    if let Some(schema) = schema {
        assert_eq!(scostamenti(schema, corpo), attesi, "{corpo:#}");
    }
}

fn pieno() -> Value {
    let mut corpo = corpo_minimo("22.00");
    corpo["voci"] = json!([
        { "idVocePendenza": "A", "importo": numero("1.00"), "descrizione": "Entrata", "codEntrata": "TARI", "contabilita": { "quote": [{ "capitolo": "1", "annoEsercizio": 2026, "importo": 1 }] },
          "metadata": { "mapEntries": [{ "key": "k", "value": "v" }] } },
        { "idVocePendenza": "B", "importo": numero("5.00"), "descrizione": "Conto", "idDominio": DOMINIO_2, "ibanAccredito": IBAN, "tipoContabilita": "ALTRO", "codiceContabilita": "0201102IM" },
        { "idVocePendenza": "C", "importo": numero("16.00"), "descrizione": "Bollo", "tipoBollo": "01", "hashDocumento": "aGFzaA==", "provinciaResidenza": "MI" }]);
    let altri = json!({ "idUnitaOperativa": "UFF", "tassonomia": "T", "tassonomiaAvviso": "Imposte e tasse", "direzione": "D", "divisione": "V", "dataValidita": "2096-01-01",
        "dataScadenza": "2096-02-01", "annoRiferimento": 2026, "cartellaPagamento": "C", "datiAllegati": { "a": 1 },
        "documento": { "identificativo": "DOC", "descrizione": "Documento", "rata": 1 }, "proprieta": { "linguaSecondaria": "de" },
        "allegati": [{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }] });
    corpo.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
    corpo
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto_salvo_cio_che_govpay_fa_altrimenti(banco: &Banco) {
        let [pendenza, creata, elenco, avviso, fault, nuova] =
            ["Pendenza", "PendenzaCreata", "Pendenze", "Avviso", "FaultBean", "NuovaPendenza"].map(schema);
        conforme(nuova.as_ref(), &pieno(), &[]);
        conforme(nuova.as_ref(), &corpo_minimo("1.00"), &[]);

        let url = |id: &str, query: &str| format!("{PENDENZE}/pendenze/DEMO/{id}{query}");
        let put = banco.chiama(Method::PUT, &url("SCARNA", "?stampaAvviso=true"), Some(corpo_minimo("10.00"))).await.json();
        assert!(put["pdf"].is_string());
        conforme(creata.as_ref(), &put, &[]);
        conforme(creata.as_ref(), &banco.put("PIENA", pieno()).await.json(), &[]);

        conforme(pendenza.as_ref(), &banco.pendenza("SCARNA").await, &[]);
        conforme(pendenza.as_ref(), &banco.pendenza("PIENA").await, &[]);
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }, { "op": "ADD", "path": "/nota", "value": { "oggetto": "x" } }]);
        conforme(pendenza.as_ref(), &banco.chiama(Method::PATCH, &url("PIENA", ""), Some(annulla)).await.json(), &[]);

        let numero = put["numeroAvviso"].as_str().expect("testo");
        let chiedi = async |numero: &str| {
            let richiesta = banco.http.get(format!("{}{PENDENZE}/avvisi/{DOMINIO}/{numero}", banco.base)).basic_auth("DEMO", Some(crate::banco::PASSWORD));
            richiesta.header("accept", "application/json").send().await.expect("risposta").json::<Value>().await.expect("json")
        };
        conforme(avviso.as_ref(), &chiedi(numero).await, &[]);
        conforme(avviso.as_ref(), &chiedi("301000000000000000").await, &[]);

        banco.simulatore.paga(DOMINIO, numero, Versione::V2).await.expect("pagata");
        conforme(pendenza.as_ref(), &banco.pendenza("SCARNA").await, PAGATA);
        conforme(avviso.as_ref(), &chiedi(numero).await, &[]);
        for (query, attesi) in [("", ELENCO), ("?risultatiPerPagina=1", &ELENCO[..1]), ("?metadatiPaginazione=false", ELENCO_NON_CONTATO), ("?risultatiPerPagina=0", SOLO_IL_CONTO)] {
            conforme(elenco.as_ref(), &banco.get(&format!("/pendenze{query}")).await.json(), attesi);
        }

        for rifiuto in [banco.get("/pendenze?stato=X").await, banco.get("/pendenze/DEMO/NO").await, banco.get("/pendenze/ALTRA/NO").await, banco.put("X", json!({})).await,
            banco.put("PIENA", corpo_minimo("1.00")).await, banco.chiama_come("NESSUNO", Method::GET, &format!("{PENDENZE}/pendenze"), None).await] {
            assert!(!rifiuto.stato.is_success());
            conforme(fault.as_ref(), &rifiuto.json(), &[]);
        }
    }
}

su_entrambi! {
    async fn il_contratto_si_accorge_di_un_membro_che_manca(banco: &Banco) {
        let Some(schema) = schema("Pendenza") else { return };
        banco.put("P1", pieno()).await;
        let mut vista = banco.pendenza("P1").await;
        vista.as_object_mut().expect("oggetto").remove("dominio");
        vista["importo"] = json!("22.00");
        vista["stato"] = json!("PAGATA");
        assert_eq!(scostamenti(&schema, &vista), [" manca dominio", "/importo type", "/stato enum"]);
    }
}

/// A list item has no link to `pagamenti`, which API Pendenze does not serve (spec/1 section 9.1).
const PAGATA: &[&str] = &["/rpp/0/pendenza manca pagamenti"];
const ELENCO: &[&str] = &["/risultati/0 manca pagamenti", "/risultati/1 manca pagamenti"];
/// Without metadata nothing is counted, and with a page of zero there are no pages (spec/1 section 3.1).
const ELENCO_NON_CONTATO: &[&str] = &[" manca numPagine", " manca numRisultati", "/risultati/0 manca pagamenti", "/risultati/1 manca pagamenti"];
const SOLO_IL_CONTO: &[&str] = &[" manca numPagine"];
