//! Paged lists (spec/1 section 3.1).

use domain::lettura::lista::Paginazione;
use serde_json::Value;
use store::pendenze::{Elenco, Pagina, RISULTATI_CONTATI_MAX};

use crate::json::Oggetto;
use crate::richiesta::{Richiesta, codifica};

/// Whether the answer tells the cap of its count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tetto {
    Taciuto,
    Mostrato,
}

/// What the archive is asked for.
pub fn pagina(p: &Paginazione) -> Pagina {
    Pagina { salta: p.salto(), quante: u64::from(p.risultati_per_pagina), conta: p.metadati.then_some(p.conteggio_limitato.then_some(RISULTATI_CONTATI_MAX)) }
}

/// The envelope of a page, with its items already rendered.
pub fn busta<T>(richiesta: &Richiesta, p: &Paginazione, elenco: &Elenco<T>, vista: impl Fn(&T) -> Value, tetto: Tetto) -> Value {
    let limite = u64::from(p.risultati_per_pagina);
    let pagine = elenco.totale.filter(|_| limite > 0).map(|t| t.div_ceil(limite).max(1));
    let altre = match pagine {
        Some(pagine) => u64::from(p.pagina) < pagine,
        // Without a count nobody knows: the link is always there.
        None => elenco.totale.is_none() && limite > 0,
    };
    let tetto = (tetto == Tetto::Mostrato && p.metadati && p.conteggio_limitato).then_some(RISULTATI_CONTATI_MAX);
    Oggetto::nuovo()
        .se("numRisultati", elenco.totale)
        .se("numPagine", pagine)
        .con("risultatiPerPagina", p.risultati_per_pagina)
        .con("pagina", p.pagina)
        .se("prossimiRisultati", altre.then(|| prossima(richiesta, p)))
        .se("maxRisultati", tetto)
        .con("risultati", elenco.righe.iter().map(|r| proietta(vista(r), p.campi.as_deref())).collect::<Vec<_>>())
        .valore()
}

fn prossima(richiesta: &Richiesta, p: &Paginazione) -> String {
    let altri = richiesta.query().iter().filter(|(nome, _)| nome != "pagina" && nome != "risultatiPerPagina");
    let altri = altri.map(|(nome, valore)| format!("{}={}&", codifica(nome), codifica(valore))).collect::<String>();
    format!("{}?{altri}risultatiPerPagina={}&pagina={}", richiesta.radice, p.risultati_per_pagina, p.pagina + 1)
}

/// `campi`: only the named members stay.
fn proietta(valore: Value, campi: Option<&[String]>) -> Value {
    match (valore, campi) {
        (Value::Object(membri), Some(campi)) => membri.into_iter().filter(|(nome, _)| campi.iter().any(|c| c == nome)).collect(),
        (altro, _) => altro,
    }
}
