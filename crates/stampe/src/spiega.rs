//! What every avviso explains before its codes: head, parties, how much and when, where (spec/3 section 7.1).

use krilla::tagging::Tag;

use crate::avviso::{InformativaImporto, Rata};
use crate::caratteri::Peso;
use crate::elementi::{BLU, CORPO, ETICHETTA, GIUSTEZZA, GRIGIO, MARGINE, VALORE, VIVO, data_italiana, euro, fascia, parti, testata};
use crate::foglio::{Area, Foglio, Lato, Stile};
use crate::impagina::multa;
use crate::lingue::{self, Testo};
use crate::pezzi::Lavoro;

/// Height of the boxes of the parties, and of the same on a page that has little room.
const PARTI: f32 = 92.0;
const PARTI_BASSE: f32 = 72.0;

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Aria {
    /// Between sections.
    pub spazio: f32,
    /// Smaller boxes and one line for the amounts.
    pub stretta: bool,
}

/// Up to two labelled values and a line below them.
pub(crate) struct Quanto {
    voci: Vec<(Testo, String)>,
    nota: Option<Testo>,
}

impl Lavoro<'_> {
    /// Everything above the first line to cut. Returns the y below.
    pub(crate) fn spiega(&self, f: &mut Foglio<'_>, aria: Aria, quanto: &Quanto) -> f32 {
        let y = self.capo(f, aria, &lingue::TITOLO.in_lingua(self.lingua));
        let y = self.quanto_e_quando(f, y + aria.spazio, aria, quanto);
        self.dove(f, y + aria.spazio, aria)
    }

    /// Head and parties.
    pub(crate) fn capo(&self, f: &mut Foglio<'_>, aria: Aria, titolo: &Testo) -> f32 {
        let y = testata(f, &self.dati.ente, self.logo.as_ref(), titolo, &self.oggetto());
        let altezza = if aria.stretta && self.lingua.is_none() { PARTI_BASSE } else { PARTI };
        parti(f, y + aria.spazio, &self.dati.ente, &self.dati.debitore, lingue::DESTINATARIO_AVVISO, self.lingua, altezza)
    }

    /// Of one part alone, and what else there is after it.
    pub(crate) fn quanto_di(&self, i: usize) -> Quanto {
        let pezzo = &self.pezzi[i];
        let mut voci = vec![(lingue::IMPORTO.in_lingua(self.lingua), euro(pezzo.parte.importo))];
        let mut nota = None;
        match (pezzo.parte.entro_il, pezzo.parte.rata) {
            (Some(entro), Rata::Scontato | Rata::Ridotto) if self.pezzi.len() > 1 => {
                voci.push((lingue::ENTRO_IL.in_lingua(self.lingua), data_italiana(entro)));
                nota = Some(pezzo.etichetta(self.lingua));
            }
            (Some(entro), _) => voci.push((lingue::ENTRO_IL.in_lingua(self.lingua), data_italiana(entro))),
            (None, Rata::Unica) if self.lingua.is_some() => voci.push((lingue::ENTRO_IL.in_lingua(self.lingua), "-".to_owned())),
            (None, Rata::Unica) => {}
            (None, _) => nota = Some(pezzo.etichetta(self.lingua)),
        }
        let rate = self.rate();
        if i == 0 && rate.len() > 1 && !matches!(pezzo.parte.rata, Rata::Scontato | Rata::Ridotto) {
            nota = self.nota_rate(rate.len(), pezzo.parte.rata == Rata::Unica, true);
        }
        Quanto { voci, nota }
    }

    /// Of all the parts together. `seguono`: the instalments are on the following pages.
    pub(crate) fn quanto_in_tutto(&self, unica: Option<usize>, seguono: bool) -> Quanto {
        let lingua = self.lingua;
        let rate = self.rate();
        let con_data = |frase: lingue::Frase, data: Option<chrono::NaiveDate>| data.map(|d| (frase.in_lingua(lingua), data_italiana(d)));
        let da = self.pezzi.len() - rate.len();
        let nota = self.nota_rate(rate.len(), unica.is_some(), seguono);
        if let Some(unica) = unica {
            let parte = self.pezzi[unica].parte;
            let voci = std::iter::once((lingue::IMPORTO.in_lingua(lingua), euro(parte.importo))).chain(con_data(lingue::ENTRO_IL, parte.entro_il));
            return Quanto { voci: voci.collect(), nota };
        }
        if self.solo_rate() {
            let totale = self.pezzi[da..].iter().map(|p| p.parte.importo).sum();
            let voci = std::iter::once((lingue::IMPORTO_TOTALE.in_lingua(lingua), euro(totale)));
            return Quanto { voci: voci.chain(con_data(lingue::PRIMA_ENTRO_IL, self.pezzi[da].parte.entro_il)).collect(), nota };
        }
        let voci = self.pezzi[da..].iter().take(2).map(|p| (p.etichetta(lingua), euro(p.parte.importo))).collect();
        Quanto { voci, nota: nota.filter(|_| !multa(&rate)) }
    }

    /// What the parts are, without the rate uniche.
    fn rate(&self) -> Vec<Rata> {
        self.pezzi.iter().map(|p| p.parte.rata).filter(|r| *r != Rata::Unica).collect()
    }

    fn solo_rate(&self) -> bool {
        self.rate().iter().all(|r| matches!(r, Rata::Numero(_)))
    }

    fn nota_rate(&self, n: usize, con_unica: bool, seguono: bool) -> Option<Testo> {
        let frase = match (self.solo_rate(), con_unica, seguono) {
            (true, true, _) => lingue::ANCHE_IN_RATE,
            (true, false, true) => lingue::IN_RATE_SEGUONO,
            (true, false, false) => lingue::IN_RATE,
            (false, ..) => lingue::SECONDO_IL_GIORNO,
        };
        (n > 1).then(|| frase.con(self.lingua, &[&n.to_string()]))
    }

    fn quanto_e_quando(&self, f: &mut Foglio<'_>, y: f32, aria: Aria, quanto: &Quanto) -> f32 {
        const COLONNA: f32 = 215.0;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, lingue::QUANTO.in_lingua(self.lingua), "") + if aria.stretta { aria.spazio * 0.6 } else { aria.spazio };
            let mut sotto = y;
            let larga = if aria.stretta { (COLONNA - 8.0) / 2.0 } else { COLONNA };
            for (i, (etichetta, valore)) in (0_u8..).zip(&quanto.voci) {
                let (grande, corto) = (Stile::nuovo(Peso::Forte, 24.0, BLU).fino_a(9.0), Stile::nuovo(Peso::Forte, 16.0, BLU).fino_a(9.0));
                let coppia = |stile| ((ETICHETTA, etichetta.clone()), (stile, valore.as_str()));
                sotto = if aria.stretta {
                    let (e, v) = coppia(corto);
                    sotto.max(f.coppia(Area::nuova(MARGINE + f32::from(i) * (larga + 8.0), y, larga, 32.0), e, v))
                } else {
                    let (e, v) = coppia(if i == 0 { grande } else { corto });
                    f.coppia(Area::nuova(MARGINE, sotto + f32::from(i) * 2.0, larga, if i == 0 { 44.0 } else { 34.0 }), e, v)
                };
            }
            if let Some(nota) = &quanto.nota {
                let stile = VALORE.corpo(9.5).fino_a(7.0);
                sotto = f.paragrafi(Area::nuova(MARGINE, sotto + 2.0, COLONNA, if self.lingua.is_some() { 36.0 } else { 26.0 }), stile, nota);
            }
            let x = MARGINE + COLONNA + 20.0;
            let altezza = match (self.lingua, aria.stretta) {
                (Some(_), _) => 84.0,
                (None, false) => 66.0,
                (None, true) => 47.0,
            };
            let fondo = f.paragrafi(Area::nuova(x, y + 2.0, MARGINE + GIUSTEZZA - x, altezza), self.corpo().fino_a(5.5), &self.informativa());
            sotto.max(fondo)
        })
    }

    fn informativa(&self) -> Testo {
        match &self.dati.informativa_importo {
            InformativaImporto::Standard => lingue::STANDARD.in_lingua(self.lingua),
            InformativaImporto::Nascosta => Testo::solo(""),
            InformativaImporto::Testo(it) => {
                let seconda = self.dati.seconda_lingua.as_ref();
                let altra = seconda.and_then(|s| s.informativa_importo.as_ref().filter(|t| !t.trim().is_empty()).map(|t| (s.lingua, t.clone())));
                Testo { it: it.clone(), altra }
            }
        }
    }

    /// Running text: smaller when it is there twice.
    fn corpo(&self) -> Stile {
        if self.lingua.is_some() { CORPO.corpo(8.0) } else { CORPO }
    }

    fn dove(&self, f: &mut Foglio<'_>, y: f32, aria: Aria) -> f32 {
        let (online, territorio) = if self.postale { (lingue::ONLINE_POSTE, lingue::TERRITORIO_POSTE) } else { (lingue::ONLINE_ENTE, lingue::TERRITORIO_ENTE) };
        let lingua = self.lingua;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, lingue::DOVE.in_lingua(lingua), lingue::ELENCO.in_lingua(lingua)) + aria.spazio - 2.0;
            let passo = GIUSTEZZA / 2.0;
            let mut sotto = y;
            for (i, (titolo, testo)) in (0_u8..).zip([(lingue::ONLINE, online), (lingue::TERRITORIO, territorio)]) {
                let x = MARGINE + f32::from(i) * passo;
                let largo = passo - 16.0;
                let riga = f.titolo(3, Area::nuova(x, y, largo, 16.0), Stile::nuovo(Peso::Forte, 10.0, VIVO), titolo.in_lingua(lingua));
                let altezza = if lingua.is_some() { 74.0 } else { 60.0 };
                sotto = sotto.max(f.paragrafi(Area::nuova(x, riga + 1.0, largo, altezza), self.corpo().fino_a(6.0), &testo.in_lingua(lingua)));
            }
            let area = Area::nuova(MARGINE, sotto + aria.spazio / 2.0, GIUSTEZZA, 14.0);
            f.dicitura(area, Stile::nuovo(Peso::Medio, 9.0, GRIGIO).lato(Lato::Centro), &lingue::USA_LA_PARTE.in_lingua(lingua))
        })
    }
}
