//! Receipts of positions that GPD serves, asked of GPD (spec/4 sections 1.1 and 3.4): for an ente whose station is not told of them by broadcast, and for what
//! broadcast has lost.
//!
//! The list of GPD has days, so the cursor has: each run looks again at the last two, and skips what has its receipt already. A receipt goes the way of
//! paSendRTV2, with the bytes that GPD keeps: twice is once.

use chrono::{Duration, NaiveDate};
use codici::IdDominio;
use domain::anagrafica::{Dominio, Segreto};
use domain::calendario;
use domain::posizione_debitoria::Modalita;
use pagopa::messaggi::leggi_consegna_ricevuta;
use piattaforma::posizioni::ricevute::{self, Ricevute};
use piattaforma::{Connessione, Esito, Prodotto};

use super::{accoda, connessione, intermediario};
use crate::lavori::Turno;
use crate::{Errore, Gateway};

/// Days that are looked at again: payments of a day come into the list until the next one.
const GIORNI_RIVISTI: i64 = 2;
/// Where an ente that was never looked at begins.
const GIORNI_ALL_INIZIO: i64 = 15;
/// Pages of one run of a dominio: a hundred receipts each.
const PAGINE_MAX: u32 = 500;

/// What configuration says of the receipts of GPD.
#[derive(Clone, Debug, Default)]
pub struct ImpostazioniRicevute {
    /// Where the service is, when it is not beside GPD.
    pub url: Option<String>,
    /// Its subscription key, when it is not GPD's.
    pub chiave: Option<String>,
}

/// What a run has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EsitoRicevute {
    pub acquisite: u32,
    /// Receipts that could not be read, or that the station would refuse.
    pub mancate: u32,
}

impl Gateway {
    /// The receipts of every dominio of the asynchronous mode.
    pub(crate) async fn giro_delle_ricevute_gpd(&self, turno: &Turno) -> Result<String, Errore> {
        let anagrafica = self.istantanea.attuale();
        let mut tutto = EsitoRicevute::default();
        let mut sospesi = Vec::new();
        for dominio in anagrafica.domini.values() {
            let suo = !dominio.segregazioni_asincrone.is_empty() && accoda::ha_archivio(&anagrafica, dominio, Modalita::Asincrona);
            if !suo || !turno.continua() {
                continue;
            }
            match self.ricevute_gpd(dominio, turno).await? {
                Ok(esito) => {
                    tutto.acquisite += esito.acquisite;
                    tutto.mancate += esito.mancate;
                }
                Err(motivo) => sospesi.push(format!("{}: {motivo}", dominio.cod)),
            }
        }
        let coda = if sospesi.is_empty() { String::new() } else { format!(" Sospesi: {}.", sospesi.join("; ")) };
        Ok(format!("Lettura delle ricevute di GPD completata#Ricevute acquisite: {}, mancate: {}.{coda}", tutto.acquisite, tutto.mancate))
    }

    /// The inner error is why the rest waits for the next run.
    async fn ricevute_gpd(&self, dominio: &Dominio, turno: &Turno) -> Result<Result<EsitoRicevute, String>, Errore> {
        let connessione = match self.connessione_ricevute(&dominio.cod) {
            Ok(connessione) => connessione,
            Err(motivo) => return Ok(Err(motivo)),
        };
        let oggi = calendario::oggi(self.adesso());
        let ultimo = self.store.ricevute_gpd_fino_al(&dominio.cod).await?;
        let dal = ultimo.map_or(oggi - Duration::days(GIORNI_ALL_INIZIO), |d| d - Duration::days(GIORNI_RIVISTI));
        let segregazioni: Vec<String> = dominio.segregazioni_asincrone.iter().map(|s| format!("{s:02}")).collect();
        let servizio = Ricevute { cliente: &self.piattaforma, connessione: &connessione, dominio: &dominio.cod, segregazioni: &segregazioni.join(",") };
        let mut esito = EsitoRicevute::default();
        for pagina in 0..PAGINE_MAX {
            if !turno.continua() {
                return Ok(Ok(esito));
            }
            let resoconto = self.annota_chiamata(Ricevute::ELENCO, Some(&dominio.cod), None, servizio.elenco(dal, oggi, pagina)).await;
            let letta = match &resoconto.esito {
                Esito::Fatto(fatto) => ricevute::pagina_letta(fatto),
                Esito::Rifiutato { stato: 404, .. } => Some(ricevute::PaginaRicevute::default()),
                Esito::Rifiutato { motivo, .. } | Esito::DaRitentare { motivo, .. } => return Ok(Err(motivo.clone())),
            };
            let Some(letta) = letta else { return Ok(Err("L'elenco delle ricevute non si legge".to_owned())) };
            for iuv in self.store.iuv_senza_ricevuta(&dominio.cod, &letta.iuv).await? {
                match self.ricevuta_gpd(&servizio, &dominio.cod, &iuv).await? {
                    Ok(true) => esito.acquisite += 1,
                    Ok(false) => esito.mancate += 1,
                    Err(motivo) => return Ok(Err(motivo)),
                }
            }
            if pagina + 1 >= letta.pagine {
                self.store.segna_ricevute_gpd(&dominio.cod, oggi, self.adesso()).await?;
                return Ok(Ok(esito));
            }
        }
        Ok(Err(format!("Le ricevute dal {dal} sono piu' di {PAGINE_MAX} pagine")))
    }

