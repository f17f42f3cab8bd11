//! A service of pagoPA's catalogue asked for at a PSP: its data become a form, the form a position, and the position is paid (spec/4 sections 1.5 and 2.7).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::tipo_pendenza::{PortaleTipo, Trasformazione};
use domain::anagrafica::{BlocchiTipo, Scrittura, TipoPendenza, TipoPendenzaDominio};
use simulator::Versione;

use crate::banco::{Banco, DOMINIO, dominio};
use crate::soap::{Busta, INTERMEDIARIO, STAZIONE_1, busta, posta, posta_come};
use crate::su_entrambi;

const SERVIZIO: &str = "00005";
const SCHEMA: &str = r#"{"type":"object","required":["dati"],"properties":{"dati":{"type":"object","required":["pagamentoPratica"],"properties":{"pagamentoPratica":{"type":"object","required":["codicePratica","pagatore"]}}}}}"#;
/// The id follows from the data: asking twice is asking once.
const MODELLO: &str = r##"<#assign corpo = class["it.govpay.core.utils.rawutils.JSONUtils"].getInstance().getAsNode(jsonPath.read("$"))>
<#assign pratica = corpo.get("dati").get("pagamentoPratica")><#assign cf = pratica.get("pagatore").get("codiceFiscalePagatore").asText()>
<#if (pratica.get("codicePratica").asText() == "VIETATA")><#stop "Pratica non pagabile"></#if>
{ "idA2A": "DEMO", "idPendenza": "PASS-${cf}", "causale": "Passaporto", "importo": 42.50,
  "soggettoPagatore": { "tipo": "F", "identificativo": "${cf}", "anagrafica": "${pratica.get("pagatore").get("denominazionePagatore").asText()}" },
  "voci": [ { "idVocePendenza": "1", "importo": 42.50, "descrizione": "Passaporto", "codEntrata": "TARI" } ] }"##;

async fn offri(banco: &Banco) {
    let trasformazione = Trasformazione { tipo: "freemarker".to_owned(), definizione: STANDARD.encode(MODELLO) };
    let portale = PortaleTipo { validazione: Some(STANDARD.encode(SCHEMA)), trasformazione: Some(trasformazione), ..PortaleTipo::default() };
    let blocchi = BlocchiTipo { portale_pagamento: Some(portale), ..BlocchiTipo::default() };
    banco
        .censisci(&[
            Scrittura::TipoPendenza(TipoPendenza::nuovo(SERVIZIO, "Passaporto"), Box::new(blocchi)),
            Scrittura::TipoPendenzaDominio(dominio(DOMINIO), SERVIZIO.to_owned(), TipoPendenzaDominio::default(), Box::default()),
        ])
        .await;
}

fn richiesta(id_pa: &str, servizio: &str, dati: &str) -> Vec<u8> {
    let dentro = format!(
        "<idPA>{id_pa}</idPA><idBrokerPA>{INTERMEDIARIO}</idBrokerPA><idStation>{STAZIONE_1}</idStation><idServizio>{servizio}</idServizio><idSoggettoServizio>00001</idSoggettoServizio><datiSpecificiServizioRequest>{}</datiSpecificiServizioRequest>",
        STANDARD.encode(dati)
    );
    busta("paDemandPaymentNoticeRequest", &dentro).into_bytes()
}

fn pratica(codice: &str) -> String {
    format!(
        r#"<ta:pagamentoPratica xmlns:ta="http://PuntoAccessoPSP.spcoop.gov.it/pagamentoPratica"><ta:codicePratica>{codice}</ta:codicePratica><ta:pagatore><ta:codiceFiscalePagatore>VLNGRT75C52F205X</ta:codiceFiscalePagatore><ta:denominazionePagatore>Greta &amp; Valenti</ta:denominazionePagatore></ta:pagatore></ta:pagamentoPratica>"#
    )
}

async fn chiedi(banco: &Banco, id_pa: &str, servizio: &str, dati: &str) -> Busta {
    Busta::leggi(posta(banco, richiesta(id_pa, servizio, dati)).await)
}

