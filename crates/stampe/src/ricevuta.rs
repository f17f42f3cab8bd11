//! The ricevuta: attestazione di pagamento on paper (spec/3 section 7.2, spec/4 section 5.3).

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use codici::{Importo, NumeroAvviso};
use krilla::error::KrillaError;
use krilla::image::Image;
use krilla::tagging::{TableHeaderScope, Tag, TagKind};

use crate::caratteri::Peso;
use crate::elementi::{
    BLU, CORPO, ETICHETTA, FILO, GIUSTEZZA, GRIGIO, MARGINE, NERO, VALORE, VELO, data_italiana, euro, fascia, gruppi_di_quattro, parti, testata,
};
use crate::foglio::{ALTEZZA, Area, Blocco, Foglio, Intestazione, Lato, Stampa, Stile};
use crate::{Ente, ErroreStampa, Soggetto, lingue, logo};

/// Voci of a ricevuta. The contracts allow five transfers; receipts of other kinds of payment are bounded here.
pub const VOCI_MASSIME: usize = 200;

/// What proves the payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prova {
    /// The receipt of the node.
    #[default]
    Ricevuta,
    /// A line of a flow, without a receipt: [`Ricevuta::id_ricevuta`] is the IUR, [`Ricevuta::psp`] that of the flow (spec/3 section 7.2).
    Quietanza,
}

impl Prova {
    const fn titolo(self) -> &'static str {
        match self {
            Self::Ricevuta => "RICEVUTA DI PAGAMENTO",
            Self::Quietanza => "QUIETANZA DI PAGAMENTO",
        }
    }

    const fn identificativo(self) -> &'static str {
        match self {
            Self::Ricevuta => "Identificativo della ricevuta (CCP)",
            Self::Quietanza => "Identificativo della riscossione (IUR)",
        }
    }
}

/// What is printed of a payment (`RicevutaTelematicaInput`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ricevuta {
    pub prova: Prova,
    /// `fiscalCodePA`, `companyName`; `cbill` is not printed.
    pub ente: Ente,
    /// `debtor`.
    pub debitore: Soggetto,
    /// `payer`, printed when it is another person than the debtor.
    pub versante: Option<Soggetto>,
    pub psp: Psp,
    /// `paymentAmount`: the total paid.
    pub importo: Importo,
    /// The causale of the pendenza (`paymentDescription`).
    pub oggetto: String,
    /// `paymentDateTime`: printed with the time unless it is midnight, `--` when absent.
    pub data_operazione: Option<NaiveDateTime>,
    /// `applicationDate`, `--` when absent.
    pub data_applicativa: Option<NaiveDate>,
    pub stato: StatoRicevuta,
    /// `creditorReferenceId`.
    pub iuv: String,
    /// CCP of the old model, receiptId (paymentToken) of the current one.
    pub id_ricevuta: String,
    pub numero_avviso: Option<NumeroAvviso>,
    /// At most [`VOCI_MASSIME`].
    pub voci: Vec<Voce>,
    /// `lineaTestoRicevuta1` of the pendenza's proprieta (spec/1 section 12).
    pub linea_testo_1: Option<String>,
    /// `lineaTestoRicevuta2`.
    pub linea_testo_2: Option<String>,
}

/// Who took the money: its identity must be on paper (spec/4 section 5.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Psp {
    /// `PSPCompanyName`.
    pub denominazione: String,
    /// `pspFiscalCode`, or the PSP's identifier when it is not known; left out when empty.
    pub codice_fiscale: String,
}

/// Outcome of the payment, old model included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoRicevuta {
    Eseguito,
    NonEseguito,
    ParzialmenteEseguito,
    DecorrenzaTermini,
    DecorrenzaTerminiParziale,
}

