//! nodoInviaRPT: an RPT goes to the node, and what becomes of it (spec/3 section 2.2.6).
//!
//! The activation leaves a row in its own transaction, taken by the node that made it. The row goes when pagoPA has said its last word: who dies before leaves it
//! to the job. Sending twice is harmless, since an RPT is known by (dominio, IUV, CCP): one that pagoPA has already is told as a duplicate, and counts as taken.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::Pendenza;
use domain::notifica;
use domain::transazione::{Esito, Stato, Transazione};
use pagopa::vecchio::Intestazione;
use pagopa::vecchio::nodo::{EsitoRpt, FaultNodo, InviaRpt, SceltaPsp, leggi_esito_rpt};
use store::Corsia;
use store::eventi::{EsitoEvento, Evento};
use store::rpt_da_inviare::RptDaInviare;
use store::transazioni::Messaggio;

use super::nodo::{NonConsegnata, Via};
use super::{ChiamataAlNodo, psp_di};
use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Faults of the node after which the RPT is dead, by the beginning of their code.
const FAULT_DEFINITIVI: [&str; 3] = ["PPT_IBAN_NON_CENSITO", "PPT_SEMANTICA", "PPT_SINTASSI"];
/// The node has it: the answer to an earlier call was lost.
const GIA_PRESA: &str = "PPT_RPT_DUPLICATA";
/// After which a request is dead whatever the reason.
const RICHIESTA_VECCHIA: chrono::Duration = chrono::Duration::hours(24);
const SENZA_FAULT: &str = "Risposta pagoPA KO privo di FaultBean";
const PRIMA_ATTESA: Duration = Duration::from_secs(5);
const ATTESA_MAX: Duration = Duration::from_secs(60 * 60);
/// RPT that one turn takes and sends side by side.
const RPT_PER_TURNO: u64 = 10;
/// Turns of one run: a run has an end.
const TURNI_MAX: u32 = 100;

/// An RPT that has to go to the node, taken by who holds this.
pub(super) struct InvioRpt {
    pub presa: RptDaInviare,
    pub transazione: Transazione,
    pub pendenza: Pendenza,
    pub rpt: Vec<u8>,
}

/// What is made of the answer.
enum Conclusione {
    /// The last word: the state of the attempt and why.
    Finita(Stato, Option<String>),
    /// Again later. `detta`: the node said so, and it is told in the attempt.
    Riprova { motivo: String, detta: bool },
}

impl Gateway {
    /// The rows that nobody holds, until none is due.
    pub(crate) async fn spedisci_rpt_rimaste(&self, turno: &Turno) -> Result<String, Errore> {
        let mut spedite = 0;
        for _ in 0..TURNI_MAX {
            let prese = if turno.continua() { self.store.prendi_rpt(RPT_PER_TURNO, self.adesso()).await? } else { Vec::new() };
            if prese.is_empty() {
                break;
            }
            spedite += prese.len();
            let ognuna = prese.into_iter().map(|presa| async move {
                let id = presa.transazione;
                if let Err(errore) = self.riprendi_rpt(presa).await {
                    tracing::warn!(errore = %errore, transazione.id = %id, "nodoInviaRPT non concluso: sara' ripreso");
                }
            });
            futures::future::join_all(ognuna).await;
        }
        metrics::gauge!("fiorino_rpt_in_coda").set(self.store.rpt_in_coda().await? as f64);
        Ok(format!("Invio delle RPT completato#RPT spedite: {spedite}."))
    }

    /// An attempt that something else has happened to meanwhile needs no RPT any more.
    async fn riprendi_rpt(&self, presa: RptDaInviare) -> Result<(), Errore> {
        let transazione = self.store.transazione(&presa.dominio, presa.transazione).await?.filter(|t| t.stato == Stato::RptAttivata);
        let Some(transazione) = transazione else { return self.lascia_rpt(&presa).await };
        let rpt = self.store.messaggio(&transazione, Messaggio::Rpt).await?;
        let pendenza = self.store.pendenza_per_id(&transazione.dominio, transazione.pendenza).await?;
        let Some((rpt, pendenza)) = rpt.zip(pendenza) else { return self.lascia_rpt(&presa).await };
        self.invia_rpt(&InvioRpt { presa, transazione, pendenza, rpt }).await
    }

