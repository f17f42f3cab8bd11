//! The certificate that a proxy passes in a header (profile `sslheader`, spec/1 section 2).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::certificato::Soggetto;
use percent_encoding::percent_decode_str;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

use super::impostazioni::CertificatoInHeader;

const INIZIO: &str = "-----BEGIN CERTIFICATE-----";
const FINE: &str = "-----END CERTIFICATE-----";

/// Why a certificate does not tell who calls. The text is for the caller and the log.
pub(super) type Motivo = &'static str;

const ILLEGGIBILE: Motivo = "Certificato non leggibile";

/// The subject of a certificate that is valid now.
pub(super) fn soggetto(valore: &str, come: &CertificatoInHeader, adesso: DateTime<Utc>) -> Result<Soggetto, Motivo> {
    let der = der(valore, come).ok_or(ILLEGGIBILE)?;
    let (resto, certificato) = X509Certificate::from_der(&der).map_err(|_| ILLEGGIBILE)?;
    if !resto.is_empty() {
        return Err(ILLEGGIBILE);
    }
    let validita = certificato.validity();
    if !(validita.not_before.timestamp()..=validita.not_after.timestamp()).contains(&adesso.timestamp()) {
        return Err("Certificato scaduto o non ancora valido");
    }
    rdn(certificato.subject()).ok_or("Certificato senza soggetto")
}

fn rdn(nome: &X509Name<'_>) -> Option<Soggetto> {
    let mut coppie = Vec::new();
    for attributo in nome.iter_attributes() {
        let tipo = attributo.attr_type();
        let nome = oid2abbrev(tipo, oid_registry()).map_or_else(|_| tipo.to_id_string(), str::to_owned);
        coppie.push((nome, attributo.as_str().ok()?));
    }
    Soggetto::da_rdn(coppie.iter().map(|(n, v)| (n.as_str(), *v)))
}

/// Undoes what the proxy did, in its order: URL encoding, replaced characters, base64 around the whole. What comes out is PEM or DER.
fn der(valore: &str, come: &CertificatoInHeader) -> Option<Vec<u8>> {
    let mut testo = valore.to_owned();
    if come.url_decode {
        testo = percent_decode_str(&testo).decode_utf8().ok()?.into_owned();
    }
    if let Some((da, a)) = &come.sostituzione {
        testo = testo.replace(da.as_str(), a);
    }
    if testo.contains(INIZIO) {
        return pem(&testo);
    }
    if !come.base64_decode {
        return None;
    }
    let byte = base64(&testo)?;
    match std::str::from_utf8(&byte) {
        Ok(interno) if interno.contains(INIZIO) => pem(interno),
        _ => Some(byte),
    }
}

/// The first certificate of a PEM text, whose line ends may have become spaces or tabs on the way.
fn pem(testo: &str) -> Option<Vec<u8>> {
    let (_, dopo) = testo.split_once(INIZIO)?;
    base64(dopo.split_once(FINE)?.0)
}

fn base64(testo: &str) -> Option<Vec<u8>> {
    let compatto: String = testo.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(compatto).ok().filter(|b| !b.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn come(url_decode: bool, base64_decode: bool, sostituzione: Option<(&str, &str)>) -> CertificatoInHeader {
        let sostituzione = sostituzione.map(|(a, b)| (a.to_owned(), b.to_owned()));
        CertificatoInHeader { header: HeaderName::from_static("x"), url_decode, base64_decode, sostituzione }
    }

    fn certificato() -> (String, Vec<u8>) {
        let mut p = CertificateParams::new(Vec::new()).expect("parametri");
        p.distinguished_name.push(DnType::CommonName, "Gestionale");
        p.distinguished_name.push(DnType::OrganizationName, "Comune di Prova");
        (p.not_before, p.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2027, 1, 1));
        let c = p.self_signed(&KeyPair::generate().expect("chiave")).expect("certificato");
        (c.pem(), c.der().to_vec())
    }

    fn il(giorno: &str) -> DateTime<Utc> {
        format!("{giorno}T12:00:00Z").parse().expect("istante")
    }

    #[test]
    fn ogni_scrittura_del_proxy_si_legge() {
        let (pem, der) = certificato();
        let atteso = Soggetto::leggi("O=Comune di Prova, CN=Gestionale").expect("soggetto");
        let codificato: String = pem.bytes().map(|b| format!("%{b:02X}")).collect();
        let casi = [
            (codificato, come(true, false, None)),
            (STANDARD.encode(&pem), come(true, true, None)),
            (STANDARD.encode(&der), come(false, true, None)),
            (pem.replace('\n', "\t"), come(false, false, Some(("\t", "\n")))),
            (pem.replace('\n', " "), come(false, false, None)),
            (pem.replace('\n', "|"), come(false, true, Some(("|", "\n")))),
        ];
        for (valore, come) in casi {
            assert_eq!(soggetto(&valore, &come, il("2026-11-22")).as_ref(), Ok(&atteso), "{come:?}");
        }
    }

    #[test]
    fn scaduto_o_storto_e_rifiutato() {
        let (pem, der) = certificato();
        let come = come(false, true, None);
        for giorno in ["2025-12-31", "2027-01-02"] {
            assert_eq!(soggetto(&pem, &come, il(giorno)), Err("Certificato scaduto o non ancora valido"));
        }
        let tagliato = STANDARD.encode(&der[..der.len() - 1]);
        let con_coda = STANDARD.encode([der.as_slice(), b"x"].concat());
        for storto in ["", "-", "CN=Gestionale", INIZIO, "%FF", &tagliato, &con_coda, &pem[..200]] {
            assert_eq!(soggetto(storto, &come, il("2026-11-22")), Err(ILLEGGIBILE), "{storto}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nessun_valore_fa_cadere_la_lettura(valore in "\\PC*", url in proptest::bool::ANY) {
            let _ = soggetto(&valore, &come(url, true, None), il("2026-11-22"));
        }

        #[test]
        fn nessun_der_fa_cadere_la_lettura(byte in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = soggetto(&STANDARD.encode(byte), &come(false, true, None), il("2026-11-22"));
        }
    }
}
