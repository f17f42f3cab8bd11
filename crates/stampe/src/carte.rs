//! The pages of an avviso, made of explanations and parts to cut off; and the small parts, when many share a page (spec/3 section 7.1).

use std::ops::Range;

use krilla::tagging::Tag;

use crate::avviso::Rata;
use crate::caratteri::Peso;
use crate::elementi::{BIANCO, BLU, CORPO, ETICHETTA, GIUSTEZZA, GRIGIO, MARGINE, VALORE, VIVO, euro, forbici, gruppi_di_quattro};
use crate::foglio::{ALTEZZA, Area, Foglio, Stile};
use crate::impagina::Carta;
use crate::lingue::{self, Frase, Testo};
use crate::pezzi::{Lavoro, Pezzo, Postale};
use crate::spiega::Aria;
use crate::tagliandi::{LATO_DATAMATRIX, LATO_QR, QUIETE};

const LARGA: Aria = Aria { spazio: 20.0, stretta: false };
const MEDIA: Aria = Aria { spazio: 11.0, stretta: false };
const POCA: Aria = Aria { spazio: 7.0, stretta: false };
const STRETTA: Aria = Aria { spazio: 6.0, stretta: true };

/// Space between two columns of parts; a line to cut runs in its middle.
const CANALE: f32 = 16.0;
/// Of a small part in a column.
const ALTEZZA_BLOCCO: f32 = 231.0;
const FASCIA_BLOCCO: f32 = 16.0;
const PICCOLA: Stile = ETICHETTA.corpo(6.75);
const VALORINO: Stile = VALORE.corpo(8.5).fino_a(5.0);

