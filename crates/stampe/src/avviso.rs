//! The avviso di pagamento pagoPA, one A4 page (spec/3 section 7.1, spec/4 section 6.3).

use chrono::{DateTime, NaiveDate, Utc};
use codici::stampa::{Bollettino, qr_code};
use codici::{Importo, NumeroAvviso};
use krilla::error::KrillaError;
use krilla::image::Image;
use krilla::tagging::Tag;

use crate::caratteri::Peso;
use crate::foglio::{Area, Blocco, Colore, Foglio, Intestazione, LARGHEZZA, Lato, Stampa, Stile};
use crate::matrice::Matrice;
use crate::{Ente, ErroreStampa, Soggetto, logo};

/// Pages of a [`documento`]. The longest plan of instalments in use has 120; a page is about 1 MB of work memory until the PDF is finished.
pub const AVVISI_PER_DOCUMENTO: usize = 240;

/// One notice, with all that is printed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avviso {
    pub ente: Ente,
    pub debitore: Soggetto,
    /// The causale of the pendenza; for a documento, its descrizione.
    pub oggetto: String,
    pub importo: Importo,
    /// Printed in groups of four digits.
    pub numero_avviso: NumeroAvviso,
    /// dataScadenzaAvviso, else dataValidita, else dataScadenza, else none: then no date is printed (spec/3 section 7.1).
    pub entro_il: Option<NaiveDate>,
    pub rata: Rata,
    pub informativa_importo: InformativaImporto,
    /// Present when the accredito IBAN of the first voce (or its appoggio) is postal.
    pub bollettino: Option<BollettinoPostale>,
}

/// What the amount is a part of (labels of spec/3 section 7.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rata {
    #[default]
    Unica,
    /// Instalment number.
    Numero(u32),
    /// Soglia ENTRO: days.
    EntroGiorni(u32),
    /// Soglia OLTRE: days.
    OltreGiorni(u32),
}

/// `proprieta.informativaImportoAvviso`: absent, empty string, text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InformativaImporto {
    #[default]
    Standard,
    Nascosta,
    Testo(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BollettinoPostale {
    /// Its last twelve digits are the conto.
    pub iban: String,
    /// `iban.intestatario`, else the name of the ente.
    pub intestatario: String,
    /// `autStampaPoste` of the IBAN, else of the dominio; its line is left out when empty.
    pub autorizzazione: String,
}

/// The PDF of one avviso. `creato` is written in the metadata only.
pub fn avviso(dati: &Avviso, creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    let titolo = format!("Avviso di pagamento {}", gruppi_di_quattro(dati.numero_avviso.as_str()));
    stampa(&titolo, std::slice::from_ref(dati), creato)
}

/// Several avvisi in one PDF, a page each, in the order given. `titolo` is the title of the PDF.
pub fn documento(titolo: &str, avvisi: &[Avviso], creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    if avvisi.is_empty() || avvisi.len() > AVVISI_PER_DOCUMENTO {
        return Err(ErroreStampa::NumeroAvvisi(avvisi.len()));
    }
    stampa(titolo, avvisi, creato)
}

fn stampa(titolo: &str, avvisi: &[Avviso], creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    let pagine = avvisi.iter().map(Pagina::prepara).collect::<Result<Vec<_>, _>>()?;
    let chiudi = |con_logo: bool| -> Result<Vec<u8>, KrillaError> {
        let intestazione = Intestazione { titolo, autore: &avvisi[0].ente.denominazione, identificativo: avvisi[0].numero_avviso.as_str(), creato };
        componi(&pagine, con_logo).chiudi(&intestazione)
    };
    let con_logo = pagine.iter().any(|p| p.logo.is_some());
    // Whether a picture can be decoded is known only at the end: then the notice is worth more than its logo.
    match chiudi(con_logo) {
        Err(_) if con_logo => chiudi(false),
        esito => esito,
    }
    .map_err(|e| ErroreStampa::da_krilla(&e))
}

fn componi(pagine: &[Pagina<'_>], con_logo: bool) -> Stampa {
    let mut stampa = Stampa::nuova();
    for pagina in pagine {
        stampa.pagina(|f| {
            pagina.disegna(f, con_logo);
        });
    }
    stampa
}

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
const ALTEZZA_FASCIA: f32 = 19.0;

/// 33 modules of 3 points, as the guide to the avviso asks.
const LATO_QR: f32 = 99.0;
const LATO_DATAMATRIX: f32 = 96.0;
/// Light space that a reader needs around a code: four modules of the QR code.
const QUIETE: f32 = 12.0;

/// An avviso whose codes are made.
struct Pagina<'a> {
    dati: &'a Avviso,
    qr: Matrice,
    logo: Option<Image>,
    postale: Option<Postale<'a>>,
}

struct Postale<'a> {
    dati: &'a BollettinoPostale,
    conto: String,
    codeline: String,
    datamatrix: Matrice,
}

