//! Positions told to the archives of pagoPA: ACA in the synchronous mode, GPD in the asynchronous one (spec/4 sections 1.2 and 3).
//!
//! A change of a pendenza leaves a row in the same transaction; [`Gateway::allinea_posizioni`] takes what is due and brings the archive to say what ours says.
//! At least once: who dies between the answer of the archive and its own note of it asks again, and each step can be made again. What the archive refuses is
//! set aside with its reason; what is not certain is read before anything else is done.

mod accoda;
mod evento;
mod iban;
pub mod massivo;
pub mod ricevute;
mod turno;

use std::time::Duration;

use domain::Anagrafica;
use domain::anagrafica::Intermediario;
use domain::anagrafica::connettore::ConnettoreServizio;
use domain::posizione_debitoria::{Modalita, Remoto, StatoInvio};
use outbound::{Indirizzo, NomiApiKey};
use piattaforma::{Connessione, Prodotto};
use store::elenchi::{Elenco, Pagina};
use store::posizioni_debitorie::{FiltroPosizioni, Nota, Posizione};

pub use iban::IBAN_NON_CENSITO;

use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Positions that one turn takes and brings on side by side.
pub const POSIZIONI_PER_TURNO: u64 = 30;
/// Rows that one transaction makes due for a dominio that was here before its archive.
const MANCANTI_PER_VOLTA: u64 = 500;
/// Turns of one run of the queue: a run has an end.
const TURNI_MAX: u32 = 100;
/// The longest wait between two attempts on one position.
const ATTESA_MAX: Duration = Duration::from_secs(60 * 60);
const PRIMA_ATTESA: Duration = Duration::from_secs(10);

/// What configuration says of the archives.
#[derive(Clone, Debug)]
pub struct ImpostazioniPosizioni {
    /// Whether Stand In may pay what we confer (`it.govpay.gpd.standIn.enabled`).
    pub stand_in: bool,
    /// ACA is fed by `paCreatePosition` in place of the operations of GPD: what is lost are transfers, taxonomy and metadata.
    pub create_position: bool,
    /// What a citizen makes and pays at once is not conferred: allowed when the back office of pagoPA says so too (spec/4 section 1.2).
    pub escludi_spontanee: bool,
    /// The same queue by files.
    pub massivo: massivo::ImpostazioniMassivo,
    pub ricevute: ricevute::ImpostazioniRicevute,
}

impl Default for ImpostazioniPosizioni {
    fn default() -> Self {
        Self {
            stand_in: true,
            create_position: false,
            escludi_spontanee: false,
            massivo: massivo::ImpostazioniMassivo::default(),
            ricevute: ricevute::ImpostazioniRicevute::default(),
        }
    }
}

impl Gateway {
    /// Takes what is due and brings it on. Returns how many positions were taken: as many as [`POSIZIONI_PER_TURNO`] means that more may wait.
    pub async fn allinea_posizioni(&self) -> Result<u64, Errore> {
        let prese = self.store.prendi_posizioni(POSIZIONI_PER_TURNO, self.adesso()).await?;
        let quante = prese.len() as u64;
        let mut in_volo = tokio::task::JoinSet::new();
        for presa in prese {
            let gateway = self.clone();
            in_volo.spawn(async move { gateway.allinea(&presa).await });
        }
        while let Some(esito) = in_volo.join_next().await {
            match esito {
                Ok(Ok(stato)) => metrics::counter!("fiorino_posizioni_total", "esito" => stato.codice()).increment(1),
                // The lease ends by itself and the row is taken again.
                Ok(Err(errore)) => tracing::warn!(errore = %errore, "posizione non gestita: sara' ripresa"),
                Err(errore) => tracing::error!(errore = %errore, "posizione interrotta: sara' ripresa"),
            }
        }
        Ok(quante)
    }

