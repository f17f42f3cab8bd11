//! Which part of a documento goes on which page (spec/3 section 7.1): numbers only, no ink.

use std::ops::Range;

use crate::avviso::Rata;

/// Blocks of a full page of instalments, in three columns.
const PER_GRIGLIA: usize = 9;

/// What a page holds; numbers are positions in the parts, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Carta {
    /// One part, with all that explains it.
    Singola(usize),
    /// The explanations, the rata unica if there is one, then up to three parts side by side.
    Prima { unica: Option<usize>, rate: Range<usize> },
    /// Up to nine parts in two or three columns.
    Griglia { rate: Range<usize>, colonne: usize },
    /// Total and first date of instalments that all follow.
    Riassunto,
    /// Up to three parts one under the other; the first page of them has the explanations too.
    Righe { rate: Range<usize>, prima: bool },
}

/// What decides the layout, beside the number of parts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Modo {
    /// Every part has a bollettino.
    pub postale: bool,
    pub bilingue: bool,
}

/// Whether the parts are the two amounts of a fine and nothing else.
pub(crate) fn multa(parti: &[Rata]) -> bool {
    matches!(parti, [Rata::Scontato, Rata::Ridotto])
}

/// `parti` sorted by [`Rata::posto`], at least one.
pub(crate) fn impagina(parti: &[Rata], modo: Modo) -> Vec<Carta> {
    let n = parti.len();
    let uniche = parti.iter().take_while(|r| **r == Rata::Unica).count();
    if n == 1 || uniche == n || (modo.postale && multa(parti)) {
        return (0..n).map(Carta::Singola).collect();
    }
    if modo.postale {
        postali(uniche, n, modo.bilingue)
    } else if modo.bilingue {
        bilingui(uniche, n)
    } else {
        semplici(uniche, n)
    }
}

/// A single rata unica shares the first page; if there are more, each has its own.
fn semplici(uniche: usize, n: usize) -> Vec<Carta> {
    let (mut carte, unica) = if uniche == 1 { (vec![], Some(0)) } else { ((0..uniche).map(Carta::Singola).collect(), None) };
    let rate = n - uniche;
    let prime = match rate {
        ..=3 => rate,
        _ if (rate - 4).is_multiple_of(PER_GRIGLIA) || (rate + 1).is_multiple_of(PER_GRIGLIA) => 2,
        _ => 3,
    };
    carte.push(Carta::Prima { unica, rate: uniche..uniche + prime });
    let mut da = uniche + prime;
    while da < n {
        let quante = (n - da).min(PER_GRIGLIA);
        let colonne = if quante < 6 && !quante.is_multiple_of(3) { 2 } else { 3 };
        carte.push(Carta::Griglia { rate: da..da + quante, colonne });
        da += quante;
    }
    carte
}

/// Two a page until what is left is a multiple of three, then three a page; with two languages, always two.
fn postali(uniche: usize, n: usize, bilingue: bool) -> Vec<Carta> {
    let mut carte: Vec<_> = (0..uniche).map(Carta::Singola).collect();
    let mut da = uniche;
    while da < n {
        let resto = n - da;
        if resto == 1 {
            carte.push(Carta::Singola(da));
            break;
        }
        let quante = if bilingue || !resto.is_multiple_of(3) { 2 } else { 3 };
        carte.push(Carta::Righe { rate: da..da + quante, prima: carte.is_empty() });
        da += quante;
    }
    carte
}

