//! Who may do what: every route of the table refuses whom it must (spec/1 sections 2.5, 4.1 and 14).

use api::Rotta;
use api::permessi::Richiesto;
use domain::anagrafica::{Acl, Applicazione, Diritto, Servizio, Utenza};
use domain::chiamante::{Profilo, TipoUtenza};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, PASSWORD, PENDENZE, Risposta};
use crate::su_entrambi;

/// Every address of every route by a profile, with its parameters filled.
fn indirizzi(profilo: Profilo) -> Vec<(Rotta, String)> {
    let riempi = |percorso: &str| {
        let valore = |nome: &str| match nome {
            "{idDominio}" => "12345678901",
            "{numeroAvviso}" => "301000000000000000",
            "{idA2A}" => "DEMO",
            _ => "X1",
        };
        percorso.split('/').map(|s| if s.starts_with('{') { valore(s) } else { s }.to_owned()).collect::<Vec<_>>().join("/")
    };
    let pubblicata = |r: &Rotta| r.profili().any(|p| p == profilo);
    let una = |r: Rotta| r.api.radici(profilo).into_iter().map(|radice| (r.clone(), format!("{radice}{}", riempi(r.percorso)))).collect::<Vec<_>>();
    api::elenco_rotte().into_iter().filter(pubblicata).flat_map(una).collect()
}

/// Those that ask for something.
fn chiuse(profilo: Profilo) -> Vec<(Rotta, String)> {
    indirizzi(profilo).into_iter().filter(|(r, _)| r.richiesto != Richiesto::Aperto).collect()
}

async fn chiama(banco: &Banco, metodo: &Method, percorso: &str, autorizzazione: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.request(metodo.clone(), format!("{}{percorso}", banco.base)).header("accept", "application/json");
    if let Some(a) = autorizzazione {
        richiesta = richiesta.header("authorization", a);
    }
    // A body that is not even JSON: whoever may not call is told so before it is read.
    Risposta::leggi(richiesta.body("{").send().await.expect("risposta")).await
}

fn basic(utente: &str, password: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{utente}:{password}")))
}

fn bean(codice: &str, descrizione: &str, dettaglio: &str) -> Value {
    json!({ "categoria": "AUTORIZZAZIONE", "codice": codice, "descrizione": descrizione, "dettaglio": dettaglio })
}

fn in_acl(diritti: &[(Servizio, Diritto)]) -> Vec<Acl> {
    diritti.iter().map(|(servizio, diritto)| Acl { servizio: *servizio, autorizzazioni: vec![*diritto] }).collect()
}

/// An applicazione with these rights.
async fn censisci(banco: &Banco, cod: &str, abilitata: bool, acl: &[(Servizio, Diritto)]) {
    let attuale = banco.gateway.istantanea().attuale();
    let password_hash = attuale.utenze["LIMITATA"].password_hash.clone();
    let utenza = Utenza { abilitata, acl: in_acl(acl), ..Utenza::piena(cod, password_hash, &[]) };
    let applicazione = Applicazione::nuova(cod, cod);
    let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
    a.utenza(&utenza).await.expect("utenza");
    a.applicazione(&applicazione).await.expect("applicazione");
    a.commit().await.expect("commit");
}

