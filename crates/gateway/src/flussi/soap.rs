//! The road of the node: a list, then one document for each flow that is new (spec/3 section 2.4.1).

use std::fs::File;
use std::io::{BufReader, Seek as _, SeekFrom};

use bytes::Bytes;
use domain::anagrafica::connettore::ConnettoreNodo;
use domain::calendario;
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Autenticazione, Chiamata, HeaderName, HeaderValue, INTESTAZIONE_SUBSCRIPTION_KEY, Indirizzo, Metodo, NomiApiKey, subscription_key};
use pagopa::flusso::{Chiedente, Illeggibile, Risposta, chiedi_elenco, chiedi_flusso, estrai_flusso, leggi_elenco};
use store::flussi::ChiaveVersione;

use super::evento::{ChiamataFlussi, EsitoChiamata, chiamata};
use super::{EsitoFlussi, Fallimento, Incarico};
use crate::{Errore, Gateway};

const ELENCO: &str = "nodoChiediElencoFlussiRendicontazione";
const FLUSSO: &str = "nodoChiediFlussoRendicontazione";
/// Bytes of an answer, base64 included.
const RISPOSTA_BYTE_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// Why a call brought nothing: refused by the node, or not understood.
struct Mancata {
    rifiuto: bool,
    stato: Option<String>,
    motivo: String,
    /// Another try may do.
    passeggera: bool,
}

impl Mancata {
    fn caduta(motivo: impl Into<String>) -> Self {
        Self { rifiuto: false, stato: None, motivo: motivo.into(), passeggera: true }
    }

    fn fallimento(self) -> Fallimento {
        if self.passeggera { Fallimento::passeggero(self.motivo) } else { Fallimento::guasto(self.motivo) }
    }
}

impl Gateway {
    pub(super) async fn flussi_da_soap(&self, i: &Incarico, continua: &(dyn Fn() -> bool + Send + Sync)) -> Result<EsitoFlussi, Errore> {
        let Some(nodo) = &i.connettori.nodo else { return Ok(EsitoFlussi::default()) };
        let mut esito = EsitoFlussi::default();
        let corpo = chiedi_elenco(&chiedente(i));
        let voci = match self.chiama_nodo(i, nodo, ELENCO, None, corpo, |file| leggi_elenco(BufReader::new(file))).await {
            Ok(voci) => voci,
            Err(mancata) => {
                tracing::warn!(dominio = %i.dominio.cod, motivo = mancata.motivo, "elenco dei flussi non ottenuto");
                return Ok(EsitoFlussi { acquisiti: 0, falliti: 1 });
            }
        };
        let chiavi: Vec<ChiaveVersione> = voci
            .into_iter()
            .map(|v| ChiaveVersione::Data { id_flusso: v.id_flusso, data: pagopa::fdr::al_millisecondo(calendario::istante(v.data_ora)) })
            .collect();
        for chiave in self.da_acquisire(&i.dominio.cod, &chiavi).await? {
            if !continua() {
                break;
            }
            match self.flusso_da_soap(i, nodo, &chiave).await {
                Ok(acquisito) => esito.acquisiti += usize::from(acquisito),
                Err(fallimento) => {
                    esito.falliti += 1;
                    self.metti_da_parte(&i.dominio.cod, &chiave, None, fallimento).await?;
                }
            }
        }
        Ok(esito)
    }

    async fn flusso_da_soap(&self, i: &Incarico, nodo: &ConnettoreNodo, chiave: &ChiaveVersione) -> Result<bool, Fallimento> {
        let corpo = chiedi_flusso(&chiedente(i), chiave.id_flusso());
        let documento = |file: File| {
            let mut fuori = tempfile::tempfile().map_err(|e| Illeggibile { motivo: format!("file temporaneo: {e}"), lettura: true })?;
            Ok(match estrai_flusso(BufReader::with_capacity(64 * 1024, file), &mut fuori)? {
                Risposta::Fatto(_) => Risposta::Fatto(fuori),
                Risposta::Fault(f) => Risposta::Fault(f),
            })
        };
        let documento = self.chiama_nodo(i, nodo, FLUSSO, Some(chiave.id_flusso()), corpo, documento).await.map_err(Mancata::fallimento)?;
        Ok(self.acquisisci_file_di_flusso(documento, std::sync::Arc::clone(&i.dominio), chiave.clone()).await?.is_some())
    }