impl<'a> Pagina<'a> {
    fn prepara(dati: &'a Avviso) -> Result<Self, ErroreStampa> {
        if dati.importo < Importo::ZERO || dati.importo > Importo::MASSIMO {
            return Err(ErroreStampa::Importo(dati.importo));
        }
        Ok(Self {
            dati,
            qr: Matrice::qr(&qr_code(&dati.numero_avviso, &dati.ente.dominio, dati.importo))?,
            logo: dati.ente.logo.as_deref().and_then(|byte| logo::leggi(byte).ok()),
            postale: dati.bollettino.as_ref().map(|b| Postale::prepara(dati, b)).transpose()?,
        })
    }

    /// Returns the y below the last section.
    fn disegna(&self, f: &mut Foglio<'_>, con_logo: bool) -> f32 {
        let d = self.dati;
        // Without the bollettino there is a third more room: the sections breathe.
        let aria = if self.postale.is_some() { 11.0 } else { 20.0 };
        let y = testata(f, &d.ente, self.logo.as_ref().filter(|_| con_logo), "AVVISO DI PAGAMENTO", &d.oggetto);
        let y = parti(f, y + aria, &d.ente, &d.debitore, "DESTINATARIO AVVISO");
        let y = self.quanto_e_quando(f, y + aria, aria);
        let y = self.dove(f, y + aria, aria);
        let y = self.banche(f, y + aria, aria);
        match &self.postale {
            Some(postale) => postale.disegna(f, y + aria, d),
            None => y,
        }
    }

