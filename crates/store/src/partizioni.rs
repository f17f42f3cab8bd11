//! Months of the giornale: partitions made ahead and dropped by policy on PostgreSQL, chunks on SQLite.
//!
//! What falls into no month stands in the partition of the others: an event is never refused for want of a partition.

use chrono::{DateTime, Datelike, Duration, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::apertura::{Corsia, Store};
use crate::entita::{evento, evento_messaggio};
use crate::errore::ErroreStore;
use crate::giornale::inizio_mese;
use crate::sql;

/// Months made ahead, beside the one of now.
pub const MESI_AVANTI: i32 = 2;
/// Rows deleted in one transaction.
pub const RIGHE_PER_VOLTA: u64 = 2_000;

/// The two tables of the giornale: they may live differently long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tabella {
    Eventi,
    Messaggi,
}

impl Tabella {
    pub const TUTTE: [Self; 2] = [Self::Eventi, Self::Messaggi];

    const fn nome(self) -> &'static str {
        match self {
            Self::Eventi => "evento",
            Self::Messaggi => "evento_messaggio",
        }
    }

    fn partizione(self, mese: i32) -> String {
        format!("{}_{:04}_{:02}", self.nome(), mese.div_euclid(12), mese.rem_euclid(12) + 1)
    }
}

#[derive(FromQueryResult)]
struct Nome {
    nome: String,
}

/// Months since year 0.
fn mese_di(t: DateTime<Utc>) -> i32 {
    t.year() * 12 + i32::try_from(t.month0()).unwrap_or(0)
}

impl Store {
    /// Makes the partitions of this month and of the next ones, with what is already there of theirs. Returns those that were made. Nothing on SQLite.
    pub async fn prepara_mesi(&self, adesso: DateTime<Utc>) -> Result<Vec<String>, ErroreStore> {
        let mut fatte = Vec::new();
        if self.su_sqlite() {
            return Ok(fatte);
        }
        let ora = mese_di(adesso);
        for tabella in Tabella::TUTTE {
            let ci_sono = self.partizioni(tabella).await?;
            for mese in ora..=ora + MESI_AVANTI {
                let nome = tabella.partizione(mese);
                if !ci_sono.contains(&nome) {
                    self.crea_partizione(tabella, mese, &nome).await?;
                    fatte.push(nome);
                }
            }
        }
        Ok(fatte)
    }

    /// Rows of the month move out of the partition of the others in the same transaction: one that wanted to stay would forbid the new one.
    async fn crea_partizione(&self, tabella: Tabella, mese: i32, nome: &str) -> Result<(), ErroreStore> {
        let (madre, altri) = (tabella.nome(), format!("{}_altri", tabella.nome()));
        let (da, a) = (inizio_mese(mese).to_rfc3339(), inizio_mese(mese + 1).to_rfc3339());
        let tx = self.begin(Corsia::Lavori).await?;
        tx.sql
            .execute_unprepared(&format!(
                "LOCK TABLE {madre} IN ACCESS EXCLUSIVE MODE;
                 CREATE TABLE {nome} (LIKE {madre} INCLUDING DEFAULTS);
                 WITH spostate AS (DELETE FROM {altri} WHERE data >= '{da}' AND data < '{a}' RETURNING *) INSERT INTO {nome} SELECT * FROM spostate;
                 ALTER TABLE {madre} ATTACH PARTITION {nome} FOR VALUES FROM ('{da}') TO ('{a}')"
            ))
            .await?;
        tx.commit().await
    }

    /// Names of the monthly partitions that there are.
    pub async fn partizioni(&self, tabella: Tabella) -> Result<Vec<String>, ErroreStore> {
        let testo = "SELECT c.relname::text AS nome FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass ORDER BY 1";
        let testo = testo.replace("$1", &format!("'{}'", tabella.nome()));
        let altri = format!("{}_altri", tabella.nome());
        let nomi = Nome::find_by_statement(sql::con_valori(self.lettura(), &testo, [])).all(self.lettura()).await?;
        Ok(nomi.into_iter().map(|n| n.nome).filter(|n| *n != altri).collect())
    }

