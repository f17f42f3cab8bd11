//! The bare database: the statements that the program sends, in the same transactions, on the same tables, by prepared statements over as many
//! connections; nothing else. The rows are copies of rows that the program wrote, with other keys.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Row};
use uuid::Uuid;

use crate::http::Connessione;
use crate::messaggi::{self, DOMINIO, Posizione};
use crate::processo::Fiorino;

/// Number of the position whose rows are the model: the last of the filling is never drawn by a measure before it.
const ID_MODELLO: &str = "MODELLO";

const POSIZIONE: &str = "SELECT p.*, v.* FROM pendenza p LEFT JOIN voce v ON p.dominio = v.dominio AND p.id = v.pendenza WHERE p.dominio = $1 AND p.iuv = $2";

/// Rows as the program writes them, column by column, as text.
pub struct Modello {
    tabelle: HashMap<&'static str, Vec<Colonna>>,
}

struct Colonna {
    nome: String,
    tipo: String,
    valore: Option<String>,
}

const TABELLE: [&str; 8] = ["pendenza", "voce", "registro", "transazione", "transazione_xml", "evento", "riscossione", "pagato"];

impl Modello {
    /// Lets the program load, activate and receipt one position, and reads what it wrote.
    pub async fn impara(pool: &PgPool, f: &Fiorino) -> Result<Arc<Self>> {
        let mut c = Connessione::apri(f.indirizzo).await?;
        c.put_pendenza("DEMO", ID_MODELLO, &messaggi::pendenza()).await?;
        let riga = sqlx::query("SELECT iuv, numero_avviso FROM pendenza WHERE id_a2a = 'DEMO' AND id_pendenza = $1").bind(ID_MODELLO).fetch_one(pool).await?;
        let p = Posizione { iuv: riga.get("iuv"), avviso: riga.get("numero_avviso") };
        c.soap(&messaggi::attiva(&p)).await?;
        c.soap(&messaggi::ricevuta(&p)).await?;
        let mut tabelle = HashMap::new();
        for tabella in TABELLE {
            tabelle.insert(tabella, colonne(pool, tabella, &p).await.with_context(|| format!("modello di {tabella}"))?);
        }
        Ok(Arc::new(Self { tabelle }))
    }

    fn colonne(&self, tabella: &str) -> &[Colonna] {
        self.tabelle.get(tabella).map_or(&[], Vec::as_slice)
    }

    /// `INSERT` of a copy of the model, with other values in the named columns.
    async fn inserisci(&self, tx: &mut sqlx::PgConnection, modello: &'static str, altri: &[(&str, String)]) -> Result<()> {
        let colonne = self.colonne(modello);
        let nomi = colonne.iter().map(|c| c.nome.as_str()).collect::<Vec<_>>().join(", ");
        let segni = colonne.iter().enumerate().map(|(i, c)| format!("${}::text::{}", i + 1, c.tipo)).collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO {} ({nomi}) VALUES ({segni})", tabella_di(modello));
        lega(sqlx::query(AssertSqlSafe(sql)), colonne, altri).execute(tx).await?;
        Ok(())
    }

    /// `UPDATE` of all columns with the values of the model but for the named ones; `dove` uses the parameters after those.
    async fn aggiorna(&self, tx: &mut sqlx::PgConnection, modello: &'static str, altri: &[(&str, String)], chiave: &[(&str, String)]) -> Result<()> {
        let colonne = self.colonne(modello);
        let posti = colonne.iter().enumerate().map(|(i, c)| format!("{} = ${}::text::{}", c.nome, i + 1, c.tipo)).collect::<Vec<_>>().join(", ");
        let tipo = |nome: &str| colonne.iter().find(|c| c.nome == nome).map_or("text", |c| c.tipo.as_str());
        let dove = chiave
            .iter()
            .enumerate()
            .map(|(i, (nome, _))| format!("{nome} = ${}::text::{}", colonne.len() + i + 1, tipo(nome)))
            .collect::<Vec<_>>()
            .join(" AND ");
        let sql = format!("UPDATE {} SET {posti} WHERE {dove}", tabella_di(modello));
        let query = chiave.iter().fold(lega(sqlx::query(AssertSqlSafe(sql)), colonne, altri), |q, (_, v)| q.bind(v.clone()));
        query.execute(tx).await?;
        Ok(())
    }
}

