//! What an answer means (spec/4 section 2.11 and the statuses of the contracts).

use std::time::Duration;

use chrono::{DateTime, Utc};
use outbound::{ErroreChiamata, Indirizzo, Risposta};
use serde_json::Value;

use crate::chiamata::{Attesa, Esito, Fatto};
use crate::ritardo;

/// Characters of a reason that are kept.
pub const MOTIVO_CARATTERI_MAX: usize = 300;

/// When the other side does not say: soon enough for an hiccup. Who sends from a queue has a growing wait of its own.
const FRA: Duration = Duration::from_secs(5);
/// 429 without `Retry-After`.
const FRA_TROPPE: Duration = Duration::from_secs(10);
/// A key that is refused, a connettore that cannot be used: somebody has to mend it.
const FRA_CONFIGURAZIONE: Duration = Duration::from_secs(5 * 60);

/// What the call says of the service itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Salute {
    /// It answers, be it to refuse.
    Viva,
    /// It answers that we are too many.
    Piena(Duration),
    Malata,
}

pub(crate) struct Letta {
    pub esito: Esito,
    pub salute: Salute,
}

/// An answer of any status.
pub(crate) fn leggi(risposta: &Risposta, attesa: Attesa, chiave: Option<&str>, adesso: DateTime<Utc>) -> Letta {
    let stato = risposta.stato;
    let json: Option<Value> = serde_json::from_slice(&risposta.corpo).ok();
    let problema = json.as_ref().and_then(descrizione).map(|t| pulita(&t, chiave));
    let ritenta = |fra, motivo, incerto, salute| Letta { esito: Esito::DaRitentare { fra, motivo, incerto }, salute };
    let con = |testo: String| problema.as_ref().map_or(testo.clone(), |p| format!("{testo}: {p}"));
    let rifiutato = |stato: u16| {
        let motivo = con(format!("HTTP {stato}"));
        Letta { esito: Esito::Rifiutato { stato, motivo }, salute: Salute::Viva }
    };
    let chiesto = ritardo::chiesto(&risposta.intestazioni, adesso);
    match stato {
        200..=299 => match buona(risposta, attesa, json.as_ref()) {
            Ok(fatto) => Letta { esito: Esito::Fatto(fatto), salute: Salute::Viva },
            Err(NonBuona::Problema(dentro)) if (400..=499).contains(&dentro) => rifiutato(dentro),
            Err(NonBuona::Problema(dentro)) => ritenta(FRA, con(format!("HTTP {stato} con dentro l'errore {dentro}")), true, Salute::Malata),
            Err(NonBuona::Altro(motivo)) => ritenta(FRA, format!("HTTP {stato}, ma {motivo}"), true, Salute::Malata),
        },
        300..=399 => match (attesa, dove(risposta)) {
            (Attesa::Rinvio, Some(_)) => Letta { esito: Esito::Fatto(fatto(risposta)), salute: Salute::Viva },
            (Attesa::Rinvio, None) => ritenta(FRA, format!("HTTP {stato} che non dice dove andare"), true, Salute::Malata),
            _ => ritenta(FRA_CONFIGURAZIONE, format!("HTTP {stato}: il servizio rinvia altrove"), false, Salute::Malata),
        },
        401 => ritenta(FRA_CONFIGURAZIONE, con("HTTP 401: la chiave di sottoscrizione non e' accettata".to_owned()), false, Salute::Malata),
        429 => {
            let fra = chiesto.unwrap_or(FRA_TROPPE);
            ritenta(fra, con("HTTP 429: troppe richieste".to_owned()), false, Salute::Piena(fra))
        }
        408 | 425 => ritenta(chiesto.unwrap_or(FRA), con(format!("HTTP {stato}")), stato == 408, Salute::Viva),
        // A refusal of the service is JSON, or empty: another page comes from something in between.
        400..=499 if json.is_none() && !risposta.corpo.is_empty() => {
            ritenta(FRA, format!("HTTP {stato} con una risposta che non e' del servizio"), false, Salute::Malata)
        }
        400..=499 => rifiutato(stato),
        _ => {
            let motivo = con(format!("HTTP {stato}"));
            // Who says when it comes back is not asked before by anybody.
            let salute = chiesto.filter(|_| stato == 503).map_or(Salute::Malata, Salute::Piena);
            ritenta(chiesto.unwrap_or(FRA), motivo, true, salute)
        }
    }
}

