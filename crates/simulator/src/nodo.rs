//! The node and the PSP: verification, activation, outcome, receipt (spec/4 sections 1.4 and 2.4 to 2.6).

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use codici::{IdDominio, Importo, NumeroAvviso};
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::coda::{RITENTATIVI_MAX, Ricevuta, StatoRicevuta};
use crate::comportamento::{Doppia, Guasto, storpia};
use crate::giornale::Argomento;
use crate::messaggi::{self, Accredito, Bonifico, DatiPagamento, DatiRicevuta, Indirizzo, Operazione, Soggetto, Versione, importo_json};
use crate::risposte::{self, Rifiuto, Risposta, Verificato};
use crate::{Simulatore, lucchetto};

/// Payments that the node remembers; the oldest leave first.
pub const PAGAMENTI_MAX: usize = 20_000;
/// Receipts taken in hand at once, and delivered together.
const LOTTO: usize = 200;
const CONSEGNE_INSIEME: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Esito {
    Ok,
    Ko,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatoPagamento {
    /// Activated, no outcome yet, token still good.
    InCorso,
    /// The PSP said OK: a receipt exists.
    Pagato,
    /// The PSP said KO: nothing follows.
    NonPagato,
    /// The token died before an outcome.
    Scaduto,
}

/// An activation and what followed.
#[derive(Clone, Debug, Serialize)]
pub struct Pagamento {
    /// paymentToken, 32 hexadecimal digits; the receiptId of the receipt.
    pub token: String,
    pub versione: Versione,
    pub dominio: String,
    pub avviso: String,
    pub stato: StatoPagamento,
    pub attivato: DateTime<Utc>,
    /// What the ente answered.
    pub dati: DatiPagamento,
    /// The message of the journal with the activation, when there was one.
    pub messaggio: Option<u64>,
    #[serde(skip)]
    scadenza: Instant,
}

/// A payment with its receipts, the latest first.
#[derive(Clone, Debug, Serialize)]
pub struct Pagato {
    pub pagamento: Pagamento,
    pub ricevute: Vec<RicevutaVista>,
}

/// A receipt of the queue without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RicevutaVista {
    pub id: u64,
    pub token: String,
    pub dominio: String,
    pub avviso: String,
    pub iuv: String,
    pub versione: Versione,
    /// `in_attesa`, `trattenuta`, `consegnata`, `rifiutata`, `esaurita`.
    pub stato: &'static str,
    /// faultCode of the refusal.
    pub codice: Option<String>,
    pub tentativi: u32,
    pub ultimo_esito: Option<String>,
    /// Milliseconds of the epoch, while it waits.
    pub prossimo_tentativo_ms: Option<i64>,
}

impl From<&Ricevuta> for RicevutaVista {
    fn from(r: &Ricevuta) -> Self {
        let (stato, codice, prossimo_tentativo_ms) = match &r.stato {
            StatoRicevuta::InAttesa { da_ms } => ("in_attesa", None, Some(*da_ms)),
            StatoRicevuta::Trattenuta => ("trattenuta", None, None),
            StatoRicevuta::Consegnata => ("consegnata", None, None),
            StatoRicevuta::Rifiutata { codice, .. } => ("rifiutata", Some(codice.clone()), None),
            StatoRicevuta::Esaurita => ("esaurita", None, None),
        };
        Self {
            id: r.id,
            token: r.token.clone(),
            dominio: r.dominio.clone(),
            avviso: r.avviso.clone(),
            iuv: r.iuv.clone(),
            versione: r.versione,
            stato,
            codice,
            tentativi: r.tentativi,
            ultimo_esito: r.ultimo_esito.clone(),
            prossimo_tentativo_ms,
        }
    }
}

/// A payment that the node accepted without asking the ente (stand-in), or that nobody asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SenzaAttivazione {
    pub dominio: String,
    pub avviso: String,
    pub versione: Versione,
    /// `None`: what a verification says.
    #[serde(deserialize_with = "importo_se")]
    pub importo: Option<Importo>,
    pub causale: Option<String>,
    pub iban: Option<String>,
    /// Writes the stand-in flag, where the configuration says.
    pub stand_in: bool,
}

