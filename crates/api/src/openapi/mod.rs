//! The OpenAPI 3.1 documents: one for each API and version, and the whole.
//!
//! The route table says what is served and what it asks for; one file for each family of resources says the rest, as tables over [`schema`].
//! A route that nobody documents is still in the document, with what its line says; a test asks for the rest.
//!
//! - [`operazione`]: what can be said of an operation; [`schema`]: what can be said of a value;
//! - [`percorso`]: the parameters of paths; [`accessi`]: rights and logins;
//! - [`pagina`]: the addresses of documents and of the page to read and try them.

mod accessi;
mod connettore;
mod creditore;
mod esportazione;
mod eventi;
mod flussi;
mod manutenzione;
mod notifiche;
mod operazione;
mod pagamento;
pub(crate) mod pagina;
mod pagopa;
mod pendenza_nuova;
mod pendenze;
mod pendenze_v1;
mod perche;
mod percorso;
mod posizioni_debitorie;
mod ricevute_estranee;
mod schema;
mod tipi_pendenza;
mod ufficio;
mod utente;
mod utenze;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use domain::chiamante::Profilo;
use serde_json::{Map, Value, json};

use crate::idempotenza::CARATTERI_CHIAVE_MAX;
use crate::rotte::{Rotta, elenco};
use operazione::{Famiglia, Operazione, descrizione_rifiuto};
use schema::{Schema, oggetto, testo, uno_di};

/// Every family, in the order of the page.
fn famiglie() -> Vec<Famiglia> {
    let integrazioni = [vec![pendenze::v2(), pendenze_v1::v1(), perche::pendenze(), perche::backoffice()], pagamento::famiglie()].concat();
    let ufficio = vec![
        pagopa::famiglia(),
        creditore::famiglia(),
        tipi_pendenza::famiglia(),
        manutenzione::famiglia(),
        utenze::famiglia(),
        ufficio::pendenze(),
        ufficio::pagamenti(),
        ricevute_estranee::famiglia(),
        flussi::famiglia(),
        eventi::famiglia(),
        notifiche::famiglia(),
        posizioni_debitorie::famiglia(),
        utente::backoffice(),
        utente::user(),
    ];
    [integrazioni, ufficio].concat()
}

/// An API and its version, as addresses spell them: `pendenze`, `v2`.
pub type Versione = (&'static str, &'static str);

/// Every API in every version that is served.
#[must_use]
pub fn versioni() -> Vec<Versione> {
    let mut versioni = Vec::new();
    for rotta in elenco() {
        let versione = (rotta.api.nome, rotta.api.versione);
        if !versioni.contains(&versione) {
            versioni.push(versione);
        }
    }
    versioni
}

/// One document for all APIs, with whole paths: the first layout, profile `basic` where there is one.
#[must_use]
pub fn documento() -> Value {
    componi(elenco(), "Fiorino", |rotta| format!("{}{}", accessi::radice(rotta), rotta.percorso), None)
}

/// The document of one API, with paths relative to its addresses; `None` for one that is not served.
#[must_use]
pub fn documento_di(api: &str, versione: &str) -> Option<Value> {
    let rotte: Vec<Rotta> = elenco().into_iter().filter(|r| (r.api.nome, r.api.versione) == (api, versione)).collect();
    let server = accessi::server(rotte.first()?);
    let titolo = format!("Fiorino, API {} {versione}", maiuscola(api));
    Some(componi(rotte, &titolo, |rotta| rotta.percorso.to_owned(), Some(server)))
}

fn maiuscola(nome: &str) -> String {
    let mut lettere = nome.chars();
    lettere.next().map(|c| c.to_uppercase().chain(lettere).collect()).unwrap_or_default()
}

