use serde_json::json;

use super::applicazioni::applicazione;
use super::operatori::{OperatoreInviato, operatore};
use super::*;
use crate::anagrafica::{AmbitoUo, Diritto, Servizio};
use crate::lettura::anagrafica::modifica::operazioni;

const D: &str = "12345678901";

fn corpo_operatore(nome: &str, valore: Value) -> Value {
    let mut c = json!({ "ragioneSociale": "Rossi", "abilitato": true });
    c[nome] = valore;
    c
}

fn leggi(nome: &str, valore: Value) -> Result<OperatoreInviato, Rifiuto> {
    operatore("rossi", &corpo_operatore(nome, valore))
}

fn corpo_applicazione(nome: &str, valore: Value) -> Value {
    let mut c = json!({ "principal": "app" });
    c[nome] = valore;
    c
}

fn testo<T: std::fmt::Debug>(esito: Result<T, Rifiuto>) -> String {
    match esito {
        Err(Rifiuto::Sintassi(testo)) => testo,
        altro => panic!("atteso un 400 SINTASSI, trovato {altro:?}"),
    }
}

#[test]
fn una_lista_assente_nulla_o_vuota_non_da_niente() {
    for valore in [Value::Null, json!([])] {
        for nome in ["domini", "tipiPendenza", "acl", "ruoli"] {
            let u = leggi(nome, valore.clone()).expect("buono").utenza;
            assert_eq!((u.domini.map(|d| d.len()), u.tipi.tipi.map(|t| t.len()), u.acl.len(), u.ruoli.len()), (Some(0), Some(0), 0, 0), "{nome}");
        }
    }
}

#[test]
fn l_asterisco_vince_ovunque_sia() {
    for valore in [json!(["*"]), json!([D, "*", "12345678902"]), json!([{ "idDominio": "*" }])] {
        assert_eq!(leggi("domini", valore).expect("buono").utenza.domini, None);
    }
    let tipi = leggi("tipiPendenza", json!(["A", "autodeterminazione", "*"])).expect("buono").utenza.tipi;
    assert_eq!(tipi, Tipi { tipi: None, autodeterminazione: false });
    let tipi = leggi("tipiPendenza", json!(["A", "autodeterminazione"])).expect("buono").utenza.tipi;
    assert_eq!(tipi, Tipi { tipi: Some(indexmap::IndexSet::new()), autodeterminazione: true });
}

#[test]
fn i_domini_tengono_il_loro_ordine_e_sommano_le_unita() {
    let valore = json!(["12345678909", { "idDominio": D, "unitaOperative": ["B", "A"] }, { "idDominio": D, "unitaOperative": ["C"] },
        { "idDominio": "12345678905", "unitaOperative": null }, { "idDominio": 12_345_678_906_u64, "unitaOperative": [] },
        { "idDominio": "12345678907", "unitaOperative": ["A", "*"] }, { "idDominio": "12345678909", "unitaOperative": ["A"] }]);
    let domini = leggi("domini", valore).expect("buono").utenza.domini.expect("elenco");
    let visti: Vec<(&str, Option<Vec<&str>>)> =
        domini.iter().map(|(d, uo)| (d.as_str(), if let AmbitoUo::Solo(s) = uo { Some(s.iter().map(String::as_str).collect()) } else { None })).collect();
    let attesi = [("12345678909", None), (D, Some(vec!["B", "A", "C"])), ("12345678905", None), ("12345678906", None), ("12345678907", None)];
    assert_eq!(visti, attesi);
}

#[test]
fn le_acl_tengono_l_ordine_e_sommano_i_diritti() {
    let valore = json!([{ "servizio": "Pendenze", "autorizzazioni": ["W", "R", "W"] }, { "servizio": "Pagamenti", "autorizzazioni": ["R"] },
        { "servizio": "Pagamenti", "autorizzazioni": ["W", "R"] }]);
    let (r, w) = (Diritto::Lettura, Diritto::Scrittura);
    let attese = vec![Acl { servizio: Servizio::Pendenze, autorizzazioni: vec![w, r] }, Acl { servizio: Servizio::Pagamenti, autorizzazioni: vec![r, w] }];
    assert_eq!(leggi("acl", valore).expect("buono").utenza.acl, attese);
}

