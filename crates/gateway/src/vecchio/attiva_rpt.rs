//! paaAttivaRPT: a payment begins at a PSP; the RPT goes to the node after the answer has left (spec/3 sections 1.12.3 and 2.2.6).

use chrono::{DateTime, Utc};
use domain::anagrafica::Anagrafica;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{Iniziativa, Pagamento, Situazione};
use domain::transazione::{Esito, Stato, Transazione, Versione};
use domain::{Pendenza, Soggetto, calendario, pagabilita};
use pagopa::messaggi::Soggetto as SoggettoPagoPa;
use pagopa::vecchio::semantica::id_messaggio_richiesta;
use pagopa::vecchio::{DatiPagamento, Intestazione, Operazione, RichiestaAttiva, Risposta};
use pagopa::{CodiceFault, Fault};
use serde_json::Map;
use store::Tx;
use store::transazioni::Messaggio;
use uuid::Uuid;

use super::invio_rpt::InvioRpt;
use super::{DatiPsp, MODELLO_PSP, TIPO_VERSAMENTO_PSP, avviso, componi, fault, indirizzo, piu_voci, psp_di};
use crate::pagamento::multibeneficiaria;
use crate::stazione::{Chiamata, Contesto, Genere, Passo, con_fault, impedito, non_acquisita};
use crate::verifica_avviso::segna_pendenza;
use crate::{Errore, Gateway, nuovo_id};

const MULTIBENEFICIARIA: &str = "La pendenza e' di tipo multibeneficiario, non ammesso per pagamenti ad iniziativa psp con specifica SANP 2.3.0.";
const CON_BOLLO: &str = "Il versamento contiene una marca da bollo telematica, non ammessa per pagamenti ad iniziativa psp.";
impl Gateway {
    /// Answers without waiting for nodoInviaRPT, which goes by itself: should this node stop before, the job does it.
    pub async fn attiva_rpt(&self, chiamata: &Chiamata, richiesta: &RichiestaAttiva) -> Result<Risposta, Errore> {
        match self.attiva_con_rpt(chiamata, richiesta).await? {
            Ok((dati, invio)) => {
                let gateway = self.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(gateway.impostazioni.vecchio.ritardo_invio_rpt).await;
                    if let Err(errore) = gateway.invia_rpt(&invio).await {
                        tracing::error!(errore = %errore, transazione.id = %invio.transazione.id, "esito di nodoInviaRPT non registrato");
                    }
                });
                Ok(Risposta::Attiva(Box::new(dati)))
            }
            Err(f) => {
                let dati = DatiPsp {
                    psp: Some(&richiesta.psp),
                    intermediario: richiesta.intermediario_psp.as_deref(),
                    canale: richiesta.canale.as_deref(),
                    tipo_versamento: Some(TIPO_VERSAMENTO_PSP),
                    modello: MODELLO_PSP,
                };
                self.giornale.aggiungi(con_fault(self.evento_vecchio(chiamata, &richiesta.intestazione, &dati), &f));
                Ok(Risposta::Rifiuto(Operazione::PaaAttivaRpt, f))
            }
        }
    }

    async fn attiva_con_rpt(&self, chiamata: &Chiamata, r: &RichiestaAttiva) -> Result<Result<(DatiPagamento, InvioRpt), Fault>, Errore> {
        let i = &r.intestazione;
        let contesto = match self.contesto(chiamata, &indirizzo(i), &i.id_dominio, Genere::Domanda).await? {
            Ok(contesto) => contesto,
            Err(f) => return Ok(Err(f)),
        };
        let dominio = &contesto.dominio.cod;
        let avviso = avviso(&contesto.anagrafica, dominio, &i.iuv);
        let (tx, pendenza) = match self.bloccata(dominio, &i.iuv, avviso.as_ref()).await {
            Ok(bloccata) => bloccata,
            Err(errore) => return Ok(Err(non_acquisita(errore, dominio, Passo::Attivazione)?)),
        };
        let adesso = self.adesso();
        if pagabilita::controlla(&pendenza, adesso).is_err() {
            drop(tx);
            return Ok(match self.impedimento(&pendenza).await? {
                Some(impedimento) => Err(impedito(impedimento, dominio)),
                None => Err(fault(CodiceFault::PaaSystemError, i, None)),
            });
        }
        if let Some(f) = self.non_attivabile(&tx, i, &pendenza, adesso).await? {
            return Ok(Err(f));
        }
        let transazione = nuova_transazione(chiamata, r, &pendenza, &contesto, adesso);
        let chi = componi::ChiPaga {
            autenticazione: "N/A",
            versante: r.versante.clone(),
            tipo_versamento: TIPO_VERSAMENTO_PSP,
            iban_addebito: r.iban_addebito.clone(),
            bic_addebito: r.bic_addebito.clone(),
        };
        let composti = componi::rpt(&pendenza, &transazione, chi, &contesto.anagrafica)
            .and_then(|rpt| componi::dati_pagamento(&pendenza, &contesto.anagrafica).map(|dati| (rpt.scrivi(), dati)));
        let (rpt, dati) = match composti {
            Ok(composti) => composti,
            Err(e) => return Ok(Err(fault(CodiceFault::PaaSystemError, i, Some(e.to_string())))),
        };
        if let Some(pagamento) = transazione.pagamento {
            tx.inserisci_pagamento(&nuovo_pagamento(pagamento, r, &pendenza, &contesto.anagrafica, adesso)).await?;
            tx.collega_pendenza(pagamento, 0, &pendenza).await?;
        }
        tx.inserisci_transazione(&transazione).await?;
        tx.salva_messaggio(&transazione, Messaggio::Rpt, rpt.as_bytes()).await?;
        let mut evento = self.evento_vecchio(chiamata, i, &psp_di(&transazione));
        segna_pendenza(&mut evento, &pendenza);
        tx.evento(evento).await?;
        let presa = tx.accoda_rpt(&transazione, &chiamata.id_transazione, adesso).await?;
        tx.commit().await?;
        Ok(Ok((dati, InvioRpt { presa, transazione, pendenza, rpt: rpt.into_bytes() })))
    }

    /// The rules of this model alone, in their order.
    async fn non_attivabile(&self, tx: &Tx, i: &Intestazione, p: &Pendenza, adesso: DateTime<Utc>) -> Result<Option<Fault>, Errore> {
        let con = |codice, testo: &str| Ok(Some(fault(codice, i, Some(testo.to_owned()))));
        if multibeneficiaria(p) {
            return con(CodiceFault::PaaPagamentoMultibeneficiarioNonConsentito, MULTIBENEFICIARIA);
        }
        let tentativi = tx.transazioni_per_iuv(&p.dominio, &p.iuv).await?;
        let attesa = self.impostazioni.vecchio.attesa_modello3;
        if let Some(t) = tentativi.iter().find(|t| t.impegna(attesa, adesso)) {
            return con(CodiceFault::PaaPagamentoInCorso, &format!("Pagamento in corso [CCP:{}].", t.ccp));
        }
        if let Some(testo) = piu_voci(p) {
            return con(CodiceFault::PaaSemantica, testo);
        }
        if p.con_bollo() {
            return con(CodiceFault::PaaSemantica, CON_BOLLO);
        }
        let Some(gia) = tentativi.iter().find(|t| t.ccp == i.ccp) else { return Ok(None) };
        let rpt = tx.messaggio(gia, Messaggio::Rpt).await?;
        let id = rpt.as_deref().and_then(id_messaggio_richiesta).unwrap_or_default();
        let quando = calendario::ora_locale(gia.data_richiesta).format("%Y-%m-%dT%H:%M:%S");
        con(CodiceFault::PaaPagamentoInCorso, &format!("RTP attivata in data {quando} [idMsgRichiesta: {id}]"))
    }
}

