//! The program is killed at random moments while positions are loaded, changed and paid, and starts again: what was answered is there, and nothing is
//! there twice (ARCHITECTURE, invariants 4 and 5).
//!
//! `FIORINO_UCCISIONI=40` makes a longer series, which waits for the leases of the notifications to end by themselves; the short one lets them end by hand.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use codici::{AuxDigit, IdDominio};
use domain::anagrafica::{
    Applicazione, ConnettoreEnte, ContoAccredito, Dominio, EntrataDominio, Intermediario, RicevutaIgnota, Servizio, Stazione, TipoEntrata, TipoPendenza,
    TipoPendenzaDominio, Utenza, VersioneEnte,
};
use domain::pendenza::{Stato, TipoContabilita};
use domain::transazione;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Configurazione, GuastoEnte, InterruttoreEnte, OperazioneEnte, Pagato, RicevutaVista, Rifiuto, Simulatore, Versione};
use sqlx::{Connection as _, Executor as _};
use store::Store;
use store::apertura::Opzioni;
use store::elenchi::Pagina;
use store::notifiche::{FiltroNotifiche, Notifica};
use store::transazioni::Messaggio;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::processo::{PAZIENZA, Processo, esegui, testo};

const DOMINIO: &str = "12345678901";
const PASSWORD: &str = "Password1!";
const IBAN: &str = "IT02L1234512345123451111111";
/// The application that hears of receipts, and the one that hears of activations too.
const APPLICAZIONI: [&str; 2] = ["DEMO", "DEMO_V1"];
/// A notification of it, in the words of the simulator.
const RICEVUTA: &str = "ricevuta";
const LAVORATORI: u64 = 12;
const UCCISIONI: u32 = 4;
/// Between two attempts of a client whose call had no answer.
const RESPIRO: Duration = Duration::from_millis(40);
/// Two leases one after the other, an activation and its receipt, and some room.
const ATTESA_CODA: Duration = Duration::from_secs(150);

