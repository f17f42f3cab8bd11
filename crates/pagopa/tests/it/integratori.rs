//! What integrators receive: the document and its JSON.

use chrono::{NaiveDate, NaiveTime};
use codici::Importo;
use pagopa::documento::documento;
use pagopa::json::{attivazione_json, rpt_da_ricevuta, rpt_json, rt_json, senza_null};
use pagopa::messaggi::{AccreditoRichiesto, DatiAttivazione, leggi_attivazione, leggi_ricevuta};
use pagopa::{Risposta, Versione, leggi_richiesta};

use crate::esempi::{NS, bollo, dati_attivazione, iban, metadata, ricevuta_v1, ricevuta_v2, soggetto, trasferimento, verifica};

fn leggibile(valore: &serde_json::Value) -> String {
    serde_json::to_string_pretty(valore).expect("json")
}

fn attivazione_v2() -> DatiAttivazione {
    let secondo = trasferimento(2, 1600, AccreditoRichiesto::Bollo(bollo()));
    let mut primo = trasferimento(1, 1000, iban());
    primo.metadata = metadata(2);
    DatiAttivazione { importo: Importo::da_cent(2600), trasferimenti: vec![primo, secondo], ..dati_attivazione() }
}

#[test]
fn il_json_di_una_richiesta_v1() {
    let minima = DatiAttivazione {
        ultimo_pagamento: None,
        ragione_sociale: None,
        ufficio: None,
        debitore: pagopa::messaggi::Soggetto {
            indirizzo: None,
            civico: None,
            cap: None,
            localita: None,
            provincia: None,
            nazione: None,
            email: None,
            ..soggetto()
        },
        ..dati_attivazione()
    };
    let scritta = Risposta::Attivazione(Versione::V1, Box::new(minima)).scrivi();
    insta::assert_snapshot!(leggibile(&rpt_json(scritta.as_bytes()).expect("letta")));
}

#[test]
fn il_json_di_una_richiesta_v2() {
    let scritta = Risposta::Attivazione(Versione::V2, Box::new(attivazione_v2())).scrivi();
    insta::assert_snapshot!(leggibile(&rpt_json(scritta.as_bytes()).expect("letta")));
}

#[test]
fn il_json_di_una_ricevuta_v1() {
    insta::assert_snapshot!(leggibile(&rt_json(ricevuta_v1("", "<standin>true</standin>").as_bytes()).expect("letta")));
}

#[test]
fn il_json_di_una_ricevuta_v2() {
    insta::assert_snapshot!(leggibile(&rt_json(ricevuta_v2("", "").as_bytes()).expect("letta")));
}