#[test]
fn ogni_campo_di_un_operatore_ha_il_suo_testo() {
    let nove = "{Anagrafica PagoPA,Anagrafica Creditore,Anagrafica Applicazioni,Anagrafica Ruoli,Pagamenti,Pendenze,Rendicontazioni e Incassi,Giornale degli Eventi,Configurazione e manutenzione}";
    for (nome, valore, atteso) in [
        ("ragioneSociale", Value::Null, "Il campo ragioneSociale non deve essere vuoto.".to_owned()),
        (
            "ragioneSociale",
            json!("x".repeat(36)),
            format!("Il valore [{}] del campo ragioneSociale non rispetta la lunghezza massima di 35 caratteri.", "x".repeat(36)),
        ),
        ("abilitato", Value::Null, "Il campo abilitato non deve essere vuoto.".to_owned()),
        ("domini", json!([7]), "Tipo non valido per il campo domini".to_owned()),
        ("domini", json!([null]), "Tipo non valido per il campo domini".to_owned()),
        ("domini", json!(["1"]), "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri.".to_owned()),
        ("domini", json!([{ "idDominio": null }]), "Il campo idDominio non deve essere vuoto.".to_owned()),
        ("domini", json!([{ "idDominio": D, "unitaOperative": "A" }]), "Tipo non valido per il campo unitaOperative".to_owned()),
        ("domini", json!([{ "idDominio": D, "unitaOperative": [1] }]), "Tipo non valido per il campo unitaOperative".to_owned()),
        ("tipiPendenza", json!(["a b"]), "Il valore [a b] del campo tipiPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_\\.]{1,35}$)".to_owned()),
        ("tipiPendenza", json!([null]), "L'elemento in posizione 0 del campo tipiPendenza e' vuoto.".to_owned()),
        ("tipiPendenza", json!([{}]), "Tipo non valido per il campo tipiPendenza".to_owned()),
        ("ruoli", json!(["a.b"]), "Il valore [a.b] del campo ruoli non rispetta il pattern richiesto: (^[a-zA-Z0-9\\-_]{1,255}$)".to_owned()),
        ("acl", json!([null]), "L'elemento in posizione 0 del campo acl e' vuoto.".to_owned()),
        ("acl", json!([{ "autorizzazioni": ["R"] }]), "Il campo servizio non deve essere vuoto.".to_owned()),
        (
            "acl",
            json!([{ "servizio": "API Pendenze", "autorizzazioni": ["R"] }]),
            format!("Codifica inesistente per servizio. Valore fornito [API Pendenze] valori possibili {nove}"),
        ),
        ("acl", json!([{ "servizio": "Pendenze", "autorizzazioni": [] }]), "Il campo autorizzazioni non deve essere vuoto.".to_owned()),
        ("acl", json!([{ "servizio": "Pendenze" }]), "Il campo autorizzazioni non deve essere vuoto.".to_owned()),
        (
            "acl",
            json!([{ "servizio": "Pendenze", "autorizzazioni": ["L"] }]),
            "Codifica inesistente per autorizzazioni. Valore fornito [L] valori possibili {R,W}".to_owned(),
        ),
    ] {
        assert_eq!(testo(leggi(nome, valore.clone())), atteso, "{nome} {valore}");
    }
    assert!(testo(operatore(&"x".repeat(4001), &corpo_operatore("ruoli", Value::Null))).contains("campo principal non rispetta la lunghezza massima di 4.000"));
    assert!(operatore(&"x".repeat(4000), &corpo_operatore("ruoli", Value::Null)).is_ok());
    assert_eq!(testo(operatore("a\0b", &corpo_operatore("ruoli", Value::Null))), "Il campo principal contiene un valore non valido.");
}