su_entrambi! {
    async fn senza_credenziali_buone_ogni_rotta_risponde_401(banco: &Banco) {
        let lunga = basic("DEMO", &"x".repeat(2_000));
        let casi = [None, Some(""), Some("Basic"), Some("Bearer abc"), Some("Basic !!!"), Some("Basic REVNTw=="), Some("Basic //8=")];
        for (rotta, percorso) in chiuse(Profilo::Basic) {
            let metodo = &rotta.metodo;
            for autorizzazione in casi {
                let risposta = chiama(banco, metodo, &percorso, autorizzazione).await;
                let testo = if matches!(rotta.api.nome, "backoffice" | "ragioneria") { "Credenziali non fornite." } else { "Full authentication is required to access this resource" };
                assert_eq!((risposta.stato.as_u16(), risposta.json()), (401, bean("401", "Autenticazione richiesta.", testo)), "{metodo} {percorso}");
                assert!(!risposta.intestazioni.contains_key("www-authenticate") && risposta.intestazioni.contains_key("x-govpay-idtransazione"));
            }
        }
        for cattive in [basic("DEMO", "altra"), basic("demo", PASSWORD), basic("NESSUNO", PASSWORD), basic("DEMO", ""), basic("", ""), basic("nodo", PASSWORD), lunga] {
            let risposta = chiama(banco, &Method::GET, &format!("{PENDENZE}/pendenze"), Some(&cattive)).await;
            assert_eq!((risposta.stato.as_u16(), risposta.json()), (401, bean("401", "Autenticazione richiesta.", "Bad credentials")));
        }
    }
}

