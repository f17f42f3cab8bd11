//! The database alone: plans, keys and turns, on SQLite and on PostgreSQL.

mod banco;
mod elenchi;
mod giornale;
mod lavori;
mod pagamenti;
mod piani;
mod piani_elenchi;
mod vincoli;
