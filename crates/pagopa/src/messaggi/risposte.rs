//! What we answer, written so that it is valid in both generations of the contract, and read again when it has been stored.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use codici::{IdDominio, Importo, Iuv};

use super::parti::{leggi_metadata, leggi_soggetto, leggi_trasferimenti_richiesti};
use super::scrittura::{Scrittore, scrivi_attivazione, scrivi_fault, scrivi_verifica};
use super::{AccreditoRichiesto, CifreAvviso, ErroreRichiesta, Operazione, Soggetto, Trasferimento, Versione, VoceMetadata, operazione_di};
use crate::busta::{Radice, Testo};
use crate::cursore::{Cursore, Sintassi, percorri};
use crate::fault::{CodiceFault, Fault};
use crate::regole::{booleano, data, data_ora, diciotto_cifre, id_dominio, importo_positivo, iuv, testo_fra, uno_fra};

/// Characters of a fault's description. The XSD sets no bound; causes copied from other systems would grow without one.
pub const CARATTERI_DESCRIZIONE_MAX: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Risposta {
    Verifica(Box<DatiVerifica>),
    Attivazione(Versione, Box<DatiAttivazione>),
    /// The receipt is ours and durable.
    RicevutaAcquisita(Versione),
    /// OK of `paDemandPaymentNotice`: the notice that was made, and what would be paid.
    Avviso(CifreAvviso, Box<DatiVerifica>),
    /// `outcome` KO.
    Rifiuto(Operazione, Fault),
}

/// OK of `paVerifyPaymentNotice`: exactly one option, always `EQ` (spec/3 section 1.6). `Debug` shows identifiers and amounts only.
#[derive(Clone, PartialEq, Eq)]
pub struct DatiVerifica {
    pub importo: Importo,
    /// `dueDate`.
    pub scadenza: Option<NaiveDate>,
    /// `detailDescription`: a space is written when blank.
    pub dettaglio: String,
    /// `allCCP`: every voce is credited on a postal account.
    pub tutto_postale: bool,
    /// `paymentDescription`: a space is written when blank.
    pub descrizione: String,
    /// `fiscalCodePA`.
    pub id_dominio: IdDominio,
    /// `companyName`.
    pub ragione_sociale: String,
    /// `officeName`.
    pub ufficio: Option<String>,
}

impl fmt::Debug for DatiVerifica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatiVerifica").field("id_dominio", &self.id_dominio).field("importo", &self.importo).finish_non_exhaustive()
    }
}

/// `data` of the activation: `ctPaymentPA` or `ctPaymentPAV2` (spec/3 sections 1.7 and 1.8). `Debug` shows identifiers and amounts only.
#[derive(Clone, PartialEq, Eq)]
pub struct DatiAttivazione {
    /// `creditorReferenceId`.
    pub iuv: Iuv,
    /// `paymentAmount`.
    pub importo: Importo,
    /// `dueDate`: mandatory even when the pendenza has none.
    pub scadenza: NaiveDate,
    /// `retentionDate`.
    pub data_conservazione: Option<NaiveDateTime>,
    /// `lastPayment`.
    pub ultimo_pagamento: Option<bool>,
    pub descrizione: String,
    /// `companyName`: mandatory in V2.
    pub ragione_sociale: Option<String>,
    /// `officeName`.
    pub ufficio: Option<String>,
    pub debitore: Soggetto,
    /// 1 to 5.
    pub trasferimenti: Vec<Trasferimento<AccreditoRichiesto>>,
    /// At most 10 are written.
    pub metadata: Vec<VoceMetadata>,
}

impl fmt::Debug for DatiAttivazione {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatiAttivazione").field("iuv", &self.iuv).field("importo", &self.importo).finish_non_exhaustive()
    }
}

impl Risposta {
    #[must_use]
    pub const fn operazione(&self) -> Operazione {
        match self {
            Self::Verifica(_) => Operazione::PaVerifyPaymentNotice,
            Self::Attivazione(versione, _) => Operazione::attivazione(*versione),
            Self::RicevutaAcquisita(versione) => Operazione::ricevuta(*versione),
            Self::Avviso(..) => Operazione::PaDemandPaymentNotice,
            Self::Rifiuto(operazione, _) => *operazione,
        }
    }

    /// The whole SOAP envelope. Free texts are cut to the lengths of the XSD, blank optional elements are left out, characters that XML
    /// does not have become `?`. What no cut can mend (no transfers, amount zero) is found by [`Risposta::scrivi_valida`].
    #[must_use]
    pub fn scrivi(&self) -> String {
        let mut s = Scrittore::busta(self.operazione().elemento_risposta());
        match self {
            Self::Rifiuto(_, fault) => scrivi_fault(&mut s, fault),
            Self::Verifica(dati) => s.esito_ok(|s| scrivi_verifica(s, dati)),
            Self::Attivazione(versione, dati) => s.esito_ok(|s| scrivi_attivazione(s, *versione, dati)),
            Self::RicevutaAcquisita(_) => s.esito_ok(|_| ()),
            Self::Avviso(avviso, dati) => s.esito_ok(|s| {
                s.gruppo("qrCode", |s| {
                    s.elemento("fiscalCode", dati.id_dominio.as_str());
                    s.elemento("noticeNumber", avviso.as_str());
                });
                scrivi_verifica(s, dati);
            }),
        }
        s.fine()
    }

    /// As [`Risposta::scrivi`], then read back with the rules of the XSD: to be called before an activation is stored.
    ///
    /// # Errors
    /// The element and the rule that the answer would break.
    pub fn scrivi_valida(&self) -> Result<String, ErroreRichiesta> {
        let scritta = self.scrivi();
        leggi_risposta(scritta.as_bytes())?;
        Ok(scritta)
    }
}

