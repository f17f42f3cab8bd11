//! Every reading of the official contracts of API Pagamento, v1, v2 and v3, called and compared with what its file says. Payments are in [`crate::contratto_operazioni`].

use reqwest::StatusCode;
use serde_json::json;

use crate::banco::{Banco, DOMINIO, IBAN, PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3, corpo_minimo};
use crate::contratto_operazioni::{PAGAMENTI_V1, PAGAMENTI_V2};
use crate::pendenze_contratto::{get, pagata, piena, prova_documento};
use crate::su_entrambi;

/// Three voci of a position that nobody has paid.
const VOCI_V3: &[&str] = &[
    "/risultati/0 manca dataCaricamento",
    "/risultati/0/numeroAvviso pattern",
    "/risultati/0/voci/0 manca pendenza",
    "/risultati/0/voci/0 manca riscossione",
    "/risultati/0/voci/1 manca pendenza",
    "/risultati/0/voci/1 manca riscossione",
    "/risultati/0/voci/2 manca pendenza",
    "/risultati/0/voci/2 manca riscossione",
];
/// Local times have no zone; `stato` has no other trace in the contract, `modello` is of payments that a portal started.
const RICEVUTA_V3: &[&str] = &[
    "stato 200 non detto",
    "manca modello",
    "manca stato",
    "/data format",
    "/dataPagamento format",
    "/pendenza manca dataCaricamento",
    "/pendenza/numeroAvviso pattern",
    "/pendenza/voci/0 manca pendenza",
    "/pendenza/voci/0/riscossione/data format",
];

async fn semina(banco: &Banco) -> (String, String, String, String) {
    let (iuv, ccp, avviso) = pagata(banco, "PAGATA").await;
    let mut corpo = piena(corpo_minimo("22.00"));
    corpo["allegati"] = json!([{ "nome": "a.txt", "tipo": "text/plain", "contenuto": "YQ==" }]);
    corpo["idUnitaOperativa"] = json!("UFF");
    corpo["proprieta"] = json!({ "linguaSecondaria": "de" });
    assert_eq!(banco.put("PIENA", corpo).await.stato, StatusCode::CREATED);
    let allegato = banco.pendenza("PIENA").await["allegati"][0]["contenuto"].as_str().expect("indirizzo").to_owned();
    (iuv, ccp, avviso, allegato)
}

su_entrambi! {
    async fn ogni_lettura_della_v1_risponde_come_dice_il_contratto(banco: &Banco) {
        let Some(documento) = contratti::documento("API Pagamento v1, ogni lettura", "govpay/pagamento/govpay-api-pagamento-v1.yaml") else { return };
        let (iuv, ccp, avviso, _) = semina(banco).await;
        let rpp = format!("/rpp/{DOMINIO}/{iuv}/{ccp}");
        let domini = format!("/domini/{DOMINIO}");
        let chiamate = [
            get("GET /domini", "/domini", &[]),
            get("GET /domini/{idDominio}", domini.clone(), &["/entrate/0 manca contoAccredito"]),
            get("GET /domini/{idDominio}", "/domini/12345678999", &["un corpo non detto"]),
            get("GET /domini/{idDominio}/unitaOperative", format!("{domini}/unitaOperative"), &[]),
            get("GET /domini/{idDominio}/unitaOperative/{idUnitaOperativa}", format!("{domini}/unitaOperative/UFF"), &[]),
            get("GET /domini/{idDominio}/contiAccredito", format!("{domini}/contiAccredito"), &[]),
            get("GET /domini/{idDominio}/contiAccredito/{iban}", format!("{domini}/contiAccredito/{IBAN}"), &[]),
            // The entrata of stamps has no account.
            get("GET /domini/{idDominio}/entrate", format!("{domini}/entrate"), &["/risultati/0 manca contoAccredito"]),
            get("GET /domini/{idDominio}/entrate/{idEntrata}", format!("{domini}/entrate/TARI"), &[]),
            get("GET /pendenze", "/pendenze", &["/risultati/0/numeroAvviso pattern", "/risultati/1/numeroAvviso pattern"]),
            get("GET /pendenze", "/pendenze?risultatiPerPagina=0", &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PAGATA", &["/numeroAvviso pattern", "/rpp/0/pendenza/numeroAvviso pattern"]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PIENA", &["/numeroAvviso pattern"]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/NESSUNA", &["un corpo non detto"]),
            // The contract says the address of the position, which the original sends whole.
            get("GET /rpp", "/rpp", &["/risultati/0/pendenza type"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}", rpp.clone(), &["stato 200 non detto", "/pendenza/numeroAvviso pattern"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["type"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &["type"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]).come("application/pdf"),
            // The states of the contract are words that no version ever sent.
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}"), &["/stato enum"]),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}"), &[]).come("application/pdf"),
            get("GET /profilo", "/profilo", &[]),
            get("GET /logout", "/logout", &[]),
        ];
        prova_documento(banco, "PORTALE", &documento, PAGAMENTO_V1, &chiamate, &PAGAMENTI_V1).await;
    }
}

