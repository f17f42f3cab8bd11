//! Table `anagrafica_versione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "anagrafica_versione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    pub versione: i64,
    /// Version of the last order to read everything anew.
    pub ricarica: i64,
}

impl ActiveModelBehavior for ActiveModel {}