impl StatoRicevuta {
    /// As it is printed (spec/3 section 7.2).
    #[must_use]
    pub const fn testo(self) -> &'static str {
        match self {
            Self::Eseguito => "Eseguito",
            Self::NonEseguito => "Non eseguito",
            Self::ParzialmenteEseguito => "Parzialmente eseguito",
            Self::DecorrenzaTermini => "Decorrenza termini",
            Self::DecorrenzaTerminiParziale => "Decorrenza termini parziale",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voce {
    /// `remittanceInformation`.
    pub descrizione: String,
    /// receiptId; IUR in the old model.
    pub id_riscossione: String,
    pub importo: Importo,
    pub stato: String,
    /// Who received it, when it is another ente than that of the ricevuta: name and fiscal code (spec/1 section 6.4).
    pub beneficiario: Option<Beneficiario>,
    /// The voce is a marca da bollo (spec/1 section 6.5).
    pub bollo: Option<Bollo>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beneficiario {
    /// Empty when it is not known.
    pub denominazione: String,
    pub codice_fiscale: String,
}

/// What a marca da bollo is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bollo {
    /// `IUBD` of the marca, when the receipt carries it.
    pub iubd: Option<String>,
    /// Base64 of the hash of the document that it is for.
    pub impronta: Option<String>,
}

/// The PDF of a ricevuta; as many pages as its voci need. `creato` is written in the metadata only.
pub fn ricevuta(dati: &Ricevuta, creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    if dati.voci.len() > VOCI_MASSIME {
        return Err(ErroreStampa::NumeroVoci(dati.voci.len()));
    }
    let immagine = dati.ente.logo.as_deref().and_then(|byte| logo::leggi(byte).ok());
    let nome = match dati.prova {
        Prova::Ricevuta => "Ricevuta",
        Prova::Quietanza => "Quietanza",
    };
    let titolo = format!("{nome} di pagamento {}", dati.iuv);
    let chiudi = |immagine: Option<&Image>| -> Result<Vec<u8>, KrillaError> {
        componi(dati, immagine).chiudi(&Intestazione { titolo: &titolo, autore: &dati.ente.denominazione, identificativo: &dati.id_ricevuta, creato })
    };
    match chiudi(immagine.as_ref()) {
        Err(_) if immagine.is_some() => chiudi(None),
        esito => esito,
    }
    .map_err(|e| ErroreStampa::da_krilla(&e))
}

/// Where the text of a page ends; below is the foot.
const FONDO: f32 = ALTEZZA - 48.0;
const MANCA: &str = "--";

/// Columns of the table of the voci, from the left: title, width, side.
const COLONNE: [(&str, f32, Lato); 4] = [
    ("Descrizione", 204.0, Lato::Sinistra),
    ("Id riscossione", 176.0, Lato::Sinistra),
    ("Stato", 68.0, Lato::Sinistra),
    ("Importo", GIUSTEZZA - 448.0, Lato::Destra),
];
const TITOLO_COLONNA: Stile = Stile::nuovo(Peso::Medio, 8.5, BLU);
const CELLA: Stile = Stile::nuovo(Peso::Normale, 9.0, NERO);
const ALTEZZA_CELLA: f32 = 46.0;
const IMBOTTITURA: f32 = 5.0;

fn componi(dati: &Ricevuta, immagine: Option<&Image>) -> Stampa {
    let righe: Vec<_> = dati.voci.iter().map(RigaVoce::misura).collect();
    let mut resto = righe.as_slice();
    let mut chiusa = false;
    let mut stampa = Stampa::nuova();
    let mut numero = 1_u32;
    stampa.pagina(|f| {
        let y = dati.fatti(f, immagine);
        (resto, chiusa) = dati.voci_e_chiusa(f, y, resto, "VOCI DEL PAGAMENTO");
        dati.piede(f, numero);
    });
    while !chiusa {
        numero += 1;
        stampa.pagina(|f| {
            (resto, chiusa) = dati.voci_e_chiusa(f, 40.0, resto, "VOCI DEL PAGAMENTO (CONTINUA)");
            dati.piede(f, numero);
        });
    }
    stampa
}

impl Ricevuta {
    /// Who, how much, when, through whom. Returns the y below.
    fn fatti(&self, f: &mut Foglio<'_>, immagine: Option<&Image>) -> f32 {
        let y = testata(f, &self.ente, immagine, &self.prova.titolo().into(), &self.oggetto.as_str().into());
        let y = parti(f, y + 12.0, &self.ente, &self.debitore, lingue::DEBITORE, None, 92.0);
        let y = f.gruppo(Tag::Section, |f| {
            let y = fascia(f, y + 14.0, "PAGAMENTO", self.stato.testo()) + 12.0;
            let grande = Stile::nuovo(Peso::Forte, 24.0, BLU).fino_a(12.0);
            let largo = GIUSTEZZA / 2.0 - 8.0;
            let etichetta =
                if self.stato == StatoRicevuta::Eseguito || self.stato == StatoRicevuta::ParzialmenteEseguito { "Importo pagato" } else { "Importo" };
            f.coppia(Area::nuova(MARGINE, y, largo, 44.0), (ETICHETTA, etichetta), (grande, &euro(self.importo)));
            let quando = Stile::nuovo(Peso::Forte, 15.0, BLU);
            let x = MARGINE + largo + 16.0;
            f.coppia(Area::nuova(x, y + 3.0, largo, 44.0), (ETICHETTA, "Data e ora dell'operazione"), (quando, &self.quando()));
            self.tabella_dei_dati(f, y + 50.0)
        });
        y + 14.0
    }

    fn quando(&self) -> String {
        self.data_operazione
            .map_or_else(|| MANCA.to_owned(), |d| if d.time() == NaiveTime::MIN { data_italiana(d.date()) } else { d.format("%d/%m/%Y %H:%M").to_string() })
    }

    /// What a foot can say of a payment: not of one that was not made.
    const fn piede_testo(&self) -> &'static str {
        match (self.stato, self.prova) {
            (StatoRicevuta::Eseguito | StatoRicevuta::ParzialmenteEseguito, Prova::Ricevuta) => "Attestazione di un pagamento eseguito con il sistema pagoPA",
            (StatoRicevuta::Eseguito | StatoRicevuta::ParzialmenteEseguito, Prova::Quietanza) => "Quietanza di un pagamento rendicontato dal sistema pagoPA",
            (StatoRicevuta::DecorrenzaTerminiParziale, _) => "Esito di un pagamento del sistema pagoPA",
            (StatoRicevuta::NonEseguito | StatoRicevuta::DecorrenzaTermini, _) => "Esito di un pagamento del sistema pagoPA: nessun importo è stato pagato",
        }
    }

    fn tabella_dei_dati(&self, f: &mut Foglio<'_>, y: f32) -> f32 {
        let dati = [
            ("Prestatore di servizi di pagamento", persona(&self.psp.denominazione, &self.psp.codice_fiscale)),
            ("Versante", self.versante.as_ref().map_or(String::new(), |v| persona(&v.anagrafica, &v.identificativo))),
            ("Oggetto del pagamento", self.oggetto.clone()),
            ("Data applicativa", self.data_applicativa.map_or_else(|| MANCA.to_owned(), data_italiana)),
            ("Stato", self.stato.testo().to_owned()),
            ("Codice avviso", self.numero_avviso.as_ref().map_or(String::new(), |n| gruppi_di_quattro(n.as_str()))),
            ("Identificativo univoco versamento (IUV)", self.iuv.clone()),
            (self.prova.identificativo(), self.id_ricevuta.clone()),
        ];
        let nomi = 186.0;
        f.gruppo(Tag::Table.with_summary(Some("Dati del pagamento: nome e valore".to_owned())), |f| {
            let mut y = y;
            f.spezzata(&[(MARGINE, y), (MARGINE + GIUSTEZZA, y)], FILO, 0.5, None);
            for (nome, valore) in dati.iter().filter(|(_, v)| !v.trim().is_empty()) {
                let nome = Blocco::adatta(nome, ETICHETTA.corpo(9.0), nomi, 24.0);
                let valore = Blocco::adatta(valore, VALORE.fino_a(6.0), GIUSTEZZA - nomi - 10.0, ALTEZZA_CELLA);
                let altezza = nome.altezza().max(valore.altezza()) + 2.0 * 3.5;
                f.gruppo(Tag::TR, |f| {
                    f.blocco(Tag::TH(TableHeaderScope::Row).into(), MARGINE, y + 4.25, nomi, &nome);
                    f.blocco(Tag::TD.into(), MARGINE + nomi + 10.0, y + 3.5, GIUSTEZZA - nomi - 10.0, &valore);
                });
                y += altezza;
                f.spezzata(&[(MARGINE, y), (MARGINE + GIUSTEZZA, y)], FILO, 0.5, None);
            }
            y
        })
    }

    /// As many voci as the page holds, then the closing lines if they fit too. Says what is left.
    fn voci_e_chiusa<'v>(&self, f: &mut Foglio<'_>, y: f32, righe: &'v [RigaVoce], titolo: &str) -> (&'v [RigaVoce], bool) {
        let mut y = y;
        let mut resto = righe;
        // The band, the titles and one row must stay together.
        if righe.first().is_some_and(|prima| y + 19.0 + 22.0 + prima.altezza <= FONDO) {
            f.gruppo(Tag::Section, |f| {
                y = fascia(f, y, titolo, "");
                (resto, y) = tabella_delle_voci(f, y, righe);
            });
        }
        if !resto.is_empty() {
            return (resto, false);
        }
        let linee: Vec<_> =
            [&self.linea_testo_1, &self.linea_testo_2].into_iter().flatten().map(|l| Blocco::adatta(l, CORPO.fino_a(6.0), GIUSTEZZA, 60.0)).collect();
        let serve: f32 = linee.iter().map(|l| l.altezza() + 4.0).sum();
        if y + 14.0 + serve > FONDO {
            return (resto, false);
        }
        y += 14.0;
        for linea in &linee {
            y = f.blocco(Tag::P.into(), MARGINE, y, GIUSTEZZA, linea) + 4.0;
        }
        (resto, true)
    }

