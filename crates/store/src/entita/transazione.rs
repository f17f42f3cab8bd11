//! Table `transazione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "transazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub iuv: String,
    pub ccp: String,
    pub pendenza: Uuid,
    pub versione: String,
    pub stato: String,
    pub descrizione_stato: Option<String>,
    pub esito: i16,
    pub data_richiesta: ChronoDateTimeUtc,
    pub data_ricevuta: Option<ChronoDateTimeUtc>,
    pub importo_pagato: Option<i64>,
    pub stazione: Option<String>,
    pub psp: Option<String>,
    pub intermediario_psp: Option<String>,
    pub canale: Option<String>,
    pub tipo_versamento: Option<String>,
    pub attestante_identificativo: Option<String>,
    pub attestante_denominazione: Option<String>,
    pub carrello: Option<String>,
    pub bloccante: bool,
    pub con_rpt: bool,
    pub con_rt: bool,
    pub pagamento: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
