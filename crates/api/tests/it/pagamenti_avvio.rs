//! Payments that go to pagoPA's own page, with the simulator's (spec/1 section 10.1, the manual's 4.1 and 4.2).

use gateway::pagamento::Checkout;
use gateway::{Gateway, Impostazioni};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use simulator::GuastoCheckout;

use crate::banco::{Banco, DOMINIO, PASSWORD, Risposta, apri_porta, corpo_minimo};
use crate::pagamento_accesso::{CORRADO, GRETA, presso};
use crate::su_entrambi;

pub const RITORNO: &str = "https://portale.example.org/esito?pratica=7";

/// Who calls: an application, a citizen or nobody, with the session that the browser has.
#[derive(Clone, Copy)]
pub enum Chi<'a> {
    App(&'a str),
    Cittadino(&'a str, Option<&'a str>),
    Nessuno(Option<&'a str>),
}

impl Chi<'_> {
    fn profilo(self) -> &'static str {
        match self {
            Self::App(_) => "basic",
            Self::Cittadino(..) => "spid",
            Self::Nessuno(_) => "public",
        }
    }
}

/// A call of API Pagamento at a door.
pub async fn chiama(banco: &Banco, porta: &str, chi: Chi<'_>, metodo: Method, versione: &str, percorso: &str, corpo: Option<&Value>) -> Risposta {
    let mut r = banco.http.request(metodo, format!("{}{percorso}", presso(porta, chi.profilo(), versione))).header("accept", "application/json");
    r = match chi {
        Chi::App(nome) => r.basic_auth(nome, Some(PASSWORD)),
        Chi::Cittadino(cf, _) => r.header("x-spid-fiscalnumber", format!("TINIT-{cf}")).header("x-spid-name", "Greta").header("x-spid-familyname", "Valenti"),
        Chi::Nessuno(_) => r,
    };
    if let Chi::Cittadino(_, Some(s)) | Chi::Nessuno(Some(s)) = chi {
        r = r.header("cookie", format!("JSESSIONID={s}"));
    }
    if let Some(corpo) = corpo {
        r = r.header("content-type", "application/json").body(corpo.to_string());
    }
    Risposta::leggi(r.send().await.expect("risposta")).await
}

pub async fn paga(banco: &Banco, porta: &str, chi: Chi<'_>, corpo: &Value) -> Risposta {
    chiama(banco, porta, chi, Method::POST, "v2", "/pagamenti", Some(corpo)).await
}

/// The session that an answer opened.
pub fn sessione(risposta: &Risposta) -> String {
    let cookie = risposta.intestazioni[header::SET_COOKIE].to_str().expect("testo");
    cookie.strip_prefix("JSESSIONID=").and_then(|c| c.split(';').next()).expect("cookie").to_owned()
}

/// A node with Checkout, and a door where everybody comes in.
pub async fn con_checkout(banco: &Banco, rinvio: bool) -> (Gateway, String) {
    let nodo = banco.nodo_con(impostazioni_checkout(banco, rinvio)).await;
    let porta = porta_di(&nodo).await;
    (nodo, porta)
}

pub fn impostazioni_checkout(banco: &Banco, rinvio: bool) -> Impostazioni {
    let checkout = Checkout { url: banco.simulatore.checkout_url(), chiave: Some(domain::anagrafica::Segreto("chiave".to_owned())), rinvio };
    Impostazioni { checkout: Some(checkout), ..Impostazioni::default() }
}

pub async fn porta_di(nodo: &Gateway) -> String {
    use domain::chiamante::Profilo::{Basic, Public, Session, Spid};
    let profili = [Basic, Spid, Session, Public].into();
    apri_porta(nodo, api::ImpostazioniAccesso { profili, ..api::ImpostazioniAccesso::default() }, None, "https://pagamenti.ente.example").await
}

/// What a browser does on the page: a choice, and where it goes then.
pub async fn scegli(banco: &Banco, pagina: &str, scelta: &str) -> String {
    let pagina_letta = Risposta::leggi(banco.http.get(pagina).send().await.expect("pagina")).await;
    assert_eq!(pagina_letta.stato, StatusCode::OK);
    let modulo = banco.http.post(pagina).header("content-type", "application/x-www-form-urlencoded").body(format!("scelta={scelta}"));
    let dopo = Risposta::leggi(modulo.send().await.expect("scelta")).await;
    assert_eq!(dopo.stato, StatusCode::SEE_OTHER, "{}", dopo.testo);
    dopo.intestazioni[header::LOCATION].to_str().expect("testo").to_owned()
}

pub fn per_a2a(id: &str) -> Value {
    json!({ "idA2A": "DEMO", "idPendenza": id })
}

pub fn intera(id: &str, importo: &str) -> Value {
    let mut corpo = corpo_minimo(importo);
    corpo["idA2A"] = json!("DEMO");
    corpo["idPendenza"] = json!(id);
    corpo
}

