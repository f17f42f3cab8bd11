//! Acquisition of the flows of rendicontazione (spec/3 section 2.4): asked of the node by SOAP, or of the REST service, or brought as a file.
//!
//! Each dominio goes by one road: REST when its intermediario has a connettore for it, else SOAP. A flow that cannot be acquired is set aside with its reason
//! and tried again; the others go on. Nothing of a flow is held in memory but a block of its rows, and no transaction is open during a call.

mod chiedi_enti;
mod evento;
mod file;
mod lavorazione;
mod recupero;
mod rest;
mod soap;

use std::sync::Arc;
use std::time::Duration as Durata;

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use domain::anagrafica::{ConnettoriIntermediario, Dominio, Stazione};
use outbound::{Cliente, Tempi};
use store::elenchi::flussi::{Campo, Filtro, Flusso, Quale, RigaDelFlusso};
use store::elenchi::rendicontazioni::{self, RigaRendicontazione};
use store::elenchi::{Elenco, Ordine, Pagina, Visibilita};
use store::flussi::{ChiaveVersione, DaParte, FiltroDaParte};
use uuid::Uuid;

use crate::lavori::Turno;
use crate::operazioni::Operazione;
use crate::{Errore, Gateway};

pub use recupero::EsitoRecupero;

/// A flow of hundreds of thousands of rows comes in one answer.
const TEMPI_NODO: Tempi = Tempi { connessione: Durata::from_secs(10), lettura: Durata::from_secs(180) };
/// Before a flow that cannot be read is asked for once more: somebody has to mend it elsewhere.
const FRA_SE_GUASTO: Duration = Duration::hours(6);
/// Characters of a reason that are kept.
const CARATTERI_MOTIVO_MAX: usize = 500;

/// The client of the node, with the time that a flow takes.
pub(crate) fn cliente_nodo() -> Result<Cliente, Errore> {
    Cliente::nuovo(TEMPI_NODO).map_err(|e| Errore::Configurazione(e.to_string()))
}

/// What configuration says of flows.
#[derive(Clone, Debug, Default)]
pub struct ImpostazioniFlussi {
    /// A flow with an IUV whose application does not answer is put off whole (`...acquisizioneRendicontazioni.verificaPendenzaMandatoria.enabled`); otherwise
    /// the IUV is of nobody.
    pub verifica_mandatoria: bool,
}

/// What a turn has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EsitoFlussi {
    pub acquisiti: usize,
    /// Flows set aside, and lists that could not be had.
    pub falliti: usize,
}

impl EsitoFlussi {
    /// The sentence of the original, to the letter.
    #[must_use]
    pub fn testo(&self) -> String {
        let falliti = if self.falliti > 0 { format!(" e {}non acquisiti per errori", self.falliti) } else { String::new() };
        format!("Operazione completata: {} flussi acquisiti{falliti}", self.acquisiti)
    }
}

/// Why a flow could not be acquired.
pub(crate) enum Fallimento {
    /// It is the flow's: set aside, tried again when `fra` has passed.
    DelFlusso { motivo: String, fra: Duration },
    /// It is ours: the turn stops here.
    Nostro(Errore),
}

impl Fallimento {
    fn guasto(motivo: impl Into<String>) -> Self {
        Self::DelFlusso { motivo: motivo.into(), fra: FRA_SE_GUASTO }
    }

    /// What another try may mend: at the next turn.
    fn passeggero(motivo: impl Into<String>) -> Self {
        Self::DelFlusso { motivo: motivo.into(), fra: Duration::zero() }
    }
}

impl<E: Into<Errore>> From<E> for Fallimento {
    fn from(errore: E) -> Self {
        Self::Nostro(errore.into())
    }
}

/// A dominio whose flows are asked for, and who asks.
pub(crate) struct Incarico {
    pub dominio: Arc<Dominio>,
    pub stazione: Arc<Stazione>,
    pub connettori: ConnettoriIntermediario,
}

