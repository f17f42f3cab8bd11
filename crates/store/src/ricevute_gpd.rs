//! How far the receipts of GPD were looked at, and which of them say something.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use codici::IdDominio;
use domain::transazione::Stato;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::apertura::{Corsia, Store};
use crate::entita::{ricevuta_estranea, ricevute_gpd as tabella, transazione};
use crate::errore::ErroreStore;

impl Store {
    /// The day before which every receipt of a dominio was looked at; `None`: none was.
    pub async fn ricevute_gpd_fino_al(&self, dominio: &IdDominio) -> Result<Option<NaiveDate>, ErroreStore> {
        Ok(tabella::Entity::find_by_id(dominio.to_string()).one(self.lettura()).await?.map(|r| r.fino_al))
    }

    /// Whoever reads on begins here.
    pub async fn segna_ricevute_gpd(&self, dominio: &IdDominio, fino_al: NaiveDate, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        let riga = tabella::ActiveModel { dominio: Set(dominio.to_string()), fino_al: Set(fino_al), data_giro: Set(adesso) };
        let di_nuovo = OnConflict::column(C::Dominio).update_columns([C::FinoAl, C::DataGiro]).to_owned();
        let tx = self.begin(Corsia::Lavori).await?;
        tabella::Entity::insert(riga).on_conflict(di_nuovo).exec_without_returning(&tx.sql).await?;
        tx.commit().await
    }

    /// Of these IUV, those of which no receipt was accepted or kept: in their order. Indexes `transazione_iuv`, `ricevuta_estranea_iuv`.
    pub async fn iuv_senza_ricevuta(&self, dominio: &IdDominio, iuv: &[String]) -> Result<Vec<String>, ErroreStore> {
        let pagati: Vec<String> = transazione::Entity::find()
            .select_only()
            .column(transazione::Column::Iuv)
            .filter(transazione::Column::Dominio.eq(dominio.as_str()))
            .filter(transazione::Column::Iuv.is_in(iuv))
            .filter(transazione::Column::Stato.eq(Stato::RtAccettataPa.codice()))
            .into_tuple()
            .all(self.lettura())
            .await?;
        let tenuti: Vec<String> = ricevuta_estranea::Entity::find()
            .select_only()
            .column(ricevuta_estranea::Column::Iuv)
            .filter(ricevuta_estranea::Column::Dominio.eq(dominio.as_str()))
            .filter(ricevuta_estranea::Column::Iuv.is_in(iuv))
            .into_tuple()
            .all(self.lettura())
            .await?;
        let noti: HashSet<String> = pagati.into_iter().chain(tenuti).collect();
        Ok(iuv.iter().filter(|i| !noti.contains(*i)).cloned().collect())
    }
}
