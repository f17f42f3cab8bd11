//! Ruoli through the API (spec/2 section 2.11).

use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, PASSWORD, Risposta};
use crate::corpi_guasti::{Ricetta, guasti};
use crate::su_entrambi;

async fn admin(banco: &Banco, metodo: Method, percorso: &str, corpo: Option<Value>) -> Risposta {
    banco.chiama_come("gpadmin", metodo, &format!("{BACKOFFICE}{percorso}"), corpo).await
}

fn corpo() -> Value {
    json!({ "acl": [{ "servizio": "Pendenze", "autorizzazioni": ["W", "R"] }, { "servizio": "Pagamenti", "autorizzazioni": ["R"] }] })
}

su_entrambi! {
    async fn un_ruolo_e_i_suoi_diritti_e_nient_altro(banco: &Banco) {
        for _ in 0..2 {
            let risposta = admin(banco, Method::PUT, "/ruoli/operatore", Some(corpo())).await;
            assert_eq!((risposta.stato, risposta.testo.as_str()), (StatusCode::OK, ""));
        }
        assert_eq!(admin(banco, Method::GET, "/ruoli/operatore", None).await.json(), corpo());
        let ignoto = admin(banco, Method::GET, "/ruoli/Operatore", None).await;
        assert_eq!((ignoto.stato, ignoto.json()), (StatusCode::OK, json!({ "acl": [] })));
        admin(banco, Method::PUT, "/ruoli/Operatore", Some(corpo())).await;
        let lista = admin(banco, Method::GET, "/ruoli", None).await.json();
        assert_eq!(lista["risultati"], json!([{ "id": "Operatore" }, { "id": "operatore" }]));
        const FILE: &str = "govpay/backoffice/govpay-api-backoffice-v1.yaml";
        if let Some(schema) = contratti::schema("API Backoffice v1, ruoloPost", FILE, "ruoloPost") {
            assert_eq!(scostamenti(&schema, &corpo()), [] as [&str; 0]);
        }
        // A PUT leaves nothing of what was there.
        let solo = json!({ "acl": [{ "servizio": "Anagrafica Ruoli", "autorizzazioni": ["R"] }] });
        admin(banco, Method::PUT, "/ruoli/operatore", Some(solo.clone())).await;
        assert_eq!(admin(banco, Method::GET, "/ruoli/operatore", None).await.json(), solo);
    }
}

su_entrambi! {
    async fn un_corpo_sbagliato_non_lascia_traccia(banco: &Banco) {
        for (c, testo) in [
            (json!({}), "Il campo acl non deve essere vuoto."),
            (json!({ "acl": null }), "Il campo acl non deve essere vuoto."),
            (json!({ "acl": [] }), "Il campo acl non deve essere vuoto."),
            (json!({ "acl": [{ "servizio": "Pendenze", "autorizzazioni": [] }] }), "Il campo autorizzazioni non deve essere vuoto."),
            (json!({ "acl": [{ "servizio": null, "autorizzazioni": ["R"] }] }), "Il campo servizio non deve essere vuoto."),
            (json!({ "acl": [null] }), "L'elemento in posizione 0 del campo acl e' vuoto."),
        ] {
            admin(banco, Method::PUT, "/ruoli/nuovo", Some(c)).await.rifiuta(400, "SINTASSI", testo);
        }
        assert!(admin(banco, Method::PUT, "/ruoli/a.b", Some(corpo())).await.fault().2.contains("campo idRuolo non rispetta il pattern"));
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ruolo WHERE cod = 'nuovo'").await, 0);
    }
}

