use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde_json::{Value, json};

use super::*;
use crate::amministrazione::{Decisione, Esito};
use crate::anagrafica::{Acl, Dominio, Operatore, Ruolo, Scrittura, Servizio, TipoPendenza, UnitaOperativa};
use crate::chiamante::Chi;
use crate::lettura::anagrafica::modifica::operazioni;
use crate::lettura::anagrafica::utenze::{applicazioni as lettura_applicazioni, modifiche as lettura_modifiche, operatori as lettura_operatori};

const D1: &str = "12345678901";
const D2: &str = "12345678902";

fn id(cod: &str) -> IdDominio {
    IdDominio::leggi(cod).expect("dominio")
}

fn anagrafica() -> Anagrafica {
    let mut a = Anagrafica::default();
    for cod in [D1, D2] {
        a.applica(&Scrittura::Dominio(Box::new(Dominio::nuovo(id(cod), "Comune")), None));
        let uo = UnitaOperativa { cod: "UFF".to_owned(), ragione_sociale: None, abilitata: true, recapiti: Default::default() };
        a.applica(&Scrittura::UnitaOperativa(id(cod), uo));
    }
    for tipo in ["TARI", "IMU"] {
        a.applica(&Scrittura::TipoPendenza(TipoPendenza::nuovo(tipo, tipo), Box::default()));
    }
    a.applica(&Scrittura::Ruolo(Ruolo { cod: "operatore".to_owned(), acl: Acl::piene(&[Servizio::Pendenze]) }));
    a.applica(&Scrittura::Utenza(Utenza::piena("admin", Some("hash".to_owned()), &Servizio::BACKOFFICE)));
    a.applica(&Scrittura::Operatore(Operatore { principal: "admin".to_owned(), nome: "Admin".to_owned() }));
    a
}

fn chiamante(domini: Domini, tipi: Option<IndexSet<String>>) -> Chiamante {
    let utenza = Utenza { domini, tipi_pendenza: tipi, ..Utenza::piena("chi", None, &Servizio::BACKOFFICE) };
    let operatore = Operatore { principal: "chi".to_owned(), nome: "Chi".to_owned() };
    Chiamante::nuovo(Arc::new(utenza), Chi::Operatore(Arc::new(operatore)), Vec::new())
}

fn libero() -> Chiamante {
    chiamante(None, None)
}

/// One dominio and one tipo.
fn limitato() -> Chiamante {
    chiamante(Some(IndexMap::from([(id(D1), AmbitoUo::Tutte)])), Some(IndexSet::from(["TARI".to_owned()])))
}

fn metti(a: &mut Anagrafica, chi: &Chiamante, cod: &str, corpo: &Value, hash: Option<&str>) -> Result<Esito, Rifiuto> {
    let inviata = lettura_applicazioni::applicazione(cod, corpo)?;
    let Decisione { scritture, esito } = applicazioni::applicazione(a, applicazioni::ammetti(chi, inviata)?, hash.map(str::to_owned))?;
    scritture.iter().for_each(|s| a.applica(s));
    Ok(esito)
}

fn metti_operatore(a: &mut Anagrafica, chi: &Chiamante, principal: &str, corpo: &Value) -> Result<Esito, Rifiuto> {
    let inviato = lettura_operatori::operatore(principal, corpo)?;
    operatori::ammetti(chi, &inviato)?;
    let Decisione { scritture, esito } = operatori::operatore(a, inviato, None)?;
    scritture.iter().for_each(|s| a.applica(s));
    Ok(esito)
}

fn ritocca(a: &mut Anagrafica, chi: &Chiamante, cod: &str, corpo: &Value) -> Result<(), Rifiuto> {
    let lette = lettura_modifiche::di_utenza(&operazioni(corpo)?)?;
    let decisa = applicazioni::modifica(a, chi, cod, &lette.voci, lette.password.map(|_| None))?;
    decisa.scritture.iter().for_each(|s| a.applica(s));
    Ok(())
}

fn una(op: &str, path: &str, value: Value) -> Value {
    json!([{ "op": op, "path": path, "value": value }])
}