    fn quanto_e_quando(&self, f: &mut Foglio<'_>, y: f32, aria: f32) -> f32 {
        let d = self.dati;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, "QUANTO E QUANDO PAGARE", "") + aria;
            let grande = Stile::nuovo(Peso::Forte, 24.0, BLU).fino_a(12.0);
            let colonna = 215.0;
            let mut sotto = f.coppia(Area::nuova(MARGINE, y, colonna, 44.0), (ETICHETTA, "Importo"), (grande, &euro(d.importo)));
            if let Some(entro) = d.entro_il {
                let stile = Stile::nuovo(Peso::Forte, 16.0, BLU);
                sotto = f.coppia(Area::nuova(MARGINE, sotto + 2.0, colonna, 34.0), (ETICHETTA, "Entro il"), (stile, &data_italiana(entro)));
            } else if d.rata != Rata::Unica {
                sotto = f.paragrafo(Area::nuova(MARGINE, sotto + 2.0, colonna, 20.0), VALORE, &self.etichetta_rata());
            }
            let testo = match &d.informativa_importo {
                InformativaImporto::Standard => {
                    "Questo è l'importo noto all'ente nel giorno della stampa. Può cambiare nel tempo, per esempio per sgravi, note di credito, interessi, \
                     sanzioni o spese: il sito, l'app o l'operatore che userai ti mostreranno prima del pagamento la cifra aggiornata, che può essere diversa da questa."
                }
                InformativaImporto::Nascosta => "",
                InformativaImporto::Testo(testo) => testo,
            };
            let x = MARGINE + colonna + 20.0;
            let fondo = f.paragrafo(Area::nuova(x, y + 2.0, MARGINE + GIUSTEZZA - x, 66.0), CORPO.fino_a(6.0), testo);
            sotto.max(fondo)
        })
    }

    fn dove(&self, f: &mut Foglio<'_>, y: f32, aria: f32) -> f32 {
        let (del_sito, uffici) =
            if self.postale.is_some() { ("di Poste Italiane", "In tutti gli uffici postali, in banca") } else { ("del tuo Ente Creditore", "In banca") };
        let canali = [
            (
                "ONLINE",
                format!(
                    "Sul sito o con l'app {del_sito}, della tua banca o degli altri canali di pagamento che aderiscono a pagoPA. \
                     Puoi pagare con carta, con addebito in conto o con il circuito CBILL."
                ),
            ),
            (
                "SUL TERRITORIO",
                format!("{uffici}, in ricevitoria, dal tabaccaio, al bancomat, al supermercato. Puoi pagare in contanti, con carta o con addebito in conto."),
            ),
        ];
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, "DOVE PAGARE", "Elenco dei canali: www.pagopa.gov.it") + aria - 2.0;
            let passo = GIUSTEZZA / 2.0;
            let mut sotto = y;
            for (i, (titolo, testo)) in (0_u8..).zip(&canali) {
                let x = MARGINE + f32::from(i) * passo;
                let largo = passo - 16.0;
                let riga = f.titolo(3, Area::nuova(x, y, largo, 16.0), Stile::nuovo(Peso::Forte, 10.0, VIVO), titolo);
                sotto = sotto.max(f.paragrafo(Area::nuova(x, riga + 1.0, largo, 60.0), CORPO, testo));
            }
            f.paragrafo(
                Area::nuova(MARGINE, sotto + aria / 2.0, GIUSTEZZA, 14.0),
                Stile::nuovo(Peso::Medio, 9.0, GRIGIO).lato(Lato::Centro),
                "Usa la parte di avviso del canale di pagamento che preferisci.",
            )
        })
    }

    fn banche(&self, f: &mut Foglio<'_>, y: f32, aria: f32) -> f32 {
        let d = self.dati;
        let y = forbici(f, y) + aria;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, "BANCHE E ALTRI CANALI", &self.etichetta_rata_e_data()) + QUIETE;
            let alt = format!("Codice QR per pagare l'avviso {}", gruppi_di_quattro(d.numero_avviso.as_str()));
            f.codice(Area::nuova(MARGINE, y + 1.0, LATO_QR, LATO_QR), NERO, &self.qr, &alt);

            let x = MARGINE + LATO_QR + 2.0 * QUIETE;
            let largo = 178.0;
            let mut sotto = y;
            for (etichetta, valore, altezza) in
                [("Destinatario", &d.debitore.anagrafica, 34.0), ("Ente creditore", &d.ente.denominazione, 34.0), ("Oggetto del pagamento", &d.oggetto, 46.0)]
            {
                sotto = f.coppia(Area::nuova(x, sotto, largo, altezza), (ETICHETTA, etichetta), (CORPO.peso(Peso::Medio).fino_a(5.5), valore)) + 3.0;
            }
            let x = x + largo + 18.0;
            let largo = MARGINE + GIUSTEZZA - x;
            let importo = Stile::nuovo(Peso::Forte, 17.0, BLU).fino_a(10.0);
            let mut destra = f.coppia(Area::nuova(x, y, largo, 36.0), (ETICHETTA, "Importo"), (importo, &euro(d.importo))) + 2.0;
            let codice = gruppi_di_quattro(d.numero_avviso.as_str());
            let cbill = d.ente.cbill.clone().unwrap_or_default();
            for (etichetta, valore) in [("Codice avviso", &codice), ("Cod. fiscale ente creditore", &d.ente.dominio.to_string()), ("Codice CBILL", &cbill)] {
                destra = f.coppia(Area::nuova(x, destra, largo, 28.0), (ETICHETTA, etichetta), (VALORE.corpo(10.5).fino_a(7.0), valore)) + 2.0;
            }
            sotto.max(destra).max(y + LATO_QR + QUIETE / 2.0)
        })
    }

    fn etichetta_rata(&self) -> String {
        match self.dati.rata {
            Rata::Unica => "Rata unica".to_owned(),
            Rata::Numero(n) => format!("Rata {n}"),
            Rata::EntroGiorni(g) => format!("Entro {g} giorni"),
            Rata::OltreGiorni(g) => format!("Oltre {g} giorni"),
        }
    }

    fn etichetta_rata_e_data(&self) -> String {
        match self.dati.entro_il {
            Some(data) if matches!(self.dati.rata, Rata::Unica | Rata::Numero(_)) => format!("{} entro il {}", self.etichetta_rata(), data_italiana(data)),
            _ => self.etichetta_rata(),
        }
    }
}