/// SOAP Fault `Client`, for what is no request of ours; goes with HTTP 500.
#[must_use]
pub fn soap_fault_client(testo: &str) -> String {
    Scrittore::soap_fault("Client", testo)
}

/// SOAP Fault `Server`, for a failure of ours where not even the operation is known; goes with HTTP 500.
#[must_use]
pub fn soap_fault_server(testo: &str) -> String {
    Scrittore::soap_fault("Server", testo)
}

/// Reads one of our answers: the envelope as it was sent, or its message alone.
///
/// # Errors
/// As [`leggi_richiesta`](super::leggi_richiesta), for the elements of the answers.
pub fn leggi_risposta(byte: &[u8]) -> Result<Risposta, ErroreRichiesta> {
    let nome = Operazione::elemento_risposta;
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).map_err(|d| ErroreRichiesta::da_difetto(d, nome))?;
    let operazione = operazione_di(&messaggio, nome)?;
    percorri(&messaggio, |c| leggi_corpo(c, operazione)).map_err(|dettaglio| ErroreRichiesta::SintassiOperazione { operazione, dettaglio })
}

/// Reads the data of a stored activation: what a receipt is compared with.
///
/// # Errors
/// As [`leggi_risposta`]; an answer that is not an activation OK is [`ErroreRichiesta::NonSoap`].
pub fn leggi_attivazione(byte: &[u8]) -> Result<(Versione, DatiAttivazione), ErroreRichiesta> {
    match leggi_risposta(byte)? {
        Risposta::Attivazione(versione, dati) => Ok((versione, *dati)),
        altra => Err(ErroreRichiesta::NonSoap { dettaglio: format!("la risposta {} non e' un'attivazione riuscita", altra.operazione()) }),
    }
}

fn leggi_corpo(c: &mut Cursore<'_, '_>, operazione: Operazione) -> Sintassi<Risposta> {
    if !c.valore("outcome", uno_fra(&[("OK", true), ("KO", false)]))? {
        return c.gruppo("fault", leggi_fault).map(|fault| Risposta::Rifiuto(operazione, fault));
    }
    match operazione {
        Operazione::PaVerifyPaymentNotice => leggi_verifica(c).map(|d| Risposta::Verifica(Box::new(d))),
        Operazione::PaGetPayment => c.gruppo("data", |c| leggi_dati(c, Versione::V1)).map(|d| Risposta::Attivazione(Versione::V1, Box::new(d))),
        Operazione::PaGetPaymentV2 => c.gruppo("data", |c| leggi_dati(c, Versione::V2)).map(|d| Risposta::Attivazione(Versione::V2, Box::new(d))),
        Operazione::PaSendRt => Ok(Risposta::RicevutaAcquisita(Versione::V1)),
        Operazione::PaSendRtV2 => Ok(Risposta::RicevutaAcquisita(Versione::V2)),
        Operazione::PaDemandPaymentNotice => {
            let avviso = c.gruppo("qrCode", |c| {
                c.valore("fiscalCode", id_dominio)?;
                c.valore("noticeNumber", diciotto_cifre)
            })?;
            Ok(Risposta::Avviso(CifreAvviso(avviso), Box::new(leggi_verifica(c)?)))
        }
    }
}

fn leggi_fault(c: &mut Cursore<'_, '_>) -> Sintassi<Fault> {
    let codice = c.valore("faultCode", |t| CodiceFault::leggi(t).ok_or_else(|| "codice sconosciuto".into()))?;
    c.valore("faultString", |t| if t == codice.testo() { Ok(()) } else { Err("non e' il testo del codice".into()) })?;
    Ok(Fault { codice, id: c.testo("id", 0..=usize::MAX)?, descrizione: c.testo_facoltativo("description", 0..=usize::MAX)? })
}

fn leggi_verifica(c: &mut Cursore<'_, '_>) -> Sintassi<DatiVerifica> {
    let (importo, scadenza, dettaglio, tutto_postale) = c.gruppo("paymentList", |c| {
        c.gruppo("paymentOptionDescription", |c| {
            let importo = c.valore("amount", importo_positivo)?;
            c.valore("options", uno_fra(&[("EQ", ())]))?;
            Ok((importo, c.valore_facoltativo("dueDate", data)?, c.testo("detailDescription", 1..=140)?, c.valore("allCCP", booleano)?))
        })
    })?;
    Ok(DatiVerifica {
        importo,
        scadenza,
        dettaglio,
        tutto_postale,
        descrizione: c.testo("paymentDescription", 1..=140)?,
        id_dominio: c.valore("fiscalCodePA", id_dominio)?,
        ragione_sociale: c.testo("companyName", 1..=140)?,
        ufficio: c.testo_facoltativo("officeName", 1..=140)?,
    })
}

fn leggi_dati(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<DatiAttivazione> {
    Ok(DatiAttivazione {
        iuv: c.valore("creditorReferenceId", iuv)?,
        importo: c.valore("paymentAmount", importo_positivo)?,
        scadenza: c.valore("dueDate", data)?,
        data_conservazione: c.valore_facoltativo("retentionDate", data_ora)?,
        ultimo_pagamento: c.valore_facoltativo("lastPayment", booleano)?,
        descrizione: c.testo("description", 1..=140)?,
        ragione_sociale: match versione {
            Versione::V1 => c.testo_facoltativo("companyName", 1..=140)?,
            Versione::V2 => c.valore("companyName", testo_fra(1..=140)).map(Some)?,
        },
        ufficio: c.testo_facoltativo("officeName", 1..=140)?,
        debitore: c.gruppo("debtor", leggi_soggetto)?,
        trasferimenti: leggi_trasferimenti_richiesti(c, versione)?,
        metadata: leggi_metadata(c)?,
    })
}
