//! `jsonPath`, the reader of a body, and `JSONUtils` with its nodes (spec/1 section 15).

use std::sync::Arc;

use serde_json::Value;

use super::classi::metodo_ignoto;
use super::indice;
use crate::jsonpath::{Percorso, come_testo, numero_come_testo};
use crate::numero::Numero;
use crate::valori::{Mappa, NonRiuscito, Oggetto, Valore};

/// Bytes of JSON that a template may have parsed.
const JSON_BYTE_MAX: usize = 1 << 20;
/// Bytes of a body walked in one step.
const BYTE_PER_PASSO: u64 = 256;

/// `jsonPath.read("$.a")` gives a text (JSON for objects and lists, nothing when absent or null), `readList` a list of texts, `match` a boolean.
pub struct LettoreJson {
    radice: Value,
    costo: u64,
}

impl LettoreJson {
    #[must_use]
    pub fn nuovo(radice: Value) -> Self {
        let costo = radice.to_string().len() as u64 / BYTE_PER_PASSO + 1;
        Self { radice, costo }
    }

    /// Puts it into the root, as `jsonPath` and under the lower-case alias.
    pub fn aggiungi_a(self, radice: &mut Mappa) {
        let valore = Valore::oggetto(self);
        radice.metti("jsonPath", valore.clone()).metti("jsonpath", valore);
    }

    fn trova(&self, percorso: &Percorso) -> Result<Vec<&Value>, NonRiuscito> {
        percorso.trova(&self.radice).map_err(NonRiuscito::Detto)
    }
}

impl Oggetto for LettoreJson {
    fn genere(&self) -> &'static str {
        "il lettore jsonPath"
    }

    fn costo(&self) -> u64 {
        self.costo
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let [Valore::Testo(percorso)] = argomenti else {
            return Err(NonRiuscito::detto(format!("`jsonPath.{metodo}` vuole una espressione JSONPath")));
        };
        let percorso = Percorso::leggi(percorso).map_err(NonRiuscito::Detto)?;
        let trovati = self.trova(&percorso)?;
        match metodo {
            "read" if percorso.definito() => Ok(Valore::forse(trovati.first().and_then(|v| come_testo(v)))),
            "read" if trovati.is_empty() => Ok(Valore::Nullo),
            "read" => Ok(Value::Array(trovati.into_iter().cloned().collect()).to_string().into()),
            "readList" => {
                let elementi = match (percorso.definito(), trovati.as_slice()) {
                    (true, [Value::Array(elementi)]) => elementi.iter().collect(),
                    _ => trovati,
                };
                Ok(Valore::sequenza(elementi.into_iter().filter_map(come_testo).map(Valore::from).collect()))
            }
            "match" => Ok((!trovati.is_empty()).into()),
            _ => metodo_ignoto("jsonPath", metodo),
        }
    }
}

/// A node shares the document with its parent.
struct Nodo {
    documento: Arc<Value>,
    /// JSON Pointer.
    dove: String,
    costo: u64,
}

pub(super) struct JsonUtils;

impl Oggetto for JsonUtils {
    fn genere(&self) -> &'static str {
        "JSONUtils"
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        match (metodo, argomenti) {
            ("getAsNode", [Valore::Testo(testo)]) if testo.len() > JSON_BYTE_MAX => {
                Err(NonRiuscito::detto(format!("getAsNode: JSON oltre {JSON_BYTE_MAX} byte")))
            }
            ("getAsNode", [Valore::Testo(testo)]) => {
                let documento = serde_json::from_str(testo)
                    .map_err(|e| NonRiuscito::detto(format!("getAsNode: il testo non è JSON (riga {}, colonna {})", e.line(), e.column())))?;
                Ok(Valore::oggetto(Nodo { documento: Arc::new(documento), dove: String::new(), costo: testo.len() as u64 / BYTE_PER_PASSO + 1 }))
            }
            ("getAsNode", _) => Err(NonRiuscito::detto("getAsNode vuole un testo JSON")),
            _ => metodo_ignoto("JSONUtils", metodo),
        }
    }
}