su_entrambi! {
    async fn un_portale_manda_al_checkout_e_la_ricevuta_chiude_la_pendenza(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        let avviso = banco.carica("P1", "10.50").await;
        let corpo = json!({ "urlRitorno": RITORNO, "ignoto": [1], "pendenze": [per_a2a("P1"), intera("NUOVA", "3.00")] });

        let avviato = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        let creato = avviato.json();
        assert_eq!((&creato["id"], &creato["location"], &creato["idSession"]), (&json!("0"), &json!(""), &json!("0")));
        let pagina = creato["redirect"].as_str().expect("redirect").to_owned();

        assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
        assert_eq!(scegli(banco, &pagina, "paga").await, format!("{RITORNO}&esito=OK"));
        let pagata = banco.pendenza("P1").await;
        assert_eq!((&pagata["stato"], pagata["numeroAvviso"].as_str()), (&json!("ESEGUITA"), Some(avviso.as_str())));
        let nuova = banco.pendenza("NUOVA").await;
        assert_eq!((&nuova["stato"], &nuova["tipo"]), (&json!("ESEGUITA"), &json!("spontaneo")));

        // Nothing of it is recorded, and it is not paid twice.
        let elenco = chiama(banco, &porta, Chi::App("PORTALE"), Method::GET, "v2", "/pagamenti", None).await.json();
        assert_eq!((&elenco["numRisultati"], &elenco["maxRisultati"]), (&json!(0), &json!(10_000)));
        let di_nuovo = paga(banco, &porta, Chi::App("PORTALE"), &json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1")] })).await;
        di_nuovo.rifiuta(422, "VER_003", "La pendenza (IdA2A:DEMO, Id:P1) e' in uno stato che non consente l'aggiornamento (ESEGUITO)");
    }
}

su_entrambi! {
    async fn chi_annulla_o_sbaglia_torna_al_portale_e_non_ha_pagato(banco: &Banco) {
        let (_, porta) = con_checkout(banco, true).await;
        let avviso = banco.carica("P1", "10.00").await;
        let corpo = json!({ "urlRitorno": "https://portale.example.org/", "pendenze": [{ "idDominio": DOMINIO, "numeroAvviso": avviso }] });
        for (scelta, esito) in [("errore", "ERROR"), ("annulla", "CANCEL")] {
            let avviato = paga(banco, &porta, Chi::Cittadino(CORRADO, None), &corpo).await;
            assert_eq!(avviato.stato, StatusCode::FOUND, "{}", avviato.testo);
            let pagina = avviato.intestazioni[header::LOCATION].to_str().expect("testo").to_owned();
            assert_eq!(scegli(banco, &pagina, scelta).await, format!("https://portale.example.org/?esito={esito}"));
            assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
        }
    }
}

su_entrambi! {
    async fn un_checkout_che_si_comporta_male_e_un_guasto_detto(banco: &Banco) {
        let (_, porta) = con_checkout(banco, false).await;
        banco.carica("P1", "10.00").await;
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1")] });
        for guasto in [GuastoCheckout::RichiestaNonValida, GuastoCheckout::Errore500, GuastoCheckout::SenzaIndirizzo, GuastoCheckout::Immondizia, GuastoCheckout::Sparito] {
            banco.simulatore.guasta_checkout(Some(guasto));
            let (stato, codice, dettaglio) = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.fault();
            assert_eq!((stato, codice.as_str()), (500, "INTERNAL"), "{guasto:?}");
            assert!(dettaglio.starts_with("Checkout di pagoPA non disponibile: "), "{dettaglio}");
        }
        banco.simulatore.guasta_checkout(None);
        assert_eq!(paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.stato, StatusCode::CREATED);
        let senza = paga(banco, &porta, Chi::App("PORTALE"), &json!({ "pendenze": [per_a2a("P1")] })).await;
        senza.rifiuta(400, "SINTASSI", "Il campo urlRitorno non deve essere vuoto.");
    }
}

su_entrambi! {
    async fn ogni_regola_ha_il_suo_rifiuto_prima_che_qualcosa_sia_scritto(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let avviso = banco.carica("P1", "10.00").await;
        let con = |p: Value| json!({ "pendenze": [p], "urlRitorno": RITORNO });
        let app = Chi::App("PORTALE");
        let ignoto = json!({ "idDominio": "99999999999", "numeroAvviso": avviso });
        paga(banco, &porta, app, &con(ignoto)).await.rifiuta(422, "DOM_000", "Dominio (99999999999) inesistente");
        let nessuno = json!({ "idA2A": "NESSUNO", "idPendenza": "P1" });
        paga(banco, &porta, app, &con(nessuno)).await.rifiuta(400, "APP_000", "Applicazione (NESSUNO) inesistente");
        let mut oltre = con(per_a2a("P1"));
        oltre["dataEsecuzionePagamento"] = json!("2020-01-01");
        assert_eq!(paga(banco, &porta, app, &oltre).await.fault().1, "SEMANTICA");
        paga(banco, &porta, Chi::Nessuno(None), &con(per_a2a("P1"))).await.rifiuta(400, "SINTASSI", "Il campo email del soggetto versante e' obbligatorio.");
        let psp = "/pagamenti?identificativoPSP=P";
        let scelta = chiama(banco, &porta, Chi::Cittadino(GRETA, None), Method::POST, "v2", psp, Some(&con(per_a2a("P1")))).await;
        scelta.rifiuta(403, "403000", "Il richiedente non è autorizzato ad indicare un PSP per il pagamento");
        let altrui = paga(banco, &porta, Chi::Cittadino(CORRADO, None), &con(intera("X", "1.00"))).await;
        altrui.rifiuta(
            422,
            "CIT_003",
            &format!("L'utente cittadino ({CORRADO}) non e' autorizzato ad effettuare il pagamento della pendenza (IdA2A:DEMO Id:X) per il soggetto debitore ({GRETA})."),
        );
        let elenco = chiama(banco, &porta, app, Method::GET, "v1", "/pagamenti", None).await.json();
        assert_eq!(elenco["numRisultati"], json!(0));
    }
}
