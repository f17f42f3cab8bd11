//! Table `pagamento_portale`: see `migrazioni/0004_pagamenti.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pagamento_portale")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tipo: i16,
    pub principal: String,
    pub tipo_utenza: String,
    pub applicazione: Option<String>,
    pub nome: String,
    pub importo: i64,
    pub stato: String,
    pub codice_stato: String,
    pub descrizione_stato: Option<String>,
    pub id_sessione_portale: Option<String>,
    pub id_sessione_psp: Option<String>,
    pub url_ritorno: Option<String>,
    pub redirect: Option<String>,
    pub versante: Option<String>,
    pub versante_cerca: Option<String>,
    pub richiesta: String,
    pub data_richiesta: ChronoDateTimeUtc,
    pub verificato: bool,
    pub severita: Option<i16>,
    pub dominio: Option<String>,
    pub esito_psp: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