    async fn lascia_rpt(&self, presa: &RptDaInviare) -> Result<(), Errore> {
        let tx = self.store.begin(Corsia::Lavori).await?;
        tx.togli_rpt(&presa.dominio, presa.transazione).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn invia_rpt(&self, invio: &InvioRpt) -> Result<(), Errore> {
        let inizio = self.adesso();
        let (esito, scambio) = outbound::osserva(self.spedisci_rpt(invio)).await;
        self.giornale.aggiungi_chiamata(self.evento_invio(invio, inizio, &esito), scambio.as_ref());
        match conclusione(esito, self.adesso() - invio.transazione.data_richiesta > RICHIESTA_VECCHIA) {
            Conclusione::Finita(stato, descrizione) => self.concludi_rpt(invio, stato, descrizione.as_deref()).await,
            Conclusione::Riprova { motivo, detta } => self.rimanda_rpt(invio, &motivo, detta).await,
        }
    }

    async fn concludi_rpt(&self, invio: &InvioRpt, stato: Stato, descrizione: Option<&str>) -> Result<(), Errore> {
        let t = &invio.transazione;
        let adesso = self.adesso();
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.togli_rpt(&t.dominio, t.id).await?;
        let esito = if stato == Stato::RptRifiutataNodo { Esito::Rifiutato } else { Esito::InCorso };
        let prima = tx.conclude_invio(t, stato, descrizione, esito).await?;
        let accettata = prima && stato == Stato::RptAccettataNodo;
        let notificare = accettata && self.accoda(&tx, &self.istantanea.attuale(), &invio.pendenza, t, notifica::Tipo::Attivazione, adesso).await?;
        if prima && !accettata {
            self.segui_pagamento(&tx, t).await?;
        }
        tx.commit().await?;
        if notificare {
            self.campanello.notify_one();
        }
        Ok(())
    }

    async fn rimanda_rpt(&self, invio: &InvioRpt, motivo: &str, detta: bool) -> Result<(), Errore> {
        let passo = 3_u32.saturating_pow(invio.presa.tentativi.min(16));
        let attesa = PRIMA_ATTESA.saturating_mul(passo).min(ATTESA_MAX);
        let prossimo = self.adesso() + chrono::Duration::from_std(attesa).unwrap_or(chrono::Duration::hours(1));
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        tx.rimanda_rpt(&invio.presa, motivo, prossimo).await?;
        if detta {
            tx.conclude_invio(&invio.transazione, Stato::RptAttivata, Some(motivo), Esito::InCorso).await?;
        }
        Ok(tx.commit().await?)
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
        let busta = InviaRpt { intestazione: &intestazione, password: via.password(), psp: &psp, rpt: &invio.rpt }.scrivi();
        self.nodo.chiedi(&via, InviaRpt::OPERAZIONE, busta, leggi_esito_rpt).await
    }

    fn evento_invio(&self, invio: &InvioRpt, inizio: DateTime<Utc>, esito: &Result<EsitoRpt, NonConsegnata>) -> Evento {
        let t = &invio.transazione;
        let esito = match esito {
            Ok(EsitoRpt::Accettata) => (EsitoEvento::Ok, Some("200".to_owned()), None),
            Ok(EsitoRpt::Rifiutata(Some(f))) => (EsitoEvento::Ko, Some(f.codice.clone()), Some(f.in_parole())),
            Ok(EsitoRpt::Rifiutata(None)) => (EsitoEvento::Fail, None, Some(SENZA_FAULT.to_owned())),
            Err(n) => (EsitoEvento::Fail, n.stato.map(|s| s.to_string()), Some(n.motivo.clone())),
        };
        let chiamata = ChiamataAlNodo {
            operazione: InviaRpt::OPERAZIONE,
            inizio,
            id_transazione: &invio.presa.id_transazione,
            transazione: t,
            pendenza: &invio.pendenza,
            psp: psp_di(t),
            stazione: t.stazione.as_deref().unwrap_or_default(),
        };
        self.evento_al_nodo(&chiamata, esito)
    }
}

/// `vecchia`: who asked has been waiting for more than a day.
fn conclusione(esito: Result<EsitoRpt, NonConsegnata>, vecchia: bool) -> Conclusione {
    let in_parole = |f: &FaultNodo| format!("{}: {}", f.codice, f.testo);
    match esito {
        Ok(EsitoRpt::Accettata) => Conclusione::Finita(Stato::RptAccettataNodo, None),
        Ok(EsitoRpt::Rifiutata(Some(f))) if f.codice == GIA_PRESA => Conclusione::Finita(Stato::RptAccettataNodo, None),
        Ok(EsitoRpt::Rifiutata(Some(f))) if vecchia || FAULT_DEFINITIVI.iter().any(|c| f.codice.starts_with(c)) => {
            Conclusione::Finita(Stato::RptRifiutataNodo, Some(in_parole(&f)))
        }
        Ok(EsitoRpt::Rifiutata(Some(f))) => Conclusione::Riprova { motivo: in_parole(&f), detta: true },
        Ok(EsitoRpt::Rifiutata(None)) => non_detta(SENZA_FAULT.to_owned(), vecchia),
        Err(n) => non_detta(n.motivo, vecchia),
    }
}

fn non_detta(motivo: String, vecchia: bool) -> Conclusione {
    if vecchia { Conclusione::Finita(Stato::RptErroreInvioANodo, Some(motivo)) } else { Conclusione::Riprova { motivo, detta: false } }
}
