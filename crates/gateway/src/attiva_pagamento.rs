//! paGetPayment and paGetPaymentV2: a payment begins (spec/3 sections 1.7 and 1.8).
//!
//! The answer is made and validated before anything is stored, so that the node never hears an error about an attempt that exists.

use codici::{IdDominio, Iuv, NumeroAvviso};
use domain::attivazione::{self, Destinazione, NonComponibile, TipoTrasferimento};
use domain::notifica;
use domain::transazione::{Esito, Stato, Transazione, Versione as VersioneTransazione};
use domain::{Pendenza, pagabilita};
use pagopa::messaggi::{
    AccreditoRichiesto, Bollo, DatiAttivazione, RichiestaAttivazione, TipoTrasferimento as TipoChiesto, Trasferimento, Versione, VoceMetadata,
};
use pagopa::{CodiceFault, Fault, Operazione, Risposta};
use store::notifiche::Notifica;
use store::transazioni::Messaggio;
use store::{Corsia, Tx};

use crate::persona::persona;
use crate::stazione::{Chiamata, Contesto, Genere, Passo, con_fault, fault, impedito, non_acquisita};
use crate::verifica_avviso::segna_pendenza;
use crate::verifica_ente::ErroreRicerca;
use crate::{Errore, Gateway, nuovo_id};

/// What a node's note is cut to before it is kept as the cart's identifier (spec/3 section 1.8).
const CARATTERI_CARRELLO: usize = 35;

impl Gateway {
    /// The answer as the node will read it, byte for byte what was stored.
    pub async fn attiva_pagamento(&self, chiamata: &Chiamata, richiesta: &RichiestaAttivazione) -> Result<String, Errore> {
        let dominio = &richiesta.qr_code.id_dominio;
        match self.attiva(chiamata, richiesta).await? {
            Ok(busta) => Ok(busta),
            Err(f) => {
                let mut evento = self.evento(chiamata, &richiesta.stazione, dominio.as_str());
                evento.iuv = richiesta.qr_code.numero_avviso.numero_avviso().ok().map(|n| n.iuv().to_string());
                self.giornale.aggiungi(con_fault(evento, &f));
                Ok(Risposta::Rifiuto(Operazione::attivazione(richiesta.versione), f).scrivi())
            }
        }
    }

    async fn attiva(&self, chiamata: &Chiamata, richiesta: &RichiestaAttivazione) -> Result<Result<String, Fault>, Errore> {
        let dominio = &richiesta.qr_code.id_dominio;
        let avviso = match richiesta.qr_code.numero_avviso.numero_avviso() {
            Ok(avviso) => avviso,
            Err(e) => return Ok(Err(fault(CodiceFault::PaaSystemError, dominio, Some(e.to_string())))),
        };
        let contesto = match self.contesto(chiamata, &richiesta.stazione, dominio.as_str(), Genere::Domanda).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let adesso = self.adesso();
        let (tx, pendenza) = match self.bloccata(dominio, &avviso.iuv(), Some(&avviso)).await {
            Ok(bloccata) => bloccata,
            Err(errore) => return Ok(Err(non_acquisita(errore, dominio, Passo::Attivazione)?)),
        };
        if pagabilita::controlla(&pendenza, adesso).is_err() {
            drop(tx);
            return Ok(match self.impedimento(&pendenza).await? {
                Some(impedimento) => Err(impedito(impedimento, dominio)),
                None => Err(fault(CodiceFault::PaaSystemError, dominio, None)),
            });
        }
        let busta = match componi(&pendenza, &contesto, richiesta.versione, richiesta.tipo_trasferimento) {
            Ok(busta) => busta,
            Err(f) => return Ok(Err(f)),
        };

        let transazione = nuova_transazione(&pendenza, &contesto, richiesta, adesso);
        tx.annulla_tentativi(dominio, &pendenza.iuv).await?;
        tx.inserisci_transazione(&transazione).await?;
        tx.salva_messaggio(&transazione, Messaggio::Rpt, busta.as_bytes()).await?;
        let notificata = self.accoda(&tx, &contesto.anagrafica, &pendenza, &transazione, notifica::Tipo::Attivazione, adesso).await?;
        let mut evento = self.evento(chiamata, &richiesta.stazione, dominio.as_str());
        segna_pendenza(&mut evento, &pendenza);
        evento.ccp = Some(transazione.ccp.clone());
        tx.evento(evento).await?;
        tx.commit().await?;
        if notificata {
            self.campanello.notify_one();
        }
        Ok(Ok(busta))
    }

    /// The position, locked, with data that can be believed. While the ente is asked, at most once, nothing is locked.
    pub(crate) async fn bloccata(&self, dominio: &IdDominio, iuv: &Iuv, avviso: Option<&NumeroAvviso>) -> Result<(Tx, Pendenza), ErroreRicerca> {
        let mut chiesta = false;
        loop {
            let tx = self.store.begin(Corsia::Stazione).await?;
            let trovata = tx.blocca_pendenza_per_iuv(dominio, iuv).await?;
            match trovata {
                Some(pendenza) if chiesta || !pagabilita::da_rinfrescare(&pendenza, self.adesso()) => return Ok((tx, pendenza)),
                None if chiesta => return Err(ErroreRicerca::SenzaApplicazione),
                Some(pendenza) => {
                    tx.rollback().await?;
                    self.rinfresca_validita(pendenza).await?;
                }
                None => {
                    tx.rollback().await?;
                    self.pendenza_ignota(dominio, avviso.ok_or(ErroreRicerca::SenzaApplicazione)?).await?;
                }
            }
            chiesta = true;
        }
    }

