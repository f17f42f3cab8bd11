//! The giornale degli eventi: one row per call, with what a later search needs.
//!
//! The event of a change of state goes with it in one [`Tx`]; events of reads come in groups (design/RISKS, "Journal against speed").

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::evento;
use crate::errore::ErroreStore;

/// Which side of the house was called, or called (spec/3 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Componente {
    ApiPagoPa,
    ApiEnte,
    Fiorino,
}

impl Componente {
    const fn codice(self) -> &'static str {
        match self {
            Self::ApiPagoPa => "API_PAGOPA",
            Self::ApiEnte => "API_ENTE",
            Self::Fiorino => "GOVPAY",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruolo {
    Server,
    Client,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EsitoEvento {
    Ok,
    /// A refusal by rule.
    Ko,
    /// An error of ours or of who we called.
    Fail,
}

impl EsitoEvento {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Ko => "KO",
            Self::Fail => "FAIL",
        }
    }
}

/// What happened. No personal data but the codes that the standard asks for (spec/4 section 7.1).
#[derive(Clone, Debug)]
pub struct Evento {
    /// From [`crate::identificatori::Numeratore`].
    pub id: i64,
    pub data: DateTime<Utc>,
    pub durata_ms: Option<i64>,
    pub componente: Componente,
    pub ruolo: Ruolo,
    /// Name of the operation: `paVerifyPaymentNotice`, `notificaRicevuta`.
    pub tipo: String,
    pub esito: EsitoEvento,
    /// Code of the fault, or HTTP status.
    pub sottotipo_esito: Option<String>,
    pub dettaglio_esito: Option<String>,
    pub dominio: Option<String>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    /// Request id, as in the log and in `X-Govpay-IdTransazione`.
    pub id_transazione: Option<String>,
    /// JSON object of spec/3 section 3.1.
    pub dati_pago_pa: Option<String>,
}

/// Rows per INSERT: nineteen columns each, under the 32,766 parameters of SQLite.
pub const EVENTI_PER_GRUPPO: usize = 500;

impl Tx {
    pub async fn evento(&self, e: Evento) -> Result<(), ErroreStore> {
        evento::Entity::insert(riga(e)).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

impl Store {
    /// Writes a group in a transaction of its own.
    pub async fn scrivi_eventi(&self, eventi: Vec<Evento>) -> Result<(), ErroreStore> {
        if eventi.is_empty() {
            return Ok(());
        }
        let tx = self.begin(Corsia::Lavori).await?;
        let mut righe = eventi.into_iter().map(riga).peekable();
        while righe.peek().is_some() {
            evento::Entity::insert_many(righe.by_ref().take(EVENTI_PER_GRUPPO)).exec_without_returning(&tx.sql).await?;
        }
        tx.commit().await
    }
}

fn riga(e: Evento) -> evento::ActiveModel {
    evento::ActiveModel {
        id: Set(e.id),
        data: Set(e.data),
        durata_ms: Set(e.durata_ms),
        componente: Set(e.componente.codice().to_owned()),
        ruolo: Set(match e.ruolo {
            Ruolo::Server => "S".to_owned(),
            Ruolo::Client => "C".to_owned(),
        }),
        // Every event so far is of an interface.
        categoria: Set("I".to_owned()),
        tipo: Set(e.tipo),
        sottotipo: Set(None),
        esito: Set(e.esito.codice().to_owned()),
        sottotipo_esito: Set(e.sottotipo_esito),
        dettaglio_esito: Set(e.dettaglio_esito),
        dominio: Set(e.dominio),
        iuv: Set(e.iuv),
        ccp: Set(e.ccp),
        id_a2a: Set(e.id_a2a),
        id_pendenza: Set(e.id_pendenza),
        id_transazione: Set(e.id_transazione),
        dati_pago_pa: Set(e.dati_pago_pa),
        parametri_richiesta: Set(None),
        parametri_risposta: Set(None),
    }
}