impl Lavoro<'_> {
    /// Returns the y below the lowest ink.
    pub(crate) fn disegna(&self, f: &mut Foglio<'_>, carta: &Carta) -> f32 {
        match carta {
            Carta::Singola(i) => self.singola(f, *i),
            Carta::Prima { unica, rate } => self.prima(f, *unica, rate),
            Carta::Griglia { rate, colonne } => self.griglia(f, rate, *colonne),
            Carta::Riassunto => self.spiega(f, LARGA, &self.quanto_in_tutto(None, true)),
            Carta::Righe { rate, prima } => self.righe(f, rate, *prima),
        }
    }

    fn singola(&self, f: &mut Foglio<'_>, i: usize) -> f32 {
        let pezzo = &self.pezzi[i];
        // Without the bollettino there is a third more room: the sections breathe.
        let aria = match (self.postale, self.lingua) {
            (false, None) => LARGA,
            (true, None) | (false, Some(_)) => MEDIA,
            (true, Some(_)) => POCA,
        };
        let y = self.spiega(f, aria, &self.quanto_di(i));
        let y = self.banche(f, y + aria.spazio, aria, pezzo);
        pezzo.postale.as_ref().map_or(y, |postale| self.bollettino(f, y + aria.spazio, pezzo, postale))
    }

    fn prima(&self, f: &mut Foglio<'_>, unica: Option<usize>, rate: &Range<usize>) -> f32 {
        let aria = if unica.is_some() { POCA } else { LARGA };
        let seguono = rate.end < self.pezzi.len();
        let mut y = self.spiega(f, aria, &self.quanto_in_tutto(unica, seguono));
        if let Some(unica) = unica {
            y = self.banche(f, y + aria.spazio, aria, &self.pezzi[unica]);
        }
        y = forbici(f, y + aria.spazio) + aria.spazio;
        self.in_colonne(f, y, &self.pezzi[rate.clone()], rate.len().max(2));
        y + ALTEZZA_BLOCCO
    }

    fn griglia(&self, f: &mut Foglio<'_>, rate: &Range<usize>, colonne: usize) -> f32 {
        let mut y = self.testatina(f, rate);
        for (i, riga) in self.pezzi[rate.clone()].chunks(colonne).enumerate() {
            y = if i == 0 { y + 10.0 } else { forbici(f, y + 6.0) + 6.0 };
            self.in_colonne(f, y, riga, colonne);
            y += ALTEZZA_BLOCCO;
        }
        y
    }

    /// The head of a page that goes on: who asks is on every part, so a line is enough.
    fn testatina(&self, f: &mut Foglio<'_>, rate: &Range<usize>) -> f32 {
        let y = 26.0;
        let marchio = 60.0;
        let stile = Stile::nuovo(Peso::Forte, 14.0, BLU).fino_a(9.0);
        let sotto = f.titolo(1, Area::nuova(MARGINE, y, GIUSTEZZA - marchio, 20.0), stile, self.titolo_rate(rate));
        let testo = format!("{} - {}", self.dati.ente.denominazione, self.dati.oggetto);
        let oggetto = CORPO.peso(Peso::Medio).fino_a(6.0);
        let fondo = f.paragrafo(Area::nuova(MARGINE, sotto, GIUSTEZZA - marchio, 14.0), oggetto, &testo);
        let pagopa = Stile::nuovo(Peso::Forte, 15.0, VIVO).lato(crate::foglio::Lato::Destra);
        f.paragrafo(Area::nuova(MARGINE + GIUSTEZZA - marchio, y, marchio, 20.0), pagopa, "pagoPA");
        fondo
    }

    fn titolo_rate(&self, rate: &Range<usize>) -> Testo {
        let numero = |p: &Pezzo<'_>| if let Rata::Numero(n) = p.parte.rata { Some(n.to_string()) } else { None };
        let numeri: Option<Vec<_>> = self.pezzi[rate.clone()].iter().map(numero).collect();
        match numeri.as_deref() {
            Some([prima, .., ultima]) => lingue::TITOLO_RATE.con(self.lingua, &[&format!("{prima} - {ultima}")]),
            _ => lingue::ALTRE_SCADENZE.in_lingua(self.lingua),
        }
    }

    fn in_colonne(&self, f: &mut Foglio<'_>, y: f32, pezzi: &[Pezzo<'_>], colonne: usize) {
        #[expect(clippy::cast_precision_loss, reason = "two or three columns")]
        let n = colonne as f32;
        let largo = (GIUSTEZZA - CANALE * (n - 1.0)) / n;
        let mut x = MARGINE;
        for (i, pezzo) in pezzi.iter().enumerate() {
            if i > 0 {
                taglio(f, x - CANALE / 2.0, y, ALTEZZA_BLOCCO);
            }
            self.blocco(f, Area::nuova(x, y, largo, ALTEZZA_BLOCCO), pezzo);
            x += largo + CANALE;
        }
    }

    /// A part in a column: QR code with the short values beside it, the long ones below.
    fn blocco(&self, f: &mut Foglio<'_>, area: Area, pezzo: &Pezzo<'_>) {
        let (d, lingua) = (self.dati, self.lingua);
        f.gruppo(Tag::Section, |f| {
            let Area { x, y, larghezza, .. } = area;
            f.fondo(Area { altezza: FASCIA_BLOCCO, ..area }, BLU);
            let titolo = Area::nuova(x + 6.0, y + 2.5, larghezza - 12.0, FASCIA_BLOCCO - 3.0);
            f.titolo(2, titolo, Stile::nuovo(Peso::Forte, 9.0, BIANCO).fino_a(5.5), pezzo.etichetta_e_data(lingua));
            let y = y + FASCIA_BLOCCO + QUIETE;
            pezzo.codice_qr(f, x + 4.0, y);

            let a_destra = x + 4.0 + LATO_QR + QUIETE;
            let largo = x + larghezza - a_destra;
            let importo = Stile::nuovo(Peso::Forte, 14.0, BLU).fino_a(6.0);
            let mut sotto =
                f.coppia(Area::nuova(a_destra, y, largo, 30.0), (PICCOLA, lingue::IMPORTO.in_lingua(lingua)), (importo, &euro(pezzo.parte.importo)));
            let cbill = d.ente.cbill.clone().unwrap_or_default();
            for (etichetta, valore) in [(lingue::CODICE_FISCALE_ENTE, d.ente.dominio.to_string()), (lingue::CODICE_CBILL, cbill)] {
                sotto = f.coppia(Area::nuova(a_destra, sotto + 4.0, largo, 20.0), (PICCOLA, etichetta.in_lingua(lingua)), (VALORINO, &valore));
            }
            let mut sotto = y + LATO_QR + QUIETE - 2.0;
            let codice = gruppi_di_quattro(pezzo.parte.numero_avviso.as_str());
            for (etichetta, valore, stile, altezza) in [
                (lingue::CODICE_AVVISO, &codice, VALORE.fino_a(7.0), 22.0),
                (lingue::DESTINATARIO, &d.debitore.anagrafica, VALORINO, 20.5),
                (lingue::ENTE_CREDITORE, &d.ente.denominazione, VALORINO, 20.5),
                (lingue::OGGETTO, &d.oggetto, VALORINO, 31.0),
            ] {
                f.coppia(Area::nuova(x, sotto, larghezza, altezza), (PICCOLA, etichetta.in_lingua(lingua)), (stile, valore));
                sotto += altezza;
            }
        });
    }

    /// Parts one under the other, with the bollettino beside the QR code when there is one.
    fn righe(&self, f: &mut Foglio<'_>, rate: &Range<usize>, prima: bool) -> f32 {
        let mut y = if prima {
            self.spiega(f, STRETTA, &self.quanto_in_tutto(None, rate.end < self.pezzi.len()))
        } else {
            self.capo(f, if rate.len() > 2 || self.postale { MEDIA } else { LARGA }, &self.titolo_rate(rate))
        };
        // A first page has none to spare; a following one shares out what is left.
        let spazio = if prima { 5.0 } else { 14.0 };
        for pezzo in &self.pezzi[rate.clone()] {
            y = match &pezzo.postale {
                Some(postale) => self.riga_postale(f, y + spazio, pezzo, postale, spazio),
                None => self.banche(f, y + spazio, LARGA, pezzo),
            };
        }
        y
    }

    fn riga_postale(&self, f: &mut Foglio<'_>, y: f32, pezzo: &Pezzo<'_>, postale: &Postale<'_>, spazio: f32) -> f32 {
        let y = forbici(f, y) + spazio.max(5.0);
        let largo = (GIUSTEZZA - CANALE) / 2.0;
        let destra = MARGINE + largo + CANALE;
        f.gruppo(Tag::Section, |f| {
            f.fondo(Area::nuova(MARGINE, y, GIUSTEZZA, FASCIA_BLOCCO), BLU);
            let titolo = Area::nuova(MARGINE + 10.0, y + 2.5, GIUSTEZZA - 20.0, FASCIA_BLOCCO);
            f.titolo(2, titolo, Stile::nuovo(Peso::Forte, 9.5, BIANCO).fino_a(6.0), pezzo.etichetta_e_data(self.lingua));
            let y = y + FASCIA_BLOCCO + 3.0;
            let fondo = f.gruppo(Tag::Section, |f| self.mezza_banche(f, Area::nuova(MARGINE, y, largo, 0.0), pezzo));
            let fondo = fondo.max(f.gruppo(Tag::Section, |f| self.mezzo_bollettino(f, Area::nuova(destra, y, largo, 0.0), pezzo, postale)));
            taglio(f, destra - CANALE / 2.0, y, fondo - y);
            fondo
        })
    }

    fn mezza_banche(&self, f: &mut Foglio<'_>, area: Area, pezzo: &Pezzo<'_>) -> f32 {
        let d = self.dati;
        let y = self.sottotitolo(f, area, lingue::BANCHE);
        pezzo.codice_qr(f, area.x, y + 2.0);
        let x = area.x + LATO_QR + QUIETE;
        let largo = area.larghezza - LATO_QR - QUIETE;
        let codice = gruppi_di_quattro(pezzo.parte.numero_avviso.as_str());
        let cbill = d.ente.cbill.clone().unwrap_or_default();
        let importo = Stile::nuovo(Peso::Forte, 12.0, BLU).fino_a(7.0);
        let mut sotto = self.campo(f, Area::nuova(x, y, largo, 23.0), lingue::IMPORTO, importo, &euro(pezzo.parte.importo));
        sotto = self.campo(f, Area::nuova(x, sotto, largo, 19.0), lingue::CODICE_AVVISO, VALORE.corpo(9.5).fino_a(7.0), &codice);
        let (sinistra, destra) = (largo * 0.6, largo * 0.4);
        let a = self.campo(f, Area::nuova(x, sotto, sinistra - 4.0, 19.0), lingue::CODICE_FISCALE_ENTE, VALORINO, &d.ente.dominio.to_string());
        let b = self.campo(f, Area::nuova(x + sinistra, sotto, destra, 19.0), lingue::CODICE_CBILL, VALORINO, &cbill);
        sotto = self.campo(f, Area::nuova(x, a.max(b), largo, 19.0), lingue::DESTINATARIO, VALORINO, &d.debitore.anagrafica);
        sotto = self.campo(f, Area::nuova(x, sotto, largo, 30.0), lingue::OGGETTO, VALORINO, &d.oggetto);
        sotto.max(y + 2.0 + LATO_QR)
    }

    fn mezzo_bollettino(&self, f: &mut Foglio<'_>, area: Area, pezzo: &Pezzo<'_>, postale: &Postale<'_>) -> f32 {
        let d = self.dati;
        let y = self.sottotitolo(f, area, lingue::BOLLETTINO);
        let x = area.x;
        let largo = area.larghezza - LATO_DATAMATRIX - QUIETE;
        let codice = gruppi_di_quattro(pezzo.parte.numero_avviso.as_str());
        let importo = Stile::nuovo(Peso::Forte, 12.0, BLU).fino_a(6.0);
        let (larga, corta) = (largo * 0.57, largo * 0.43);
        let a = self.campo(f, Area::nuova(x, y, corta - 3.0, 23.0), lingue::IMPORTO, importo, &euro(pezzo.parte.importo));
        let b = self.campo(f, Area::nuova(x + corta, y, larga, 23.0), lingue::CONTO, VALORE.corpo(9.0).fino_a(6.0), &postale.conto);
        let mut sotto = self.campo(f, Area::nuova(x, a.max(b), largo, 18.0), lingue::INTESTATO, VALORINO, &postale.dati.intestatario);
        let avviso = self.campo(f, Area::nuova(x, sotto, largo * 0.76 - 3.0, 18.0), lingue::CODICE_AVVISO, VALORINO, &codice);
        let tipo = self.campo(f, Area::nuova(x + largo * 0.76, sotto, largo * 0.24, 18.0), lingue::TIPO, VALORINO, "P1");
        sotto = self.campo(f, Area::nuova(x, avviso.max(tipo), largo, 18.0), lingue::DESTINATARIO, VALORINO, &d.debitore.anagrafica);
        sotto = self.campo(f, Area::nuova(x, sotto, largo, 18.0), lingue::OGGETTO, VALORINO, &d.oggetto);
        pezzo.codice_datamatrix(f, x + area.larghezza - LATO_DATAMATRIX, y + 2.0, postale);
        let y = sotto.max(y + 2.0 + LATO_DATAMATRIX + 3.0);
        let parte = area.larghezza * 0.7;
        let a = self.campo(f, Area::nuova(x, y, parte, 22.0), lingue::CODICE_PAGAMENTO, VALORE.corpo(6.75).fino_a(5.5), &postale.codeline);
        let area = Area::nuova(x + parte + 6.0, y, area.larghezza - parte - 6.0, 20.0);
        a.max(self.campo(f, area, lingue::AUTORIZZAZIONE, CORPO.corpo(6.5).fino_a(4.5), &postale.dati.autorizzazione))
    }

    fn sottotitolo(&self, f: &mut Foglio<'_>, area: Area, frase: Frase) -> f32 {
        let stile = Stile::nuovo(Peso::Forte, 8.5, VIVO).fino_a(6.0);
        f.titolo(3, Area { altezza: 12.0, ..area }, stile, frase.in_lingua(self.lingua))
    }

    fn campo(&self, f: &mut Foglio<'_>, area: Area, etichetta: Frase, stile: Stile, valore: &str) -> f32 {
        f.coppia(area, (PICCOLA, etichetta.in_lingua(self.lingua)), (stile, valore))
    }
}

/// A line to cut along, from top to bottom.
fn taglio(f: &mut Foglio<'_>, x: f32, y: f32, altezza: f32) {
    f.spezzata(&[(x, y), (x, (y + altezza).min(ALTEZZA))], GRIGIO, 0.6, Some([3.0, 2.5]));
}
