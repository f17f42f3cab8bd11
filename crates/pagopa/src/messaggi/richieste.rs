//! What the node asks: verify, activate, deliver a receipt (spec/4 sections 2.4 to 2.6).

use std::fmt;

use chrono::NaiveDate;
use codici::{IdDominio, Importo};

use super::ricevuta::leggi_corpo_ricevuta;
use super::{CifreAvviso, ErroreRichiesta, Operazione, Ricevuta, Versione, operazione_di};
use crate::busta::{Radice, Testo};
use crate::cursore::{Cursore, Sintassi, percorri};
use crate::regole::{base64, booleano, data, diciotto_cifre, id_dominio, importo, uno_fra};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Richiesta {
    Verifica(RichiestaVerifica),
    Attivazione(RichiestaAttivazione),
    Ricevuta(Box<RichiestaRicevuta>),
    /// `paDemandPaymentNotice`.
    Avviso(RichiestaAvviso),
}

impl Richiesta {
    #[must_use]
    pub const fn operazione(&self) -> Operazione {
        match self {
            Self::Verifica(_) => Operazione::PaVerifyPaymentNotice,
            Self::Attivazione(r) => Operazione::attivazione(r.versione),
            Self::Ricevuta(r) => Operazione::ricevuta(r.ricevuta.versione),
            Self::Avviso(_) => Operazione::PaDemandPaymentNotice,
        }
    }

    #[must_use]
    pub const fn stazione(&self) -> &Stazione {
        match self {
            Self::Verifica(r) => &r.stazione,
            Self::Attivazione(r) => &r.stazione,
            Self::Ricevuta(r) => &r.stazione,
            Self::Avviso(r) => &r.stazione,
        }
    }
}

/// Whom the node addresses. Texts of 1 to 35 characters, whose truth the gateway checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stazione {
    /// `idPA`. Not the key of anything: the dominio is that of the QR code or of the receipt (spec/3 section 1.3).
    pub id_pa: String,
    /// `idBrokerPA`.
    pub id_intermediario: String,
    /// `idStation`.
    pub id_stazione: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// `fiscalCode`.
    pub id_dominio: IdDominio,
    /// `noticeNumber`.
    pub numero_avviso: CifreAvviso,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RichiestaVerifica {
    pub stazione: Stazione,
    pub qr_code: QrCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoTrasferimento {
    /// `POSTAL`: the payer stands at a post office.
    Postale,
    /// `PAGOPA`.
    PagoPa,
}

/// `Debug` does not show the note.
#[derive(Clone, PartialEq, Eq)]
pub struct RichiestaAttivazione {
    pub versione: Versione,
    pub stazione: Stazione,
    pub qr_code: QrCode,
    /// What the payer was shown. The answer carries the amount of the pendenza all the same.
    pub importo: Option<Importo>,
    /// `paymentNote`, 1 to 210 characters.
    pub nota: Option<String>,
    pub tipo_trasferimento: Option<TipoTrasferimento>,
    pub scadenza: Option<NaiveDate>,
}

impl fmt::Debug for RichiestaAttivazione {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("RichiestaAttivazione");
        d.field("versione", &self.versione).field("stazione", &self.stazione).field("qr_code", &self.qr_code).field("importo", &self.importo);
        d.finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RichiestaRicevuta {
    pub stazione: Stazione,
    pub ricevuta: Ricevuta,
}

/// A payer at a PSP asks for a service that makes its notice on the spot (spec/4 sections 1.5 and 2.7). `Debug` does not show the data.
#[derive(Clone, PartialEq, Eq)]
pub struct RichiestaAvviso {
    pub stazione: Stazione,
    /// `idServizio`, 5 characters.
    pub id_servizio: String,
    /// `idSoggettoServizio`, 5 characters.
    pub id_soggetto: String,
    /// `datiSpecificiServizioRequest`, decoded: an XML document of the service.
    pub dati: Vec<u8>,
}

impl fmt::Debug for RichiestaAvviso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RichiestaAvviso").field("stazione", &self.stazione).field("id_servizio", &self.id_servizio).finish_non_exhaustive()
    }
}

