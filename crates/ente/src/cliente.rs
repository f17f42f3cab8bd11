use std::time::Duration;

use bytes::Bytes;
use domain::anagrafica::{ConnettoreEnte, VersioneEnte};
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Chiamata, Cliente, ErroreChiamata, ErroreCliente, HeaderValue, Indirizzo, Metodo, NomiApiKey, Tempi};

use crate::credenziali::credenziali;
use crate::verifica::{self, Attesa};
use crate::{DatiNotifica, Domanda, ErroreNotifica, ErroreVerifica, Inoltro, VERIFICA_TEMPO_MAX, Verificata, notifica_v1, notifica_v2};

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
}

/// The client of the applications of the enti. Cheap to clone: the clones share their connections, tokens and certificates.
///
/// A call may last all of its time: no transaction of the database may be open across it (invariant 4 of the architecture).
#[derive(Clone, Debug)]
pub struct ClienteEnte {
    http: Cliente,
    nomi_api_key: NomiApiKey,
}

impl ClienteEnte {
    /// `tempi` is [`TEMPI`] unless the configuration says otherwise.
    ///
    /// # Errors
    /// As [`Cliente::nuovo`].
    pub fn nuovo(tempi: Tempi) -> Result<Self, ErroreCliente> {
        Cliente::nuovo(tempi).map(|http| Self { http, nomi_api_key: NomiApiKey::default() })
    }

    /// The same client with other names for the headers of an API key.
    #[must_use]
    pub fn con_nomi_api_key(self, nomi_api_key: NomiApiKey) -> Self {
        Self { nomi_api_key, ..self }
    }

    /// Delivers one notification and returns the status of the answer, whose body does not matter. The version of the connettore decides
    /// address and body. A redirect is not followed and counts as delivered: success is any status below 400.
    ///
    /// # Errors
    /// When the body cannot be made, the application refuses it, or there is no answer.
    pub async fn notifica(&self, connettore: &ConnettoreEnte, dati: &DatiNotifica<'_>) -> Result<u16, ErroreEnte> {
        let stato = self.http.stato(notifica(connettore, &self.nomi_api_key, dati)?).await?;
        if stato < PRIMO_STATO_DI_ERRORE { Ok(stato) } else { Err(ErroreEnte::Stato(stato)) }
    }

    /// Asks the application for a position, within [`VERIFICA_TEMPO_MAX`].
    ///
    /// # Errors
    /// When there is no answer, or it cannot be used.
    pub async fn verifica(&self, connettore: &ConnettoreEnte, domanda: &Domanda<'_>) -> Result<Verificata, ErroreVerifica> {
        let base = Indirizzo::leggi(&connettore.url)?;
        let indirizzo = match (domanda, connettore.versione) {
            (Domanda::Avviso { dominio, numero_avviso }, VersioneEnte::V1) => base.con_percorso(&["avvisi", dominio.as_str(), numero_avviso.iuv().as_str()]),
            (Domanda::Avviso { dominio, numero_avviso }, VersioneEnte::V2) => base.con_percorso(&["avvisi", dominio.as_str(), numero_avviso.as_str()]),
            (Domanda::Pendenza { id_a2a, id_pendenza }, _) => base.con_percorso(&["pendenze", id_a2a, id_pendenza]),
        }?;
        self.chiedi(connettore, Metodo::GET, indirizzo, None, &Attesa::Verifica(*domanda)).await
    }

    /// Gives the application a position in a format of its own, and gets it back as a pendenza, within [`VERIFICA_TEMPO_MAX`].
    ///
    /// # Errors
    /// As [`Self::verifica`].
    pub async fn inoltra(&self, connettore: &ConnettoreEnte, inoltro: &Inoltro<'_>) -> Result<Verificata, ErroreVerifica> {
        let indirizzo = Indirizzo::leggi(&connettore.url)?.con_percorso(&["pendenze", inoltro.dominio.as_str(), inoltro.tipo_pendenza])?;
        let indirizzo = match inoltro.unita_operativa {
            Some(unita) => indirizzo.con_parametro("idUnitaOperativa", unita),
            None => indirizzo,
        };
        let corpo = Bytes::from(inoltro.corpo.to_string());
        self.chiedi(connettore, Metodo::POST, indirizzo, Some(corpo), &Attesa::Inoltro(*inoltro)).await
    }

    async fn chiedi(
        &self,
        connettore: &ConnettoreEnte,
        metodo: Metodo,
        indirizzo: Indirizzo,
        corpo: Option<Bytes>,
        attesa: &Attesa<'_>,
    ) -> Result<Verificata, ErroreVerifica> {
        let intestazioni = [Some((ACCEPT, JSON)), corpo.as_ref().map(|_| (CONTENT_TYPE, JSON))].into_iter().flatten().collect();
        let autenticazione = credenziali(connettore.autenticazione.as_ref(), &self.nomi_api_key)?;
        let chiamata = Chiamata { metodo, indirizzo, intestazioni, corpo, autenticazione, entro: Some(VERIFICA_TEMPO_MAX) };
        let risposta = self.http.esegui(chiamata).await?;
        match risposta.stato {
            404 => Err(ErroreVerifica::NonTrovata),
            stato if stato >= PRIMO_STATO_DI_ERRORE => Err(ErroreVerifica::Stato(stato)),
            _ => verifica::leggi(connettore.versione, attesa, &risposta.corpo),
        }
    }
}

fn notifica(connettore: &ConnettoreEnte, nomi: &NomiApiKey, dati: &DatiNotifica<'_>) -> Result<Chiamata, ErroreEnte> {
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
        autenticazione: credenziali(connettore.autenticazione.as_ref(), nomi)?,
        entro: None,
    })
}
