//! The inbox of foreign receipts: shown to who may see them, linked once, refused with the reason.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::{EsitoRt, RtDaMandare};

use crate::banco::{BACKOFFICE, Banco, DOMINIO, DOMINIO_2, PASSWORD, Risposta, corpo_minimo};
use crate::soap::{Ricevuta, STAZIONE_2};
use crate::su_entrambi;
use crate::ufficio_pendenze::{chiama, get, operatore, trovati};

const AVVISO: &str = "301000000000012345";
const IUV: &str = "01000000000012345";

/// A position with the notice of a receipt that came before it.
async fn carica_dopo(banco: &Banco, id: &str, avviso: &str) {
    let mut corpo = corpo_minimo("10.00");
    corpo["numeroAvviso"] = json!(avviso);
    let risposta = banco.put(id, corpo).await;
    assert_eq!(risposta.stato, StatusCode::CREATED, "{}", risposta.testo);
}

async fn collega(banco: &Banco, utente: &str, ricevuta: &str, id: &str) -> Risposta {
    banco.chiama_come(utente, Method::PUT, &format!("{BACKOFFICE}/ricevuteEstranee/{DOMINIO}/{ricevuta}/collegamento/DEMO/{id}"), None).await
}

async fn stato(banco: &Banco, ricevuta: &str) -> Value {
    get(banco, &format!("/ricevuteEstranee/{DOMINIO}/{ricevuta}")).await.json()
}

su_entrambi! {
    async fn una_ricevuta_di_nessuno_si_vede_e_si_collega_una_volta(banco: &Banco) {
        let ricevuta = Ricevuta::per(AVVISO, "r1", "10.00");
        ricevuta.accettata(banco).await;
        assert_eq!(trovati(banco, "gpadmin", "/ricevuteEstranee", "idRicevuta").await, ["r1"]);
        let prima = stato(banco, "r1").await;
        assert_eq!((&prima["stato"], &prima["iuv"], &prima["importo"].to_string(), prima.get("pendenzaCorrispondente")), (&json!("DA_COLLEGARE"), &json!(IUV), &"10.0".to_owned(), None));
        assert_eq!(prima["ricevuta"]["receiptId"], "r1");
        let percorso = format!("{}{BACKOFFICE}/ricevuteEstranee/{DOMINIO}/r1", banco.base);
        let xml = banco.http.get(percorso).basic_auth("gpadmin", Some(PASSWORD)).header("accept", "text/xml").send().await.expect("risposta");
        assert_eq!(Risposta::leggi(xml).await.testo, ricevuta.xml());

        carica_dopo(banco, "P1", AVVISO).await;
        assert_eq!(stato(banco, "r1").await["pendenzaCorrispondente"], json!({ "idA2A": "DEMO", "idPendenza": "P1" }));
        let fatta = collega(banco, "gpadmin", "r1", "P1").await;
        assert_eq!((fatta.stato, &fatta.json()["stato"]), (StatusCode::OK, &json!("RT_ACCETTATA_PA")), "{}", fatta.testo);
        assert_eq!(banco.pendenza("P1").await["stato"], "ESEGUITA");
        let dopo = stato(banco, "r1").await;
        assert_eq!((&dopo["stato"], &dopo["idPendenza"], &dopo["operatore"], dopo.get("pendenzaCorrispondente")), (&json!("COLLEGATA"), &json!("P1"), &json!("gpadmin"), None));
        assert_eq!(banco.conta("SELECT count(*) FROM notifica WHERE tipo = 'RICEVUTA'").await, 1);
        let di_nuovo = collega(banco, "gpadmin", "r1", "P1").await;
        di_nuovo.rifiuta(422, "SEMANTICA", "La ricevuta non si puo' collegare: e' gia' collegata alla pendenza [A2A:DEMO Id:P1].");
        assert_eq!(banco.conta("SELECT count(*) FROM riscossione").await, 1);
    }
}

