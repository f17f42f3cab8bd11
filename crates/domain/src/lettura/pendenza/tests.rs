use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use codici::Importo;
use proptest::prelude::*;
use serde_json::json;

use super::bilancio::{CONTABILITA, METADATA, QUOTA, VOCE_METADATA};
use super::documento::SOGLIA;
use super::proprieta::DESCRIZIONE_IMPORTO;
use super::*;
use crate::Soggetto;
use crate::pendenza::{NuovoDocumento, ParteDocumento, Riferimento, TipoContabilita, TipoSoglia};
use crate::soggetto::TipoSoggetto;

mod rotture;

use rotture::{completa, completa_per, rotture};

const A2A: &str = "TRIB_COMUNE";
const ID: &str = "TARI-2026-000042";

/// The least that is accepted.
fn minima() -> Value {
    json!({ "idDominio": "00123450678", "causale": "c", "importo": 10, "voci": [ { "idVocePendenza": "1", "importo": "10", "descrizione": "d", "codEntrata": "TARI" } ] })
}

fn leggi(corpo: &Value) -> Result<NuovaPendenza, Rifiuto> {
    nuova_pendenza_v2(A2A, ID, corpo.to_string().as_bytes())
}

fn con(puntatore: &str, valore: Value) -> Value {
    con_tutti(completa(), &[(puntatore, valore)])
}

/// Puts values at JSON pointers, adding members that are missing.
fn con_tutti(mut corpo: Value, cambi: &[(&str, Value)]) -> Value {
    for (puntatore, valore) in cambi {
        let (padre, nome) = puntatore.rsplit_once('/').expect("puntatore");
        match corpo.pointer_mut(padre).expect("padre") {
            Value::Object(membri) => drop(membri.insert(nome.to_owned(), valore.clone())),
            Value::Array(elementi) => elementi[nome.parse::<usize>().expect("indice")] = valore.clone(),
            altro => panic!("{altro}"),
        }
    }
    corpo
}

fn senza(puntatore: &str) -> Value {
    let mut corpo = completa();
    let (padre, nome) = puntatore.rsplit_once('/').expect("puntatore");
    assert!(corpo.pointer_mut(padre).and_then(Value::as_object_mut).expect("padre").shift_remove(nome).is_some(), "{puntatore}");
    corpo
}

#[track_caller]
fn rifiutata(corpo: &Value, atteso: &str) {
    assert_eq!(leggi(corpo), Err(Rifiuto::Sintassi(atteso.to_owned())), "{corpo}");
}

#[track_caller]
fn rifiutata_perche(corpo: &Value, parti: &[&str]) {
    match leggi(corpo) {
        Err(Rifiuto::Sintassi(testo)) => assert!(parti.iter().all(|p| testo.contains(p)), "{testo}"),
        altro => panic!("atteso un 400 SINTASSI, trovato {altro:?}"),
    }
}

#[test]
fn una_pendenza_completa_e_letta_per_intero() {
    let letta = leggi(&completa()).expect("valida");
    let data = |t: &str| Some(t.parse::<NaiveDate>().expect("data"));
    assert_eq!((letta.id_a2a.as_str(), letta.id_pendenza.as_str(), letta.dominio.as_str()), (A2A, ID, "00123450678"));
    assert_eq!((letta.unita_operativa.as_deref(), letta.tipo_pendenza.as_deref(), letta.nome), (Some("UFF_TRIBUTI"), Some("TARI"), None));
    assert_eq!((letta.causale.as_str(), letta.importo), ("TARI 2026 prima rata utenza 8841", Importo::da_cent(14_850)));
    assert_eq!((letta.data_validita, letta.data_scadenza), (data("2026-06-30"), data("2026-12-31")));
    assert_eq!((letta.data_notifica_avviso, letta.data_promemoria_scadenza), (data("2026-05-01"), data("2026-12-01")));
    assert_eq!(letta.numero_avviso.as_ref().map(NumeroAvviso::as_str), Some("307260000000004275"));
    assert_eq!((letta.anno_riferimento, letta.cartella_pagamento.as_deref()), (Some(2026), Some("C-8841")));
    assert_eq!((letta.tassonomia.as_deref(), letta.tassonomia_avviso.as_deref()), (Some("TRIBUTI"), Some("Imposte e tasse")));
    assert_eq!((letta.direzione.as_deref(), letta.divisione.as_deref()), (Some("DIR_FIN"), Some("DIV_02")));
    let testo = |t: &str| Some(t.to_owned());
    let soggetto = Soggetto {
        tipo: Some(TipoSoggetto::F),
        identificativo: testo("VLNGRT75C52F205X"),
        anagrafica: testo("Greta Valenti"),
        indirizzo: testo("Via dei Tigli"),
        civico: testo("7/B"),
        cap: testo("20100"),
        localita: testo("Milano"),
        provincia: testo("MI"),
        nazione: testo("IT"),
        email: testo("greta.valenti@example.org"),
        cellulare: testo("+39 333-1234567"),
    };
    assert!(letta.soggetto_pagatore == Some(soggetto));
    let documento = NuovoDocumento {
        identificativo: "TARI-2026-8841".to_owned(),
        descrizione: "TARI 2026".to_owned(),
        parte: ParteDocumento::Soglia { tipo: TipoSoglia::Entro, giorni: Some(5) },
    };
    assert_eq!(letta.documento, Some(documento));
    assert_eq!(letta.voci.iter().map(|v| v.importo.cent()).collect::<Vec<_>>(), [12_620, 630, 1600]);
    assert_eq!(letta.voci[0].riferimento, Riferimento::Entrata("TARI".to_owned()));
    assert_eq!(letta.voci[1].dominio.as_ref().map(IdDominio::as_str), Some("00987650321"));
    let conto = Riferimento::Conto {
        iban_accredito: "IT60X0542811101000000123456".to_owned(),
        iban_appoggio: testo("IT60X0760111101000000123456"),
        tipo_contabilita: TipoContabilita::Altro,
        codice_contabilita: "0201102IM".to_owned(),
    };
    assert_eq!(letta.voci[1].riferimento, conto);
    let bollo = Riferimento::Bollo {
        tipo: "01".to_owned(),
        hash_documento: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned(),
        provincia_residenza: "MI".to_owned(),
    };
    assert_eq!(letta.voci[2].riferimento, bollo);
    assert_eq!(letta.allegati[0].contenuto, b"Quota");
    assert_eq!((letta.allegati[0].nome.as_str(), letta.allegati[0].tipo.as_deref()), ("dettaglio.txt", Some("text/plain")));
}

