//! What is said of an operation beside what its line in the route table says.

use axum::http::StatusCode;
use domain::lettura::lista::{CAMPI_MAX, FORMA_DATA_COMPATTA, FORMA_DATA_ORA, RISULTATI_PER_PAGINA_MAX};
use domain::lettura::modifica::OPERAZIONI_MAX;
use domain::lettura::regole::FORMA_DOMINIO;
use serde_json::{Map, Value, json};

use super::schema::{self, Oggetto, Schema, oggetto};

/// An API in one version, as far as one file documents it.
#[derive(Clone)]
pub struct Famiglia {
    pub api: &'static str,
    pub versione: &'static str,
    /// How the page groups these operations.
    pub gruppo: &'static str,
    pub operazioni: Vec<Operazione>,
    /// Schemas with a name, unique in the whole document.
    pub schemi: Vec<(&'static str, Schema)>,
}

/// The documentation of an operation.
#[derive(Clone)]
pub struct Operazione {
    pub id: &'static str,
    pub riassunto: &'static str,
    pub dettaglio: Option<&'static str>,
    pub query: Vec<Parametro>,
    pub corpo: Option<Corpo>,
    /// By status, in order.
    pub risposte: Vec<(StatusCode, Risposta)>,
}

#[derive(Clone)]
pub struct Parametro {
    pub nome: &'static str,
    pub schema: Schema,
    pub descrizione: &'static str,
}

#[derive(Clone)]
pub struct Corpo {
    pub tipi: &'static [&'static str],
    pub schema: Schema,
}

/// An answer: none of its contents is an empty body.
#[derive(Clone)]
pub struct Risposta {
    pub descrizione: &'static str,
    pub contenuti: Vec<(&'static str, Option<Schema>)>,
}

/// An operation that takes and answers nothing so far; refusals that any call may meet are added by [`super::documento`].
pub fn operazione(id: &'static str, riassunto: &'static str) -> Operazione {
    Operazione { id, riassunto, dettaglio: None, query: Vec::new(), corpo: None, risposte: Vec::new() }
}

pub fn parametro(nome: &'static str, schema: Schema, descrizione: &'static str) -> Parametro {
    Parametro { nome, schema, descrizione }
}

impl Operazione {
    #[must_use]
    pub fn dice(mut self, dettaglio: &'static str) -> Self {
        self.dettaglio = Some(dettaglio);
        self
    }

    #[must_use]
    pub fn query(mut self, parametri: Vec<Parametro>) -> Self {
        self.query.extend(parametri);
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn corpo(mut self, schema: Schema) -> Self {
        self.corpo = Some(Corpo { tipi: &["application/json"], schema });
        self
    }

    /// A body of other kinds.
    #[must_use]
    pub fn tipo_corpo(mut self, tipi: &'static [&'static str], schema: Schema) -> Self {
        self.corpo = Some(Corpo { tipi, schema });
        self
    }

    /// A body of PATCH, which may be called JSON or JSON Patch.
    #[must_use]
    pub fn modifica(mut self, schema: Schema) -> Self {
        self.corpo = Some(Corpo { tipi: &["application/json-patch+json", "application/json"], schema });
        self
    }

    /// Answers JSON.
    #[must_use]
    pub fn json(self, stato: u16, descrizione: &'static str, schema: Schema) -> Self {
        self.risponde(stato, descrizione, vec![("application/json", Some(schema))])
    }

    /// Answers without a body.
    #[must_use]
    pub fn vuota(self, stato: u16, descrizione: &'static str) -> Self {
        self.risponde(stato, descrizione, Vec::new())
    }

    #[must_use]
    pub fn risponde(mut self, stato: u16, descrizione: &'static str, contenuti: Vec<(&'static str, Option<Schema>)>) -> Self {
        if let Ok(stato) = StatusCode::from_u16(stato) {
            self.risposte.push((stato, Risposta { descrizione, contenuti }));
        }
        self
    }

    /// Refusals of its own, as fault beans.
    #[must_use]
    pub fn rifiuta(mut self, stati: &[u16]) -> Self {
        for stato in stati {
            self = self.json(*stato, descrizione_rifiuto(*stato), schema::nome("FaultBean"));
        }
        self
    }

    /// A PUT of the back office: 201 or 200, no body.
    #[must_use]
    pub fn messa(self, creata: &'static str, aggiornata: &'static str) -> Self {
        self.vuota(200, aggiornata).vuota(201, creata).rifiuta(&[422])
    }
}

