//! What the prints share: their look, their head, their bands.

use chrono::NaiveDate;
use codici::Importo;
use krilla::image::Image;
use krilla::tagging::Tag;

use crate::caratteri::Peso;
use crate::foglio::{Area, Blocco, Colore, Foglio, LARGHEZZA, Lato, Stile};
use crate::lingue::{COD_FISCALE, ENTE, Frase, Lingua, Testo};
use crate::{Ente, Soggetto};

/// `301000000000000028` -> `3010 0000 0000 0000 28`.
pub(crate) fn gruppi_di_quattro(cifre: &str) -> String {
    let mut gruppi = String::with_capacity(cifre.len() + cifre.len() / 4);
    for (i, c) in cifre.chars().enumerate() {
        if i > 0 && i.is_multiple_of(4) {
            gruppi.push(' ');
        }
        gruppi.push(c);
    }
    gruppi
}

pub(crate) fn data_italiana(data: NaiveDate) -> String {
    data.format("%d/%m/%Y").to_string()
}

pub(crate) fn euro(importo: Importo) -> String {
    format!("{} €", importo.forma_italiana())
}

// The look of our prints. Dark on light is at least 4.5:1 everywhere, also on paper without colours.
pub(crate) const NERO: Colore = Colore(0x12, 0x1F, 0x2B);
pub(crate) const BLU: Colore = Colore(0x17, 0x32, 0x4D);
pub(crate) const VIVO: Colore = Colore(0x00, 0x59, 0xB3);
pub(crate) const GRIGIO: Colore = Colore(0x4C, 0x5D, 0x6B);
pub(crate) const FILO: Colore = Colore(0xB4, 0xC0, 0xCA);
pub(crate) const VELO: Colore = Colore(0xEE, 0xF2, 0xF6);
pub(crate) const BIANCO: Colore = Colore(0xFF, 0xFF, 0xFF);

pub(crate) const MARGINE: f32 = 34.0;
pub(crate) const GIUSTEZZA: f32 = LARGHEZZA - 2.0 * MARGINE;

pub(crate) const ETICHETTA: Stile = Stile::nuovo(Peso::Normale, 8.0, GRIGIO);
pub(crate) const CORPO: Stile = Stile::nuovo(Peso::Normale, 9.25, NERO);
pub(crate) const VALORE: Stile = Stile::nuovo(Peso::Medio, 10.0, NERO);
const FASCIA: Stile = Stile::nuovo(Peso::Forte, 10.5, BIANCO);
pub(crate) const ALTEZZA_FASCIA: f32 = 19.0;

/// Logo, title, subject and the name of the circuit. Returns the y below.
pub(crate) fn testata(f: &mut Foglio<'_>, ente: &Ente, logo: Option<&Image>, titolo: &Testo, oggetto: &Testo) -> f32 {
    let (y, altezza) = (26.0, if oggetto.altra.is_some() { 62.0 } else { 52.0 });
    let mut x = MARGINE;
    if let Some(logo) = logo {
        x += f.immagine(Area::nuova(MARGINE, y, 120.0, altezza), logo, &format!("Logo di {}", ente.denominazione)) + 14.0;
    }
    let marchio = 74.0;
    let largo = MARGINE + GIUSTEZZA - x - marchio;
    let sotto = f.titolo(1, Area::nuova(x, y, largo, 26.0), Stile::nuovo(Peso::Forte, 20.0, BLU).fino_a(14.0), titolo.clone());
    let stile = Stile { interlinea: 1.15, ..Stile::nuovo(Peso::Medio, 11.5, NERO).fino_a(7.0) };
    f.paragrafi(Area::nuova(x, sotto, largo, y + altezza - sotto + 2.0), stile, oggetto);
    f.paragrafo(Area::nuova(MARGINE + GIUSTEZZA - marchio, y, marchio, 26.0), Stile::nuovo(Peso::Forte, 19.0, VIVO).lato(Lato::Destra), "pagoPA");
    y + altezza + 6.0
}

