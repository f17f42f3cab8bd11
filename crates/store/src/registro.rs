//! The ledger: written with what it tells of, and compared with it on demand.

use chrono::{DateTime, Utc};
use domain::pendenza::Pendenza;
use domain::registro::Movimento;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Set};
use uuid::Uuid;

use crate::apertura::{Store, Tx};
use crate::entita::registro;
use crate::errore::ErroreStore;
use crate::sql;

/// A voce whose ledger does not say what its row says. Amounts in cents.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Disaccordo {
    pub dominio: String,
    pub id_a2a: String,
    pub id_pendenza: String,
    pub voce: i16,
    pub conto: String,
    pub scritto: i64,
    pub derivato: i64,
}

/// Disagreements that one call returns: the first is reason enough to stop and look.
const DISACCORDI_MAX: u32 = 1_000;

impl Tx {
    /// `ids`: as many as `movimenti`, growing.
    pub async fn registra(&self, p: &Pendenza, movimenti: &[Movimento], ids: impl IntoIterator<Item = Uuid>, adesso: DateTime<Utc>) -> Result<(), ErroreStore> {
        if movimenti.is_empty() {
            return Ok(());
        }
        let righe = movimenti.iter().zip(ids).map(|(m, id)| registro::ActiveModel {
            dominio: Set(p.dominio.to_string()),
            id: Set(id),
            pendenza: Set(p.id),
            voce: Set(i16::from(m.voce)),
            conto: Set(m.conto.codice().to_owned()),
            importo: Set(m.importo.cent()),
            causa: Set(m.causa.clone()),
            data: Set(adesso),
        });
        registro::Entity::insert_many(righe).exec_without_returning(&self.sql).await?;
        Ok(())
    }
}

impl Store {
    /// Recomputes every position from the ledger: dovuto and annullato against its voci, pagato against its riscossioni and against
    /// `importo_pagato`. Empty when all agrees.
    pub async fn verifica_registro(&self) -> Result<Vec<Disaccordo>, ErroreStore> {
        let mut disaccordi = Vec::new();
        for query in [VOCI, RISCOSSIONI, TOTALI] {
            let righe = self.lettura().query_all_raw(sql::con_valori(self.lettura(), &format!("{query} LIMIT {DISACCORDI_MAX}"), [])).await?;
            for riga in &righe {
                disaccordi.push(Disaccordo::from_query_result(riga, "")?);
            }
        }
        Ok(disaccordi)
    }
}

const VOCI: &str = "SELECT * FROM (
    SELECT v.dominio, p.id_a2a, p.id_pendenza, v.indice AS voce, c.conto,
        CASE WHEN c.conto = 'dovuto' OR p.stato = 'ANNULLATO' THEN v.importo ELSE 0 END AS scritto,
        COALESCE((SELECT CAST(SUM(r.importo) AS BIGINT) FROM registro r
            WHERE r.dominio = v.dominio AND r.pendenza = v.pendenza AND r.voce = v.indice AND r.conto = c.conto), 0) AS derivato
    FROM voce v JOIN pendenza p ON p.dominio = v.dominio AND p.id = v.pendenza
    CROSS JOIN (SELECT 'dovuto' AS conto UNION ALL SELECT 'annullato') c) x
    WHERE scritto <> derivato";

const RISCOSSIONI: &str = "SELECT * FROM (
    SELECT p.dominio, p.id_a2a, p.id_pendenza, q.voce, 'pagato' AS conto,
        CAST(SUM(q.scritto) AS BIGINT) AS scritto, CAST(SUM(q.derivato) AS BIGINT) AS derivato
    FROM (
        SELECT dominio_pendenza AS dominio, pendenza, COALESCE(voce, CAST(0 AS SMALLINT)) AS voce, importo AS scritto, 0 AS derivato FROM riscossione
        UNION ALL
        SELECT dominio, pendenza, voce, 0, importo FROM registro WHERE conto = 'pagato') q
    JOIN pendenza p ON p.dominio = q.dominio AND p.id = q.pendenza
    GROUP BY p.dominio, p.id_a2a, p.id_pendenza, q.voce) x
    WHERE scritto <> derivato";

const TOTALI: &str = "SELECT * FROM (
    SELECT p.dominio, p.id_a2a, p.id_pendenza, CAST(0 AS SMALLINT) AS voce, 'pagato' AS conto, p.importo_pagato AS scritto,
        COALESCE((SELECT CAST(SUM(r.importo) AS BIGINT) FROM registro r
            WHERE r.dominio = p.dominio AND r.pendenza = p.id AND r.conto = 'pagato'), 0) AS derivato
    FROM pendenza p) x
    WHERE scritto <> derivato";
