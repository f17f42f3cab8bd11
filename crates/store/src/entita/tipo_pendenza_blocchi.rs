//! Table `tipo_pendenza_blocchi`: see `migrazioni/0002_anagrafica.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tipo_pendenza_blocchi")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub contenuto: String,
}

impl ActiveModelBehavior for ActiveModel {}
