//! Migrations: plain SQL files, applied by the program, expanding before they contract.
//!
//! The types that the two databases spell differently stand between at signs.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Set};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use crate::apertura::{Corsia, Store, e_sqlite};
use crate::entita::{anagrafica_versione, installazione};
use crate::errore::ErroreStore;

/// The number of this program, compared with `installazione.programma_minimo`. It grows when a migration drops something that an
/// older program still uses.
pub const PROGRAMMA: i32 = 1;

/// Key of the advisory lock: any number, always the same.
const CHIAVE_LUCCHETTO: i64 = 0x46_49_4f_52;

/// A migration as `fiorino migrate --plan` shows it.
#[derive(Clone, Copy, Debug)]
pub struct Migrazione {
    pub nome: &'static str,
    sorgente: &'static str,
}

const MIGRAZIONI: &[Migrazione] = &[
    Migrazione { nome: "0001_inizio", sorgente: include_str!("0001_inizio.sql") },
    Migrazione { nome: "0002_anagrafica", sorgente: include_str!("0002_anagrafica.sql") },
    Migrazione { nome: "0003_accessi", sorgente: include_str!("0003_accessi.sql") },
    Migrazione { nome: "0004_pagamenti", sorgente: include_str!("0004_pagamenti.sql") },
    Migrazione { nome: "0005_ufficio", sorgente: include_str!("0005_ufficio.sql") },
    Migrazione { nome: "0008_pendenze", sorgente: include_str!("0008_pendenze.sql") },
    Migrazione { nome: "0009_indici", sorgente: include_str!("0009_indici.sql") },
    Migrazione { nome: "0010_nodo", sorgente: include_str!("0010_nodo.sql") },
    Migrazione { nome: "0011_posizioni_debitorie", sorgente: include_str!("0011_posizioni_debitorie.sql") },
    Migrazione { nome: "0012_lavori", sorgente: include_str!("0012_lavori.sql") },
    Migrazione { nome: "0013_giornale", sorgente: include_str!("0013_giornale.sql") },
    Migrazione { nome: "0014_flussi", sorgente: include_str!("0014_flussi.sql") },
    Migrazione { nome: "0015_lotti_posizioni", sorgente: include_str!("0015_lotti_posizioni.sql") },
    Migrazione { nome: "0016_registri_pagopa", sorgente: include_str!("0016_registri_pagopa.sql") },
    Migrazione { nome: "0017_stazione", sorgente: include_str!("0017_stazione.sql") },
    Migrazione { nome: "0018_elenchi", sorgente: include_str!("0018_elenchi.sql") },
];

impl Migrazione {
    fn sql(self, backend: DbBackend) -> String {
        let tipi = if e_sqlite(backend) {
            [("@TS@", "TEXT"), ("@UUID@", "BLOB"), ("@BLOB@", "BLOB"), ("@DATA@", "TEXT")]
        } else {
            [("@TS@", "TIMESTAMPTZ"), ("@UUID@", "UUID"), ("@BLOB@", "BYTEA"), ("@DATA@", "DATE")]
        };
        tipi.iter().fold(di(self.sorgente, backend), |testo, (segno, tipo)| testo.replace(segno, tipo))
    }
}

/// Without what stands between `--@postgres` or `--@sqlite` and `--@fine`, when it is for the other database.
fn di(sorgente: &str, backend: DbBackend) -> String {
    let altrui = if e_sqlite(backend) { "--@postgres" } else { "--@sqlite" };
    let mut saltata = false;
    let mut testo = String::with_capacity(sorgente.len());
    for riga in sorgente.lines() {
        match riga {
            r if r == altrui => saltata = true,
            "--@fine" => saltata = false,
            _ if saltata => {}
            _ => {
                testo.push_str(riga);
                testo.push('\n');
            }
        }
    }
    testo
}

impl MigrationName for Migrazione {
    fn name(&self) -> &str {
        self.nome
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migrazione {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(&self.sql(db.get_database_backend())).await?;
        Ok(())
    }
}

struct Migratore;

#[async_trait::async_trait]
impl MigratorTrait for Migratore {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        MIGRAZIONI.iter().copied().map(|m| Box::new(m) as Box<dyn MigrationTrait>).collect()
    }

    fn migration_table_name() -> sea_orm::DynIden {
        sea_orm::sea_query::Alias::new("migrazione").into()
    }
}

/// All that is missing in one transaction: a start that fails half way has changed nothing.
pub async fn applica(store: &Store) -> Result<Vec<String>, ErroreStore> {
    let tx = store.begin(Corsia::Lavori).await?;
    if !store.su_sqlite() {
        tx.sql.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({CHIAVE_LUCCHETTO})")).await?;
    }
    let mancanti: Vec<String> = Migratore::get_pending_migrations(&tx.sql).await?.iter().map(|m| m.name().to_owned()).collect();
    Migratore::up(&tx.sql, None).await?;
    semina(&tx.sql).await?;
    let minimo = installazione::Entity::find_by_id(1_i16).one(&tx.sql).await?.map_or(0, |r| r.programma_minimo);
    if PROGRAMMA < minimo {
        return Err(ErroreStore::Apertura(format!(
            "questo database serve i programmi dal numero {minimo}, questo e' il {PROGRAMMA}: serve una versione piu' recente"
        )));
    }
    tx.commit().await?;
    Ok(mancanti)
}

/// The rows that the program counts on.
async fn semina<C: ConnectionTrait>(db: &C) -> Result<(), DbErr> {
    if installazione::Entity::find_by_id(1_i16).one(db).await?.is_none() {
        let riga = installazione::ActiveModel { id: Set(1), programma_minimo: Set(1), battito: Set(chrono::DateTime::UNIX_EPOCH) };
        installazione::Entity::insert(riga).exec_without_returning(db).await?;
        let versione = anagrafica_versione::ActiveModel { id: Set(1), versione: Set(0), ricarica: Set(0) };
        anagrafica_versione::Entity::insert(versione).exec_without_returning(db).await?;
    }
    Ok(())
}

pub async fn mancanti(store: &Store) -> Result<Vec<Migrazione>, ErroreStore> {
    let nomi: Vec<String> = Migratore::get_pending_migrations(&store.scrittura()).await?.iter().map(|m| m.name().to_owned()).collect();
    Ok(MIGRAZIONI.iter().copied().filter(|m| nomi.iter().any(|n| n == m.nome)).collect())
}
