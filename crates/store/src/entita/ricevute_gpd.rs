//! Table `ricevute_gpd`: see `migrazioni/0016_registri_pagopa.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ricevute_gpd")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    pub fino_al: ChronoDate,
    pub data_giro: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
