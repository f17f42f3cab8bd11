//! pagoPA's own payment page: a cart of notices (`POST /carts`, spec/3 section 2.3), and the address where the browser goes.
//!
//! Nothing of the payment is recorded here: the node will ask for each notice as for any other. A failure of the call is ours to tell, 500.

use std::time::Duration;

use bytes::Bytes;
use codici::causale::tronca;
use domain::Rifiuto;
use domain::anagrafica::Segreto;
use domain::pendenza::{Pendenza, Stato};
use domain::rifiuto::{Chiave, Codice};
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Autenticazione, Chiamata, Cliente, HeaderName, HeaderValue, INTESTAZIONE_SUBSCRIPTION_KEY, Indirizzo, Metodo, Tempi, subscription_key};
use serde_json::json;
use store::eventi::{Componente, EsitoEvento, Evento, Ruolo};
use store::{Corsia, ErroreStore, Vincolo};

use super::risolvi::DaArchiviare;
use super::{Avviato, Avvio, Trovata, con_parametro};
use crate::carica_pendenza::GIRI_MAX;
use crate::{Errore, Gateway};

/// Of a notice on pagoPA's page.
const CARATTERI_DESCRIZIONE_MAX: usize = 140;
const TEMPI: Tempi = Tempi { connessione: Duration::from_secs(5), lettura: Duration::from_secs(20) };
const OPERAZIONE: &str = "PostCarts";

/// What configuration says of it; without one every payment takes the older road.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Up to the version: `/carts` follows. One that ends with `/v2` is told the address of the wait too.
    pub url: String,
    /// `Ocp-Apim-Subscription-Key`.
    pub chiave: Option<Segreto>,
    /// Whether the caller is sent there by a redirect of ours, or told where to go.
    pub rinvio: bool,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ClienteCheckout {
    cliente: Cliente,
    indirizzo: Indirizzo,
    chiave: Option<(HeaderName, HeaderValue)>,
    rinvio: bool,
    /// The second version of the service (spec/4 section 10, "carts v2").
    v2: bool,
}

impl ClienteCheckout {
    pub fn nuovo(c: &Checkout) -> Result<Self, Errore> {
        let non_valido = |motivo: String| Errore::Configurazione(format!("checkout: {motivo}"));
        let indirizzo = Indirizzo::leggi(&c.url).and_then(|i| i.con_percorso(&["carts"])).map_err(|e| non_valido(e.to_string()))?;
        let chiave = c.chiave.as_ref().map(|k| subscription_key(INTESTAZIONE_SUBSCRIPTION_KEY, &k.0).map_err(|e| non_valido(e.to_string())));
        let cliente = Cliente::nuovo(TEMPI).map_err(|e| non_valido(e.to_string()))?;
        let v2 = c.url.trim().trim_end_matches('/').ends_with("/v2");
        Ok(Self { cliente, indirizzo, chiave: chiave.transpose()?, rinvio: c.rinvio, v2 })
    }

    /// Where the browser is to go. The text of an error can be shown.
    async fn apri(&self, corpo: String) -> Result<String, String> {
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let mut intestazioni = vec![(ACCEPT, JSON), (CONTENT_TYPE, JSON)];
        intestazioni.extend(self.chiave.clone());
        let chiamata = Chiamata {
            metodo: Metodo::POST,
            indirizzo: self.indirizzo.clone(),
            intestazioni,
            corpo: Some(Bytes::from(corpo)),
            autenticazione: Autenticazione::Nessuna,
            entro: None,
        };
        let risposta = self.cliente.esegui(chiamata).await.map_err(|e| e.to_string())?;
        if risposta.stato != 302 {
            return Err(format!("Ricevuto [HTTP {}]", risposta.stato));
        }
        let dove = risposta.intestazioni.get("location").and_then(|v| v.to_str().ok()).filter(|v| Indirizzo::leggi(v).is_ok());
        dove.map(str::to_owned).ok_or_else(|| "La risposta non dice dove andare".to_owned())
    }
}

impl Gateway {
    pub(super) async fn verso_checkout(&self, checkout: &ClienteCheckout, avvio: &Avvio, trovate: Vec<Trovata>) -> Result<Avviato, Errore> {
        let ritorno = avvio.nuovo.url_ritorno.as_deref();
        let ritorno = domain::lettura::regole::obbligatorio("urlRitorno", ritorno)?;
        let proprietario = avvio.chiamante.applicazione().map(|a| a.cod.clone()).ok();
        let mut pendenze = Vec::with_capacity(trovate.len());
        for trovata in trovate {
            pendenze.push(self.con_avviso(trovata, proprietario.as_deref()).await?);
        }
        let corpo = self.carrello_checkout(&pendenze, ritorno, checkout.v2);
        let inizio = self.adesso();
        let (esito, scambio) = outbound::osserva(checkout.apri(corpo)).await;
        self.giornale.aggiungi_chiamata(self.evento_checkout(&pendenze, inizio, &esito), scambio.as_ref());
        let redirect = esito.map_err(|motivo| Rifiuto::Interno(format!("Checkout di pagoPA non disponibile: {motivo}")))?;
        Ok(Avviato::Checkout { redirect, rinvio: checkout.rinvio })
    }