    /// One receipt. False: it is there and cannot be taken.
    async fn ricevuta_gpd(&self, servizio: &Ricevute<'_>, dominio: &IdDominio, iuv: &str) -> Result<Result<bool, String>, Errore> {
        let resoconto = self.annota_chiamata(Ricevute::UNA, Some(dominio), Some(iuv), servizio.una(iuv)).await;
        match &resoconto.esito {
            Esito::Fatto(fatto) => self.acquisisci_ricevuta_gpd(dominio, iuv, &fatto.corpo).await.map(Ok),
            // 404 and 422: not ready yet; the next run asks again.
            Esito::Rifiutato { motivo, .. } => {
                tracing::warn!(dominio = %dominio, iuv, motivo, "ricevuta di GPD non disponibile");
                Ok(Ok(false))
            }
            Esito::DaRitentare { motivo, .. } => Ok(Err(motivo.clone())),
        }
    }

    /// GPD keeps the message that its own station had: here it is as if ours had had it.
    async fn acquisisci_ricevuta_gpd(&self, dominio: &IdDominio, iuv: &str, byte: &[u8]) -> Result<bool, Errore> {
        let (operazione, mut richiesta) = match leggi_consegna_ricevuta(byte) {
            Ok(letta) => letta,
            Err(e) => {
                tracing::warn!(dominio = %dominio, iuv, motivo = e.dettaglio(), "ricevuta di GPD non leggibile");
                return Ok(false);
            }
        };
        if richiesta.ricevuta.iuv.as_str() != iuv {
            tracing::warn!(dominio = %dominio, iuv, "la ricevuta di GPD e' di un altro IUV");
            return Ok(false);
        }
        let anagrafica = self.istantanea.attuale();
        let Some(stazione) = anagrafica.dominio(dominio).and_then(|d| anagrafica.stazioni.get(d.stazione.as_ref()?)) else { return Ok(false) };
        richiesta.stazione.id_pa = dominio.to_string();
        richiesta.stazione.id_intermediario.clone_from(&stazione.intermediario);
        richiesta.stazione.id_stazione.clone_from(&stazione.cod);
        self.acquisisci_da_lavoro("ricevute-gpd", operazione, &richiesta, byte).await
    }

    fn connessione_ricevute(&self, dominio: &IdDominio) -> Result<Connessione, String> {
        let anagrafica = self.istantanea.attuale();
        let gpd = intermediario(&anagrafica, dominio).and_then(|i| i.connettori.gpd.as_ref()).ok_or("L'intermediario non ha piu' il connettore di GPD")?;
        let impostazioni = &self.impostazioni.posizioni.ricevute;
        let url = impostazioni.url.clone().or_else(|| ricevute::indirizzo(&gpd.url));
        let url = url.ok_or("Non si sa dove sono le ricevute di GPD: `posizioni.ricevute_url`")?;
        let chiave = impostazioni.chiave.clone().map(Segreto).or_else(|| gpd.subscription_key.clone());
        let connettore = domain::anagrafica::connettore::ConnettoreServizio { url, subscription_key: chiave, ..gpd.clone() };
        connessione(Prodotto::GpdRicevute, &connettore).map_err(|e| e.to_string())
    }

    /// The day before which every receipt of the dominio was looked at.
    pub async fn ricevute_gpd_fino_al(&self, dominio: &IdDominio) -> Result<Option<NaiveDate>, Errore> {
        Ok(self.store.ricevute_gpd_fino_al(dominio).await?)
    }
}
