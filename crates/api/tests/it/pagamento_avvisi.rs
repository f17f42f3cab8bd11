//! The avviso for who has its number: applicazioni, citizens, and whoever is nobody (spec/1 sections 2.4 and 10.5).

use domain::anagrafica::configurazione::{Captcha, Hardening};
use domain::anagrafica::{BloccoConfigurazione, Scrittura, Segreto};
use gateway::Impostazioni;
use gateway::accesso::sessione::IdSessione;
use reqwest::{Method, StatusCode};
use serde_json::json;
use store::bozze::Bozza;
use wiremock::matchers::query_param;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::banco::{Banco, DOMINIO, PAGAMENTO_V1, PAGAMENTO_V2, PASSWORD, Risposta, apri_porta, chiavi};
use crate::pagamento_accesso::{CORRADO, GRETA, chiama, presso};
use crate::su_entrambi;

/// A call with an Accept of its own, or without any.
async fn con_accept(banco: &Banco, url: &str, accept: Option<&str>, sessione: Option<&str>, utente: Option<&str>) -> Risposta {
    let mut richiesta = banco.http.get(url);
    if let Some(a) = accept {
        richiesta = richiesta.header("accept", a);
    }
    if let Some(id) = sessione {
        richiesta = richiesta.header("cookie", format!("JSESSIONID={id}"));
    }
    if let Some(u) = utente {
        richiesta = richiesta.basic_auth(u, Some(PASSWORD));
    }
    Risposta::leggi(richiesta.send().await.expect("risposta")).await
}

/// A session of nobody with a position that is not in the archive: its number.
pub async fn con_bozza(banco: &Banco, id_pendenza: &str) -> (IdSessione, String) {
    let avviso = banco.carica("MODELLO", "10.00").await;
    let mut pendenza = banco.store.pendenza("DEMO", "MODELLO").await.expect("archivio").expect("caricata");
    let numero = format!("3011{}", &avviso[4..]);
    pendenza.id = uuid::Uuid::now_v7();
    pendenza.id_pendenza = id_pendenza.to_owned();
    pendenza.numero_avviso = codici::NumeroAvviso::leggi(&numero).expect("numero");
    pendenza.iuv = pendenza.numero_avviso.iuv();
    pendenza.uuid = uuid::Uuid::new_v4().simple().to_string();
    pendenza.tipo = domain::pendenza::Tipo::Spontaneo;
    let sessione = banco.gateway.apri_sessione_anonima(None).await.expect("sessione");
    banco.gateway.salva_bozza(&sessione, &Bozza { pendenza, allegati: Vec::new() }).await.expect("tenuta");
    (sessione, numero)
}

su_entrambi! {
    async fn il_formato_lo_sceglie_accept_e_ogni_versione_ha_il_suo_predefinito(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let url = |radice: &str| format!("{}{radice}/avvisi/{DOMINIO}/{avviso}", banco.base);
        for (radice, accept, stato, tipo) in [
            (PAGAMENTO_V1, Some("application/json"), 200, "application/json"),
            (PAGAMENTO_V1, Some("application/pdf"), 200, "application/pdf"),
            (PAGAMENTO_V1, Some("text/html"), 406, "application/json"),
            (PAGAMENTO_V1, None, 406, "application/json"),
            (PAGAMENTO_V2, Some("application/json"), 200, "application/json"),
            (PAGAMENTO_V2, Some("text/html,application/pdf"), 200, "application/pdf"),
            (PAGAMENTO_V2, None, 200, "application/json"),
        ] {
            let risposta = con_accept(banco, &url(radice), accept, None, Some("PORTALE")).await;
            assert_eq!((risposta.stato.as_u16(), risposta.intestazioni["content-type"].to_str().expect("testo")), (stato, tipo), "{radice} {accept:?}");
        }
        let dati = con_accept(banco, &url(PAGAMENTO_V1), Some("application/json"), None, Some("PORTALE")).await;
        assert_eq!(dati.chiavi(), ["barcode", "descrizione", "idDominio", "importo", "numeroAvviso", "qrcode", "stato"]);
        for radice in [PAGAMENTO_V1, PAGAMENTO_V2] {
            let ignoto = banco.chiama_come("PORTALE", Method::GET, &format!("{radice}/avvisi/{DOMINIO}/301000000000000099"), None).await;
            let ignoto = if radice == PAGAMENTO_V1 { con_accept(banco, &url(radice).replace(&avviso, "301000000000000099"), Some("application/json"), None, Some("PORTALE")).await } else { ignoto };
            assert_eq!(ignoto.json(), json!({ "stato": "SCONOSCIUTA", "numeroAvviso": "301000000000000099", "idDominio": DOMINIO }));
            let su_carta = con_accept(banco, &url(radice).replace(&avviso, "301000000000000099"), Some("application/pdf"), None, Some("PORTALE")).await;
            assert_eq!(su_carta.fault().1, "404000");
        }
        let storto = banco.chiama_come("PORTALE", Method::GET, &format!("{PAGAMENTO_V2}/avvisi/{DOMINIO}/{avviso}?linguaSecondaria=es"), None).await;
        assert_eq!((storto.fault().0, storto.fault().1.as_str()), (400, "SINTASSI"));
        let mut limitata = (*banco.gateway.istantanea().attuale().utenze["LIMITATA"]).clone();
        limitata.acl.extend(domain::anagrafica::Acl::piene(&[domain::anagrafica::Servizio::ApiPagamenti]));
        banco.censisci(&[Scrittura::Utenza(limitata)]).await;
        banco.chiama_come("LIMITATA", Method::GET, &format!("{PAGAMENTO_V2}/avvisi/12345678902/302000000000000000"), None).await.rifiuta(403, "403000",
            "Applicazione [LIMITATA] non autorizzata ad accedere alla risorsa richiesta per il Dominio [12345678902].");
    }
}

