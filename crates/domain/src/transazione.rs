//! One payment attempt: the couple RPT/RT, or rpp (spec/3 section 1.11).

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, Importo, Iuv};
use uuid::Uuid;

/// Which messages made the request and the receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versione {
    Sanp230,
    Sanp240,
    Sanp321V2,
    RptV1RtV2,
    RptV2RtV1,
    RptSanp230RtV2,
}

impl Versione {
    pub const TUTTE: [Self; 6] = [Self::Sanp230, Self::Sanp240, Self::Sanp321V2, Self::RptV1RtV2, Self::RptV2RtV1, Self::RptSanp230RtV2];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Sanp230 => "SANP_230",
            Self::Sanp240 => "SANP_240",
            Self::Sanp321V2 => "SANP_321_V2",
            Self::RptV1RtV2 => "RPTV1_RTV2",
            Self::RptV2RtV1 => "RPTV2_RTV1",
            Self::RptSanp230RtV2 => "RPTSANP230_RTV2",
        }
    }

    /// Unknown text is the oldest model, as in the original.
    #[must_use]
    pub fn leggi(testo: &str) -> Self {
        Self::TUTTE.into_iter().find(|v| v.codice() == testo).unwrap_or(Self::Sanp230)
    }

    /// What the couple becomes when a receipt of a generation closes it (spec/3 section 1.9, "hybrid version marking").
    #[must_use]
    pub const fn con_ricevuta(self, v2: bool) -> Self {
        match (self, v2) {
            (Self::Sanp321V2, true) => Self::Sanp321V2,
            (Self::Sanp240 | Self::RptV1RtV2, true) => Self::RptV1RtV2,
            (_, true) => Self::RptSanp230RtV2,
            (Self::Sanp240, false) => Self::Sanp240,
            (_, false) => Self::RptV2RtV1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stato {
    RptParcheggiataNodo,
    RptAttivata,
    RptErroreInvioANodo,
    RptRicevutaNodo,
    RptRifiutataNodo,
    RptAccettataNodo,
    RptRifiutataPsp,
    RptAccettataPsp,
    RptErroreInvioAPsp,
    RptInviataAPsp,
    RptDecorsiTermini,
    RptAnnullata,
    RtRicevutaNodo,
    RtRifiutataNodo,
    RtAccettataNodo,
    RtAccettataPa,
    RtRifiutataPa,
    RtEsitoSconosciutoPa,
    RtErroreInvioAPa,
    InternoNodo,
    RptScaduta,
    RtGenerataNodo,
}

impl Stato {
    pub const TUTTI: [Self; 22] = [
        Self::RptParcheggiataNodo,
        Self::RptAttivata,
        Self::RptErroreInvioANodo,
        Self::RptRicevutaNodo,
        Self::RptRifiutataNodo,
        Self::RptAccettataNodo,
        Self::RptRifiutataPsp,
        Self::RptAccettataPsp,
        Self::RptErroreInvioAPsp,
        Self::RptInviataAPsp,
        Self::RptDecorsiTermini,
        Self::RptAnnullata,
        Self::RtRicevutaNodo,
        Self::RtRifiutataNodo,
        Self::RtAccettataNodo,
        Self::RtAccettataPa,
        Self::RtRifiutataPa,
        Self::RtEsitoSconosciutoPa,
        Self::RtErroreInvioAPa,
        Self::InternoNodo,
        Self::RptScaduta,
        Self::RtGenerataNodo,
    ];

    /// Attempts that a new activation supersedes, and that count as in progress.
    pub const PENDENTI: [Self; 14] = [
        Self::RptParcheggiataNodo,
        Self::RptAttivata,
        Self::RptRicevutaNodo,
        Self::RptAccettataNodo,
        Self::RptInviataAPsp,
        Self::RptAccettataPsp,
        Self::RptAnnullata,
        Self::RtRicevutaNodo,
        Self::RtRifiutataNodo,
        Self::RtAccettataNodo,
        Self::RtRifiutataPa,
        Self::RtEsitoSconosciutoPa,
        Self::RtErroreInvioAPa,
        Self::InternoNodo,
    ];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::RptParcheggiataNodo => "RPT_PARCHEGGIATA_NODO",
            Self::RptAttivata => "RPT_ATTIVATA",
            Self::RptErroreInvioANodo => "RPT_ERRORE_INVIO_A_NODO",
            Self::RptRicevutaNodo => "RPT_RICEVUTA_NODO",
            Self::RptRifiutataNodo => "RPT_RIFIUTATA_NODO",
            Self::RptAccettataNodo => "RPT_ACCETTATA_NODO",
            Self::RptRifiutataPsp => "RPT_RIFIUTATA_PSP",
            Self::RptAccettataPsp => "RPT_ACCETTATA_PSP",
            Self::RptErroreInvioAPsp => "RPT_ERRORE_INVIO_A_PSP",
            Self::RptInviataAPsp => "RPT_INVIATA_A_PSP",
            Self::RptDecorsiTermini => "RPT_DECORSI_TERMINI",
            Self::RptAnnullata => "RPT_ANNULLATA",
            Self::RtRicevutaNodo => "RT_RICEVUTA_NODO",
            Self::RtRifiutataNodo => "RT_RIFIUTATA_NODO",
            Self::RtAccettataNodo => "RT_ACCETTATA_NODO",
            Self::RtAccettataPa => "RT_ACCETTATA_PA",
            Self::RtRifiutataPa => "RT_RIFIUTATA_PA",
            Self::RtEsitoSconosciutoPa => "RT_ESITO_SCONOSCIUTO_PA",
            Self::RtErroreInvioAPa => "RT_ERRORE_INVIO_A_PA",
            Self::InternoNodo => "INTERNO_NODO",
            Self::RptScaduta => "RPT_SCADUTA",
            Self::RtGenerataNodo => "RT_GENERATA_NODO",
        }
    }

    /// Unknown text becomes `INTERNO_NODO`, as in the original.
    #[must_use]
    pub fn leggi(testo: &str) -> Self {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo).unwrap_or(Self::InternoNodo)
    }
}