impl<'a> Postale<'a> {
    fn prepara(avviso: &'a Avviso, dati: &'a BollettinoPostale) -> Result<Self, ErroreStampa> {
        let iban = dati.iban.as_bytes();
        if iban.len() < 12 || !dati.iban.is_ascii() || !iban[iban.len() - 12..].iter().all(u8::is_ascii_digit) {
            return Err(ErroreStampa::IbanPostale);
        }
        if avviso.importo.cent() > 9_999_999_999 {
            return Err(ErroreStampa::ImportoBollettino(avviso.importo));
        }
        let bollettino = Bollettino {
            avviso: &avviso.numero_avviso,
            dominio: &avviso.ente.dominio,
            importo: avviso.importo,
            iban: &dati.iban,
            debitore_identificativo: &avviso.debitore.identificativo,
            debitore_anagrafica: &avviso.debitore.anagrafica,
            causale: &avviso.oggetto,
        };
        Ok(Self { dati, conto: bollettino.conto(), codeline: bollettino.codeline(), datamatrix: Matrice::datamatrix(&bollettino.datamatrix())? })
    }

    fn disegna(&self, f: &mut Foglio<'_>, y: f32, d: &Avviso) -> f32 {
        let y = forbici(f, y) + 10.0;
        f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y, "BOLLETTINO POSTALE PA", &d.entro_il.map_or(String::new(), |e| format!("entro il {}", data_italiana(e)))) + 10.0;
            let medio = CORPO.peso(Peso::Medio).fino_a(5.5);
            let largo = 190.0;
            let mut sotto = y;
            for (etichetta, valore, altezza) in [
                ("Sul conto corrente numero", self.conto.as_str(), 26.0),
                ("Intestato a", self.dati.intestatario.as_str(), 34.0),
                ("Destinatario", d.debitore.anagrafica.as_str(), 34.0),
                ("Oggetto del pagamento", d.oggetto.as_str(), 46.0),
            ] {
                sotto = f.coppia(Area::nuova(MARGINE, sotto, largo, altezza), (ETICHETTA, etichetta), (medio, valore)) + 2.0;
            }
            let x = MARGINE + largo + 18.0;
            let largo = 178.0;
            let importo = Stile::nuovo(Peso::Forte, 17.0, BLU).fino_a(10.0);
            let mut destra = f.coppia(Area::nuova(x, y, largo, 36.0), (ETICHETTA, "Importo"), (importo, &euro(d.importo))) + 2.0;
            let codice = gruppi_di_quattro(d.numero_avviso.as_str());
            for (etichetta, valore) in [("Codice avviso", &codice), ("Cod. fiscale ente creditore", &d.ente.dominio.to_string()), ("Tipo", &"P1".to_owned())] {
                destra = f.coppia(Area::nuova(x, destra, largo, 28.0), (ETICHETTA, etichetta), (VALORE.corpo(10.5).fino_a(7.0), valore)) + 2.0;
            }
            let x = MARGINE + GIUSTEZZA - LATO_DATAMATRIX;
            let alt = format!("Codice DataMatrix per pagare alle Poste l'avviso {}", gruppi_di_quattro(d.numero_avviso.as_str()));
            f.codice(Area::nuova(x, y + 2.0, LATO_DATAMATRIX, LATO_DATAMATRIX), NERO, &self.datamatrix, &alt);

            let mut y = (sotto.max(destra) + 3.0).max(y + LATO_DATAMATRIX + 8.0);
            f.spezzata(&[(MARGINE, y), (MARGINE + GIUSTEZZA, y)], FILO, 0.5, None);
            y += 4.0;
            let mezzo = GIUSTEZZA / 2.0 - 8.0;
            let a =
                f.coppia(Area::nuova(MARGINE, y, mezzo + 40.0, 28.0), (ETICHETTA, "Codice per il pagamento"), (VALORE.corpo(9.5).fino_a(7.0), &self.codeline));
            let b = f.coppia(
                Area::nuova(MARGINE + mezzo + 56.0, y, mezzo - 40.0, 28.0),
                (ETICHETTA, "Autorizzazione"),
                (CORPO.corpo(8.5).fino_a(5.5), &self.dati.autorizzazione),
            );
            a.max(b)
        })
    }
}

