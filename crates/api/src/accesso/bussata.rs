//! What a caller presents, before it is known who it is.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gateway::accesso::sessione::IdSessione;

use super::Accesso;
use crate::CertificatoClient;

/// Hops of `X-Forwarded-For` that are looked at.
const PASSI_MAX: usize = 20;

pub(crate) struct Bussata<'a> {
    pub intestazioni: &'a HeaderMap,
    pub certificato: Option<&'a CertificatoClient>,
    /// The other end of the connection.
    vicino: Option<IpAddr>,
}

impl<'a> Bussata<'a> {
    pub fn di(parti: &'a Parts) -> Self {
        Self::nuova(&parti.headers, &parti.extensions)
    }

    pub fn nuova(intestazioni: &'a HeaderMap, estensioni: &'a Extensions) -> Self {
        let vicino = estensioni.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_canonical());
        Self { intestazioni, certificato: estensioni.get(), vicino }
    }

    /// First value of a header, when it is text and not empty.
    pub fn testo(&self, nome: &HeaderName) -> Option<&'a str> {
        self.intestazioni.get(nome).and_then(|v| v.to_str().ok()).map(str::trim).filter(|t| !t.is_empty())
    }

    /// The address of the caller: that of the connection, or what trusted proxies say of it.
    /// Each writes whom it heard at the end of `X-Forwarded-For`; from the end, the first that is not one of ours is the caller, and whatever is
    /// before it was written by the caller itself.
    pub fn da(&self, accesso: &Accesso) -> Option<IpAddr> {
        let vicino = self.vicino?;
        if !accesso.fidato(vicino) {
            return Some(vicino);
        }
        let valori: Vec<&str> = self.intestazioni.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect();
        let mut ultimo = vicino;
        for passo in valori.iter().rev().flat_map(|v| v.rsplit(',')).take(PASSI_MAX) {
            let Ok(ip) = passo.trim().parse::<IpAddr>() else { break };
            ultimo = ip.to_canonical();
            if !accesso.fidato(ultimo) {
                break;
            }
        }
        Some(ultimo)
    }

    /// Whether headers that name the caller are believed: from anybody where no proxy is named, since the operator was told what that means.
    pub fn da_proxy(&self, accesso: &Accesso) -> bool {
        accesso.impostazioni.proxy_fidati.is_empty() || self.vicino.is_some_and(|v| accesso.fidato(v))
    }

    /// Our cookie: `None` when there is none, an error when it can be none of ours.
    pub fn cookie(&self, nome: &str) -> Option<Result<IdSessione, ()>> {
        let coppie = self.intestazioni.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
        let mut nostri = coppie.filter_map(|c| c.trim().split_once('=')).filter(|(n, _)| *n == nome).map(|(_, v)| IdSessione::leggi(v).ok_or(()));
        nostri.next()
    }

    /// Name and password of HTTP Basic, when they are there and readable.
    pub fn credenziali(&self) -> Option<(String, String)> {
        credenziali(self.intestazioni)
    }

    /// What follows `Bearer`.
    pub fn gettone(&self) -> Option<&'a str> {
        let (schema, resto) = self.testo(&header::AUTHORIZATION)?.split_once(' ')?;
        schema.eq_ignore_ascii_case("bearer").then(|| resto.trim()).filter(|t| !t.is_empty())
    }
}

/// Name and password of HTTP Basic, when they are there and readable.
pub fn credenziali(intestazioni: &HeaderMap) -> Option<(String, String)> {
    let valore = intestazioni.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (schema, resto) = valore.split_once(' ')?;
    if !schema.eq_ignore_ascii_case("basic") {
        return None;
    }
    let testo = String::from_utf8(STANDARD.decode(resto.trim()).ok()?).ok()?;
    let (nome, password) = testo.split_once(':')?;
    Some((nome.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accesso::{ImpostazioniAccesso, Rete};

    fn da(fidati: &[&str], vicino: &str, inoltrata: &[&str]) -> String {
        let proxy_fidati = fidati.iter().map(|r| Rete::leggi(r).expect("rete")).collect();
        let accesso = Accesso::nuovo(ImpostazioniAccesso { proxy_fidati, ..ImpostazioniAccesso::default() }).expect("accesso");
        let mut intestazioni = HeaderMap::new();
        for v in inoltrata {
            intestazioni.append("x-forwarded-for", v.parse().expect("valore"));
        }
        let bussata = Bussata { intestazioni: &intestazioni, certificato: None, vicino: Some(vicino.parse().expect("ip")) };
        bussata.da(&accesso).expect("indirizzo").to_string()
    }

    #[test]
    fn l_indirizzo_del_chiamante_non_si_falsifica() {
        // Nobody is trusted: what is written does not count.
        assert_eq!(da(&[], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(da(&["10.0.0.0/8"], "203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        // The first hop from the end that is not ours.
        assert_eq!(da(&["10.0.0.0/8"], "10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(da(&["10.0.0.0/8"], "10.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(da(&["10.0.0.0/8"], "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(da(&["10.0.0.0/8"], "10.0.0.1", &["198.51.100.1, boh"]), "10.0.0.1");
        assert_eq!(da(&["10.0.0.0/8"], "10.0.0.1", &["10.0.0.3"]), "10.0.0.3");
    }
}
