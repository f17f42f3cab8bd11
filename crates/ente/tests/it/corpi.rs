//! The bodies, read once by a person, and the rules that a snapshot does not explain.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::VersioneEnte;
use domain::notifica::Tipo;
use domain::pendenza::{ParteDocumento, TipoSoglia};
use ente::{ErroreNotifica, notifica_v1, notifica_v2};
use serde_json::{Value, json};

use crate::esempi::{Caso, IBAN_APPOGGIO, IBAN_TEFA, attivazione, ricevuta, ricevuta_ko, scarna, stand_in};

fn v1(caso: &Caso) -> Value {
    notifica_v1::corpo(&caso.dati()).expect("corpo v1")
}

fn v2(caso: &Caso) -> Value {
    notifica_v2::corpo(&caso.dati()).expect("corpo v2")
}

fn leggibile(corpo: &Value) -> String {
    serde_json::to_string_pretty(corpo).expect("json")
}

/// The base64 of the messages is long and says nothing to the eye: it is checked apart.
fn leggibile_v2(mut corpo: Value) -> String {
    for nome in ["rpt", "rt"] {
        if let Some(xml) = corpo[nome].get_mut("xml") {
            *xml = json!("...");
        }
    }
    leggibile(&corpo)
}

#[test]
fn il_corpo_v1_di_una_attivazione() {
    insta::assert_snapshot!(leggibile(&v1(&attivazione())));
}

#[test]
fn il_corpo_v1_di_una_ricevuta() {
    insta::assert_snapshot!(leggibile(&v1(&ricevuta())));
}

#[test]
fn il_corpo_v2_di_una_ricevuta() {
    insta::assert_snapshot!(leggibile_v2(v2(&ricevuta())));
}

#[test]
fn il_corpo_v2_di_una_ricevuta_senza_richiesta_e_senza_facoltativi() {
    insta::assert_snapshot!(leggibile_v2(v2(&scarna())));
}

#[test]
fn una_ricevuta_che_non_paga_non_ha_riscossioni() {
    let corpo = v1(&ricevuta_ko());
    assert_eq!((&corpo["riscossioni"], &corpo["rt"]["outcome"]), (&Value::Null, &json!("KO")));
    let corpo = v2(&ricevuta_ko());
    assert_eq!(corpo["esito"], "NON_ESEGUITO");
    assert!(corpo["pendenza"]["voci"].as_array().expect("voci").iter().all(|v| v.get("riscossione").is_none()));
}

#[test]
fn l_indice_v1_conta_i_pagamenti_e_quello_v2_e_l_id_transfer() {
    let mut caso = ricevuta();
    caso.riscossioni.remove(0);
    let indici: Vec<Value> = v1(&caso)["riscossioni"].as_array().expect("elenco").iter().map(|r| r["indice"].clone()).collect();
    assert_eq!(indici, [1, 2]);
    let indici: Vec<Value> = v2(&caso)["pendenza"]["voci"].as_array().expect("voci").iter().map(|v| v["riscossione"]["indice"].clone()).collect();
    assert_eq!(indici, [Value::Null, json!(2), json!(3)]);
}

#[test]
fn un_pagamento_senza_voce_si_notifica_con_voce_nulla() {
    let mut caso = ricevuta();
    caso.riscossioni[0].voce = None;
    let corpo = v1(&caso);
    assert_eq!(corpo["riscossioni"][0].get("idVocePendenza"), Some(&Value::Null));
    assert_eq!(corpo["riscossioni"][1]["idVocePendenza"], "TEFA");
}