/// No answer at all.
pub(crate) fn mancata(errore: &ErroreChiamata) -> Letta {
    let (fra, incerto) = match errore {
        ErroreChiamata::UrlNonValida { .. } | ErroreChiamata::CredenzialiNonValide { .. } | ErroreChiamata::Certificati { .. } => (FRA_CONFIGURAZIONE, false),
        ErroreChiamata::ConnessioneRifiutata { .. } | ErroreChiamata::Token { .. } => (FRA, false),
        ErroreChiamata::TempoScaduto { .. } | ErroreChiamata::CorpoTroppoGrande { .. } | ErroreChiamata::Altro { .. } => (FRA, true),
    };
    Letta { esito: Esito::DaRitentare { fra, motivo: errore.to_string(), incerto }, salute: Salute::Malata }
}

enum NonBuona {
    /// The status of a problem told in an answer that says yes.
    Problema(u16),
    Altro(&'static str),
}

fn buona(risposta: &Risposta, attesa: Attesa, json: Option<&Value>) -> Result<Fatto, NonBuona> {
    match attesa {
        Attesa::Rinvio => Err(NonBuona::Altro("si aspettava un rinvio")),
        Attesa::Qualsiasi => Ok(fatto(risposta)),
        Attesa::Json => match json {
            None => Err(NonBuona::Altro("la risposta non e' JSON")),
            Some(v) => problema_dentro(v).map_or_else(|| Ok(fatto(risposta)), |stato| Err(NonBuona::Problema(stato))),
        },
    }
}

/// A `ProblemJson` under a good status: its `status` is a number of error. Positions have a `status` too, which is a word.
fn problema_dentro(v: &Value) -> Option<u16> {
    let stato = ["status", "statusCode", "httpStatusCode"].iter().find_map(|n| v.get(n)?.as_u64())?;
    u16::try_from(stato).ok().filter(|s| (400..=599).contains(s))
}

fn fatto(risposta: &Risposta) -> Fatto {
    Fatto { stato: risposta.stato, intestazioni: risposta.intestazioni.clone(), corpo: risposta.corpo.clone() }
}

fn dove(risposta: &Risposta) -> Option<&str> {
    let dove = risposta.intestazioni.get(outbound::header::LOCATION)?.to_str().ok()?;
    Indirizzo::leggi(dove).is_ok().then_some(dove)
}

/// What the answer says of its problem, whichever of pagoPA's shapes it has.
fn descrizione(v: &Value) -> Option<String> {
    let testo = |nome: &str| v.get(nome).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
    let dettaglio = testo("detail").or_else(|| testo("errorMessage")).or_else(|| testo("message")).or_else(|| testo("descrizione"));
    let dettaglio = dettaglio.or_else(|| v.pointer("/errors/0/message").and_then(Value::as_str));
    match (testo("title").or_else(|| testo("appErrorCode")), dettaglio) {
        (Some(titolo), Some(dettaglio)) => Some(format!("{titolo} ({dettaglio})")),
        (uno, altro) => uno.or(altro).map(str::to_owned),
    }
}

/// On one line, shortened, and without the key: there are servers that repeat what they were sent.
fn pulita(testo: &str, chiave: Option<&str>) -> String {
    let testo = chiave.filter(|k| !k.is_empty()).map_or_else(|| testo.to_owned(), |k| testo.replace(k, "***"));
    testo.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOTIVO_CARATTERI_MAX).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use outbound::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn risposta(stato: u16, corpo: &str, intestazioni: &[(&'static str, &'static str)]) -> Risposta {
        let intestazioni: HeaderMap = intestazioni.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        Risposta { stato, intestazioni, corpo: Bytes::copy_from_slice(corpo.as_bytes()) }
    }

    fn letta(stato: u16, corpo: &str, attesa: Attesa) -> (String, Salute) {
        let letta = leggi(&risposta(stato, corpo, &[]), attesa, Some("chiave-segreta"), DateTime::UNIX_EPOCH);
        let esito = match letta.esito {
            Esito::Fatto(f) => format!("fatto {}", f.stato),
            Esito::DaRitentare { motivo, incerto, .. } => format!("ritenta{} {motivo}", if incerto { "?" } else { "" }),
            Esito::Rifiutato { stato, motivo } => format!("rifiutato {stato} {motivo}"),
        };
        (esito, letta.salute)
    }

