//! `fiorino sandbox`: gateway, simulator and demonstration data on one machine, for trying. Loopback only, passwords that everybody knows.

mod cartello;
mod pendenze;
mod seme;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use api::{Accesso, AutenticazioneNodo, Contesto, ImpostazioniAccesso, UtenteNodo};
use ente::ClienteEnte;
use gateway::Impostazioni;
use simulator::Simulatore;
use store::apertura::Opzioni;

use crate::casa::{self, Casa};
use crate::comandi::OpzioniSandbox;
use crate::configurazione::Otlp;
use crate::diario::Diario;
use crate::{ascolto, segnali, serve, simulatore};

pub const PASSWORD: &str = "Password1!";
pub const OPERATORE: &str = "gpadmin";
pub const APPLICAZIONE: &str = "DEMO";
pub const UTENTE_NODO: &str = "nodo";

const FILE_DATABASE: &str = "fiorino.db";
const CARTELLA_SIMULATORE: &str = "simulatore";
const PERCORSO_STAZIONE: &str = "/govpay/frontend/api/pagopa/PagamentiTelematiciCCPservice";

pub async fn esegui(opzioni: OpzioniSandbox) -> anyhow::Result<()> {
    let inizio = Instant::now();
    let diario = Diario::apri(&simulatore::log(), &Otlp::default())?;
    let esito = prova(opzioni, inizio).await;
    diario.chiudi();
    esito
}

async fn prova(opzioni: OpzioniSandbox, inizio: Instant) -> anyhow::Result<()> {
    solo_loopback("--listen", opzioni.listen)?;
    solo_loopback("--simulator", opzioni.simulator)?;
    std::fs::create_dir_all(&opzioni.data).with_context(|| format!("cartella dei dati {}", opzioni.data.display()))?;
    let fermata = segnali::fermata()?;
    let (porta, porta_simulatore) = (ascolto::apri(opzioni.listen).await?, ascolto::apri(opzioni.simulator).await?);
    let base = format!("http://{}", porta.local_addr().context("indirizzo del gateway")?);
    let base_simulatore = format!("http://{}", porta_simulatore.local_addr().context("indirizzo del simulatore")?);

    let url = format!("sqlite:{}", opzioni.data.join(FILE_DATABASE).display());
    let store = casa::apri_store(&Opzioni { url, connessioni: 1 }).await?;
    seme::semina(&store, &base_simulatore).await.context("dati dimostrativi")?;
    // pagoPA's page is that of the simulator, and the browser goes back and forth.
    let checkout = gateway::pagamento::Checkout { url: format!("{base_simulatore}/checkout/ec/v1"), chiave: None, rinvio: false };
    let impostazioni = Impostazioni { checkout: Some(checkout), ..Impostazioni::default() };
    let casa = Casa::apri(store, impostazioni, ClienteEnte::nuovo(ente::TEMPI)?).await?;
    let mondo = Simulatore::nuovo(simulator::Configurazione {
        stazione_url: format!("{base}{PERCORSO_STAZIONE}"),
        credenziali: Some((UTENTE_NODO.to_owned(), PASSWORD.to_owned())),
        id_intermediario: seme::INTERMEDIARIO.to_owned(),
        id_stazione: seme::STAZIONE.to_owned(),
        domini: seme::domini().iter().map(|d| (d.cod.to_owned(), d.nome.to_owned())).collect(),
        data_dir: Some(opzioni.data.join(CARTELLA_SIMULATORE)),
        base_url: base_simulatore.clone(),
        ..simulator::Configurazione::default()
    })?;

    let contesto = Contesto {
        gateway: casa.gateway.clone(),
        nodo: AutenticazioneNodo::Basic(utenti_nodo(&opzioni)?),
        accesso: Arc::new(Accesso::nuovo(ImpostazioniAccesso { ambiente: "sandbox".to_owned(), ..ImpostazioniAccesso::default() })?),
        indirizzo_pubblico: base.clone(),
        metriche: casa.metriche.clone(),
    };
    let gateway = tokio::spawn(ascolto::servi(porta, None, api::router(contesto), fermata.clone(), simulatore::ATTESA_ARRESTO));
    let lavori = mondo.avvia_lavori(fermata.clone());
    let pagine = tokio::spawn(ascolto::servi(porta_simulatore, None, mondo.router(), fermata.clone(), simulatore::ATTESA_ARRESTO));
    let pendenze = pendenze::carica(&casa.gateway, &mondo).await;
    if let Err(errore) = &pendenze {
        tracing::warn!("pendenze dimostrative: {errore:#}");
    }
    println!("{}", cartello::Cartello { base: &base, simulatore: &base_simulatore, opzioni: &opzioni });
    tracing::info!(avvio_ms = serve::millisecondi(inizio), "pronto");

    fermata.cancelled().await;
    let _ = tokio::join!(gateway, pagine, lavori);
    casa.chiudi().await;
    Ok(())
}

fn solo_loopback(opzione: &str, indirizzo: SocketAddr) -> anyhow::Result<()> {
    anyhow::ensure!(
        indirizzo.ip().is_loopback(),
        "{opzione} {indirizzo}: la sandbox ascolta solo su loopback (127.0.0.1 o [::1]), perche' le sue password sono pubbliche. Per servire altri c'e' `fiorino serve`"
    );
    Ok(())
}

fn utenti_nodo(opzioni: &OpzioniSandbox) -> anyhow::Result<Vec<UtenteNodo>> {
    let dati = opzioni.utente_nodo.iter().map(|c| (c.nome.as_str(), c.password.as_str()));
    std::iter::once((UTENTE_NODO, PASSWORD))
        .chain(dati)
        .map(|(nome, password)| Ok(UtenteNodo { nome: nome.to_owned(), hash: gateway::accesso::hash_password(password)? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuori_dal_loopback_la_sandbox_non_ascolta() {
        for indirizzo in ["0.0.0.0:8080", "192.168.1.2:80", "[::]:8080"] {
            assert!(solo_loopback("--listen", indirizzo.parse().expect("indirizzo")).is_err(), "{indirizzo}");
        }
        for indirizzo in ["127.0.0.1:8080", "127.0.0.2:0", "[::1]:8080"] {
            assert!(solo_loopback("--listen", indirizzo.parse().expect("indirizzo")).is_ok(), "{indirizzo}");
        }
    }
}
