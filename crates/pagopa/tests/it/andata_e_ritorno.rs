//! What is written is read back; nothing read makes a panic.

use chrono::{NaiveDate, NaiveDateTime};
use codici::{IdDominio, Importo, Iuv};
use pagopa::messaggi::{AccreditoRichiesto, Bollo, DatiAttivazione, DatiVerifica, Soggetto, TipoSoggetto, Trasferimento, VoceMetadata, leggi_risposta};
use pagopa::{CodiceFault, Fault, Operazione, Risposta, Versione, leggi_richiesta};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::esempi::{dati_attivazione, dati_verifica, metadata, richieste_valide};

/// Text that is not blank and that XML can carry, up to `massimo` characters; controls and quotes included.
fn testo(massimo: usize) -> impl Strategy<Value = String> {
    let usuali: Vec<char> = "azAZ09 àèìòù€'\"&<>]\t\n\r".chars().collect();
    let carattere = prop_oneof![4 => select(usuali), 1 => proptest::char::range(' ', '\u{D7FF}'), 1 => proptest::char::range('\u{10000}', '\u{10FFFF}')];
    let lungo = move |(motivo, quanti): (Vec<char>, usize)| motivo.into_iter().cycle().take(quanti).collect::<String>();
    (vec(carattere, 1..=6), 1..=massimo).prop_map(lungo).prop_filter("vuoto", |t| !t.trim().is_empty())
}

fn importo() -> impl Strategy<Value = Importo> {
    (1..=99_999_999_999_i64).prop_map(Importo::da_cent)
}

fn data() -> impl Strategy<Value = NaiveDate> {
    (1..=9999_i32, 1..=365_u32).prop_map(|(anno, giorno)| NaiveDate::from_yo_opt(anno, giorno).expect("data"))
}

fn data_ora() -> impl Strategy<Value = NaiveDateTime> {
    (data(), 0..86_400_u32, 0..1_000_000_000_u32).prop_map(|(d, s, n)| d.and_time(chrono::NaiveTime::from_num_seconds_from_midnight_opt(s, n).expect("ora")))
}

fn dominio() -> impl Strategy<Value = IdDominio> {
    "[0-9]{11}".prop_map(|t| IdDominio::leggi(&t).expect("undici cifre"))
}

fn soggetto() -> impl Strategy<Value = Soggetto> {
    let primi =
        (prop_oneof![Just(TipoSoggetto::Fisica), Just(TipoSoggetto::Giuridica)], "[A-Z0-9]{2,16}", testo(70), option::of(testo(70)), option::of(testo(16)));
    let altri = (option::of(testo(16)), option::of(testo(35)), option::of(testo(35)), option::of("[A-Z]{2}"), option::of("[a-z.+]{1,9}@[a-z]{1,9}\\.it"));
    (primi, altri).prop_map(|((tipo, codice, anagrafica, indirizzo, civico), (cap, localita, provincia, nazione, email))| Soggetto {
        tipo,
        codice,
        anagrafica,
        indirizzo,
        civico,
        cap,
        localita,
        provincia,
        nazione,
        email,
    })
}

fn voci_metadata(massimo: usize) -> impl Strategy<Value = Vec<VoceMetadata>> {
    vec((testo(140), testo(140)).prop_map(|(chiave, valore)| VoceMetadata { chiave, valore }), 0..=massimo)
}

fn accredito(versione: Versione) -> BoxedStrategy<AccreditoRichiesto> {
    let iban = testo(35).prop_map(AccreditoRichiesto::Iban);
    let bollo = ("[A-Za-z0-9+/]{43}=", "[A-Z]{2}").prop_map(|(hash, provincia_residenza)| {
        // The last character before the padding carries four bits: `A` has none of the others.
        let hash_documento = format!("{}A=", &hash[..42]);
        AccreditoRichiesto::Bollo(Bollo { hash_documento, tipo: "01".to_owned(), provincia_residenza })
    });
    if versione == Versione::V1 { iban.boxed() } else { prop_oneof![3 => iban, 1 => bollo].boxed() }
}

fn trasferimento(versione: Versione) -> impl Strategy<Value = Trasferimento<AccreditoRichiesto>> {
    let v2 = versione == Versione::V2;
    let ragione_sociale = if v2 { testo(140).prop_map(Some).boxed() } else { Just(None).boxed() };
    (1..=5_u8, importo(), dominio(), ragione_sociale, accredito(versione), testo(140), testo(140), voci_metadata(if v2 { 3 } else { 0 })).prop_map(
        |(indice, importo, id_dominio, ragione_sociale, accredito, causale, categoria, metadata)| Trasferimento {
            indice,
            importo,
            id_dominio,
            ragione_sociale,
            accredito,
            causale,
            categoria,
            metadata,
        },
    )
}

