//! Who exists and what each may do: an immutable snapshot with a version.
//!
//! Everything is behind an `Arc` per entity in a persistent map, so that a write or a reload copies only what changed. Logos and template
//! sources stay out of it.
//!
//! - [`pagopa`]: intermediari and stazioni; [`connettore`]: how we call others;
//! - [`creditore`]: domini with their unità operative, conti and entrate; [`esportazione`]: their connectors to accounting products;
//! - [`tipo_pendenza`]: kinds of pendenza;
//! - [`gestore`]: which applicazione answers for an IUV;
//! - [`utenza`]: logins, applicazioni, operatori, ruoli, rights;
//! - [`configurazione`]: the blocks of `configurazioni`;
//! - [`scrittura`]: a change as a value.

pub mod configurazione;
pub mod connettore;
pub mod creditore;
pub mod esportazione;
pub mod gestore;
pub mod pagopa;
pub mod scrittura;
pub mod tipo_pendenza;
pub mod utenza;

use std::sync::Arc;

use codici::iuv::Numerazione;
use codici::{AuxDigit, IdDominio, Iuv, NumeroAvviso};
use rpds::RedBlackTreeMapSync;

pub use configurazione::{BloccoConfigurazione, Configurazione};
pub use connettore::{Autenticazione, ConnettoreEnte, ConnettoriIntermediario, Segreto, VersioneEnte};
pub use creditore::{ContoAccredito, Dominio, ENTRATA_BOLLO, Entrata, EntrataDominio, Recapiti, TipoEntrata, UO_ENTE, UnitaOperativa};
pub use esportazione::ConnettoriDominio;
pub use gestore::EspressioneIuv;
pub use pagopa::{Intermediario, RicevutaIgnota, RicevutaRipetuta, Stazione, VersioneStazione};
pub use scrittura::Scrittura;
pub use tipo_pendenza::{BlocchiPerTipo, BlocchiTipo, SeEnteNonRisponde, TipoPendenza, TipoPendenzaDominio, UsiTipo};
pub use utenza::{Acl, AmbitoUo, Applicazione, Diritto, Operatore, Ruolo, Servizio, Utenza};

/// Ordered by key, shared between snapshots.
pub type Tabella<K, V> = RedBlackTreeMapSync<K, Arc<V>>;

/// The whole anagrafica as of `versione`.
#[derive(Clone, Debug, Default)]
pub struct Anagrafica {
    /// Grows with every write; two snapshots of one version are equal.
    pub versione: i64,
    pub intermediari: Tabella<String, Intermediario>,
    pub stazioni: Tabella<String, Stazione>,
    pub domini: Tabella<IdDominio, Dominio>,
    pub unita_operative: Tabella<(IdDominio, String), UnitaOperativa>,
    pub conti: Tabella<(IdDominio, String), ContoAccredito>,
    pub tipi_entrata: Tabella<String, TipoEntrata>,
    pub entrate: Tabella<(IdDominio, String), EntrataDominio>,
    pub tipi_pendenza: Tabella<String, TipoPendenza>,
    pub tipi_pendenza_dominio: Tabella<(IdDominio, String), TipoPendenzaDominio>,
    pub applicazioni: Tabella<String, Applicazione>,
    pub operatori: Tabella<String, Operatore>,
    pub utenze: Tabella<String, Utenza>,
    pub ruoli: Tabella<String, Ruolo>,
    pub configurazione: Arc<Configurazione>,
    /// Principal of an applicazione to its code.
    pub applicazione_per_principal: RedBlackTreeMapSync<String, String>,
}

impl Anagrafica {
    #[must_use]
    pub fn dominio(&self, dominio: &IdDominio) -> Option<&Arc<Dominio>> {
        self.domini.get(dominio)
    }

    #[must_use]
    pub fn conto(&self, dominio: &IdDominio, iban: &str) -> Option<&Arc<ContoAccredito>> {
        self.conti.get(&(dominio.clone(), iban.to_owned()))
    }

    #[must_use]
    pub fn entrata(&self, dominio: &IdDominio, cod: &str) -> Option<Entrata> {
        let tipo = self.tipi_entrata.get(cod)?;
        self.entrate.get(&(dominio.clone(), cod.to_owned())).map(|e| Entrata::di(tipo, e))
    }

    /// What belongs to a dominio in a table, in the order of its keys.
    pub fn di_dominio<'a, V>(tabella: &'a Tabella<(IdDominio, String), V>, dominio: &'a IdDominio) -> impl Iterator<Item = (&'a str, &'a Arc<V>)> + 'a {
        let da = (dominio.clone(), String::new());
        tabella.range(da..).take_while(move |((d, _), _)| d == dominio).map(|((_, cod), v)| (cod.as_str(), v))
    }

    /// The ruoli of a login that exist.
    #[must_use]
    pub fn ruoli_di(&self, utenza: &Utenza) -> Vec<Arc<Ruolo>> {
        utenza.ruoli.iter().filter_map(|r| self.ruoli.get(r).cloned()).collect()
    }

    #[must_use]
    pub fn unita_operativa(&self, dominio: &IdDominio, cod: &str) -> Option<&Arc<UnitaOperativa>> {
        self.unita_operative.get(&(dominio.clone(), cod.to_owned()))
    }

    #[must_use]
    pub fn applicazione_di(&self, principal: &str) -> Option<&Arc<Applicazione>> {
        self.applicazione_per_principal.get(principal).and_then(|cod| self.applicazioni.get(cod))
    }

    /// How a dominio numbers its avvisi; `None` when its configuration lacks what its aux digit needs.
    #[must_use]
    pub fn numerazione(&self, dominio: &Dominio) -> Option<Numerazione> {
        match dominio.aux_digit {
            AuxDigit::Zero => {
                let stazione = dominio.stazione.as_ref().and_then(|s| self.stazioni.get(s))?;
                Some(Numerazione::Aux0 { application_code: stazione.application_code })
            }
            AuxDigit::Uno => Some(Numerazione::Aux1),
            AuxDigit::Due => Some(Numerazione::Aux2),
            AuxDigit::Tre => dominio.segregation_code.map(|segregation_code| Numerazione::Aux3 { segregation_code }),
        }
    }

    /// The numero avviso that an IUV of a dominio has; `None` for one that cannot be of an avviso of it.
    #[must_use]
    pub fn avviso_di_iuv(&self, dominio: &IdDominio, iuv: &Iuv) -> Option<NumeroAvviso> {
        let testa = match self.numerazione(self.dominio(dominio)?)? {
            Numerazione::Aux0 { application_code } => format!("0{application_code:02}"),
            Numerazione::Aux1 => "1".to_owned(),
            Numerazione::Aux2 => "2".to_owned(),
            Numerazione::Aux3 { .. } => "3".to_owned(),
        };
        NumeroAvviso::leggi(&format!("{testa}{iuv}")).ok()
    }

    /// The codifica IUV of a tipo pendenza, the dominio's first.
    #[must_use]
    pub fn codifica_iuv_tipo(&self, dominio: &IdDominio, tipo: &str) -> Option<&str> {
        self.tipi_pendenza_dominio
            .get(&(dominio.clone(), tipo.to_owned()))
            .and_then(|t| t.codifica_iuv.as_deref())
            .or_else(|| self.tipi_pendenza.get(tipo).and_then(|t| t.codifica_iuv.as_deref()))
    }
}