#[test]
fn ogni_campo_di_una_applicazione_ha_il_suo_testo() {
    let codifica = |c: Value| corpo_applicazione("codificaAvvisi", c);
    let servizio = |c: Value| corpo_applicazione("servizioIntegrazione", c);
    let versione = |v: &str| format!("Codifica inesistente per versioneApi. Valore fornito [{v}] valori possibili {{REST v1,REST v2}}");
    for (corpo, atteso) in [
        (corpo_applicazione("principal", Value::Null), "Il campo principal non deve essere vuoto.".to_owned()),
        (corpo_applicazione("principal", json!("")), "Il valore [] del campo principal non rispetta la lunghezza minima di 1 caratteri.".to_owned()),
        (codifica(json!({})), "Il campo generazioneIuvInterna non deve essere vuoto.".to_owned()),
        (codifica(json!({ "generazioneIuvInterna": "" })), "Il campo generazioneIuvInterna non deve essere vuoto.".to_owned()),
        (codifica(json!({ "codificaIuv": "" })), "Il valore [] del campo codificaIuv non rispetta la lunghezza minima di 1 caratteri.".to_owned()),
        (
            codifica(json!({ "codificaIuv": "1".repeat(16) })),
            "Il valore [1111111111111111] del campo codificaIuv non rispetta la lunghezza massima di 15 caratteri.".to_owned(),
        ),
        (
            codifica(json!({ "generazioneIuvInterna": true })),
            "Il campo regExpIuv non puo' essere vuoto quando e' selezionato il campo generazioneIuvInterna.".to_owned(),
        ),
        (
            codifica(json!({ "generazioneIuvInterna": true, "regExpIuv": "" })),
            "Il campo regExpIuv non puo' essere vuoto quando e' selezionato il campo generazioneIuvInterna.".to_owned(),
        ),
        (
            codifica(json!({ "generazioneIuvInterna": false, "regExpIuv": "" })),
            "Il valore [] del campo regExpIuv non rispetta la lunghezza minima di 1 caratteri.".to_owned(),
        ),
        (
            servizio(json!({ "url": "xxxx", "versioneApi": "REST v1" })),
            "Il valore [xxxx] del campo url non rispetta il pattern richiesto: https?://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|]".to_owned(),
        ),
        (servizio(json!({ "url": "http://x" })), "Il campo versioneApi non deve essere vuoto.".to_owned()),
        (servizio(json!({ "url": "http://x", "versioneApi": "SOAP v4" })), versione("SOAP v4")),
        (servizio(json!({ "url": "http://x", "versioneApi": "REST v3" })), versione("REST v3")),
        (
            servizio(json!({ "url": "http://x", "versioneApi": 1 })),
            "Il campo versioneApi deve essere un testo, ricevuto un numero (percorso: servizioIntegrazione.versioneApi).".to_owned(),
        ),
        (servizio(json!({ "url": "http://x", "versioneApi": "REST v2", "auth": { "username": "a" } })), "Il campo password non deve essere vuoto.".to_owned()),
        (corpo_applicazione("abilitato", Value::Null), "Il campo abilitato non deve essere vuoto.".to_owned()),
        (corpo_applicazione("apiPendenze", Value::Null), "Il campo apiPendenze non deve essere vuoto.".to_owned()),
        (
            corpo_applicazione("apiRagioneria", json!("si")),
            "Il campo apiRagioneria deve essere un booleano, ricevuto un testo (percorso: apiRagioneria).".to_owned(),
        ),
        (corpo_applicazione("prova", json!(1)), "Unrecognized field \"prova\" (percorso: prova): il contratto non lo prevede.".to_owned()),
    ] {
        assert_eq!(testo(applicazione("A", &corpo)), atteso, "{corpo}");
    }
    // The path comes first.
    assert!(testo(applicazione("a b", &json!([]))).contains("campo idA2A"));
    let letta =
        applicazione("A", &json!({ "principal": "app", "apiPendenze": "true", "codificaAvvisi": { "codificaIuv": 12, "generazioneIuvInterna": "false" } }))
            .expect("buona");
    assert!(letta.utenza.abilitata);
    assert_eq!((letta.api, letta.codifica.codifica_iuv), (vec![Servizio::ApiPendenze], Some("12".to_owned())));
}

