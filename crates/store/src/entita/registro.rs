//! Table `registro`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "registro")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub pendenza: Uuid,
    pub voce: i16,
    pub conto: String,
    pub importo: i64,
    pub causa: String,
    pub data: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
