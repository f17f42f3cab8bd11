//! Domini and what belongs to them, as portals read them (spec/1 sections 1 and 10.7).

use domain::anagrafica::tipo_pendenza::{Form, PortaleTipo};
use domain::anagrafica::{BlocchiTipo, Scrittura, TipoPendenza, UnitaOperativa};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::banco::{Banco, DOMINIO, DOMINIO_2, IBAN, IBAN_POSTALE, PAGAMENTO_V1, PAGAMENTO_V2, PASSWORD, Risposta, chiavi, dominio};
use crate::pagamento_accesso::{GRETA, chiama, presso};
use crate::su_entrambi;

async fn leggi(banco: &Banco, percorso: &str) -> Risposta {
    banco.chiama_come("PORTALE", Method::GET, percorso, None).await
}

fn codici(elenco: &Value, nome: &str) -> Vec<String> {
    elenco["risultati"].as_array().expect("risultati").iter().map(|r| r[nome].as_str().expect("codice").to_owned()).collect()
}

su_entrambi! {
    async fn i_domini_sono_quelli_di_chi_chiama_e_v2_tace_gli_spenti(banco: &Banco) {
        let mut spento = (**banco.gateway.istantanea().attuale().dominio(&dominio(DOMINIO_2)).expect("dominio")).clone();
        spento.abilitato = false;
        banco.censisci(&[Scrittura::Dominio(Box::new(spento), None)]).await;
        let v1 = leggi(banco, &format!("{PAGAMENTO_V1}/domini")).await.json();
        assert_eq!(codici(&v1, "idDominio"), [DOMINIO, DOMINIO_2, "12345678903"]);
        assert_eq!((&v1["numRisultati"], &v1["risultatiPerPagina"], &v1["pagina"], v1.get("maxRisultati")), (&json!(3), &json!(25), &json!(1), None));
        assert_eq!((&v1["risultati"][1]["abilitato"], &v1["risultati"][0]["entrate"]), (&json!(false), &json!(format!("/domini/{DOMINIO}/entrate"))));
        let v2 = |query: &'static str| async move { codici(&leggi(banco, &format!("{PAGAMENTO_V2}/domini{query}")).await.json(), "idDominio") };
        assert_eq!(v2("").await, [DOMINIO, "12345678903"]);
        assert_eq!(v2("?ordinamento=-ragioneSociale").await, ["12345678903", DOMINIO]);
        assert_eq!(v2("?abilitato=false").await, [DOMINIO_2]);
        assert_eq!(v2("?idStazione=22222222226_01").await, Vec::<String>::new());
        assert_eq!(v2("?risultatiPerPagina=1&pagina=2").await, ["12345678903"]);
        leggi(banco, &format!("{PAGAMENTO_V2}/domini?ordinamento=gln")).await.rifiuta(422, "100001", "Il campo gln non e' valido per ordinare la ricerca in corso. Campi consentiti: [ragioneSociale].");
        leggi(banco, &format!("{PAGAMENTO_V2}/domini/12345678999")).await.rifiuta(404, "404000", "Dominio 12345678999 non censito in Anagrafica");
        leggi(banco, &format!("{PAGAMENTO_V2}/domini/1")).await.rifiuta(400, "SINTASSI", "Il valore [1] del campo idDominio non rispetta la lunghezza di 11 caratteri.");

        // Who is on one dominio alone does not learn whether another exists.
        let mut limitata = (*banco.gateway.istantanea().attuale().utenze["LIMITATA"]).clone();
        limitata.acl.extend(domain::anagrafica::Acl::piene(&[domain::anagrafica::Servizio::ApiPagamenti]));
        banco.censisci(&[Scrittura::Utenza(limitata)]).await;
        let sua = |percorso: &'static str| banco.chiama_come("LIMITATA", Method::GET, percorso, None);
        assert_eq!(codici(&sua("/govpay-api-pagamento/rs/basic/v1/domini").await.json(), "idDominio"), [DOMINIO]);
        for altrui in ["/govpay-api-pagamento/rs/basic/v2/domini/12345678902", "/govpay-api-pagamento/rs/basic/v2/domini/12345678999/unitaOperative"] {
            let cod = if altrui.contains("999") { "12345678999" } else { DOMINIO_2 };
            sua(altrui).await.rifiuta(403, "403000", &format!("Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per il Dominio [{cod}]."));
        }
    }
}

