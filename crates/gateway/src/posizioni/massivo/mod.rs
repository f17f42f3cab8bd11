//! Positions sent to GPD many at a time (spec/4 section 3.6): another road of the same queue.
//!
//! A lotto is one file. Its positions are chosen in one transaction; the file is written page by page to a temporary file, so that a hundred thousand positions
//! are never in memory; that it may have left is noted before it leaves. Whatever happens after that, nothing is sent again before it was looked for, and
//! what the report leaves open goes back to the calls one by one, which read before they write.

mod cartella;
mod composizione;
mod invio;

use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};
use codici::IdDominio;
use domain::anagrafica::connettore::ConnettoreServizio;
use domain::posizione_debitoria::massivo::{EsitoRiga, OperazioneMassiva, StatoLotto};
use domain::posizione_debitoria::{Modalita, Remoto, StatoInvio};
use piattaforma::posizioni::massivo::indirizzo;
use piattaforma::{Connessione, Prodotto};
use store::elenchi::{Elenco, Pagina};
use store::lotti_posizioni::{FiltroLotti, Lotto};

use super::{accoda, connessione, intermediario};
use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Positions of a file: their report, a hundred bytes each, stays within the megabyte that an answer may have.
pub const POSIZIONI_PER_FILE: u32 = 5_000;
/// Lotti that one run brings on.
const LOTTI_PER_GIRO: u32 = 200;
/// Lotti of one operation that a run opens for a dominio: the next run opens others.
const APERTURE_MAX: u32 = 40;
/// After a file that was refused as a whole the calls one by one have this time before another file is tried.
const PAUSA_DOPO_RIFIUTO: Duration = Duration::hours(1);
/// What leaves a lotto unfinished is looked at by a call of its own.
const DA_RIVEDERE: EsitoRiga = EsitoRiga { stato: StatoInvio::DaInviare, remoto: Remoto::Ignoto };

/// What configuration says of the files.
#[derive(Clone, Debug)]
pub struct ImpostazioniMassivo {
    /// Positions of an ente that wait, from which they leave by file; zero: only when it is asked for.
    pub soglia: u64,
    pub posizioni_per_file: u32,
    /// Where the service is, when it is not beside GPD below `/upload`.
    pub url: Option<String>,
    /// Its subscription key, when it is not GPD's.
    pub chiave: Option<String>,
    /// Files are left here, and reports found here, in place of the service: who has an SFTP account carries them.
    pub cartella: Option<PathBuf>,
}

impl Default for ImpostazioniMassivo {
    fn default() -> Self {
        Self { soglia: 1_000, posizioni_per_file: POSIZIONI_PER_FILE, url: None, chiave: None, cartella: None }
    }
}

/// What was opened at somebody's request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LottiAperti {
    pub lotti: u32,
    pub posizioni: u64,
}

/// Where a lotto goes.
struct Strada {
    intermediario: String,
    connessione: Connessione,
}

impl Gateway {
    /// Opens what is due and brings on what is open.
    pub(crate) async fn giro_dei_lotti(&self, turno: &Turno) -> Result<String, Errore> {
        let mut aperti = LottiAperti::default();
        for dominio in self.domini_massivi(None) {
            if turno.continua() && self.puo_aprire(&dominio).await? {
                aperti = aperti.piu(self.apri_lotti(&dominio, self.impostazioni.posizioni.massivo.soglia).await?);
            }
        }
        let mut avanzati = 0;
        while turno.continua() && avanzati < LOTTI_PER_GIRO {
            let Some(lotto) = self.store.lotti_da_fare(1, self.adesso()).await?.into_iter().next() else { break };
            self.avanza(lotto).await?;
            avanzati += 1;
        }
        Ok(format!("Caricamento massivo completato#Lotti aperti: {}, avanzati: {avanzati}.", aperti.lotti))
    }

    /// Positions that wait leave by file, however few, as soon as the job runs. `domini`: those that the caller may see, `None` is all.
    pub async fn carica_posizioni_per_file(&self, domini: Option<&[String]>) -> Result<LottiAperti, Errore> {
        let mut aperti = LottiAperti::default();
        for dominio in self.domini_massivi(domini) {
            aperti = aperti.piu(self.apri_lotti(&dominio, 1).await?);
        }
        if let Some(lavoro) = crate::lavori::trova("posizioni-massive") {
            self.chiedi_lavoro(lavoro).await?;
        }
        Ok(aperti)
    }

    pub async fn elenco_lotti(&self, filtro: &FiltroLotti, pagina: &Pagina) -> Result<Elenco<Lotto>, Errore> {
        Ok(self.store.elenco_lotti(filtro, pagina).await?)
    }

    /// Domini whose positions live in GPD.
    fn domini_massivi(&self, fra: Option<&[String]>) -> Vec<IdDominio> {
        let anagrafica = self.istantanea.attuale();
        let fra = |d: &IdDominio| fra.is_none_or(|f| f.iter().any(|x| x == d.as_str()));
        let con_gpd = anagrafica.domini.values().filter(|d| !d.segregazioni_asincrone.is_empty() && fra(&d.cod));
        con_gpd.filter(|d| accoda::ha_archivio(&anagrafica, d, Modalita::Asincrona)).map(|d| d.cod.clone()).collect()
    }

    async fn puo_aprire(&self, dominio: &IdDominio) -> Result<bool, Errore> {
        if self.impostazioni.posizioni.massivo.soglia == 0 {
            return Ok(false);
        }
        Ok(self.store.ultimo_lotto_rifiutato(dominio).await?.is_none_or(|quando| quando + PAUSA_DOPO_RIFIUTO <= self.adesso()))
    }

