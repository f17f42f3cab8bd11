//! Jobs as whoever watches sees them: the row of each, beside what the registry and the configuration say.

use chrono::{DateTime, Utc};
use store::lavori::{EsitoCorsa, StatoLavoro};

use super::{Corsa, Lavoro, Richiesta, registro};
use crate::{Errore, Gateway};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Situazione {
    InAttesa,
    InCorso,
    /// By somebody.
    Fermo,
    /// By the configuration of this node.
    Spento,
}

impl Situazione {
    pub const TUTTE: [Self; 4] = [Self::InAttesa, Self::InCorso, Self::Fermo, Self::Spento];

    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::InAttesa => "IN_ATTESA",
            Self::InCorso => "IN_CORSO",
            Self::Fermo => "FERMO",
            Self::Spento => "SPENTO",
        }
    }
}

pub struct SguardoLavoro {
    pub lavoro: &'static Lavoro,
    pub situazione: Situazione,
    /// Absent when no node has seen it yet.
    pub stato: Option<StatoLavoro>,
}

impl Gateway {
    /// Every job, in the order of the registry.
    pub async fn lavori(&self) -> Result<Vec<SguardoLavoro>, Errore> {
        let stati = self.store.lavori().await?;
        let di = |l: &'static Lavoro| self.sguardo(l, stati.iter().find(|s| s.nome == l.nome).cloned());
        Ok(registro().iter().map(di).collect())
    }

    pub async fn guarda_lavoro(&self, lavoro: &'static Lavoro) -> Result<SguardoLavoro, Errore> {
        Ok(self.sguardo(lavoro, self.store.lavoro(lavoro.nome).await?))
    }

    fn sguardo(&self, lavoro: &'static Lavoro, stato: Option<StatoLavoro>) -> SguardoLavoro {
        let adesso = self.adesso();
        let in_corso = |s: &StatoLavoro| s.in_corso.as_ref().is_some_and(|(_, fino)| *fino > adesso);
        let situazione = match &stato {
            Some(s) if in_corso(s) => Situazione::InCorso,
            Some(s) if s.fermo_motivo.is_some() => Situazione::Fermo,
            _ if !self.impostazioni.lavori.acceso(lavoro) => Situazione::Spento,
            _ => Situazione::InAttesa,
        };
        SguardoLavoro { lavoro, situazione, stato }
    }

    /// A run at somebody's request, and what it is answered. A run that has begun goes on when the asker goes away.
    pub async fn esegui_a_richiesta(&self, lavoro: &'static Lavoro) -> String {
        let esito = match lavoro.richiesta {
            Richiesta::Prenota(frase) => self.chiedi_lavoro(lavoro).await.map(|()| frase.to_owned()),
            Richiesta::Aspetta => self.adesso_subito(lavoro).await,
        };
        esito.unwrap_or_else(|errore| {
            tracing::warn!(lavoro = lavoro.nome, errore = %errore, "operazione richiesta non riuscita");
            interrotto(&errore.to_string())
        })
    }

    /// A node makes a run within seconds.
    pub async fn chiedi_lavoro(&self, lavoro: &'static Lavoro) -> Result<(), Errore> {
        self.store.censisci_lavoro(lavoro.nome, self.adesso()).await?;
        self.store.chiedi_lavoro(lavoro.nome).await?;
        Ok(())
    }

    async fn adesso_subito(&self, lavoro: &'static Lavoro) -> Result<String, Errore> {
        let gateway = self.clone();
        let corsa = tokio::spawn(async move { gateway.corri(lavoro, true, &tokio_util::sync::CancellationToken::new()).await });
        let corsa = corsa.await.map_err(|_| Errore::Configurazione("errore interno del programma".to_owned()))??;
        Ok(match corsa {
            Corsa::Riuscita(frase) => frase,
            Corsa::Fallita(motivo) => interrotto(&motivo),
            Corsa::Interrotta => "Operazione interrotta prima della fine: sara' ripresa.".to_owned(),
            Corsa::Occupata | Corsa::NonDovuta => "Operazione in corso su altro nodo. Richiesta interrotta.".to_owned(),
            Corsa::Ferma(motivo) => format!("Operazione ferma: {motivo}"),
        })
    }

    /// Stops a job on every node, the run in progress too.
    pub async fn ferma_lavoro(&self, lavoro: &'static Lavoro, motivo: &str) -> Result<(), Errore> {
        self.store.censisci_lavoro(lavoro.nome, self.adesso()).await?;
        self.store.ferma_lavoro(lavoro.nome, motivo).await?;
        Ok(())
    }

    pub async fn riprendi_lavoro(&self, lavoro: &'static Lavoro) -> Result<(), Errore> {
        self.store.riprendi_lavoro(lavoro.nome).await?;
        Ok(())
    }
}

fn interrotto(perche: &str) -> String {
    format!("Il batch e' stato interrotto con errore: {perche}.")
}

/// For `/metrics`: every node tells the same, since it is read from the archive.
pub(super) fn misura(lavoro: &Lavoro, stato: &StatoLavoro) {
    let secondi = |t: DateTime<Utc>| t.timestamp_millis() as f64 / 1000.0;
    let nome = lavoro.nome;
    metrics::gauge!("fiorino_lavori_prossimo_secondi", "lavoro" => nome).set(secondi(stato.prossimo));
    metrics::gauge!("fiorino_lavori_in_corso", "lavoro" => nome).set(f64::from(u8::from(stato.in_corso.is_some())));
    metrics::gauge!("fiorino_lavori_fermo", "lavoro" => nome).set(f64::from(u8::from(stato.fermo_motivo.is_some())));
    metrics::gauge!("fiorino_lavori_fallimenti", "lavoro" => nome).set(f64::from(stato.fallimenti));
    if let Some(esito) = stato.esito {
        metrics::gauge!("fiorino_lavori_ultimo_esito", "lavoro" => nome).set(f64::from(u8::from(esito == EsitoCorsa::Riuscito)));
    }
    if let Some(ultimo) = stato.ultimo_riuscito {
        metrics::gauge!("fiorino_lavori_ultimo_riuscito_secondi", "lavoro" => nome).set(secondi(ultimo));
    }
}