#[test]
fn gli_importi_restano_numeri_esatti() {
    let testo = v1(&ricevuta()).to_string();
    assert!(testo.contains(r#""importo":126.20"#) && testo.contains(r#""commissioni":1.50"#), "{testo}");
    assert!(v2(&ricevuta()).to_string().contains(r#""importo":148.50,"esito""#));
}

#[test]
fn l_iban_mostrato_e_quello_di_accredito() {
    let corpo = v2(&ricevuta());
    assert_eq!(corpo["pendenza"]["voci"][1]["ibanAccredito"], IBAN_TEFA);
    assert!(!corpo["pendenza"].to_string().contains(IBAN_APPOGGIO));
}

#[test]
fn xml_e_il_messaggio_da_solo_in_base64() {
    let corpo = v2(&ricevuta());
    let xml = |nome: &str| String::from_utf8(STANDARD.decode(corpo[nome]["xml"].as_str().expect("xml")).expect("base64")).expect("utf-8");
    assert_eq!(pagopa::json::rpt_json(xml("rpt").as_bytes()).expect("richiesta"), corpo["rpt"]["json"]);
    assert_eq!(pagopa::json::rt_json(xml("rt").as_bytes()).expect("ricevuta"), corpo["rt"]["json"]);
    assert!(!xml("rt").contains("Envelope"));
}

#[test]
fn senza_richiesta_la_si_ricostruisce_dalla_ricevuta_in_entrambe_le_versioni() {
    let caso = stand_in();
    let (corpo_v1, corpo_v2) = (v1(&caso), v2(&caso));
    assert_eq!(corpo_v1["rpt"], corpo_v2["rpt"]["json"]);
    assert_eq!(corpo_v2["rpt"].get("xml"), None);
    let rpt = &corpo_v1["rpt"];
    assert_eq!((&rpt["dueDate"], &rpt["lastPayment"], &rpt["retentionDate"]), (&json!("2026-06-30"), &Value::Null, &Value::Null));
    assert_eq!(rpt["transferList"]["transfer"][2]["richiestaMarcaDaBollo"]["provinciaResidenza"], "MI");
}

#[test]
fn la_soglia_di_un_documento_ha_i_giorni_se_ci_sono() {
    let mut caso = ricevuta();
    let documento = |caso: &Caso| v2(caso)["pendenza"]["documento"].clone();
    let atteso = |parte: Value| {
        let mut d = json!({"identificativo": "TARI-2026-8841", "descrizione": "TARI 2026"});
        d.as_object_mut().expect("oggetto").extend(parte.as_object().expect("oggetto").clone());
        d
    };
    for (parte, membri) in [
        (ParteDocumento::Unica, json!({})),
        (ParteDocumento::Rata(3), json!({"rata": 3})),
        (ParteDocumento::Soglia { tipo: TipoSoglia::Entro, giorni: Some(5) }, json!({"soglia": {"tipo": "ENTRO", "giorni": 5}})),
        (ParteDocumento::Soglia { tipo: TipoSoglia::Ridotto, giorni: None }, json!({"soglia": {"tipo": "RIDOTTO"}})),
    ] {
        caso.pendenza.parte = parte;
        assert_eq!(documento(&caso), atteso(membri));
    }
}

#[test]
fn quello_che_non_si_puo_dire_e_un_errore() {
    let v1 = |caso: &Caso| notifica_v1::corpo(&caso.dati());
    let v2 = |caso: &Caso| notifica_v2::corpo(&caso.dati());
    let (tipo, versione) = (Tipo::Attivazione, VersioneEnte::V2);
    assert_eq!(v2(&attivazione()), Err(ErroreNotifica::TipoNonPrevisto { tipo, versione }));
    for tipo in [Tipo::Annullamento, Tipo::Fallimento] {
        let caso = Caso { tipo, ..ricevuta() };
        assert_eq!(v1(&caso), Err(ErroreNotifica::TipoNonPrevisto { tipo, versione: VersioneEnte::V1 }));
        assert_eq!(v2(&caso), Err(ErroreNotifica::TipoNonPrevisto { tipo, versione: VersioneEnte::V2 }));
    }
    assert_eq!(v1(&Caso { rpt: None, ..attivazione() }), Err(ErroreNotifica::SenzaRichiesta));
    let senza = Caso { rt: None, ..ricevuta() };
    assert_eq!((v1(&senza), v2(&senza)), (Err(ErroreNotifica::SenzaRicevuta), Err(ErroreNotifica::SenzaRicevuta)));
    let scambiati = Caso { rpt: ricevuta().rt, rt: ricevuta().rpt, ..ricevuta() };
    assert!(matches!(v1(&scambiati), Err(ErroreNotifica::RicevutaIlleggibile { .. })));
    let guasta = Caso { rpt: Some(b"<guasta".to_vec()), ..ricevuta() };
    for errore in [v1(&guasta), v2(&guasta)] {
        assert!(matches!(errore, Err(ErroreNotifica::RichiestaIlleggibile { .. })), "{errore:?}");
    }
}
