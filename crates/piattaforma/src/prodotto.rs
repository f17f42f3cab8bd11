use std::time::Duration;

use crate::{Ritmo, Soglie};
use outbound::Tempi;

/// A service of pagoPA's platform: each has its own address, subscription key and limits (spec/4 section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Prodotto {
    /// Debt positions of the asynchronous mode.
    Gpd,
    /// The same by files.
    GpdMassivo,
    /// Receipts of the positions that GPD serves.
    GpdRicevute,
    /// The archive that Stand In pays from, fed by the synchronous mode: the operations of GPD at an address of its own.
    Aca,
    /// The older way into the same archive.
    AcaCreatePosition,
    AcaMassivo,
    Checkout,
    /// Flows of rendicontazione.
    Fdr,
    /// Receipts, one by one.
    BizEvents,
    /// IBAN and creditor institutions.
    BackofficeEc,
    Tassonomia,
}

impl Prodotto {
    pub const TUTTI: [Self; 11] = [
        Self::Gpd,
        Self::GpdMassivo,
        Self::GpdRicevute,
        Self::Aca,
        Self::AcaCreatePosition,
        Self::AcaMassivo,
        Self::Checkout,
        Self::Fdr,
        Self::BizEvents,
        Self::BackofficeEc,
        Self::Tassonomia,
    ];

    /// As it is written in configuration, metrics and states.
    #[must_use]
    pub const fn nome(self) -> &'static str {
        match self {
            Self::Gpd => "gpd",
            Self::GpdMassivo => "gpd-massivo",
            Self::GpdRicevute => "gpd-ricevute",
            Self::Aca => "aca",
            Self::AcaCreatePosition => "aca-create-position",
            Self::AcaMassivo => "aca-massivo",
            Self::Checkout => "checkout",
            Self::Fdr => "fdr",
            Self::BizEvents => "biz-events",
            Self::BackofficeEc => "backoffice-ec",
            Self::Tassonomia => "tassonomia",
        }
    }

    #[must_use]
    pub fn leggi(nome: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|p| p.nome() == nome)
    }

    /// Where the product is in production (spec/4 section 2.1).
    #[must_use]
    pub const fn indirizzo_di_produzione(self) -> &'static str {
        match self {
            Self::Gpd => "https://api.platform.pagopa.it/gpd/debt-positions-service/v1",
            Self::GpdMassivo => "https://api.platform.pagopa.it/upload/gpd/debt-positions-service/v1",
            Self::GpdRicevute => "https://api.platform.pagopa.it/gpd/payments-receipts-service/v1",
            Self::Aca => "https://api.platform.pagopa.it/aca/debt-positions-service/v1",
            Self::AcaCreatePosition => "https://api.platform.pagopa.it/aca/v1",
            Self::AcaMassivo => "https://api.platform.pagopa.it/upload/aca/debt-positions-service/v2",
            Self::Checkout => "https://api.platform.pagopa.it/checkout/ec/v1",
            Self::Fdr => "https://api.platform.pagopa.it/fdr-org/service/v1",
            Self::BizEvents => "https://api.platform.pagopa.it/bizevents/service/v1",
            Self::BackofficeEc => "https://api.platform.pagopa.it/backoffice/external/ec/v1",
            Self::Tassonomia => "https://api.platform.pagopa.it/taxonomy/service/v1",
        }
    }

    /// biz-events allows ten calls in any sixty minutes to a subscription: five kept ready and five an hour are never more. pagoPA publishes no number for
    /// the others, which answer 429 when it is too much (spec/4 section 2.11).
    pub(crate) const fn ritmo(self) -> Ritmo {
        match self {
            Self::BizEvents => Ritmo { scorta: 5, ogni: Duration::from_secs(12 * 60) },
            Self::GpdMassivo | Self::AcaMassivo => Ritmo { scorta: 5, ogni: Duration::from_millis(500) },
            Self::Tassonomia | Self::BackofficeEc => Ritmo { scorta: 5, ogni: Duration::from_millis(200) },
            _ => Ritmo { scorta: 50, ogni: Duration::from_millis(20) },
        }
    }

    pub(crate) const fn tempi(self) -> Tempi {
        let lettura = match self {
            // Files of some megabytes, pages of a thousand payments.
            Self::GpdMassivo | Self::AcaMassivo | Self::Fdr | Self::Tassonomia => 30,
            Self::Checkout => 20,
            _ => 10,
        };
        Tempi { connessione: Duration::from_secs(5), lettura: Duration::from_secs(lettura) }
    }

    pub(crate) const fn soglie(self) -> Soglie {
        match self {
            // Somebody waits in front of the page: a circuit that stays open for minutes would be worse than a slow call.
            Self::Checkout => Soglie { fallimenti: 10, chiuso_per: Duration::from_secs(5), chiuso_per_max: Duration::from_secs(15) },
            _ => Soglie { fallimenti: 5, chiuso_per: Duration::from_secs(15), chiuso_per_max: Duration::from_secs(300) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ogni_prodotto_si_rilegge_dal_suo_nome_e_ha_un_indirizzo() {
        for prodotto in Prodotto::TUTTI {
            assert_eq!(Prodotto::leggi(prodotto.nome()), Some(prodotto));
            assert!(outbound::Indirizzo::leggi(prodotto.indirizzo_di_produzione()).is_ok());
        }
        assert_eq!(Prodotto::leggi("altro"), None);
    }

    #[test]
    fn biz_events_non_supera_dieci_chiamate_in_un_ora() {
        let ritmo = Prodotto::BizEvents.ritmo();
        assert!(u128::from(ritmo.scorta) + Duration::from_secs(3600).as_nanos() / ritmo.ogni.as_nanos() <= 10);
    }
}
