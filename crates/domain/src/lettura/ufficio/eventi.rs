//! The query of GET /eventi (spec/2 section 2.14).

use chrono::{DateTime, Utc};
use codici::IdDominio;

use super::pagamenti::severita;
use crate::Rifiuto;
use crate::lettura::lista::{Paginazione, Parametri};

/// Values of esito, ruolo and categoria are as they were sent: unknown ones are no filter, as in the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroEventi {
    pub paginazione: Paginazione,
    pub dominio: Option<IdDominio>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub id_pagamento: Option<String>,
    pub esito: Option<String>,
    pub categoria: Option<String>,
    pub ruolo: Option<String>,
    pub tipo: Option<String>,
    pub sottotipo: Option<String>,
    pub componente: Option<String>,
    pub da: Option<DateTime<Utc>>,
    pub a: Option<DateTime<Utc>>,
    pub severita_da: Option<i16>,
    pub severita_a: Option<i16>,
    pub messaggi: bool,
}

impl FiltroEventi {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        Ok(Self {
            paginazione: Paginazione::leggi(&p, risultati_per_pagina_max)?,
            dominio: p.id_dominio()?,
            id_a2a: p.filtro("idA2A")?,
            iuv: p.filtro("iuv")?,
            ccp: p.filtro("ccp")?,
            id_pendenza: p.filtro("idPendenza")?,
            id_pagamento: p.filtro("idPagamento")?,
            esito: p.filtro("esito")?,
            categoria: p.filtro("categoriaEvento")?,
            ruolo: p.filtro("ruolo")?,
            tipo: p.filtro("tipoEvento")?,
            sottotipo: p.filtro("sottotipoEvento")?,
            componente: p.filtro("componente")?,
            da: p.data_da("dataDa")?,
            a: p.data_a("dataA")?,
            severita_da: severita(&p, "severitaDa")?,
            severita_a: severita(&p, "severitaA")?,
            messaggi: p.booleano("messaggi")?.unwrap_or(false),
        })
    }
}
