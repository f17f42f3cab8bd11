//! The classic road, whole: a portal's cart goes to the node, the payer chooses on its page, the RT come and the browser goes back (spec/3 sections 2.2 and
//! 1.12.6, the manual's 4.2 to 4.4).

use std::sync::Arc;
use std::time::Duration;

use domain::anagrafica::connettore::{ConnettoreNodo, ConnettoriIntermediario, Segreto};
use domain::anagrafica::{Intermediario, Scrittura, Stazione};
use gateway::Impostazioni;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use simulator::{EsitoRt, GuastoNodo, RtDaMandare};

use crate::banco::{Banco, DOMINIO, DOMINIO_2, Risposta};
use crate::pagamenti_avvio::{Chi, RITORNO, chiama, intera, paga, per_a2a, porta_di};
use crate::su_entrambi;

/// The intermediario of the bench speaks to the simulator's node, with a key and a password.
pub async fn collega_nodo(banco: &Banco) {
    let nodo = ConnettoreNodo { url_rpt: banco.simulatore.nodo_url(), auth: None, subscription_key: Some(Segreto("chiave".to_owned())) };
    let connettori = ConnettoriIntermediario { nodo: Some(nodo), ..ConnettoriIntermediario::default() };
    let intermediario = Intermediario { connettori: Arc::new(connettori), ..Intermediario::nuovo("11111111113", "Intermediario 11111111113", "nodo") };
    let stazione = Stazione { password: Some(Segreto("segreta12".to_owned())), ..Stazione::nuova("11111111113_01", "11111111113", 1) };
    banco.censisci(&[Scrittura::Intermediario(intermediario), Scrittura::Stazione(stazione)]).await;
}

async fn pagamento(banco: &Banco, porta: &str, id: &Value) -> Value {
    let id = id.as_str().expect("id");
    let letto = chiama(banco, porta, Chi::App("PORTALE"), Method::GET, "v2", &format!("/pagamenti/{id}"), None).await;
    assert_eq!(letto.stato, StatusCode::OK, "{}", letto.testo);
    letto.json()
}

/// Where the browser is sent.
async fn dove(risposta: reqwest::Response) -> String {
    let risposta = Risposta::leggi(risposta).await;
    assert_eq!(risposta.stato, StatusCode::SEE_OTHER, "{}", risposta.testo);
    risposta.intestazioni[header::LOCATION].to_str().expect("testo").to_owned()
}

/// On the node's page and back to the portal, through the Web Connector.
async fn scegli(banco: &Banco, creato: &Value, scelta: &str) -> String {
    let pagina = creato["redirect"].as_str().expect("redirect");
    assert_eq!(banco.http.get(pagina).send().await.expect("pagina").status(), StatusCode::OK);
    let modulo = format!("idSession={}&scelta={scelta}", creato["idSession"].as_str().expect("sessione"));
    let (indirizzo, _) = pagina.split_once('?').expect("query");
    let scelto = banco.http.post(indirizzo).header("content-type", "application/x-www-form-urlencoded").body(modulo).send().await.expect("scelta");
    dove(banco.http.get(dove(scelto).await).send().await.expect("ritorno")).await
}

async fn eventi(banco: &Banco, condizione: &str) -> i64 {
    banco.gateway.giornale().scarica().await;
    banco.conta(&format!("SELECT count(*) FROM evento WHERE {condizione}")).await
}

fn due_enti() -> Value {
    let mut seconda = intera("P2", "3.00");
    seconda["idDominio"] = json!(DOMINIO_2);
    json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1"), seconda] })
}

