//! A call to one of pagoPA's REST services, in the giornale.

use codici::IdDominio;
use piattaforma::{Esito, Resoconto};
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};

use crate::Gateway;

impl Gateway {
    /// Makes a call and tells it in the giornale, with what passed. What did not leave is no call, and leaves no event.
    pub(crate) async fn annota_chiamata(
        &self,
        tipo: &str,
        dominio: Option<&IdDominio>,
        iuv: Option<&str>,
        chiamata: impl Future<Output = Resoconto>,
    ) -> Resoconto {
        let (r, scambio) = outbound::osserva(chiamata).await;
        if r.tentativi > 0 {
            let evento = Evento { iuv: iuv.map(str::to_owned), ..self.evento_chiamata(tipo, dominio, &r) };
            self.giornale.aggiungi_chiamata(evento, scambio.as_ref());
        }
        r
    }

    /// The event of a call, for who has more to say of it.
    pub(crate) fn evento_chiamata(&self, tipo: &str, dominio: Option<&IdDominio>, r: &Resoconto) -> Evento {
        let (esito, dettaglio_esito) = match &r.esito {
            Esito::Fatto(_) => (EsitoEvento::Ok, None),
            Esito::Rifiutato { motivo, .. } => (EsitoEvento::Ko, Some(motivo.clone())),
            Esito::DaRitentare { motivo, .. } => (EsitoEvento::Fail, Some(motivo.clone())),
        };
        let durata_ms = i64::try_from(r.durata.as_millis()).ok();
        Evento {
            data: self.adesso() - chrono::Duration::milliseconds(durata_ms.unwrap_or_default()),
            durata_ms,
            esito,
            sottotipo_esito: r.stato.map(|s| s.to_string()),
            dettaglio_esito,
            ..self.evento_vuoto(tipo, dominio)
        }
    }

    /// Of a service of pagoPA, that ended well, now.
    pub(crate) fn evento_vuoto(&self, tipo: &str, dominio: Option<&IdDominio>) -> Evento {
        Evento {
            id: self.id_evento(),
            data: self.adesso(),
            durata_ms: None,
            componente: Componente::ApiPagoPa,
            ruolo: Ruolo::Client,
            tipo: tipo.to_owned(),
            esito: EsitoEvento::Ok,
            sottotipo_esito: None,
            dettaglio_esito: None,
            dominio: dominio.map(ToString::to_string),
            iuv: None,
            ccp: None,
            id_a2a: None,
            id_pendenza: None,
            id_transazione: None,
            dati_pago_pa: None,
        }
    }
}
