//! What the database can answer but rows.

use sea_orm::DbErr;

/// The unique keys whose violation is a normal outcome with its contract answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vincolo {
    PendenzaChiave,
    PendenzaIuv,
    TransazioneChiave,
    RiscossioneChiave,
    DocumentoChiave,
    RicevutaEstranea,
    Altro,
}

impl Vincolo {
    /// Name on PostgreSQL, columns on SQLite.
    const NOMI: [(Self, &'static str, &'static str); 6] = [
        (Self::PendenzaChiave, "pendenza_chiave", "pendenza.id_a2a, pendenza.id_pendenza"),
        (Self::PendenzaIuv, "pendenza_iuv", "pendenza.dominio, pendenza.iuv"),
        (Self::TransazioneChiave, "transazione_chiave", "transazione.dominio, transazione.iuv, transazione.ccp"),
        (Self::RiscossioneChiave, "riscossione_chiave", "riscossione.dominio, riscossione.iuv, riscossione.iur, riscossione.indice"),
        (Self::DocumentoChiave, "documento_chiave", "documento.dominio, documento.id_a2a, documento.identificativo"),
        (Self::RicevutaEstranea, "ricevuta_estranea_pkey", "ricevuta_estranea.dominio, ricevuta_estranea.receipt_id"),
    ];

    fn da_messaggio(messaggio: &str) -> Self {
        let quale = Self::NOMI.iter().find(|(_, nome, colonne)| messaggio.contains(&format!("\"{nome}\"")) || messaggio.ends_with(colonne));
        quale.map_or(Self::Altro, |(v, _, _)| *v)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ErroreStore {
    /// A race on a unique key was lost: nothing was written.
    #[error("chiave gia' presente: {0:?}")]
    Chiave(Vincolo),
    /// A key is longer than an index of this database can hold. Nothing was written.
    #[error("chiave troppo lunga per l'indice")]
    ChiaveTroppoLunga,
    /// The database is gone, locked, full or read only. It may come back: the caller answers 503 and holds nothing.
    #[error("database non disponibile")]
    NonDisponibile(#[source] DbErr),
    #[error("database: {0}")]
    Sql(#[source] DbErr),
    /// A stored value that this program does not understand.
    #[error("valore non leggibile in {tabella}: {cosa}")]
    Illeggibile { tabella: &'static str, cosa: String },
    #[error("apertura del database: {0}")]
    Apertura(String),
}

impl From<DbErr> for ErroreStore {
    fn from(errore: DbErr) -> Self {
        if let Some(sea_orm::SqlErr::UniqueConstraintViolation(messaggio)) = errore.sql_err() {
            return Self::Chiave(Vincolo::da_messaggio(&messaggio));
        }
        if codice(&errore).as_deref() == Some(OLTRE_I_LIMITI) {
            return Self::ChiaveTroppoLunga;
        }
        if indisponibile(&errore) { Self::NonDisponibile(errore) } else { Self::Sql(errore) }
    }
}

/// Of PostgreSQL: about 2,700 bytes that do not compress are too many for an index.
const OLTRE_I_LIMITI: &str = "54000";

fn codice(errore: &DbErr) -> Option<String> {
    use sea_orm::RuntimeErr::SqlxError;
    let (DbErr::Exec(SqlxError(e)) | DbErr::Query(SqlxError(e))) = errore else { return None };
    e.as_database_error()?.code().map(|c| c.into_owned())
}

/// Connection lost or refused, pool exhausted; on SQLite also busy (5), locked (6), read only (8), IO error (10), full (13), cannot open (14);
/// on PostgreSQL also class 53 (insufficient resources), 57 (operator intervention), 58 (system error) and 25006 (read only).
fn indisponibile(errore: &DbErr) -> bool {
    use sea_orm::RuntimeErr;
    let sqlx = match errore {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(RuntimeErr::SqlxError(e)) | DbErr::Exec(RuntimeErr::SqlxError(e)) | DbErr::Query(RuntimeErr::SqlxError(e)) => e,
        DbErr::Conn(_) => return true,
        _ => return false,
    };
    match sqlx.as_ref() {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(d) => d.code().is_some_and(|codice| {
            let postgres = codice.len() == 5 && (["53", "57", "58", "08"].iter().any(|c| codice.starts_with(c)) || codice == "25006");
            let sqlite = codice.parse::<i32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 8 | 10 | 13 | 14));
            postgres || (codice.len() < 5 && sqlite)
        }),
        _ => false,
    }
}
