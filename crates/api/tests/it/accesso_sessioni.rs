//! Sessions: opened by a login, good on every node, over in time (spec/1 section 2, spec/2 section 1.2).

use api::ImpostazioniAccesso;
use domain::anagrafica::{Scrittura, Utenza};
use gateway::accesso::sessione::IdSessione;
use reqwest::{Method, StatusCode};
use serde_json::json;
use store::sessioni::EsitoScrittura;

use crate::banco::{Banco, PASSWORD, Risposta, apri_porta};
use crate::su_entrambi;

const FORM: &str = "/govpay/backend/api/backoffice/rs/form/v1";

/// A call with what a browser has.
async fn chiama(banco: &Banco, base: &str, percorso: &str, cookie: Option<&str>, credenziali: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.request(Method::GET, format!("{base}{FORM}{percorso}"));
    if let Some(c) = cookie {
        richiesta = richiesta.header("cookie", format!("altro=1; JSESSIONID={c}; ultimo=2"));
    }
    if let Some(password) = credenziali {
        richiesta = richiesta.basic_auth("gpadmin", Some(password));
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

/// Value and attributes of the cookie of an answer.
fn cookie(risposta: &Risposta) -> Option<(String, String)> {
    let testo = risposta.intestazioni.get("set-cookie")?.to_str().expect("testo");
    let (valore, attributi) = testo.strip_prefix("JSESSIONID=").expect("nostro").split_once("; ").expect("attributi");
    Some((valore.to_owned(), attributi.to_owned()))
}

async fn entra(banco: &Banco, base: &str) -> String {
    let risposta = chiama(banco, base, "/profilo", None, Some(PASSWORD)).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    cookie(&risposta).expect("cookie").0
}

fn finita(risposta: &Risposta) {
    risposta.rifiuta(401, "401", "Sessione Scaduta");
}

su_entrambi! {
    async fn una_sessione_vale_su_ogni_nodo_finche_non_si_esce(banco: &Banco) {
        let risposta = chiama(banco, &banco.base, "/profilo", None, Some(PASSWORD)).await;
        let (id, attributi) = cookie(&risposta).expect("cookie");
        assert_eq!((risposta.json()["autenticazione"].as_str(), attributi.as_str()), (Some("FORM"), "Path=/; HttpOnly; SameSite=Lax"));
        assert!(IdSessione::leggi(&id).is_some());

        let nodo = banco.altro_nodo(9).await;
        let altrove = apri_porta(&nodo, ImpostazioniAccesso::default(), None, "https://ente.example").await;
        for base in [&banco.base, &altrove] {
            let risposta = chiama(banco, base, "/profilo", Some(&id), None).await;
            assert_eq!((risposta.stato, cookie(&risposta)), (StatusCode::OK, None));
        }
        // The identifier is nowhere in the database.
        assert_eq!(banco.conta("SELECT COUNT(*) FROM sessione").await, 1);

        let fuori = chiama(banco, &altrove, "/logout", Some(&id), None).await;
        assert_eq!((fuori.stato, cookie(&fuori)), (StatusCode::OK, Some((String::new(), "Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0".to_owned()))));
        for base in [&banco.base, &altrove] {
            finita(&chiama(banco, base, "/profilo", Some(&id), None).await);
        }
        assert_eq!(chiama(banco, &banco.base, "/logout", None, None).await.stato, StatusCode::OK);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM sessione").await, 0);
    }
}

su_entrambi! {
    async fn un_login_cambia_identificativo_e_al_terzo_se_ne_va_il_piu_vecchio(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let prima = entra(banco, &banco.base).await;
        banco.ferma_orologio("2026-11-22T10:00:10Z");
        let seconda = entra(banco, &banco.base).await;
        assert_ne!(prima, seconda);
        // Credentials that come with a cookie that is none of ours get another: nobody can fix the identifier in advance.
        banco.ferma_orologio("2026-11-22T10:00:20Z");
        let risposta = chiama(banco, &banco.base, "/profilo", Some(&"a".repeat(64)), Some(PASSWORD)).await;
        let terza = cookie(&risposta).expect("cookie").0;
        finita(&chiama(banco, &banco.base, "/profilo", Some(&prima), None).await);
        for viva in [&seconda, &terza] {
            assert_eq!(chiama(banco, &banco.base, "/profilo", Some(viva), None).await.stato, StatusCode::OK);
        }
        // With the good cookie, credentials keep it.
        let risposta = chiama(banco, &banco.base, "/profilo", Some(&terza), Some(PASSWORD)).await;
        assert_eq!((risposta.stato, cookie(&risposta)), (StatusCode::OK, None));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM sessione").await, 2);
    }
}

su_entrambi! {
    async fn dopo_mezz_ora_di_silenzio_e_finita(banco: &Banco) {
        banco.ferma_orologio("2026-11-22T10:00:00Z");
        let id = entra(banco, &banco.base).await;
        for istante in ["2026-11-22T10:25:00Z", "2026-11-22T10:50:00Z", "2026-11-22T11:20:00Z"] {
            banco.ferma_orologio(istante);
            assert_eq!(chiama(banco, &banco.base, "/profilo", Some(&id), None).await.stato, StatusCode::OK, "{istante}");
        }
        banco.ferma_orologio("2026-11-22T11:50:01Z");
        finita(&chiama(banco, &banco.base, "/profilo", Some(&id), None).await);
        // The next login sweeps the row away.
        entra(banco, &banco.base).await;
        assert_eq!(banco.conta("SELECT COUNT(*) FROM sessione").await, 1);
        for storto in ["", "abc", &"z".repeat(64), &"A".repeat(64)] {
            finita(&chiama(banco, &banco.base, "/profilo", Some(storto), None).await);
        }
        chiama(banco, &banco.base, "/profilo", None, None).await.rifiuta(401, "401", "Credenziali non fornite.");
        chiama(banco, &banco.base, "/profilo", None, Some("sbagliata")).await.rifiuta(401, "401", "Bad credentials");
    }
}

su_entrambi! {
    async fn chi_e_spento_o_cambia_password_perde_la_sessione(banco: &Banco) {
        let id = entra(banco, &banco.base).await;
        let utenza = (*banco.gateway.istantanea().attuale().utenze["gpadmin"]).clone();
        banco.censisci(&[Scrittura::Utenza(Utenza { abilitata: false, ..utenza.clone() })]).await;
        chiama(banco, &banco.base, "/profilo", Some(&id), None).await.rifiuta(403, "403000", "Operatore [Amministratore] disabilitata.");
        let spenta = chiama(banco, &banco.base, "/profilo", None, Some(PASSWORD)).await;
        assert_eq!((spenta.stato, cookie(&spenta)), (StatusCode::FORBIDDEN, None));
        let password_hash = Some(gateway::accesso::hash_password("Altra1234").expect("hash"));
        banco.censisci(&[Scrittura::Utenza(Utenza { password_hash, ..utenza })]).await;
        finita(&chiama(banco, &banco.base, "/profilo", Some(&id), None).await);
    }
}

su_entrambi! {
    async fn cio_che_si_lascia_nella_sessione_si_ritrova(banco: &Banco) {
        let nodo = banco.altro_nodo(9).await;
        let id = banco.gateway.apri_sessione_anonima(Some("192.0.2.1".parse().expect("ip"))).await.expect("sessione");
        assert_eq!(nodo.sessione_leggi(&id, "pendenze").await.expect("letta"), None);
        let (a, b) = tokio::join!(
            banco.gateway.sessione_scrivi(&id, "pendenze", |c| { let mut c = c.unwrap_or(json!([])); c.as_array_mut()?.push("P1".into()); Some(c) }),
            nodo.sessione_scrivi(&id, "pendenze", |c| { let mut c = c.unwrap_or(json!([])); c.as_array_mut()?.push("P2".into()); Some(c) }),
        );
        assert_eq!((a.expect("scritta"), b.expect("scritta")), (EsitoScrittura::Scritta, EsitoScrittura::Scritta));
        let lette = nodo.sessione_leggi(&id, "pendenze").await.expect("letta").expect("presente");
        assert_eq!(lette.as_array().map(Vec::len), Some(2));
        let grande = json!("x".repeat(store::sessioni::BYTE_CONTENUTO_MAX));
        assert_eq!(banco.gateway.sessione_scrivi(&id, "altro", |_| Some(grande)).await.expect("esito"), EsitoScrittura::TroppoGrande);
        assert_eq!(nodo.sessione_scrivi(&id, "pendenze", |_| None).await.expect("esito"), EsitoScrittura::Scritta);
        assert_eq!(nodo.sessione_leggi(&id, "pendenze").await.expect("letta"), None);
        nodo.chiudi_sessione(&id).await.expect("chiusa");
        assert_eq!(banco.gateway.sessione_scrivi(&id, "pendenze", |_| None).await.expect("esito"), EsitoScrittura::Assente);
        // Nobody has no more sessions from one address than there are places.
        for _ in 0..55 {
            banco.gateway.apri_sessione_anonima(Some("192.0.2.1".parse().expect("ip"))).await.expect("sessione");
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM sessione").await, 50);
    }
}
