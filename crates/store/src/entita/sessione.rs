//! Table `sessione`: see `migrazioni/0003_accessi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sessione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_hash: Vec<u8>,
    pub titolare: String,
    pub accesso: String,
    pub contenuto: String,
    pub creata: ChronoDateTimeUtc,
    pub ultimo_uso: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
