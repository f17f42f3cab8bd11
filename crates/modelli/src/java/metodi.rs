//! Methods of what is not a text: beans, lists, numbers, dates.

use super::{ignoto, indice, proprieta};
use crate::builtin::sequenze::uguali;
use crate::errori::Esito;
use crate::numero::{Arrotonda, Numero};
use crate::valori::{Data, Mappa, Valore};

pub(super) fn chiama(soggetto: &Valore, metodo: &str, argomenti: &[Valore]) -> Esito<Valore> {
    if metodo == "equals"
        && let [altro] = argomenti
    {
        return Ok(uguali(soggetto, altro).into());
    }
    let risposta = match soggetto {
        Valore::Mappa(mappa) => return Ok(di_mappa(mappa, metodo, argomenti)).and_then(|r| r.map_or_else(|| ignoto(soggetto, metodo), Ok)),
        Valore::Sequenza(s) => di_lista(s.elementi(), metodo, argomenti),
        Valore::Numero(n) => di_numero(*n, metodo, argomenti),
        Valore::Booleano(b) => match (metodo, argomenti) {
            ("toString", []) => Some(b.to_string().into()),
            ("booleanValue", []) => Some((*b).into()),
            _ => None,
        },
        Valore::Data(d) => di_data(*d, metodo, argomenti),
        _ => None,
    };
    risposta.map_or_else(|| ignoto(soggetto, metodo), Ok)
}

/// A bean: its getters, its other methods without arguments (`name()`, `toString()`) and those of `java.util.Map`.
fn di_mappa(mappa: &Mappa, metodo: &str, argomenti: &[Valore]) -> Option<Valore> {
    let leggi = |nome: &str| mappa.leggi(nome).cloned();
    match (metodo, argomenti) {
        ("get", [Valore::Testo(nome)]) => Some(leggi(nome).unwrap_or(Valore::Nullo)),
        ("containsKey", [Valore::Testo(nome)]) => Some(mappa.leggi(nome).is_some_and(|v| !v.nullo()).into()),
        (_, []) => match (leggi(metodo), metodo) {
            (Some(valore), _) => Some(valore),
            (None, "size") => Some(i64::try_from(mappa.quante()).unwrap_or(i64::MAX).into()),
            (None, "isEmpty") => Some((mappa.quante() == 0).into()),
            (None, _) => proprieta(metodo, argomenti).map(|nome| leggi(&nome).unwrap_or(Valore::Nullo)),
        },
        _ => None,
    }
}

fn di_lista(elementi: &[Valore], metodo: &str, argomenti: &[Valore]) -> Option<Valore> {
    match (metodo, argomenti) {
        ("size", []) => Some(i64::try_from(elementi.len()).unwrap_or(i64::MAX).into()),
        ("isEmpty", []) => Some(elementi.is_empty().into()),
        ("get", [i]) => Some(indice(i).and_then(|i| elementi.get(i)).cloned().unwrap_or(Valore::Nullo)),
        ("contains", [cercato]) => Some(elementi.iter().any(|e| uguali(e, cercato)).into()),
        _ => None,
    }
}

fn di_numero(numero: Numero, metodo: &str, argomenti: &[Valore]) -> Option<Valore> {
    match (metodo, argomenti) {
        ("toString" | "toPlainString", []) => Some(numero.to_string().into()),
        ("intValue" | "longValue" | "shortValue", []) => Some(numero.arrotondato(0, Arrotonda::Tronca).into()),
        ("doubleValue" | "floatValue", []) => Some(numero.into()),
        ("compareTo", [Valore::Numero(altro)]) => Some(i64::from(numero.cmp(altro) as i8).into()),
        _ => None,
    }
}

fn di_data(data: Data, metodo: &str, argomenti: &[Valore]) -> Option<Valore> {
    match (metodo, argomenti) {
        ("getTime", []) => Some(data.istante.timestamp_millis().into()),
        ("before", [Valore::Data(altra)]) => Some((data.istante < altra.istante).into()),
        ("after", [Valore::Data(altra)]) => Some((data.istante > altra.istante).into()),
        ("compareTo", [Valore::Data(altra)]) => Some(i64::from(data.istante.cmp(&altra.istante) as i8).into()),
        _ => None,
    }
}
