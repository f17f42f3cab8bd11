//! The database alone: plans, keys and turns, on SQLite and on PostgreSQL.

mod banco;
mod piani;
mod vincoli;
