//! Every route by every profile that publishes it refuses whom it must, in the words of its profile (spec/1 sections 2 and 14). The routes are those of
//! the router; the page `docs/reference/diritti.md` is made from them.

use std::collections::BTreeMap;
use std::time::Duration;

use api::permessi::Richiesto;
use api::{ImpostazioniAccesso, Rotta};
use axum::http::HeaderName;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::{Acl, Applicazione, Diritto, Scrittura, Servizio, Utenza};
use domain::chiamante::{Profilo, TipoUtenza};
use gateway::accesso::oauth2::Fornitore;
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::accesso_oauth2::Firmatario;
use crate::banco::{Banco, COMMON_NAME, PASSWORD, Risposta};
use crate::su_entrambi;

/// What a caller presents in each profile.
struct Vie {
    base: String,
    firmatario: Firmatario,
    certificati: BTreeMap<String, String>,
    _fornitore: MockServer,
}

/// An applicazione that logs in by name, and its sister that does by certificate.
fn applicazione(banco: &Banco, cod: &str, abilitata: bool, diritti: &[(Servizio, Diritto)]) -> Vec<Scrittura> {
    let password_hash = banco.gateway.istantanea().attuale().utenze["LIMITATA"].password_hash.clone();
    let acl: Vec<Acl> = diritti.iter().map(|(servizio, d)| Acl { servizio: *servizio, autorizzazioni: vec![*d] }).collect();
    let una = |cod: String, principal: String| {
        let utenza = Utenza { abilitata, acl: acl.clone(), ..Utenza::piena(&principal, password_hash.clone(), &[]) };
        [Scrittura::Utenza(utenza), Scrittura::Applicazione(Applicazione::nuova(&cod, &principal))]
    };
    [una(cod.to_owned(), cod.to_owned()), una(format!("C{cod}"), format!("CN=C{cod}"))].concat()
}

fn di_certificato(profilo: Profilo) -> bool {
    matches!(profilo, Profilo::Ssl | Profilo::SslHeader)
}

impl Vie {
    async fn apri(banco: &Banco) -> Self {
        let (fornitore, firmatario) = (MockServer::start().await, Firmatario::nuovo("k1"));
        let chiavi = ResponseTemplate::new(200).set_body_json(json!({ "keys": [firmatario.jwk()] }));
        Mock::given(wiremock::matchers::method("GET")).respond_with(chiavi).mount(&fornitore).await;
        let oauth2 = Fornitore {
            jwks: outbound::Indirizzo::leggi(&fornitore.uri()).expect("indirizzo"),
            emittenti: vec!["idp".to_owned()],
            destinatari: vec!["fiorino".to_owned()],
            claim_principal: vec!["sub".to_owned()],
            tolleranza: Duration::from_secs(5),
            rilettura_min: Duration::from_secs(60),
        };
        let impostazioni = ImpostazioniAccesso {
            profili: Profilo::TUTTI.into(),
            header: (vec![HeaderName::from_static("x-principal")], Vec::new()),
            oauth2: Some(oauth2),
            ..ImpostazioniAccesso::default()
        };
        Self { base: banco.altra_porta(impostazioni, None).await, firmatario, certificati: BTreeMap::new(), _fornitore: fornitore }
    }

    fn certificato(&mut self, cod: &str) -> String {
        let nuovo = || {
            let mut p = rcgen::CertificateParams::new(Vec::new()).expect("parametri");
            p.distinguished_name = rcgen::DistinguishedName::new();
            p.distinguished_name.push(rcgen::DnType::CommonName, cod);
            STANDARD.encode(p.self_signed(&rcgen::KeyPair::generate().expect("chiave")).expect("certificato").pem())
        };
        self.certificati.entry(cod.to_owned()).or_insert_with(nuovo).clone()
    }

    /// Headers with which `cod` presents itself. `sbagliata`: with what is none of its.
    async fn presenta(&mut self, banco: &Banco, profilo: Profilo, cod: &str, sbagliata: bool) -> Vec<(&'static str, String)> {
        let password = if sbagliata { "sbagliata" } else { PASSWORD };
        let nome = if sbagliata { "NESSUNO".to_owned() } else { cod.to_owned() };
        match profilo {
            Profilo::Basic | Profilo::Form => vec![("authorization", format!("Basic {}", STANDARD.encode(format!("{cod}:{password}"))))],
            Profilo::ApiKey => vec![("x-app-id", cod.to_owned()), ("x-api-key", password.to_owned())],
            Profilo::Ssl => vec![(COMMON_NAME, nome)],
            Profilo::SslHeader => vec![("x-govpay-cert", self.certificato(&nome))],
            Profilo::Header => vec![("x-principal", nome)],
            Profilo::Spid => vec![("x-spid-fiscalnumber", nome)],
            Profilo::OAuth2 => {
                let exp = banco.gateway.adesso().timestamp() + 3_600;
                let claim = json!({ "iss": "idp", "aud": if sbagliata { "altro" } else { "fiorino" }, "sub": cod, "exp": exp });
                vec![("authorization", format!("Bearer {}", self.firmatario.firma(&claim)))]
            }
            Profilo::Session if sbagliata => vec![("cookie", format!("JSESSIONID={}", "0".repeat(64)))],
            Profilo::Session => {
                let chi = banco.gateway.per_principal(cod).await.expect("archivio").expect("registrata");
                vec![("cookie", format!("JSESSIONID={}", banco.gateway.apri_sessione(&chi, None).await.expect("sessione").svela()))]
            }
            Profilo::Public => Vec::new(),
        }
    }
}