    /// One position, as far as it goes in this turn.
    async fn allinea(&self, presa: &Posizione) -> Result<StatoInvio, Errore> {
        let anagrafica = self.istantanea.attuale();
        let nota = match self.store.pendenza_per_id(&presa.dominio, presa.pendenza).await? {
            None => nota(presa, StatoInvio::NonDovuta, Some("La pendenza non c'e' piu'".to_owned())),
            Some(pendenza) => match self.connessione_archivio(&anagrafica, presa) {
                Err(motivo) => self.ritenta(presa, motivo, ATTESA_MAX, false),
                Ok(connessione) => turno::esegui(self, presa, &pendenza, &anagrafica, &connessione).await,
            },
        };
        if nota.stato == StatoInvio::Rifiutata {
            tracing::warn!(posizione = %presa.pendenza, modalita = presa.modalita.codice(), "posizione debitoria rifiutata: e' messa da parte");
        }
        let stato = nota.stato;
        if !self.store.annota_posizione(presa, &nota, self.adesso()).await? {
            tracing::warn!(posizione = %presa.pendenza, "la posizione e' passata a un altro lavoro prima della fine");
        }
        Ok(stato)
    }

    /// Not now: again after a wait that grows, or after the one that was asked for. `contata`: it was an attempt, not a queue of ours.
    fn ritenta(&self, presa: &Posizione, motivo: String, fra: Duration, contata: bool) -> Nota {
        let tentativi = presa.tentativi.saturating_add(u32::from(contata));
        let crescente = PRIMA_ATTESA.saturating_mul(1_u32.checked_shl(tentativi.saturating_sub(1)).unwrap_or(u32::MAX)).min(ATTESA_MAX);
        let attesa = if contata { crescente.max(fra) } else { fra };
        let prossimo_tentativo = self.adesso() + chrono::Duration::from_std(attesa).unwrap_or(chrono::Duration::hours(1));
        Nota { tentativi, prossimo_tentativo, ..nota(presa, StatoInvio::DaInviare, Some(motivo)) }
    }

    /// Where the archive of a position is: dominio, stazione, intermediario, connettore (spec/3 section 2.1).
    fn connessione_archivio(&self, anagrafica: &Anagrafica, presa: &Posizione) -> Result<Connessione, String> {
        let intermediario = intermediario(anagrafica, &presa.dominio).ok_or("Il dominio non ha piu' un intermediario abilitato")?;
        let (prodotto, connettore) = match presa.modalita {
            Modalita::Sincrona if self.impostazioni.posizioni.create_position => (Prodotto::AcaCreatePosition, &intermediario.connettori.aca),
            Modalita::Sincrona => (Prodotto::Aca, &intermediario.connettori.aca),
            Modalita::Asincrona => (Prodotto::Gpd, &intermediario.connettori.gpd),
        };
        let connettore = connettore.as_ref().ok_or_else(|| format!("L'intermediario non ha piu' il connettore del servizio {}", prodotto.nome()))?;
        connessione(prodotto, connettore).map_err(|e| e.to_string())
    }

    /// Who serves a notice, which SEND has to be told (spec/4 section 1.1); `None`: the dominio is not ours.
    #[must_use]
    pub fn modalita_di(&self, dominio: &codici::IdDominio, avviso: &codici::NumeroAvviso) -> Option<Modalita> {
        self.istantanea.attuale().dominio(dominio).map(|d| Modalita::di(avviso, d))
    }

    pub async fn elenco_posizioni(&self, filtro: &FiltroPosizioni, pagina: &Pagina) -> Result<Elenco<Posizione>, Errore> {
        Ok(self.store.elenco_posizioni(filtro, pagina).await?)
    }

    /// What was set aside, or waits, is tried now, from the beginning. Gives how many.
    pub async fn riprova_posizioni(&self, filtro: &FiltroPosizioni) -> Result<u64, Errore> {
        let quante = self.store.riprova_posizioni(filtro, self.adesso()).await?;
        self.campanello_posizioni.notify_one();
        Ok(quante)
    }

