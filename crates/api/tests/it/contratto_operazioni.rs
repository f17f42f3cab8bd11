//! Every operation of the official contracts has a route here; payments started from portals, positions written by the office and the cart for pagoPA's
//! Checkout are compared with what their files say of them.

use api::Rotta;
use contratti::scostamenti;
use gateway::Impostazioni;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, Risposta, corpo_minimo};
use crate::pagamenti_avvio::{Chi, RITORNO, con_checkout, intera, paga, per_a2a, porta_di};
use crate::pagamento_accesso::presso;
use crate::pendenze_contratto::{Chiamata, get, operazioni, operazioni_del_contratto, prova_chiamate};
use crate::su_entrambi;
use crate::vecchio_carrello::collega_nodo;

const CONTRATTI: [(&str, &str, &str); 5] = [
    ("pendenze", "v1", "govpay/pendenze/govpay-api-pendenze-v1.yaml"),
    ("pendenze", "v2", "govpay/pendenze/govpay-api-pendenze-v2.yaml"),
    ("pagamento", "v1", "govpay/pagamento/govpay-api-pagamento-v1.yaml"),
    ("pagamento", "v2", "govpay/pagamento/govpay-api-pagamento-v2.yaml"),
    ("pagamento", "v3", "govpay/pagamento/v3/govpay-api-pagamento.yaml"),
];

/// Operations that this page calls, whose answers [`crate::pagamento_contratto`] leaves to it.
pub const PAGAMENTI_V1: [&str; 4] = ["POST /pagamenti", "GET /pagamenti", "GET /pagamenti/{id}", "GET /pagamenti/byIdSession/{idSession}"];
pub const PAGAMENTI_V2: [&str; 5] =
    ["POST /pagamenti", "GET /pagamenti", "GET /pagamenti/{id}", "GET /pagamenti/byIdSession/{idSession}", "POST /pendenze/{idDominio}/{idTipoPendenza}"];

/// Instants are local, without a zone (spec/1 section 21).
const ISTANTE: [&str; 1] = ["/dataRichiestaPagamento format"];
const ISTANTI: &[&str] = &["/risultati/0/dataRichiestaPagamento format", "/risultati/1/dataRichiestaPagamento format"];
/// The attempt carries the position itself, and a notice of theirs has two characters after a digit.
const PAGAMENTO_V1: &[&str] = &["/dataRichiestaPagamento format", "/pendenze/0/numeroAvviso pattern", "/rpp/0/pendenza type"];
/// The bean of a refusal is told with the type of the documents.
const RIFIUTO: &[&str] = &["tipo application/json non detto"];

/// Without the names of its parameters, which each file chooses.
fn sagoma(percorso: &str) -> String {
    percorso.split('/').map(|s| if s.starts_with('{') { "{}" } else { s }).collect::<Vec<_>>().join("/")
}

#[test]
fn ogni_operazione_dei_contratti_ha_una_rotta() {
    let rotte = api::elenco_rotte();
    let nostra = |nome: &str, versione: &str, operazione: &str| {
        let (metodo, percorso) = operazione.split_once(' ').expect("operazione");
        let uguale = |r: &&Rotta| r.api.nome == nome && r.api.versione == versione && r.metodo.as_str() == metodo && sagoma(r.percorso) == sagoma(percorso);
        rotte.iter().any(|r| uguale(&r))
    };
    for (nome, versione, file) in CONTRATTI {
        let Some(documento) = contratti::documento(&format!("API {nome} {versione}, una rotta per operazione"), file) else { continue };
        let dette = operazioni_del_contratto(&documento);
        assert!(dette.len() > 5, "{file}: {dette:?}");
        let senza: Vec<&String> = dette.iter().filter(|o| !nostra(nome, versione, o)).collect();
        assert!(senza.is_empty(), "{nome} {versione}: senza rotta {senza:?}");
    }
}

