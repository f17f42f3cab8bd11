//! Texts in one language or in two on the page: the second language beside Italian if the line holds both, else under it, and always with its own `Lang`.

use krilla::tagging::{Tag, TagKind};
use std::num::NonZeroU16;

use crate::caratteri::{Peso, pulisci};
use crate::foglio::{Area, Blocco, Foglio, Lato, Stile};
use crate::lingue::{Lingua, Testo};

/// How much smaller a line may become before its two languages are put on two lines.
const RIDUZIONE: f32 = 0.75;

impl From<&str> for Testo {
    fn from(it: &str) -> Self {
        Self::solo(it)
    }
}

/// A short text that was given a size.
pub(crate) struct Scritta {
    it: Blocco,
    altra: Option<(Lingua, Blocco)>,
    in_linea: bool,
}

impl Scritta {
    pub(crate) fn adatta(testo: &Testo, stile: Stile, larghezza: f32, altezza: f32) -> Self {
        let Some((lingua, altra)) = &testo.altra else {
            return Self { it: Blocco::adatta(&testo.it, stile, larghezza, altezza), altra: None, in_linea: true };
        };
        let minimo = stile.corpo_minimo.min(stile.corpo * RIDUZIONE);
        let (it, seconda) = (Blocco::riga(&testo.it, stile).continua(), Blocco::riga(&format!("/ {altra}"), secondo(stile)));
        let corpo = stile.corpo * (larghezza / (it.larghezza() + seconda.larghezza())).min(1.0);
        if corpo >= minimo {
            return Self { it: it.a_corpo(corpo), altra: Some((*lingua, seconda.a_corpo(corpo))), in_linea: true };
        }
        let stile = stile.fino_a(stile.corpo_minimo.min(stile.corpo * 0.6));
        let it = Blocco::adatta(&testo.it, stile, larghezza, altezza / 2.0).continua();
        let seconda = Blocco::adatta(altra, secondo(stile), larghezza, altezza / 2.0);
        Self { it, altra: Some((*lingua, seconda)), in_linea: false }
    }

    fn altezza(&self) -> f32 {
        match &self.altra {
            Some((_, altra)) if !self.in_linea => self.it.altezza() + altra.altezza(),
            _ => self.it.altezza(),
        }
    }

    pub(crate) fn continua(mut self) -> Self {
        match &mut self.altra {
            Some((_, ultima)) => ultima.chiudi_con_spazio(),
            None => self.it.chiudi_con_spazio(),
        }
        self
    }
}

/// The other language is never louder than Italian.
fn secondo(stile: Stile) -> Stile {
    if stile.peso == Peso::Forte { stile.peso(Peso::Medio) } else { stile }
}

/// `tag` for text of another language than Italian.
fn in_lingua(tag: impl Into<TagKind>, lingua: Lingua) -> TagKind {
    let mut tag = tag.into();
    tag.as_any_mut().set_lang(Some(lingua.codice().to_owned()));
    tag
}

