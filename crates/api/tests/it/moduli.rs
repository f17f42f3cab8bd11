//! A form becomes a pendenza: schema, template, and the application that makes it (spec/1 sections 10.3 and 11.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::anagrafica::tipo_pendenza::{PortaleTipo, Trasformazione};
use domain::anagrafica::{BlocchiTipo, Scrittura, TipoPendenza, TipoPendenzaDominio};
use domain::pendenza::{NuovaPendenza, Tipo};
use gateway::carica_pendenza::Provenienza;
use gateway::modulo::{Blocco, Modulo, NonValida};
use serde_json::{Value, json};
use simulator::{GuastoEnte, OperazioneEnte, VersioneEnte};

use crate::banco::{Banco, DOMINIO, corpo_minimo, dominio, numero};
use crate::su_entrambi;

pub const SCHEMA: &str = r#"{"type":"object","required":["pasti"],"properties":{"pasti":{"type":"integer","minimum":1}}}"#;
pub const MODELLO: &str = r##"<#setting locale="en_US"><#assign corpo = class["it.govpay.core.utils.rawutils.JSONUtils"].getInstance().getAsNode(jsonPath.read("$"))>
<#if (corpo.get("pasti").asDouble() > 100)><#stop "Troppi pasti"></#if>
{ "idA2A": "DEMO", "idPendenza": "MODULO1", "causale": "Mensa", "importo": ${(corpo.get("pasti").asDouble() * 4.5)?string["0.00"]},
  "voci": [ { "idVocePendenza": "1", "importo": ${(corpo.get("pasti").asDouble() * 4.5)?string["0.00"]}, "descrizione": "Pasti", "codEntrata": "MENSA" } ] }"##;

pub fn portale(schema: Option<&str>, modello: Option<&str>, inoltro: Option<&str>) -> BlocchiTipo {
    let trasformazione = modello.map(|m| Trasformazione { tipo: "freemarker".to_owned(), definizione: STANDARD.encode(m) });
    let portale =
        PortaleTipo { validazione: schema.map(|s| STANDARD.encode(s)), trasformazione, inoltro: inoltro.map(str::to_owned), ..PortaleTipo::default() };
    BlocchiTipo { portale_pagamento: Some(portale), ..BlocchiTipo::default() }
}

pub async fn del_catalogo(banco: &Banco, blocchi: BlocchiTipo) {
    banco.censisci(&[Scrittura::TipoPendenza(TipoPendenza::nuovo("MENSA", "MENSA"), Box::new(blocchi))]).await;
}

fn modulo(corpo: &str) -> Modulo {
    Modulo {
        dominio: dominio(DOMINIO),
        tipo_pendenza: "MENSA".to_owned(),
        unita_operativa: None,
        blocco: Blocco::Pagamento,
        corpo: corpo.to_owned(),
        intestazioni: Vec::new(),
        parametri: Vec::new(),
        segmenti: vec![("idDominio".to_owned(), DOMINIO.to_owned())],
        indirizzo: format!("/pendenze/{DOMINIO}/MENSA"),
        id_transazione: "prova".to_owned(),
        non_valida: NonValida::Sintassi,
    }
}

async fn rifiuto(banco: &Banco, modulo: Modulo) -> (u16, &'static str, String) {
    match banco.gateway.compila_modulo(modulo).await {
        Err(gateway::Errore::Rifiuto(r)) => (r.stato_http(), &*r.codice().to_owned().leak(), r.dettaglio()),
        altro => panic!("{altro:?}"),
    }
}

async fn carica(banco: &Banco, nuova: NuovaPendenza) -> domain::Pendenza {
    let a = banco.gateway.anagrafica();
    let applicazione = a.applicazioni.get(&nuova.id_a2a).expect("applicazione");
    let utenza = a.utenze.get(&applicazione.principal).expect("utenza");
    banco.gateway.carica(applicazione, utenza, nuova, Provenienza::Inviata(Tipo::Spontaneo)).await.expect("caricata").pendenza
}