#[test]
fn cio_che_si_rimanda_resta_come_e_arrivato() {
    let corpo = completa();
    let letta = leggi(&corpo).expect("valida");
    for (tenuto, puntatore) in [
        (&letta.proprieta, "/proprieta"),
        (&letta.dati_allegati, "/datiAllegati"),
        (&letta.voci[0].contabilita, "/voci/0/contabilita"),
        (&letta.voci[0].metadata, "/voci/0/metadata"),
        (&letta.voci[0].dati_allegati, "/voci/0/datiAllegati"),
    ] {
        assert_eq!(tenuto.as_ref().map(Value::to_string), corpo.pointer(puntatore).map(Value::to_string), "{puntatore}");
    }
}

#[test]
fn la_minima_basta_e_null_vale_assente() {
    let letta = leggi(&minima()).expect("valida");
    assert_eq!((letta.tipo_pendenza.as_ref(), letta.soggetto_pagatore.as_ref(), letta.voci.len()), (None, None, 1));
    let facoltativi = PENDENZE_V2.pendenza.iter().filter(|m| minima().get(m).is_none());
    let mut con_null = minima();
    for nome in facoltativi {
        con_null[nome] = Value::Null;
    }
    for nome in PENDENZE_V2.voce.iter().filter(|m| minima().pointer("/voci/0").and_then(|v| v.get(m)).is_none()) {
        con_null["voci"][0][nome] = Value::Null;
    }
    assert_eq!(leggi(&con_null), Ok(letta));
}

#[test]
fn i_campi_obbligatori_mancanti_sono_vuoti() {
    for (puntatore, campo) in [
        ("/idDominio", "idDominio"),
        ("/causale", "causale"),
        ("/importo", "importo"),
        ("/voci", "voci"),
        ("/voci/0/idVocePendenza", "idVocePendenza"),
        ("/voci/0/importo", "importo"),
        ("/voci/0/descrizione", "descrizione"),
        ("/voci/0/contabilita/quote/0/capitolo", "capitolo"),
        ("/voci/0/contabilita/quote/0/annoEsercizio", "annoEsercizio"),
        ("/voci/0/contabilita/quote/0/importo", "importo"),
        ("/voci/0/metadata/mapEntries", "mapEntries"),
        ("/voci/0/metadata/mapEntries/0/key", "key"),
        ("/voci/0/metadata/mapEntries/0/value", "value"),
        ("/voci/1/tipoContabilita", "tipoContabilita"),
        ("/voci/1/codiceContabilita", "codiceContabilita"),
        ("/voci/2/hashDocumento", "hashDocumento"),
        ("/voci/2/provinciaResidenza", "provinciaResidenza"),
        ("/documento/identificativo", "identificativo"),
        ("/documento/descrizione", "descrizione"),
        ("/documento/soglia/tipo", "tipo"),
        ("/documento/soglia/giorni", "giorni"),
        ("/allegati/0/nome", "nome"),
        ("/allegati/0/contenuto", "contenuto"),
    ] {
        let atteso = format!("Il campo {campo} non deve essere vuoto.");
        rifiutata(&senza(puntatore), &atteso);
        rifiutata(&con(puntatore, Value::Null), &atteso);
    }
    rifiutata(&json!({}), "Il campo idDominio non deve essere vuoto.");
    rifiutata(&con("/voci", json!([])), "Il campo voci non deve essere vuoto.");
    rifiutata(&con("/voci/0/metadata/mapEntries", json!([])), "Il campo mapEntries non deve essere vuoto.");
}

