//! Table `installazione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "installazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    pub programma_minimo: i32,
    pub battito: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
