//! Numbers and dates as Java's formatters write them.

pub(crate) mod date;
pub(crate) mod numeri;

/// Names and separators. Any language but Italian falls back on English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lingua {
    Italiano,
    Inglese,
}

impl Lingua {
    /// `it_IT`, `it-IT`, `it`, `en_US`, ...
    #[must_use]
    pub fn leggi(codice: &str) -> Self {
        if codice.split(['_', '-']).next() == Some("it") { Self::Italiano } else { Self::Inglese }
    }

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Italiano => "it_IT",
            Self::Inglese => "en_US",
        }
    }

    /// Separators of decimals and of thousands.
    const fn separatori(self) -> (char, char) {
        match self {
            Self::Italiano => (',', '.'),
            Self::Inglese => ('.', ','),
        }
    }
}