static HASH: LazyLock<String> = LazyLock::new(|| gateway::accesso::hash_password(PASSWORD).expect("hash"));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ucciso_sotto_carico_non_perde_e_non_raddoppia_su_sqlite() {
    ucciso_sotto_carico(&Banco::su_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ucciso_sotto_carico_non_perde_e_non_raddoppia_su_postgres() {
    let Some(banco) = Banco::su_postgres().await else { return };
    ucciso_sotto_carico(&banco).await;
    banco.butta().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn una_notifica_in_volo_al_momento_dell_uccisione_arriva_su_sqlite() {
    ucciso_con_una_notifica_in_volo(&Banco::su_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn una_notifica_in_volo_al_momento_dell_uccisione_arriva_su_postgres() {
    let Some(banco) = Banco::su_postgres().await else { return };
    ucciso_con_una_notifica_in_volo(&banco).await;
    banco.butta().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_orologio_che_torna_indietro_ferma_l_avvio_su_sqlite() {
    orologio_tornato_indietro(&Banco::su_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_orologio_che_torna_indietro_ferma_l_avvio_su_postgres() {
    let Some(banco) = Banco::su_postgres().await else { return };
    orologio_tornato_indietro(&banco).await;
    banco.butta().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn un_file_sqlite_ha_un_solo_processo_finche_vive() {
    let banco = Banco::su_sqlite().await;
    let primo = banco.avvia();
    banco.scrivi_configurazione("secondo.toml", 0);
    let secondo = esegui(&["serve", "--config", "secondo.toml"], banco.cartella.path());
    assert_eq!(secondo.status.code(), Some(1), "{}", testo(&secondo));
    assert!(testo(&secondo).contains("fiorino.db e' gia' servito da un altro processo"), "{}", testo(&secondo));

    sano(&primo.uccidi());

    sano(&banco.avvia().ferma());
}

/// Under load, killed, started again; at the end every book is compared with every other.
async fn ucciso_sotto_carico(banco: &Banco) {
    let (uccisioni, lunga) = uccisioni_chieste();
    let fine_consegne = CancellationToken::new();
    let consegne = banco.simulatore.avvia_lavori(fine_consegne.clone());
    let basta = CancellationToken::new();
    let lavori: Vec<_> = (0..LAVORATORI).map(|n| tokio::spawn(banco.cliente().lavora(n, basta.clone()))).collect();
    let ente = Ente::default();

    let mut processo = banco.avvia();
    for _ in 0..uccisioni {
        tokio::time::sleep(caso(200, 1_500)).await;
        sano(&processo.uccidi());
        if caso(0, 3).is_zero() {
            let nascente = banco.lancia();
            tokio::time::sleep(caso(0, 250)).await;
            sano(&nascente.uccidi());
        }
        ente.ascolta(&banco.simulatore);
        processo = banco.avvia();
    }
    basta.cancel();
    let mut conto = Conto::default();
    for lavoro in lavori {
        conto.aggiungi(lavoro.await.expect("un lavoratore ha visto qualcosa che non va"));
    }
    conto.uccisioni = uccisioni;
    banco.simulatore.libera_ricevute(None).expect("coda del nodo");
    aspetta("le ricevute hanno una risposta", PAZIENZA, || async { banco.simulatore.ricevute_aperte() == 0 }).await;
    fine_consegne.cancel();
    consegne.await.expect("consegne del nodo");

    if !lunga {
        sano(&processo.ferma());
        banco.sql("UPDATE notifica SET prenotata_fino = NULL WHERE stato = 'DA_SPEDIRE'").await;
        processo = banco.avvia();
    }
    let sguardo = Store::apri_in_lettura(&banco.opzioni()).await.expect("archivio in lettura");
    aspetta("la coda delle notifiche si vuota", ATTESA_CODA, || async {
        ente.ascolta(&banco.simulatore);
        sguardo.notifiche_in_coda().await.expect("coda").0 == 0
    })
    .await;
    sguardo.chiudi().await;
    drop(sguardo);
    sano(&processo.ferma());
    ente.ascolta(&banco.simulatore);

    let store = Store::apri(&banco.opzioni()).await.expect("l'archivio e' libero");
    let in_archivio = notifiche(&store).await;
    confronta(banco, &store, &conto, &ente, &in_archivio).await;
    println!("{}: {}", banco.archivio, riassunto(banco, &conto, &ente, in_archivio.len()));
    store.chiudi().await;
}

/// Dies after the commit of the receipt and before the answer of the ente.
async fn ucciso_con_una_notifica_in_volo(banco: &Banco) {
    let processo = banco.avvia();
    let cliente = banco.cliente();
    let avviso = cliente.carica("DEMO", "P1", 1_050).await.avviso;
    banco.simulatore.accendi_ente(InterruttoreEnte {
        guasto: GuastoEnte::Lento { ms: 30_000 },
        volte: Some(1),
        operazione: Some(OperazioneEnte::NotificaRicevuta),
    });
    let pagato = cliente.paga(&avviso, Versione::V2).await;
    assert_eq!(pagato.ricevute[0].stato, "consegnata");
    aspetta("l'ente e' stato chiamato", PAZIENZA, || async { banco.simulatore.accesi_ente().is_empty() }).await;

    sano(&processo.uccidi());

    let store = Store::apri(&banco.opzioni()).await.expect("archivio");
    let in_coda = notifiche(&store).await;
    assert_eq!(in_coda.iter().map(|n| (n.stato.codice(), n.tentativi)).collect::<Vec<_>>(), [("DA_SPEDIRE", 0)]);
    assert_eq!(in_coda[0].ccp, pagato.pagamento.token);
    assert_eq!(banco.simulatore.notifiche(|_| true), []);
    store.chiudi().await;
    drop(store);
    if !uccisioni_chieste().1 {
        banco.sql("UPDATE notifica SET prenotata_fino = NULL").await;
    }
    let processo = banco.avvia();
    let arrivata = banco.simulatore.attendi_notifica(|n| n.ricevuta.as_deref() == Some(&pagato.pagamento.token), ATTESA_CODA).await;
    assert_eq!(arrivata.expect("la ricevuta arriva").problemi, Vec::<String>::new());
    sano(&processo.ferma());
    let store = Store::apri(&banco.opzioni()).await.expect("archivio");
    assert_eq!(notifiche(&store).await.iter().map(|n| n.stato.codice()).collect::<Vec<_>>(), ["SPEDITA"]);
    store.chiudi().await;
}

/// A machine put back to an older image finds a database that lived after it.
async fn orologio_tornato_indietro(banco: &Banco) {
    sano(&banco.avvia().uccidi());
    banco.sql("UPDATE installazione SET battito = '2199-01-01T00:00:00+00:00'").await;
    let rifiutato = esegui(&["serve"], banco.cartella.path());
    assert_eq!(rifiutato.status.code(), Some(1), "{}", testo(&rifiutato));
    assert!(testo(&rifiutato).contains("il database e' stato in uso fino a 2199-01-01T00:00:00Z"), "{}", testo(&rifiutato));
    banco.sql("UPDATE installazione SET battito = '2026-01-01T00:00:00+00:00'").await;
    sano(&banco.avvia().ferma());
}

/// How many kills, and whether the series is a long one.
fn uccisioni_chieste() -> (u32, bool) {
    match std::env::var("FIORINO_UCCISIONI") {
        Ok(quante) if !quante.is_empty() => (quante.parse().expect("FIORINO_UCCISIONI e' un numero"), true),
        _ => (UCCISIONI, false),
    }
}

/// A wait between `da` and `a` milliseconds, included.
fn caso(da: u64, a: u64) -> Duration {
    let n = u64::try_from(Uuid::new_v4().as_u128() >> 96).expect("32 bit");
    Duration::from_millis(da + n % (a - da + 1))
}

/// Nothing that a person should look at was said.
#[track_caller]
fn sano(uscita: &str) {
    assert!(!uscita.contains("panicked") && !uscita.contains("\"ERROR\""), "{uscita}");
}

async fn aspetta<F: Future<Output = bool>>(cosa: &str, entro: Duration, mut vero: impl FnMut() -> F) {
    let inizio = Instant::now();
    while !vero().await {
        assert!(inizio.elapsed() < entro, "{cosa}: non entro {entro:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

// ------------------------------------------------------------------------------------------------- the bench

struct Banco {
    archivio: &'static str,
    url: String,
    porta: u16,
    simulatore: Simulatore,
    cartella: tempfile::TempDir,
}

impl Banco {
    async fn su_sqlite() -> Self {
        let cartella = tempfile::tempdir().expect("cartella");
        let url = format!("sqlite:{}", cartella.path().join("fiorino.db").display());
        Self::nuovo("SQLite", url, cartella).await
    }

    async fn su_postgres() -> Option<Self> {
        let Ok(server) = std::env::var("FIORINO_PROVA_POSTGRES") else {
            println!("saltata su PostgreSQL: FIORINO_PROVA_POSTGRES non e' impostata");
            return None;
        };
        let nome = format!("prova_{}", Uuid::new_v4().simple());
        comanda(&server, &format!("CREATE DATABASE {nome}")).await;
        let (testa, _) = server.rsplit_once('/').expect("url con database");
        Some(Self::nuovo("PostgreSQL", format!("{testa}/{nome}"), tempfile::tempdir().expect("cartella")).await)
    }

    async fn nuovo(archivio: &'static str, url: String, cartella: tempfile::TempDir) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let porta = porta_libera();
        let ascolto = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("porta del simulatore");
        let conf = Configurazione {
            stazione_url: format!("http://127.0.0.1:{porta}/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice"),
            base_url: format!("http://{}", ascolto.local_addr().expect("indirizzo")),
            scala_tempo: Duration::from_millis(300),
            ..Configurazione::default()
        };
        let simulatore = Simulatore::nuovo(conf).expect("simulatore");
        let rotte = simulatore.router();
        tokio::spawn(async move { axum::serve(ascolto, rotte).await });
        let banco = Self { archivio, url, porta, simulatore, cartella };
        banco.scrivi_configurazione("fiorino.toml", porta);
        let store = Store::apri(&banco.opzioni()).await.expect("archivio");
        semina(&store, &banco.simulatore).await;
        store.chiudi().await;
        banco
    }

    fn opzioni(&self) -> Opzioni {
        Opzioni { url: self.url.clone(), connessioni: 4 }
    }

    fn scrivi_configurazione(&self, nome: &str, porta: u16) {
        let mut testo = format!("[database]\nurl = \"{}\"\nconnessioni = 6\n[http]\nascolto = \"127.0.0.1:{porta}\"\nattesa_arresto_s = 5\n", self.url);
        write!(testo, "[log]\nlivello = \"warn,fiorino=info\"\n[[stazione.utenti]]\nnome = \"nodo\"\nhash = \"{}\"\n", *HASH).expect("testo");
        std::fs::write(self.cartella.path().join(nome), testo).expect("configurazione");
    }

    /// Started, and not yet ready.
    fn lancia(&self) -> Processo {
        Processo::avvia(&["serve"], self.cartella.path())
    }

    fn avvia(&self) -> Processo {
        tokio::task::block_in_place(|| {
            let mut processo = self.lancia();
            processo.aspetta("\"pronto\"");
            processo
        })
    }

    fn cliente(&self) -> Cliente {
        // A kept connection would tell of a kill to a call that has not begun.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(20)).build().expect("client");
        Cliente { http, base: format!("http://127.0.0.1:{}/govpay/backend/api/pendenze/rs/basic/v2/pendenze", self.porta), simulatore: self.simulatore.clone() }
    }

    async fn sql(&self, istruzione: &str) {
        comanda(&self.url, istruzione).await;
    }

    async fn butta(&self) {
        let (testa, nome) = self.url.rsplit_once('/').expect("url con database");
        comanda(&format!("{testa}/postgres"), &format!("DROP DATABASE {nome} WITH (FORCE)")).await;
    }
}

/// A hand in the database.
pub async fn comanda(url: &str, istruzione: &str) {
    let istruzione = sqlx::raw_sql(sqlx::AssertSqlSafe(istruzione.to_owned()));
    match url.strip_prefix("sqlite:") {
        Some(file) => sqlx::SqliteConnection::connect(file).await.expect("file").execute(istruzione).await.map(|_| ()),
        None => sqlx::PgConnection::connect(url).await.expect("server").execute(istruzione).await.map(|_| ()),
    }
    .expect("istruzione eseguita");
}

/// Below the ports that the system gives to others: it stays ours while nobody listens.
fn porta_libera() -> u16 {
    let libera = |porta: &u16| std::net::TcpListener::bind(("127.0.0.1", *porta)).is_ok();
    let prove = std::iter::repeat_with(|| u16::try_from(caso(15_000, 30_000).as_millis()).expect("porta"));
    prove.take(100).find(libera).expect("una porta libera")
}

async fn semina(store: &Store, simulatore: &Simulatore) {
    let a = store.scrivi_anagrafica().await.expect("scrittura");
    a.intermediario(&Intermediario::nuovo("11111111113", "Intermediario", "nodo")).await.expect("intermediario");
    let stazione = Stazione { ricevuta_ignota: RicevutaIgnota::Rifiuta, ..Stazione::nuova("11111111113_01", "11111111113", 1) };
    a.stazione(&stazione).await.expect("stazione");
    a.tipo_pendenza(&TipoPendenza::nuovo("TARI", "TARI")).await.expect("tipo");
    a.tipo_entrata(&TipoEntrata::nuovo("TARI", "TARI", Some((TipoContabilita::Altro, "0101101IM")))).await.expect("entrata");
    let id = IdDominio::leggi(DOMINIO).expect("dominio");
    let dominio = Dominio {
        stazione: Some("11111111113_01".to_owned()),
        aux_digit: AuxDigit::Tre,
        segregation_code: Some(1),
        intermediato: true,
        ..Dominio::nuovo(id.clone(), "Comune di Prova")
    };
    a.dominio(&dominio).await.expect("dominio");
    a.conto(&id, &ContoAccredito::nuovo(IBAN, false)).await.expect("conto");
    a.entrata(&id, "TARI", &EntrataDominio::su(Some(IBAN), None)).await.expect("entrata");
    a.tipo_pendenza_dominio(&id, "TARI", &TipoPendenzaDominio::default()).await.expect("tipo del dominio");
    let versioni = [(VersioneEnte::V2, simulator::VersioneEnte::V2), (VersioneEnte::V1, simulator::VersioneEnte::V1)];
    for (cod, (versione, simulata)) in APPLICAZIONI.into_iter().zip(versioni) {
        a.utenza(&Utenza::piena(cod, Some(HASH.clone()), &[Servizio::ApiPendenze])).await.expect("utenza");
        let connettore = Some(ConnettoreEnte { url: simulatore.ente_url(simulata), versione, autenticazione: None });
        let applicazione = Applicazione { connettore, ..Applicazione::nuova(cod, cod) };
        a.applicazione(&applicazione).await.expect("applicazione");
    }
    a.commit().await.expect("anagrafica");
}

// ------------------------------------------------------------------------------------------------- the load

/// The integrator and the citizen: each call is made again until it is answered.
struct Cliente {
    http: reqwest::Client,
    base: String,
    simulatore: Simulatore,
}

/// A position as its last answered call left it.
#[derive(Clone, Debug)]
struct Caricata {
    id_a2a: &'static str,
    id: String,
    avviso: String,
    importo: i64,
    /// Token of the payment.
    pagata: Option<String>,
    annullata: bool,
}

/// What one worker did.
#[derive(Default)]
struct Lavoro {
    caricate: Vec<Caricata>,
    /// Calls of the API that were answered, and those that had to be made again.
    risposte: usize,
    rifatte: usize,
}

impl Cliente {
    async fn lavora(self, lavoratore: u64, basta: CancellationToken) -> Lavoro {
        let mut lavoro = Lavoro::default();
        for giro in 0.. {
            if basta.is_cancelled() {
                break;
            }
            let id_a2a = APPLICAZIONI[usize::try_from(lavoratore % 2).expect("0 o 1")];
            let caricata = self.una(id_a2a, format!("P{lavoratore}-{giro}"), giro + lavoratore / 2, &mut lavoro).await;
            lavoro.caricate.push(caricata);
        }
        lavoro
    }

    /// The life of one position, of one of four kinds: the first round has them all, for both applications.
    async fn una(&self, id_a2a: &'static str, id: String, giro: u64, lavoro: &mut Lavoro) -> Caricata {
        let importo = 1_000 + i64::try_from(giro).expect("giro");
        let versione = if giro.is_multiple_of(3) { Versione::V1 } else { Versione::V2 };
        let mut caricata = self.conta(lavoro, self.scrivi(id_a2a, &id, importo)).await;
        match giro % 4 {
            0 => {
                caricata.importo += 500;
                let dopo = self.conta(lavoro, self.scrivi(id_a2a, &id, caricata.importo)).await;
                assert_eq!(dopo.avviso, caricata.avviso, "il numero avviso di una pendenza non cambia");
            }
            1 => {
                self.conta(lavoro, self.modifica(id_a2a, &id, &["ANNULLATA"])).await;
                if giro % 8 == 1 {
                    self.verifica(&caricata.avviso, Some("PAA_PAGAMENTO_ANNULLATO")).await;
                    return Caricata { annullata: true, ..caricata };
                }
                // Both, so that it can be said twice.
                self.conta(lavoro, self.modifica(id_a2a, &id, &["ANNULLATA", "NON_ESEGUITA"])).await;
            }
            2 => {
                let abbandonato = insisti(|| self.simulatore.attiva(DOMINIO, &caricata.avviso, versione)).await;
                self.simulatore.fai_scadere(&abbandonato.token).expect("token");
            }
            _ => self.verifica(&caricata.avviso, None).await,
        }
        let pagato = self.paga(&caricata.avviso, versione).await;
        assert_eq!(pagato.pagamento.dati.importo.cent(), caricata.importo);
        Caricata { pagata: Some(pagato.pagamento.token), ..caricata }
    }

    async fn conta<T>(&self, lavoro: &mut Lavoro, chiamata: impl Future<Output = (T, usize)>) -> T {
        let (risposta, rifatte) = chiamata.await;
        lavoro.risposte += 1;
        lavoro.rifatte += rifatte;
        risposta
    }

    async fn carica(&self, id_a2a: &'static str, id: &str, importo: i64) -> Caricata {
        self.scrivi(id_a2a, id, importo).await.0
    }

    async fn scrivi(&self, id_a2a: &'static str, id: &str, importo: i64) -> (Caricata, usize) {
        let corpo = bench::resistenza::pendenza(DOMINIO, importo);
        let (risposta, rifatte) = self.chiama(Method::PUT, id_a2a, id, &corpo).await;
        let avviso = risposta["numeroAvviso"].as_str().expect("numeroAvviso").to_owned();
        (Caricata { id_a2a, id: id.to_owned(), avviso, importo, pagata: None, annullata: false }, rifatte)
    }

    async fn modifica(&self, id_a2a: &str, id: &str, stati: &[&str]) -> ((), usize) {
        let corpo = stati.iter().map(|s| json!({ "op": "REPLACE", "path": "/stato", "value": s })).collect();
        let (risposta, rifatte) = self.chiama(Method::PATCH, id_a2a, id, &Value::Array(corpo)).await;
        assert_eq!(risposta["stato"].as_str(), stati.last().copied());
        ((), rifatte)
    }

    /// No answer, or 503, is asked again; any other refusal is a defect.
    async fn chiama(&self, metodo: Method, id_a2a: &str, id: &str, corpo: &Value) -> (Value, usize) {
        let inizio = Instant::now();
        for rifatte in 0.. {
            assert!(inizio.elapsed() < PAZIENZA, "{metodo} {id_a2a}/{id} senza risposta");
            let richiesta = self.http.request(metodo.clone(), format!("{}/{id_a2a}/{id}", self.base)).basic_auth(id_a2a, Some(PASSWORD)).json(corpo);
            let Ok(risposta) = richiesta.send().await else {
                tokio::time::sleep(RESPIRO).await;
                continue;
            };
            let stato = risposta.status().as_u16();
            let Ok(testo) = risposta.text().await else { continue };
            match stato {
                200 | 201 => return (serde_json::from_str(&testo).expect("JSON"), rifatte),
                503 => tokio::time::sleep(RESPIRO).await,
                _ => panic!("{metodo} {id_a2a}/{id}: {stato} {testo}"),
            }
        }
        unreachable!("il giro finisce con una risposta o con un panico");
    }

    /// `rifiuto`: what the station must say in place of yes.
    async fn verifica(&self, avviso: &str, rifiuto: Option<&'static str>) {
        let visto = insisti(|| async {
            match (self.simulatore.verifica(DOMINIO, avviso).await, rifiuto) {
                (Err(r), Some(atteso)) if r.codice() == atteso => Ok(None),
                (altro, _) => altro.map(Some),
            }
        });
        assert_eq!(visto.await.is_none(), rifiuto.is_some());
    }

    async fn paga(&self, avviso: &str, versione: Versione) -> Pagato {
        insisti(|| self.simulatore.paga(DOMINIO, avviso, versione)).await
    }
}

/// Asks the station again when it gave no answer; a refusal of its own is a defect.
async fn insisti<T, F: Future<Output = Result<T, Rifiuto>>>(mut chiedi: impl FnMut() -> F) -> T {
    let inizio = Instant::now();
    loop {
        match chiedi().await {
            Ok(risposta) => return risposta,
            Err(r) if r.codice().starts_with("PPT_STAZIONE_INT_PA_") && inizio.elapsed() < PAZIENZA => tokio::time::sleep(RESPIRO).await,
            Err(r) => panic!("rifiuto della stazione: {r:?}"),
        }
    }
}

// ------------------------------------------------------------------------------------------------- the books

#[derive(Default)]
struct Conto {
    uccisioni: u32,
    caricate: Vec<Caricata>,
    risposte: usize,
    rifatte: usize,
}

impl Conto {
    fn aggiungi(&mut self, lavoro: Lavoro) {
        self.caricate.extend(lavoro.caricate);
        self.risposte += lavoro.risposte;
        self.rifatte += lavoro.rifatte;
    }

    fn pagate(&self) -> impl Iterator<Item = (&Caricata, &str)> {
        self.caricate.iter().filter_map(|c| Some((c, c.pagata.as_deref()?)))
    }
}

/// What the ente was told, in order. The simulator remembers only the latest.
#[derive(Default)]
struct Ente(Mutex<Sentite>);

#[derive(Default)]
struct Sentite {
    ultima: u64,
    in_ordine: Vec<Sentita>,
}

/// Type, IUV, and number of the receipt: an activation does not say which attempt it is.
type Sentita = (&'static str, String, Option<String>);

impl Ente {
    #[track_caller]
    fn ascolta(&self, simulatore: &Simulatore) {
        let mut sentite = self.0.lock().expect("ente");
        let ultima = sentite.ultima;
        for n in simulatore.notifiche(|n| n.id > ultima) {
            assert_eq!(n.id, sentite.ultima + 1, "il simulatore ha dimenticato una notifica prima che la si leggesse");
            assert_eq!(n.problemi, Vec::<String>::new(), "{n:?}");
            sentite.ultima = n.id;
            sentite.in_ordine.push((n.tipo.testo(), n.iuv, n.ricevuta));
        }
    }

    fn in_ordine(&self) -> Vec<Sentita> {
        self.0.lock().expect("ente").in_ordine.clone()
    }
}

async fn notifiche(store: &Store) -> Vec<Notifica> {
    let tutte = Pagina { salta: 0, quante: 1_000_000, conta: None };
    store.elenco_notifiche(&FiltroNotifiche::default(), &tutte).await.expect("notifiche").righe
}

/// Answered = stored = in the registro = notified.
async fn confronta(banco: &Banco, store: &Store, conto: &Conto, ente: &Ente, in_archivio: &[Notifica]) {
    assert_eq!(store.verifica_registro().await.expect("registro"), []);
    let avvisi: HashSet<_> = conto.caricate.iter().map(|c| c.avviso.as_str()).collect();
    assert_eq!(avvisi.len(), conto.caricate.len(), "un numero avviso e' stato dato due volte");
    assert!(conto.pagate().count() > 0 && conto.caricate.iter().any(|c| c.annullata), "un carico vero");

    let ricevute: HashMap<String, RicevutaVista> = banco.simulatore.ricevute(simulator::RICEVUTE_MAX).into_iter().map(|r| (r.token.clone(), r)).collect();
    assert_eq!(ricevute.len(), conto.pagate().count(), "una ricevuta per pagamento");
    for caricata in &conto.caricate {
        confronta_pendenza(banco, store, caricata, &ricevute).await;
    }
    confronta_notifiche(in_archivio, conto, &ente.in_ordine());

    // And nothing else: no position without an answer, no money without a receipt.
    let quante = |n: usize| i64::try_from(n).expect("numero");
    let pagato: i64 = conto.pagate().map(|(c, _)| c.importo).sum();
    for (query, atteso) in [
        ("SELECT COUNT(*) FROM pendenza", quante(conto.caricate.len())),
        ("SELECT COUNT(*) FROM pendenza WHERE stato = 'ESEGUITO'", quante(ricevute.len())),
        ("SELECT COUNT(*) FROM transazione WHERE stato = 'RT_ACCETTATA_PA'", quante(ricevute.len())),
        ("SELECT COUNT(*) FROM transazione_xml WHERE tipo = 'RT'", quante(ricevute.len())),
        ("SELECT COUNT(*) FROM riscossione", quante(ricevute.len())),
        ("SELECT COUNT(*) FROM registro WHERE conto = 'pagato'", quante(ricevute.len())),
        ("SELECT CAST(COALESCE(SUM(importo), 0) AS BIGINT) FROM registro WHERE conto = 'pagato'", pagato),
        ("SELECT COUNT(*) FROM ricevuta_estranea", 0),
    ] {
        assert_eq!(numero(&banco.url, query).await, atteso, "{query}");
    }
}

async fn confronta_pendenza(banco: &Banco, store: &Store, caricata: &Caricata, ricevute: &HashMap<String, RicevutaVista>) {
    let pendenza = store.pendenza(caricata.id_a2a, &caricata.id).await.expect("archivio").unwrap_or_else(|| panic!("manca {caricata:?}"));
    assert_eq!(pendenza.numero_avviso.to_string(), caricata.avviso);
    assert_eq!(pendenza.importo.cent(), caricata.importo, "{caricata:?}");
    let transazioni = store.transazioni(&pendenza).await.expect("transazioni");
    let accettate: Vec<_> = transazioni.iter().filter(|t| t.stato == transazione::Stato::RtAccettataPa).collect();
    let Some(token) = &caricata.pagata else {
        assert!(caricata.annullata && accettate.is_empty() && pendenza.stato == Stato::Annullato, "{caricata:?}: {pendenza:?}");
        return;
    };
    let ricevuta = &ricevute[token];
    // The first answer of two may have been lost on the way: the second says that the receipt is there.
    let duplicata = ricevuta.codice.as_deref() == Some("PAA_RECEIPT_DUPLICATA") && ricevuta.tentativi > 1;
    assert!(ricevuta.stato == "consegnata" || duplicata, "{ricevuta:?}");
    assert_eq!(accettate.iter().map(|t| &t.ccp).collect::<Vec<_>>(), [token], "{caricata:?}");
    let scritta = store.messaggio(accettate[0], Messaggio::Rt).await.expect("archivio").expect("ricevuta");
    assert_eq!(Some(String::from_utf8(scritta).expect("UTF-8")), banco.simulatore.corpo_ricevuta(ricevuta.id));
    let riscossioni = store.riscossioni(&pendenza, None).await.expect("riscossioni");
    assert_eq!(riscossioni.iter().map(|r| (r.iur.as_str(), r.importo.cent())).collect::<Vec<_>>(), [(token.as_str(), caricata.importo)]);
    assert_eq!((pendenza.stato, pendenza.importo_pagato.cent()), (Stato::Eseguito, caricata.importo), "{caricata:?}");
}

/// Each receipt has its row, sent, and the ente heard of it; of every activation of v1 before it.
fn confronta_notifiche(righe: &[Notifica], conto: &Conto, sentite: &[Sentita]) {
    assert!(righe.iter().all(|n| n.stato == domain::notifica::Stato::Spedita), "{righe:?}");
    let di_ricevute: HashSet<_> =
        righe.iter().filter(|n| n.tipo == domain::notifica::Tipo::Ricevuta).map(|n| (n.id_pendenza.as_str(), n.ccp.as_str())).collect();
    let pagate: HashSet<_> = conto.pagate().map(|(c, token)| (c.id.as_str(), token)).collect();
    assert_eq!(di_ricevute, pagate);
    let quante_di_ricevute = righe.iter().filter(|n| n.tipo == domain::notifica::Tipo::Ricevuta).count();
    assert_eq!(quante_di_ricevute, pagate.len(), "una notifica per ricevuta");

    for (caricata, token) in conto.pagate() {
        let iuv = &caricata.avviso[1..];
        let sue: Vec<_> = sentite.iter().filter(|(_, i, _)| i == iuv).collect();
        let prima = sue.iter().position(|(_, _, n)| n.as_deref() == Some(token)).unwrap_or_else(|| panic!("{caricata:?}: l'ente non ha sentito"));
        assert!(sue[prima..].iter().all(|(tipo, _, n)| *tipo == RICEVUTA && n.as_deref() == Some(token)), "{caricata:?}: {sue:?}");
        let attivazioni = righe.iter().filter(|n| n.tipo == domain::notifica::Tipo::Attivazione && n.iuv == iuv).count();
        assert!(attivazioni <= prima && (attivazioni > 0) == (caricata.id_a2a == "DEMO_V1"), "{caricata:?}: {attivazioni} attivazioni, {sue:?}");
        assert!(prima == 0 || attivazioni > 0, "{caricata:?}: {sue:?}");
    }
}

async fn numero(url: &str, query: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(query.to_owned());
    match url.strip_prefix("sqlite:") {
        Some(file) => sqlx::query_scalar(query).fetch_one(&mut sqlx::SqliteConnection::connect(file).await.expect("file")).await,
        None => sqlx::query_scalar(query).fetch_one(&mut sqlx::PgConnection::connect(url).await.expect("server")).await,
    }
    .expect("un numero")
}

fn riassunto(banco: &Banco, conto: &Conto, ente: &Ente, notifiche: usize) -> String {
    let ricevute = banco.simulatore.ricevute(simulator::RICEVUTE_MAX);
    format!(
        "uccisioni {}, chiamate dell'API risposte {} (rifatte {}), pendenze {}, pagamenti {}, ricevute con OK {}, gia' scritte quando l'OK si e' perduto {}, \
         tentativi di consegna {}, notifiche {notifiche}, consegnate piu' di una volta {}",
        conto.uccisioni,
        conto.risposte,
        conto.rifatte,
        conto.caricate.len(),
        conto.pagate().count(),
        ricevute.iter().filter(|r| r.stato == "consegnata").count(),
        ricevute.iter().filter(|r| r.stato == "rifiutata").count(),
        ricevute.iter().map(|r| r.tentativi).sum::<u32>(),
        ente.in_ordine().len() - notifiche,
    )
}
