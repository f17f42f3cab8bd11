//! Built-ins of lists and maps.

use std::cmp::Ordering;

use super::{Chiamata, Voce, elementi, mappa, voce};
use crate::ambiente::Ambiente;
use crate::errori::{Esito, Guasto, detto};
use crate::java;
use crate::limiti::TestoLimitato;
use crate::valori::Valore;

pub(super) const VOCI: &[Voce] = &[
    voce("size", 0, 0, quanti),
    voce("first", 0, 0, |_, v| Ok(elementi(v)?.first().cloned().unwrap_or(Valore::Nullo))),
    voce("last", 0, 0, |_, v| Ok(elementi(v)?.last().cloned().unwrap_or(Valore::Nullo))),
    voce("join", 1, 3, unisci),
    voce("keys", 0, 0, |c, v| {
        let chiavi = mappa(c, v)?.nomi().map(|n| Valore::Testo(n.clone())).collect();
        c.ambiente.nuova_sequenza(chiavi)
    }),
    voce("values", 0, 0, |c, v| {
        let valori = mappa(c, v)?.voci().map(|(_, v)| v.clone()).collect();
        c.ambiente.nuova_sequenza(valori)
    }),
    voce("sort", 0, 0, |c, v| ordina(c, elementi(v)?.to_vec(), &|v| Ok(v.clone()))),
    voce("sort_by", 1, 1, ordina_per),
    voce("reverse", 0, 0, |c, v| {
        let rovesciati = elementi(v)?.iter().rev().cloned().collect();
        c.ambiente.nuova_sequenza(rovesciati)
    }),
    voce("seq_contains", 1, 1, |c, v| Ok(posto(c, v)?.is_some().into())),
    voce("seq_index_of", 1, 1, |c, v| Ok(posto(c, v)?.unwrap_or(-1).into())),
    voce("min", 0, 0, |c, v| estremo(c, v, Ordering::Less)),
    voce("max", 0, 0, |c, v| estremo(c, v, Ordering::Greater)),
];

fn quanti(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let quanti = match valore {
        Valore::Mappa(m) => m.quante(),
        Valore::Oggetto(o) => return o.chiama("size", &[]).or_else(|_| chiamata.sbagliato("una lista o una mappa", valore)),
        Valore::Sequenza(_) | Valore::Riscontro(_) => elementi(valore)?.len(),
        altro => return chiamata.sbagliato("una lista o una mappa", altro),
    };
    Ok(i64::try_from(quanti).unwrap_or(i64::MAX).into())
}

/// `?join(fra, se_vuota, in_fondo)`.
fn unisci(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let elementi = elementi(valore)?;
    if elementi.is_empty() {
        let vuota = chiamata.argomento_testo_o(1, "")?.to_owned();
        return chiamata.ambiente.nuovo_testo(vuota);
    }
    let mut testo = TestoLimitato::nuovo(&chiamata.ambiente.consumo);
    let (fra, coda) = (chiamata.argomento_testo(0)?, chiamata.argomento_testo_o(2, "")?);
    for (i, elemento) in elementi.iter().enumerate() {
        if i > 0 {
            testo.aggiungi(fra)?;
        }
        if !elemento.nullo() {
            testo.aggiungi(&chiamata.ambiente.testo(elemento)?)?;
        }
    }
    testo.aggiungi(coda)?;
    chiamata.ambiente.consumo.passi(elementi.len() as u64)?;
    chiamata.ambiente.nuovo_testo(testo.fine())
}

fn confronta(a: &Valore, b: &Valore) -> Esito<Ordering> {
    Ok(match (a, b) {
        (Valore::Numero(a), Valore::Numero(b)) => a.cmp(b),
        (Valore::Testo(a), Valore::Testo(b)) => a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| b.cmp(a)),
        (Valore::Data(a), Valore::Data(b)) => a.istante.cmp(&b.istante),
        (Valore::Booleano(a), Valore::Booleano(b)) => a.cmp(b),
        _ => return detto(format!("non si può ordinare {} con {}", a.genere(), b.genere())),
    })
}

fn ordina(chiamata: &mut Chiamata<'_>, elementi: Vec<Valore>, chiave: &dyn Fn(&Valore) -> Esito<Valore>) -> Esito<Valore> {
    let mut con_chiave = elementi.into_iter().map(|v| Ok((chiave(&v)?, v))).collect::<Esito<Vec<_>>>()?;
    let byte: u64 = con_chiave.iter().filter_map(|(chiave, _)| chiave.come_testo()).map(|t| t.len() as u64).sum();
    chiamata.ambiente.consumo.passi(con_chiave.len() as u64 * 8 + byte)?;
    let mut guasto: Option<Guasto> = None;
    con_chiave.sort_by(|(a, _), (b, _)| {
        confronta(a, b).unwrap_or_else(|g| {
            guasto.get_or_insert(g);
            Ordering::Equal
        })
    });
    match guasto {
        Some(guasto) => Err(guasto),
        None => chiamata.ambiente.nuova_sequenza(con_chiave.into_iter().map(|(_, v)| v).collect()),
    }
}

fn ordina_per(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let nome = chiamata.argomento_testo(0)?.to_owned();
    let tutti = elementi(valore)?.to_vec();
    ordina(chiamata, tutti, &|v| match java::membro(v, &nome)? {
        Valore::Nullo => detto(format!("`?sort_by`: a un elemento manca `{nome}`")),
        chiave => Ok(chiave),
    })
}

fn posto(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Option<i64>> {
    let cercato = &chiamata.argomenti[0];
    let elementi = elementi(valore)?;
    percorre(chiamata.ambiente, elementi, cercato)?;
    let trovato = elementi.iter().position(|e| uguali(e, cercato));
    Ok(trovato.and_then(|i| i64::try_from(i).ok()))
}

/// Charges for comparing each element with a value.
pub(crate) fn percorre(ambiente: &mut Ambiente, elementi: &[Valore], cercato: &Valore) -> Esito<()> {
    let byte = cercato.come_testo().map_or(0, str::len) as u64;
    Ok(ambiente.consumo.passi((elementi.len() as u64).saturating_mul(1 + byte / 1024))?)
}

/// Values of different kinds are different, not an error.
pub(crate) fn uguali(a: &Valore, b: &Valore) -> bool {
    match (a, b) {
        (Valore::Testo(a), Valore::Testo(b)) => a == b,
        (Valore::Nullo, Valore::Nullo) => true,
        (Valore::Oggetto(a), Valore::Oggetto(b)) => a.testo().is_some() && a.testo() == b.testo(),
        (Valore::Oggetto(a), Valore::Testo(b)) | (Valore::Testo(b), Valore::Oggetto(a)) => a.testo().as_deref() == Some(&**b),
        _ => confronta(a, b).is_ok_and(|o| o == Ordering::Equal),
    }
}

fn estremo(chiamata: &mut Chiamata<'_>, valore: &Valore, verso: Ordering) -> Esito<Valore> {
    let elementi = elementi(valore)?;
    chiamata.ambiente.consumo.passi(elementi.len() as u64)?;
    let mut scelto = Valore::Nullo;
    for elemento in elementi {
        if scelto.nullo() || confronta(elemento, &scelto)? == verso {
            scelto = elemento.clone();
        }
    }
    Ok(scelto)
}