su_entrambi! {
    async fn ogni_lettura_della_v2_risponde_come_dice_il_contratto(banco: &Banco) {
        let Some(documento) = contratti::documento("API Pagamento v2, ogni lettura", "govpay/pagamento/govpay-api-pagamento-v2.yaml") else { return };
        let (iuv, ccp, avviso, allegato) = semina(banco).await;
        let rpp = format!("/rpp/{DOMINIO}/{iuv}/{ccp}");
        let chiamate = [
            get("GET /domini", "/domini", &[]),
            get("GET /domini/{idDominio}/unitaOperative", format!("/domini/{DOMINIO}/unitaOperative"), &[]),
            get("GET /domini/{idDominio}/tipiPendenza", format!("/domini/{DOMINIO}/tipiPendenza"), &[]),
            get("GET /pendenze", "/pendenze", &[]),
            get("GET /pendenze", "/pendenze?risultatiPerPagina=0", &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PAGATA", &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PIENA", &[]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/NESSUNA", &["un corpo non detto"]),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", format!("/pendenze/byAvviso/{DOMINIO}/{avviso}"), &[]),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", "/pendenze/byAvviso/1/2", &["un corpo non detto"]),
            get("GET /rpp", "/rpp", &[]),
            get("GET /rpp", "/rpp?risultatiPerPagina=0", &[]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}", rpp.clone(), &["stato 200 non detto"]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &[]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rpt", format!("{rpp}/rpt"), &["tipo text/xml non detto"]).come("application/xml"),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]),
            get("GET /rpp/{idDominio}/{iuv}/{ccp}/rt", format!("{rpp}/rt"), &[]).come("application/pdf"),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}"), &[]),
            get("GET /avvisi/{idDominio}/{numeroAvviso}", format!("/avvisi/{DOMINIO}/{avviso}?linguaSecondaria=en"), &[]).come("application/pdf"),
            get("GET /allegati/{id}", allegato, &[]),
            get("GET /allegati/{id}", "/allegati/0", &["un corpo non detto"]),
            get("GET /profilo", "/profilo", &[]),
            get("GET /logout", "/logout", &[]),
        ];
        prova_documento(banco, "PORTALE", &documento, PAGAMENTO_V2, &chiamate, &PAGAMENTI_V2).await;
    }
}

su_entrambi! {
    async fn ogni_lettura_della_v3_risponde_come_dice_il_contratto(banco: &Banco) {
        let file = ["pagamento", "schemas", "responses", "parameters"].map(|f| format!("govpay/pagamento/v3/govpay-api-{f}.yaml"));
        let file: Vec<&str> = file.iter().map(String::as_str).collect();
        let Some(documento) = contratti::documento_di_piu("API Pagamento v3, ogni lettura", &file) else { return };
        let (iuv, ccp, _, allegato) = semina(banco).await;
        banco.censisci(&[crate::pagamento_ricevute::anche_pagamenti(banco, "DEMO")]).await;
        let ricevute = format!("/ricevute/{DOMINIO}/{iuv}");
        let chiamate = [
            // The contract asks of each voce what its own list of members of a voce has not, and of a notice two characters after a digit.
            get("GET /pendenze", "/pendenze?risultatiPerPagina=1", VOCI_V3),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/PAGATA", &["manca dataCaricamento", "/numeroAvviso pattern", "/voci/0 manca pendenza", "/voci/0/riscossione/data format"]),
            get("GET /pendenze/{idA2A}/{idPendenza}", "/pendenze/DEMO/NESSUNA", &["un corpo non detto"]),
            get("GET /allegati/{id}", allegato, &[]),
            get("GET /ricevute/{idDominio}/{iuv}", ricevute.clone(), &["/risultati/0/data format"]),
            get("GET /ricevute/{idDominio}/{iuv}", format!("{ricevute}?esito=X"), &[]),
            get("GET /ricevute/{idDominio}/{iuv}/{idRicevuta}", format!("{ricevute}/{ccp}"), RICEVUTA_V3),
            get("GET /ricevute/{idDominio}/{iuv}/{idRicevuta}", format!("{ricevute}/{ccp}"), &["stato 200 non detto"]).come("application/pdf"),
            get("GET /profilo", "/profilo", &[]),
            get("GET /logout", "/logout", &[]),
        ];
        prova_documento(banco, "DEMO", &documento, PAGAMENTO_V3, &chiamate, &[]).await;
    }
}
