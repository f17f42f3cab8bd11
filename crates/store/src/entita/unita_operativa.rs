//! Table `unita_operativa`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unita_operativa")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub ragione_sociale: Option<String>,
    pub abilitata: bool,
    pub recapiti: String,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
