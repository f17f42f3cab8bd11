//! The authentication of a connettore, as the back office keeps it, in the terms of the HTTP client (spec/2 section 2.1).

use domain::anagrafica::Autenticazione as Configurata;
use domain::anagrafica::connettore::{CertificatiSsl, CredenzialiOAuth2 as Oauth2Configurate};
use outbound::{Archivio, Autenticazione, Certificati, CredenzialiOAuth2, ErroreChiamata, Indirizzo, NomiApiKey};

/// `nomi` are the headers of an API key, which the connettore does not say. `ksType`, `tsType` and `sslType` are not looked at: the content of an archive
/// tells its format, and TLS is 1.2 or 1.3. `ksPKeyPasswd` neither: the key of a PKCS#12 archive has the password of the archive.
///
/// # Errors
/// When the configuration lacks a piece. The text has no secret.
pub fn credenziali(configurata: Option<&Configurata>, nomi: &NomiApiKey) -> Result<Autenticazione, ErroreChiamata> {
    match configurata {
        None => Ok(Autenticazione::Nessuna),
        Some(Configurata::Basic(b)) => Ok(Autenticazione::Basic { utente: b.username.clone(), password: b.password.clone() }),
        Some(Configurata::Header(h)) => Ok(Autenticazione::intestazione(&h.header_name, &h.header_value)),
        Some(Configurata::ApiKey(k)) => Ok(Autenticazione::api_key(nomi, &k.api_id, &k.api_key)),
        Some(Configurata::OAuth2(c)) => oauth2(c).map(Autenticazione::OAuth2),
        Some(Configurata::Ssl(c)) => certificati(c).map(Autenticazione::Certificati),
    }
}

fn oauth2(c: &Oauth2Configurate) -> Result<CredenzialiOAuth2, ErroreChiamata> {
    let endpoint = Indirizzo::leggi(&c.url_token_endpoint)?;
    Ok(CredenzialiOAuth2 { endpoint, client_id: c.client_id.clone(), client_secret: c.client_secret.clone(), scope: c.scope.clone() })
}

fn certificati(c: &CertificatiSsl) -> Result<Certificati, ErroreChiamata> {
    let chiavi = match c.tipo.as_str() {
        "Server" => None,
        "Client" => {
            let percorso = c.ks_location.as_ref().ok_or_else(|| manca("ksLocation"))?.into();
            Some(Archivio { percorso, password: c.ks_password.clone().ok_or_else(|| manca("ksPassword"))? })
        }
        _ => return Err(ErroreChiamata::Certificati { motivo: "il tipo non e' ne' Client ne' Server".to_owned() }),
    };
    Ok(Certificati { chiavi, fiducia: Archivio { percorso: c.ts_location.as_str().into(), password: c.ts_password.clone() } })
}

fn manca(campo: &str) -> ErroreChiamata {
    ErroreChiamata::Certificati { motivo: format!("manca {campo}") }
}

#[cfg(test)]
mod tests {
    use domain::anagrafica::connettore::{ChiaveApi, HeaderFisso};

    use super::*;

    fn ssl(tipo: &str, ks: Option<&str>) -> Configurata {
        Configurata::Ssl(Box::new(CertificatiSsl {
            tipo: tipo.to_owned(),
            ts_location: "/ts".to_owned(),
            ts_password: "tp".to_owned(),
            ts_type: "JKS".to_owned(),
            ssl_type: "TLSv1.2".to_owned(),
            ks_location: ks.map(str::to_owned),
            ks_password: ks.map(|_| "kp".to_owned()),
            ks_type: ks.map(|_| "JKS".to_owned()),
            ks_pkey_passwd: ks.map(|_| "kkp".to_owned()),
        }))
    }

    fn oauth2(endpoint: &str) -> Configurata {
        let (client_id, client_secret) = ("id".to_owned(), "segreta".to_owned());
        Configurata::OAuth2(Oauth2Configurate { client_id, client_secret, url_token_endpoint: endpoint.to_owned(), scope: Some("s".to_owned()) })
    }

    #[test]
    fn ogni_autenticazione_configurata_ha_la_sua() {
        let coppia = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let archivio = |percorso: &str, password: &str| Archivio { percorso: percorso.into(), password: password.to_owned() };
        let endpoint = Indirizzo::leggi("https://idp.example/token").expect("url");
        for (configurata, attesa) in [
            (None, Autenticazione::Nessuna),
            (Some(Configurata::basic("u", "p")), Autenticazione::Basic { utente: "u".to_owned(), password: "p".to_owned() }),
            (
                Some(Configurata::Header(HeaderFisso { header_name: "n".to_owned(), header_value: "v".to_owned() })),
                Autenticazione::Intestazioni(vec![coppia("n", "v")]),
            ),
            (
                Some(Configurata::ApiKey(ChiaveApi { api_id: "i".to_owned(), api_key: "k".to_owned() })),
                Autenticazione::Intestazioni(vec![coppia("X-APP-ID", "i"), coppia("X-API-KEY", "k")]),
            ),
            (
                Some(oauth2("https://idp.example/token")),
                Autenticazione::OAuth2(CredenzialiOAuth2 {
                    endpoint,
                    client_id: "id".to_owned(),
                    client_secret: "segreta".to_owned(),
                    scope: Some("s".to_owned()),
                }),
            ),
            (
                Some(ssl("Client", Some("/ks"))),
                Autenticazione::Certificati(Certificati { chiavi: Some(archivio("/ks", "kp")), fiducia: archivio("/ts", "tp") }),
            ),
            // A key store beside tipo Server is not used.
            (Some(ssl("Server", Some("/ks"))), Autenticazione::Certificati(Certificati { chiavi: None, fiducia: archivio("/ts", "tp") })),
        ] {
            assert_eq!(credenziali(configurata.as_ref(), &NomiApiKey::default()), Ok(attesa));
        }
    }

    #[test]
    fn una_configurazione_a_meta_si_dice() {
        let testo = |c: Configurata| credenziali(Some(&c), &NomiApiKey::default()).expect_err("a meta'").to_string();
        assert_eq!(testo(ssl("Client", None)), "certificati configurati non utilizzabili: manca ksLocation");
        assert_eq!(testo(ssl("Altro", None)), "certificati configurati non utilizzabili: il tipo non e' ne' Client ne' Server");
        assert_eq!(testo(oauth2("ftp://segreta")), "indirizzo non valido: sono ammessi solo http e https");
    }
}
