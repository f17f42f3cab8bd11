//! Table `evento`: see `migrazioni/0001_inizio.sql` and `0013_giornale.sql`. What passed is in `evento_messaggio`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evento")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub data: ChronoDateTimeUtc,
    pub durata_ms: Option<i64>,
    pub componente: String,
    pub ruolo: String,
    pub categoria: String,
    pub tipo: String,
    pub sottotipo: Option<String>,
    pub esito: String,
    pub sottotipo_esito: Option<String>,
    pub dettaglio_esito: Option<String>,
    pub dominio: Option<String>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub id_transazione: Option<String>,
    pub dati_pago_pa: Option<String>,
    pub severita: Option<i16>,
    pub nodo: Option<String>,
    pub pagamento: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