    /// The queue, until nothing is due. What the next run finds is measured.
    pub(crate) async fn svuota_coda_posizioni(&self, turno: &Turno) -> Result<String, Errore> {
        let mut gestite = 0;
        for _ in 0..TURNI_MAX {
            let prese = if turno.continua() { self.allinea_posizioni().await? } else { 0 };
            gestite += prese;
            if prese == 0 {
                break;
            }
        }
        self.misura_posizioni().await;
        Ok(format!("Comunicazione delle posizioni completata#Posizioni gestite: {gestite}."))
    }

    async fn misura_posizioni(&self) {
        let Ok(conti) = self.store.posizioni_in_coda().await else { return };
        for (stato, quante, prima) in conti {
            let eta = prima.map_or(0, |p| (self.adesso() - p).num_seconds().max(0));
            metrics::gauge!("fiorino_posizioni_in_coda", "stato" => stato.codice()).set(quante as f64);
            metrics::gauge!("fiorino_posizioni_piu_vecchia_secondi", "stato" => stato.codice()).set(eta as f64);
        }
    }

    /// Unpaid positions that were here before their archive was are made due, for every dominio that has one.
    pub(crate) async fn accoda_posizioni_mancanti(&self, turno: &Turno) -> Result<String, Errore> {
        let anagrafica = self.istantanea.attuale();
        let mut tutte = 0;
        for dominio in anagrafica.domini.values().filter(|d| Modalita::TUTTE.iter().any(|m| accoda::ha_archivio(&anagrafica, d, *m))) {
            while turno.continua() {
                let modalita = |p: &domain::Pendenza| self.archivio_di(p);
                let quante = self.store.accoda_posizioni_mancanti(&dominio.cod, MANCANTI_PER_VOLTA, modalita, self.adesso()).await?;
                tutte += quante;
                self.campanello_posizioni.notify_one();
                if quante < MANCANTI_PER_VOLTA {
                    break;
                }
            }
        }
        Ok(format!("Invio delle posizioni debitorie avviato#Posizioni accodate: {tutte}."))
    }

    /// Waits for a position to be queued by this node.
    pub async fn posizione_in_coda(&self) {
        self.campanello_posizioni.notified().await;
    }

    /// The client of pagoPA's REST services, with the state of each.
    #[must_use]
    pub fn piattaforma(&self) -> &piattaforma::Cliente {
        &self.piattaforma
    }
}

fn intermediario<'a>(anagrafica: &'a Anagrafica, dominio: &codici::IdDominio) -> Option<&'a Intermediario> {
    let stazione = anagrafica.dominio(dominio)?.stazione.as_ref()?;
    let intermediario = anagrafica.intermediari.get(&anagrafica.stazioni.get(stazione)?.intermediario)?;
    intermediario.abilitato.then_some(&**intermediario)
}

/// A connettore of the anagrafica in the terms of the client.
pub(crate) fn connessione(prodotto: Prodotto, c: &ConnettoreServizio) -> Result<Connessione, outbound::ErroreChiamata> {
    Ok(Connessione {
        prodotto,
        base: Indirizzo::leggi(&c.url)?,
        autenticazione: ente::credenziali(c.auth.as_ref(), &NomiApiKey::default())?,
        chiave: c.subscription_key.as_ref().map(|k| k.0.clone()),
    })
}

/// The row as it is, in another state.
fn nota(presa: &Posizione, stato: StatoInvio, motivo: Option<String>) -> Nota {
    Nota {
        stato,
        iupd: presa.iupd.clone(),
        remoto: presa.remoto,
        impronta: presa.impronta.clone(),
        tentativi: presa.tentativi,
        motivo,
        prossimo_tentativo: presa.prossimo_tentativo,
        comunicata: false,
    }
}

/// What a row remembers, for who begins a turn.
const fn creduto(presa: &Posizione) -> Remoto {
    // After an attempt that failed nothing is taken for granted.
    if presa.tentativi > 0 && !matches!(presa.remoto, Remoto::Assente) { Remoto::Ignoto } else { presa.remoto }
}
