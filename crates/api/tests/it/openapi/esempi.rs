//! Bodies made from a schema: good ones, and each broken in one place.

use serde_json::{Value, json};

/// Follows a reference into the document.
pub fn risolto<'a>(documento: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(riferimento) => risolto(documento, documento.pointer(riferimento.trim_start_matches('#')).expect("riferimento")),
        None => schema,
    }
}

/// The schema once for each of its types: `type` may be a list.
fn tipi(schema: &Value) -> Vec<Value> {
    let di_un_tipo = |tipo: &Value| {
        let mut solo = schema.clone();
        solo["type"] = tipo.clone();
        solo
    };
    schema["type"].as_array().into_iter().flatten().map(di_un_tipo).collect()
}

/// Good values: at least one for each alternative. With every member, or with those that must be there.
pub fn buoni(documento: &Value, schema: &Value, tutti: bool) -> Vec<Value> {
    let schema = risolto(documento, schema);
    if let Some(esempio) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)) {
        return vec![esempio.clone()];
    }
    if let Some(alternative) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        return alternative.iter().flat_map(|s| buoni(documento, s, tutti)).collect();
    }
    if schema["type"].is_array() {
        return tipi(schema).iter().flat_map(|s| buoni(documento, s, tutti)).collect();
    }
    match schema["type"].as_str() {
        Some("null") => vec![Value::Null],
        Some("object") => oggetti(documento, schema, tutti),
        Some("array") => {
            let quanti = usize::from(tutti || schema["minItems"].as_u64().unwrap_or_default() > 0);
            if quanti == 0 { vec![json!([])] } else { buoni(documento, &schema["items"], tutti).into_iter().map(|e| json!([e])).collect() }
        }
        Some("string") => vec![Value::from("x".repeat(schema["minLength"].as_u64().unwrap_or_default().max(1) as usize))],
        Some("integer" | "number") => vec![schema.get("minimum").cloned().unwrap_or_else(|| json!(1))],
        Some("boolean") => vec![json!(true)],
        _ => vec![json!({})],
    }
}

/// The first value of every member, then the others one at a time.
fn oggetti(documento: &Value, schema: &Value, tutti: bool) -> Vec<Value> {
    let deve = |nome: &str| schema["required"].as_array().is_some_and(|r| r.iter().any(|n| n == nome));
    let membri: Vec<(&String, Vec<Value>)> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(nome, _)| tutti || deve(nome))
        .map(|(nome, s)| (nome, buoni(documento, s, tutti)))
        .collect();
    let primo: Value = membri.iter().map(|(nome, valori)| ((*nome).clone(), valori[0].clone())).collect();
    let mut corpi = vec![primo.clone()];
    for (nome, valori) in &membri {
        corpi.extend(valori.iter().skip(1).map(|v| {
            let mut altro = primo.clone();
            altro[nome.as_str()] = v.clone();
            altro
        }));
    }
    corpi
}

/// A good body, broken in one place, and where.
pub struct Guasto {
    pub dove: String,
    pub corpo: Value,
}

/// Each rule of the schema broken once. A body that another alternative accepts may be among them.
pub fn guasti(documento: &Value, schema: &Value, buono: &Value) -> Vec<Guasto> {
    let mut raccolti = Vec::new();
    rompi(documento, schema, buono, "", &mut |dove, valore| {
        let mut corpo = buono.clone();
        let (padre, nome) = dove.rsplit_once('/').unwrap_or_default();
        match (corpo.pointer_mut(padre), valore) {
            (Some(Value::Object(membri)), Some(v)) => drop(membri.insert(nome.to_owned(), v)),
            (Some(Value::Object(membri)), None) => drop(membri.shift_remove(nome)),
            (Some(Value::Array(elementi)), Some(v)) => elementi[nome.parse::<usize>().expect("indice")] = v,
            _ => return,
        }
        raccolti.push(Guasto { dove: dove.to_owned(), corpo });
    });
    raccolti
}

type Raccolta<'a> = &'a mut dyn FnMut(&str, Option<Value>);

fn rompi(documento: &Value, schema: &Value, valore: &Value, dove: &str, raccogli: Raccolta<'_>) {
    let schema = risolto(documento, schema);
    if let Some(alternative) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        for alternativa in alternative.iter().filter(|s| super::validatore(documento, s).is_valid(valore)) {
            rompi(documento, alternativa, valore, dove, raccogli);
        }
        return;
    }
    if !dove.is_empty() {
        for cattivo in cattivi(schema, valore) {
            raccogli(dove, Some(cattivo));
        }
    }
    match valore {
        Value::Object(membri) if schema.get("properties").is_some() => {
            for nome in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                raccogli(&format!("{dove}/{nome}"), None);
            }
            if schema["additionalProperties"] == json!(false) {
                raccogli(&format!("{dove}/sconosciuto"), Some(json!("x")));
            }
            for (nome, v) in membri {
                rompi(documento, &schema["properties"][nome.as_str()], v, &format!("{dove}/{nome}"), raccogli);
            }
        }
        Value::Array(elementi) if !elementi.is_empty() => rompi(documento, &schema["items"], &elementi[0], &format!("{dove}/0"), raccogli),
        _ => {}
    }
}

/// Values that break one keyword each.
fn cattivi(schema: &Value, valore: &Value) -> Vec<Value> {
    let numero = |nome: &str| schema[nome].as_i64();
    let mut cattivi = Vec::new();
    if let Some(massimo) = numero("maxLength").filter(|m| *m < 100_000) {
        cattivi.push(json!("x".repeat(massimo as usize + 1)));
    }
    if numero("minLength").is_some_and(|m| m > 0) {
        cattivi.push(json!(""));
    }
    if schema.get("pattern").is_some() && valore.is_string() {
        cattivi.push(json!("\u{a7} \u{a7}"));
    }
    if schema.get("enum").is_some() {
        cattivi.push(json!("FUORI_ELENCO"));
    }
    cattivi.extend(numero("minimum").map(|m| json!(m - 1)));
    cattivi.extend(numero("maximum").map(|m| json!(m + 1)));
    if schema.get("exclusiveMinimum").is_some() {
        cattivi.extend([json!(0), json!(1_000_000_000_i64), serde_json::from_str("10.001").expect("numero")]);
    }
    if let Value::Array(elementi) = valore {
        cattivi.extend(numero("maxItems").map(|m| Value::Array(vec![elementi[0].clone(); m as usize + 1])));
        cattivi.extend(numero("minItems").filter(|m| *m > 0).map(|_| json!([])));
    }
    let tipi = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    match tipi[0].as_str() {
        Some("object") => cattivi.push(json!("x")),
        Some("array") => cattivi.push(json!({})),
        Some("string") => cattivi.push(json!([])),
        Some("boolean") => cattivi.push(json!("forse")),
        Some("integer" | "number") => cattivi.push(json!("molti")),
        _ => {}
    }
    cattivi
}
