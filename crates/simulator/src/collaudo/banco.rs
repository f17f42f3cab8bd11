//! The tools of a trial: messages to the station, and positions made for it.

use std::cell::Cell;
use std::time::Duration;

use anyhow::Context as _;
use codici::Importo;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::{Bersaglio, Intoppo};
use crate::messaggi::{self, DatiPagamento, Indirizzo, Operazione, PostoStandIn, Versione};
use crate::nodo::Pagato;
use crate::risposte::{self, Rifiuto, Risposta, Verificato};
use crate::{Configurazione, Simulatore};

/// For a call of the applicazione, and for a message made by hand.
const ATTESA: Duration = Duration::from_secs(20);

pub struct Banco {
    pub bersaglio: Bersaglio,
    pub nodo: Simulatore,
    pub http: reqwest::Client,
    /// Makes the names of this run's positions different from those of others.
    giro: String,
    prossima: Cell<u32>,
}

/// A position that was loaded.
pub struct Caricata {
    pub id: String,
    pub avviso: String,
    pub corpo: Value,
}

/// An answer as it came.
pub struct Grezza {
    pub stato: u16,
    pub tipo: String,
    pub corpo: Vec<u8>,
}

impl Banco {
    pub fn nuovo(bersaglio: Bersaglio) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(ATTESA).redirect(reqwest::redirect::Policy::none()).build().context("client HTTP")?;
        let giro = uuid::Uuid::new_v4().simple().to_string().chars().take(12).collect();
        Ok(Self { nodo: nodo(&bersaglio, PostoStandIn::Dentro)?, bersaglio, http, giro, prossima: Cell::new(0) })
    }

    /// Whether somebody answers like a station.
    pub async fn presente(&self) -> Result<(), String> {
        match self.verifica(&self.ignoto()).await {
            Ok(_) => Ok(()),
            Err(r) if r.original_fault_code.is_some() => Ok(()),
            Err(r) => Err(format!("la stazione non risponde come dovrebbe: {r}")),
        }
    }

    pub fn indirizzo(&self) -> Indirizzo {
        Indirizzo {
            id_pa: self.bersaglio.dominio.clone(),
            id_intermediario: self.bersaglio.intermediario.clone(),
            id_stazione: self.bersaglio.id_stazione.clone(),
        }
    }

    /// A number that nobody has loaded: new at each call, of a segregation code that the station would have to know.
    pub fn ignoto(&self) -> String {
        let n = self.prossima.get();
        self.prossima.set(n + 1);
        format!("3{:017}", (uuid::Uuid::new_v4().as_u128() + u128::from(n)) % 10_u128.pow(12))
    }

    pub async fn verifica(&self, avviso: &str) -> Result<Verificato, Rifiuto> {
        self.nodo.verifica(&self.bersaglio.dominio, avviso).await
    }

    /// The payment data that the station answers; no receipt will follow.
    pub async fn attiva(&self, avviso: &str, versione: Versione) -> Result<DatiPagamento, Rifiuto> {
        let attivato = self.nodo.attiva(&self.bersaglio.dominio, avviso, versione).await?;
        // The node frees the notice, so that it can be tried again.
        let _ = self.nodo.fai_scadere(&attivato.token);
        Ok(attivato.dati)
    }

    pub async fn paga(&self, avviso: &str, versione: Versione) -> Result<Pagato, Rifiuto> {
        self.nodo.paga(&self.bersaglio.dominio, avviso, versione).await
    }

    /// A message made by hand. `azione`: the SOAPAction as it is to be written, if at all.
    pub async fn manda(&self, azione: Option<&str>, corpo: Vec<u8>) -> Result<Grezza, String> {
        let (utente, password) = &self.bersaglio.utente;
        let mut richiesta = self.http.post(&self.bersaglio.stazione).basic_auth(utente, Some(password)).header(CONTENT_TYPE, "text/xml; charset=utf-8");
        if let Some(azione) = azione {
            richiesta = richiesta.header("SOAPAction", azione);
        }
        let risposta = richiesta.body(corpo).send().await.map_err(|e| format!("nessuna risposta: {e}"))?;
        let stato = risposta.status().as_u16();
        let tipo = risposta.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let corpo = risposta.bytes().await.map_err(|e| format!("risposta interrotta: {e}"))?.to_vec();
        Ok(Grezza { stato, tipo, corpo })
    }

    /// The outcome of a message made by hand: `Ok` with the body, or the code of the refusal.
    pub async fn esito(&self, operazione: Operazione, azione: Option<&str>, corpo: String) -> Result<Risposta, String> {
        let grezza = self.manda(azione, corpo.into_bytes()).await?;
        grezza.esito(operazione)
    }

    pub fn verifica_a_mano(&self, avviso: &str) -> String {
        messaggi::verifica(&self.indirizzo(), &self.bersaglio.dominio, avviso)
    }

    /// A position of one voce on the bank account.
    pub async fn carica(&self, importo: &str) -> Result<Caricata, Intoppo> {
        self.carica_con(importo, |_| ()).await
    }

    /// A position of one voce that `cambia` makes different.
    pub async fn carica_con(&self, importo: &str, cambia: impl FnOnce(&mut Value)) -> Result<Caricata, Intoppo> {
        let n = self.prossima.get();
        self.prossima.set(n + 1);
        let mut corpo = json!({
            "idDominio": self.bersaglio.dominio,
            "causale": format!("Collaudo {n}"),
            "soggettoPagatore": {"tipo": "F", "identificativo": "VLNGRT75C52F205X", "anagrafica": "Greta Valenti"},
            "importo": numero(importo),
            "voci": [self.voce("1", importo, &self.bersaglio.iban)]
        });
        cambia(&mut corpo);
        self.scrivi(&format!("collaudo-{}-{n}", self.giro), corpo).await
    }

    pub fn voce(&self, id: &str, importo: &str, iban: &str) -> Value {
        json!({"idVocePendenza": id, "importo": numero(importo), "descrizione": format!("Voce {id}"), "ibanAccredito": iban,
            "tipoContabilita": "ALTRO", "codiceContabilita": "0101104IM"})
    }

    /// PUT of a position. Who cannot load has nothing to be tried with: that is not the station's fault.
    pub async fn scrivi(&self, id: &str, corpo: Value) -> Result<Caricata, Intoppo> {
        let risposta = self.put(id, &corpo).await?;
        if !matches!(risposta.stato, 200 | 201) {
            return Err(Intoppo::Impossibile(format!("la posizione di prova non e' stata accolta: HTTP {} {}", risposta.stato, risposta.testo())));
        }
        let letta: Value = serde_json::from_slice(&risposta.corpo).map_err(|e| format!("risposta al caricamento illeggibile: {e}"))?;
        let avviso = letta["numeroAvviso"].as_str().ok_or_else(|| "la risposta al caricamento non ha il numero avviso".to_owned())?.to_owned();
        Ok(Caricata { id: id.to_owned(), avviso, corpo })
    }

    pub async fn put(&self, id: &str, corpo: &Value) -> Result<Grezza, Intoppo> {
        let richiesta = self.http.put(self.percorso(id)).header(CONTENT_TYPE, "application/json").body(corpo.to_string());
        self.da_applicazione(richiesta).await
    }

    /// The position as the applicazione reads it.
    pub async fn leggi(&self, p: &Caricata) -> Result<Value, Intoppo> {
        let risposta = self.da_applicazione(self.http.get(self.percorso(&p.id))).await?;
        if risposta.stato != 200 {
            return Err(Intoppo::Impossibile(format!("la posizione di prova non si legge: HTTP {}", risposta.stato)));
        }
        serde_json::from_slice(&risposta.corpo).map_err(|e| Intoppo::Impossibile(format!("posizione illeggibile: {e}")))
    }

    pub async fn annulla(&self, p: &Caricata) -> Result<(), Intoppo> {
        let operazioni = json!([{"op": "REPLACE", "path": "/stato", "value": "ANNULLATA"}]).to_string();
        let richiesta = self.http.patch(self.percorso(&p.id)).header(CONTENT_TYPE, "application/json").body(operazioni);
        match self.da_applicazione(richiesta).await?.stato {
            200 => Ok(()),
            stato => Err(Intoppo::Impossibile(format!("la posizione di prova non si annulla: HTTP {stato}"))),
        }
    }

    /// The receipt of a payment as the applicazione takes it, byte by byte.
    pub async fn ricevuta_xml(&self, iuv: &str, ccp: &str) -> Result<Grezza, Intoppo> {
        let percorso = format!("{}/rpp/{}/{iuv}/{ccp}/rt", self.bersaglio.pendenze, self.bersaglio.dominio);
        self.da_applicazione(self.http.get(percorso).header("Accept", "application/xml")).await
    }

    fn percorso(&self, id: &str) -> String {
        format!("{}/pendenze/{}/{id}", self.bersaglio.pendenze, self.bersaglio.applicazione.0)
    }

    async fn da_applicazione(&self, richiesta: reqwest::RequestBuilder) -> Result<Grezza, Intoppo> {
        let (_, nome, password) = &self.bersaglio.applicazione;
        let impossibile = |e: reqwest::Error| Intoppo::Impossibile(format!("servono posizioni di prova, e l'API Pendenze non risponde: {e}"));
        let risposta = richiesta.basic_auth(nome, Some(password)).send().await.map_err(impossibile)?;
        let stato = risposta.status().as_u16();
        if matches!(stato, 401 | 403 | 404) {
            return Err(Intoppo::Impossibile(format!("servono posizioni di prova, e l'API Pendenze risponde HTTP {stato}")));
        }
        let tipo = risposta.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let corpo = risposta.bytes().await.map_err(impossibile)?.to_vec();
        Ok(Grezza { stato, tipo, corpo })
    }
}

