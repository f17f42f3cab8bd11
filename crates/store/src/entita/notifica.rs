//! Table `notifica`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notifica")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub iuv: String,
    pub ccp: String,
    pub transazione: Uuid,
    pub tipo: String,
    pub stato: String,
    pub descrizione_stato: Option<String>,
    pub tentativi: i32,
    pub data_creazione: ChronoDateTimeUtc,
    pub data_ultimo_aggiornamento: ChronoDateTimeUtc,
    pub data_prossima_spedizione: ChronoDateTimeUtc,
    pub prenotata_fino: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
