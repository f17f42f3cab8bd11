//! Built-ins of numbers.

use super::{Chiamata, Voce, voce, vuoto};
use crate::errori::{Esito, detto};
use crate::numero::{Arrotonda, Numero};
use crate::valori::Valore;

pub(super) const VOCI: &[Voce] = &[
    voce("number", 0, 0, numero),
    voce("int", 0, 0, tronca),
    voce("long", 0, 0, tronca),
    voce("short", 0, 0, tronca),
    voce("byte", 0, 0, tronca),
    voce("double", 0, 0, decimale),
    voce("float", 0, 0, decimale),
    voce("abs", 0, 0, |c, v| Ok(c.numero(v)?.assoluto().into())),
    voce("round", 0, 0, arrotonda),
    voce("floor", 0, 0, |c, v| Ok(c.numero(v)?.arrotondato(0, Arrotonda::Giu).into())),
    voce("ceiling", 0, 0, |c, v| Ok(c.numero(v)?.arrotondato(0, Arrotonda::Su).into())),
    voce("is_nan", 0, 0, |c, v| c.numero(v).map(|_| false.into())),
    voce("is_infinite", 0, 0, |c, v| c.numero(v).map(|_| false.into())),
];

fn numero(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    if let Valore::Numero(_) = valore {
        return vuoto(chiamata, valore);
    }
    let testo = chiamata.soggetto(valore)?;
    Numero::leggi(&testo).map_or_else(|| detto("`?number`: il testo non è un numero (si scrive con il punto, senza migliaia)"), |n| Ok(n.into()))
}

/// Dates become their milliseconds.
fn tronca(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    if let Valore::Data(d) = valore {
        return Ok(d.istante.timestamp_millis().into());
    }
    Ok(chiamata.numero(valore)?.arrotondato(0, Arrotonda::Tronca).into())
}

fn decimale(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    Ok(chiamata.numero(valore)?.into())
}

/// Half goes up, as `Math.round` does, also below zero.
fn arrotonda(chiamata: &mut Chiamata<'_>, valore: &Valore) -> Esito<Valore> {
    let numero = chiamata.numero(valore)?;
    let mezzo = Numero::leggi("0.5").unwrap_or(Numero::ZERO);
    Ok(numero.piu(mezzo).unwrap_or(numero).arrotondato(0, Arrotonda::Giu).into())
}