fn componi(rotte: Vec<Rotta>, titolo: &str, indirizzo: impl Fn(&Rotta) -> String, server: Option<Value>) -> Value {
    let mut documentate = Documentate::nuove(famiglie());
    let mut percorsi: Map<String, Value> = Map::new();
    let mut gruppi: Vec<&'static str> = Vec::new();
    let mut profili_usati = BTreeSet::new();
    for rotta in &rotte {
        let (gruppo, operazione) = documentate.prendi(rotta);
        if !gruppi.contains(&gruppo) {
            gruppi.push(gruppo);
        }
        let profili = accessi::profili(rotta, server.is_some());
        if !accessi::aperta(rotta) {
            profili_usati.extend(&profili);
        }
        let percorso = percorsi.entry(indirizzo(rotta)).or_insert_with(|| json!({}));
        if let Value::Object(metodi) = percorso {
            metodi.insert(rotta.metodo.as_str().to_lowercase(), valore(rotta, gruppo, operazione, &profili));
        }
    }
    let percorsi = Value::Object(percorsi);
    let mut documento = json!({
        "openapi": "3.1.0",
        "info": {
            "title": titolo,
            "version": env!("CARGO_PKG_VERSION"),
            "description": NOTE,
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
    });
    if let Some(server) = server {
        documento["servers"] = server;
    }
    documento["tags"] = gruppi.into_iter().map(|g| json!({ "name": g })).collect();
    documento["components"] = json!({ "schemas": raggiunti(&percorsi, documentate.schemi), "securitySchemes": accessi::componenti(&profili_usati) });
    documento["paths"] = percorsi;
    documento
}

const NOTE: &str = "Compatibile con le API di GovPay.\n\nNei corpi un membro `null` vale come assente, ma nell'API Backoffice dove c'è un valore predefinito è un campo lasciato vuoto; un testo può arrivare come numero o booleano; un membro che il contratto \
    non prevede è rifiutato. Nelle risposte un membro senza valore manca. Ogni risposta porta nell'intestazione `X-Govpay-IdTransazione` il numero della richiesta.";

/// What the families say, until a route takes it.
struct Documentate {
    operazioni: BTreeMap<(&'static str, &'static str, &'static str), (&'static str, Operazione)>,
    schemi: Map<String, Value>,
}

impl Documentate {
    fn nuove(famiglie: Vec<Famiglia>) -> Self {
        let mut operazioni = BTreeMap::new();
        let mut schemi = Map::from_iter([("FaultBean".to_owned(), fault_bean().valore())]);
        for f in famiglie {
            schemi.extend(f.schemi.into_iter().map(|(nome, s)| (nome.to_owned(), s.valore())));
            operazioni.extend(f.operazioni.into_iter().map(|o| ((f.api, f.versione, o.id), (f.gruppo, o))));
        }
        Self { operazioni, schemi }
    }

    /// What is said of a route, or no more than its name.
    fn prendi(&mut self, rotta: &Rotta) -> (&'static str, Operazione) {
        let chiave = (rotta.api.nome, rotta.api.versione, rotta.operazione);
        self.operazioni
            .remove(&chiave)
            .unwrap_or_else(|| (rotta.api.nome, operazione::operazione(rotta.operazione, rotta.operazione).vuota(200, "Esito positivo.")))
    }
}

fn fault_bean() -> Schema {
    oggetto()
        .deve("categoria", uno_di(&["AUTORIZZAZIONE", "RICHIESTA", "OPERAZIONE", "PAGOPA", "EC", "INTERNO"]))
        .deve("codice", testo().esempio("SINTASSI"))
        .deve("descrizione", testo())
        .deve("dettaglio", testo())
        .schema()
        .dice("Perché una richiesta è stata rifiutata.")
}

fn valore(rotta: &Rotta, gruppo: &str, o: Operazione, profili: &[Profilo]) -> Value {
    let percorso = percorso::parametri(rotta.percorso);
    let con_parametri = !percorso.is_empty() || !o.query.is_empty() || o.corpo.is_some();
    let mut stati: Vec<u16> = if con_parametri { vec![400] } else { Vec::new() };
    // The door of a profile that is not open is 403 also where nobody is asked.
    stati.extend(if accessi::aperta(rotta) { vec![403] } else { vec![401, 403] });
    if !percorso.is_empty() && rotta.metodo != Method::PUT {
        stati.push(404);
    }
    if o.query.iter().any(|p| p.nome == operazione::ORDINAMENTO) {
        // A field that does not sort is a wrong parameter, not a wrong form (spec/1 section 3.1).
        stati.push(422);
    }
    if rotta.metodo == Method::POST {
        stati.extend([400, 409, 422]);
    }
    stati.extend([500, 503]);
    let query = o.query.into_iter().map(|p| json!({ "name": p.nome, "in": "query", "description": p.descrizione, "schema": p.schema.valore() }));
    let richiede = accessi::richiede(rotta);
    let mut detta = json!({
        "operationId": format!("{}_{}_{}", rotta.api.nome, rotta.api.versione, o.id),
        "tags": [gruppo],
        "summary": o.riassunto,
        "description": o.dettaglio.map_or_else(|| richiede.clone(), |d| format!("{d}\n\n{richiede}")),
        "parameters": percorso.into_iter().chain(query).chain((rotta.metodo == Method::POST).then(chiave_idempotenza)).collect::<Vec<_>>(),
    });
    if let Some(corpo) = o.corpo {
        let schema = corpo.schema.valore();
        let contenuti: Map<String, Value> = corpo.tipi.iter().map(|t| ((*t).to_owned(), json!({ "schema": schema }))).collect();
        detta["requestBody"] = json!({ "required": true, "content": contenuti });
    }
    let mut risposte: BTreeMap<u16, Value> = o.risposte.into_iter().map(|(stato, r)| (stato.as_u16(), r.valore())).collect();
    for stato in stati {
        risposte.entry(stato).or_insert_with(|| rifiuto(stato));
    }
    detta["responses"] = risposte.into_iter().map(|(stato, r)| (stato.to_string(), r)).collect::<Map<_, _>>().into();
    detta["security"] = accessi::sicurezza(rotta, profili);
    detta
}

/// Of every POST.
fn chiave_idempotenza() -> Value {
    let schema = schema::espressione(&format!("[ -~]{{1,{CARATTERI_CHIAVE_MAX}}}"));
    let descrizione =
        "Scelta da chi chiama, una per richiesta: la stessa richiesta mandata di nuovo entro 24 ore ha la stessa risposta ed è eseguita una volta sola.";
    json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": descrizione, "schema": schema.valore() })
}

fn rifiuto(stato: u16) -> Value {
    json!({ "description": descrizione_rifiuto(stato), "content": { "application/json": { "schema": { "$ref": "#/components/schemas/FaultBean" } } } })
}

/// The named schemas that are used, directly or through others.
fn raggiunti(percorsi: &Value, schemi: Map<String, Value>) -> Map<String, Value> {
    let mut nomi = BTreeSet::new();
    let mut da_leggere = vec![percorsi];
    while let Some(valore) = da_leggere.pop() {
        match valore {
            Value::Object(membri) => {
                if let Some(nome) = membri.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next())
                    && nomi.insert(nome.to_owned())
                {
                    da_leggere.extend(schemi.get(nome));
                }
                da_leggere.extend(membri.values());
            }
            Value::Array(elementi) => da_leggere.extend(elementi),
            _ => {}
        }
    }
    schemi.into_iter().filter(|(nome, _)| nomi.contains(nome)).collect()
}

#[cfg(test)]
mod tests;