fn importo_se<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Option<Importo>, D::Error> {
    #[derive(Deserialize)]
    struct Involucro(#[serde(with = "importo_json")] Importo);
    Ok(Option::<Involucro>::deserialize(d)?.map(|i| i.0))
}

#[derive(Default)]
pub(crate) struct Pagamenti {
    per_token: HashMap<String, Pagamento>,
    ordine: VecDeque<String>,
    /// Token of the activation in progress of a notice; also while the station is being asked.
    in_corso: HashMap<(String, String), String>,
}

impl Pagamenti {
    fn aggiungi(&mut self, pagamento: Pagamento) {
        if self.ordine.len() >= PAGAMENTI_MAX
            && let Some(vecchio) = self.ordine.pop_front()
            && let Some(p) = self.per_token.remove(&vecchio)
            && self.in_corso.get(&(p.dominio.clone(), p.avviso.clone())) == Some(&vecchio)
        {
            self.in_corso.remove(&(p.dominio, p.avviso));
        }
        self.ordine.push_back(pagamento.token.clone());
        self.per_token.insert(pagamento.token.clone(), pagamento);
    }

    /// Lets a token die when its time has come.
    fn aggiorna(&mut self, token: &str) {
        if let Some(p) = self.per_token.get_mut(token)
            && p.stato == StatoPagamento::InCorso
            && p.scadenza <= Instant::now()
        {
            p.stato = StatoPagamento::Scaduto;
            let chiave = (p.dominio.clone(), p.avviso.clone());
            self.in_corso.remove(&chiave);
        }
    }
}

fn codici_buoni(dominio: &str, avviso: &str) -> Result<(), Rifiuto> {
    // Whatever the first digit: it is the station's to refuse 4 to 9.
    let avviso_buono = avviso.len() == 18 && avviso.bytes().all(|b| b.is_ascii_digit());
    if IdDominio::leggi(dominio).is_some() && avviso_buono {
        return Ok(());
    }
    Err(Rifiuto::del_nodo("PPT_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD.", "il codice avviso ha 18 cifre, il codice fiscale dell'ente ne ha 11"))
}

/// The IUV that a notice number contains; the number itself when it contains none.
fn iuv_di(avviso: &str) -> String {
    NumeroAvviso::leggi(avviso).map_or_else(|_| avviso.get(1..).unwrap_or(avviso).to_owned(), |n| n.iuv().to_string())
}

fn argomento(dominio: &str, avviso: &str, token: Option<&str>) -> Argomento {
    Argomento { dominio: Some(dominio.into()), avviso: Some(avviso.into()), iuv: Some(iuv_di(avviso)), token: token.map(Into::into) }
}

fn nuovo_token() -> String {
    Uuid::new_v4().simple().to_string()
}

impl Simulatore {
    fn indirizzo(&self, dominio: &str) -> Indirizzo {
        let conf = &self.0.conf;
        Indirizzo { id_pa: dominio.into(), id_intermediario: conf.id_intermediario.clone(), id_stazione: conf.id_stazione.clone() }
    }

    /// paVerifyPaymentNotice: what the PSP shows. Changes nothing.
    pub async fn verifica(&self, dominio: &str, avviso: &str) -> Result<Verificato, Rifiuto> {
        codici_buoni(dominio, avviso)?;
        let corpo = messaggi::verifica(&self.indirizzo(dominio), dominio, avviso);
        let scambio = self.scambia(Operazione::Verifica, argomento(dominio, avviso, None), &corpo).await;
        let letto = match scambio.esito {
            Ok(Risposta::Ok(e)) => risposte::leggi_verifica(&e, dominio, scambio.messaggio),
            Ok(Risposta::Ko(rifiuto)) => return Err(Rifiuto { messaggio: Some(scambio.messaggio), ..*rifiuto }),
            Err(errore) => return Err(errore.rifiuto(scambio.messaggio)),
        };
        letto.map_err(|causa| crate::stazione::ErroreStazione::Risposta(causa).rifiuto(scambio.messaggio))
    }

    /// paGetPayment or paGetPaymentV2. One activation at a time for a notice: a second one is refused with `PPT_PAGAMENTO_IN_CORSO` until the first has an
    /// outcome or its token dies.
    pub async fn attiva(&self, dominio: &str, avviso: &str, versione: Versione) -> Result<Pagamento, Rifiuto> {
        codici_buoni(dominio, avviso)?;
        let token = nuovo_token();
        self.prenota(dominio, avviso, &token)?;
        // If the caller goes away while the station is being asked, the notice is freed.
        let prenotazione = Prenotazione { simulatore: self, chiave: Some((dominio.to_owned(), avviso.to_owned())), token: token.clone() };
        let (dati, messaggio) = self.chiedi_pagamento(dominio, avviso, versione, &token).await?;
        let pagamento = self.nuovo_pagamento(token, versione, dominio, avviso, dati, Some(messaggio), StatoPagamento::InCorso);
        lucchetto(&self.0.pagamenti).aggiungi(pagamento.clone());
        prenotazione.conferma();
        Ok(pagamento)
    }

    fn prenota(&self, dominio: &str, avviso: &str, token: &str) -> Result<(), Rifiuto> {
        let mut pagamenti = lucchetto(&self.0.pagamenti);
        let chiave = (dominio.to_owned(), avviso.to_owned());
        if let Some(altro) = pagamenti.in_corso.get(&chiave).cloned() {
            pagamenti.aggiorna(&altro);
        }
        if pagamenti.in_corso.contains_key(&chiave) {
            return Err(Rifiuto::del_nodo("PPT_PAGAMENTO_IN_CORSO", "Pagamento in attesa risulta in corso al sistema pagoPA.", "un'attivazione e' in corso"));
        }
        pagamenti.in_corso.insert(chiave, token.to_owned());
        Ok(())
    }

    async fn chiedi_pagamento(&self, dominio: &str, avviso: &str, versione: Versione, token: &str) -> Result<(DatiPagamento, u64), Rifiuto> {
        let corpo = messaggi::attiva(&self.indirizzo(dominio), dominio, avviso, versione, None, None);
        let operazione = versione.attivazione();
        let scambio = self.scambia(operazione, argomento(dominio, avviso, Some(token)), &corpo).await;
        let letto = match scambio.esito {
            Ok(Risposta::Ok(e)) => risposte::leggi_attivazione(&e, operazione),
            Ok(Risposta::Ko(rifiuto)) => return Err(Rifiuto { messaggio: Some(scambio.messaggio), ..*rifiuto }),
            Err(errore) => return Err(errore.rifiuto(scambio.messaggio)),
        };
        letto.map(|dati| (dati, scambio.messaggio)).map_err(|causa| crate::stazione::ErroreStazione::Risposta(causa).rifiuto(scambio.messaggio))
    }

    #[expect(clippy::too_many_arguments, reason = "i campi di un pagamento, una volta sola")]
    fn nuovo_pagamento(
        &self,
        token: String,
        versione: Versione,
        dominio: &str,
        avviso: &str,
        dati: DatiPagamento,
        messaggio: Option<u64>,
        stato: StatoPagamento,
    ) -> Pagamento {
        Pagamento {
            token,
            versione,
            dominio: dominio.into(),
            avviso: avviso.into(),
            stato,
            attivato: Utc::now(),
            dati,
            messaggio,
            scadenza: Instant::now() + self.0.conf.tempi.vita_token,
        }
    }

    /// sendPaymentOutcome of the PSP. OK makes a receipt, which is in the queue (and on disk) when this returns; the worker or
    /// [`Simulatore::consegna_ricevute_dovute`] delivers it. KO makes nothing. `PPT_TOKEN_SCONOSCIUTO`, `PPT_TOKEN_SCADUTO` or `PPT_SEMANTICA`
    /// (an outcome was already given) otherwise.
    pub async fn esito(&self, token: &str, esito: Esito) -> Result<Pagato, Rifiuto> {
        let pagamento = self.concludi(token, esito)?;
        if esito == Esito::Ok {
            self.accoda_ricevuta(&pagamento, None, false)?;
            self.0.sveglia.notify_one();
        }
        self.pagamento(token)
    }

    fn concludi(&self, token: &str, esito: Esito) -> Result<Pagamento, Rifiuto> {
        let mut pagamenti = lucchetto(&self.0.pagamenti);
        pagamenti.aggiorna(token);
        let Some(pagamento) = pagamenti.per_token.get_mut(token) else { return Err(token_sconosciuto(token)) };
        match pagamento.stato {
            StatoPagamento::InCorso => {}
            StatoPagamento::Scaduto => return Err(Rifiuto::del_nodo("PPT_TOKEN_SCADUTO", "Il token e' scaduto.", token)),
            StatoPagamento::Pagato | StatoPagamento::NonPagato => return Err(Rifiuto::del_nodo("PPT_SEMANTICA", "Errore semantico.", "esito gia' comunicato")),
        }
        pagamento.stato = if esito == Esito::Ok { StatoPagamento::Pagato } else { StatoPagamento::NonPagato };
        let pagamento = pagamento.clone();
        pagamenti.in_corso.remove(&(pagamento.dominio.clone(), pagamento.avviso.clone()));
        Ok(pagamento)
    }

    /// Activation, outcome OK, and a first attempt to deliver the receipt; the receipt stays in the queue when the attempt fails.
    /// With the switch `ricevuta_prima` the receipt leaves before the activation.
    pub async fn paga(&self, dominio: &str, avviso: &str, versione: Versione) -> Result<Pagato, Rifiuto> {
        if self.0.pannello.consuma("ricevuta_prima", versione.ricevuta()).is_some() {
            let richiesta = SenzaAttivazione { dominio: dominio.into(), avviso: avviso.into(), versione, ..SenzaAttivazione::default() };
            let pagato = self.ricevuta_senza_attivazione(&richiesta).await?;
            // Whatever the ente answers now, the money has moved.
            let dopo = self.chiedi_pagamento(dominio, avviso, versione, &pagato.pagamento.token).await;
            if let (Ok((_, messaggio)), Some(p)) = (dopo, lucchetto(&self.0.pagamenti).per_token.get_mut(&pagato.pagamento.token)) {
                p.messaggio = Some(messaggio);
            }
            return self.pagamento(&pagato.pagamento.token);
        }
        let attivato = self.attiva(dominio, avviso, versione).await?;
        let pagamento = self.concludi(&attivato.token, Esito::Ok)?;
        let ricevuta = self.accoda_ricevuta(&pagamento, None, true)?;
        self.consegna(ricevuta).await;
        self.pagamento(&attivato.token)
    }

    /// A receipt that no activation came before: stand-in, or a notice that the ente does not know. It is delivered once, then queued.
    pub async fn ricevuta_senza_attivazione(&self, richiesta: &SenzaAttivazione) -> Result<Pagato, Rifiuto> {
        let (dominio, avviso) = (richiesta.dominio.as_str(), richiesta.avviso.as_str());
        codici_buoni(dominio, avviso)?;
        let (importo, causale, ente) = match richiesta.importo {
            Some(importo) => (importo, None, None),
            None => {
                let visto = self.verifica(dominio, avviso).await?;
                (visto.importo, Some(visto.causale), Some(visto.ente))
            }
        };
        let iuv = iuv_di(avviso);
        let causale = richiesta.causale.clone().or(causale).unwrap_or_else(|| "Pagamento accettato dal nodo senza l'ente".into());
        let causale = codici::causale::tronca(&causale, 140);
        let dati = DatiPagamento {
            importo,
            scadenza: None,
            descrizione: causale.clone(),
            ente,
            ufficio: None,
            debitore: Soggetto { tipo: "F".into(), identificativo: "ANONIMO".into(), nome: "ANONIMO".into(), ..Soggetto::default() },
            bonifici: vec![Bonifico {
                indice: 1,
                importo,
                dominio: dominio.into(),
                ente: None,
                accredito: Accredito::Iban(richiesta.iban.clone().unwrap_or_else(|| self.0.conf.iban_senza_attivazione.clone())),
                causale: codici::causale::tronca(&format!("/RFB/{iuv}/{importo}/TXT/{causale}"), 140),
                categoria: "9/0000000XX/".into(),
                metadata: Vec::new(),
            }],
            metadata: Vec::new(),
            iuv,
        };
        let pagamento = self.nuovo_pagamento(nuovo_token(), richiesta.versione, dominio, avviso, dati, None, StatoPagamento::Pagato);
        lucchetto(&self.0.pagamenti).aggiungi(pagamento.clone());
        let stand_in = richiesta.stand_in.then_some(true);
        let ricevuta = self.accoda_ricevuta(&pagamento, stand_in, true)?;
        self.consegna(ricevuta).await;
        self.pagamento(&pagamento.token)
    }

    /// Makes the receipt of a paid token again, with the same receiptId, and tries to deliver it: what follows a wrong receipt.
    pub async fn spedisci_ricevuta(&self, token: &str) -> Result<Pagato, Rifiuto> {
        let pagamento = lucchetto(&self.0.pagamenti).per_token.get(token).cloned().ok_or_else(|| token_sconosciuto(token))?;
        if pagamento.stato != StatoPagamento::Pagato {
            return Err(Rifiuto::del_nodo("PPT_SEMANTICA", "Errore semantico.", "il pagamento non ha esito OK: non c'e' una ricevuta"));
        }
        let ricevuta = self.accoda_ricevuta(&pagamento, None, true)?;
        self.consegna(ricevuta).await;
        self.pagamento(token)
    }

    /// The state of a payment.
    pub fn pagamento(&self, token: &str) -> Result<Pagato, Rifiuto> {
        let mut pagamenti = lucchetto(&self.0.pagamenti);
        pagamenti.aggiorna(token);
        let pagamento = pagamenti.per_token.get(token).cloned().ok_or_else(|| token_sconosciuto(token))?;
        drop(pagamenti);
        let ricevute = self.0.coda.ultime(10, |r| r.token == token).iter().map(RicevutaVista::from).collect();
        Ok(Pagato { pagamento, ricevute })
    }

    /// What was paid, in order of activation.
    pub(crate) fn pagati(&self) -> Vec<Pagamento> {
        let pagamenti = lucchetto(&self.0.pagamenti);
        pagamenti.ordine.iter().filter_map(|t| pagamenti.per_token.get(t)).filter(|p| p.stato == StatoPagamento::Pagato).cloned().collect()
    }

    /// Lets the token of an activation die now.
    pub fn fai_scadere(&self, token: &str) -> Result<(), Rifiuto> {
        let mut pagamenti = lucchetto(&self.0.pagamenti);
        pagamenti.per_token.get_mut(token).ok_or_else(|| token_sconosciuto(token))?.scadenza = Instant::now();
        pagamenti.aggiorna(token);
        Ok(())
    }

    fn accoda_ricevuta(&self, pagamento: &Pagamento, stand_in: Option<bool>, in_mano: bool) -> Result<Ricevuta, Rifiuto> {
        let conf = &self.0.conf;
        let adesso = Utc::now();
        let roma = adesso.with_timezone(&chrono_tz::Europe::Rome);
        let mut dati = DatiRicevuta {
            indirizzo: self.indirizzo(&pagamento.dominio),
            receipt_id: pagamento.token.clone(),
            avviso: pagamento.avviso.clone(),
            dominio: pagamento.dominio.clone(),
            dati: pagamento.dati.clone(),
            psp: conf.psp.clone(),
            data_pagamento: roma.format("%Y-%m-%dT%H:%M:%S").to_string(),
            data_applicazione: roma.format("%Y-%m-%d").to_string(),
            data_bonifico: (roma + Duration::days(1)).format("%Y-%m-%d").to_string(),
            stand_in: stand_in.map(|valore| (valore, conf.posto_stand_in)),
        };
        let operazione = pagamento.versione.ricevuta();
        if let Some(Guasto::Sbagliata { cosa }) = self.0.pannello.consuma("sbagliata", operazione) {
            storpia(&mut dati, cosa, &conf.altra_stazione, &conf.altro_intermediario);
        }
        let muto = self.0.pannello.consuma("muto", operazione).is_some();
        let ricevuta = Ricevuta {
            id: 0,
            token: pagamento.token.clone(),
            dominio: dati.dominio.clone(),
            avviso: dati.avviso.clone(),
            iuv: dati.dati.iuv.clone(),
            versione: pagamento.versione,
            stato: if muto { StatoRicevuta::Trattenuta } else { StatoRicevuta::InAttesa { da_ms: adesso.timestamp_millis() } },
            tentativi: 0,
            ultimo_esito: None,
            corpo: messaggi::ricevuta(&dati, pagamento.versione),
        };
        self.0.coda.accetta(ricevuta, in_mano).map_err(|e| Rifiuto::del_nodo("PPT_SYSTEM_ERROR", "Errore generico.", format!("{e:#}")))
    }

    /// Delivers what is due now, and says how many attempts it made. Tests call it; the worker does the same by itself.
    pub async fn consegna_ricevute_dovute(&self) -> usize {
        let mut fatte = 0;
        // Only what is due at this moment: with very short hours the retries would otherwise never end.
        let adesso = Utc::now().timestamp_millis();
        loop {
            let prese = self.0.coda.prendi_dovute(adesso, LOTTO);
            if prese.is_empty() {
                return fatte;
            }
            fatte += prese.len();
            futures::stream::iter(prese).for_each_concurrent(CONSEGNE_INSIEME, |r| self.consegna(r)).await;
        }
    }

    /// One attempt, or two with the switch `doppia`; then the receipt goes back in the queue with its new state.
    async fn consegna(&self, mut ricevuta: Ricevuta) {
        if matches!(ricevuta.stato, StatoRicevuta::InAttesa { .. }) {
            // If this future is dropped in the middle of an exchange, the receipt is due again.
            let mut in_mano = InMano { simulatore: self, ricevuta: Some(ricevuta.clone()) };
            self.tenta(&mut ricevuta).await;
            in_mano.ricevuta = None;
        }
        if let Err(errore) = self.0.coda.riponi(ricevuta) {
            tracing::error!(errore = %format!("{errore:#}"), "stato di una ricevuta non scritto: dopo un riavvio sara' spedita di nuovo");
        }
    }

    async fn tenta(&self, ricevuta: &mut Ricevuta) {
        let operazione = ricevuta.versione.ricevuta();
        let manda = || {
            let argomento = Argomento {
                dominio: Some(ricevuta.dominio.clone()),
                avviso: Some(ricevuta.avviso.clone()),
                iuv: Some(ricevuta.iuv.clone()),
                token: Some(ricevuta.token.clone()),
            };
            self.scambia(operazione, argomento, &ricevuta.corpo)
        };
        let scambio = match self.0.pannello.consuma("doppia", operazione) {
            Some(Guasto::Doppia { modo: Doppia::Insieme }) => futures::join!(manda(), manda()).0,
            Some(Guasto::Doppia { modo: Doppia::InSequenza }) => {
                let primo = manda().await;
                manda().await;
                primo
            }
            _ => manda().await,
        };
        ricevuta.tentativi += 1;
        let piu_tardi = |tentativi: u32| {
            let ora = i64::try_from(self.0.conf.scala_tempo.as_millis()).unwrap_or(i64::MAX);
            if tentativi > RITENTATIVI_MAX {
                StatoRicevuta::Esaurita
            } else {
                StatoRicevuta::InAttesa { da_ms: Utc::now().timestamp_millis().saturating_add(ora) }
            }
        };
        (ricevuta.stato, ricevuta.ultimo_esito) = match scambio.esito {
            esito if scambio.era_immondizia => {
                let come = esito.map_or_else(|e| e.to_string(), |_| "risposta a un messaggio illeggibile".into());
                (piu_tardi(ricevuta.tentativi), Some(come))
            }
            Ok(Risposta::Ok(_)) => (StatoRicevuta::Consegnata, Some("OK".into())),
            Ok(Risposta::Ko(rifiuto)) => {
                let testo = format!("KO {}", rifiuto.codice());
                (StatoRicevuta::Rifiutata { codice: rifiuto.codice().to_owned(), descrizione: rifiuto.original_description.clone() }, Some(testo))
            }
            Err(errore) => (piu_tardi(ricevuta.tentativi), Some(errore.to_string())),
        };
    }

    /// Releases the receipts kept by `muto` and those that are exhausted; with an id, makes that receipt due now whatever its state.
    /// Returns how many are due because of this.
    pub fn libera_ricevute(&self, id: Option<u64>) -> anyhow::Result<usize> {
        let quante = self.0.coda.libera(id, Utc::now().timestamp_millis())?;
        self.0.sveglia.notify_one();
        Ok(quante)
    }

    /// Receipts of the queue, the latest first.
    #[must_use]
    pub fn ricevute(&self, massimo: usize) -> Vec<RicevutaVista> {
        self.0.coda.ultime(massimo, |_| true).iter().map(RicevutaVista::from).collect()
    }

    /// The XML of a receipt of the queue, as it is sent.
    #[must_use]
    pub fn corpo_ricevuta(&self, id: u64) -> Option<String> {
        self.0.coda.una(id).map(|r| r.corpo)
    }

    /// Receipts without a final answer yet.
    #[must_use]
    pub fn ricevute_aperte(&self) -> usize {
        self.0.coda.aperte()
    }

    /// Delivers receipts in the background until the token is cancelled. An exchange in progress is abandoned: the receipt stays in the queue.
    pub fn avvia_lavori(&self, fine: CancellationToken) -> JoinHandle<()> {
        let simulatore = self.clone();
        tokio::spawn(async move {
            let lavoro = async {
                loop {
                    simulatore.consegna_ricevute_dovute().await;
                    let adesso = Utc::now().timestamp_millis();
                    let tra_ms = simulatore.0.coda.prossima_ms().map_or(60_000, |p| p.saturating_sub(adesso).clamp(1, 60_000));
                    let _ = tokio::time::timeout(crate::comportamento::attesa(tra_ms.unsigned_abs()), simulatore.0.sveglia.notified()).await;
                }
            };
            tokio::select! {
                () = lavoro => {}
                () = fine.cancelled() => {}
            }
        })
    }
}

fn token_sconosciuto(token: &str) -> Rifiuto {
    Rifiuto::del_nodo("PPT_TOKEN_SCONOSCIUTO", "Il token e' sconosciuto.", token)
}

/// Frees a notice when an activation fails or is abandoned.
struct Prenotazione<'a> {
    simulatore: &'a Simulatore,
    chiave: Option<(String, String)>,
    token: String,
}

impl Prenotazione<'_> {
    fn conferma(mut self) {
        self.chiave = None;
    }
}

impl Drop for Prenotazione<'_> {
    fn drop(&mut self) {
        let Some(chiave) = self.chiave.take() else { return };
        let mut pagamenti = lucchetto(&self.simulatore.0.pagamenti);
        if pagamenti.in_corso.get(&chiave) == Some(&self.token) {
            pagamenti.in_corso.remove(&chiave);
        }
    }
}

/// Puts a receipt back when its delivery is abandoned.
struct InMano<'a> {
    simulatore: &'a Simulatore,
    ricevuta: Option<Ricevuta>,
}

impl Drop for InMano<'_> {
    fn drop(&mut self) {
        if let Some(ricevuta) = self.ricevuta.take()
            && let Err(errore) = self.simulatore.0.coda.riponi(ricevuta)
        {
            tracing::error!(errore = %format!("{errore:#}"), "ricevuta rimessa in coda ma non scritta");
        }
    }
}
