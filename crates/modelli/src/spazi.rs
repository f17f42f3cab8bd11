//! White space: a line of the template that holds only tags, comments and blanks leaves nothing in the output; `<#t>` and its kin trim the line they are on.

use crate::direttive::{Contenuto, Pezzo, Rifilo, Tag};

/// What a line holds besides blanks.
#[derive(Clone, Copy, Default)]
struct Riga {
    tag: bool,
    scritta: bool,
    rifila_sinistra: bool,
    rifila_destra: bool,
    intatta: bool,
}

/// The text that is left of each piece, in order; empty for pieces that are not text.
pub(crate) fn spoglia(testo: &str, pezzi: &[Pezzo]) -> Vec<String> {
    let inizi: Vec<usize> = std::iter::once(0).chain(testo.match_indices('\n').map(|(qui, _)| qui + 1)).collect();
    let riga_di = |offset: usize| inizi.partition_point(|inizio| *inizio <= offset) - 1;
    let attiva = !pezzi.iter().any(|p| matches!(p.contenuto, Contenuto::Tag(Tag::Intestazione(false))));
    let mut righe = vec![Riga::default(); inizi.len()];
    for pezzo in pezzi {
        let (prima, ultima) = (riga_di(pezzo.da), riga_di(pezzo.a.saturating_sub(1).max(pezzo.da)));
        for (numero, riga) in righe.iter_mut().enumerate().take(ultima + 1).skip(prima) {
            annota(riga, pezzo, || parte(testo, &inizi, pezzo, numero).1.trim().is_empty());
        }
    }
    pezzi
        .iter()
        .map(|pezzo| if matches!(pezzo.contenuto, Contenuto::Testo) { resta(testo, &inizi, &righe, pezzo, riga_di(pezzo.da), attiva) } else { String::new() })
        .collect()
}

fn annota(riga: &mut Riga, pezzo: &Pezzo, bianca: impl Fn() -> bool) {
    match &pezzo.contenuto {
        Contenuto::Testo => riga.scritta |= !bianca(),
        Contenuto::Interpolazione(_) => riga.scritta = true,
        Contenuto::Commento => riga.tag = true,
        Contenuto::Tag(tag) => {
            riga.tag = true;
            if let Tag::Rifila(rifilo) = tag {
                riga.rifila_sinistra |= matches!(rifilo, Rifilo::Entrambi | Rifilo::Sinistra);
                riga.rifila_destra |= matches!(rifilo, Rifilo::Entrambi | Rifilo::Destra);
                riga.intatta |= matches!(rifilo, Rifilo::Niente);
            }
        }
    }
}

/// The part of a piece that is on a line, its line break included, and where it begins.
fn parte<'a>(testo: &'a str, inizi: &[usize], pezzo: &Pezzo, numero: usize) -> (usize, &'a str) {
    let da = pezzo.da.max(inizi[numero]);
    let a = pezzo.a.min(inizi.get(numero + 1).copied().unwrap_or(testo.len()));
    (da, &testo[da..a])
}

fn resta(testo: &str, inizi: &[usize], righe: &[Riga], pezzo: &Pezzo, prima: usize, attiva: bool) -> String {
    let mut resto = String::with_capacity(pezzo.a - pezzo.da);
    for (numero, riga) in righe.iter().enumerate().skip(prima) {
        if inizi[numero] >= pezzo.a {
            break;
        }
        let (da, mut parte) = parte(testo, inizi, pezzo, numero);
        let fine_riga = inizi.get(numero + 1).copied().unwrap_or(testo.len());
        if attiva && riga.tag && !riga.scritta && !riga.intatta {
            continue;
        }
        if riga.rifila_destra && da + parte.len() == fine_riga {
            parte = parte.trim_end();
        }
        if riga.rifila_sinistra && da == inizi[numero] {
            parte = parte.trim_start();
        }
        resto.push_str(parte);
    }
    resto
}