fn attivazione(versione: Versione) -> impl Strategy<Value = Risposta> {
    let ragione_sociale = if versione == Versione::V2 { testo(140).prop_map(Some).boxed() } else { option::of(testo(140)).boxed() };
    let testa = (testo(35), importo(), data(), option::of(data_ora()), option::of(any::<bool>()), testo(140), ragione_sociale, option::of(testo(140)));
    (testa, soggetto(), vec(trasferimento(versione), 1..=5), voci_metadata(10)).prop_map(move |(testa, debitore, trasferimenti, metadata)| {
        let (iuv, importo, scadenza, data_conservazione, ultimo_pagamento, descrizione, ragione_sociale, ufficio) = testa;
        let iuv = Iuv::leggi(&iuv).expect("iuv");
        let dati = DatiAttivazione {
            iuv,
            importo,
            scadenza,
            data_conservazione,
            ultimo_pagamento,
            descrizione,
            ragione_sociale,
            ufficio,
            debitore,
            trasferimenti,
            metadata,
        };
        Risposta::Attivazione(versione, Box::new(dati))
    })
}

fn verifica() -> impl Strategy<Value = Risposta> {
    (importo(), option::of(data()), testo(140), any::<bool>(), testo(140), dominio(), testo(140), option::of(testo(140))).prop_map(
        |(importo, scadenza, dettaglio, tutto_postale, descrizione, id_dominio, ragione_sociale, ufficio)| {
            Risposta::Verifica(Box::new(DatiVerifica { importo, scadenza, dettaglio, tutto_postale, descrizione, id_dominio, ragione_sociale, ufficio }))
        },
    )
}

fn rifiuto() -> impl Strategy<Value = Risposta> {
    let codice = (0..CodiceFault::TUTTI.len()).prop_map(|i| CodiceFault::TUTTI[i]);
    let operazione = (0..6_usize).prop_map(|i| Operazione::TUTTE[i]);
    (operazione, codice, testo(40), option::of(testo(300)))
        .prop_map(|(operazione, codice, id, descrizione)| Risposta::Rifiuto(operazione, Fault { codice, id, descrizione }))
}

