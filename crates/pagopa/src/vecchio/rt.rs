//! The receipt: RT 6.2.0, read by the rules of its schema.

use std::fmt;

use chrono::NaiveDate;
use codici::{Importo, Iuv};

use super::NS_PAGAMENTI;
use super::persone::{Istituto, leggi_istituto, leggi_persona};
use crate::busta::{Radice, Spazio, Testo};
use crate::cursore::{Cursore, Sintassi, percorri_in};
use crate::messaggi::Soggetto;
use crate::regole::{base64, data, data_ora, dati_riscossione, importo, importo_positivo, iuv, uno_fra};

pub(super) const RADICE: &str = "RT";
/// Payments of one RT (`maxOccurs` of `datiSingoloPagamento`).
const PAGAMENTI_MAX: usize = 5;

/// `codiceEsitoPagamento`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoRt {
    Eseguito,
    NonEseguito,
    ParzialmenteEseguito,
    DecorrenzaTermini,
    DecorrenzaTerminiParziale,
}

impl EsitoRt {
    const CODICI: [(&'static str, Self); 5] = [
        ("0", Self::Eseguito),
        ("1", Self::NonEseguito),
        ("2", Self::ParzialmenteEseguito),
        ("3", Self::DecorrenzaTermini),
        ("4", Self::DecorrenzaTerminiParziale),
    ];

    /// As the texts of refusals name it.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Eseguito => "PAGAMENTO_ESEGUITO",
            Self::NonEseguito => "PAGAMENTO_NON_ESEGUITO",
            Self::ParzialmenteEseguito => "PAGAMENTO_PARZIALMENTE_ESEGUITO",
            Self::DecorrenzaTermini => "DECORRENZA_TERMINI",
            Self::DecorrenzaTerminiParziale => "DECORRENZA_TERMINI_PARZIALE",
        }
    }

    /// Whether money may have moved.
    #[must_use]
    pub const fn con_pagamenti(self) -> bool {
        matches!(self, Self::Eseguito | Self::ParzialmenteEseguito | Self::DecorrenzaTerminiParziale)
    }
}

/// `allegatoRicevuta`, decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Allegato {
    /// `BD`, a marca da bollo; otherwise `ES`, what the PSP had.
    pub marca_da_bollo: bool,
    pub contenuto: Vec<u8>,
}

/// `datiSingoloPagamento`.
#[derive(Clone, PartialEq, Eq)]
pub struct Pagamento {
    /// May be zero.
    pub importo: Importo,
    /// `esitoSingoloPagamento`.
    pub esito: Option<String>,
    /// `dataEsitoSingoloPagamento`.
    pub data: NaiveDate,
    /// `identificativoUnivocoRiscossione`.
    pub iur: String,
    pub causale: String,
    /// `datiSpecificiRiscossione`.
    pub categoria: String,
    /// `commissioniApplicatePSP`.
    pub commissioni: Option<Importo>,
    pub allegato: Option<Allegato>,
}

/// The whole receipt. `Debug` shows identifiers and amounts only.
#[derive(Clone, PartialEq, Eq)]
pub struct Rt {
    pub id_dominio: String,
    pub id_stazione: Option<String>,
    /// `identificativoMessaggioRicevuta`.
    pub id_messaggio: String,
    /// `riferimentoMessaggioRichiesta`.
    pub riferimento: String,
    /// `istitutoAttestante`: kind (G, A, B), code and name.
    pub attestante: (&'static str, String, String),
    /// `enteBeneficiario`: code and name.
    pub beneficiario: (String, String),
    pub versante: Option<Soggetto>,
    pub pagatore: Soggetto,
    pub esito: EsitoRt,
    pub importo: Importo,
    pub iuv: Iuv,
    pub ccp: String,
    /// At most five.
    pub pagamenti: Vec<Pagamento>,
}

impl fmt::Debug for Rt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut d = f.debug_struct("Rt");
        d.field("id_dominio", &self.id_dominio).field("iuv", &self.iuv).field("ccp", &self.ccp).field("esito", &self.esito);
        d.field("importo", &self.importo).finish_non_exhaustive()
    }
}

