use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use outbound::header::{ACCEPT, CONTENT_TYPE};
use outbound::{Chiamata, ErroreChiamata, HeaderName, HeaderValue, INTESTAZIONE_SUBSCRIPTION_KEY, Tempi, subscription_key};

use crate::chiamata::{Attesa, Connessione, Esito, Resoconto, Richiesta};
use crate::circuito::{Circuito, Interrotto, Soglie, StatoCircuito};
use crate::risposta::{self, Letta, Salute};
use crate::secchio::{Ritmo, Secchio};
use crate::{Prodotto, ritardo};

/// Times that one call leaves, the first included: past them it is for the queue to try again.
const TENTATIVI_MAX: u32 = 3;
/// A wait longer than this, for a token or for the other side, is given back to the caller: it has other things to do.
const ATTESA_MAX: Duration = Duration::from_secs(2);
/// Pairs of product and key whose rate and circuit are kept: more than an installation has connettori.
const POSTI_MAX: usize = 1_024;
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Limits of one product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regole {
    pub tempi: Tempi,
    pub ritmo: Ritmo,
    pub soglie: Soglie,
}

impl Regole {
    #[must_use]
    pub const fn di(prodotto: Prodotto) -> Self {
        Self { tempi: prodotto.tempi(), ritmo: prodotto.ritmo(), soglie: prodotto.soglie() }
    }
}

/// What configuration changes of the limits that each product has.
#[derive(Clone, Debug)]
pub struct Impostazioni {
    pub regole: HashMap<Prodotto, Regole>,
    /// The header of the key.
    pub intestazione_chiave: String,
}

impl Default for Impostazioni {
    fn default() -> Self {
        Self { regole: HashMap::new(), intestazione_chiave: INTESTAZIONE_SUBSCRIPTION_KEY.to_owned() }
    }
}

impl Impostazioni {
    fn regole(&self, prodotto: Prodotto) -> Regole {
        self.regole.get(&prodotto).copied().unwrap_or(Regole::di(prodotto))
    }
}

/// A product and a key as they are now, for states and metrics.
#[derive(Clone, Debug)]
pub struct StatoServizio {
    pub prodotto: Prodotto,
    /// Scheme, host and port.
    pub server: String,
    pub circuito: StatoCircuito,
    /// Calls that could leave right now.
    pub gettoni: u32,
    /// How long the other side has asked us to wait.
    pub pausa: Option<Duration>,
    /// Times that calls have left since the start, and those that had no use.
    pub chiamate: u64,
    pub fallite: u64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Nome {
    prodotto: Prodotto,
    server: String,
    chiave: Option<String>,
}

struct Posto {
    secchio: Secchio,
    circuito: Circuito,
    chiamate: u64,
    fallite: u64,
    uso: u64,
}

#[derive(Default)]
struct Posti {
    per_nome: HashMap<Nome, Posto>,
    turno: u64,
}

/// Cheap to clone: the clones share connections, rates and circuits.
#[derive(Clone)]
pub struct Cliente {
    interno: Arc<Interno>,
}

struct Interno {
    impostazioni: Impostazioni,
    /// One for each choice of times, at most as many as the products.
    http: Mutex<Vec<(Tempi, outbound::Cliente)>>,
    posti: Mutex<Posti>,
}

impl fmt::Debug for Cliente {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cliente").finish_non_exhaustive()
    }
}

impl Cliente {
    /// Connections are made ready at the first call of a product: who uses none pays nothing.
    #[must_use]
    pub fn nuovo(impostazioni: Impostazioni) -> Self {
        Self { interno: Arc::new(Interno { impostazioni, http: Mutex::default(), posti: Mutex::default() }) }
    }

