//! Table `riscossione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "riscossione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub iuv: String,
    pub iur: String,
    pub indice: i16,
    pub dominio_pendenza: String,
    pub pendenza: Uuid,
    pub transazione: Option<Uuid>,
    pub voce: Option<i16>,
    pub importo: i64,
    pub data: ChronoDateTimeUtc,
    pub tipo: String,
    pub stato: String,
    pub commissioni: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
