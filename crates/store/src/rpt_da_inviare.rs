//! RPT of the older model that the node has to get: a row for each, written with its activation, gone when the node has said what it makes of it.

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use domain::transazione::Transazione;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::apertura::{Corsia, Store, Tx};
use crate::entita::rpt_da_inviare as tabella;
use crate::errore::ErroreStore;
use crate::mappa;

/// Longer than the longest call to the node: who dies gives its row back, who lives keeps it.
pub const PRENOTAZIONE: Duration = Duration::seconds(90);

/// A row that somebody has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RptDaInviare {
    pub dominio: IdDominio,
    pub transazione: Uuid,
    pub id_transazione: String,
    /// Those before this one.
    pub tentativi: u32,
    /// What its holder notes is believed only if this still holds.
    pub prenotata_fino: DateTime<Utc>,
}

impl Tx {
    /// In the transaction of the activation. The row is taken by the caller from the beginning, who sends it as soon as its answer has left.
    pub async fn accoda_rpt(&self, t: &Transazione, id_transazione: &str, adesso: DateTime<Utc>) -> Result<RptDaInviare, ErroreStore> {
        let presa = RptDaInviare {
            dominio: t.dominio.clone(),
            transazione: t.id,
            id_transazione: id_transazione.to_owned(),
            tentativi: 0,
            prenotata_fino: adesso + PRENOTAZIONE,
        };
        let riga = tabella::ActiveModel {
            dominio: Set(t.dominio.to_string()),
            transazione: Set(t.id),
            id_transazione: Set(id_transazione.to_owned()),
            tentativi: Set(0),
            motivo: Set(None),
            prossimo_tentativo: Set(adesso),
            prenotata_fino: Set(Some(presa.prenotata_fino)),
        };
        tabella::Entity::insert(riga).exec_without_returning(&self.sql).await?;
        Ok(presa)
    }

    /// The node has said its last word on it, or nobody waits for one: whoever holds the row.
    pub async fn togli_rpt(&self, dominio: &IdDominio, transazione: Uuid) -> Result<(), ErroreStore> {
        tabella::Entity::delete_many().filter(chiave(dominio, transazione)).exec(&self.sql).await?;
        Ok(())
    }

    /// Not yet: again from `prossimo`. Nothing is written by who has lost the row.
    pub async fn rimanda_rpt(&self, presa: &RptDaInviare, motivo: &str, prossimo: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        tabella::Entity::update_many()
            .col_expr(C::Tentativi, Expr::value(i32::try_from(presa.tentativi.saturating_add(1)).unwrap_or(i32::MAX)))
            .col_expr(C::Motivo, Expr::value(motivo))
            .col_expr(C::ProssimoTentativo, Expr::value(prossimo))
            .col_expr(C::PrenotataFino, Expr::value(None::<DateTime<Utc>>))
            .filter(chiave(&presa.dominio, presa.transazione))
            .filter(C::PrenotataFino.eq(presa.prenotata_fino))
            .exec(&self.sql)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Takes up to `quante` due rows. The clock is the database's on PostgreSQL, `adesso` on SQLite. Index `rpt_dovute`.
    pub async fn prendi_rpt(&self, quante: u64, adesso: DateTime<Utc>) -> Result<Vec<RptDaInviare>, ErroreStore> {
        use tabella::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        let adesso = self.ora_del_database(&tx, adesso).await?;
        let fino = adesso + PRENOTAZIONE;
        let righe = tabella::Entity::find()
            .filter(C::ProssimoTentativo.lte(adesso))
            .filter(C::PrenotataFino.is_null().or(C::PrenotataFino.lt(adesso)))
            .order_by_asc(C::ProssimoTentativo)
            .limit(quante)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .all(&tx.sql)
            .await?;
        let mut prese = Vec::with_capacity(righe.len());
        for riga in righe {
            let presa = RptDaInviare {
                dominio: mappa::dominio(&riga.dominio, "rpt_da_inviare")?,
                transazione: riga.transazione,
                id_transazione: riga.id_transazione,
                tentativi: u32::try_from(riga.tentativi).unwrap_or(0),
                prenotata_fino: fino,
            };
            let di_essa = chiave(&presa.dominio, presa.transazione);
            tabella::Entity::update_many().col_expr(C::PrenotataFino, Expr::value(fino)).filter(di_essa).exec(&tx.sql).await?;
            prese.push(presa);
        }
        tx.commit().await?;
        Ok(prese)
    }

    /// For `/metrics`.
    pub async fn rpt_in_coda(&self) -> Result<u64, ErroreStore> {
        Ok(tabella::Entity::find().count(self.lettura()).await?)
    }
}

fn chiave(dominio: &IdDominio, transazione: Uuid) -> Condition {
    Condition::all().add(tabella::Column::Dominio.eq(dominio.as_str())).add(tabella::Column::Transazione.eq(transazione))
}
