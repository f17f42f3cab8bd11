//! Table `idempotenza`: see `migrazioni/0005_ufficio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotenza")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chiave: Vec<u8>,
    pub prenotazione: Uuid,
    pub operazione: String,
    pub impronta: Vec<u8>,
    pub scade: ChronoDateTimeUtc,
    pub stato: Option<i16>,
    pub intestazioni: Option<String>,
    pub corpo: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
