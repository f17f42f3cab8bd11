//! The level of service of the station, as pagoPA counts it (spec/4 section 7.2): the share of answers within two seconds, per operation, station and month;
//! the time of unavailability; whether Stand In threatens.
//!
//! A call is counted in memory, and the counts of a minute are added to the archive once: no write for each call. A kill loses at most the counts since the last turn of
//! the job, and never an answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use domain::calendario;
use store::livelli::{Conteggio, Livello, Minuto};

use crate::{Errore, Gateway};

/// An answer within this is in time.
const ENTRO_MS: i64 = 2_000;
/// Share of answers in time that is asked of a month, in thousandths.
pub const ENTRO_MILLESIMI: i64 = 980;
/// Stand In looks at this stretch, and begins below half of the answers (spec/4 section 7.2).
const FINESTRA_STAND_IN: Duration = Duration::minutes(30);
/// Counters in memory: stations that nobody registered are counted together.
const CONTATORI_MAX: usize = 4_096;
const ALTRE: &str = "altre";

/// Minute, station and operation of a count.
type Chiave = (DateTime<Utc>, String, String);

/// What a node has counted and not yet written.
#[derive(Default)]
pub struct Contatori(Mutex<HashMap<Chiave, Conto>>);

#[derive(Clone, Copy, Default)]
struct Conto {
    risposte: i64,
    entro: i64,
    guasti: i64,
    durata_ms: i64,
    durata_ms_max: i64,
}

impl Contatori {
    fn segna(&self, minuto: DateTime<Utc>, stazione: &str, operazione: &str, durata_ms: i64, guasto: bool) {
        let mut conti = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stazione = if conti.len() < CONTATORI_MAX { stazione } else { ALTRE };
        let conto = conti.entry((minuto, stazione.to_owned(), operazione.to_owned())).or_default();
        conto.risposte += 1;
        conto.entro += i64::from(!guasto && durata_ms <= ENTRO_MS);
        conto.guasti += i64::from(guasto);
        conto.durata_ms += durata_ms;
        conto.durata_ms_max = conto.durata_ms_max.max(durata_ms);
    }

    fn togli(&self) -> Vec<Conteggio> {
        let conti = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let conteggio = |((minuto, stazione, operazione), c): (Chiave, Conto)| Conteggio {
            minuto,
            stazione,
            operazione,
            risposte: c.risposte,
            entro: c.entro,
            guasti: c.guasti,
            durata_ms: c.durata_ms,
            durata_ms_max: c.durata_ms_max,
        };
        conti.into_iter().map(conteggio).collect()
    }

    /// Puts back what could not be written.
    fn rimetti(&self, conteggi: Vec<Conteggio>) {
        let mut conti = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for c in conteggi {
            let conto = conti.entry((c.minuto, c.stazione, c.operazione)).or_default();
            conto.risposte += c.risposte;
            conto.entro += c.entro;
            conto.guasti += c.guasti;
            conto.durata_ms += c.durata_ms;
            conto.durata_ms_max = conto.durata_ms_max.max(c.durata_ms_max);
        }
    }
}

/// A month of a station.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivelloStazione {
    pub stazione: String,
    pub operazioni: Vec<Livello>,
    /// Minutes in which no call was answered, and somebody called.
    pub minuti_fermi: u64,
}

/// Share of answers in the last half hour, of a station that was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disponibilita {
    pub stazione: String,
    pub risposte: i64,
    pub guasti: i64,
}

impl Disponibilita {
    /// Below half pagoPA answers in our place.
    #[must_use]
    pub const fn minaccia_stand_in(&self) -> bool {
        self.risposte > 0 && self.guasti * 2 > self.risposte
    }
}

impl Gateway {
    /// Counts an answer to the node. `guasto`: it was not answered, by an error of ours.
    pub fn conta_risposta(&self, stazione: &str, operazione: &str, durata_ms: i64, guasto: bool) {
        let minuto = minuto(self.adesso());
        let anagrafica = self.istantanea.attuale();
        // Names from outside make no counters of their own.
        let stazione = if anagrafica.stazioni.contains_key(stazione) { stazione } else { ALTRE };
        self.livelli.segna(minuto, stazione, operazione, durata_ms, guasto);
    }

    /// Adds what this node has counted to the archive.
    pub(crate) async fn scrivi_livelli(&self) -> Result<String, Errore> {
        let conteggi = self.livelli.togli();
        if let Err(errore) = self.store.scrivi_livelli(&self.nome_nodo(), &conteggi).await {
            self.livelli.rimetti(conteggi);
            return Err(errore.into());
        }
        self.misura_livelli().await?;
        Ok(format!("Livello di servizio scritto#Conteggi: {}.", conteggi.len()))
    }