su_entrambi! {
    async fn un_carrello_di_due_enti_si_paga_dalla_pagina_alla_ricevuta(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        banco.carica("P1", "10.50").await;

        let avviato = chiama(banco, &porta, Chi::App("PORTALE"), Method::POST, "v2", "/pagamenti?codiceConvenzione=CONV1", Some(&due_enti())).await;
        assert_eq!(avviato.stato, StatusCode::CREATED, "{}", avviato.testo);
        let creato = avviato.json();
        let visto = banco.simulatore.carrello_visto(creato["idSession"].as_str().expect("sessione")).expect("carrello");
        assert_eq!((visto.intermediario.as_str(), visto.stazione.as_str(), visto.password.as_str()), ("11111111113", "11111111113_01", "segreta12"));
        assert_eq!((visto.chiave.as_deref(), visto.convenzione.as_deref()), (Some("chiave"), Some("CONV1")));
        assert_eq!(visto.rpt.iter().map(|r| (r.dominio.as_str(), r.psp.as_str(), r.canale.as_str())).collect::<Vec<_>>(), [(DOMINIO, "AGID_01", "97735020584_02"), (DOMINIO_2, "AGID_01", "97735020584_02")]);
        assert_eq!(visto.id, creato["id"].as_str().expect("id"));
        let in_corso = pagamento(banco, &porta, &creato["id"]).await;
        assert_eq!((&in_corso["stato"], &in_corso["rpp"][1]["stato"]), (&json!("IN_CORSO"), &json!("RPT_ACCETTATA_NODO")));
        assert_eq!(banco.conta("SELECT count(*) FROM pagamento_portale WHERE codice_stato = 'PAGAMENTO_IN_CORSO_AL_PSP'").await, 1);

        let tornato = scegli(banco, &creato, "paga").await;
        assert_eq!(tornato, format!("{RITORNO}&idPagamento={}&idSession={}&esito=OK", visto.id, visto.sessione));
        let pagato = pagamento(banco, &porta, &creato["id"]).await;
        assert_eq!(pagato["stato"], "ESEGUITO");
        for rpp in pagato["rpp"].as_array().expect("rpp") {
            assert_eq!((&rpp["stato"], &rpp["rt"]["datiPagamento"]["codiceEsitoPagamento"]), (&json!("RT_ACCETTATA_PA"), &json!("0")));
        }
        let pendenza = banco.pendenza("P1").await;
        assert_eq!((&pendenza["stato"], &pendenza["voci"][0]["stato"]), (&json!("ESEGUITA"), &json!("Eseguito")));
        assert_eq!(banco.conta("SELECT count(*) FROM riscossione WHERE commissioni = 100 AND stato = 'PAGATO'").await, 2);
        assert_eq!(banco.conta("SELECT count(*) FROM notifica WHERE tipo = 'RICEVUTA'").await, 2);
        banco.spedisci().await;
        assert_eq!(banco.conta("SELECT count(*) FROM notifica WHERE stato <> 'SPEDITA'").await, 0);
        let corpo = banco.simulatore.notifiche(|n| n.tipo == simulator::TipoNotifica::Ricevuta).pop().expect("notifica").corpo;
        assert_eq!((&corpo["rt"]["tipo"], &corpo["rpt"]["tipo"]), (&json!("ctRicevutaTelematica"), &json!("ctRichiestaPagamentoTelematico")));
        assert_eq!(corpo["rt"]["json"]["istitutoAttestante"]["denominazioneAttestante"], corpo["istitutoAttestante"]["denominazione"]);

        assert_eq!(eventi(banco, "tipo = 'nodoInviaCarrelloRPT' AND ruolo = 'C' AND esito = 'OK' AND sottotipo_esito = '200'").await, 2);
        let psp = "dati_pago_pa LIKE '%\"modelloPagamento\":\"1\"%' AND dati_pago_pa LIKE '%\"idIntermediarioPsp\":\"97735020584\"%' AND dati_pago_pa LIKE '%\"tipoVersamento\":\"BBT\"%'";
        assert_eq!(eventi(banco, &format!("tipo = 'paaInviaRT' AND esito = 'OK' AND dettaglio_esito LIKE 'Acquisita ricevuta%' AND {psp}")).await, 2);
        // The printed receipt of an RT.
        let rpp = &pagato["rpp"][0]["rt"]["datiPagamento"];
        let percorso = format!("/rpp/{DOMINIO}/{}/{}/rt", rpp["identificativoUnivocoVersamento"].as_str().expect("iuv"), rpp["CodiceContestoPagamento"].as_str().expect("ccp"));
        let pdf = banco.http.get(format!("{}{}{percorso}", banco.base, crate::banco::PENDENZE)).basic_auth("DEMO", Some(crate::banco::PASSWORD)).header("accept", "application/pdf");
        let pdf = Risposta::leggi(pdf.send().await.expect("pdf")).await;
        assert!(pdf.stato.is_success() && pdf.byte.starts_with(b"%PDF"), "{}", pdf.testo);
    }
}