fn nuova_transazione(chiamata: &Chiamata, r: &RichiestaAttiva, p: &Pendenza, contesto: &Contesto, adesso: DateTime<Utc>) -> Transazione {
    Transazione {
        id: nuovo_id(),
        dominio: p.dominio.clone(),
        iuv: p.iuv.clone(),
        ccp: r.intestazione.ccp.clone(),
        pendenza: p.id,
        versione: Versione::Sanp230,
        stato: Stato::RptAttivata,
        descrizione_stato: None,
        esito: Esito::InCorso,
        data_richiesta: adesso,
        data_ricevuta: None,
        importo_pagato: None,
        stazione: contesto.dominio.stazione.clone().or_else(|| Some(contesto.stazione.cod.clone())),
        psp: Some(r.psp.clone()),
        intermediario_psp: r.intermediario_psp.clone(),
        canale: r.canale.clone(),
        tipo_versamento: Some(TIPO_VERSAMENTO_PSP.to_owned()),
        attestante: None,
        bloccante: true,
        carrello: None,
        con_rpt: true,
        con_rt: false,
        // Number of the request, as for a payment that a portal starts.
        pagamento: Some(Uuid::try_parse(&chiamata.id_transazione).unwrap_or_else(|_| nuovo_id())),
    }
}

/// The payment of the APIs: nobody's portal, and no way back.
fn nuovo_pagamento(id: Uuid, r: &RichiestaAttiva, p: &Pendenza, anagrafica: &Anagrafica, adesso: DateTime<Utc>) -> Pagamento {
    Pagamento {
        id,
        iniziativa: Iniziativa::Psp,
        principal: anagrafica.applicazioni.get(&p.id_a2a).map(|a| a.principal.clone()).unwrap_or_default(),
        tipo_utenza: TipoUtenza::Applicazione,
        applicazione: None,
        nome: p.nome.clone().unwrap_or_else(|| p.causale.clone()),
        importo: p.importo,
        situazione: Situazione::in_corso(),
        id_sessione_portale: None,
        id_sessione_psp: None,
        url_ritorno: None,
        redirect: None,
        versante: r.versante.as_ref().map(versante),
        richiesta: Map::new(),
        data_richiesta: adesso,
        verificato: false,
        severita: None,
        dominio: Some(p.dominio.clone()),
        esito_psp: None,
    }
}

fn versante(s: &SoggettoPagoPa) -> Soggetto {
    Soggetto {
        tipo: domain::soggetto::TipoSoggetto::leggi(s.tipo.lettera()),
        identificativo: Some(s.codice.clone()),
        anagrafica: Some(s.anagrafica.clone()),
        indirizzo: s.indirizzo.clone(),
        civico: s.civico.clone(),
        cap: s.cap.clone(),
        localita: s.localita.clone(),
        provincia: s.provincia.clone(),
        nazione: s.nazione.clone(),
        email: s.email.clone(),
        cellulare: None,
    }
}