/// `pagato` is the ledger line of a receipt, a second model of the table `registro`.
fn tabella_di(modello: &'static str) -> &'static str {
    if modello == "pagato" { "registro" } else { modello }
}

fn lega<'q>(query: Query<'q, Postgres, PgArguments>, colonne: &[Colonna], altri: &[(&str, String)]) -> Query<'q, Postgres, PgArguments> {
    colonne.iter().fold(query, |q, c| {
        let altro = altri.iter().find(|(nome, _)| *nome == c.nome).map(|(_, v)| v.clone());
        q.bind(altro.or_else(|| c.valore.clone()))
    })
}

async fn colonne(pool: &PgPool, modello: &'static str, p: &Posizione) -> Result<Vec<Colonna>> {
    let tabella = tabella_di(modello);
    let righe: Vec<PgRow> = sqlx::query("SELECT column_name::text AS nome, udt_name::text AS tipo FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public' ORDER BY ordinal_position")
        .bind(tabella)
        .fetch_all(pool)
        .await?;
    let nomi: Vec<(String, String)> = righe.iter().map(|r| (r.get("nome"), r.get("tipo"))).collect();
    let testi = nomi.iter().map(|(n, _)| format!("{n}::text AS {n}")).collect::<Vec<_>>().join(", ");
    let dove = match modello {
        "pendenza" => "dominio = $1 AND iuv = $2",
        "transazione" | "riscossione" => "dominio = $1 AND iuv = $2",
        "evento" => "dominio = $1 AND iuv = $2 AND tipo = 'paSendRTV2'",
        "transazione_xml" => "dominio = $1 AND tipo = 'RT' AND transazione = (SELECT id FROM transazione WHERE dominio = $1 AND iuv = $2)",
        "registro" => "conto = 'dovuto' AND dominio = $1 AND pendenza = (SELECT id FROM pendenza WHERE dominio = $1 AND iuv = $2)",
        "pagato" => "conto = 'pagato' AND dominio = $1 AND pendenza = (SELECT id FROM pendenza WHERE dominio = $1 AND iuv = $2)",
        _ => "dominio = $1 AND pendenza = (SELECT id FROM pendenza WHERE dominio = $1 AND iuv = $2)",
    };
    let riga = sqlx::query(AssertSqlSafe(format!("SELECT {testi} FROM {tabella} WHERE {dove} LIMIT 1"))).bind(DOMINIO).bind(&p.iuv).fetch_one(pool).await?;
    Ok(nomi.into_iter().map(|(nome, tipo)| Colonna { valore: riga.get(nome.as_str()), nome, tipo }).collect())
}

/// The keyed lookup of verify: one round trip.
pub async fn verifica(pool: &PgPool, p: &Posizione) -> Result<()> {
    let riga = sqlx::query(POSIZIONE).bind(DOMINIO).bind(&p.iuv).fetch_one(pool).await;
    crate::contesto(riga.map(|_| ()).map_err(Into::into), "lettura nuda")
}

/// The transaction of PUT: lookup, pendenza, voce, registro.
pub async fn carica(pool: &PgPool, m: &Modello, n: usize) -> Result<()> {
    let id = Uuid::now_v7().to_string();
    let nuda = format!("N{n}");
    let iuv = format!("{:017}", 80_000_000_000_000_000_u64 + n as u64);
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT p.*, v.* FROM pendenza p LEFT JOIN voce v ON p.dominio = v.dominio AND p.id = v.pendenza WHERE p.id_a2a = 'DEMO' AND p.id_pendenza = $1 FOR UPDATE OF p")
        .bind(&nuda)
        .fetch_optional(&mut *tx)
        .await?;
    let avviso = format!("3{iuv}");
    m.inserisci(&mut tx, "pendenza", &[("id", id.clone()), ("id_pendenza", nuda), ("iuv", iuv), ("numero_avviso", avviso)]).await?;
    m.inserisci(&mut tx, "voce", &[("pendenza", id.clone())]).await?;
    m.inserisci(&mut tx, "registro", &[("id", Uuid::now_v7().to_string()), ("pendenza", id)]).await?;
    Ok(tx.commit().await?)
}

async fn blocca(tx: &mut sqlx::PgConnection, p: &Posizione) -> Result<Uuid> {
    let riga = sqlx::query(AssertSqlSafe(format!("{POSIZIONE} FOR UPDATE OF p"))).bind(DOMINIO).bind(&p.iuv).fetch_one(tx).await?;
    Ok(riga.try_get::<Uuid, _>("id")?)
}

