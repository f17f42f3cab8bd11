//! A cart brought to the node: taken, refused, or not delivered (spec/3 section 2.2.3).
//!
//! The call is outside of every transaction. What the node answers is written only on attempts that still wait: a receipt may have come before.

use chrono::{DateTime, Utc};
use domain::notifica;
use domain::pagamento::{CodiceStato, Pagamento, Situazione};
use domain::pendenza::Pendenza;
use domain::rifiuto::Rifiuto;
use domain::transazione::{Esito, Stato, Transazione};
use pagopa::vecchio::nodo::{EsitoCarrello, InviaCarrello, RifiutoCarrello, RptDelCarrello, SceltaPsp, leggi_esito_carrello};
use store::Corsia;
use store::eventi::{EsitoEvento, Evento};

use super::nodo::{NonConsegnata, Via};
use super::{ChiamataAlNodo, DatiPsp, MODELLO_PORTALE};
use crate::pagamento::{Avviato, ErroreAvvio, con_parametro};
use crate::{Errore, Gateway};

/// Of a failed payment (spec/2 section 2.13): the machinery failed.
const SEVERITA_GUASTO: i16 = 5;
/// The same, where the node had its reasons.
const SEVERITA_RIFIUTO: i16 = 3;

/// A cart as the node wants it.
pub(crate) struct Carrello {
    pub stazione: String,
    pub codice_convenzione: Option<String>,
    /// Whom the caller chose; `None`: the payer chooses on the page of the node.
    pub psp: Option<SceltaPsp>,
    /// In the order of the request.
    pub rpt: Vec<RptDaInviare>,
    /// Number of the request, as in the log.
    pub id_transazione: String,
}

pub(crate) struct RptDaInviare {
    pub transazione: Transazione,
    pub pendenza: Pendenza,
    pub rpt: String,
}

/// What the node made of it.
enum Esitato {
    Accettato { url: Option<String> },
    Rifiutato(RifiutoCarrello),
    NonConsegnato(NonConsegnata),
}

impl Gateway {
    /// From here on everything that goes wrong is a failure of the payment.
    pub(crate) async fn consegna_carrello(&self, pagamento: Pagamento, carrello: &Carrello) -> Result<Avviato, ErroreAvvio> {
        let id = pagamento.id;
        let inizio = self.adesso();
        let (esitato, scambio) = outbound::osserva(self.spedisci_carrello(&pagamento, carrello)).await;
        for evento in self.eventi_del_carrello(carrello, inizio, &esitato) {
            self.giornale.aggiungi_chiamata(evento, scambio.as_ref());
        }
        let concluso = match esitato {
            Esitato::Accettato { url } => self.accettato(&pagamento, carrello, url).await,
            Esitato::Rifiutato(rifiuto) => self.rifiutato(&pagamento, carrello, &rifiuto).await,
            Esitato::NonConsegnato(n) => self.non_consegnato(&pagamento, carrello, n.motivo).await,
        };
        concluso.map_err(|errore| ErroreAvvio::Dopo { id, errore })
    }

    async fn spedisci_carrello(&self, pagamento: &Pagamento, carrello: &Carrello) -> Esitato {
        let anagrafica = self.istantanea.attuale();
        let Some(via) = Via::della_stazione(&anagrafica, &carrello.stazione) else {
            let motivo = format!("La stazione {} non e' piu' censita", carrello.stazione);
            return Esitato::NonConsegnato(NonConsegnata { motivo, stato: None });
        };
        let elenco: Vec<RptDelCarrello<'_>> = carrello
            .rpt
            .iter()
            .map(|r| RptDelCarrello { id_dominio: &r.transazione.dominio, iuv: &r.transazione.iuv, ccp: &r.transazione.ccp, rpt: &r.rpt })
            .collect();
        let psp = carrello.psp.clone().unwrap_or_else(SceltaPsp::wisp);
        let busta = InviaCarrello {
            id_intermediario: &via.stazione.intermediario,
            id_stazione: &via.stazione.cod,
            id_carrello: &pagamento.id_mostrato(),
            password: via.password(),
            psp: &psp,
            rpt: &elenco,
            codice_convenzione: carrello.codice_convenzione.as_deref(),
        }
        .scrivi();
        match self.nodo.chiedi(&via, InviaCarrello::OPERAZIONE, busta, leggi_esito_carrello).await {
            Ok(EsitoCarrello::Accettato { url }) => Esitato::Accettato { url },
            Ok(EsitoCarrello::Rifiutato(r)) => Esitato::Rifiutato(r),
            Err(n) => Esitato::NonConsegnato(n),
        }
    }

