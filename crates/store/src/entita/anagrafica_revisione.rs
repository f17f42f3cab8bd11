//! Table `anagrafica_revisione`: see `migrazioni/0002_anagrafica.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "anagrafica_revisione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub versione: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordine: i32,
    pub istante: DateTimeUtc,
    pub principal: String,
    pub oggetto: String,
    pub contenuto: String,
}

impl ActiveModelBehavior for ActiveModel {}
