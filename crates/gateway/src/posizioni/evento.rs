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
        self.annota_completa(tipo, dominio, chiamata, |evento| Evento { iuv: iuv.map(str::to_owned), ..evento }).await
    }

    /// The same, for who has more to say of it.
    pub(crate) async fn annota_completa(
        &self,
        tipo: &str,
        dominio: Option<&IdDominio>,
        chiamata: impl Future<Output = Resoconto>,
        completa: impl FnOnce(Evento) -> Evento,
    ) -> Resoconto {
        let (r, scambio) = outbound::osserva(chiamata).await;
        if r.tentativi > 0 {
            self.giornale.aggiungi_chiamata(completa(self.evento_chiamata(tipo, dominio, &r)), scambio.as_ref());
        }
        r
    }

    fn evento_chiamata(&self, tipo: &str, dominio: Option<&IdDominio>, r: &Resoconto) -> Evento {
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
        let nuovo = Evento::nuovo(self.id_evento(), self.adesso(), Componente::ApiPagoPa, Ruolo::Client, tipo);
        Evento { dominio: dominio.map(ToString::to_string), ..nuovo }
    }
}
