use std::time::Duration;

use bytes::Bytes;
use domain::anagrafica::{self, ConnettoreEnte, VersioneEnte};
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Autenticazione, Chiamata, Cliente, ErroreChiamata, ErroreCliente, HeaderValue, Indirizzo, Metodo, Tempi};

use crate::{DatiNotifica, ErroreNotifica, notifica_v1, notifica_v2};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The first status that is not a success (spec/3 section 4).
const PRIMO_STATO_DI_ERRORE: u16 = 400;

/// How long the application of the ente may take (spec/1 section 11.1).
pub const TEMPI: Tempi = Tempi { connessione: Duration::from_secs(2), lettura: Duration::from_secs(5) };

/// Why the ente did not get what we had to say. The texts can be stored and shown: no credential and no personal data is in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErroreEnte {
    /// Trying again does not help.
    #[error(transparent)]
    Notifica(#[from] ErroreNotifica),
    /// The application answered that it did not take it.
    #[error("Ricevuto [HTTP {0}]")]
    Stato(u16),
    /// It did not answer, or its address or credentials are wrong in the configuration.
    #[error(transparent)]
    Chiamata(#[from] ErroreChiamata),
    /// The connettore asks for an authentication that this client cannot do.
    #[error("l'autenticazione configurata per il servizio dell'ente non e' disponibile")]
    Autenticazione,
}

/// The client of the applications of the enti. Cheap to clone: the clones share their connections.
#[derive(Clone, Debug)]
pub struct ClienteEnte {
    http: Cliente,
}

impl ClienteEnte {
    /// `tempi` is [`TEMPI`] unless the configuration says otherwise.
    ///
    /// # Errors
    /// As [`Cliente::nuovo`].
    pub fn nuovo(tempi: Tempi) -> Result<Self, ErroreCliente> {
        Cliente::nuovo(tempi).map(|http| Self { http })
    }

    /// Delivers one notification and returns the status of the answer, whose body does not matter. The version of the connettore decides
    /// address and body. A redirect is not followed and counts as delivered: success is any status below 400.
    ///
    /// # Errors
    /// When the body cannot be made, the application refuses it, or there is no answer.
    pub async fn notifica(&self, connettore: &ConnettoreEnte, dati: &DatiNotifica<'_>) -> Result<u16, ErroreEnte> {
        let stato = self.http.stato(chiamata(connettore, dati)?).await?;
        if stato < PRIMO_STATO_DI_ERRORE { Ok(stato) } else { Err(ErroreEnte::Stato(stato)) }
    }
}

fn chiamata(connettore: &ConnettoreEnte, dati: &DatiNotifica<'_>) -> Result<Chiamata, ErroreEnte> {
    let transazione = dati.transazione;
    let (dominio, iuv, ccp) = (transazione.dominio.as_str(), transazione.iuv.as_str(), transazione.ccp.as_str());
    let base = Indirizzo::leggi(&connettore.url)?;
    let (metodo, indirizzo, corpo) = match connettore.versione {
        VersioneEnte::V1 => (Metodo::POST, base.con_percorso(&["pagamenti", dominio, iuv])?, notifica_v1::corpo(dati)?),
        VersioneEnte::V2 => (Metodo::PUT, base.con_percorso(&["ricevute", dominio, iuv, ccp])?, notifica_v2::corpo(dati)?),
    };
    let indirizzo = match transazione.carrello.as_deref() {
        Some(carrello) => indirizzo.con_parametro("idCarrello", carrello),
        None => indirizzo,
    };
    Ok(Chiamata {
        metodo,
        indirizzo,
        intestazioni: vec![(ACCEPT, JSON), (CONTENT_TYPE, JSON)],
        corpo: Some(Bytes::from(corpo.to_string())),
        autenticazione: autenticazione(connettore.autenticazione.as_ref())?,
    })
}

fn autenticazione(configurata: Option<&anagrafica::Autenticazione>) -> Result<Autenticazione, ErroreEnte> {
    use anagrafica::Autenticazione as Configurata;
    match configurata {
        None => Ok(Autenticazione::Nessuna),
        Some(Configurata::Basic(b)) => Ok(Autenticazione::Basic { utente: b.username.clone(), password: b.password.clone() }),
        Some(Configurata::Header(h)) => Ok(Autenticazione::Header { nome: h.header_name.clone(), valore: h.header_value.clone() }),
        Some(Configurata::ApiKey(_) | Configurata::OAuth2(_) | Configurata::Ssl(_)) => Err(ErroreEnte::Autenticazione),
    }
}