impl Grezza {
    /// What the node would understand.
    pub fn esito(&self, operazione: Operazione) -> Result<Risposta, String> {
        if self.stato != 200 {
            return Err(format!("HTTP {}", self.stato));
        }
        risposte::apri(operazione, &self.corpo)
    }

    pub fn testo(&self) -> String {
        String::from_utf8_lossy(&self.corpo).chars().take(200).collect()
    }
}

/// The node of a trial. `posto`: where it writes the stand-in flag.
pub fn nodo(b: &Bersaglio, posto: PostoStandIn) -> anyhow::Result<Simulatore> {
    Simulatore::nuovo(Configurazione {
        stazione_url: b.stazione.clone(),
        credenziali: Some(b.utente.clone()),
        id_intermediario: b.intermediario.clone(),
        id_stazione: b.id_stazione.clone(),
        altra_stazione: b.altra_stazione.clone(),
        posto_stand_in: posto,
        iban_senza_attivazione: b.iban.clone(),
        ..Configurazione::default()
    })
}

/// Cents stay as written: no float touches an amount.
pub fn numero(testo: &str) -> Value {
    serde_json::from_str(testo).unwrap_or(Value::Null)
}

pub fn importo(testo: &str) -> Result<Importo, String> {
    Importo::leggi(testo).map_err(|_| format!("{testo} non e' un importo"))
}

/// The code of the ente when it refuses.
pub fn rifiutata_con<T>(esito: Result<T, Rifiuto>, atteso: &str, cosa: &str) -> Result<(), String> {
    match esito {
        Err(r) if r.original_fault_code.as_deref() == Some(atteso) => Ok(()),
        Err(r) => Err(format!("{cosa}: atteso {atteso}, la stazione risponde {r}")),
        Ok(_) => Err(format!("{cosa}: atteso {atteso}, la stazione risponde OK")),
    }
}

/// What the station refused that it should not have.
pub fn accolta<T>(esito: Result<T, Rifiuto>, cosa: &str) -> Result<T, String> {
    esito.map_err(|r| format!("{cosa}: {r}"))
}