/// Who asks and who owes, side by side.
pub(crate) fn parti(f: &mut Foglio<'_>, y: f32, ente: &Ente, debitore: &Soggetto, titolo_debitore: Frase, lingua: Option<Lingua>, altezza: f32) -> f32 {
    const SPAZIO: f32 = 12.0;
    let largo = (GIUSTEZZA - SPAZIO) / 2.0;
    let settore = ente.settore.iter().map(String::as_str);
    let colonne: [(Frase, &str, &str, Vec<&str>); 2] = [
        (ENTE, ente.dominio.as_str(), &ente.denominazione, settore.chain(ente.righe.iter().map(String::as_str)).collect()),
        (titolo_debitore, &debitore.identificativo, &debitore.anagrafica, debitore.indirizzo.iter().map(String::as_str).collect()),
    ];
    for (i, (titolo, codice, nome, righe)) in (0_u8..).zip(colonne) {
        let x = MARGINE + f32::from(i) * (largo + SPAZIO);
        f.fondo(Area::nuova(x, y, largo, altezza), VELO);
        f.fondo(Area::nuova(x, y, 2.5, altezza), VIVO);
        f.gruppo(Tag::Section, |f| {
            let (x, largo) = (x + 12.0, largo - 22.0);
            // With two languages the title takes the whole line, and the code goes below.
            let parte = if lingua.is_some() { 1.0 } else { 0.46 };
            f.titolo(2, Area::nuova(x, y + 6.0, largo * parte, 14.0), Stile::nuovo(Peso::Forte, 9.0, BLU).fino_a(6.0), titolo.in_lingua(lingua));
            let mut sotto = y + 21.0;
            sotto = f.paragrafo(Area::nuova(x, sotto, largo, 28.0), Stile { interlinea: 1.15, ..VALORE.corpo(11.0).fino_a(6.5) }, nome);
            if !codice.trim().is_empty() {
                let stile = Stile::nuovo(Peso::Normale, 9.0, GRIGIO).fino_a(5.5);
                if lingua.is_some() {
                    sotto = f.coppia_in_riga(Area::nuova(x, sotto, largo, 14.0), stile, &COD_FISCALE.in_lingua(lingua), codice);
                } else {
                    let area = Area::nuova(x + largo * 0.46, y + 6.0, largo * 0.54, 14.0);
                    f.paragrafo(area, stile.lato(Lato::Destra), &format!("{} {codice}", COD_FISCALE.italiano()));
                }
            }
            let righe: Vec<_> = righe.into_iter().filter(|r| !r.trim().is_empty()).take(RIGHE_INDIRIZZO).collect();
            let stile = Stile { interlinea: 1.2, ..CORPO.corpo(8.75).fino_a(5.0) };
            for blocco in Blocco::adatta_insieme(&righe, stile, largo, y + altezza - 3.0 - sotto) {
                sotto = f.blocco(Tag::P.into(), x, sotto, largo, &blocco);
            }
        });
    }
    y + altezza
}

/// Lines under a name: settore, sito, telefono, pec, or an address. More would be too small to read in the box.
const RIGHE_INDIRIZZO: usize = 5;

/// A section begins: band with its title, and a word on the right. Returns the y below.
pub(crate) fn fascia(f: &mut Foglio<'_>, y: f32, titolo: impl Into<Testo>, a_destra: impl Into<Testo>) -> f32 {
    let a_destra = a_destra.into();
    f.fondo(Area::nuova(MARGINE, y, GIUSTEZZA, ALTEZZA_FASCIA), BLU);
    let (x, largo) = (MARGINE + 10.0, GIUSTEZZA - 20.0);
    let dentro = y + (ALTEZZA_FASCIA - FASCIA.corpo * FASCIA.interlinea) / 2.0;
    let parte = if a_destra.vuoto() { 1.0 } else { 0.5 };
    f.titolo(2, Area::nuova(x, dentro, largo * parte, ALTEZZA_FASCIA), FASCIA, titolo);
    if !a_destra.vuoto() {
        let stile = Stile::nuovo(Peso::Medio, 10.0, BIANCO).lato(Lato::Destra);
        f.dicitura_al_centro(Area::nuova(x + largo * 0.5, y, largo * 0.5, ALTEZZA_FASCIA), stile, &a_destra);
    }
    y + ALTEZZA_FASCIA
}

/// A line to cut along, with scissors of our own.
pub(crate) fn forbici(f: &mut Foglio<'_>, y: f32) -> f32 {
    f.spezzata(&[(MARGINE + 14.0, y), (MARGINE + GIUSTEZZA, y)], GRIGIO, 0.6, Some([3.0, 2.5]));
    for verso in [-1.0, 1.0] {
        f.spezzata(&[(MARGINE + 3.5, y + verso * 2.4), (MARGINE + 11.5, y - verso * 2.6)], GRIGIO, 0.9, None);
        let ottagono: Vec<_> = (0_u8..9)
            .map(|i| (f32::from(i) * std::f32::consts::FRAC_PI_4).sin_cos())
            .map(|(s, c)| (MARGINE + 2.0 + 1.8 * c, y + verso * 3.2 + 1.8 * s))
            .collect();
        f.spezzata(&ottagono, GRIGIO, 0.9, None);
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i_gruppi_sono_di_quattro_cifre() {
        assert_eq!(gruppi_di_quattro("301000000000000028"), "3010 0000 0000 0000 28");
        assert_eq!(gruppi_di_quattro(""), "");
    }
}