#[test]
fn le_lunghezze_hanno_i_loro_limiti() {
    for (puntatore, minimo, massimo) in [
        ("/causale", 1, 140),
        ("/cartellaPagamento", 1, 35),
        ("/tassonomia", 1, 35),
        ("/idUnitaOperativa", 1, 35),
        ("/idTipoPendenza", 1, 35),
        ("/direzione", 1, 35),
        ("/divisione", 1, 35),
        ("/soggettoPagatore/identificativo", 0, 16),
        ("/soggettoPagatore/anagrafica", 0, 70),
        ("/soggettoPagatore/indirizzo", 1, 70),
        ("/soggettoPagatore/civico", 1, 16),
        ("/soggettoPagatore/cap", 1, 16),
        ("/soggettoPagatore/localita", 1, 35),
        ("/soggettoPagatore/provincia", 1, 35),
        ("/voci/0/idVocePendenza", 1, 35),
        ("/voci/0/descrizione", 1, 255),
        ("/voci/0/descrizioneCausaleRPT", 1, 140),
        ("/voci/0/codEntrata", 1, 35),
        ("/voci/0/contabilita/quote/0/capitolo", 1, 64),
        ("/voci/0/contabilita/quote/0/accertamento", 1, 64),
        ("/voci/0/contabilita/quote/0/titolo", 1, 64),
        ("/voci/0/contabilita/quote/0/tipologia", 1, 64),
        ("/voci/0/contabilita/quote/0/categoria", 1, 64),
        ("/voci/0/contabilita/quote/0/articolo", 1, 64),
        ("/voci/0/metadata/mapEntries/0/key", 1, 140),
        ("/voci/0/metadata/mapEntries/0/value", 1, 140),
        ("/voci/2/hashDocumento", 1, 70),
        ("/documento/identificativo", 1, 35),
        ("/documento/descrizione", 1, 255),
        ("/proprieta/informativaImportoAvviso", 0, 255),
        ("/proprieta/linguaSecondariaInformativaImportoAvviso", 0, 255),
        ("/allegati/0/nome", 1, 255),
        ("/allegati/0/tipo", 1, 255),
        ("/allegati/0/descrizione", 1, 255),
    ] {
        let campo = puntatore.rsplit('/').next().expect("campo");
        assert!(leggi(&con(puntatore, json!("a".repeat(massimo)))).is_ok(), "{puntatore}");
        let lungo = "a".repeat(massimo + 1);
        rifiutata(&con(puntatore, json!(lungo)), &format!("Il valore [{lungo}] del campo {campo} non rispetta la lunghezza massima di {massimo} caratteri."));
        if minimo == 0 {
            assert!(leggi(&con(puntatore, json!(""))).is_ok(), "{puntatore}");
        } else {
            rifiutata(&con(puntatore, json!("")), &format!("Il valore [] del campo {campo} non rispetta la lunghezza minima di {minimo} caratteri."));
        }
    }
    let email = format!("{}@b.it", "a".repeat(252));
    rifiutata(
        &con("/soggettoPagatore/email", json!(email)),
        &format!("Il valore [{email}] del campo email non rispetta la lunghezza massima di 256 caratteri."),
    );
    assert!(leggi(&con("/soggettoPagatore/email", json!(&email[1..]))).is_ok());
}

#[test]
fn le_forme_sono_quelle_del_contratto() {
    for (puntatore, valore, forma) in [
        ("/idDominio", "0012345067A", "(^([0-9]){11}$)"),
        ("/voci/0/idDominio", "0012345067A", "(^([0-9]){11}$)"),
        ("/idUnitaOperativa", "U.O", r"(^[a-zA-Z0-9\-_]{1,35}$)"),
        ("/idTipoPendenza", "TA RI", r"(^[a-zA-Z0-9\-_\.]{1,35}$)"),
        ("/direzione", "D F", r"(^[a-zA-Z0-9\-_]{1,35}$)"),
        ("/divisione", "D/F", r"(^[a-zA-Z0-9\-_]{1,35}$)"),
        ("/numeroAvviso", "30726000000000427", "(^[0-9]{18}$)"),
        ("/annoRiferimento", "26", "(^[0-9]{4}$)"),
        ("/soggettoPagatore/nazione", "ita", "(^[A-Z]{2,2}$)"),
        ("/soggettoPagatore/email", "greta", r"(^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$)"),
        ("/soggettoPagatore/cellulare", "3331234567", r"\+[0-9]{2,2}\s[0-9]{3,3}\-[0-9]{7,7}"),
        ("/voci/0/idVocePendenza", "a b", r"(^[a-zA-Z0-9\-_]{1,35}$)"),
        ("/voci/0/codEntrata", "a/b", r"(^[a-zA-Z0-9\-_\.]{1,35}$)"),
        ("/voci/0/contabilita/quote/0/annoEsercizio", "20266", "(^[0-9]{4}$)"),
        ("/voci/1/ibanAccredito", "IT60 X", "[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}"),
        ("/voci/1/ibanAppoggio", "60ITX", "[a-zA-Z]{2,2}[0-9]{2,2}[a-zA-Z0-9]{1,30}"),
        ("/voci/1/codiceContabilita", "a b c", r"(^\S{3,138}$)"),
        ("/voci/2/provinciaResidenza", "Milano", "(^[A-Z]{2,2}$)"),
        ("/documento/identificativo", "a.b", r"(^[a-zA-Z0-9\-_]{1,35}$)"),
    ] {
        let campo = puntatore.rsplit('/').next().expect("campo");
        rifiutata(&con(puntatore, json!(valore)), &format!("Il valore [{valore}] del campo {campo} non rispetta il pattern richiesto: {forma}"));
    }
    rifiutata(&con("/idDominio", json!("123")), "Il valore [123] del campo idDominio non rispetta la lunghezza di 11 caratteri.");
    rifiutata(&con("/numeroAvviso", json!("407260000000004275")), "Numero Avviso [407260000000004275] fornito non valido: prima cifra non e' [0|1|2|3]");
}

#[test]
fn gli_importi_seguono_le_regole_ovunque_siano() {
    for puntatore in ["/importo", "/voci/0/importo", "/voci/0/contabilita/quote/0/importo"] {
        for (valore, atteso) in [
            (json!(0), "Il campo importo deve essere superiore o uguale a 0."),
            (json!(-1.5), "Il campo importo deve essere superiore o uguale a 0."),
            (json!("1000000000.00"), "Il campo importo deve essere inferiore a 999,999,999.99."),
            (json!("10.001"), "Il campo importo non deve superare le 2 cifre decimali."),
            (json!(""), "Il campo importo non deve essere vuoto."),
        ] {
            rifiutata(&con(puntatore, valore), atteso);
        }
        for valore in [json!("10,00"), json!("dieci"), json!(true), json!({}), json!([1])] {
            rifiutata_perche(&con(puntatore, valore), &["Il campo importo", "importo)"]);
        }
        let corpo = con(puntatore, json!("CIFRA")).to_string().replace("\"CIFRA\"", "1e2");
        assert_eq!(
            nuova_pendenza_v2(A2A, ID, corpo.as_bytes()),
            Err(Rifiuto::Sintassi(format!(
                "Il campo importo contiene un valore non valido: atteso un numero decimale (percorso: {}).",
                puntatore[1..].replace("/0", "[0]").replace('/', ".")
            )))
        );
    }
    let massima = con_tutti(minima(), &[("/importo", json!("999999999.99"))]);
    assert_eq!(leggi(&massima).map(|p| p.importo), Ok(Importo::MASSIMO));
}

