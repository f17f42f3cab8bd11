use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::IdDominio;
use domain::anagrafica::tipo_pendenza::Trasformazione;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::modulo::Blocco;

const SCHEMA: &str = r#"{"type":"object","required":["pasti"],"properties":{"pasti":{"type":"integer","minimum":1},"cf":{"type":"string","minLength":2}}}"#;
const MODELLO: &str = r##"<#setting locale="en_US"><#assign corpo = class["it.govpay.core.utils.rawutils.JSONUtils"].getInstance().getAsNode(jsonPath.read("$"))>
<#if jsonPath.read("$.vietato")??><#stop "Non e' permesso"></#if>
{ "idA2A": "DEMO", "idPendenza": "${jsonPath.read("$.id")!"P1"}", "idDominio": "altro", "idTipoPendenza": "ALTRO",
  "causale": "Mensa ${idTipoVersamento} ${idDominio} ${queryParams["a"]!"-"} ${header["X-Portale"]!"-"}/${header["authorization"]!"-"} ${urlRegExp.read("pendenze/([0-9]+)")!"-"}",
  "importo": ${(corpo.get("pasti").asDouble() * 4.5)?string["0.00"]},
  "voci": [ { "idVocePendenza": "1", "importo": ${(corpo.get("pasti").asDouble() * 4.5)?string["0.00"]}, "descrizione": "Pasti", "codEntrata": "MENSA" } ] }"##;

fn portale(schema: Option<&str>, modello: Option<&str>, inoltro: Option<&str>) -> PortaleTipo {
    PortaleTipo {
        validazione: schema.map(|s| STANDARD.encode(s)),
        trasformazione: modello.map(|m| Trasformazione { tipo: "freemarker".to_owned(), definizione: STANDARD.encode(m) }),
        inoltro: inoltro.map(str::to_owned),
        ..PortaleTipo::default()
    }
}

fn modulo(corpo: &str) -> Modulo {
    let coppie = |c: &[(&str, &str)]| c.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Modulo {
        dominio: IdDominio::leggi("12345678901").expect("dominio"),
        tipo_pendenza: "MENSA".to_owned(),
        unita_operativa: None,
        blocco: Blocco::Pagamento,
        corpo: corpo.to_owned(),
        intestazioni: coppie(&[("x-portale", "web"), ("authorization", "Basic segreta")]),
        parametri: coppie(&[("a", "1"), ("b", "x"), ("a", "2")]),
        segmenti: coppie(&[("idDominio", "12345678901"), ("idTipoPendenza", "MENSA")]),
        indirizzo: "/pendenze/12345678901/MENSA".to_owned(),
        id_transazione: "t".to_owned(),
        non_valida: NonValida::Sintassi,
    }
}

fn componi(portale: &PortaleTipo, modulo: &Modulo) -> Result<Composta, Rifiuto> {
    Officina::default().componi(portale, modulo, DateTime::UNIX_EPOCH)
}

fn pendenza(portale: &PortaleTipo, modulo: &Modulo) -> NuovaPendenza {
    match componi(portale, modulo) {
        Ok(Composta::Pendenza(p)) => *p,
        altro => panic!("{altro:?}"),
    }
}