impl Gateway {
    /// Asks for the flows of every dominio with `scaricaFr`, and acquires those that are new. `continua` is asked before each flow: false ends the turn.
    ///
    /// # Errors
    /// When the database does not answer. What the others answer wrong is in the count.
    pub async fn acquisisci_flussi(&self, continua: &(dyn Fn() -> bool + Send + Sync)) -> Result<EsitoFlussi, Errore> {
        self.istantanea.rinfresca(&self.store).await?;
        self.store.libera_flussi(None, self.adesso()).await?;
        let mut esito = EsitoFlussi::default();
        for incarico in self.incarichi() {
            if !continua() {
                break;
            }
            let suo = if incarico.connettori.fr.is_some() {
                self.flussi_da_rest(&incarico, continua).await?
            } else {
                self.flussi_da_soap(&incarico, continua).await?
            };
            esito.acquisiti += suo.acquisiti;
            esito.falliti += suo.falliti;
        }
        metrics::counter!("fiorino_flussi_acquisiti_total").increment(esito.acquisiti as u64);
        metrics::counter!("fiorino_flussi_falliti_total").increment(esito.falliti as u64);
        Ok(esito)
    }

    /// The job `update-rnd`.
    pub(crate) async fn giro_dei_flussi(&self, turno: &Turno) -> Result<String, Errore> {
        let esito = self.acquisisci_flussi(&|| turno.continua()).await?;
        if esito.acquisiti > 0 {
            self.recupera_presto().await?;
        }
        Ok(esito.testo())
    }

    /// The receipts that new flows say of and never came are asked for at once.
    pub(super) async fn recupera_presto(&self) -> Result<(), Errore> {
        let recupero = crate::lavori::registro().iter().find(|l| l.operazione == Some(Operazione::RecuperoRt));
        if let Some(recupero) = recupero {
            self.chiedi_lavoro(recupero).await?;
        }
        Ok(())
    }

    /// The job `recupero-rt`.
    pub(crate) async fn giro_dei_recuperi(&self, turno: &Turno) -> Result<String, Errore> {
        let esito = self.recupera_ricevute(&|| turno.continua()).await?;
        Ok(format!("Recupero RT completato#Ricevute recuperate: {}, non ottenute: {}.", esito.recuperate, esito.mancate))
    }

    fn incarichi(&self) -> Vec<Incarico> {
        let anagrafica = self.istantanea.attuale();
        let domini = anagrafica.domini.values().filter(|d| d.scarica_fr && d.intermediato && d.abilitato);
        let incarichi = domini.filter_map(|d| {
            let stazione = anagrafica.stazioni.get(d.stazione.as_ref()?).filter(|s| s.abilitata)?;
            let intermediario = anagrafica.intermediari.get(&stazione.intermediario).filter(|i| i.abilitato)?;
            let connettori = intermediario.connettori.as_ref().clone();
            (connettori.fr.is_some() || connettori.nodo.is_some()).then(|| Incarico { dominio: Arc::clone(d), stazione: Arc::clone(stazione), connettori })
        });
        incarichi.collect()
    }

    /// Of the versions of a list, those to be acquired now: not here yet, nor set aside for later.
    async fn da_acquisire(&self, dominio: &IdDominio, chiavi: &[ChiaveVersione]) -> Result<Vec<ChiaveVersione>, Errore> {
        let note = self.store.versioni_note(dominio, chiavi).await?;
        let adesso = self.adesso();
        let da_parte = self.store.flussi_da_parte(Some(dominio)).await?;
        let dopo = |c: &ChiaveVersione| da_parte.iter().any(|d| d.prossimo_tentativo > adesso && d.id_flusso == c.id_flusso() && d.versione == c.versione());
        let mut scelte: Vec<ChiaveVersione> = Vec::new();
        for chiave in chiavi.iter().filter(|c| !note.contains(c) && !dopo(c)) {
            if !scelte.contains(chiave) {
                scelte.push(chiave.clone());
            }
        }
        Ok(scelte)
    }

