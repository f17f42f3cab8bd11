//! Values of JSON Schema 2020-12, written so that a schema reads like a table: a member to a line.
//!
//! Limits and patterns come from the readers (`domain::lettura`): the document has no number of its own.

use codici::Importo;
use domain::lettura::regole::{Forma, Testo};
use serde_json::{Map, Number, Value, json};

/// A schema under construction.
#[derive(Clone, Debug)]
pub struct Schema(Map<String, Value>);

impl Schema {
    fn di(valore: Value) -> Self {
        match valore {
            Value::Object(membri) => Self(membri),
            _ => Self(Map::new()),
        }
    }

    #[must_use]
    pub fn con(mut self, nome: &str, valore: impl Into<Value>) -> Self {
        self.0.insert(nome.to_owned(), valore.into());
        self
    }

    /// For people.
    #[must_use]
    pub fn dice(self, descrizione: &str) -> Self {
        self.con("description", descrizione)
    }

    /// A value that the schema accepts: shown to people, tried by the tests.
    #[must_use]
    pub fn esempio(self, valore: impl Into<Value>) -> Self {
        self.con("examples", Value::Array(vec![valore.into()]))
    }

    #[must_use]
    pub fn valore(self) -> Value {
        Value::Object(self.0)
    }
}

/// Text without limits.
pub fn testo() -> Schema {
    Schema::di(json!({ "type": "string" }))
}

/// Text under the rule of a reader.
pub fn regola(regola: &Testo) -> Schema {
    let mut schema = testo();
    if regola.minimo > 0 {
        schema = schema.con("minLength", regola.minimo);
    }
    if regola.massimo < usize::MAX {
        schema = schema.con("maxLength", regola.massimo);
    }
    match regola.forma {
        Some(forma) => schema.con("pattern", modello(forma.testo())),
        None => schema,
    }
}

/// Text of that many characters.
pub fn lungo(minimo: usize, massimo: usize) -> Schema {
    regola(&Testo::lungo(minimo, massimo))
}

/// Text that matches a pattern of a reader.
pub fn forma(forma: &Forma) -> Schema {
    testo().con("pattern", modello(forma.testo()))
}

/// Text that matches an expression.
pub fn espressione(espressione: &str) -> Schema {
    testo().con("pattern", modello(espressione))
}

/// Readers match the whole value, JSON Schema any part of it.
fn modello(espressione: &str) -> String {
    match espressione.strip_prefix("(^").and_then(|e| e.strip_suffix("$)")) {
        Some(interna) if !interna.contains('|') => format!("^{interna}$"),
        _ => format!("^(?:{espressione})$"),
    }
}

/// One out of a closed list.
pub fn uno_di(nomi: &[&str]) -> Schema {
    testo().con("enum", nomi.to_vec())
}

pub fn intero(minimo: i64, massimo: i64) -> Schema {
    Schema::di(json!({ "type": "integer", "minimum": minimo, "maximum": massimo }))
}

/// An integer of ours, in an answer.
pub fn numero_intero() -> Schema {
    Schema::di(json!({ "type": "integer" }))
}

pub fn booleano() -> Schema {
    Schema::di(json!({ "type": "boolean" }))
}

/// This one, always.
pub fn solo(valore: bool) -> Schema {
    booleano().con("enum", vec![valore])
}

/// Euro, with two decimals at most.
pub fn importo() -> Schema {
    let massimo = Importo::MASSIMO.forma_breve().parse::<Number>().map_or(Value::Null, Value::Number);
    Schema::di(json!({ "type": "number", "exclusiveMinimum": 0, "maximum": massimo, "multipleOf": 0.01, "examples": [10.5] }))
}

/// `yyyy-MM-dd`.
pub fn data() -> Schema {
    Schema::di(json!({ "type": "string", "format": "date", "examples": ["2026-12-31"] }))
}

/// RFC 3339.
pub fn istante() -> Schema {
    Schema::di(json!({ "type": "string", "format": "date-time" }))
}

/// A file, in base64.
pub fn base64() -> Schema {
    testo().con("contentEncoding", "base64").esempio("Y2lhbw==")
}

/// Any JSON.
pub fn libero() -> Schema {
    Schema(Map::new())
}

