//! A text that is not shown by accident.

use serde::{Deserialize, Serialize, Serializer};

/// `Debug` and serialisation print a mask; [`Segreto::svela`] is a decision, visible in review.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Segreto(String);

const MASCHERA: &str = "***";

impl Segreto {
    pub fn svela(&self) -> &str {
        &self.0
    }

    pub fn assente(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Segreto {
    fn from(testo: &str) -> Self {
        Self(testo.to_owned())
    }
}

impl From<String> for Segreto {
    fn from(testo: String) -> Self {
        Self(testo)
    }
}

impl std::fmt::Debug for Segreto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.assente() { "\"\"" } else { MASCHERA })
    }
}

impl Serialize for Segreto {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(if self.assente() { "" } else { MASCHERA })
    }
}
