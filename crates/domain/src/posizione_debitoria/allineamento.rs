//! From what is wanted and what is known of the archive, the next thing to do (spec/4 sections 3.2 and 3.4).
//!
//! A table without memory: whoever was interrupted, at any point, asks again and goes on. What is not known is read before anything is done.

use super::StatoRemoto;

/// How the archive is to be, without the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scopo {
    Pubblicata,
    Annullata,
    Chiusa,
}

/// What is known of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noto {
    /// A call was made of which nobody knows the end.
    Ignoto,
    Assente,
    Presente {
        stato: StatoRemoto,
        /// It says what we want it to say.
        uguale: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mossa {
    Leggi,
    /// And publish.
    Crea,
    /// And publish.
    Aggiorna,
    Pubblica,
    /// Not payable any more, for ever: [`Mossa::Elimina`] is what brings it back.
    Invalida,
    Elimina,
    /// Paid, not through pagoPA.
    SegnaPagata,
    Fatto(Fine),
}

/// Why there is nothing more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fine {
    /// The archive is as it should be.
    Allineata,
    /// Somebody has paid it there: the receipt will tell, nothing can be changed.
    PagataLa,
    /// The archive never had it, and need not.
    MaiArrivata,
}

/// `altrove`: the archive can be told of a payment that did not go through pagoPA (ACA; GPD has no such operation, so the position is closed to payments).
#[must_use]
pub const fn mossa(scopo: Scopo, noto: Noto, altrove: bool) -> Mossa {
    use StatoRemoto::{Draft, Expired, Invalid, Paid, PartiallyPaid, Published, Reported, Valid};
    match (scopo, noto) {
        (_, Noto::Ignoto) => Mossa::Leggi,
        (Scopo::Pubblicata, Noto::Assente) => Mossa::Crea,
        (Scopo::Annullata | Scopo::Chiusa, Noto::Assente) => Mossa::Fatto(Fine::MaiArrivata),
        (Scopo::Chiusa, Noto::Presente { stato: Paid | Reported, .. }) => Mossa::Fatto(Fine::Allineata),
        (_, Noto::Presente { stato: PartiallyPaid | Paid | Reported, .. }) => Mossa::Fatto(Fine::PagataLa),
        (Scopo::Pubblicata, Noto::Presente { stato: Draft, uguale: true }) => Mossa::Pubblica,
        (Scopo::Pubblicata, Noto::Presente { stato: Published | Valid | Expired, uguale: true }) => Mossa::Fatto(Fine::Allineata),
        (Scopo::Pubblicata, Noto::Presente { stato: Draft | Published | Valid | Expired, uguale: false }) => Mossa::Aggiorna,
        // It cannot be changed any more: what is wanted again is made anew.
        (Scopo::Pubblicata, Noto::Presente { stato: Invalid, .. }) => Mossa::Elimina,
        (_, Noto::Presente { stato: Draft, .. }) => Mossa::Elimina,
        (Scopo::Chiusa, Noto::Presente { stato: Published | Valid, .. }) if altrove => Mossa::SegnaPagata,
        (_, Noto::Presente { stato: Published | Valid, .. }) => Mossa::Invalida,
        // Neither can be paid.
        (_, Noto::Presente { stato: Invalid | Expired, .. }) => Mossa::Fatto(Fine::Allineata),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An archive that follows spec/4 section 3.2. `versione`: which content it has.
    #[derive(Clone, Copy, Debug)]
    struct Archivio(Option<(StatoRemoto, u32)>);

    impl Archivio {
        /// True: done. False: 404 or 409.
        fn esegui(&mut self, mossa: Mossa, versione: u32) -> bool {
            use StatoRemoto::{Draft, Expired, Invalid, Paid, Published, Valid};
            match (mossa, self.0) {
                (Mossa::Crea, None) => self.0 = Some((Valid, versione)),
                (Mossa::Aggiorna, Some((Draft | Published | Valid | Expired, _))) => self.0 = Some((Valid, versione)),
                (Mossa::Pubblica, Some((Draft, v))) => self.0 = Some((Published, v)),
                (Mossa::Invalida, Some((Published | Valid, v))) => self.0 = Some((Invalid, v)),
                (Mossa::SegnaPagata, Some((Published | Valid, v))) => self.0 = Some((Paid, v)),
                (Mossa::Elimina, Some((s, _))) if !s.pagata() => self.0 = None,
                _ => return false,
            }
            true
        }

        fn noto(&self, voluta: u32) -> Noto {
            self.0.map_or(Noto::Assente, |(stato, v)| Noto::Presente { stato, uguale: v == voluta })
        }
    }

    fn archivio() -> impl Strategy<Value = Archivio> {
        prop_oneof![Just(Archivio(None)), (prop::sample::select(StatoRemoto::TUTTI.to_vec()), 0_u32..3).prop_map(|(s, v)| Archivio(Some((s, v))))]
    }

    fn va_bene(archivio: &Archivio, scopo: Scopo, versione: u32) -> bool {
        use StatoRemoto::{Expired, Published, Valid};
        match (archivio.0, scopo) {
            (Some((stato, _)), _) if stato.pagata() => true,
            (Some((Published | Valid | Expired, v)), Scopo::Pubblicata) => v == versione,
            (_, Scopo::Pubblicata) => false,
            (stato, _) => !matches!(stato, Some((Published | Valid, _))),
        }
    }

    proptest! {
        /// Whatever was known, right or wrong, and whichever answers were lost on the way.
        #[test]
        fn da_ovunque_si_arriva(
            mut archivio in archivio(),
            creduto in archivio(),
            altrove: bool,
            scopo in prop::sample::select(vec![Scopo::Pubblicata, Scopo::Annullata, Scopo::Chiusa]),
            perse in prop::collection::vec(0_u8..3, 12),
        ) {
            const VOLUTA: u32 = 9;
            let mut noto = if creduto.0.is_some() { Noto::Ignoto } else { Noto::Assente };
            // Only a creation begins from an archive believed empty: what it meets is told by a refusal.
            if scopo != Scopo::Pubblicata {
                noto = Noto::Ignoto;
            }
            let mut mosse = Vec::new();
            let mut persa = perse.into_iter();
            let fine = loop {
                let m = mossa(scopo, noto, altrove);
                mosse.push(m);
                prop_assert!(mosse.len() < 40, "{mosse:?}");
                match m {
                    Mossa::Fatto(fine) => break fine,
                    Mossa::Leggi => noto = archivio.noto(VOLUTA),
                    altra => {
                        match persa.next().unwrap_or(1) {
                            // Neither done nor answered; done and not answered.
                            0 => noto = Noto::Ignoto,
                            2 => { archivio.esegui(altra, VOLUTA); noto = Noto::Ignoto; }
                            _ => noto = if archivio.esegui(altra, VOLUTA) { archivio.noto(VOLUTA) } else { Noto::Ignoto },
                        }
                    }
                }
            };
            prop_assert!(va_bene(&archivio, scopo, VOLUTA), "{archivio:?} {scopo:?} {fine:?} {mosse:?}");
        }

        #[test]
        fn cio_che_e_pagato_non_si_tocca(
            stato in prop::sample::select(vec![StatoRemoto::PartiallyPaid, StatoRemoto::Paid, StatoRemoto::Reported]),
            uguale: bool,
            altrove: bool,
            scopo in prop::sample::select(vec![Scopo::Pubblicata, Scopo::Annullata, Scopo::Chiusa]),
        ) {
            let ferma = matches!(mossa(scopo, Noto::Presente { stato, uguale }, altrove), Mossa::Fatto(_));
            prop_assert!(ferma);
        }
    }

    #[test]
    fn cio_che_fu_annullato_rinasce() {
        let presente = |stato| Noto::Presente { stato, uguale: true };
        assert_eq!(mossa(Scopo::Annullata, presente(StatoRemoto::Valid), true), Mossa::Invalida);
        assert_eq!(mossa(Scopo::Pubblicata, presente(StatoRemoto::Invalid), true), Mossa::Elimina);
        assert_eq!(mossa(Scopo::Pubblicata, Noto::Assente, true), Mossa::Crea);
    }

    #[test]
    fn gpd_non_sa_dei_pagamenti_fatti_altrove() {
        let valida = Noto::Presente { stato: StatoRemoto::Valid, uguale: true };
        assert_eq!(mossa(Scopo::Chiusa, valida, true), Mossa::SegnaPagata);
        assert_eq!(mossa(Scopo::Chiusa, valida, false), Mossa::Invalida);
    }
}
