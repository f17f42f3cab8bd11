//! The avviso di pagamento pagoPA: one part on one page, or the parts of a documento on as many pages as they need (spec/3 section 7.1, spec/4 section 6.3).

use chrono::{DateTime, NaiveDate, Utc};
use codici::{Importo, NumeroAvviso};
use krilla::error::KrillaError;

use crate::elementi::gruppi_di_quattro;
use crate::foglio::{Intestazione, Stampa};
use crate::impagina::{Carta, Modo, impagina};
use crate::lingue::SecondaLingua;
use crate::pezzi::Lavoro;
use crate::{Ente, ErroreStampa, Soggetto};

/// Parts of a [`Documento`]. The longest plan of instalments in use has 120; a page is about 1 MB of work memory until the PDF is finished.
pub const AVVISI_PER_DOCUMENTO: usize = 240;

/// One notice, with all that is printed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avviso {
    pub ente: Ente,
    pub debitore: Soggetto,
    /// The causale of the pendenza.
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
    pub seconda_lingua: Option<SecondaLingua>,
}

/// The parts of one debt: rata unica, instalments, thresholds, or the pair of a fine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Documento {
    pub ente: Ente,
    /// Of the first part: it is in the codes of every bollettino.
    pub debitore: Soggetto,
    /// The descrizione of the documento.
    pub oggetto: String,
    pub informativa_importo: InformativaImporto,
    pub seconda_lingua: Option<SecondaLingua>,
    /// 1 to [`AVVISI_PER_DOCUMENTO`], in any order: they are printed in that of spec/3 section 7.1. If one has no bollettino, none is printed.
    pub parti: Vec<Parte>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parte {
    pub importo: Importo,
    pub numero_avviso: NumeroAvviso,
    pub entro_il: Option<NaiveDate>,
    pub rata: Rata,
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
    /// Soglia SCONTATO of a fine: the first five days.
    Scontato,
    /// Soglia RIDOTTO of a fine: up to the sixtieth day.
    Ridotto,
}

