//! Query of the lists of payment attempts (spec/1 section 9.10).

use chrono::{DateTime, Utc};
use codici::IdDominio;

use super::lista::{Ordine, Paginazione, Parametri};
use super::regole::codifica_inesistente;
use crate::Rifiuto;
use crate::transazione::Esito;

pub const ORDINAMENTO_RPP: [&str; 2] = ["dataRichiesta", "stato"];

/// Names of the outcomes, in the order of messages.
pub type Esiti = [(&'static str, Esito); 7];

pub const ESITI: Esiti = esiti("DECORRENZA_PARZIALE");
/// The misspelling is the contract's, of API Pendenze v1, API Pagamento v1 and API Backoffice.
pub const ESITI_V1: Esiti = esiti("DECORENNZA_PARZIALE");

const fn esiti(decorrenza_parziale: &'static str) -> Esiti {
    [
        ("IN_CORSO", Esito::InCorso),
        ("RIFIUTATO", Esito::Rifiutato),
        ("ESEGUITO", Esito::Eseguito),
        ("NON_ESEGUITO", Esito::NonEseguito),
        ("ESEGUITO_PARZIALE", Esito::ParzialmenteEseguito),
        ("DECORRENZA", Esito::DecorrenzaTermini),
        (decorrenza_parziale, Esito::DecorrenzaTerminiParziale),
    ]
}

/// GET /rpp. `idA2A` is not here: each API says whose attempts it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroRpp {
    pub paginazione: Paginazione,
    /// Empty: date of the request, the latest first.
    pub ordinamento: Vec<Ordine>,
    pub dominio: Option<IdDominio>,
    pub iuv: Option<String>,
    pub ccp: Option<String>,
    pub id_pendenza: Option<String>,
    pub id_pagamento: Option<String>,
    /// Upper case.
    pub id_debitore: Option<String>,
    pub esito: Option<Esito>,
    /// On the date of the request, inclusive.
    pub rpt_da: Option<DateTime<Utc>>,
    pub rpt_a: Option<DateTime<Utc>>,
    /// On the date of the receipt, inclusive.
    pub rt_da: Option<DateTime<Utc>>,
    pub rt_a: Option<DateTime<Utc>>,
}

impl FiltroRpp {
    /// API Pendenze v1: `esito`, and one pair of dates.
    pub fn v1(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let filtro = Self::comune(&p, risultati_per_pagina_max, p.grezzo("esito"), &ESITI_V1)?;
        Ok(Self { rpt_da: p.data_da("dataDa")?, rpt_a: p.data_a("dataA")?, ..filtro })
    }

    /// API Pendenze v2: `esitoPagamento`, the debtor, and dates of request and receipt.
    pub fn v2(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let filtro = Self::comune(&p, risultati_per_pagina_max, p.grezzo("esitoPagamento"), &ESITI)?;
        Self::con_date(filtro, &p)
    }

    /// API Backoffice: the dates of v2 with the outcomes of v1.
    pub fn ufficio(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let filtro = Self::comune(&p, risultati_per_pagina_max, p.grezzo("esito"), &ESITI_V1)?;
        Self::con_date(filtro, &p)
    }

    fn con_date(filtro: Self, p: &Parametri<'_>) -> Result<Self, Rifiuto> {
        Ok(Self {
            rpt_da: p.data_da("dataRptDa")?,
            rpt_a: p.data_a("dataRptA")?,
            rt_da: p.data_da("dataRtDa")?,
            rt_a: p.data_a("dataRtA")?,
            id_debitore: p.filtro("idDebitore")?.map(|d| d.to_uppercase()),
            ..filtro
        })
    }

    fn comune(p: &Parametri<'_>, massimo: u32, esito: Option<&str>, esiti: &Esiti) -> Result<Self, Rifiuto> {
        Ok(Self {
            paginazione: Paginazione::leggi(p, massimo)?,
            esito: esito.map(|e| leggi_esito(e, esiti)).transpose()?,
            dominio: p.id_dominio()?,
            ordinamento: p.ordinamento(&ORDINAMENTO_RPP)?,
            iuv: p.filtro("iuv")?,
            ccp: p.filtro("ccp")?,
            id_pendenza: p.filtro("idPendenza")?,
            id_pagamento: p.filtro("idPagamento")?,
            id_debitore: None,
            rpt_da: None,
            rpt_a: None,
            rt_da: None,
            rt_a: None,
        })
    }
}

/// Filter of API Pagamento v3.
pub fn esito(nome: &str) -> Result<Esito, Rifiuto> {
    leggi_esito(nome, &ESITI)
}

fn leggi_esito(nome: &str, esiti: &Esiti) -> Result<Esito, Rifiuto> {
    let trovato = esiti.iter().find(|(n, _)| *n == nome).map(|(_, e)| *e);
    trovato.map_or_else(|| codifica_inesistente("esito", nome, esiti.iter().map(|(n, _)| *n)), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coppie(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn ogni_versione_scrive_a_suo_modo_la_decorrenza_parziale() {
        let v1 = |e: &str| FiltroRpp::v1(&coppie(&[("esito", e)]), 5000).map(|f| f.esito);
        let v2 = |e: &str| FiltroRpp::v2(&coppie(&[("esitoPagamento", e)]), 5000).map(|f| f.esito);
        for (nome, esito) in ESITI.iter().take(6) {
            assert_eq!((v1(nome), v2(nome)), (Ok(Some(*esito)), Ok(Some(*esito))));
        }
        assert_eq!(v1("DECORENNZA_PARZIALE"), Ok(Some(Esito::DecorrenzaTerminiParziale)));
        assert_eq!(v2("DECORRENZA_PARZIALE"), Ok(Some(Esito::DecorrenzaTerminiParziale)));
        let testo = |valore: &str, ultima: &str| {
            Err(Rifiuto::Sintassi(format!(
                "Codifica inesistente per esito. Valore fornito [{valore}] valori possibili {{IN_CORSO,RIFIUTATO,ESEGUITO,NON_ESEGUITO,ESEGUITO_PARZIALE,DECORRENZA,{ultima}}}"
            )))
        };
        assert_eq!(v1("DECORRENZA_PARZIALE"), testo("DECORRENZA_PARZIALE", "DECORENNZA_PARZIALE"));
        assert_eq!(v2("DECORENNZA_PARZIALE"), testo("DECORENNZA_PARZIALE", "DECORRENZA_PARZIALE"));
        assert_eq!(v2(""), testo("", "DECORRENZA_PARZIALE"));
    }

    #[test]
    fn le_date_hanno_i_nomi_della_versione() {
        let tutte = [
            ("dataDa", "2026-01-01"),
            ("dataA", "2026-01-02"),
            ("dataRptDa", "2026-02-01"),
            ("dataRptA", "2026-02-02"),
            ("dataRtDa", "2026-03-01"),
            ("dataRtA", "2026-03-02"),
        ];
        let giorni = |f: FiltroRpp| [f.rpt_da, f.rpt_a, f.rt_da, f.rt_a].map(|d| d.map(|d| d.format("%m-%d").to_string()));
        let s = |t: &str| Some(t.to_owned());
        assert_eq!(FiltroRpp::v1(&coppie(&tutte), 5000).map(giorni), Ok([s("12-31"), s("01-02"), None, None]));
        assert_eq!(FiltroRpp::v2(&coppie(&tutte), 5000).map(giorni), Ok([s("01-31"), s("02-02"), s("02-28"), s("03-02")]));
        for (nome, errata) in [("dataRptDa", "x"), ("dataRptA", "x"), ("dataRtDa", "x"), ("dataRtA", "x")] {
            assert_eq!(
                FiltroRpp::v2(&coppie(&[(nome, errata)]), 5000),
                Err(Rifiuto::Sintassi(format!("Il formato della data indicata [x] per il parametro [{nome}] non e' valido.")))
            );
            assert!(FiltroRpp::v1(&coppie(&[(nome, errata)]), 5000).is_ok());
        }
        assert_eq!(
            FiltroRpp::v1(&coppie(&[("ordinamento", "esito")]), 5000),
            Err(Rifiuto::Parametro("Il campo esito non e' valido per ordinare la ricerca in corso. Campi consentiti: [dataRichiesta, stato].".to_owned()))
        );
    }
}
