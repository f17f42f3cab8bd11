//! Bodies that break one rule each, made from the contract: every one must be refused by the name of its member, and leave nothing behind.

use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::banco::{BACKOFFICE, Banco};

/// A good body, and what the yaml does not say of it (or says otherwise than GovPay does). Members are told by their own name, wherever they are.
#[derive(Default)]
pub struct Ricetta<'a> {
    /// Schema of the body in the yaml of API Backoffice.
    pub componente: &'a str,
    pub buono: Value,
    /// Required by the yaml alone.
    pub facoltativi: &'a [&'a str],
    /// Required, or never null, whatever the yaml says.
    pub non_nulli: &'a [&'a str],
    /// Longest text of a member.
    pub lunghezze: &'a [(&'a str, usize)],
    /// A value that breaks the pattern of a member.
    pub forme: &'a [(&'a str, &'a str)],
    /// Members that are not looked at.
    pub liberi: &'a [&'a str],
}

/// A body, the member that is wrong, and how.
pub struct Guasto {
    pub membro: String,
    pub come: &'static str,
    pub corpo: Value,
}

/// `None` without the contracts.
pub fn guasti(ricetta: &Ricetta<'_>) -> Option<Vec<Guasto>> {
    let schemi = contratti::schemi(&format!("API Backoffice, corpi guasti di {}", ricetta.componente), "govpay/backoffice/govpay-api-backoffice-v1.yaml")?;
    let officina = Officina { schemi: &schemi, ricetta };
    let mut guasti = Vec::new();
    officina.oggetto(&schemi[ricetta.componente], &mut Vec::new(), &mut guasti);
    Some(guasti)
}

/// Each broken body is refused with 400 and the name of its member; nothing is there afterwards; then the good one is put, as new.
pub async fn prova_corpi(banco: &Banco, percorso: &str, ricetta: &Ricetta<'_>) {
    let url = format!("{BACKOFFICE}{percorso}");
    if let Some(guasti) = guasti(ricetta) {
        let prima = banco.conta("SELECT COUNT(*) FROM anagrafica_revisione").await;
        assert!(guasti.len() > 5, "il contratto non dice nulla di {}", ricetta.componente);
        for Guasto { membro, come, corpo } in guasti {
            let risposta = banco.chiama_come("gpadmin", Method::PUT, &url, Some(corpo)).await;
            let (stato, codice, dettaglio) = risposta.fault_o_vuoto();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{percorso} {membro} {come}: {dettaglio}");
            assert!(dettaglio.contains(&membro), "{percorso} {membro} {come}: {dettaglio}");
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione").await, prima);
        assert_eq!(banco.chiama_come("gpadmin", Method::GET, &url, None).await.stato, StatusCode::NOT_FOUND);
    }
    let buono = banco.chiama_come("gpadmin", Method::PUT, &url, Some(ricetta.buono.clone())).await;
    assert_eq!(buono.stato, StatusCode::CREATED, "{}", buono.testo);
}

struct Officina<'a> {
    schemi: &'a Value,
    ricetta: &'a Ricetta<'a>,
}

impl Officina<'_> {
    fn risolto<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let riferito = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(|nome| &self.schemi[nome]);
        riferito.map_or(schema, |s| self.risolto(s))
    }

    /// Properties and required members, those of `allOf` too.
    fn forma(&self, schema: &Value) -> (Map<String, Value>, Vec<String>) {
        let schema = self.risolto(schema);
        let mut proprieta = schema["properties"].as_object().cloned().unwrap_or_default();
        let mut richiesti: Vec<String> = schema["required"].as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
        for parte in schema["allOf"].as_array().into_iter().flatten() {
            let (p, r) = self.forma(parte);
            proprieta.extend(p);
            richiesti.extend(r);
        }
        (proprieta, richiesti)
    }

    fn oggetto(&self, schema: &Value, dove: &mut Vec<String>, guasti: &mut Vec<Guasto>) {
        let (proprieta, richiesti) = self.forma(schema);
        guasti.push(self.con(dove, "membroIgnoto", "ignoto", Some(json!(1))));
        for (nome, schema) in &proprieta {
            if self.ricetta.liberi.contains(&nome.as_str()) {
                continue;
            }
            let schema = self.risolto(schema);
            self.tipi(nome, schema, dove, guasti);
            if self.buono(dove).get(nome).is_none() {
                continue;
            }
            self.valori(nome, schema, &richiesti, dove, guasti);
            if self.buono(dove)[nome].is_object() && schema["properties"].is_object() {
                dove.push(nome.clone());
                self.oggetto(schema, dove, guasti);
                dove.pop();
            }
        }
    }

    /// Values of another type than that of the schema; scalars become text, so only what is no scalar is wrong there.
    fn tipi(&self, nome: &str, schema: &Value, dove: &[String], guasti: &mut Vec<Guasto>) {
        let sbagliati = match schema["type"].as_str() {
            Some("boolean") => vec![json!("forse"), json!(3), json!({}), json!([true])],
            Some("integer" | "number") => vec![json!("abc"), json!(true), json!({}), json!([1])],
            Some("array") => vec![json!("testo"), json!({ "a": 1 })],
            Some("string") if schema["enum"].is_array() => vec![json!(5), json!({}), json!("INESISTENTE")],
            Some("string") => vec![json!({}), json!(["testo"])],
            _ => vec![json!(5), json!(["testo"])],
        };
        // An enumeration that nothing asks for is not compared with its values.
        let letto = self.buono(dove).get(nome).is_some();
        let sbagliati = sbagliati.into_iter().filter(|v| letto || *v != json!("INESISTENTE"));
        guasti.extend(sbagliati.map(|v| self.con(dove, nome, "tipo", Some(v))));
    }

    fn valori(&self, nome: &str, schema: &Value, richiesti: &[String], dove: &[String], guasti: &mut Vec<Guasto>) {
        let r = self.ricetta;
        let obbligatorio = richiesti.iter().any(|x| x == nome) && !r.facoltativi.contains(&nome);
        if obbligatorio {
            guasti.push(self.con(dove, nome, "manca", None));
        }
        if obbligatorio || r.non_nulli.contains(&nome) {
            guasti.push(self.con(dove, nome, "null", Some(Value::Null)));
        }
        let detta = r.lunghezze.iter().find(|(n, _)| *n == nome).map(|(_, l)| *l);
        let lunghezza = detta.or_else(|| schema["maxLength"].as_u64().and_then(|l| usize::try_from(l).ok()));
        if let Some(lunghezza) = lunghezza {
            guasti.push(self.con(dove, nome, "lungo", Some(json!("a".repeat(lunghezza + 1)))));
        }
        let forme = r.forme.iter().filter(|(n, _)| *n == nome);
        guasti.extend(forme.map(|(_, v)| self.con(dove, nome, "forma", Some(json!(v)))));
    }

    fn buono(&self, dove: &[String]) -> &Value {
        dove.iter().fold(&self.ricetta.buono, |v, nome| &v[nome])
    }

    /// The good body with one member changed, or taken away.
    fn con(&self, dove: &[String], membro: &str, come: &'static str, valore: Option<Value>) -> Guasto {
        let mut corpo = self.ricetta.buono.clone();
        let oggetto = dove.iter().fold(&mut corpo, |v, nome| &mut v[nome]).as_object_mut().expect("oggetto");
        match valore {
            Some(v) => oggetto.insert(membro.to_owned(), v),
            None => oggetto.remove(membro),
        };
        Guasto { membro: membro.to_owned(), come, corpo }
    }
}
