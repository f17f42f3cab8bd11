//! The queue of notifications: sent, and shown (spec/3 section 4, spec/2 section 2.14).
//!
//! At least once: a process that dies between the answer of the ente and its own note of it sends again, and the ente must take a repeat for a success.

use domain::notifica::{self, Tipo};
use ente::{DatiNotifica, ErroreEnte};
use store::elenchi::{Elenco, Pagina};
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};
use store::notifiche::{FiltroNotifiche, Notifica};
use store::transazioni::Messaggio;

use crate::{Errore, Gateway};

/// Notifications that one turn takes and sends side by side.
pub const NOTIFICHE_PER_TURNO: u64 = 30;

/// What came of one notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spedizione {
    Spedita,
    Fallita,
    Annullata,
}

impl Gateway {
    /// Takes what is due, sends it, notes what came of it. Returns how many were taken: as many as [`NOTIFICHE_PER_TURNO`] means that more may wait.
    /// A notification that cannot even be made ready is set aside with its reason; the rest goes on.
    pub async fn spedisci_notifiche(&self) -> Result<u64, Errore> {
        let prese = self.store.prendi_notifiche(NOTIFICHE_PER_TURNO, self.adesso()).await?;
        let quante = prese.len() as u64;
        let mut in_volo = tokio::task::JoinSet::new();
        for notifica in prese {
            let gateway = self.clone();
            in_volo.spawn(async move { gateway.spedisci(&notifica).await });
        }
        while let Some(esito) = in_volo.join_next().await {
            match esito {
                Ok(Ok(spedizione)) => {
                    metrics::counter!("fiorino_notifiche_total", "esito" => format!("{spedizione:?}").to_lowercase()).increment(1);
                }
                // The lease ends by itself and the row is taken again.
                Ok(Err(errore)) => tracing::warn!(errore = %errore, "notifica non gestita: sara' ripresa"),
                Err(errore) => tracing::error!(errore = %errore, "notifica interrotta: sara' ripresa"),
            }
        }
        Ok(quante)
    }

    async fn spedisci(&self, notifica: &Notifica) -> Result<Spedizione, Errore> {
        if matches!(notifica.tipo, Tipo::Annullamento | Tipo::Fallimento) {
            let perche = format!("Notifica di tipo {} non prevista, notifica annullata.", notifica.tipo.codice());
            self.store.notifica_annullata(notifica, &perche, self.adesso()).await?;
            return Ok(Spedizione::Annullata);
        }
        let anagrafica = self.istantanea.attuale();
        let connettore = anagrafica.applicazioni.get(&notifica.id_a2a).and_then(|a| a.connettore.as_ref());
        let Some(connettore) = connettore.filter(|c| notifica.tipo.gradita(c.versione)) else {
            self.store.notifica_annullata(notifica, notifica::DESCRIZIONE_SENZA_CONNETTORE, self.adesso()).await?;
            return Ok(Spedizione::Annullata);
        };
        let (pendenza, transazione) = self.di_che_parla(notifica).await?;
        let rpt = self.store.messaggio(&transazione, Messaggio::Rpt).await?;
        let con_ricevuta = notifica.tipo == Tipo::Ricevuta;
        let rt = if con_ricevuta { self.store.messaggio(&transazione, Messaggio::Rt).await? } else { None };
        let riscossioni = if con_ricevuta { self.store.riscossioni(&pendenza, Some(transazione.id)).await? } else { Vec::new() };
        // What is told of an activation is the attempt as it was: its own number, not the receiptId that may have replaced it meanwhile.
        let transazione = domain::transazione::Transazione { ccp: notifica.ccp.clone(), ..transazione };
        let pagamento = self.pagamento_di(&transazione).await?;
        let dati = DatiNotifica {
            pagamento: pagamento.as_ref(),
            tipo: notifica.tipo,
            pendenza: &pendenza,
            transazione: &transazione,
            rpt: rpt.as_deref(),
            rt: rt.as_deref(),
            riscossioni: &riscossioni,
            anagrafica: &anagrafica,
        };
        let inizio = self.adesso();
        let (esito, scambio) = outbound::osserva(self.ente.notifica(connettore, &dati)).await;
        let fine = self.adesso();
        let tipo = if connettore.versione == domain::anagrafica::VersioneEnte::V1 { "notifyPagamento" } else { "notificaRicevuta" };
        let mut evento = Evento {
            durata_ms: Some((fine - inizio).num_milliseconds()),
            dominio: Some(notifica.dominio.to_string()),
            iuv: Some(notifica.iuv.clone()),
            ccp: Some(notifica.ccp.clone()),
            id_a2a: Some(notifica.id_a2a.clone()),
            id_pendenza: Some(notifica.id_pendenza.clone()),
            // Its own, the same at every attempt.
            id_transazione: Some(notifica.id.to_string()),
            ..Evento::nuovo(self.id_evento(), inizio, Componente::ApiEnte, Ruolo::Client, tipo)
        };
        let spedizione = match &esito {
            Ok(stato) => {
                evento.sottotipo_esito = Some(stato.to_string());
                self.store.notifica_spedita(notifica, fine).await?;
                Spedizione::Spedita
            }
            // It can never be made: set aside with its reason, so that it does not hold back what follows it.
            Err(errore @ ErroreEnte::Notifica(_)) => {
                evento.esito = EsitoEvento::Fail;
                evento.dettaglio_esito = Some(errore.to_string());
                self.store.notifica_annullata(notifica, &notifica::descrizione_errore(&errore.to_string()), fine).await?;
                tracing::error!(notifica.id = %notifica.id, errore = %errore, "notifica non componibile: annullata");
                Spedizione::Annullata
            }
            Err(errore) => {
                evento.esito = EsitoEvento::Fail;
                evento.dettaglio_esito = Some(errore.to_string());
                self.store.notifica_fallita(notifica, &errore.to_string(), fine).await?;
                tracing::warn!(notifica.id = %notifica.id, tentativi = notifica.tentativi + 1, errore = %errore, "notifica non consegnata: sara' ritentata");
                Spedizione::Fallita
            }
        };
        self.giornale.aggiungi_chiamata(evento, scambio.as_ref());
        if spedizione != Spedizione::Fallita {
            // The next one of the same payment may have been waiting for this.
            self.campanello.notify_one();
        }
        Ok(spedizione)
    }

    async fn di_che_parla(&self, notifica: &Notifica) -> Result<(domain::Pendenza, domain::transazione::Transazione), Errore> {
        let manca = |cosa: &str| Errore::Messaggio(format!("{cosa} della notifica {} non trovata", notifica.id));
        let pendenza = self.store.pendenza(&notifica.id_a2a, &notifica.id_pendenza).await?.ok_or_else(|| manca("pendenza"))?;
        let transazione = self.store.transazione(&notifica.dominio, notifica.transazione).await?.ok_or_else(|| manca("transazione"))?;
        Ok((pendenza, transazione))
    }

    pub(crate) async fn misura_notifiche(&self) {
        if let Ok((quante, prima)) = self.store.notifiche_in_coda().await {
            let eta = prima.map_or(0, |p| (self.adesso() - p).num_seconds().max(0));
            metrics::gauge!("fiorino_notifiche_in_coda").set(quante as f64);
            metrics::gauge!("fiorino_notifiche_piu_vecchia_secondi").set(eta as f64);
        }
    }

    /// The queue as it is, newest first.
    pub async fn elenco_notifiche(&self, filtro: &FiltroNotifiche, pagina: &Pagina) -> Result<Elenco<Notifica>, Errore> {
        Ok(self.store.elenco_notifiche(filtro, pagina).await?)
    }
}
