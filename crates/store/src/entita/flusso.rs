//! Table `flusso`: see `migrazioni/0014_flussi.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "flusso")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub dominio: String,
    pub id_flusso: String,
    pub data: ChronoDateTimeUtc,
    pub psp: String,
    pub nome_psp: Option<String>,
    pub nome_dominio: Option<String>,
    pub revisione: Option<i64>,
    pub revisione_pagopa: Option<i64>,
    pub trn: String,
    pub data_regolamento: ChronoDate,
    pub bic: Option<String>,
    pub numero_pagamenti: i64,
    pub importo_totale: i64,
    pub stato: String,
    pub anomalie: Option<String>,
    pub obsoleto: bool,
    pub data_acquisizione: ChronoDateTimeUtc,
    pub data_pubblicazione: Option<ChronoDateTimeUtc>,
    pub data_aggiornamento: Option<ChronoDateTimeUtc>,
    pub prenotato_fino: Option<ChronoDateTimeUtc>,
    pub incasso: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
