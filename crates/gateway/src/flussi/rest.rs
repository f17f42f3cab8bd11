//! The road of the REST service (spec/3 section 2.4.2, spec/4 section 4.3): a list from where we had come, then header and payments of each flow, by pages.
//!
//! The service remembers nothing of what was taken: the cursor is the latest publication that we have, with an overlap, and goes back to what is set aside.

use chrono::{DateTime, Duration, Utc};
use domain::anagrafica::connettore::ConnettoreServizio;
use domain::rendicontazione::{EsitoRiga, Riga};
use outbound::NomiApiKey;
use pagopa::fdr::{self, Pagamento, Testata};
use piattaforma::{Connessione, Esito, Metodo, Prodotto, Richiesta};
use serde_json::Value;
use store::flussi::{ChiaveVersione, NuovoFlusso};

use super::evento::{ChiamataFlussi, EsitoChiamata, chiamata};
use super::lavorazione::{Lavorazione, conteggio, diverse};
use super::{EsitoFlussi, Fallimento, Incarico};
use crate::{Errore, Gateway, nuovo_id};

const ELENCO: &str = "IOrganizationsController_getAllPublishedFlows";
const TESTATA: &str = "IOrganizationsController_getSinglePublishedFlow";
const PAGAMENTI: &str = "IOrganizationsController_getPaymentsFromPublishedFlow";
/// Publications are not read in the order in which they happen: the last hour is always asked for again.
const SOVRAPPOSIZIONE: Duration = Duration::hours(1);
/// A cursor that is older is refused (FDR-1000): without one the service begins with the month before.
const FINESTRA: Duration = Duration::days(30);
/// Pages of one list or of one flow.
const PAGINE_MAX: u64 = 10_000;

/// Why a call brought nothing.
enum Mancata {
    /// There is none.
    NonTrovato,
    Fallita {
        motivo: String,
        passeggera: bool,
    },
}

impl Mancata {
    fn fallimento(self) -> Fallimento {
        match self {
            Self::NonTrovato => Fallimento::passeggero("HTTP 404: il servizio non ha piu' questa versione del flusso"),
            Self::Fallita { motivo, passeggera: true } => Fallimento::passeggero(motivo),
            Self::Fallita { motivo, passeggera: false } => Fallimento::guasto(motivo),
        }
    }
}

impl Gateway {
    pub(super) async fn flussi_da_rest(&self, i: &Incarico, continua: &(dyn Fn() -> bool + Send + Sync)) -> Result<EsitoFlussi, Errore> {
        let Some(servizio) = &i.connettori.fr else { return Ok(EsitoFlussi::default()) };
        let fallito = |motivo: String| {
            tracing::warn!(dominio = %i.dominio.cod, motivo, "elenco dei flussi non ottenuto");
            EsitoFlussi { acquisiti: 0, falliti: 1 }
        };
        let connessione = match connessione(Prodotto::Fdr, servizio) {
            Ok(connessione) => connessione,
            Err(motivo) => return Ok(fallito(motivo)),
        };
        let da = self.cursore(i).await?;
        let mut voci = match self.elenco_rest(i, &connessione, da).await {
            Ok(voci) => voci,
            Err(Mancata::NonTrovato) => Vec::new(),
            Err(Mancata::Fallita { motivo, .. }) => return Ok(fallito(motivo)),
        };
        // In the order of publication: what a stop leaves out is after the cursor.
        voci.sort_by_key(|v| (v.pubblicato, v.revisione));
        let chiave = |v: &fdr::Voce| ChiaveVersione::Revisione { id_flusso: v.fdr.clone(), psp: v.psp.clone(), revisione: v.revisione, data: v.data };
        let nuove = self.da_acquisire(&i.dominio.cod, &voci.iter().map(chiave).collect::<Vec<_>>()).await?;
        let mut esito = EsitoFlussi::default();
        for voce in &voci {
            let chiave = chiave(voce);
            if !nuove.contains(&chiave) {
                continue;
            }
            if !continua() {
                break;
            }
            match self.flusso_da_rest(i, &connessione, voce, &chiave).await {
                Ok(acquisito) => esito.acquisiti += usize::from(acquisito),
                Err(fallimento) => {
                    esito.falliti += 1;
                    self.metti_da_parte(&i.dominio.cod, &chiave, voce.pubblicato, fallimento).await?;
                }
            }
        }
        Ok(esito)
    }

