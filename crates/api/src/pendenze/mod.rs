//! API Pendenze: the positions of an integrator (spec/1 section 9).

pub mod by_avviso;
pub mod perche;
pub mod v2;
mod viste;