su_entrambi! {
    async fn un_modulo_compilato_si_carica_e_si_paga(banco: &Banco) {
        del_catalogo(banco, portale(Some(SCHEMA), Some(MODELLO), None)).await;
        let nuova = banco.gateway.compila_modulo(modulo(r#"{"pasti":3}"#)).await.expect("compilato");
        let pendenza = carica(banco, nuova).await;
        assert_eq!((pendenza.tipo, pendenza.tipo_pendenza.as_str(), pendenza.importo.cent()), (Tipo::Spontaneo, "MENSA", 1_350));
        banco.simulatore.paga(DOMINIO, pendenza.numero_avviso.as_str(), simulator::Versione::V2).await.expect("pagata");
        assert_eq!(banco.pendenza("MODULO1").await["stato"], "ESEGUITA");

        // What the dominio says otherwise holds, member by member.
        let proprio = portale(None, Some(&MODELLO.replace("4.5", "5")), None);
        banco.censisci(&[Scrittura::TipoPendenzaDominio(dominio(DOMINIO), "MENSA".to_owned(), TipoPendenzaDominio::default(), Box::new(proprio))]).await;
        assert_eq!(banco.gateway.compila_modulo(modulo(r#"{"pasti":3}"#)).await.expect("compilato").importo.cent(), 1_500);
        assert_eq!(rifiuto(banco, modulo(r#"{"pasti":0}"#)).await.1, "SINTASSI");
    }
}

su_entrambi! {
    async fn cio_che_si_rifiuta_non_lascia_niente(banco: &Banco) {
        assert_eq!(rifiuto(banco, Modulo { dominio: dominio("99999999999"), ..modulo("{}") }).await, (404, "404000", "Dominio [99999999999] inesistente.".to_owned()));
        let ignoto = rifiuto(banco, Modulo { tipo_pendenza: "X".to_owned(), ..modulo("{}") }).await;
        assert_eq!(ignoto, (404, "404000", format!("TipoPendenza [X] inesistente per il Dominio [{DOMINIO}].")));
        let infinito = "<#list 1..100000 as i><#list 1..100000 as j>x</#list></#list>";
        let casi = [
            (portale(Some(SCHEMA), Some(MODELLO), None), r#"{"pasti":0}"#, 400, "SINTASSI"),
            (portale(Some(SCHEMA), Some(MODELLO), None), r#"{"pasti":101}"#, 422, "SEMANTICA"),
            (portale(None, Some(MODELLO), None), r#"{"pasti":"#, 400, "SINTASSI"),
            (portale(None, Some("${mancante}"), None), "{}", 500, "TRASFORMAZIONE"),
            (portale(None, Some(infinito), None), "{}", 500, "TRASFORMAZIONE"),
            (portale(None, Some(r#"${class["java.lang.Runtime"].getRuntime()}"#), None), "{}", 500, "TRASFORMAZIONE"),
            (portale(None, Some("{"), None), "{}", 400, "SINTASSI"),
            (portale(Some(r#"{"type":"cosa"}"#), None, None), "{}", 500, "VAL_001"),
            (portale(None, None, Some("NESSUNA")), "{}", 502, "502000"),
            (portale(None, None, Some("SILENTE")), "{}", 502, "502000"),
        ];
        for (blocchi, corpo, stato, codice) in casi {
            del_catalogo(banco, blocchi).await;
            let (s, c, testo) = rifiuto(banco, modulo(corpo)).await;
            assert_eq!((s, c), (stato, codice), "{testo}");
        }
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await + banco.conta("SELECT count(*) FROM registro").await, 0);
    }
}

fn dell_ente(tipo: &str) -> Value {
    let mut pendenza = corpo_minimo("40.00");
    for (nome, valore) in [("idA2A", "DEMO"), ("idPendenza", "I1"), ("idTipoPendenza", tipo)] {
        pendenza[nome] = valore.into();
    }
    pendenza["voci"][0]["importo"] = numero("40.00");
    json!({ "stato": "NON_ESEGUITA", "pendenza": pendenza })
}

su_entrambi! {
    async fn un_modulo_inoltrato_torna_pendenza(banco: &Banco) {
        del_catalogo(banco, portale(Some(SCHEMA), None, Some("DEMO"))).await;
        let imposta = |risposta: Value| banco.simulatore.imposta_risposta(VersioneEnte::V2, OperazioneEnte::VerifyPendenzaMod4, DOMINIO, "MENSA", risposta).expect("posto");
        let corpo = r#"{"pasti":2}"#;
        imposta(dell_ente("MENSA"));
        let nuova = banco.gateway.compila_modulo(modulo(corpo)).await.expect("inoltrato");
        assert_eq!((nuova.id_pendenza.as_str(), nuova.importo.cent()), ("I1", 4_000));
        let testa = format!("L'inoltro del versamento [Dominio: {DOMINIO} TipoVersamento:MENSA] all'applicazione competente [Applicazione:DEMO] ");
        for (risposta, fine) in [
            (json!({ "stato": "SCADUTA" }), "ha dato esito PAA_PAGAMENTO_SCADUTO"),
            (json!({ "stato": "SCONOSCIUTA" }), "ha dato esito PAA_PAGAMENTO_SCONOSCIUTO"),
            (dell_ente("TARI"), "e' fallito con errore: Il campo IdTipoPendenza della pendenza ricevuta dal servizio di verifica non corrisponde ai parametri di input."),
        ] {
            imposta(risposta);
            assert_eq!(rifiuto(banco, modulo(corpo)).await, (502, "502000", format!("{testa}{fine}")));
        }
        imposta(dell_ente("MENSA"));
        let uo = rifiuto(banco, Modulo { unita_operativa: Some("UFF".to_owned()), ..modulo(corpo) }).await;
        assert!(uo.0 == 502 && uo.2.contains("Il campo IdUnitaOperativa "), "{uo:?}");
        banco.simulatore.accendi_ente(GuastoEnte::Errore { stato: 500 }.per(1));
        assert_eq!(rifiuto(banco, modulo(corpo)).await.2, format!("{testa}e' fallito con errore: Ricevuto [HTTP 500]"));
        banco.gateway.giornale().scarica().await;
        assert_eq!(banco.conta("SELECT count(*) FROM evento WHERE tipo = 'verifyPendenzaMod4' AND componente = 'API_ENTE' AND dominio = '12345678901'").await, 6);
        assert_eq!(banco.conta("SELECT count(*) FROM pendenza").await, 0);
    }
}
