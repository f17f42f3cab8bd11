//! The client of the node: one SOAP call to the address that the intermediario says (spec/3 section 2.1).

use bytes::Bytes;
use domain::anagrafica::connettore::ConnettoreNodo;
use domain::anagrafica::{Anagrafica, Stazione};
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Chiamata, Cliente, HeaderName, HeaderValue, INTESTAZIONE_SUBSCRIPTION_KEY, Indirizzo, Metodo, NomiApiKey, Tempi, subscription_key};
use pagopa::vecchio::nodo::soap_fault;

use crate::Errore;

const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
const ACCETTA: HeaderValue = HeaderValue::from_static("text/xml");
/// The first status that is no answer.
const PRIMO_STATO_DI_ERRORE: u16 = 400;

/// The node did not get a message, or did not say what it makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NonConsegnata {
    /// Can be shown: neither credentials nor personal data.
    pub motivo: String,
    /// HTTP status, when there was one.
    pub stato: Option<u16>,
}

impl NonConsegnata {
    fn senza_risposta(motivo: impl ToString) -> Self {
        Self { motivo: motivo.to_string(), stato: None }
    }
}

/// The way to the node of a stazione.
pub(crate) struct Via<'a> {
    pub stazione: &'a Stazione,
    connettore: Option<&'a ConnettoreNodo>,
}

impl<'a> Via<'a> {
    pub fn della_stazione(anagrafica: &'a Anagrafica, cod: &str) -> Option<Self> {
        let stazione = anagrafica.stazioni.get(cod)?;
        let intermediario = anagrafica.intermediari.get(&stazione.intermediario)?;
        Some(Self { stazione, connettore: intermediario.connettori.nodo.as_ref() })
    }

    pub fn password(&self) -> &str {
        self.stazione.password.as_ref().map_or("", |p| p.0.as_str())
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct ClienteNodo {
    cliente: Cliente,
}

impl ClienteNodo {
    pub fn nuovo(tempi: Tempi) -> Result<Self, Errore> {
        let cliente = Cliente::nuovo(tempi).map_err(|e| Errore::Configurazione(format!("nodo: {e}")))?;
        Ok(Self { cliente })
    }

    /// Sends an envelope and reads its answer with `leggi`.
    pub async fn chiedi<T>(
        &self,
        via: &Via<'_>,
        azione: &'static str,
        busta: String,
        leggi: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Result<T, NonConsegnata> {
        let connettore = via.connettore.ok_or_else(|| {
            NonConsegnata::senza_risposta(format!("L'intermediario {} non ha un connettore verso il Nodo dei Pagamenti", via.stazione.intermediario))
        })?;
        let chiamata = chiamata(connettore, azione, busta).map_err(NonConsegnata::senza_risposta)?;
        let risposta = self.cliente.esegui(chiamata).await.map_err(NonConsegnata::senza_risposta)?;
        let no = |motivo: String| NonConsegnata { motivo, stato: Some(risposta.stato) };
        if let Some((codice, testo)) = soap_fault(&risposta.corpo) {
            return Err(no(format!("Ricevuto messaggio di errore: HTTP {} [SOAPFaultCode: {codice} - SOAPFaultString: {testo}]", risposta.stato)));
        }
        if risposta.stato >= PRIMO_STATO_DI_ERRORE {
            return Err(no(format!("Ricevuto [HTTP {}]", risposta.stato)));
        }
        if risposta.corpo.is_empty() {
            return Err(no("Il Nodo dei Pagamenti ha ritornato un messaggio vuoto.".to_owned()));
        }
        leggi(&risposta.corpo).map_err(|difetto| {
            tracing::warn!(azione, difetto, "risposta del nodo illeggibile");
            no("Messaggio di risposta dal Nodo dei Pagamenti non valido".to_owned())
        })
    }
}

fn chiamata(connettore: &ConnettoreNodo, azione: &'static str, busta: String) -> Result<Chiamata, outbound::ErroreChiamata> {
    let soap_action = HeaderValue::from_str(&format!("\"{azione}\"")).expect("i nomi delle operazioni sono ASCII");
    let mut intestazioni = vec![(ACCEPT, ACCETTA), (CONTENT_TYPE, XML), (HeaderName::from_static("soapaction"), soap_action)];
    if let Some(chiave) = &connettore.subscription_key {
        intestazioni.push(subscription_key(INTESTAZIONE_SUBSCRIPTION_KEY, &chiave.0)?);
    }
    Ok(Chiamata {
        metodo: Metodo::POST,
        indirizzo: Indirizzo::leggi(&connettore.url_rpt)?,
        intestazioni,
        corpo: Some(Bytes::from(busta)),
        autenticazione: ente::credenziali(connettore.auth.as_ref(), &NomiApiKey::default())?,
        entro: None,
    })
}
