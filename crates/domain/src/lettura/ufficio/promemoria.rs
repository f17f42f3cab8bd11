//! The queue of messages to debtors (spec/2 section 2.14).

use chrono::{DateTime, Utc};

use crate::lettura::lista::{Paginazione, Parametri};
use crate::lettura::regole::codifica_inesistente;
use crate::{Rifiuto, promemoria};

/// GET /promemoria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroPromemoria {
    pub paginazione: Paginazione,
    pub stato: Option<promemoria::Stato>,
    pub tipo: Option<promemoria::Tipo>,
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
}

impl FiltroPromemoria {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let stato =
            |v: &str| promemoria::Stato::leggi(v).map_or_else(|| codifica_inesistente("stato", v, promemoria::Stato::TUTTI.map(promemoria::Stato::codice)), Ok);
        let tipo =
            |v: &str| promemoria::Tipo::leggi(v).map_or_else(|| codifica_inesistente("tipo", v, promemoria::Tipo::TUTTI.map(promemoria::Tipo::codice)), Ok);
        Ok(Self {
            paginazione: Paginazione::leggi(&p, risultati_per_pagina_max)?,
            stato: p.testo("stato").map(stato).transpose()?,
            tipo: p.testo("tipo").map(tipo).transpose()?,
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
        })
    }
}
