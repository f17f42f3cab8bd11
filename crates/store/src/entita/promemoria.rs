//! Table `promemoria`: see `migrazioni/0005_ufficio.sql`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "promemoria")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tipo: String,
    pub stato: String,
    pub descrizione_stato: Option<String>,
    pub pendenza: Option<Uuid>,
    pub documento: Option<Uuid>,
    pub transazione: Option<Uuid>,
    pub destinatario: Option<String>,
    pub copia: Option<String>,
    pub oggetto: Option<String>,
    pub messaggio: Option<String>,
    pub tipo_contenuto: Option<String>,
    pub allega_pdf: bool,
    pub tentativi: i32,
    pub data_creazione: ChronoDateTimeUtc,
    pub data_ultimo_aggiornamento: ChronoDateTimeUtc,
    pub data_prossima_spedizione: ChronoDateTimeUtc,
    pub prenotata_fino: Option<ChronoDateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