#[test]
fn un_principal_che_cambia_porta_con_se_la_password_e_lascia_libero_il_nome() {
    let mut a = anagrafica();
    let corpo = |principal: &str| json!({ "principal": principal, "apiPendenze": true, "acl": [{ "servizio": "Pagamenti", "autorizzazioni": ["W"] }] });
    assert_eq!(metti(&mut a, &libero(), "A", &corpo("uno"), Some("h1")), Ok(Esito::Creata));
    assert_eq!(metti(&mut a, &libero(), "A", &corpo("due"), None), Ok(Esito::Aggiornata));
    let (app, utenza) = applicazioni::trova(&a, "A").expect("c'e'");
    assert_eq!((app.principal.as_str(), utenza.password_hash.as_deref()), ("due", Some("h1")));
    assert!(!a.utenze.contains_key("uno") && a.applicazione_di("uno").is_none());
    let servizi: Vec<Servizio> = utenza.acl.iter().map(|x| x.servizio).collect();
    assert_eq!(servizi, [Servizio::Pagamenti, Servizio::ApiPendenze]);
    // The name that was left is free; those in use are not.
    assert_eq!(metti(&mut a, &libero(), "B", &corpo("uno"), None), Ok(Esito::Creata));
    for (cod, principal, verbo) in [("A", "uno", "modificare"), ("A", "admin", "modificare"), ("C", "due", "aggiungere"), ("C", "admin", "aggiungere")] {
        let atteso = format!("Impossibile {verbo} l'Applicazione [{cod}], il Principal indicato non e' disponibile.");
        assert_eq!(metti(&mut a, &libero(), cod, &corpo(principal), None), Err(Rifiuto::Semantica(atteso)));
    }
    let operatore = json!({ "ragioneSociale": "Rossi", "abilitato": true });
    let atteso = "Impossibile aggiungere l'operatore [Rossi], il principal scelto non e' disponibile.";
    assert_eq!(metti_operatore(&mut a, &libero(), "due", &operatore), Err(Rifiuto::Semantica(atteso.to_owned())));
    assert_eq!(metti_operatore(&mut a, &libero(), "admin", &operatore), Ok(Esito::Aggiornata));
    assert_eq!(a.utenze["admin"].password_hash.as_deref(), Some("hash"));
}

#[test]
fn i_riferimenti_sono_controllati_in_ordine() {
    let mut a = anagrafica();
    let tutto = json!({ "principal": "admin", "ruoli": ["boh"], "tipiPendenza": ["NO"], "domini": ["99999999999"],
        "codificaAvvisi": { "codificaIuv": "a1", "regExpIuv": "(?=x)", "generazioneIuvInterna": false } });
    let mut corpo = tutto.clone();
    let passi: [(&str, Value, &str); 7] = [
        ("codificaAvvisi", json!({ "codificaIuv": "a1", "generazioneIuvInterna": false }), "regExpIuv"),
        ("codificaAvvisi", Value::Null, "codificaIuv"),
        ("domini", json!([{ "idDominio": D1, "unitaOperative": ["NO"] }]), "Il dominio 99999999999 indicato non esiste."),
        ("domini", json!([{ "idDominio": D1, "unitaOperative": ["UFF", "EC"] }]), "L'unita' operativa NO indicata non esiste per il dominio 12345678901."),
        ("tipiPendenza", json!(["TARI"]), "Il tipo pendenza NO indicato non esiste."),
        ("ruoli", json!(["operatore"]), "Il ruolo boh indicato non esiste."),
        ("principal", json!("app"), "Impossibile aggiungere l'Applicazione [A], il Principal indicato non e' disponibile."),
    ];
    for (nome, valore, atteso) in passi {
        let Err(Rifiuto::Semantica(testo)) = metti(&mut a, &libero(), "A", &corpo, None) else { panic!("{atteso}") };
        assert!(testo.contains(atteso), "{testo} invece di {atteso}");
        corpo[nome] = valore;
    }
    assert_eq!(metti(&mut a, &libero(), "A", &corpo, None), Ok(Esito::Creata));
    // The grant is refused before any reference is looked for.
    let mut con_asterisco = tutto;
    con_asterisco["domini"] = json!(["*"]);
    assert!(matches!(metti(&mut a, &limitato(), "A", &con_asterisco, None), Err(Rifiuto::NonAutorizzato(_))));
    // An operatore may name a ruolo that does not exist.
    let operatore = json!({ "ragioneSociale": "Rossi", "abilitato": true, "ruoli": ["boh"] });
    assert_eq!(metti_operatore(&mut a, &libero(), "rossi", &operatore), Ok(Esito::Creata));
}

