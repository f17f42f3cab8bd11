//! Paged lists (spec/1 section 3.1).

use axum::response::Response;
use domain::anagrafica::Utenza;
use domain::lettura::lista::{Paginazione, RISULTATI_PER_PAGINA_MAX};
use serde_json::Value;
use store::elenchi::{Elenco, Pagina, RISULTATI_CONTATI_MAX};

use crate::fault::Fault;
use crate::json::{self, Oggetto};
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

/// Domini that a list is made of: those of the login, or the one that is asked for if it is among them. `None` is all.
pub fn domini_chiesti(utenza: &Utenza, chiesto: Option<&str>) -> Option<Vec<String>> {
    let suoi = utenza.domini.as_ref().map(|d| d.keys().map(ToString::to_string));
    match (chiesto, suoi) {
        (Some(chiesto), Some(mut suoi)) => Some(suoi.find(|d| d == chiesto).into_iter().collect()),
        (Some(chiesto), None) => Some(vec![chiesto.to_owned()]),
        (None, suoi) => suoi.map(Iterator::collect),
    }
}

/// The answer with a page of a list, each row rendered by `vista`.
pub fn pagina_di<T>(richiesta: &Richiesta, p: &Paginazione, elenco: Elenco<T>, vista: impl Fn(&T) -> Value, tetto: Tetto) -> Response {
    let limite = u64::from(p.risultati_per_pagina);
    let pagine = elenco.totale.filter(|_| limite > 0).map(|t| t.div_ceil(limite).max(1));
    let altre = match pagine {
        Some(pagine) => u64::from(p.pagina) < pagine,
        // Without a count nobody knows: the link is always there.
        None => elenco.totale.is_none() && limite > 0,
    };
    let tetto = (tetto == Tetto::Mostrato && p.metadati && p.conteggio_limitato).then_some(RISULTATI_CONTATI_MAX);
    let testa = Oggetto::nuovo()
        .se("numRisultati", elenco.totale)
        .se("numPagine", pagine)
        .con("risultatiPerPagina", p.risultati_per_pagina)
        .con("pagina", p.pagina)
        .se("prossimiRisultati", altre.then(|| prossima(richiesta, p)))
        .se("maxRisultati", tetto)
        .valore();
    // A row at a time: a page of thousands is never a tree of JSON.
    json::ok_con_lista(&testa, "risultati", elenco.righe.into_iter().map(|r| proietta(vista(&r), p.campi.as_deref())))
}

/// A list of the anagrafica, which is in memory: without `risultatiPerPagina` it is every row on one page (spec/2 section 0.3).
pub fn di_anagrafica<T>(richiesta: &Richiesta, righe: &[T], vista: impl Fn(&T) -> Value) -> Result<Response, Fault> {
    let parametri = richiesta.parametri();
    let p = Paginazione::leggi(&parametri, RISULTATI_PER_PAGINA_MAX)?;
    let totale = righe.len() as u64;
    let totale = if p.conteggio_limitato { totale.min(RISULTATI_CONTATI_MAX) } else { totale };
    if parametri.testo("risultatiPerPagina").is_some() {
        return a_pagine(richiesta, righe, vista, Tetto::Mostrato);
    }
    let corpo = Oggetto::nuovo()
        .con("numRisultati", totale)
        .con("numPagine", 1)
        .con("risultatiPerPagina", totale)
        .con("pagina", p.pagina)
        .se("maxRisultati", (p.metadati && p.conteggio_limitato).then_some(RISULTATI_CONTATI_MAX))
        .con("risultati", righe.iter().map(|r| proietta(vista(r), p.campi.as_deref())).collect::<Vec<_>>());
    Ok(json::ok(&corpo.valore()))
}

/// A list that is in memory, by pages: 25 rows unless asked otherwise.
pub fn a_pagine<T>(richiesta: &Richiesta, righe: &[T], vista: impl Fn(&T) -> Value, tetto: Tetto) -> Result<Response, Fault> {
    let p = Paginazione::leggi(&richiesta.parametri(), RISULTATI_PER_PAGINA_MAX)?;
    let totale = righe.len() as u64;
    let totale = if p.conteggio_limitato { totale.min(RISULTATI_CONTATI_MAX) } else { totale };
    let salto = usize::try_from(p.salto()).unwrap_or(usize::MAX);
    let pagina: Vec<&T> = righe.iter().skip(salto).take(p.risultati_per_pagina as usize).collect();
    let elenco = Elenco { righe: pagina, totale: p.metadati.then_some(totale) };
    Ok(pagina_di(richiesta, &p, elenco, |r| vista(r), tetto))
}

/// A list that has no pages (spec/1 section 3.1). `pagina`: told by some.
pub fn intera(righe: Vec<Value>, pagina: Option<u32>) -> Value {
    Oggetto::nuovo()
        .con("numRisultati", righe.len())
        .con("numPagine", 1)
        .con("risultatiPerPagina", righe.len())
        .se("pagina", pagina)
        .con("risultati", righe)
        .valore()
}

fn prossima(richiesta: &Richiesta, p: &Paginazione) -> String {
    let altri = richiesta.query().iter().filter(|(nome, _)| nome != "pagina" && nome != "risultatiPerPagina");
    let altri = altri.map(|(nome, valore)| format!("{}={}&", codifica(nome), codifica(valore))).collect::<String>();
    format!("{}?{altri}risultatiPerPagina={}&pagina={}", richiesta.radice, p.risultati_per_pagina, p.pagina + 1)
}

/// `campi`: only the named members stay.
fn proietta(valore: Value, campi: Option<&[String]>) -> Value {
    match campi {
        Some(campi) => json::solo(valore, &campi.iter().map(String::as_str).collect::<Vec<_>>()),
        None => valore,
    }
}
