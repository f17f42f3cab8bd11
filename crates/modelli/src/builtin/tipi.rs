//! Questions about presence and kind, loop variables, `?string` and `?c`.

use super::{Chiamata, Modo, Voce, voce, vuoto};
use crate::errori::{Esito, Guasto, detto};
use crate::formati::{Lingua, numeri};
use crate::valori::{Genere, Valore};

const fn speciale(nome: &'static str, minimo: usize, massimo: usize, modo: Modo) -> Voce {
    Voce { nome, minimo, massimo, modo }
}

pub(super) const VOCI: &[Voce] = &[
    speciale("has_content", 0, 0, Modo::HaContenuto),
    speciale("exists", 0, 0, Modo::Esiste),
    speciale("if_exists", 0, 0, Modo::SeEsiste),
    speciale("default", 1, 10, Modo::Predefinito),
    speciale("then", 2, 2, Modo::Allora),
    speciale("index", 0, 0, Modo::Ciclo(|i, _| numero(i))),
    speciale("counter", 0, 0, Modo::Ciclo(|i, _| numero(i + 1))),
    speciale("has_next", 0, 0, Modo::Ciclo(|i, n| (i + 1 < n).into())),
    speciale("is_first", 0, 0, Modo::Ciclo(|i, _| (i == 0).into())),
    speciale("is_last", 0, 0, Modo::Ciclo(|i, n| (i + 1 == n).into())),
    speciale("is_even_item", 0, 0, Modo::Ciclo(|i, _| (i % 2 == 1).into())),
    speciale("is_odd_item", 0, 0, Modo::Ciclo(|i, _| (i % 2 == 0).into())),
    speciale("item_parity", 0, 0, Modo::Ciclo(|i, _| if i % 2 == 0 { "odd" } else { "even" }.into())),
    voce("api", 0, 0, vuoto),
    voce("string", 0, 2, stringa),
    voce("c", 0, 0, computer),
    voce("cn", 0, 0, computer),
    voce("is_string", 0, 0, |_, v| Ok(matches!(v, Valore::Testo(_)).into())),
    voce("is_number", 0, 0, |_, v| Ok(matches!(v, Valore::Numero(_)).into())),
    voce("is_boolean", 0, 0, |_, v| Ok(matches!(v, Valore::Booleano(_)).into())),
    voce("is_date", 0, 0, |_, v| Ok(matches!(v, Valore::Data(_)).into())),
    voce("is_date_like", 0, 0, |_, v| Ok(matches!(v, Valore::Data(_)).into())),
    voce("is_date_only", 0, 0, |_, v| Ok(matches!(v, Valore::Data(d) if d.genere == Genere::Data).into())),
    voce("is_time", 0, 0, |_, v| Ok(matches!(v, Valore::Data(d) if d.genere == Genere::Ora).into())),
    voce("is_datetime", 0, 0, |_, v| Ok(matches!(v, Valore::Data(d) if d.genere == Genere::DataOra).into())),
    voce("is_unknown_date_like", 0, 0, |_, v| Ok(matches!(v, Valore::Data(d) if d.genere == Genere::Ignoto).into())),
    voce("is_sequence", 0, 0, |_, v| Ok(matches!(v, Valore::Sequenza(_)).into())),
    voce("is_enumerable", 0, 0, |_, v| Ok(matches!(v, Valore::Sequenza(_) | Valore::Riscontro(_)).into())),
    voce("is_indexable", 0, 0, |_, v| Ok(matches!(v, Valore::Sequenza(_)).into())),
    voce("is_collection", 0, 0, |_, v| Ok(matches!(v, Valore::Sequenza(_)).into())),
    voce("is_hash", 0, 0, |_, v| Ok(matches!(v, Valore::Mappa(_) | Valore::Oggetto(_)).into())),
    voce("is_hash_ex", 0, 0, |_, v| Ok(matches!(v, Valore::Mappa(_)).into())),
    voce("is_method", 0, 0, |_, _| Ok(false.into())),
];

fn numero(i: usize) -> Valore {
    i64::try_from(i).unwrap_or(i64::MAX).into()
}

/// What `?matches` gives is also true or false.
fn booleano(valore: &Valore) -> Valore {
    match valore {
        Valore::Riscontro(r) => r.intero.into(),
        altro => altro.clone(),
    }
}

/// `?string`, `?string("schema")`, `?string["schema"]`, `?string.short`, `?string("sì", "no")`.
fn stringa(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let valore = &booleano(valore);
    let schema = if chiamata.argomenti.is_empty() { None } else { Some(chiamata.argomento_testo(0)?.to_owned()) };
    let testo = match (valore, schema) {
        (Valore::Booleano(vero), Some(si)) if chiamata.argomenti.len() == 2 => {
            if *vero {
                si
            } else {
                chiamata.argomento_testo(1)?.to_owned()
            }
        }
        (Valore::Numero(n), Some(schema)) if chiamata.argomenti.len() == 1 => numeri::scrivi(&schema, *n, chiamata.ambiente.lingua).map_err(Guasto::detto)?,
        (Valore::Data(d), Some(schema)) if chiamata.argomenti.len() == 1 => chiamata.ambiente.data(*d, Some(&schema))?,
        (Valore::Booleano(vero), None) => vero.to_string(),
        (altro, None) => chiamata.soggetto(altro)?,
        (altro, Some(_)) => {
            return detto(format!("`?string` non accetta questi argomenti per {}: un formato per numeri e date, due testi per un booleano", altro.genere()));
        }
    };
    chiamata.ambiente.nuovo_testo(testo)
}

/// For machines: no grouping, a point, `true` and `false`.
fn computer(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let testo = match &booleano(valore) {
        Valore::Numero(n) => numeri::scrivi("computer", *n, Lingua::Inglese).map_err(Guasto::detto)?,
        Valore::Booleano(b) => b.to_string(),
        altro => return chiamata.sbagliato("un numero o un booleano", altro),
    };
    chiamata.ambiente.nuovo_testo(testo)
}