    /// One call, whose answer goes to a file and is read from there; told in the giornale however it ends.
    async fn chiama_nodo<T: Send + 'static>(
        &self,
        i: &Incarico,
        nodo: &ConnettoreNodo,
        operazione: &'static str,
        id_flusso: Option<&str>,
        corpo: String,
        leggi: impl FnOnce(File) -> Result<Risposta<T>, Illeggibile> + Send + 'static,
    ) -> Result<T, Mancata> {
        let inizio = self.adesso();
        let (esito, scambio) = outbound::osserva(self.scarica_dal_nodo(nodo, operazione, corpo, leggi)).await;
        let raccontata = match &esito {
            Ok(_) => EsitoChiamata { stato: Some("200".to_owned()), motivo: None },
            Err(m) => EsitoChiamata { stato: m.stato.clone(), motivo: Some((m.rifiuto, m.motivo.clone())) },
        };
        let c = ChiamataFlussi {
            tipo: operazione,
            dominio: &i.dominio.cod,
            id_flusso,
            id_stazione: &i.stazione.cod,
            id_intermediario: &i.stazione.intermediario,
            inizio,
        };
        self.giornale.aggiungi_chiamata(chiamata(self, &c, raccontata), scambio.as_ref());
        esito
    }

    async fn scarica_dal_nodo<T: Send + 'static>(
        &self,
        nodo: &ConnettoreNodo,
        operazione: &'static str,
        corpo: String,
        leggi: impl FnOnce(File) -> Result<Risposta<T>, Illeggibile> + Send + 'static,
    ) -> Result<T, Mancata> {
        let chiamata = richiesta(nodo, operazione, corpo).map_err(|motivo| Mancata { passeggera: true, ..Mancata::caduta(motivo) })?;
        let file = tempfile::tempfile().map_err(|e| Mancata::caduta(format!("file temporaneo: {e}")))?;
        let mut fuori = tokio::fs::File::from_std(file);
        let (stato, byte) = self.nodo_flussi.scarica(chiamata, &mut fuori, RISPOSTA_BYTE_MAX).await.map_err(|e| Mancata::caduta(e.to_string()))?;
        let mut file = fuori.into_std().await;
        file.seek(SeekFrom::Start(0)).map_err(|e| Mancata::caduta(format!("file temporaneo: {e}")))?;
        if byte == 0 {
            return Err(Mancata { stato: Some(stato.to_string()), ..Mancata::caduta("Il Nodo dei Pagamenti ha ritornato un messaggio vuoto.") });
        }
        let letta = tokio::task::spawn_blocking(move || leggi(file)).await.map_err(|e| Mancata::caduta(format!("lettura interrotta: {e}")))?;
        match letta {
            Ok(Risposta::Fatto(cosa)) if stato < 400 => Ok(cosa),
            Ok(Risposta::Fault(fault)) if stato < 400 => {
                Err(Mancata { rifiuto: true, stato: Some(fault.codice.clone()), motivo: fault.to_string(), passeggera: true })
            }
            Ok(Risposta::Fault(f)) => {
                let motivo = format!("Ricevuto messaggio di errore: HTTP {stato} [SOAPFaultCode: {} - SOAPFaultString: {}]", f.codice, f.stringa);
                Err(Mancata { stato: Some(stato.to_string()), ..Mancata::caduta(motivo) })
            }
            Err(_) | Ok(_) if stato >= 400 => Err(Mancata { stato: Some(stato.to_string()), ..Mancata::caduta(format!("Ricevuto [HTTP {stato}]")) }),
            Ok(_) => Err(Mancata::caduta("Messaggio di risposta dal Nodo dei Pagamenti non valido")),
            Err(e) => Err(Mancata {
                rifiuto: false,
                stato: Some(stato.to_string()),
                passeggera: e.lettura,
                motivo: format!("Messaggio di risposta dal Nodo dei Pagamenti non valido: {}", e.motivo),
            }),
        }
    }
}

/// A stazione of the current model has no password, and the element is then empty.
fn chiedente(i: &Incarico) -> Chiedente<'_> {
    Chiedente {
        id_intermediario: &i.stazione.intermediario,
        id_stazione: &i.stazione.cod,
        password: i.stazione.password.as_ref().map_or("", |p| p.0.as_str()),
        id_dominio: i.dominio.cod.as_str(),
    }
}

fn richiesta(nodo: &ConnettoreNodo, operazione: &str, corpo: String) -> Result<Chiamata, String> {
    const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
    const XML: HeaderValue = HeaderValue::from_static("text/xml; charset=utf-8");
    let azione = HeaderValue::try_from(format!("\"{operazione}\"")).map_err(|e| e.to_string())?;
    let mut intestazioni = vec![(ACCEPT, HeaderValue::from_static("text/xml")), (CONTENT_TYPE, XML), (SOAP_ACTION, azione)];
    if let Some(chiave) = &nodo.subscription_key {
        intestazioni.push(subscription_key(INTESTAZIONE_SUBSCRIPTION_KEY, &chiave.0).map_err(|e| e.to_string())?);
    }
    let autenticazione: Autenticazione = ente::credenziali(nodo.auth.as_ref(), &NomiApiKey::default()).map_err(|e| e.to_string())?;
    Ok(Chiamata {
        metodo: Metodo::POST,
        indirizzo: Indirizzo::leggi(&nodo.url_rpt).map_err(|e| e.to_string())?,
        intestazioni,
        corpo: Some(Bytes::from(corpo)),
        autenticazione,
        entro: None,
    })
}
