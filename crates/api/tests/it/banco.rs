//! The bench: gateway, database, simulator and anagrafica of a test, all its own.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use codici::{AuxDigit, IdDominio};
use domain::anagrafica::{
    Acl, AmbitoUo, Applicazione, ConnettoreEnte, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, Recapiti, RicevutaIgnota, RicevutaRipetuta,
    Servizio, Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, UnitaOperativa, Utenza, VersioneEnte,
};
use domain::chiamante::Profilo;
use domain::pendenza::TipoContabilita;
use gateway::{Gateway, Impostazioni};
use indexmap::{IndexMap, IndexSet};
use metrics_exporter_prometheus::PrometheusBuilder;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{Configurazione, Simulatore, Tempi};
use sqlx::{Connection, Executor};
use store::Store;
use store::apertura::Opzioni;

pub const DOMINIO: &str = "12345678901";
pub const DOMINIO_2: &str = "12345678902";
/// Aux digit 0, application code 01.
pub const DOMINIO_AUX0: &str = "12345678903";
pub const PASSWORD: &str = "Password1!";
pub const IBAN: &str = "IT02L1234512345123451111111";
pub const IBAN_POSTALE: &str = "IT60X0760101000000012345678";
pub const PENDENZE: &str = "/govpay/backend/api/pendenze/rs/basic/v2";
pub const BACKOFFICE: &str = "/govpay/backend/api/backoffice/rs/basic/v1";
pub const PAGAMENTO_V1: &str = "/govpay/frontend/api/pagamento/rs/basic/v1";
pub const PAGAMENTO_V2: &str = "/govpay/frontend/api/pagamento/rs/basic/v2";
pub const PAGAMENTO_V3: &str = "/govpay/frontend/api/pagamento/rs/basic/v3";
pub const STAZIONE: &str = "/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archivio {
    Sqlite,
    Postgres,
}

/// Makes two tests of one: on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! su_entrambi {
    ($(#[$attr:meta])* async fn $nome:ident($banco:ident: &Banco) $corpo:block) => {
        mod $nome {
            use super::*;
            async fn prova($banco: &Banco) $corpo

            $(#[$attr])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let banco = Banco::nuovo($crate::banco::Archivio::Sqlite).await.expect("SQLite c'e' sempre");
                prova(&banco).await;
                $crate::banco::registro_concorde(&banco.store).await;
            }

            $(#[$attr])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(banco) = Banco::nuovo($crate::banco::Archivio::Postgres).await else {
                    println!("saltata su PostgreSQL: FIORINO_PROVA_POSTGRES non e' impostata");
                    return;
                };
                prova(&banco).await;
                $crate::banco::registro_concorde(&banco.store).await;
            }
        }
    };
}

/// After every end-to-end test each position is recomputed from the ledger.
pub async fn registro_concorde(store: &Store) {
    assert_eq!(store.verifica_registro().await.expect("registro leggibile"), []);
}

pub struct Banco {
    pub gateway: Gateway,
    pub store: Store,
    pub simulatore: Simulatore,
    pub base: String,
    pub http: reqwest::Client,
    /// Of the database, for what only a hand in it can do.
    pub url: String,
    orologio: Arc<Mutex<Option<DateTime<Utc>>>>,
    _cartella: tempfile::TempDir,
}

