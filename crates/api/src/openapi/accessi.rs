//! Rights and logins, as the route table tells them.

use std::collections::BTreeSet;

use domain::anagrafica::Servizio;
use domain::chiamante::Profilo;
use serde_json::{Map, Value, json};

use crate::permessi::Richiesto;
use crate::rotte::Rotta;

/// The profile of the whole document: `basic` where there is one.
fn predefinito(rotta: &Rotta) -> Option<Profilo> {
    rotta.profili().find(|p| *p == Profilo::Basic).or_else(|| rotta.profili().next())
}

/// Address of the API of a route, before the path of the route.
pub fn radice(rotta: &Rotta) -> String {
    let radici = predefinito(rotta).map(|p| rotta.api.radici(p));
    radici.into_iter().flatten().next().unwrap_or_default()
}

/// Where an API can be found, with its profile as a variable.
pub fn server(rotta: &Rotta) -> Value {
    let profili: Vec<&str> = rotta.api.profili.iter().map(|p| p.segmento()).collect();
    let primo = predefinito(rotta).map(Profilo::segmento);
    let con_variabile = |url: String| json!({ "url": url, "variables": { "profilo": { "default": primo, "enum": profili, "description": "Come si presenta chi chiama. Quali siano aperti lo decide l'installazione." } } });
    rotta.api.modelli().into_iter().map(con_variabile).collect()
}

/// Whether credentials are not even looked at.
pub fn aperta(rotta: &Rotta) -> bool {
    rotta.richiesto == Richiesto::Aperto
}

/// What is asked of the caller, in a sentence.
pub fn richiede(rotta: &Rotta) -> String {
    let su = |servizi: &[Servizio]| servizi.iter().map(|s| format!("«{}»", s.nome())).collect::<Vec<_>>().join(" o ");
    match rotta.richiesto {
        Richiesto::Diritto { servizi, diritto } => format!("Richiede il diritto {} su {}.", diritto.sigla(), su(servizi)),
        Richiesto::Facoltativo { servizi, diritto } => {
            format!("Per ogni utenza riconosciuta; senza il diritto {} su {} mostra soltanto ciò che è di chi chiama.", diritto.sigla(), su(servizi))
        }
        Richiesto::Autenticato => "Per ogni utenza riconosciuta.".to_owned(),
        Richiesto::Aperto => "Aperta a tutti.".to_owned(),
    }
}

/// The profiles by which a document publishes a route: one in the whole, whose addresses name it, all in that of its API.
pub fn profili(rotta: &Rotta, tutti: bool) -> Vec<Profilo> {
    if tutti { rotta.profili().collect() } else { predefinito(rotta).into_iter().collect() }
}

/// Any one of the profiles is enough; `{}` asks for nothing.
pub fn sicurezza(rotta: &Rotta, profili: &[Profilo]) -> Value {
    if aperta(rotta) {
        return json!([{}]);
    }
    let uno = |p: &Profilo| schemi(*p).iter().map(|(nome, _)| ((*nome).to_owned(), json!([]))).collect::<Map<_, _>>();
    profili.iter().map(|p| Value::Object(uno(p))).collect()
}

/// `securitySchemes` of the profiles that are named.
pub fn componenti(usati: &BTreeSet<Profilo>) -> Value {
    Profilo::TUTTI.into_iter().filter(|p| usati.contains(p)).flat_map(schemi).map(|(nome, schema)| (nome.to_owned(), schema)).collect::<Map<_, _>>().into()
}

/// Names of headers and cookies are those of an installation that does not say otherwise.
fn schemi(profilo: Profilo) -> Vec<(&'static str, Value)> {
    let header = |nome: &str, descrizione: &str| json!({ "type": "apiKey", "in": "header", "name": nome, "description": descrizione });
    match profilo {
        Profilo::Basic => vec![("basic", json!({ "type": "http", "scheme": "basic", "description": "Profilo `basic`: nome e password dell'utenza." }))],
        Profilo::Form => vec![("form", json!({ "type": "http", "scheme": "basic", "description": "Profilo `form`: come `basic`, e apre una sessione." }))],
        Profilo::Ssl => vec![("ssl", json!({ "type": "mutualTLS", "description": "Profilo `ssl`: il certificato di chi apre la connessione." }))],
        Profilo::SslHeader => vec![("sslheader", header("X-GOVPAY-CERT", "Profilo `sslheader`: il certificato, scritto dal proxy."))],
        Profilo::Header => {
            vec![("header", header("X-GOVPAY-PRINCIPAL", "Profilo `header`: il principal, scritto dal proxy; il nome dell'header è nella configurazione."))]
        }
        Profilo::ApiKey => vec![
            ("apikeyId", header("X-APP-ID", "Profilo `apikey`: il principal.")),
            ("apikeyChiave", header("X-API-KEY", "Profilo `apikey`: la chiave, cioè la password.")),
        ],
        Profilo::OAuth2 => vec![("oauth2", json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Profilo `oauth2`." }))],
        Profilo::Spid => vec![("spid", header("X-SPID-FISCALNUMBER", "Profilo `spid`: il codice fiscale, scritto dal gateway SPID."))],
        Profilo::Session => {
            vec![(
                "session",
                json!({ "type": "apiKey", "in": "cookie", "name": "JSESSIONID", "description": "Profilo `session`: la sessione aperta dall'API User." }),
            )]
        }
        Profilo::Public => Vec::new(),
    }
}
