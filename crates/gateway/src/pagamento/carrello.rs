//! The older road: payment and attempts are recorded, and the cart is handed over (spec/3 section 2.2.1).
//!
//! From the moment the payment is recorded every failure is one of it: it ends FALLITO, and who asked is told its id.

use codici::NumeroAvviso;
use domain::anagrafica::Anagrafica;
use domain::chiamante::Chi;
use domain::pagamento::{self, Iniziativa, Pagamento, Situazione};
use domain::pendenza::{Pendenza, Stato, caricamento};
use domain::rifiuto::{Chiave, Codice};
use domain::transazione::{self, Attesa, Esito, Transazione, Versione};
use domain::{Rifiuto, Soggetto, calendario};
use pagopa::vecchio::nodo::SceltaPsp;
use store::transazioni::Messaggio;
use store::{Corsia, ErroreStore, Tx, Vincolo};

use super::{Avviato, Avvio, ErroreAvvio, Trovata, multibeneficiaria, totale};
use crate::carica_pendenza::GIRI_MAX;
use crate::persona::persona;
use crate::vecchio::componi::{self, ChiPaga};
use crate::vecchio::consegna::{Carrello, RptDaInviare};
use crate::{Errore, Gateway, nuovo_id};

/// A request of the current models that waits for its receipt is in progress for this long (`modello3.sanp24.timeoutPagamento`).
const IN_CORSO: Attesa = Attesa::Minuti(30);
/// Way of payment where the payer chooses on pagoPA's page.
const TIPO_VERSAMENTO: &str = "BBT";
/// Of a failed payment (spec/2 section 2.13): a rule, or the machinery.
const SEVERITA_REGOLA: i16 = 3;
const SEVERITA_GUASTO: i16 = 5;

impl Gateway {
    pub(super) async fn con_carrello(&self, avvio: &Avvio, versante: Option<Soggetto>, stazione: &str, trovate: Vec<Trovata>) -> Result<Avviato, ErroreAvvio> {
        let mut pagamento = self.registra_pagamento(avvio, versante, &trovate).await?;
        match self.componi(avvio, &mut pagamento, stazione, trovate).await {
            Ok(carrello) => self.consegna_carrello(pagamento, &carrello).await,
            Err(errore) => {
                let regola = matches!(errore, Errore::Rifiuto(_));
                let (descrizione, severita) = match &errore {
                    Errore::Rifiuto(r) => (r.dettaglio(), SEVERITA_REGOLA),
                    _ => ("Si e' verificato un errore non previsto.".to_owned(), SEVERITA_GUASTO),
                };
                tracing::info!(pagamento.id = %pagamento.id, regola, "pagamento non avviato");
                let id = pagamento.id;
                self.segna_fallito(pagamento, descrizione, severita).await.map_err(ErroreAvvio::Prima)?;
                Err(ErroreAvvio::Dopo { id, errore })
            }
        }
    }

    async fn registra_pagamento(&self, avvio: &Avvio, versante: Option<Soggetto>, trovate: &[Trovata]) -> Result<Pagamento, Errore> {
        let chiamante = &avvio.chiamante;
        let primo = trovate.first().map(Trovata::nome).unwrap_or_default();
        let dominio = trovate.first().map(|t| t.dominio().clone()).filter(|d| trovate.iter().all(|t| t.dominio() == d));
        let pagamento = Pagamento {
            id: avvio.id,
            iniziativa: Iniziativa::Ente,
            principal: chiamante.utenza.principal.clone(),
            tipo_utenza: chiamante.chi.tipo(),
            applicazione: if let Chi::Applicazione(a) = &chiamante.chi { Some(a.cod.clone()) } else { None },
            nome: pagamento::nome(&primo, trovate.len()),
            importo: totale(trovate),
            situazione: Situazione::in_corso(),
            id_sessione_portale: avvio.id_sessione_portale.clone(),
            id_sessione_psp: None,
            url_ritorno: avvio.nuovo.url_ritorno.clone(),
            redirect: None,
            versante,
            richiesta: avvio.nuovo.richiesta.clone(),
            data_richiesta: self.adesso(),
            verificato: false,
            severita: None,
            dominio,
            esito_psp: None,
        };
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.inserisci_pagamento(&pagamento).await?;
        for (posizione, trovata) in (0_u8..).zip(trovate) {
            if let Trovata::Archiviata(p) = trovata {
                tx.collega_pendenza(pagamento.id, posizione, p).await?;
            }
        }
        tx.commit().await?;
        Ok(pagamento)
    }

