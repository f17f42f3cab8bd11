//! A person or an organisation: who owes, who pays.

use std::fmt;

/// What is written where a debtor is not named (spec/1 section 6.2).
pub const ANONIMO: &str = "ANONIMO";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TipoSoggetto {
    /// Persona fisica.
    F,
    /// Persona giuridica.
    G,
}

impl TipoSoggetto {
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        match testo {
            "F" => Some(Self::F),
            "G" => Some(Self::G),
            _ => None,
        }
    }

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::G => "G",
        }
    }

    /// What the node is told: 16 characters are a person whatever the declared type (spec/3 section 1.7).
    #[must_use]
    pub fn da_identificativo(identificativo: &str) -> Self {
        if identificativo.chars().count() == 16 { Self::F } else { Self::G }
    }
}

/// Personal data: `Debug` prints a mask, so that no log line carries a name by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Soggetto {
    pub tipo: Option<TipoSoggetto>,
    pub identificativo: Option<String>,
    pub anagrafica: Option<String>,
    pub indirizzo: Option<String>,
    pub civico: Option<String>,
    pub cap: Option<String>,
    pub localita: Option<String>,
    pub provincia: Option<String>,
    pub nazione: Option<String>,
    pub email: Option<String>,
    pub cellulare: Option<String>,
}

impl Soggetto {
    /// The debtor as it is stored: what is missing or blank in code and name becomes [`ANONIMO`].
    #[must_use]
    pub fn debitore(dichiarato: Option<Self>) -> Self {
        let mut soggetto = dichiarato.unwrap_or_default();
        for campo in [&mut soggetto.identificativo, &mut soggetto.anagrafica] {
            if campo.as_deref().is_none_or(|v| v.trim().is_empty()) {
                *campo = Some(ANONIMO.to_owned());
            }
        }
        soggetto
    }

    #[must_use]
    pub fn identificativo(&self) -> &str {
        self.identificativo.as_deref().unwrap_or(ANONIMO)
    }

    #[must_use]
    pub fn anagrafica(&self) -> &str {
        self.anagrafica.as_deref().unwrap_or(ANONIMO)
    }
}

impl fmt::Debug for Soggetto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Soggetto(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_debitore_senza_nome_e_anonimo() {
        let soggetto = Soggetto::debitore(None);
        assert_eq!((soggetto.identificativo(), soggetto.anagrafica()), (ANONIMO, ANONIMO));
        let bianco = Soggetto { identificativo: Some("  ".to_owned()), anagrafica: Some("Ada".to_owned()), ..Soggetto::default() };
        assert_eq!(Soggetto::debitore(Some(bianco)).identificativo(), ANONIMO);
    }

    #[test]
    fn il_debug_non_dice_nomi() {
        let soggetto = Soggetto { anagrafica: Some("Greta Valenti".to_owned()), ..Soggetto::default() };
        assert!(!format!("{soggetto:?}").contains("Greta"));
    }
}
