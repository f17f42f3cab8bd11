//! The parts of a documento with their codes made, and the words that name them.

use codici::Importo;
use codici::stampa::{Bollettino, qr_code};
use krilla::image::Image;

use crate::avviso::{BollettinoPostale, Documento, Parte, Rata};
use crate::elementi::data_italiana;
use crate::lingue::{self, Lingua, Testo};
use crate::matrice::Matrice;
use crate::{ErroreStampa, logo};

/// A documento that can be drawn: nothing can fail any more but its logo.
pub(crate) struct Lavoro<'a> {
    pub dati: &'a Documento,
    pub pezzi: Vec<Pezzo<'a>>,
    pub logo: Option<Image>,
    /// Every part has its bollettino.
    pub postale: bool,
    pub lingua: Option<Lingua>,
}

pub(crate) struct Pezzo<'a> {
    pub parte: &'a Parte,
    pub qr: Matrice,
    pub postale: Option<Postale<'a>>,
}

pub(crate) struct Postale<'a> {
    pub dati: &'a BollettinoPostale,
    pub conto: String,
    pub codeline: String,
    pub datamatrix: Matrice,
}

impl<'a> Lavoro<'a> {
    /// `parti`: those of `dati`, sorted.
    pub(crate) fn prepara(dati: &'a Documento, parti: &[&'a Parte]) -> Result<Self, ErroreStampa> {
        let postale = parti.iter().all(|p| p.bollettino.is_some());
        let pezzi = parti.iter().map(|p| Pezzo::prepara(dati, p, postale)).collect::<Result<_, _>>()?;
        let logo = dati.ente.logo.as_deref().and_then(|byte| logo::leggi(byte).ok());
        Ok(Self { dati, pezzi, logo, postale, lingua: dati.seconda_lingua.as_ref().map(|l| l.lingua) })
    }

    pub(crate) fn oggetto(&self) -> Testo {
        let seconda = self.dati.seconda_lingua.as_ref();
        let altra = seconda.and_then(|s| s.oggetto.as_ref().filter(|o| !o.trim().is_empty()).map(|o| (s.lingua, o.clone())));
        Testo { it: self.dati.oggetto.clone(), altra }
    }
}

impl<'a> Pezzo<'a> {
    fn prepara(dati: &'a Documento, parte: &'a Parte, postale: bool) -> Result<Self, ErroreStampa> {
        if parte.importo < Importo::ZERO || parte.importo > Importo::MASSIMO {
            return Err(ErroreStampa::Importo(parte.importo));
        }
        Ok(Self {
            parte,
            qr: Matrice::qr(&qr_code(&parte.numero_avviso, &dati.ente.dominio, parte.importo))?,
            postale: parte.bollettino.as_ref().filter(|_| postale).map(|b| Postale::prepara(dati, parte, b)).transpose()?,
        })
    }

    pub(crate) fn etichetta(&self, lingua: Option<Lingua>) -> Testo {
        match self.parte.rata {
            Rata::Unica => lingue::RATA_UNICA.in_lingua(lingua),
            Rata::Numero(n) => lingue::RATA.con(lingua, &[&n.to_string()]),
            Rata::EntroGiorni(g) => lingue::ENTRO_GIORNI.con(lingua, &[&g.to_string()]),
            Rata::OltreGiorni(g) => lingue::OLTRE_GIORNI.con(lingua, &[&g.to_string()]),
            Rata::Scontato => lingue::SCONTATO.in_lingua(lingua),
            Rata::Ridotto => lingue::RIDOTTO.in_lingua(lingua),
        }
    }

    pub(crate) fn etichetta_e_data(&self, lingua: Option<Lingua>) -> Testo {
        match (self.parte.entro_il.map(data_italiana), self.parte.rata) {
            (Some(data), Rata::Unica) => lingue::RATA_UNICA_ENTRO.con(lingua, &[&data]),
            (Some(data), Rata::Numero(n)) => lingue::RATA_ENTRO.con(lingua, &[&n.to_string(), &data]),
            _ => self.etichetta(lingua),
        }
    }
}

impl<'a> Postale<'a> {
    fn prepara(documento: &'a Documento, parte: &'a Parte, dati: &'a BollettinoPostale) -> Result<Self, ErroreStampa> {
        let iban = dati.iban.as_bytes();
        if iban.len() < 12 || !dati.iban.is_ascii() || !iban[iban.len() - 12..].iter().all(u8::is_ascii_digit) {
            return Err(ErroreStampa::IbanPostale);
        }
        if parte.importo.cent() > 9_999_999_999 {
            return Err(ErroreStampa::ImportoBollettino(parte.importo));
        }
        let bollettino = Bollettino {
            avviso: &parte.numero_avviso,
            dominio: &documento.ente.dominio,
            importo: parte.importo,
            iban: &dati.iban,
            debitore_identificativo: &documento.debitore.identificativo,
            debitore_anagrafica: &documento.debitore.anagrafica,
            causale: &documento.oggetto,
        };
        Ok(Self { dati, conto: bollettino.conto(), codeline: bollettino.codeline(), datamatrix: Matrice::datamatrix(&bollettino.datamatrix())? })
    }
}