    async fn segna_fallito(&self, pagamento: Pagamento, descrizione: String, severita: i16) -> Result<(), Errore> {
        let fallito = Pagamento { situazione: Situazione::fallito(descrizione), severita: Some(severita), ..pagamento };
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.aggiorna_pagamento(&fallito).await?;
        Ok(tx.commit().await?)
    }

    /// Every pendenza is looked at before anything is written; then all of them are written together.
    async fn componi(&self, avvio: &Avvio, pagamento: &mut Pagamento, stazione: &str, trovate: Vec<Trovata>) -> Result<Carrello, Errore> {
        let mut pagabili = Vec::with_capacity(trovate.len());
        for trovata in trovate {
            pagabili.push(self.pagabile(trovata).await?);
        }
        // The ente may have given other amounts.
        pagamento.importo = totale(&pagabili);
        for _ in 0..GIRI_MAX {
            let mut numeri = Vec::with_capacity(pagabili.len());
            for trovata in &pagabili {
                numeri.push(if let Trovata::Nuova(da) = trovata { self.numero_per(da).await? } else { None });
            }
            let tx = self.store.begin(Corsia::Applicazioni).await?;
            match self.scrivi(&tx, avvio, pagamento, &pagabili, &numeri).await {
                Ok(rpt) => {
                    tx.commit().await?;
                    let scelta = &avvio.scelta;
                    return Ok(Carrello {
                        stazione: stazione.to_owned(),
                        codice_convenzione: scelta.codice_convenzione.clone(),
                        psp: scelta_psp(avvio),
                        rpt,
                        id_transazione: avvio.contesto.id_transazione.clone(),
                    });
                }
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaChiave))) => {}
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaIuv))) => {
                    tx.rollback().await?;
                    self.numeri_presi(&pagabili).await?;
                }
                Err(altro) => return Err(altro),
            }
        }
        Err(Errore::Configurazione(format!("pagamento {} non scritto dopo {GIRI_MAX} tentativi", pagamento.id)))
    }

    /// PAG_006, PAG_007, PAG_012 and the word of the ente on data that are no longer certain.
    async fn pagabile(&self, trovata: Trovata) -> Result<Trovata, Errore> {
        let chiave = trovata.chiave();
        let decorsa = |d: Option<chrono::NaiveDate>| d.filter(|d| calendario::decorsa(*d, self.adesso()));
        match trovata {
            Trovata::Archiviata(p) => {
                da_pagare(&p)?;
                if let Some(data) = decorsa(p.data_scadenza) {
                    return Err(Rifiuto::from(Codice::Pag007 { chiave, data }).into());
                }
                let fresca = self.rinfresca_validita(*p).await?;
                da_pagare(&fresca)?;
                Ok(Trovata::Archiviata(Box::new(fresca)))
            }
            Trovata::Nuova(da) => {
                if let Some(data) = decorsa(da.nuova.data_scadenza) {
                    return Err(Rifiuto::from(Codice::Pag007 { chiave, data }).into());
                }
                if let Some(data) = decorsa(da.nuova.data_validita) {
                    return Err(Rifiuto::from(Codice::Pag012 { chiave, data }).into());
                }
                caricamento::controlla_voci(&da.nuova)?;
                Ok(Trovata::Nuova(da))
            }
        }
    }

    /// A number that was given and is taken is refused; one of ours is left behind.
    async fn numeri_presi(&self, trovate: &[Trovata]) -> Result<(), Errore> {
        for trovata in trovate {
            if let Trovata::Nuova(da) = trovata
                && let Some(dato) = &da.nuova.numero_avviso
                && let Some(altra) = self.store.pendenza_per_iuv(&da.nuova.dominio, &dato.iuv()).await?
                && (altra.id_a2a != da.nuova.id_a2a || altra.id_pendenza != da.nuova.id_pendenza)
            {
                return Err(self.gia_usato(&da.nuova, dato).await?);
            }
        }
        Ok(())
    }

    async fn scrivi(
        &self,
        tx: &Tx,
        avvio: &Avvio,
        pagamento: &Pagamento,
        trovate: &[Trovata],
        numeri: &[Option<NumeroAvviso>],
    ) -> Result<Vec<RptDaInviare>, Errore> {
        let proprietario = avvio.chiamante.applicazione().map(|a| a.cod.clone()).ok();
        // Two payments of the same pendenze take their locks in one order.
        let mut chiavi: Vec<Chiave> = trovate.iter().map(Trovata::chiave).collect();
        chiavi.sort_by(|a, b| (&a.id_a2a, &a.id_pendenza).cmp(&(&b.id_a2a, &b.id_pendenza)));
        for c in &chiavi {
            tx.blocca_pendenza(&c.id_a2a, &c.id_pendenza).await?;
        }
        let anagrafica = self.istantanea.attuale();
        let mut scritte = Vec::with_capacity(trovate.len());
        for (posizione, (trovata, numero)) in (0_u8..).zip(trovate.iter().zip(numeri)) {
            let pendenza = match trovata {
                Trovata::Archiviata(p) => {
                    let adesso = tx.blocca_pendenza(&p.id_a2a, &p.id_pendenza).await?.unwrap_or_else(|| (**p).clone());
                    da_pagare(&adesso)?;
                    adesso
                }
                Trovata::Nuova(da) => {
                    let sua = proprietario.as_deref() == Some(da.nuova.id_a2a.as_str());
                    let p = self.archivia(tx, da, numero.as_ref(), sua).await?;
                    tx.collega_pendenza(pagamento.id, posizione, &p).await?;
                    p
                }
            };
            let transazione = self.tentativo(tx, avvio, pagamento, &pendenza, &anagrafica).await?;
            let chi = ChiPaga {
                autenticazione: avvio.nuovo.autenticazione,
                versante: pagamento.versante.as_ref().map(persona),
                tipo_versamento: tipo_versamento(avvio),
                iban_addebito: avvio.nuovo.iban_addebito.clone(),
                bic_addebito: None,
            };
            let rpt = componi::rpt(&pendenza, &transazione, chi, &anagrafica).map_err(|e| Errore::Configurazione(e.to_string()))?.scrivi();
            tx.inserisci_transazione(&transazione).await?;
            tx.salva_messaggio(&transazione, Messaggio::Rpt, rpt.as_bytes()).await?;
            scritte.push(RptDaInviare { transazione, pendenza, rpt });
        }
        tx.aggiorna_pagamento(pagamento).await?;
        Ok(scritte)
    }

    /// VER_038 and PAG_014, then the attempt.
    async fn tentativo(&self, tx: &Tx, avvio: &Avvio, pagamento: &Pagamento, p: &Pendenza, anagrafica: &Anagrafica) -> Result<Transazione, Errore> {
        if multibeneficiaria(p) {
            return Err(Rifiuto::from(Codice::Ver038 { chiave: Chiave { id_a2a: p.id_a2a.clone(), id_pendenza: p.id_pendenza.clone() } }).into());
        }
        let adesso = self.adesso();
        let in_corso = |t: &&Transazione| match t.versione {
            Versione::Sanp240 => t.impegna(IN_CORSO, adesso),
            Versione::Sanp230 => t.impegna(self.impostazioni.vecchio.attesa_modello1, adesso),
            _ => false,
        };
        if let Some(t) = tx.transazioni_per_iuv(&p.dominio, &p.iuv).await?.iter().find(in_corso) {
            let codice = Codice::Pag014 { dominio: t.dominio.to_string(), iuv: t.iuv.to_string(), ccp: t.ccp.clone() };
            return Err(Rifiuto::from(codice).into());
        }
        let id = nuovo_id();
        let psp = scelta_psp(avvio).unwrap_or_else(SceltaPsp::wisp);
        Ok(Transazione {
            id,
            dominio: p.dominio.clone(),
            iuv: p.iuv.clone(),
            // Any text that is nobody else's: the original makes one of the time of day.
            ccp: id.simple().to_string(),
            pendenza: p.id,
            versione: Versione::Sanp230,
            stato: transazione::Stato::RptAttivata,
            descrizione_stato: None,
            esito: Esito::InCorso,
            data_richiesta: adesso,
            data_ricevuta: None,
            importo_pagato: None,
            stazione: anagrafica.dominio(&p.dominio).and_then(|d| d.stazione.clone()),
            psp: Some(psp.psp),
            intermediario_psp: Some(psp.intermediario),
            canale: Some(psp.canale),
            tipo_versamento: Some(tipo_versamento(avvio).to_owned()),
            attestante: None,
            bloccante: true,
            carrello: Some(pagamento.id_mostrato()),
            con_rpt: true,
            con_rt: false,
            pagamento: Some(pagamento.id),
        })
    }
}

fn da_pagare(p: &Pendenza) -> Result<(), Rifiuto> {
    if p.stato == Stato::NonEseguito { Ok(()) } else { Err(Codice::Pag006.into()) }
}

fn tipo_versamento(avvio: &Avvio) -> &'static str {
    match (&avvio.scelta.psp, avvio.scelta.tipo_versamento) {
        (None, _) => TIPO_VERSAMENTO,
        (Some(_), dato) => dato.unwrap_or("OTH"),
    }
}

/// PSP, its intermediario and its canale, when the caller chose them.
fn scelta_psp(avvio: &Avvio) -> Option<SceltaPsp> {
    let (psp, intermediario, canale) = avvio.scelta.psp.clone()?;
    Some(SceltaPsp { psp, intermediario, canale })
}
