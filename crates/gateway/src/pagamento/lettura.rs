//! Payments as they are read, and by whom (spec/1 section 10.2).

use domain::Rifiuto;
use domain::chiamante::{Chi, Chiamante};
use domain::pagamento::Pagamento;
use domain::pendenza::Pendenza;
use store::elenchi::pagamenti::{Campo, Filtro};
use store::elenchi::{Elenco, Ordine, Pagina};

use crate::leggi_pendenza::Rpp;
use crate::{Errore, Gateway};

/// A payment with what belongs to it.
pub struct DettaglioPagamento {
    pub pagamento: Pagamento,
    /// In the order of the request.
    pub pendenze: Vec<Pendenza>,
    /// Oldest first, each with the pendenza that it pays.
    pub rpp: Vec<(Rpp, Pendenza)>,
}

impl Gateway {
    pub async fn elenco_pagamenti(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<Pagamento>, Errore> {
        Ok(self.store.elenco_pagamenti(filtro, ordini, pagina).await?)
    }

    /// By id, for a caller who may see it: 404, then 403.
    pub async fn leggi_pagamento(&self, chiamante: &Chiamante, id: &str) -> Result<DettaglioPagamento, Errore> {
        let trovato = match Pagamento::leggi_id(id) {
            Some(uuid) => self.store.pagamento(uuid).await?,
            None => None,
        };
        self.per_chi_vede(chiamante, trovato, || format!("Pagamento [{id}] non trovato.")).await
    }

    /// By the session that pagoPA gave it.
    pub async fn leggi_pagamento_per_sessione(&self, chiamante: &Chiamante, sessione: &str) -> Result<DettaglioPagamento, Errore> {
        let trovato = self.store.pagamento_per_sessione_psp(sessione).await?;
        self.per_chi_vede(chiamante, trovato, || format!("Pagamento con idSession [{sessione}] non trovato.")).await
    }

    async fn per_chi_vede(&self, chiamante: &Chiamante, trovato: Option<Pagamento>, testo: impl Fn() -> String) -> Result<DettaglioPagamento, Errore> {
        let pagamento = trovato.ok_or_else(|| Rifiuto::NonTrovato(testo()))?;
        self.puo_vedere(chiamante, &pagamento)?;
        self.dettaglio_pagamento(pagamento).await
    }

    /// Who started it, who pays, or nobody while it is fresh.
    pub fn puo_vedere(&self, chiamante: &Chiamante, p: &Pagamento) -> Result<(), Rifiuto> {
        match &chiamante.chi {
            Chi::Applicazione(a) if p.applicazione.as_deref() == Some(&a.cod) => Ok(()),
            Chi::Applicazione(_) | Chi::Operatore(_) => Err(chiamante.non_autorizzato_perche("il pagamento non appartiene all'applicazione chiamante")),
            Chi::Cittadino(c) => match &p.versante {
                Some(v) if v.identificativo().eq_ignore_ascii_case(&c.codice_fiscale) => Ok(()),
                _ => Err(chiamante.non_autorizzato_perche("il pagamento non appartiene al cittadino chiamante")),
            },
            Chi::Anonimo if p.di_anonimo() && self.adesso() - p.data_richiesta < self.impostazioni.disponibilita_anonimi => Ok(()),
            Chi::Anonimo => Err(chiamante.non_autorizzato_perche("il pagamento non e' piu' disponibile")),
        }
    }

    pub async fn dettaglio_pagamento(&self, pagamento: Pagamento) -> Result<DettaglioPagamento, Errore> {
        let pendenze = self.store.pendenze_di_pagamento(pagamento.id).await?;
        let mut rpp = Vec::new();
        for transazione in self.store.transazioni_di_pagamento(pagamento.id).await? {
            if let Some(pendenza) = pendenze.iter().find(|p| p.id == transazione.pendenza) {
                rpp.push((self.rpp(pendenza, transazione).await?, pendenza.clone()));
            }
        }
        Ok(DettaglioPagamento { pagamento, pendenze, rpp })
    }
}
