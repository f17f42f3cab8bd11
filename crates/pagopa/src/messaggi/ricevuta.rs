//! The receipt: one type for `ctReceipt` and `ctReceiptV2`, in both generations of the contract (spec/4 section 5.1).

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use codici::{IdDominio, Importo, Iuv};

use super::parti::{leggi_metadata, leggi_soggetto, leggi_trasferimenti_eseguiti};
use super::richieste::{RichiestaRicevuta, leggi_consegna};
use super::{AccreditoEseguito, CifreAvviso, ErroreRichiesta, Operazione, Soggetto, Trasferimento, Versione, VoceMetadata, operazione_di};
use crate::busta::{Radice, Testo};
use crate::cursore::{Cursore, Sintassi, percorri};
use crate::regole::{booleano, data, data_ora, diciotto_cifre, id_dominio, importo, iuv, uno_fra};

/// Characters of `receiptId`. The XSD sets none; payment tokens have at most 35 everywhere else in the contracts.
pub const CARATTERI_RECEIPT_ID_MAX: usize = 255;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoPagamento {
    Ok,
    Ko,
}

impl EsitoPagamento {
    #[must_use]
    pub const fn come_testo(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Ko => "KO",
        }
    }
}

/// Who took the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Psp {
    /// `idPSP`.
    pub id: String,
    /// `pspFiscalCode`.
    pub codice_fiscale: Option<String>,
    /// `pspPartitaIVA`.
    pub partita_iva: Option<String>,
    /// `PSPCompanyName`.
    pub denominazione: String,
    /// `idChannel`.
    pub id_canale: String,
    /// `channelDescription`.
    pub descrizione_canale: String,
}

/// `receipt`. `Debug` shows identifiers and amounts only.
#[derive(Clone, PartialEq, Eq)]
pub struct Ricevuta {
    pub versione: Versione,
    /// 1 to [`CARATTERI_RECEIPT_ID_MAX`] characters: the ccp, and the IUR of every payment in it.
    pub receipt_id: String,
    pub numero_avviso: CifreAvviso,
    /// `fiscalCode`: the ente of the notice.
    pub id_dominio: IdDominio,
    pub esito: EsitoPagamento,
    /// `creditorReferenceId`.
    pub iuv: Iuv,
    /// `paymentAmount`, without the fee. May be zero.
    pub importo: Importo,
    pub descrizione: String,
    pub ragione_sociale: String,
    /// `officeName`.
    pub ufficio: Option<String>,
    pub debitore: Soggetto,
    /// 1 to 5.
    pub trasferimenti: Vec<Trasferimento<AccreditoEseguito>>,
    pub psp: Psp,
    /// `payer`.
    pub pagante: Option<Soggetto>,
    /// `paymentMethod`.
    pub metodo: Option<String>,
    /// `paymentNote`, V2 only.
    pub nota: Option<String>,
    /// `fee`: the PSP's money, beside `importo`.
    pub commissione: Option<Importo>,
    /// `primaryCiIncurredFee`, V2 only: the part of the fee that the ente takes upon itself.
    pub commissione_ente: Option<Importo>,
    /// `idBundle`, V2 only.
    pub id_pacchetto: Option<String>,
    /// `idCiBundle`, V2 only.
    pub id_pacchetto_ente: Option<String>,
    /// `paymentDateTime`, local time of Europe/Rome.
    pub data_ora_pagamento: Option<NaiveDateTime>,
    /// `applicationDate`.
    pub data_applicazione: Option<NaiveDate>,
    /// `transferDate`.
    pub data_trasferimento: Option<NaiveDate>,
    /// At most 15.
    pub metadata: Vec<VoceMetadata>,
    /// Not said, no, yes. Inside or after the receipt, by generation of the contract.
    pub stand_in: Option<bool>,
}

impl fmt::Debug for Ricevuta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("Ricevuta");
        d.field("versione", &self.versione).field("id_dominio", &self.id_dominio).field("iuv", &self.iuv).field("receipt_id", &self.receipt_id);
        d.field("esito", &self.esito).field("importo", &self.importo).finish_non_exhaustive()
    }
}

