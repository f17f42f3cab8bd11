//! `fiorino serve`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use api::{Accesso, AutenticazioneNodo, Contesto, UtenteNodo};
use domain::pendenza::caricamento::TipiPredefiniti;
use ente::ClienteEnte;
use gateway::Impostazioni;

use crate::casa::{self, Casa};
use crate::configurazione::{AutenticazioneStazione, Configurazione, Stazione};
use crate::diario::Diario;
use crate::{ascolto, primo_avvio, segnali, tls};

pub async fn esegui(configurazione: Configurazione) -> anyhow::Result<()> {
    let inizio = Instant::now();
    let diario = Diario::apri(&configurazione.log, &configurazione.otlp)?;
    let esito = servi(&configurazione, inizio).await;
    diario.chiudi();
    esito
}

async fn servi(configurazione: &Configurazione, inizio: Instant) -> anyhow::Result<()> {
    for rischio in configurazione.rischi() {
        tracing::warn!("{rischio}");
    }
    let fermata = segnali::fermata()?;
    // What can be wrong outside is found before the database is touched.
    let tls = tls::accettatore(&configurazione.http.tls)?;
    let porta = ascolto::apri(configurazione.http.ascolto).await?;
    let indirizzo = porta.local_addr().context("indirizzo di ascolto")?;
    let store = casa::apri_store(&casa::opzioni(configurazione)).await?;
    primo_avvio::prepara(&store, &configurazione.amministratore).await?;
    let casa = Casa::apri(store, impostazioni(configurazione), ClienteEnte::nuovo(tempi(configurazione))?).await?;
    let contesto = Contesto {
        gateway: casa.gateway.clone(),
        nodo: autenticazione(&configurazione.stazione),
        accesso: Arc::new(Accesso::nuovo(configurazione.accesso.impostazioni()?)?),
        indirizzo_pubblico: configurazione.indirizzo_pubblico(indirizzo),
        metriche: casa.metriche.clone(),
    };
    let rotte = api::router(contesto);
    tracing::info!(avvio_ms = millisecondi(inizio), indirizzo = %indirizzo, "pronto");
    let attesa = Duration::from_secs(configurazione.http.attesa_arresto_s);
    let tagliate = ascolto::servi(porta, tls, rotte, fermata, attesa).await;
    if tagliate > 0 {
        tracing::warn!(connessioni = tagliate, attesa_s = attesa.as_secs(), "richieste non finite entro http.attesa_arresto_s: connessioni tagliate");
    }
    casa.chiudi().await;
    Ok(())
}

pub fn millisecondi(inizio: Instant) -> u64 {
    u64::try_from(inizio.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn impostazioni(configurazione: &Configurazione) -> Impostazioni {
    Impostazioni {
        avvisi_sonda: configurazione.stazione.avvisi_sonda.clone(),
        debitore_nascosto: configurazione.stampe.debitore_nascosto.clone(),
        md5_ammesso: configurazione.accesso.md5_ammesso,
        validita_obbligatoria: configurazione.ente.validita_obbligatoria,
        operazione_verifica: configurazione.ente.operazione_verifica(),
        anonimi_nominano_debitore: configurazione.anonimi.nominano_debitore,
        checkout: configurazione.checkout.impostazione(),
        posizioni: configurazione.posizioni.impostazioni(),
        flussi: gateway::flussi::ImpostazioniFlussi { verifica_mandatoria: configurazione.flussi.verifica_mandatoria },
        piattaforma: piattaforma::Impostazioni::default(),
        lavori: configurazione.lavori.impostazione(),
        vecchio: configurazione.modello_vecchio.impostazioni(),
        giornale: configurazione.giornale.impostazione(),
        disponibilita_anonimi: chrono::Duration::minutes(configurazione.anonimi.disponibilita_min.into()),
        tipi_predefiniti: TipiPredefiniti {
            liberi: configurazione.pendenze.tipo_liberi.clone(),
            non_censiti: configurazione.pendenze.tipo_non_censiti.clone(),
        },
        censimento_automatico: configurazione.pendenze.censimento_automatico,
        giorni_senza_data: Some(configurazione.stampe.giorni_senza_data).filter(|g| *g > 0),
    }
}

fn tempi(configurazione: &Configurazione) -> outbound::Tempi {
    outbound::Tempi {
        connessione: Duration::from_millis(configurazione.ente.timeout_connessione_ms),
        lettura: Duration::from_millis(configurazione.ente.timeout_lettura_ms),
    }
}

fn autenticazione(stazione: &Stazione) -> AutenticazioneNodo {
    match stazione.autenticazione {
        AutenticazioneStazione::Basic => {
            AutenticazioneNodo::Basic(stazione.utenti.iter().map(|u| UtenteNodo { nome: u.nome.clone(), hash: u.hash.svela().to_owned() }).collect())
        }
        AutenticazioneStazione::Certificato => AutenticazioneNodo::Certificato,
        AutenticazioneStazione::Header => AutenticazioneNodo::Header { nome: stazione.header.clone() },
    }
}