impl Banco {
    pub async fn nuovo(archivio: Archivio) -> Option<Self> {
        let _ = rustls_pronto();
        let cartella = tempfile::tempdir().expect("cartella temporanea");
        let url = match archivio {
            Archivio::Sqlite => format!("sqlite:{}", cartella.path().join("fiorino.db").display()),
            Archivio::Postgres => database_vuoto().await?,
        };
        let store = Store::apri(&Opzioni { url: url.clone(), connessioni: 8 }).await.expect("archivio");
        let orologio: Arc<Mutex<Option<DateTime<Utc>>>> = Arc::default();
        let simulatore = avvia_simulatore().await;
        semina(&store, &simulatore.ente_url(simulator::VersioneEnte::V2), &simulatore.ente_url(simulator::VersioneEnte::V1)).await;

        let mano = Arc::clone(&orologio);
        let adesso: gateway::Orologio = Arc::new(move || mano.lock().expect("orologio").unwrap_or_else(Utc::now));
        let ente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("client");
        let gateway = Gateway::nuovo(store.clone(), 7, adesso, Impostazioni::default(), ente).await.expect("gateway");
        let base = avvia_gateway(&gateway).await;
        simulatore.imposta_stazione_url(format!("{base}{STAZIONE}"));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(60)).build().expect("client");
        Some(Self { gateway, store, simulatore, base, http, url, orologio, _cartella: cartella })
    }

    /// Stops the clock at an instant.
    pub fn ferma_orologio(&self, istante: &str) {
        *self.orologio.lock().expect("orologio") = Some(istante.parse().expect("istante"));
    }

    /// A call as applicazione DEMO.
    pub async fn chiama(&self, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
        self.chiama_come("DEMO", metodo, percorso, corpo).await
    }

    pub async fn chiama_come(&self, utente: &str, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
        let mut richiesta = self.http.request(metodo, format!("{}{percorso}", self.base)).basic_auth(utente, Some(PASSWORD));
        if let Some(corpo) = corpo {
            richiesta = richiesta.header("content-type", "application/json").body(corpo.to_string());
        }
        Risposta::leggi(richiesta.send().await.expect("risposta")).await
    }

    /// A GET in a format.
    pub async fn chiama_con(&self, utente: &str, percorso: &str, accept: &str) -> Risposta {
        let richiesta = self.http.get(format!("{}{percorso}", self.base)).basic_auth(utente, Some(PASSWORD)).header("accept", accept);
        Risposta::leggi(richiesta.send().await.expect("risposta")).await
    }

    pub async fn put(&self, id: &str, corpo: Value) -> Risposta {
        self.chiama(Method::PUT, &format!("{PENDENZE}/pendenze/DEMO/{id}"), Some(corpo)).await
    }

    pub async fn get(&self, percorso: &str) -> Risposta {
        self.chiama(Method::GET, &format!("{PENDENZE}{percorso}"), None).await
    }

    pub async fn pendenza(&self, id: &str) -> Value {
        let risposta = self.get(&format!("/pendenze/DEMO/{id}")).await;
        assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
        risposta.json()
    }

    /// Loads a position of one voce, and gives its numero avviso.
    pub async fn carica(&self, id: &str, importo: &str) -> String {
        let risposta = self.put(id, corpo_minimo(importo)).await;
        assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
        risposta.json()["numeroAvviso"].as_str().expect("numeroAvviso").to_owned()
    }

    /// A hand in the database: one or more statements.
    pub async fn sql(&self, istruzioni: &str) {
        let istruzioni = sqlx::AssertSqlSafe(istruzioni.to_owned());
        let esito = match self.url.strip_prefix("sqlite:") {
            Some(file) => sqlx::SqliteConnection::connect(file).await.expect("file").execute(sqlx::raw_sql(istruzioni)).await.map(|_| ()),
            None => sqlx::PgConnection::connect(&self.url).await.expect("server").execute(sqlx::raw_sql(istruzioni)).await.map(|_| ()),
        };
        esito.expect("istruzioni eseguite");
    }

    /// A number out of the database.
    pub async fn conta(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        let esito = match self.url.strip_prefix("sqlite:") {
            Some(file) => sqlx::query_scalar(query).fetch_one(&mut sqlx::SqliteConnection::connect(file).await.expect("file")).await,
            None => sqlx::query_scalar(query).fetch_one(&mut sqlx::PgConnection::connect(&self.url).await.expect("server")).await,
        };
        esito.expect("un numero")
    }

    /// The same gateway behind other ways in. Gives the base address. `certificato`: what the TLS layer would have verified.
    pub async fn altra_porta(&self, impostazioni: api::ImpostazioniAccesso, certificato: Option<&[(&str, &str)]>) -> String {
        apri_porta(&self.gateway, impostazioni, certificato, "https://pagamenti.ente.example").await
    }

    /// A door where everybody who pays comes in: applicazioni, citizens by the headers of SPID, nobody.
    pub async fn porta_dei_pagamenti(&self) -> String {
        let profili = [Profilo::Basic, Profilo::Spid, Profilo::Session, Profilo::Public].into();
        self.altra_porta(api::ImpostazioniAccesso { profili, ..api::ImpostazioniAccesso::default() }, None).await
    }

    /// Another node on the same database, with its own memory.
    pub async fn altro_nodo(&self, numero: i32) -> Gateway {
        self.altro_nodo_con(numero, Impostazioni::default()).await
    }

    /// The same, with another configuration.
    pub async fn altro_nodo_con(&self, numero: i32, impostazioni: Impostazioni) -> Gateway {
        let mano = Arc::clone(&self.orologio);
        let adesso: gateway::Orologio = Arc::new(move || mano.lock().expect("orologio").unwrap_or_else(Utc::now));
        let ente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("client");
        Gateway::nuovo(self.store.clone(), numero, adesso, impostazioni, ente).await.expect("gateway")
    }

    /// Another node, whose configuration says otherwise.
    pub async fn nodo_con(&self, impostazioni: Impostazioni) -> Gateway {
        let mano = Arc::clone(&self.orologio);
        let adesso: gateway::Orologio = Arc::new(move || mano.lock().expect("orologio").unwrap_or_else(Utc::now));
        let ente = ente::ClienteEnte::nuovo(ente::TEMPI).expect("client");
        Gateway::nuovo(self.store.clone(), 9, adesso, impostazioni, ente).await.expect("gateway")
    }

    /// The doors of another node, the station's among them. Gives the base address.
    pub async fn stazione_di(&self, nodo: &Gateway) -> String {
        avvia_gateway(nodo).await
    }

    /// Writes logins, and lets the node see them.
    pub async fn censisci(&self, scritture: &[domain::anagrafica::Scrittura]) {
        let a = self.store.scrivi_anagrafica().await.expect("scrittura");
        for s in scritture {
            a.salva(s).await.expect("salvata");
        }
        a.commit().await.expect("commit");
        self.gateway.istantanea().rinfresca(&self.store).await.expect("riletta");
    }

    /// Sends what is due, until nothing is.
    pub async fn spedisci(&self) {
        while self.gateway.spedisci_notifiche().await.expect("coda leggibile") > 0 {}
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Risposta {
    pub stato: StatusCode,
    pub intestazioni: reqwest::header::HeaderMap,
    pub byte: Vec<u8>,
    pub testo: String,
}

impl Risposta {
    pub async fn leggi(risposta: reqwest::Response) -> Self {
        let (stato, intestazioni) = (risposta.status(), risposta.headers().clone());
        let byte = risposta.bytes().await.expect("corpo").to_vec();
        Self { stato, intestazioni, testo: String::from_utf8_lossy(&byte).into_owned(), byte }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.testo).unwrap_or_else(|e| panic!("{e}: {}", self.testo))
    }

    /// Status, codice and dettaglio of a fault bean.
    pub fn fault(&self) -> (u16, String, String) {
        let corpo = self.json();
        let campo = |nome: &str| corpo[nome].as_str().unwrap_or_default().to_owned();
        (self.stato.as_u16(), campo("codice"), campo("dettaglio"))
    }
}

