//! The marca da bollo that comes back with a receipt: its shape, its signature, and what it says against what was asked (spec/4 section 1.9, PSRT-10).

mod albero;
mod canonica;
mod firma;

use chrono::{DateTime, NaiveDateTime};
use codici::Importo;

use albero::Elemento;

const NS_MARCA: &str = "http://www.agenziaentrate.gov.it/2014/MarcaDaBollo";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const TIPO: &str = "01";
/// Children of the root in the order of MarcaDaBollo.xsd.
const ELEMENTI: [&str; 7] = ["PSP", "IUBD", "OraAcquisto", "Importo", "TipoBollo", "ImprontaDocumento", "Signature"];
/// Bytes that are looked at: with its certificates a marca has some thousands.
const BYTE_MAX: usize = 256 * 1024;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Controllo {
    pub iubd: Option<String>,
    /// The first thing that does not hold, in Italian and without values of the document; `None`: it is good.
    pub difetto: Option<String>,
}

/// `hash_documento`: what the request asked to stamp, in base64, when it is known. `importo`: of the transfer.
#[must_use]
pub fn controlla(xml: &[u8], hash_documento: Option<&str>, importo: Importo) -> Controllo {
    if xml.len() > BYTE_MAX {
        return Controllo { iubd: None, difetto: Some(format!("e' piu' lunga di {BYTE_MAX} byte")) };
    }
    let documento = match albero::leggi(xml) {
        Ok(documento) => documento,
        Err(difetto) => return Controllo { iubd: None, difetto: Some(difetto) },
    };
    let iubd = documento.figlio("IUBD").map(|e| e.testo().trim().to_owned()).filter(|t| !t.is_empty());
    Controllo { iubd, difetto: difetto(&documento, hash_documento, importo).err() }
}

fn difetto(m: &Elemento, hash_documento: Option<&str>, importo: Importo) -> Result<(), String> {
    let quando = forma(m)?;
    let testo = |nome: &str| m.figlio(nome).map(|e| e.testo().trim().to_owned()).unwrap_or_default();
    if testo("TipoBollo") != TIPO {
        return Err("il tipo di bollo non e' 01".to_owned());
    }
    if Importo::leggi(&testo("Importo")).ok() != Some(importo) {
        return Err("l'importo non e' quello del trasferimento".to_owned());
    }
    let impronta = m.figlio("ImprontaDocumento").and_then(|i| i.figlio("DigestValue")).map(Elemento::testo).unwrap_or_default();
    let impronta = firma::base64(&impronta)?;
    match hash_documento.map(firma::base64) {
        Some(Ok(chiesta)) if chiesta == impronta => {}
        Some(_) => return Err("l'impronta non e' quella del documento".to_owned()),
        None => return Err("nessun documento aspettava una marca".to_owned()),
    }
    let firma = m.figlio("Signature").ok_or("manca la firma")?;
    firma::verifica(m, firma, quando)
}