#[test]
fn le_date_errate_sono_nominate() {
    for puntatore in ["/dataValidita", "/dataScadenza", "/dataNotificaAvviso", "/dataPromemoriaScadenza", "/proprieta/dataScandenzaAvviso"] {
        let campo = puntatore.rsplit('/').next().expect("campo");
        for valore in ["2026-02-30", "31/12/2026", "2026-12-31T00:00:00", "domani"] {
            rifiutata(&con(puntatore, json!(valore)), &format!("Il campo {campo} non contiene una data valida."));
        }
        rifiutata_perche(&con(puntatore, json!(20261231)), &[campo, "ricevuto un numero"]);
        assert!(leggi(&con(puntatore, json!(""))).is_ok());
    }
}

#[test]
fn un_membro_ignoto_e_rifiutato_a_ogni_livello() {
    for (oggetto, percorso) in [
        ("", ""),
        ("/soggettoPagatore", "soggettoPagatore."),
        ("/documento", "documento."),
        ("/documento/soglia", "documento.soglia."),
        ("/proprieta", "proprieta."),
        ("/proprieta/descrizioneImporto/0", "proprieta.descrizioneImporto[0]."),
        ("/voci/1", "voci[1]."),
        ("/voci/0/contabilita", "voci[0].contabilita."),
        ("/voci/0/contabilita/quote/1", "voci[0].contabilita.quote[1]."),
        ("/voci/0/metadata", "voci[0].metadata."),
        ("/voci/0/metadata/mapEntries/0", "voci[0].metadata.mapEntries[0]."),
        ("/allegati/0", "allegati[0]."),
    ] {
        rifiutata(
            &con(&format!("{oggetto}/ignoto"), json!("x")),
            &format!("Unrecognized field \"ignoto\" (percorso: {percorso}ignoto): il contratto non lo prevede."),
        );
        rifiutata_perche(&con(&format!("{oggetto}/ignoto"), Value::Null), &["Unrecognized field \"ignoto\""]);
    }
    rifiutata_perche(&con("/nome", json!("TARI")), &["Unrecognized field \"nome\""]);
    for libero in [
        "/datiAllegati/ignoto",
        "/voci/0/datiAllegati/ignoto",
        "/voci/0/contabilita/proprietaCustom/ignoto",
        "/voci/0/contabilita/quote/0/proprietaCustom/ignoto",
    ] {
        assert!(leggi(&con(libero, json!({ "a": 1 }))).is_ok(), "{libero}");
    }
}

#[test]
fn i_tipi_errati_sono_rifiutati_col_nome_del_campo() {
    for puntatore in ["/soggettoPagatore", "/documento", "/documento/soglia", "/proprieta", "/voci/0/contabilita", "/voci/0/metadata", "/voci/0", "/allegati/0"]
    {
        for valore in [json!("x"), json!(1), json!(true), json!([])] {
            rifiutata_perche(&con(puntatore, valore), &["deve essere un oggetto JSON"]);
        }
    }
    for puntatore in ["/voci", "/allegati", "/voci/0/contabilita/quote", "/voci/0/metadata/mapEntries", "/proprieta/descrizioneImporto"] {
        let campo = puntatore.rsplit('/').next().expect("campo");
        for valore in [json!("x"), json!({})] {
            rifiutata_perche(&con(puntatore, valore), &[&format!("Il campo {campo} deve essere una lista")]);
        }
    }
    for puntatore in
        ["/causale", "/voci/0/descrizione", "/soggettoPagatore/cap", "/proprieta/lineaTestoRicevuta1", "/allegati/0/nome", "/numeroAvviso", "/tassonomiaAvviso"]
    {
        let campo = puntatore.rsplit('/').next().expect("campo");
        for valore in [json!({}), json!(["x"])] {
            rifiutata_perche(&con(puntatore, valore), &[&format!("Il campo {campo} deve essere un testo")]);
        }
    }
    for puntatore in ["/soggettoPagatore/tipo", "/voci/1/tipoContabilita", "/voci/2/tipoBollo", "/allegati/0/contenuto"] {
        let campo = puntatore.rsplit('/').next().expect("campo");
        rifiutata_perche(&con(puntatore, json!(1)), &[&format!("Il campo {campo} deve essere un testo, ricevuto un numero")]);
    }
    for corpo in [json!([]), json!("x"), json!(null), json!(1)] {
        rifiutata_perche(&corpo, &["Il corpo della richiesta deve essere un oggetto JSON"]);
    }
}

#[test]
fn gli_scalari_sono_accettati_come_testo() {
    let corpo = con_tutti(
        completa(),
        &[("/soggettoPagatore/cap", json!(0)), ("/voci/0/idVocePendenza", json!(4)), ("/causale", json!(true)), ("/proprieta/linguaSecondaria", json!(false))],
    );
    let letta = leggi(&corpo).expect("valida");
    assert_eq!((letta.voci[0].id_voce.as_str(), letta.causale.as_str()), ("4", "true"));
    assert_eq!(letta.soggetto_pagatore.and_then(|s| s.cap).as_deref(), Some("0"));
    assert_eq!(letta.proprieta.map(|p| p["linguaSecondaria"].clone()), Some(json!(false)));
    assert_eq!(leggi(&con("/importo", json!("10.01"))).map(|p| p.importo.cent()), Ok(1001));
}