#[test]
fn solo_chi_ha_tutto_concede_tutto() {
    let mut a = anagrafica();
    for (nome, valore) in [("domini", json!([D2, "*"])), ("tipiPendenza", json!(["*"])), ("tipiPendenza", json!(["autodeterminazione"]))] {
        let mut app = json!({ "principal": "app" });
        app[nome] = valore.clone();
        let mut operatore = json!({ "ragioneSociale": "Rossi", "abilitato": true });
        operatore[nome] = valore.clone();
        for esito in [metti(&mut a, &limitato(), "A", &app, None), metti_operatore(&mut a, &limitato(), "rossi", &operatore)] {
            let Err(Rifiuto::NonAutorizzato(testo)) = esito else { panic!("{nome} {valore}: {esito:?}") };
            assert!(testo.starts_with("Operatore [Chi] non autorizzato ad accedere alla risorsa richiesta: "), "{testo}");
        }
        assert!(metti(&mut a, &libero(), "A", &app, None).is_ok());
    }
    // Single ones are not compared with the caller's own.
    let altri = json!({ "principal": "app2", "domini": [D2], "tipiPendenza": ["IMU"] });
    assert_eq!(metti(&mut a, &limitato(), "B", &altri, None), Ok(Esito::Creata));
    for (path, value) in [("/domini", "*"), ("/tipiPendenza", "*"), ("/tipiPendenza", "autodeterminazione")] {
        assert!(matches!(ritocca(&mut a, &limitato(), "B", &una("ADD", path, json!(value))), Err(Rifiuto::NonAutorizzato(_))));
    }
    let operatore = json!({ "ragioneSociale": "Rossi", "abilitato": true, "tipiPendenza": ["autodeterminazione"] });
    let atteso = Rifiuto::Sintassi("Il campo tipiPendenza contiene un valore non valido.".to_owned());
    assert_eq!(metti_operatore(&mut a, &libero(), "rossi", &operatore), Err(atteso));
}

#[test]
fn le_espressioni_che_non_sappiamo_eseguire_sono_rifiutate_col_nome_del_campo() {
    let mut a = anagrafica();
    let corpo = |e: &str| json!({ "principal": "app", "codificaAvvisi": { "regExpIuv": e, "generazioneIuvInterna": true } });
    for buona in [".*", "01[0-9]{13}", "[0,1]*", "^(?:12|34)\\d{11,15}$", &"a".repeat(1024)] {
        assert!(metti(&mut a, &libero(), "A", &corpo(buona), None).is_ok(), "{buona}");
    }
    for cattiva in ["(?=x)", "(?<!x)y", "(a)\\1", "(?>a)b", "[", "(", "a{1000}{1000}", "\\p{Boh}"] {
        let Err(Rifiuto::Semantica(testo)) = metti(&mut a, &libero(), "A", &corpo(cattiva), None) else { panic!("{cattiva}") };
        assert!(testo.contains("regExpIuv") && testo.len() < 1_500, "{testo}");
    }
}

