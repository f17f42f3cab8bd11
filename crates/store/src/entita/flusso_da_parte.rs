//! Table `flusso_da_parte`: see `migrazioni/0014_flussi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "flusso_da_parte")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id_flusso: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub versione: String,
    pub pubblicato: Option<ChronoDateTimeUtc>,
    pub motivo: String,
    pub tentativi: i32,
    pub prima_volta: ChronoDateTimeUtc,
    pub ultima_volta: ChronoDateTimeUtc,
    pub prossimo_tentativo: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
