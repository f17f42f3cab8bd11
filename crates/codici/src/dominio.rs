//! The fiscal code of an ente creditore.

use std::fmt;

/// Eleven digits and nothing more: no check digit (spec/1 section 5.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdDominio(String);

impl IdDominio {
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        (testo.len() == 11 && testo.bytes().all(|b| b.is_ascii_digit())).then(|| Self(testo.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdDominio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undici_cifre_senza_carattere_di_controllo() {
        assert!(IdDominio::leggi("12345678901").is_some());
        assert!(IdDominio::leggi("1234567890").is_none());
        assert!(IdDominio::leggi("1234567890A").is_none());
        assert!(IdDominio::leggi("1234567890١").is_none());
    }
}
