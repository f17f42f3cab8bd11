//! Connections with certificates of ours, and with authorities of our choice.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use outbound::{ARCHIVIO_BYTE_MAX, Archivio, Autenticazione, Certificati, Chiamata, Cliente, ErroreChiamata, Indirizzo, Metodo};
use p12_keystore::{Certificate as CertificatoP12, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::chiamate::cliente;

const PASSWORD: &str = "parola-chiave";

struct Autorita {
    pem: String,
    der: CertificateDer<'static>,
    emette: Issuer<'static, KeyPair>,
}

struct Rilasciato {
    pem: String,
    der: CertificateDer<'static>,
    chiave: KeyPair,
}

impl Autorita {
    fn nuova(nome: &str) -> Self {
        let chiave = KeyPair::generate().expect("chiave");
        let mut parametri = CertificateParams::default();
        parametri.distinguished_name.push(DnType::CommonName, nome);
        parametri.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificato = parametri.self_signed(&chiave).expect("autorita'");
        Self { pem: certificato.pem(), der: certificato.der().clone(), emette: Issuer::new(parametri, chiave) }
    }

    fn rilascia(&self, nome: &str) -> Rilasciato {
        let chiave = KeyPair::generate().expect("chiave");
        let mut parametri = CertificateParams::new(vec!["localhost".to_owned()]).expect("parametri");
        parametri.distinguished_name.push(DnType::CommonName, nome);
        let certificato = parametri.signed_by(&chiave, &self.emette).expect("certificato");
        Rilasciato { pem: certificato.pem(), der: certificato.der().clone(), chiave }
    }
}

impl Rilasciato {
    fn chiave_der(&self) -> Vec<u8> {
        self.chiave.serialize_der()
    }

    fn p12(&self) -> Vec<u8> {
        let chiave = PrivateKey::from_der(&self.chiave_der()).expect("chiave");
        let certificato = CertificatoP12::from_der(&self.der).expect("certificato");
        let mut archivio = KeyStore::new();
        archivio.add_entry("fiorino", KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new("1", chiave, [certificato])));
        archivio.writer(PASSWORD).encryption_iterations(10).mac_iterations(10).write().expect("p12")
    }
}

/// A TLS server that answers 200 to who has a certificate of `clienti`, or to anybody.
async fn server(del_server: &Rilasciato, clienti: Option<&Autorita>) -> Chiamata {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versioni = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().expect("versioni");
    let chi = match clienti {
        None => versioni.with_no_client_auth(),
        Some(autorita) => {
            let mut fidati = RootCertStore::empty();
            fidati.add(autorita.der.clone()).expect("autorita'");
            versioni.with_client_cert_verifier(WebPkiClientVerifier::builder_with_provider(Arc::new(fidati), provider).build().expect("verifica"))
        }
    };
    let chiave = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(del_server.chiave_der()));
    let accetta = TlsAcceptor::from(Arc::new(chi.with_single_cert(vec![del_server.der.clone()], chiave).expect("server")));
    let ascolto = TcpListener::bind("127.0.0.1:0").await.expect("porta");
    let porta = ascolto.local_addr().expect("indirizzo").port();
    tokio::spawn(async move {
        loop {
            let (presa, _) = ascolto.accept().await.expect("connessione");
            let accetta = accetta.clone();
            tokio::spawn(async move {
                let Ok(mut presa) = accetta.accept(presa).await else { return };
                let mut buffer = [0; 4096];
                while presa.read(&mut buffer).await.is_ok_and(|n| n > 0) {
                    let _ = presa.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                    let _ = presa.flush().await;
                }
            });
        }
    });
    let indirizzo = Indirizzo::leggi(&format!("https://localhost:{porta}")).expect("url");
    Chiamata { metodo: Metodo::GET, indirizzo, intestazioni: Vec::new(), corpo: None, autenticazione: Autenticazione::Nessuna, entro: None }
}

fn archivio(cartella: &TempDir, nome: &str, contenuto: impl AsRef<[u8]>) -> Archivio {
    let percorso = cartella.path().join(nome);
    fs::write(&percorso, contenuto).expect("scritto");
    Archivio { percorso, password: PASSWORD.to_owned() }
}

fn con(chiamata: &Chiamata, chiavi: Option<&Archivio>, fiducia: &Archivio) -> Chiamata {
    let certificati = Certificati { chiavi: chiavi.cloned(), fiducia: fiducia.clone() };
    Chiamata { autenticazione: Autenticazione::Certificati(certificati), ..chiamata.clone() }
}