pub(crate) fn leggi_corpo_ricevuta(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<Ricevuta> {
    let v2 = versione == Versione::V2;
    Ok(Ricevuta {
        versione,
        receipt_id: c.testo("receiptId", 1..=CARATTERI_RECEIPT_ID_MAX)?,
        numero_avviso: CifreAvviso(c.valore("noticeNumber", diciotto_cifre)?),
        id_dominio: c.valore("fiscalCode", id_dominio)?,
        esito: c.valore("outcome", uno_fra(&[("OK", EsitoPagamento::Ok), ("KO", EsitoPagamento::Ko)]))?,
        iuv: c.valore("creditorReferenceId", iuv)?,
        importo: c.valore("paymentAmount", importo)?,
        descrizione: c.testo("description", 1..=140)?,
        ragione_sociale: c.testo("companyName", 1..=140)?,
        ufficio: c.testo_facoltativo("officeName", 1..=140)?,
        debitore: c.gruppo("debtor", leggi_soggetto)?,
        trasferimenti: leggi_trasferimenti_eseguiti(c, versione)?,
        psp: leggi_psp(c)?,
        pagante: c.gruppo_facoltativo("payer", leggi_soggetto)?,
        metodo: c.testo_facoltativo("paymentMethod", 1..=35)?,
        nota: if v2 { c.testo_facoltativo("paymentNote", 1..=210)? } else { None },
        commissione: c.valore_facoltativo("fee", importo)?,
        commissione_ente: if v2 { c.valore_facoltativo("primaryCiIncurredFee", importo)? } else { None },
        id_pacchetto: if v2 { c.testo_facoltativo("idBundle", 1..=70)? } else { None },
        id_pacchetto_ente: if v2 { c.testo_facoltativo("idCiBundle", 1..=70)? } else { None },
        data_ora_pagamento: c.valore_facoltativo("paymentDateTime", data_ora)?,
        data_applicazione: c.valore_facoltativo("applicationDate", data)?,
        data_trasferimento: c.valore_facoltativo("transferDate", data)?,
        metadata: leggi_metadata(c)?,
        stand_in: c.valore_facoltativo("standIn", booleano)?,
    })
}

fn leggi_psp(c: &mut Cursore<'_, '_>) -> Sintassi<Psp> {
    Ok(Psp {
        id: c.testo("idPSP", 1..=35)?,
        codice_fiscale: c.testo_facoltativo("pspFiscalCode", 1..=70)?,
        partita_iva: c.testo_facoltativo("pspPartitaIVA", 1..=20)?,
        denominazione: c.testo("PSPCompanyName", 1..=70)?,
        id_canale: c.testo("idChannel", 1..=35)?,
        descrizione_canale: c.testo("channelDescription", 1..=35)?,
    })
}

/// Reads a stored receipt: the envelope as it came, or its message alone.
///
/// # Errors
/// As [`leggi_richiesta`](super::leggi_richiesta); an operation without a receipt is [`ErroreRichiesta::NonSoap`].
pub fn leggi_ricevuta(byte: &[u8]) -> Result<Ricevuta, ErroreRichiesta> {
    leggi_consegna_ricevuta(byte).map(|(_, richiesta)| richiesta.ricevuta)
}

/// The same with the operation that delivers it, and to which stazione.
///
/// # Errors
/// As [`leggi_ricevuta`].
pub fn leggi_consegna_ricevuta(byte: &[u8]) -> Result<(Operazione, RichiestaRicevuta), ErroreRichiesta> {
    let nome = Operazione::elemento_richiesta;
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).map_err(|d| ErroreRichiesta::da_difetto(d, nome))?;
    let operazione = operazione_di(&messaggio, nome)?;
    let versione = match operazione {
        Operazione::PaSendRt => Versione::V1,
        Operazione::PaSendRtV2 => Versione::V2,
        _ => return Err(ErroreRichiesta::NonSoap { dettaglio: format!("{operazione} non porta una ricevuta") }),
    };
    let letta = percorri(&messaggio, |c| leggi_consegna(c, versione));
    letta.map(|r| (operazione, r)).map_err(|dettaglio| ErroreRichiesta::SintassiOperazione { operazione, dettaglio })
}
