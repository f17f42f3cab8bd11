//! Table `rpt_da_inviare`: see `migrazioni/0017_stazione.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rpt_da_inviare")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub transazione: Uuid,
    pub id_transazione: String,
    pub tentativi: i32,
    pub motivo: Option<String>,
    pub prossimo_tentativo: ChronoDateTimeUtc,
    pub prenotata_fino: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
