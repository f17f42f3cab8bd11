//! Table `dominio`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dominio")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub cod: String,
    pub ragione_sociale: String,
    pub stazione: Option<String>,
    pub aux_digit: i16,
    pub segregation_code: Option<i16>,
    pub segregazioni_asincrone: String,
    pub iuv_prefix: Option<String>,
    pub gln: Option<String>,
    pub cbill: Option<String>,
    pub aut_stampa_poste: Option<String>,
    pub intermediato: bool,
    pub abilitato: bool,
    pub recapiti: String,
    pub scarica_fr: bool,
    pub tassonomia: Option<String>,
    pub ha_logo: bool,
    pub connettori: String,
    pub versione: i64,
}

impl ActiveModelBehavior for ActiveModel {}