    async fn accettato(&self, pagamento: &Pagamento, carrello: &Carrello, url: Option<String>) -> Result<Avviato, Errore> {
        let id_sessione = url.as_deref().and_then(sessione_di);
        let redirect = url.clone().or_else(|| pagamento.url_ritorno.as_ref().map(|u| con_parametro(u, "idPagamento", &pagamento.id_mostrato())));
        let adesso = self.adesso();
        let anagrafica = self.istantanea.attuale();
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let mut notificare = false;
        for r in &carrello.rpt {
            if tx.conclude_invio(&r.transazione, Stato::RptAccettataNodo, None, Esito::InCorso).await? {
                notificare |= self.accoda(&tx, &anagrafica, &r.pendenza, &r.transazione, notifica::Tipo::Attivazione, adesso).await?;
            }
        }
        // Locked after the attempts, as by a receipt.
        let ora = tx.blocca_pagamento(pagamento.id).await?.unwrap_or_else(|| pagamento.clone());
        let situazione = match (&url, ora.situazione.codice) {
            (None, CodiceStato::InCorsoAlPsp) => Situazione::in_attesa(),
            _ => ora.situazione.clone(),
        };
        tx.aggiorna_pagamento(&Pagamento { situazione, id_sessione_psp: id_sessione.clone(), redirect: url, ..ora }).await?;
        tx.commit().await?;
        if notificare {
            self.campanello.notify_one();
        }
        Ok(Avviato::Carrello { id: pagamento.id, redirect, id_sessione })
    }

    async fn rifiutato(&self, pagamento: &Pagamento, carrello: &Carrello, rifiuto: &RifiutoCarrello) -> Result<Avviato, Errore> {
        let mostrato = rifiuto.mostrato();
        let coda = mostrato.descrizione.as_ref().map(|d| format!(": {d}")).unwrap_or_default();
        let descrizione = format!("[{}] {}{coda}", mostrato.codice, mostrato.testo);
        let ognuna = |posizione: usize| (Stato::RptRifiutataNodo, rifiuto.della_rpt(posizione).1, Esito::Rifiutato);
        self.non_preso(pagamento, carrello, ognuna, descrizione, SEVERITA_RIFIUTO).await?;
        let dettaglio = mostrato.descrizione.unwrap_or_default();
        Err(Rifiuto::Nodo { codice: mostrato.codice, descrizione: mostrato.testo, dettaglio }.into())
    }

    async fn non_consegnato(&self, pagamento: &Pagamento, carrello: &Carrello, motivo: String) -> Result<Avviato, Errore> {
        let ognuna = |_| (Stato::RptErroreInvioANodo, motivo.clone(), Esito::InCorso);
        self.non_preso(pagamento, carrello, ognuna, motivo.clone(), SEVERITA_GUASTO).await?;
        Err(Rifiuto::NodoIndisponibile(motivo).into())
    }

    /// Writes why on every attempt, by position from 1, and on the payment; one that meanwhile has been paid stays paid.
    async fn non_preso(
        &self,
        pagamento: &Pagamento,
        carrello: &Carrello,
        ognuna: impl Fn(usize) -> (Stato, String, Esito),
        descrizione: String,
        severita: i16,
    ) -> Result<(), Errore> {
        let tx = self.store.begin(Corsia::Applicazioni).await?;
        let mut tutte = true;
        for (posizione, r) in (1..).zip(&carrello.rpt) {
            let (stato, perche, esito) = ognuna(posizione);
            tutte &= tx.conclude_invio(&r.transazione, stato, Some(&perche), esito).await?;
        }
        let ora = tx.blocca_pagamento(pagamento.id).await?.unwrap_or_else(|| pagamento.clone());
        let dopo = if tutte {
            Pagamento { situazione: Situazione::fallito(descrizione), severita: Some(severita), ..ora }
        } else {
            ora.ricalcolato(&tx.transazioni_di_pagamento(pagamento.id).await?)
        };
        tx.aggiorna_pagamento(&dopo).await?;
        Ok(tx.commit().await?)
    }

    /// One for each RPT (spec/3 section 2.2.3, "Journal").
    fn eventi_del_carrello(&self, carrello: &Carrello, inizio: DateTime<Utc>, esitato: &Esitato) -> Vec<Evento> {
        let psp = carrello.psp.clone().unwrap_or_else(SceltaPsp::wisp);
        let evento = |(posizione, r): (usize, &RptDaInviare)| {
            let t = &r.transazione;
            let esito = match esitato {
                Esitato::Accettato { .. } => (EsitoEvento::Ok, Some("200".to_owned()), None),
                Esitato::Rifiutato(rifiuto) => {
                    let (codice, testo) = rifiuto.della_rpt(posizione);
                    (EsitoEvento::Ko, Some(codice.map_or_else(|| rifiuto.mostrato().codice, str::to_owned)), Some(testo))
                }
                Esitato::NonConsegnato(n) => (EsitoEvento::Fail, n.stato.map(|s| s.to_string()), Some(n.motivo.clone())),
            };
            let dati = DatiPsp {
                psp: Some(&psp.psp),
                intermediario: Some(&psp.intermediario),
                canale: Some(&psp.canale),
                tipo_versamento: t.tipo_versamento.as_deref(),
                modello: MODELLO_PORTALE,
            };
            let chiamata = ChiamataAlNodo {
                operazione: InviaCarrello::OPERAZIONE,
                inizio,
                id_transazione: &carrello.id_transazione,
                transazione: t,
                pendenza: &r.pendenza,
                psp: dati,
                stazione: &carrello.stazione,
            };
            self.evento_al_nodo(&chiamata, esito)
        };
        (1..).zip(&carrello.rpt).map(evento).collect()
    }
}

/// `idSession` of the address that the node gave.
fn sessione_di(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or_default();
    let (_, valore) = query.split('&').filter_map(|c| c.split_once('=')).find(|(n, _)| *n == "idSession")?;
    Some(outbound::decodifica(valore)).filter(|v| !v.is_empty())
}