/// Logo, title, subject and the name of the circuit. Returns the y below.
pub(crate) fn testata(f: &mut Foglio<'_>, ente: &Ente, logo: Option<&Image>, titolo: &str, oggetto: &str) -> f32 {
    let (y, altezza) = (26.0, 52.0);
    let mut x = MARGINE;
    if let Some(logo) = logo {
        x += f.immagine(Area::nuova(MARGINE, y, 120.0, altezza), logo, &format!("Logo di {}", ente.denominazione)) + 14.0;
    }
    let marchio = 74.0;
    let largo = MARGINE + GIUSTEZZA - x - marchio;
    let sotto = f.titolo(1, Area::nuova(x, y, largo, 26.0), Stile::nuovo(Peso::Forte, 20.0, BLU).fino_a(14.0), titolo);
    let stile = Stile { interlinea: 1.15, ..Stile::nuovo(Peso::Medio, 11.5, NERO).fino_a(7.0) };
    f.paragrafo(Area::nuova(x, sotto, largo, y + altezza - sotto + 2.0), stile, oggetto);
    f.paragrafo(Area::nuova(MARGINE + GIUSTEZZA - marchio, y, marchio, 26.0), Stile::nuovo(Peso::Forte, 19.0, VIVO).lato(Lato::Destra), "pagoPA");
    y + altezza + 6.0
}

/// Who asks and who owes, side by side.
pub(crate) fn parti(f: &mut Foglio<'_>, y: f32, ente: &Ente, debitore: &Soggetto, titolo_debitore: &str) -> f32 {
    const SPAZIO: f32 = 12.0;
    const ALTEZZA: f32 = 92.0;
    let largo = (GIUSTEZZA - SPAZIO) / 2.0;
    let settore = ente.settore.iter().map(String::as_str);
    let colonne: [(&str, &str, &str, Vec<&str>); 2] = [
        ("ENTE CREDITORE", ente.dominio.as_str(), &ente.denominazione, settore.chain(ente.righe.iter().map(String::as_str)).collect()),
        (titolo_debitore, &debitore.identificativo, &debitore.anagrafica, debitore.indirizzo.iter().map(String::as_str).collect()),
    ];
    for (i, (titolo, codice, nome, righe)) in (0_u8..).zip(colonne) {
        let x = MARGINE + f32::from(i) * (largo + SPAZIO);
        f.fondo(Area::nuova(x, y, largo, ALTEZZA), VELO);
        f.fondo(Area::nuova(x, y, 2.5, ALTEZZA), VIVO);
        f.gruppo(Tag::Section, |f| {
            let (x, largo) = (x + 12.0, largo - 22.0);
            f.titolo(2, Area::nuova(x, y + 6.0, largo * 0.46, 14.0), Stile::nuovo(Peso::Forte, 9.0, BLU).fino_a(6.0), titolo);
            let mut sotto = y + 21.0;
            sotto = f.paragrafo(Area::nuova(x, sotto, largo, 28.0), Stile { interlinea: 1.15, ..VALORE.corpo(11.0).fino_a(6.5) }, nome);
            if !codice.trim().is_empty() {
                let stile = Stile::nuovo(Peso::Normale, 9.0, GRIGIO).fino_a(5.5).lato(Lato::Destra);
                f.paragrafo(Area::nuova(x + largo * 0.46, y + 6.0, largo * 0.54, 14.0), stile, &format!("Cod. Fiscale {codice}"));
            }
            let righe: Vec<_> = righe.into_iter().filter(|r| !r.trim().is_empty()).take(RIGHE_INDIRIZZO).collect();
            let stile = Stile { interlinea: 1.2, ..CORPO.corpo(8.75).fino_a(5.0) };
            for blocco in Blocco::adatta_insieme(&righe, stile, largo, y + ALTEZZA - 3.0 - sotto) {
                sotto = f.blocco(Tag::P.into(), x, sotto, largo, &blocco);
            }
        });
    }
    y + ALTEZZA
}

/// Lines under a name: settore, sito, telefono, pec, or an address. More would be too small to read in the box.
const RIGHE_INDIRIZZO: usize = 5;

