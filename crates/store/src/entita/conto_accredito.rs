//! Table `conto_accredito`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conto_accredito")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub iban: String,
    pub bic: Option<String>,
    pub postale: bool,
    pub abilitato: bool,
    pub intestatario: Option<String>,
    pub aut_stampa_poste: Option<String>,
    pub descrizione: Option<String>,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
