//! Table `flusso_xml`: see `migrazioni/0014_flussi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "flusso_xml")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub flusso: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub parte: i32,
    pub contenuto: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
