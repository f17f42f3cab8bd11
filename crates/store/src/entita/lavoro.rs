//! Table `lavoro`: see `migrazioni/0012_lavori.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lavoro")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub nome: String,
    pub corsa: Option<Uuid>,
    pub titolare: Option<String>,
    pub preso_fino: Option<ChronoDateTimeUtc>,
    pub inizio: Option<ChronoDateTimeUtc>,
    pub fine: Option<ChronoDateTimeUtc>,
    pub esito: Option<String>,
    pub motivo: Option<String>,
    pub ultimo_riuscito: Option<ChronoDateTimeUtc>,
    pub fallimenti: i32,
    pub prossimo: ChronoDateTimeUtc,
    pub richiesto: bool,
    pub fermo_motivo: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