    /// `almeno`: fewer positions than these stay with the calls one by one.
    async fn apri_lotti(&self, dominio: &IdDominio, almeno: u64) -> Result<LottiAperti, Errore> {
        let impostazioni = &self.impostazioni.posizioni.massivo;
        let mut aperti = LottiAperti::default();
        for operazione in OperazioneMassiva::TUTTE {
            // By hand only creations are taken: the format of the others is not published for files carried by SFTP.
            if impostazioni.cartella.is_some() && operazione != OperazioneMassiva::Crea {
                continue;
            }
            if self.store.posizioni_per_un_lotto(dominio, operazione, almeno, self.adesso()).await? < almeno {
                continue;
            }
            for _ in 0..APERTURE_MAX {
                let quante = u64::from(impostazioni.posizioni_per_file.max(1));
                let Some(lotto) = self.store.apri_lotto(dominio, operazione, quante, impostazioni.cartella.is_some(), self.adesso()).await? else { break };
                aperti = aperti.piu(LottiAperti { lotti: 1, posizioni: u64::from(lotto.posizioni) });
                if u64::from(lotto.posizioni) < quante {
                    break;
                }
            }
        }
        Ok(aperti)
    }

    /// One lotto, as far as it goes now: it ends, or is due later.
    async fn avanza(&self, lotto: Lotto) -> Result<(), Errore> {
        let strada = match self.strada(&lotto.dominio) {
            Ok(strada) => strada,
            Err(motivo) => return self.rinuncia(&lotto, &motivo).await,
        };
        let (id, stato) = (lotto.id, lotto.stato);
        match stato {
            StatoLotto::DaComporre => self.componi_e_invia(lotto, &strada).await?,
            StatoLotto::InInvio => self.cerca(lotto, &strada).await?,
            StatoLotto::Inviato => self.segui(lotto, &strada).await?,
            StatoLotto::Concluso | StatoLotto::Rifiutato => {}
        }
        tracing::info!(lotto = %id, stato = stato.codice(), "lotto di posizioni avanzato");
        Ok(())
    }

    fn strada(&self, dominio: &IdDominio) -> Result<Strada, String> {
        let anagrafica = self.istantanea.attuale();
        let intermediario = intermediario(&anagrafica, dominio).ok_or("Il dominio non ha piu' un intermediario abilitato")?;
        let gpd = intermediario.connettori.gpd.as_ref().ok_or("L'intermediario non ha piu' il connettore di GPD")?;
        let connessione = connessione(Prodotto::GpdMassivo, &self.connettore_massivo(gpd)).map_err(|e| e.to_string())?;
        Ok(Strada { intermediario: intermediario.cod.clone(), connessione })
    }

    /// The connettore of GPD, at the address of the files.
    fn connettore_massivo(&self, gpd: &ConnettoreServizio) -> ConnettoreServizio {
        let impostazioni = &self.impostazioni.posizioni.massivo;
        let url = impostazioni.url.clone().unwrap_or_else(|| indirizzo(&gpd.url));
        let chiave = impostazioni.chiave.clone().map(domain::anagrafica::Segreto).or_else(|| gpd.subscription_key.clone());
        ConnettoreServizio { url, subscription_key: chiave, ..gpd.clone() }
    }

    /// The lotto is as `dopo` says; when another run has moved it meanwhile, that run goes on with it.
    async fn passa(&self, dopo: &Lotto, da: StatoLotto) -> Result<bool, Errore> {
        let passato = self.store.aggiorna_lotto(dopo, da).await?;
        if !passato {
            tracing::warn!(lotto = %dopo.id, "il lotto e' passato a un altro lavoro");
        }
        Ok(passato)
    }

    /// Later, for this reason: the lotto is in `dopo.stato` from now.
    async fn piu_tardi(&self, dopo: Lotto, da: StatoLotto, fra: Duration, motivo: Option<String>) -> Result<(), Errore> {
        let contata = u32::from(motivo.is_some());
        let dopo = Lotto { prossimo_tentativo: self.adesso() + fra, tentativi: dopo.tentativi.saturating_add(contata), motivo, ..dopo };
        self.passa(&dopo, da).await.map(|_| ())
    }

    /// The file is given up; its positions go on one by one.
    async fn rinuncia(&self, lotto: &Lotto, motivo: &str) -> Result<(), Errore> {
        tracing::warn!(lotto = %lotto.id, dominio = %lotto.dominio, motivo, "lotto di posizioni rifiutato: si comunicano una per una");
        let dopo = Lotto { stato: StatoLotto::Rifiutato, motivo: Some(motivo.to_owned()), ..lotto.clone() };
        // What never left has its place in the archive as it was believed: a look costs one call more, and is never wrong.
        self.store.concludi_lotto(&dopo, lotto.stato, DA_RIVEDERE, motivo, self.adesso()).await?;
        metrics::counter!("fiorino_posizioni_lotti_total", "esito" => StatoLotto::Rifiutato.codice()).increment(1);
        self.campanello_posizioni.notify_one();
        Ok(())
    }
}

impl LottiAperti {
    const fn piu(self, altri: Self) -> Self {
        Self { lotti: self.lotti + altri.lotti, posizioni: self.posizioni + altri.posizioni }
    }
}

/// Before the next look at a file: soon while it is young, then every five minutes.
fn fra_quanto(da: DateTime<Utc>, adesso: DateTime<Utc>) -> Duration {
    ((adesso - da) / 4).clamp(Duration::seconds(5), Duration::minutes(5))
}