fn non_riuscita(esito: Result<u16, ErroreChiamata>, parte: &str) {
    match esito {
        Err(ErroreChiamata::Altro { motivo, .. }) if motivo.contains(parte) => {}
        altro => panic!("atteso un errore con «{parte}», trovato {altro:?}"),
    }
}

#[tokio::test]
async fn si_crede_solo_alle_autorita_configurate() {
    let (cartella, buona, altra) = (tempfile::tempdir().expect("cartella"), Autorita::nuova("buona"), Autorita::nuova("altra"));
    let chiamata = server(&buona.rilascia("server"), None).await;
    let cliente = cliente();
    non_riuscita(cliente.stato(chiamata.clone()).await, "UnknownIssuer");
    assert_eq!(cliente.stato(con(&chiamata, None, &archivio(&cartella, "buona.pem", &buona.pem))).await, Ok(200));
    non_riuscita(cliente.stato(con(&chiamata, None, &archivio(&cartella, "altra.pem", &altra.pem))).await, "invalid peer certificate");
    let insieme = archivio(&cartella, "insieme.pem", format!("commento\n{}{}", altra.pem, buona.pem));
    assert_eq!(cliente.stato(con(&chiamata, None, &insieme)).await, Ok(200));
}

#[tokio::test]
async fn ci_si_presenta_con_il_proprio_certificato_in_pem_e_in_pkcs12() {
    let (cartella, autorita, altra) = (tempfile::tempdir().expect("cartella"), Autorita::nuova("server"), Autorita::nuova("clienti"));
    let chiamata = server(&autorita.rilascia("server"), Some(&altra)).await;
    let fiducia = archivio(&cartella, "fiducia.pem", &autorita.pem);
    let (nostro, estraneo) = (altra.rilascia("fiorino"), autorita.rilascia("fiorino"));
    let pem = |r: &Rilasciato| format!("{}{}", r.pem, r.chiave.serialize_pem());
    let cliente = cliente();
    for (nome, contenuto) in [("nostro.pem", pem(&nostro).into_bytes()), ("nostro.jks", nostro.p12())] {
        let chiavi = archivio(&cartella, nome, contenuto);
        assert_eq!(cliente.stato(con(&chiamata, Some(&chiavi), &fiducia)).await, Ok(200), "{nome}");
    }
    let chiavi = archivio(&cartella, "estraneo.pem", pem(&estraneo));
    for esito in [cliente.stato(con(&chiamata, Some(&chiavi), &fiducia)).await, cliente.stato(con(&chiamata, None, &fiducia)).await] {
        assert!(matches!(esito, Err(ErroreChiamata::Altro { .. })), "{esito:?}");
    }
}

#[tokio::test]
async fn un_certificato_rinnovato_si_rilegge_senza_riavviare() {
    let (cartella, autorita, altra) = (tempfile::tempdir().expect("cartella"), Autorita::nuova("server"), Autorita::nuova("clienti"));
    let chiamata = server(&autorita.rilascia("server"), Some(&altra)).await;
    let fiducia = archivio(&cartella, "fiducia.pem", &autorita.pem);
    let chiavi = archivio(&cartella, "chiavi.p12", autorita.rilascia("vecchio certificato di un'altra autorita'").p12());
    let cliente = cliente();
    assert!(cliente.stato(con(&chiamata, Some(&chiavi), &fiducia)).await.is_err());
    archivio(&cartella, "chiavi.p12", altra.rilascia("nuovo").p12());
    assert_eq!(cliente.stato(con(&chiamata, Some(&chiavi), &fiducia)).await, Ok(200));
}