    /// Sets a flow aside. Only a failure of ours comes back.
    async fn metti_da_parte(
        &self,
        dominio: &IdDominio,
        chiave: &ChiaveVersione,
        pubblicato: Option<DateTime<Utc>>,
        fallimento: Fallimento,
    ) -> Result<(), Errore> {
        match fallimento {
            Fallimento::Nostro(errore) => Err(errore),
            Fallimento::DelFlusso { motivo, fra } => {
                let motivo: String = motivo.chars().filter(|c| *c != '\0').take(CARATTERI_MOTIVO_MAX).collect();
                tracing::warn!(dominio = %dominio, flusso.id = chiave.id_flusso(), motivo, "flusso di rendicontazione messo da parte");
                Ok(self.store.metti_da_parte(dominio, chiave, &motivo, pubblicato, fra, self.adesso()).await?)
            }
        }
    }

    /// Flows that could not be acquired, of one dominio or of all.
    pub async fn flussi_da_parte(&self, dominio: Option<&IdDominio>) -> Result<Vec<DaParte>, Errore> {
        Ok(self.store.flussi_da_parte(dominio).await?)
    }

    pub async fn elenco_da_parte(&self, filtro: &FiltroDaParte, pagina: &Pagina) -> Result<Elenco<DaParte>, Errore> {
        Ok(self.store.elenco_da_parte(filtro, pagina).await?)
    }

    /// Those that the filter names are asked for within seconds. Gives how many.
    pub async fn riprova_da_parte(&self, filtro: &FiltroDaParte) -> Result<u64, Errore> {
        let quanti = self.store.riprova_da_parte(filtro, self.adesso()).await?;
        let acquisizione = crate::lavori::registro().iter().find(|l| l.operazione == Some(Operazione::AcquisizioneRendicontazioni));
        if let Some(acquisizione) = acquisizione.filter(|_| quanti > 0) {
            self.chiedi_lavoro(acquisizione).await?;
        }
        Ok(quanti)
    }

    pub async fn elenco_flussi(&self, filtro: &Filtro, ordini: &[Ordine<Campo>], pagina: &Pagina) -> Result<Elenco<Flusso>, Errore> {
        Ok(self.store.elenco_flussi(filtro, ordini, pagina).await?)
    }

    pub async fn flusso(&self, quale: &Quale) -> Result<Option<Flusso>, Errore> {
        Ok(self.store.flusso(quale).await?)
    }

    /// Whether a login that reaches a part of the dominio sees this flow.
    pub async fn flusso_visibile(&self, flusso: &Flusso, visibile: &Visibilita) -> Result<bool, Errore> {
        Ok(self.store.flusso_visibile(flusso, visibile).await?)
    }

    /// Rows after number `dopo`: for who writes them out without holding them.
    pub async fn righe_del_flusso(&self, flusso: Uuid, dopo: i64, quante: u64) -> Result<Vec<RigaDelFlusso>, Errore> {
        Ok(self.store.righe_del_flusso(flusso, dopo, quante).await?)
    }

    /// Piece `parte`, from 0, of the document as it came; `None` past the last, or for a flow that came without one.
    pub async fn documento_del_flusso(&self, flusso: Uuid, parte: i32) -> Result<Option<Vec<u8>>, Errore> {
        Ok(self.store.parte_del_flusso(flusso, parte).await?)
    }

    pub async fn elenco_rendicontazioni(
        &self,
        filtro: &rendicontazioni::Filtro,
        ordini: &[Ordine<rendicontazioni::Campo>],
        pagina: &Pagina,
    ) -> Result<Elenco<RigaRendicontazione>, Errore> {
        Ok(self.store.elenco_rendicontazioni(filtro, ordini, pagina).await?)
    }
}