su_entrambi! {
    async fn v1_mostra_unita_conti_ed_entrate_di_un_dominio(banco: &Banco) {
        let radice = format!("{PAGAMENTO_V1}/domini/{DOMINIO}");
        let ente = leggi(banco, &radice).await.json();
        assert_eq!((ente["unitaOperative"].as_array().map(Vec::len), ente["contiAccredito"].as_array().map(Vec::len), ente["entrate"].as_array().map(Vec::len)), (Some(1), Some(2), Some(5)));
        assert_eq!((&ente["auxDigit"], &ente["segregationCode"]), (&json!("3"), &json!("01")));
        let unita = leggi(banco, &format!("{radice}/unitaOperative/UFF")).await.json();
        assert_eq!(unita, json!({ "idUnita": "UFF", "ragioneSociale": "Ufficio tributi", "abilitato": true }));
        assert_eq!(leggi(banco, &format!("{radice}/contiAccredito/{IBAN}")).await.json(), json!({ "iban": IBAN, "postale": false, "abilitato": true }));
        assert_eq!(codici(&leggi(banco, &format!("{radice}/contiAccredito?ordinamento=-contiAccredito")).await.json(), "iban"), [IBAN_POSTALE, IBAN]);
        let entrata = leggi(banco, &format!("{radice}/entrate/TARI")).await.json();
        assert_eq!(entrata, json!({ "idEntrata": "TARI", "contoAccredito": IBAN, "contoAppoggio": IBAN_POSTALE, "abilitato": true,
            "tipoEntrata": { "idEntrata": "TARI", "descrizione": "TARI", "tipoContabilita": "ALTRO", "codiceContabilita": "0101101IM" } }));
        assert_eq!(codici(&leggi(banco, &format!("{radice}/entrate?risultatiPerPagina=2")).await.json(), "idEntrata"), ["BOLLOT", "CDS"]);
        for (assente, testo) in [
            ("unitaOperative/BOH", "Unita Operativa BOH non censita in Anagrafica per il Dominio 12345678901"),
            ("contiAccredito/IT00X", "Conto di accredito IT00X non censito in Anagrafica per il Dominio 12345678901"),
            ("entrate/BOH", "Entrata BOH non censita in Anagrafica per il Dominio 12345678901"),
            ("logo", "Logo non presente per il Dominio 12345678901"),
        ] {
            leggi(banco, &format!("{radice}/{assente}")).await.rifiuta(404, "404000", testo);
        }
    }
}

su_entrambi! {
    async fn le_unita_di_v2_sono_senza_quella_implicita_e_senza_le_spente(banco: &Banco) {
        let id = dominio(DOMINIO);
        let di = |cod: &str, abilitata| UnitaOperativa { cod: cod.to_owned(), ragione_sociale: Some(format!("Ufficio {cod}")), abilitata, recapiti: Default::default() };
        banco.censisci(&[("EC", true), ("SPENTA", false)].map(|(cod, a)| Scrittura::UnitaOperativa(id.clone(), di(cod, a)))).await;
        let elenco = leggi(banco, &format!("{PAGAMENTO_V2}/domini/{DOMINIO}/unitaOperative")).await.json();
        assert_eq!(elenco["risultati"], json!([{ "idUnitaOperativa": "UFF", "ragioneSociale": "Ufficio tributi" }]));
        let v1 = leggi(banco, &format!("{PAGAMENTO_V1}/domini/{DOMINIO}/unitaOperative")).await.json();
        assert_eq!(codici(&v1, "idUnita"), ["SPENTA", "UFF"]);
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V2}/domini/{DOMINIO}/unitaOperative/EC")).await.stato, StatusCode::NOT_FOUND);
    }
}

