//! `fiorino doctor`: looks at everything that can be wrong around the program and says it plainly. It changes nothing, but for the counters when
//! asked after a restore.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use chrono::Utc;
use domain::Anagrafica;
use store::Store;
use store::ripristino::MARGINE;
use tokio::net::TcpStream;

use crate::configurazione::{AutenticazioneStazione, Configurazione, ErroreConfigurazione};
use crate::migrate::sqlite_assente;
use crate::{casa, tls};

/// A certificate that ends within this many days is to be renewed now.
const GIORNI_CERTIFICATO: i64 = 30;
/// Below this part of a prefix's numbers somebody must choose another prefix.
const QUOTA_IUV_MIN: f64 = 0.05;
/// How long a connettore may take to accept a connection.
const ATTESA_CONNETTORE: Duration = Duration::from_secs(3);
/// Connettori that are tried: with more of them down the first ones tell the story.
const CONNETTORI_MAX: usize = 200;

/// What has been found, told while it is found.
#[derive(Default)]
struct Referto {
    problemi: usize,
}

impl Referto {
    fn bene(&self, frase: &str) {
        println!("ok        {frase}");
    }

    fn nota(&self, frase: &str) {
        println!("nota      {frase}");
    }

    fn problema(&mut self, frase: &str) {
        self.problemi += 1;
        println!("PROBLEMA  {frase}");
    }
}

/// Exit code 1 when something is wrong.
pub async fn esegui(configurazione: Result<Configurazione, ErroreConfigurazione>, dopo_ripristino: bool) -> anyhow::Result<ExitCode> {
    let mut referto = Referto::default();
    match configurazione {
        Err(errore) => referto.problema(&errore.to_string()),
        Ok(configurazione) if dopo_ripristino => recupera(&configurazione).await?,
        Ok(configurazione) => visita(&configurazione, &mut referto).await,
    }
    if referto.problemi == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nProblemi trovati: {}", referto.problemi);
    Ok(ExitCode::FAILURE)
}

async fn visita(configurazione: &Configurazione, referto: &mut Referto) {
    referto.bene("la configurazione si legge e le sue chiavi vanno d'accordo");
    for rischio in configurazione.rischi() {
        referto.nota(&rischio);
    }
    certificato(configurazione, referto);
    let opzioni = casa::opzioni(configurazione);
    if let Some(file) = sqlite_assente(&opzioni.url) {
        return referto.nota(&format!("il database {} non esiste ancora: lo crea il primo `fiorino serve`", file.display()));
    }
    match Store::apri_in_lettura(&opzioni).await {
        Ok(store) => {
            database(&store, configurazione, referto).await;
            store.chiudi().await;
        }
        Err(errore) => referto.problema(&format!("il database non si apre: {:#}", anyhow::Error::from(errore))),
    }
}

fn certificato(configurazione: &Configurazione, referto: &mut Referto) {
    if let Err(errore) = tls::accettatore(&configurazione.http.tls) {
        referto.problema(&format!("TLS: {errore:#}"));
    }
    let ca = &configurazione.http.tls.ca_client;
    for (nome, file) in [("il certificato del server", &configurazione.http.tls.certificato), ("l'autorita' dei certificati client", ca)] {
        if let Some(file) = file {
            scadenza(nome, file, referto);
        }
    }
}

fn scadenza(nome: &str, file: &Path, referto: &mut Referto) {
    match tls::scadenza(file) {
        Err(errore) => referto.problema(&format!("{nome} non si legge: {errore:#}")),
        Ok(fine) => match (fine - Utc::now()).num_days() {
            _ if fine < Utc::now() => referto.problema(&format!("{nome} {} e' scaduto il {}", file.display(), fine.format("%d/%m/%Y"))),
            giorni if giorni < GIORNI_CERTIFICATO => referto.problema(&format!("{nome} {} scade fra {giorni} giorni", file.display())),
            giorni => referto.bene(&format!("{nome} scade fra {giorni} giorni")),
        },
    }
}

async fn database(store: &Store, configurazione: &Configurazione, referto: &mut Referto) {
    match store.migrazioni_mancanti().await {
        Err(errore) => return referto.problema(&format!("il database si apre ma non risponde: {:#}", anyhow::Error::from(errore))),
        Ok(mancanti) if mancanti.is_empty() => referto.bene("il database risponde e il suo schema e' aggiornato"),
        Ok(mancanti) => {
            let nomi: Vec<_> = mancanti.iter().map(|m| m.nome).collect();
            return referto.nota(&format!("il database ha migrazioni da applicare ({}): lo fa `fiorino serve`, o prima `fiorino migrate`", nomi.join(", ")));
        }
    }
    match store.ultimo_battito().await {
        Err(errore) => referto.problema(&format!("l'ultimo battito non si legge: {errore}")),
        Ok(battito) => match casa::orologio_indietro(battito, Utc::now()) {
            Some(frase) => referto.problema(&frase),
            None => referto.bene("l'orologio non e' indietro rispetto al database"),
        },
    }
    match store.carica_anagrafica(&Anagrafica::default()).await {
        Err(errore) => referto.problema(&format!("l'anagrafica non si legge: {errore}")),
        Ok(anagrafica) => {
            chi_chiama_la_stazione(configurazione, &anagrafica, referto);
            connettori(&anagrafica, referto).await;
            numeri(store, &anagrafica, referto).await;
        }
    }
}