#[test]
fn un_ruolo_ha_almeno_un_diritto() {
    for corpo in [json!({}), json!({ "acl": null }), json!({ "acl": [] })] {
        assert_eq!(testo(ruoli::ruolo("R", &corpo)), "Il campo acl non deve essere vuoto.");
    }
    assert!(testo(ruoli::ruolo("a.b", &json!({}))).contains("campo idRuolo non rispetta il pattern"));
}

fn modifiche(op: &str, path: &str, value: Value) -> Result<Modifiche, Rifiuto> {
    modifiche::di_utenza(&operazioni(&json!([{ "op": op, "path": path, "value": value }])).expect("forma"))
}

#[test]
fn la_tavola_delle_modifiche_e_quella_del_contratto() {
    let acl = || json!({ "servizio": "Pendenze", "autorizzazioni": ["R"] });
    let letta = |m: Modifica| Ok(Modifiche { voci: vec![m], password: None });
    let una = Acl { servizio: Servizio::Pendenze, autorizzazioni: vec![Diritto::Lettura] };
    assert_eq!(modifiche("ADD", "/acl", acl()), letta(Modifica::MettiAcl(una)));
    assert_eq!(modifiche("DELETE", "/acl", json!({ "servizio": "Pendenze" })), letta(Modifica::TogliAcl(Servizio::Pendenze)));
    assert_eq!(modifiche("ADD", "/domini", json!("*")), letta(Modifica::MettiDominio(DominioInviato::Tutti)));
    assert_eq!(modifiche("DELETE", "/tipiPendenza", json!("autodeterminazione")), letta(Modifica::TogliTipo(TipoInviato::Autodeterminazione)));
    for op in ["ADD", "REPLACE", "DELETE"] {
        assert_eq!(modifiche(op, "/password", Value::Null), Ok(Modifiche { voci: vec![], password: Some(None) }));
        let nuova = Some(Some(Segreto("Password1".to_owned())));
        assert_eq!(modifiche(op, "/password", json!("Password1")), Ok(Modifiche { voci: vec![], password: nuova }));
        assert!(testo(modifiche(op, "/password", json!("debole"))).contains("Il valore [***] del campo password"));
        assert!(testo(modifiche(op, "/password", json!(""))).contains("campo password"));
        assert_eq!(testo(modifiche(op, "/password", json!(["x"]))), "Value non valido per il path '/password'");
        assert_eq!(testo(modifiche(op, "/ruoli", json!("x"))), "Path '/ruoli' non valido");
    }
    for path in ["/acl", "/domini", "/tipiPendenza"] {
        assert_eq!(testo(modifiche("REPLACE", path, json!("*"))), format!("Op 'REPLACE' non valido per il path '{path}'"));
        for op in ["ADD", "DELETE"] {
            for value in [Value::Null, json!(1), json!([]), json!({}), json!("a b"), json!({ "servizio": "X", "autorizzazioni": ["R"] })] {
                assert_eq!(testo(modifiche(op, path, value.clone())), format!("Value non valido per il path '{path}'"), "{op} {value}");
            }
        }
    }
    assert_eq!(testo(modifiche("DELETE", "/domini", json!({ "idDominio": D, "unitaOperative": ["A"] }))), "Value non valido per il path '/domini'");
    assert_eq!(testo(modifiche("ADD", "/acl", json!({ "servizio": "Pendenze", "autorizzazioni": [] }))), "Value non valido per il path '/acl'");
    let di_ruolo = operazioni(&json!([{ "op": "ADD", "path": "/domini", "value": "*" }])).expect("forma");
    assert_eq!(testo(modifiche::di_ruolo(&di_ruolo)), "Path '/domini' non valido");
}
