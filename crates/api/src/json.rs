//! JSON as the compatible APIs write it: members that have no value are left out, amounts are numbers made from text.

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use codici::Importo;
use domain::calendario;
use serde_json::{Map, Number, Value};

use crate::richiesta::codifica;

/// A JSON object under construction, in the order of its calls.
#[derive(Default)]
pub struct Oggetto(Map<String, Value>);

impl Oggetto {
    pub fn nuovo() -> Self {
        Self::default()
    }

    /// The members of one that is made already.
    pub fn da(valore: Value) -> Self {
        match valore {
            Value::Object(membri) => Self(membri),
            _ => Self::nuovo(),
        }
    }

    pub fn con(mut self, nome: &str, valore: impl Into<Value>) -> Self {
        self.0.insert(nome.to_owned(), valore.into());
        self
    }

    /// Left out when there is none.
    pub fn se<T: Into<Value>>(self, nome: &str, valore: Option<T>) -> Self {
        match valore {
            Some(v) => self.con(nome, v),
            None => self,
        }
    }

    pub fn testo(self, nome: &str, valore: Option<&String>) -> Self {
        self.se(nome, valore.map(String::as_str))
    }

    pub fn importo(self, nome: &str, valore: Importo) -> Self {
        self.con(nome, numero(valore))
    }

    pub fn data(self, nome: &str, valore: Option<NaiveDate>) -> Self {
        self.se(nome, valore.map(|d| d.to_string()))
    }

    /// The Italian day of an instant.
    pub fn giorno(self, nome: &str, valore: Option<DateTime<Utc>>) -> Self {
        self.data(nome, valore.map(calendario::oggi))
    }

    /// With all the members of another object after its own.
    pub fn unito(mut self, altri: Map<String, Value>) -> Self {
        self.0.extend(altri);
        self
    }

    /// Without the members that are named.
    pub fn senza(mut self, nomi: &[&str]) -> Self {
        self.0.retain(|nome, _| !nomi.contains(&nome.as_str()));
        self
    }

    /// Without the members that are not named.
    pub fn solo(mut self, nomi: &[&str]) -> Self {
        self.0.retain(|nome, _| nomi.contains(&nome.as_str()));
        self
    }

    pub fn valore(self) -> Value {
        Value::Object(self.0)
    }
}

/// Of an object only the named members; anything else as it is.
pub fn solo(valore: Value, nomi: &[&str]) -> Value {
    match valore {
        Value::Object(membri) => Oggetto(membri).solo(nomi).valore(),
        altro => altro,
    }
}

/// The members of a block that is shown as it is kept.
pub fn membri<T: serde::Serialize>(blocco: &T) -> Map<String, Value> {
    match serde_json::to_value(blocco) {
        Ok(Value::Object(membri)) => membri,
        _ => Map::new(),
    }
}

/// A number with its cents exact: the text never goes through a float.
pub fn numero(importo: Importo) -> Value {
    importo.forma_breve().parse::<Number>().map_or(Value::Null, Value::Number)
}

pub fn risposta(stato: StatusCode, corpo: &Value) -> Response {
    scritta(stato, corpo.to_string())
}

fn scritta(stato: StatusCode, corpo: String) -> Response {
    (stato, [(header::CONTENT_TYPE, "application/json")], corpo).into_response()
}

pub fn ok(corpo: &Value) -> Response {
    risposta(StatusCode::OK, corpo)
}

/// 200 with the members of `testa`, which is an object and has some, then a list whose elements are made and written one at a time.
pub fn ok_con_lista(testa: &Value, nome: &str, elementi: impl Iterator<Item = Value>) -> Response {
    let mut corpo = testa.to_string();
    corpo.pop();
    let _ = write!(corpo, ",{}:[", Value::from(nome));
    for (n, elemento) in elementi.enumerate() {
        let _ = write!(corpo, "{}{elemento}", if n > 0 { "," } else { "" });
    }
    corpo.push_str("]}");
    scritta(StatusCode::OK, corpo)
}

/// A document to be saved under `nome`; browsers do not guess what it is. Kind and name may be somebody else's: what cannot be a header is told as
/// plain bytes, and a name that is not ASCII is told twice.
pub fn file(tipo: &str, nome: &str, byte: Vec<u8>) -> Response {
    let tipo = HeaderValue::from_str(tipo).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let intestazioni =
        [(header::CONTENT_TYPE, tipo), (header::CONTENT_DISPOSITION, da_salvare(nome)), (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))];
    (intestazioni, byte).into_response()
}

fn da_salvare(nome: &str) -> HeaderValue {
    let semplice: String = nome.chars().map(|c| if c.is_ascii_graphic() && !"\"\\".contains(c) || c == ' ' { c } else { '_' }).collect();
    let esteso = if semplice == nome { String::new() } else { format!("; filename*=UTF-8''{}", codifica(nome)) };
    HeaderValue::from_str(&format!("attachment; filename=\"{semplice}\"{esteso}")).unwrap_or(HeaderValue::from_static("attachment"))
}
