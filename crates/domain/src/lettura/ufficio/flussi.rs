//! Flows of rendicontazione and their rows (spec/2 sections 2.17 and 6.6).

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;

use super::tutti;
use crate::Rifiuto;
use crate::lettura::lista::{Ordine, Paginazione, Parametri};
use crate::rendicontazione::StatoFlusso;

pub const ORDINAMENTO_FLUSSI: [&str; 2] = ["data", "idFlusso"];
pub const ORDINAMENTO_RENDICONTAZIONI: [&str; 4] = ["data", "idFlusso", "iuv", "iur"];

/// GET /flussiRendicontazione.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroFlussi {
    pub paginazione: Paginazione,
    /// Empty: the last acquired first.
    pub ordinamento: Vec<Ordine>,
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
    pub dominio: Option<IdDominio>,
    pub incassato: Option<bool>,
    pub id_flusso: Option<String>,
    /// An unknown one is ignored; `Some(None)`: one that no flow has any more.
    pub stato: Option<Option<StatoFlusso>>,
    pub iuv: Option<String>,
    pub escludi_obsoleti: bool,
}

impl FiltroFlussi {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        Ok(Self {
            paginazione: Paginazione::leggi(&p, risultati_per_pagina_max)?,
            dominio: p.id_dominio()?,
            ordinamento: p.ordinamento(&ORDINAMENTO_FLUSSI)?,
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
            incassato: p.booleano("incassato")?,
            id_flusso: p.filtro("idFlusso")?,
            stato: p.testo("stato").and_then(|s| match s {
                "Acquisito" => Some(Some(StatoFlusso::Accettata)),
                "Anomalo" => Some(Some(StatoFlusso::Anomala)),
                "Rifiutato" => Some(None),
                _ => None,
            }),
            iuv: p.filtro("iuv")?,
            escludi_obsoleti: p.booleano("escludiObsoleti")?.unwrap_or(false),
        })
    }
}

/// GET /rendicontazioni.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroRendicontazioni {
    pub paginazione: Paginazione,
    /// Empty: the latest first, then by IUV.
    pub ordinamento: Vec<Ordine>,
    pub flusso_da: Option<DateTime<Utc>>,
    pub flusso_a: Option<DateTime<Utc>>,
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
    pub dominio: Option<IdDominio>,
    pub id_flusso: Option<String>,
    pub iuv: Option<String>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub escludi_obsoleti: bool,
}

impl FiltroRendicontazioni {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        Ok(Self {
            paginazione: Paginazione::leggi(&p, risultati_per_pagina_max)?,
            dominio: p.id_dominio()?,
            ordinamento: p.ordinamento(&ORDINAMENTO_RENDICONTAZIONI)?,
            flusso_da: p.data_da("flussoRendicontazione.dataFlussoDa")?,
            flusso_a: p.data_a("flussoRendicontazione.dataFlussoA")?,
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
            id_flusso: p.filtro("idFlusso")?,
            iuv: p.filtro("iuv")?,
            direzioni: tutti(&p, "direzione")?,
            divisioni: tutti(&p, "divisione")?,
            escludi_obsoleti: p.booleano("escludiObsoleti")?.unwrap_or(true),
        })
    }
}

/// The instants that a `dataOraFlusso` of a path may mean: as precise as it is written, a day, a minute, a second or a millisecond.
///
/// # Errors
/// For what is no date.
pub fn data_ora_flusso(testo: &str) -> Result<(DateTime<Utc>, DateTime<Utc>), Rifiuto> {
    const NOME: &str = "dataOraFlusso";
    let coppie = [(NOME.to_owned(), testo.to_owned())];
    let p = Parametri::nuovi(&coppie);
    let mancante = || Rifiuto::NonTrovato(format!("Flusso con data [{testo}] non trovato."));
    let (da, a) = (p.data_da(NOME)?.ok_or_else(mancante)?, p.data_a(NOME)?.ok_or_else(mancante)?);
    let ora = testo.split_once('T').map(|(_, ora)| ora.split(['+', '-', 'Z']).next().unwrap_or(ora));
    let ampiezza = match ora {
        Some(ora) if ora.contains('.') => Duration::zero(),
        Some(ora) if ora.matches(':').count() < 2 => Duration::milliseconds(59_999),
        Some(_) => Duration::milliseconds(999),
        None => Duration::zero(),
    };
    Ok((da, a.max(da + ampiezza)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lettura::ufficio::prova::coppie;

    #[test]
    fn gli_obsoleti_si_vedono_fra_i_flussi_e_non_fra_le_righe() {
        let flussi = |q: &[(&str, &str)]| FiltroFlussi::leggi(&coppie(q), 25).expect("filtro");
        assert!(!flussi(&[]).escludi_obsoleti);
        assert!(FiltroRendicontazioni::leggi(&coppie(&[]), 25).expect("filtro").escludi_obsoleti);
        assert_eq!(flussi(&[("stato", "Anomalo")]).stato, Some(Some(StatoFlusso::Anomala)));
        assert_eq!(flussi(&[("stato", "boh")]).stato, None);
    }

    #[test]
    fn una_data_vale_quanto_e_scritta() {
        let durata = |testo: &str| data_ora_flusso(testo).map(|(da, a)| (a - da).num_milliseconds()).ok();
        assert_eq!(durata("2026-11-20T10:00"), Some(59_999));
        assert_eq!(durata("2026-11-20T10:00:05"), Some(999));
        assert_eq!(durata("2026-11-20T10:00:05.123"), Some(0));
        assert_eq!(durata("2026-11-20"), Some(86_399_999));
        assert_eq!(durata("ieri"), None);
    }
}
