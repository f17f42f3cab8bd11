//! Il mondo di fuori, simulato: il nodo dei pagamenti, la pagina di un PSP, un ente creditore.
#![doc = include_str!("api.md")]
#![expect(clippy::result_large_err, reason = "un rifiuto e' un esito come un altro, e nessuno qui ne fa migliaia al secondo")]

mod api;
mod checkout;
mod coda;
pub mod collaudo;
mod comportamento;
mod ente;
mod fdr;
mod giornale;
mod marca;
mod massivo;
mod messaggi;
mod nodo;
mod pagine;
mod posizioni;
mod registri;
mod ricevute_gpd;
mod risposte;
mod stazione;
mod vecchio;
pub mod xml;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use base64::Engine as _;
use codici::Importo;

pub use checkout::GuastoCheckout;
pub use coda::{RICEVUTE_MAX, RITENTATIVI_MAX};
pub use comportamento::{CORPO_ENORME, Doppia, Guasto, GuastoEnte, Immondizia, Interruttore, InterruttoreEnte, OperazioneEnte, Sbagliata};
pub use ente::{NOTIFICHE_MAX, Notifica, RICHIESTA_MAX, RISPOSTE_MAX, RispostaEnte, TipoNotifica, VersioneEnte};
pub use fdr::{FlussoPubblicato, GuastoFdr, RigaFlusso};
pub use giornale::{Argomento, CORPO_MAX, Direzione, MESSAGGI_MAX, Messaggio};
pub use massivo::{ComportamentoFile, RapportoFile};
pub use messaggi::{Accredito, Bonifico, DatiPagamento, Operazione, PostoStandIn, Psp, Soggetto, Versione};
pub use nodo::{Esito, PAGAMENTI_MAX, Pagamento, Pagato, RicevutaVista, SenzaAttivazione, StatoPagamento};
pub use posizioni::{CHIAVE_SIMULATA, ChiamataArchivio, GuastoArchivio, InterruttoreArchivio};
pub use risposte::{Rifiuto, Verificato};
pub use vecchio::{CarrelloVisto, EsitoRt, GuastoNodo, RispostaStazione, RptVista, RtDaMandare, VersanteRpt};

/// How long the node waits, and how long an activation lives.
#[derive(Clone, Debug)]
pub struct Tempi {
    pub verifica: Duration,
    pub attivazione: Duration,
    pub ricevuta: Duration,
    pub vita_token: Duration,
}

impl Default for Tempi {
    /// The times of pagoPA: 7, 7 and 15 seconds, 30 minutes (spec/4 section 1.4).
    fn default() -> Self {
        Self { verifica: Duration::from_secs(7), attivazione: Duration::from_secs(7), ricevuta: Duration::from_secs(15), vita_token: Duration::from_secs(1800) }
    }
}

impl Tempi {
    /// All times multiplied: 0.01 makes a test of time-outs quick.
    #[must_use]
    pub fn per(&self, fattore: f64) -> Self {
        let per = |d: Duration| d.mul_f64(fattore.max(0.0));
        Self { verifica: per(self.verifica), attivazione: per(self.attivazione), ricevuta: per(self.ricevuta), vita_token: per(self.vita_token) }
    }
}

#[derive(Clone, Debug)]
pub struct Configurazione {
    /// Where the station listens, e.g. `http://127.0.0.1:8080/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice`.
    pub stazione_url: String,
    /// User and password of the node toward the station; `None` sends no `Authorization`.
    pub credenziali: Option<(String, String)>,
    pub id_intermediario: String,
    pub id_stazione: String,
    /// Station of the same broker and broker of somebody else, used by wrong receipts.
    pub altra_stazione: String,
    pub altro_intermediario: String,
    /// Enti that the page proposes: fiscal code and name. The node does not refuse others.
    pub domini: Vec<(String, String)>,
    pub psp: Psp,
    pub posto_stand_in: PostoStandIn,
    /// Account of a payment without activation.
    pub iban_senza_attivazione: String,
    pub tempi: Tempi,
    /// How long the hour between two attempts of a receipt lasts here.
    pub scala_tempo: Duration,
    /// Where the receipts to deliver are kept. `None`: in memory only.
    pub data_dir: Option<PathBuf>,
    /// Where the simulator itself listens: it is shown on the pages and makes the addresses of the ente.
    pub base_url: String,
}

