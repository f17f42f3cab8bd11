//! Connectors of a dominio towards accounting products (spec/2 section 10).

use serde::{Deserialize, Serialize};

/// A connector that was never put is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnettoriDominio {}
