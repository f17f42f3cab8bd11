//! Table `ricevuta_estranea`: see `migrazioni/0001_inizio.sql` and `0017_stazione.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ricevuta_estranea")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub receipt_id: String,
    pub iuv: String,
    pub stazione: String,
    pub importo: i64,
    pub ricevuta_il: ChronoDateTimeUtc,
    pub contenuto: Vec<u8>,
    pub hash: Vec<u8>,
    pub collegata_il: Option<ChronoDateTimeUtc>,
    pub collegata_da: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