/// A door of a node that has the services of the older model, and a payment started there.
async fn avviato(banco: &Banco) -> (String, String) {
    collega_nodo(banco).await;
    let gateway = banco.nodo_con(Impostazioni::default()).await;
    let porta = porta_di(&gateway).await;
    let versante = json!({ "tipo": "F", "identificativo": "RSSMRA80A01H501U", "anagrafica": "Mario Rossi", "email": "m@example.org" });
    let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [intera("AVVIATA", "3.00")], "soggettoVersante": versante });
    let risposta = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
    (porta, risposta.json()["id"].as_str().expect("id").to_owned())
}

fn da_pagare(id: &str) -> Value {
    json!({ "urlRitorno": RITORNO, "pendenze": [intera(id, "3.00")] })
}

su_entrambi! {
    async fn i_pagamenti_della_v1_rispondono_come_dice_il_contratto(banco: &Banco) {
        let Some(documento) = contratti::documento("API Pagamento v1, pagamenti", CONTRATTI[2].2) else { return };
        let (porta, id) = avviato(banco).await;
        let mut in_v1 = da_pagare("IN_V1");
        in_v1["pendenze"][0].as_object_mut().expect("oggetto").shift_remove("idTipoPendenza");
        let chiamate: [Chiamata; 6] = [
            get("POST /pagamenti", "/pagamenti", &[]).con(in_v1),
            get("POST /pagamenti", "/pagamenti", &[]).con(json!({})),
            get("GET /pagamenti", "/pagamenti?stato=IN_CORSO", ISTANTI),
            get("GET /pagamenti", "/pagamenti?risultatiPerPagina=0", &[]),
            get("GET /pagamenti/{id}", format!("/pagamenti/{id}"), PAGAMENTO_V1),
            get("GET /pagamenti/byIdSession/{idSession}", format!("/pagamenti/byIdSession/s-{id}"), PAGAMENTO_V1),
        ];
        assert_eq!(operazioni(&chiamate), PAGAMENTI_V1.into());
        prova_chiamate(banco, "PORTALE", &documento, &presso(&porta, "basic", "v1"), &chiamate).await;
    }
}

su_entrambi! {
    async fn i_pagamenti_della_v2_rispondono_come_dice_il_contratto(banco: &Banco) {
        let Some(documento) = contratti::documento("API Pagamento v2, pagamenti", CONTRATTI[3].2) else { return };
        let (porta, id) = avviato(banco).await;
        let mut sua = intera("MODULO", "4.00");
        sua["idA2A"] = json!("PORTALE");
        let chiamate: [Chiamata; 9] = [
            get("POST /pagamenti", "/pagamenti", &[]).con(da_pagare("IN_V2")),
            get("POST /pagamenti", "/pagamenti", RIFIUTO).con(json!({})),
            get("GET /pagamenti", "/pagamenti?stato=IN_CORSO", ISTANTI),
            get("GET /pagamenti", "/pagamenti?stato=X", RIFIUTO),
            get("GET /pagamenti/{id}", format!("/pagamenti/{id}"), &ISTANTE),
            get("GET /pagamenti/{id}", format!("/pagamenti/{}", "0".repeat(32)), &["un corpo non detto"]),
            get("GET /pagamenti/byIdSession/{idSession}", format!("/pagamenti/byIdSession/s-{id}"), &ISTANTE),
            get("POST /pendenze/{idDominio}/{idTipoPendenza}", format!("/pendenze/{DOMINIO}/TARI"), &[]).con(sua.clone()),
            get("POST /pendenze/{idDominio}/{idTipoPendenza}", format!("/pendenze/{DOMINIO}/TARI?idA2A=PORTALE&idPendenza=MODULO"), &[]).con(sua),
        ];
        assert_eq!(operazioni(&chiamate), PAGAMENTI_V2.into());
        prova_chiamate(banco, "PORTALE", &documento, &presso(&porta, "basic", "v2"), &chiamate).await;
    }
}

