//! Header and rows of a flow.

use std::io::BufRead;

use chrono::{NaiveDate, NaiveDateTime};
use codici::Importo;

use super::Illeggibile;
use super::scorri::{Esito, Passo, Scorri};
use crate::regole;

pub const NS_PAGAMENTI: &str = "http://www.digitpa.gov.it/schemas/2011/Pagamenti/";

/// Rows of one flow: fifty times what pagoPA's massive formats are sized for.
pub const RIGHE_MAX: u64 = 5_000_000;

/// Characters of an identifier: twice `stText35`, because some PSPs write more than they may.
const CARATTERI_ID_MAX: usize = 70;
const CARATTERI_NOME_MAX: usize = 140;

/// Everything before the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testata {
    pub id_flusso: String,
    /// Local time of Europe/Rome.
    pub data_ora: NaiveDateTime,
    /// `identificativoUnivocoRegolamento`: the TRN of the transfer.
    pub trn: String,
    pub data_regolamento: NaiveDate,
    pub mittente: Mittente,
    /// `codiceBicBancaDiRiversamento`.
    pub bic: Option<String>,
    /// `codiceIdentificativoUnivoco` of the istituto ricevente: the fiscal code of the ente, when the PSP writes what it should.
    pub ricevente: String,
    pub nome_ricevente: Option<String>,
    pub numero_pagamenti: u64,
    pub importo_totale: Importo,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mittente {
    /// G, A or B.
    pub tipo: String,
    pub codice: String,
    pub denominazione: Option<String>,
}

/// `datiSingoliPagamenti`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Riga {
    pub iuv: String,
    pub iur: String,
    /// `indiceDatiSingoloPagamento`, 1 to 5.
    pub indice: Option<u8>,
    /// Below zero for what is given back.
    pub importo: Importo,
    /// `codiceEsitoSingoloPagamento`: one digit by contract; what is not known is an anomaly of the row, not of the document.
    pub esito: u16,
    pub data: NaiveDate,
}

/// The rows of a flow, one at a time.
pub struct Lettore<R: BufRead> {
    xml: Scorri<R>,
    righe: u64,
    finito: bool,
}

impl<R: BufRead> Lettore<R> {
    /// Reads the header. `dentro` must have the XML declaration ready at its first look, as any buffered reader has.
    ///
    /// # Errors
    /// For what is no `FlussoRiversamento`.
    pub fn apri(dentro: R) -> Result<(Self, Testata), Illeggibile> {
        let mut xml = Scorri::nuovo(dentro)?;
        xml.entra("FlussoRiversamento")?;
        if !matches!(xml.spazio(), NS_PAGAMENTI | "") {
            return Err(Illeggibile::nuovo("FlussoRiversamento di un altro namespace"));
        }
        let testata = leggi_testata(&mut xml)?;
        Ok((Self { xml, righe: 0, finito: false }, testata))
    }

    /// The next row, `None` after the last.
    ///
    /// # Errors
    /// For a row that breaks the contract, a document that ends too early or goes on too long. Nothing can be read after.
    pub fn prossima(&mut self) -> Result<Option<Riga>, Illeggibile> {
        if self.finito {
            return Ok(None);
        }
        if self.righe > 0 && self.xml.guarda()? == Passo::Chiude {
            self.xml.esci()?;
            if self.xml.prendi()? != Passo::Fine {
                return Err(Illeggibile::nuovo("XML con piu' di una radice"));
            }
            self.finito = true;
            return Ok(None);
        }
        if self.righe >= RIGHE_MAX {
            return Err(Illeggibile::nuovo(format!("flusso con piu' di {RIGHE_MAX} pagamenti")));
        }
        let riga = leggi_riga(&mut self.xml).map_err(|e| Illeggibile { motivo: format!("pagamento {}: {}", self.righe + 1, e.motivo), ..e })?;
        self.righe += 1;
        Ok(Some(riga))
    }
}

fn leggi_testata<R: BufRead>(x: &mut Scorri<R>) -> Esito<Testata> {
    campo(x, "versioneOggetto", 16)?;
    let id_flusso = campo(x, "identificativoFlusso", CARATTERI_ID_MAX)?;
    let data_ora = letto(x, "dataOraFlusso", regole::data_ora)?;
    let trn = campo(x, "identificativoUnivocoRegolamento", CARATTERI_ID_MAX)?;
    let data_regolamento = letto(x, "dataRegolamento", giorno)?;
    x.entra("istitutoMittente")?;
    let (tipo, codice) = soggetto(x, "identificativoUnivocoMittente")?;
    let denominazione = campo_se(x, "denominazioneMittente", CARATTERI_NOME_MAX)?;
    x.esci()?;
    let bic = campo_se(x, "codiceBicBancaDiRiversamento", CARATTERI_ID_MAX)?;
    x.entra("istitutoRicevente")?;
    let (_, ricevente) = soggetto(x, "identificativoUnivocoRicevente")?;
    let nome_ricevente = campo_se(x, "denominazioneRicevente", CARATTERI_NOME_MAX)?;
    x.esci()?;
    Ok(Testata {
        id_flusso,
        data_ora,
        trn,
        data_regolamento,
        mittente: Mittente { tipo, codice, denominazione },
        bic,
        ricevente,
        nome_ricevente,
        numero_pagamenti: letto(x, "numeroTotalePagamenti", conteggio)?,
        importo_totale: letto(x, "importoTotalePagamenti", importo)?,
    })
}

