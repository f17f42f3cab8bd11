//! Table `configurazione`: see `migrazioni/0002_anagrafica.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "configurazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub nome: String,
    pub valore: String,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
