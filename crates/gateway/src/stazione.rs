//! What every call of the node goes through before its own rules: who calls, for which intermediario, stazione and dominio (spec/3 section 1.3).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use codici::IdDominio;
use domain::Anagrafica;
use domain::anagrafica::{Dominio, Stazione};
use domain::certificato::Soggetto;
use domain::pagabilita::Impedimento;
use ente::StatoNonPagabile;
use pagopa::messaggi::Stazione as Indirizzo;
use pagopa::{CodiceFault, Fault};
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};

use crate::verifica_ente::ErroreRicerca;
use crate::{Errore, Gateway};

/// How the node proved who it is. Its principal is compared with that of the intermediario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// User of basic authentication, or value of a trusted header: equal to the letter.
    Nome(String),
    /// Subject of a client certificate: every RDN of it must be in the configured subject, in any order.
    Soggetto(Vec<(String, String)>),
    /// Not the node: a login of the back office that brings a receipt by hand, whose right was asked at its own door, or a job of ours that went to fetch one.
    Ufficio(String),
}

impl Principal {
    pub(crate) fn e(&self, configurato: &str) -> bool {
        match self {
            Self::Ufficio(_) => false,
            Self::Nome(nome) => nome == configurato,
            Self::Soggetto(rdn) => {
                let presentato = Soggetto::da_rdn(rdn.iter().map(|(n, v)| (n.as_str(), v.as_str())));
                presentato.zip(Soggetto::leggi(configurato)).is_some_and(|(presentato, atteso)| presentato.compreso_in(&atteso))
            }
        }
    }

    /// As the giornale tells it.
    #[must_use]
    pub fn testo(&self) -> String {
        match self {
            Self::Nome(nome) | Self::Ufficio(nome) => nome.clone(),
            Self::Soggetto(rdn) => rdn.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(","),
        }
    }
}

/// A call of the node, as far as all operations share it.
#[derive(Clone, Debug)]
pub struct Chiamata {
    /// Name of the operation: `tipoEvento`.
    pub operazione: &'static str,
    pub principal: Option<Principal>,
    /// Request id, as in the log.
    pub id_transazione: String,
    pub inizio: DateTime<Utc>,
}

/// What the guards found.
pub(crate) struct Contesto {
    pub anagrafica: Arc<Anagrafica>,
    pub stazione: Arc<Stazione>,
    pub dominio: Arc<Dominio>,
}

/// The operations of the receipt look at the dominio first, and want the stazione to be of the intermediario.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Genere {
    Domanda,
    Ricevuta,
}

pub(crate) fn fault(codice: CodiceFault, dominio: &IdDominio, descrizione: Option<String>) -> Fault {
    Fault { codice, id: dominio.to_string(), descrizione }
}

pub(crate) fn impedito(impedimento: Impedimento, dominio: &IdDominio) -> Fault {
    match impedimento {
        Impedimento::Scaduto { descrizione } => fault(CodiceFault::PaaPagamentoScaduto, dominio, Some(descrizione)),
        Impedimento::Annullato => fault(CodiceFault::PaaPagamentoAnnullato, dominio, None),
        Impedimento::Duplicato { descrizione } => fault(CodiceFault::PaaPagamentoDuplicato, dominio, descrizione),
    }
}

/// What the node was doing, for the text of a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passo {
    Verifica,
    Attivazione,
}

/// The faults of a position that could not be had (spec/3 section 1.5, last table). A failure of ours is no fault.
pub(crate) fn non_acquisita(errore: ErroreRicerca, dominio: &IdDominio, passo: Passo) -> Result<Fault, Errore> {
    let di_sistema = |testo: String| fault(CodiceFault::PaaSystemError, dominio, Some(testo));
    Ok(match errore {
        ErroreRicerca::SenzaApplicazione | ErroreRicerca::SenzaConnettore => fault(CodiceFault::PaaPagamentoSconosciuto, dominio, None),
        ErroreRicerca::NonPagabile { stato, descrizione } => {
            let codice = match stato {
                StatoNonPagabile::Annullata => CodiceFault::PaaPagamentoAnnullato,
                StatoNonPagabile::Scaduta => CodiceFault::PaaPagamentoScaduto,
                StatoNonPagabile::Duplicata => CodiceFault::PaaPagamentoDuplicato,
                StatoNonPagabile::Sconosciuta => CodiceFault::PaaPagamentoSconosciuto,
            };
            fault(codice, dominio, descrizione)
        }
        ErroreRicerca::NonValida { motivo, .. } => di_sistema(motivo),
        ErroreRicerca::Fallita { motivo, .. } => {
            di_sistema(format!("Riscontrato errore durante l'acquisizione del versamento dall'applicazione gestore del debito: {motivo}"))
        }
        ErroreRicerca::NonCaricabile(rifiuto) => {
            let cosa = if passo == Passo::Verifica { "la verifica" } else { "l'attivazione" };
            di_sistema(format!("Riscontrato errore durante {cosa} del versamento: {}", rifiuto.dettaglio()))
        }
        ErroreRicerca::Guasto(errore) => return Err(errore),
    })
}

