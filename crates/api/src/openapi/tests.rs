//! The document against itself and against the route table.

use std::collections::BTreeSet;

use super::*;

/// Every object of a document.
fn oggetti(valore: &Value) -> Vec<&Map<String, Value>> {
    let (mut trovati, mut resto) = (Vec::new(), vec![valore]);
    while let Some(valore) = resto.pop() {
        match valore {
            Value::Object(membri) => {
                trovati.push(membri);
                resto.extend(membri.values());
            }
            Value::Array(elementi) => resto.extend(elementi),
            _ => {}
        }
    }
    trovati
}

fn documenti() -> Vec<Value> {
    let mut tutti = vec![documento()];
    tutti.extend(versioni().into_iter().map(|(api, versione)| documento_di(api, versione).expect("servita")));
    tutti
}

fn operazioni(documento: &Value) -> Vec<(String, String, &Value)> {
    let percorsi = documento["paths"].as_object().expect("paths");
    percorsi.iter().flat_map(|(p, m)| m.as_object().expect("metodi").iter().map(|(metodo, o)| (p.clone(), metodo.clone(), o))).collect()
}

#[test]
fn ogni_rotta_ha_la_sua_documentazione_e_ogni_documentazione_la_sua_rotta() {
    let mut documentate = Documentate::nuove(famiglie());
    let mut mancano = Vec::new();
    for rotta in elenco() {
        let (api, versione) = (rotta.api.nome, rotta.api.versione);
        if documentate.operazioni.remove(&(api, versione, rotta.operazione)).is_none() {
            mancano.push(format!("{api} {versione} {} {} ({})", rotta.metodo, rotta.percorso, rotta.operazione));
        }
        for nome in percorso::nomi(rotta.percorso) {
            if percorso::significato(nome).is_none() {
                mancano.push(format!("{api} {versione}: il parametro {{{nome}}} di {} non e' in openapi/percorso.rs", rotta.percorso));
            }
        }
    }
    assert!(mancano.is_empty(), "senza documentazione in crates/api/src/openapi:\n{}", mancano.join("\n"));
    assert_eq!(documentate.operazioni.keys().collect::<Vec<_>>(), Vec::<&(&str, &str, &str)>::new(), "documentate e non servite");
}

#[test]
fn gli_schemi_hanno_nomi_unici_e_ogni_riferimento_arriva() {
    let mut nomi: Vec<&str> = vec!["FaultBean"];
    let famiglie = famiglie();
    nomi.extend(famiglie.iter().flat_map(|f| f.schemi.iter().map(|(nome, _)| *nome)));
    let unici: BTreeSet<&str> = nomi.iter().copied().collect();
    assert_eq!(nomi.len(), unici.len(), "nomi ripetuti: {nomi:?}");
    for documento in documenti() {
        for riferimento in oggetti(&documento).iter().filter_map(|o| o.get("$ref")) {
            let puntatore = riferimento.as_str().and_then(|r| r.strip_prefix('#')).expect("interno");
            assert!(documento.pointer(puntatore).is_some(), "{riferimento}");
        }
    }
    let usati: BTreeSet<String> = documento()["components"]["schemas"].as_object().expect("schemi").keys().cloned().collect();
    assert_eq!(unici.into_iter().filter(|n| !usati.contains(*n)).collect::<Vec<_>>(), Vec::<&str>::new(), "schemi che nessuno usa");
}

#[test]
fn ogni_operazione_e_detta_per_intero() {
    for documento in documenti() {
        let mut identificativi = BTreeSet::new();
        for (percorso, metodo, o) in operazioni(&documento) {
            let dove = format!("{metodo} {percorso}");
            assert!(identificativi.insert(o["operationId"].as_str().expect("operationId").to_owned()), "{dove}");
            assert!(o["summary"].as_str().is_some_and(|s| s.chars().next().is_some_and(char::is_uppercase) && !s.ends_with('.')), "{dove}: {}", o["summary"]);
            let nel_percorso: Vec<&str> = percorso::nomi(&percorso).collect();
            let detti = o["parameters"].as_array().expect("parametri");
            let detti_nel_percorso: Vec<&str> = detti.iter().filter(|p| p["in"] == "path").map(|p| p["name"].as_str().expect("nome")).collect();
            assert_eq!(nel_percorso, detti_nel_percorso, "{dove}");
            let unici: BTreeSet<String> = detti.iter().map(|p| format!("{} {}", p["in"], p["name"])).collect();
            assert_eq!(unici.len(), detti.len(), "{dove}: parametri ripetuti");
            assert!(detti.iter().all(|p| p["description"].as_str().is_some_and(|d| !d.is_empty())), "{dove}: un parametro non e' spiegato");
            let risposte = o["responses"].as_object().expect("risposte");
            assert!(risposte.keys().any(|s| s.starts_with('2') || s.starts_with('3')), "{dove}");
            for schema in o["security"].as_array().expect("security").iter().filter_map(Value::as_object).flat_map(Map::keys) {
                assert!(documento["components"]["securitySchemes"].get(schema).is_some(), "{dove}: {schema}");
            }
        }
    }
}

/// Every schema compiles, and every example is good for the schema that shows it.
#[test]
fn gli_schemi_si_compilano_e_accettano_i_loro_esempi() {
    let documento = documento();
    let compila = |schema: &Value| {
        let mut radice = schema.clone();
        // The neighbours are many: they come along only where they are named.
        if oggetti(schema).iter().any(|o| o.contains_key("$ref")) {
            radice["components"] = documento["components"].clone();
        }
        jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&radice).unwrap_or_else(|e| panic!("{e}: {schema:#}"))
    };
    let mut esempi = 0;
    for oggetto in oggetti(&documento) {
        if let Some(schema) = oggetto.get("schema") {
            compila(schema);
        }
        if let Some(elenco) = oggetto.get("examples").and_then(Value::as_array) {
            let validatore = compila(&Value::Object(oggetto.clone()));
            for esempio in elenco {
                assert!(validatore.is_valid(esempio), "{esempio} {oggetto:?}");
                esempi += 1;
            }
        }
    }
    for schema in documento["components"]["schemas"].as_object().expect("schemi").values() {
        compila(schema);
    }
    assert!(esempi > 40, "{esempi}");
}

#[test]
fn il_documento_di_una_api_ha_soltanto_il_suo() {
    for (api, versione) in versioni() {
        let documento = documento_di(api, versione).expect("servita");
        let attese = elenco().into_iter().filter(|r| (r.api.nome, r.api.versione) == (api, versione)).count();
        assert_eq!(operazioni(&documento).len(), attese);
        assert!(documento["servers"].as_array().is_some_and(|s| s.iter().all(|s| s["url"].as_str().is_some_and(|u| u.contains("{profilo}")))));
    }
    assert!(documento_di("pendenze", "v9").is_none());
    assert_eq!(operazioni(&documento()).len(), elenco().len());
}
