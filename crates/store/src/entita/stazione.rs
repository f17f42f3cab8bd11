//! Table `stazione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub intermediario: String,
    pub application_code: i16,
    pub abilitata: bool,
    pub ricevuta_ripetuta: String,
    pub ricevuta_ignota: String,
    pub modello: String,
    pub password: Option<String>,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
