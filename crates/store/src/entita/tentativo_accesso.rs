//! Table `tentativo_accesso`: see `migrazioni/0003_accessi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tentativo_accesso")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chiave: Vec<u8>,
    pub falliti: i32,
    pub inizio: ChronoDateTimeUtc,
    pub bloccato_fino: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
