//! SQL text where the query builder would hide the query. One text with `$1` placeholders runs on both databases.

use sea_orm::{ConnectionTrait, Statement, Value};

pub fn con_valori<C: ConnectionTrait>(db: &C, sql: &str, valori: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, valori)
}
