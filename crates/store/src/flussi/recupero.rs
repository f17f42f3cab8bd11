//! Rows that say of a payment of ours whose receipt never came (spec/3 section 2.5).

use chrono::{DateTime, Utc};
use codici::IdDominio;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef};
use uuid::Uuid;

use crate::apertura::{Corsia, Store};
use crate::entita::{flusso, rendicontazione};
use crate::errore::ErroreStore;
use crate::mappa;

/// A receipt to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenzaRicevuta {
    pub flusso: Uuid,
    pub riga: i64,
    pub dominio: IdDominio,
    pub iuv: String,
    pub iur: String,
}

impl Store {
    /// Rows linked to a voce and to no payment, with a date after `da`, whose turn has come; oldest first. Index `rendicontazione_senza_rt`.
    pub async fn rendicontazioni_senza_ricevuta(&self, da: DateTime<Utc>, adesso: DateTime<Utc>, quante: u64) -> Result<Vec<SenzaRicevuta>, ErroreStore> {
        use rendicontazione::Column as C;
        let verso_flusso: RelationDef = rendicontazione::Entity::belongs_to(flusso::Entity).from(C::Flusso).to(flusso::Column::Id).into();
        let query = rendicontazione::Entity::find()
            .join(JoinType::InnerJoin, verso_flusso)
            .filter(flusso::Column::Stato.is_in(super::PUBBLICATI))
            .filter(flusso::Column::Obsoleto.eq(false))
            .filter(C::Riscossione.is_null())
            .filter(C::RecuperoRt.eq(true))
            .filter(C::Pendenza.is_not_null())
            .filter(C::Data.gt(da))
            .filter(Condition::any().add(C::RecuperoRtDa.is_null()).add(C::RecuperoRtDa.lte(adesso)));
        let righe = query.order_by_asc(C::Data).order_by_asc(C::Flusso).order_by_asc(C::Riga).limit(quante).all(self.lettura()).await?;
        let lette = righe.into_iter().map(|r| {
            let dominio = mappa::dominio(&r.dominio, "rendicontazione")?;
            Ok(SenzaRicevuta { flusso: r.flusso, riga: r.riga, dominio, iuv: r.iuv, iur: r.iur })
        });
        lette.collect()
    }

    /// What an attempt says of the row: not again (`None`), or not before.
    pub async fn segna_recupero(&self, r: &SenzaRicevuta, di_nuovo_da: Option<DateTime<Utc>>) -> Result<(), ErroreStore> {
        use rendicontazione::Column as C;
        let tx = self.begin(Corsia::Lavori).await?;
        rendicontazione::Entity::update_many()
            .col_expr(C::RecuperoRt, Expr::value(di_nuovo_da.is_some()))
            .col_expr(C::RecuperoRtDa, Expr::value(di_nuovo_da))
            .filter(C::Flusso.eq(r.flusso))
            .filter(C::Riga.eq(r.riga))
            .exec(&tx.sql)
            .await?;
        tx.commit().await
    }
}
