//! Table `allegato`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "allegato")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub dominio: String,
    pub pendenza: Uuid,
    pub nome: String,
    pub tipo: Option<String>,
    pub descrizione: Option<String>,
    pub contenuto: Vec<u8>,
    pub data_creazione: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
