//! IUVs of ours that nobody has loaded: the application that answers for them is asked, before their rows are judged.

use std::collections::HashMap;

use codici::{AuxDigit, NumeroAvviso};
use domain::anagrafica::Dominio;
use domain::rendicontazione::Ignota;
use ente::StatoNonPagabile;
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};

use super::Fallimento;
use crate::verifica_ente::ErroreRicerca;
use crate::{Errore, Gateway};

/// Questions of one flow; past them an IUV is unknown. A flow of somebody else's numbers must not keep an ente busy for hours.
pub(super) const CHIESTE_MAX: usize = 200;
/// Questions in flight.
const INSIEME: usize = 8;

impl Gateway {
    /// What is said of each: one that was found is loaded, and its word is never looked at.
    pub(super) async fn chiedi_agli_enti(&self, dominio: &Dominio, iuv: &[String], ancora: usize) -> Result<HashMap<String, Ignota>, Fallimento> {
        let (da_chiedere, altri) = iuv.split_at(ancora.min(iuv.len()));
        let mut risposte: HashMap<String, Ignota> = altri.iter().map(|i| (i.clone(), Ignota::Sconosciuta)).collect();
        let domande: Vec<BoxFuture<'_, _>> = da_chiedere.iter().map(|iuv| self.una_domanda(dominio, iuv).boxed()).collect();
        let mut arrivano = futures::stream::iter(domande).buffer_unordered(INSIEME);
        while let Some(risposta) = arrivano.next().await {
            let (iuv, detta) = risposta?;
            risposte.insert(iuv, detta);
        }
        Ok(risposte)
    }

    async fn una_domanda(&self, dominio: &Dominio, iuv: &str) -> Result<(String, Ignota), Fallimento> {
        let Some(avviso) = self.numero_avviso(dominio, iuv) else { return Ok((iuv.to_owned(), Ignota::Sconosciuta)) };
        match self.pendenza_da_avviso(&dominio.cod, &avviso).await {
            Ok(_) => Ok((iuv.to_owned(), Ignota::Sconosciuta)),
            Err(ErroreRicerca::Fallita { .. }) if self.impostazioni.flussi.verifica_mandatoria => {
                Err(Fallimento::passeggero("l'applicazione che risponde delle pendenze non risponde"))
            }
            Err(errore) => Ok((iuv.to_owned(), ignota(errore)?)),
        }
    }

    /// The number of the notice that has this IUV, for a dominio that numbers so.
    fn numero_avviso(&self, dominio: &Dominio, iuv: &str) -> Option<NumeroAvviso> {
        let testa = match dominio.aux_digit {
            AuxDigit::Zero => {
                let anagrafica = self.istantanea.attuale();
                let stazione = anagrafica.stazioni.get(dominio.stazione.as_ref()?)?;
                format!("0{:02}", stazione.application_code)
            }
            AuxDigit::Uno => "1".to_owned(),
            AuxDigit::Due => "2".to_owned(),
            AuxDigit::Tre => "3".to_owned(),
        };
        NumeroAvviso::leggi(&format!("{testa}{iuv}")).ok()
    }
}

fn ignota(errore: ErroreRicerca) -> Result<Ignota, Errore> {
    Ok(match errore {
        ErroreRicerca::SenzaApplicazione => Ignota::SenzaApplicazione,
        ErroreRicerca::NonPagabile { stato, .. } => match stato {
            StatoNonPagabile::Scaduta => Ignota::Scaduta,
            StatoNonPagabile::Annullata => Ignota::Annullata,
            StatoNonPagabile::Duplicata => Ignota::Duplicata,
            StatoNonPagabile::Sconosciuta => Ignota::Sconosciuta,
        },
        ErroreRicerca::NonValida { motivo, .. } => Ignota::NonValida(motivo),
        ErroreRicerca::NonCaricabile(rifiuto) => Ignota::NonValida(rifiuto.dettaglio().to_owned()),
        ErroreRicerca::SenzaConnettore | ErroreRicerca::Fallita { .. } => Ignota::Sconosciuta,
        ErroreRicerca::Guasto(errore) => return Err(errore),
    })
}
