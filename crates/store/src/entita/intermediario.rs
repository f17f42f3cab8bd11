//! Table `intermediario`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "intermediario")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub denominazione: String,
    pub principal: Option<String>,
    pub abilitato: bool,
    pub connettori: String,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