su_entrambi! {
    async fn chi_non_paga_puo_riprovare_e_chi_se_ne_va_resta_in_corso(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        banco.carica("P1", "10.50").await;
        let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [per_a2a("P1")] });

        let primo = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.json();
        assert!(scegli(banco, &primo, "errore").await.ends_with("&esito=ERROR"));
        let non_eseguito = pagamento(banco, &porta, &primo["id"]).await;
        assert_eq!((&non_eseguito["stato"], &banco.pendenza("P1").await["stato"]), (&json!("NON_ESEGUITO"), &json!("NON_ESEGUITA")));

        let secondo = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await.json();
        assert!(scegli(banco, &secondo, "annulla").await.ends_with("&esito=CANCEL"));
        assert_eq!(pagamento(banco, &porta, &secondo["id"]).await["stato"], "IN_CORSO");
        let terzo = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
        assert_eq!((terzo.fault().0, terzo.fault().1), (422, "PAG_014".to_owned()), "{}", terzo.testo);

        // Somebody unblocks it.
        let t = banco.store.transazioni_di_pagamento(domain::pagamento::Pagamento::leggi_id(secondo["id"].as_str().expect("id")).expect("id")).await.expect("lette");
        banco.gateway.blocca_rpp(&t[0], false).await.expect("sbloccata");
        let quarto = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
        assert_eq!(quarto.stato, StatusCode::CREATED, "{}", quarto.testo);
        assert!(scegli(banco, &quarto.json(), "paga").await.ends_with("&esito=OK"));
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");

        // The one who had gone away pays all the same: twice, and it shows.
        let vecchio = banco.simulatore.carrello_visto(secondo["idSession"].as_str().expect("sessione")).expect("carrello");
        assert!(banco.simulatore.manda_rt(&vecchio.rpt[0], &RtDaMandare::nuova(EsitoRt::Eseguito)).await.ok());
        assert_eq!(pagamento(banco, &porta, &secondo["id"]).await["stato"], "ESEGUITO");
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza WHERE anomalo AND importo_pagato = 2100").await, 1);
    }
}