su_entrambi! {
    async fn un_servizio_chiesto_al_psp_diventa_un_avviso_che_si_paga(banco: &Banco) {
        offri(banco).await;
        let fatto = chiedi(banco, DOMINIO, SERVIZIO, &pratica("A001")).await;
        assert_eq!(fatto.a("outcome"), Some("OK"), "{}", fatto.http.testo);
        let avviso = fatto.a("qrCode/noticeNumber").expect("avviso").to_owned();
        assert_eq!((fatto.a("qrCode/fiscalCode"), fatto.a("paymentList/paymentOptionDescription/amount"), fatto.a("paymentDescription")), (Some(DOMINIO), Some("42.50"), Some("Passaporto")));
        let p = banco.pendenza("PASS-VLNGRT75C52F205X").await;
        assert_eq!((p["numeroAvviso"].as_str(), p["soggettoPagatore"]["anagrafica"].as_str(), p["tipo"].as_str()), (Some(avviso.as_str()), Some("Greta & Valenti"), Some("spontaneo")));

        let di_nuovo = chiedi(banco, DOMINIO, SERVIZIO, &pratica("A001")).await;
        assert_eq!(di_nuovo.a("qrCode/noticeNumber"), Some(avviso.as_str()));
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 1);

        banco.simulatore.paga(DOMINIO, &avviso, Versione::V2).await.expect("pagata");
        assert_eq!(banco.pendenza("PASS-VLNGRT75C52F205X").await["stato"], "ESEGUITA");
        let gia = chiedi(banco, DOMINIO, SERVIZIO, &pratica("A001")).await;
        assert_eq!((gia.a("outcome"), gia.a("fault/faultCode")), (Some("KO"), Some("PAA_SYSTEM_ERROR")), "{}", gia.http.testo);
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'paDemandPaymentNotice' AND esito = 'OK' AND iuv IS NOT NULL").await, 2);
    }
}

su_entrambi! {
    async fn un_servizio_che_non_va_ha_il_suo_fault_e_non_lascia_niente(banco: &Banco) {
        offri(banco).await;
        for (id_pa, servizio, dati, codice, descrizione) in [
            (DOMINIO, "99999", pratica("A001"), "PAA_SYSTEM_ERROR", Some("Operazione non disponibile.")),
            ("99999999990", SERVIZIO, pratica("A001"), "PAA_ID_DOMINIO_ERRATO", None),
            (DOMINIO, SERVIZIO, "non e' XML".to_owned(), "PAA_SINTASSI_XSD", Some("XML")),
            (DOMINIO, SERVIZIO, "<!DOCTYPE a><a/>".to_owned(), "PAA_SINTASSI_XSD", Some("DOCTYPE non ammesso")),
            (DOMINIO, SERVIZIO, "<altro/>".to_owned(), "PAA_SINTASSI_XSD", Some("")),
            (DOMINIO, SERVIZIO, pratica("VIETATA"), "PAA_SEMANTICA", Some("Pratica non pagabile")),
        ] {
            let no = chiedi(banco, id_pa, servizio, &dati).await;
            assert_eq!((no.a("outcome"), no.a("fault/faultCode")), (Some("KO"), Some(codice)), "{}", no.http.testo);
            match descrizione {
                Some(d) => assert!(no.a("fault/description").is_some_and(|t| d == "XML" || t.contains(d)), "{}", no.http.testo),
                None => assert_eq!(no.a("fault/description"), None),
            }
        }
        let corto = Busta::leggi(posta(banco, richiesta(DOMINIO, "123", "<a/>")).await);
        assert_eq!(corto.a("fault/faultCode"), Some("PAA_SINTASSI_EXTRAXSD"));
        let intruso = Busta::leggi(posta_come(banco, "intruso", richiesta(DOMINIO, SERVIZIO, &pratica("A001"))).await);
        assert!(intruso.a("fault/description").is_some_and(|d| d.starts_with("Autorizzazione fallita")));
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);
    }
}
