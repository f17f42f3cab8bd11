//! Bearer tokens signed by somebody else's identity provider (spec/1 section 2, profile `oauth2`).
//!
//! The keys are fetched from one configured address and no other, whatever the token says, and kept. Only asymmetric signatures are believed: with a
//! symmetric one, whoever knows the public key could sign.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::chiamante::Identita;
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation};
use outbound::{Autenticazione, Chiamata, Cliente, Indirizzo, Metodo, Tempi};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::Errore;

/// A provider is another system on the network: it must not hold our callers for long.
const TEMPI: Tempi = Tempi { connessione: Duration::from_secs(3), lettura: Duration::from_secs(5) };
/// Keys of a provider; a set has two or three.
const CHIAVI_MAX: usize = 50;
/// Keys that were taken away are believed at most this long.
const ETA_CHIAVI_MAX: Duration = Duration::from_secs(600);
/// Bytes of a token: headers of this server are shorter anyway.
const BYTE_TOKEN_MAX: usize = 16 * 1024;
/// Claims kept as identity data.
const CLAIM_MAX: usize = 100;
const ALGORITMI: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What is believed of a provider.
#[derive(Clone, Debug)]
pub struct Fornitore {
    /// Address of its keys.
    pub jwks: Indirizzo,
    /// Accepted values of `iss`.
    pub emittenti: Vec<String>,
    /// Accepted values of `aud`: one of them must be there.
    pub destinatari: Vec<String>,
    /// The principal is the first of these claims that the token has.
    pub claim_principal: Vec<String>,
    /// How far the clocks may be apart.
    pub tolleranza: Duration,
    /// The keys are asked for at most this often, however many unknown ones the tokens name.
    pub rilettura_min: Duration,
}

/// A token that was believed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    pub principal: String,
    pub identita: Identita,
}

#[derive(Debug, thiserror::Error)]
pub enum ErroreToken {
    /// No JWT at all.
    #[error("token non leggibile")]
    Malformato,
    #[error("{0}")]
    NonValido(&'static str),
    /// The provider does not give its keys: another try may do.
    #[error("chiavi del fornitore non disponibili")]
    SenzaChiavi,
}

struct Chiave {
    kid: Option<String>,
    algoritmo: Option<KeyAlgorithm>,
    chiave: DecodingKey,
}

struct Chiavi {
    lette: Instant,
    chiavi: Vec<Chiave>,
}

/// Keys and rules of one provider.
pub struct Verificatore {
    fornitore: Fornitore,
    cliente: Cliente,
    chiavi: RwLock<Option<Arc<Chiavi>>>,
    /// When they were last asked for; one at a time asks.
    ultima_richiesta: Mutex<Option<Instant>>,
}

impl Verificatore {
    pub fn nuovo(fornitore: Fornitore) -> Result<Self, Errore> {
        let cliente = Cliente::nuovo(TEMPI).map_err(|e| Errore::Configurazione(format!("client del fornitore di identita': {e}")))?;
        Ok(Self { fornitore, cliente, chiavi: RwLock::default(), ultima_richiesta: Mutex::default() })
    }

    /// The principal of a token, and what else it tells. Costs no query; a call to the provider only for keys that are not known or old.
    pub async fn verifica(&self, token: &str, adesso: DateTime<Utc>) -> Result<Token, ErroreToken> {
        if token.len() > BYTE_TOKEN_MAX {
            return Err(ErroreToken::Malformato);
        }
        let testata = jsonwebtoken::decode_header(token).map_err(|_| ErroreToken::Malformato)?;
        if !ALGORITMI.contains(&testata.alg) {
            return Err(ErroreToken::NonValido("algoritmo di firma non ammesso"));
        }
        let attuali = self.attuali();
        let conosciuta = attuali.as_ref().is_some_and(|c| c.per(testata.kid.as_deref(), testata.alg).next().is_some());
        let fresche = attuali.as_ref().is_some_and(|c| c.lette.elapsed() < ETA_CHIAVI_MAX);
        let chiavi = if conosciuta && fresche { attuali } else { self.rileggi().await };
        let chiavi = chiavi.ok_or(ErroreToken::SenzaChiavi)?;
        let claim = chiavi.per(testata.kid.as_deref(), testata.alg).find_map(|c| firmati(token, c, testata.alg));
        let claim = claim.ok_or(ErroreToken::NonValido("firma non valida"))?;
        self.controlla(&claim, adesso)?;
        let principal = self.fornitore.claim_principal.iter().find_map(|nome| testo(claim.get(nome)?));
        let principal = principal.ok_or(ErroreToken::NonValido("nessun claim porta il nome dell'utenza"))?;
        Ok(Token { principal, identita: identita(&claim) })
    }

