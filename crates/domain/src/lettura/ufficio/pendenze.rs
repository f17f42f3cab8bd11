//! The list of positions, and the body that loads one (spec/2 section 2.12).

use codici::NumeroAvviso;

use super::tutti;
use crate::Rifiuto;
use crate::lettura::lista::{FiltroPendenze, Parametri};
use crate::lettura::pendenza::{A_CHE_SI_RIFERISCE, AVVISATURA, CHE_COSA, Contratto, DELL_ENTE, DI_CHI, FINO_A_QUANDO, TIPO_BOLLO, VOCE, unisci};

const MEMBRI: [&str; 24] = unisci(&[
    DI_CHI,
    &["idTipoPendenza", "nome"],
    CHE_COSA,
    &["dataCaricamento"],
    FINO_A_QUANDO,
    &["tassonomia", "tassonomiaAvviso", "direzione", "divisione", "documento"],
    AVVISATURA,
    &["proprieta", "voci", "allegati"],
]);
const MEMBRI_VOCE: [&str; 18] = unisci(&[&["indice", "stato"], VOCE, DELL_ENTE, A_CHE_SI_RIFERISCE]);

/// The body of PUT /pendenze (spec/2 section 2.12). `dataCaricamento`, and `indice` and `stato` of a voce, are known and without effect.
pub const PENDENZA_UFFICIO: Contratto =
    Contratto { pendenza: &MEMBRI, voce: &MEMBRI_VOCE, soggetto_obbligatorio: false, bolli: &[TIPO_BOLLO, TIPO_BOLLO_UFFICIO] };

/// How the office calls the only bollo.
pub const TIPO_BOLLO_UFFICIO: &str = "Imposta di bollo";
/// The order in which a citizen would look at its positions; for the office only those of one debtor are so sorted.
pub const SMART: &str = "smart";

/// GET /pendenze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiltroPendenzeUfficio {
    pub comune: FiltroPendenze,
    pub id_a2a: Option<String>,
    pub id_pendenza: Option<String>,
    /// Upper case; of an avviso its IUV.
    pub iuv: Option<String>,
    /// Empty: any.
    pub tipi: Vec<String>,
    pub smart: bool,
}

impl FiltroPendenzeUfficio {
    pub fn leggi(coppie: &[(String, String)], risultati_per_pagina_max: u32) -> Result<Self, Rifiuto> {
        let p = Parametri::nuovi(coppie);
        let smart = p.testo("ordinamento") == Some(SMART) && p.testo("idDebitore").is_some();
        let senza_ordine: Vec<(String, String)>;
        let coppie = if smart {
            senza_ordine = coppie.iter().filter(|(n, _)| n != "ordinamento").cloned().collect();
            &senza_ordine
        } else {
            coppie
        };
        Ok(Self {
            comune: FiltroPendenze::v2(coppie, risultati_per_pagina_max)?,
            id_a2a: p.filtro("idA2A")?,
            id_pendenza: p.filtro("idPendenza")?,
            iuv: p.filtro("iuv")?.map(|v| iuv(&v)),
            tipi: tutti(&p, "idTipoPendenza")?,
            smart,
        })
    }
}

/// 18 digits are a numero avviso.
fn iuv(valore: &str) -> String {
    NumeroAvviso::leggi(valore).map_or_else(|_| valore.to_uppercase(), |n| n.iuv().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lettura::ufficio::prova::coppie;

    #[test]
    fn diciotto_cifre_sono_un_avviso() {
        let iuv_di = |v: &str| FiltroPendenzeUfficio::leggi(&coppie(&[("iuv", v)]), 25).expect("filtro").iuv.expect("iuv");
        assert_eq!(iuv_di("301000000000000042"), "01000000000000042");
        assert_eq!(iuv_di("rf18x"), "RF18X");
        assert_eq!(iuv_di("901000000000000042"), "901000000000000042");
    }

    #[test]
    fn smart_e_solo_per_un_debitore() {
        let smart = |q: &[(&str, &str)]| FiltroPendenzeUfficio::leggi(&coppie(q), 25).map(|f| f.smart);
        assert_eq!(smart(&[("ordinamento", "smart"), ("idDebitore", "X")]), Ok(true));
        assert_eq!(smart(&[("ordinamento", "-stato"), ("idDebitore", "X")]), Ok(false));
        assert_eq!(smart(&[("ordinamento", "smart")]).map_err(|r| r.codice().to_owned()), Err("100001".to_owned()));
    }
}