impl Gateway {
    /// The guards, in the order of the table. A refusal that a newer anagrafica might not make is tried once more on it.
    pub(crate) async fn contesto(&self, chiamata: &Chiamata, indirizzo: &Indirizzo, dominio: &str, genere: Genere) -> Result<Result<Contesto, Fault>, Errore> {
        let primo = guardie(self.istantanea.attuale(), chiamata, indirizzo, dominio, genere);
        if primo.is_ok() || !self.istantanea.rinfresca(&self.store).await? {
            return Ok(primo);
        }
        Ok(guardie(self.istantanea.attuale(), chiamata, indirizzo, dominio, genere))
    }

    /// Tells the giornale of a request that no operation could read. `dominio`: as far as it can be told.
    pub fn rifiutata_per_sintassi(&self, chiamata: &Chiamata, dominio: Option<String>, fault: &Fault) {
        self.giornale.aggiungi(con_fault(Evento { dominio, ..self.evento_nudo(chiamata) }, fault));
    }

    /// The event of a call, to be filled with what the operation knows.
    pub(crate) fn evento(&self, chiamata: &Chiamata, indirizzo: &Indirizzo, dominio: &str) -> Evento {
        let dati = serde_json::json!({
            "idIntermediario": indirizzo.id_intermediario,
            "idStazione": indirizzo.id_stazione,
            "idDominio": dominio,
        });
        Evento { dominio: Some(dominio.to_string()), dati_pago_pa: Some(dati.to_string()), ..self.evento_nudo(chiamata) }
    }

    /// With what is known before anything is read.
    pub(crate) fn evento_nudo(&self, chiamata: &Chiamata) -> Evento {
        Evento {
            durata_ms: Some((self.adesso() - chiamata.inizio).num_milliseconds()),
            sottotipo_esito: Some("200".to_owned()),
            id_transazione: Some(chiamata.id_transazione.clone()),
            ..Evento::nuovo(self.id_evento(), chiamata.inizio, Componente::ApiPagoPa, Ruolo::Server, chiamata.operazione)
        }
    }
}

/// Fills an event with a refusal (spec/3 section 1.4, "Journal outcome").
pub(crate) fn con_fault(mut evento: Evento, fault: &Fault) -> Evento {
    evento.esito = if fault.codice == CodiceFault::PaaSystemError { EsitoEvento::Fail } else { EsitoEvento::Ko };
    evento.sottotipo_esito = Some(fault.codice.codice().to_owned());
    evento.dettaglio_esito = Some(fault.descrizione.clone().unwrap_or_else(|| "<Nessuna descrizione>".to_owned()));
    evento
}

fn guardie(anagrafica: Arc<Anagrafica>, chiamata: &Chiamata, indirizzo: &Indirizzo, id_dominio: &str, genere: Genere) -> Result<Contesto, Fault> {
    let con = |codice, descrizione| Err(Fault { codice, id: id_dominio.to_owned(), descrizione });
    let rifiuta = |codice| con(codice, None);
    let non_autorizzato = |testo: String| con(CodiceFault::PaaSystemError, Some(testo));

    let Some(principal) = &chiamata.principal else {
        return non_autorizzato("Autorizzazione fallita: principal non fornito".to_owned());
    };
    let Some(intermediario) = anagrafica.intermediari.get(&indirizzo.id_intermediario) else { return rifiuta(CodiceFault::PaaIdIntermediarioErrato) };
    let dell_ufficio = matches!(principal, Principal::Ufficio(_));
    if !dell_ufficio && !intermediario.principal.as_deref().is_some_and(|configurato| principal.e(configurato)) {
        return non_autorizzato(format!(
            "Autorizzazione fallita: principal fornito ({}) non valido per l'intermediario ({}).",
            principal.testo(),
            intermediario.cod
        ));
    }
    // The older model names a dominio with any text.
    let dominio = IdDominio::leggi(id_dominio).and_then(|d| anagrafica.domini.get(&d));
    if genere == Genere::Ricevuta && dominio.is_none() {
        return rifiuta(CodiceFault::PaaIdDominioErrato);
    }
    let Some(stazione) = anagrafica.stazioni.get(&indirizzo.id_stazione) else { return rifiuta(CodiceFault::PaaStazioneIntErrata) };
    let Some(dominio) = dominio else { return rifiuta(CodiceFault::PaaIdDominioErrato) };
    if genere == Genere::Ricevuta && stazione.intermediario != intermediario.cod {
        return rifiuta(CodiceFault::PaaIdIntermediarioErrato);
    }
    let (stazione, dominio) = (Arc::clone(stazione), Arc::clone(dominio));
    Ok(Contesto { anagrafica, stazione, dominio })
}