su_entrambi! {
    async fn chi_non_ha_un_nome_stampa_solo_cio_che_ha_fatto_la_sua_sessione(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let (sessione, numero) = con_bozza(banco, "SPONTANEA").await;
        let altrui = banco.carica("ALTRUI", "10.00").await;
        for versione in ["v1", "v2"] {
            let url = |numero: &str| format!("{}/avvisi/{DOMINIO}/{numero}", presso(&porta, "public", versione));
            // Data of any avviso, paper of none but its own.
            assert_eq!(con_accept(banco, &url(&altrui), Some("application/json"), None, None).await.stato, StatusCode::OK, "{versione}");
            for (n, id) in [(altrui.as_str(), None), (altrui.as_str(), Some(sessione.svela())), (numero.as_str(), None)] {
                let vietata = con_accept(banco, &url(n), Some("application/pdf"), id, None).await;
                assert_eq!((vietata.fault().0, vietata.fault().1.as_str()), (403, "403"), "{versione} {n}");
            }
            if versione == "v1" {
                assert_eq!(con_accept(banco, &url(&numero), Some("application/json"), None, None).await.json()["stato"], json!("SCONOSCIUTA"), "di un'altra sessione");
                assert_eq!(banco.store.pendenza("DEMO", "SPONTANEA").await.expect("archivio").map(|p| p.tipo), None);
            }
            for accept in ["application/pdf", "application/json"] {
                let sua = con_accept(banco, &url(&numero), Some(accept), Some(sessione.svela()), None).await;
                assert_eq!((sua.stato, sua.intestazioni["content-type"].to_str().expect("testo")), (StatusCode::OK, accept), "{versione}");
            }
        }
        // Once printed it is in the archive, with its number: anybody may pay it.
        let archiviata = banco.store.pendenza("DEMO", "SPONTANEA").await.expect("archivio").expect("archiviata");
        assert_eq!((archiviata.numero_avviso.as_str(), archiviata.tipo), (numero.as_str(), domain::pendenza::Tipo::Spontaneo));
        banco.simulatore.paga(DOMINIO, &numero, simulator::Versione::V2).await.expect("pagata");
        // Applicazioni and citizens print any.
        for chi in [GRETA, CORRADO] {
            let url = format!("{}/avvisi/{DOMINIO}/{altrui}", presso(&porta, "spid", "v2"));
            let pdf = banco.http.get(url).header("x-spid-fiscalnumber", chi).header("accept", "application/pdf").send().await.expect("risposta");
            assert_eq!(pdf.status(), StatusCode::OK);
        }
    }
}

su_entrambi! {
    async fn due_sessioni_con_lo_stesso_nome_la_prima_che_stampa_vince(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let (prima, numero) = con_bozza(banco, "CONTESA").await;
        let seconda = banco.gateway.apri_sessione_anonima(None).await.expect("sessione");
        let iuv = codici::NumeroAvviso::leggi(&numero).expect("numero").iuv();
        let mut altra = banco.gateway.bozza_per_iuv(&prima, &crate::banco::dominio(DOMINIO), &iuv).await.expect("letta").expect("sua");
        let altro_numero = format!("3012{}", &numero[4..]);
        altra.pendenza.numero_avviso = codici::NumeroAvviso::leggi(&altro_numero).expect("numero");
        altra.pendenza.iuv = altra.pendenza.numero_avviso.iuv();
        banco.gateway.salva_bozza(&seconda, &altra).await.expect("tenuta");
        let base = presso(&porta, "public", "v2");
        let di = |sessione: &IdSessione, numero: &str| {
            let (url, id) = (format!("{base}/avvisi/{DOMINIO}/{numero}"), sessione.svela().to_owned());
            async move { con_accept(banco, &url, Some("application/json"), Some(&id), None).await }
        };
        assert_eq!(di(&prima, &numero).await.stato, StatusCode::OK);
        di(&seconda, &altro_numero).await.rifiuta(422, "VER_024",
            &format!("La pendenza (IdA2A:DEMO, Id:CONTESA) ha un numero avviso ({altro_numero}) diverso dall'originale ({numero})."));
        assert_eq!(di(&prima, &numero).await.stato, StatusCode::OK, "e la ritrova");
    }
}

