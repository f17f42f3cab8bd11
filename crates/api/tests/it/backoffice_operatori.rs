//! Operatori through the API (spec/2 sections 2.10, 2.18 and 2.19).

use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, PASSWORD, Risposta};
use crate::corpi_guasti::{Ricetta, prova_corpi};
use crate::su_entrambi;

const ROSSI: &str = "/operatori/RSSMRA80A01F205X";

async fn admin(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

async fn put(banco: &Banco, percorso: &str, corpo: &Value) -> Risposta {
    admin(banco, Method::PUT, percorso, Some(corpo.clone())).await
}

async fn get(banco: &Banco, percorso: &str) -> Value {
    let risposta = admin(banco, Method::GET, percorso, None).await;
    assert_eq!(risposta.stato, StatusCode::OK, "{}", risposta.testo);
    risposta.json()
}

fn rw(servizi: &[&str]) -> Value {
    servizi.iter().map(|s| json!({ "servizio": s, "autorizzazioni": ["R", "W"] })).collect()
}

/// What administration scripts send (spec/2 section 2.18).
fn corpo() -> Value {
    json!({ "ragioneSociale": "Mario Rossi", "password": PASSWORD, "domini": ["*"], "tipiPendenza": ["*"], "acl": rw(&["Pagamenti", "Pendenze"]), "abilitato": true })
}

su_entrambi! {
    async fn i_corpi_degli_script_si_scrivono_due_volte_e_si_rileggono(banco: &Banco) {
        let ruolo = json!({ "acl": rw(&["Pagamenti", "Pendenze"]) });
        let secondo = json!({ "ragioneSociale": "Secondo", "domini": ["*"], "tipiPendenza": ["*"], "acl": null, "ruoli": ["operatore"], "abilitato": true });
        for (operatore, atteso_ruolo) in [(StatusCode::CREATED, StatusCode::OK), (StatusCode::OK, StatusCode::OK)] {
            assert_eq!(put(banco, ROSSI, &corpo()).await.stato, operatore);
            assert_eq!(put(banco, "/ruoli/operatore", &ruolo).await.stato, atteso_ruolo);
            assert_eq!(put(banco, "/operatori/secondo", &secondo).await.stato, operatore);
        }
        let mut atteso = corpo();
        (atteso["principal"], atteso["password"], atteso["ruoli"]) = (json!("RSSMRA80A01F205X"), json!(true), json!([]));
        atteso["domini"] = json!([{ "idDominio": "*", "ragioneSociale": "Tutti" }]);
        atteso["tipiPendenza"] = json!([{ "idTipoPendenza": "*", "descrizione": "Tutti" }]);
        assert_eq!(get(banco, ROSSI).await, atteso);
        let letto = get(banco, "/operatori/secondo").await;
        assert_eq!((&letto["password"], &letto["acl"], &letto["ruoli"]), (&json!(false), &json!([]), &json!([{ "id": "operatore", "acl": ruolo["acl"] }])));
        admin(banco, Method::GET, "/operatori/nessuno", None).await.rifiuta(404, "404000", "Operatore nessuno non censito in Anagrafica");

        // A ruolo that does not exist is kept; order is that of the sender.
        let altro = json!({ "ragioneSociale": "Mario Rossi", "domini": [DOMINIO_2, DOMINIO], "tipiPendenza": ["TARI", "CDS"], "ruoli": ["mai_visto"], "abilitato": "false" });
        assert_eq!(put(banco, ROSSI, &altro).await.stato, StatusCode::OK);
        let letto = get(banco, ROSSI).await;
        let id = |lista: &str, nome: &str| letto[lista].as_array().expect("lista").iter().map(|v| v[nome].clone()).collect::<Value>();
        assert_eq!((id("domini", "idDominio"), id("tipiPendenza", "idTipoPendenza")), (json!([DOMINIO_2, DOMINIO]), json!(["TARI", "CDS"])));
        assert_eq!((&letto["ruoli"], &letto["abilitato"], &letto["password"]), (&json!([{ "id": "mai_visto", "acl": [] }]), &json!(false), &json!(true)));
    }
}

su_entrambi! {
    async fn un_principal_qualsiasi_arriva_intero_dal_percorso(banco: &Banco) {
        let lungo = "a".repeat(4000);
        // As long as a subject can be without being compressed: an index of PostgreSQL holds 2700 bytes of a key.
        let casuale: String = (0..80).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
        for (percorso, principal) in [
            ("%2520%2526%252A", " &*"),
            ("%20%26%2A", " &*"),
            ("CN%3Dx%2C%20O%3Dy%2Fz", "CN=x, O=y/z"),
            ("CN%253Dx%252C%2520O%253Dy%252Fw", "CN=x, O=y/w"),
            ("a+b", "a+b"),
            ("%C3%A8%20vero", "\u{e8} vero"),
            ("100%25", "100%"),
            ("%2525", "%"),
            (lungo.as_str(), lungo.as_str()),
            (casuale.as_str(), casuale.as_str()),
        ] {
            let percorso = format!("/operatori/{percorso}");
            assert!(put(banco, &percorso, &corpo()).await.stato.is_success(), "{principal}");
            assert_eq!(get(banco, &percorso).await["principal"], json!(principal));
            let risposta = admin(banco, Method::PATCH, &percorso, Some(json!([{ "op": "DELETE", "path": "/domini", "value": "*" }]))).await;
            assert_eq!((risposta.stato, &risposta.json()["domini"]), (StatusCode::OK, &json!([])));
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM operatore WHERE principal IN (' &*', 'CN=x, O=y/z')").await, 2);
        for cattivo in ["a".repeat(4001), "a%00b".to_owned(), "a%2500b".to_owned()] {
            let (stato, codice, testo) = put(banco, &format!("/operatori/{cattivo}"), &corpo()).await.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{testo}");
            assert!(testo.contains("principal"), "{testo}");
        }
    }
}

su_entrambi! {
    async fn un_principal_che_l_archivio_non_puo_tenere_e_rifiutato_e_non_lascia_nulla(banco: &Banco) {
        // No two parts alike: what an index cannot compress.
        let casuale: String = (0..125).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
        let risposta = put(banco, &format!("/operatori/{casuale}"), &corpo()).await;
        if banco.url.starts_with("sqlite:") {
            assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
        } else {
            risposta.rifiuta(422, "SEMANTICA", "Il principal indicato e' troppo lungo per questo archivio.");
            assert_eq!(banco.conta("SELECT COUNT(*) FROM operatore").await, 1);
            assert_eq!(banco.conta("SELECT COUNT(*) FROM anagrafica_revisione").await, 0);
        }
    }
}

su_entrambi! {
    async fn la_tavola_degli_errori(banco: &Banco) {
        let con = |nome: &str, valore: Value| {
            let mut c = corpo();
            c[nome] = valore;
            c
        };
        for (c, testo) in [
            (con("ragioneSociale", Value::Null), "Il campo ragioneSociale non deve essere vuoto."),
            (con("abilitato", Value::Null), "Il campo abilitato non deve essere vuoto."),
            (con("domini", json!([1])), "Tipo non valido per il campo domini"),
            (con("domini", json!([{ "idDominio": DOMINIO, "unitaOperative": {} }])), "Tipo non valido per il campo unitaOperative"),
            (con("acl", json!([{ "servizio": "Pendenze", "autorizzazioni": ["X"] }])), "Codifica inesistente per autorizzazioni. Valore fornito [X] valori possibili {R,W}"),
            (con("tipiPendenza", json!(["autodeterminazione"])), "Il campo tipiPendenza contiene un valore non valido."),
        ] {
            put(banco, ROSSI, &c).await.rifiuta(400, "SINTASSI", testo);
        }
        for (percorso, c, testo) in [
            (ROSSI, con("domini", json!(["99999999999"])), "Il dominio 99999999999 indicato non esiste."),
            (ROSSI, con("tipiPendenza", json!(["BOH"])), "Il tipo pendenza BOH indicato non esiste."),
            ("/operatori/DEMO", corpo(), "Impossibile aggiungere l'operatore [Mario Rossi], il principal scelto non e' disponibile."),
        ] {
            put(banco, percorso, &c).await.rifiuta(422, "SEMANTICA", testo);
        }
        put(banco, ROSSI, &corpo()).await;
        for (op, path, value, testo) in [
            ("ADD", "/tipiPendenza", json!("autodeterminazione"), "Value non valido per il path '/tipiPendenza'"),
            ("ADD", "/domini", json!("99999999999"), "Value non valido per il path '/domini'"),
            ("ADD", "/ruoli", json!("x"), "Path '/ruoli' non valido"),
            ("REPLACE", "/domini", json!("*"), "Op 'REPLACE' non valido per il path '/domini'"),
        ] {
            admin(banco, Method::PATCH, ROSSI, Some(json!([{ "op": op, "path": path, "value": value }]))).await.rifiuta(400, "SINTASSI", testo);
        }
    }
}

su_entrambi! {
    async fn la_password_vecchia_smette_subito(banco: &Banco) {
        put(banco, ROSSI, &con_anagrafica_ruoli()).await;
        let entra = async |password: &str| {
            let richiesta = banco.http.get(format!("{}{BACKOFFICE}/operatori", banco.base)).basic_auth("RSSMRA80A01F205X", Some(password));
            richiesta.send().await.expect("risposta").status()
        };
        assert_eq!(entra(PASSWORD).await, StatusCode::OK);
        let mut c = con_anagrafica_ruoli();
        c["password"] = json!("Nuova12345");
        assert_eq!(put(banco, ROSSI, &c).await.stato, StatusCode::OK);
        assert_eq!((entra(PASSWORD).await, entra("Nuova12345").await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
        c["abilitato"] = json!(false);
        put(banco, ROSSI, &c).await;
        assert_eq!(entra("Nuova12345").await, StatusCode::FORBIDDEN);
    }
}

fn con_anagrafica_ruoli() -> Value {
    let mut c = corpo();
    c["acl"] = rw(&["Anagrafica Ruoli"]);
    c
}

su_entrambi! {
    async fn la_lista_e_per_nome_e_il_contratto_e_rispettato(banco: &Banco) {
        let mut c = corpo();
        c["domini"] = json!([DOMINIO]);
        put(banco, ROSSI, &c).await;
        let lista = get(banco, "/operatori?abilitato=true").await;
        let nomi: Vec<&str> = lista["risultati"].as_array().expect("lista").iter().filter_map(|r| r["ragioneSociale"].as_str()).collect();
        assert_eq!(nomi, ["Amministratore", "Mario Rossi"]);
        assert_eq!(get(banco, "/operatori?abilitato=false").await["risultati"], json!([]));
        const FILE: &str = "govpay/backoffice/govpay-api-backoffice-v1.yaml";
        let Some(schema) = contratti::schema("API Backoffice v1, operatore", FILE, "operatore") else { return };
        assert_eq!(scostamenti(&schema, &get(banco, ROSSI).await), [] as [&str; 0]);
        let Some(indice) = contratti::schema("API Backoffice v1, operatoreIndex", FILE, "operatoreIndex") else { return };
        lista["risultati"].as_array().expect("lista").iter().for_each(|r| assert_eq!(scostamenti(&indice, r), [] as [&str; 0]));
    }
}

su_entrambi! {
    async fn dieci_scritture_insieme_hanno_un_solo_nato(banco: &Banco) {
        let c = corpo();
        let esiti = futures::future::join_all((0..10).map(|_| put(banco, ROSSI, &c))).await;
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::CREATED).count(), 1);
        assert_eq!(esiti.iter().filter(|e| e.stato == StatusCode::OK).count(), 9);
    }
}

su_entrambi! {
    async fn ogni_corpo_guasto_e_rifiutato_col_nome_del_membro(banco: &Banco) {
        let ricetta = Ricetta {
            componente: "operatorePost",
            buono: corpo(),
            non_nulli: &["ragioneSociale", "abilitato"],
            lunghezze: &[("ragioneSociale", 35)],
            forme: &[("password", "debole"), ("ragioneSociale", "")],
            ..Ricetta::default()
        };
        prova_corpi(banco, ROSSI, &ricetta).await;
    }
}
