//! Table `documento`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "documento")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub id_a2a: String,
    pub identificativo: String,
    pub descrizione: String,
}

impl ActiveModelBehavior for ActiveModel {}