#[test]
fn un_modulo_diventa_una_pendenza_del_suo_percorso() {
    let tutto = portale(Some(SCHEMA), Some(MODELLO), None);
    let nuova = pendenza(&tutto, &modulo(r#"{"pasti":3}"#));
    assert_eq!((nuova.id_a2a.as_str(), nuova.id_pendenza.as_str()), ("DEMO", "P1"));
    assert_eq!((nuova.dominio.as_str(), nuova.tipo_pendenza.as_deref(), nuova.unita_operativa.as_deref()), ("12345678901", Some("MENSA"), None));
    assert_eq!((nuova.importo.cent(), nuova.causale.as_str()), (1350, "Mensa MENSA 12345678901 1,2 web/- 12345678901"));
    let nuova = pendenza(&tutto, &Modulo { unita_operativa: Some("UFF".to_owned()), ..modulo(r#"{"pasti":3}"#) });
    assert_eq!(nuova.unita_operativa.as_deref(), Some("UFF"));
}

#[test]
fn senza_modello_il_corpo_e_gia_la_pendenza() {
    let corpo = json!({ "idA2A": "DEMO", "idPendenza": "P1", "causale": "c", "importo": 1,
        "voci": [ { "idVocePendenza": "1", "importo": 1, "descrizione": "d", "codEntrata": "MENSA" } ] });
    assert_eq!(pendenza(&portale(None, None, None), &modulo(&corpo.to_string())).id_pendenza, "P1");
    let mut senza = corpo.clone();
    senza["idA2A"] = Value::Null;
    senza["causale"] = Value::Null;
    let rifiuto = componi(&portale(None, None, None), &modulo(&senza.to_string())).expect_err("senza chi");
    assert_eq!(rifiuto, Rifiuto::Sintassi("Il campo idA2A non deve essere vuoto.".to_owned()));
}

#[test]
fn ogni_guasto_ha_il_suo_nome() {
    let tutto = portale(Some(SCHEMA), Some(MODELLO), None);
    let codice = |portale: &PortaleTipo, corpo: &str| {
        let rifiuto = componi(portale, &modulo(corpo)).expect_err(corpo);
        (rifiuto.stato_http(), &*rifiuto.codice().to_owned().leak(), rifiuto.dettaglio())
    };
    let violato = codice(&tutto, r#"{"pasti":0,"cf":"A"}"#);
    assert_eq!((violato.0, violato.1), (400, "SINTASSI"));
    assert!(violato.2.contains("$.pasti: ") && violato.2.contains(", $.cf: "), "{}", violato.2);
    assert_eq!(codice(&tutto, r#"{"pasti":1,"vietato":true}"#), (422, "SEMANTICA", "Non e' permesso".to_owned()));
    let (stato, nome, testo) = codice(&portale(None, Some("{ ${manca.questo} }"), None), "{}");
    assert_eq!((stato, nome), (500, "TRASFORMAZIONE"));
    assert!(testo.starts_with("riga 1, colonna "), "{testo}");
    assert_eq!(codice(&portale(None, Some("<#if x>"), None), "{}").1, "TRASFORMAZIONE");
    assert_eq!(codice(&portale(None, Some(r#"${new("java.io.File")}"#), None), "{}").1, "TRASFORMAZIONE");
    assert_eq!(codice(&portale(Some("[]"), None, None), "{}").1, "VAL_001");
    assert_eq!(codice(&tutto, "{").1, "SINTASSI");
    assert_eq!(codice(&portale(None, Some("non json"), None), "{}").1, "SINTASSI");
    assert_eq!(codice(&portale(None, Some("non json"), Some("DEMO")), "{}").1, "TRASFORMAZIONE");
    assert_eq!(codice(&portale(None, Some(r#"{ "type": 1 }"#), None), "{}").1, "SINTASSI");
    let pagamento = Modulo { non_valida: NonValida::Val003, ..modulo("{}") };
    let rifiuto = componi(&portale(None, Some(r#"{ "type": 1 }"#), None), &pagamento).expect_err("membro ignoto");
    assert_eq!((rifiuto.stato_http(), rifiuto.codice()), (500, "VAL_003"));
    assert!(rifiuto.dettaglio().contains(r#"Unrecognized field "type""#), "{}", rifiuto.dettaglio());
}

#[test]
fn cio_che_si_inoltra_e_il_testo_trasformato_com_e() {
    let Ok(Composta::DaInoltrare { applicazione, corpo }) = componi(&portale(Some(SCHEMA), Some(r#"{ "x": 1.50 }"#), Some("ENTE")), &modulo(r#"{"pasti":1}"#))
    else {
        panic!("non inoltrato")
    };
    assert_eq!((applicazione.as_str(), corpo.to_string().as_str()), ("ENTE", r#"{"x":1.50}"#));
}

#[test]
fn un_modello_senza_fine_si_ferma() {
    let infinito = r##"<#assign x = "a"><#list 1..100000 as i><#assign x = x + x></#list>"##;
    let rifiuto = componi(&portale(None, Some(infinito), None), &modulo("{}")).expect_err("senza fine");
    assert_eq!(rifiuto.codice(), "TRASFORMAZIONE");
}

fn pezzo() -> impl Strategy<Value = String> {
    let noti = [
        "${",
        "}",
        "<#if ",
        "</#if>",
        "<#assign x = ",
        ">",
        "<#stop ",
        "jsonPath.read(\"$.a\")",
        "\"",
        "{",
        "idDominio",
        "class[\"java.util.Calendar\"]",
        "?string(",
        ")",
        "!",
        "??",
        "context",
        "pathParams[\"x\"]",
        "new(\"java.util.Date\")",
        "urlRegExp.read(\"(a+)+\")",
        "<#list 1..9 as i>",
        "</#list>",
        "0",
        "*",
    ];
    prop_oneof![prop::sample::select(noti.to_vec()).prop_map(str::to_owned), "[ -~]{0,8}".prop_map(|s| s)]
}

proptest! {
    /// Whatever a template and a body say, there is an outcome.
    #[test]
    fn nessun_modello_e_nessun_corpo_fanno_panico(pezzi in prop::collection::vec(pezzo(), 0..14), corpo in "(\\{\"a\": ?([0-9]{1,4}|\"[ -~&&[^\"\\\\]]{0,9}\"|null|\\[\\])\\}|[ -~]{0,30})", inoltra in any::<bool>()) {
        let portale = portale(None, Some(&pezzi.concat()), inoltra.then_some("ENTE"));
        let _ = componi(&portale, &modulo(&corpo));
    }

    #[test]
    fn nessuno_schema_fa_panico(schema in "[ -~]{0,60}", corpo in "\\{\"a\":[0-9]{1,3}\\}") {
        let _ = componi(&portale(Some(&schema), None, None), &modulo(&corpo));
    }
}
