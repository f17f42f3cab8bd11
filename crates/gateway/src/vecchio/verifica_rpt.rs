//! paaVerificaRPT: what would be paid (spec/3 section 1.12.2). Writes nothing but its event, unless the ente has to be asked first.

use codici::IdDominio;
use domain::Pendenza;
use pagopa::vecchio::{DatiPagamento, Intestazione, Operazione, Risposta};
use pagopa::{CodiceFault, Fault};

use super::{DatiPsp, MODELLO_PSP, TIPO_VERSAMENTO_PSP, avviso, componi, fault, indirizzo, piu_voci};
use crate::stazione::{Chiamata, Genere, Passo, con_fault, impedito, non_acquisita};
use crate::verifica_avviso::segna_pendenza;
use crate::{Errore, Gateway};

impl Gateway {
    /// `psp`: who asks.
    pub async fn verifica_rpt(&self, chiamata: &Chiamata, intestazione: &Intestazione, psp: &str) -> Result<Risposta, Errore> {
        let dati = DatiPsp { psp: Some(psp), tipo_versamento: Some(TIPO_VERSAMENTO_PSP), modello: MODELLO_PSP, ..DatiPsp::default() };
        let esito = self.da_pagare_con_rpt(chiamata, intestazione).await?;
        let mut evento = self.evento_vecchio(chiamata, intestazione, &dati);
        let (risposta, evento) = match esito {
            Ok((pendenza, dati)) => {
                segna_pendenza(&mut evento, &pendenza);
                (Risposta::Verifica(Box::new(dati)), evento)
            }
            Err(f) => {
                let evento = con_fault(evento, &f);
                (Risposta::Rifiuto(Operazione::PaaVerificaRpt, f), evento)
            }
        };
        self.giornale.aggiungi(evento);
        Ok(risposta)
    }

    async fn da_pagare_con_rpt(&self, chiamata: &Chiamata, i: &Intestazione) -> Result<Result<(Pendenza, DatiPagamento), Fault>, Errore> {
        let contesto = match self.contesto(chiamata, &indirizzo(i), &i.id_dominio, Genere::Domanda).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let dominio: &IdDominio = &contesto.dominio.cod;
        let avviso = avviso(&contesto.anagrafica, dominio, &i.iuv);
        let pendenza = match self.certa(dominio, &i.iuv, avviso.as_ref()).await {
            Ok(pendenza) => pendenza,
            Err(errore) => return Ok(Err(non_acquisita(errore, dominio, Passo::Verifica)?)),
        };
        if let Some(impedimento) = self.impedimento(&pendenza).await? {
            return Ok(Err(impedito(impedimento, dominio)));
        }
        let adesso = self.adesso();
        let attesa = self.impostazioni.vecchio.attesa_modello3;
        if let Some(t) = self.store.transazioni(&pendenza).await?.iter().find(|t| t.impegna(attesa, adesso)) {
            return Ok(Err(fault(CodiceFault::PaaPagamentoInCorso, i, Some(format!("Pagamento in corso [CCP:{}].", t.ccp)))));
        }
        if let Some(testo) = piu_voci(&pendenza) {
            return Ok(Err(fault(CodiceFault::PaaSemantica, i, Some(testo.to_owned()))));
        }
        Ok(match componi::dati_pagamento(&pendenza, &contesto.anagrafica) {
            Ok(dati) => Ok((pendenza, dati)),
            Err(e) => Err(fault(CodiceFault::PaaSystemError, i, Some(e.to_string()))),
        })
    }
}