async fn con_captcha(banco: &Banco, successo: bool) -> MockServer {
    let server = MockServer::start().await;
    let risposta = ResponseTemplate::new(200).set_body_json(json!({ "success": successo }));
    Mock::given(query_param("response", "gettone")).respond_with(risposta).mount(&server).await;
    let captcha = Captcha {
        server_url: format!("{}/siteverify", server.uri()),
        site_key: "pubblica".to_owned(),
        secret_key: Segreto("segreta".to_owned()),
        soglia: "0.5".parse().expect("numero"),
        parametro: "gRecaptchaResponse".to_owned(),
        deny_on_fail: true,
        connection_timeout: 2_000,
        read_timeout: 2_000,
    };
    banco.censisci(&[Scrittura::Configurazione(Box::new(BloccoConfigurazione::Hardening(Hardening { abilitato: true, captcha: Some(captcha) })))]).await;
    server
}

su_entrambi! {
    async fn col_captcha_acceso_serve_l_uuid_la_sessione_o_una_persona(banco: &Banco) {
        let porta = banco.porta_dei_pagamenti().await;
        let (sessione, numero) = con_bozza(banco, "SPONTANEA").await;
        let avviso = banco.carica("P1", "10.00").await;
        let uuid = banco.pendenza("P1").await["UUID"].as_str().expect("UUID").to_owned();
        let _captcha = con_captcha(banco, true).await;
        let base = presso(&porta, "public", "v2");
        let stato = |percorso: String, sessione: Option<String>| {
            let url = format!("{base}/avvisi/{DOMINIO}/{percorso}");
            async move { con_accept(banco, &url, Some("application/json"), sessione.as_deref(), None).await }
        };
        for (percorso, cookie, atteso) in [
            (avviso.clone(), None, 403),
            (format!("{avviso}?UUID={uuid}"), None, 200),
            (format!("{avviso}?UUID={}", "0".repeat(32)), None, 403),
            (format!("301000000000000099?UUID={uuid}"), None, 403),
            (format!("{avviso}?gRecaptchaResponse=gettone"), None, 200),
            (format!("{avviso}?gRecaptchaResponse=altro"), None, 403),
            (numero.clone(), Some(sessione.svela().to_owned()), 200),
            ("storto?gRecaptchaResponse=gettone".to_owned(), None, 400),
            ("storto".to_owned(), None, 403),
        ] {
            let risposta = stato(percorso.clone(), cookie).await;
            assert_eq!(risposta.stato.as_u16(), atteso, "{percorso}: {}", risposta.testo);
            if atteso == 403 {
                assert_eq!(risposta.fault().1, "403", "dello strato di sicurezza");
            }
        }
        // Who has a name is not asked.
        assert_eq!(banco.chiama_come("PORTALE", Method::GET, &format!("{PAGAMENTO_V2}/avvisi/{DOMINIO}/{avviso}"), None).await.stato, StatusCode::OK);
        assert_eq!(chiama(banco, &presso(&porta, "spid", "v1"), &format!("/avvisi/{DOMINIO}/{avviso}"), Some(GRETA), None).await.stato, StatusCode::OK);
    }
}

su_entrambi! {
    async fn dove_si_vuole_chi_non_ha_un_nome_nomina_il_debitore(banco: &Banco) {
        let avviso = banco.carica("P1", "10.00").await;
        let nodo = banco.altro_nodo_con(9, Impostazioni { anonimi_nominano_debitore: true, ..Impostazioni::default() }).await;
        let profili = [domain::chiamante::Profilo::Public, domain::chiamante::Profilo::Basic].into();
        let porta = apri_porta(&nodo, api::ImpostazioniAccesso { profili, ..api::ImpostazioniAccesso::default() }, None, "https://ente.example").await;
        let base = presso(&porta, "public", "v2");
        let testo = "Utenza non autorizzata, il codice fiscale del debitore non corrisponde a quello indicato nella pendenza.";
        for query in ["", "?idDebitore=", &format!("?idDebitore={CORRADO}")] {
            chiama(banco, &base, &format!("/avvisi/{DOMINIO}/{avviso}{query}"), None, None).await.rifiuta(403, "403000", testo);
        }
        let giusto = chiama(banco, &base, &format!("/avvisi/{DOMINIO}/{avviso}?idDebitore={}", GRETA.to_lowercase()), None, None).await;
        assert_eq!((giusto.stato, chiavi(&giusto.json()).len()), (StatusCode::OK, 7));
        let basic = banco.http.get(format!("{}/avvisi/{DOMINIO}/{avviso}", presso(&porta, "basic", "v2"))).basic_auth("PORTALE", Some(PASSWORD));
        assert_eq!(basic.send().await.expect("risposta").status(), StatusCode::OK);
    }
}
