//! The parts to cut off, as wide as the page: banks with the QR code, post offices with the DataMatrix (spec/3 section 7.1).

use krilla::tagging::Tag;

use crate::caratteri::Peso;
use crate::elementi::{BLU, CORPO, ETICHETTA, FILO, GIUSTEZZA, MARGINE, NERO, VALORE, data_italiana, euro, fascia, forbici, gruppi_di_quattro};
use crate::foglio::{Area, Foglio, Stile};
use crate::lingue::{self, Testo};
use crate::pezzi::{Lavoro, Pezzo, Postale};
use crate::spiega::Aria;

/// 33 modules of 3 points, as the guide to the avviso asks.
pub(crate) const LATO_QR: f32 = 99.0;
pub(crate) const LATO_DATAMATRIX: f32 = 96.0;
/// Light space that a reader needs around a code: four modules of the QR code.
pub(crate) const QUIETE: f32 = 12.0;

const GRANDE: Stile = Stile::nuovo(Peso::Forte, 17.0, BLU).fino_a(10.0);
const CODICE: Stile = VALORE.corpo(10.5).fino_a(7.0);

impl Pezzo<'_> {
    pub(crate) fn codice_qr(&self, f: &mut Foglio<'_>, x: f32, y: f32) {
        let alt = format!("Codice QR per pagare l'avviso {}", gruppi_di_quattro(self.parte.numero_avviso.as_str()));
        f.codice(Area::nuova(x, y, LATO_QR, LATO_QR), NERO, &self.qr, &alt);
    }

    pub(crate) fn codice_datamatrix(&self, f: &mut Foglio<'_>, x: f32, y: f32, postale: &Postale<'_>) {
        let alt = format!("Codice DataMatrix per pagare alle Poste l'avviso {}", gruppi_di_quattro(self.parte.numero_avviso.as_str()));
        f.codice(Area::nuova(x, y, LATO_DATAMATRIX, LATO_DATAMATRIX), NERO, &postale.datamatrix, &alt);
    }
}

impl Lavoro<'_> {
    /// The part for banks. `titolo` is that of the band, `a_destra` says which part it is.
    pub(crate) fn banche(&self, f: &mut Foglio<'_>, y: f32, aria: Aria, pezzo: &Pezzo<'_>) -> f32 {
        let (d, lingua) = (self.dati, self.lingua);
        let y = forbici(f, y) + aria.spazio;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, lingue::BANCHE.in_lingua(lingua), pezzo.etichetta_e_data(lingua)) + QUIETE;
            pezzo.codice_qr(f, MARGINE, y + 1.0);

            let x = MARGINE + LATO_QR + 2.0 * QUIETE;
            let largo = 178.0;
            let mut sotto = y;
            for (etichetta, valore, altezza) in [
                (lingue::DESTINATARIO, &d.debitore.anagrafica, 34.0),
                (lingue::ENTE_CREDITORE, &d.ente.denominazione, 34.0),
                (lingue::OGGETTO, &d.oggetto, 46.0),
            ] {
                let valore = (CORPO.peso(Peso::Medio).fino_a(5.5), valore.as_str());
                sotto = f.coppia(Area::nuova(x, sotto, largo, altezza), (ETICHETTA, etichetta.in_lingua(lingua)), valore) + 3.0;
            }
            let x = x + largo + 18.0;
            let largo = MARGINE + GIUSTEZZA - x;
            let mut destra =
                f.coppia(Area::nuova(x, y, largo, 36.0), (ETICHETTA, lingue::IMPORTO.in_lingua(lingua)), (GRANDE, &euro(pezzo.parte.importo))) + 2.0;
            let codice = gruppi_di_quattro(pezzo.parte.numero_avviso.as_str());
            let cbill = d.ente.cbill.clone().unwrap_or_default();
            for (etichetta, valore) in
                [(lingue::CODICE_AVVISO, &codice), (lingue::CODICE_FISCALE_ENTE, &d.ente.dominio.to_string()), (lingue::CODICE_CBILL, &cbill)]
            {
                destra = f.coppia(Area::nuova(x, destra, largo, 28.0), (ETICHETTA, etichetta.in_lingua(lingua)), (CODICE, valore)) + 2.0;
            }
            sotto.max(destra).max(y + LATO_QR + QUIETE / 2.0)
        })
    }

    /// The part for post offices.
    pub(crate) fn bollettino(&self, f: &mut Foglio<'_>, y: f32, pezzo: &Pezzo<'_>, postale: &Postale<'_>) -> f32 {
        let (d, lingua) = (self.dati, self.lingua);
        let y = forbici(f, y) + 10.0;
        f.gruppo(Tag::Section, |f| {
            let entro = pezzo.parte.entro_il.map_or(Testo::solo(""), |e| lingue::BOLLETTINO_ENTRO.con(lingua, &[&data_italiana(e)]));
            let y = fascia(f, y, lingue::BOLLETTINO.in_lingua(lingua), entro) + 10.0;
            let medio = CORPO.peso(Peso::Medio).fino_a(5.5);
            let largo = 190.0;
            let mut sotto = y;
            for (etichetta, valore, altezza) in [
                (lingue::CONTO, postale.conto.as_str(), 26.0),
                (lingue::INTESTATO, postale.dati.intestatario.as_str(), 34.0),
                (lingue::DESTINATARIO, d.debitore.anagrafica.as_str(), 34.0),
                (lingue::OGGETTO, d.oggetto.as_str(), 46.0),
            ] {
                sotto = f.coppia(Area::nuova(MARGINE, sotto, largo, altezza), (ETICHETTA, etichetta.in_lingua(lingua)), (medio, valore)) + 2.0;
            }
            let x = MARGINE + largo + 18.0;
            let largo = 178.0;
            let mut destra =
                f.coppia(Area::nuova(x, y, largo, 36.0), (ETICHETTA, lingue::IMPORTO.in_lingua(lingua)), (GRANDE, &euro(pezzo.parte.importo))) + 2.0;
            let codice = gruppi_di_quattro(pezzo.parte.numero_avviso.as_str());
            for (etichetta, valore) in
                [(lingue::CODICE_AVVISO, &codice), (lingue::CODICE_FISCALE_ENTE, &d.ente.dominio.to_string()), (lingue::TIPO, &"P1".to_owned())]
            {
                destra = f.coppia(Area::nuova(x, destra, largo, 28.0), (ETICHETTA, etichetta.in_lingua(lingua)), (CODICE, valore)) + 2.0;
            }
            pezzo.codice_datamatrix(f, MARGINE + GIUSTEZZA - LATO_DATAMATRIX, y + 2.0, postale);

            let mut y = (sotto.max(destra) + 3.0).max(y + LATO_DATAMATRIX + 8.0);
            f.spezzata(&[(MARGINE, y), (MARGINE + GIUSTEZZA, y)], FILO, 0.5, None);
            y += 4.0;
            let mezzo = GIUSTEZZA / 2.0 - 8.0;
            let codeline = (VALORE.corpo(9.5).fino_a(7.0), postale.codeline.as_str());
            let a = f.coppia(Area::nuova(MARGINE, y, mezzo + 40.0, 28.0), (ETICHETTA, lingue::CODICE_PAGAMENTO.in_lingua(lingua)), codeline);
            let autorizzazione = (CORPO.corpo(8.5).fino_a(5.5), postale.dati.autorizzazione.as_str());
            let area = Area::nuova(MARGINE + mezzo + 56.0, y, mezzo - 40.0, 28.0);
            a.max(f.coppia(area, (ETICHETTA, lingue::AUTORIZZAZIONE.in_lingua(lingua)), autorizzazione))
        })
    }
}