/// The transaction of paGetPaymentV2: lock, supersede, transazione, its bytes, event.
pub async fn attiva(pool: &PgPool, m: &Modello, p: &Posizione) -> Result<()> {
    let transazione = Uuid::now_v7();
    let mut tx = pool.begin().await?;
    let pendenza = blocca(&mut tx, p).await?;
    sqlx::query(
        "UPDATE transazione SET stato = 'RPT_ANNULLATA' WHERE dominio = $1 AND iuv = $2 AND stato IN ('RPT_ATTIVATA', 'RPT_ACCETTATA_NODO', 'RPT_ANNULLATA')",
    )
    .bind(DOMINIO)
    .bind(&p.iuv)
    .execute(&mut *tx)
    .await?;
    let altri = [("id", transazione.to_string()), ("iuv", p.iuv.clone()), ("ccp", transazione.simple().to_string()), ("pendenza", pendenza.to_string())];
    m.inserisci(&mut tx, "transazione", &altri).await?;
    m.inserisci(&mut tx, "transazione_xml", &[("transazione", transazione.to_string()), ("tipo", "RPT".to_owned())]).await?;
    m.inserisci(&mut tx, "evento", &[("id", numero(&transazione)), ("iuv", p.iuv.clone())]).await?;
    Ok(tx.commit().await?)
}

/// The transaction of paSendRTV2: lock, attempts, the request, then all that a receipt writes.
pub async fn paga(pool: &PgPool, m: &Modello, p: &Posizione) -> Result<()> {
    let mut tx = pool.begin().await?;
    let pendenza = blocca(&mut tx, p).await?.to_string();
    let riga = sqlx::query("SELECT * FROM transazione WHERE dominio = $1 AND iuv = $2 ORDER BY data_richiesta DESC, id DESC")
        .bind(DOMINIO)
        .bind(&p.iuv)
        .fetch_one(&mut *tx)
        .await?;
    let transazione: Uuid = riga.try_get("id")?;
    sqlx::query("SELECT * FROM transazione_xml WHERE dominio = $1 AND transazione = $2 AND tipo = 'RPT'")
        .bind(DOMINIO)
        .bind(transazione)
        .fetch_one(&mut *tx)
        .await?;
    let (t, iuv) = (transazione.to_string(), p.iuv.clone());
    let chiave_t = [("dominio", DOMINIO.to_owned()), ("id", t.clone())];
    let altri_t = [("id", t.clone()), ("iuv", iuv.clone()), ("ccp", messaggi::receipt_id(p)), ("pendenza", pendenza.clone())];
    m.aggiorna(&mut tx, "transazione", &altri_t, &chiave_t).await?;
    m.inserisci(&mut tx, "transazione_xml", &[("transazione", t.clone())]).await?;
    let chiave_p = [("dominio", DOMINIO.to_owned()), ("id", pendenza.clone())];
    let altri_p = [("id", pendenza.clone()), ("id_pendenza", format!("P{iuv}")), ("iuv", iuv.clone()), ("numero_avviso", p.avviso.clone())];
    m.aggiorna(&mut tx, "pendenza", &altri_p, &chiave_p).await?;
    let chiave_v = [("dominio", DOMINIO.to_owned()), ("pendenza", pendenza.clone()), ("indice", "1".to_owned())];
    m.aggiorna(&mut tx, "voce", &[("pendenza", pendenza.clone())], &chiave_v).await?;
    let altri_r = [
        ("id", Uuid::now_v7().to_string()),
        ("iuv", iuv.clone()),
        ("iur", messaggi::receipt_id(p)),
        ("pendenza", pendenza.clone()),
        ("transazione", t.clone()),
    ];
    m.inserisci(&mut tx, "riscossione", &altri_r).await?;
    m.inserisci(&mut tx, "pagato", &[("id", Uuid::now_v7().to_string()), ("pendenza", pendenza)]).await?;
    m.inserisci(&mut tx, "evento", &[("id", numero(&Uuid::now_v7())), ("iuv", iuv)]).await?;
    Ok(tx.commit().await?)
}

/// A time-ordered int64, as the identifiers of events are.
fn numero(id: &Uuid) -> String {
    let alto = u64::try_from(id.as_u128() >> 64).unwrap_or(0);
    let (ms, resto) = (alto >> 16, (id.as_u128() & 0x3f_ffff) as u64);
    ((((ms - 1_577_836_800_000) << 22) | resto) & (i64::MAX as u64)).to_string()
}