su_entrambi! {
    async fn chi_non_ha_il_diritto_e_fermato_su_ogni_rotta(banco: &Banco) {
        let tutti: Vec<(Servizio, Diritto)> = Servizio::TUTTI.iter().flat_map(|s| [(*s, Diritto::Lettura), (*s, Diritto::Scrittura)]).collect();
        censisci(banco, "SPENTA", false, &tutti).await;
        for (rotta, percorso) in chiuse(Profilo::Basic) {
            let metodo = &rotta.metodo;
            let vietato = async |utente: &str, testo: &str| {
                let risposta = chiama(banco, metodo, &percorso, Some(&basic(utente, PASSWORD))).await;
                let atteso = bean("403000", "Operazione non autorizzata", testo);
                assert_eq!((risposta.stato.as_u16(), risposta.json()), (403, atteso), "{utente} {metodo} {percorso}");
                assert!(risposta.intestazioni.contains_key("x-govpay-idtransazione"));
            };
            vietato("SPENTA", "Applicazione [SPENTA] disabilitata.").await;
            let Richiesto::Diritto { servizi, diritto } = rotta.richiesto else { continue };
            vietato("SENZA_DIRITTI", "Applicazione [SENZA_DIRITTI] non autorizzata ad accedere alla risorsa richiesta.").await;
            if !rotta.utenze.contains(&TipoUtenza::Operatore) {
                vietato("gpadmin", "Operatore [Amministratore] non autorizzato ad accedere alla risorsa richiesta.").await;
            }
            // Every right but the one that is asked for.
            let altri: Vec<_> = tutti.iter().filter(|(s, d)| !(servizi.contains(s) && *d == diritto)).copied().collect();
            let nome = format!("SENZA_{}", metodo.as_str());
            censisci(banco, &nome, true, &altri).await;
            banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
            vietato(&nome, &format!("Applicazione [{nome}] non autorizzata ad accedere alla risorsa richiesta.")).await;
        }
        // An operatore without any applicazione never sees positions, whatever its rights.
        let mut admin = (*banco.gateway.istantanea().attuale().utenze["gpadmin"]).clone();
        admin.acl = in_acl(&tutti);
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.utenza(&admin).await.expect("utenza");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        banco.chiama_come("gpadmin", Method::GET, &format!("{PENDENZE}/pendenze"), None).await.rifiuta(
            403, "403000", "Operatore [Amministratore] non autorizzato ad accedere alla risorsa richiesta.");
        assert_eq!(banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/notifiche"), None).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn una_password_cambiata_vale_dalla_prossima_lettura(banco: &Banco) {
        assert_eq!(banco.get("/pendenze").await.stato, StatusCode::OK);
        let mut utenza = (*banco.gateway.istantanea().attuale().utenze["DEMO"]).clone();
        utenza.password_hash = Some(gateway::accesso::hash_password("Altra1234").expect("hash"));
        let a = banco.store.scrivi_anagrafica().await.expect("scrittura");
        a.utenza(&utenza).await.expect("utenza");
        a.commit().await.expect("commit");
        banco.gateway.istantanea().rinfresca(&banco.store).await.expect("riletta");
        assert_eq!(banco.get("/pendenze").await.stato, StatusCode::UNAUTHORIZED);
        let nuova = chiama(banco, &Method::GET, &format!("{PENDENZE}/pendenze"), Some(&basic("DEMO", "Altra1234"))).await;
        assert_eq!(nuova.stato, StatusCode::OK);
        // A new applicazione is known at once: an unknown name is looked for in the database.
        censisci(banco, "APPENA_NATA", true, &[(Servizio::ApiPendenze, Diritto::Lettura)]).await;
        assert_eq!(banco.chiama_come("APPENA_NATA", Method::GET, &format!("{PENDENZE}/pendenze"), None).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn gli_indirizzi_che_non_ci_sono_rispondono_col_loro_fault(banco: &Banco) {
        for percorso in ["/govpay/backend/api/pendenze/rs/spid/v2/pendenze", "/govpay-api-pendenze/rs/public/v1/profilo", "/govpay-api-pendenze/rs/x"] {
            for autorizzazione in [None, Some(basic("DEMO", PASSWORD))] {
                let risposta = chiama(banco, &Method::GET, percorso, autorizzazione.as_deref()).await;
                assert_eq!((risposta.stato.as_u16(), risposta.json()["codice"].as_str(), risposta.json()["descrizione"].as_str()), (403, Some("403"), Some("Richiesta non autorizzata.")));
                assert!(risposta.intestazioni.contains_key("x-govpay-idtransazione"));
            }
        }
        // A profile that there is: 401 before login, 404 after (spec/1 section 2).
        for percorso in ["/govpay/backend/api/pendenze/rs/basic/v2/boh", "/govpay-api-pendenze/rs/basic/v9/pendenze"] {
            assert_eq!(chiama(banco, &Method::GET, percorso, None).await.fault().1, "401");
            chiama(banco, &Method::GET, percorso, Some(&basic("DEMO", PASSWORD))).await.rifiuta(404, "404000", "Risorsa inesistente");
        }
        let altrove = chiama(banco, &Method::GET, "/boh", None).await;
        altrove.rifiuta(404, "404000", "Risorsa inesistente");
        for metodo in [Method::POST, Method::DELETE] {
            let risposta = chiama(banco, &metodo, &format!("{PENDENZE}/pendenze/DEMO/P1"), Some(&basic("DEMO", PASSWORD))).await;
            assert_eq!((risposta.stato, risposta.testo.as_str()), (StatusCode::METHOD_NOT_ALLOWED, ""));
            assert!(risposta.intestazioni.contains_key("x-govpay-idtransazione"));
        }
        let uno = banco.get("/pendenze").await.intestazioni["x-govpay-idtransazione"].clone();
        assert_ne!(uno, banco.get("/pendenze").await.intestazioni["x-govpay-idtransazione"]);
    }
}

fn diritto(richiesto: Richiesto) -> String {
    let su = |servizi: &[Servizio]| servizi.iter().map(|s| s.nome()).collect::<Vec<_>>().join(" o ");
    match richiesto {
        Richiesto::Diritto { servizi, diritto } => format!("{} {}", su(servizi), diritto.sigla()),
        Richiesto::Facoltativo { servizi, diritto } => format!("utenza riconosciuta ({} {})", su(servizi), diritto.sigla()),
        Richiesto::Autenticato => "utenza riconosciuta".to_owned(),
        Richiesto::Aperto => "aperta".to_owned(),
    }
}

#[test]
fn la_tavola_delle_rotte_e_questa() {
    let tavola: Vec<String> = api::elenco_rotte()
        .iter()
        .map(|r| format!("{:<10} {} {:<5} {:<45} {:<16} {}", r.api.nome, r.api.versione, r.metodo.as_str(), r.percorso, r.operazione, diritto(r.richiesto)))
        .collect();
    insta::assert_snapshot!(tavola.join("\n"));
}
