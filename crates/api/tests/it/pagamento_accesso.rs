//! Who gets in at API Pagamento, and how it leaves (spec/1 sections 2, 2.3 and 9.12).

use domain::chiamante::Profilo;
use gateway::accesso::sessione::IdSessione;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::banco::{Banco, DOMINIO, PAGAMENTO_V1, PAGAMENTO_V2, PAGAMENTO_V3, Risposta, chiavi};
use crate::su_entrambi;

pub const GRETA: &str = "VLNGRT75C52F205X";
pub const CORRADO: &str = "BNCCRD80A01F205Z";

/// A call by a profile: as a citizen when there is a fiscal code, else as nobody, with the cookie of a session.
pub async fn chiama(banco: &Banco, base: &str, percorso: &str, cittadino: Option<&str>, sessione: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.request(Method::GET, format!("{base}{percorso}")).header("accept", "application/json");
    if let Some(cf) = cittadino {
        let spid = [
            ("fiscalnumber", format!("TINIT-{cf}")),
            ("name", "Greta".to_owned()),
            ("familyname", "Valenti".to_owned()),
            ("email", "greta@example.org".to_owned()),
        ];
        richiesta = spid.into_iter().fold(richiesta, |r, (nome, v)| r.header(format!("x-spid-{nome}"), v));
    }
    if let Some(id) = sessione {
        richiesta = richiesta.header("cookie", format!("JSESSIONID={id}"));
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

/// Address of a version by a profile, at a door.
pub fn presso(porta: &str, profilo: &str, versione: &str) -> String {
    format!("{porta}/govpay/frontend/api/pagamento/rs/{profilo}/{versione}")
}

su_entrambi! {
    async fn il_profilo_dice_chi_chiama_nella_forma_di_ogni_versione(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let vuoto = json!([]);
        for (versione, radice, entrate, di_un_dominio) in [
            ("v1", PAGAMENTO_V1, "entrate", &["abilitato", "auxDigit", "cbill", "contiAccredito", "entrate", "gln", "idDominio", "indirizzo", "localita", "ragioneSociale", "segregationCode", "stazione", "unitaOperative"][..]),
            ("v2", PAGAMENTO_V2, "tipiPendenza", &["cbill", "gln", "idDominio", "indirizzo", "localita", "ragioneSociale", "tipiPendenza", "unitaOperative"][..]),
            ("v3", PAGAMENTO_V3, "tipiPendenza", &["idDominio", "ragioneSociale"][..]),
        ] {
            let profilo = banco.chiama_come("PORTALE", Method::GET, &format!("{radice}/profilo"), None).await.json();
            assert_eq!((&profilo["nome"], &profilo[entrate], &profilo["acl"]), (&json!("PORTALE"), &vuoto, &vuoto));
            assert_eq!(chiavi(&profilo), { let mut k = vec!["acl", "domini", "nome", entrate]; k.sort_unstable(); k });
            let domini = profilo["domini"].as_array().expect("domini");
            assert_eq!((domini.len(), &domini[0]["idDominio"], chiavi(&domini[0])), (3, &json!(DOMINIO), di_un_dominio.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()));

            let greta = chiama(banco, &presso(&porta, "spid", versione), "/profilo", Some(GRETA), None).await.json();
            assert_eq!(greta, json!({ "nome": GRETA, "domini": [], entrate: [], "acl": [],
                "anagrafica": { "identificativo": GRETA, "anagrafica": "Greta Valenti", "email": "greta@example.org" } }));

            let nessuno = chiama(banco, &presso(&porta, "public", versione), "/profilo", None, None).await;
            assert_eq!((nessuno.stato.as_u16(), &nessuno.json()["codice"]), (403, &json!("403")));
        }
    }
}

su_entrambi! {
    async fn una_sessione_spid_basta_finche_non_si_esce(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let login = chiama(banco, &format!("{porta}/govpay/frontend/api/user/rs/spid/v1"), "/login", Some(GRETA), None).await;
        let cookie = login.intestazioni["set-cookie"].to_str().expect("testo").to_owned();
        let id = cookie.strip_prefix("JSESSIONID=").and_then(|c| c.split(';').next()).expect("cookie").to_owned();
        assert!(IdSessione::leggi(&id).is_some());
        for profilo in ["spid", "session"] {
            let risposta = chiama(banco, &presso(&porta, profilo, "v2"), "/profilo", None, Some(&id)).await;
            assert_eq!((risposta.stato, &risposta.json()["nome"]), (StatusCode::OK, &json!(GRETA)), "{profilo}");
        }
        // Headers of somebody else count more than the session.
        let altri = chiama(banco, &presso(&porta, "spid", "v3"), "/profilo", Some(CORRADO), Some(&id)).await;
        assert_eq!(altri.json()["nome"], json!(CORRADO));

        let fuori = chiama(banco, &presso(&porta, "spid", "v1"), "/logout", None, Some(&id)).await;
        assert_eq!((fuori.stato, fuori.testo.as_str()), (StatusCode::OK, ""));
        assert!(fuori.intestazioni["set-cookie"].to_str().expect("testo").contains("Max-Age=0"));
        for profilo in ["spid", "session"] {
            chiama(banco, &presso(&porta, profilo, "v2"), "/profilo", None, Some(&id)).await.rifiuta(401, "401", "Sessione Scaduta");
        }
        assert_eq!(chiama(banco, &presso(&porta, "spid", "v2"), "/profilo", None, None).await.fault().1, "403");
        // Whoever has no session leaves all the same.
        let uscita = chiama(banco, &presso(&porta, "spid", "v2"), "/logout", Some(GRETA), None).await;
        assert_eq!((uscita.stato, uscita.intestazioni.contains_key("set-cookie")), (StatusCode::OK, false));
        assert_eq!(banco.chiama_come("PORTALE", Method::GET, &format!("{PAGAMENTO_V3}/logout"), None).await.stato, StatusCode::OK);
        assert_eq!(banco.chiama_come("PORTALE", Method::GET, "/govpay-api-pagamento/rs/apikey/v1/profilo", None).await.stato, StatusCode::UNAUTHORIZED);
    }
}

/// What the profile `public` is given: method and path, by version (spec/1 section 2.3).
const APERTE: &[(&str, &str)] = &[
    ("v1", "POST /pagamenti"),
    ("v1", "GET /pagamenti/{id}"),
    ("v1", "GET /pagamenti/byIdSession/{idSession}"),
    ("v2", "POST /pagamenti"),
    ("v2", "GET /pagamenti/{id}"),
    ("v2", "GET /pagamenti/byIdSession/{idSession}"),
    ("v2", "POST /pendenze/{idDominio}/{idTipoPendenza}"),
    ("v1", "GET /avvisi/{idDominio}/{numeroAvviso}"),
    ("v1", "GET /rpp/{idDominio}/{iuv}/{ccp}"),
    ("v1", "GET /rpp/{idDominio}/{iuv}/{ccp}/rpt"),
    ("v1", "GET /rpp/{idDominio}/{iuv}/{ccp}/rt"),
    ("v2", "GET /avvisi/{idDominio}/{numeroAvviso}"),
    ("v2", "GET /rpp/{idDominio}/{iuv}/{ccp}"),
    ("v2", "GET /rpp/{idDominio}/{iuv}/{ccp}/rpt"),
    ("v2", "GET /rpp/{idDominio}/{iuv}/{ccp}/rt"),
    ("v2", "GET /pendenze/{idA2A}/{idPendenza}"),
    ("v2", "GET /pendenze/byAvviso/{idDominio}/{numeroAvviso}"),
    ("v3", "GET /pendenze"),
    ("v3", "GET /pendenze/{idA2A}/{idPendenza}"),
    ("v3", "GET /ricevute/{idDominio}/{iuv}"),
    ("v3", "GET /ricevute/{idDominio}/{iuv}/{idRicevuta}"),
    ("v2", "GET /domini"),
    ("v2", "GET /domini/{idDominio}"),
    ("v2", "GET /domini/{idDominio}/unitaOperative"),
    ("v2", "GET /domini/{idDominio}/unitaOperative/{idUnitaOperativa}"),
    ("v2", "GET /domini/{idDominio}/tipiPendenza"),
    ("v2", "GET /domini/{idDominio}/tipiPendenza/{idTipoPendenza}"),
    ("v2", "GET /domini/{idDominio}/logo"),
];

su_entrambi! {
    async fn al_profilo_public_risponde_solo_la_lista_bianca(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        for rotta in api::elenco_rotte().into_iter().filter(|r| r.api.nome == "pagamento") {
            let nome = format!("{} {}", rotta.metodo, rotta.percorso);
            let aperta = APERTE.contains(&(rotta.api.versione, nome.as_str()));
            assert_eq!(rotta.profili().any(|p| p == Profilo::Public), aperta, "{} {nome}", rotta.api.versione);
            let percorso = rotta.percorso.replace("{idDominio}", DOMINIO).replace(['{', '}'], "");
            let richiesta = banco.http.request(rotta.metodo.clone(), format!("{}{percorso}", presso(&porta, "public", rotta.api.versione)));
            let risposta = Risposta::leggi(richiesta.send().await.expect("risposta")).await;
            let dello_strato = risposta.stato == 403 && risposta.json()["codice"] == "403";
            assert_eq!(!dello_strato, aperta, "{} {nome}: {}", rotta.api.versione, risposta.testo);
        }
        for (versione, percorso) in [("v1", "/domini"), ("v2", "/boh"), ("v3", "/domini"), ("v3", "/rpp")] {
            assert_eq!(chiama(banco, &presso(&porta, "public", versione), percorso, None, None).await.fault().1, "403", "{versione} {percorso}");
        }
    }
}
