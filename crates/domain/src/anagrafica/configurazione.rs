//! The configuration that the back office writes: eight blocks (spec/2 section 2.15).

/// Blocks of `configurazioni`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configurazione {}