async fn chiama(banco: &Banco, rotta: &Rotta, url: &str, intestazioni: &[(&'static str, String)]) -> Risposta {
    let mut richiesta = banco.http.request(rotta.metodo.clone(), url).header("accept", "application/json").body("{");
    for (nome, valore) in intestazioni {
        richiesta = richiesta.header(*nome, valore);
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

fn riempi(percorso: &str) -> String {
    let valore = |s: &str| match s {
        "{idDominio}" => "12345678901".to_owned(),
        "{numeroAvviso}" => "301000000000000000".to_owned(),
        s if s.starts_with('{') => "X1".to_owned(),
        s => s.to_owned(),
    };
    percorso.split('/').map(valore).collect::<Vec<_>>().join("/")
}

/// Status and detail for nothing, and for what is wrong.
fn rifiuti(rotta: &Rotta, profilo: Profilo) -> [(u16, &'static str); 2] {
    let niente = rotta.api.senza_credenziali;
    match profilo {
        Profilo::Basic | Profilo::Form | Profilo::ApiKey => [(401, niente), (401, "Bad credentials")],
        Profilo::Ssl => [(401, niente); 2],
        Profilo::SslHeader | Profilo::Header | Profilo::Spid => [(403, niente); 2],
        Profilo::OAuth2 => [(401, "Full authentication is required to access this resource"), (401, "destinatario non ammesso")],
        Profilo::Session => [(403, niente), (401, "Sessione Scaduta")],
        Profilo::Public => [(403, "Access Denied"); 2],
    }
}

fn tutti() -> Vec<(Servizio, Diritto)> {
    Servizio::TUTTI.iter().flat_map(|s| Diritto::TUTTI.map(|d| (*s, d))).collect()
}

/// Name of the applicazione that has every right but one.
fn senza(servizio: Servizio, diritto: Diritto) -> String {
    let posto = Servizio::TUTTI.iter().position(|s| *s == servizio).expect("servizio");
    format!("SENZA{posto}{}", diritto.sigla())
}

async fn censisci(banco: &Banco) {
    let mut scritture = applicazione(banco, "SPENTA", false, &tutti());
    scritture.extend(applicazione(banco, "PIENA", true, &tutti()));
    for (servizio, diritto) in tutti() {
        let altri: Vec<_> = tutti().into_iter().filter(|d| *d != (servizio, diritto)).collect();
        scritture.extend(applicazione(banco, &senza(servizio, diritto), true, &altri));
    }
    banco.censisci(&scritture).await;
}

su_entrambi! {
    async fn ogni_rotta_per_ogni_profilo_ferma_chi_deve(banco: &Banco) {
        censisci(banco).await;
        let mut vie = Vie::apri(banco).await;
        let mut provate = 0;
        for profilo in Profilo::TUTTI {
            let cod = |nome: &str| if di_certificato(profilo) { format!("C{nome}") } else { nome.to_owned() };
            let mut presentati: BTreeMap<String, Vec<(&'static str, String)>> = BTreeMap::new();
            for rotta in api::elenco_rotte().iter().filter(|r| r.api.profili.contains(&profilo)) {
                let url = format!("{}{}{}", vie.base, rotta.api.radici(profilo)[0], riempi(rotta.percorso));
                let dove = format!("{} {url}", rotta.metodo);
                if rotta.richiesto == Richiesto::Aperto && (profilo != Profilo::Public || rotta.pubblica) {
                    assert!(chiama(banco, rotta, &url, &[]).await.stato.is_success(), "{dove}");
                    continue;
                }
                // What is open to nobody is answered by the operation, which may refuse, and never by the security layer.
                if profilo == Profilo::Public && rotta.pubblica {
                    let risposta = chiama(banco, rotta, &url, &[]).await;
                    // What is not there may be told in words alone.
                    let fermata = [401, 403].contains(&risposta.stato.as_u16()) && ["401", "403"].contains(&risposta.fault().1.as_str());
                    assert!(!fermata, "{dove}: {}", risposta.testo);
                    continue;
                }
                // Another name each time: ten failures of one would close the door.
                let sbagliate = vie.presenta(banco, profilo, &format!("NESSUNO{}{}{}", rotta.api.nome, rotta.api.versione, rotta.operazione), true).await;
                for (intestazioni, (stato, testo)) in [(&Vec::new(), rifiuti(rotta, profilo)[0]), (&sbagliate, rifiuti(rotta, profilo)[1])] {
                    // A citizen that nobody registered is somebody in some APIs.
                    if !(profilo == Profilo::Spid && !intestazioni.is_empty() && rotta.api.spid == api::interfacce::AccessoSpid::Cittadino) {
                        let (visto, _, dettaglio) = chiama(banco, rotta, &url, intestazioni).await.fault();
                        assert_eq!((visto, dettaglio.as_str()), (stato, testo), "{dove}");
                    }
                }
                // Ways in where no applicazione comes, or whose citizens are made on the fly, stop here.
                if profilo == Profilo::Public || (profilo == Profilo::Spid && rotta.api.spid == api::interfacce::AccessoSpid::Cittadino) {
                    continue;
                }
                let mut attesi = vec![(cod("SPENTA"), format!("Applicazione [{}] disabilitata.", cod("SPENTA")))];
                if let Richiesto::Diritto { servizi: [servizio], diritto } = rotta.richiesto {
                    let nome = cod(&senza(*servizio, diritto));
                    attesi.push((nome.clone(), format!("Applicazione [{nome}] non autorizzata ad accedere alla risorsa richiesta.")));
                }
                for (nome, testo) in attesi {
                    if !presentati.contains_key(&nome) {
                        let principal = if profilo == Profilo::Session && di_certificato(profilo) { format!("CN={nome}") } else { nome.clone() };
                        presentati.insert(nome.clone(), vie.presenta(banco, profilo, &principal, false).await);
                    }
                    chiama(banco, rotta, &url, &presentati[&nome]).await.rifiuta(403, "403000", &testo);
                    provate += 1;
                }
                // And who has every right is answered by the operation itself, whatever it says of a body that is none and of names that do not exist.
                if rotta.api.nome == "pendenze" {
                    let nome = cod("PIENA");
                    if !presentati.contains_key(&nome) {
                        presentati.insert(nome.clone(), vie.presenta(banco, profilo, &nome, false).await);
                    }
                    let risposta = chiama(banco, rotta, &url, &presentati[&nome]).await;
                    let altrui = rotta.percorso.contains("{idA2A}");
                    assert!(altrui || ![401, 403, 405].contains(&risposta.stato.as_u16()), "{dove}: {} {}", risposta.stato, risposta.testo);
                    assert!(risposta.stato != 404 || risposta.fault().1 == "404000", "{dove}: {} {}", risposta.stato, risposta.testo);
                }
            }
        }
        assert!(provate > 100, "{provate}");
    }
}

fn pagina() -> String {
    let mut righe = vec![
        "# Diritti\n\nOgni rotta delle API REST, il diritto che chiede e i profili che la pubblicano. Quali profili sono aperti lo dice `accesso.profili` nella".to_owned(),
        "configurazione. La pagina si fa da sola dalla tavola delle rotte: `FIORINO_SCRIVI_DIRITTI=1 cargo test -p api --test it la_pagina_dei_diritti`.\n".to_owned(),
        "| API | rotta | diritto | a chi | profili |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    let utenza = |t: &TipoUtenza| match t {
        TipoUtenza::Applicazione => "applicazione",
        TipoUtenza::Operatore => "operatore",
        TipoUtenza::Cittadino => "cittadino",
        TipoUtenza::Anonimo => "anonimo",
    };
    let su = |servizi: &[Servizio], d: Diritto| format!("{} {}", servizi.iter().map(|s| s.nome()).collect::<Vec<_>>().join(" o "), d.sigla());
    for r in api::elenco_rotte() {
        let diritto = match r.richiesto {
            Richiesto::Diritto { servizi, diritto } => su(servizi, diritto),
            Richiesto::Facoltativo { servizi, diritto } => format!("nessuno; con {} mostra di piu'", su(servizi, diritto)),
            Richiesto::Autenticato => "nessuno".to_owned(),
            Richiesto::Aperto => "aperta".to_owned(),
        };
        let utenze: Vec<_> = if r.richiesto == Richiesto::Aperto { vec!["tutti"] } else { r.utenze.iter().map(utenza).collect() };
        let profili: Vec<_> = r.profili().map(Profilo::segmento).collect();
        let api = format!("{} {}", r.api.nome, r.api.versione);
        righe.push(format!("| {api} | `{} {}` | {diritto} | {} | {} |", r.metodo, r.percorso, utenze.join(", "), profili.join(", ")));
    }
    righe.join("\n") + "\n"
}

#[test]
fn la_pagina_dei_diritti_e_quella_della_tavola() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/diritti.md");
    if std::env::var_os("FIORINO_SCRIVI_DIRITTI").is_some() {
        std::fs::write(file, pagina()).expect("pagina scritta");
    }
    let scritta = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        scritta == pagina(),
        "docs/reference/diritti.md non e' quella delle rotte: FIORINO_SCRIVI_DIRITTI=1 cargo test -p api --test it la_pagina_dei_diritti"
    );
}