    fn piede(&self, f: &mut Foglio<'_>, pagina: u32) {
        let stile = Stile::nuovo(Peso::Normale, 8.0, GRIGIO);
        f.spezzata(&[(MARGINE, FONDO + 10.0), (MARGINE + GIUSTEZZA, FONDO + 10.0)], FILO, 0.5, None);
        let area = Area::nuova(MARGINE, FONDO + 15.0, GIUSTEZZA, 12.0);
        f.piede(area, stile, self.piede_testo());
        f.piede(area, stile.lato(Lato::Destra), &format!("Pagina {pagina}"));
    }
}

/// Name and fiscal code, as far as they are known.
fn persona(nome: &str, codice: &str) -> String {
    match (nome.trim(), codice.trim()) {
        (nome, "") => nome.to_owned(),
        ("", codice) => codice.to_owned(),
        (nome, codice) => format!("{nome}, {codice}"),
    }
}

impl Voce {
    /// The first cell: what it is, whose it is.
    fn testo(&self) -> String {
        let mut frasi = Vec::new();
        if let Some(bollo) = &self.bollo {
            frasi.push("Marca da bollo digitale".to_owned());
            frasi.extend(bollo.iubd.as_ref().map(|i| format!("IUBD {i}")));
            frasi.extend(bollo.impronta.as_ref().map(|i| format!("impronta {i}")));
        }
        frasi.extend(Some(self.descrizione.clone()).filter(|d| !d.trim().is_empty()));
        frasi.extend(self.beneficiario.as_ref().map(|b| format!("a favore di {}", persona(&b.denominazione, &b.codice_fiscale))));
        frasi.join(" - ")
    }
}