/// Each intermediario must be recognisable, in the way that is configured.
fn chi_chiama_la_stazione(configurazione: &Configurazione, anagrafica: &Anagrafica, referto: &mut Referto) {
    let stazione = &configurazione.stazione;
    let mut codici: Vec<_> = anagrafica.intermediari.values().filter(|i| i.abilitato).collect();
    codici.sort_by(|a, b| a.cod.cmp(&b.cod));
    for intermediario in codici {
        let cod = &intermediario.cod;
        match &intermediario.principal {
            None => referto.problema(&format!("l'intermediario {cod} non ha un principal: ogni chiamata del nodo per lui sara' rifiutata")),
            Some(nome) if stazione.autenticazione == AutenticazioneStazione::Basic && stazione.utenti.iter().all(|u| u.nome != *nome) => {
                referto.problema(&format!(
                    "il nodo chiama per l'intermediario {cod} come `{nome}`, che non e' fra gli utenti di `stazione.utenti`: sara' rifiutato"
                ));
            }
            Some(nome) => referto.bene(&format!("il nodo chiama per l'intermediario {cod} come `{nome}`")),
        }
    }
}

async fn connettori(anagrafica: &Anagrafica, referto: &mut Referto) {
    let mut applicazioni: Vec<_> = anagrafica.applicazioni.values().filter_map(|a| Some((&a.cod, a.connettore.as_ref()?))).collect();
    applicazioni.sort_by_key(|(cod, _)| *cod);
    if applicazioni.len() > CONNETTORI_MAX {
        referto.nota(&format!("i connettori sono {}: ne provo {CONNETTORI_MAX}", applicazioni.len()));
    }
    for (cod, connettore) in applicazioni.into_iter().take(CONNETTORI_MAX) {
        match raggiungi(&connettore.url).await {
            Ok(server) => referto.bene(&format!("l'applicazione {cod} risponde a {server}")),
            Err(perche) => referto.problema(&format!("l'applicazione {cod} non si raggiunge: {perche}. Le sue notifiche restano in coda")),
        }
    }
}

/// Only connects: nothing is asked, so that nothing is done by mistake.
async fn raggiungi(url: &str) -> Result<String, String> {
    let server = outbound::Indirizzo::leggi(url).map_err(|e| e.to_string())?.server();
    let (schema, autorita) = server.split_once("://").ok_or("indirizzo senza schema")?;
    let con_porta = autorita.rsplit_once(':').is_some_and(|(_, porta)| porta.parse::<u16>().is_ok());
    let porta = if schema == "https" { 443 } else { 80 };
    let dove = if con_porta { autorita.to_owned() } else { format!("{autorita}:{porta}") };
    match tokio::time::timeout(ATTESA_CONNETTORE, TcpStream::connect(&dove)).await {
        Ok(Ok(_)) => Ok(server),
        Ok(Err(errore)) => Err(format!("{server}: {errore}")),
        Err(_) => Err(format!("{server}: nessuna risposta in {} secondi", ATTESA_CONNETTORE.as_secs())),
    }
}

async fn numeri(store: &Store, anagrafica: &Anagrafica, referto: &mut Referto) {
    let contatori = match store.contatori_iuv().await {
        Ok(contatori) => contatori,
        Err(errore) => return referto.problema(&format!("i contatori degli IUV non si leggono: {errore}")),
    };
    let mut scarsi = 0;
    for contatore in &contatori {
        if let Some((quota, rimasti)) = contatore.rimasti(anagrafica).filter(|(quota, _)| *quota < QUOTA_IUV_MIN) {
            scarsi += 1;
            let (dominio, prefisso) = (&contatore.dominio, &contatore.prefisso);
            let percento = quota * 100.0;
            referto.problema(&format!("al dominio {dominio}, prefisso `{prefisso}`, restano {rimasti} IUV ({percento:.1} %): scegliere un altro prefisso"));
        }
    }
    if scarsi == 0 {
        referto.bene(&format!("gli IUV non scarseggiano in nessuno dei {} contatori", contatori.len()));
    }
}

/// After a backup has been put back. It needs the database for itself.
async fn recupera(configurazione: &Configurazione) -> anyhow::Result<()> {
    let opzioni = casa::opzioni(configurazione);
    if let Some(file) = sqlite_assente(&opzioni.url) {
        anyhow::bail!("il database {} non esiste", file.display());
    }
    let store = Store::apri(&opzioni).await?;
    if !store.su_sqlite() {
        println!("Su PostgreSQL fermare prima ogni nodo: uno acceso ha in memoria numeri del contatore di prima.");
    }
    let recupero = store.recupera_contatori().await?;
    for r in &recupero.contatori {
        let noto = r.massimo_noto.map_or_else(|| "nessun numero noto".to_owned(), |m| format!("numero noto piu' alto {m}"));
        let c = &r.contatore;
        println!("dominio {} prefisso `{}`: da {} a {} ({noto}), epoca {}", c.dominio, c.prefisso, r.prossimo_prima, c.prossimo, c.epoca);
    }
    println!("Contatori spostati: {}, ciascuno oltre i numeri noti e al piu' altri {MARGINE}.", recupero.contatori.len());
    if recupero.senza_contatore > 0 {
        println!(
            "Numeri simili ai nostri che non sono di nessun contatore: {}. Se dopo il backup e' nato un prefisso (per esempio col cambio d'anno), cambiarlo prima di servire.",
            recupero.senza_contatore
        );
    }
    store.chiudi().await;
    Ok(())
}
