//! Tests of the crate from outside, by subject.

mod andata_e_ritorno;
mod contratto;
mod esempi;
mod flusso;
mod integratori;
mod ostili;
mod semantica;
mod servizio;
mod vecchio;
