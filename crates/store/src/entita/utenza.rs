//! Table `utenza`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "utenza")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: String,
    pub password_hash: Option<String>,
    pub abilitata: bool,
    pub domini: Option<String>,
    pub tipi_pendenza: Option<String>,
    pub acl: String,
    pub ruoli: String,
    pub rimossa: bool,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