#[test]
fn le_modifiche_si_applicano_tutte_o_nessuna() {
    let mut a = anagrafica();
    metti(&mut a, &libero(), "A", &json!({ "principal": "app" }), Some("h")).expect("creata");
    let value = |path: &str| Err(Rifiuto::Sintassi(format!("Value non valido per il path '{path}'")));
    let acl = |servizio: &str, diritti: &[&str]| json!({ "servizio": servizio, "autorizzazioni": diritti });
    for (op, path, v, atteso) in [
        ("ADD", "/acl", acl("Pendenze", &["R"]), Ok(())),
        ("ADD", "/acl", acl("Pagamenti", &["R"]), Ok(())),
        ("ADD", "/acl", acl("Pendenze", &["W"]), Ok(())),
        ("DELETE", "/acl", json!({ "servizio": "Anagrafica Ruoli" }), value("/acl")),
        ("DELETE", "/acl", acl("Pagamenti", &["R"]), Ok(())),
        ("ADD", "/domini", json!("99999999999"), value("/domini")),
        ("ADD", "/domini", json!({ "idDominio": D1, "unitaOperative": ["NO"] }), value("/domini")),
        ("ADD", "/domini", json!({ "idDominio": D1, "unitaOperative": ["UFF"] }), Ok(())),
        ("DELETE", "/domini", json!(D2), value("/domini")),
        ("ADD", "/domini", json!(D2), Ok(())),
        ("ADD", "/tipiPendenza", json!("NO"), value("/tipiPendenza")),
        ("ADD", "/tipiPendenza", json!("TARI"), Ok(())),
        ("DELETE", "/tipiPendenza", json!("IMU"), value("/tipiPendenza")),
        ("DELETE", "/tipiPendenza", json!("autodeterminazione"), value("/tipiPendenza")),
    ] {
        assert_eq!(ritocca(&mut a, &libero(), "A", &una(op, path, v.clone())), atteso, "{op} {path} {v}");
    }
    let u = a.utenze["app"].clone();
    assert_eq!(u.acl, [Acl { servizio: Servizio::Pendenze, autorizzazioni: vec![crate::anagrafica::Diritto::Scrittura] }]);
    let domini: Vec<(String, AmbitoUo)> = u.domini.iter().flatten().map(|(d, uo)| (d.to_string(), uo.clone())).collect();
    assert_eq!(domini, [(D1.to_owned(), AmbitoUo::Solo(IndexSet::from(["UFF".to_owned()]))), (D2.to_owned(), AmbitoUo::Tutte)]);
    assert_eq!(u.tipi_pendenza, Some(IndexSet::from(["TARI".to_owned()])));
    // The second is bad: the first leaves nothing.
    let due = json!([{ "op": "DELETE", "path": "/domini", "value": D1 }, { "op": "ADD", "path": "/tipiPendenza", "value": "NO" }]);
    assert!(ritocca(&mut a, &libero(), "A", &due).is_err());
    assert_eq!(a.utenze["app"].domini.as_ref().map(IndexMap::len), Some(2));

    for (op, path, v, domini, tipi, auto) in [
        ("ADD", "/domini", "*", None, Some(1), false),
        ("ADD", "/domini", D1, None, Some(1), false),
        ("DELETE", "/domini", "*", Some(0), Some(1), false),
        ("ADD", "/tipiPendenza", "autodeterminazione", Some(0), Some(0), true),
        ("ADD", "/tipiPendenza", "TARI", Some(0), Some(0), true),
        ("DELETE", "/tipiPendenza", "autodeterminazione", Some(0), Some(0), false),
        ("ADD", "/tipiPendenza", "*", Some(0), None, false),
        ("ADD", "/tipiPendenza", "TARI", Some(0), None, false),
        ("DELETE", "/tipiPendenza", "*", Some(0), Some(0), false),
    ] {
        assert_eq!(ritocca(&mut a, &libero(), "A", &una(op, path, json!(v))), Ok(()), "{op} {path} {v}");
        let u = &a.utenze["app"];
        let viste = (u.domini.as_ref().map(IndexMap::len), u.tipi_pendenza.as_ref().map(IndexSet::len), a.applicazioni["A"].autodeterminazione);
        assert_eq!(viste, (domini, tipi, auto), "{op} {path} {v}");
    }
    ritocca(&mut a, &libero(), "A", &una("REPLACE", "/password", Value::Null)).expect("tolta");
    assert_eq!(a.utenze["app"].password_hash, None);
    assert_eq!(ritocca(&mut a, &libero(), "B", &json!([])), Err(Rifiuto::NonTrovato("Applicazione B non censita in Anagrafica".to_owned())));
    let lette = lettura_modifiche::di_utenza(&operazioni(&una("ADD", "/tipiPendenza", json!("autodeterminazione"))).expect("forma")).expect("lette");
    assert_eq!(operatori::modifica(&a, &libero(), "admin", &lette.voci, None).map(|d| d.esito), value("/tipiPendenza"));
}