pub fn risposta() -> impl Strategy<Value = Risposta> {
    prop_oneof![
        2 => verifica(),
        1 => (verifica(), "3[0-9]{17}").prop_map(|(verifica, avviso)| match verifica {
            Risposta::Verifica(dati) => Risposta::Avviso(codici::NumeroAvviso::leggi(&avviso).expect("avviso").into(), dati),
            altra => altra,
        }),
        3 => attivazione(Versione::V1),
        5 => attivazione(Versione::V2),
        1 => prop_oneof![Just(Versione::V1), Just(Versione::V2)].prop_map(Risposta::RicevutaAcquisita),
        2 => rifiuto(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn cio_che_e_scritto_si_rilegge(risposta in risposta()) {
        let scritta = risposta.scrivi_valida();
        prop_assert!(scritta.is_ok(), "{:?}", scritta);
        prop_assert_eq!(leggi_risposta(scritta.expect("valida").as_bytes()), Ok(risposta));
    }
}

proptest! {
    #[test]
    fn byte_a_caso_non_fanno_panico(byte in vec(any::<u8>(), 0..300)) {
        prop_assert!(leggi_richiesta(&byte).is_err());
    }

    #[test]
    fn una_richiesta_guastata_non_fa_panico(quale in 0..10_usize, posto in 0.0..1.0_f64, toglie in 0..40_usize, mette in vec(any::<u8>(), 0..20)) {
        let mut byte = richieste_valide()[quale].clone().into_bytes();
        let inizio = (byte.len() as f64 * posto) as usize;
        let fine = (inizio + toglie).min(byte.len());
        byte.splice(inizio..fine, mette);
        if let Ok(richiesta) = leggi_richiesta(&byte) {
            prop_assert!(Operazione::TUTTE.contains(&richiesta.operazione()));
        }
    }

    #[test]
    fn pezzi_di_xml_a_caso_non_fanno_panico(pezzi in vec(prop_oneof![
        Just("<"), Just(">"), Just("</"), Just("/>"), Just("a"), Just(":"), Just("xmlns"), Just("="), Just("\""), Just("'"), Just("&"), Just(";"), Just("#x"), Just("lt"),
        Just("<!--"), Just("-->"), Just("<![CDATA["), Just("]]>"), Just("<?xml"), Just("?>"), Just("<!DOCTYPE"), Just(" "), Just("è"), Just("\u{10FFFF}"),
        Just("<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'>"), Just("<e:Body>"), Just("</e:Body>"), Just("</e:Envelope>"),
    ], 0..60)) {
        let _ = leggi_richiesta(pezzi.concat().as_bytes());
        let _ = pagopa::documento::documento(pezzi.concat().as_bytes());
    }
}

#[test]
fn i_testi_lunghi_sono_tagliati_in_caratteri_e_i_vuoti_tolti() {
    let lungo = "è".repeat(300);
    let mut dati = dati_attivazione();
    dati.descrizione.clone_from(&lungo);
    dati.ragione_sociale = None;
    dati.ufficio = Some("  ".to_owned());
    dati.debitore.anagrafica.clone_from(&lungo);
    dati.debitore.localita = Some(lungo.clone());
    dati.debitore.indirizzo = Some(String::new());
    dati.debitore.nazione = Some("Italia".to_owned());
    dati.debitore.email = Some("non valida@".to_owned());
    dati.trasferimenti[0].ragione_sociale = None;
    dati.trasferimenti[0].metadata = metadata(12);
    dati.metadata = vec![VoceMetadata { chiave: lungo.clone(), valore: lungo }, VoceMetadata { chiave: "vuoto".to_owned(), valore: String::new() }];

    let scritta = Risposta::Attivazione(Versione::V2, Box::new(dati)).scrivi_valida().expect("valida");
    let Ok(Risposta::Attivazione(Versione::V2, letti)) = leggi_risposta(scritta.as_bytes()) else { panic!("{scritta}") };

    assert_eq!(letti.descrizione.chars().count(), 140);
    assert_eq!(letti.ragione_sociale.as_deref(), Some(" "));
    assert_eq!(letti.ufficio, None);
    assert_eq!(letti.debitore.anagrafica.chars().count(), 70);
    assert_eq!(letti.debitore.localita.as_ref().map(|l| l.chars().count()), Some(35));
    assert_eq!((letti.debitore.indirizzo, letti.debitore.nazione, letti.debitore.email), (None, None, None));
    assert_eq!(letti.trasferimenti[0].ragione_sociale.as_deref(), Some(" "));
    assert_eq!(letti.trasferimenti[0].metadata.len(), 10);
    assert_eq!(letti.metadata.len(), 1);
    assert_eq!(letti.metadata[0].chiave.chars().count(), 140);
}

#[test]
fn i_caratteri_che_xml_non_ha_diventano_un_segnaposto() {
    let dati = DatiVerifica { descrizione: "a\u{0}b\u{1F}c\u{FFFE}d\u{B}e<&>\"'\u{1F600}\r\n\t".to_owned(), ..dati_verifica() };
    let scritta = Risposta::Verifica(Box::new(dati)).scrivi_valida().expect("valida");
    let Ok(Risposta::Verifica(letti)) = leggi_risposta(scritta.as_bytes()) else { panic!("{scritta}") };
    assert_eq!(letti.descrizione, "a?b?c?d?e<&>\"'\u{1F600}\r\n\t");
}

#[test]
fn cio_che_nessun_taglio_ripara_non_e_valido() {
    let rotture: [fn(&mut DatiAttivazione); 6] = [
        |d| d.trasferimenti.clear(),
        |d| d.importo = Importo::ZERO,
        |d| d.importo = Importo::da_cent(100_000_000_000),
        |d| d.trasferimenti[0].indice = 6,
        |d| d.trasferimenti[0].accredito = AccreditoRichiesto::Iban(String::new()),
        |d| d.debitore.codice = "X".to_owned(),
    ];
    for rompi in rotture {
        let mut dati = dati_attivazione();
        rompi(&mut dati);
        assert!(Risposta::Attivazione(Versione::V2, Box::new(dati)).scrivi_valida().is_err());
    }
    let con_bollo = pagopa::messaggi::DatiAttivazione {
        trasferimenti: vec![crate::esempi::trasferimento(1, 1600, AccreditoRichiesto::Bollo(crate::esempi::bollo()))],
        ..dati_attivazione()
    };
    assert!(Risposta::Attivazione(Versione::V2, Box::new(con_bollo.clone())).scrivi_valida().is_ok());
    assert!(Risposta::Attivazione(Versione::V1, Box::new(con_bollo)).scrivi_valida().is_err(), "il bollo esiste solo in V2");
}

#[test]
fn il_fault_ha_solo_i_campi_dati() {
    let fault = Fault { codice: CodiceFault::PaaPagamentoSconosciuto, id: "77777777777".to_owned(), descrizione: Some(" ".to_owned()) };
    insta::assert_snapshot!(Risposta::Rifiuto(Operazione::PaGetPaymentV2, fault).scrivi());
    insta::assert_snapshot!(pagopa::messaggi::soap_fault_client("messaggio <non> riconosciuto"));
}
