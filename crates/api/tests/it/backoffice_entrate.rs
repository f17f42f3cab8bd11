//! Entrate of the catalogue and of a dominio through the API (spec/2 sections 2.6, 2.18 and 2.19).

use contratti::scostamenti;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, IBAN, IBAN_POSTALE, Risposta};
use crate::corpi_guasti::{Ricetta, prova_corpi};
use crate::su_entrambi;

const CATALOGO: &str = "/entrate/Codice-Entrata_1.a";

async fn put(banco: &Banco, percorso: &str, corpo: Value) -> Risposta {
    banco.chiama_come("gpadmin", Method::PUT, &format!("{BACKOFFICE}{percorso}"), Some(corpo)).await
}

async fn get(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama_come("gpadmin", Method::GET, &format!("{BACKOFFICE}{percorso}"), None).await
}

fn del_dominio(cod: &str) -> String {
    format!("/domini/{DOMINIO}/entrate/{cod}")
}

fn catalogo() -> Value {
    json!({ "descrizione": "Una entrata", "tipoContabilita": "SIOPE", "codiceContabilita": 3321 })
}

su_entrambi! {
    async fn il_catalogo_si_scrive_due_volte_e_si_rilegge(banco: &Banco) {
        assert_eq!(put(banco, CATALOGO, catalogo()).await.stato, StatusCode::CREATED);
        let seconda = put(banco, CATALOGO, catalogo()).await;
        assert_eq!((seconda.stato, seconda.testo.as_str()), (StatusCode::OK, ""));
        let attesa = json!({ "idEntrata": "Codice-Entrata_1.a", "descrizione": "Una entrata", "tipoContabilita": "SIOPE", "codiceContabilita": "3321" });
        assert_eq!(get(banco, CATALOGO).await.json(), attesa);
        // By description, all on one page.
        let elenco = get(banco, "/entrate").await.json();
        let nomi: Vec<_> = elenco["risultati"].as_array().expect("lista").iter().map(|e| e["idEntrata"].clone()).collect();
        assert_eq!(nomi, ["BOLLOT", "CDS", "LIBERO", "MENSA", "TARI", "Codice-Entrata_1.a"]);
        assert_eq!(elenco["risultati"][5], attesa);
        // An id that contains another is another.
        get(banco, "/entrate/Codice-Entrata_1").await.rifiuta(404, "404000", "Entrata Codice-Entrata_1 non censita in Anagrafica");
        put(banco, CATALOGO, json!({ "descrizione": "x", "tipoContabilita": "BOH", "codiceContabilita": "a b" })).await.rifiuta(
            400, "SINTASSI", r"Il valore [a b] del campo codiceContabilita non rispetta il pattern richiesto: (^\S{3,138}$)");
        put(banco, CATALOGO, json!({ "descrizione": "x", "tipoContabilita": "BOH", "codiceContabilita": "abc" })).await.rifiuta(
            400, "SINTASSI", "Codifica inesistente per tipoContabilita. Valore fornito [BOH] valori possibili {CAPITOLO,SPECIALE,SIOPE,ALTRO}");
    }
}

su_entrambi! {
    async fn un_entrata_del_dominio_dice_solo_cio_che_cambia(banco: &Banco) {
        put(banco, CATALOGO, catalogo()).await;
        let percorso = del_dominio("Codice-Entrata_1.a");
        get(banco, &percorso).await.rifiuta(404, "404000", &format!("Entrata Codice-Entrata_1.a non censita in Anagrafica per il Dominio {DOMINIO}"));
        let tipo = json!({ "idEntrata": "Codice-Entrata_1.a", "descrizione": "Una entrata", "tipoContabilita": "SIOPE", "codiceContabilita": "3321" });
        for (stato, corpo, attesi) in [
            (StatusCode::CREATED, json!({ "ibanAccredito": IBAN, "abilitato": true, "ibanAppoggio": null }), json!({ "ibanAccredito": IBAN, "abilitato": true })),
            (StatusCode::OK, json!({ "ibanAccredito": IBAN, "ibanAppoggio": IBAN_POSTALE, "abilitato": "false" }), json!({ "ibanAccredito": IBAN, "ibanAppoggio": IBAN_POSTALE, "abilitato": false })),
            (StatusCode::OK, json!({ "tipoContabilita": "ALTRO", "codiceContabilita": "MBT" }), json!({ "tipoContabilita": "ALTRO", "codiceContabilita": "MBT", "abilitato": true })),
            (StatusCode::OK, json!({}), json!({ "abilitato": true })),
        ] {
            assert_eq!(put(banco, &percorso, corpo).await.stato, stato);
            let mut attesa = attesi;
            attesa["idEntrata"] = json!("Codice-Entrata_1.a");
            attesa["tipoEntrata"] = tipo.clone();
            assert_eq!(get(banco, &percorso).await.json(), attesa);
            let elenco = get(banco, &format!("/domini/{DOMINIO}/entrate?descrizione=una%20ENTR")).await.json();
            assert_eq!(elenco["risultati"], json!([attesa]));
        }
        let bollo = json!({ "tipoContabilita": "ALTRO", "codiceContabilita": "MBT", "abilitato": true });
        assert_eq!(put(banco, &del_dominio("BOLLOT"), bollo).await.stato, StatusCode::OK);
        let accese = get(banco, &format!("/domini/{DOMINIO}/entrate?abilitato=true")).await.json();
        assert_eq!((&accese["numRisultati"], &get(banco, &format!("/domini/{DOMINIO}/entrate?abilitato=false")).await.json()["numRisultati"]), (&json!(6), &json!(0)));
        // What a dominio says is worth for its pendenze at once.
        let attuale = banco.gateway.istantanea().attuale();
        let bollo = attuale.entrata(&crate::banco::dominio(DOMINIO), "BOLLOT").expect("entrata");
        assert_eq!(bollo.codice_contabilita.as_deref(), Some("MBT"));
    }
}

