//! The operations, one per file. Each decides with `domain`, reads and writes through `store`, and knows nothing of HTTP.
//!
//! | file | operation |
//! |---|---|
//! | [`accesso`] | who is calling: passwords, certificates, tokens, sessions |
//! | [`amministra`] | a change of the anagrafica |
//! | [`carica_pendenza`] | PUT of a position |
//! | [`modulo`] | a pendenza made from a form |
//! | [`modifica_pendenza`] | PATCH of a position |
//! | [`modifica_rpp`] | a payment attempt unblocked, a receipt brought by hand |
//! | [`bozze`] | positions of a session |
//! | [`leggi_pendenza`] | one position, and lists of them |
//! | [`leggi_avviso`] | the avviso as data and as PDF |
//! | [`leggi_ricevuta`] | a payment attempt, its messages, and the receipt as PDF |
//! | [`stampa_documento`] | the parts of a documento as one PDF |
//! | [`leggi_allegato`] | an attachment as a file |
//! | [`verifica_avviso`] | paVerifyPaymentNotice |
//! | [`chiedi_avviso`] | paDemandPaymentNotice |
//! | [`attiva_pagamento`] | paGetPayment, paGetPaymentV2 |
//! | [`perche`] | why a notice can or cannot be paid now |
//! | [`verifica_ente`] | a position asked of the application that owns it |
//! | [`acquisisci_ricevuta`] | paSendRT, paSendRTV2 |
//! | [`ricevute_estranee`] | the inbox of receipts that no position explained |
//! | `marca` | the digital stamp that came back with a receipt |
//! | [`flussi`] | flows of rendicontazione acquired and read, missing receipts recovered |
//! | [`notifica_ente`] | the queue of notifications: shown, and sent |
//! | [`idempotenza`] | a request that is made once, however often it is sent |
//! | [`pagamento`] | a payment started from a portal, pendenze made by a visitor |
//! | [`lavori`] | the jobs: their registry, their runs |
//! | [`vecchio`] | the older model: carts, RPT and RT |
//! | [`posizioni`] | positions told to GPD and ACA |
//! | [`fascicolo`] | the evidence of a payment as a zip |
//! | [`livelli`] | the level of service of the station |
//! | [`operazioni`] | a batch run at somebody's request |
//! | `rpt_scadute` | payment attempts whose time is over |
//! | [`sonde`] | probes for whoever watches |
//!
//! What they share: [`istantanea`] (the anagrafica of now), [`schema_json`] and [`testi_altrui`] (what integrators write
//! and we compile), [`giornale`] (events of reads), [`stazione`] (guards common to the calls of the node).

pub mod accesso;
pub mod acquisisci_ricevuta;
pub mod amministra;
pub mod attiva_pagamento;
pub mod bozze;
pub mod carica_pendenza;
pub mod chiedi_avviso;
pub mod errore;
pub mod fascicolo;
pub mod flussi;
pub mod giornale;
pub mod idempotenza;
pub mod istantanea;
pub mod lavori;
mod leggi_allegato;
pub mod leggi_avviso;
mod leggi_logo;
mod leggi_pagamenti;
pub mod leggi_pendenza;
pub mod leggi_ricevuta;
mod leggi_riscossioni;
pub mod livelli;
mod marca;
pub mod modifica_pendenza;
pub mod modifica_rpp;
pub mod modulo;
pub mod notifica_ente;
pub mod numero;
pub mod operazioni;
pub mod opzioni_pagamento;
pub mod pagamento;
pub mod perche;
mod persona;
pub mod posizioni;
mod proprietario;
pub mod ricevute_estranee;
mod rpt_scadute;
pub mod schema_json;
pub mod sonde;
mod stampa_documento;
mod stampa_quietanza;
pub mod stazione;
pub mod testi_altrui;
pub mod vecchio;
pub mod verifica_avviso;
pub mod verifica_ente;
mod zip;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use store::Store;
use store::contatori::Contatori;
use store::identificatori::Numeratore;
use tokio::sync::Notify;
use uuid::Uuid;

pub use errore::Errore;
pub use istantanea::Istantanea;

/// Where the time comes from: the system in service, a hand in tests.
pub type Orologio = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What configuration says to the operations.
#[derive(Clone, Debug)]
pub struct Impostazioni {
    /// Notice numbers that pagoPA uses to see whether we are alive (`it.govpay.pagoPA.sonda.nav`).
    pub avvisi_sonda: Vec<String>,
    /// Debtor codes and names that are not printed, compared without case (`...nascondiKeyword`).
    pub debitore_nascosto: Vec<String>,
    /// Passwords kept as MD5 unix crypt are believed once more (`...backwardCompatibilityMD5.enabled`).
    pub md5_ammesso: bool,
    /// What holds for tipi pendenza that do not say: a position past its dataValidita is not paid without the word of its ente
    /// (`...aggiornamentoValiditaMandatorio`).
    pub validita_obbligatoria: bool,
    pub operazione_verifica: Option<verifica_ente::OperazioneVerifica>,
    /// Whoever is nobody reads an avviso, or pays it, only by naming its debtor (`...checkCfDebitore.enabled`).
    pub anonimi_nominano_debitore: bool,
    /// How long whoever is nobody finds again a payment and its receipt (`...intervalloDisponibilitaPagamento`).
    pub disponibilita_anonimi: Duration,
    pub tipi_predefiniti: domain::pendenza::caricamento::TipiPredefiniti,
    /// A tipo pendenza that is named and does not exist is registered (`...censimentoAutomaticoTipiPendenza.enabled`).
    pub censimento_automatico: bool,
    /// Days after the loading by which an avviso asks to be paid, when the position has no date (`...giorniValiditaDaAssegnarePendenzaSenzaDataValidita`).
    pub giorni_senza_data: Option<u32>,
    /// pagoPA's own payment page (`it.govpay.checkout.*`); `None`: payments take the older road.
    pub checkout: Option<pagamento::Checkout>,
    pub lavori: lavori::ImpostazioniLavori,
    pub vecchio: vecchio::Impostazioni,
    pub posizioni: posizioni::ImpostazioniPosizioni,
    pub flussi: flussi::ImpostazioniFlussi,
    /// Limits of pagoPA's REST services, where they are not the usual ones.
    pub piattaforma: piattaforma::Impostazioni,
    pub giornale: giornale::ImpostazioniGiornale,
}