    #[test]
    fn ogni_risposta_ha_il_suo_senso() {
        use Attesa::{Json, Qualsiasi, Rinvio};
        use Salute::{Malata, Viva};
        let problema = r#"{"title":"CONFLICT","status":409,"detail":"gia' c'e'"}"#;
        for (stato, corpo, attesa, esito, salute) in [
            (200, r#"{"status":"VALID"}"#, Json, "fatto 200", Viva),
            (201, "{}", Json, "fatto 201", Viva),
            (200, "", Qualsiasi, "fatto 200", Viva),
            (200, "<html>", Json, "ritenta? HTTP 200, ma la risposta non e' JSON", Malata),
            (200, r#"{"status": "VAL"#, Json, "ritenta? HTTP 200, ma la risposta non e' JSON", Malata),
            (200, "", Json, "ritenta? HTTP 200, ma la risposta non e' JSON", Malata),
            (200, problema, Json, "rifiutato 409 HTTP 409: CONFLICT (gia' c'e')", Viva),
            (200, r#"{"title":"x","status":500}"#, Json, "ritenta? HTTP 200 con dentro l'errore 500: x", Malata),
            (200, "{}", Rinvio, "ritenta? HTTP 200, ma si aspettava un rinvio", Malata),
            (302, "", Json, "ritenta HTTP 302: il servizio rinvia altrove", Malata),
            (302, "", Rinvio, "ritenta? HTTP 302 che non dice dove andare", Malata),
            (400, r#"{"message":"no"}"#, Json, "rifiutato 400 HTTP 400: no", Viva),
            (401, r#"{"statusCode":401,"message":"invalid"}"#, Json, "ritenta HTTP 401: la chiave di sottoscrizione non e' accettata: invalid", Malata),
            (403, "", Json, "rifiutato 403 HTTP 403", Viva),
            (404, "<html>nginx", Json, "ritenta HTTP 404 con una risposta che non e' del servizio", Malata),
            (404, problema, Json, "rifiutato 404 HTTP 404: CONFLICT (gia' c'e')", Viva),
            (408, "", Json, "ritenta? HTTP 408", Viva),
            (425, "", Json, "ritenta HTTP 425", Viva),
            (429, "", Json, "ritenta HTTP 429: troppe richieste", Salute::Piena(FRA_TROPPE)),
            (500, "<html>", Json, "ritenta? HTTP 500", Malata),
            (503, "", Json, "ritenta? HTTP 503", Malata),
            (599, "{}", Json, "ritenta? HTTP 599", Malata),
        ] {
            assert_eq!(letta(stato, corpo, attesa), (esito.to_owned(), salute), "{stato} {corpo}");
        }
    }

    #[test]
    fn un_rinvio_buono_dice_dove() {
        let letta = |dove| leggi(&risposta(302, "", &[("location", dove)]), Attesa::Rinvio, None, DateTime::UNIX_EPOCH).esito;
        assert_eq!(letta("https://checkout.example/x").fatto().and_then(Fatto::dove), Some("https://checkout.example/x"));
        assert!(letta("javascript:alert(1)").fatto().is_none());
    }

    #[test]
    fn la_chiave_non_si_ripete_nemmeno_se_la_ripetono() {
        let (testo, _) = letta(400, r#"{"title":"bad key chiave-segreta","detail":"chiave-segreta\nriga"}"#, Attesa::Json);
        assert_eq!(testo, "rifiutato 400 HTTP 400: bad key *** (*** riga)");
    }

    #[test]
    fn retry_after_vale_anche_per_503() {
        let letta = leggi(&risposta(503, "", &[("retry-after", "40")]), Attesa::Json, None, DateTime::UNIX_EPOCH);
        assert_eq!(letta.salute, Salute::Piena(Duration::from_secs(40)));
        assert!(matches!(letta.esito, Esito::DaRitentare { fra, .. } if fra == Duration::from_secs(40)));
    }

    proptest! {
        #[test]
        fn nessuna_risposta_fa_panico_e_i_motivi_sono_corti(stato in 100_u16..1000, corpo in "\\PC{0,400}", dentro in "\\PC{0,600}") {
            for corpo in [corpo, serde_json::json!({ "title": dentro, "detail": dentro }).to_string()] {
                for attesa in [Attesa::Json, Attesa::Qualsiasi, Attesa::Rinvio] {
                    let (testo, _) = letta(stato, &corpo, attesa);
                    prop_assert!(testo.chars().count() < MOTIVO_CARATTERI_MAX + 100);
                }
            }
        }
    }
}
