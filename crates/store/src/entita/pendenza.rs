//! Table `pendenza`: see `migrazioni/0001_inizio.sql`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pendenza")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub dominio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub iuv: String,
    pub numero_avviso: String,
    pub unita_operativa: Option<String>,
    pub tipo_pendenza: String,
    pub tipo: String,
    pub nome: Option<String>,
    pub stato: String,
    pub descrizione_stato: Option<String>,
    pub anomalo: bool,
    pub causale: String,
    pub importo: i64,
    pub debitore: String,
    pub debitore_cerca: String,
    pub uuid: String,
    pub data_caricamento: ChronoDateTimeUtc,
    pub data_ultimo_aggiornamento: ChronoDateTimeUtc,
    pub data_ultima_modifica_aca: ChronoDateTimeUtc,
    pub data_validita: Option<ChronoDate>,
    pub data_scadenza: Option<ChronoDate>,
    pub anno_riferimento: Option<i32>,
    pub cartella_pagamento: Option<String>,
    pub tassonomia: Option<String>,
    pub tassonomia_avviso: Option<String>,
    pub direzione: Option<String>,
    pub divisione: Option<String>,
    pub dati_allegati: Option<String>,
    pub proprieta: Option<String>,
    pub documento: Option<Uuid>,
    pub parte: String,
    pub stato_pagamento: String,
    pub importo_pagato: i64,
    pub importo_incassato: i64,
    pub data_pagamento: Option<ChronoDateTimeUtc>,
    pub iuv_pagamento: Option<String>,
    pub ack: bool,
    pub data_notifica_avviso: Option<ChronoDate>,
    pub avviso_notificato: Option<bool>,
    pub data_promemoria_scadenza: Option<ChronoDate>,
    pub promemoria_scadenza_notificato: Option<bool>,
    pub data_promemoria_app_io: Option<ChronoDate>,
    pub promemoria_app_io_notificato: Option<bool>,
}

impl ActiveModelBehavior for ActiveModel {}
