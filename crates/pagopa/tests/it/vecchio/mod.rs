//! The older model: what we write is what its schemas want, what we read is what they admit, and what breaks is told and never panics.

mod contratto;
mod esempi;
mod letture;
mod semantica;