impl Rata {
    /// Place among the parts of a documento: rata unica first, then instalments by number, then thresholds by days with ENTRO before OLTRE, then the pair of
    /// a fine, the cheaper first.
    #[must_use]
    pub const fn posto(self) -> (u8, u32, u8) {
        match self {
            Self::Unica => (0, 0, 0),
            Self::Numero(n) => (1, n, 0),
            Self::EntroGiorni(g) => (2, g, 0),
            Self::OltreGiorni(g) => (2, g, 1),
            Self::Scontato => (3, 0, 0),
            Self::Ridotto => (3, 1, 0),
        }
    }
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

/// The PDF of one avviso: a [`Documento`] of one part. `creato` is written in the metadata only.
pub fn avviso(dati: &Avviso, creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    let Avviso { importo, entro_il, rata, .. } = *dati;
    let parte = Parte { importo, entro_il, rata, numero_avviso: dati.numero_avviso.clone(), bollettino: dati.bollettino.clone() };
    let dati = Documento {
        ente: dati.ente.clone(),
        debitore: dati.debitore.clone(),
        oggetto: dati.oggetto.clone(),
        informativa_importo: dati.informativa_importo.clone(),
        seconda_lingua: dati.seconda_lingua.clone(),
        parti: vec![parte],
    };
    documento(&dati, creato)
}

/// All the parts of a documento in one PDF. `creato` is written in the metadata only.
pub fn documento(dati: &Documento, creato: DateTime<Utc>) -> Result<Vec<u8>, ErroreStampa> {
    if dati.parti.is_empty() || dati.parti.len() > AVVISI_PER_DOCUMENTO {
        return Err(ErroreStampa::NumeroAvvisi(dati.parti.len()));
    }
    let mut parti: Vec<_> = dati.parti.iter().collect();
    parti.sort_by_key(|p| p.rata.posto());
    let titolo = match parti.as_slice() {
        [una] => format!("Avviso di pagamento {}", gruppi_di_quattro(una.numero_avviso.as_str())),
        _ => format!("Avviso di pagamento: {}", dati.oggetto),
    };
    let intestazione = Intestazione { titolo: &titolo, autore: &dati.ente.denominazione, identificativo: parti[0].numero_avviso.as_str(), creato };
    let mut lavoro = Lavoro::prepara(dati, &parti)?;
    // Whether a picture can be decoded is known only at the end: then the notice is worth more than its logo.
    match componi(&lavoro).chiudi(&intestazione) {
        Err(_) if lavoro.logo.take().is_some() => componi(&lavoro).chiudi(&intestazione),
        esito => esito,
    }
    .map_err(|e: KrillaError| ErroreStampa::da_krilla(&e))
}

fn componi(lavoro: &Lavoro<'_>) -> Stampa {
    let mut stampa = Stampa::nuova();
    for carta in carte(lavoro) {
        stampa.pagina(|f| {
            lavoro.disegna(f, &carta);
        });
    }
    stampa
}

fn carte(lavoro: &Lavoro<'_>) -> Vec<Carta> {
    let rate: Vec<_> = lavoro.pezzi.iter().map(|p| p.parte.rata).collect();
    impagina(&rate, Modo { postale: lavoro.postale, bilingue: lavoro.lingua.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foglio::ALTEZZA;
    use crate::lingue::Lingua;

    fn campione(rate: &[Rata], postale: bool, lingua: Option<Lingua>) -> Documento {
        let bollettino = postale.then(|| BollettinoPostale {
            iban: "IT60X0760102800000012345678".to_owned(),
            intestatario: "Tesoreria".to_owned(),
            autorizzazione: "Aut. DB/XXXX/XXX 00000 del 01/01/2026".to_owned(),
        });
        Documento {
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
            informativa_importo: InformativaImporto::Standard,
            seconda_lingua: lingua.map(|lingua| SecondaLingua { lingua, oggetto: Some("Kantine".to_owned()), informativa_importo: None }),
            parti: rate
                .iter()
                .map(|rata| Parte {
                    importo: Importo::da_cent(500),
                    numero_avviso: NumeroAvviso::leggi("301000000000000428").expect("valido"),
                    entro_il: NaiveDate::from_ymd_opt(2026, 4, 30),
                    rata: *rata,
                    bollettino: bollettino.clone(),
                })
                .collect(),
        }
    }

    /// The same with every text longer than its contract allows.
    fn lungo(dati: Documento) -> Documento {
        let lungo = |n: usize| "Sanzione WWWMMM ".chars().cycle().take(n).collect::<String>();
        let bollettino = |b: BollettinoPostale| BollettinoPostale { intestatario: lungo(300), autorizzazione: lungo(300), ..b };
        Documento {
            ente: Ente { denominazione: lungo(500), settore: Some(lungo(300)), righe: vec![lungo(300); 9], cbill: Some(lungo(90)), ..dati.ente },
            debitore: Soggetto { anagrafica: lungo(300), identificativo: lungo(100), indirizzo: vec![lungo(300); 9] },
            oggetto: lungo(1024),
            informativa_importo: InformativaImporto::Testo(lungo(2000)),
            seconda_lingua: dati.seconda_lingua.map(|l| SecondaLingua { oggetto: Some(lungo(1024)), informativa_importo: Some(lungo(2000)), ..l }),
            parti: dati.parti.into_iter().map(|p| Parte { importo: Importo::da_cent(9_999_999_999), bollettino: p.bollettino.map(bollettino), ..p }).collect(),
        }
    }

    fn struttura(dati: &Documento) -> String {
        let parti: Vec<_> = dati.parti.iter().collect();
        componi(&Lavoro::prepara(dati, &parti).expect("valido")).struttura()
    }

    /// Lowest ink of each page.
    fn fondi(dati: &Documento) -> Vec<(Carta, f32)> {
        let parti: Vec<_> = dati.parti.iter().collect();
        let lavoro = Lavoro::prepara(dati, &parti).expect("valido");
        let mut stampa = Stampa::nuova();
        carte(&lavoro)
            .into_iter()
            .map(|carta| {
                let mut fondo = 0.0;
                stampa.pagina(|f| fondo = lavoro.disegna(f, &carta));
                (carta, fondo)
            })
            .collect()
    }

    /// What a screen reader walks through: a person has read this once.
    #[test]
    fn i_tag_sono_in_ordine_di_lettura() {
        insta::assert_snapshot!(struttura(&campione(&[Rata::Unica], true, None)));
    }

    #[test]
    fn i_tag_di_un_documento_seguono_le_rate() {
        insta::assert_snapshot!(struttura(&campione(&[Rata::Unica, Rata::Numero(1), Rata::Numero(2)], false, None)));
        insta::assert_snapshot!(struttura(&campione(&[Rata::Numero(1), Rata::Numero(2)], true, Some(Lingua::De))));
    }

    #[test]
    fn ogni_pagina_finisce_prima_del_margine() {
        let rate = |n: u32| (1..=n).map(Rata::Numero).collect::<Vec<_>>();
        let piani = [
            vec![Rata::OltreGiorni(u32::MAX)],
            rate(2),
            rate(3),
            rate(14),
            [vec![Rata::Unica], rate(3)].concat(),
            vec![Rata::Scontato, Rata::Ridotto],
            vec![Rata::EntroGiorni(u32::MAX), Rata::OltreGiorni(u32::MAX)],
        ];
        let lingue = std::iter::once(None).chain(Lingua::TUTTE.map(Some));
        let mut fuori = Vec::new();
        for (piano, lingua, postale) in lingue.flat_map(|l| piani.iter().flat_map(move |p| [(p, l, false), (p, l, true)])) {
            let corto = campione(piano, postale, lingua);
            // One other language is enough for texts that fill their boxes anyway.
            let piena = matches!(lingua, None | Some(Lingua::De)).then(|| lungo(corto.clone()));
            for dati in piena.into_iter().chain([corto]) {
                for (carta, fondo) in fondi(&dati) {
                    if !(fondo > 150.0 && fondo < ALTEZZA - 20.0) {
                        fuori.push(format!("{carta:?} {lingua:?} postale {postale}, {piano:?}: {fondo}"));
                    }
                }
            }
        }
        assert!(fuori.is_empty(), "{fuori:#?}");
    }
}