su_entrambi! {
    async fn cio_che_manca_e_detto_in_ordine(banco: &Banco) {
        let corpo = json!({ "ibanAccredito": "IT01", "ibanAppoggio": "IT02" });
        for (percorso, corpo, testo) in [
            ("/domini/99999999990/entrate/NO".to_owned(), corpo.clone(), "Il dominio 99999999990 indicato non esiste."),
            (del_dominio("NO"), corpo.clone(), "L'entrata NO indicata non esiste."),
            (del_dominio("TARI"), corpo, "L'iban accredito IT01 indicato non esiste."),
            (del_dominio("TARI"), json!({ "ibanAccredito": IBAN, "ibanAppoggio": "IT02" }), "L'iban appoggio IT02 indicato non esiste."),
        ] {
            put(banco, &percorso, corpo).await.rifiuta(422, "SEMANTICA", testo);
        }
        // A closed list is looked at before what exists.
        put(banco, "/domini/99999999990/entrate/NO", json!({ "tipoContabilita": "BOH" })).await.rifiuta(
            400, "SINTASSI", "Codifica inesistente per tipoContabilita. Valore fornito [BOH] valori possibili {CAPITOLO,SPECIALE,SIOPE,ALTRO}");
    }
}

su_entrambi! {
    async fn un_corpo_guasto_e_rifiutato_col_nome_del_membro(banco: &Banco) {
        let lunghezze = &[("descrizione", 255), ("codiceContabilita", 138), ("ibanAccredito", 255), ("ibanAppoggio", 255)];
        let forme = &[("descrizione", ""), ("codiceContabilita", "a b c"), ("codiceContabilita", "ab"), ("ibanAccredito", ""), ("ibanAppoggio", "")];
        let c = Ricetta { componente: "tipoEntrataPost", buono: catalogo(), lunghezze, forme, ..Ricetta::default() };
        prova_corpi(banco, CATALOGO, &c).await;
        let buono = json!({ "ibanAccredito": IBAN, "ibanAppoggio": IBAN_POSTALE, "tipoContabilita": "ALTRO", "codiceContabilita": "abc", "abilitato": true });
        let e = Ricetta { componente: "entrataPost", buono, facoltativi: &["ibanAccredito"], non_nulli: &["abilitato"], lunghezze, forme, ..Ricetta::default() };
        prova_corpi(banco, &del_dominio("Codice-Entrata_1.a"), &e).await;
    }
}

su_entrambi! {
    async fn le_risposte_rispettano_il_contratto(banco: &Banco) {
        let conforme = |componente: &str, corpo: &Value, attesi: &[&str]| {
            let schema = contratti::schema(&format!("API Backoffice, {componente}"), "govpay/backoffice/govpay-api-backoffice-v1.yaml", componente);
            if let Some(schema) = schema {
                assert_eq!(scostamenti(&schema, corpo), attesi, "{corpo:#}");
            }
        };
        put(banco, CATALOGO, catalogo()).await;
        conforme("tipoEntrata", &get(banco, CATALOGO).await.json(), &[]);
        conforme("listaPaginata", &get(banco, "/entrate?risultatiPerPagina=2").await.json(), &[]);
        conforme("entrata", &get(banco, &del_dominio("TARI")).await.json(), &[]);
        conforme("entrata", &get(banco, &del_dominio("BOLLOT")).await.json(), &[" manca ibanAccredito"]);
    }
}