su_entrambi! {
    async fn una_modifica_sbagliata_e_sempre_403(banco: &Banco) {
        admin(banco, Method::PUT, "/ruoli/operatore", Some(corpo())).await;
        let patch = async |c: Value| admin(banco, Method::PATCH, "/ruoli/operatore", Some(c)).await;
        let una = |op: &str, path: &str, value: Value| json!([{ "op": op, "path": path, "value": value }]);
        let buona = patch(una("ADD", "/acl", json!({ "servizio": "Pendenze", "autorizzazioni": ["R"] }))).await;
        let attesa = json!({ "id": "operatore",
            "acl": [{ "servizio": "Pendenze", "autorizzazioni": ["R"] }, { "servizio": "Pagamenti", "autorizzazioni": ["R"] }] });
        assert_eq!((buona.stato, buona.json()), (StatusCode::OK, attesa));
        for (c, testo) in [
            (una("REPLACE", "/acl", json!({})), "Op 'REPLACE' non valido per il path '/acl'"),
            (una("ADD", "/domini", json!("*")), "Path '/domini' non valido"),
            (una("DELETE", "/acl", json!({ "servizio": "Anagrafica Ruoli" })), "Value non valido per il path '/acl'"),
            (una("add", "/acl", json!({})), "Il campo op non e' valido."),
            (json!({}), "Il corpo della richiesta deve essere una lista JSON, ricevuto un oggetto."),
        ] {
            let risposta = patch(c).await;
            risposta.rifiuta(403, "403000", testo);
            assert_eq!(risposta.json()["descrizione"], "Operazione non autorizzata");
        }
        // Without rights it is no more, and nobody can be given it.
        for servizio in ["Pendenze", "Pagamenti"] {
            assert_eq!(patch(una("DELETE", "/acl", json!({ "servizio": servizio }))).await.stato, StatusCode::OK);
        }
        assert_eq!(admin(banco, Method::GET, "/ruoli", None).await.json()["risultati"], json!([]));
        let app = json!({ "principal": "nuova", "ruoli": ["operatore"] });
        admin(banco, Method::PUT, "/applicazioni/NUOVA", Some(app)).await.rifiuta(422, "SEMANTICA", "Il ruolo operatore indicato non esiste.");
    }
}

su_entrambi! {
    async fn i_diritti_di_un_ruolo_valgono_per_chi_lo_ha(banco: &Banco) {
        let operatore = json!({ "ragioneSociale": "Rossi", "password": PASSWORD, "domini": ["*"], "tipiPendenza": ["*"], "ruoli": ["lettore"], "abilitato": true });
        assert_eq!(admin(banco, Method::PUT, "/operatori/rossi", Some(operatore)).await.stato, StatusCode::CREATED);
        let prova = async || banco.chiama_come("rossi", Method::GET, &format!("{BACKOFFICE}/ruoli"), None).await.stato;
        assert_eq!(prova().await, StatusCode::FORBIDDEN);
        let legge = json!({ "acl": [{ "servizio": "Anagrafica Ruoli", "autorizzazioni": ["R"] }] });
        admin(banco, Method::PUT, "/ruoli/lettore", Some(legge)).await;
        assert_eq!(prova().await, StatusCode::OK);
        // Reading is not writing.
        let scrive = banco.chiama_come("rossi", Method::PUT, &format!("{BACKOFFICE}/ruoli/x"), Some(corpo())).await;
        assert_eq!(scrive.stato, StatusCode::FORBIDDEN);
    }
}

su_entrambi! {
    async fn ogni_corpo_guasto_e_rifiutato_col_nome_del_membro(banco: &Banco) {
        let Some(guasti) = guasti(&Ricetta { componente: "ruoloPost", buono: corpo(), ..Ricetta::default() }) else { return };
        for g in guasti {
            let (stato, codice, testo) = admin(banco, Method::PUT, "/ruoli/nuovo", Some(g.corpo)).await.fault();
            assert_eq!((stato, codice.as_str()), (400, "SINTASSI"), "{} {}: {testo}", g.membro, g.come);
            assert!(testo.contains(&g.membro), "{} {}: {testo}", g.membro, g.come);
        }
        assert_eq!(banco.conta("SELECT COUNT(*) FROM ruolo WHERE cod = 'nuovo'").await, 0);
    }
}