#[test]
fn i_nomi_ignoti_degli_enum_hanno_tre_comportamenti() {
    // (a) read as nothing
    assert!(leggi(&con("/soggettoPagatore/tipo", json!("X"))).expect("valida").soggetto_pagatore.is_some_and(|s| s.tipo.is_none()));
    rifiutata(&con("/voci/1/tipoContabilita", json!("X")), "Il campo tipoContabilita non deve essere vuoto.");
    // (b) an error of the shape
    for valore in ["02", "Imposta di bollo", ""] {
        rifiutata(&con("/voci/2/tipoBollo", json!(valore)), &format!("Codifica inesistente per tipoBollo. Valore fornito [{valore}] valori possibili {{01}}"));
    }
    // (c) a rule
    rifiutata(
        &con("/proprieta/linguaSecondaria", json!("it")),
        "Codifica inesistente per linguaSecondaria. Valore fornito [it] valori possibili {false,de,en,fr,sl}",
    );
    rifiutata(
        &con("/documento/soglia/tipo", json!("DOPO")),
        "Codifica inesistente per tipo. Valore fornito [DOPO] valori possibili {ENTRO,OLTRE,RIDOTTO,SCONTATO}",
    );
    rifiutata(
        &con("/tassonomiaAvviso", json!("Multe")),
        "Codifica inesistente per tassonomiaAvviso. Valore fornito [Multe] valori possibili {Cartelle esattoriali,Diritti e concessioni,Imposte e tasse,IMU, TASI e altre tasse comunali,Ingressi a mostre e musei,Multe e sanzioni amministrative,Previdenza e infortuni,Servizi erogati dal comune,Servizi erogati da altri enti,Servizi scolastici,Tassa automobilistica,Ticket e prestazioni sanitarie,Trasporti, mobilità e parcheggi}",
    );
    for tassonomia in TASSONOMIE_AVVISO {
        assert_eq!(leggi(&con("/tassonomiaAvviso", json!(tassonomia))).map(|p| p.tassonomia_avviso), Ok(Some(tassonomia.to_owned())));
    }
}

#[test]
fn una_voce_ha_uno_solo_dei_tre_riferimenti() {
    let bollo = ["hashDocumento", "provinciaResidenza"];
    let conto = ["ibanAccredito", "ibanAppoggio", "tipoContabilita", "codiceContabilita"];
    let valore = |campo: &str| match campo {
        "tipoBollo" => json!("01"),
        "tipoContabilita" => json!("SIOPE"),
        _ => json!("IT60X05"),
    };
    let casi = [
        (0, "codEntrata", ["tipoBollo"].iter().chain(&bollo).chain(&conto).copied().collect::<Vec<_>>()),
        (2, "tipoBollo", conto.to_vec()),
        (1, "ibanAccredito", bollo.to_vec()),
    ];
    for (indice, primo, vietati) in &casi {
        for vietato in vietati {
            rifiutata(&con(&format!("/voci/{indice}/{vietato}"), valore(vietato)), &format!("Valorizzato {primo}. Il campo {vietato} deve essere vuoto."));
        }
        // All together: the first of the list is told.
        let tutti: Vec<_> = vietati.iter().map(|v| (format!("/voci/{indice}/{v}"), valore(v))).collect();
        let tutti: Vec<_> = tutti.iter().map(|(p, v)| (p.as_str(), v.clone())).collect();
        rifiutata(&con_tutti(completa(), &tutti), &format!("Valorizzato {primo}. Il campo {} deve essere vuoto.", vietati[0]));
    }
    rifiutata(&senza("/voci/0/codEntrata"), "Uno dei campi tra ibanAccredito, tipoBollo o codEntrata deve essere valorizzato");
}

#[test]
fn le_voci_sono_al_massimo_cinque_e_i_metadata_quindici() {
    let voce = minima()["voci"][0].clone();
    assert_eq!(leggi(&con("/voci", json!(vec![&voce; 5]))).map(|p| p.voci.len()), Ok(5));
    rifiutata(&con("/voci", json!(vec![&voce; 6])), "Il campo voci deve avere massimo 5 elementi.");
    let voce = json!({ "key": "k", "value": "v" });
    assert!(leggi(&con("/voci/0/metadata/mapEntries", json!(vec![&voce; 15]))).is_ok());
    rifiutata(&con("/voci/0/metadata/mapEntries", json!(vec![&voce; 16])), "Il campo mapEntries deve avere massimo 15 elementi.");
}

#[test]
fn un_elemento_null_dice_la_sua_posizione() {
    for (puntatore, campo, posizione) in [
        ("/voci/1", "voci", 1),
        ("/allegati/0", "allegati", 0),
        ("/voci/0/metadata/mapEntries/0", "mapEntries", 0),
        ("/voci/0/contabilita/quote/1", "quote", 1),
    ] {
        rifiutata(&con(puntatore, Value::Null), &format!("L'elemento in posizione {posizione} del campo {campo} e' vuoto."));
    }
}