    /// Drops the months that ended `giorni` days ago or earlier. Returns their names. Nothing on SQLite.
    pub async fn elimina_mesi(&self, tabella: Tabella, giorni: u32, adesso: DateTime<Utc>) -> Result<Vec<String>, ErroreStore> {
        let mut eliminate = Vec::new();
        if self.su_sqlite() {
            return Ok(eliminate);
        }
        let primo_tenuto = mese_di(adesso - Duration::days(giorni.into()));
        for nome in self.partizioni(tabella).await? {
            if mese_del_nome(tabella, &nome).is_some_and(|m| m < primo_tenuto) {
                let tx = self.begin(Corsia::Lavori).await?;
                tx.sql.execute_unprepared(&format!("DROP TABLE {nome}")).await?;
                tx.commit().await?;
                eliminate.push(nome);
            }
        }
        if tabella == Tabella::Eventi && !eliminate.is_empty() {
            let tx = self.begin(Corsia::Lavori).await?;
            tx.sql.execute_raw(sql::con_valori(&tx.sql, "DELETE FROM evento_mese WHERE mese < $1", [primo_tenuto.into()])).await?;
            tx.commit().await?;
        }
        Ok(eliminate)
    }

    /// Deletes a chunk of rows older than `prima_di`, oldest first, and tells how many: as many as [`RIGHE_PER_VOLTA`] means that there may be more.
    /// Indexes `evento_data`, `evento_messaggio_data`.
    pub async fn elimina_vecchi(&self, tabella: Tabella, prima_di: DateTime<Utc>) -> Result<u64, ErroreStore> {
        let tx = self.begin(Corsia::Lavori).await?;
        let quanti = match tabella {
            Tabella::Eventi => {
                use evento::Column as C;
                let vecchi = evento::Entity::find().filter(C::Data.lt(prima_di)).order_by_asc(C::Data).limit(RIGHE_PER_VOLTA);
                let id: Vec<i64> = vecchi.select_only().column(C::Id).into_tuple().all(&tx.sql).await?;
                evento::Entity::delete_many().filter(C::Data.lt(prima_di)).filter(C::Id.is_in(id)).exec(&tx.sql).await?.rows_affected
            }
            Tabella::Messaggi => {
                use evento_messaggio::Column as C;
                let vecchi = evento_messaggio::Entity::find().filter(C::Data.lt(prima_di)).order_by_asc(C::Data).limit(RIGHE_PER_VOLTA);
                let id: Vec<i64> = vecchi.select_only().column(C::Evento).into_tuple().all(&tx.sql).await?;
                evento_messaggio::Entity::delete_many().filter(C::Data.lt(prima_di)).filter(C::Evento.is_in(id)).exec(&tx.sql).await?.rows_affected
            }
        };
        tx.commit().await?;
        Ok(quanti)
    }
}

fn mese_del_nome(tabella: Tabella, nome: &str) -> Option<i32> {
    let (anno, mese) = nome.strip_prefix(tabella.nome())?.strip_prefix('_')?.split_once('_')?;
    Some(anno.parse::<i32>().ok()? * 12 + mese.parse::<i32>().ok()? - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn il_nome_di_una_partizione_dice_il_suo_mese() {
        let novembre = 2026 * 12 + 10;
        assert_eq!(Tabella::Eventi.partizione(novembre), "evento_2026_11");
        assert_eq!(mese_del_nome(Tabella::Eventi, "evento_2026_11"), Some(novembre));
        assert_eq!(mese_del_nome(Tabella::Messaggi, &Tabella::Messaggi.partizione(novembre)), Some(novembre));
        assert_eq!(mese_del_nome(Tabella::Eventi, "evento_messaggio_2026_11"), None);
        assert_eq!(mese_del_nome(Tabella::Eventi, "evento_altri"), None);
    }
}
