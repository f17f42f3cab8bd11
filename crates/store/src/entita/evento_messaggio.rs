//! Table `evento_messaggio`: see `migrazioni/0013_giornale.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evento_messaggio")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub evento: i64,
    pub data: ChronoDateTimeUtc,
    pub richiesta: Option<Vec<u8>>,
    pub risposta: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