impl Default for Impostazioni {
    fn default() -> Self {
        Self {
            avvisi_sonda: vec!["000000000000000000".to_owned()],
            debitore_nascosto: vec![domain::soggetto::ANONIMO.to_owned()],
            md5_ammesso: true,
            validita_obbligatoria: false,
            operazione_verifica: None,
            anonimi_nominano_debitore: false,
            disponibilita_anonimi: Duration::minutes(60),
            tipi_predefiniti: domain::pendenza::caricamento::TipiPredefiniti::default(),
            censimento_automatico: false,
            giorni_senza_data: None,
            checkout: None,
            lavori: lavori::ImpostazioniLavori::default(),
            vecchio: vecchio::Impostazioni::default(),
            posizioni: posizioni::ImpostazioniPosizioni::default(),
            flussi: flussi::ImpostazioniFlussi::default(),
            piattaforma: piattaforma::Impostazioni::default(),
            giornale: giornale::ImpostazioniGiornale::default(),
        }
    }
}

/// The house behind the doors. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    pub(crate) store: Store,
    pub(crate) istantanea: Istantanea,
    pub(crate) contatori: Contatori,
    pub(crate) numeratore: Arc<Numeratore>,
    pub(crate) giornale: giornale::Giornale,
    pub(crate) orologio: Orologio,
    pub(crate) impostazioni: Arc<Impostazioni>,
    pub(crate) credenziali: Arc<accesso::Credenziali>,
    pub(crate) soggetti: Arc<accesso::soggetti::Soggetti>,
    pub(crate) ente: ente::ClienteEnte,
    /// Rung when a notification has been queued, so that it leaves at once.
    pub(crate) campanello: Arc<Notify>,
    /// The same for a position that an archive must hear of.
    pub(crate) campanello_posizioni: Arc<Notify>,
    pub(crate) piattaforma: piattaforma::Cliente,
    pub(crate) livelli: Arc<livelli::Contatori>,
    /// What the forms' schemas and templates were compiled to.
    pub(crate) officina: modulo::Officina,
    pub(crate) checkout: Option<pagamento::checkout::ClienteCheckout>,
    pub(crate) nodo: vecchio::nodo::ClienteNodo,
    /// For the flows, which come in one long answer.
    pub(crate) nodo_flussi: outbound::Cliente,
}

impl Gateway {
    /// Loads the anagrafica. `nodo`: the leased number of this process. Spawns the writer of the giornale.
    pub async fn nuovo(store: Store, nodo: i32, orologio: Orologio, impostazioni: Impostazioni, ente: ente::ClienteEnte) -> Result<Self, Errore> {
        let istantanea = Istantanea::carica(&store).await?;
        let numeratore = Arc::new(Numeratore::nuovo(nodo));
        let giornale = giornale::Giornale::avvia(store.clone(), Arc::clone(&numeratore), istantanea.clone());
        let checkout = impostazioni.checkout.as_ref().map(pagamento::checkout::ClienteCheckout::nuovo).transpose()?;
        let nodo = vecchio::nodo::ClienteNodo::nuovo(impostazioni.vecchio.tempi)?;
        Ok(Self {
            store,
            istantanea,
            contatori: Contatori::default(),
            numeratore,
            giornale,
            orologio,
            piattaforma: piattaforma::Cliente::nuovo(impostazioni.piattaforma.clone()),
            impostazioni: Arc::new(impostazioni),
            credenziali: Arc::new(accesso::Credenziali::nuove()),
            soggetti: Arc::default(),
            ente,
            campanello: Arc::new(Notify::new()),
            campanello_posizioni: Arc::new(Notify::new()),
            livelli: Arc::default(),
            officina: modulo::Officina::default(),
            checkout,
            nodo,
            nodo_flussi: flussi::cliente_nodo()?,
        })
    }

    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    #[must_use]
    pub fn istantanea(&self) -> &Istantanea {
        &self.istantanea
    }

    #[must_use]
    pub fn giornale(&self) -> &giornale::Giornale {
        &self.giornale
    }

    #[must_use]
    pub fn impostazioni(&self) -> &Impostazioni {
        &self.impostazioni
    }

    #[must_use]
    pub fn adesso(&self) -> DateTime<Utc> {
        (self.orologio)()
    }

    /// Waits for a notification to be queued by this node.
    pub async fn notifica_in_coda(&self) {
        self.campanello.notified().await;
    }

    /// Number of a new event.
    #[must_use]
    pub fn id_evento(&self) -> i64 {
        self.numeratore.prossimo(self.adesso())
    }
}

/// Row identifiers: time ordered, so that a B-tree grows at one end.
pub(crate) fn nuovo_id() -> Uuid {
    Uuid::now_v7()
}

pub(crate) fn nuovi_id() -> impl Iterator<Item = Uuid> {
    std::iter::repeat_with(nuovo_id)
}
