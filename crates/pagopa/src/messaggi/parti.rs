//! What several messages share: subject, transfer, metadata, notice number.

use std::fmt;

use codici::iuv::NumeroAvvisoErrato;
use codici::{IdDominio, Importo, NumeroAvviso};

use super::Versione;
use crate::cursore::{Cursore, Sintassi};
use crate::regole::{base64, base64_breve, due_maiuscole, e_mail, id_dominio, importo_positivo, indice_trasferimento, testo_fra, uno_fra};

/// Transfers of a payment (`maxOccurs` of `transfer`).
pub const TRASFERIMENTI_MAX: usize = 5;
/// Entries of a metadata list that the XSD allows.
pub(crate) const VOCI_METADATA_LETTE_MAX: usize = 15;
/// Entries that we write: the node refuses an eleventh (spec/4 section 2.3).
pub const VOCI_METADATA_SCRITTE_MAX: usize = 10;

/// A notice number as the XSD allows it: 18 digits, whatever the first one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CifreAvviso(pub(crate) String);

impl CifreAvviso {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The notice number, if its first digit is 0 to 3.
    ///
    /// # Errors
    /// Only [`NumeroAvvisoErrato::PrimaCifra`], whose text is the description of `PAA_SYSTEM_ERROR` (spec/3 section 1.3).
    pub fn numero_avviso(&self) -> Result<NumeroAvviso, NumeroAvvisoErrato> {
        NumeroAvviso::leggi(&self.0)
    }
}

impl From<NumeroAvviso> for CifreAvviso {
    fn from(avviso: NumeroAvviso) -> Self {
        Self(avviso.as_str().to_owned())
    }
}

impl fmt::Display for CifreAvviso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoSoggetto {
    /// `F`, persona fisica.
    Fisica,
    /// `G`, persona giuridica.
    Giuridica,
}

impl TipoSoggetto {
    #[must_use]
    pub const fn lettera(self) -> &'static str {
        match self {
            Self::Fisica => "F",
            Self::Giuridica => "G",
        }
    }

    /// GovPay's rule for the debtor: `F` when the code has 16 characters (spec/3 section 1.7).
    #[must_use]
    pub fn del_codice(codice: &str) -> Self {
        if codice.chars().count() == 16 { Self::Fisica } else { Self::Giuridica }
    }
}

/// `ctSubject`: debtor or payer. `Debug` shows nothing: everything in it is personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Soggetto {
    pub tipo: TipoSoggetto,
    /// 2 to 16 characters; may be `ANONIMO`.
    pub codice: String,
    /// `fullName`, 70 characters.
    pub anagrafica: String,
    /// `streetName`, 70.
    pub indirizzo: Option<String>,
    /// `civicNumber`, 16.
    pub civico: Option<String>,
    /// `postalCode`, 16.
    pub cap: Option<String>,
    /// `city`, 35.
    pub localita: Option<String>,
    /// `stateProvinceRegion`, 35.
    pub provincia: Option<String>,
    /// `country`, two capital letters; not written when it is anything else.
    pub nazione: Option<String>,
    /// `e-mail`; not written when the XSD would refuse it.
    pub email: Option<String>,
}

impl fmt::Debug for Soggetto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Soggetto(***)")
    }
}

pub(crate) fn leggi_soggetto(c: &mut Cursore<'_, '_>) -> Sintassi<Soggetto> {
    let (tipo, codice) = c.gruppo("uniqueIdentifier", |c| {
        let tipo = c.valore("entityUniqueIdentifierType", uno_fra(&[("F", TipoSoggetto::Fisica), ("G", TipoSoggetto::Giuridica)]))?;
        Ok((tipo, c.testo("entityUniqueIdentifierValue", 2..=16)?))
    })?;
    Ok(Soggetto {
        tipo,
        codice,
        anagrafica: c.testo("fullName", 1..=70)?,
        indirizzo: c.testo_facoltativo("streetName", 1..=70)?,
        civico: c.testo_facoltativo("civicNumber", 1..=16)?,
        cap: c.testo_facoltativo("postalCode", 1..=16)?,
        localita: c.testo_facoltativo("city", 1..=35)?,
        provincia: c.testo_facoltativo("stateProvinceRegion", 1..=35)?,
        nazione: c.valore_facoltativo("country", due_maiuscole)?,
        email: c.valore_facoltativo("e-mail", e_mail)?,
    })
}

/// `mapEntry`. `Debug` shows the key only: nobody knows what an ente puts into the value.
#[derive(Clone, PartialEq, Eq)]
pub struct VoceMetadata {
    pub chiave: String,
    pub valore: String,
}

impl fmt::Debug for VoceMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VoceMetadata").field("chiave", &self.chiave).finish_non_exhaustive()
    }
}

