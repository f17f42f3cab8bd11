//! Each profile with what is good, bad, absent, malformed and expired (spec/1 section 2, the table).

use std::collections::BTreeSet;

use api::ImpostazioniAccesso;
use api::accesso::Rete;
use axum::http::HeaderName;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::{Applicazione, Operatore, Scrittura, Servizio, Utenza};
use domain::chiamante::Profilo;
use reqwest::{Method, StatusCode};

use crate::banco::{Banco, PASSWORD, Risposta};
use crate::su_entrambi;

const PENDENZE: &str = "/govpay/backend/api/pendenze/rs";
const BACKOFFICE: &str = "/govpay-api-backoffice/rs";
const INTERA: &str = "Full authentication is required to access this resource";

fn aperti(profili: &[Profilo]) -> ImpostazioniAccesso {
    ImpostazioniAccesso { profili: profili.iter().copied().collect(), ..ImpostazioniAccesso::default() }
}

async fn get(banco: &Banco, base: &str, percorso: &str, intestazioni: &[(&str, &str)]) -> Risposta {
    let mut richiesta = banco.http.get(format!("{base}{percorso}"));
    for (nome, valore) in intestazioni {
        richiesta = richiesta.header(*nome, *valore);
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

/// An applicazione with a principal of its own.
fn applicazione(cod: &str, principal: &str, abilitata: bool) -> [Scrittura; 2] {
    let utenza = Utenza { abilitata, ..Utenza::piena(principal, None, &[Servizio::ApiPendenze, Servizio::Pendenze]) };
    [Scrittura::Utenza(utenza), Scrittura::Applicazione(Applicazione::nuova(cod, principal))]
}

su_entrambi! {
    async fn apikey_vuole_nome_e_chiave_nei_suoi_header(banco: &Banco) {
        let percorso = format!("{PENDENZE}/apikey/v2/pendenze");
        let get = async |intestazioni: &[(&str, &str)]| get(banco, &banco.base, &percorso, intestazioni).await;
        assert_eq!(get(&[("x-app-id", "DEMO"), ("x-api-key", PASSWORD)]).await.stato, StatusCode::OK);
        for cattive in [[("x-app-id", "DEMO"), ("x-api-key", "altra")], [("x-app-id", "NESSUNO"), ("x-api-key", PASSWORD)]] {
            get(&cattive).await.rifiuta(401, "401", "Bad credentials");
        }
        for mancanti in [&[][..], &[("x-app-id", "DEMO")], &[("x-api-key", PASSWORD)], &[("x-app-id", ""), ("x-api-key", "")]] {
            get(mancanti).await.rifiuta(401, "401", INTERA);
        }
        // Basic credentials are not those of this profile.
        let basic = format!("Basic {}", STANDARD.encode(format!("DEMO:{PASSWORD}")));
        get(&[("authorization", &basic)]).await.rifiuta(401, "401", INTERA);
        let nomi = (HeaderName::from_static("x-nome"), HeaderName::from_static("x-chiave"));
        let altra = banco.altra_porta(ImpostazioniAccesso { apikey: nomi, ..ImpostazioniAccesso::default() }, None).await;
        let risposta = crate::accesso_profili::get(banco, &altra, &percorso, &[("x-nome", "DEMO"), ("x-chiave", PASSWORD)]).await;
        assert_eq!(risposta.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn un_profilo_non_pubblicato_per_la_versione_e_404_dopo_il_login(banco: &Banco) {
        let buone = [("x-app-id", "DEMO"), ("x-api-key", PASSWORD)];
        let v1 = format!("{PENDENZE}/apikey/v1/profilo");
        get(banco, &banco.base, &v1, &buone).await.rifiuta(404, "404000", "Risorsa inesistente");
        get(banco, &banco.base, &v1, &[]).await.rifiuta(401, "401", INTERA);
        // Chains that these APIs do not have, and those that the installation keeps closed.
        for percorso in ["spid/v2/pendenze", "public/v2/profilo", "form/v2/pendenze", "session/v2/pendenze", "oauth2/v1/pendenze", "header/v2/pendenze", "sslheader/v2/pendenze", "v1/profilo", "boh/v2/pendenze"] {
            for metodo in [Method::GET, Method::DELETE] {
                let richiesta = banco.http.request(metodo, format!("{}{PENDENZE}/{percorso}", banco.base));
                Risposta::leggi(richiesta.headers(reqwest::header::HeaderMap::default()).send().await.expect("risposta")).await.rifiuta(403, "403", "Access Denied");
            }
        }
        let oauth2 = banco.altra_porta(aperti(&[Profilo::OAuth2]), None).await;
        get(banco, &oauth2, &format!("{PENDENZE}/oauth2/v1/pendenze"), &[]).await.rifiuta(403, "403", "Access Denied");
        get(banco, &oauth2, &format!("{PENDENZE}/oauth2/v2/pendenze"), &[]).await.rifiuta(401, "401", INTERA);
    }
}

su_entrambi! {
    async fn la_catena_predefinita_risponde_dove_e_aperta(banco: &Banco) {
        let base = banco.altra_porta(ImpostazioniAccesso { predefinito: Some(Profilo::Basic), ..aperti(&[]) }, None).await;
        let basic = format!("Basic {}", STANDARD.encode(format!("DEMO:{PASSWORD}")));
        let dentro = [("authorization", basic.as_str())];
        let elenco = get(banco, &base, "/govpay-api-pendenze/rs/v2/pendenze", &dentro).await;
        assert_eq!(elenco.stato, StatusCode::OK, "{}", elenco.testo);
        get(banco, &base, "/govpay-api-pendenze/rs/v2/pendenze", &[]).await.rifiuta(401, "401", INTERA);
        // What has no chain of its own falls into it.
        get(banco, &base, "/govpay-api-pendenze/rs/spid/v2/pendenze", &[]).await.rifiuta(401, "401", INTERA);
        get(banco, &base, "/govpay-api-pendenze/rs/spid/v2/pendenze", &dentro).await.rifiuta(404, "404000", "Risorsa inesistente");
        get(banco, &base, "/govpay-api-backoffice/rs/v1/profilo", &dentro).await.rifiuta(403, "403", "Access Denied");
    }
}

su_entrambi! {
    async fn ssl_riconosce_il_soggetto_in_qualunque_ordine(banco: &Banco) {
        let registrato = "CN=Gestionale, OU=Tributi, O=Comune di Prova, C=IT";
        banco.censisci(&[applicazione("CERT", registrato, true), applicazione("CERT_SPENTA", "/C=IT/CN=Spenta", false)].concat()).await;
        let percorso = format!("{PENDENZE}/ssl/v2/pendenze");
        let con = async |rdn: Option<&[(&str, &str)]>| {
            let base = banco.altra_porta(aperti(&[Profilo::Ssl]), rdn).await;
            get(banco, &base, &percorso, &[("x-govpay-cert", "CN=Gestionale")]).await
        };
        for buono in [&[("C", "IT"), ("O", "Comune di Prova"), ("OU", "Tributi"), ("CN", "Gestionale")][..], &[("CN", "Gestionale"), ("O", "comune  di prova")]] {
            assert_eq!(con(Some(buono)).await.stato, StatusCode::OK);
        }
        con(None).await.rifiuta(401, "401", INTERA);
        for cattivo in [&[("CN", "Gestionale"), ("O", "Comune di Altrove")][..], &[("CN", "Gestionale"), ("L", "Prova")], &[]] {
            con(Some(cattivo)).await.rifiuta(401, "401", INTERA);
        }
        con(Some(&[("CN", "Spenta"), ("C", "IT")])).await.rifiuta(403, "403000", "Applicazione [CERT_SPENTA] disabilitata.");
    }
}

fn certificato(cn: &str, anno: i32) -> String {
    let mut p = rcgen::CertificateParams::new(Vec::new()).expect("parametri");
    p.distinguished_name.push(rcgen::DnType::CommonName, cn);
    p.distinguished_name.push(rcgen::DnType::OrganizationName, "Comune di Prova");
    (p.not_before, p.not_after) = (rcgen::date_time_ymd(anno, 1, 1), rcgen::date_time_ymd(anno + 1, 1, 1));
    p.self_signed(&rcgen::KeyPair::generate().expect("chiave")).expect("certificato").pem()
}

su_entrambi! {
    async fn sslheader_legge_il_certificato_del_proxy(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        banco.censisci(&applicazione("CERT", "O=Comune di Prova, CN=Gestionale", true)).await;
        let base = banco.altra_porta(aperti(&[Profilo::SslHeader]), None).await;
        let percorso = format!("{PENDENZE}/sslheader/v2/pendenze");
        let con = async |valore: &str| get(banco, &base, &percorso, &[("x-govpay-cert", valore)]).await;
        let buono = certificato("Gestionale", 2026);
        let codificato: String = buono.bytes().map(|b| format!("%{b:02X}")).collect();
        for scrittura in [codificato, STANDARD.encode(&buono), buono.replace('\n', " ")] {
            assert_eq!(con(&scrittura).await.stato, StatusCode::OK, "{scrittura}");
        }
        con(&STANDARD.encode(certificato("Gestionale", 2024))).await.rifiuta(403, "403", "Certificato scaduto o non ancora valido");
        con(&STANDARD.encode(certificato("Gestionale", 2028))).await.rifiuta(403, "403", "Certificato scaduto o non ancora valido");
        con(&STANDARD.encode(certificato("Altro", 2026))).await.rifiuta(403, "403", INTERA);
        for storto in ["CN=Gestionale, O=Comune di Prova", "%%%", "AAAA"] {
            con(storto).await.rifiuta(403, "403", "Certificato non leggibile");
        }
        get(banco, &base, &percorso, &[]).await.rifiuta(403, "403", INTERA);
    }
}

su_entrambi! {
    async fn header_crede_al_primo_nome_e_solo_al_proxy_fidato(banco: &Banco) {
        let nomi = (vec![HeaderName::from_static("x-primo"), HeaderName::from_static("x-secondo")], vec![HeaderName::from_static("x-ufficio")]);
        let fidati = |rete: &[&str]| ImpostazioniAccesso {
            header: nomi.clone(),
            proxy_fidati: rete.iter().map(|r| Rete::leggi(r).expect("rete")).collect(),
            ..aperti(&[Profilo::Header])
        };
        let percorso = format!("{PENDENZE}/header/v2/pendenze");
        for rete in [&[][..], &["127.0.0.0/8"]] {
            let base = banco.altra_porta(fidati(rete), None).await;
            let con = async |intestazioni: &[(&str, &str)]| get(banco, &base, &percorso, intestazioni).await;
            assert_eq!(con(&[("x-primo", "DEMO")]).await.stato, StatusCode::OK);
            assert_eq!(con(&[("x-primo", ""), ("x-secondo", "DEMO")]).await.stato, StatusCode::OK);
            con(&[("x-primo", "NESSUNO"), ("x-secondo", "DEMO")]).await.rifiuta(403, "403", INTERA);
            con(&[]).await.rifiuta(403, "403", INTERA);
        }
        let altrove = banco.altra_porta(fidati(&["10.0.0.0/8"]), None).await;
        get(banco, &altrove, &percorso, &[("x-primo", "DEMO")]).await.rifiuta(403, "403", INTERA);
    }
}

su_entrambi! {
    async fn spid_nel_backoffice_vuole_un_utenza_registrata(banco: &Banco) {
        let cf = "VLNGRT75C52F205X";
        let operatore = Operatore { principal: cf.to_owned(), nome: "Operatore SPID".to_owned() };
        banco.censisci(&[Scrittura::Utenza(Utenza::piena(cf, None, &Servizio::BACKOFFICE)), Scrittura::Operatore(operatore)]).await;
        let base = banco.altra_porta(aperti(&[Profilo::Spid]), None).await;
        let profilo = format!("{BACKOFFICE}/spid/v1/profilo");
        let con = async |nome: &str| get(banco, &base, &profilo, &[("x-spid-fiscalnumber", nome), ("x-spid-name", "Greta"), ("x-spid-familyname", "Valenti")]).await;
        for nome in [cf, "TINIT-VLNGRT75C52F205X", "vlngrt75c52f205x"] {
            let risposta = con(nome).await;
            assert_eq!((risposta.stato, &risposta.json()["nome"], &risposta.json()["autenticazione"]), (StatusCode::OK, &"Greta Valenti".into(), &"SPID".into()));
        }
        con("RSSMRA80A01H501U").await.rifiuta(403, "403", "Credenziali non fornite.");
        con("VLNGRT 75C52F205X").await.rifiuta(403, "403", "Codice fiscale non leggibile");
        get(banco, &base, &profilo, &[]).await.rifiuta(403, "403", "Credenziali non fornite.");
    }
}

su_entrambi! {
    async fn public_da_solo_cio_che_la_tavola_apre(banco: &Banco) {
        let base = banco.altra_porta(aperti(&[Profilo::Public, Profilo::Basic]), None).await;
        let info = get(banco, &base, &format!("{BACKOFFICE}/public/v1/info"), &[]).await;
        assert_eq!((info.stato, info.chiavi()), (StatusCode::OK, ["ambiente", "appName", "build", "versione"].map(str::to_owned).to_vec()));
        for chiuso in ["profilo", "logout", "notifiche", "boh", "enumerazioni/serviziACL"] {
            get(banco, &base, &format!("{BACKOFFICE}/public/v1/{chiuso}"), &[]).await.rifiuta(403, "403", "Access Denied");
        }
        let post = banco.http.post(format!("{base}{BACKOFFICE}/public/v1/info")).send().await.expect("risposta");
        Risposta::leggi(post).await.rifiuta(403, "403", "Access Denied");
        assert_eq!(get(banco, &base, &format!("{BACKOFFICE}/basic/v1/info"), &[]).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn chi_non_e_registrato_si_iscrive_solo_dove_e_voluto(banco: &Banco) {
        let con_iscrizione = ImpostazioniAccesso {
            iscrizione: BTreeSet::from([Profilo::Header]),
            ruolo_iscrizione: Some("operatore".to_owned()),
            header: (vec![HeaderName::from_static("x-primo")], Vec::new()),
            ..aperti(&[Profilo::Header, Profilo::Spid])
        };
        let base = banco.altra_porta(con_iscrizione, None).await;
        let lungo = "un nome molto lungo, piu' di trentacinque caratteri";
        let risposta = get(banco, &base, &format!("{BACKOFFICE}/header/v1/profilo"), &[("x-primo", lungo)]).await;
        assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
        let profilo = risposta.json();
        assert_eq!((&profilo["nome"], &profilo["autenticazione"]), (&"un nome molto lungo, piu' di trentac".chars().take(35).collect::<String>().into(), &"HEADER".into()));
        assert_eq!(profilo["domini"][0]["idDominio"], "*");
        assert_eq!(banco.gateway.istantanea().attuale().utenze[lungo].ruoli, ["operatore"]);
        // Not by the other profiles.
        get(banco, &base, &format!("{BACKOFFICE}/spid/v1/profilo"), &[("x-spid-fiscalnumber", "RSSMRA80A01H501U")]).await.rifiuta(403, "403", "Credenziali non fornite.");
        assert!(!banco.gateway.istantanea().attuale().utenze.contains_key("RSSMRA80A01H501U"));
    }
}

su_entrambi! {
    async fn nessun_valore_di_header_fa_cadere_chi_riconosce(banco: &Banco) {
        use proptest::strategy::{Strategy, ValueTree};
        let impostazioni = ImpostazioniAccesso {
            header: (vec![HeaderName::from_static("x-primo")], vec![HeaderName::from_static("x-spid-name")]),
            ..aperti(&Profilo::TUTTI)
        };
        let base = banco.altra_porta(impostazioni, None).await;
        let nomi = ["authorization", "x-app-id", "x-api-key", "x-govpay-cert", "x-primo", "x-spid-fiscalnumber", "x-spid-name", "cookie", "x-forwarded-for"];
        let mut caso = proptest::test_runner::TestRunner::deterministic();
        let byte = proptest::collection::vec(proptest::sample::select((0x20..=0xff_u8).filter(|b| *b != 0x7f).collect::<Vec<_>>()), 0..60);
        let prefisso = proptest::sample::select(vec!["", "Basic ", "Bearer ", "Bearer e30.e30.", "JSESSIONID=", "TINIT-", "-----BEGIN CERTIFICATE-----"]);
        for profilo in Profilo::TUTTI {
            for _ in 0..12 {
                let mut richiesta = banco.http.get(format!("{base}{BACKOFFICE}/{}/v1/profilo", profilo.segmento()));
                for nome in nomi {
                    let (prima, dopo) = (&prefisso, &byte).new_tree(&mut caso).expect("caso").current();
                    richiesta = richiesta.header(nome, reqwest::header::HeaderValue::from_bytes(&[prima.as_bytes(), &dopo].concat()).expect("valore"));
                }
                let stato = richiesta.send().await.expect("risposta").status();
                assert!(matches!(stato.as_u16(), 401 | 403), "{profilo:?} {stato}");
            }
        }
    }
}
