//! Payment attempts (spec/2 section 2.13).

use super::{consentita, path, testo, tutti, value};
use crate::Rifiuto;
use crate::lettura::lista::Parametri;
use crate::lettura::modifica::{Op, Operazione};
use crate::lettura::rpp::FiltroRpp;

/// GET /rpp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroRppUfficio {
    pub comune: FiltroRpp,
    /// Requests and receipts as RPT and RT of the older model.
    pub messaggi_v1: bool,
    pub id_a2a: Option<String>,
    /// Part of a name.
    pub anagrafica_debitore: Option<String>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub tassonomia: Option<String>,
    pub id_unita: Option<String>,
    pub id_tipo_pendenza: Option<String>,
}

impl FiltroRppUfficio {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let comune = FiltroRpp::ufficio(coppie, risultati_per_pagina_max)?;
        Ok(Self {
            comune,
            messaggi_v1: p.booleano("retrocompatibilitaMessaggiPagoPAV1")?.unwrap_or(false),
            id_a2a: p.filtro("idA2A")?,
            anagrafica_debitore: p.filtro("anagraficaDebitore")?,
            direzioni: tutti(&p, "direzione")?,
            divisioni: tutti(&p, "divisione")?,
            tassonomia: p.filtro("tassonomia")?,
            id_unita: p.filtro("idUnita")?,
            id_tipo_pendenza: p.filtro("idTipoPendenza")?,
        })
    }
}

/// What PATCH /rpp may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModificaRpp {
    Bloccante(bool),
    /// Base64 of a receipt, as it was sent.
    Ricevuta(String),
}

/// One element of PATCH /rpp/{d}/{iuv}/{ccp}, in the dialect of spec/2 section 0.5.
pub fn modifica_rpp(o: &Operazione) -> Result<ModificaRpp, Rifiuto> {
    match o.path.as_str() {
        "/bloccante" => consentita(o, Op::Replace).and_then(|()| o.value.as_bool().map_or_else(|| value(o), |b| Ok(ModificaRpp::Bloccante(b)))),
        "/rt" => consentita(o, Op::Replace).and_then(|()| testo(&o.value).map_or_else(|| value(o), |t| Ok(ModificaRpp::Ricevuta(t)))),
        _ => path(o),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lettura::ufficio::prova::coppie;
    use crate::transazione::Esito;

    #[test]
    fn l_errore_di_scrittura_di_un_esito_e_contratto() {
        let esito = |v: &str| FiltroRppUfficio::leggi(&coppie(&[("esito", v)]), 25).map(|f| f.comune.esito);
        assert_eq!(esito("DECORENNZA_PARZIALE"), Ok(Some(Esito::DecorrenzaTerminiParziale)));
        assert!(esito("DECORRENZA_PARZIALE").is_err());
        assert_eq!(esito("IN_CORSO"), Ok(Some(Esito::InCorso)));
    }

    #[test]
    fn le_modifiche_dicono_che_cosa_non_va() {
        let rpp = |op, path: &str, value: Value| modifica_rpp(&Operazione { op, path: path.to_owned(), value });
        assert_eq!(rpp(Op::Replace, "/bloccante", json!(false)), Ok(ModificaRpp::Bloccante(false)));
        assert_eq!(rpp(Op::Replace, "/rt", json!("YQ==")), Ok(ModificaRpp::Ricevuta("YQ==".to_owned())));
        let no = |t: &str| Rifiuto::Sintassi(t.to_owned());
        assert_eq!(rpp(Op::Add, "/bloccante", json!(false)), Err(no("Op 'ADD' non valido per il path '/bloccante'")));
        assert_eq!(rpp(Op::Replace, "/bloccante", json!("no")), Err(no("Value non valido per il path '/bloccante'")));
        assert_eq!(rpp(Op::Replace, "/rt", json!("")), Err(no("Value non valido per il path '/rt'")));
        assert_eq!(rpp(Op::Replace, "/stato", json!(1)), Err(no("Path '/stato' non valido")));
    }
}
