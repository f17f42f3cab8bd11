//! The look of Java that templates rely on: getters, methods of strings and dates, and a closed list of classes (spec/1 section 15).
//!
//! Nothing here is reflection: a name that is not written in this module is refused.

mod calendario;
mod classi;
mod csv;
mod json;
mod metodi;
mod stringhe;

pub use classi::Classi;
pub use json::LettoreJson;

use crate::ambiente::Ambiente;
use crate::builtin::sequenze::percorre;
use crate::errori::{Esito, detto};
use crate::valori::{NonRiuscito, Valore};

/// `x.nome`, `x["nome"]`.
pub(crate) fn membro(soggetto: &Valore, nome: &str) -> Esito<Valore> {
    match soggetto {
        Valore::Mappa(m) => Ok(m.leggi(nome).cloned().unwrap_or(Valore::Nullo)),
        Valore::Oggetto(o) => Ok(o.membro(nome).unwrap_or(Valore::Nullo)),
        Valore::Data(d) if nome == "time" => Ok(d.istante.timestamp_millis().into()),
        altro => detto(format!("`{nome}` si chiede a {}, che non ha membri", altro.genere())),
    }
}

/// `x.metodo(argomenti)`; the empty name is `x(argomenti)`.
pub(crate) fn chiama(ambiente: &mut Ambiente, soggetto: &Valore, metodo: &str, argomenti: &[Valore]) -> Esito<Valore> {
    match soggetto {
        Valore::Oggetto(oggetto) => {
            ambiente.consumo.passi(oggetto.costo())?;
            ambiente.percorre(argomenti.iter().filter_map(Valore::come_testo).map(str::len).sum())?;
            match oggetto.chiama(metodo, argomenti) {
                Ok(valore) => conta(ambiente, valore),
                Err(NonRiuscito::Detto(frase)) => detto(frase),
                Err(NonRiuscito::MetodoIgnoto) => match proprieta(metodo, argomenti) {
                    Some(nome) => Ok(oggetto.membro(&nome).unwrap_or(Valore::Nullo)),
                    None => ignoto(soggetto, metodo),
                },
            }
        }
        Valore::Testo(testo) => stringhe::chiama(ambiente, testo, metodo, argomenti),
        Valore::Sequenza(s) => {
            if let Some(cercato) = argomenti.first() {
                percorre(ambiente, s.elementi(), cercato)?;
            }
            metodi::chiama(soggetto, metodo, argomenti)
        }
        _ => metodi::chiama(soggetto, metodo, argomenti),
    }
}

/// A text that an object made is memory like any other.
fn conta(ambiente: &mut Ambiente, valore: Valore) -> Esito<Valore> {
    match &valore {
        Valore::Testo(t) => ambiente.consumo.memoria(t.len())?,
        Valore::Sequenza(s) => {
            ambiente.consumo.elementi(s.elementi().len())?;
            ambiente.consumo.memoria(s.elementi().iter().filter_map(Valore::come_testo).map(str::len).sum())?;
        }
        _ => {}
    }
    Ok(valore)
}

fn ignoto<T>(soggetto: &Valore, metodo: &str) -> Esito<T> {
    if metodo.is_empty() {
        return detto(format!("{} non si può chiamare come una funzione", soggetto.genere()));
    }
    detto(format!("il metodo `{metodo}` non è ammesso su {}", soggetto.genere()))
}

/// The name that a getter reads: `getNumeroAvviso` and `isNumeroAvviso` read `numeroAvviso`, `getURL` reads `URL`.
fn proprieta(metodo: &str, argomenti: &[Valore]) -> Option<String> {
    let nome = metodo.strip_prefix("get").or_else(|| metodo.strip_prefix("is")).filter(|n| n.starts_with(|c: char| c.is_ascii_uppercase()))?;
    argomenti.is_empty().then(|| minuscola(nome))
}

/// As `java.beans.Introspector.decapitalize`.
fn minuscola(nome: &str) -> String {
    let mut caratteri = nome.chars();
    match (caratteri.next(), nome.chars().nth(1)) {
        (Some(_), Some(seconda)) if seconda.is_uppercase() => nome.to_owned(),
        (Some(prima), _) => prima.to_lowercase().chain(caratteri).collect(),
        (None, _) => String::new(),
    }
}

/// Whether `?has_content` says yes.
pub(crate) fn ha_contenuto(valore: &Valore) -> bool {
    match valore {
        Valore::Nullo => false,
        Valore::Testo(t) => !t.is_empty(),
        Valore::Sequenza(s) => !s.elementi().is_empty(),
        Valore::Mappa(m) => m.quante() > 0,
        Valore::Riscontro(r) => r.intero,
        Valore::Oggetto(o) => match o.chiama("isEmpty", &[]) {
            Ok(Valore::Booleano(vuoto)) => !vuoto,
            _ => o.testo().is_none_or(|t| !t.is_empty()),
        },
        Valore::Numero(_) | Valore::Booleano(_) | Valore::Data(_) => true,
    }
}

fn indice(valore: &Valore) -> Option<usize> {
    match valore {
        Valore::Numero(n) => usize::try_from(n.come_i64()?).ok(),
        _ => None,
    }
}
