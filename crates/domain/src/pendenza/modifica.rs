//! Point changes of a position: PATCH (spec/1 section 9.6).

use chrono::{DateTime, Utc};

use super::{Pendenza, Stato};
use crate::Rifiuto;

/// A change that the syntax of PATCH allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifica {
    Annulla,
    Ripristina,
    /// A state that exists but that nobody may ask for; carries its API name.
    StatoVietato(String),
    DescrizioneStato(String),
    Ack(bool),
    /// Overwrites descrizioneStato with the oggetto of the note.
    Nota(String),
}

/// Applies the changes in order to a copy: one that is refused means that none is saved.
pub fn applica(stored: &Pendenza, modifiche: &[Modifica], adesso: DateTime<Utc>) -> Result<Pendenza, Rifiuto> {
    let mut pendenza = stored.clone();
    for modifica in modifiche {
        match modifica {
            Modifica::Annulla => annulla(&mut pendenza, adesso)?,
            Modifica::Ripristina => ripristina(&mut pendenza, adesso)?,
            Modifica::StatoVietato(stato) => {
                return Err(Rifiuto::Richiesta(format!("Non e' consentito aggiornare lo stato di una pendenza ad {stato}")));
            }
            Modifica::DescrizioneStato(testo) | Modifica::Nota(testo) => pendenza.descrizione_stato = Some(testo.clone()),
            Modifica::Ack(ack) => pendenza.ack = *ack,
        }
    }
    pendenza.data_ultimo_aggiornamento = adesso;
    Ok(pendenza)
}

/// Paid, and not through pagoPA: in cash, at a counter (spec/4 section 1.2). Nothing is to be paid any more, and no receipt will come. Asked twice it is asked
/// once. There is no way back.
///
/// # Errors
/// When it was paid through pagoPA, or annulled.
pub fn paga_altrove(stored: &Pendenza, pagata: DateTime<Utc>, motivo: Option<&str>, adesso: DateTime<Utc>) -> Result<Pendenza, Rifiuto> {
    match stored.stato {
        Stato::EseguitoAltroCanale => return Ok(stored.clone()),
        Stato::NonEseguito => {}
        altro => {
            return Err(Rifiuto::Richiesta(format!(
                "Non e' consentito segnare pagata altrove una pendenza in stato {}: deve essere NON_ESEGUITO",
                altro.codice()
            )));
        }
    }
    let mut pendenza = Pendenza {
        stato: Stato::EseguitoAltroCanale,
        data_pagamento: Some(pagata),
        data_ultimo_aggiornamento: adesso,
        data_ultima_modifica_aca: adesso,
        ..stored.clone()
    };
    if let Some(motivo) = motivo {
        pendenza.descrizione_stato = Some(motivo.to_owned());
    }
    pendenza.avvisatura.disarma();
    Ok(pendenza)
}

fn annulla(pendenza: &mut Pendenza, adesso: DateTime<Utc>) -> Result<(), Rifiuto> {
    match pendenza.stato {
        Stato::NonEseguito => {
            pendenza.stato = Stato::Annullato;
            // The original forgets to tell ACA here (spec/3 surprise 15): a cancellation must reach it.
            pendenza.data_ultima_modifica_aca = adesso;
        }
        Stato::Annullato => {}
        _ => {
            return Err(Rifiuto::Richiesta(
                "Non e' consentito aggiornare lo stato di una pendenza ad ANNULLATO da uno stato diverso da NON_ESEGUITO o ANNULLATO".to_owned(),
            ));
        }
    }
    pendenza.avvisatura.disarma();
    Ok(())
}

fn ripristina(pendenza: &mut Pendenza, adesso: DateTime<Utc>) -> Result<(), Rifiuto> {
    if pendenza.stato != Stato::Annullato {
        return Err(Rifiuto::Richiesta("Non e' consentito aggiornare lo stato di una pendenza ad NON_ESEGUITO da uno stato diverso da ANNULLATO".to_owned()));
    }
    pendenza.stato = Stato::NonEseguito;
    pendenza.data_ultima_modifica_aca = adesso;
    pendenza.avvisatura.arma();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pendenza::prova;

    #[test]
    fn si_segna_pagata_altrove_solo_cio_che_e_da_pagare() {
        let (pagata, adesso): (DateTime<Utc>, DateTime<Utc>) =
            ("2026-11-20T00:00:00Z".parse().expect("istante"), "2026-11-22T10:00:00Z".parse().expect("istante"));
        let p = prova::pendenza(&[1000]);
        let dopo = paga_altrove(&p, pagata, Some("Pagata allo sportello"), adesso).expect("consentito");
        assert_eq!(
            (dopo.stato, dopo.data_pagamento, dopo.descrizione_stato.as_deref()),
            (Stato::EseguitoAltroCanale, Some(pagata), Some("Pagata allo sportello"))
        );
        assert_eq!(paga_altrove(&dopo, adesso, Some("Altro"), adesso).expect("gia' detto"), dopo);
        for stato in [Stato::Annullato, Stato::Eseguito, Stato::ParzialmenteEseguito, Stato::EseguitoSenzaRpt, Stato::Incassato, Stato::Anomalo] {
            assert!(paga_altrove(&Pendenza { stato, ..p.clone() }, pagata, None, adesso).is_err(), "{stato:?}");
        }
    }
}
