//! Table `rendicontazione`: see `migrazioni/0014_flussi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rendicontazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub flusso: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub riga: i64,
    pub dominio: String,
    pub iuv: String,
    pub iur: String,
    pub indice: Option<i16>,
    pub importo: i64,
    pub esito: i16,
    pub data: ChronoDateTimeUtc,
    pub stato: String,
    pub anomalie: Option<String>,
    pub dominio_pendenza: Option<String>,
    pub pendenza: Option<Uuid>,
    pub voce: Option<i16>,
    pub riscossione: Option<Uuid>,
    pub recupero_rt: bool,
    pub recupero_rt_da: Option<ChronoDateTimeUtc>,
    pub notifica_inviata: bool,
}

impl ActiveModelBehavior for ActiveModel {}