su_entrambi! {
    async fn un_collegamento_interrotto_a_meta_si_finisce_chiedendolo_di_nuovo(banco: &Banco) {
        Ricevuta::per(AVVISO, "r1", "10.00").accettata(banco).await;
        carica_dopo(banco, "P1", AVVISO).await;
        assert_eq!(collega(banco, "gpadmin", "r1", "P1").await.stato, StatusCode::OK);
        // As if the node had died between the two commits.
        banco.sql("UPDATE ricevuta_estranea SET collegata_il = NULL, collegata_da = NULL, id_a2a = NULL, id_pendenza = NULL").await;
        let di_nuovo = collega(banco, "gpadmin", "r1", "P1").await;
        assert_eq!(di_nuovo.stato, StatusCode::OK, "{}", di_nuovo.testo);
        assert_eq!((banco.conta("SELECT count(*) FROM riscossione").await, &stato(banco, "r1").await["stato"]), (1, &json!("COLLEGATA")));
    }
}

su_entrambi! {
    async fn una_ricevuta_rimandata_quando_la_pendenza_c_e_risulta_collegata(banco: &Banco) {
        let ricevuta = Ricevuta::per(AVVISO, "r1", "10.00").stazione(STAZIONE_2);
        assert_eq!(ricevuta.invia(banco).await.a("fault/faultCode"), Some("PAA_RPT_SCONOSCIUTA"));
        carica_dopo(banco, "P1", AVVISO).await;
        ricevuta.accettata(banco).await;
        let dopo = stato(banco, "r1").await;
        assert_eq!((&dopo["stato"], &dopo["idPendenza"], dopo.get("operatore")), (&json!("COLLEGATA"), &json!("P1"), None));
    }
}