su_entrambi! {
    async fn le_pendenze_dell_ufficio_si_scrivono_come_dice_il_contratto(banco: &Banco) {
        let Some(documento) = contratti::documento("API Backoffice, scrittura di pendenze", "govpay/backoffice/govpay-api-backoffice-v1.yaml") else { return };
        let avviso = banco.carica("GIA", "10.00").await;
        let una = "/pendenze/DEMO/UNO";
        let mut col_nome = corpo_minimo("5.00");
        col_nome["idA2A"] = json!("DEMO");
        col_nome["idPendenza"] = json!("DUE");
        let annulla = json!([{ "op": "REPLACE", "path": "/stato", "value": "ANNULLATA" }]);
        let chiamate: [Chiamata; 10] = [
            get("PUT /pendenze/{idA2A}/{idPendenza}", format!("{una}?stampaAvviso=true"), &[]).con(corpo_minimo("10.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", una, &[]).con(corpo_minimo("11.00")),
            get("PUT /pendenze/{idA2A}/{idPendenza}", una, RIFIUTO).con(json!({})),
            get("POST /pendenze", "/pendenze", &[]).con(col_nome.clone()),
            get("POST /pendenze/{idDominio}/{idTipoPendenza}", format!("/pendenze/{DOMINIO}/TARI?stampaAvviso=true"), &[]).con(col_nome),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", format!("/pendenze/byAvviso/{DOMINIO}/{avviso}"), &["/dataUltimaModificaAca format"]),
            get("GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}", format!("/pendenze/byAvviso/{DOMINIO}/301999999999999999"), &["un corpo non detto"]),
            get("GET /pendenze/{idA2A}/{idPendenza}", una, &["/dataUltimaModificaAca format"]),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", una, &["un corpo non detto"]).con(annulla),
            get("PATCH /pendenze/{idA2A}/{idPendenza}", una, RIFIUTO).con(json!({})),
        ];
        prova_chiamate(banco, "gpadmin", &documento, &format!("{}{BACKOFFICE}", banco.base), &chiamate).await;
    }
}

su_entrambi! {
    async fn il_carrello_per_il_checkout_e_quello_che_pago_pa_descrive(banco: &Banco) {
        let Some(schema) = contratti::schema("carrello per Checkout", "pagopa/openapi/checkout_v1.json", "CartRequest") else { return };
        let (_, porta) = con_checkout(banco, false).await;
        let mut lunga = intera("LUNGA", "1.00");
        lunga["causale"] = json!("\u{e8}".repeat(140));
        for id in ["A", "B", "C", "D"] {
            banco.carica(id, "0.01").await;
        }
        let una = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("A")] });
        let cinque = json!({ "urlRitorno": "https://portale.example.org/", "pendenze": [per_a2a("A"), per_a2a("B"), per_a2a("C"), per_a2a("D"), lunga] });
        for corpo in [&una, &cinque] {
            let risposta: Risposta = paga(banco, &porta, Chi::App("PORTALE"), corpo).await;
            assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
        }
        let carrelli = banco.simulatore.carrelli();
        assert_eq!(carrelli.iter().map(|c| c["paymentNotices"].as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [1, 5]);
        for carrello in &carrelli {
            assert_eq!(scostamenti(&schema, carrello), Vec::<String>::new(), "{carrello:#}");
        }
        assert_eq!(carrelli[0]["returnUrls"]["returnCancelUrl"], json!(format!("{RITORNO}&esito=CANCEL")));
    }
}

su_entrambi! {
    async fn il_carrello_della_seconda_versione_dice_anche_dove_si_aspetta(banco: &Banco) {
        let Some(schema) = contratti::schema("carrello per Checkout v2", "pagopa/openapi/checkout_v2.json", "CartRequestV2") else { return };
        let mut impostazioni = crate::pagamenti_avvio::impostazioni_checkout(banco, false);
        let checkout = impostazioni.checkout.as_mut().expect("acceso");
        checkout.url = checkout.url.replace("/v1", "/v2");
        let porta = porta_di(&banco.nodo_con(impostazioni).await).await;
        banco.carica("A", "0.01").await;
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("A")] });
        let risposta: Risposta = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
        assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
        let carrello = banco.simulatore.carrelli().remove(0);
        assert_eq!(scostamenti(&schema, &carrello), Vec::<String>::new(), "{carrello:#}");
        assert_eq!(carrello["returnUrls"]["returnWaitingUrl"], json!(format!("{RITORNO}&esito=WAITING")));
    }
}
