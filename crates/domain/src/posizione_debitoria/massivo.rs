//! Positions sent many at a time: a lotto is one file of one operation for one ente (spec/4 section 3.6).
//!
//! The rows are those of the one queue, and the file moves them as a call of their own would; what the report leaves open goes back to the calls one by one,
//! which look before they do anything.

use super::{Remoto, StatoInvio, StatoRemoto};

/// What a file asks for its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperazioneMassiva {
    /// And publish.
    Crea,
    /// And publish.
    Aggiorna,
    Elimina,
}

impl OperazioneMassiva {
    /// In the order in which a turn begins them: what can be paid and should not comes first.
    pub const TUTTE: [Self; 3] = [Self::Elimina, Self::Aggiorna, Self::Crea];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::Crea => "CREA",
            Self::Aggiorna => "AGGIORNA",
            Self::Elimina => "ELIMINA",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTE.into_iter().find(|o| o.codice() == testo)
    }

    /// States of the archive from which the operation starts.
    #[must_use]
    pub const fn da(self) -> &'static [Remoto] {
        use StatoRemoto::{Draft, Expired, Published, Valid};
        match self {
            Self::Crea => &[Remoto::Assente],
            Self::Aggiorna => &[Remoto::Presente(Draft), Remoto::Presente(Published), Remoto::Presente(Valid), Remoto::Presente(Expired)],
            Self::Elimina => &[Remoto::Presente(Draft), Remoto::Presente(Published), Remoto::Presente(Valid)],
        }
    }
}

/// How far a lotto is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatoLotto {
    /// Its positions are chosen; the file is still to be written, and may be written again.
    DaComporre,
    /// The file may have left: nobody knows until an identifier, or the list of the service, says so.
    InInvio,
    /// The service has it, and works.
    Inviato,
    /// Each of its positions has its outcome.
    Concluso,
    /// The file itself was refused, or never had an answer: its positions went back to the calls one by one.
    Rifiutato,
}

impl StatoLotto {
    pub const TUTTI: [Self; 5] = [Self::DaComporre, Self::InInvio, Self::Inviato, Self::Concluso, Self::Rifiutato];

    #[must_use]
    pub const fn codice(self) -> &'static str {
        match self {
            Self::DaComporre => "DA_COMPORRE",
            Self::InInvio => "IN_INVIO",
            Self::Inviato => "INVIATO",
            Self::Concluso => "CONCLUSO",
            Self::Rifiutato => "RIFIUTATO",
        }
    }

    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        Self::TUTTI.into_iter().find(|s| s.codice() == testo)
    }
}

/// What the report means for one of its positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EsitoRiga {
    pub stato: StatoInvio,
    pub remoto: Remoto,
}

/// `stato_http`: what the report says of the position; `None` when it does not name it.
#[must_use]
pub const fn esito_riga(operazione: OperazioneMassiva, stato_http: Option<u16>) -> EsitoRiga {
    use OperazioneMassiva::{Aggiorna, Crea, Elimina};
    let (stato, remoto) = match (operazione, stato_http) {
        (Crea | Aggiorna, Some(200..=299)) => (StatoInvio::Inviata, Remoto::Presente(StatoRemoto::Valid)),
        (Elimina, Some(200..=299 | 404)) => (StatoInvio::NonDovuta, Remoto::Assente),
        (Aggiorna, Some(404)) => (StatoInvio::DaInviare, Remoto::Assente),
        // The archive read it and does not want it; a conflict and a right that is missing are not about its content.
        (Crea | Aggiorna, Some(400 | 422)) => (StatoInvio::Rifiutata, Remoto::Ignoto),
        _ => (StatoInvio::DaInviare, Remoto::Ignoto),
    };
    EsitoRiga { stato, remoto }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ogni_voce_del_rapporto_ha_il_suo_senso() {
        use OperazioneMassiva::{Aggiorna, Crea, Elimina};
        use StatoInvio::{DaInviare, Inviata, NonDovuta, Rifiutata};
        let valida = Remoto::Presente(StatoRemoto::Valid);
        for (operazione, http, stato, remoto) in [
            (Crea, Some(201), Inviata, valida),
            (Crea, Some(409), DaInviare, Remoto::Ignoto),
            (Crea, Some(400), Rifiutata, Remoto::Ignoto),
            (Crea, Some(500), DaInviare, Remoto::Ignoto),
            (Crea, Some(429), DaInviare, Remoto::Ignoto),
            (Crea, Some(404), DaInviare, Remoto::Ignoto),
            (Crea, None, DaInviare, Remoto::Ignoto),
            (Aggiorna, Some(200), Inviata, valida),
            (Aggiorna, Some(404), DaInviare, Remoto::Assente),
            (Aggiorna, Some(409), DaInviare, Remoto::Ignoto),
            (Elimina, Some(200), NonDovuta, Remoto::Assente),
            (Elimina, Some(404), NonDovuta, Remoto::Assente),
            (Elimina, Some(409), DaInviare, Remoto::Ignoto),
            (Elimina, Some(400), DaInviare, Remoto::Ignoto),
        ] {
            assert_eq!(esito_riga(operazione, http), EsitoRiga { stato, remoto }, "{operazione:?} {http:?}");
        }
    }

    #[test]
    fn nessun_esito_dice_inviato_cio_che_il_rapporto_non_dice() {
        for operazione in OperazioneMassiva::TUTTE {
            for http in (100..600).filter(|n| !(200..300).contains(n)) {
                assert_ne!(esito_riga(operazione, Some(http)).stato, StatoInvio::Inviata);
            }
        }
    }
}