/// A section begins: band with its title, and a word on the right. Returns the y below.
pub(crate) fn fascia(f: &mut Foglio<'_>, y: f32, titolo: &str, a_destra: &str) -> f32 {
    f.fondo(Area::nuova(MARGINE, y, GIUSTEZZA, ALTEZZA_FASCIA), BLU);
    let (x, largo, dentro) = (MARGINE + 10.0, GIUSTEZZA - 20.0, y + (ALTEZZA_FASCIA - FASCIA.corpo * FASCIA.interlinea) / 2.0);
    f.titolo(2, Area::nuova(x, dentro, largo * 0.5, ALTEZZA_FASCIA), FASCIA, titolo);
    f.paragrafo(Area::nuova(x + largo * 0.5, dentro, largo * 0.5, ALTEZZA_FASCIA), Stile::nuovo(Peso::Medio, 10.0, BIANCO).lato(Lato::Destra), a_destra);
    y + ALTEZZA_FASCIA
}

/// A line to cut along, with scissors of our own.
fn forbici(f: &mut Foglio<'_>, y: f32) -> f32 {
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
    use crate::foglio::ALTEZZA;

    fn campione() -> Avviso {
        Avviso {
            ente: Ente {
                denominazione: "Comune di Castelfiorino".to_owned(),
                dominio: codici::IdDominio::leggi("00123450678").expect("valido"),
                cbill: Some("AB12C".to_owned()),
                settore: Some("Ufficio Tributi".to_owned()),
                righe: vec!["www.castelfiorino.example".to_owned()],
                logo: None,
            },
            debitore: Soggetto {
                anagrafica: "Mario Rossi".to_owned(),
                identificativo: "RSSMRA80A01H501U".to_owned(),
                indirizzo: vec!["Via Garibaldi 12".to_owned()],
            },
            oggetto: "Mensa".to_owned(),
            importo: Importo::da_cent(500),
            numero_avviso: NumeroAvviso::leggi("301000000000000428").expect("valido"),
            entro_il: NaiveDate::from_ymd_opt(2026, 4, 30),
            rata: Rata::Unica,
            informativa_importo: InformativaImporto::Standard,
            bollettino: Some(BollettinoPostale {
                iban: "IT60X0760102800000012345678".to_owned(),
                intestatario: "Tesoreria".to_owned(),
                autorizzazione: "Aut. 1".to_owned(),
            }),
        }
    }

    /// What a screen reader walks through: a person has read this once.
    #[test]
    fn i_tag_sono_in_ordine_di_lettura() {
        let dati = campione();
        let pagina = Pagina::prepara(&dati).expect("valido");
        insta::assert_snapshot!(componi(&[pagina], true).struttura());
    }

    #[test]
    fn i_testi_piu_lunghi_lasciano_l_avviso_in_una_pagina() {
        let lungo = |n: usize| "Sanzione WWWMMM ".chars().cycle().take(n).collect::<String>();
        let dati = Avviso {
            ente: Ente { denominazione: lungo(500), settore: Some(lungo(300)), righe: vec![lungo(300); 9], cbill: Some(lungo(90)), ..campione().ente },
            debitore: Soggetto { anagrafica: lungo(300), identificativo: lungo(100), indirizzo: vec![lungo(300); 9] },
            oggetto: lungo(1024),
            importo: Importo::da_cent(9_999_999_999),
            rata: Rata::OltreGiorni(u32::MAX),
            informativa_importo: InformativaImporto::Testo(lungo(2000)),
            bollettino: campione().bollettino.map(|b| BollettinoPostale { intestatario: lungo(300), autorizzazione: lungo(300), ..b }),
            ..campione()
        };
        let pagina = Pagina::prepara(&dati).expect("valido");
        let mut fondo = 0.0;
        Stampa::nuova().pagina(|f| fondo = pagina.disegna(f, true));
        assert!(fondo > 600.0 && fondo < ALTEZZA - 24.0, "{fondo}");
    }

    #[test]
    fn i_gruppi_sono_di_quattro_cifre() {
        assert_eq!(gruppi_di_quattro("301000000000000028"), "3010 0000 0000 0000 28");
        assert_eq!(gruppi_di_quattro(""), "");
    }
}
