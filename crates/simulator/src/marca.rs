//! The document that @e.bollo returns, signed for real with a key of this run.
//!
//! It is written in its canonical form from the beginning, so that what is signed is a piece of what is sent.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codici::Importo;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

use crate::messaggi::DatiRicevuta;
use crate::xml::scrivi_testo;

const MARCA: &str = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo";
const FIRMA: &str = "http://www.w3.org/2000/09/xmldsig#";
const CANONICA: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const IMPRONTA: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// Who stamps: a key and its certificate, in base64. `None` where the system gives no random numbers.
fn timbro() -> Option<&'static (EcdsaKeyPair, String)> {
    static TIMBRO: OnceLock<Option<(EcdsaKeyPair, String)>> = OnceLock::new();
    let fai = || {
        let casuale = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &casuale).ok()?;
        let chiave = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &casuale).ok()?;
        let per_certificato = rcgen::KeyPair::try_from(pkcs8.as_ref()).ok()?;
        let certificato = rcgen::CertificateParams::new(vec!["bollo.simulatore.example".to_owned()]).ok()?.self_signed(&per_certificato).ok()?;
        Some((chiave, STANDARD.encode(certificato.der())))
    };
    TIMBRO.get_or_init(fai).as_ref()
}

pub(crate) fn marca_da_bollo(importo: Importo, hash: &str, tipo: &str, r: &DatiRicevuta) -> String {
    let iubd = r.receipt_id.chars().filter(char::is_ascii_digit).take(14).collect::<String>();
    let radice = format!("<marcaDaBollo xmlns=\"{MARCA}\" xmlns:ds=\"{FIRMA}\">");
    let corpo = format!(
        "<PSP><CodiceFiscale>{cf}</CodiceFiscale><Denominazione>{nome}</Denominazione></PSP><IUBD>{iubd:0>14}</IUBD><OraAcquisto>{ora}</OraAcquisto>\
         <Importo>{importo}</Importo><TipoBollo>{tipo}</TipoBollo><ImprontaDocumento><DigestMethod Algorithm=\"{IMPRONTA}\"></DigestMethod>\
         <ds:DigestValue>{hash}</ds:DigestValue></ImprontaDocumento>",
        cf = scrivi_testo(&r.psp.codice_fiscale),
        nome = scrivi_testo(&r.psp.denominazione),
        ora = r.data_pagamento,
        tipo = scrivi_testo(tipo),
        hash = scrivi_testo(hash),
    );
    let riferimento = STANDARD.encode(digest(&SHA256, format!("{radice}{corpo}</marcaDaBollo>").as_bytes()));
    let interno = |spazi: &str| {
        format!(
            "<ds:SignedInfo{spazi}><ds:CanonicalizationMethod Algorithm=\"{CANONICA}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod><ds:Reference URI=\"\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{IMPRONTA}\"></ds:DigestMethod><ds:DigestValue>{riferimento}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        )
    };
    // Alone, it has the declarations of where it stands.
    let firmato = interno(&format!(" xmlns=\"{MARCA}\" xmlns:ds=\"{FIRMA}\""));
    let (valore, certificato) = timbro().map_or_else(Default::default, |(chiave, certificato)| {
        let valore = chiave.sign(&SystemRandom::new(), firmato.as_bytes()).map(|v| STANDARD.encode(v)).unwrap_or_default();
        (valore, certificato.clone())
    });
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>{radice}{corpo}<ds:Signature>{}<ds:SignatureValue>{valore}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificato}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></marcaDaBollo>",
        interno("")
    )
}