su_entrambi! {
    async fn i_tipi_pendenza_di_un_portale_hanno_una_form_accesa(banco: &Banco) {
        let form = |d: &str| Some(Form { tipo: "surveyjs".to_owned(), definizione: d.to_owned(), impaginazione: Some("aW1w".to_owned()) });
        let portale = |abilitato, definizione: Option<&str>| BlocchiTipo {
            portale_pagamento: Some(PortaleTipo { abilitato: Some(abilitato), form: definizione.and_then(form), ..PortaleTipo::default() }),
            visualizzazione: Some("dmlz".to_owned()),
            ..BlocchiTipo::default()
        };
        let casi = [("TARI", portale(true, Some("Y2F0"))), ("CDS", portale(false, Some("Y2F0"))), ("MENSA", portale(true, None))];
        let scritture: Vec<Scrittura> = casi.into_iter().map(|(cod, blocchi)| {
            let tipo = TipoPendenza { usi: blocchi.usi(), ..TipoPendenza::nuovo(cod, cod) };
            Scrittura::TipoPendenza(tipo, Box::new(blocchi))
        }).collect();
        banco.censisci(&scritture).await;
        let porta = banco.porta_dei_pagamenti().await;
        let atteso = json!({ "idTipoPendenza": "TARI", "descrizione": "TARI", "visualizzazione": "dmlz", "form": { "tipo": "surveyjs", "definizione": "Y2F0", "impaginazione": "aW1w" } });
        let percorso = format!("/domini/{DOMINIO}/tipiPendenza");
        for (profilo, chi) in [("public", None), ("spid", Some(GRETA))] {
            let elenco = chiama(banco, &presso(&porta, profilo, "v2"), &percorso, chi, None).await.json();
            assert_eq!(elenco["risultati"], json!([atteso]), "{profilo}");
            assert_eq!((&elenco["pagina"], &elenco["risultatiPerPagina"], &elenco["numPagine"]), (&json!(1), &json!(1), &json!(1)));
        }
        assert_eq!(leggi(banco, &format!("{PAGAMENTO_V2}{percorso}/TARI")).await.json(), atteso);
        for assente in ["CDS", "MENSA", "BOH"] {
            assert_eq!(leggi(banco, &format!("{PAGAMENTO_V2}{percorso}/{assente}")).await.stato, StatusCode::NOT_FOUND, "{assente}");
        }
    }
}

su_entrambi! {
    async fn il_logo_e_un_immagine_per_chiunque(banco: &Banco) {
        let d = (**banco.gateway.istantanea().attuale().dominio(&dominio(DOMINIO)).expect("dominio")).clone();
        banco.censisci(&[Scrittura::Dominio(Box::new(domain::anagrafica::Dominio { ha_logo: true, ..d }), Some("R0lGODlhAQABAAAAACw=".to_owned()))]).await;
        let porta = banco.porta_dei_pagamenti().await;
        let logo = chiama(banco, &presso(&porta, "public", "v2"), &format!("/domini/{DOMINIO}/logo"), None, None).await;
        assert_eq!((logo.stato, logo.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, "image/gif"));
        let basic = banco.http.get(format!("{porta}/govpay-api-pagamento/rs/basic/v1/domini/{DOMINIO}/logo")).basic_auth("PORTALE", Some(PASSWORD));
        assert_eq!(Risposta::leggi(basic.send().await.expect("risposta")).await.byte, logo.byte);
        let ente = leggi(banco, &format!("{PAGAMENTO_V2}/domini/{DOMINIO}")).await.json();
        assert_eq!(ente["logo"], json!(format!("/domini/{DOMINIO}/logo")));
        assert!(!chiavi(&ente).contains(&"abilitato".to_owned()));
    }
}
