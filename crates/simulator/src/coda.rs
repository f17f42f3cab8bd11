//! The receipts to deliver, kept as the node keeps them: until a final answer, 48 more attempts, one hour apart (spec/4 section 2.6).
//!
//! With a folder, each change of a receipt is a line of `ricevute.jsonl`; the last line of an id holds its state. The file is written before the change
//! is visible, so that a killed process forgets nothing. It is rewritten when most of its lines are old.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::lucchetto;
use crate::messaggi::Versione;

/// Attempts of the node after the first one, before it gives up and waits for a ticket.
pub const RITENTATIVI_MAX: u32 = 48;
/// Receipts in memory: closed ones leave first, the oldest first; with this many open ones no other is taken.
pub const RICEVUTE_MAX: usize = 20_000;
/// Lines of the file beyond those that are needed, after which it is rewritten.
const RIGHE_VECCHIE_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatoRicevuta {
    /// To be delivered, not before this moment (milliseconds of the epoch).
    InAttesa { da_ms: i64 },
    /// Kept by the switch `muto`.
    Trattenuta,
    /// The station said OK.
    Consegnata,
    /// The station said KO, in good form: final.
    Rifiutata { codice: String, descrizione: Option<String> },
    /// All attempts made: only a request brings it back.
    Esaurita,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ricevuta {
    pub id: u64,
    /// receiptId.
    pub token: String,
    pub dominio: String,
    pub avviso: String,
    pub iuv: String,
    pub versione: Versione,
    pub stato: StatoRicevuta,
    pub tentativi: u32,
    /// Outcome of the last attempt, for people.
    pub ultimo_esito: Option<String>,
    /// The message, as it is sent at each attempt.
    pub corpo: String,
}

impl Ricevuta {
    #[must_use]
    pub const fn chiusa(&self) -> bool {
        matches!(self.stato, StatoRicevuta::Consegnata | StatoRicevuta::Rifiutata { .. })
    }
}

struct Archivio {
    percorso: PathBuf,
    file: File,
    righe: usize,
}

#[derive(Default)]
struct Stato {
    ricevute: BTreeMap<u64, Ricevuta>,
    /// Due moment and id of what waits and is not in anybody's hands.
    dovute: BTreeSet<(i64, u64)>,
    ultimo: u64,
    archivio: Option<Archivio>,
}

pub(crate) struct Coda(Mutex<Stato>);

impl Coda {
    /// Reads what a previous life left in the folder. An unreadable last line is what a kill leaves behind, and is dropped.
    pub(crate) fn apri(cartella: Option<&Path>) -> anyhow::Result<Self> {
        let mut stato = Stato::default();
        if let Some(cartella) = cartella {
            std::fs::create_dir_all(cartella).with_context(|| format!("creazione della cartella {}", cartella.display()))?;
            let percorso = cartella.join("ricevute.jsonl");
            if percorso.exists() {
                let file = File::open(&percorso).with_context(|| format!("lettura di {}", percorso.display()))?;
                for riga in BufReader::new(file).split(b'\n') {
                    let riga = riga.with_context(|| format!("lettura di {}", percorso.display()))?;
                    match serde_json::from_slice::<Ricevuta>(&riga) {
                        Ok(ricevuta) => {
                            stato.ultimo = stato.ultimo.max(ricevuta.id);
                            stato.ricevute.insert(ricevuta.id, ricevuta);
                        }
                        Err(errore) if !riga.is_empty() => tracing::warn!(file = %percorso.display(), %errore, "riga illeggibile tra le ricevute, saltata"),
                        Err(_) => {}
                    }
                }
            }
            stato.dovute = stato.ricevute.values().filter_map(dovuta).collect();
            stato.archivio = Some(riscrivi(percorso, &stato.ricevute)?);
        }
        Ok(Self(Mutex::new(stato)))
    }

    /// Takes a receipt in. `Err` when too many wait, or the file cannot be written.
    /// A receipt taken with `in_mano` is delivered by the caller, who must then [`Coda::riponi`] it.
    pub(crate) fn accetta(&self, mut ricevuta: Ricevuta, in_mano: bool) -> anyhow::Result<Ricevuta> {
        let mut stato = lucchetto(&self.0);
        if stato.ricevute.len() >= RICEVUTE_MAX {
            let vecchia = stato.ricevute.values().find(|r| r.chiusa()).map(|r| r.id);
            let Some(vecchia) = vecchia else { anyhow::bail!("{RICEVUTE_MAX} ricevute da consegnare: il simulatore non ne tiene altre") };
            stato.ricevute.remove(&vecchia);
        }
        ricevuta.id = stato.ultimo + 1;
        stato.salva(&ricevuta)?;
        stato.ultimo = ricevuta.id;
        if !in_mano {
            stato.dovute.extend(dovuta(&ricevuta));
        }
        stato.ricevute.insert(ricevuta.id, ricevuta.clone());
        Ok(ricevuta)
    }

    /// Takes in hand what is due at this moment, at most `massimo`: nobody else will find it until it is put back.
    pub(crate) fn prendi_dovute(&self, adesso_ms: i64, massimo: usize) -> Vec<Ricevuta> {
        let mut stato = lucchetto(&self.0);
        let prese: Vec<_> = stato.dovute.iter().take_while(|(da, _)| *da <= adesso_ms).take(massimo).copied().collect();
        for chiave in &prese {
            stato.dovute.remove(chiave);
        }
        prese.iter().filter_map(|(_, id)| stato.ricevute.get(id).cloned()).collect()
    }

    /// Puts back a receipt after an attempt.
    pub(crate) fn riponi(&self, ricevuta: Ricevuta) -> anyhow::Result<()> {
        let mut stato = lucchetto(&self.0);
        let scritta = stato.salva(&ricevuta);
        stato.dovute.extend(dovuta(&ricevuta));
        stato.ricevute.insert(ricevuta.id, ricevuta);
        scritta
    }

    /// Makes due now what is kept or exhausted; with `id`, that receipt whatever its state, unless it is in somebody's hands.
    pub(crate) fn libera(&self, id: Option<u64>, adesso_ms: i64) -> anyhow::Result<usize> {
        let mut stato = lucchetto(&self.0);
        let Stato { ricevute, dovute, .. } = &*stato;
        let scelte: Vec<Ricevuta> = ricevute
            .values()
            .filter(|r| match id {
                Some(id) => r.id == id && (!matches!(r.stato, StatoRicevuta::InAttesa { .. }) || dovuta(r).is_some_and(|d| dovute.contains(&d))),
                None => matches!(r.stato, StatoRicevuta::Trattenuta | StatoRicevuta::Esaurita),
            })
            .cloned()
            .collect();
        for mut ricevuta in scelte.iter().cloned() {
            if let Some(chiave) = dovuta(&ricevuta) {
                stato.dovute.remove(&chiave);
            }
            ricevuta.stato = StatoRicevuta::InAttesa { da_ms: adesso_ms };
            ricevuta.tentativi = 0;
            stato.salva(&ricevuta)?;
            stato.dovute.extend(dovuta(&ricevuta));
            stato.ricevute.insert(ricevuta.id, ricevuta);
        }
        Ok(scelte.len())
    }

    pub(crate) fn una(&self, id: u64) -> Option<Ricevuta> {
        lucchetto(&self.0).ricevute.get(&id).cloned()
    }

    /// The latest first.
    pub(crate) fn ultime(&self, massimo: usize, scelta: impl Fn(&Ricevuta) -> bool) -> Vec<Ricevuta> {
        lucchetto(&self.0).ricevute.values().rev().filter(|r| scelta(r)).take(massimo).cloned().collect()
    }

    /// Milliseconds of the epoch at which the next one is due.
    pub(crate) fn prossima_ms(&self) -> Option<i64> {
        lucchetto(&self.0).dovute.first().map(|(da, _)| *da)
    }

    /// Receipts that a final answer has not closed yet.
    pub(crate) fn aperte(&self) -> usize {
        lucchetto(&self.0).ricevute.values().filter(|r| !r.chiusa()).count()
    }
}

const fn dovuta(r: &Ricevuta) -> Option<(i64, u64)> {
    match r.stato {
        StatoRicevuta::InAttesa { da_ms } => Some((da_ms, r.id)),
        _ => None,
    }
}

impl Stato {
    fn salva(&mut self, ricevuta: &Ricevuta) -> anyhow::Result<()> {
        let utili = self.ricevute.len();
        let Some(archivio) = self.archivio.as_mut() else { return Ok(()) };
        if archivio.righe > utili + RIGHE_VECCHIE_MAX {
            let percorso = archivio.percorso.clone();
            *archivio = riscrivi(percorso, &self.ricevute)?;
        }
        let mut riga = serde_json::to_vec(ricevuta)?;
        riga.push(b'\n');
        archivio.file.write_all(&riga).with_context(|| format!("scrittura di {}", archivio.percorso.display()))?;
        archivio.righe += 1;
        Ok(())
    }
}

/// Writes one line per receipt in a new file, puts it in the place of the old one, and opens it for what follows.
fn riscrivi(percorso: PathBuf, ricevute: &BTreeMap<u64, Ricevuta>) -> anyhow::Result<Archivio> {
    let contesto = || format!("riscrittura di {}", percorso.display());
    let nuovo = percorso.with_extension("jsonl.nuovo");
    let mut file = std::io::BufWriter::new(File::create(&nuovo).with_context(contesto)?);
    for ricevuta in ricevute.values() {
        serde_json::to_writer(&mut file, ricevuta)?;
        file.write_all(b"\n").with_context(contesto)?;
    }
    file.into_inner().map_err(|e| anyhow::anyhow!("{e}")).and_then(|f| f.sync_all().map_err(Into::into)).with_context(contesto)?;
    std::fs::rename(&nuovo, &percorso).with_context(contesto)?;
    let file = OpenOptions::new().append(true).open(&percorso).with_context(contesto)?;
    Ok(Archivio { percorso, file, righe: ricevute.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ricevuta(token: &str) -> Ricevuta {
        Ricevuta {
            id: 0,
            token: token.into(),
            dominio: "12345678901".into(),
            avviso: "301000000000000128".into(),
            iuv: "01000000000000128".into(),
            versione: Versione::V2,
            stato: StatoRicevuta::InAttesa { da_ms: 5 },
            tentativi: 0,
            ultimo_esito: None,
            corpo: "<x/>".into(),
        }
    }

    #[test]
    fn una_ricevuta_in_mano_non_e_presa_da_altri() {
        let coda = Coda::apri(None).expect("coda");
        coda.accetta(ricevuta("a"), true).expect("presa");
        let b = coda.accetta(ricevuta("b"), false).expect("presa");
        assert_eq!(coda.prendi_dovute(4, 10), []);
        assert_eq!(coda.prendi_dovute(5, 10), std::slice::from_ref(&b));
        assert_eq!(coda.prendi_dovute(5, 10), []);
        coda.riponi(b.clone()).expect("riposta");
        assert_eq!(coda.prendi_dovute(5, 10), [b]);
    }

    #[test]
    fn una_riga_a_meta_non_fa_perdere_le_altre_e_il_file_si_accorcia() {
        let cartella = tempfile::tempdir().expect("cartella");
        let percorso = cartella.path().join("ricevute.jsonl");
        {
            let coda = Coda::apri(Some(cartella.path())).expect("coda");
            let mut a = coda.accetta(ricevuta("a"), false).expect("presa");
            for tentativi in 1..=3 {
                a.tentativi = tentativi;
                coda.riponi(a.clone()).expect("riposta");
            }
        }
        let intero = std::fs::read_to_string(&percorso).expect("letto");
        assert_eq!(intero.lines().count(), 4);
        std::fs::write(&percorso, format!("{intero}{{\"id\":2,\"tok")).expect("scritto");
        let coda = Coda::apri(Some(cartella.path())).expect("riaperta");
        let prese = coda.prendi_dovute(5, 10);
        assert_eq!(prese.iter().map(|r| (r.token.as_str(), r.tentativi)).collect::<Vec<_>>(), [("a", 3)]);
        assert_eq!(std::fs::read_to_string(&percorso).expect("letto").lines().count(), 1);
    }
}
