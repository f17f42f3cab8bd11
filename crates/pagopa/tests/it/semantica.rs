//! A receipt against its request: which differences refuse it, with which words.

use codici::{Importo, Iuv};
use pagopa::messaggi::{AccreditoEseguito, DatiAttivazione, EsitoPagamento, Trasferimento, leggi_ricevuta};
use pagopa::semantica::{Confronto, confronta, confronta_dati};
use pagopa::{Ricevuta, Risposta, Versione};

use crate::esempi::{dati_attivazione, iban, ricevuta_v2, trasferimento};

fn attesi() -> DatiAttivazione {
    DatiAttivazione {
        importo: Importo::da_cent(2600),
        trasferimenti: vec![trasferimento(1, 1000, iban()), trasferimento(2, 1600, iban())],
        ..dati_attivazione()
    }
}

fn ricevuta() -> Ricevuta {
    leggi_ricevuta(ricevuta_v2("", "").as_bytes()).expect("valida")
}

fn esito(cambia: impl FnOnce(&mut Ricevuta)) -> Confronto {
    let mut ricevuta = ricevuta();
    cambia(&mut ricevuta);
    confronta_dati(Versione::V2, &attesi(), &ricevuta)
}

fn testi(confronto: Confronto) -> Vec<String> {
    match confronto {
        Confronto::Accettata(avvertenze) => avvertenze.into_iter().map(|a| a.testo).collect(),
        Confronto::Rifiuto(testo) => panic!("rifiutata: {testo}"),
    }
}

fn rifiuto(testo: &str) -> Confronto {
    Confronto::Rifiuto(testo.to_owned())
}

#[test]
fn una_ricevuta_uguale_alla_richiesta_non_ha_avvertenze() {
    let attivazione = Risposta::Attivazione(Versione::V2, Box::new(attesi())).scrivi();
    assert_eq!(confronta(attivazione.as_bytes(), &ricevuta()).expect("letta"), Confronto::Accettata(Vec::new()));
    assert!(confronta(b"<a/>", &ricevuta()).is_err());
}

#[test]
fn le_differenze_fatali_rifiutano_con_il_loro_testo() {
    let altro_iuv = |r: &mut Ricevuta| r.iuv = Iuv::leggi("x").expect("iuv");
    assert_eq!(esito(altro_iuv), rifiuto(r#"CreditorReferenceId non corrisponde [Atteso:"02000000000000028" Ricevuto:"x"]"#));
    let altro_debitore = |r: &mut Ricevuta| r.debitore.codice = "ANONIMO".to_owned();
    assert_eq!(esito(altro_debitore), rifiuto(r#"UniqueIdentifierDebtor non corrisponde [Atteso:"RSSMRA85T10A562S" Ricevuto:"ANONIMO"]"#));
    assert_eq!(esito(|r| r.trasferimenti.truncate(1)), rifiuto("Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo OK"));
    let importo = |r: &mut Ricevuta| r.importo = Importo::da_cent(2650);
    assert_eq!(esito(importo), rifiuto("ImportoTotalePagato [26.50] non corrisponde alla somma dei SingoliImportiPagati [26.00]"));
    assert_eq!(esito(|r| r.esito = EsitoPagamento::Ko), rifiuto("ImportoTotalePagato [26.00] diverso da 0 per un pagamento con esito 'KO'."));
    let ko_corta = |r: &mut Ricevuta| {
        r.esito = EsitoPagamento::Ko;
        r.trasferimenti.truncate(1);
    };
    assert_eq!(esito(ko_corta), rifiuto("Numero di pagamenti diverso dal numero di versamenti per una ricevuta di tipo KO"));
}

#[test]
fn il_primo_difetto_fatale_e_quello_detto() {
    let due = |r: &mut Ricevuta| {
        r.debitore.codice = "ANONIMO".to_owned();
        r.trasferimenti.truncate(1);
    };
    assert!(matches!(esito(due), Confronto::Rifiuto(t) if t.starts_with("UniqueIdentifierDebtor")));
}

#[test]
fn il_debitore_e_confrontato_solo_se_la_richiesta_e_v2() {
    let mut ricevuta = ricevuta();
    ricevuta.debitore.codice = "ANONIMO".to_owned();
    ricevuta.debitore.localita = None;
    assert_eq!(confronta_dati(Versione::V1, &attesi(), &ricevuta), Confronto::Accettata(Vec::new()));
}

#[test]
fn un_importo_diverso_e_accettato_con_avvertenze() {
    let altro = |t: &mut Trasferimento<AccreditoEseguito>| {
        t.importo = Importo::da_cent(1100);
        t.indice = 3;
        t.categoria = "9/altra".to_owned();
    };
    let trovate = testi(esito(|r| {
        altro(&mut r.trasferimenti[0]);
        r.importo = Importo::da_cent(2700);
        r.debitore.localita = None;
        r.debitore.anagrafica = "Maria Rossi".to_owned();
    }));
    insta::assert_snapshot!(trovate.join("\n"));
}