    /// A pendenza with a row and a number. One that is here already is paid as it is: who pays does not change what the ente asks.
    async fn con_avviso(&self, trovata: Trovata, chiamante: Option<&str>) -> Result<Pendenza, Errore> {
        let da = match trovata {
            Trovata::Archiviata(p) if p.stato == Stato::NonEseguito => return Ok(*p),
            Trovata::Archiviata(p) => {
                let chiave = Chiave { id_a2a: p.id_a2a.clone(), id_pendenza: p.id_pendenza.clone() };
                return Err(Rifiuto::from(Codice::Ver003 { chiave, stato: p.stato.codice() }).into());
            }
            Trovata::Nuova(da) => da,
        };
        domain::pendenza::caricamento::controlla_voci(&da.nuova)?;
        let proprietario = chiamante == Some(da.nuova.id_a2a.as_str());
        self.archivia_sola(&da, proprietario).await
    }

    /// In a transaction of its own, turning again when a race for key or number is lost.
    async fn archivia_sola(&self, da: &DaArchiviare, proprietario: bool) -> Result<Pendenza, Errore> {
        for _ in 0..GIRI_MAX {
            let numero = self.numero_per(da).await?;
            let tx = self.store.begin(Corsia::Applicazioni).await?;
            match self.archivia(&tx, da, numero.as_ref(), proprietario).await {
                Ok(pendenza) => {
                    tx.commit().await?;
                    return Ok(pendenza);
                }
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaChiave))) => {}
                Err(Errore::Store(ErroreStore::Chiave(Vincolo::PendenzaIuv))) => {
                    tx.rollback().await?;
                    if let Some(dato) = &da.nuova.numero_avviso {
                        return Err(self.gia_usato(&da.nuova, dato).await?);
                    }
                }
                Err(altro) => return Err(altro),
            }
        }
        Err(Errore::Configurazione(format!("nessun numero avviso libero per il dominio {} dopo {GIRI_MAX} tentativi", da.nuova.dominio)))
    }

    /// A number for what has none: neither of its own, nor in its row.
    pub(super) async fn numero_per(&self, da: &DaArchiviare) -> Result<Option<codici::NumeroAvviso>, Errore> {
        let anagrafica = self.istantanea.attuale();
        if let Some(dato) = &da.nuova.numero_avviso {
            if da.bozza.is_none() {
                domain::pendenza::caricamento::controlla_numero_avviso(&da.nuova, dato, &anagrafica)?;
            }
            return Ok(None);
        }
        if self.store.pendenza(&da.nuova.id_a2a, &da.nuova.id_pendenza).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(self.genera_numero(&da.nuova, &da.risolta, &da.applicazione, &anagrafica).await?.avviso))
    }

    /// The body of `POST /carts`.
    fn carrello_checkout(&self, pendenze: &[Pendenza], ritorno: &str, v2: bool) -> String {
        let anagrafica = self.istantanea.attuale();
        let avvisi: Vec<_> = pendenze
            .iter()
            .map(|p| {
                let ente = anagrafica.dominio(&p.dominio).map(|d| d.ragione_sociale.clone()).unwrap_or_default();
                json!({
                    "noticeNumber": p.numero_avviso.as_str(),
                    "fiscalCode": p.dominio.as_str(),
                    "amount": p.importo.cent(),
                    "companyName": tronca(&ente, CARATTERI_DESCRIZIONE_MAX),
                    // A causale has no more (spec/1 section 5.3).
                    "description": tronca(&p.causale, CARATTERI_DESCRIZIONE_MAX),
                })
            })
            .collect();
        let torna = |esito: &str| con_parametro(ritorno, "esito", esito);
        let mut indirizzi = json!({ "returnOkUrl": torna("OK"), "returnCancelUrl": torna("CANCEL"), "returnErrorUrl": torna("ERROR") });
        if v2 {
            indirizzi["returnWaitingUrl"] = torna("WAITING").into();
        }
        json!({ "paymentNotices": avvisi, "returnUrls": indirizzi }).to_string()
    }

    fn evento_checkout(&self, pendenze: &[Pendenza], inizio: chrono::DateTime<chrono::Utc>, esito: &Result<String, String>) -> Evento {
        let una = pendenze.first().filter(|_| pendenze.len() == 1);
        Evento {
            durata_ms: Some((self.adesso() - inizio).num_milliseconds()),
            esito: if esito.is_ok() { EsitoEvento::Ok } else { EsitoEvento::Fail },
            sottotipo_esito: esito.is_ok().then(|| "302".to_owned()),
            dettaglio_esito: esito.as_ref().err().cloned(),
            dominio: pendenze.first().map(|p| p.dominio.to_string()),
            iuv: una.map(|p| p.iuv.to_string()),
            id_a2a: una.map(|p| p.id_a2a.clone()),
            id_pendenza: una.map(|p| p.id_pendenza.clone()),
            id_transazione: crate::numero::corrente(),
            ..Evento::nuovo(self.id_evento(), inizio, Componente::ApiPagoPa, Ruolo::Client, OPERAZIONE)
        }
    }
}