/// Outcome of a payment. The codes are those of the archive: 100 is in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Esito {
    Eseguito,
    NonEseguito,
    ParzialmenteEseguito,
    DecorrenzaTermini,
    DecorrenzaTerminiParziale,
    InCorso,
    Rifiutato,
}

impl Esito {
    pub const TUTTI: [Self; 7] = [
        Self::Eseguito,
        Self::NonEseguito,
        Self::ParzialmenteEseguito,
        Self::DecorrenzaTermini,
        Self::DecorrenzaTerminiParziale,
        Self::InCorso,
        Self::Rifiutato,
    ];

    #[must_use]
    pub const fn codice(self) -> i16 {
        match self {
            Self::Eseguito => 0,
            Self::NonEseguito => 1,
            Self::ParzialmenteEseguito => 2,
            Self::DecorrenzaTermini => 3,
            Self::DecorrenzaTerminiParziale => 4,
            Self::InCorso => 100,
            Self::Rifiutato => 101,
        }
    }

    #[must_use]
    pub fn leggi(codice: i16) -> Option<Self> {
        Self::TUTTI.into_iter().find(|e| e.codice() == codice)
    }

    /// Name in the APIs (EsitoRpp).
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Eseguito => "ESEGUITO",
            Self::NonEseguito => "NON_ESEGUITO",
            Self::ParzialmenteEseguito => "ESEGUITO_PARZIALE",
            Self::DecorrenzaTermini => "DECORRENZA",
            Self::DecorrenzaTerminiParziale => "DECORRENZA_PARZIALE",
            Self::InCorso => "IN_CORSO",
            Self::Rifiutato => "RIFIUTATO",
        }
    }
}

/// What a newer activation writes on the attempt that it supersedes.
pub const DESCRIZIONE_SUPERATA: &str = "Ricevuta richiesta di un nuovo tentativo di pagamento";

/// A stored attempt, without the bytes of its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transazione {
    pub id: Uuid,
    pub dominio: IdDominio,
    pub iuv: Iuv,
    /// A temporary number until the receipt comes, then the receiptId (spec/3 surprise 6).
    pub ccp: String,
    pub pendenza: Uuid,
    pub versione: Versione,
    pub stato: Stato,
    pub descrizione_stato: Option<String>,
    pub esito: Esito,
    pub data_richiesta: DateTime<Utc>,
    pub data_ricevuta: Option<DateTime<Utc>>,
    pub importo_pagato: Option<Importo>,
    pub stazione: Option<String>,
    pub psp: Option<String>,
    /// Who speaks for the PSP: only the calls of the older model name it.
    pub intermediario_psp: Option<String>,
    pub canale: Option<String>,
    pub tipo_versamento: Option<String>,
    /// Fiscal code and name of who attests the payment.
    pub attestante: Option<(String, String)>,
    pub carrello: Option<String>,
    /// Whether a new attempt waits for this one: only the messages before SANP 2.4 look at it (spec/3 section 1.12).
    pub bloccante: bool,
    /// Whether our request is kept: not for a receipt that came without one (stand-in).
    pub con_rpt: bool,
    pub con_rt: bool,
    /// The payment started from a portal that made this attempt ([`crate::pagamento`]).
    pub pagamento: Option<Uuid>,
}

/// How long an attempt that waits for its receipt keeps others waiting (`modello1.timeoutPagamento`, `modello3.timeoutPagamento`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attesa {
    /// It does not.
    Nessuna,
    Minuti(u32),
    /// Until somebody unblocks it.
    Sempre,
}

impl Transazione {
    /// Whether a new attempt of the older model has to wait for this one (spec/3 sections 1.12.2 and 2.2.1).
    #[must_use]
    pub fn impegna(&self, attesa: Attesa, adesso: DateTime<Utc>) -> bool {
        let giovane = match attesa {
            Attesa::Nessuna => false,
            Attesa::Minuti(m) => self.data_richiesta > adesso - Duration::minutes(m.into()),
            Attesa::Sempre => true,
        };
        giovane && self.bloccante && Stato::PENDENTI.contains(&self.stato)
    }
}