    fn controlla(&self, claim: &Map<String, Value>, adesso: DateTime<Utc>) -> Result<(), ErroreToken> {
        let (adesso, tolleranza) = (adesso.timestamp() as f64, self.fornitore.tolleranza.as_secs_f64());
        let istante = |nome: &str| claim.get(nome).map(|v| v.as_f64().ok_or(ErroreToken::NonValido("data non leggibile"))).transpose();
        match istante("exp")? {
            None => return Err(ErroreToken::NonValido("token senza scadenza")),
            Some(fine) if fine + tolleranza <= adesso => return Err(ErroreToken::NonValido("token scaduto")),
            Some(_) => {}
        }
        if istante("nbf")?.is_some_and(|inizio| inizio - tolleranza > adesso) {
            return Err(ErroreToken::NonValido("token non ancora valido"));
        }
        let emittente = claim.get("iss").and_then(Value::as_str);
        if !emittente.is_some_and(|i| self.fornitore.emittenti.iter().any(|e| e == i)) {
            return Err(ErroreToken::NonValido("emittente non ammesso"));
        }
        let destinatari = claim.get("aud").map(testi).unwrap_or_default();
        if !destinatari.iter().any(|d| self.fornitore.destinatari.contains(d)) {
            return Err(ErroreToken::NonValido("destinatario non ammesso"));
        }
        Ok(())
    }

    fn attuali(&self) -> Option<Arc<Chiavi>> {
        self.chiavi.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys of now. When the provider is away, or was asked a moment ago, those that there are.
    async fn rileggi(&self) -> Option<Arc<Chiavi>> {
        let mut ultima = self.ultima_richiesta.lock().await;
        if ultima.is_some_and(|u| u.elapsed() < self.fornitore.rilettura_min) {
            return self.attuali();
        }
        let letta = self.chiedi().await;
        *ultima = Some(Instant::now());
        match letta {
            Ok(chiavi) => *self.chiavi.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Chiavi { lette: Instant::now(), chiavi })),
            Err(motivo) => tracing::warn!(motivo, "chiavi del fornitore di identita' non lette"),
        }
        self.attuali()
    }

    async fn chiedi(&self) -> Result<Vec<Chiave>, String> {
        let chiamata = Chiamata {
            metodo: Metodo::GET,
            indirizzo: self.fornitore.jwks.clone(),
            intestazioni: Vec::new(),
            corpo: None,
            autenticazione: Autenticazione::Nessuna,
            entro: None,
        };
        let risposta = self.cliente.esegui(chiamata).await.map_err(|e| e.to_string())?;
        if risposta.stato != 200 {
            return Err(format!("stato HTTP {}", risposta.stato));
        }
        let corpo: Value = serde_json::from_slice(&risposta.corpo).map_err(|_| "la risposta non e' JSON".to_owned())?;
        let elenco = corpo.get("keys").and_then(Value::as_array).ok_or("la risposta non ha `keys`")?;
        // A key of a kind that we do not know is no reason to refuse its neighbours.
        Ok(elenco.iter().take(CHIAVI_MAX).filter_map(chiave).collect())
    }
}

fn chiave(valore: &Value) -> Option<Chiave> {
    let jwk: Jwk = serde_json::from_value(valore.clone()).ok()?;
    if jwk.common.public_key_use.as_ref().is_some_and(|uso| *uso != PublicKeyUse::Signature) {
        return None;
    }
    let chiave = DecodingKey::from_jwk(&jwk).ok()?;
    (chiave.family() != AlgorithmFamily::Hmac).then_some(Chiave { kid: jwk.common.key_id, algoritmo: jwk.common.key_algorithm, chiave })
}

impl Chiavi {
    /// Those that may have signed: the one with that name, or all when the token names none.
    fn per<'a>(&'a self, kid: Option<&'a str>, algoritmo: Algorithm) -> impl Iterator<Item = &'a Chiave> {
        let stesso_algoritmo = move |c: &&Chiave| c.algoritmo.is_none_or(|a| a.to_string() == format!("{algoritmo:?}"));
        self.chiavi
            .iter()
            .filter(move |c| kid.is_none_or(|k| c.kid.as_deref() == Some(k)))
            .filter(move |c| c.chiave.family() == algoritmo.family())
            .filter(stesso_algoritmo)
    }
}

/// The claims, when the signature is of this key. Their values are looked at by [`Verificatore::controlla`], against our clock.
fn firmati(token: &str, chiave: &Chiave, algoritmo: Algorithm) -> Option<Map<String, Value>> {
    let mut regole = Validation::new(algoritmo);
    regole.required_spec_claims.clear();
    (regole.validate_exp, regole.validate_nbf, regole.validate_aud) = (false, false, false);
    jsonwebtoken::decode::<Map<String, Value>>(token, &chiave.chiave, &regole).ok().map(|t| t.claims)
}

fn testo(valore: &Value) -> Option<String> {
    valore.as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn testi(valore: &Value) -> Vec<String> {
    match valore {
        Value::String(t) => vec![t.clone()],
        Value::Array(elenco) => elenco.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Number(n) => vec![n.to_string()],
        Value::Bool(b) => vec![b.to_string()],
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

fn identita(claim: &Map<String, Value>) -> Identita {
    claim.iter().take(CLAIM_MAX).map(|(nome, valore)| (nome.clone(), testi(valore))).filter(|(_, v)| !v.is_empty()).collect()
}
