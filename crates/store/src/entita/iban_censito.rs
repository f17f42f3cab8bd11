//! Table `iban_censito`: see `migrazioni/0016_registri_pagopa.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "iban_censito")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub intermediario: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub iban: String,
    pub abilitato: bool,
    pub valido_dal: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