/// Reads an RT as the node sends it, decoded from base64.
///
/// # Errors
/// The element and the rule that it breaks; no value of the document.
pub fn leggi_rt(byte: &[u8]) -> Result<Rt, String> {
    let testo = Testo::decodifica(byte);
    let messaggio = testo.messaggio(Radice::AncheDocumento).map_err(|d| d.dettaglio)?;
    if messaggio.nome() != RADICE || messaggio.spazio() != NS_PAGAMENTI {
        return Err(format!("l'elemento `{}` non e' una RT", crate::busta::nome_breve(messaggio.nome())));
    }
    percorri_in(&messaggio, Spazio::Pagamenti, leggi)
}

fn leggi(c: &mut Cursore<'_, '_>) -> Sintassi<Rt> {
    c.testo("versioneOggetto", 1..=16)?;
    let (id_dominio, id_stazione) =
        c.gruppo("dominio", |c| Ok((c.testo("identificativoDominio", 1..=35)?, c.testo_facoltativo("identificativoStazioneRichiedente", 1..=35)?)))?;
    let id_messaggio = c.testo("identificativoMessaggioRicevuta", 1..=35)?;
    c.valore("dataOraMessaggioRicevuta", data_ora)?;
    let riferimento = c.testo("riferimentoMessaggioRichiesta", 1..=35)?;
    c.valore("riferimentoDataRichiesta", data)?;
    let attestante: Istituto = c.gruppo("istitutoAttestante", |c| leggi_istituto(c, "Attestante", &[("G", "G"), ("A", "A"), ("B", "B")]))?;
    let beneficiario = c.gruppo("enteBeneficiario", |c| leggi_istituto(c, "Beneficiario", &[("G", "G")]))?;
    let versante = c.gruppo_facoltativo("soggettoVersante", |c| leggi_persona(c, "Versante"))?;
    let pagatore = c.gruppo("soggettoPagatore", |c| leggi_persona(c, "Pagatore"))?;
    c.gruppo("datiPagamento", |c| {
        Ok(Rt {
            id_dominio,
            id_stazione,
            id_messaggio,
            riferimento,
            attestante: (attestante.tipo, attestante.codice, attestante.denominazione),
            beneficiario: (beneficiario.codice, beneficiario.denominazione),
            versante,
            pagatore,
            esito: c.valore("codiceEsitoPagamento", uno_fra(&EsitoRt::CODICI))?,
            importo: c.valore("importoTotalePagato", importo)?,
            iuv: c.valore("identificativoUnivocoVersamento", iuv)?,
            ccp: c.testo("CodiceContestoPagamento", 1..=35)?,
            pagamenti: if c.segue("datiSingoloPagamento") { c.gruppi("datiSingoloPagamento", PAGAMENTI_MAX, leggi_pagamento)? } else { Vec::new() },
        })
    })
}

fn leggi_pagamento(c: &mut Cursore<'_, '_>) -> Sintassi<Pagamento> {
    let pagato = c.valore("singoloImportoPagato", importo)?;
    let esito = c.testo_facoltativo("esitoSingoloPagamento", 1..=35)?;
    let data = c.valore("dataEsitoSingoloPagamento", data)?;
    let iur = c.testo("identificativoUnivocoRiscossione", 1..=35)?;
    let causale = c.testo("causaleVersamento", 1..=140)?;
    let categoria = c.valore("datiSpecificiRiscossione", dati_riscossione)?;
    let commissioni = c.valore_facoltativo("commissioniApplicatePSP", importo)?;
    c.valore_facoltativo("commissioniApplicatePA", importo_positivo)?;
    let allegato = c.gruppo_facoltativo("allegatoRicevuta", |c| {
        let marca_da_bollo = c.valore("tipoAllegatoRicevuta", uno_fra(&[("ES", false), ("BD", true)]))?;
        Ok(Allegato { marca_da_bollo, contenuto: c.valore("testoAllegato", base64)? })
    })?;
    Ok(Pagamento { importo: pagato, esito, data, iur, causale, categoria, commissioni, allegato })
}