/// The rules of the schema. Gives the moment of purchase, in seconds.
fn forma(m: &Elemento) -> Result<i64, String> {
    if m.nome != "marcaDaBollo" || m.spazio != NS_MARCA {
        return Err("l'elemento non e' marcaDaBollo".to_owned());
    }
    let nomi: Vec<&str> = m.elementi().map(|e| e.nome.as_str()).collect();
    if nomi != ELEMENTI || m.elementi().any(|e| e.spazio != if e.nome == "Signature" { firma::NS_FIRMA } else { NS_MARCA }) {
        return Err("gli elementi non sono quelli dello schema".to_owned());
    }
    let pieno = |padre: Option<&Elemento>, nome: &str| padre.and_then(|p| p.figlio(nome)).is_some_and(|e| !e.testo().is_empty());
    let psp = m.figlio("PSP");
    if !(pieno(psp, "CodiceFiscale") && pieno(psp, "Denominazione") && pieno(Some(m), "IUBD")) {
        return Err("manca il PSP o lo IUBD".to_owned());
    }
    let metodo = m.figlio("ImprontaDocumento").and_then(|i| i.figlio("DigestMethod")).and_then(|d| d.attributo("Algorithm"));
    if metodo != Some(SHA256) {
        return Err("l'impronta non e' SHA-256".to_owned());
    }
    let ora = m.figlio("OraAcquisto").map(|e| e.testo().trim().to_owned()).unwrap_or_default();
    let istante = DateTime::parse_from_rfc3339(&ora).map(|d| d.timestamp());
    let istante = istante.or_else(|_| NaiveDateTime::parse_from_str(&ora, "%Y-%m-%dT%H:%M:%S%.f").map(|d| d.and_utc().timestamp()));
    istante.map_err(|_| "l'ora di acquisto non e' una data".to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use ring::digest;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};

    use super::*;

    const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    const ESCLUSIVA: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

    fn impronta(byte: &[u8]) -> String {
        STANDARD.encode(digest::digest(&digest::SHA256, byte))
    }

    fn hash() -> String {
        impronta(b"il documento")
    }

    fn importo() -> Importo {
        Importo::da_cent(1600)
    }

    /// A marca signed as the recommendation says. It is written in its canonical form, so that nothing here knows how to make one.
    fn firmata(forma: &str, corpo: &str) -> String {
        let casuale = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &casuale).expect("chiave");
        let chiave = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &casuale).expect("chiave");
        let per_certificato = rcgen::KeyPair::try_from(pkcs8.as_ref()).expect("chiave");
        let certificato = rcgen::CertificateParams::new(vec!["psp.example".to_owned()]).expect("nome").self_signed(&per_certificato).expect("certificato");
        let radice = format!(r#"<marcaDaBollo xmlns="{NS_MARCA}">"#);
        let senza_firma = format!("{radice}{corpo}</marcaDaBollo>");
        let interno = |spazi: &str| {
            format!(
                r#"<ds:SignedInfo{spazi}><ds:CanonicalizationMethod Algorithm="{forma}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></ds:SignatureMethod><ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{INCORPORATA}"></ds:Transform><ds:Transform Algorithm="{forma}"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>"#,
                impronta(senza_firma.as_bytes())
            )
        };
        let ds = format!(r#" xmlns:ds="{}""#, firma::NS_FIRMA);
        // What is in scope where SignedInfo stands, in the order of the canonical form.
        let spazi = if forma == C14N { format!(r#" xmlns="{NS_MARCA}"{ds}"#) } else { ds.clone() };
        let valore = STANDARD.encode(chiave.sign(&casuale, interno(&spazi).as_bytes()).expect("firmata"));
        let cert = STANDARD.encode(certificato.der());
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>{radice}{corpo}<ds:Signature{ds}>{}<ds:SignatureValue>{valore}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{cert}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></marcaDaBollo>"#,
            interno("")
        )
    }

    const INCORPORATA: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

    fn corpo(cent: &str, ora: &str) -> String {
        format!(
            r#"<PSP><CodiceFiscale>12345678901</CodiceFiscale><Denominazione>Banca &amp; C.</Denominazione></PSP><IUBD>01234567890123</IUBD><OraAcquisto>{ora}</OraAcquisto><Importo>{cent}</Importo><TipoBollo>01</TipoBollo><ImprontaDocumento><DigestMethod Algorithm="{SHA256}"></DigestMethod><ds:DigestValue xmlns:ds="{}">{}</ds:DigestValue></ImprontaDocumento>"#,
            firma::NS_FIRMA,
            hash()
        )
    }

    fn buona(forma: &str) -> String {
        firmata(forma, &corpo("16.00", "2026-11-20T10:00:00+01:00"))
    }

    fn difetto_di(xml: &str) -> Option<String> {
        controlla(xml.as_bytes(), Some(&hash()), importo()).difetto
    }

    #[test]
    fn una_marca_firmata_nelle_due_forme_e_buona() {
        for forma in [C14N, ESCLUSIVA] {
            let buona = Controllo { iubd: Some("01234567890123".to_owned()), difetto: None };
            assert_eq!(controlla(super::tests::buona(forma).as_bytes(), Some(&hash()), importo()), buona, "{forma}");
        }
    }

    #[test]
    fn cio_che_si_tocca_dopo_la_firma_si_vede() {
        let buona = buona(C14N);
        for (da, a, difetto) in [
            ("Banca &amp; C.", "Banca", "il documento non e' quello firmato"),
            ("01234567890123", "01234567890124", "il documento non e' quello firmato"),
            ("<ds:Reference URI=\"\">", "<ds:Reference URI=\"#altro\">", "la firma si riferisce a cio' che non c'e'"),
            ("ecdsa-sha256", "hmac-sha256", "la firma usa un algoritmo che non accettiamo"),
            ("<ds:KeyInfo>", "<ds:Altro>", "XML non ben formato"),
            ("<Importo>16.00", "<Importo>17.00", "l'importo non e' quello del trasferimento"),
            ("<TipoBollo>01", "<TipoBollo>02", "il tipo di bollo non e' 01"),
            ("<IUBD>01234567890123</IUBD>", "", "gli elementi non sono quelli dello schema"),
            ("2026-11-20T10", "ieri", "l'ora di acquisto non e' una data"),
            (NS_MARCA, "urn:altro", "l'elemento non e' marcaDaBollo"),
        ] {
            assert_eq!(difetto_di(&buona.replace(da, a)).as_deref(), Some(difetto), "{da}");
        }
        // The digest of the reference is made to agree, not the value.
        let (corpo_buono, corpo_falso) = (corpo("16.00", "2026-11-20T10:00:00+01:00"), corpo("16.00", "2026-11-21T10:00:00+01:00"));
        let impronta_di = |c: &str| impronta(format!(r#"<marcaDaBollo xmlns="{NS_MARCA}">{c}</marcaDaBollo>"#).as_bytes());
        let falsa = buona.replace(&corpo_buono, &corpo_falso).replace(&impronta_di(&corpo_buono), &impronta_di(&corpo_falso));
        assert_eq!(difetto_di(&falsa).as_deref(), Some("il valore della firma non corrisponde"));
        let di_altri = controlla(buona.as_bytes(), Some(&impronta(b"un altro documento")), importo());
        assert_eq!(di_altri.difetto.as_deref(), Some("l'impronta non e' quella del documento"));
        assert_eq!(controlla(buona.as_bytes(), None, importo()).difetto.as_deref(), Some("nessun documento aspettava una marca"));
        let di_domani = firmata(C14N, &corpo("16.00", "1960-11-20T10:00:00"));
        assert_eq!(difetto_di(&di_domani).as_deref(), Some("il certificato della firma non era valido all'acquisto"));
    }

    #[test]
    fn cio_che_non_e_una_marca_ha_il_suo_perche_e_non_fa_danni() {
        for (xml, difetto) in [
            ("", "XML non ben formato"),
            ("<html/>", "l'elemento non e' marcaDaBollo"),
            ("<!DOCTYPE a []><a/>", "DOCTYPE non ammesso"),
            ("<a>&x;</a>", "entita' non ammessa"),
            ("<p:a/>", "prefisso non dichiarato"),
        ] {
            assert_eq!(difetto_di(xml).as_deref(), Some(difetto), "{xml}");
        }
        assert!(difetto_di(&"<a>".repeat(100_000)).is_some());
        assert_eq!(controlla(b"\xff\xfe<a/>", None, importo()).difetto.as_deref(), Some("byte che non sono UTF-8"));
        let buona = buona(ESCLUSIVA);
        for fino in 0..buona.len() {
            assert!(controlla(&buona.as_bytes()[..fino], Some(&hash()), importo()).difetto.is_some(), "{fino}");
        }
    }
}
