//! Positions in the archives: GPD, and ACA through the operations of GPD, at an address of its own (spec/4 sections 3.4 and 3.5).
//!
//! - [`Archivio`]: the calls, one method each, with what each status means;
//! - [`corpi`]: the JSON that is sent, by the contracts `gpd.json`, `gpd-4-aca.json`, `paCreatePosition.json`;
//! - [`PosizioneLetta`]: what is read back;
//! - [`massivo`]: many positions in a file;
//! - [`ricevute`]: what was paid of them.

pub mod corpi;
mod lettura;
pub mod massivo;
pub mod ricevute;

use chrono::{DateTime, SecondsFormat, Utc};
use codici::{IdDominio, NumeroAvviso};
use domain::posizione_debitoria::PosizioneDebitoria;
use serde_json::json;

pub use lettura::PosizioneLetta;

use crate::{Cliente, Connessione, Corpo, Esito, Metodo, Prodotto, Resoconto, Richiesta};

/// An archive as an intermediario reaches it, for one ente.
#[derive(Clone, Copy, Debug)]
pub struct Archivio<'a> {
    pub cliente: &'a Cliente,
    pub connessione: &'a Connessione,
    pub dominio: &'a IdDominio,
}

/// An operation of the archive, as its contract calls it: also the name of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operazione {
    Crea,
    Leggi,
    Aggiorna,
    Pubblica,
    Invalida,
    Elimina,
    SegnaPagata,
    CreatePosition,
}

impl Operazione {
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Crea => "createPosition",
            Self::Leggi => "getOrganizationDebtPositionByIUPD",
            Self::Aggiorna => "updatePosition",
            Self::Pubblica => "publishPosition",
            Self::Invalida => "invalidatePosition",
            Self::Elimina => "deletePosition",
            Self::SegnaPagata => "setPaymentOptionAsAlreadyPaid",
            Self::CreatePosition => "paCreatePosition",
        }
    }
}

impl Archivio<'_> {
    /// Whether it can be told of payments that did not go through pagoPA.
    #[must_use]
    pub fn sa_dei_pagamenti_altrove(&self) -> bool {
        self.connessione.prodotto == Prodotto::Aca
    }

    /// And publishes. 409: the IUPD, or the IUV, is there already.
    pub async fn crea(&self, posizione: &PosizioneDebitoria) -> Resoconto {
        let richiesta = Richiesta::nuova(Metodo::POST, self.percorso(&[])).con_parametro("toPublish", "true");
        self.chiama(richiesta.con_corpo(Corpo::json(&corpi::posizione(posizione)))).await
    }

    /// 404: it is not there.
    pub async fn leggi(&self, iupd: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::GET, self.percorso(&[iupd]))).await
    }

    /// And publishes. 404: it is not there. 409: it cannot be changed any more.
    pub async fn aggiorna(&self, posizione: &PosizioneDebitoria) -> Resoconto {
        let richiesta = Richiesta::nuova(Metodo::PUT, self.percorso(&[&posizione.iupd])).con_parametro("toPublish", "true");
        self.chiama(richiesta.con_corpo(Corpo::json(&corpi::posizione(posizione)))).await
    }

    /// Twice does no harm: the second is told 409.
    pub async fn pubblica(&self, iupd: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::POST, self.percorso(&[iupd, "publish"])).ripetibile(true)).await
    }

    /// Twice does no harm: the second is told 409.
    pub async fn invalida(&self, iupd: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::POST, self.percorso(&[iupd, "invalidate"])).ripetibile(true)).await
    }

    /// The answer is a text between quotes.
    pub async fn elimina(&self, iupd: &str) -> Resoconto {
        self.chiama(Richiesta::nuova(Metodo::DELETE, self.percorso(&[iupd])).che_attende(crate::Attesa::Qualsiasi)).await
    }

    /// The notice was paid, not through pagoPA. Twice does no harm: the second is told 409.
    pub async fn segna_pagata(&self, avviso: &NumeroAvviso, pagata: Option<DateTime<Utc>>) -> Resoconto {
        let percorso = ["organizations", self.dominio.as_str(), "paymentoptions", "paids", avviso.as_str()];
        let corpo = pagata.map_or_else(|| json!({}), |p| json!({ "paymentDate": istante(p) }));
        self.chiama(Richiesta::nuova(Metodo::POST, percorso).con_corpo(Corpo::json(&corpo)).ripetibile(true)).await
    }

    /// The older way into ACA, which puts the same again without harm. `aperta` false closes: the amount becomes zero.
    pub async fn create_position(&self, posizione: &PosizioneDebitoria, aperta: bool) -> Resoconto {
        let corpo = Corpo::json(&corpi::create_position(posizione, self.dominio, aperta));
        self.chiama(Richiesta::nuova(Metodo::POST, ["paCreatePosition"]).con_corpo(corpo).ripetibile(true).che_attende(crate::Attesa::Qualsiasi)).await
    }

    fn percorso(&self, resto: &[&str]) -> Vec<String> {
        ["organizations", self.dominio.as_str(), "debtpositions"].iter().chain(resto).map(|s| (*s).to_owned()).collect()
    }

    async fn chiama(&self, richiesta: Richiesta) -> Resoconto {
        self.cliente.chiama(self.connessione, &richiesta).await
    }
}

/// What a position that was read, or has just been written, looks like; `None` when the answer is none that the contract knows.
#[must_use]
pub fn letta(esito: &Esito) -> Option<PosizioneLetta> {
    PosizioneLetta::leggi(&esito.fatto()?.json())
}

pub(crate) fn istante(t: DateTime<Utc>) -> String {
    t.to_rfc3339_opts(SecondsFormat::Millis, true)
}