/// A voce whose cells are measured.
struct RigaVoce {
    celle: [Blocco; 4],
    altezza: f32,
}

impl RigaVoce {
    fn misura(voce: &Voce) -> Self {
        let testi = [voce.testo(), voce.id_riscossione.clone(), voce.stato.clone(), euro(voce.importo)];
        let mut i = 0;
        let celle = testi.map(|testo| {
            let (_, larga, lato) = COLONNE[i];
            i += 1;
            // An empty cell would be dropped from its row, and the ones after it would answer to the wrong title.
            let testo = if crate::caratteri::pulisci(&testo).is_empty() { MANCA.to_owned() } else { testo };
            Blocco::adatta(&testo, CELLA.fino_a(5.5).lato(lato), larga - 2.0 * IMBOTTITURA, ALTEZZA_CELLA)
        });
        let altezza = celle.iter().map(Blocco::altezza).fold(0.0, f32::max) + 8.0;
        Self { celle, altezza }
    }
}

/// Draws rows up to the end of the page; returns those that are left, and the y below.
fn tabella_delle_voci<'v>(f: &mut Foglio<'_>, y: f32, righe: &'v [RigaVoce]) -> (&'v [RigaVoce], f32) {
    let mut y = y;
    let mut scritte = 0;
    f.gruppo(Tag::Table.with_summary(Some("Voci del pagamento".to_owned())), |f| {
        let titoli = COLONNE.map(|(titolo, larga, lato)| Blocco::adatta(titolo, TITOLO_COLONNA.lato(lato), larga, 14.0));
        f.fondo(Area::nuova(MARGINE, y, GIUSTEZZA, 18.0), VELO);
        f.gruppo(Tag::THead, |f| riga(f, y + 3.5, &titoli, || Tag::TH(TableHeaderScope::Column).into()));
        y += 18.0;
        f.gruppo(Tag::TBody, |f| {
            for voce in righe {
                if y + voce.altezza > FONDO {
                    break;
                }
                riga(f, y + 4.0, &voce.celle, || Tag::TD.into());
                y += voce.altezza;
                f.spezzata(&[(MARGINE, y), (MARGINE + GIUSTEZZA, y)], FILO, 0.5, None);
                scritte += 1;
            }
        });
    });
    (&righe[scritte..], y)
}

