//! The database alone: plans, keys and turns, on SQLite and on PostgreSQL.

mod banco;
mod elenchi;
mod piani;
mod vincoli;
