use codici::{IdDominio, NumeroAvviso};
use domain::Rifiuto;
use domain::lettura::regole::{VALORE_MOSTRATO_MAX, accorcia};
use domain::pendenza::Pendenza;
use domain::rifiuto::Codice;

use super::ErroreRicerca;
use crate::{Errore, Gateway};

impl Gateway {
    /// `byAvviso` of the REST APIs, from the texts of the path: the position, asked of the ente when it is not here (spec/1 section 9.3). Whose it is, is
    /// looked at by the caller.
    ///
    /// # Errors
    /// Whatever is wrong, a number that is none among it, is a 404 that says why; but for failures of ours.
    pub async fn pendenza_by_avviso(&self, id_dominio: &str, numero_avviso: &str) -> Result<Pendenza, Errore> {
        let non_trovata = |quale: &str, motivo: &str| {
            let dominio = accorcia(id_dominio, VALORE_MOSTRATO_MAX);
            let quale = accorcia(quale, VALORE_MOSTRATO_MAX);
            Errore::from(Rifiuto::NonTrovato(format!(
                "La pendenza ricercata tramite avviso [Dominio: {dominio}, NumeroAvviso: {quale}] non e' stata trovata nella base dati interna, \
                 la verifica tramite l'applicazione competente fallita con errore: {motivo}"
            )))
        };
        let numero = NumeroAvviso::leggi(&accorcia(numero_avviso, VALORE_MOSTRATO_MAX)).map_err(|e| non_trovata(numero_avviso, &e.to_string()))?;
        let iuv = numero.iuv();
        let dom_000 = || Codice::Dom000 { dominio: accorcia(id_dominio, VALORE_MOSTRATO_MAX).into_owned() }.dettaglio();
        let dominio = IdDominio::leggi(id_dominio).ok_or_else(|| non_trovata(iuv.as_str(), &dom_000()))?;
        match self.pendenza_da_avviso(&dominio, &numero).await {
            Ok(pendenza) => Ok(pendenza),
            Err(ErroreRicerca::Guasto(errore)) => Err(errore),
            Err(ErroreRicerca::SenzaApplicazione) if self.istantanea.attuale().dominio(&dominio).is_none() => Err(non_trovata(iuv.as_str(), &dom_000())),
            Err(ErroreRicerca::SenzaApplicazione) => {
                let app_006 = Codice::App006 { iuv: iuv.to_string(), dominio: dominio.to_string() };
                Err(non_trovata(iuv.as_str(), &app_006.dettaglio()))
            }
            Err(errore) => Err(non_trovata(iuv.as_str(), &errore.to_string())),
        }
    }
}
