//! What configuration wants to be told of each interface (spec/3 section 3.3).

use domain::anagrafica::configurazione::{GiornaleEventi, Quando, Tracciamento};
use store::eventi::{Componente, Evento};

/// Calls of pagoPA that are writings. The others are readings, paGetPaymentV2 and paSendRTV2 too, as in the original (spec/3 surprise 11).
const SCRITTURE_PAGO_PA: [&str; 14] = [
    "nodoChiediCopiaRT",
    "nodoChiediStatoRPT",
    "nodoInviaRPT",
    "nodoInviaCarrelloRPT",
    "nodoInviaRichiestaStorno",
    "nodoInviaRispostaRevoca",
    "paaVerificaRPT",
    "paaAttivaRPT",
    "paaInviaEsitoStorno",
    "paaInviaRichiestaRevoca",
    "paaInviaRT",
    "paVerifyPaymentNotice",
    "paGetPayment",
    "paSendRT",
];
/// Calls to an ente that are a GET.
const LETTURE_ENTE: [&str; 1] = ["getAvviso"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genere {
    Lettura,
    Scrittura,
}

impl Genere {
    #[must_use]
    pub fn di_pago_pa(operazione: &str) -> Self {
        if SCRITTURE_PAGO_PA.contains(&operazione) { Self::Scrittura } else { Self::Lettura }
    }

    /// By its HTTP method.
    #[must_use]
    pub fn di_metodo(metodo: &str) -> Self {
        if ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&metodo) { Self::Lettura } else { Self::Scrittura }
    }

    /// Of an event that tells no method: those of our REST APIs are asked by [`Genere::di_metodo`] before they are made.
    pub(crate) fn di(evento: &Evento) -> Self {
        match evento.componente {
            Componente::ApiPagoPa => Self::di_pago_pa(&evento.tipo),
            Componente::ApiEnte if LETTURE_ENTE.contains(&evento.tipo.as_str()) => Self::Lettura,
            _ => Self::Scrittura,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politica {
    /// Whether there is an event.
    pub log: Quando,
    /// Whether it keeps request and answer.
    pub dump: Quando,
}

impl Politica {
    const SEMPRE: Self = Self { log: Quando::Sempre, dump: Quando::Sempre };
    const MAI: Self = Self { log: Quando::Mai, dump: Quando::Mai };

    pub(crate) fn di(configurazione: &GiornaleEventi, componente: Componente, genere: Genere) -> Self {
        let i = &configurazione.interfacce;
        let interfaccia = match componente {
            Componente::ApiEnte => &i.api_ente,
            Componente::ApiPagamento => &i.api_pagamento,
            Componente::ApiRagioneria => &i.api_ragioneria,
            Componente::ApiBackoffice => &i.api_backoffice,
            Componente::ApiPagoPa => &i.api_pago_pa,
            Componente::ApiPendenze => &i.api_pendenze,
            Componente::ApiBackendIo => &i.api_backend_io,
            // The original never tells of them.
            Componente::ApiUser => return Self::MAI,
            Componente::Fiorino => return Self::SEMPRE,
        };
        let Tracciamento { log, dump } = match genere {
            Genere::Lettura => interfaccia.letture,
            Genere::Scrittura => interfaccia.scritture,
        };
        Self { log, dump }
    }
}

#[cfg(test)]
mod tests {
    use domain::anagrafica::configurazione::Configurazione;

    use super::*;

    #[test]
    fn le_operazioni_di_pagopa_sono_letture_e_scritture_come_nell_originale() {
        let generi = ["paVerifyPaymentNotice", "paGetPayment", "paGetPaymentV2", "paSendRTV2", "PostCarts"].map(Genere::di_pago_pa);
        assert_eq!(generi, [Genere::Scrittura, Genere::Scrittura, Genere::Lettura, Genere::Lettura, Genere::Lettura]);
    }

    #[test]
    fn i_predefiniti_sono_quelli_della_tabella() {
        use Quando::{Mai, Sempre, SoloErrore};
        let predefiniti = Configurazione::default().giornale_eventi;
        let di = |c, g| {
            let p = Politica::di(&predefiniti, c, g);
            (p.log, p.dump)
        };
        assert_eq!(di(Componente::ApiPendenze, Genere::Lettura), (Mai, Mai));
        assert_eq!(di(Componente::ApiPendenze, Genere::Scrittura), (Sempre, SoloErrore));
        assert_eq!(di(Componente::ApiBackoffice, Genere::Scrittura), (Sempre, Sempre));
        assert_eq!(di(Componente::ApiPagoPa, Genere::Lettura), (Sempre, Sempre));
        assert_eq!(di(Componente::ApiUser, Genere::Scrittura), (Mai, Mai));
    }
}
