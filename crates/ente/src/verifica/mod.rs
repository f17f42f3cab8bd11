//! Verification of a position with the application that owns it, and forwarding of a position in a format of its own (modello 4): questions, outcomes, texts
//! (spec/1 sections 11.2, 11.3, 11.4).
//!
//! Which question to ask, what to do with the answer, and what to tell of it is decided elsewhere. An answer can take seconds: ask before a transaction is
//! opened, never inside.

mod identita;
mod risposta;
mod tassonomico;

use std::fmt;
use std::time::Duration;

use codici::{IdDominio, NumeroAvviso};
use domain::pendenza::NuovaPendenza;
use outbound::ErroreChiamata;
use serde_json::Value;

pub(crate) use identita::Attesa;
pub(crate) use risposta::leggi;

/// How long a verification may last, the token of the application included: the node gives up after 7 s, and wants an answer from us.
pub const VERIFICA_TEMPO_MAX: Duration = Duration::from_secs(5);

/// Which position is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domanda<'a> {
    /// `GET /avvisi`. Version 1 asks by IUV, version 2 by numero avviso.
    Avviso { dominio: &'a IdDominio, numero_avviso: &'a NumeroAvviso },
    /// `GET /pendenze`.
    Pendenza { id_a2a: &'a str, id_pendenza: &'a str },
}

/// A position that is not ours yet, to be made by the application: `POST /pendenze`. `Debug` does not show the body.
#[derive(Clone, Copy)]
pub struct Inoltro<'a> {
    pub dominio: &'a IdDominio,
    pub tipo_pendenza: &'a str,
    pub unita_operativa: Option<&'a str>,
    /// Sent as it is.
    pub corpo: &'a Value,
}

impl fmt::Debug for Inoltro<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inoltro").field("dominio", &self.dominio).field("tipo_pendenza", &self.tipo_pendenza).finish_non_exhaustive()
    }
}

/// What the application says of a position.
#[derive(Clone, Debug, PartialEq)]
pub enum Verificata {
    /// To be loaded: its shape is good and it is the one that was asked for. Its idA2A, in an answer to a question by avviso, is the word of the application.
    NonEseguita(Box<NuovaPendenza>),
    /// `descrizione` is the application's, or ours where the contract gives one. It may name people.
    NonPagabile { stato: StatoNonPagabile, descrizione: Option<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatoNonPagabile {
    Annullata,
    Scaduta,
    /// Version 1 alone.
    Duplicata,
    Sconosciuta,
}

impl StatoNonPagabile {
    /// The fault that the node gets for it.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        match self {
            Self::Annullata => "PAA_PAGAMENTO_ANNULLATO",
            Self::Scaduta => "PAA_PAGAMENTO_SCADUTO",
            Self::Duplicata => "PAA_PAGAMENTO_DUPLICATO",
            Self::Sconosciuta => "PAA_PAGAMENTO_SCONOSCIUTO",
        }
    }
}

/// Why there is no answer to use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreVerifica {
    /// The answer breaks its contract, or is about another position. The text may repeat a value of the answer: it is for who asked, not for a log.
    #[error("{motivo}")]
    NonValida { motivo: String },
    /// 404: for GovPay a failure as the others, since an unknown position is an answer (`SCONOSCIUTA`).
    #[error("Ricevuto [HTTP 404]")]
    NonTrovata,
    /// Any other status from 400 on.
    #[error("Ricevuto [HTTP {0}]")]
    Stato(u16),
    #[error("tempo scaduto in attesa di {server}")]
    TempoScaduto { server: String },
    /// Unreachable, or its address or credentials are wrong in the configuration.
    #[error(transparent)]
    Chiamata(ErroreChiamata),
}

impl From<ErroreChiamata> for ErroreVerifica {
    fn from(errore: ErroreChiamata) -> Self {
        match errore {
            ErroreChiamata::TempoScaduto { server } => Self::TempoScaduto { server },
            altro => Self::Chiamata(altro),
        }
    }
}

impl Domanda<'_> {
    /// The type of its event in the giornale.
    #[must_use]
    pub const fn tipo_evento(&self) -> &'static str {
        match self {
            Self::Avviso { .. } => "getAvviso",
            Self::Pendenza { .. } => "verifyPendenza",
        }
    }

    /// What a REST caller is told when the verification fails. An invalid answer is our 500, any other failure a 502 of the ente.
    #[must_use]
    pub fn fallita(&self, applicazione: &str, errore: &ErroreVerifica) -> String {
        let (versamento, dominio, iuv) = match self {
            Self::Avviso { dominio, numero_avviso } => ("-", dominio.as_str(), numero_avviso.iuv().as_str().to_owned()),
            Self::Pendenza { id_pendenza, .. } => (*id_pendenza, "-", "-".to_owned()),
        };
        let soggetto = if matches!(errore, ErroreVerifica::NonValida { .. }) { "verifica" } else { "La verifica" };
        format!(
            "{soggetto} del versamento [Versamento: {versamento} BundleKey:- Debitore:- Dominio:{dominio} Iuv:{iuv}] all'applicazione competente \
             [Applicazione:{applicazione}] e' fallita con errore: {errore}"
        )
    }

    /// Of a position that the application does not know, when it does not say more.
    fn sconosciuta(&self) -> String {
        let quale = match self {
            Self::Avviso { dominio, numero_avviso } => format!("Dominio:{dominio} Iuv:{}", numero_avviso.iuv().as_str()),
            Self::Pendenza { id_a2a, id_pendenza } => format!("IdA2A:{id_a2a} IdPendenza:{id_pendenza}"),
        };
        format!("La pendenza identificata da {quale} risulta sconosciuta presso l'applicativo gestore.")
    }
}

impl Inoltro<'_> {
    /// The type of its event in the giornale.
    pub const TIPO_EVENTO: &'static str = "verifyPendenzaMod4";

    /// What a REST caller is told when the forwarding fails: always a 502 of the ente.
    #[must_use]
    pub fn fallito(&self, applicazione: &str, errore: &ErroreVerifica) -> String {
        format!("{} e' fallito con errore: {errore}", self.quale(applicazione))
    }

    /// The same when the application answers that the position cannot be paid.
    #[must_use]
    pub fn non_pagabile(&self, applicazione: &str, stato: StatoNonPagabile) -> String {
        format!("{} ha dato esito {}", self.quale(applicazione), stato.fault())
    }

    fn quale(&self, applicazione: &str) -> String {
        let Self { dominio, tipo_pendenza, .. } = self;
        format!("L'inoltro del versamento [Dominio: {dominio} TipoVersamento:{tipo_pendenza}] all'applicazione competente [Applicazione:{applicazione}]")
    }
}
