//! The giornale degli eventi: one row per call, with what a later search needs.
//!
//! The event of a change of state goes with it in one [`Tx`]; events of reads come in groups (design/RISKS, "Journal against speed").

use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, Set};

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::{evento, evento_messaggio};
use crate::errore::ErroreStore;
use crate::mappa;

/// Which side of the house was called, or called (spec/3 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Componente {
    ApiBackoffice,
    ApiEnte,
    ApiPagoPa,
    ApiPagamento,
    ApiPendenze,
    ApiRagioneria,
    ApiBackendIo,
    ApiUser,
    Fiorino,
}

impl Componente {
    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::ApiBackoffice => "API_BACKOFFICE",
            Self::ApiEnte => "API_ENTE",
            Self::ApiPagoPa => "API_PAGOPA",
            Self::ApiPagamento => "API_PAGAMENTO",
            Self::ApiPendenze => "API_PENDENZE",
            Self::ApiRagioneria => "API_RAGIONERIA",
            Self::ApiBackendIo => "API_BACKEND_IO",
            Self::ApiUser => "API_USER",
            Self::Fiorino => "GOVPAY",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruolo {
    Server,
    Client,
}

impl Ruolo {
    pub(crate) const fn sigla(self) -> &'static str {
        match self {
            Self::Server => "S",
            Self::Client => "C",
        }
    }
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

impl Evento {
    /// That ended well, and of which no more is known.
    #[must_use]
    pub fn nuovo(id: i64, data: DateTime<Utc>, componente: Componente, ruolo: Ruolo, tipo: impl Into<String>) -> Self {
        Self {
            id,
            data,
            durata_ms: None,
            componente,
            ruolo,
            tipo: tipo.into(),
            esito: EsitoEvento::Ok,
            sottotipo_esito: None,
            dettaglio_esito: None,
            dominio: None,
            iuv: None,
            ccp: None,
            id_a2a: None,
            id_pendenza: None,
            id_transazione: None,
            dati_pago_pa: None,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Categoria {
    Interno,
    #[default]
    Interfaccia,
    /// Something that a person did or wrote.
    Utente,
}

impl Categoria {
    pub const TUTTE: [Self; 3] = [Self::Interno, Self::Interfaccia, Self::Utente];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Interno => "INTERNO",
            Self::Interfaccia => "INTERFACCIA",
            Self::Utente => "UTENTE",
        }
    }

    pub(crate) const fn sigla(self) -> &'static str {
        match self {
            Self::Interno => "B",
            Self::Interfaccia => "I",
            Self::Utente => "U",
        }
    }

    pub(crate) fn da_sigla(sigla: &str) -> Self {
        Self::TUTTE.into_iter().find(|c| c.sigla() == sigla).unwrap_or_default()
    }
}

/// What an event has beside [`Evento`], when it has it.
#[derive(Clone, Debug, Default)]
pub struct Contorno {
    pub categoria: Categoria,
    pub sottotipo: Option<String>,
    /// 0 to 5.
    pub severita: Option<i16>,
    /// Of a portal, as the APIs write its id.
    pub pagamento: Option<String>,
    /// Node that writes it.
    pub nodo: Option<String>,
    pub messaggi: Messaggi,
}

/// Request and answer as JSON objects (`parametriRichiesta`, `parametriRisposta`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messaggi {
    pub richiesta: Option<String>,
    pub risposta: Option<String>,
}

impl Messaggi {
    #[must_use]
    pub const fn vuoti(&self) -> bool {
        self.richiesta.is_none() && self.risposta.is_none()
    }

    #[must_use]
    pub fn byte(&self) -> usize {
        self.richiesta.as_ref().map_or(0, String::len) + self.risposta.as_ref().map_or(0, String::len)
    }
}

/// What is written in one go: events with what surrounds them, and messages of events that were written before.
#[derive(Clone, Debug, Default)]
pub struct Gruppo {
    pub eventi: Vec<(Evento, Contorno)>,
    pub messaggi: Vec<(i64, DateTime<Utc>, Messaggi)>,
}

/// Rows per INSERT: twenty-one columns each, under the 32,766 parameters of SQLite.
pub const EVENTI_PER_GRUPPO: usize = 500;
/// Rows of messages per INSERT: they are long.
const MESSAGGI_PER_GRUPPO: usize = 50;
const LIVELLO_ZSTD: i32 = 3;

impl Tx {
    pub async fn evento(&self, e: Evento) -> Result<(), ErroreStore> {
        evento::Entity::insert(riga(e, Contorno::default())).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

impl Store {
    /// Writes a group in a transaction of its own.
    pub async fn scrivi_eventi(&self, eventi: Vec<Evento>) -> Result<(), ErroreStore> {
        self.scrivi_gruppo(Gruppo { eventi: eventi.into_iter().map(|e| (e, Contorno::default())).collect(), messaggi: Vec::new() }).await
    }

    /// The same, of events with all that surrounds them.
    pub async fn scrivi_gruppo(&self, gruppo: Gruppo) -> Result<(), ErroreStore> {
        let Gruppo { eventi, mut messaggi } = gruppo;
        let mut righe = Vec::with_capacity(eventi.len());
        for (e, mut contorno) in eventi {
            let suoi = std::mem::take(&mut contorno.messaggi);
            if !suoi.vuoti() {
                messaggi.push((e.id, e.data, suoi));
            }
            righe.push(riga(e, contorno));
        }
        let messaggi = messaggi.into_iter().map(riga_messaggi).collect::<Result<Vec<_>, _>>()?;
        if righe.is_empty() && messaggi.is_empty() {
            return Ok(());
        }
        let tx = self.begin(Corsia::Lavori).await?;
        let mut righe = righe.into_iter().peekable();
        while righe.peek().is_some() {
            evento::Entity::insert_many(righe.by_ref().take(EVENTI_PER_GRUPPO)).exec_without_returning(&tx.sql).await?;
        }
        let mut messaggi = messaggi.into_iter().peekable();
        while messaggi.peek().is_some() {
            evento_messaggio::Entity::insert_many(messaggi.by_ref().take(MESSAGGI_PER_GRUPPO)).exec_without_returning(&tx.sql).await?;
        }
        tx.commit().await
    }
}

fn riga_messaggi((evento, data, m): (i64, DateTime<Utc>, Messaggi)) -> Result<evento_messaggio::ActiveModel, ErroreStore> {
    let comprimi = |t: Option<String>| t.map(|t| zstd::bulk::compress(t.as_bytes(), LIVELLO_ZSTD)).transpose();
    let illeggibile = |e: std::io::Error| mappa::illeggibile("evento_messaggio", e);
    Ok(evento_messaggio::ActiveModel {
        evento: Set(evento),
        data: Set(data),
        richiesta: Set(comprimi(m.richiesta).map_err(illeggibile)?),
        risposta: Set(comprimi(m.risposta).map_err(illeggibile)?),
    })
}

fn riga(e: Evento, c: Contorno) -> evento::ActiveModel {
    evento::ActiveModel {
        id: Set(e.id),
        data: Set(e.data),
        durata_ms: Set(e.durata_ms),
        componente: Set(e.componente.codice().to_owned()),
        ruolo: Set(e.ruolo.sigla().to_owned()),
        categoria: Set(c.categoria.sigla().to_owned()),
        tipo: Set(e.tipo),
        sottotipo: Set(c.sottotipo),
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
        severita: Set(c.severita),
        nodo: Set(c.nodo),
        pagamento: Set(c.pagamento),
    }
}
