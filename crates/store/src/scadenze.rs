//! Payment attempts whose time is over (spec/3 section 1.11, "Expiry batch").

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::transazione::{Stato, Transazione};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::transazione;
use crate::errore::ErroreStore;
use crate::{mappa, sql};

/// As the index `transazione_da_scadere` says it: with bound values the planner could not know that the index serves.
const DA_SCADERE: &str = "versione IN ('SANP_240', 'SANP_321_V2') AND stato NOT IN ('RPT_ERRORE_INVIO_A_NODO', 'RPT_RIFIUTATA_NODO', \
                          'RPT_RIFIUTATA_PSP', 'RPT_ERRORE_INVIO_A_PSP', 'RT_ACCETTATA_PA', 'RPT_SCADUTA')";

/// States that do not expire.
const FERMI: [Stato; 6] =
    [Stato::RptErroreInvioANodo, Stato::RptRifiutataNodo, Stato::RptRifiutataPsp, Stato::RptErroreInvioAPsp, Stato::RtAccettataPa, Stato::RptScaduta];

#[derive(FromQueryResult)]
struct Chiave {
    dominio: String,
    id: Uuid,
}

impl Store {
    /// The oldest attempts asked before `prima_di` that nothing has closed. Index `transazione_da_scadere`.
    pub async fn tentativi_da_scadere(&self, prima_di: DateTime<Utc>, quanti: u64) -> Result<Vec<(IdDominio, Uuid)>, ErroreStore> {
        let testo = format!("SELECT dominio, id FROM transazione WHERE {DA_SCADERE} AND data_richiesta < $1 ORDER BY data_richiesta, dominio, id LIMIT $2");
        let quanti = i64::try_from(quanti).unwrap_or(i64::MAX);
        let query = sql::con_valori(self.lettura(), &testo, [prima_di.into(), quanti.into()]);
        let chiavi = Chiave::find_by_statement(query).all(self.lettura()).await?;
        chiavi.into_iter().map(|c| Ok((mappa::dominio(&c.dominio, "transazione")?, c.id))).collect()
    }

    /// How many there are, counted up to `tetto`, and when the oldest was asked. Index `transazione_da_scadere`.
    pub async fn conta_tentativi_da_scadere(&self, prima_di: DateTime<Utc>, tetto: u64) -> Result<(u64, Option<DateTime<Utc>>), ErroreStore> {
        #[derive(FromQueryResult)]
        struct Conto {
            quanti: i64,
            prima: Option<DateTime<Utc>>,
        }
        let testo = format!(
            "SELECT count(*) AS quanti, min(data_richiesta) AS prima FROM (SELECT data_richiesta FROM transazione WHERE {DA_SCADERE} AND data_richiesta < $1 \
             ORDER BY data_richiesta, dominio, id LIMIT $2) AS t"
        );
        let tetto = i64::try_from(tetto).unwrap_or(i64::MAX);
        let conto = Conto::find_by_statement(sql::con_valori(self.lettura(), &testo, [prima_di.into(), tetto.into()])).one(self.lettura()).await?;
        Ok(conto.map_or((0, None), |c| (u64::try_from(c.quanti).unwrap_or(0), c.prima)))
    }
}

impl Tx {
    /// Closes an attempt. `None`: a receipt, or somebody else, closed it first.
    pub async fn scade_tentativo(&self, dominio: &IdDominio, id: Uuid, descrizione: &str) -> Result<Option<Transazione>, ErroreStore> {
        use transazione::Column as C;
        let esito = transazione::Entity::update_many()
            .col_expr(C::Stato, Expr::value(Stato::RptScaduta.codice()))
            .col_expr(C::DescrizioneStato, Expr::value(descrizione))
            .filter(C::Dominio.eq(dominio.as_str()))
            .filter(C::Id.eq(id))
            .filter(C::Stato.is_not_in(FERMI.map(Stato::codice)))
            .exec(&self.sql)
            .await?;
        if esito.rows_affected == 0 {
            return Ok(None);
        }
        transazione::Entity::find_by_id((dominio.to_string(), id)).one(&self.sql).await?.map(mappa::transazione).transpose()
    }
}
