use chrono::{DateTime, Utc};
use domain::pendenza::{NuovaPendenza, Pendenza};
use ente::{Domanda, ErroreVerifica, Inoltro, Verificata};
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};

use super::errore::nome_stato;
use crate::Gateway;

/// A call to the application of the ente, until it becomes its event (spec/3 section 3.2).
pub(crate) struct ChiamataEnte {
    tipo: &'static str,
    inizio: DateTime<Utc>,
    id_a2a: String,
    id_pendenza: Option<String>,
    dominio: Option<String>,
    iuv: Option<String>,
}

impl ChiamataEnte {
    pub(super) fn verifica(applicazione: &str, domanda: Domanda<'_>, nota: Option<&Pendenza>, inizio: DateTime<Utc>) -> Self {
        let (dominio, iuv, id_pendenza) = match domanda {
            Domanda::Avviso { dominio, numero_avviso } => (Some(dominio.to_string()), Some(numero_avviso.iuv().to_string()), None),
            Domanda::Pendenza { id_pendenza, .. } => (None, None, Some(id_pendenza.to_owned())),
        };
        Self {
            tipo: domanda.tipo_evento(),
            inizio,
            id_a2a: applicazione.to_owned(),
            id_pendenza: nota.map(|p| p.id_pendenza.clone()).or(id_pendenza),
            dominio: nota.map(|p| p.dominio.to_string()).or(dominio),
            iuv: nota.map(|p| p.iuv.to_string()).or(iuv),
        }
    }

    pub(crate) fn inoltro(applicazione: &str, inoltro: &Inoltro<'_>, inizio: DateTime<Utc>) -> Self {
        let dominio = Some(inoltro.dominio.to_string());
        Self { tipo: Inoltro::TIPO_EVENTO, inizio, id_a2a: applicazione.to_owned(), id_pendenza: None, dominio, iuv: None }
    }

    /// The answer tells what the question did not know.
    fn completata(self, nuova: &NuovaPendenza) -> Self {
        Self {
            id_pendenza: self.id_pendenza.or_else(|| Some(nuova.id_pendenza.clone())),
            dominio: self.dominio.or_else(|| Some(nuova.dominio.to_string())),
            iuv: self.iuv.or_else(|| nuova.numero_avviso.as_ref().map(|n| n.iuv().to_string())),
            ..self
        }
    }

    pub(crate) fn conclusa(self, gateway: &Gateway, esito: &Result<Verificata, ErroreVerifica>) -> Evento {
        let (esito_evento, sottotipo, dettaglio) = match esito {
            Ok(Verificata::NonEseguita(_)) => (EsitoEvento::Ok, "200".to_owned(), None),
            Ok(Verificata::NonPagabile { stato, descrizione }) => (EsitoEvento::Ko, nome_stato(*stato).to_owned(), descrizione.clone()),
            Err(errore) => {
                let (esito, sottotipo) = match errore {
                    ErroreVerifica::NonValida { .. } => (EsitoEvento::Ko, "PENDENZA_NON_VALIDA".to_owned()),
                    ErroreVerifica::NonTrovata => (EsitoEvento::Fail, "404".to_owned()),
                    ErroreVerifica::Stato(stato) => (EsitoEvento::Fail, stato.to_string()),
                    ErroreVerifica::TempoScaduto { .. } | ErroreVerifica::Chiamata(_) => (EsitoEvento::Fail, "INTERNAL".to_owned()),
                };
                (esito, sottotipo, Some(errore.to_string()))
            }
        };
        metrics::counter!("fiorino_ente_chiamate_total", "operazione" => self.tipo, "esito" => esito_evento.codice()).increment(1);
        let chiamata = if let Ok(Verificata::NonEseguita(nuova)) = esito { self.completata(nuova) } else { self };
        let fine = gateway.adesso();
        Evento {
            durata_ms: Some((fine - chiamata.inizio).num_milliseconds()),
            esito: esito_evento,
            sottotipo_esito: Some(sottotipo),
            dettaglio_esito: dettaglio,
            dominio: chiamata.dominio,
            iuv: chiamata.iuv,
            id_a2a: Some(chiamata.id_a2a),
            id_pendenza: chiamata.id_pendenza,
            id_transazione: crate::numero::corrente(),
            ..Evento::nuovo(gateway.id_evento(), chiamata.inizio, Componente::ApiEnte, Ruolo::Client, chiamata.tipo)
        }
    }
}
