//! The level of service of the station, counted by the minute: written by each node for itself, added up when somebody asks (spec/4 section 7.2).

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, Set};

use crate::apertura::{Corsia, Store};
use crate::entita::livello_servizio as tabella;
use crate::errore::ErroreStore;
use crate::sql;

/// What one node saw in one minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conteggio {
    /// First instant of the minute.
    pub minuto: DateTime<Utc>,
    pub stazione: String,
    pub operazione: String,
    pub risposte: i64,
    /// Within two seconds.
    pub entro: i64,
    /// Errors of ours: the node was not answered.
    pub guasti: i64,
    pub durata_ms: i64,
    pub durata_ms_max: i64,
}

/// The sum of a month, or of another stretch.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Livello {
    pub stazione: String,
    pub operazione: String,
    pub risposte: i64,
    pub entro: i64,
    pub guasti: i64,
    pub durata_ms: i64,
    pub durata_ms_max: i64,
}

/// The sum of a minute, for what depends on when.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Minuto {
    pub stazione: String,
    pub minuto: DateTime<Utc>,
    pub risposte: i64,
    pub guasti: i64,
}

impl Store {
    /// Adds what `nodo` counted to what it wrote before of the same minutes.
    pub async fn scrivi_livelli(&self, nodo: &str, conteggi: &[Conteggio]) -> Result<(), ErroreStore> {
        use tabella::Column as C;
        if conteggi.is_empty() {
            return Ok(());
        }
        let righe = conteggi.iter().map(|c| tabella::ActiveModel {
            minuto: Set(c.minuto),
            nodo: Set(nodo.to_owned()),
            stazione: Set(c.stazione.clone()),
            operazione: Set(c.operazione.clone()),
            risposte: Set(c.risposte),
            entro: Set(c.entro),
            guasti: Set(c.guasti),
            durata_ms: Set(c.durata_ms),
            durata_ms_max: Set(c.durata_ms_max),
        });
        let somma = |colonna: C| (colonna, Expr::col((tabella::Entity, colonna)).add(Expr::cust(format!("excluded.{}", sea_orm::Iden::unquoted(&colonna)))));
        let massimo = "CASE WHEN excluded.durata_ms_max > livello_servizio.durata_ms_max THEN excluded.durata_ms_max ELSE livello_servizio.durata_ms_max END";
        let su_conflitto = OnConflict::columns([C::Minuto, C::Nodo, C::Stazione, C::Operazione])
            .values([somma(C::Risposte), somma(C::Entro), somma(C::Guasti), somma(C::DurataMs), (C::DurataMsMax, Expr::cust(massimo))])
            .to_owned();
        let tx = self.begin(Corsia::Lavori).await?;
        tabella::Entity::insert_many(righe).on_conflict(su_conflitto).exec_without_returning(&tx.sql).await?;
        tx.commit().await
    }

    /// Sums from `da` to before `a`, by station and operation. Primary key.
    pub async fn livelli(&self, da: DateTime<Utc>, a: DateTime<Utc>) -> Result<Vec<Livello>, ErroreStore> {
        let testo = "SELECT stazione, operazione, CAST(sum(risposte) AS BIGINT) AS risposte, CAST(sum(entro) AS BIGINT) AS entro, \
                     CAST(sum(guasti) AS BIGINT) AS guasti, CAST(sum(durata_ms) AS BIGINT) AS durata_ms, CAST(max(durata_ms_max) AS BIGINT) AS durata_ms_max \
                     FROM livello_servizio WHERE minuto >= $1 AND minuto < $2 GROUP BY stazione, operazione ORDER BY stazione, operazione";
        Ok(Livello::find_by_statement(sql::con_valori(self.lettura(), testo, [da.into(), a.into()])).all(self.lettura()).await?)
    }

    /// Minutes in which something was not answered, from `da` to before `a`, with all that happened in them. Primary key.
    pub async fn minuti_con_guasti(&self, da: DateTime<Utc>, a: DateTime<Utc>) -> Result<Vec<Minuto>, ErroreStore> {
        let testo = "SELECT stazione, minuto, CAST(sum(risposte) AS BIGINT) AS risposte, CAST(sum(guasti) AS BIGINT) AS guasti \
                     FROM livello_servizio WHERE minuto >= $1 AND minuto < $2 GROUP BY stazione, minuto HAVING sum(guasti) > 0 ORDER BY stazione, minuto";
        Ok(Minuto::find_by_statement(sql::con_valori(self.lettura(), testo, [da.into(), a.into()])).all(self.lettura()).await?)
    }

    /// Deletes the minutes before `prima_di`. Primary key.
    pub async fn elimina_livelli(&self, prima_di: DateTime<Utc>) -> Result<u64, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        let esito = tabella::Entity::delete_many().filter(tabella::Column::Minuto.lt(prima_di)).exec(&tx.sql).await?;
        tx.commit().await?;
        Ok(esito.rows_affected)
    }

    /// Rows that there are: for tests and for who watches growth.
    pub async fn righe_livelli(&self) -> Result<Vec<Conteggio>, ErroreStore> {
        let righe = tabella::Entity::find().order_by_asc(tabella::Column::Minuto).all(self.lettura()).await?;
        let da_riga = |r: tabella::Model| Conteggio {
            minuto: r.minuto,
            stazione: r.stazione,
            operazione: r.operazione,
            risposte: r.risposte,
            entro: r.entro,
            guasti: r.guasti,
            durata_ms: r.durata_ms,
            durata_ms_max: r.durata_ms_max,
        };
        Ok(righe.into_iter().map(da_riga).collect())
    }
}