/// An object whose members are not ours to tell.
pub fn oggetto_libero() -> Schema {
    Schema::di(json!({ "type": "object" }))
}

pub fn lista(elemento: Schema) -> Schema {
    Schema::di(json!({ "type": "array", "items": elemento.valore() }))
}

pub fn lista_di(elemento: Schema, minimo: usize, massimo: usize) -> Schema {
    lista(elemento).con("minItems", minimo).con("maxItems", massimo)
}

/// A schema that has a name in the document.
pub fn nome(nome: &str) -> Schema {
    Schema::di(json!({ "$ref": format!("#/components/schemas/{nome}") }))
}

/// Exactly one of these.
pub fn uno_tra(schemi: Vec<Schema>) -> Schema {
    Schema::di(json!({ "oneOf": schemi.into_iter().map(Schema::valore).collect::<Vec<_>>() }))
}

/// One of these, or several.
pub fn qualcuno_tra(schemi: Vec<Schema>) -> Schema {
    Schema::di(json!({ "anyOf": schemi.into_iter().map(Schema::valore).collect::<Vec<_>>() }))
}

/// Any number.
pub fn numero() -> Schema {
    Schema::di(json!({ "type": "number" }))
}

/// An object of these members and no others.
pub fn oggetto() -> Oggetto {
    Oggetto::default()
}

/// An object under construction, members in the order of their lines.
#[derive(Clone, Debug, Default)]
pub struct Oggetto {
    obbligatori: Vec<String>,
    membri: Map<String, Value>,
}

impl Oggetto {
    /// A member that must be there.
    #[must_use]
    pub fn deve(mut self, nome: &str, schema: Schema) -> Self {
        self.obbligatori.push(nome.to_owned());
        self.puo(nome, schema)
    }

    /// A member that may be there.
    #[must_use]
    pub fn puo(mut self, nome: &str, schema: Schema) -> Self {
        self.membri.insert(nome.to_owned(), schema.valore());
        self
    }

    /// With all the members of another, after these.
    #[must_use]
    pub fn e(mut self, altro: Self) -> Self {
        self.obbligatori.extend(altro.obbligatori);
        self.membri.extend(altro.membri);
        self
    }

    /// Without these members: of a version that does not know them.
    #[must_use]
    pub fn senza(mut self, nomi: &[&str]) -> Self {
        self.membri.retain(|nome, _| !nomi.contains(&nome.as_str()));
        self.obbligatori.retain(|nome| !nomi.iter().any(|n| nome == n));
        self
    }

    /// The same members, none of which must be there: items of a list, where `campi` leaves members out, and answers about what was once loaded with less.
    #[must_use]
    pub fn parziale(mut self) -> Self {
        self.obbligatori.clear();
        self
    }

    #[must_use]
    pub fn schema(self) -> Schema {
        let mut schema = Schema::di(json!({ "type": "object" }));
        if !self.obbligatori.is_empty() {
            schema = schema.con("required", self.obbligatori);
        }
        schema.con("properties", Value::Object(self.membri)).con("additionalProperties", false)
    }
}

#[cfg(test)]
mod tests {
    use domain::lettura::regole::{FORMA_DOMINIO, FORMA_IBAN, IDENTIFICATIVO};

    use super::*;

    #[test]
    fn un_oggetto_si_legge_come_una_tabella() {
        let o = oggetto().deve("idA2A", regola(&IDENTIFICATIVO)).puo("nome", lungo(1, 35).dice("Nome.")).schema().valore();
        assert_eq!(
            o,
            json!({ "type": "object", "required": ["idA2A"], "additionalProperties": false, "properties": {
                "idA2A": { "type": "string", "minLength": 1, "maxLength": 35, "pattern": r"^[a-zA-Z0-9\-_]{1,35}$" },
                "nome": { "type": "string", "minLength": 1, "maxLength": 35, "description": "Nome." } } })
        );
    }

    #[test]
    fn le_forme_valgono_per_tutto_il_valore() {
        assert_eq!(forma(&FORMA_DOMINIO).valore()["pattern"], "^([0-9]){11}$");
        assert_eq!(forma(&FORMA_IBAN).valore()["pattern"], "^(?:[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30})$");
    }
}