impl Risposta {
    /// The answer is this refusal, to the letter, and nothing else.
    #[track_caller]
    pub fn rifiuta(&self, stato: u16, codice: &str, dettaglio: &str) {
        assert_eq!(self.fault(), (stato, codice.to_owned(), dettaglio.to_owned()));
        assert_eq!(self.chiavi(), ["categoria", "codice", "descrizione", "dettaglio"]);
        assert!(self.intestazioni.contains_key("x-govpay-idtransazione"));
    }

    /// As [`Risposta::fault`], for an answer that may be no fault at all.
    pub fn fault_o_vuoto(&self) -> (u16, String, String) {
        if self.stato.is_success() { (self.stato.as_u16(), String::new(), self.testo.clone()) } else { self.fault() }
    }

    /// Names of the members, sorted.
    #[track_caller]
    pub fn chiavi(&self) -> Vec<String> {
        chiavi(&self.json())
    }
}

/// What is written in a PDF; `None` where the tool that reads it is not here.
pub fn testo_di_pdf(byte: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().expect("file");
    std::fs::write(file.path(), byte).expect("scritto");
    let uscita = std::process::Command::new("pdftotext").arg("-raw").arg(file.path()).arg("-").output().ok()?;
    assert!(uscita.status.success(), "{}", String::from_utf8_lossy(&uscita.stderr));
    Some(String::from_utf8_lossy(&uscita.stdout).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Names of the members of an object, sorted.
#[track_caller]
pub fn chiavi(valore: &Value) -> Vec<String> {
    let mut nomi: Vec<String> = valore.as_object().expect("un oggetto").keys().cloned().collect();
    nomi.sort();
    nomi
}

/// JSON numbers from text: amounts never pass through a float, not even here.
pub fn numero(testo: &str) -> Value {
    serde_json::from_str(testo).expect("numero")
}

pub fn corpo_minimo(importo: &str) -> Value {
    json!({
        "idTipoPendenza": "TARI",
        "idDominio": DOMINIO,
        "causale": "TARI 2026 prima rata",
        "soggettoPagatore": { "tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti" },
        "importo": numero(importo),
        "voci": [ { "idVocePendenza": "V1", "importo": numero(importo), "descrizione": "Quota comunale", "codEntrata": "TARI" } ],
    })
}

fn rustls_pronto() -> Result<(), ()> {
    // reqwest is built without a default provider: outbound installs ours.
    outbound::Cliente::nuovo(ente::TEMPI).map(|_| ()).map_err(|_| ())
}

/// A door of a gateway, with the address of the connection as the program has it.
pub async fn apri_porta(gateway: &Gateway, impostazioni: api::ImpostazioniAccesso, certificato: Option<&[(&str, &str)]>, indirizzo_pubblico: &str) -> String {
    let (ascolto, indirizzo) = porta().await;
    let contesto = api::Contesto {
        gateway: gateway.clone(),
        nodo: api::AutenticazioneNodo::Basic(Vec::new()),
        accesso: Arc::new(api::Accesso::nuovo(impostazioni).expect("accesso")),
        indirizzo_pubblico: indirizzo_pubblico.to_owned(),
        metriche: PrometheusBuilder::new().build_recorder().handle(),
    };
    let mut rotte = api::router(contesto);
    rotte = rotte.layer(axum::middleware::from_fn(soggetto_di_prova));
    if let Some(rdn) = certificato {
        let rdn = rdn.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        rotte = rotte.layer(axum::Extension(api::CertificatoClient(rdn)));
    }
    tokio::spawn(async move { axum::serve(ascolto, rotte.into_make_service_with_connect_info::<SocketAddr>()).await });
    format!("http://{indirizzo}")
}

/// Header that plays the TLS layer: the common name of a client certificate.
pub const COMMON_NAME: &str = "x-prova-common-name";

async fn soggetto_di_prova(mut richiesta: axum::extract::Request, avanti: axum::middleware::Next) -> axum::response::Response {
    if let Some(cn) = richiesta.headers().get(COMMON_NAME).and_then(|v| v.to_str().ok()).map(str::to_owned) {
        richiesta.extensions_mut().insert(api::CertificatoClient(vec![("CN".to_owned(), cn)]));
    }
    avanti.run(richiesta).await
}

async fn avvia_gateway(gateway: &Gateway) -> String {
    let (ascolto, indirizzo) = porta().await;
    let base = format!("http://{indirizzo}");
    let contesto = api::Contesto {
        gateway: gateway.clone(),
        nodo: api::AutenticazioneNodo::Basic(vec![utente_nodo("nodo"), utente_nodo("intruso")]),
        accesso: Arc::new(api::Accesso::nuovo(api::ImpostazioniAccesso::default()).expect("accesso")),
        indirizzo_pubblico: base.clone(),
        metriche: PrometheusBuilder::new().build_recorder().handle(),
    };
    tokio::spawn(async move { axum::serve(ascolto, api::router(contesto)).await });
    base
}

fn utente_nodo(nome: &str) -> api::UtenteNodo {
    api::UtenteNodo { nome: nome.to_owned(), hash: HASH.clone() }
}

async fn avvia_simulatore() -> Simulatore {
    let (ascolto, indirizzo) = porta().await;
    let conf = Configurazione {
        base_url: format!("http://{indirizzo}"),
        scala_tempo: Duration::from_millis(50),
        tempi: Tempi::default(),
        ..Configurazione::default()
    };
    let simulatore = Simulatore::nuovo(conf).expect("simulatore");
    let rotte = simulatore.router();
    tokio::spawn(async move { axum::serve(ascolto, rotte).await });
    simulatore
}

async fn porta() -> (tokio::net::TcpListener, SocketAddr) {
    let ascolto = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let indirizzo = ascolto.local_addr().expect("indirizzo");
    (ascolto, indirizzo)
}

/// A database of its own on the server of the tests.
async fn database_vuoto() -> Option<String> {
    let server = std::env::var("FIORINO_PROVA_POSTGRES").ok()?;
    let nome = format!("prova_{}", uuid::Uuid::new_v4().simple());
    let mut conn = sqlx::PgConnection::connect(&server).await.expect("server PostgreSQL delle prove");
    conn.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {nome}"))).await.expect("database di prova");
    let (testa, _) = server.rsplit_once('/').expect("url con database");
    Some(format!("{testa}/{nome}"))
}

/// Hashed once: the tests are not about Argon2.
static HASH: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| gateway::accesso::hash_password(PASSWORD).expect("hash"));

pub fn dominio(cod: &str) -> IdDominio {
    IdDominio::leggi(cod).expect("dominio")
}

/// The anagrafica of the tests: three domini, two applicazioni (ente v2 and v1), one without connettore, one without rights.
async fn semina(store: &Store, ente_v2: &str, ente_v1: &str) {
    let a = store.scrivi_anagrafica().await.expect("scrittura");
    for (cod, principal) in [("11111111113", "nodo"), ("22222222226", "altro")] {
        a.intermediario(&Intermediario::nuovo(cod, &format!("Intermediario {cod}"), principal)).await.expect("intermediario");
    }
    for (cod, intermediario, ripetuta, ignota) in [
        ("11111111113_01", "11111111113", RicevutaRipetuta::Duplicata, RicevutaIgnota::Ok),
        ("11111111113_02", "11111111113", RicevutaRipetuta::Ok, RicevutaIgnota::Rifiuta),
        ("22222222226_01", "22222222226", RicevutaRipetuta::Duplicata, RicevutaIgnota::Ok),
    ] {
        let s = Stazione { ricevuta_ripetuta: ripetuta, ricevuta_ignota: ignota, ..Stazione::nuova(cod, intermediario, 1) };
        a.stazione(&s).await.expect("stazione");
    }
    for t in ["TARI", "CDS", "MENSA", "LIBERO", "BOLLOT"] {
        a.tipo_pendenza(&TipoPendenza::nuovo(t, t)).await.expect("tipo");
        a.tipo_entrata(&TipoEntrata::nuovo(t, t, Some((TipoContabilita::Altro, "0101101IM")))).await.expect("entrata");
    }
    for (cod, aux, segregazione) in [(DOMINIO, AuxDigit::Tre, Some(1)), (DOMINIO_2, AuxDigit::Tre, Some(2)), (DOMINIO_AUX0, AuxDigit::Zero, None)] {
        semina_dominio(&a, cod, aux, segregazione).await;
    }
    semina_utenze(&a, ente_v2, ente_v1).await;
    a.commit().await.expect("anagrafica");
}

/// A dominio as those of the bench: unità operativa, two IBAN, five entrate and tipi.
pub async fn semina_dominio(a: &store::anagrafica::ScritturaAnagrafica, cod: &str, aux_digit: AuxDigit, segregation_code: Option<u8>) {
    let id = dominio(cod);
    let d = Dominio {
        stazione: Some("11111111113_01".to_owned()),
        aux_digit,
        segregation_code,
        gln: Some("8888888888888".to_owned()),
        cbill: Some("ABCDE".to_owned()),
        aut_stampa_poste: Some("AUT. 1/2026".to_owned()),
        intermediato: true,
        recapiti: Recapiti { indirizzo: Some("Piazza Grande".to_owned()), localita: Some("Prova".to_owned()), ..Recapiti::default() },
        ..Dominio::nuovo(id.clone(), &format!("Comune di Prova {cod}"))
    };
    a.dominio(&d).await.expect("dominio");
    let uo = UnitaOperativa { cod: "UFF".to_owned(), ragione_sociale: Some("Ufficio tributi".to_owned()), abilitata: true, recapiti: Recapiti::default() };
    a.unita_operativa(&id, &uo).await.expect("uo");
    for (iban, postale) in [(IBAN, false), (IBAN_POSTALE, true)] {
        a.conto(&id, &ContoAccredito::nuovo(iban, postale)).await.expect("conto");
    }
    for t in ["TARI", "CDS", "MENSA", "LIBERO", "BOLLOT"] {
        let bollo = t == "BOLLOT";
        let entrata = if bollo { EntrataDominio::su(None, None) } else { EntrataDominio::su(Some(IBAN), Some(IBAN_POSTALE)) };
        a.entrata(&id, t, &entrata).await.expect("entrata");
        a.tipo_pendenza_dominio(&id, t, &TipoPendenzaDominio::default()).await.expect("tipo del dominio");
    }
}

async fn semina_utenze(a: &store::anagrafica::ScritturaAnagrafica, ente_v2: &str, ente_v1: &str) {
    let pendenze = Acl::piene(&[Servizio::ApiPendenze]);
    let solo_uno = IndexMap::from([(dominio(DOMINIO), AmbitoUo::Tutte)]);
    let casi = [
        ("DEMO", Some((ente_v2, VersioneEnte::V2)), None, None, pendenze.clone()),
        ("DEMO_V1", Some((ente_v1, VersioneEnte::V1)), None, None, pendenze.clone()),
        ("SILENTE", None, None, None, pendenze.clone()),
        ("LIMITATA", None, Some(solo_uno), Some(IndexSet::from(["TARI".to_owned()])), pendenze),
        ("PORTALE", None, None, None, Acl::piene(&[Servizio::ApiPagamenti])),
        ("SENZA_DIRITTI", None, None, None, Vec::new()),
    ];
    for (cod, connettore, domini, tipi_pendenza, acl) in casi {
        let utenza = Utenza { domini, tipi_pendenza, acl, ..Utenza::piena(cod, Some(HASH.clone()), &[]) };
        a.utenza(&utenza).await.expect("utenza");
        let connettore = connettore.map(|(url, versione)| ConnettoreEnte { url: url.to_owned(), versione, autenticazione: None });
        a.applicazione(&Applicazione { connettore, ..Applicazione::nuova(cod, cod) }).await.expect("applicazione");
    }
    a.utenza(&Utenza::piena("gpadmin", Some(HASH.clone()), &Servizio::BACKOFFICE)).await.expect("utenza");
    a.operatore(&Operatore { principal: "gpadmin".to_owned(), nome: "Amministratore".to_owned() }).await.expect("operatore");
}
