//! Table `applicazione`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "applicazione")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub principal: String,
    pub codifica_iuv: Option<String>,
    pub reg_exp_iuv: Option<String>,
    pub autodeterminazione: bool,
    pub connettore: Option<String>,
    pub generazione_iuv_interna: bool,
    pub url_ritorno: Option<String>,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
