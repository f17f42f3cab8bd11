//! Which applicazione answers for an IUV that nobody has loaded (spec/1 section 7.4, spec/3 section 1.5).

use std::sync::Arc;

use codici::{IdDominio, Iuv};
use regex::{Error, Regex, RegexBuilder};

use super::{Anagrafica, Applicazione};

/// Bytes of a compiled expression. One that is kept must be read again by every node with the default limit, which is ten times as much.
const BYTE_ESPRESSIONE_MAX: usize = 1 << 20;

/// `regExpIuv`: what is shown is as it was written, what is matched is the whole IUV.
#[derive(Clone, Debug)]
pub struct EspressioneIuv {
    testo: String,
    intera: Regex,
}

impl EspressioneIuv {
    /// What our engine takes: it has no look-around and no back references, so that no expression can hold a payment up.
    ///
    /// # Errors
    /// For what is no expression, or too large a one.
    pub fn nuova(testo: &str) -> Result<Self, Error> {
        // By itself first: two halves of a group may become one between the parentheses below.
        RegexBuilder::new(testo).size_limit(BYTE_ESPRESSIONE_MAX).build()?;
        Self::rileggi(testo)
    }

    /// One that was accepted before.
    ///
    /// # Errors
    /// As [`Self::nuova`].
    pub fn rileggi(testo: &str) -> Result<Self, Error> {
        Ok(Self { intera: Regex::new(&format!("^(?:{testo})$"))?, testo: testo.to_owned() })
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.testo
    }

    #[must_use]
    pub fn riconosce(&self, iuv: &Iuv) -> bool {
        self.intera.is_match(iuv.as_str())
    }
}

/// What an applicazione has to do with an IUV.
#[derive(Clone, Debug)]
pub struct Candidata<'a> {
    pub applicazione: &'a Arc<Applicazione>,
    pub su_dominio: bool,
    /// Whether its expression takes the whole IUV; `None` when it has none.
    pub riconosce: Option<bool>,
}

impl Candidata<'_> {
    /// It could answer although it does not say which IUVs are its own.
    fn senza_espressione(&self) -> bool {
        self.su_dominio && self.riconosce.is_none() && self.applicazione.connettore.is_some()
    }
}

impl Anagrafica {
    /// Every applicazione before an IUV, in the order in which they are asked about it.
    pub fn candidate<'a>(&'a self, dominio: &'a IdDominio, iuv: &'a Iuv) -> impl Iterator<Item = Candidata<'a>> + 'a {
        self.applicazioni.values().map(move |applicazione| Candidata {
            su_dominio: self.utenze.get(&applicazione.principal).is_some_and(|u| u.su_dominio(dominio)),
            riconosce: applicazione.reg_exp_iuv.as_ref().map(|e| e.riconosce(iuv)),
            applicazione,
        })
    }

    /// The first that is authorised on the dominio and whose expression takes the IUV; when no expression does, the only one that has a connettore and no
    /// expression, if there is exactly one.
    #[must_use]
    pub fn gestore_iuv<'a>(&'a self, dominio: &'a IdDominio, iuv: &'a Iuv) -> Option<&'a Arc<Applicazione>> {
        let dichiarata = self.candidate(dominio, iuv).find(|c| c.su_dominio && c.riconosce == Some(true));
        let sola = || {
            let mut mute = self.candidate(dominio, iuv).filter(Candidata::senza_espressione);
            mute.next().filter(|_| mute.next().is_none())
        };
        dichiarata.or_else(sola).map(|c| c.applicazione)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anagrafica::{AmbitoUo, ConnettoreEnte, Servizio, Utenza, VersioneEnte};
    use codici::NumeroAvviso;

    fn dominio(cod: &str) -> IdDominio {
        IdDominio::leggi(cod).expect("dominio")
    }

    fn iuv() -> Iuv {
        NumeroAvviso::leggi("301000000000004275").expect("avviso").iuv()
    }

    fn anagrafica(applicazioni: &[(&str, Option<&str>, bool, Option<&str>)]) -> Anagrafica {
        let mut a = Anagrafica::default();
        for (cod, espressione, connesso, solo_su) in applicazioni {
            let connettore = connesso.then(|| ConnettoreEnte { url: "http://ente.example".to_owned(), versione: VersioneEnte::V2, autenticazione: None });
            let reg_exp_iuv = espressione.map(|e| EspressioneIuv::nuova(e).expect("espressione"));
            let domini = solo_su.map(|d| [(dominio(d), AmbitoUo::Tutte)].into_iter().collect());
            let utenza = Utenza { domini, ..Utenza::piena(cod, None, &[Servizio::ApiPendenze]) };
            a.utenze.insert_mut(utenza.principal.clone(), Arc::new(utenza));
            a.applica_applicazione(Applicazione { reg_exp_iuv, connettore, ..Applicazione::nuova(cod, cod) });
        }
        a
    }

    fn gestore(applicazioni: &[(&str, Option<&str>, bool, Option<&str>)]) -> Option<String> {
        anagrafica(applicazioni).gestore_iuv(&dominio("12345678901"), &iuv()).map(|a| a.cod.clone())
    }

    #[test]
    fn l_espressione_vale_per_lo_iuv_intero() {
        let riconosce = |e: &str| EspressioneIuv::nuova(e).expect("espressione").riconosce(&iuv());
        assert!(riconosce("01[0-9]*") && riconosce("[0-9]{17}") && riconosce("0|01000000000004275"));
        assert!(!riconosce("01") && !riconosce("02.*") && !riconosce(""));
        for guasta in [")|(", "(?=0).*", "((a{1000}){1000}){1000}"] {
            assert!(EspressioneIuv::nuova(guasta).is_err(), "{guasta}");
        }
        assert_eq!(EspressioneIuv::nuova("01.*").expect("espressione").as_str(), "01.*");
    }

    #[test]
    fn risponde_la_prima_che_si_riconosce_ed_e_autorizzata() {
        assert_eq!(gestore(&[("B", Some("01.*"), true, None), ("A", Some("01.*"), true, None)]).as_deref(), Some("A"));
        assert_eq!(gestore(&[("A", Some("02.*"), true, None), ("B", Some("01.*"), false, None)]).as_deref(), Some("B"));
        assert_eq!(gestore(&[("A", Some("01.*"), true, Some("12345678902")), ("B", Some("01.*"), true, Some("12345678901"))]).as_deref(), Some("B"));
        assert_eq!(gestore(&[("A", Some("02.*"), true, None)]), None);
    }

    #[test]
    fn chi_non_dice_quali_sono_i_suoi_risponde_se_e_sola() {
        assert_eq!(gestore(&[("A", None, true, None)]).as_deref(), Some("A"));
        assert_eq!(gestore(&[("A", None, true, None), ("PORTALE", None, false, None)]).as_deref(), Some("A"));
        assert_eq!(gestore(&[("A", None, true, None), ("B", None, true, None)]), None);
        assert_eq!(gestore(&[("A", None, true, None), ("B", Some("01.*"), true, None)]).as_deref(), Some("B"));
        assert_eq!(gestore(&[("A", None, true, Some("12345678902"))]), None);
    }
}
