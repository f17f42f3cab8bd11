//! Methods of `java.lang.String`. Positions and lengths count characters.

use super::ignoto;
use crate::ambiente::Ambiente;
use crate::builtin::regolari::{self, Opzioni};
use crate::builtin::sequenze::uguali;
use crate::builtin::testo::{fetta, in_byte, in_caratteri, lunghezza};
use crate::errori::{Esito, detto};
use crate::limiti::TestoLimitato;
use crate::valori::Valore;

pub(super) fn chiama(ambiente: &mut Ambiente, testo: &str, metodo: &str, argomenti: &[Valore]) -> Esito<Valore> {
    ambiente.percorre(testo.len())?;
    if matches!(metodo, "matches" | "split" | "replaceAll" | "replaceFirst") {
        regolari::percorre(testo.len(), &mut ambiente.consumo)?;
    }
    match argomenti {
        [] => senza_argomenti(ambiente, testo, metodo),
        [Valore::Numero(n)] => {
            let Some(posto) = n.come_i64() else { return detto(format!("`{metodo}` vuole un numero intero")) };
            con_posto(ambiente, testo, metodo, posto)
        }
        [Valore::Numero(da), Valore::Numero(a)] if metodo == "substring" => match (da.come_i64(), a.come_i64()) {
            (Some(da), Some(a)) => ambiente.nuovo_testo(fetta(testo, da, a)?),
            _ => detto("`substring` vuole numeri interi"),
        },
        [altro] if metodo == "equals" => Ok(uguali(&Valore::from(testo), altro).into()),
        [altro] if metodo == "equalsIgnoreCase" => Ok(altro.come_testo().is_some_and(|a| a.to_lowercase() == testo.to_lowercase()).into()),
        [Valore::Testo(altro)] => con_testo(ambiente, testo, metodo, altro),
        [Valore::Testo(cerca), Valore::Testo(metti)] => sostituisci(ambiente, testo, metodo, cerca, metti),
        [Valore::Testo(cerca), Valore::Numero(da)] if metodo == "indexOf" => {
            let da = da.come_i64().and_then(|da| in_byte(testo, da.max(0)));
            Ok(in_caratteri(testo, da.and_then(|da| testo[da..].find(&**cerca).map(|qui| da + qui))).into())
        }
        [Valore::Testo(separatore), Valore::Numero(_)] if metodo == "split" => dividi(ambiente, testo, separatore),
        [Valore::Nullo, ..] => detto(format!("`{metodo}` ha ricevuto un valore assente")),
        _ => ignoto(&Valore::from(""), metodo),
    }
}

fn senza_argomenti(ambiente: &mut Ambiente, testo: &str, metodo: &str) -> Esito<Valore> {
    match metodo {
        "length" => Ok(lunghezza(testo).into()),
        "isEmpty" => Ok(testo.is_empty().into()),
        "isBlank" => Ok(testo.trim().is_empty().into()),
        "toString" | "name" | "intern" => Ok(testo.into()),
        "trim" | "strip" => ambiente.nuovo_testo(testo.trim()),
        "toUpperCase" => ambiente.nuovo_testo(testo.to_uppercase()),
        "toLowerCase" => ambiente.nuovo_testo(testo.to_lowercase()),
        _ => ignoto(&Valore::from(""), metodo),
    }
}

fn con_posto(ambiente: &mut Ambiente, testo: &str, metodo: &str, posto: i64) -> Esito<Valore> {
    match metodo {
        "charAt" => ambiente.nuovo_testo(fetta(testo, posto, posto.saturating_add(1))?),
        "substring" => ambiente.nuovo_testo(fetta(testo, posto, lunghezza(testo))?),
        "equals" => Ok(false.into()),
        "repeat" => {
            let volte = usize::try_from(posto).unwrap_or(0);
            if testo.len().saturating_mul(volte) > ambiente.consumo.testo_libero() {
                return Err(ambiente.consumo.memoria_esaurita().into());
            }
            ambiente.nuovo_testo(testo.repeat(volte))
        }
        _ => ignoto(&Valore::from(""), metodo),
    }
}

fn con_testo(ambiente: &mut Ambiente, testo: &str, metodo: &str, altro: &str) -> Esito<Valore> {
    Ok(match metodo {
        "contains" => testo.contains(altro).into(),
        "startsWith" => testo.starts_with(altro).into(),
        "endsWith" => testo.ends_with(altro).into(),
        "indexOf" => in_caratteri(testo, testo.find(altro)).into(),
        "lastIndexOf" => in_caratteri(testo, testo.rfind(altro)).into(),
        "compareTo" => i64::from(testo.cmp(altro) as i8).into(),
        "concat" => {
            let mut unito = TestoLimitato::nuovo(&ambiente.consumo);
            unito.aggiungi(testo)?;
            unito.aggiungi(altro)?;
            return ambiente.nuovo_testo(unito.fine());
        }
        "matches" => regolari::compila(altro, Opzioni { intera: true, ..Opzioni::default() }, &mut ambiente.consumo)?.is_match(testo).into(),
        "split" => return dividi(ambiente, testo, altro),
        _ => return ignoto(&Valore::from(""), metodo),
    })
}

fn sostituisci(ambiente: &mut Ambiente, testo: &str, metodo: &str, cerca: &str, metti: &str) -> Esito<Valore> {
    let mut sostituito = TestoLimitato::nuovo(&ambiente.consumo);
    match metodo {
        "replace" => {
            let mut fine = 0;
            for (qui, trovato) in testo.match_indices(cerca) {
                sostituito.aggiungi(&testo[fine..qui])?;
                sostituito.aggiungi(metti)?;
                fine = qui + trovato.len();
            }
            sostituito.aggiungi(&testo[fine..])?;
        }
        "replaceAll" | "replaceFirst" => {
            let regex = regolari::compila(cerca, Opzioni::default(), &mut ambiente.consumo)?;
            regolari::sostituisci(&regex, testo, metti, true, metodo == "replaceFirst", &mut sostituito)?;
        }
        _ => return ignoto(&Valore::from(""), metodo),
    }
    ambiente.nuovo_testo(sostituito.fine())
}

/// A regular expression; empty pieces at the end are dropped, as Java does.
fn dividi(ambiente: &mut Ambiente, testo: &str, separatore: &str) -> Esito<Valore> {
    let regex = regolari::compila(separatore, Opzioni::default(), &mut ambiente.consumo)?;
    let mut pezzi: Vec<&str> = regex.split(testo).collect();
    while pezzi.len() > 1 && pezzi.last().is_some_and(|p| p.is_empty()) {
        pezzi.pop();
    }
    ambiente.consumo.memoria(testo.len())?;
    ambiente.nuova_sequenza(pezzi.into_iter().map(Valore::from).collect())
}
