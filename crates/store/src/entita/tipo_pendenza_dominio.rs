//! Table `tipo_pendenza_dominio`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tipo_pendenza_dominio")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub codifica_iuv: Option<String>,
    pub abilitato: Option<bool>,
    pub paga_terzi: Option<bool>,
    pub usi: String,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