pub fn descrizione_rifiuto(stato: u16) -> &'static str {
    match stato {
        400 => "La richiesta non rispetta il contratto: il dettaglio nomina il campo.",
        401 => "Manca un accesso, o le credenziali non valgono.",
        403 => "Chi chiama non ha il diritto, o la risorsa non è sua.",
        404 => "La risorsa non esiste.",
        406 => "Nessuno dei formati chiesti è disponibile.",
        409 => "Una richiesta con la stessa Idempotency-Key è ancora in corso, o la sua risposta non è conservata.",
        415 => "Il corpo è di un tipo che l'operazione non legge.",
        422 => "La richiesta si legge, ma non si può eseguire.",
        500 => "Errore interno.",
        502 => "Un servizio esterno non ha risposto o ha rifiutato.",
        503 => "Archivio non disponibile: riprovare.",
        _ => "Rifiuto.",
    }
}

/// An element of a PATCH: what may be done to a path, and with which value.
pub fn voce_di_modifica(op: &[&str], path: &str, value: Schema) -> Oggetto {
    oggetto().deve("op", schema::uno_di(op)).deve("path", schema::uno_di(&[path])).deve("value", value)
}

/// The body of a PATCH.
pub fn modifiche(voci: Vec<Oggetto>) -> Schema {
    schema::lista_di(schema::uno_tra(voci.into_iter().map(Oggetto::schema).collect()), 0, OPERAZIONI_MAX)
}

/// The parameters of every list, pages of 25 unless asked otherwise.
pub fn pagina() -> Vec<Parametro> {
    di_pagina(schema::intero(0, RISULTATI_PER_PAGINA_MAX.into()).con("default", 25), "Righe per pagina; zero chiede soltanto il conto.")
}

/// The same of a list of the anagrafica, which has no pages unless they are asked for.
pub fn pagina_anagrafica() -> Vec<Parametro> {
    di_pagina(schema::intero(0, RISULTATI_PER_PAGINA_MAX.into()), "Righe per pagina; senza, tutte le righe in una.")
}

fn di_pagina(righe: Schema, descrizione: &'static str) -> Vec<Parametro> {
    vec![
        parametro("pagina", schema::intero(1, i32::MAX.into()).con("default", 1), "Pagina, da 1."),
        parametro("risultatiPerPagina", righe, descrizione),
        parametro(
            "campi",
            schema::testo().con("pattern", format!("^[^,]*(?:,[^,]*){{0,{}}}$", CAMPI_MAX - 1)),
            "Nomi dei membri da tenere in ogni riga, separati da virgole.",
        ),
        parametro("metadatiPaginazione", schema::booleano().con("default", true), "Se contare le righe."),
        parametro("maxRisultati", schema::booleano().con("default", true), "Se il conto può fermarsi al tetto."),
    ]
}

/// Name of the parameter that sorts a list.
pub const ORDINAMENTO: &str = "ordinamento";

/// Order of a list over the fields that it allows.
pub fn ordinamento(campi: &[&str]) -> Parametro {
    let campo = format!("[+-]?(?:{})", campi.join("|"));
    parametro(ORDINAMENTO, schema::testo().con("pattern", format!("^{campo}(?:,{campo})*$")), "Campi separati da virgole; `-` davanti per il verso opposto.")
}

/// A date of a filter, in any of the forms that are read.
pub fn data(nome: &'static str, descrizione: &'static str) -> Parametro {
    let forme = schema::espressione(&format!("{FORMA_DATA_ORA}|{FORMA_DATA_COMPATTA}|[0-9]{{4}}"));
    parametro(nome, forme.esempio("2026-01-31"), descrizione)
}

pub fn id_dominio() -> Parametro {
    parametro("idDominio", schema::forma(&FORMA_DOMINIO), "Codice fiscale dell'ente creditore.")
}

/// The envelope of a list.
pub fn elenco(riga: &str) -> Schema {
    oggetto()
        .puo("numRisultati", schema::numero_intero().dice("Righe in tutto; manca quando non si contano."))
        .puo("numPagine", schema::numero_intero())
        .deve("risultatiPerPagina", schema::numero_intero())
        .deve("pagina", schema::numero_intero())
        .puo("prossimiRisultati", schema::testo().dice("La pagina che segue, dalla versione in poi."))
        .puo("maxRisultati", schema::numero_intero().dice("Il tetto del conto, quando c'è."))
        .deve("risultati", schema::lista(schema::nome(riga)))
        .schema()
}

impl Risposta {
    pub fn valore(self) -> Value {
        let mut valore = json!({ "description": self.descrizione });
        if !self.contenuti.is_empty() {
            let contenuti: Map<String, Value> =
                self.contenuti.into_iter().map(|(tipo, s)| (tipo.to_owned(), s.map_or_else(|| json!({}), |s| json!({ "schema": s.valore() })))).collect();
            valore["content"] = Value::Object(contenuti);
        }
        valore
    }
}