    /// The months of Europe/Rome, as pagoPA's reports.
    pub async fn livelli_del_mese(&self, anno: i32, mese: u32) -> Result<Vec<LivelloStazione>, Errore> {
        let Some((da, a)) = estremi(anno, mese) else { return Ok(Vec::new()) };
        let livelli = self.store.livelli(da, a).await?;
        let fermi = self.store.minuti_con_guasti(da, a).await?;
        let mut stazioni: Vec<LivelloStazione> = Vec::new();
        for livello in livelli {
            match stazioni.last_mut().filter(|s| s.stazione == livello.stazione) {
                Some(s) => s.operazioni.push(livello),
                None => {
                    let minuti_fermi = fermi.iter().filter(|m| m.stazione == livello.stazione && fermo(m)).count() as u64;
                    stazioni.push(LivelloStazione { stazione: livello.stazione.clone(), operazioni: vec![livello], minuti_fermi });
                }
            }
        }
        Ok(stazioni)
    }

    /// The last half hour of every station that was called.
    pub async fn disponibilita(&self) -> Result<Vec<Disponibilita>, Errore> {
        let adesso = self.adesso();
        let mut stazioni: Vec<Disponibilita> = Vec::new();
        for l in self.store.livelli(minuto(adesso - FINESTRA_STAND_IN), adesso + Duration::minutes(1)).await? {
            match stazioni.last_mut().filter(|s| s.stazione == l.stazione) {
                Some(s) => (s.risposte, s.guasti) = (s.risposte + l.risposte, s.guasti + l.guasti),
                None => stazioni.push(Disponibilita { stazione: l.stazione, risposte: l.risposte, guasti: l.guasti }),
            }
        }
        Ok(stazioni)
    }

    async fn misura_livelli(&self) -> Result<(), Errore> {
        let oggi = calendario::oggi(self.adesso());
        for s in self.livelli_del_mese(oggi.year(), oggi.month()).await? {
            for l in &s.operazioni {
                let quota = if l.risposte > 0 { l.entro as f64 / l.risposte as f64 } else { 1.0 };
                metrics::gauge!("fiorino_livello_entro_due_secondi", "stazione" => s.stazione.clone(), "operazione" => l.operazione.clone()).set(quota);
            }
            metrics::gauge!("fiorino_livello_minuti_fermi", "stazione" => s.stazione.clone()).set(s.minuti_fermi as f64);
        }
        for d in self.disponibilita().await? {
            let quota = 1.0 - d.guasti as f64 / d.risposte.max(1) as f64;
            metrics::gauge!("fiorino_livello_disponibilita_mezzora", "stazione" => d.stazione).set(quota);
        }
        Ok(())
    }
}

/// Nobody was answered.
const fn fermo(m: &Minuto) -> bool {
    m.guasti > 0 && m.guasti >= m.risposte
}

fn minuto(t: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(t.timestamp().div_euclid(60) * 60, 0).unwrap_or(t)
}

/// First instant of a month in Italy, and of the next.
fn estremi(anno: i32, mese: u32) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let primo = NaiveDate::from_ymd_opt(anno, mese, 1)?;
    let prossimo = primo.checked_add_months(chrono::Months::new(1))?;
    Some((calendario::inizio_giorno(primo), calendario::inizio_giorno(prossimo)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_guasto_non_e_mai_in_tempo_e_due_secondi_lo_sono_ancora() {
        let contatori = Contatori::default();
        let adesso = minuto("2026-11-22T10:00:42Z".parse().expect("istante"));
        for (durata, guasto) in [(10, false), (2_000, false), (2_001, false), (5, true)] {
            contatori.segna(adesso, "S", "paGetPayment", durata, guasto);
        }
        let tolti = contatori.togli();
        let [c] = tolti.as_slice() else { panic!("{tolti:?}") };
        assert_eq!((c.risposte, c.entro, c.guasti, c.durata_ms_max), (4, 2, 1, 2_001));
        assert_eq!(c.minuto.to_rfc3339(), "2026-11-22T10:00:00+00:00");
        assert!(contatori.togli().is_empty());
        contatori.rimetti(tolti.clone());
        assert_eq!(contatori.togli(), tolti, "cio' che non si e' scritto non si perde");
    }

    #[test]
    fn un_mese_e_quello_italiano() {
        let (da, a) = estremi(2026, 11).expect("mese");
        assert_eq!((da.to_rfc3339(), a.to_rfc3339()), ("2026-10-31T23:00:00+00:00".to_owned(), "2026-11-30T23:00:00+00:00".to_owned()));
        assert_eq!(estremi(2026, 13), None);
    }

    #[test]
    fn lo_stand_in_comincia_sotto_la_meta() {
        let di = |risposte, guasti| Disponibilita { stazione: String::new(), risposte, guasti }.minaccia_stand_in();
        assert_eq!([di(10, 5), di(10, 6), di(0, 0)], [false, true, false]);
    }
}
