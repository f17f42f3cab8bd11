//! paaAttivaRPT: a payment begins at a PSP; the RPT goes to the node after the answer has left (spec/3 sections 1.12.3 and 2.2.6).

use chrono::{DateTime, Utc};
use domain::anagrafica::Anagrafica;
use domain::chiamante::TipoUtenza;
use domain::pagamento::{Iniziativa, Pagamento, Situazione};
use domain::transazione::{Esito, Stato, Transazione, Versione};
use domain::{Pendenza, Soggetto, calendario, notifica, pagabilita};
use pagopa::messaggi::Soggetto as SoggettoPagoPa;
use pagopa::vecchio::nodo::{EsitoRpt, InviaRpt, SceltaPsp, leggi_esito_rpt};
use pagopa::vecchio::semantica::id_messaggio_richiesta;
use pagopa::vecchio::{DatiPagamento, Intestazione, Operazione, RichiestaAttiva, Risposta};
use pagopa::{CodiceFault, Fault};
use serde_json::Map;
use store::eventi::{EsitoEvento, Evento};
use store::transazioni::Messaggio;
use store::{Corsia, Tx};
use uuid::Uuid;

use super::nodo::{NonConsegnata, Via};
use super::{ChiamataAlNodo, DatiPsp, MODELLO_PSP, TIPO_VERSAMENTO_PSP, avviso, componi, fault, indirizzo, piu_voci, psp_di};
use crate::pagamento::multibeneficiaria;
use crate::stazione::{Chiamata, Contesto, Genere, Passo, con_fault, impedito, non_acquisita};
use crate::verifica_avviso::segna_pendenza;
use crate::{Errore, Gateway, nuovo_id};

const MULTIBENEFICIARIA: &str = "La pendenza e' di tipo multibeneficiario, non ammesso per pagamenti ad iniziativa psp con specifica SANP 2.3.0.";
const CON_BOLLO: &str = "Il versamento contiene una marca da bollo telematica, non ammessa per pagamenti ad iniziativa psp.";
/// Faults of the node after which the RPT is dead, by the beginning of their code.
const FAULT_DEFINITIVI: [&str; 3] = ["PPT_IBAN_NON_CENSITO", "PPT_SEMANTICA", "PPT_SINTASSI"];
/// After which a refused request is dead whatever the reason.
const RICHIESTA_VECCHIA: chrono::Duration = chrono::Duration::hours(24);

/// An RPT that has to go to the node.
struct InvioRpt {
    transazione: Transazione,
    pendenza: Pendenza,
    rpt: String,
    id_transazione: String,
}

impl Gateway {
    /// Answers without waiting for nodoInviaRPT, which goes by itself.
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
        tx.commit().await?;
        Ok(Ok((dati, InvioRpt { transazione, pendenza, rpt, id_transazione: chiamata.id_transazione.clone() })))
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

    async fn invia_rpt(&self, invio: &InvioRpt) -> Result<(), Errore> {
        let t = &invio.transazione;
        let inizio = self.adesso();
        let (esito, scambio) = outbound::osserva(self.spedisci_rpt(invio)).await;
        self.giornale.aggiungi_chiamata(self.evento_invio(invio, inizio, &esito), scambio.as_ref());
        let (stato, descrizione) = match &esito {
            Ok(EsitoRpt::Accettata) => (Stato::RptAccettataNodo, None),
            Ok(EsitoRpt::Rifiutata(Some(f))) => {
                let definitivo = FAULT_DEFINITIVI.iter().any(|c| f.codice.starts_with(c)) || self.adesso() - t.data_richiesta > RICHIESTA_VECCHIA;
                let stato = if definitivo { Stato::RptRifiutataNodo } else { Stato::RptAttivata };
                (stato, Some(format!("{}: {}", f.codice, f.testo)))
            }
            Ok(EsitoRpt::Rifiutata(None)) | Err(_) => return Ok(()),
        };
        let adesso = self.adesso();
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let esito = if stato == Stato::RptRifiutataNodo { Esito::Rifiutato } else { Esito::InCorso };
        if !tx.conclude_invio(t, stato, descrizione.as_deref(), esito).await? {
            return Ok(tx.rollback().await?);
        }
        let accettata = stato == Stato::RptAccettataNodo;
        let notificare = accettata && self.accoda(&tx, &self.istantanea.attuale(), &invio.pendenza, t, notifica::Tipo::Attivazione, adesso).await?;
        if stato == Stato::RptRifiutataNodo {
            self.segui_pagamento(&tx, t).await?;
        }
        tx.commit().await?;
        if notificare {
            self.campanello.notify_one();
        }
        Ok(())
    }

    async fn spedisci_rpt(&self, invio: &InvioRpt) -> Result<EsitoRpt, NonConsegnata> {
        let t = &invio.transazione;
        let anagrafica = self.istantanea.attuale();
        let via = t.stazione.as_deref().and_then(|s| Via::della_stazione(&anagrafica, s));
        let via = via.ok_or_else(|| NonConsegnata { motivo: "Il dominio della RPT non ha una stazione".to_owned(), stato: None })?;
        let intestazione = Intestazione {
            id_intermediario: via.stazione.intermediario.clone(),
            id_stazione: via.stazione.cod.clone(),
            id_dominio: t.dominio.to_string(),
            iuv: t.iuv.clone(),
            ccp: t.ccp.clone(),
        };
        let testo = |t: &Option<String>| t.clone().unwrap_or_default();
        let psp = SceltaPsp { psp: testo(&t.psp), intermediario: testo(&t.intermediario_psp), canale: testo(&t.canale) };
        let busta = InviaRpt { intestazione: &intestazione, password: via.password(), psp: &psp, rpt: invio.rpt.as_bytes() }.scrivi();
        self.nodo.chiedi(&via, InviaRpt::OPERAZIONE, busta, leggi_esito_rpt).await
    }

    fn evento_invio(&self, invio: &InvioRpt, inizio: DateTime<Utc>, esito: &Result<EsitoRpt, NonConsegnata>) -> Evento {
        let t = &invio.transazione;
        let esito = match esito {
            Ok(EsitoRpt::Accettata) => (EsitoEvento::Ok, Some("200".to_owned()), None),
            Ok(EsitoRpt::Rifiutata(Some(f))) => (EsitoEvento::Ko, Some(f.codice.clone()), Some(f.in_parole())),
            Ok(EsitoRpt::Rifiutata(None)) => (EsitoEvento::Fail, None, Some("Risposta pagoPA KO privo di FaultBean".to_owned())),
            Err(n) => (EsitoEvento::Fail, n.stato.map(|s| s.to_string()), Some(n.motivo.clone())),
        };
        let chiamata = ChiamataAlNodo {
            operazione: InviaRpt::OPERAZIONE,
            inizio,
            id_transazione: &invio.id_transazione,
            transazione: t,
            pendenza: &invio.pendenza,
            psp: psp_di(t),
            stazione: t.stazione.as_deref().unwrap_or_default(),
        };
        self.evento_al_nodo(&chiamata, esito)
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