su_entrambi! {
    async fn ogni_guasto_del_nodo_e_detto_e_il_pagamento_e_fallito(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        let indisponibile = |testo: &str| ("PAA_NODO_INDISPONIBILE", "Servizi pagoPA non disponibili.".to_owned(), testo.to_owned(), "RPT_ERRORE_INVIO_A_NODO");
        let fault = "Ricevuto messaggio di errore: HTTP";
        let guasto = |http: u16| format!("{fault} {http} [SOAPFaultCode: soapenv:Server - SOAPFaultString: Errore interno del Nodo]");
        let casi = [
            (GuastoNodo::Sparito, indisponibile("Ricevuto [HTTP 503]"), "503"),
            (GuastoNodo::SoapFault, indisponibile(&guasto(500)), "500"),
            (GuastoNodo::SoapFaultIn200, indisponibile(&guasto(200)), "200"),
            (GuastoNodo::Html, indisponibile("Messaggio di risposta dal Nodo dei Pagamenti non valido"), "200"),
            (GuastoNodo::MezzaRisposta, indisponibile("Messaggio di risposta dal Nodo dei Pagamenti non valido"), "200"),
            (GuastoNodo::Vuoto, indisponibile("Il Nodo dei Pagamenti ha ritornato un messaggio vuoto."), "200"),
            (GuastoNodo::Rifiuta, ("PPT_SEMANTICA", "Errore semantico.".to_owned(), "RPT duplicata".to_owned(), "RPT_RIFIUTATA_NODO"), "PPT_SEMANTICA"),
            (GuastoNodo::RifiutaUltima, ("PPT_SEMANTICA", "Errore semantico.".to_owned(), "RPT 2 rifiutata".to_owned(), "RPT_RIFIUTATA_NODO"), "PPT_SEMANTICA"),
            (
                GuastoNodo::RifiutaOgnuna,
                ("PPT_SEMANTICA", "Errore semantico.".to_owned(), "#1 [PPT_SEMANTICA] Errore semantico.: RPT 1 rifiutata #2 [PPT_SEMANTICA] Errore semantico.: RPT 2 rifiutata ".to_owned(), "RPT_RIFIUTATA_NODO"),
                "PPT_SEMANTICA",
            ),
        ];
        for (n, (come, (codice, descrizione, dettaglio, stato), sottotipo)) in casi.into_iter().enumerate() {
            banco.simulatore.guasta_nodo(Some(come));
            let corpo = json!({ "urlRitorno": RITORNO, "pendenze": [intera(&format!("A{n}"), "1.00"), intera(&format!("B{n}"), "2.00")] });
            let risposta = paga(banco, &porta, Chi::App("PORTALE"), &corpo).await;
            let bean = risposta.json();
            assert_eq!((risposta.stato, &bean["categoria"]), (StatusCode::BAD_GATEWAY, &json!("PAGOPA")), "{come:?}: {}", risposta.testo);
            assert_eq!((&bean["codice"], &bean["descrizione"], &bean["dettaglio"]), (&json!(codice), &json!(descrizione), &json!(dettaglio)), "{come:?}");
            assert_eq!(bean["location"], json!(format!("/pagamenti/{}", bean["id"].as_str().expect("id"))));
            let p = pagamento(banco, &porta, &bean["id"]).await;
            assert_eq!((&p["stato"], &p["rpp"][0]["stato"], &p["rpp"][1]["stato"]), (&json!("FALLITO"), &json!(stato), &json!(stato)), "{come:?}");
            let esito = if stato == "RPT_RIFIUTATA_NODO" { "KO" } else { "FAIL" };
            let iuv = p["rpp"][1]["rpt"]["datiVersamento"]["identificativoUnivocoVersamento"].as_str().expect("iuv");
            assert_eq!(eventi(banco, &format!("tipo = 'nodoInviaCarrelloRPT' AND iuv = '{iuv}' AND esito = '{esito}' AND sottotipo_esito = '{sottotipo}'")).await, 1, "{come:?}");
        }
        let altre = "descrizione_stato = 'Richiesta di pagamento rifiutata per errori rilevati in altre RPT del carrello' AND esito = 101";
        assert_eq!(banco.conta(&format!("SELECT count(*) FROM transazione WHERE {altre}")).await, 1);
        assert_eq!(banco.conta("SELECT count(*) FROM notifica").await, 0, "niente di cio' che non e' partito si notifica");

        banco.simulatore.guasta_nodo(Some(GuastoNodo::SenzaPagina));
        let senza = paga(banco, &porta, Chi::App("PORTALE"), &json!({ "urlRitorno": RITORNO, "pendenze": [intera("C", "1.00")] })).await.json();
        assert_eq!((senza.get("idSession").is_none_or(Value::is_null), &pagamento(banco, &porta, &senza["id"]).await["stato"]), (true, &json!("IN_CORSO")));
        assert_eq!(banco.conta("SELECT count(*) FROM pagamento_portale WHERE codice_stato = 'PAGAMENTO_IN_ATTESA_DI_ESITO'").await, 1);
    }
}

su_entrambi! {
    async fn una_ricevuta_che_viene_prima_della_risposta_non_si_perde(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        banco.carica("P1", "10.50").await;
        banco.simulatore.guasta_nodo(Some(GuastoNodo::RtPrima));
        let creato = paga(banco, &porta, Chi::App("PORTALE"), &due_enti()).await.json();
        let p = pagamento(banco, &porta, &creato["id"]).await;
        assert_eq!((&p["stato"], &p["rpp"][0]["stato"], &p["rpp"][1]["stato"]), (&json!("ESEGUITO"), &json!("RT_ACCETTATA_PA"), &json!("RT_ACCETTATA_PA")));
        // The browser is still sent to the page, and finds its way back.
        assert!(scegli(banco, &creato, "annulla").await.contains("&esito=CANCEL"));
        assert_eq!(pagamento(banco, &porta, &creato["id"]).await["stato"], "ESEGUITO");
    }
}

