//! paVerifyPaymentNotice: what would be paid (spec/3 section 1.6). Reads one row and writes nothing but its event, unless the ente has to be asked first.

use std::sync::Arc;

use codici::{IdDominio, Iuv, NumeroAvviso};
use domain::pagabilita::Impedimento;
use domain::{Pendenza, attivazione, pagabilita};
use pagopa::messaggi::{DatiVerifica, RichiestaVerifica};
use pagopa::{CodiceFault, Fault, Operazione, Risposta};
use store::eventi::{EsitoEvento, Evento};

use crate::stazione::{Chiamata, Contesto, Genere, Passo, con_fault, fault, impedito, non_acquisita};
use crate::verifica_ente::ErroreRicerca;
use crate::{Errore, Gateway};

impl Gateway {
    pub async fn verifica_avviso(&self, chiamata: &Chiamata, richiesta: &RichiestaVerifica) -> Result<Risposta, Errore> {
        let dominio = &richiesta.qr_code.id_dominio;
        let esito = self.verifica(chiamata, richiesta).await?;
        let mut evento = self.evento(chiamata, &richiesta.stazione, dominio.as_str());
        evento.iuv = richiesta.qr_code.numero_avviso.numero_avviso().ok().map(|n| n.iuv().to_string());
        let (risposta, evento) = match esito {
            Ok((pendenza, contesto)) => {
                segna_pendenza(&mut evento, &pendenza);
                (Risposta::Verifica(Box::new(dati(&pendenza, &contesto))), evento)
            }
            Err(f) => {
                let sonda = self.impostazioni.avvisi_sonda.iter().any(|s| s == richiesta.qr_code.numero_avviso.as_str());
                let mut evento = con_fault(evento, &f);
                // A probe that finds nobody home finds us at home: monitoring does not count as failures.
                if sonda && f.codice == CodiceFault::PaaPagamentoSconosciuto {
                    evento.esito = EsitoEvento::Ok;
                }
                (Risposta::Rifiuto(Operazione::PaVerifyPaymentNotice, f), evento)
            }
        };
        self.giornale.aggiungi(evento);
        Ok(risposta)
    }

    async fn verifica(&self, chiamata: &Chiamata, richiesta: &RichiestaVerifica) -> Result<Result<(Pendenza, Contesto), Fault>, Errore> {
        let dominio = &richiesta.qr_code.id_dominio;
        let avviso = match richiesta.qr_code.numero_avviso.numero_avviso() {
            Ok(avviso) => avviso,
            Err(e) => return Ok(Err(fault(CodiceFault::PaaSystemError, dominio, Some(e.to_string())))),
        };
        let contesto = match self.contesto(chiamata, &richiesta.stazione, dominio.as_str(), Genere::Domanda).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let sconosciuto = || fault(CodiceFault::PaaPagamentoSconosciuto, dominio, None);
        if self.impostazioni.avvisi_sonda.iter().any(|s| s == avviso.as_str()) {
            return Ok(Err(sconosciuto()));
        }
        let pendenza = match self.certa(dominio, &avviso.iuv(), Some(&avviso)).await {
            Ok(pendenza) => pendenza,
            Err(errore) => return Ok(Err(non_acquisita(errore, dominio, Passo::Verifica)?)),
        };
        match self.impedimento(&pendenza).await? {
            Some(impedimento) => Ok(Err(impedito(impedimento, dominio))),
            None => Ok(Ok((pendenza, contesto))),
        }
    }

    /// The position of an IUV, with data that can be believed. The ente is asked at most once, and never without a numero avviso to ask it about.
    pub(crate) async fn certa(&self, dominio: &IdDominio, iuv: &Iuv, avviso: Option<&NumeroAvviso>) -> Result<Pendenza, ErroreRicerca> {
        match (self.store.pendenza_per_iuv(dominio, iuv).await?, avviso) {
            (Some(pendenza), _) => self.rinfresca_validita(pendenza).await,
            (None, Some(avviso)) => self.pendenza_ignota(dominio, avviso).await,
            (None, None) => Err(ErroreRicerca::SenzaApplicazione),
        }
    }

    /// Why it cannot be paid now; a paid position names its first payment.
    pub(crate) async fn impedimento(&self, pendenza: &Pendenza) -> Result<Option<Impedimento>, Errore> {
        match pagabilita::controlla(pendenza, self.adesso()) {
            Ok(()) => Ok(None),
            Err(impedimento) => self.con_primo_pagamento(pendenza, impedimento).await.map(Some),
        }
    }

    pub(crate) async fn con_primo_pagamento(&self, pendenza: &Pendenza, impedimento: Impedimento) -> Result<Impedimento, Errore> {
        match impedimento {
            Impedimento::Duplicato { .. } => {
                let primo = self.store.primo_pagamento(pendenza).await?;
                Ok(Impedimento::Duplicato { descrizione: primo.map(|p| p.descrizione()) })
            }
            altro => Ok(altro),
        }
    }
}

pub(crate) fn segna_pendenza(evento: &mut Evento, pendenza: &Pendenza) {
    evento.iuv = Some(pendenza.iuv.to_string());
    evento.id_a2a = Some(pendenza.id_a2a.clone());
    evento.id_pendenza = Some(pendenza.id_pendenza.clone());
}

/// What the answer tells of a payable position.
pub(crate) fn dati(pendenza: &Pendenza, contesto: &Contesto) -> DatiVerifica {
    let anagrafica = Arc::clone(&contesto.anagrafica);
    DatiVerifica {
        importo: pendenza.importo,
        scadenza: attivazione::data_di_verifica(pendenza),
        dettaglio: pendenza.causale.clone(),
        tutto_postale: attivazione::tutta_postale(pendenza, &anagrafica),
        descrizione: pendenza.causale.clone(),
        id_dominio: pendenza.dominio.clone(),
        ragione_sociale: contesto.dominio.ragione_sociale.clone(),
        ufficio: attivazione::ufficio(pendenza, &anagrafica),
    }
}
