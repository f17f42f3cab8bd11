//! The bodies that existing administration scripts send (spec/2 section 2.18), against the document and against the program.

use jsonschema::error::ValidationErrorKind;
use reqwest::Method;
use serde_json::{Value, json};

use super::{operazioni, validatore};
use crate::banco::{Archivio, BACKOFFICE, Banco};

fn servizio(nome: &str) -> Value {
    json!({ "url": format!("https://example.org/{nome}"), "subscriptionKey": "chiave", "abilitaGDE": true })
}

/// Operation, path, body, in the order of the scripts.
fn corpi() -> Vec<(&'static str, &'static str, Value)> {
    let intermediario = json!({ "denominazione": "Soggetto Intermediario", "principalPagoPa": "nodo", "servizioPagoPa": { "urlRPT": "https://example.org/pa" },
        "servizioPagoPaRecuperoRT": servizio("rt"), "servizioPagoPaACA": servizio("aca"), "servizioPagoPaFR": servizio("fr"), "servizioPagoPaGPD": servizio("gpd"),
        "servizioPagoPaBackofficeEC": servizio("ec"), "abilitato": true });
    let acl = |servizi: &[&str]| servizi.iter().map(|s| json!({ "servizio": s, "autorizzazioni": ["R", "W"] })).collect::<Value>();
    let due = ["Pagamenti", "Pendenze"];
    let applicazione = json!({ "principal": "idA2A-1", "password": "Password1!", "codificaAvvisi": { "codificaIuv": "01", "regExpIuv": "01[0-9]*", "generazioneIuvInterna": false },
        "domini": ["*"], "tipiPendenza": ["*"], "apiPagamenti": true, "apiPendenze": true, "apiRagioneria": true,
        "acl": acl(&["Pagamenti", "Pendenze", "Rendicontazioni e Incassi", "Giornale degli Eventi"]),
        "servizioIntegrazione": { "url": "http://example.org/ente", "versioneApi": "REST v1" }, "abilitato": true });
    let recapiti = json!({ "indirizzo": "Piazza della Vittoria", "civico": "10/A", "cap": 0, "localita": "Roma", "provincia": "Roma", "nazione": "IT", "email": "info@example.org",
        "pec": "protocollo@pec.example.org", "tel": "00 1234 5678", "fax": "00 1234 5678", "web": "https://www.example.org" });
    let con = |altri: Value| {
        let mut corpo = recapiti.clone();
        corpo.as_object_mut().expect("oggetto").extend(altri.as_object().expect("oggetto").clone());
        corpo
    };
    let dominio = con(
        json!({ "ragioneSociale": "Ente Creditore Test", "cap": "00000", "provincia": "RO", "gln": "8088888000000", "stazione": "11111111113_01", "auxDigit": "0",
        "segregationCode": "00", "abilitato": true, "logo": format!(" data:image/png;base64,{}", "iVBORw0KGgo=".repeat(10_000)), "iuvPrefix": "%(a)", "cbill": "AAAAA",
        "autStampaPosteItaliane": "DB/XXXX/XXX XXXXX DEL DD/MM/AAAA", "intermediato": "true", "scaricaFr": "true" }),
    );
    vec![
        (
            "addOperatore",
            "/operatori/RSSMRA30A01H501I",
            json!({ "ragioneSociale": "Mario Rossi", "password": "Password1!", "domini": ["*"], "tipiPendenza": ["*"],
            "acl": acl(&due), "abilitato": true }),
        ),
        ("addRuolo", "/ruoli/operatore", json!({ "acl": acl(&due) })),
        (
            "addOperatore",
            "/operatori/VRDGPP65B03A112N",
            json!({ "ragioneSociale": "Giuseppe Verdi", "domini": ["*"], "tipiPendenza": ["*"], "acl": null, "ruoli": ["operatore"],
            "abilitato": true }),
        ),
        ("addIntermediario", "/intermediari/11111111113", intermediario),
        ("addStazione", "/intermediari/11111111113/stazioni/11111111113_01", json!({ "password": "segreta", "abilitato": true, "versione": "V1" })),
        ("addStazione", "/intermediari/11111111113/stazioni/11111111113_01", json!({ "password": null, "abilitato": true, "versione": "V2" })),
        ("addDominio", "/domini/12345678901", dominio),
        (
            "addUnitaOperativa",
            "/domini/12345678901/unitaOperative/12345678901_01",
            con(json!({ "ragioneSociale": "Ufficio Tributi", "area": "Tributi", "abilitato": true })),
        ),
        (
            "addContiAccredito",
            "/domini/12345678901/contiAccredito/IT02L1234500000111110000001",
            json!({ "postale": false, "mybank": false, "abilitato": true,
            "descrizione": "Conto ordinario", "bic": "DABAIE2D" }),
        ),
        (
            "addContiAccredito",
            "/domini/12345678901/contiAccredito/IT00X0000000000000000000000",
            json!({ "postale": true, "mybank": false, "abilitato": true, "descrizione": "Postale" }),
        ),
        (
            "addEntrata",
            "/entrate/SEGRETERIA-a1",
            json!({ "descrizione": "Diritti e segreteria", "tipoContabilita": "ALTRO", "codiceContabilita": "SEGRETERIA-a1" }),
        ),
        (
            "addEntrataDominio",
            "/domini/12345678901/entrate/SEGRETERIA-a1",
            json!({ "ibanAccredito": "IT02L1234500000111110000001", "ibanAppoggio": null, "abilitato": true }),
        ),
        ("addEntrataDominio", "/domini/12345678901/entrate/BOLLOT", json!({ "tipoContabilita": "ALTRO", "codiceContabilita": "MBT", "abilitato": true })),
        ("addApplicazione", "/applicazioni/idA2A-1", applicazione),
        (
            "addApplicazione",
            "/applicazioni/idA2A-1",
            json!({ "principal": "idA2A-1", "codificaAvvisi": { "regExpIuv": ".*", "generazioneIuvInterna": false },
            "domini": [], "tipiPendenza": [], "acl": null, "abilitato": false }),
        ),
        (
            "addApplicazione",
            "/applicazioni/gpBatch",
            json!({ "principal": "gpBatch", "password": "Password1!", "domini": ["*"], "tipiPendenza": ["*"], "apiPagamenti": true,
            "apiPendenze": true, "apiRagioneria": true, "acl": acl(&due), "abilitato": true }),
        ),
    ]
}

