//! The XML signature of a marca da bollo: every reference, then the value, with the key of the certificate that it carries.
//!
//! That the certificate is of somebody who may sign is not known here: pagoPA publishes no list.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::time::ASN1Time;

use super::albero::Elemento;
use super::canonica::{self, Forma};

pub const NS_FIRMA: &str = "http://www.w3.org/2000/09/xmldsig#";
const INCORPORATA: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// References of one signature: the document, and the properties of who signs.
const RIFERIMENTI_MAX: usize = 8;
const PROFONDITA_MAX: usize = 32;

type Esito<T> = Result<T, String>;

/// # Errors
/// The first thing that is not as signed.
pub fn verifica(documento: &Elemento, firma: &Elemento, quando: i64) -> Esito<()> {
    let info = deve(firma, "SignedInfo")?;
    let riferimenti: Vec<&Elemento> = info.elementi().filter(|e| e.nome == "Reference").take(RIFERIMENTI_MAX + 1).collect();
    if riferimenti.len() > RIFERIMENTI_MAX {
        return Err(format!("la firma ha piu' di {RIFERIMENTI_MAX} riferimenti"));
    }
    let mut tutto = false;
    for riferimento in riferimenti {
        tutto |= intatto(documento, firma, riferimento)?;
    }
    if !tutto {
        return Err("la firma non copre il documento".to_owned());
    }
    let forma = forma_di(deve(info, "CanonicalizationMethod")?)?;
    let firmato = canonica::scrivi(&[documento, firma], info, &forma, None);
    let valore = base64(&deve(firma, "SignatureValue")?.testo())?;
    let certificato = firma.figlio("KeyInfo").and_then(|k| k.figlio("X509Data")).and_then(|x| x.figlio("X509Certificate"));
    let der = base64(&certificato.ok_or("la firma non porta un certificato")?.testo())?;
    let (_, certificato) = X509Certificate::from_der(&der).map_err(|_| "il certificato della firma non si legge".to_owned())?;
    let metodo = algoritmo(deve(info, "SignatureMethod")?)?;
    let chiave = UnparsedPublicKey::new(di_firma(metodo)?, certificato.public_key().subject_public_key.data.as_ref());
    chiave.verify(firmato.as_bytes(), &valore).map_err(|_| "il valore della firma non corrisponde".to_owned())?;
    let valido = ASN1Time::from_timestamp(quando).is_ok_and(|q| certificato.validity().is_valid_at(q));
    if valido { Ok(()) } else { Err("il certificato della firma non era valido all'acquisto".to_owned()) }
}

/// True when the reference is to the whole document.
fn intatto(documento: &Elemento, firma: &Elemento, riferimento: &Elemento) -> Esito<bool> {
    let uri = riferimento.attributo("URI").unwrap_or_default();
    let mut percorso = Vec::new();
    if let Some(id) = uri.strip_prefix('#') {
        cerca(documento, id, &mut percorso);
    } else if uri.is_empty() {
        percorso.push(documento);
    }
    let Some((e, antenati)) = percorso.split_last() else { return Err("la firma si riferisce a cio' che non c'e'".to_owned()) };
    let (mut forma, mut senza) = (Forma::Inclusiva, None);
    for passo in riferimento.figlio("Transforms").into_iter().flat_map(Elemento::elementi) {
        if algoritmo(passo)? == INCORPORATA {
            senza = Some(firma);
        } else {
            forma = forma_di(passo)?;
        }
    }
    let scritto = canonica::scrivi(antenati, e, &forma, senza);
    let impronta = digest::digest(di_impronta(algoritmo(deve(riferimento, "DigestMethod")?)?)?, scritto.as_bytes());
    if base64(&deve(riferimento, "DigestValue")?.testo())? != impronta.as_ref() {
        return Err("il documento non e' quello firmato".to_owned());
    }
    Ok(std::ptr::eq(*e, documento))
}

/// The way from the root to the element of this Id, both included. Empty when there is none.
fn cerca<'a>(e: &'a Elemento, id: &str, percorso: &mut Vec<&'a Elemento>) -> bool {
    if percorso.len() >= PROFONDITA_MAX {
        return false;
    }
    percorso.push(e);
    if ["Id", "ID", "id"].iter().any(|nome| e.attributo(nome) == Some(id)) || e.elementi().any(|f| cerca(f, id, percorso)) {
        return true;
    }
    percorso.pop();
    false
}

fn deve<'a>(e: &'a Elemento, nome: &str) -> Esito<&'a Elemento> {
    e.figlio(nome).filter(|f| f.spazio == NS_FIRMA).ok_or_else(|| format!("la firma non ha {nome}"))
}

fn algoritmo(e: &Elemento) -> Esito<&str> {
    e.attributo("Algorithm").ok_or_else(|| "la firma non dice un algoritmo".to_owned())
}

fn forma_di(e: &Elemento) -> Esito<Forma> {
    let prefissi = e.figlio("InclusiveNamespaces").and_then(|i| i.attributo("PrefixList")).unwrap_or_default();
    let prefissi = prefissi.split_whitespace().map(str::to_owned).collect();
    Forma::di(algoritmo(e)?, prefissi).ok_or_else(|| "la firma usa una trasformazione che non conosciamo".to_owned())
}

fn di_impronta(algoritmo: &str) -> Esito<&'static digest::Algorithm> {
    Ok(match algoritmo {
        "http://www.w3.org/2001/04/xmlenc#sha256" => &digest::SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#sha384" => &digest::SHA384,
        "http://www.w3.org/2001/04/xmlenc#sha512" => &digest::SHA512,
        _ => return Err("la firma usa un'impronta che non accettiamo".to_owned()),
    })
}

fn di_firma(algoritmo: &str) -> Esito<&'static dyn VerificationAlgorithm> {
    Ok(match algoritmo {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => &signature::ECDSA_P256_SHA256_FIXED,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => &signature::ECDSA_P384_SHA384_FIXED,
        _ => return Err("la firma usa un algoritmo che non accettiamo".to_owned()),
    })
}

pub fn base64(testo: &str) -> Esito<Vec<u8>> {
    let stretto: String = testo.split_whitespace().collect();
    STANDARD.decode(stretto).map_err(|_| "un valore della firma non e' in base64".to_owned())
}
