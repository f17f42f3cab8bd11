//! Table `pagamento_pendenza`: see `migrazioni/0004_pagamenti.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pagamento_pendenza")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub pagamento: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub posizione: i16,
    pub dominio: String,
    pub pendenza: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
