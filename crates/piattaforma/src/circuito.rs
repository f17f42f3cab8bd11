use std::time::{Duration, Instant};

/// When a product that fails is left alone, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Soglie {
    /// Failures in a row that open the circuit.
    pub fallimenti: u32,
    /// How long it is left alone the first time; it doubles each time that the trial fails.
    pub chiuso_per: Duration,
    pub chiuso_per_max: Duration,
}

/// How a trial that never ended is forgotten: longer than any call.
const PROVA_MAX: Duration = Duration::from_secs(120);

/// What can be seen of a circuit. Closed: calls pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatoCircuito {
    Chiuso {
        fallimenti: u32,
    },
    /// Nobody calls until `ancora` has passed.
    Aperto {
        motivo: String,
        ancora: Duration,
    },
    /// One call is tried; the others wait for what becomes of it.
    InProva {
        motivo: String,
    },
}

impl StatoCircuito {
    #[must_use]
    pub const fn nome(&self) -> &'static str {
        match self {
            Self::Chiuso { .. } => "chiuso",
            Self::Aperto { .. } => "aperto",
            Self::InProva { .. } => "in prova",
        }
    }
}

#[derive(Debug)]
enum Stato {
    Chiuso { fallimenti: u32 },
    Aperto { motivo: String, fino: Instant },
    InProva { motivo: String, dal: Instant },
}

#[derive(Debug)]
pub(crate) struct Circuito {
    soglie: Soglie,
    stato: Stato,
    /// How long it stays open the next time.
    durata: Duration,
}

/// Why a call does not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interrotto {
    pub motivo: String,
    pub fra: Duration,
}

impl Circuito {
    pub(crate) fn nuovo(soglie: Soglie) -> Self {
        Self { soglie, stato: Stato::Chiuso { fallimenti: 0 }, durata: soglie.chiuso_per }
    }

    /// May a call leave? When the time of an open circuit is over, the first that asks is the trial.
    pub(crate) fn passa(&mut self, adesso: Instant) -> Result<(), Interrotto> {
        let (motivo, fra) = match &self.stato {
            Stato::Chiuso { .. } => return Ok(()),
            Stato::Aperto { motivo, fino } if adesso < *fino => (motivo, *fino - adesso),
            Stato::InProva { motivo, dal } if adesso < *dal + PROVA_MAX => (motivo, self.soglie.chiuso_per),
            Stato::Aperto { motivo, .. } | Stato::InProva { motivo, .. } => {
                self.stato = Stato::InProva { motivo: motivo.clone(), dal: adesso };
                return Ok(());
            }
        };
        Err(Interrotto { motivo: motivo.clone(), fra })
    }

    /// True when this closes a circuit that was not.
    pub(crate) fn riuscita(&mut self) -> bool {
        let era_aperto = !matches!(self.stato, Stato::Chiuso { .. });
        self.stato = Stato::Chiuso { fallimenti: 0 };
        self.durata = self.soglie.chiuso_per;
        era_aperto
    }

    /// True when this opens the circuit.
    pub(crate) fn fallita(&mut self, adesso: Instant, motivo: &str) -> bool {
        match &mut self.stato {
            Stato::Chiuso { fallimenti } => {
                *fallimenti += 1;
                if *fallimenti < self.soglie.fallimenti {
                    return false;
                }
            }
            // A call that left before the others failed says nothing that is not known.
            Stato::Aperto { .. } => return false,
            Stato::InProva { .. } => self.durata = (self.durata * 2).min(self.soglie.chiuso_per_max),
        }
        self.stato = Stato::Aperto { motivo: motivo.to_owned(), fino: adesso + self.durata };
        true
    }

    pub(crate) fn stato(&self, adesso: Instant) -> StatoCircuito {
        match &self.stato {
            Stato::Chiuso { fallimenti } => StatoCircuito::Chiuso { fallimenti: *fallimenti },
            Stato::Aperto { motivo, fino } => StatoCircuito::Aperto { motivo: motivo.clone(), ancora: fino.saturating_duration_since(adesso) },
            Stato::InProva { motivo, .. } => StatoCircuito::InProva { motivo: motivo.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOGLIE: Soglie = Soglie { fallimenti: 2, chiuso_per: Duration::from_secs(10), chiuso_per_max: Duration::from_secs(30) };

    #[test]
    fn si_apre_dopo_i_fallimenti_prova_uno_e_si_richiude() {
        let t = Instant::now();
        let dopo = |s| t + Duration::from_secs(s);
        let mut c = Circuito::nuovo(SOGLIE);
        assert!(!c.fallita(t, "503"));
        assert_eq!(c.passa(t), Ok(()));
        assert!(c.fallita(t, "503"));
        assert_eq!(c.passa(dopo(4)), Err(Interrotto { motivo: "503".to_owned(), fra: Duration::from_secs(6) }));
        assert_eq!(c.stato(dopo(4)), StatoCircuito::Aperto { motivo: "503".to_owned(), ancora: Duration::from_secs(6) });
        assert_eq!(c.passa(dopo(10)), Ok(()));
        assert_eq!(c.stato(dopo(10)).nome(), "in prova");
        assert!(c.passa(dopo(10)).is_err(), "una prova alla volta");
        assert!(c.riuscita());
        assert_eq!(c.passa(dopo(10)), Ok(()));
    }

    #[test]
    fn ogni_prova_fallita_raddoppia_fino_al_massimo() {
        let mut c = Circuito::nuovo(SOGLIE);
        let mut adesso = Instant::now();
        c.fallita(adesso, "x");
        c.fallita(adesso, "x");
        let mut attese = Vec::new();
        for _ in 0..4 {
            let fra = c.passa(adesso).expect_err("aperto").fra;
            attese.push(fra.as_secs());
            adesso += fra;
            assert_eq!(c.passa(adesso), Ok(()));
            assert!(c.fallita(adesso, "x"));
        }
        assert_eq!(attese, [10, 20, 30, 30]);
    }

    #[test]
    fn una_prova_mai_finita_non_tiene_aperto_per_sempre() {
        let mut c = Circuito::nuovo(Soglie { fallimenti: 1, ..SOGLIE });
        let t = Instant::now();
        c.fallita(t, "x");
        assert_eq!(c.passa(t + Duration::from_secs(10)), Ok(()));
        assert!(c.passa(t + Duration::from_secs(100)).is_err());
        assert_eq!(c.passa(t + Duration::from_secs(10) + PROVA_MAX), Ok(()));
    }

    #[test]
    fn un_successo_azzera_il_conto() {
        let mut c = Circuito::nuovo(SOGLIE);
        let t = Instant::now();
        for _ in 0..5 {
            assert!(!c.fallita(t, "x"));
            assert!(!c.riuscita());
        }
        assert_eq!(c.stato(t), StatoCircuito::Chiuso { fallimenti: 0 });
    }
}
