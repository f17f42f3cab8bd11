//! Table `livello_servizio`: see `migrazioni/0013_giornale.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "livello_servizio")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub minuto: ChronoDateTimeUtc,
    #[sea_orm(primary_key, auto_increment = false)]
    pub nodo: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub stazione: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub operazione: String,
    pub risposte: i64,
    pub entro: i64,
    pub guasti: i64,
    pub durata_ms: i64,
    pub durata_ms_max: i64,
}

impl ActiveModelBehavior for ActiveModel {}