#[tokio::test]
async fn i_corpi_degli_script_rispettano_il_documento_e_sono_accettati() {
    let banco = Banco::nuovo(Archivio::Sqlite).await.expect("SQLite c'e' sempre");
    let documento = api::openapi();
    let tutte = operazioni(&documento);
    for giro in 0..2 {
        for (id, percorso, corpo) in corpi() {
            let o = tutte.iter().find(|o| o.id == format!("backoffice_v1_{id}")).unwrap_or_else(|| panic!("{id} non c'e'"));
            let senza_nulli = senza_nulli(&corpo);
            // Scalars may come as others, and the document says so once for all.
            let errori: Vec<String> = validatore(&documento, o.schema_corpo().expect("corpo"))
                .iter_errors(&senza_nulli)
                .filter(|e| !matches!(e.kind(), ValidationErrorKind::Type { .. }) || e.instance().is_object() || e.instance().is_array())
                .map(|e| e.to_string())
                .collect();
            assert!(errori.is_empty(), "{id}: {errori:?}");
            let risposta = banco.chiama_come("gpadmin", Method::PUT, &format!("{BACKOFFICE}{percorso}"), Some(corpo)).await;
            assert!(risposta.stato.is_success(), "{id}, giro {giro}: {}", risposta.testo);
        }
    }
}

fn senza_nulli(valore: &Value) -> Value {
    match valore {
        Value::Object(membri) => membri.iter().filter(|(_, v)| !v.is_null()).map(|(nome, v)| (nome.clone(), senza_nulli(v))).collect(),
        Value::Array(elementi) => elementi.iter().map(senza_nulli).collect(),
        // Scripts send it as text, and of the alternatives of a dominio each wants a boolean.
        Value::String(testo) if testo == "true" || testo == "false" => Value::Bool(testo == "true"),
        altro => altro.clone(),
    }
}