fn riga(f: &mut Foglio<'_>, y: f32, celle: &[Blocco; 4], tag: impl Fn() -> TagKind) {
    f.gruppo(Tag::TR, |f| {
        let mut x = MARGINE;
        for (cella, (_, larga, _)) in celle.iter().zip(COLONNE) {
            f.blocco(tag(), x + IMBOTTITURA, y, larga - 2.0 * IMBOTTITURA, cella);
            x += larga;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a screen reader walks through: a person has read this once.
    #[test]
    fn i_tag_sono_in_ordine_di_lettura() {
        let dati = Ricevuta {
            prova: Prova::Ricevuta,
            ente: Ente {
                denominazione: "Comune di Castelfiorino".to_owned(),
                dominio: codici::IdDominio::leggi("00123450678").expect("valido"),
                cbill: None,
                settore: None,
                righe: vec!["Piazza del Popolo 1,".to_owned()],
                logo: None,
            },
            debitore: Soggetto { anagrafica: "Mario Rossi".to_owned(), identificativo: "RSSMRA80A01H501U".to_owned(), indirizzo: vec![] },
            versante: None,
            psp: Psp { denominazione: "Banca di Esempio".to_owned(), codice_fiscale: String::new() },
            importo: Importo::da_cent(500),
            oggetto: "Mensa".to_owned(),
            data_operazione: None,
            data_applicativa: None,
            stato: StatoRicevuta::Eseguito,
            iuv: "01000000000000428".to_owned(),
            id_ricevuta: "a1b2".to_owned(),
            numero_avviso: None,
            voci: vec![Voce {
                descrizione: "Mensa".to_owned(),
                id_riscossione: String::new(),
                importo: Importo::da_cent(500),
                stato: "Eseguito".to_owned(),
                beneficiario: None,
                bollo: None,
            }],
            linea_testo_1: Some("Grazie".to_owned()),
            linea_testo_2: None,
        };
        insta::assert_snapshot!(componi(&dati, None).struttura());
    }
}
