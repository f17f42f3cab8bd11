//! The world around the program: one simulator that plays every service, an anagrafica with every connettore, and where the nodes are now.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use codici::{AuxDigit, IdDominio};
use domain::anagrafica::connettore::{ConnettoreNodo, ConnettoreServizio};
use domain::anagrafica::{
    Applicazione, ConnettoreEnte, ConnettoriIntermediario, ContoAccredito, Dominio, EntrataDominio, Intermediario, Operatore, RicevutaIgnota, Segreto,
    Servizio, Stazione, TipoEntrata, TipoPendenza, TipoPendenzaDominio, Utenza, VersioneEnte,
};
use domain::pendenza::TipoContabilita;
use simulator::{CHIAVE_SIMULATA, Configurazione, Simulatore};
use sqlx::PgPool;
use store::Store;
use store::apertura::Opzioni;

use super::tempesta::Caso;

pub const DOMINIO: &str = "12345678901";
pub const PASSWORD: &str = "Password1!";
/// The application that hears of receipts, and the one that hears of activations too.
pub const APPLICAZIONI: [&str; 2] = ["DEMO", "DEMO_V1"];
const AMMINISTRATORE: &str = "gpadmin";
const IBAN: &str = "IT02L1234512345123451111111";
const STAZIONE: &str = "govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice";

pub struct Mondo {
    pub simulatore: Simulatore,
    pub pool: PgPool,
    http: reqwest::Client,
    porte: Vec<u16>,
    vive: Mutex<(Vec<u16>, Caso)>,
    sentite: Mutex<Sentite>,
}

/// What the ente was told.
#[derive(Default)]
struct Sentite {
    ultima: u64,
    ricevute: HashSet<String>,
    volte: HashMap<&'static str, u64>,
}

fn chiave<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mondo {
    pub async fn nuovo(database: &str, nodi: usize) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut porte = Vec::new();
        let mut caso = Caso::nuovo(uuid::Uuid::new_v4().as_u64_pair().0);
        while porte.len() < nodi {
            // Below the ports that the system gives to others: it stays ours while nobody listens.
            let porta = u16::try_from(15_000 + caso.fino_a(15_000))?;
            if !porte.contains(&porta) && std::net::TcpListener::bind(("127.0.0.1", porta)).is_ok() {
                porte.push(porta);
            }
        }
        let ascolto = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let conf = Configurazione {
            stazione_url: format!("http://127.0.0.1:{}/{STAZIONE}", porte[0]),
            base_url: format!("http://{}", ascolto.local_addr()?),
            scala_tempo: Duration::from_millis(500),
            ..Configurazione::default()
        };
        let simulatore = Simulatore::nuovo(conf)?;
        let rotte = simulatore.router();
        tokio::spawn(async move { axum::serve(ascolto, rotte).await });
        let store = Store::apri(&Opzioni { url: database.to_owned(), connessioni: 2 }).await?;
        semina(&store, &simulatore).await?;
        store.chiudi().await;
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(2).connect(database).await?;
        // A kept connection would tell of a kill to a call that has not begun.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(60)).build()?;
        Ok(Self { simulatore, pool, http, vive: Mutex::new((porte.clone(), Caso::nuovo(7))), porte, sentite: Mutex::default() })
    }

    pub fn porte(&self) -> &[u16] {
        &self.porte
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.http
    }

    /// A node that is believed alive.
    pub fn base(&self) -> String {
        let mut vive = chiave(&self.vive);
        let (porte, caso) = &mut *vive;
        let quale = usize::try_from(caso.fino_a(porte.len() as u64)).unwrap_or(0);
        format!("http://127.0.0.1:{}", porte[quale])
    }

    /// The station of pagoPA's calls goes to a node at random.
    pub fn alterna(&self) {
        self.simulatore.imposta_stazione_url(format!("{}/{STAZIONE}", self.base()));
    }

    pub fn evita(&self, porta: u16) {
        chiave(&self.vive).0.retain(|p| *p != porta);
        self.alterna();
    }

    pub fn torna(&self, porta: u16) {
        chiave(&self.vive).0.push(porta);
    }

    /// Asks for a job and gives what was answered.
    pub async fn operazione(&self, nome: &str) -> Result<String> {
        let url = format!("{}/govpay/backend/api/backoffice/rs/basic/v1/operazioni/{nome}", self.base());
        let risposta = self.http.get(url).basic_auth(AMMINISTRATORE, Some(PASSWORD)).send().await?;
        let stato = risposta.status();
        let testo = risposta.text().await?;
        ensure!(stato.is_success(), "{nome}: {stato} {testo}");
        Ok(testo)
    }

    pub async fn sql(&self, istruzione: &str) -> Result<()> {
        sqlx::raw_sql(sqlx::AssertSqlSafe(istruzione.to_owned())).execute(&self.pool).await.with_context(|| istruzione.to_owned())?;
        Ok(())
    }

    pub async fn numero(&self, query: &str) -> Result<i64> {
        sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned())).fetch_one(&self.pool).await.with_context(|| query.to_owned())
    }

    /// What is left to do, by queue.
    pub async fn code(&self) -> Result<Vec<(&'static str, i64)>> {
        let mut code = Vec::new();
        for (nome, query) in [
            ("notifiche", "SELECT count(*) FROM notifica WHERE stato = 'DA_SPEDIRE'"),
            ("posizioni", "SELECT count(*) FROM posizione_debitoria WHERE stato IN ('DA_INVIARE', 'RIFIUTATA')"),
            ("rpt", "SELECT count(*) FROM rpt_da_inviare"),
        ] {
            code.push((nome, self.numero(query).await?));
        }
        Ok(code)
    }

    /// Reads what the ente heard since the last time.
    ///
    /// # Errors
    /// A notification that breaks the contract, or one that the simulator has forgotten.
    pub fn ascolta_ente(&self) -> Result<()> {
        let mut sentite = chiave(&self.sentite);
        let ultima = sentite.ultima;
        for n in self.simulatore.notifiche(|n| n.id > ultima) {
            ensure!(n.id == sentite.ultima + 1, "il simulatore ha dimenticato una notifica prima che la si leggesse");
            ensure!(n.problemi.is_empty(), "notifica contro il contratto: {n:?}");
            sentite.ultima = n.id;
            *sentite.volte.entry(n.tipo.testo()).or_default() += 1;
            sentite.ricevute.extend(n.ricevuta);
        }
        Ok(())
    }

    pub fn ha_sentito(&self, ricevuta: &str) -> bool {
        chiave(&self.sentite).ricevute.contains(ricevuta)
    }

    pub fn notifiche_sentite(&self) -> u64 {
        chiave(&self.sentite).volte.values().sum()
    }
}

