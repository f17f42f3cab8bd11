//! Table `voce`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "voce")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub pendenza: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub indice: i16,
    pub id_voce: String,
    pub importo: i64,
    pub eseguita: bool,
    pub descrizione: String,
    pub descrizione_causale_rpt: Option<String>,
    pub dominio_voce: Option<String>,
    pub riferimento: String,
    pub contabilita: Option<String>,
    pub metadata: Option<String>,
    pub dati_allegati: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
