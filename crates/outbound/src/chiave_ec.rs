//! Keys on elliptic curves as Java writes them: without their public half, which `ring` wants beside the private one. The certificate has it.

use rustls_pki_types::PrivatePkcs8KeyDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::der::parse_der;
use x509_parser::prelude::FromDer;

const SEQUENZA: u8 = 0x30;
const INTERO: u8 = 0x02;
const BYTE: u8 = 0x04;
const BIT: u8 = 0x03;
/// `[1]`, the public key inside an ECPrivateKey (RFC 5915).
const PUBBLICA: u8 = 0xa1;

/// The same key with the public half of `certificato`. `None` if one of the two is not of this kind; whether they belong together is for who uses them.
pub(crate) fn completa(pkcs8: &[u8], certificato: &[u8]) -> Option<PrivatePkcs8KeyDer<'static>> {
    let (_, esterna) = parse_der(pkcs8).ok()?;
    let (_, interna) = parse_der(esterna.as_sequence().ok()?.get(2)?.as_slice().ok()?).ok()?;
    let privata = interna.as_sequence().ok()?.get(1)?.as_slice().ok()?;
    let (_, certificato) = X509Certificate::from_der(certificato).ok()?;
    let chiave = certificato.public_key();
    let curva = chiave.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let algoritmo = scritto(SEQUENZA, &[scritto(0x06, chiave.algorithm.algorithm.as_bytes()), scritto(0x06, curva.as_bytes())].concat());
    let pubblica = scritto(BIT, &[&[0], chiave.subject_public_key.data.as_ref()].concat());
    let interna = scritto(SEQUENZA, &[scritto(INTERO, &[1]), scritto(BYTE, privata), scritto(PUBBLICA, &pubblica)].concat());
    Some(scritto(SEQUENZA, &[scritto(INTERO, &[0]), algoritmo, scritto(BYTE, &interna)].concat()).into())
}

/// DER: tag, length, content. Keys are short: two bytes of length are enough.
fn scritto(tag: u8, contenuto: &[u8]) -> Vec<u8> {
    let [alto, basso] = (contenuto.len() as u16).to_be_bytes();
    let lunghezza = match contenuto.len() {
        0..0x80 => vec![basso],
        0x80..0x100 => vec![0x81, basso],
        _ => vec![0x82, alto, basso],
    };
    [vec![tag], lunghezza, contenuto.to_vec()].concat()
}
