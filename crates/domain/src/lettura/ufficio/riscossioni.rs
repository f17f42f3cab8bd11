//! Money that arrived (spec/2 section 2.14).

use chrono::{DateTime, Utc};
use codici::IdDominio;

use super::tutti;
use crate::Rifiuto;
use crate::lettura::lista::{Ordine, Paginazione, Parametri};
use crate::lettura::regole::codifica_inesistente;
use crate::ricevuta::{StatoRiscossione, TipoRiscossione};

pub const ORDINAMENTO_RISCOSSIONI: [&str; 3] = ["data", "stato", "iuv"];

/// GET /riscossioni.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroRiscossioni {
    pub paginazione: Paginazione,
    /// Empty: data, the latest first.
    pub ordinamento: Vec<Ordine>,
    pub dominio: Option<IdDominio>,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    pub id_unita: Option<String>,
    pub id_tipo_pendenza: Option<String>,
    pub stato: Option<StatoRiscossione>,
    pub data_da: Option<DateTime<Utc>>,
    pub data_a: Option<DateTime<Utc>>,
    /// Never empty: the money of others is shown only to whoever asks for it.
    pub tipi: Vec<TipoRiscossione>,
    pub iuv: Option<String>,
    pub iur: Option<String>,
    pub direzioni: Vec<String>,
    pub divisioni: Vec<String>,
    pub tassonomie: Vec<String>,
}

impl FiltroRiscossioni {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let paginazione = Paginazione::leggi(&p, risultati_per_pagina_max)?;
        let stato = p.grezzo("stato").map(stato_riscossione).transpose()?;
        let tipi = p.tutti("tipo").map(tipo_riscossione).collect::<Result<Vec<_>, _>>()?;
        let dominio = p.id_dominio()?;
        let ordinamento = p.ordinamento(&ORDINAMENTO_RISCOSSIONI)?;
        Ok(Self {
            paginazione,
            ordinamento,
            dominio,
            stato,
            tipi: if tipi.is_empty() { vec![TipoRiscossione::Entrata, TipoRiscossione::Mbt] } else { tipi },
            data_da: p.data_da("dataDa")?,
            data_a: p.data_a("dataA")?,
            id_a2a: p.filtro("idA2A")?,
            id_pendenza: p.filtro("idPendenza")?,
            id_unita: p.filtro("idUnita")?,
            id_tipo_pendenza: p.filtro("idTipoPendenza")?,
            iuv: p.filtro("iuv")?.map(|v| v.to_uppercase()),
            iur: p.filtro("iur")?,
            direzioni: tutti(&p, "direzione")?,
            divisioni: tutti(&p, "divisione")?,
            tassonomie: tutti(&p, "tassonomia")?,
        })
    }
}

fn stato_riscossione(valore: &str) -> Result<StatoRiscossione, Rifiuto> {
    let trovato = StatoRiscossione::TUTTI.into_iter().find(|s| s.nome() == valore);
    trovato.map_or_else(|| codifica_inesistente("stato", valore, StatoRiscossione::TUTTI.map(StatoRiscossione::nome)), Ok)
}

fn tipo_riscossione(valore: &str) -> Result<TipoRiscossione, Rifiuto> {
    TipoRiscossione::leggi(valore).map_or_else(|| codifica_inesistente("tipo", valore, TipoRiscossione::TUTTI.map(TipoRiscossione::codice)), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lettura::ufficio::prova::coppie;

    #[test]
    fn senza_tipo_sono_entrate_e_bolli() {
        let tipi = |q: &[(&str, &str)]| FiltroRiscossioni::leggi(&coppie(q), 25).map(|f| f.tipi);
        assert_eq!(tipi(&[]), Ok(vec![TipoRiscossione::Entrata, TipoRiscossione::Mbt]));
        assert_eq!(tipi(&[("tipo", "ALTRO_INTERMEDIARIO")]), Ok(vec![TipoRiscossione::AltroIntermediario]));
        for q in [[("tipo", "X")], [("stato", "PAGATO")], [("stato", "")]] {
            assert!(matches!(FiltroRiscossioni::leggi(&coppie(&q), 25), Err(Rifiuto::Sintassi(t)) if t.starts_with("Codifica inesistente per")), "{q:?}");
        }
    }
}
