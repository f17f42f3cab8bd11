use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::ErroreChiamata;

/// What stays as it is in a segment of a path, or in a field of a form: the unreserved characters of RFC 3986.
pub(crate) const SEGMENTO: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An http or https address. `Display` and `Debug` show scheme, host and port alone: the rest may identify a payment, or hold a secret of the
/// configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Indirizzo(Url);

impl Indirizzo {
    /// Reads a configured address. A fragment is dropped, since it is never sent.
    ///
    /// # Errors
    /// [`ErroreChiamata::UrlNonValida`], whose text does not repeat the address.
    pub fn leggi(testo: &str) -> Result<Self, ErroreChiamata> {
        let mut url = Url::parse(testo.trim()).map_err(|e| ErroreChiamata::UrlNonValida { motivo: e.to_string() })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ErroreChiamata::UrlNonValida { motivo: "sono ammessi solo http e https".to_owned() });
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The address with more segments at the end of its path, each encoded whole, so that a `/` in one does not make two of it. Slashes at the
    /// end of the configured path do not double.
    ///
    /// # Errors
    /// [`ErroreChiamata::UrlNonValida`] for a segment that is empty, `.` or `..`: no encoding keeps it from meaning another path.
    pub fn con_percorso(mut self, segmenti: &[&str]) -> Result<Self, ErroreChiamata> {
        let mut percorso = self.0.path().trim_end_matches('/').to_owned();
        for segmento in segmenti {
            if matches!(*segmento, "" | "." | "..") {
                return Err(ErroreChiamata::UrlNonValida { motivo: "un segmento del percorso e' vuoto o fatto di soli punti".to_owned() });
            }
            percorso.push('/');
            percorso.extend(utf8_percent_encode(segmento, SEGMENTO));
        }
        self.0.set_path(&percorso);
        Ok(self)
    }

    /// The address with one more query parameter, after those that the configuration already has.
    #[must_use]
    pub fn con_parametro(mut self, nome: &str, valore: &str) -> Self {
        self.0.query_pairs_mut().append_pair(nome, valore);
        self
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn server(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

/// A value as it stands in a path or in a query.
#[must_use]
pub fn codifica(valore: &str) -> String {
    utf8_percent_encode(valore, SEGMENTO).to_string()
}

/// The value of a query parameter; what is not UTF-8 is replaced.
#[must_use]
pub fn decodifica(valore: &str) -> String {
    percent_encoding::percent_decode_str(&valore.replace('+', " ")).decode_utf8_lossy().into_owned()
}

impl fmt::Display for Indirizzo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server())
    }
}

impl fmt::Debug for Indirizzo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indirizzo({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn indirizzo(base: &str, segmenti: &[&str]) -> String {
        Indirizzo::leggi(base).and_then(|i| i.con_percorso(segmenti)).expect("valido").url().to_string()
    }

    #[test]
    fn le_barre_finali_non_si_raddoppiano() {
        for base in ["http://ente.example", "http://ente.example/", "http://ente.example//"] {
            assert_eq!(indirizzo(base, &["pagamenti", "x"]), "http://ente.example/pagamenti/x");
        }
        for base in ["https://ente.example:8443/govpay/v2", "https://ente.example:8443/govpay/v2/"] {
            assert_eq!(indirizzo(base, &["ricevute"]), "https://ente.example:8443/govpay/v2/ricevute");
        }
    }

    #[test]
    fn un_segmento_resta_un_segmento() {
        assert_eq!(indirizzo("http://e.example/a", &["b/c", "d?e#f", "100%", "à b", "n/a"]), "http://e.example/a/b%2Fc/d%3Fe%23f/100%25/%C3%A0%20b/n%2Fa");
        for segmento in ["", ".", ".."] {
            assert!(Indirizzo::leggi("http://e.example/a").expect("valido").con_percorso(&[segmento]).is_err());
        }
    }

    #[test]
    fn i_parametri_seguono_quelli_configurati() {
        let con = |base| Indirizzo::leggi(base).and_then(|i| i.con_percorso(&["p"])).expect("valido").con_parametro("idCarrello", "a&b=c d").url().to_string();
        assert_eq!(con("http://e.example/?ente=1#x"), "http://e.example/p?ente=1&idCarrello=a%26b%3Dc+d");
        assert_eq!(con("http://e.example"), "http://e.example/p?idCarrello=a%26b%3Dc+d");
    }

    #[test]
    fn solo_http_e_https() {
        for testo in ["", "ente.example", "/pagamenti", "ftp://ente.example", "file:///etc/passwd", "http://", "http://[::1", "javascript:1"] {
            assert!(matches!(Indirizzo::leggi(testo), Err(ErroreChiamata::UrlNonValida { .. })), "{testo}");
        }
    }

    #[test]
    fn ne_testo_ne_debug_dicono_percorso_o_credenziali() {
        let indirizzo = Indirizzo::leggi("https://utente:segreto@ente.example:8443/chiave?token=abc").expect("valido");
        assert_eq!(format!("{indirizzo} {indirizzo:?}"), "https://ente.example:8443 Indirizzo(https://ente.example:8443)");
        let rifiuto = Indirizzo::leggi("https://utente:segreto@ente.example:porta/").expect_err("porta");
        assert!(!format!("{rifiuto} {rifiuto:?}").contains("segreto"));
    }

    proptest! {
        #[test]
        fn ogni_segmento_si_rilegge(segmento in "\\PC{1,40}") {
            prop_assume!(segmento != "." && segmento != "..");
            let scritto = indirizzo("http://e.example/base/", &[&segmento, "fine"]);
            let url = Url::parse(&scritto).expect("url");
            let letti: Vec<_> = url.path_segments().expect("segmenti").collect();
            prop_assert_eq!(letti.len(), 3);
            prop_assert_eq!(percent_encoding::percent_decode_str(letti[1]).decode_utf8().expect("utf-8"), segmento);
        }

        #[test]
        fn nessun_testo_fa_panico(testo in "\\PC{0,60}") {
            let _ = Indirizzo::leggi(&testo).and_then(|i| i.con_percorso(&[&testo]));
        }
    }
}