su_entrambi! {
    async fn cio_che_non_va_insieme_si_rifiuta_con_il_perche(banco: &Banco) {
        Ricevuta::per(AVVISO, "r1", "10.00").accettata(banco).await;
        banco.carica("ALTRA", "10.00").await;
        let altra = banco.pendenza("ALTRA").await["iuvAvviso"].as_str().expect("iuv").to_owned();
        let testo = format!("La ricevuta non si puo' collegare: paga lo IUV {IUV} e la pendenza ha lo IUV {altra}.");
        collega(banco, "gpadmin", "r1", "ALTRA").await.rifiuta(422, "SEMANTICA", &testo);
        let mut d_altri = corpo_minimo("10.00");
        d_altri["idDominio"] = json!(DOMINIO_2);
        assert_eq!(banco.put("D2", d_altri).await.stato, StatusCode::CREATED);
        let testo = format!("La ricevuta non si puo' collegare: e' del dominio {DOMINIO} e la pendenza del dominio {DOMINIO_2}.");
        collega(banco, "gpadmin", "r1", "D2").await.rifiuta(422, "SEMANTICA", &testo);
        assert_eq!(collega(banco, "gpadmin", "r1", "NESSUNA").await.stato, StatusCode::NOT_FOUND);
        assert_eq!(collega(banco, "gpadmin", "nessuna", "ALTRA").await.stato, StatusCode::NOT_FOUND);

        // A receipt that contradicts the activation of the pendenza, which came between.
        carica_dopo(banco, "P1", AVVISO).await;
        banco.simulatore.attiva(DOMINIO, AVVISO, simulator::Versione::V2).await.expect("attivata");
        let mut storta = Ricevuta::per(AVVISO, "r1", "10.00");
        storta.debitore = "RSSMRA80A01H501U".to_owned();
        banco.sql("DELETE FROM ricevuta_estranea").await;
        banco.sql("UPDATE pendenza SET iuv = '01000000000000001', numero_avviso = '301000000000000001' WHERE id_pendenza = 'P1'").await;
        storta.accettata(banco).await;
        banco.sql(&format!("UPDATE pendenza SET iuv = '{IUV}', numero_avviso = '{AVVISO}' WHERE id_pendenza = 'P1'")).await;
        let no = collega(banco, "gpadmin", "r1", "P1").await;
        assert_eq!(no.stato, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(no.fault().2.starts_with("PAA_SEMANTICA: UniqueIdentifierDebtor non corrisponde"), "{}", no.testo);
        assert_eq!((&stato(banco, "r1").await["stato"], &banco.pendenza("P1").await["stato"]), (&json!("DA_COLLEGARE"), &json!("NON_ESEGUITA")));
    }
}

su_entrambi! {
    async fn una_rt_vecchia_di_nessuno_si_vede_e_si_rifiuta_di_collegarla(banco: &Banco) {
        let rpt = crate::vecchio_stazione::attivata(banco, "P1").await;
        let rt = RtDaMandare { altro_ccp: Some("ignoto".to_owned()), ..RtDaMandare::nuova(EsitoRt::Eseguito) }.con("<CodiceContestoPagamento>P1", "<CodiceContestoPagamento>ignoto");
        banco.simulatore.manda_rt(&rpt, &rt).await;
        assert_eq!(stato(banco, "ignoto").await["stato"], "DA_COLLEGARE");
        let no = collega(banco, "gpadmin", "ignoto", "P1").await;
        assert_eq!(no.fault().2, "RT non valida: La RPT risulta sconosciuta.");
        assert_eq!(banco.pendenza("P1").await["stato"], "NON_ESEGUITA");
    }
}

su_entrambi! {
    async fn ognuno_vede_le_ricevute_dei_suoi_domini(banco: &Banco) {
        for (n, avviso) in [AVVISO, "301000000000012346"].iter().enumerate() {
            Ricevuta::per(avviso, &format!("r{n}"), "10.00").accettata(banco).await;
        }
        operatore(banco, "altrove", Some(&[(DOMINIO_2, &[])]), None).await;
        operatore(banco, "qui", Some(&[(DOMINIO, &[])]), None).await;
        assert_eq!(trovati(banco, "altrove", "/ricevuteEstranee", "idRicevuta").await, Vec::<String>::new());
        assert_eq!(trovati(banco, "qui", "/ricevuteEstranee", "idRicevuta").await, ["r1", "r0"]);
        for (query, quante) in [
            (format!("idDominio={DOMINIO}"), 2), (format!("idDominio={DOMINIO_2}"), 0), (format!("iuv={IUV}"), 1), ("idRicevuta=r1".to_owned(), 1), ("stato=DA_COLLEGARE".to_owned(), 2),
            ("stato=COLLEGATA".to_owned(), 0), ("dataDa=2020-01-01".to_owned(), 2), ("dataA=2020-01-01".to_owned(), 0),
        ] {
            assert_eq!(trovati(banco, "qui", &format!("/ricevuteEstranee?{query}"), "idRicevuta").await.len(), quante, "{query}");
        }
        assert_eq!(chiama(banco, Method::GET, "/ricevuteEstranee?stato=X", None).await.stato, StatusCode::BAD_REQUEST);
        let percorso = format!("{BACKOFFICE}/ricevuteEstranee/{DOMINIO}/r1");
        assert_eq!(banco.chiama_come("altrove", Method::GET, &percorso, None).await.stato, StatusCode::FORBIDDEN);
        assert_eq!(collega(banco, "altrove", "r1", "P1").await.stato, StatusCode::FORBIDDEN);
        assert_eq!(banco.chiama_come("SENZA_DIRITTI", Method::GET, &format!("{BACKOFFICE}/ricevuteEstranee"), None).await.stato, StatusCode::FORBIDDEN);
        let pagina = get(banco, "/ricevuteEstranee?risultatiPerPagina=1&pagina=2").await.json();
        assert_eq!((&pagina["numRisultati"], &pagina["risultati"][0]["idRicevuta"]), (&json!(2), &json!("r0")));
    }
}