    /// The client with the times of a product.
    fn http(&self, prodotto: Prodotto) -> Result<outbound::Cliente, ErroreChiamata> {
        let tempi = self.interno.impostazioni.regole(prodotto).tempi;
        let mut pronti = self.interno.http.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pronto)) = pronti.iter().find(|(t, _)| *t == tempi) {
            return Ok(pronto.clone());
        }
        let nuovo = outbound::Cliente::nuovo(tempi).map_err(|e| ErroreChiamata::Certificati { motivo: e.motivo })?;
        pronti.push((tempi, nuovo.clone()));
        Ok(nuovo)
    }

    /// Calls, within the rate and if the circuit is closed; what may be repeated is tried up to three times. An error of ours is an [`Esito`] too: whoever
    /// sends from a queue has one thing to look at.
    pub async fn chiama(&self, connessione: &Connessione, richiesta: &Richiesta) -> Resoconto {
        let inizio = Instant::now();
        let scadenza = richiesta.entro.map(|e| inizio + e);
        let mut resoconto = Resoconto {
            esito: Esito::DaRitentare { fra: Duration::ZERO, motivo: String::new(), incerto: false },
            stato: None,
            tentativi: 0,
            durata: Duration::ZERO,
            id: richiesta.id,
            corpo: Bytes::new(),
        };
        let mut incerta = false;
        loop {
            self.tenta(connessione, richiesta, scadenza, &mut resoconto).await;
            if let Esito::DaRitentare { incerto, .. } = &mut resoconto.esito {
                // A first attempt of which nothing is known is not undone by a second that was not made.
                incerta |= *incerto;
                *incerto = incerta;
            }
            match self.pausa(richiesta, &resoconto, scadenza) {
                Some(pausa) => tokio::time::sleep(pausa).await,
                None => break,
            }
        }
        resoconto.durata = inizio.elapsed();
        resoconto
    }

    /// How long to wait before the next attempt of the same call; `None` when it is not for us to make.
    fn pausa(&self, richiesta: &Richiesta, r: &Resoconto, scadenza: Option<Instant>) -> Option<Duration> {
        let Esito::DaRitentare { incerto, .. } = &r.esito else { return None };
        let chiesta = match r.stato {
            // Who says when is obeyed; who does not is given a moment.
            Some(408 | 425 | 429 | 500..) | None => r.esito_fra().filter(|_| matches!(r.stato, Some(425 | 429))),
            Some(_) => return None,
        };
        let ancora = r.tentativi > 0 && r.tentativi < TENTATIVI_MAX && (richiesta.ripetibile || !incerto);
        let pausa = ritardo::pausa(r.tentativi, richiesta.id.as_u64_pair().1).max(chiesta.unwrap_or_default());
        let in_tempo = scadenza.is_none_or(|s| Instant::now() + pausa < s);
        (ancora && in_tempo && pausa <= ATTESA_MAX).then_some(pausa)
    }

    /// One attempt: a token, the circuit, the call.
    async fn tenta(&self, connessione: &Connessione, richiesta: &Richiesta, scadenza: Option<Instant>, resoconto: &mut Resoconto) {
        let nome = Nome { prodotto: connessione.prodotto, server: connessione.base.server(), chiave: connessione.chiave.clone() };
        if let Err(Interrotto { motivo, fra }) = self.turno(&nome, scadenza).await {
            resoconto.esito = Esito::DaRitentare { fra, motivo, incerto: false };
            return;
        }
        resoconto.tentativi += 1;
        let letta = match self.spedisci(connessione, richiesta, scadenza).await {
            Ok(risposta) => {
                resoconto.stato = Some(risposta.stato);
                resoconto.corpo = risposta.corpo.clone();
                risposta::leggi(&risposta, richiesta.attesa, connessione.chiave.as_deref(), chrono::Utc::now())
            }
            Err(errore) => {
                resoconto.stato = None;
                resoconto.corpo = Bytes::new();
                risposta::mancata(&errore)
            }
        };
        self.segna(&nome, &letta);
        resoconto.esito = letta.esito;
    }

    /// Waits for a token, a little. The circuit is asked last: its trial must leave.
    async fn turno(&self, nome: &Nome, scadenza: Option<Instant>) -> Result<(), Interrotto> {
        let limite = Instant::now() + ATTESA_MAX;
        let limite = scadenza.map_or(limite, |s| s.min(limite));
        loop {
            let adesso = Instant::now();
            let attesa = {
                let mut posti = self.posti();
                let posto = self.posto(&mut posti, nome, adesso);
                if let StatoCircuito::Aperto { motivo, ancora } = posto.circuito.stato(adesso)
                    && ancora > Duration::ZERO
                {
                    return Err(Interrotto { motivo: circuito_aperto(nome, &motivo), fra: ancora });
                }
                match posto.secchio.prendi(adesso) {
                    Ok(()) => return posto.circuito.passa(adesso).map_err(|i| Interrotto { motivo: circuito_aperto(nome, &i.motivo), fra: i.fra }),
                    Err(attesa) => attesa,
                }
            };
            if adesso + attesa > limite {
                return Err(Interrotto { motivo: format!("il ritmo verso {} non consente altre chiamate per ora", nome.prodotto.nome()), fra: attesa });
            }
            tokio::time::sleep(attesa).await;
        }
    }

    async fn spedisci(&self, connessione: &Connessione, richiesta: &Richiesta, scadenza: Option<Instant>) -> Result<outbound::Risposta, ErroreChiamata> {
        let percorso: Vec<&str> = richiesta.percorso.iter().map(String::as_str).collect();
        let mut indirizzo = connessione.base.clone().con_percorso(&percorso)?;
        for (nome, valore) in &richiesta.parametri {
            indirizzo = indirizzo.con_parametro(nome, valore);
        }
        let tutto = HeaderValue::from_static(if richiesta.attesa == Attesa::Json { "application/json" } else { "*/*" });
        let mut intestazioni = vec![(ACCEPT, tutto)];
        intestazioni.extend(HeaderValue::try_from(richiesta.id.to_string()).ok().map(|v| (X_REQUEST_ID, v)));
        intestazioni.extend(richiesta.intestazioni.iter().filter_map(|(n, v)| Some((HeaderName::from_static(n), HeaderValue::try_from(v).ok()?))));
        intestazioni.extend(richiesta.corpo.as_ref().map(|c| (CONTENT_TYPE, c.tipo.clone())));
        if let Some(chiave) = &connessione.chiave {
            intestazioni.push(subscription_key(&self.interno.impostazioni.intestazione_chiave, chiave)?);
        }
        let chiamata = Chiamata {
            metodo: richiesta.metodo.clone(),
            indirizzo,
            intestazioni,
            corpo: richiesta.corpo.as_ref().map(|c| c.byte.clone()),
            autenticazione: connessione.autenticazione.clone(),
            entro: scadenza.map(|s| s.saturating_duration_since(Instant::now())),
        };
        self.http(connessione.prodotto)?.esegui(chiamata).await
    }

    fn segna(&self, nome: &Nome, letta: &Letta) {
        let adesso = Instant::now();
        let mut posti = self.posti();
        let posto = self.posto(&mut posti, nome, adesso);
        posto.chiamate += 1;
        match letta.salute {
            Salute::Viva => {
                posto.circuito.riuscita();
            }
            Salute::Piena(fra) => {
                posto.circuito.riuscita();
                posto.secchio.ferma(adesso, fra);
            }
            Salute::Malata => {
                posto.fallite += 1;
                let motivo = if let Esito::DaRitentare { motivo, .. } = &letta.esito { motivo } else { "" };
                posto.circuito.fallita(adesso, motivo);
            }
        }
        let esito = match letta.esito {
            Esito::Fatto(_) => "fatto",
            Esito::DaRitentare { .. } => "da_ritentare",
            Esito::Rifiutato { .. } => "rifiutato",
        };
        let aperto = if matches!(posto.circuito.stato(adesso), StatoCircuito::Chiuso { .. }) { 0.0 } else { 1.0 };
        metrics::counter!("fiorino_piattaforma_chiamate_total", "prodotto" => nome.prodotto.nome(), "esito" => esito).increment(1);
        metrics::gauge!("fiorino_piattaforma_circuito_aperto", "prodotto" => nome.prodotto.nome(), "server" => nome.server.clone()).set(aperto);
    }

    /// Every pair of product and key that was called, in the order of products.
    #[must_use]
    pub fn stato(&self) -> Vec<StatoServizio> {
        let adesso = Instant::now();
        let posti = self.posti();
        let mut stati: Vec<_> = posti
            .per_nome
            .iter()
            .map(|(nome, posto)| StatoServizio {
                prodotto: nome.prodotto,
                server: nome.server.clone(),
                circuito: posto.circuito.stato(adesso),
                gettoni: posto.secchio.gettoni(adesso),
                pausa: posto.secchio.pausa(adesso),
                chiamate: posto.chiamate,
                fallite: posto.fallite,
            })
            .collect();
        stati.sort_by(|a, b| (a.prodotto, &a.server).cmp(&(b.prodotto, &b.server)));
        stati
    }

    fn posto<'a>(&self, posti: &'a mut Posti, nome: &Nome, adesso: Instant) -> &'a mut Posto {
        if !posti.per_nome.contains_key(nome)
            && posti.per_nome.len() >= POSTI_MAX
            && let Some(vecchio) = posti.per_nome.iter().min_by_key(|(_, p)| p.uso).map(|(n, _)| n.clone())
        {
            posti.per_nome.remove(&vecchio);
        }
        posti.turno += 1;
        let turno = posti.turno;
        let posto = posti.per_nome.entry(nome.clone()).or_insert_with(|| {
            let regole = self.interno.impostazioni.regole(nome.prodotto);
            Posto { secchio: Secchio::nuovo(regole.ritmo, adesso), circuito: Circuito::nuovo(regole.soglie), chiamate: 0, fallite: 0, uso: turno }
        });
        posto.uso = turno;
        posto
    }

    /// What is inside is whole at every moment: a panic elsewhere does not spoil it.
    fn posti(&self) -> MutexGuard<'_, Posti> {
        self.interno.posti.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resoconto {
    fn esito_fra(&self) -> Option<Duration> {
        match &self.esito {
            Esito::DaRitentare { fra, .. } => Some(*fra),
            _ => None,
        }
    }
}

fn circuito_aperto(nome: &Nome, motivo: &str) -> String {
    format!("{} non si chiama per ora, dopo troppi errori: {motivo}", nome.prodotto.nome())
}