/// Reads a request from the body of the HTTP request. The caller has bounded its size.
///
/// # Errors
/// [`ErroreRichiesta::SintassiOperazione`] when the operation was recognised before the defect, [`ErroreRichiesta::NonSoap`] otherwise.
pub fn leggi_richiesta(byte: &[u8]) -> Result<Richiesta, ErroreRichiesta> {
    let nome = Operazione::elemento_richiesta;
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::SoloBusta).map_err(|d| ErroreRichiesta::da_difetto(d, nome))?;
    let operazione = operazione_di(&messaggio, nome)?;
    percorri(&messaggio, |c| leggi_corpo(c, operazione)).map_err(|dettaglio| ErroreRichiesta::SintassiOperazione { operazione, dettaglio })
}

/// The dominio that a request speaks of, also when the rest of it is not valid: `id` of the fault that says so.
#[must_use]
pub fn dominio_indicato(byte: &[u8]) -> Option<IdDominio> {
    const DOVE: [&[&str]; 3] = [&["qrCode", "fiscalCode"], &["receipt", "fiscalCode"], &["idPA"]];
    let testo = Testo::decodifica(byte);
    let messaggio = testo.fin_dove_si_legge(Radice::SoloBusta);
    DOVE.iter().find_map(|percorso| id_dominio(messaggio.testo_a(percorso)?).ok())
}

fn leggi_corpo(c: &mut Cursore<'_, '_>, operazione: Operazione) -> Sintassi<Richiesta> {
    match operazione {
        Operazione::PaVerifyPaymentNotice => Ok(Richiesta::Verifica(RichiestaVerifica { stazione: leggi_stazione(c)?, qr_code: leggi_qr_code(c)? })),
        Operazione::PaGetPayment => leggi_attivazione(c, Versione::V1).map(Richiesta::Attivazione),
        Operazione::PaGetPaymentV2 => leggi_attivazione(c, Versione::V2).map(Richiesta::Attivazione),
        Operazione::PaSendRt => leggi_consegna(c, Versione::V1).map(|r| Richiesta::Ricevuta(Box::new(r))),
        Operazione::PaSendRtV2 => leggi_consegna(c, Versione::V2).map(|r| Richiesta::Ricevuta(Box::new(r))),
        Operazione::PaDemandPaymentNotice => Ok(Richiesta::Avviso(RichiestaAvviso {
            stazione: leggi_stazione(c)?,
            id_servizio: c.testo("idServizio", 5..=5)?,
            id_soggetto: c.testo("idSoggettoServizio", 5..=5)?,
            dati: c.valore("datiSpecificiServizioRequest", base64)?,
        })),
    }
}

fn leggi_stazione(c: &mut Cursore<'_, '_>) -> Sintassi<Stazione> {
    Ok(Stazione { id_pa: c.testo("idPA", 1..=35)?, id_intermediario: c.testo("idBrokerPA", 1..=35)?, id_stazione: c.testo("idStation", 1..=35)? })
}

fn leggi_qr_code(c: &mut Cursore<'_, '_>) -> Sintassi<QrCode> {
    c.gruppo("qrCode", |c| {
        Ok(QrCode { id_dominio: c.valore("fiscalCode", id_dominio)?, numero_avviso: CifreAvviso(c.valore("noticeNumber", diciotto_cifre)?) })
    })
}

fn leggi_attivazione(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<RichiestaAttivazione> {
    let tipi = [("POSTAL", TipoTrasferimento::Postale), ("PAGOPA", TipoTrasferimento::PagoPa)];
    Ok(RichiestaAttivazione {
        versione,
        stazione: leggi_stazione(c)?,
        qr_code: leggi_qr_code(c)?,
        importo: c.valore_facoltativo("amount", importo)?,
        nota: c.testo_facoltativo("paymentNote", 1..=210)?,
        tipo_trasferimento: c.valore_facoltativo("transferType", uno_fra(&tipi))?,
        scadenza: c.valore_facoltativo("dueDate", data)?,
    })
}

/// `standIn` is the last element of the receipt in the current contract, `standin` follows the receipt in SANP 3.8.0 (spec/4 section 0).
pub(crate) fn leggi_consegna(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<RichiestaRicevuta> {
    let stazione = leggi_stazione(c)?;
    let mut ricevuta = c.gruppo("receipt", |c| leggi_corpo_ricevuta(c, versione))?;
    let fuori = c.valore_facoltativo("standin", booleano)?;
    ricevuta.stand_in = ricevuta.stand_in.or(fuori);
    Ok(RichiestaRicevuta { stazione, ricevuta })
}
