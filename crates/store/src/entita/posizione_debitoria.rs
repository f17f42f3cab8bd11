//! Table `posizione_debitoria`: see `migrazioni/0011_posizioni_debitorie.sql` and `0015_lotti_posizioni.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "posizione_debitoria")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub pendenza: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub iupd: String,
    pub numero_avviso: String,
    pub modalita: String,
    pub stato: String,
    pub versione: i64,
    pub versione_inviata: i64,
    pub remoto: String,
    pub impronta: Option<Vec<u8>>,
    pub tentativi: i32,
    pub motivo: Option<String>,
    pub data_modifica: ChronoDateTimeUtc,
    pub data_comunicazione: Option<ChronoDateTimeUtc>,
    pub prossimo_tentativo: ChronoDateTimeUtc,
    pub prenotata_fino: Option<ChronoDateTimeUtc>,
    pub lotto: Option<Uuid>,
    pub lotto_versione: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
