//! What passed: `parametriRichiesta` and `parametriRisposta` of an event (spec/3 section 3.1).

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::calendario;
use outbound::{HeaderName, HeaderValue, Scambio};
use regex::bytes::Regex;
use serde_json::{Map, Value, json};
use store::eventi::Messaggi;

/// A body longer than this is not kept: the event says that it was left out.
pub const BYTE_CORPO_MAX: usize = 1024 * 1024;
/// Parts of names of headers that hold secrets.
const SEGRETE: [&str; 9] = ["authorization", "cookie", "api-key", "apikey", "app-id", "token", "secret", "password", "subscription-key"];
/// Whole names of the same: a certificate as a proxy hands it on is a person's.
const SEGRETE_INTERE: [&str; 2] = ["x-govpay-cert", "proxy-authenticate"];

/// Parts of names of JSON members that hold secrets: passwords of operatori, applicazioni and connettori, keys of services.
const SEGRETI: [&str; 6] = ["password", "passwd", "secret", "apikey", "subscriptionkey", "accesstoken"];
/// What stands in their place.
const COPERTO: &str = "***";

/// One of the two halves of a call.
#[derive(Clone, Debug, Default)]
pub struct Parte<'a> {
    pub quando: DateTime<Utc>,
    pub principal: Option<&'a str>,
    pub utente: Option<&'a str>,
    pub metodo: Option<&'a str>,
    pub url: Option<&'a str>,
    /// Status of an answer.
    pub stato: Option<u16>,
    pub intestazioni: Vec<(String, String)>,
    pub corpo: &'a [u8],
}

impl Parte<'_> {
    /// As it is kept and shown. Headers with secrets are left out, secrets in members of JSON and in `password` elements of XML are covered; the rest
    /// is kept byte by byte.
    #[must_use]
    pub fn json(&self) -> String {
        let mut o = Map::new();
        let mut metti = |nome: &str, valore: Option<Value>| {
            if let Some(valore) = valore {
                o.insert(nome.to_owned(), valore);
            }
        };
        let risposta = self.stato.is_some();
        metti("principal", self.principal.map(Value::from));
        metti("utente", self.utente.map(Value::from));
        let quando = calendario::ora_locale(self.quando).format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        metti(if risposta { "dataOraRisposta" } else { "dataOraRichiesta" }, Some(quando.into()));
        metti("url", self.url.map(Value::from));
        metti("method", self.metodo.map(Value::from));
        metti("status", self.stato.map(Value::from));
        let pubbliche = self.intestazioni.iter().filter(|(nome, _)| !segreta(nome)).map(|(nome, valore)| json!({ "nome": nome, "valore": valore }));
        metti("headers", Some(pubbliche.collect()));
        if self.corpo.len() > BYTE_CORPO_MAX {
            metti("payloadOmesso", Some(format!("{} byte: oltre i {BYTE_CORPO_MAX} che il giornale conserva", self.corpo.len()).into()));
        } else if !self.corpo.is_empty() {
            match senza_segreti(self.corpo) {
                Some(corpo) => metti("payload", Some(STANDARD.encode(corpo).into())),
                None => metti("payloadOmesso", Some("nomina un segreto e non e' JSON: non si sa coprirlo".into())),
            }
        }
        Value::Object(o).to_string()
    }
}

/// What passed in a call of ours.
pub(crate) fn dello_scambio(s: &Scambio) -> Messaggi {
    let intestazioni = |elenco: &[(HeaderName, HeaderValue)]| {
        elenco.iter().map(|(nome, valore)| (nome.to_string(), String::from_utf8_lossy(valore.as_bytes()).into_owned())).collect()
    };
    let richiesta = Parte {
        quando: s.partita.into(),
        metodo: Some(s.metodo.as_str()),
        url: Some(&s.url),
        intestazioni: intestazioni(&s.intestazioni),
        corpo: s.corpo.as_deref().unwrap_or_default(),
        ..Parte::default()
    };
    let risposta = s.risposta.as_ref().map(|r| Parte {
        quando: r.arrivata.into(),
        stato: Some(r.stato),
        intestazioni: intestazioni(&r.intestazioni),
        corpo: r.corpo.as_deref().unwrap_or_default(),
        ..Parte::default()
    });
    Messaggi { richiesta: Some(richiesta.json()), risposta: risposta.map(|r| r.json()) }
}

/// The password of a stazione, as the older messages carry it (spec/3 section 2.1).
static PASSWORD_XML: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(<(?:[\w.-]+:)?password(?:\s[^<>]*)?>)[^<]*").expect("espressione"));

/// `None`: JSON that cannot be read, and that names a secret.
fn senza_segreti(corpo: &[u8]) -> Option<Cow<'_, [u8]>> {
    let primo = corpo.iter().find(|b| !b.is_ascii_whitespace());
    if primo == Some(&b'<') {
        return Some(PASSWORD_XML.replace_all(corpo, format!("${{1}}{COPERTO}").as_bytes()));
    }
    if !matches!(primo, Some(b'{' | b'[')) || !segreto(&String::from_utf8_lossy(corpo)) {
        return Some(Cow::Borrowed(corpo));
    }
    let mut letto: Value = serde_json::from_slice(corpo).ok()?;
    copri(&mut letto);
    Some(Cow::Owned(letto.to_string().into_bytes()))
}

