//! What the node asks of the station (spec/3 sections 1.12.2, 1.12.3, 1.12.6, 1.12.8), with its header.

use std::fmt;

use codici::IdDominio;

use super::persone::leggi_persona;
use super::{Errore, Intestazione, Operazione};
use crate::busta::{Messaggio, Radice, Spazio, Testo};
use crate::cursore::{Cursore, Sintassi, percorri};
use crate::messaggi::Soggetto;
use crate::regole::{base64, bic, iban, id_dominio, importo};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Richiesta {
    /// `paaVerificaRPT`; the second is `identificativoPSP`.
    Verifica(Intestazione, String),
    Attiva(Box<RichiestaAttiva>),
    /// `paaInviaRT`; the second is the RT, decoded and not yet read.
    InviaRt(Intestazione, Vec<u8>),
    /// `paaInviaEsitoStorno`, of the dominio it names.
    EsitoStorno(String),
    /// `paaInviaRichiestaRevoca`, of the dominio it names.
    RichiestaRevoca(String),
}

/// `paaAttivaRPT`, as far as it is used: the amount that the PSP was shown and the IBAN that it would like are read and left there.
/// `Debug` shows identifiers only.
#[derive(Clone, PartialEq, Eq)]
pub struct RichiestaAttiva {
    pub intestazione: Intestazione,
    /// `identificativoPSP`.
    pub psp: String,
    /// `identificativoIntermediarioPSP`.
    pub intermediario_psp: Option<String>,
    /// `identificativoCanalePSP`.
    pub canale: Option<String>,
    pub versante: Option<Soggetto>,
    pub iban_addebito: Option<String>,
    pub bic_addebito: Option<String>,
}

impl fmt::Debug for RichiestaAttiva {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RichiestaAttiva").field("intestazione", &self.intestazione).field("psp", &self.psp).finish_non_exhaustive()
    }
}

impl Richiesta {
    #[must_use]
    pub const fn operazione(&self) -> Operazione {
        match self {
            Self::Verifica(..) => Operazione::PaaVerificaRpt,
            Self::Attiva(_) => Operazione::PaaAttivaRpt,
            Self::InviaRt(..) => Operazione::PaaInviaRt,
            Self::EsitoStorno(_) => Operazione::PaaInviaEsitoStorno,
            Self::RichiestaRevoca(_) => Operazione::PaaInviaRichiestaRevoca,
        }
    }

    /// As the message names it, true or not.
    #[must_use]
    pub fn id_dominio(&self) -> &str {
        match self {
            Self::Verifica(i, _) | Self::InviaRt(i, _) => &i.id_dominio,
            Self::Attiva(r) => &r.intestazione.id_dominio,
            Self::EsitoStorno(d) | Self::RichiestaRevoca(d) => d,
        }
    }

    /// The same; empty where nothing but the dominio is read.
    #[must_use]
    pub fn id_stazione(&self) -> &str {
        match self {
            Self::Verifica(i, _) | Self::InviaRt(i, _) => &i.id_stazione,
            Self::Attiva(r) => &r.intestazione.id_stazione,
            Self::EsitoStorno(_) | Self::RichiestaRevoca(_) => "",
        }
    }
}

/// Reads a request from the body of the HTTP request. The caller has bounded its size.
///
/// # Errors
/// [`Errore::Sintassi`] when the operation was recognised before the defect, [`Errore::NonSoap`] otherwise.
pub fn leggi_richiesta(byte: &[u8]) -> Result<Richiesta, Errore> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::SoloBusta).map_err(|d| {
        let operazione = d.radice.and_then(|(spazio, elemento)| Operazione::di(&spazio, &elemento));
        match operazione {
            Some(operazione) => Errore::Sintassi { operazione, dettaglio: d.dettaglio },
            None => Errore::NonSoap { dettaglio: d.dettaglio },
        }
    })?;
    let operazione = Operazione::di(messaggio.spazio(), messaggio.nome());
    let operazione = operazione.ok_or_else(|| Errore::NonSoap { dettaglio: "operazione sconosciuta".to_owned() })?;
    leggi(&testo, &messaggio, operazione).map_err(|dettaglio| Errore::Sintassi { operazione, dettaglio })
}