fn di_prova(nome: &str, password: &str) -> Archivio {
    Archivio { percorso: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archivi").join(nome), password: password.to_owned() }
}

/// What became of archives that are read before anybody is called: nobody answers on that port.
async fn letti(cliente: &Cliente, chiavi: Option<Archivio>, fiducia: Archivio) -> Result<(), String> {
    let indirizzo = Indirizzo::leggi("https://127.0.0.1:9").expect("url");
    let autenticazione = Autenticazione::Certificati(Certificati { chiavi, fiducia });
    let chiamata = Chiamata { metodo: Metodo::GET, indirizzo, intestazioni: Vec::new(), corpo: None, autenticazione, entro: None };
    match cliente.stato(chiamata).await {
        Err(ErroreChiamata::ConnessioneRifiutata { .. }) => Ok(()),
        Err(ErroreChiamata::Certificati { motivo }) => Err(motivo),
        altro => panic!("{altro:?}"),
    }
}

#[tokio::test]
async fn si_leggono_gli_archivi_che_scrivono_keytool_e_openssl() {
    let cliente = cliente();
    for chiavi in ["keytool.p12", "keytool-vecchio.p12", "openssl.p12"] {
        for fiducia in ["keytool-fiducia.p12", "openssl-fiducia.p12"] {
            assert_eq!(letti(&cliente, Some(di_prova(chiavi, PASSWORD)), di_prova(fiducia, PASSWORD)).await, Ok(()), "{chiavi} {fiducia}");
        }
    }
}

#[tokio::test]
async fn di_un_archivio_che_non_si_usa_si_dice_perche_e_non_dove_sta() {
    let (cliente, cartella) = (cliente(), tempfile::tempdir().expect("cartella"));
    let autorita = Autorita::nuova("una");
    let buona = archivio(&cartella, "buona.pem", &autorita.pem);
    let fiducia = "l'archivio dei certificati fidati ";
    for (archivio, motivo) in [
        (Archivio { percorso: PathBuf::from("/manca/segreto"), password: String::new() }, "non e' leggibile (entity not found)"),
        (Archivio { percorso: cartella.path().to_owned(), password: String::new() }, "non e' un file"),
        (Archivio { percorso: PathBuf::from("/dev/zero"), password: String::new() }, "non e' un file"),
        (archivio(&cartella, "vuoto", ""), "non e' ne' PEM ne' PKCS#12"),
        (archivio(&cartella, "enorme", vec![b'x'; ARCHIVIO_BYTE_MAX as usize + 1]), "supera 1048576 byte"),
        (archivio(&cartella, "chiave.pem", autorita.rilascia("x").chiave.serialize_pem()), "non ha certificati"),
        (archivio(&cartella, "guasto.pem", "-----BEGIN CERTIFICATE-----\nnon base64!\n-----END CERTIFICATE-----\n"), "ha un certificato PEM che non si legge"),
        (di_prova("keytool-fiducia.p12", "sbagliata"), "non si apre: la password e' errata, o il file non e' un PKCS#12 integro"),
    ] {
        assert_eq!(letti(&cliente, None, archivio).await, Err(format!("{fiducia}{motivo}")));
    }
    let jks = letti(&cliente, None, di_prova("keytool.jks", PASSWORD)).await.expect_err("jks");
    assert!(jks.contains("e' in formato JKS") && jks.contains("-deststoretype pkcs12"), "{jks}");

    let chiavi = "l'archivio delle chiavi ";
    for (archivio, motivo) in [
        (archivio(&cartella, "solo-certificato.pem", &autorita.pem), "non ha una chiave privata in chiaro"),
        (di_prova("openssl-fiducia.p12", PASSWORD), "non ha una chiave privata"),
    ] {
        assert_eq!(letti(&cliente, Some(archivio), buona.clone()).await, Err(format!("{chiavi}{motivo}")));
    }
    let (una, altra) = (autorita.rilascia("una"), autorita.rilascia("altra"));
    let spaiati = archivio(&cartella, "spaiati.pem", format!("{}{}", una.pem, altra.chiave.serialize_pem()));
    let motivo = letti(&cliente, Some(spaiati), buona).await.expect_err("spaiati");
    assert!(motivo.starts_with("l'archivio delle chiavi ha una chiave che non si puo' usare"), "{motivo}");
}

/// One byte changed anywhere: read or refused, never a panic.
#[tokio::test]
async fn un_archivio_guastato_non_fa_panico() {
    let (cliente, cartella) = (cliente(), tempfile::tempdir().expect("cartella"));
    let autorita = Autorita::nuova("una");
    let (buono, fiducia) = (autorita.rilascia("x").p12(), archivio(&cartella, "fiducia.pem", &autorita.pem));
    for (posizione, nome) in (0..buono.len()).step_by(7).zip(0..) {
        for guasto in [0x00, 0xff, 0x80] {
            let mut byte = buono.clone();
            byte[posizione] ^= guasto | 1;
            let chiavi = archivio(&cartella, &format!("{nome}-{guasto}.p12"), &byte);
            let esito = letti(&cliente, Some(chiavi), fiducia.clone()).await;
            assert!(!esito.is_err_and(|e| e.contains("interrotta")), "posizione {posizione}");
        }
    }
}