    /// Queues a notification when the application of the position wants it. True when it does.
    pub(crate) async fn accoda(
        &self,
        tx: &store::Tx,
        anagrafica: &domain::Anagrafica,
        pendenza: &Pendenza,
        transazione: &Transazione,
        tipo: notifica::Tipo,
        adesso: chrono::DateTime<chrono::Utc>,
    ) -> Result<bool, Errore> {
        let connettore = anagrafica.applicazioni.get(&pendenza.id_a2a).and_then(|a| a.connettore.as_ref());
        if !connettore.is_some_and(|c| tipo.gradita(c.versione)) {
            return Ok(false);
        }
        let notifica = Notifica {
            dominio: pendenza.dominio.clone(),
            id: nuovo_id(),
            id_a2a: pendenza.id_a2a.clone(),
            id_pendenza: pendenza.id_pendenza.clone(),
            iuv: pendenza.iuv.to_string(),
            ccp: transazione.ccp.clone(),
            transazione: transazione.id,
            tipo,
            stato: notifica::Stato::DaSpedire,
            descrizione_stato: None,
            tentativi: 0,
            data_creazione: adesso,
            data_ultimo_aggiornamento: adesso,
            data_prossima_spedizione: adesso,
        };
        tx.accoda_notifica(&notifica).await?;
        Ok(true)
    }
}

fn nuova_transazione(pendenza: &Pendenza, contesto: &Contesto, richiesta: &RichiestaAttivazione, adesso: chrono::DateTime<chrono::Utc>) -> Transazione {
    let id = nuovo_id();
    Transazione {
        dominio: pendenza.dominio.clone(),
        iuv: pendenza.iuv.clone(),
        // Replaced by the receiptId. The original uses the millisecond, which two activations can share.
        ccp: id.simple().to_string(),
        id,
        pendenza: pendenza.id,
        versione: match richiesta.versione {
            Versione::V1 => VersioneTransazione::Sanp240,
            Versione::V2 => VersioneTransazione::Sanp321V2,
        },
        stato: Stato::RptAccettataNodo,
        descrizione_stato: None,
        esito: Esito::InCorso,
        data_richiesta: adesso,
        data_ricevuta: None,
        importo_pagato: None,
        stazione: contesto.dominio.stazione.clone().or_else(|| Some(contesto.stazione.cod.clone())),
        psp: None,
        intermediario_psp: None,
        canale: None,
        tipo_versamento: None,
        attestante: None,
        bloccante: true,
        carrello: richiesta.nota.as_deref().map(|n| codici::causale::tronca(n, CARATTERI_CARRELLO)),
        con_rpt: true,
        con_rt: false,
        pagamento: None,
    }
}

/// The envelope, valid by the rules of the XSD, or the fault that says why there is none.
pub(crate) fn componi(pendenza: &Pendenza, contesto: &Contesto, versione: Versione, tipo: Option<TipoChiesto>) -> Result<String, Fault> {
    let dominio = &pendenza.dominio;
    let errore = |testo: String| fault(CodiceFault::PaaSystemError, dominio, Some(testo));
    if versione == Versione::V1 && pendenza.con_bollo() {
        let testo = "Il versamento contiene una marca da bollo telematica, non ammessa per pagamenti ad iniziativa psp.";
        return Err(fault(CodiceFault::PaaSemantica, dominio, Some(testo.to_owned())));
    }
    let tipo = tipo.map(|t| match t {
        TipoChiesto::Postale => TipoTrasferimento::Postale,
        TipoChiesto::PagoPa => TipoTrasferimento::PagoPa,
    });
    let trasferimenti = attivazione::trasferimenti(pendenza, tipo, &contesto.anagrafica).map_err(|e: NonComponibile| errore(e.to_string()))?;
    let dati = DatiAttivazione {
        iuv: pendenza.iuv.clone(),
        importo: pendenza.importo,
        scadenza: attivazione::data_di_pagamento(pendenza),
        data_conservazione: None,
        ultimo_pagamento: Some(true),
        descrizione: pendenza.causale.clone(),
        ragione_sociale: Some(contesto.dominio.ragione_sociale.clone()),
        ufficio: attivazione::ufficio(pendenza, &contesto.anagrafica),
        debitore: persona(&pendenza.debitore),
        trasferimenti: trasferimenti.into_iter().map(trasferimento).collect(),
        metadata: Vec::new(),
    };
    let risposta = Risposta::Attivazione(versione, Box::new(dati));
    risposta.scrivi_valida().map_err(|e| errore(e.dettaglio().to_owned()))
}

fn trasferimento(t: attivazione::Trasferimento) -> Trasferimento<AccreditoRichiesto> {
    Trasferimento {
        indice: t.id,
        importo: t.importo,
        id_dominio: t.dominio,
        ragione_sociale: Some(t.ragione_sociale),
        accredito: match t.destinazione {
            Destinazione::Iban(iban) => AccreditoRichiesto::Iban(iban),
            Destinazione::Bollo { tipo, hash_documento, provincia_residenza } => AccreditoRichiesto::Bollo(Bollo { hash_documento, tipo, provincia_residenza }),
        },
        causale: t.causale,
        categoria: t.categoria,
        metadata: t.metadata.into_iter().map(|(chiave, valore)| VoceMetadata { chiave, valore }).collect(),
    }
}