/// The dominio that a request speaks of, also when the rest of it is not valid: `id` of the fault that says so.
#[must_use]
pub fn dominio_indicato(byte: &[u8]) -> Option<IdDominio> {
    const CAMPO: &[&str] = &["identificativoDominio"];
    let testo = Testo::decodifica(byte);
    let in_testata = testo.intestazione().ok().flatten().and_then(|m| id_dominio(m.testo_a(CAMPO)?).ok());
    in_testata.or_else(|| id_dominio(testo.fin_dove_si_legge(Radice::SoloBusta).testo_a(CAMPO)?).ok())
}

fn leggi(testo: &Testo<'_>, messaggio: &Messaggio<'_>, operazione: Operazione) -> Sintassi<Richiesta> {
    match operazione {
        Operazione::PaaVerificaRpt => {
            let intestazione = intestazione(testo)?;
            percorri(messaggio, |c| Ok(Richiesta::Verifica(intestazione, c.testo("identificativoPSP", 1..=35)?)))
        }
        Operazione::PaaAttivaRpt => {
            let intestazione = intestazione(testo)?;
            percorri(messaggio, |c| leggi_attiva(c, intestazione)).map(|r| Richiesta::Attiva(Box::new(r)))
        }
        Operazione::PaaInviaRt => {
            let intestazione = intestazione(testo)?;
            percorri(messaggio, |c| {
                c.testo("tipoFirma", 0..=usize::MAX)?;
                Ok(Richiesta::InviaRt(intestazione, c.valore("rt", base64)?))
            })
        }
        Operazione::PaaInviaEsitoStorno => percorri(messaggio, |c| {
            c.testo("identificativoIntermediarioPA", 1..=35)?;
            c.testo("identificativoStazioneIntermediarioPA", 1..=35)?;
            leggi_non_servita(c, "er").map(Richiesta::EsitoStorno)
        }),
        Operazione::PaaInviaRichiestaRevoca => percorri(messaggio, |c| leggi_non_servita(c, "rr").map(Richiesta::RichiestaRevoca)),
    }
}

fn intestazione(testo: &Testo<'_>) -> Sintassi<Intestazione> {
    let messaggio = testo.intestazione().map_err(|d| d.dettaglio)?;
    let messaggio = messaggio.filter(|m| m.nome() == Intestazione::ELEMENTO).ok_or("manca l'header `intestazionePPT`")?;
    percorri(&messaggio, Intestazione::leggi)
}

fn leggi_attiva(c: &mut Cursore<'_, '_>, intestazione: Intestazione) -> Sintassi<RichiestaAttiva> {
    let psp = c.testo("identificativoPSP", 1..=35)?;
    let (versante, iban_addebito, bic_addebito) = c.gruppo("datiPagamentoPSP", |c| {
        c.valore("importoSingoloVersamento", importo)?;
        c.valore_facoltativo("ibanAppoggio", iban)?;
        c.valore_facoltativo("bicAppoggio", bic)?;
        let versante = persona_facoltativa(c, "soggettoVersante", "Versante")?;
        let addebito = (c.valore_facoltativo("ibanAddebito", iban)?, c.valore_facoltativo("bicAddebito", bic)?);
        persona_facoltativa(c, "soggettoPagatore", "Pagatore")?;
        Ok((versante, addebito.0, addebito.1))
    })?;
    Ok(RichiestaAttiva {
        intestazione,
        psp,
        intermediario_psp: c.testo_facoltativo("identificativoIntermediarioPSP", 1..=35)?,
        canale: c.testo_facoltativo("identificativoCanalePSP", 1..=35)?,
        versante,
        iban_addebito,
        bic_addebito,
    })
}

/// The element in no namespace, what it holds in that of the documents (spec/3 section 1.1).
fn persona_facoltativa(c: &mut Cursore<'_, '_>, elemento: &str, chi: &str) -> Sintassi<Option<Soggetto>> {
    if c.segue(elemento) { c.gruppo_in(elemento, Spazio::Pagamenti, |c| leggi_persona(c, chi)).map(Some) } else { Ok(None) }
}

/// Who is spoken of, in a request that we answer with a refusal.
fn leggi_non_servita(c: &mut Cursore<'_, '_>, documento: &str) -> Sintassi<String> {
    let dominio = c.testo("identificativoDominio", 1..=35)?;
    c.testo("identificativoUnivocoVersamento", 1..=35)?;
    c.testo("codiceContestoPagamento", 1..=35)?;
    c.valore(documento, base64)?;
    Ok(dominio)
}
