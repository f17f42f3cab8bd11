//! Table `bozza`: see `migrazioni/0004_pagamenti.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bozza")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub sessione: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_a2a: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_pendenza: String,
    pub dominio: String,
    pub iuv: String,
    pub contenuto: String,
    pub creata: ChronoDateTimeUtc,
    pub scadenza: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