#[test]
fn il_documento_e_rata_soglia_o_unica_soluzione() {
    let parte = |documento: Value| {
        let mut documento = documento;
        documento["identificativo"] = json!("D");
        documento["descrizione"] = json!("d");
        leggi(&con("/documento", documento)).map(|p| p.documento.map(|d| d.parte))
    };
    let soglia = |tipo, giorni| Ok(Some(ParteDocumento::Soglia { tipo, giorni }));
    assert_eq!(parte(json!({})), Ok(Some(ParteDocumento::Unica)));
    assert_eq!(parte(json!({ "rata": 1 })), Ok(Some(ParteDocumento::Rata(1))));
    assert_eq!(parte(json!({ "rata": "12", "soglia": { "tipo": "X" } })), Ok(Some(ParteDocumento::Rata(12))));
    assert_eq!(parte(json!({ "soglia": { "tipo": "ENTRO", "giorni": 2 } })), soglia(TipoSoglia::Entro, Some(2)));
    assert_eq!(parte(json!({ "soglia": { "tipo": "OLTRE", "giorni": 60 } })), soglia(TipoSoglia::Oltre, Some(60)));
    assert_eq!(parte(json!({ "soglia": { "tipo": "RIDOTTO" } })), soglia(TipoSoglia::Ridotto, None));
    assert_eq!(parte(json!({ "soglia": { "tipo": "SCONTATO", "giorni": null } })), soglia(TipoSoglia::Scontato, None));
    for (documento, atteso) in [
        (json!({ "rata": 0 }), "Il campo rata deve essere superiore a 1."),
        (json!({ "rata": -3 }), "Il campo rata deve essere superiore a 1."),
        (json!({ "rata": 1.5 }), "Il campo rata contiene un valore non valido."),
        (json!({ "rata": 99999999999_u64 }), "Il campo rata contiene un valore non valido."),
        (json!({ "soglia": { "tipo": "ENTRO", "giorni": 1 } }), "Il campo giorni deve essere superiore o uguale a 1."),
        (json!({ "soglia": { "tipo": "OLTRE", "giorni": 0 } }), "Il campo giorni deve essere superiore o uguale a 1."),
        (json!({ "soglia": { "tipo": "OLTRE", "giorni": -1 } }), "Il campo giorni deve essere superiore o uguale a 1."),
        (json!({ "soglia": { "tipo": "OLTRE" } }), "Il campo giorni non deve essere vuoto."),
        (json!({ "soglia": { "giorni": 5 } }), "Il campo tipo non deve essere vuoto."),
        (
            json!({ "soglia": { "tipo": "RIDOTTO", "giorni": 5 } }),
            "Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.",
        ),
        (
            json!({ "soglia": { "tipo": "SCONTATO", "giorni": 5 } }),
            "Il campo giorni deve essere vuoto quando il campo tipo assume valore 'RIDOTTO' o 'SCONTATO'.",
        ),
    ] {
        assert_eq!(parte(documento), Err(Rifiuto::Sintassi(atteso.to_owned())));
    }
}

#[test]
fn le_quote_devono_fare_la_voce() {
    let rifiuto = leggi(&con("/voci/0/contabilita/quote/1/importo", json!(26.1))).expect_err("non quadra");
    assert_eq!(
        rifiuto.dettaglio(),
        "La voce (TARI) della pendenza (IdA2A:TRIB_COMUNE, Id:TARI-2026-000042) ha un importo (126.2) diverso dalla somma dei singoli importi definiti nella lista delle contabilita' (126.1)"
    );
    assert_eq!((rifiuto.stato_http(), rifiuto.codice()), (422, "VER_035"));
    assert!(leggi(&con("/voci/0/contabilita", json!({ "proprietaCustom": 1 }))).is_ok());
    assert_eq!(leggi(&con("/voci/0/contabilita/quote", json!([]))).expect_err("zero").codice(), "VER_035");
}

#[test]
fn il_base64_errato_nomina_contenuto() {
    for valore in ["UXVvdGE", "%%%%", "UXVv=GE="] {
        rifiutata(&con("/allegati/0/contenuto", json!(valore)), "Il campo contenuto contiene un valore non valido: atteso un testo in base64.");
    }
    assert_eq!(leggi(&con("/allegati", json!([]))).map(|p| p.allegati), Ok(vec![]));
}

/// What the reader of a version says of a body of DEMO/ROTTA, with its code.
fn esito(contratto: &Contratto, corpo: &Value) -> Result<(), (String, String)> {
    nuova_pendenza(contratto, "DEMO", "ROTTA", corpo).map(|_| ()).map_err(|r| (r.codice().to_owned(), r.dettaglio()))
}

#[test]
fn ogni_regola_rotta_da_sola_ha_il_suo_testo() {
    for (contratto, attese) in [(&PENDENZE_V2, 150), (&PENDENZE_V1, 90)] {
        let buona = completa_per(contratto.pendenza, contratto.voce);
        assert_eq!(esito(contratto, &buona), Ok(()));
        let possibili: Vec<_> = rotture().into_iter().filter(|r| r.possibile(contratto.pendenza, contratto.voce)).collect();
        assert!(possibili.len() >= attese, "{}", possibili.len());
        for r in possibili {
            let mut corpo = buona.clone();
            r.applica(&mut corpo);
            assert_eq!(esito(contratto, &corpo), Err((r.codice.to_owned(), r.dettaglio)), "{} in {corpo}", r.puntatore);
        }
    }
}

/// Every two rules that can be broken together, not a sample of them.
#[test]
fn di_due_regole_rotte_e_detta_la_prima_del_contratto() {
    let mut coppie = 0;
    for contratto in [&PENDENZE_V2, &PENDENZE_V1] {
        let buona = completa_per(contratto.pendenza, contratto.voce);
        let possibili: Vec<_> = rotture().into_iter().filter(|r| r.possibile(contratto.pendenza, contratto.voce)).collect();
        for (i, prima) in possibili.iter().enumerate() {
            for dopo in possibili[i + 1..].iter().filter(|d| prima.insieme_a(d)) {
                let mut corpo = buona.clone();
                dopo.applica(&mut corpo);
                prima.applica(&mut corpo);
                assert_eq!(
                    esito(contratto, &corpo),
                    Err((prima.codice.to_owned(), prima.dettaglio.clone())),
                    "{} e {} in {corpo}",
                    prima.puntatore,
                    dopo.puntatore
                );
                coppie += 1;
            }
        }
    }
    assert!(coppie > 10_000, "{coppie}");
}