impl Default for Configurazione {
    /// The values of the sandbox.
    fn default() -> Self {
        Self {
            stazione_url: "http://127.0.0.1:8080/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice".into(),
            credenziali: Some(("nodo".into(), "Password1!".into())),
            id_intermediario: "11111111113".into(),
            id_stazione: "11111111113_01".into(),
            altra_stazione: "11111111113_02".into(),
            altro_intermediario: "22222222226".into(),
            domini: vec![("12345678901".into(), "Ente dimostrativo".into()), ("12345678902".into(), "Secondo ente dimostrativo".into())],
            psp: Psp::default(),
            posto_stand_in: PostoStandIn::default(),
            iban_senza_attivazione: "IT60X0542811101000000123456".into(),
            tempi: Tempi::default(),
            scala_tempo: Duration::from_secs(1),
            data_dir: None,
            base_url: "http://127.0.0.1:8180".into(),
        }
    }
}

/// The simulated world. Cloning is cheap: the clones are the same world.
#[derive(Clone)]
pub struct Simulatore(Arc<Interno>);

struct Interno {
    conf: Configurazione,
    stazione_url: RwLock<String>,
    autorizzazione: Option<String>,
    client: reqwest::Client,
    coda: coda::Coda,
    pagamenti: Mutex<nodo::Pagamenti>,
    pannello: comportamento::Pannello,
    giornale: giornale::Giornale,
    ente: ente::Ente,
    checkout: checkout::Checkout,
    vecchio: vecchio::NodoVecchio,
    archivi: posizioni::Archivi,
    fdr: fdr::Fdr,
    sveglia: tokio::sync::Notify,
}

impl Simulatore {
    /// Reads the receipts that `data_dir` holds, if any. Fails when the folder cannot be read or written.
    pub fn nuovo(conf: Configurazione) -> anyhow::Result<Self> {
        let autorizzazione = conf
            .credenziali
            .as_ref()
            .map(|(utente, password)| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{utente}:{password}"))));
        Ok(Self(Arc::new(Interno {
            stazione_url: RwLock::new(conf.stazione_url.clone()),
            autorizzazione,
            client: stazione::client()?,
            coda: coda::Coda::apri(conf.data_dir.as_deref())?,
            pagamenti: Mutex::default(),
            pannello: comportamento::Pannello::default(),
            giornale: giornale::Giornale::default(),
            ente: ente::Ente::nuovo(conf.base_url.clone()),
            checkout: checkout::Checkout::default(),
            vecchio: vecchio::NodoVecchio::default(),
            archivi: posizioni::Archivi::default(),
            fdr: fdr::Fdr::default(),
            sveglia: tokio::sync::Notify::new(),
            conf,
        })))
    }

    /// Pages, JSON API and ente, all on one port.
    pub fn router(&self) -> axum::Router {
        let rotte = pagine::rotte().merge(api::rotte()).merge(ente::rotte()).merge(checkout::rotte()).merge(vecchio::rotte());
        rotte.merge(posizioni::rotte(self)).merge(fdr::rotte()).with_state(self.clone())
    }

    #[must_use]
    pub fn configurazione(&self) -> &Configurazione {
        &self.0.conf
    }

    /// Where the next messages go: tests know the port of the station late.
    #[must_use]
    pub fn stazione_url(&self) -> String {
        self.0.stazione_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn imposta_stazione_url(&self, url: impl Into<String>) {
        *self.0.stazione_url.write().unwrap_or_else(PoisonError::into_inner) = url.into();
    }

    /// Turns on a switch of the node; a switch of the same name is replaced.
    pub fn accendi(&self, interruttore: impl Into<Interruttore>) {
        self.0.pannello.accendi(interruttore.into());
    }

    /// Turns off a switch of the node by name, or all of them.
    pub fn spegni(&self, nome: Option<&str>) {
        self.0.pannello.spegni(nome);
    }

    #[must_use]
    pub fn accesi(&self) -> Vec<Interruttore> {
        self.0.pannello.accesi()
    }

    /// The latest messages first. `filtro`: the beginning of an avviso, an iuv, a token or a dominio.
    #[must_use]
    pub fn messaggi(&self, filtro: Option<&str>, massimo: usize) -> Vec<Messaggio> {
        self.0.giornale.ultimi(filtro, massimo)
    }

    #[must_use]
    pub fn messaggio(&self, id: u64) -> Option<Messaggio> {
        self.0.giornale.uno(id)
    }

    pub fn dimentica_messaggi(&self) {
        self.0.giornale.svuota();
    }
}

/// Nothing here leaves a half written state while it holds a lock: a panic of another thread is no reason to stop.
fn lucchetto<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
