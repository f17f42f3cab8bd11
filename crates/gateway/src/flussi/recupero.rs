//! Receipts that never came: a flow says of the payment, biz-events has its receipt (spec/3 section 2.5).
//!
//! Ten calls in an hour are all that pagoPA allows: the client counts them, and a turn ends when they are over.

use chrono::Duration;
use domain::anagrafica::ConnettoriIntermediario;
use pagopa::biz_events::{Destinatario, in_consegna};
use pagopa::messaggi::leggi_consegna_ricevuta;
use piattaforma::{Esito, Metodo, Prodotto, Richiesta};
use serde_json::Value;
use store::eventi::{EsitoEvento, Evento};
use store::flussi::SenzaRicevuta;

use super::rest::connessione;
use crate::{Errore, Gateway};

const OPERAZIONE: &str = "getOrganizationReceiptIuvIur";
/// Rows that are older are left alone (`it.govpay.batch.recuperoRT.limiteTemporaleRecupero`).
const GIORNI: i64 = 15;
/// Rows of one turn: what an hour allows.
const RIGHE_PER_TURNO: u64 = 10;
/// Before a receipt that is there and cannot be processed yet (422) is asked for again.
const FRA_SE_NON_PRONTA: Duration = Duration::hours(2);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EsitoRecupero {
    pub recuperate: usize,
    /// Asked for, and not had.
    pub mancate: usize,
}

/// What the call says of the row.
enum Passo {
    Recuperata,
    /// There is none, or it was refused: it is not asked for again.
    Chiusa,
    PiuTardi,
    /// Nothing more can be asked now.
    Basta,
}

impl Gateway {
    /// Asks for the receipts of rows that have a voce and no payment, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recupera_ricevute(&self, continua: &(dyn Fn() -> bool + Send + Sync)) -> Result<EsitoRecupero, Errore> {
        let adesso = self.adesso();
        let righe = self.store.rendicontazioni_senza_ricevuta(adesso - Duration::days(GIORNI), adesso, RIGHE_PER_TURNO).await?;
        let mut esito = EsitoRecupero::default();
        for riga in righe.iter().take_while(|_| continua()) {
            match self.recupera(riga).await? {
                Passo::Recuperata => {
                    esito.recuperate += 1;
                    self.store.segna_recupero(riga, None).await?;
                }
                Passo::Chiusa => {
                    esito.mancate += 1;
                    self.store.segna_recupero(riga, None).await?;
                }
                Passo::PiuTardi => {
                    esito.mancate += 1;
                    self.store.segna_recupero(riga, Some(adesso + FRA_SE_NON_PRONTA)).await?;
                }
                Passo::Basta => break,
            }
        }
        Ok(esito)
    }

    async fn recupera(&self, riga: &SenzaRicevuta) -> Result<Passo, Errore> {
        let anagrafica = self.istantanea.attuale();
        let stazione = anagrafica.dominio(&riga.dominio).and_then(|d| d.stazione.as_ref()).and_then(|s| anagrafica.stazioni.get(s));
        let intermediario = stazione.and_then(|s| anagrafica.intermediari.get(&s.intermediario));
        let (Some(stazione), Some(intermediario)) = (stazione, intermediario) else { return Ok(Passo::PiuTardi) };
        let connettori: &ConnettoriIntermediario = &intermediario.connettori;
        let Some(Ok(connessione)) = connettori.recupero_rt.as_ref().map(|s| connessione(Prodotto::BizEvents, s)) else { return Ok(Passo::PiuTardi) };
        let percorso = ["organizations", riga.dominio.as_str(), "receipts", &riga.iur, "paymentoptions", &riga.iuv];
        let richiesta = Richiesta::nuova(Metodo::GET, percorso);
        let chiamata = self.piattaforma.chiama(&connessione, &richiesta);
        // Exactly the event that the original's batch leaves: no pendenza, no datiPagoPA, and no status when it went well.
        let completa = |evento: Evento| Evento {
            sottotipo_esito: evento.sottotipo_esito.filter(|_| evento.esito != EsitoEvento::Ok),
            iuv: Some(riga.iuv.clone()),
            ccp: Some(riga.iur.clone()),
            ..evento
        };
        let resoconto = self.annota_completa(OPERAZIONE, Some(&riga.dominio), chiamata, completa).await;
        match &resoconto.esito {
            Esito::Fatto(fatto) => {
                let a = Destinatario { id_dominio: riga.dominio.as_str(), id_intermediario: &intermediario.cod, id_stazione: &stazione.cod };
                self.acquisisci_recuperata(riga, &fatto.json(), &a).await
            }
            Esito::Rifiutato { stato: 422, .. } => Ok(Passo::PiuTardi),
            Esito::Rifiutato { .. } => Ok(Passo::Chiusa),
            Esito::DaRitentare { motivo, .. } => {
                tracing::info!(motivo, "recupero delle ricevute sospeso");
                Ok(Passo::Basta)
            }
        }
    }

    /// The receipt goes the way of paSendRTV2. Whatever comes of it, it is not asked for again: what was refused once would be refused again.
    async fn acquisisci_recuperata(&self, riga: &SenzaRicevuta, v: &Value, a: &Destinatario<'_>) -> Result<Passo, Errore> {
        let letta = in_consegna(v, a).map_err(|e| e.motivo).and_then(|byte| match leggi_consegna_ricevuta(&byte) {
            Ok((operazione, richiesta)) => Ok((byte, operazione, richiesta)),
            Err(e) => Err(e.dettaglio().to_owned()),
        });
        let (byte, operazione, richiesta) = match letta {
            Ok(letta) => letta,
            Err(motivo) => {
                tracing::warn!(dominio = %riga.dominio, iuv = riga.iuv, motivo, "ricevuta recuperata non leggibile");
                return Ok(Passo::Chiusa);
            }
        };
        let accettata = self.acquisisci_da_lavoro("recupero-rt", operazione, &richiesta, &byte).await?;
        Ok(if accettata { Passo::Recuperata } else { Passo::Chiusa })
    }
}