#[test]
fn gli_errori_di_forma_vengono_prima_di_ogni_regola() {
    for (puntatore, valore, parte) in [
        ("/allegati/0/ignoto", json!(1), "Unrecognized field \"ignoto\""),
        ("/allegati/0/contenuto", json!("%"), "contenuto"),
        ("/voci/2/tipoBollo", json!("X"), "tipoBollo"),
        ("/voci/0/contabilita/quote/1/importo", json!("1,0"), "importo"),
        ("/proprieta/dataScandenzaAvviso", json!("mai"), "dataScandenzaAvviso"),
        ("/soggettoPagatore/tipo", json!(1), "tipo"),
    ] {
        rifiutata_perche(&con_tutti(completa(), &[("/idDominio", json!(null)), (puntatore, valore)]), &[parte]);
    }
}

#[test]
fn la_v1_vuole_il_soggetto_e_conosce_meno_membri() {
    let v1 = |corpo: &Value| nuova_pendenza_v1(A2A, ID, corpo.to_string().as_bytes());
    let base =
        con_tutti(minima(), &[("/nome", json!("TARI")), ("/soggettoPagatore", json!({ "identificativo": "X" })), ("/dataCaricamento", json!("2026-01-01"))]);
    assert_eq!(v1(&base).map(|p| p.nome), Ok(Some("TARI".to_owned())));
    assert_eq!(
        v1(&con_tutti(base.clone(), &[("/soggettoPagatore", json!(null))])),
        Err(Rifiuto::Sintassi("Il campo soggettoPagatore non deve essere vuoto.".to_owned()))
    );
    let soli_v2 = PENDENZE_V2.pendenza.iter().filter(|m| !PENDENZE_V1.pendenza.contains(m)).map(|m| format!("/{m}"));
    let soli_v2: Vec<_> = soli_v2.chain(PENDENZE_V2.voce.iter().filter(|m| !PENDENZE_V1.voce.contains(m)).map(|m| format!("/voci/0/{m}"))).collect();
    assert_eq!(soli_v2.len(), 11, "{soli_v2:?}");
    for membro in soli_v2 {
        match v1(&con_tutti(base.clone(), &[(&membro, json!("x"))])) {
            Err(Rifiuto::Sintassi(testo)) => assert!(testo.starts_with("Unrecognized field"), "{testo}"),
            altro => panic!("{membro}: {altro:?}"),
        }
    }
    for bollo in ["01", "Imposta di bollo"] {
        let voce = json!({ "idVocePendenza": "1", "importo": 10, "descrizione": "d", "tipoBollo": bollo, "hashDocumento": "h", "provinciaResidenza": "MI" });
        let letta = v1(&con_tutti(base.clone(), &[("/voci/0", voce)])).expect("valida");
        assert!(matches!(&letta.voci[0].riferimento, Riferimento::Bollo { tipo, .. } if tipo == "01"));
    }
}

#[test]
fn gli_identificativi_del_percorso_sono_controllati() {
    assert_eq!(identificativi("A2A-1", "P_1"), Ok(()));
    for (a2a, pendenza, atteso) in [
        ("", "", "Il valore [] del campo idA2A non rispetta la lunghezza minima di 1 caratteri."),
        ("A.2", "x y", r"Il valore [A.2] del campo idA2A non rispetta il pattern richiesto: (^[a-zA-Z0-9\-_]{1,35}$)"),
        ("A", "x y", r"Il valore [x y] del campo idPendenza non rispetta il pattern richiesto: (^[a-zA-Z0-9\-_]{1,35}$)"),
        (
            "A",
            "0123456789012345678901234567890123456",
            "Il valore [0123456789012345678901234567890123456] del campo idPendenza non rispetta la lunghezza massima di 35 caratteri.",
        ),
    ] {
        assert_eq!(identificativi(a2a, pendenza), Err(Rifiuto::Sintassi(atteso.to_owned())));
    }
    assert_eq!(id_dominio("12345678901").map(|d| d.to_string()), Ok("12345678901".to_owned()));
    assert_eq!(numero_avviso("12"), Err(Rifiuto::Sintassi("Numero Avviso [12] fornito non valido: Consentite 18 cifre trovate [2].".to_owned())));
}

#[test]
fn il_versante_deve_dire_chi_e() {
    let versante = |v: Value| {
        let corpo = json!({ "soggettoVersante": v });
        soggetto(&Oggetto::radice(&corpo, &["soggettoVersante"])?, "soggettoVersante", Ruolo::Versante)
    };
    assert!(versante(json!({ "identificativo": "AB", "anagrafica": "x" })).expect("valido").is_some());
    for (valore, atteso) in [
        (json!({ "anagrafica": "x" }), "Il campo identificativo non deve essere vuoto."),
        (json!({ "identificativo": "A", "anagrafica": "x" }), "Il valore [A] del campo identificativo non rispetta la lunghezza minima di 2 caratteri."),
        (json!({ "identificativo": "AB" }), "Il campo anagrafica non deve essere vuoto."),
        (json!({ "identificativo": "AB", "anagrafica": "" }), "Il valore [] del campo anagrafica non rispetta la lunghezza minima di 1 caratteri."),
    ] {
        assert!(versante(valore) == Err(Rifiuto::Sintassi(atteso.to_owned())));
    }
}

