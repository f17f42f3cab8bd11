//! API User, and what a user of the back office sees of itself (spec/2 sections 1.3, 1.4, 1.8 and 7).

use std::collections::BTreeMap;

use api::ImpostazioniAccesso;
use domain::anagrafica::{Acl, AmbitoUo, Diritto, Operatore, Ruolo, Scrittura, Servizio, Utenza};
use domain::chiamante::Profilo;
use indexmap::{IndexMap, IndexSet};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, PASSWORD, Risposta, dominio};
use crate::su_entrambi;

const USER: &str = "/govpay/frontend/api/user/rs";
const CF: &str = "VLNGRT75C52F205X";

async fn porta(banco: &Banco) -> String {
    let a = |id: &str, url: &str| BTreeMap::from([(id.to_owned(), url.to_owned())]);
    let impostazioni = ImpostazioniAccesso {
        profili: [Profilo::Spid, Profilo::Basic, Profilo::Form, Profilo::Session].into(),
        redirect_login: a("portale", "https://portale.ente.example/entrata?da=fiorino"),
        redirect_logout: a("portale", "https://portale.ente.example/uscita"),
        ..ImpostazioniAccesso::default()
    };
    banco.altra_porta(impostazioni, None).await
}

async fn get(banco: &Banco, url: String, intestazioni: &[(&str, &str)]) -> Risposta {
    let mut richiesta = banco.http.get(url);
    for (nome, valore) in intestazioni {
        richiesta = richiesta.header(*nome, *valore);
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

fn sessione(risposta: &Risposta) -> Option<String> {
    let testo = risposta.intestazioni.get("set-cookie")?.to_str().expect("testo");
    Some(testo.split(';').next().expect("valore").to_owned())
}

fn altrove(risposta: &Risposta) -> (u16, &str) {
    (risposta.stato.as_u16(), risposta.intestazioni.get("location").map_or("", |v| v.to_str().expect("testo")))
}

su_entrambi! {
    async fn un_login_spid_vale_poi_nelle_altre_api(banco: &Banco) {
        let base = porta(banco).await;
        let chi = [("x-spid-fiscalnumber", "TINIT-VLNGRT75C52F205X"), ("x-spid-name", "Greta"), ("x-spid-familyname", "Valenti"), ("x-spid-email", "greta@example.it")];
        let entrata = get(banco, format!("{base}{USER}/spid/v1/login/portale?uno=1&nome=a%26b%20c"), &chi).await;
        assert_eq!(altrove(&entrata), (303, "https://portale.ente.example/entrata?da=fiorino&uno=1&nome=a%26b%20c"));
        let cookie = sessione(&entrata).expect("cookie");

        // A citizen is nobody in the back office, until it is registered there.
        let profilo = format!("{base}/govpay-api-backoffice/rs/session/v1/profilo");
        get(banco, profilo.clone(), &[("cookie", &cookie)]).await.rifiuta(403, "403", "Credenziali non fornite.");
        let operatore = Operatore { principal: CF.to_owned(), nome: "Sportello".to_owned() };
        banco.censisci(&[Scrittura::Utenza(Utenza::piena(CF, None, &[Servizio::Pendenze])), Scrittura::Operatore(operatore)]).await;
        let visto = get(banco, profilo.clone(), &[("cookie", &cookie)]).await;
        assert_eq!((visto.json()["nome"].as_str(), visto.json()["autenticazione"].as_str()), (Some("Greta Valenti"), Some("SESSION")));

        let uscita = get(banco, format!("{base}{USER}/spid/v1/logout/portale?x=1"), &[("cookie", &cookie)]).await;
        assert_eq!(altrove(&uscita), (303, "https://portale.ente.example/uscita?x=1"));
        get(banco, profilo.clone(), &[("cookie", &cookie)]).await.rifiuta(401, "401", "Sessione Scaduta");
        get(banco, profilo, &[]).await.rifiuta(403, "403", "Credenziali non fornite.");
    }
}

su_entrambi! {
    async fn gli_identificativi_ignoti_non_portano_da_nessuna_parte(banco: &Banco) {
        let base = porta(banco).await;
        let chi = [("x-spid-fiscalnumber", CF)];
        for id in ["altro", "Portale", "https:%2F%2Fmale.example", "%2e%2e%2f", "%20"] {
            let entrata = get(banco, format!("{base}{USER}/spid/v1/login/{id}?url=https://male.example"), &chi).await;
            entrata.rifiuta(404, "404000", "URL-ID non registrato nel sistema.");
            assert_eq!(sessione(&entrata), None);
        }
        let uscita = get(banco, format!("{base}{USER}/spid/v1/logout/altro"), &[]).await;
        assert_eq!((altrove(&uscita), uscita.testo.as_str()), ((200, ""), ""));
        let semplice = get(banco, format!("{base}{USER}/spid/v1/login"), &chi).await;
        assert_eq!((altrove(&semplice), sessione(&semplice).is_some()), ((200, ""), true));
        get(banco, format!("{base}{USER}/spid/v1/login/portale"), &[]).await.rifiuta(403, "403", "Full authentication is required to access this resource");
        // By name and password too.
        let basic = banco.http.get(format!("{base}{USER}/basic/v1/login/portale")).basic_auth("DEMO", Some(PASSWORD)).send().await.expect("risposta");
        assert_eq!(altrove(&Risposta::leggi(basic).await), (303, "https://portale.ente.example/entrata?da=fiorino"));
    }
}

async fn patch(banco: &Banco, utente: &str, corpo: Value) -> Risposta {
    banco.chiama_come(utente, Method::PATCH, &format!("{BACKOFFICE}/profilo"), Some(corpo)).await
}

su_entrambi! {
    async fn il_profilo_dice_i_diritti_effettivi(banco: &Banco) {
        let ruolo = Ruolo { cod: "sportello".to_owned(), acl: vec![Acl { servizio: Servizio::Pendenze, autorizzazioni: vec![Diritto::Scrittura] }] };
        let utenza = Utenza {
            domini: Some(IndexMap::from([(dominio(DOMINIO), AmbitoUo::Solo(IndexSet::from(["UFF".to_owned(), "EC".to_owned()])))])),
            tipi_pendenza: Some(IndexSet::from(["TARI".to_owned()])),
            acl: vec![Acl { servizio: Servizio::Pendenze, autorizzazioni: vec![Diritto::Lettura] }, Acl { servizio: Servizio::Pagamenti, autorizzazioni: vec![Diritto::Lettura] }],
            ruoli: vec!["sportello".to_owned(), "che non c'e'".to_owned()],
            ..Utenza::piena("op", banco.gateway.istantanea().attuale().utenze["gpadmin"].password_hash.clone(), &[])
        };
        banco.censisci(&[Scrittura::Ruolo(ruolo), Scrittura::Utenza(utenza), Scrittura::Operatore(Operatore { principal: "op".to_owned(), nome: "Sportello".to_owned() })]).await;
        let profilo = banco.chiama_come("op", Method::GET, &format!("{BACKOFFICE}/profilo"), None).await.json();
        assert_eq!(profilo, json!({
            "nome": "Sportello",
            "domini": [{ "idDominio": DOMINIO, "ragioneSociale": format!("Comune di Prova {DOMINIO}"), "unitaOperative": [
                { "idUnita": "UFF", "ragioneSociale": "Ufficio tributi" }, { "idUnita": "EC", "ragioneSociale": format!("Comune di Prova {DOMINIO}") }] }],
            "tipiPendenza": [{ "idTipoPendenza": "TARI", "descrizione": "TARI" }],
            "acl": [{ "servizio": "Pagamenti", "autorizzazioni": ["R"] }, { "servizio": "Pendenze", "autorizzazioni": ["R", "W"] }],
            "autenticazione": "BASIC",
        }));
        let applicazione = banco.chiama_come("DEMO", Method::GET, &format!("{BACKOFFICE}/profilo"), None).await.json();
        assert_eq!((&applicazione["nome"], &applicazione["domini"]), (&json!("DEMO"), &json!([{ "idDominio": "*", "ragioneSociale": "Tutti" }])));
        let niente = banco.chiama_come("SENZA_DIRITTI", Method::GET, &format!("{BACKOFFICE}/profilo"), None).await.json();
        assert_eq!(niente["acl"], json!([]));
        if let Some(schema) = contratti::schema("profilo", "govpay/backoffice/govpay-api-backoffice-v1.yaml", "profilo") {
            // The contract spells the rights out, the product and its clients say R and W (spec/1 section 14).
            let altri: Vec<String> = contratti::scostamenti(&schema, &applicazione).into_iter().filter(|s| !s.contains("/autorizzazioni/")).collect();
            assert_eq!(altri, [""; 0]);
        }
    }
}

su_entrambi! {
    async fn una_password_nuova_vale_subito_e_non_si_ripete(banco: &Banco) {
        let una = |op: &str, path: &str, value: Value| json!([{ "op": op, "path": path, "value": value }]);
        for (corpo, atteso) in [
            (una("REPLACE", "/password", json!("corta")), "Il valore del campo password non rispetta il pattern richiesto: ^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?!.*[\\s]).{8,}$"),
            (una("REPLACE", "/password", Value::Null), "Value non valido per il path '/password'"),
            (una("REPLACE", "/password", json!("  ")), "Value non valido per il path '/password'"),
            (una("REPLACE", "/password", json!(12_345_678)), "Value non valido per il path '/password'"),
            (una("DELETE", "/password", json!("Nuova1234")), "Op 'DELETE' non valido per il path '/password'"),
            (una("REPLACE", "/acl", json!([])), "Path '/acl' non valido"),
        ] {
            patch(banco, "gpadmin", corpo).await.rifiuta(400, "SINTASSI", atteso);
        }
        let cambiata = patch(banco, "gpadmin", una("REPLACE", "/password", json!("Nuova1234"))).await;
        assert_eq!((cambiata.stato, cambiata.json()["nome"].as_str()), (StatusCode::OK, Some("Amministratore")));
        assert!(!cambiata.testo.contains("Nuova1234"));
        banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}/profilo"), None).await.rifiuta(401, "401", "Bad credentials");
        let nuova = banco.http.get(format!("{}{BACKOFFICE}/profilo", banco.base)).basic_auth("gpadmin", Some("Nuova1234")).send().await.expect("risposta");
        assert_eq!(nuova.status(), StatusCode::OK);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE contenuto LIKE '%Nuova1234%'").await, 0);
        assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione WHERE principal = 'gpadmin'").await, 1);
    }
}

su_entrambi! {
    async fn chi_cambia_password_dalla_console_resta_dentro(banco: &Banco) {
        let form = format!("{}{}/profilo", banco.base, BACKOFFICE.replace("/basic/", "/form/"));
        let entrata = Risposta::leggi(banco.http.get(&form).basic_auth("gpadmin", Some(PASSWORD)).send().await.expect("risposta")).await;
        let prima = sessione(&entrata).expect("cookie");
        let corpo = json!([{ "op": "REPLACE", "path": "/password", "value": "Nuova1234" }]).to_string();
        let cambiata = Risposta::leggi(banco.http.patch(&form).header("cookie", &prima).body(corpo).send().await.expect("risposta")).await;
        let dopo = sessione(&cambiata).expect("cookie");
        assert_eq!((cambiata.stato, prima == dopo), (StatusCode::OK, false));
        get(banco, form.clone(), &[("cookie", &prima)]).await.rifiuta(401, "401", "Sessione Scaduta");
        assert_eq!(get(banco, form, &[("cookie", &dopo)]).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn le_enumerazioni_e_le_informazioni(banco: &Banco) {
        let get = async |percorso: &str| banco.chiama_come("DEMO", Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await.json();
        let servizi = get("/enumerazioni/serviziACL").await;
        assert_eq!(servizi.as_array().map(Vec::len), Some(12));
        assert_eq!((&servizi[0], &servizi[11]), (&json!("Anagrafica PagoPA"), &json!("API Ragioneria")));
        assert_eq!(get("/enumerazioni/versioneConnettore").await, json!(["REST v1", "REST v2"]));
        let senza = banco.http.get(format!("{}{BACKOFFICE}/info", banco.base)).send().await.expect("risposta");
        let info: Value = Risposta::leggi(senza).await.json();
        assert_eq!(info["appName"], "Fiorino");
        if let Some(schema) = contratti::schema("info", "govpay/backoffice/govpay-api-backoffice-v1.yaml", "infoGovPay") {
            assert!(schema.is_valid(&info), "{info}");
        }
    }
}