    /// From when the list begins: `None` from where the service wants.
    async fn cursore(&self, i: &Incarico) -> Result<Option<DateTime<Utc>>, Errore> {
        let Some(ultima) = self.store.ultima_pubblicazione(&i.dominio.cod).await? else { return Ok(None) };
        let in_sospeso = self.store.flussi_da_parte(Some(&i.dominio.cod)).await?.into_iter().filter_map(|d| d.pubblicato).min();
        let da = in_sospeso.map_or(ultima, |s| s.min(ultima)) - SOVRAPPOSIZIONE;
        Ok(Some(da).filter(|da| *da > self.adesso() - FINESTRA))
    }

    async fn elenco_rest(&self, i: &Incarico, connessione: &Connessione, da: Option<DateTime<Utc>>) -> Result<Vec<fdr::Voce>, Mancata> {
        let mut voci = Vec::new();
        for pagina in 1..=PAGINE_MAX {
            let mut richiesta = Richiesta::nuova(Metodo::GET, ["organizations", i.dominio.cod.as_str(), "fdrs"]);
            if let Some(da) = da {
                richiesta = richiesta.con_parametro("publishedGt", da.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
            }
            let corpo = self.chiama_fdr(i, connessione, ELENCO, None, paginata(richiesta, pagina)).await?;
            let Some(corpo) = corpo else { break };
            let letta = fdr::leggi_elenco(&corpo).map_err(illeggibile)?;
            let ultima = letta.voci.is_empty() || pagina >= letta.pagine;
            voci.extend(letta.voci);
            if ultima {
                return Ok(voci);
            }
        }
        Ok(voci)
    }

    async fn flusso_da_rest(&self, i: &Incarico, c: &Connessione, voce: &fdr::Voce, chiave: &ChiaveVersione) -> Result<bool, Fallimento> {
        let corpo = self.chiama_fdr(i, c, TESTATA, Some(&voce.fdr), Richiesta::nuova(Metodo::GET, percorso(i, voce))).await.map_err(Mancata::fallimento)?;
        let testata = fdr::leggi_testata(&corpo.unwrap_or_default()).map_err(Fallimento::from)?;
        if testata.fdr != voce.fdr || testata.psp != voce.psp {
            return Err(Fallimento::guasto("il servizio ha risposto con un altro flusso"));
        }
        if testata.stato.as_deref().is_some_and(|s| s != "PUBLISHED") {
            return Err(Fallimento::passeggero("il flusso non e' ancora pubblicato"));
        }
        let flusso = nuovo_flusso(i, voce, &testata);
        let Some(mut lavorazione) = Lavorazione::comincia(self, flusso, chiave.clone(), std::sync::Arc::clone(&i.dominio)).await? else { return Ok(false) };
        match self.pagamenti_da_rest(i, c, voce, &testata, &mut lavorazione).await {
            Ok(()) => lavorazione.concludi(self, None).await.map(|_| true),
            Err(fallimento) => {
                lavorazione.abbandona(self).await;
                Err(fallimento)
            }
        }
    }

    /// What was read must be what the service had counted: a page that changed meanwhile is read again, another time.
    async fn pagamenti_da_rest(&self, i: &Incarico, c: &Connessione, voce: &fdr::Voce, t: &Testata, l: &mut Lavorazione) -> Result<(), Fallimento> {
        for pagina in 1..=PAGINE_MAX {
            let mut percorso = percorso(i, voce);
            percorso.push("payments".to_owned());
            let richiesta = paginata(Richiesta::nuova(Metodo::GET, percorso), pagina);
            let corpo = self.chiama_fdr(i, c, PAGAMENTI, Some(&voce.fdr), richiesta).await.map_err(Mancata::fallimento)?;
            let letta = fdr::leggi_pagamenti(&corpo.unwrap_or_default()).map_err(Fallimento::from)?;
            let ultima = letta.voci.is_empty() || pagina >= letta.pagine;
            let righe = letta.voci.into_iter().map(riga).collect::<Result<Vec<_>, _>>()?;
            l.aggiungi(self, righe).await?;
            if ultima {
                break;
            }
        }
        if diverse((t.numero_contato, t.importo_contato), l.somma) {
            return Err(Fallimento::passeggero(format!(
                "letti {} pagamenti per {} euro, che non sono quelli contati dal servizio",
                l.somma.numero, l.somma.importo
            )));
        }
        Ok(())
    }

    /// `None`: an answer without a body.
    async fn chiama_fdr(&self, i: &Incarico, c: &Connessione, tipo: &'static str, id_flusso: Option<&str>, r: Richiesta) -> Result<Option<Value>, Mancata> {
        let inizio = self.adesso();
        let (resoconto, scambio) = outbound::osserva(self.piattaforma.chiama(c, &r)).await;
        let stato = resoconto.stato.map(|s| s.to_string());
        let motivo = match &resoconto.esito {
            Esito::Fatto(_) | Esito::Rifiutato { stato: 404, .. } => None,
            Esito::Rifiutato { motivo, .. } => Some((true, motivo.clone())),
            Esito::DaRitentare { motivo, .. } => Some((false, motivo.clone())),
        };
        let racconto =
            ChiamataFlussi { tipo, dominio: &i.dominio.cod, id_flusso, id_stazione: &i.stazione.cod, id_intermediario: &i.stazione.intermediario, inizio };
        self.giornale.aggiungi_chiamata(chiamata(self, &racconto, EsitoChiamata { stato, motivo }), scambio.as_ref());
        match resoconto.esito {
            Esito::Fatto(f) if f.corpo.is_empty() => Ok(None),
            Esito::Fatto(f) => Ok(Some(f.json())),
            Esito::Rifiutato { stato: 404, .. } => Err(Mancata::NonTrovato),
            Esito::Rifiutato { motivo, .. } | Esito::DaRitentare { motivo, .. } => Err(Mancata::Fallita { motivo, passeggera: true }),
        }
    }
}

fn illeggibile(e: pagopa::flusso::Illeggibile) -> Mancata {
    Mancata::Fallita { motivo: e.motivo, passeggera: false }
}

fn paginata(r: Richiesta, pagina: u64) -> Richiesta {
    r.con_parametro("page", pagina.to_string()).con_parametro("size", fdr::RIGHE_PER_PAGINA.to_string())
}

fn percorso(i: &Incarico, v: &fdr::Voce) -> Vec<String> {
    let revisione = v.revisione.to_string();
    ["organizations", i.dominio.cod.as_str(), "fdrs", &v.fdr, "revisions", &revisione, "psps", &v.psp].map(str::to_owned).to_vec()
}

fn riga(p: Pagamento) -> Result<Riga, Fallimento> {
    let esito = EsitoRiga::da_nome(&p.esito).ok_or_else(|| Fallimento::guasto(format!("pagamento {}: payStatus sconosciuto", p.indice_nel_flusso)))?;
    Ok(Riga { iuv: p.iuv, iur: p.iur, indice: Some(p.indice), importo: p.importo, esito, data: p.data })
}

fn nuovo_flusso(i: &Incarico, voce: &fdr::Voce, t: &Testata) -> NuovoFlusso {
    NuovoFlusso {
        id: nuovo_id(),
        dominio: i.dominio.cod.clone(),
        id_flusso: t.fdr.clone(),
        data: t.data,
        psp: t.psp.clone(),
        nome_psp: t.nome_psp.clone(),
        nome_dominio: t.nome_organizzazione.clone(),
        revisione_pagopa: Some(voce.revisione),
        trn: t.trn.clone(),
        data_regolamento: t.data_regolamento,
        bic: t.bic.clone(),
        numero_pagamenti: conteggio(t.numero),
        importo_totale: t.importo,
        data_pubblicazione: t.pubblicato.or(voce.pubblicato),
        data_aggiornamento: t.aggiornato,
    }
}

/// A product with the address and the keys of a connettore.
pub(super) fn connessione(prodotto: Prodotto, servizio: &ConnettoreServizio) -> Result<Connessione, String> {
    let chiave = servizio.subscription_key.as_ref().map(|k| k.0.as_str());
    let base = Connessione::nuova(prodotto, &servizio.url, chiave).map_err(|e| e.to_string())?;
    let autenticazione = ente::credenziali(servizio.auth.as_ref(), &NomiApiKey::default()).map_err(|e| e.to_string())?;
    Ok(Connessione { autenticazione, ..base })
}
