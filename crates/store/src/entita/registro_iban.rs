//! Table `registro_iban`: see `migrazioni/0016_registri_pagopa.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "registro_iban")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub intermediario: String,
    pub data_giro: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
