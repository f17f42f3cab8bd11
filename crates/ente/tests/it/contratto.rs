//! The bodies against the OpenAPI of the ente. What we send is what GovPay sends, and GovPay does not do all that its own contract says: each test lists
//! the departures, and breaks when one appears or goes.

use contratti::{Validator, scostamenti};
use ente::{notifica_v1, notifica_v2};
use serde_json::{Value, json};

use crate::esempi::{Caso, attivazione, ricevuta, ricevuta_ko, scarna, stand_in};

fn schema(nome: &str, file: &str, componente: &str) -> Option<Validator> {
    contratti::schema(nome, &format!("govpay/ente/{file}"), componente)
}

fn v1(caso: &Caso) -> Value {
    notifica_v1::corpo(&caso.dati()).expect("corpo v1")
}

fn v2(caso: &Caso) -> Value {
    notifica_v2::corpo(&caso.dati()).expect("corpo v2")
}

#[test]
fn i_corpi_v1_rispettano_il_contratto_salvo_i_null() {
    let Some(schema) = schema("notifica EC v1", "govpay-api-ec-v1.yaml", "notifica") else { return };
    // Absent values are null and not absent (spec/3 section 4); the types of v1 do not know enti that are not intermediated.
    assert_eq!(scostamenti(&schema, &v1(&attivazione())), ["/riscossioni type", "/rt type"]);
    let null = ["/riscossioni/0/allegato type", "/riscossioni/1/allegato type", "/riscossioni/1/commissioni type", "/riscossioni/1/tipo enum"];
    let altri = ["/riscossioni/2/allegato type", "/riscossioni/2/commissioni type"];
    for caso in [ricevuta(), stand_in()] {
        assert_eq!(scostamenti(&schema, &v1(&caso)), [null.as_slice(), &altri].concat());
    }
    assert_eq!(scostamenti(&schema, &v1(&ricevuta_ko())), ["/riscossioni type"]);
}

#[test]
fn il_contratto_v1_si_accorge_di_un_membro_che_manca() {
    let Some(schema) = schema("notifica EC v1, controprova", "govpay-api-ec-v1.yaml", "notifica") else { return };
    let mut corpo = v1(&ricevuta());
    corpo["riscossioni"][0].as_object_mut().expect("oggetto").remove("iur");
    corpo["riscossioni"][0]["importo"] = json!("126.20");
    let elenco = scostamenti(&schema, &corpo);
    assert!(elenco.contains(&"/riscossioni/0 manca iur".to_owned()) && elenco.contains(&"/riscossioni/0/importo type".to_owned()), "{elenco:?}");
}

/// What GovPay does otherwise than its yaml in every receipt of v2 (spec/1 section 11.5).
const SEMPRE: [&str; 10] = [
    " manca modello",
    " manca stato",
    "/data format",
    "/dataPagamento format",
    "/pendenza manca dataCaricamento",
    // The pattern of the yaml is `[0-9]18`.
    "/pendenza/numeroAvviso pattern",
    "/pendenza/voci/0 manca pendenza",
    "/pendenza/voci/1 manca pendenza",
    "/pendenza/voci/2 manca pendenza",
    "/pendenza/voci/2/riscossione/data format",
];

#[test]
fn i_corpi_v2_rispettano_il_contratto_salvo_cio_che_govpay_non_manda() {
    let Some(schema) = schema("ricevuta EC v2", "v2/govpay-api-schemas.yaml", "Ricevuta") else { return };
    let con = |altri: &[&str]| {
        let mut attesi: Vec<String> = SEMPRE.iter().chain(altri).map(|s| (*s).to_owned()).collect();
        attesi.sort();
        attesi
    };
    let pagate = ["/pendenza/voci/0/riscossione/data format", "/pendenza/voci/1/riscossione/data format"];
    assert_eq!(scostamenti(&schema, &v2(&ricevuta())), con(&pagate));
    assert_eq!(scostamenti(&schema, &v2(&stand_in())), con(&[pagate.as_slice(), &["/rpt manca xml"]].concat()));
    let non_pagate = ["/pendenza/voci/0 manca riscossione", "/pendenza/voci/1 manca riscossione"];
    // A debtor without name has no tipo; a stamp without its entrata in the anagrafica has no codice tassonomico.
    let scarne = ["/pendenza/soggettoPagatore manca tipo", "/pendenza/voci/2 oneOf", "/rpt manca xml"];
    assert_eq!(scostamenti(&schema, &v2(&scarna())), con(&[non_pagate.as_slice(), &scarne].concat()));
}

/// What our reader takes for a good answer is one for the contract too.
#[test]
fn le_risposte_di_verifica_che_si_provano_sono_del_contratto() {
    use crate::verifica::{completa_v1, completa_v2};
    if let Some(schema) = schema("verifica EC v1", "govpay-api-ec-v1.yaml", "pendenzaVerificata") {
        assert_eq!(scostamenti(&schema, &completa_v1()), Vec::<String>::new());
    }
    if let Some(schema) = schema("verifica EC v2", "v2/govpay-api-schemas.yaml", "NuovaPendenza") {
        // The pattern of the yaml is `[0-9]18`.
        assert_eq!(scostamenti(&schema, &completa_v2()), ["/numeroAvviso pattern"]);
    }
}