#[test]
fn senza_null_toglie_i_membri_ma_non_i_valori_falsi() {
    let valore = serde_json::json!({"a": null, "b": false, "c": [{"d": null, "e": 0}], "f": {"g": null}});
    assert_eq!(senza_null(valore).to_string(), r#"{"b":false,"c":[{"e":0}],"f":{}}"#);
}

#[test]
fn il_documento_si_rilegge_uguale_alla_busta() {
    for ricevuta in [ricevuta_v1("", "<standin>true</standin>"), ricevuta_v2("<standIn>true</standIn>", "")] {
        let solo = documento(ricevuta.as_bytes()).expect("estratto");
        assert_eq!(rt_json(solo.as_bytes()).expect("letto"), rt_json(ricevuta.as_bytes()).expect("letta"));
        assert_eq!(documento(solo.as_bytes()).expect("gia' solo"), solo);
        assert!(leggi_richiesta(solo.as_bytes()).is_err(), "dalla rete si accetta solo la busta");
    }
    let scritta = Risposta::Attivazione(Versione::V2, Box::new(attivazione_v2())).scrivi();
    let solo = documento(scritta.as_bytes()).expect("estratto");
    assert_eq!(leggi_attivazione(solo.as_bytes()).expect("letto"), (Versione::V2, attivazione_v2()));
}

#[test]
fn il_documento_porta_con_se_i_namespace_della_busta() {
    let intestazione = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let attesi = [
        (verifica(), format!(r#"{intestazione}<pafn:paVerifyPaymentNoticeReq xmlns:soapenv="{envelope}" xmlns:pafn="{NS}"><idPA>"#)),
        (
            format!(
                "<e:Envelope xmlns:e='{envelope}' xmlns:a='urn:a' xmlns:q='urn:\"q'><e:Body xmlns:a='{NS}' xmlns='urn:d'><a:m xmlns:e='urn:altro' xmlns=''>x</a:m ></e:Body></e:Envelope>"
            ),
            format!("{intestazione}<a:m xmlns:q='urn:\"q' xmlns:a=\"{NS}\" xmlns:e='urn:altro' xmlns=''>x</a:m >"),
        ),
        (format!("<Envelope xmlns='{envelope}'><Body><m xmlns='{NS}'/></Body></Envelope>"), format!("{intestazione}<m xmlns='{NS}'/>")),
        (format!("<Envelope xmlns='{envelope}'><Body><m/></Body></Envelope>"), format!("{intestazione}<m xmlns=\"{envelope}\"/>")),
    ];
    for (busta, atteso) in attesi {
        let trovato = documento(busta.as_bytes()).expect("estratto");
        assert!(trovato.starts_with(&atteso), "{trovato}\n{atteso}");
        documento(trovato.as_bytes()).expect("ben formato");
    }
}

#[test]
fn dalla_ricevuta_stand_in_si_ricostruisce_la_richiesta() {
    let ricevuta = leggi_ricevuta(ricevuta_v2("<standIn>true</standIn>", "").as_bytes()).expect("letta");
    let scadenza = NaiveDate::from_ymd_opt(2999, 12, 31).expect("data");
    let dati = rpt_da_ricevuta(&ricevuta, scadenza, |posizione| (posizione == 1).then(bollo));
    insta::assert_snapshot!(leggibile(&attivazione_json(ricevuta.versione, &dati)));
    let scritta = Risposta::Attivazione(ricevuta.versione, Box::new(dati.clone())).scrivi_valida().expect("valida");
    let mut attesi = dati;
    attesi.trasferimenti[1].ragione_sociale = Some("Ente".to_owned());
    assert_eq!(leggi_attivazione(scritta.as_bytes()).expect("letta"), (Versione::V2, attesi));

    let senza_voce = rpt_da_ricevuta(&ricevuta, scadenza, |_| None);
    assert_eq!(senza_voce.trasferimenti[1].accredito, AccreditoRichiesto::Ignoto);
    assert!(attivazione_json(Versione::V2, &senza_voce)["transferList"]["transfer"][1]["richiestaMarcaDaBollo"].is_null());
    assert!(Risposta::Attivazione(Versione::V2, Box::new(senza_voce)).scrivi_valida().is_err());
}

#[test]
fn la_data_del_pagamento_e_quella_di_roma() {
    let data = |scritta: &str| {
        let testo = ricevuta_v2("", "").replace("2026-11-22T10:30:15.250Z", scritta);
        leggi_ricevuta(testo.as_bytes()).expect("letta").data_ora_pagamento.expect("presente")
    };
    let giorno = NaiveDate::from_ymd_opt(2026, 11, 22).expect("data");
    assert_eq!(data("2026-11-22T10:30:15.250Z"), giorno.and_hms_milli_opt(11, 30, 15, 250).expect("ora"));
    assert_eq!(data("2026-11-22T10:30:15"), giorno.and_hms_opt(10, 30, 15).expect("ora"));
    assert_eq!(data("2026-07-22T10:30:15+00:00"), NaiveDate::from_ymd_opt(2026, 7, 22).and_then(|d| d.and_hms_opt(12, 30, 15)).expect("ora estiva"));
    assert_eq!(data("2026-11-21T24:00:00"), giorno.and_time(NaiveTime::MIN));
    assert_eq!(data("2026-11-22T00:30:00+14:00"), NaiveDate::from_ymd_opt(2026, 11, 21).and_then(|d| d.and_hms_opt(11, 30, 0)).expect("ora"));
}

#[test]
fn lo_stand_in_ha_tre_valori_in_entrambe_le_generazioni() {
    let letto = |coda: &str, dopo: &str| leggi_ricevuta(ricevuta_v1(coda, dopo).as_bytes()).expect("letta").stand_in;
    assert_eq!(letto("", ""), None);
    assert_eq!(letto("<standIn>1</standIn>", ""), Some(true));
    assert_eq!(letto("<standIn> false </standIn>", ""), Some(false));
    assert_eq!(letto("", "<standin>true</standin>"), Some(true));
    assert_eq!(letto("", "<standin>0</standin>"), Some(false));
}

#[test]
fn le_stampe_di_servizio_non_mostrano_dati_personali() {
    let con_nota = leggi_richiesta(crate::esempi::attivazione("paGetPaymentReq").replace("<paymentNote>nota", "<paymentNote>TARI").as_bytes()).expect("letta");
    let con_dati = leggi_richiesta(ricevuta_v2("", "").as_bytes()).expect("letta");
    let attivazione = dati_attivazione();
    let verifica = Risposta::Verifica(Box::new(crate::esempi::dati_verifica()));
    let voce = metadata(1);
    let stampa = format!("{con_nota:?} {con_dati:?} {verifica:?} {attivazione:?} {:?} {:?} {voce:?}", attivazione.trasferimenti, attivazione.debitore);
    for personale in ["Rossi", "RSSMRA85T10A562S", "esempio.it", "TARI", "/RFB/", "valore 0"] {
        assert!(!stampa.contains(personale), "{personale}: {stampa}");
    }
}