/// The optional `metadata` element: an empty list when absent.
pub(crate) fn leggi_metadata(c: &mut Cursore<'_, '_>) -> Sintassi<Vec<VoceMetadata>> {
    let voce = |c: &mut Cursore<'_, '_>| Ok(VoceMetadata { chiave: c.testo("key", 1..=140)?, valore: c.testo("value", 1..=140)? });
    Ok(c.gruppo_facoltativo("metadata", |c| c.gruppi("mapEntry", VOCI_METADATA_LETTE_MAX, voce))?.unwrap_or_default())
}

/// `ctRichiestaMarcaDaBollo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bollo {
    /// Base64 text, 4 to 72 characters.
    pub hash_documento: String,
    /// `01` is the only one.
    pub tipo: String,
    /// Two capital letters.
    pub provincia_residenza: String,
}

fn leggi_bollo(c: &mut Cursore<'_, '_>) -> Sintassi<Bollo> {
    Ok(Bollo {
        hash_documento: c.valore("hashDocumento", base64_breve)?,
        tipo: c.valore("tipoBollo", uno_fra(&[("01", "01")]))?.to_owned(),
        provincia_residenza: c.valore("provinciaResidenza", due_maiuscole)?,
    })
}

/// Where the money of a transfer has to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccreditoRichiesto {
    Iban(String),
    /// V2 only.
    Bollo(Bollo),
    /// Only in a request rebuilt from a receipt, for a marca da bollo that no voce of the pendenza explains. Cannot be sent: no element is written.
    Ignoto,
}

/// Where the money of a transfer went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccreditoEseguito {
    Iban(String),
    /// `MBDAttachment`, decoded: the XML of the marca da bollo. V2 only.
    MarcaDaBollo(Vec<u8>),
}

/// One share of a payment: `transfer` of the activation (`A` = [`AccreditoRichiesto`]) or of the receipt (`A` = [`AccreditoEseguito`]).
/// `Debug` does not show the reason of payment.
#[derive(Clone, PartialEq, Eq)]
pub struct Trasferimento<A> {
    /// `idTransfer`, 1 to 5.
    pub indice: u8,
    pub importo: Importo,
    /// `fiscalCodePA`: who receives.
    pub id_dominio: IdDominio,
    /// `companyName`: V2 only, optional there.
    pub ragione_sociale: Option<String>,
    pub accredito: A,
    /// `remittanceInformation`, 140.
    pub causale: String,
    /// `transferCategory`, 140.
    pub categoria: String,
    /// At most 15 when read; not written in V1, at most 10 in V2.
    pub metadata: Vec<VoceMetadata>,
}

impl<A> fmt::Debug for Trasferimento<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trasferimento")
            .field("indice", &self.indice)
            .field("importo", &self.importo)
            .field("id_dominio", &self.id_dominio)
            .finish_non_exhaustive()
    }
}

fn leggi_trasferimento<A>(c: &mut Cursore<'_, '_>, versione: Versione, accredito: impl Fn(&mut Cursore<'_, '_>) -> Sintassi<A>) -> Sintassi<Trasferimento<A>> {
    Ok(Trasferimento {
        indice: c.valore("idTransfer", indice_trasferimento)?,
        importo: c.valore("transferAmount", importo_positivo)?,
        id_dominio: c.valore("fiscalCodePA", id_dominio)?,
        ragione_sociale: if versione == Versione::V2 { c.testo_facoltativo("companyName", 1..=140)? } else { None },
        accredito: accredito(c)?,
        causale: c.testo("remittanceInformation", 1..=140)?,
        categoria: c.testo("transferCategory", 1..=140)?,
        metadata: leggi_metadata(c)?,
    })
}

pub(crate) fn leggi_trasferimenti_richiesti(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<Vec<Trasferimento<AccreditoRichiesto>>> {
    let accredito = |c: &mut Cursore<'_, '_>| {
        if versione == Versione::V2 && c.segue("richiestaMarcaDaBollo") {
            return c.gruppo("richiestaMarcaDaBollo", leggi_bollo).map(AccreditoRichiesto::Bollo);
        }
        c.valore("IBAN", testo_fra(1..=35)).map(AccreditoRichiesto::Iban)
    };
    c.gruppo("transferList", |c| c.gruppi("transfer", TRASFERIMENTI_MAX, |c| leggi_trasferimento(c, versione, accredito)))
}

pub(crate) fn leggi_trasferimenti_eseguiti(c: &mut Cursore<'_, '_>, versione: Versione) -> Sintassi<Vec<Trasferimento<AccreditoEseguito>>> {
    let accredito = |c: &mut Cursore<'_, '_>| {
        if versione == Versione::V2 && c.segue("MBDAttachment") {
            return c.valore("MBDAttachment", base64).map(AccreditoEseguito::MarcaDaBollo);
        }
        c.valore("IBAN", testo_fra(1..=35)).map(AccreditoEseguito::Iban)
    };
    c.gruppo("transferList", |c| c.gruppi("transfer", TRASFERIMENTI_MAX, |c| leggi_trasferimento(c, versione, accredito)))
}