async fn semina(store: &Store, s: &Simulatore) -> Result<()> {
    let servizio = |url: String| ConnettoreServizio { url, auth: None, subscription_key: Some(Segreto(CHIAVE_SIMULATA.to_owned())), abilita_gde: false };
    let connettori = ConnettoriIntermediario {
        nodo: Some(ConnettoreNodo { url_rpt: s.nodo_url(), auth: None, subscription_key: None }),
        aca: Some(servizio(s.aca_url())),
        fr: Some(servizio(s.fdr_url())),
        recupero_rt: Some(servizio(s.biz_events_url())),
        ..ConnettoriIntermediario::default()
    };
    let a = store.scrivi_anagrafica().await?;
    a.intermediario(&Intermediario { connettori: Arc::new(connettori), ..Intermediario::nuovo("11111111113", "Intermediario", "nodo") }).await?;
    for stazione in ["11111111113_01", "11111111113_02"] {
        let stazione =
            Stazione { ricevuta_ignota: RicevutaIgnota::Ok, password: Some(Segreto("segreta12".to_owned())), ..Stazione::nuova(stazione, "11111111113", 1) };
        a.stazione(&stazione).await?;
    }
    a.tipo_pendenza(&TipoPendenza::nuovo("TARI", "TARI")).await?;
    a.tipo_entrata(&TipoEntrata::nuovo("TARI", "TARI", Some((TipoContabilita::Altro, "0101101IM")))).await?;
    let id = IdDominio::leggi(DOMINIO).context("dominio")?;
    let dominio = Dominio {
        stazione: Some("11111111113_01".to_owned()),
        aux_digit: AuxDigit::Tre,
        segregation_code: Some(1),
        intermediato: true,
        scarica_fr: true,
        ..Dominio::nuovo(id.clone(), "Comune di Prova")
    };
    a.dominio(&dominio).await?;
    a.conto(&id, &ContoAccredito::nuovo(IBAN, false)).await?;
    a.entrata(&id, "TARI", &EntrataDominio::su(Some(IBAN), None)).await?;
    a.tipo_pendenza_dominio(&id, "TARI", &TipoPendenzaDominio::default()).await?;
    let hash = gateway::accesso::hash_password(PASSWORD)?;
    let versioni = [(VersioneEnte::V2, simulator::VersioneEnte::V2), (VersioneEnte::V1, simulator::VersioneEnte::V1)];
    for (cod, (versione, simulata)) in APPLICAZIONI.into_iter().zip(versioni) {
        a.utenza(&Utenza::piena(cod, Some(hash.clone()), &[Servizio::ApiPendenze])).await?;
        let connettore = Some(ConnettoreEnte { url: s.ente_url(simulata), versione, autenticazione: None });
        a.applicazione(&Applicazione { connettore, ..Applicazione::nuova(cod, cod) }).await?;
    }
    a.utenza(&Utenza::piena(AMMINISTRATORE, Some(hash), &Servizio::BACKOFFICE)).await?;
    a.operatore(&Operatore { principal: AMMINISTRATORE.to_owned(), nome: "Amministratore".to_owned() }).await?;
    a.commit().await?;
    Ok(())
}