su_entrambi! {
    async fn un_nodo_lento_non_fa_perdere_la_ricevuta_che_manda_poi(banco: &Banco) {
        collega_nodo(banco).await;
        let tempi = outbound::Tempi { connessione: Duration::from_millis(500), lettura: Duration::from_millis(500) };
        let vecchio = gateway::vecchio::Impostazioni { tempi, ..gateway::vecchio::Impostazioni::default() };
        let porta = porta_di(&banco.nodo_con(Impostazioni { vecchio, ..Impostazioni::default() }).await).await;
        banco.simulatore.guasta_nodo(Some(GuastoNodo::Lento));
        let risposta = paga(banco, &porta, Chi::App("PORTALE"), &json!({ "pendenze": [intera("P1", "2.00")] })).await;
        assert_eq!((risposta.fault().0, risposta.fault().1), (502, "PAA_NODO_INDISPONIBILE".to_owned()));
        let id = &risposta.json()["id"];
        assert_eq!(pagamento(banco, &porta, id).await["stato"], "FALLITO");

        // The node had taken it: its RT is accepted.
        let t = banco.store.transazioni_di_pagamento(domain::pagamento::Pagamento::leggi_id(id.as_str().expect("id")).expect("id")).await.expect("lette");
        let rpt = banco.store.messaggio(&t[0], store::transazioni::Messaggio::Rpt).await.expect("letta").expect("c'e'");
        let vista = simulator::RptVista {
            dominio: t[0].dominio.to_string(),
            iuv: t[0].iuv.to_string(),
            ccp: t[0].ccp.clone(),
            psp: "AGID_01".to_owned(),
            canale: "97735020584_02".to_owned(),
            rpt: simulator::xml::leggi(&rpt).expect("rpt"),
        };
        let presa = banco.simulatore.manda_rt(&vista, &RtDaMandare::nuova(EsitoRt::Eseguito)).await;
        assert!(presa.ok(), "{presa:?}");
        assert_eq!((&pagamento(banco, &porta, id).await["stato"], &banco.pendenza("P1").await["stato"]), (&json!("ESEGUITO"), &json!("ESEGUITA")));
    }
}

su_entrambi! {
    async fn di_due_rt_di_un_carrello_una_rifiutata_non_tocca_l_altra(banco: &Banco) {
        collega_nodo(banco).await;
        let porta = banco.porta_dei_pagamenti().await;
        banco.carica("P1", "10.50").await;
        let creato = paga(banco, &porta, Chi::App("PORTALE"), &due_enti()).await.json();
        let carrello = banco.simulatore.carrello_visto(creato["idSession"].as_str().expect("sessione")).expect("carrello");
        let storta = RtDaMandare::nuova(EsitoRt::Eseguito).con("<codiceEsitoPagamento>0", "<codiceEsitoPagamento>7");
        let no = banco.simulatore.manda_rt(&carrello.rpt[0], &storta).await;
        assert_eq!(no.fault().expect("fault").0, "PAA_SINTASSI_XSD");
        let (uno, due) = (RtDaMandare::nuova(EsitoRt::Eseguito), RtDaMandare::nuova(EsitoRt::Eseguito));
        let (seconda, di_nuovo) = futures::join!(banco.simulatore.manda_rt(&carrello.rpt[1], &uno), banco.simulatore.manda_rt(&carrello.rpt[0], &due));
        assert!(seconda.ok() && di_nuovo.ok(), "{seconda:?} {di_nuovo:?}");
        assert_eq!(pagamento(banco, &porta, &creato["id"]).await["stato"], "ESEGUITO");
    }
}