impl Foglio<'_> {
    /// One tag for both languages, each in a span of its own; returns the y below.
    fn scritta(&mut self, tag: impl Into<TagKind>, x: f32, y: f32, larghezza: f32, scritta: &Scritta) -> f32 {
        let Some((lingua, altra)) = &scritta.altra else {
            return self.blocco(tag.into(), x, y, larghezza, &scritta.it);
        };
        self.gruppo(tag, |f| {
            if !scritta.in_linea {
                let sotto = f.blocco(Tag::Span.into(), x, y, larghezza, &scritta.it);
                return f.blocco(in_lingua(Tag::Span, *lingua), x, sotto, larghezza, altra);
            }
            let (prima, dopo) = (scritta.it.larghezza(), altra.larghezza());
            let x = match scritta.it.lato() {
                Lato::Sinistra => x,
                Lato::Centro => x + (larghezza - prima - dopo) / 2.0,
                Lato::Destra => x + larghezza - prima - dopo,
            };
            let sotto = f.blocco_a_sinistra(Tag::Span.into(), x, y, &scritta.it);
            f.blocco_a_sinistra(in_lingua(Tag::Span, *lingua), x + prima, y, altra);
            sotto
        })
    }

    /// A heading, and its bookmark in Italian.
    pub(crate) fn titolo(&mut self, livello: u16, area: Area, stile: Stile, testo: impl Into<Testo>) -> f32 {
        let testo = testo.into();
        let scritta = Scritta::adatta(&testo, stile, area.larghezza, area.altezza);
        let nome = pulisci(&testo.it);
        let livello = NonZeroU16::new(livello).unwrap_or(NonZeroU16::MIN);
        self.segnalibro(livello.get(), &nome, area.y);
        self.scritta(Tag::Hn(livello, Some(nome)), area.x, area.y, area.larghezza, &scritta)
    }

    /// A line or two of fixed text, read as one paragraph. An empty text draws nothing.
    pub(crate) fn dicitura(&mut self, area: Area, stile: Stile, testo: &Testo) -> f32 {
        let scritta = Scritta::adatta(testo, stile, area.larghezza, area.altezza);
        self.scritta(Tag::P, area.x, area.y, area.larghezza, &scritta)
    }

    /// As [`Self::dicitura`], in the middle of the height.
    pub(crate) fn dicitura_al_centro(&mut self, area: Area, stile: Stile, testo: &Testo) -> f32 {
        let scritta = Scritta::adatta(testo, stile, area.larghezza, area.altezza);
        let y = area.y + (area.altezza - scritta.altezza()) / 2.0;
        self.scritta(Tag::P, area.x, y, area.larghezza, &scritta)
    }

    /// A paragraph for each language, one under the other and at one size; returns the y below.
    pub(crate) fn paragrafi(&mut self, area: Area, stile: Stile, testo: &Testo) -> f32 {
        let Some((lingua, altra)) = &testo.altra else { return self.paragrafo(area, stile, &testo.it) };
        let blocchi = Blocco::adatta_insieme(&[&testo.it, altra], stile, area.larghezza, area.altezza - STACCO);
        let tag = [Tag::P.into(), in_lingua(Tag::P, *lingua)];
        let mut y = area.y - STACCO;
        for (blocco, tag) in blocchi.iter().zip(tag) {
            y = self.blocco(tag, area.x, y + STACCO, area.larghezza, blocco);
        }
        y
    }

    /// A label with its value below, read as one paragraph. Nothing at all without a value.
    pub(crate) fn coppia(&mut self, area: Area, (stile_e, etichetta): (Stile, impl Into<Testo>), (stile_v, valore): (Stile, &str)) -> f32 {
        if pulisci(valore).is_empty() {
            return area.y;
        }
        let e = Scritta::adatta(&etichetta.into(), stile_e, area.larghezza, stile_e.corpo * stile_e.interlinea * 2.0).continua();
        let v = Blocco::adatta(valore, stile_v, area.larghezza, area.altezza - stile_e.corpo * stile_e.interlinea);
        self.gruppo(Tag::P, |f| {
            let sotto = f.scritta(Tag::Span, area.x, area.y, area.larghezza, &e);
            f.blocco(Tag::Span.into(), area.x, sotto, area.larghezza, &v)
        })
    }

    /// A label and its value on one line.
    pub(crate) fn coppia_in_riga(&mut self, area: Area, stile: Stile, etichetta: &Testo, valore: &str) -> f32 {
        let e = Scritta::adatta(etichetta, stile, area.larghezza * 0.6, area.altezza).continua();
        let largo = e.it.larghezza() + e.altra.as_ref().map_or(0.0, |(_, b)| b.larghezza());
        let v = Blocco::adatta(valore, stile, area.larghezza - largo, area.altezza);
        self.gruppo(Tag::P, |f| {
            f.scritta(Tag::Span, area.x, area.y, area.larghezza, &e);
            f.blocco(Tag::Span.into(), area.x + largo, area.y, area.larghezza - largo, &v)
        })
    }
}

/// Space between the paragraphs of two languages.
const STACCO: f32 = 3.0;
