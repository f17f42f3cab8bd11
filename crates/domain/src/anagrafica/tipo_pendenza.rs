//! Kinds of pendenza: the catalogue, and what a dominio says otherwise (spec/1 section 15, spec/2 section 2.7).

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq)]
pub struct TipoPendenza {
    pub cod: String,
    pub descrizione: String,
    /// One to four digits, for `%(t)` of the IUV prefix.
    pub codifica_iuv: Option<String>,
    /// Whether a citizen may pay it for somebody else.
    pub paga_terzi: bool,
    pub abilitato: bool,
    pub usi: UsiTipo,
}

impl TipoPendenza {
    /// Enabled, without codifica or blocks.
    #[must_use]
    pub fn nuovo(cod: &str, descrizione: &str) -> Self {
        let (cod, descrizione) = (cod.to_owned(), descrizione.to_owned());
        Self { cod, descrizione, codifica_iuv: None, paga_terzi: false, abilitato: true, usi: UsiTipo::default() }
    }
}

/// What a dominio says otherwise of a tipo pendenza: what is absent is inherited. By default everything is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TipoPendenzaDominio {
    pub codifica_iuv: Option<String>,
    pub paga_terzi: Option<bool>,
    pub abilitato: Option<bool>,
    pub usi: UsiTipo,
}

/// Which blocks are switched on, kept beside the snapshot's row so that lists need not read the blocks. `None` is inherited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsiTipo {
    pub portale_backoffice: Option<bool>,
    pub portale_pagamento: Option<bool>,
    pub tracciato_csv: Option<bool>,
}

/// Forms, templates and messages of a tipo pendenza. They may be large: in the archive, not in the snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlocchiTipo {}
