//! The Web Connector: the browser is back from the payment page (spec/2 section 11, spec/3 section 2.2.4). What it says is no proof of payment.

use domain::Rifiuto;
use domain::pagamento::Pagamento;
use domain::rifiuto::Codice;
use store::Corsia;

use super::con_parametro;
use crate::{Errore, Gateway};

impl Gateway {
    /// Where the browser goes: the return URL of the request, else that of the application, with `idPagamento`, `idSession` and `esito`.
    ///
    /// # Errors
    /// 404 for a session that nobody opened; PAG_013 when there is nowhere to go.
    pub async fn torna(&self, sessione: &str, esito: &str) -> Result<String, Errore> {
        let trovato = self.store.pagamento_per_sessione_psp(sessione).await?;
        let trovato = trovato.ok_or_else(|| Rifiuto::NonTrovato(format!("Pagamento con idSession [{sessione}] non trovato.")))?;
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let pagamento = tx.blocca_pagamento(trovato.id).await?.unwrap_or(trovato);
        if let Some(tornato) = pagamento.tornato(esito) {
            tx.aggiorna_pagamento(&tornato).await?;
        }
        tx.commit().await?;
        let base = self.url_di_ritorno(&pagamento).ok_or_else(|| Rifiuto::from(Codice::Pag013 { id_carrello: pagamento.id_mostrato() }))?;
        let url = con_parametro(&base, "idPagamento", &pagamento.id_mostrato());
        let url = con_parametro(&url, "idSession", &outbound::codifica(sessione));
        Ok(con_parametro(&url, "esito", &outbound::codifica(esito)))
    }

    fn url_di_ritorno(&self, p: &Pagamento) -> Option<String> {
        let anagrafica = self.istantanea.attuale();
        let della_applicazione = || p.applicazione.as_ref().and_then(|a| anagrafica.applicazioni.get(a)).and_then(|a| a.url_ritorno.clone());
        p.url_ritorno.clone().or_else(della_applicazione)
    }
}