fn leggi_riga<R: BufRead>(x: &mut Scorri<R>) -> Esito<Riga> {
    x.entra("datiSingoliPagamenti")?;
    let iuv = campo(x, "identificativoUnivocoVersamento", CARATTERI_ID_MAX)?;
    let iur = campo(x, "identificativoUnivocoRiscossione", CARATTERI_ID_MAX)?;
    let indice = if x.segue("indiceDatiSingoloPagamento")? { Some(letto(x, "indiceDatiSingoloPagamento", regole::indice_trasferimento)?) } else { None };
    let riga = Riga {
        iuv,
        iur,
        indice,
        importo: letto(x, "singoloImportoPagato", importo)?,
        esito: letto(x, "codiceEsitoSingoloPagamento", esito)?,
        data: letto(x, "dataEsitoSingoloPagamento", giorno)?,
    };
    x.esci()?;
    Ok(riga)
}

fn soggetto<R: BufRead>(x: &mut Scorri<R>, nome: &str) -> Esito<(String, String)> {
    x.entra(nome)?;
    let tipo = campo(x, "tipoIdentificativoUnivoco", 1)?;
    let codice = campo(x, "codiceIdentificativoUnivoco", CARATTERI_ID_MAX)?;
    x.esci()?;
    Ok((tipo, codice))
}

/// A mandatory text that is not empty.
fn campo<R: BufRead>(x: &mut Scorri<R>, nome: &str, caratteri_max: usize) -> Esito<String> {
    x.entra(nome)?;
    let testo = x.testo(caratteri_max)?;
    if testo.is_empty() { Err(Illeggibile::nuovo(format!("`{nome}` e' vuoto"))) } else { Ok(testo) }
}

/// An optional text; an empty one is none.
fn campo_se<R: BufRead>(x: &mut Scorri<R>, nome: &str, caratteri_max: usize) -> Esito<Option<String>> {
    if !x.segue(nome)? {
        return Ok(None);
    }
    x.entra(nome)?;
    Ok(Some(x.testo(caratteri_max)?).filter(|t| !t.is_empty()))
}

fn letto<R: BufRead, T>(x: &mut Scorri<R>, nome: &str, leggi: impl FnOnce(&str) -> Result<T, regole::Regola>) -> Esito<T> {
    let testo = campo(x, nome, CARATTERI_ID_MAX)?;
    leggi(&testo).map_err(|regola| Illeggibile::nuovo(format!("valore non valido in `{nome}`: {regola}")))
}

/// With or without decimals, and below zero.
fn importo(testo: &str) -> Result<Importo, regole::Regola> {
    let letto = Importo::leggi(testo.strip_prefix('+').unwrap_or(testo)).ok();
    letto.filter(|i| i.cent().unsigned_abs() <= IMPORTO_MAX).ok_or_else(|| "non e' un importo".into())
}

/// A thousand times `stImporto`: sums of a whole flow stay far from the end of an `i64`.
const IMPORTO_MAX: u64 = 99_999_999_999_999;

fn conteggio(testo: &str) -> Result<u64, regole::Regola> {
    let cifre = testo.strip_prefix('+').unwrap_or(testo);
    let intero = cifre.split_once('.').map_or(cifre, |(intero, zeri)| if zeri.bytes().all(|b| b == b'0') { intero } else { cifre });
    let letto = intero.bytes().all(|b| b.is_ascii_digit()).then(|| intero.parse::<u64>().ok()).flatten();
    letto.filter(|n| *n < 1_000_000_000_000_000).ok_or_else(|| "non e' un numero intero".into())
}

fn esito(testo: &str) -> Result<u16, regole::Regola> {
    let cifre = (1..=3).contains(&testo.len()) && testo.bytes().all(|b| b.is_ascii_digit());
    cifre.then(|| testo.parse().ok()).flatten().ok_or_else(|| "non e' un codice".into())
}

/// A date, or the date of an instant: some write the hour too.
fn giorno(testo: &str) -> Result<NaiveDate, regole::Regola> {
    regole::data(testo).or_else(|_| regole::data_ora(testo).map(|d| d.date())).map_err(|_| "non e' una data".into())
}
