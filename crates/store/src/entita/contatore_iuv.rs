//! Table `contatore_iuv`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contatore_iuv")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefisso: String,
    pub prossimo: i64,
    pub epoca: i32,
}

impl ActiveModelBehavior for ActiveModel {}
