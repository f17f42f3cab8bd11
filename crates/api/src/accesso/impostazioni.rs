//! Which ways in are open, and how each reads what a caller presents.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use axum::http::HeaderName;
use domain::chiamante::Profilo;
use gateway::Errore;
use gateway::accesso::oauth2::{Fornitore, Verificatore};

/// A network as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rete {
    indirizzo: IpAddr,
    prefisso: u32,
}

impl Rete {
    #[must_use]
    pub fn leggi(testo: &str) -> Option<Self> {
        let (indirizzo, prefisso) = testo.split_once('/').map_or((testo, None), |(i, p)| (i, Some(p)));
        let indirizzo: IpAddr = indirizzo.trim().parse().ok()?;
        let massimo = if indirizzo.is_ipv4() { 32 } else { 128 };
        let prefisso = prefisso.map_or(Some(massimo), |p| p.trim().parse().ok().filter(|p| *p <= massimo))?;
        Some(Self { indirizzo, prefisso })
    }

    #[must_use]
    pub fn contiene(&self, ip: IpAddr) -> bool {
        match (self.indirizzo.to_canonical(), ip.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (u32::from(a) ^ u32::from(b)).checked_shr(32 - self.prefisso.min(32)).unwrap_or(0) == 0,
            (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a) ^ u128::from(b)).checked_shr(128 - self.prefisso).unwrap_or(0) == 0,
            _ => false,
        }
    }
}

/// Profile `sslheader`: how the proxy writes the certificate.
#[derive(Clone, Debug)]
pub struct CertificatoInHeader {
    pub header: HeaderName,
    pub url_decode: bool,
    pub base64_decode: bool,
    /// Characters that the proxy put in the place of others, which cannot be in a header.
    pub sostituzione: Option<(String, String)>,
}

/// Profile `spid`: the names of the headers, one by one (spec/1 section 2.1).
#[derive(Clone, Debug)]
pub struct HeaderSpid {
    pub principal: HeaderName,
    pub nome: HeaderName,
    pub cognome: HeaderName,
    pub email: HeaderName,
    /// The other attributes, by the name that they have in `identityData`.
    pub altri: BTreeMap<String, HeaderName>,
}

/// What the configuration says of logins.
#[derive(Clone, Debug)]
pub struct ImpostazioniAccesso {
    pub profili: BTreeSet<Profilo>,
    /// What the default chain (`/rs/v1`) asks for: `Basic` or `Ssl`. `None` is closed.
    pub predefinito: Option<Profilo>,
    /// Peers whose headers are believed: the address of the caller, and for `header`, `sslheader` and `spid` the caller itself.
    /// Empty: those three believe everybody, and the address is that of the connection.
    pub proxy_fidati: Vec<Rete>,
    /// Profiles whose unknown principals are registered at their first call.
    pub iscrizione: BTreeSet<Profilo>,
    pub ruolo_iscrizione: Option<String>,
    pub apikey: (HeaderName, HeaderName),
    pub sslheader: CertificatoInHeader,
    /// Headers with the principal, the first that is there; and those that are kept as identity data.
    pub header: (Vec<HeaderName>, Vec<HeaderName>),
    pub oauth2: Option<Fornitore>,
    pub spid: HeaderSpid,
    pub cookie_nome: String,
    pub cookie_percorso: String,
    /// By identifier: where the API User sends a browser after login and logout.
    pub redirect_login: BTreeMap<String, String>,
    pub redirect_logout: BTreeMap<String, String>,
    /// `ambiente` of `GET /info`: production or trial, as people call it.
    pub ambiente: String,
}

impl Default for ImpostazioniAccesso {
    fn default() -> Self {
        Self {
            profili: BTreeSet::from([Profilo::Basic, Profilo::Form, Profilo::Ssl, Profilo::ApiKey]),
            predefinito: None,
            proxy_fidati: Vec::new(),
            iscrizione: BTreeSet::new(),
            ruolo_iscrizione: None,
            apikey: (HeaderName::from_static("x-app-id"), HeaderName::from_static("x-api-key")),
            sslheader: CertificatoInHeader { header: HeaderName::from_static("x-govpay-cert"), url_decode: true, base64_decode: true, sostituzione: None },
            header: (Vec::new(), Vec::new()),
            oauth2: None,
            spid: HeaderSpid {
                principal: HeaderName::from_static("x-spid-fiscalnumber"),
                nome: HeaderName::from_static("x-spid-name"),
                cognome: HeaderName::from_static("x-spid-familyname"),
                email: HeaderName::from_static("x-spid-email"),
                altri: BTreeMap::new(),
            },
            cookie_nome: "JSESSIONID".to_owned(),
            cookie_percorso: "/".to_owned(),
            redirect_login: BTreeMap::new(),
            redirect_logout: BTreeMap::new(),
            ambiente: String::new(),
        }
    }
}

/// The settings with what they need to work.
pub struct Accesso {
    pub(crate) impostazioni: ImpostazioniAccesso,
    pub(crate) oauth2: Option<Verificatore>,
}

impl Accesso {
    pub fn nuovo(impostazioni: ImpostazioniAccesso) -> Result<Self, Errore> {
        let oauth2 = impostazioni.oauth2.clone().map(Verificatore::nuovo).transpose()?;
        Ok(Self { impostazioni, oauth2 })
    }

    pub(crate) fn aperto(&self, profilo: Profilo) -> bool {
        self.impostazioni.profili.contains(&profilo)
    }

    pub(crate) fn fidato(&self, ip: IpAddr) -> bool {
        self.impostazioni.proxy_fidati.iter().any(|r| r.contiene(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_reti_si_leggono_e_contengono() {
        let contiene = |rete: &str, ip: &str| Rete::leggi(rete).map(|r| r.contiene(ip.parse().expect("indirizzo")));
        assert_eq!(contiene("10.0.0.0/8", "10.255.1.2"), Some(true));
        assert_eq!(contiene("10.0.0.0/8", "11.0.0.0"), Some(false));
        assert_eq!(contiene("192.0.2.7", "192.0.2.7"), Some(true));
        assert_eq!(contiene("192.0.2.7", "192.0.2.6"), Some(false));
        assert_eq!(contiene("192.0.2.7", "::ffff:192.0.2.7"), Some(true));
        assert_eq!(contiene("0.0.0.0/0", "203.0.113.9"), Some(true));
        assert_eq!(contiene("::/0", "2001:db8::1"), Some(true));
        assert_eq!(contiene("2001:db8::/32", "2001:db9::1"), Some(false));
        assert_eq!(contiene("0.0.0.0/0", "2001:db8::1"), Some(false));
        for storta in ["", "10.0.0.0/33", "::/129", "a", "10.0.0.0/", "10.0.0.0/-1"] {
            assert_eq!(Rete::leggi(storta), None, "{storta}");
        }
    }
}
