use std::time::{Duration, Instant};

/// How often a product may be called: `scorta` calls at once, and one more each `ogni`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ritmo {
    pub scorta: u32,
    pub ogni: Duration,
}

/// A bucket of tokens, kept as the instant at which it will be full again: no counter to refill, no rounding that adds up.
#[derive(Debug)]
pub(crate) struct Secchio {
    ritmo: Ritmo,
    pieno_dal: Instant,
    /// The other side said to wait (429 with `Retry-After`).
    fermo_fino: Option<Instant>,
}

impl Secchio {
    pub(crate) fn nuovo(ritmo: Ritmo, adesso: Instant) -> Self {
        let ritmo = Ritmo { scorta: ritmo.scorta.max(1), ogni: ritmo.ogni };
        Self { ritmo, pieno_dal: adesso, fermo_fino: None }
    }

    /// A token, or how long until there is one.
    pub(crate) fn prendi(&mut self, adesso: Instant) -> Result<(), Duration> {
        if let Some(pausa) = self.pausa(adesso) {
            return Err(pausa);
        }
        let pieno = self.pieno_dal.max(adesso);
        let dopo = pieno + self.ritmo.ogni;
        let attesa = dopo.saturating_duration_since(adesso).saturating_sub(self.ritmo.ogni.saturating_mul(self.ritmo.scorta));
        if attesa > Duration::ZERO {
            return Err(attesa);
        }
        self.pieno_dal = dopo;
        Ok(())
    }

    /// Nobody calls before then. A shorter pause does not take back a longer one.
    pub(crate) fn ferma(&mut self, adesso: Instant, per: Duration) {
        let fino = adesso + per;
        self.fermo_fino = Some(self.fermo_fino.map_or(fino, |prima| prima.max(fino)));
    }

    pub(crate) fn pausa(&self, adesso: Instant) -> Option<Duration> {
        self.fermo_fino.map(|f| f.saturating_duration_since(adesso)).filter(|p| *p > Duration::ZERO)
    }

    /// Calls that could be made right now.
    pub(crate) fn gettoni(&self, adesso: Instant) -> u32 {
        let mancante = self.pieno_dal.saturating_duration_since(adesso).as_nanos();
        let spesi = mancante.div_ceil(self.ritmo.ogni.as_nanos().max(1));
        self.ritmo.scorta.saturating_sub(u32::try_from(spesi).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RITMO: Ritmo = Ritmo { scorta: 3, ogni: Duration::from_secs(10) };

    #[test]
    fn la_scorta_e_poi_uno_alla_volta() {
        let inizio = Instant::now();
        let dopo = |s| inizio + Duration::from_secs(s);
        let mut secchio = Secchio::nuovo(RITMO, inizio);
        assert_eq!([0, 0, 0].map(|s| secchio.prendi(dopo(s))), [Ok(()); 3]);
        assert_eq!(secchio.prendi(dopo(0)), Err(Duration::from_secs(10)));
        assert_eq!(secchio.prendi(dopo(4)), Err(Duration::from_secs(6)));
        assert_eq!(secchio.prendi(dopo(10)), Ok(()));
        assert_eq!(secchio.gettoni(dopo(10)), 0);
        // A long rest does not save more than the stock.
        assert_eq!(secchio.gettoni(dopo(1000)), 3);
        assert_eq!([1000; 4].map(|s| secchio.prendi(dopo(s)).is_ok()), [true, true, true, false]);
    }

    #[test]
    fn chi_ci_ha_chiesto_di_aspettare_non_si_chiama() {
        let inizio = Instant::now();
        let mut secchio = Secchio::nuovo(RITMO, inizio);
        secchio.ferma(inizio, Duration::from_secs(30));
        secchio.ferma(inizio, Duration::from_secs(5));
        assert_eq!(secchio.prendi(inizio + Duration::from_secs(10)), Err(Duration::from_secs(20)));
        assert_eq!(secchio.prendi(inizio + Duration::from_secs(30)), Ok(()));
    }

    proptest! {
        #[test]
        fn in_nessuna_finestra_piu_della_scorta_e_del_ricambio(scorta in 1_u32..20, ogni_ms in 1_u64..500, passi in prop::collection::vec(0_u64..300, 1..200)) {
            let ritmo = Ritmo { scorta, ogni: Duration::from_millis(ogni_ms) };
            let inizio = Instant::now();
            let mut secchio = Secchio::nuovo(ritmo, inizio);
            let (mut ora_ms, mut prese) = (0, Vec::new());
            for passo in passi {
                ora_ms += passo;
                if secchio.prendi(inizio + Duration::from_millis(ora_ms)).is_ok() {
                    prese.push(ora_ms);
                }
            }
            for (i, da) in prese.iter().enumerate() {
                for (j, a) in prese.iter().enumerate().skip(i) {
                    prop_assert!((j - i + 1) as u64 <= u64::from(scorta) + (a - da) / ogni_ms);
                }
            }
        }

        #[test]
        fn dopo_l_attesa_detta_il_gettone_c_e(scorta in 1_u32..5, ogni_ms in 1_u64..500) {
            let inizio = Instant::now();
            let mut secchio = Secchio::nuovo(Ritmo { scorta, ogni: Duration::from_millis(ogni_ms) }, inizio);
            while secchio.prendi(inizio).is_ok() {}
            let attesa = secchio.prendi(inizio).expect_err("vuoto");
            prop_assert_eq!(secchio.prendi(inizio + attesa), Ok(()));
        }
    }
}
