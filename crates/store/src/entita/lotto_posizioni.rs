//! Table `lotto_posizioni`: see `migrazioni/0015_lotti_posizioni.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lotto_posizioni")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub dominio: String,
    pub operazione: String,
    pub cartella: bool,
    pub stato: String,
    pub nome_file: Option<String>,
    pub file_id: Option<String>,
    pub posizioni: i32,
    pub inviate: i32,
    pub rifiutate: i32,
    pub da_rivedere: i32,
    pub tentativi: i32,
    pub motivo: Option<String>,
    pub data_creazione: ChronoDateTimeUtc,
    pub data_invio: Option<ChronoDateTimeUtc>,
    pub data_fine: Option<ChronoDateTimeUtc>,
    pub prossimo_tentativo: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