/// Where the contracts are, the names of the yaml are the names that we read.
#[test]
fn ogni_membro_del_contratto_e_conosciuto() {
    let radice =
        std::env::var_os("FIORINO_CONTRATTI").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts"), PathBuf::from);
    let Ok(yaml) = std::fs::read_to_string(radice.join("govpay/pendenze/govpay-api-pendenze-v2.yaml")) else {
        println!("contratto: saltata nuova_pendenza_v2");
        return;
    };
    for (schemi, conosciuti) in [
        (&["NuovaPendenza"][..], PENDENZE_V2.pendenza),
        (&["NuovaVocePendenza", "RiferimentoEntrata", "Entrata", "Bollo"], PENDENZE_V2.voce),
        (&["Soggetto"], SOGGETTO),
        (&["Contabilita"], CONTABILITA),
        (&["QuotaContabilita"], QUOTA),
        (&["Metadata"], METADATA),
        (&["MapEntry"], VOCE_METADATA),
        (&["NuovoDocumento", "RataDocumento", "VincoloDocumento"], DOCUMENTO),
        (&["VincoloPagamento"], SOGLIA),
        (&["ProprietaPendenza"], PROPRIETA),
        (&["VoceDescrizioneImporto"], DESCRIZIONE_IMPORTO),
        (&["NuovoAllegatoPendenza"], ALLEGATO),
    ] {
        let mut nel_contratto: Vec<_> = schemi.iter().flat_map(|s| proprieta_dello_schema(&yaml, s)).collect();
        nel_contratto.sort_unstable();
        let mut nostri = conosciuti.to_vec();
        nostri.sort_unstable();
        assert_eq!(nel_contratto, nostri, "{schemi:?}");
    }
    println!("contratto: eseguita nuova_pendenza_v2");
}

/// The names under `properties:` of a schema: a scan by indentation, enough for this file.
fn proprieta_dello_schema<'a>(yaml: &'a str, schema: &str) -> Vec<&'a str> {
    let rientro = |riga: &str| riga.len() - riga.trim_start().len();
    let intestazione = format!("    {schema}:");
    let righe = yaml.lines().skip_while(|r| r.trim_end() != intestazione).skip(1).take_while(|r| r.trim().is_empty() || rientro(r) > 4);
    let (mut nomi, mut livello) = (vec![], None);
    for riga in righe.filter(|r| !r.trim().is_empty()) {
        if livello.is_some_and(|l| rientro(riga) < l) {
            livello = None;
        }
        match livello {
            None if riga.trim() == "properties:" => livello = Some(rientro(riga) + 2),
            Some(l) if rientro(riga) == l => nomi.extend(riga.trim().split(':').next()),
            _ => {}
        }
    }
    assert!(!nomi.is_empty(), "schema {schema} senza proprieta'");
    nomi
}

fn importo_valido() -> impl Strategy<Value = Importo> {
    (1_i64..=99_999_999_999).prop_map(Importo::da_cent)
}

proptest! {
    #[test]
    fn nessun_corpo_fa_panico(corpo in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = nuova_pendenza_v2(A2A, ID, &corpo);
    }

    /// A good body with one byte changed or cut somewhere: read or refused, never a panic.
    #[test]
    fn un_corpo_guastato_non_fa_panico(posizione in any::<prop::sample::Index>(), byte in any::<u8>(), taglia in any::<bool>()) {
        let mut corpo = completa().to_string().into_bytes();
        let i = posizione.index(corpo.len());
        if taglia { corpo.truncate(i) } else { corpo[i] = byte }
        let _ = nuova_pendenza_v2(A2A, ID, &corpo);
    }

    #[test]
    fn una_pendenza_valida_si_rilegge_con_gli_stessi_valori(
        causale in "[^\\x00]{1,140}",
        importi in proptest::collection::vec(importo_valido(), 1..=5),
        testuale in any::<bool>(),
        giorno in 0_i64..40_000,
        id in "[a-zA-Z0-9_-]{1,35}",
        allegato in proptest::collection::vec(any::<u8>(), 0..60),
        email in "[a-zA-Z0-9_.+-]{1,20}@[a-zA-Z0-9-]{1,20}(\\.[a-zA-Z0-9-]{1,5}){0,2}",
        anno in 1000_i32..=9999,
    ) {
        let data = NaiveDate::default() + chrono::Duration::days(giorno);
        let cifra = |i: &Importo| if testuale { json!(i.to_string()) } else { serde_json::from_str(&i.to_string()).expect("numero") };
        let voci: Vec<_> = importi.iter().map(|i| json!({ "idVocePendenza": id, "importo": cifra(i), "descrizione": causale, "codEntrata": "E",
            "contabilita": { "quote": [ { "capitolo": "c", "annoEsercizio": anno, "importo": cifra(i) } ] } })).collect();
        let corpo = con_tutti(minima(), &[
            ("/causale", json!(causale)), ("/importo", cifra(&importi[0])), ("/voci", json!(voci)), ("/dataScadenza", json!(data)), ("/annoRiferimento", json!(anno)),
            ("/soggettoPagatore", json!({ "email": email })), ("/allegati", json!([ { "nome": "a", "contenuto": STANDARD.encode(&allegato) } ])),
        ]);
        let letta = leggi(&corpo).expect("valida");
        prop_assert_eq!(&letta.causale, &causale);
        prop_assert_eq!(letta.importo, importi[0]);
        prop_assert_eq!(letta.voci.iter().map(|v| v.importo).collect::<Vec<_>>(), importi);
        prop_assert!(letta.voci.iter().all(|v| v.id_voce == id && v.descrizione == causale));
        prop_assert_eq!((letta.data_scadenza, letta.anno_riferimento), (Some(data), Some(anno)));
        prop_assert_eq!(letta.soggetto_pagatore.and_then(|s| s.email), Some(email));
        prop_assert_eq!(&letta.allegati[0].contenuto, &allegato);
    }
}