impl Nodo {
    fn qui(&self) -> &Value {
        self.documento.pointer(&self.dove).unwrap_or(&Value::Null)
    }

    fn figlio(&self, chiave: &str) -> Option<Valore> {
        let dove = format!("{}/{}", self.dove, chiave.replace('~', "~0").replace('/', "~1"));
        self.documento.pointer(&dove)?;
        Some(Valore::oggetto(Self { documento: Arc::clone(&self.documento), dove, costo: self.costo }))
    }

    fn scritto(&self) -> String {
        match self.qui() {
            Value::Null => "null".into(),
            Value::Array(_) | Value::Object(_) => String::new(),
            altro => come_testo(altro).unwrap_or_default(),
        }
    }

    fn numero(&self) -> Numero {
        match self.qui() {
            Value::Number(n) => Numero::leggi(&n.to_string()).unwrap_or(Numero::ZERO),
            Value::String(s) => Numero::leggi(s.trim()).unwrap_or(Numero::ZERO),
            Value::Bool(b) => Numero::intero((*b).into()),
            _ => Numero::ZERO,
        }
    }

    fn quanti(&self) -> i64 {
        let quanti = match self.qui() {
            Value::Array(a) => a.len(),
            Value::Object(o) => o.len(),
            _ => 0,
        };
        i64::try_from(quanti).unwrap_or(i64::MAX)
    }
}

impl Oggetto for Nodo {
    fn genere(&self) -> &'static str {
        "un nodo JSON"
    }

    fn membro(&self, nome: &str) -> Option<Valore> {
        self.figlio(nome)
    }

    fn chiama(&self, metodo: &str, argomenti: &[Valore]) -> Result<Valore, NonRiuscito> {
        let intero = || self.numero().arrotondato(0, crate::numero::Arrotonda::Tronca);
        Ok(match (metodo, argomenti) {
            ("get" | "path", [Valore::Testo(nome)]) => self.figlio(nome).unwrap_or(Valore::Nullo),
            ("get" | "path", [i]) => indice(i).and_then(|i| self.figlio(&i.to_string())).unwrap_or(Valore::Nullo),
            ("has" | "hasNonNull", [Valore::Testo(nome)]) => self.qui().get(&**nome).is_some_and(|v| metodo == "has" || !v.is_null()).into(),
            ("asText" | "textValue", []) => self.scritto().into(),
            ("asDouble" | "doubleValue" | "decimalValue", []) => self.numero().into(),
            ("asInt" | "asLong" | "intValue" | "longValue", []) => intero().into(),
            ("asBoolean" | "booleanValue", []) => match self.qui() {
                Value::Bool(b) => (*b).into(),
                Value::String(s) => (s == "true").into(),
                _ => (self.numero() != Numero::ZERO).into(),
            },
            ("size", []) => self.quanti().into(),
            ("isEmpty", []) => (self.quanti() == 0 && matches!(self.qui(), Value::Array(_) | Value::Object(_))).into(),
            ("isNull", []) => self.qui().is_null().into(),
            ("isArray", []) => self.qui().is_array().into(),
            ("isObject", []) => self.qui().is_object().into(),
            ("isTextual", []) => self.qui().is_string().into(),
            ("isNumber", []) => self.qui().is_number().into(),
            ("toString", []) => self.json().into(),
            _ => return metodo_ignoto("un nodo JSON", metodo),
        })
    }

    fn testo(&self) -> Option<String> {
        Some(self.json())
    }

    fn costo(&self) -> u64 {
        self.costo
    }
}

impl Nodo {
    /// As `JsonNode.toString`: texts keep their quotes.
    fn json(&self) -> String {
        match self.qui() {
            Value::Number(n) => numero_come_testo(&n.to_string()),
            altro => altro.to_string(),
        }
    }
}
