//! Table `nodo`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "nodo")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub numero: i32,
    pub titolare: String,
    pub scadenza: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