/// Whether a text has the name of a secret in it, however it is spelled.
fn segreto(testo: &str) -> bool {
    let piano: String = testo.chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
    SEGRETI.iter().any(|s| piano.contains(s))
}

fn copri(valore: &mut Value) {
    match valore {
        Value::Array(elementi) => elementi.iter_mut().for_each(copri),
        Value::Object(membri) => {
            // A change by PATCH names the member in its path.
            let modifica = membri.get("path").and_then(Value::as_str).is_some_and(segreto);
            for (nome, valore) in membri.iter_mut() {
                if valore.is_null() {
                    continue;
                }
                if (segreto(nome) && !valore.is_object() && !valore.is_array()) || (modifica && nome == "value") {
                    *valore = COPERTO.into();
                } else {
                    copri(valore);
                }
            }
        }
        _ => {}
    }
}

fn segreta(nome: &str) -> bool {
    let nome = nome.to_ascii_lowercase();
    SEGRETE_INTERE.contains(&nome.as_str()) || SEGRETE.iter().any(|s| nome.contains(s))
}

/// The number under which the messages of a call are kept when its event is written by the transaction of its operation: from the number of the request, and never
/// the number of an event, which is positive.
#[must_use]
pub fn numero_di_richiesta(id_transazione: &str) -> i64 {
    let impronta = blake3::hash(id_transazione.as_bytes());
    let mut byte = [0_u8; 8];
    byte.copy_from_slice(&impronta.as_bytes()[..8]);
    i64::from_be_bytes(byte) | i64::MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_intestazioni_segrete_non_si_conservano() {
        let nomi = ["Authorization", "Cookie", "X-API-KEY", "Ocp-Apim-Subscription-Key", "X-GOVPAY-CERT", "Content-Type", "SOAPAction"];
        let intestazioni = nomi.map(|n| (n.to_owned(), "valore".to_owned())).to_vec();
        let testo = Parte { intestazioni, metodo: Some("POST"), corpo: b"ciao", ..Parte::default() }.json();
        let letto: Value = serde_json::from_str(&testo).expect("JSON");
        let tenute: Vec<_> = letto["headers"].as_array().expect("lista").iter().map(|h| h["nome"].as_str().expect("testo")).collect();
        assert_eq!(tenute, ["Content-Type", "SOAPAction"]);
        assert_eq!((&letto["payload"], &letto["dataOraRichiesta"]), (&json!("Y2lhbw=="), &json!("1970-01-01T01:00:00.000")));
    }

    fn tenuto(corpo: &str) -> Value {
        serde_json::from_str(&Parte { corpo: corpo.as_bytes(), ..Parte::default() }.json()).expect("JSON")
    }

    fn payload(corpo: &str) -> String {
        let byte = STANDARD.decode(tenuto(corpo)["payload"].as_str().expect("payload")).expect("base64");
        String::from_utf8(byte).expect("testo")
    }

    #[test]
    fn i_segreti_di_un_corpo_si_coprono_e_il_resto_resta_com_era() {
        let applicazione =
            r#"{"principal":"a","password":"Segreta1!","importo":10.00,"servizioIntegrazione":{"auth":{"username":"u","password":"Altra1!"},"API-Key":"k"}}"#;
        assert_eq!(
            payload(applicazione),
            r#"{"principal":"a","password":"***","importo":10.00,"servizioIntegrazione":{"auth":{"username":"u","password":"***"},"API-Key":"***"}}"#
        );
        let profilo = r#"[{"op":"REPLACE","path":"/password","value":"Segreta1!"},{"op":"REPLACE","path":"/nome","value":"Greta"}]"#;
        assert_eq!(payload(profilo), r#"[{"op":"REPLACE","path":"/password","value":"***"},{"op":"REPLACE","path":"/nome","value":"Greta"}]"#);
        // Without a secret not a byte changes, spaces included.
        let innocuo = "{ \"causale\" :\t1.10 }";
        assert_eq!(payload(innocuo), innocuo);
        assert_eq!(payload("<a>password</a>"), "<a>password</a>");
        let busta = "<b:RPT>\n<password>Segreta1</password><ns:password xmlns:ns=\"u\">Segreta1</ns:password><codice>1</codice></b:RPT>";
        assert_eq!(payload(busta), busta.replace("Segreta1", "***"));
        let rotto = tenuto(r#"{"password":"Segreta1!""#);
        assert!(rotto.get("payload").is_none() && !rotto.to_string().contains("Segreta"), "{rotto}");
    }

    #[test]
    fn un_corpo_troppo_lungo_si_dice_omesso() {
        let corpo = vec![0; BYTE_CORPO_MAX + 1];
        let letto: Value = serde_json::from_str(&Parte { stato: Some(200), corpo: &corpo, ..Parte::default() }.json()).expect("JSON");
        assert!(letto.get("payload").is_none() && letto["payloadOmesso"].as_str().expect("testo").starts_with("1048577 byte"));
    }

    #[test]
    fn il_numero_di_una_richiesta_non_e_mai_quello_di_un_evento() {
        assert!((0..1000).all(|n| numero_di_richiesta(&n.to_string()) < 0));
        assert_ne!(numero_di_richiesta("a"), numero_di_richiesta("b"));
    }
}
