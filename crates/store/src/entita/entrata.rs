//! Table `entrata`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "entrata")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub descrizione: String,
    pub tipo_contabilita: Option<String>,
    pub codice_contabilita: Option<String>,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
