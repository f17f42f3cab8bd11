//! What is to be looked at in a position or in a receipt (`segnalazioni`, spec/1 section 9.2): told from what is stored.

use crate::pendenza::{Pendenza, Stato};
use crate::ricevuta::{DUPLICATO, IMPORTO_DIVERSO};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segnalazione {
    pub codice: &'static str,
    pub descrizione: String,
    /// May hold personal data.
    pub dettaglio: Option<String>,
}

const PAGAMENTO_DUPLICATO: &str = "PAGAMENTO_DUPLICATO";
const DIVERSO: &str = "IMPORTO_DIVERSO";
/// The contracts tell no other.
const SENZA_RPT: &str = "0013";
const RICEVUTA_DIVERSA: &str = "RICEVUTA_DIVERSA";
const MARCA_NON_VALIDA: &str = "MARCA_DA_BOLLO_NON_VALIDA";

impl Segnalazione {
    pub const CODICI: [&str; 5] = [PAGAMENTO_DUPLICATO, DIVERSO, SENZA_RPT, RICEVUTA_DIVERSA, MARCA_NON_VALIDA];

    fn nuova(codice: &'static str, descrizione: &str) -> Self {
        Self { codice, descrizione: descrizione.to_owned(), dettaglio: None }
    }

    /// A receipt that was accepted although one of its data is not that of the request: which one, and the whole text.
    #[must_use]
    pub fn ricevuta_diversa(campo: &str, testo: &str) -> Self {
        let descrizione = format!("La ricevuta non corrisponde alla richiesta: {campo}.");
        Self { codice: RICEVUTA_DIVERSA, descrizione, dettaglio: Some(testo.to_owned()) }
    }

    /// The stamp of a transfer, and the first thing in it that does not hold.
    #[must_use]
    pub fn marca_non_valida(indice: u8, difetto: &str) -> Self {
        let descrizione = format!("La marca da bollo del trasferimento {indice} non e' valida: {difetto}.");
        Self { codice: MARCA_NON_VALIDA, descrizione, dettaglio: None }
    }
}

/// The texts of an irregular payment stand in descrizioneStato, where a note may have taken their place: then the money itself tells.
#[must_use]
pub fn della_pendenza(p: &Pendenza) -> Vec<Segnalazione> {
    let duplicato = || Segnalazione::nuova(PAGAMENTO_DUPLICATO, DUPLICATO);
    let diverso = || Segnalazione::nuova(DIVERSO, IMPORTO_DIVERSO);
    let mut segnalazioni = Vec::new();
    if p.anomalo {
        let scritto = |testo: &str| p.descrizione_stato.as_deref().is_some_and(|d| d.contains(testo));
        if scritto(DUPLICATO) {
            segnalazioni.push(duplicato());
        }
        if scritto(IMPORTO_DIVERSO) {
            segnalazioni.push(diverso());
        }
        if segnalazioni.is_empty() {
            let volte = p.importo_pagato.cent().checked_rem(p.importo.cent());
            segnalazioni.push(if volte == Some(0) { duplicato() } else { diverso() });
        }
    }
    if p.stato == Stato::EseguitoSenzaRpt {
        segnalazioni.push(Segnalazione::nuova(SENZA_RPT, "Pagamento rendicontato senza RPT"));
    }
    segnalazioni
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pendenza::prova;

    fn pendenza() -> Pendenza {
        prova::pendenza(&[1000])
    }

    fn codici(p: &Pendenza) -> Vec<&'static str> {
        della_pendenza(p).iter().map(|s| s.codice).collect()
    }

    fn anomala(descrizione: Option<&str>, pagato: i64) -> Pendenza {
        let base = pendenza();
        Pendenza { anomalo: true, descrizione_stato: descrizione.map(str::to_owned), importo_pagato: codici::Importo::da_cent(pagato), ..base }
    }

    #[test]
    fn una_pendenza_regolare_non_segnala_niente() {
        assert_eq!(codici(&Pendenza { stato: Stato::Eseguito, descrizione_stato: Some(DUPLICATO.to_owned()), ..pendenza() }), [""; 0]);
    }

    #[test]
    fn le_irregolarita_si_leggono_dalla_descrizione() {
        let due = format!("{IMPORTO_DIVERSO} {DUPLICATO}");
        assert_eq!(codici(&anomala(Some(&due), 1)), ["PAGAMENTO_DUPLICATO", "IMPORTO_DIVERSO"]);
        assert_eq!(codici(&anomala(Some(IMPORTO_DIVERSO), 1)), ["IMPORTO_DIVERSO"]);
    }

    #[test]
    fn una_nota_al_posto_della_descrizione_lascia_parlare_il_denaro() {
        let importo = pendenza().importo.cent();
        assert_eq!(codici(&anomala(Some("verificata"), importo * 2)), ["PAGAMENTO_DUPLICATO"]);
        assert_eq!(codici(&anomala(None, importo + 1)), ["IMPORTO_DIVERSO"]);
    }

    #[test]
    fn un_pagamento_rendicontato_senza_rpt_lo_dice() {
        assert_eq!(codici(&Pendenza { stato: Stato::EseguitoSenzaRpt, ..pendenza() }), ["0013"]);
    }
}