/// Rata unica pages; else a summary when the parts are even, the first part alone when they are odd. Then two a page, the last alone.
fn bilingui(uniche: usize, n: usize) -> Vec<Carta> {
    let mut carte: Vec<_> = (0..uniche).map(Carta::Singola).collect();
    let mut da = uniche;
    if uniche == 0 && n.is_multiple_of(2) {
        carte.push(Carta::Riassunto);
    } else if uniche == 0 {
        carte.push(Carta::Singola(0));
        da = 1;
    }
    while da + 1 < n {
        carte.push(Carta::Righe { rate: da..da + 2, prima: false });
        da += 2;
    }
    carte.extend((da..n).map(Carta::Singola));
    carte
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(uniche: usize, n: u32) -> Vec<Rata> {
        std::iter::repeat_n(Rata::Unica, uniche).chain((1..=n).map(Rata::Numero)).collect()
    }

    /// How many parts each page has, as `u` for a single page, `p` for a first one, `g` and its columns for a grid, `s` for a summary, `r` for rows.
    fn scritta(carte: &[Carta]) -> String {
        let una = |c: &Carta| match c {
            Carta::Singola(_) => "u".to_owned(),
            Carta::Prima { unica, rate } => format!("p{}{}", if unica.is_some() { "u" } else { "" }, rate.len()),
            Carta::Griglia { rate, colonne } => format!("g{}/{colonne}", rate.len()),
            Carta::Riassunto => "s".to_owned(),
            Carta::Righe { rate, prima } => format!("r{}{}", rate.len(), if *prima { "!" } else { "" }),
        };
        carte.iter().map(una).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn le_rate_senza_bollettino_vanno_in_griglia() {
        for (n, atteso) in [
            (1, "u"),
            (2, "p2"),
            (3, "p3"),
            (4, "p2 g2/2"),
            (5, "p3 g2/2"),
            (6, "p3 g3/3"),
            (7, "p3 g4/2"),
            (8, "p2 g6/3"),
            (9, "p3 g6/3"),
            (11, "p3 g8/3"),
            (12, "p3 g9/3"),
            (13, "p2 g9/3 g2/2"),
            (14, "p3 g9/3 g2/2"),
            (17, "p2 g9/3 g6/3"),
            (21, "p3 g9/3 g9/3"),
        ] {
            assert_eq!(scritta(&impagina(&rate(0, n), Modo::default())), atteso, "{n} rate");
        }
        assert_eq!(scritta(&impagina(&rate(1, 4), Modo::default())), "pu2 g2/2");
        assert_eq!(scritta(&impagina(&rate(2, 3), Modo::default())), "u u p3");
        assert_eq!(scritta(&impagina(&rate(3, 0), Modo::default())), "u u u");
    }

    #[test]
    fn le_rate_con_bollettino_sono_due_o_tre_per_pagina() {
        let modo = Modo { postale: true, bilingue: false };
        for (n, atteso) in [(1, "u"), (2, "r2!"), (3, "r3!"), (4, "r2! r2"), (5, "r2! r3"), (7, "r2! r2 r3"), (9, "r3! r3 r3")] {
            assert_eq!(scritta(&impagina(&rate(0, n), modo)), atteso, "{n} rate");
        }
        assert_eq!(scritta(&impagina(&rate(1, 3), modo)), "u r3");
        assert_eq!(scritta(&impagina(&rate(1, 1), modo)), "u u");
        assert_eq!(scritta(&impagina(&rate(0, 5), Modo { bilingue: true, ..modo })), "r2! r2 u");
    }

    #[test]
    fn in_due_lingue_le_rate_sono_due_per_pagina() {
        let modo = Modo { postale: false, bilingue: true };
        for (n, atteso) in [(1, "u"), (2, "s r2"), (3, "u r2"), (4, "s r2 r2"), (5, "u r2 r2")] {
            assert_eq!(scritta(&impagina(&rate(0, n), modo)), atteso, "{n} rate");
        }
        assert_eq!(scritta(&impagina(&rate(1, 3), modo)), "u r2 u");
    }

    #[test]
    fn una_multa_e_una_pagina_o_due_con_il_bollettino() {
        let multa = [Rata::Scontato, Rata::Ridotto];
        assert_eq!(scritta(&impagina(&multa, Modo::default())), "p2");
        assert_eq!(scritta(&impagina(&multa, Modo { postale: true, bilingue: false })), "u u");
    }

    #[test]
    fn le_soglie_seguono_i_giorni_e_la_rata_unica_viene_prima() {
        let mut parti =
            [Rata::Ridotto, Rata::OltreGiorni(5), Rata::EntroGiorni(60), Rata::Numero(2), Rata::Scontato, Rata::EntroGiorni(5), Rata::Unica, Rata::Numero(1)];
        parti.sort_by_key(|r| r.posto());
        let atteso =
            [Rata::Unica, Rata::Numero(1), Rata::Numero(2), Rata::EntroGiorni(5), Rata::OltreGiorni(5), Rata::EntroGiorni(60), Rata::Scontato, Rata::Ridotto];
        assert_eq!(parti, atteso);
    }

    proptest! {
        #[test]
        fn ogni_parte_e_stampata_una_volta_e_in_ordine(uniche in 0_usize..4, n in 0_u32..200, postale: bool, bilingue: bool) {
            prop_assume!(uniche + n as usize > 0);
            let parti = rate(uniche, n);
            let stampate: Vec<usize> = impagina(&parti, Modo { postale, bilingue })
                .into_iter()
                .flat_map(|c| match c {
                    Carta::Singola(i) => vec![i],
                    Carta::Prima { unica, rate } => unica.into_iter().chain(rate).collect(),
                    Carta::Griglia { rate, .. } | Carta::Righe { rate, .. } => rate.collect(),
                    Carta::Riassunto => vec![],
                })
                .collect();
            prop_assert_eq!(stampate, (0..parti.len()).collect::<Vec<_>>());
        }
    }
}
